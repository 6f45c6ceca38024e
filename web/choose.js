// Chosen files become discs: the track with data that a CUE text names, the image in a zip file, or the file as it is.

import { Failure, Helper } from "./helpers.js";

/** CUE texts whose files were not chosen yet. */
let waiting = [];

const isSheet = ({ name }) => /\.cue$/i.test(name);
const isList = ({ name }) => /\.(dat|xml)$/i.test(name);
const isZip = async (file) => (await file.slice(0, 4).text()) === "PK\x03\x04";

/**
 * Takes files. Returns discs, each with its name, its bytes, the file that they are from and what is left out; lists of
 * known discs; and problems, as texts. `known` are discs that were there before. What has to be unpacked gets a place from
 * `newPlace`, and `onProgress` hears how much of it is there.
 */
export async function take(added, known, module, newPlace, onProgress) {
  const taken = { discs: [], lists: added.filter(isList), problems: [] };
  const helper = new Helper(module);
  const each = async (files, use) => {
    for (const file of files) {
      try {
        await use(file);
      } catch (error) {
        taken.problems.push(`${file.name}: ${error.message}`);
      }
    }
  };
  const images = added.filter((file) => !isSheet(file) && !isList(file));
  const sheets = [...waiting, ...added.filter(isSheet)];
  const inSheets = new Set();
  waiting = [];
  await each(sheets, async (sheet) => {
    const { value } = await helper.ask({ do: "cue", file: 0 }, { file: sheet });
    const all = [...images, ...known.map(({ source }) => source)];
    const bin = all.find(({ name }) => name.toLowerCase() === value.name.toLowerCase());
    if (!bin) {
      waiting.push(sheet);
      throw new Failure("refused", `it says what is in ${value.name}: choose that file, too`);
    }
    value.files.forEach((name) => inSheets.add(name.split(/[/\\]/).pop().toLowerCase()));
    taken.discs.push({
      name: sheet.name.replace(/cue$/i, "bin"),
      file: bin.slice(value.start, value.end ?? bin.size),
      source: bin,
      leftOut: value.music > 0 ? `${value.music} ${value.music === 1 ? "track" : "tracks"} of music` : undefined,
    });
  });
  await each(images.filter(({ name }) => !inSheets.has(name.toLowerCase())), async (file) => {
    if (!(await isZip(file))) {
      taken.discs.push({ name: file.name, file, source: file });
      return;
    }
    const { value } = await helper.ask({ do: "zip", file: 0 }, { file });
    if (!value) {
      taken.lists.push(file);
      return;
    }
    const { name, size, stored } = value;
    const unpacked = stored
      ? file.slice(stored.start, stored.end)
      : await unpack(helper, newPlace(), (done) => onProgress(file.name, done / size));
    taken.discs.push({ name, file: unpacked, source: file });
  });
  helper.stop();
  return taken;
}

/** Unpacks into the browser's store, since what is packed cannot be read here and there; leaves nothing if that fails. */
async function unpack(helper, place, onProgress) {
  await helper.ask({ do: "create", ...place });
  try {
    for (let at = 0, bytes = new Uint8Array(); ; ) {
      const unpacked = await helper.ask({ do: "unpack" }, { bytes });
      const length = unpacked.value;
      if (length === 0) {
        await helper.ask({ do: "complete" });
        return (await helper.ask({ do: "file" })).value;
      }
      ({ bytes } = await helper.ask({ do: "write", at }, { bytes: unpacked.bytes }));
      at += length;
      onProgress(at);
    }
  } catch (error) {
    await helper.ask({ do: "discard" });
    throw error.kind === "full" ? new Failure("full", "there is no room to unpack it; unpack it yourself first") : error;
  }
}
