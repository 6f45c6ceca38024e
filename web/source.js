// Files as the Rust program reads them: any part of them, at once. Only for workers.

import { free } from "./wasm.js";

const reader = new FileReaderSync();

/** A file that the browser has. */
export class Source {
  #file;
  /** Parts that were read before they are asked for, and where they begin. */
  #ready = [];
  /** Memory of parts that were asked for. */
  #spare = [];

  constructor(file) {
    this.#file = file;
  }

  get size() {
    return this.#file.size;
  }

  /** Reads a part that will be asked for as a whole. It takes a third of the time that `read` needs in Firefox. */
  async ahead(at, length) {
    const whole = Math.min(length, this.size - at);
    let memory = this.#spare.pop() ?? new ArrayBuffer(length);
    try {
      const stream = this.#file.slice(at, at + whole).stream().getReader({ mode: "byob" });
      for (let read = 0; read < whole; ) {
        // The memory is in other hands until it comes back; browsers that do not know `min` give some of it.
        const { value } = await stream.read(new Uint8Array(memory, read, whole - read), { min: whole - read });
        memory = value.buffer;
        read += value.length;
      }
      this.#ready.push({ at, bytes: new Uint8Array(memory, 0, whole) });
    } catch {
      // `read` will say what is wrong, or can do it: Safari has no such streams.
    }
  }

  /** Reads from a place on to fill `into`; returns how many bytes there were. */
  read(at, into) {
    const known = this.#ready.findIndex((part) => part.at === at && part.bytes.length >= into.length);
    if (known >= 0) {
      const [{ bytes }] = this.#ready.splice(known, 1);
      into.set(bytes.subarray(0, into.length));
      this.#spare.push(bytes.buffer);
      return into.length;
    }
    const part = reader.readAsArrayBuffer(this.#file.slice(at, at + into.length));
    const { byteLength } = part;
    into.set(new Uint8Array(part));
    free(part);
    return byteLength;
  }
}
