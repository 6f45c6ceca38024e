// Workers that compute: questions to one of them, and answers of several of them in order.

/** Why something was not done: `message` is for the person who uses the page, `kind` for the page. */
export class Failure extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

/** A worker with the Rust program in it. Only for the page: a worker of Firefox that starts another one may wait forever. */
export class Helper {
  #worker = new Worker(new URL("helper.js", import.meta.url), { type: "module" });
  #waiting = new Map();
  /** Why it answers no more. */
  #ended;
  #asked = 0;

  /** `module` is the compiled program; `onProgress` hears of long requests, from 0 to 1. */
  constructor(module, onProgress = () => {}) {
    this.#worker.onmessage = ({ data }) => {
      if (data.progress !== undefined) {
        onProgress(data.progress);
        return;
      }
      const { resolve, reject } = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.error === undefined) {
        resolve(data);
      } else {
        reject(new Failure(data.kind ?? "fault", data.error));
      }
    };
    this.#worker.onerror = (event) => this.#end(new Failure("fault", event.message || "a worker did not start"));
    this.#worker.postMessage({ module });
  }

  /**
   * Asks for something; `file` is what the request's number of a file means. `bytes` are gone then: their buffer comes back
   * with the reply's bytes in it, if there is room.
   */
  ask(request, { bytes, file } = {}) {
    const id = this.#asked++;
    const answer = new Promise((resolve, reject) =>
      this.#ended ? reject(this.#ended) : this.#waiting.set(id, { resolve, reject }));
    // Whoever waits for an earlier answer may never come to this one.
    answer.catch(() => {});
    this.#worker.postMessage({ id, request, bytes, file }, bytes ? [bytes.buffer] : []);
    return answer;
  }

  /** Ends the worker, and everything that was asked. */
  stop() {
    this.#worker.terminate();
    this.#end(new Failure("cancelled", "cancelled"));
  }

  #end(failure) {
    this.#ended = failure;
    for (const { reject } of this.#waiting.values()) {
      reject(failure);
    }
    this.#waiting.clear();
  }
}

// Requests that each worker has at a time: one is under way, and the other waits, so that no worker does.
const QUEUE = 2;

/** Asks `helpers` all of `requests`, with what comes along, and gives the answers to `sink` in order. Few are in memory at a time. */
export async function inOrder(helpers, requests, sink) {
  const answers = [];
  let next = 0;
  for await (const [request, more] of requests) {
    answers.push(helpers[next++ % helpers.length].ask(request, more));
    if (answers.length === QUEUE * helpers.length) {
      await sink(await answers.shift());
    }
  }
  for (const answer of answers) {
    await sink(await answer);
  }
}
