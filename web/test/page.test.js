// What people do with the page, in the browser that BROWSER names: `chrome` or `firefox`. PAGE is the folder of the page,
// and FILES one of images, with what the program `ziso` makes of them. `crates/zso-web/tests/browser.rs` starts this.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { open, sha256 } from "./browser.js";
import { serve } from "./server.js";

const { BROWSER, PAGE, FILES } = process.env;
const file = (name) => join(FILES, name);
const known = (name) => sha256(readFileSync(file(name)));

let server;
let opened;

before(async () => {
  server = await serve(PAGE);
  opened = await open(BROWSER, server.url);
});

after(async () => {
  await opened?.close();
  server.close();
});

/** Chooses a file, and waits until all is known of it. */
async function look(name) {
  await opened.choose(file(name));
  await opened.says("#facts", name);
  await opened.says("#verdict", "As a ZSO");
}

/** Makes a ZSO file of what was chosen, which is to be the same as `name`. */
async function compressed(name) {
  await opened.click("#compress");
  await opened.says("#result", "Done.");
  assert.equal((await opened.save()).sha256, known(name));
}

test("a dropped disc is looked into", async () => {
  await opened.drop(file("game.iso"));
  await opened.says("#facts", "SLES_123.45 (SLES-12345), PS2");
  await opened.says("#facts", "SLES_123.45.game.iso");
  assert.equal(await opened.text("#problems"), "");
  await opened.says("#largest", "DATA/LEVEL.BIN");
  await opened.says("#verdict", "As a ZSO it has about");
  assert.ok((await opened.page.$$("#map rect")).length > 256);
});

test("advice is for the console and the device that are chosen", async () => {
  await opened.page.select("#console", "0");
  await opened.page.select("#device", "HDD");
  await opened.says("#verdict", "On the internal hard disk");
  await opened.page.select("#console", "3");
  await opened.says("#advice", "USB, slim");
  assert.ok(!(await opened.text("#advice")).includes("HDD"));
});

test("a disc becomes the file that the program makes", async () => {
  await opened.click("#compress");
  await opened.says("#result", "Done.");
  const saved = await opened.save();
  assert.deepEqual(saved, { name: "SLES_123.45.game.zso", sha256: known("game.zso") });
});

test("so it does without streams, and when a stream fails", async () => {
  const streams = [
    // As in Safari: it cannot fill memory that it is given.
    () => (Blob.prototype.stream = () => new ReadableStream()),
    () => (Blob.prototype.stream = () => new ReadableStream({ type: "bytes", pull: () => Promise.reject(new Error()) })),
  ];
  await opened.page.evaluate(() => (self.streamed = Blob.prototype.stream));
  for (const broken of streams) {
    await opened.page.evaluate(broken);
    await compressed("game.zso");
  }
  await opened.page.evaluate(() => (Blob.prototype.stream = self.streamed));
});

test("so it does for the console, with a film left as it is", async () => {
  await opened.click("#for-console");
  await opened.says("label[for=file-2]", "MOVIE/FILM.PSS");
  await opened.click("#file-2");
  await compressed("console.zso");
});

test("other forms of the disc become the same file", async () => {
  await opened.click("#for-console");
  for (const name of ["game.bin", "game.cso", "game.chd"]) {
    await look(name);
    await compressed("game.zso");
  }
});

test("so does the track of a CD that a CUE file names", async () => {
  await opened.choose(file("game.cue"));
  await opened.says("#problem", "game.cue: it says what is in Track 1.bin: choose that file, too");
  await opened.drop(file("track 1.bin"), file("track 2.bin"));
  await opened.says("#facts", "1 track of music");
  await opened.says("#verdict", "As a ZSO");
  await compressed("game.zso");
});

test("so does a disc in a zip file, and leaves nothing when that is damaged", async () => {
  for (const name of ["stored", "deflated"]) {
    await opened.choose(file(`${name}.zip`));
    await opened.says("#facts", `${name}.iso`);
    await opened.says("#verdict", "As a ZSO");
    await compressed("game.zso");
  }
  const before = await opened.stored();
  await opened.choose(file("damaged.zip"));
  await opened.says("#problem", "damaged.zip: ");
  assert.deepEqual(await opened.stored(), before);
});

