// How much memory the page takes for a disc of two layers, all of it empty: the most that any of a browser's processes has
// of its own while the disc is looked into, compressed and compared. PAGE is the folder of the page.

import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "./browser.js";
import { processes } from "./processes.js";
import { serve } from "./server.js";

const LARGE = 8_543_666_176;
// Milliseconds that any step may take: other programs may keep the machine busy meanwhile.
const PATIENCE = 1_800_000;

async function memory(browser, url, path) {
  const opened = await open(browser, url, { patience: PATIENCE });
  const root = opened.browser.process().pid;
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, ...processes(root).map(({ own }) => own));
  }, 500);
  await opened.choose(path);
  await opened.says("#verdict", "As a ZSO");
  await opened.click("#any-data"); // Zeros are no disc.
  await opened.click("#compress");
  const isDone = () => document.querySelector("#result .message");
  await opened.page.waitForFunction(isDone, { polling: 500 });
  await opened.says("#result", "Done.");
  clearInterval(timer);
  await opened.close();
  return most;
}

const folder = mkdtempSync(join(tmpdir(), "zso-memory-"));
const path = join(folder, "large.iso");
const file = openSync(path, "w");
ftruncateSync(file, LARGE);
closeSync(file);
const server = await serve(process.env.PAGE);
console.log(`| browser | memory for ${(LARGE / 1e9).toFixed(1)} GB |`);
console.log("|---|---:|");
for (const browser of ["chrome", "firefox"]) {
  console.log(`| ${browser} | ${((await memory(browser, server.url, path)) / 1e6).toFixed(0)} MB |`);
}
server.close();
rmSync(folder, { recursive: true });
