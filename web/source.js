// A file that the browser has, as the Rust program reads it: any part of it, at once. Only for workers.

import { free } from "./wasm.js";

const reader = new FileReaderSync();

/** How to read a `File`: its size, and what fills `into` from a place on and returns how many bytes there were. */
export const source = (file) => ({
  size: file.size,
  read(at, into) {
    const part = reader.readAsArrayBuffer(file.slice(at, at + into.length));
    const { byteLength } = part;
    into.set(new Uint8Array(part));
    free(part);
    return byteLength;
  },
});
