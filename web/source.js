// A file that the browser has, as it is read: any part of it, by the Rust program; or all of it in a row, which takes less
// than half of the time.

import { free } from "./wasm.js";

/** A `File` for the Rust program. Only for workers. */
export class Source {
  #file;
  #reader = new FileReaderSync();
  /** A part that was read elsewhere, and where it begins. */
  #known = { at: 0, bytes: new Uint8Array() };

  constructor(file) {
    this.#file = file;
  }

  get size() {
    return this.#file.size;
  }

  /** Takes a part that is to be read next. */
  know(at, bytes) {
    this.#known = { at, bytes };
  }

  /** Fills `into` with what there is from a place on; returns how many bytes there were. */
  read(at, into) {
    const from = at - this.#known.at;
    if (from >= 0 && from + into.length <= this.#known.bytes.length) {
      into.set(this.#known.bytes.subarray(from, from + into.length));
      return into.length;
    }
    const part = this.#reader.readAsArrayBuffer(this.#file.slice(at, at + into.length));
    const { byteLength } = part;
    into.set(new Uint8Array(part));
    free(part);
    return byteLength;
  }
}

/** A file that is read from its start on, where the browser can by a stream that fills memory it is given: Safari cannot. */
export class Row {
  #file;
  #reader;

  constructor(file) {
    this.#file = file;
    try {
      this.#reader = file.stream().getReader({ mode: "byob" });
    } catch {
      // Parts of it will do.
    }
  }

  /** What there is from a place on, in `buffer` or in one as large: nothing if that cannot be read. */
  async read(at, buffer, length) {
    const room = buffer.byteLength;
    try {
      return await this.#stream(buffer, length);
    } catch {
      this.#reader = undefined;
    }
    try {
      const part = await this.#file.slice(at, at + length).arrayBuffer();
      // It is gone if the stream has got it.
      const bytes = new Uint8Array(buffer.byteLength === room ? buffer : new ArrayBuffer(room), 0, length);
      bytes.set(new Uint8Array(part));
      free(part);
      return bytes;
    } catch {
      return new Uint8Array(new ArrayBuffer(room), 0, 0);
    }
  }

  async #stream(buffer, length) {
    let read = 0;
    while (read < length) {
      // The buffer is in other hands until it comes back. Browsers that do not know `min` give some of it.
      const want = length - read;
      const { value, done } = await this.#reader.read(new Uint8Array(buffer, read, want), { min: want });
      buffer = value.buffer;
      read += value.length;
      if (done) {
        break;
      }
    }
    return new Uint8Array(buffer, 0, read);
  }

  end() {
    return this.#reader?.cancel().catch(() => {});
  }
}

/**
 * Reads piece by piece from a `row`, each to a buffer of `room`'s, and one ahead; yields where it begins, and its bytes.
 * There are none without a row, or if something is wrong: then a `Source` will read them, or say what.
 */
export async function* inRow(row, { size, piece }, room) {
  const read = (at) => row?.read(at, room(), Math.min(piece, size - at)) ?? new Uint8Array(room(), 0, 0);
  let ahead = read(0);
  try {
    for (let at = 0; at < size; at += piece) {
      const bytes = await ahead;
      ahead = at + piece < size ? read(at + piece) : undefined;
      yield { at, bytes };
    }
  } finally {
    await ahead;
    await row?.end();
  }
}
