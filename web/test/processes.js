// What the system knows of a browser's processes. Linux only.

import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";

const TICKS = Number(execFileSync("getconf", ["CLK_TCK"]));

/** Processes of the browser: number, seconds of processor time, bytes of memory that are its own. */
export function processes(root) {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");
      const own = readFileSync(`/proc/${pid}/status`, "utf8").match(/RssAnon:\s+(\d+)/)?.[1] ?? 0;
      return [{ pid, parent: fields[1], seconds: (Number(fields[11]) + Number(fields[12])) / TICKS, own: 1024 * own }];
    } catch {
      return [];
    }
  });
  const family = new Set([String(root)]);
  for (let before = 0; before !== family.size; ) {
    before = family.size;
    all.filter(({ parent }) => family.has(parent)).forEach(({ pid }) => family.add(pid));
  }
  return all.filter(({ pid }) => family.has(pid));
}
