// Where a new file is written: a place that the user has chosen, or the browser's own store. Both are files of which
// nothing is left unless they are completed. Only for workers.

import { Failure } from "./helpers.js";

/** A file that was chosen by `showSaveFilePicker`. `source` is what is read meanwhile. */
export async function chosen(handle, source) {
  const before = await handle.getFile();
  const isSame = ["name", "size", "lastModified"].every((key) => before[key] === source[key]);
  if (isSame) {
    throw new Failure("same", "the file that is read");
  }
  const stream = await handle.createWritable();
  let isWritten = false;
  let writing = [];
  return {
    // It may be written later, and what is in the Rust program's memory does not wait.
    write(position, data) {
      const written = stream.write({ type: "write", position, data: data.slice() });
      // Something else may go wrong before anybody waits for it.
      written.catch(() => {});
      writing.push(written);
    },
    written: () => Promise.all(writing.splice(0)).catch(explain),
    async complete() {
      await stream.close().catch(explain);
      isWritten = true;
    },
    file: () => handle.getFile(),
    async discard() {
      await stream.abort().catch(() => {});
      // The browser makes an empty file when the user types a new name; what was there before stays.
      if (isWritten || before.size === 0) {
        await handle.remove?.();
      }
    },
  };
}

/** A file in the browser's store, in a folder of this page's. */
export async function stored(folder, name) {
  const store = await navigator.storage.getDirectory();
  const place = await store.getDirectoryHandle(folder, { create: true });
  const handle = await place.getFileHandle(name, { create: true });
  const access = await handle.createSyncAccessHandle().catch(async (error) => {
    await place.removeEntry(name);
    throw error;
  });
  return {
    write(position, data) {
      let written;
      try {
        written = access.write(data, { at: position });
      } catch (error) {
        explain(error);
      }
      if (written < data.byteLength) {
        throw new Failure("full", "no room");
      }
    },
    written() {},
    complete: () => access.flush(),
    /** To be read by this worker alone, but in a tenth of the time. */
    source: {
      get size() {
        return access.getSize();
      },
      read: (at, into) => access.read(into, { at }),
    },
    file() {
      access.close();
      return handle.getFile();
    },
    async discard() {
      access.close();
      await place.removeEntry(name);
    },
  };
}

function explain(error) {
  throw error.name === "QuotaExceededError" ? new Failure("full", "no room") : error;
}
