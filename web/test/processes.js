// What the system knows of a browser's processes. Linux only.

import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";

const TICKS = Number(execFileSync("getconf", ["CLK_TCK"]));

/** Processes of the browser: number, seconds of processor time, bytes of memory that are its own. */
export function processes(root) {
  const all = each("/proc").map(({ id, fields, seconds }) => {
    const own = text(`/proc/${id}/status`).match(/RssAnon:\s+(\d+)/)?.[1] ?? 0;
    return { pid: id, parent: fields[1], seconds, own: 1024 * own };
  });
  const family = new Set([String(root)]);
  for (let before = 0; before !== family.size; ) {
    before = family.size;
    all.filter(({ parent }) => family.has(parent)).forEach(({ pid }) => family.add(pid));
  }
  return all.filter(({ pid }) => family.has(pid));
}

/** Their threads: number, name, seconds of processor time. */
export const threads = (root) => processes(root).flatMap(({ pid }) => each(`/proc/${pid}/task`));

/** Processes or threads in a folder; those that end meanwhile are left out. */
function each(folder) {
  const names = list(folder).filter((name) => /^\d+$/.test(name));
  return names.flatMap((id) => {
    const [, name, rest] = text(`${folder}/${id}/stat`).match(/\((.*)\) (.*)/) ?? [];
    const fields = rest?.split(" ");
    return rest ? [{ id, name, fields, seconds: (Number(fields[11]) + Number(fields[12])) / TICKS }] : [];
  });
}

function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function text(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
