// What is known of a disc, as parts of the page.

import { at, bytes, drawn, element, percent } from "./page.js";

const SECTOR = 2048;
const LARGEST = 10;
// Of the map; it is stretched to the page's width.
const COLUMNS = 256;
const HEIGHT = 48;

const SEVERITIES = { damage: "Damaged", warning: "Careful", note: "Good to know" };
const FORMS = {
  iso: "a disc image, not compressed",
  zso: "ZSO",
  cso: "CSO",
  chd: "CHD",
  track: "BIN, with all bytes of a CD’s sectors",
};

// Which devices a console can have: names as in `ziso advise`.
const NETWORK = ["SMB", "UDPFS", "UDPBD"];
const CARDS = ["MX4SIO", "MMCE"];
export const CONSOLES = [
  ["PlayStation 2, SCPH-10000 to 39000", ["USB", ...CARDS, ...NETWORK, "iLink", "HDD"]],
  ["PlayStation 2, SCPH-50000", ["USB", ...CARDS, ...NETWORK, "HDD"]],
  ["Slim, SCPH-70000", ["USB", ...CARDS, ...NETWORK]],
  ["Slim, SCPH-75000 or later", ["USB, slim", ...CARDS, ...NETWORK]],
];
const DEVICES = {
  USB: "USB stick or disk",
  "USB, slim": "USB stick or disk",
  MX4SIO: "SD card in a memory card slot (MX4SIO)",
  MMCE: "SD2PSX, MemCard PRO2 (MMCE)",
  SMB: "another computer (SMB)",
  iLink: "an i.LINK disk",
  UDPFS: "another computer (UDPFS)",
  UDPBD: "another computer (UDPBD)",
  HDD: "the internal hard disk",
};

