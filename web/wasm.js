// The Rust program in this thread: one function, which takes a request and bytes, and returns a reply and bytes.

import { Failure } from "./helpers.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NOTHING = new Uint8Array();

// Whatever is handed over here is gone: nobody listens at the other end.
const nowhere = new MessageChannel();
nowhere.port2.close();

/** Gives memory back at once. Browsers collect what is not used any more now and then, and gigabytes pass through here. */
export const free = (buffer) => nowhere.port1.postMessage(undefined, [buffer]);

/** Starts the compiled program; `write` writes to the new file, `onProgress` hears of long requests, from 0 to 1. Only for workers. */
export function start(module, { write, onProgress }) {
  const sources = [];
  /** Why nothing could be written. */
  let failure;
  const imports = {
    page: {
      read_file(number, at, to, length) {
        try {
          return sources[number].read(at, new Uint8Array(exports.memory.buffer, to >>> 0, length));
        } catch {
          return -1;
        }
      },
      write_file(at, from, length) {
        try {
          write(at, new Uint8Array(exports.memory.buffer, from >>> 0, length));
          return 0;
        } catch (error) {
          failure = error;
          return -1;
        }
      },
      progress: onProgress,
    },
  };
  let exports;
  const begin = () => ({ exports } = new WebAssembly.Instance(module, imports));
  begin();

  function put(room, bytes) {
    const at = room(bytes.length) >>> 0;
    new Uint8Array(exports.memory.buffer).set(bytes, at);
  }

  const take = (at, length) => new Uint8Array(exports.memory.buffer, at() >>> 0, length() >>> 0);

  /** Serves a request; `source` is what the request's number of a file means. The reply's bytes last until the next one. */
  return function call(request, { bytes = NOTHING, source } = {}) {
    if (source) {
      sources[request.file] = source;
      request = { ...request, size: source.size };
    }
    put(exports.text, encoder.encode(JSON.stringify(request)));
    put(exports.bytes, bytes);
    failure = undefined;
    try {
      exports.call();
    } catch {
      // It cannot go on where it was.
      begin();
      throw new Failure("refused", "the file is so damaged that reading it had to be given up; copy or download it again");
    }
    const reply = JSON.parse(decoder.decode(take(exports.text_at, exports.text_len)));
    if (failure) {
      throw failure;
    }
    if (reply.error !== undefined) {
      throw new Failure("refused", reply.error);
    }
    return { value: reply.ok, bytes: take(exports.bytes_at, exports.bytes_len) };
  };
}
