// A worker with the Rust program in it, which can write a new file, too. It serves one request after the other.

import { chosen, stored } from "./output.js";
import { Source } from "./source.js";
import { free, start } from "./wasm.js";

let call;
/** The new file, if there is one. */
let output;
/** The disc of which pieces are asked for, if they are pieces of its file, too; and how long they are. */
let plain;

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
  if (plain && (request.do === "pack" || request.do === "decode")) {
    await plain.source.ahead(request.at, plain.piece);
  }
  // What is opened without a file is the new one.
  const source = file ? new Source(file) : request.do === "open" ? output.source : undefined;
  const reply = call(request, { bytes, source });
  const { value } = reply;
  if (request.do === "open" && value.form === "iso" && request.disc === 0) {
    plain = { source, piece: value.piece };
  }
  if (!value?.pieces) {
    return { value, bytes: reply.bytes.slice() };
  }
  // Where its bytes belong in the new file, and how many to each place.
  let from = 0;
  for (const [position, length] of value.pieces) {
    await output.write(position, reply.bytes.subarray(from, from + length));
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
