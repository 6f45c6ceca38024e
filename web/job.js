// A job: pieces of a file are handed out to helpers, and one more takes the results in order and writes the new file.

import { Failure, Helper, inOrder } from "./helpers.js";
import { Row, inRow } from "./source.js";

// Numbers of the browser's files and of discs.
const OLD = 0;
const NEW = 1;
const LIST = 2;
// What a piece of a file can become has more bytes than the piece: by so many, at most.
const MORE = 64 << 10;

/** What is done with a file, under way. */
export class Job {
  #onProgress;
  #isCancelled = false;
  /** Memory that goes round: with a piece of the file to a helper, with what that made of it to the one who writes, and back. */
  #spare = [];
  /** Known here as long as it reads: Chromium collects a stream that only a read under way knows, and the read never ends. */
  #row;

  /** `module` is the compiled program; `onProgress` hears what is being done, how many bytes are, and of how many. */
  constructor(module, cores, onProgress) {
    this.helpers = Array.from({ length: cores }, () => new Helper(module));
    this.writer = new Helper(module);
    this.#onProgress = onProgress;
  }

  /** Does it; fails with a `Failure`, and leaves nothing then. */
  async run(kind, wanted) {
    try {
      return await KINDS[kind](this, wanted);
    } catch (error) {
      throw this.#isCancelled ? new Failure("cancelled", "") : error;
    } finally {
      [...this.helpers, this.writer].forEach((helper) => helper.stop());
    }
  }

  /** The new file is still to be removed: the one who writes it goes on. */
  cancel() {
    this.#isCancelled = true;
    this.helpers.forEach((helper) => helper.stop());
  }

  /** Opens a file everywhere, or by some; returns what is known of the disc in it, and the file if the disc is all of it. */
  async open(disc, file, helpers = [this.writer, ...this.helpers]) {
    const opened = helpers.map((helper) => helper.ask({ do: "open", disc, file: disc }, { file }));
    const [{ value }] = await Promise.all(opened);
    return { ...value, file: value.form === "iso" ? file : undefined };
  }

  /** Asks the helpers, or some other ones, for each piece of the disc: `request` is for where it begins. */
  async eachPiece(phase, disc, request, sink, helpers = this.helpers) {
    const { size, piece, file } = disc;
    let told = 0;
    const room = () => this.#spare.pop() ?? new ArrayBuffer(piece + MORE);
    this.#row = file && new Row(file);
    const pieces = inRow(this.#row, disc, room);
    async function* requests() {
      for await (const { at, bytes } of pieces) {
        yield [request(at), { bytes }];
      }
    }
    let done = 0;
    await inOrder(helpers, requests(), async (answer) => {
      await sink(answer, done);
      this.#keep(answer);
      done = Math.min(done + piece, size);
      // Four times a second is often enough to be looked at, and drawing takes time, too.
      if (Date.now() - told > 250 || done === size) {
        told = Date.now();
        this.#onProgress({ phase, done, size });
      }
      if (this.#isCancelled) {
        throw new Failure("cancelled", "");
      }
    });
  }

  /** Asks the one who writes. */
  async write(request, more) {
    const answer = await this.writer.ask(request, more);
    this.#keep(answer);
    return answer.value;
  }

  /** Keeps the memory that came with an answer, unless it went on. */
  #keep({ bytes }) {
    if (bytes.buffer.byteLength > MORE) {
      this.#spare.push(bytes.buffer);
    }
  }
}

/**
 * Makes a new file of a disc with `write`, which returns the hashes of the disc's pieces; compares both, and leaves
 * nothing of it if anything goes wrong.
 */
async function make(job, { file, source, output }, write) {
  try {
    // First of all: the browser has made an empty file where the user wants it.
    await job.write({ do: "create", ...output }, { file: source });
    const disc = await job.open(OLD, file);
    const hashes = await write(disc);
    await job.write({ do: "complete" });
    // A file in the browser's store is read by the one who has written it: nobody else can, until it is closed.
    const readers = output.handle ? job.helpers : [job.writer];
    const { size } = await job.open(NEW, output.handle && (await job.write({ do: "file" })), readers);
    if (size !== disc.size) {
      throw new Failure("refused", `the new file has ${size} bytes of the disc's ${disc.size}; try again`);
    }
    const compare = (at) => ({ do: "compare", at, hash: hashes[at / disc.piece] });
    await job.eachPiece("compare", { ...disc, file: undefined }, compare, ({ value: isSame }, at) => {
      if (!isSame) {
        throw new Failure("refused", `the new file is not what it should be, from byte ${at} on; try again`);
      }
    }, readers);
    const made = await job.write({ do: "file" });
    return { discSize: disc.size, size: made.size, file: output.handle ? undefined : made };
  } catch (error) {
    await job.writer.ask({ do: "discard" }).catch(() => {});
    throw error;
  }
}

const decode = (at) => ({ do: "decode", at });

const compress = (job, wanted) =>
  make(job, wanted, async (disc) => {
    const plan = { do: "plan", ...wanted.plan };
    await Promise.all([job.writer, ...job.helpers].map((helper) => helper.ask(plan)));
    await job.write({ do: "begin" });
    const hashes = [];
    await job.eachPiece("compress", disc, (at) => ({ do: "pack", at }), ({ value, bytes }) => {
      hashes.push(value);
      return job.write({ do: "add" }, { bytes });
    });
    await job.write({ do: "check" });
    await job.write({ do: "end" });
    return hashes;
  });

const decompress = (job, wanted) =>
  make(job, wanted, async (disc) => {
    const hashes = [];
    await job.eachPiece("decompress", disc, decode, ({ value, bytes }, at) => {
      hashes.push(value);
      return job.write({ do: "write", at }, { bytes });
    });
    await job.write({ do: "check" });
    return hashes;
  });

async function verify(job, { file, list: listFile }) {
  const disc = await job.open(OLD, file);
  const list = listFile && (await job.write({ do: "dat", file: LIST }, { file: listFile }));
  await job.eachPiece("verify", disc, decode, ({ bytes }) => job.write({ do: "hash" }, { bytes }));
  await job.write({ do: "check" });
  const hashes = await job.write({ do: "hashes" });
  const game = list && (await job.write({ do: "find", size: disc.size, hashes }));
  return { discSize: disc.size, hashes, list, game };
}

const KINDS = { compress, decompress, verify };