test("a ZSO file becomes the disc again", async () => {
  await look("game.zso");
  await opened.click("#decompress");
  await opened.says("#result", "Done.");
  assert.deepEqual(await opened.save(), { name: "SLES_123.45.game.iso", sha256: known("game.iso") });
});

test("a disc is checked against a list", async () => {
  await opened.click("#verify");
  await opened.says("#result", "Readable.");
  const checksums = JSON.parse(readFileSync(file("checksums.json")));
  for (const checksum of Object.values(checksums)) {
    await opened.says("#result", checksum);
  }
  await opened.choose(file("list.zip"));
  await opened.says("#files", "List of known discs: list.zip");
  await opened.click("#verify");
  await opened.says("#result", "Some List has it: The Game (Europe)");
});

test("damage is told, and leaves nothing", async () => {
  const before = await opened.stored();
  await opened.choose(file("damaged.zso"));
  await opened.says("#facts", "damaged.zso");
  await opened.click("#verify");
  await opened.says("#result", "It did not work. block 1000: ");
  await opened.click("#decompress");
  await opened.says("#result", "It did not work. block 1000: ");
  assert.deepEqual(await opened.stored(), before);
});

test("what is no disc is refused, or taken if that is meant", async () => {
  await opened.choose(file("empty.iso"));
  await opened.says("#problem", "empty.iso: it is empty, no disc image");
  await look("text.iso");
  await opened.says("#refusal", "text.iso: it is no disc image: it has no ISO 9660 volume, and seems to be a text");
  assert.ok(await opened.page.$("#form:invalid"), "the browser lets nobody press the button");
  await opened.click("#any-data");
  await compressed("text.zso");
});

test("a CHD file that was made to do harm is damaged, and the page goes on", async () => {
  await opened.choose(file("hostile.chd"));
  await opened.says("#problem", "hostile.chd: the file is so damaged");
  await look("game.chd");
  await opened.click("#verify");
  await opened.says("#result", "Readable.");
});

test("a job can be cancelled, as soon as it has begun or later, and leaves nothing", async () => {
  await look("long.iso");
  const before = await opened.stored();
  await opened.page.select("#level", "12");
  await opened.click("#compress");
  await opened.click("#cancel");
  await opened.says("#result", "Cancelled.");
  // Browsers ask nobody who has done nothing by hand.
  await opened.page.focus("#compress");
  await opened.page.keyboard.press("Enter");
  await opened.says("#rate", " left");
  const asked = new Promise((resolve) => opened.page.once("dialog", resolve));
  const stays = opened.page.close({ runBeforeUnload: true });
  const dialog = await asked;
  assert.equal(dialog.type(), "beforeunload");
  await dialog.dismiss();
  await stays;
  await opened.click("#cancel");
  await opened.says("#result", "Cancelled.");
  assert.deepEqual(await opened.stored(), before);
});

test("the keyboard comes to everything in the order in which it is seen", async () => {
  await look("game.iso");
  const { page } = opened;
  const passed = [];
  await page.focus("#choose");
  while (passed.length < 50 && passed.at(-1) !== "compress") {
    await page.keyboard.press("Tab");
    passed.push(await page.evaluate(() => document.activeElement.id));
  }
  const order = ["file-0", "console", "device", "level", "for-console", "name", "compress"];
  assert.deepEqual(passed.filter((id) => order.includes(id)), order);
  await page.keyboard.press("Enter");
  await opened.says("#result", "Done.");
  assert.equal(await page.evaluate(() => document.activeElement.id), "result");
});

test("everything fits on a phone", async () => {
  await opened.page.setViewport({ width: 360, height: 740 });
  const width = await opened.page.evaluate(() => document.scrollingElement.scrollWidth);
  assert.ok(width <= 360, `${width}`);
});

