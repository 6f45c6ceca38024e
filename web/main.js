// The page: files come in, what is known of them is shown, and jobs are started and followed.

import { take } from "./choose.js";
import { Helper } from "./helpers.js";
import { Job } from "./job.js";
import { at, bytes, duration, element, percent } from "./page.js";
import * as report from "./report.js";

const SECTOR = 2048;
const PROGRAM = fetch("zso_web.wasm").then((response) => response.arrayBuffer()).then((bytes) => WebAssembly.compile(bytes));
// Files of this page in the browser's store are in a folder that no other tab uses; a lock tells that this tab lives.
const FOLDER = `zso-${crypto.randomUUID()}`;

const PHASES = {
  compress: "Compressing…",
  decompress: "Turning back…",
  compare: "Reading back and comparing…",
  verify: "Reading everything…",
};

const discs = [];
const lists = [];
/** What is looked at: a disc, what is known of it, and the worker that looks. */
let current;
/** The job under way. */
let job;
/** Files that were begun in the browser's store. */
let made = 0;

// Choosing files.

async function add(added) {
  const unpacking = (name, done) => (at("unpacking").textContent = `Unpacking ${name}: ${percent(done)}`);
  const taken = await take(added, discs, await PROGRAM, newPlace, unpacking);
  at("unpacking").textContent = "";
  lists.push(...taken.lists);
  discs.push(...taken.discs);
  showList();
  if (taken.discs.length > 0) {
    await look(taken.discs[0]);
  }
  if (taken.problems.length > 0) {
    complain(taken.problems.join(" "));
  }
}

/** A place in the browser's store that is still free. */
const newPlace = () => ({ folder: FOLDER, name: `file-${made++}` });

function showList() {
  const choices = discs.map((disc) => {
    const isLooked = String(current?.from === disc);
    const button = element("button", { type: "button", "aria-pressed": isLooked }, `${disc.name}, ${bytes(disc.file.size)}`);
    button.addEventListener("click", () => look(disc));
    return element("li", {}, button);
  });
  const known = lists.map((file) => element("li", { class: "small" }, `List of known discs: ${file.name}`));
  at("files").replaceChildren(...choices, ...known);
}

function complain(text) {
  at("problem").hidden = !text;
  at("problem").textContent = text ?? "";
}

// Looking at a file.

async function look(from) {
  if (job) {
    complain("Something is under way. Wait for its end, or cancel it first.");
    return;
  }
  current?.helper.stop();
  const { name, file } = from;
  const looked = { from, helper: new Helper(await PROGRAM) };
  current = looked;
  complain();
  at("result").replaceChildren();
  at("report").hidden = at("actions").hidden = true;
  showList();
  try {
    looked.disc = (await looked.helper.ask({ do: "open", disc: 0, file: 0 }, { file })).value;
    Object.assign(looked, (await looked.helper.ask({ do: "look", name, title: null })).value);
    showLooked();
    looked.advised = (await looked.helper.ask({ do: "advise", name })).value;
    showAdvised();
  } catch (error) {
    if (error.kind !== "cancelled") {
      complain(`${name}: ${error.message}`);
      showAdvised();
    }
  }
}

function showLooked() {
  const { from, disc, files: onDisc, map, refusal } = current;
  report.showFacts(from, disc, current);
  report.showMap(map, onDisc, disc);
  report.showFiles(onDisc);
  report.showKinds();
  report.showAdvice();
  const isZso = disc.form === "zso";
  at("options").hidden = at("compress").hidden = isZso;
  at("decompress").hidden = disc.form === "iso";
  // A box that has to be ticked, unless it is disabled.
  at("refused").hidden = at("any-data").disabled = isZso || !refusal;
  at("any-data").checked = false;
  at("refusal").textContent = `${from.name}: ${refusal}`;
  at("name").value = current.names[isZso ? "iso" : "zso"];
  at("name-help").textContent = current.info.game?.id
    ? "OPL shows games whose names begin with their number. Change what follows it as you like."
    : "";
  at("report").hidden = at("actions").hidden = false;
  at("report-title").focus();
}

function showAdvised() {
  const { advised, disc, files: onDisc, map } = current;
  if (!disc || !onDisc) {
    return;
  }
  report.showMap(map ?? advised?.map, onDisc, disc);
  report.showFiles(onDisc, advised?.advice);
  report.showKinds(advised?.advice);
  report.showAdvice(advised);
}

// Jobs.

async function compress(event) {
  event.preventDefault();
  const patterns = report.tickedKinds();
  const places = patterns.length > 0 ? (await current.helper.ask({ do: "places", patterns })).value : [];
  const ticked = report.tickedFiles(current.files).map(({ lsn, size }) => ({ start: lsn * SECTOR, end: lsn * SECTOR + size }));
  const plan = {
    level: Number(at("level").value),
    forConsole: at("for-console").checked,
    raw: [...places, ...ticked],
  };
  await make("compress", ".zso", "ZSO file", { plan });
}

const decompress = () => make("decompress", ".iso", "Disc image", {});

const verify = () => begin("verify", { list: lists.at(-1) });

/** A job that makes a file: where it belongs is asked first, since browsers ask only right after a click. */
async function make(kind, ending, description, more) {
  const name = at("name").value.trim().replace(/\.(zso|ziso|iso)$/i, "") + ending;
  let output = newPlace();
  if (window.showSaveFilePicker) {
    try {
      const types = [{ description, accept: { "application/octet-stream": [ending] } }];
      output = { handle: await window.showSaveFilePicker({ suggestedName: name, types }) };
    } catch (error) {
      if (error.name === "AbortError") {
        return;
      }
      // Some pages may not ask: inside another one, say.
    }
  }
  await begin(kind, { ...more, output, saveAs: name });
}

