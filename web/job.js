// A worker that does one job: it hands out pieces of a file to helpers, and takes the results in order.

import { Cancelled, Helper, inOrder } from "./helpers.js";
import { Full, Same, chosen, stored } from "./output.js";
import { Refusal, free, start } from "./wasm.js";

const JOBS = { compress, decompress, verify };

// Numbers of the browser's files and of discs.
const OLD = 0;
const NEW = 1;
const LIST = 2;

let helpers = [];
let isCancelled = false;

self.onmessage = ({ data }) => {
  if (data.cancel) {
    isCancelled = true;
    helpers.forEach((helper) => helper.stop());
  } else {
    run(data);
  }
};

async function run(job) {
  try {
    helpers = Array.from({ length: job.cores }, () => new Helper(job.module));
    const call = await start(job.module);
    const result = await JOBS[job.kind](call, job);
    self.postMessage({ done: result });
  } catch (error) {
    self.postMessage({ failed: reason(error), message: error.message });
  }
  helpers.forEach((helper) => helper.stop());
}

function reason(error) {
  const kinds = { cancelled: Cancelled, full: Full, same: Same, refused: Refusal };
  const kind = Object.keys(kinds).find((name) => error instanceof kinds[name]);
  return isCancelled ? "cancelled" : kind ?? "fault";
}

/** Opens a file here and in all helpers; returns what is known of the disc in it. */
async function open(call, disc, file) {
  const request = { do: "open", disc, file: disc };
  const { value } = call(request, { file });
  await Promise.all(helpers.map((helper) => helper.ask(request, { file })));
  return value;
}

/** Asks the helpers for each piece of the disc. */
async function eachPiece(phase, { size, run }, what, sink) {
  let told = 0;
  function* requests() {
    for (let at = 0; at < size; at += run) {
      yield { do: what, at };
    }
  }
  let done = 0;
  await inOrder(helpers, requests(), async (answer) => {
    await sink(answer, done);
    free(answer.bytes.buffer);
    done = Math.min(done + run, size);
    // Ten times a second is often enough to be looked at.
    if (Date.now() - told > 100 || done === size) {
      told = Date.now();
      self.postMessage({ phase, done, size });
    }
    if (isCancelled) {
      throw new Cancelled();
    }
  });
}

/** Makes a new file with `write`, compares it with the old one, and leaves nothing of it if anything goes wrong. */
async function make(call, job, disc, write) {
  const { handle, folder, name } = job.output;
  const output = handle ? await chosen(handle, job.file) : await stored(folder, name);
  try {
    const result = await write(output);
    const file = await output.complete();
    const made = await open(call, NEW, file);
    await eachPiece("compare", disc, "compare", ({ value }) => {
      const at = value?.at ?? (made.size === disc.size ? undefined : made.size);
      if (at !== undefined) {
        throw new Refusal(`the new file is not what it should be, from byte ${at} on; try again`);
      }
    });
    return { ...result, size: file.size, file: handle ? undefined : file };
  } catch (error) {
    await output.discard();
    throw error;
  }
}

async function compress(call, job) {
  const disc = await open(call, OLD, job.file);
  const plan = { do: "plan", ...job.plan };
  call(plan);
  await Promise.all(helpers.map((helper) => helper.ask(plan)));
  return make(call, job, disc, async (output) => {
    await writePieces(output, call({ do: "begin" }));
    await eachPiece("compress", disc, "pack", ({ bytes }) => writePieces(output, call({ do: "add" }, { bytes })));
    call({ do: "check" });
    const end = call({ do: "end" });
    await writePieces(output, end);
    return { plainBlocks: end.value.plainBlocks, discSize: disc.size };
  });
}

/** Writes what the program has for the file: places and lengths, and all bytes in a row. */
async function writePieces(output, { value, bytes }) {
  let from = 0;
  for (const [position, length] of value.pieces) {
    await output.write(position, bytes.subarray(from, from + length));
    from += length;
  }
  free(bytes.buffer);
}

async function decompress(call, job) {
  const disc = await open(call, OLD, job.file);
  return make(call, job, disc, async (output) => {
    await eachPiece("decompress", disc, "decode", ({ bytes }, at) => output.write(at, bytes));
    call({ do: "check" });
    return { discSize: disc.size };
  });
}

async function verify(call, job) {
  const disc = await open(call, OLD, job.file);
  const list = job.list && call({ do: "dat", file: LIST }, { file: job.list }).value;
  await eachPiece("verify", disc, "decode", ({ bytes }) => {
    call({ do: "hash" }, { bytes });
  });
  call({ do: "check" });
  const hashes = call({ do: "hashes" }).value;
  const game = list && call({ do: "find", size: disc.size, hashes }).value;
  return { discSize: disc.size, hashes, list, game };
}
