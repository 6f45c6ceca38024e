// A worker with the Rust program in it, which can write a new file, too. It serves one request after the other.

import { chosen, stored } from "./output.js";
import { Source } from "./source.js";
import { start } from "./wasm.js";

let call;
/** The file that was opened last. */
let source;
/** The new file, if there is one. */
let output;

/** Requests with which come bytes of the file from the same place on, if they were read already. */
const OF_FILE = ["pack", "decode"];
/** What is not the Rust program's part. */
const OWN = {
  async create({ handle, folder, name }, { file }) {
    output = handle ? await chosen(handle, file) : await stored(folder, name);
  },
  write({ at }, { bytes }) {
    output.write(at, bytes);
    return output.written();
  },
  complete: () => output.complete(),
  file: () => output.file(),
  discard: () => output?.discard(),
};

async function serve(request, { bytes, file }) {
  const own = OWN[request.do];
  if (own) {
    return { value: await own(request, { bytes, file }) };
  }
  if (OF_FILE.includes(request.do)) {
    source.know(request.at, bytes);
    bytes = undefined;
  }
  if (file) {
    source = new Source(file);
  }
  // What is opened without a file is the new one.
  const opened = file ? source : request.do === "open" ? output.source : undefined;
  const { value, bytes: made } = call(request, { bytes, source: opened });
  await output?.written();
  return { value, made };
}

self.onmessage = async ({ data }) => {
  if (data.module) {
    call = start(data.module, {
      write: (at, bytes) => output.write(at, bytes),
      onProgress: (progress) => self.postMessage({ progress }),
    });
    return;
  }
  try {
    const { value, made } = await serve(data.request, data);
    const bytes = filled(data.bytes?.buffer, made);
    self.postMessage({ id: data.id, value, bytes }, [bytes.buffer]);
  } catch (error) {
    self.postMessage({ id: data.id, error: error.message, kind: error.kind });
  }
};

/** Bytes in the buffer that came with the request, if there is room. */
function filled(buffer, bytes = new Uint8Array()) {
  if (!(buffer?.byteLength >= bytes.length)) {
    return bytes.slice();
  }
  const room = new Uint8Array(buffer, 0, bytes.length);
  room.set(bytes);
  return room;
}