async function begin(kind, { saveAs, ...wanted }) {
  const cores = Math.max(1, navigator.hardwareConcurrency || 1);
  job = { kind, saveAs, handle: wanted.output?.handle, work: new Job(await PROGRAM, cores, follow) };
  at("form").hidden = true;
  at("work").hidden = false;
  at("result").replaceChildren();
  follow({ phase: kind, done: 0, size: current.disc.size });
  at("cancel").disabled = false;
  at("cancel").focus();
  try {
    const done = await job.work.run(kind, { ...wanted, ...current.from });
    end(succeeded(job, done));
  } catch (error) {
    end(refused(error));
  }
}

function follow({ phase, done, size }) {
  if (job.phase !== phase) {
    Object.assign(job, { phase, began: Date.now() });
    at("phase").textContent = PHASES[phase];
    at("result").textContent = PHASES[phase];
  }
  at("bar").value = done / size;
  const seconds = (Date.now() - job.began) / 1000;
  const rate = done / Math.max(seconds, 0.001);
  at("rate").textContent = done > 0 && seconds > 0.5
    ? `${bytes(done)} of ${bytes(size)}, ${bytes(rate)} a second, ${duration((size - done) / rate)} left`
    : `${bytes(done)} of ${bytes(size)}`;
}

function cancel() {
  at("cancel").disabled = true;
  job.work.cancel();
}

function end(shown) {
  job = undefined;
  at("work").hidden = true;
  at("form").hidden = false;
  at("result").replaceChildren(...shown);
  at("result").focus();
}

function succeeded(ended, done) {
  if (ended.kind === "verify") {
    return verified(done);
  }
  const size = `${bytes(done.size)}, ${(100 * done.size / done.discSize).toFixed(1)} % of the disc.`;
  const parts = [message("good", "Done. ", `The new file was read back and is right: ${size}`)];
  if (done.file) {
    const link = element("a", { class: "button primary", download: ended.saveAs, href: URL.createObjectURL(done.file) }, `Save ${ended.saveAs}`);
    parts.push(element("p", {}, link), element("p", { class: "small" }, "The browser keeps it until you close this page."));
  } else {
    parts.push(element("p", {}, `It is where you have put it: ${ended.handle.name}`));
  }
  return parts;
}

function verified({ discSize, hashes, list, game }) {
  const all = [["CRC-32", hashes.crc32], ["MD5", hashes.md5], ["SHA-1", hashes.sha1], ["Size", `${discSize.toLocaleString("en")} bytes`]];
  const facts = all.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, element("code", {}, value))]);
  const parts = [message("good", "Readable. ", "All of the disc can be read. These are its checksums:"), element("dl", { class: "facts" }, ...facts)];
  if (list) {
    parts.push(game
      ? message("good", "Known. ", `${list.name || "The list"} has it: ${game.name}`)
      : message("bad", "Not known. ", `None of the ${list.discs} discs of ${list.name || "the list"} is like this one: it is another version, or not what was on the disc.`));
  } else {
    parts.push(element("p", { class: "small" }, "To learn whether that is what it should be, add a DAT file of Redump’s above, and check again."));
  }
  return parts;
}

function refused({ kind = "fault", message: text }) {
  const texts = {
    cancelled: ["Cancelled. ", "Nothing is left of the new file."],
    full: ["No room. ", "The disk is full, or the browser may not store that much. Nothing is left of the new file. Make room, or use Chrome or Edge, which write to a folder of yours."],
    same: ["Another name, please. ", "That is the file that is being read. Choose another name or folder."],
    refused: ["It did not work. ", text],
    fault: ["It did not work. ", `${text}. Nothing is left of the new file. Load the page again and try once more.`],
  };
  return [message(kind === "cancelled" ? "" : "bad", ...texts[kind])];
}

const message = (kind, head, text) => element("p", { class: `message ${kind}` }, element("b", {}, head), text);

// The browser's store.

/** Removes what tabs have left there that are closed. */
async function clean() {
  const store = await navigator.storage.getDirectory();
  const { held } = await navigator.locks.query();
  const living = new Set(held.map(({ name }) => name));
  for await (const name of store.keys()) {
    if (name.startsWith("zso-") && !living.has(name)) {
      await store.removeEntry(name, { recursive: true });
    }
  }
}

// Everything that the user can do.

at("console").append(...report.CONSOLES.map(([name], n) => element("option", { value: n }, name)));
report.showDevices();
at("choose").addEventListener("change", ({ target }) => {
  add([...target.files]);
  target.value = "";
});
at("console").addEventListener("change", () => {
  report.showDevices();
  report.showAdvice(current?.advised);
});
at("device").addEventListener("change", () => report.showAdvice(current?.advised));
at("form").addEventListener("submit", compress);
at("decompress").addEventListener("click", decompress);
at("verify").addEventListener("click", verify);
at("cancel").addEventListener("click", cancel);
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  at("drop").classList.add("over");
});
document.addEventListener("dragleave", () => at("drop").classList.remove("over"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  at("drop").classList.remove("over");
  add([...event.dataTransfer.files]);
});
window.addEventListener("beforeunload", (event) => {
  if (job || at("unpacking").textContent) {
    event.preventDefault();
  }
});
navigator.locks.request(FOLDER, () => new Promise(() => {}));
clean().catch(() => {});
PROGRAM.catch(() => complain("This browser cannot run the page. Use a current Firefox, Chrome, Edge or Safari, and open the page from a web server, not as a file."));
