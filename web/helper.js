// A worker with the Rust program in it. It is started by helpers.js, and serves one request after the other.

import { Refusal, start } from "./wasm.js";

let call;

self.onmessage = async ({ data }) => {
  if (data.module) {
    call = start(data.module, (progress) => self.postMessage({ progress }));
    return;
  }
  const { id, request, bytes, file } = data;
  try {
    const reply = (await call)(request, { bytes, file });
    self.postMessage({ id, ...reply }, [reply.bytes.buffer]);
  } catch (error) {
    self.postMessage({ id, error: error.message, isRefusal: error instanceof Refusal });
  }
};
