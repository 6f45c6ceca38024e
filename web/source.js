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
    const { at: start, bytes } = this.#known;
    if (at === start && into.length <= bytes.length) {
      into.set(bytes.subarray(0, into.length));
      return into.length;
    }
    const part = this.#reader.readAsArrayBuffer(this.#file.slice(at, at + into.length));
    const { byteLength } = part;
    into.set(new Uint8Array(part));
    free(part);
    return byteLength;
  }
}

/** What reads a file from its start on, if the browser has such streams: Safari has none. */
export function stream(file) {
  try {
    return file.stream().getReader({ mode: "byob" });
  } catch {
    return undefined;
  }
}

/**
 * Reads piece by piece from a `stream`, each to a buffer of `room`'s, and one ahead; yields where it begins, and its bytes.
 * There are none without a stream, or if something is wrong: then a `Source` will read them, or say what.
 */
export async function* inRow(reader, { size, piece }, room) {
  let ahead = next(reader, room(), Math.min(piece, size));
  try {
    for (let at = 0; at < size; at += piece) {
      const bytes = await ahead;
      ahead = next(reader, room(), Math.min(piece, size - at - piece));
      yield { at, bytes };
    }
  } finally {
    await ahead;
    await reader?.cancel().catch(() => {});
  }
}

async function next(reader, buffer, length) {
  const room = buffer.byteLength;
  let read = 0;
  try {
    while (reader && read < length) {
      // The buffer is in other hands until it comes back. Browsers that do not know `min` give some of it.
      const want = length - read;
      const { value, done } = await reader.read(new Uint8Array(buffer, read, want), { min: want });
      buffer = value.buffer;
      read += value.length;
      if (done) {
        break;
      }
    }
    return new Uint8Array(buffer, 0, read);
  } catch {
    return new Uint8Array(new ArrayBuffer(room), 0, 0);
  }
}