/** Facts and problems. */
export function showFacts({ name, leftOut }, disc, { info }) {
  const { game, title, volume } = info;
  const size = `${info.file_bytes.toLocaleString("en")} bytes (${bytes(info.file_bytes)})`;
  const isSmaller = ["zso", "cso", "chd"].includes(disc.form);
  const facts = [
    ["File", name],
    ["Left out", leftOut],
    ["Game", game && [game.id ? `${game.id} (${game.serial})` : game.program, game.console, game.video].filter(Boolean).join(", ")],
    ["Title", title?.text],
    ["Disc", volume && `${volume.name || "without a name"}, ${volume.files} files${volume.second_layer ? ", two layers" : ""}`],
    ["Size", isSmaller ? `${size}, ${percent(info.file_bytes / info.disc_bytes)} of the disc’s ${bytes(info.disc_bytes)}` : size],
    ["Format", FORMS[disc.form]],
    ["OPL lists it as", info.opl_name],
    ...info.starts.map((start) => [`To start it in ${start.core}`, `from ${start.from.join(", ")}: ${start.outcome}`]),
  ];
  const shown = facts.filter(([, value]) => value);
  at("facts").replaceChildren(...shown.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
  const problems = info.problems.map(({ severity, message }) =>
    element("li", { class: severity }, element("b", {}, `${SEVERITIES[severity]}: `), message));
  at("problems").replaceChildren(...problems);
}

/** The map, or what is in its place until there is one. */
export function showMap(map, files, { size }) {
  if (!map) {
    at("map").replaceChildren(element("p", { class: "small" }, "Some parts of the disc are being compressed to find out…"));
    return;
  }
  const whole = sum(map.columns);
  const label = `Map of the disc from its start to its end. ${percent(whole.stored / whole.image)} is left of it in all.`;
  const picture = drawn("svg", { viewBox: `0 0 ${COLUMNS} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": label, height: HEIGHT });
  picture.append(drawn("rect", { class: "field", width: COLUMNS, height: HEIGHT - 8 }));
  for (const [x, column] of narrowed(map.columns).entries()) {
    if (column.image > 0) {
      const part = Math.min(1, column.stored / column.image);
      const height = part * (HEIGHT - 8);
      picture.append(drawn("rect", { class: `left-${shade(part)}`, x, y: HEIGHT - 8 - height, width: 1.05, height }));
    }
  }
  for (const { path, lsn, size: length } of files.slice(0, LARGEST)) {
    const [x, width] = [lsn * SECTOR, length].map((count) => (count / size) * COLUMNS);
    const mark = drawn("rect", { class: "file", x, y: HEIGHT - 6, width: Math.max(width - 0.3, 0.3), height: 6 });
    mark.append(drawn("title", {}, path));
    picture.append(mark);
  }
  at("map").replaceChildren(picture, element("figcaption", { class: "small" }, ...legend()));
}

function legend() {
  const names = ["less than 25 % is left", "25 to 50 %", "50 to 75 %", "75 to 95 %", "hardly smaller"];
  const keys = names.map((name, n) => key(`left-${n}`, name));
  return [...keys, key("file", "the largest files")];
}

function key(name, text) {
  const square = drawn("svg", { viewBox: "0 0 1 1", "aria-hidden": "true" }, drawn("rect", { class: name, width: 1, height: 1 }));
  return element("span", { class: "key" }, square, text);
}

const shade = (part) => [0.25, 0.5, 0.75, 0.95].filter((limit) => part >= limit).length;

function sum(columns) {
  const add = (a, b) => ({ image: a.image + b.image, stored: a.stored + b.stored });
  return columns.reduce(add, { image: 0, stored: 0 });
}

/** The map in as many columns as are shown. */
function narrowed(columns) {
  const width = Math.min(COLUMNS, columns.length);
  const first = (n) => Math.floor((n * columns.length) / width);
  const parts = Array.from({ length: width }, (_, n) => sum(columns.slice(first(n), first(n + 1))));
  // A disc of few sectors still fills the picture.
  return Array.from({ length: COLUMNS }, (_, x) => parts[Math.floor((x * width) / COLUMNS)] ?? sum([]));
}

/** The largest files, with a box to tick for each, and what is left of them once that is known. */
export function showFiles(files, advice) {
  const names = [["As it is"], ["File"], ["Size", "number"], ["Left of it", "number"]];
  const head = names.map(([name, kind = ""]) => element("th", { scope: "col", class: kind }, name));
  const ticked = new Set(tickedFiles(files).map(({ lsn }) => lsn));
  const rows = files.slice(0, LARGEST).map((file, n) => {
    const id = `file-${n}`;
    const box = element("input", { type: "checkbox", id, value: n });
    box.checked = ticked.has(file.lsn);
    const known = advice?.files.find(({ lsn, path }) => lsn === file.lsn && path === file.path);
    return element("tr", {},
      element("td", {}, box),
      element("td", { class: "path" }, element("label", { for: id }, file.path)),
      element("td", { class: "number" }, bytes(file.size)),
      element("td", { class: "number" }, known ? percent(known.ratio) : "–"));
  });
  at("largest").replaceChildren(element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows));
}

/** The files whose boxes are ticked. */
export function tickedFiles(files) {
  return [...at("largest").querySelectorAll("input:checked")].map((box) => files[box.value]).filter(Boolean);
}

/** Boxes for kinds of files that would better stay as they are. */
export function showKinds(advice) {
  const boxes = (advice?.raw ?? []).map((pattern, n) =>
    element("p", {},
      element("input", { type: "checkbox", id: `kind-${n}`, value: pattern }),
      element("label", { for: `kind-${n}` }, ` Leave all files ${pattern} as they are: they load faster like that`)));
  at("raw").replaceChildren(...boxes);
}

/** The patterns whose boxes are ticked. */
export const tickedKinds = () => [...at("raw").querySelectorAll("input:checked")].map((box) => box.value);

/** The devices that the chosen console can have, to be chosen from. */
export function showDevices() {
  const [, names] = CONSOLES[at("console").value];
  const before = at("device").value;
  at("device").replaceChildren(...names.map((name) => element("option", { value: name }, DEVICES[name])));
  at("device").value = names.includes(before) ? before : names[0];
}

/** Loading times, and what to do. */
export function showAdvice(reply) {
  if (!reply) {
    at("verdict").textContent = "Some parts of the disc are being compressed to find out…";
    at("advice").replaceChildren();
    return;
  }
  const { advice } = reply;
  const [, names] = CONSOLES[at("console").value];
  const shown = advice.devices.filter(({ name }) => names.includes(name));
  const longest = Math.max(...shown.map((device) => Math.max(device.iso_seconds, best(device))));
  const head = ["Device", "Seconds to load", "Worth it?"].map((name) => element("th", { scope: "col" }, name));
  const rows = shown.map((device) =>
    element("tr", device.name === at("device").value ? { class: "chosen" } : {},
      element("th", { scope: "row" }, device.name),
      element("td", { class: "bars" }, bar("ISO", device.iso_seconds, longest), bar("ZSO", best(device), longest)),
      element("td", {}, words(device, advice.raw))));
  at("advice").replaceChildren(element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows));
  const chosen = shown.find(({ name }) => name === at("device").value);
  const about = advice.is_zso ? "" : "about ";
  at("verdict").textContent =
    `As a ZSO it has ${about}${bytes(advice.zso_bytes)}, ${percent(advice.zso_bytes / advice.disc_bytes)} of the disc. On ${DEVICES[chosen.name]}: ${words(chosen, advice.raw)}.`;
}

/** Seconds from a ZSO, by the faster of both readers that OPL can be built with. */
const best = ({ zso_seconds: zso, overlap_seconds: overlap }) => Math.min(zso, overlap ?? zso);

/** What to do for a device, and why. */
function words(device, raw) {
  const { do: what, raw: isRaw, saves_room: savesRoom, loading, keeps_up_with_drive: keepsUp } = device.verdict;
  const times = device.iso_seconds / (isRaw ? device.raw_seconds : best(device));
  const slower = `takes ${(1 / times).toFixed(1)} times as long to load`;
  const loads = {
    faster: `loads ${times.toFixed(2)} times as fast`,
    "as-fast": "loads about as fast",
    slower: keepsUp ? `${slower}, but no longer than from a disc in the console` : slower,
  };
  const answers = { convert: "yes", leave: "no", choose: "to save room, not to load faster" };
  const condition = isRaw ? `, if you leave ${raw.join(" and ")} as they are` : "";
  return `${answers[what]}: ${savesRoom ? loads[loading] : "it hardly gets smaller"}${condition}`;
}

function bar(name, seconds, longest) {
  const line = element("i");
  line.style.width = `${(65 * seconds) / longest}%`;
  return element("div", { class: name === "ZSO" ? "bar zso" : "bar" }, line, `${name} ${seconds.toFixed(1)} s`);
}
