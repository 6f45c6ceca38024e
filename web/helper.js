// A worker with the Rust program in it, which can write a new file, too. It serves one request after the other.

import { chosen, stored } from "./output.js";
import { source } from "./source.js";
import { free, start } from "./wasm.js";

let call;
/** The new file, if there is one. */
let output;

/** What is not the Rust program's part. */
const OWN = {
  async create({ handle, folder, name }, { file }) {
    output = handle ? await chosen(handle, file) : await stored(folder, name);
  },
  write: ({ at }, { bytes }) => output.write(at, bytes),
  complete: () => output.complete(),
  file: () => output.file(),
  discard: () => output?.discard(),
};

async function serve(request, { bytes, file }) {
  const own = OWN[request.do];
  if (own) {
    return { value: await own(request, { bytes, file }) };
  }
  // What is opened without a file is the new one.
  const opened = file ? source(file) : request.do === "open" ? output.source : undefined;
  const { value, bytes: made } = call(request, { bytes, source: opened });
  if (!value?.pieces) {
    return { value, bytes: made.slice() };
  }
  // Where its bytes belong in the new file, and how many to each place.
  let from = 0;
  for (const [position, length] of value.pieces) {
    await output.write(position, made.subarray(from, from + length));
    from += length;
  }
  return { value };
}

self.onmessage = async ({ data }) => {
  if (data.module) {
    call = start(data.module, (progress) => self.postMessage({ progress }));
    return;
  }
  try {
    const { value, bytes } = await serve(data.request, data);
    self.postMessage({ id: data.id, value, bytes }, bytes ? [bytes.buffer] : []);
  } catch (error) {
    self.postMessage({ id: data.id, error: error.message, kind: error.kind });
  }
  if (data.bytes) {
    free(data.bytes.buffer);
  }
};
