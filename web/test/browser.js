// Browsers that are installed here, and the page in them.

import { accessSync, constants, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import puppeteer from "puppeteer-core";

const PROGRAMS = {
  chrome: ["/usr/bin/chromium", "/usr/bin/google-chrome"],
  firefox: ["/usr/bin/firefox-esr", "/usr/bin/firefox"],
};
const CHROME_FLAGS = [
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
// Longer than anything takes on a busy machine.
const PATIENCE = 60_000;

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

// The dialog is the browser's own, and nobody can press its buttons here.
const withoutDialog = () => delete window.showSaveFilePicker;

/** Starts a browser with a new profile, and opens the page that is served at `url`. */
export async function open(name, url, { prefs = {}, before = withoutDialog, patience = PATIENCE } = {}) {
  const downloads = mkdtempSync(join(tmpdir(), "zso-web-"));
  const browser = await puppeteer.launch({
    browser: name,
    executablePath: PROGRAMS[name].find(isProgram),
    headless: true,
    // Waiting is limited by what is waited for.
    protocolTimeout: 0,
    args: name === "chrome" ? CHROME_FLAGS : [],
    downloadBehavior: name === "chrome" ? { policy: "allow", downloadPath: downloads } : undefined,
    extraPrefsFirefox: {
      "browser.download.folderList": 2,
      "browser.download.dir": downloads,
      // It would take what is typed.
      "browser.download.alwaysOpenPanel": false,
      ...prefs,
    },
  });
  const page = await browser.newPage();
  page.setDefaultTimeout(patience);
  const requests = [];
  const faults = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => faults.push(error.message));
  await page.evaluateOnNewDocument(before);
  await page.goto(url);
  return new Opened({ browser, page, downloads, requests, faults, url, patience });
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The page in a browser, and what a person does with it. */
class Opened {
  constructor(parts) {
    Object.assign(this, parts);
  }

  async close() {
    await this.browser.close();
    rmSync(this.downloads, { recursive: true, force: true });
  }

  text(selector) {
    return this.page.$eval(selector, (element) => element.textContent);
  }

  /** Presses what can be pressed, as soon as it can. Not with the driver's mouse: in some runs of Firefox it never arrives. */
  async click(selector) {
    const press = (selector) => {
      const element = document.querySelector(selector);
      const canBe = element?.checkVisibility() && !element.disabled;
      return canBe && (element.click(), true);
    };
    await this.page.waitForFunction(press, { polling: 50 }, selector);
  }

  /** Waits until a part of the page says something. */
  async says(selector, text) {
    const has = (selector, text) => document.querySelector(selector)?.textContent.includes(text);
    try {
      await this.page.waitForFunction(has, { polling: 50 }, selector, text);
    } catch (error) {
      const all = await this.text("main");
      throw new Error(`${selector} does not say "${text}", but the page: ${all.replace(/\s+/g, " ")}`, { cause: error });
    }
  }

  /** Chooses files by the button. */
  async choose(...paths) {
    const input = await this.page.$("#choose");
    await input.uploadFile(...paths);
  }

  /** Drops files onto the page. */
  async drop(...paths) {
    await this.page.evaluate(() => {
      const input = Object.assign(document.createElement("input"), { type: "file", multiple: true, id: "dropped" });
      document.body.append(input);
    });
    const input = await this.page.$("#dropped");
    await input.uploadFile(...paths);
    await this.page.evaluate(() => {
      const input = document.getElementById("dropped");
      const dataTransfer = new DataTransfer();
      [...input.files].forEach((file) => dataTransfer.items.add(file));
      input.remove();
      document.getElementById("drop").dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    });
  }

  /** Saves the new file by its link; returns its name and its checksum. */
  async save() {
    await this.click("#result a");
    for (let tries = 0; tries < this.patience / 100; tries++) {
      const [name, ...more] = readdirSync(this.downloads);
      if (name && more.length === 0 && !/\.(part|crdownload)$/.test(name)) {
        const path = join(this.downloads, name);
        const bytes = readFileSync(path);
        if (bytes.length > 0) {
          rmSync(path);
          return { name, sha256: sha256(bytes) };
        }
      }
      await wait(100);
    }
    throw new Error("nothing was downloaded");
  }

  /** Names of all files that this page has in the browser's store. */
  stored() {
    return this.page.evaluate(async () => {
      const names = [];
      async function walk(folder, path) {
        for await (const [name, handle] of folder.entries()) {
          if (handle.kind === "directory") {
            await walk(handle, `${path}${name}/`);
          } else {
            names.push(path + name);
          }
        }
      }
      await walk(await navigator.storage.getDirectory(), "");
      return names;
    });
  }
}