test("everybody can use it, as far as axe can tell", async () => {
  await opened.page.evaluate(readFileSync(fileURLToPath(import.meta.resolve("axe-core")), "utf8"));
  // The driver of Firefox cannot ask for colours.
  for (const value of BROWSER === "chrome" ? ["light", "dark"] : ["light"]) {
    if (BROWSER === "chrome") {
      await opened.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value }]);
    }
    const violations = await opened.page.evaluate(async () => (await axe.run()).violations);
    const told = violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary}`));
    assert.deepEqual(told, [], value);
  }
});

test("nothing was asked of anybody else, and nothing went wrong", async () => {
  const foreign = opened.requests.filter((url) => ![server.url, "data:", "blob:"].some((start) => url.startsWith(start)));
  assert.deepEqual(foreign, []);
  assert.deepEqual(opened.faults, []);
});

test("a file of the user's choice gets the same bytes, or nothing is left of it", async () => {
  // The dialog is the browser's; what it gives to the page is a file like this one.
  const chosen = await open(BROWSER, server.url, {
    before: () => {
      window.showSaveFilePicker = async ({ suggestedName }) => {
        const store = await navigator.storage.getDirectory();
        return store.getFileHandle(suggestedName, { create: true });
      };
    },
  });
  try {
    await chosen.choose(file("game.iso"));
    await chosen.says("#verdict", "As a ZSO");
    await chosen.click("#compress");
    await chosen.says("#result", "It is where you have put it: SLES_123.45.game.zso");
    const hash = await chosen.page.evaluate(async () => {
      const store = await navigator.storage.getDirectory();
      const handle = await store.getFileHandle("SLES_123.45.game.zso");
      const bytes = await (await handle.getFile()).arrayBuffer();
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    });
    assert.equal(hash, known("game.zso"));
    // Only where there is such a dialog can a file of somebody's choice be removed.
    if (BROWSER === "chrome") {
      await chosen.choose(file("long.iso"));
      await chosen.says("#facts", "long.iso");
      await chosen.says("#verdict", "As a ZSO");
      const before = await chosen.stored();
      await chosen.click("#compress");
      await chosen.says("#rate", " of ");
      await chosen.click("#cancel");
      await chosen.says("#result", "Cancelled.");
      assert.deepEqual(await chosen.stored(), before);
    }
  } finally {
    await chosen.close();
  }
});

test("a file that is too large for the browser's store leaves nothing", async () => {
  const small = await open(BROWSER, server.url, {
    // In KiB; Chrome is told otherwise.
    prefs: { "dom.quotaManager.temporaryStorage.fixedLimit": 1024 },
  });
  try {
    if (BROWSER === "chrome") {
      const session = await small.page.createCDPSession();
      await session.send("Storage.overrideQuotaForOrigin", { origin: new URL(server.url).origin, quotaSize: 1 << 20 });
    }
    await small.choose(file("game.iso"));
    await small.says("#verdict", "As a ZSO");
    await small.click("#compress");
    await small.says("#result", "No room.");
    assert.deepEqual(await small.stored(), []);
  } finally {
    await small.close();
  }
});

test("a new file that the disk does not keep as it was written is no good", async () => {
  const damaged = "data = data.slice().fill(7, -1); written = access.write(data, ";
  const alter = (text) => text.replace("written = access.write(data, ", damaged);
  const bad = await serve(PAGE, { "output.js": alter });
  const opened = await open(BROWSER, bad.url);
  try {
    for (const [name, button] of [["game.iso", "#compress"], ["game.zso", "#decompress"]]) {
      await opened.choose(file(name));
      await opened.says("#facts", name);
      await opened.says("#verdict", "As a ZSO");
      await opened.click(button);
      await opened.says("#result", "It did not work. ");
      assert.deepEqual(await opened.stored(), []);
    }
    await opened.says("#result", "the new file is not what it should be, from byte 0 on");
  } finally {
    await opened.close();
    bad.close();
  }
});
