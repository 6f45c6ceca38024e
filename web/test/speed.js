// How fast the page is beside the program: processor time of all of a browser's processes with one worker against that
// of `ziso` with one thread, for the same work, one after the other, so that other work on the machine disturbs both.
// Prints what `scripts/bench-web` puts into its page.
//
// PAGE is the folder of the page, ZISO the program; the argument is a disc image.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { open } from "./browser.js";
import { processes, threads } from "./processes.js";
import { serve } from "./server.js";

const { PAGE, ZISO } = process.env;
const image = process.argv[2];
// Rounds of compressing in memory, and how much: together they are long beside what a processor's clock can tell.
const AGAIN = 8;
const PART = 32 << 20;
const PATIENCE = 1_800_000;
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const KINDS = [
  ["quick", { level: "1" }],
  ["usual", { level: "10" }],
  ["smallest", { level: "12" }],
  ["for the console", { level: "10", forConsole: true }],
];

const folder = mkdtempSync(join(tmpdir(), "zso-speed-"));
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** One worker, and no dialog, which nobody can answer here. */
function alone() {
  delete window.showSaveFilePicker;
  Object.defineProperty(navigator, "hardwareConcurrency", { value: 1 });
}

/**
 * Removes the page's files: it keeps them until it is closed. Memory that nobody had before costs the system more than what a
 * file gave back, and the program would have that of its last file, and the page none.
 */
async function forget() {
  const store = await navigator.storage.getDirectory();
  for await (const folder of store.values()) {
    for await (const name of folder.keys()) {
      await folder.removeEntry(name);
    }
  }
}

/** Seconds of processor time that the program takes: of its own, and of the system for it. */
function native(path, { level, forConsole }, ...more) {
  const how = forConsole ? "--for-console" : `--level ${level}`;
  const command = `"${ZISO}" compress --quiet --any-data --jobs 1 ${how} ${more.join(" ")} -o "${folder}/native.zso" "${path}" && times`;
  const shown = execFileSync("bash", ["-c", command], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  rmSync(join(folder, "native.zso"));
  const [user, system] = shown.trim().split("\n").at(-1).split(" ").map((time) => {
    const [, minutes, seconds] = time.match(/(\d+)m([\d.]+)s/);
    return 60 * minutes + Number(seconds);
  });
  return { user, both: user + system };
}

const seconds = (root) => processes(root).reduce((sum, process) => sum + process.seconds, 0);

/** Makes a file in the page; returns seconds of processor time, and how much of it its workers and all others took. */
async function compress(opened, { level, forConsole = false }) {
  await opened.page.select("#level", level);
  await opened.page.$eval("#for-console", (box, isTicked) => (box.checked = isTicked), forConsole);
  const root = opened.browser.process().pid;
  const before = seconds(root);
  const old = new Set(threads(root).map(({ id }) => id));
  // They end with the job.
  const workers = new Map();
  const note = () => {
    const all = threads(root).filter(({ id, name }) => !old.has(id) && /^(DedicatedWorker|DOM Worker)/.test(name));
    all.forEach(({ id, seconds }) => workers.set(id, seconds));
  };
  const watch = setInterval(note, 100);
  await opened.click("#compress");
  await opened.page.waitForFunction(() => document.querySelector("#result .message"), { polling: 500 });
  clearInterval(watch);
  const taken = seconds(root) - before;
  await opened.says("#result", "Done.");
  await opened.page.evaluate(forget);
  const [compressing, writing] = [...workers.values()].sort((a, b) => b - a).map((part) => part / taken);
  return { taken, shares: [compressing, writing, 1 - compressing - writing] };
}

/** Seconds of processor time that the page's program takes to compress a file that is in memory, and nothing else. */
async function encode(opened, path, { level, forConsole = false }) {
  const input = await opened.page.evaluateHandle(() => Object.assign(document.createElement("input"), { type: "file" }));
  await input.uploadFile(path);
  const root = opened.browser.process().pid;
  const run = (rounds) => opened.page.evaluate(async (input, plan, rounds) => {
    const disc = new Uint8Array(await input.files[0].arrayBuffer());
    const memory = () => new Uint8Array(exports.memory.buffer);
    const read_file = (file, at, to, length) => (memory().set(disc.subarray(at, at + length), to), length);
    // Compiled once: browsers compile what is much used a second time, for speed.
    self.compiled ??= await WebAssembly.compile(await fetch("zso_web.wasm").then((response) => response.arrayBuffer()));
    const { exports } = await WebAssembly.instantiate(self.compiled, { page: { read_file, write_file: () => 0, progress() {} } });
    const ask = (request) => {
      const text = new TextEncoder().encode(JSON.stringify(request));
      const at = exports.text(text.length);
      memory().set(text, at);
      exports.call();
    };
    ask({ do: "open", disc: 0, file: 0, size: disc.length });
    ask({ do: "plan", ...plan });
    for (let round = 0; round < rounds; round++) {
      for (let at = 0; at < disc.length; at += 4 << 20) {
        ask({ do: "pack", at });
      }
    }
  }, input, { level: Number(level), forConsole, raw: [] }, rounds);
  const taken = async (rounds) => {
    const before = seconds(root);
    await run(rounds);
    return seconds(root) - before;
  };
  await run(AGAIN);
  const begin = await taken(0);
  return ((await taken(AGAIN)) - begin) / AGAIN;
}

async function look(opened, path) {
  await opened.choose(path);
  await opened.says("#facts", basename(path));
  await opened.says("#verdict", "As a ZSO");
}

const server = await serve(PAGE);
const part = join(folder, "part");
copyFileSync(image, part);
truncateSync(part, PART);
const rows = new Map();
const row = (name, cell) => rows.set(name, [...(rows.get(name) ?? []), cell]);
const shares = [];
for (const browser of ["chrome", "firefox"]) {
  const opened = await open(browser, server.url, { before: alone, patience: PATIENCE });
  await look(opened, image);
  for (const [, how] of KINDS) {
    const [ratios, alones, parts, rates] = [[], [], [], []];
    for (let round = 0; round < ROUNDS; round++) {
      const program = native(image, how).both;
      const { taken, shares } = await compress(opened, how);
      ratios.push(program / taken);
      parts.push(shares);
      rates.push(statSync(image).size / 1e6 / program);
      alones.push(native(part, how, "--no-verify").user / (await encode(opened, part, how)));
    }
    row(browser, median(ratios).toFixed(2));
    row(`${browser}, in memory`, median(alones).toFixed(2));
    row(`\`ziso\` beside ${browser}, MB a second`, median(rates).toFixed(1));
    shares.push([0, 1, 2].map((n) => `${(100 * median(parts.map((part) => part[n]))).toFixed(0)} %`));
  }
  await opened.close();
}
const names = KINDS.map(([name]) => name);
const table = (head, rows) => [head, head.map((_, n) => (n === 0 ? "---" : "---:")), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
console.log(table(["browser", ...names], [...rows].map(([name, cells]) => [name, ...cells])));
console.log("\nWhere the browser's processor time goes:\n");
const rest = ["the worker that compresses", "the worker that writes, reads back and compares", "all else: reads the file, hands it over, draws"];
const kinds = ["chrome", "firefox"].flatMap((browser) => names.map((name) => `${browser}, ${name}`));
console.log(table(["", ...rest], kinds.map((name, n) => [name, ...shares[n]])));
server.close();
rmSync(folder, { recursive: true });
