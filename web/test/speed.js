// How fast the page is beside the program: processor time of all of a browser's processes
// with one worker against that of `ziso` with one thread, for the same work, one after the other, so that other work on the machine
// disturbs both. Prints a table. `scripts/bench-web` calls it.
//
// PAGE is the folder of the page, ZISO the program; the argument is a disc image.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { open } from "./browser.js";
import { processes } from "./processes.js";
import { serve } from "./server.js";

const { PAGE, ZISO } = process.env;
const image = process.argv[2];
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

/** Seconds of processor time that the program takes, reading back included. */
function native({ level, forConsole }) {
  const how = forConsole ? "--for-console" : `--level ${level}`;
  const command = `"${ZISO}" compress --quiet --jobs 1 ${how} --force -o "${folder}/native.zso" "${image}" && times`;
  const shown = execFileSync("bash", ["-c", command], { encoding: "utf8" });
  const [user, system] = shown.trim().split("\n").at(-1).split(" ").map((time) => {
    const [, minutes, seconds] = time.match(/(\d+)m([\d.]+)s/);
    return 60 * minutes + Number(seconds);
  });
  return user + system;
}

const seconds = (root) => processes(root).reduce((sum, process) => sum + process.seconds, 0);

async function compress(opened, { level, forConsole = false }) {
  await opened.page.select("#level", level);
  await opened.page.$eval("#for-console", (box, isTicked) => (box.checked = isTicked), forConsole);
  const root = opened.browser.process().pid;
  const before = seconds(root);
  await opened.click("#compress");
  await opened.page.waitForFunction(() => document.querySelector("#result .message"), { timeout: 1_800_000, polling: 500 });
  const taken = seconds(root) - before;
  await opened.says("#result", "Done.");
  return taken;
}

async function look(opened, path) {
  await opened.choose(path);
  await opened.says("#facts", basename(path));
  await opened.says("#verdict", "As a ZSO");
}

const server = await serve(PAGE);
console.log(`| browser | ${KINDS.map(([name]) => name).join(" | ")} |`);
console.log(`|---|${KINDS.map(() => "---:|").join("")}`);
const size = statSync(image).size;
const rates = new Map(KINDS.map(([name]) => [name, []]));
for (const browser of ["chrome", "firefox"]) {
  const opened = await open(browser, server.url, { before: alone });
  await look(opened, image);
  const cells = [];
  for (const [name, how] of KINDS) {
    const ratios = [];
    for (let round = 0; round < ROUNDS; round++) {
      const program = native(how);
      rates.get(name).push(size / 1e6 / program);
      ratios.push(program / (await compress(opened, how)));
    }
    cells.push(median(ratios).toFixed(2));
  }
  await opened.close();
  console.log(`| ${browser} | ${cells.join(" | ")} |`);
}
console.log(`| \`ziso\`, MB a second | ${KINDS.map(([name]) => median(rates.get(name)).toFixed(1)).join(" | ")} |`);
server.close();
rmSync(folder, { recursive: true });
