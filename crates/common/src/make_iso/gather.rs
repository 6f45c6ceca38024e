//! Which files go on the disc.

use std::collections::BTreeSet;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

const MIB: u64 = 1 << 20;

/// A file on the disc.
pub struct Entry {
    /// Its path there.
    pub name: String,
    pub source: PathBuf,
}

struct Kind {
    /// Folder on the disc.
    folder: &'static str,
    /// Where they are looked for, in this order.
    sources: &'static [&'static str],
    /// What their names contain, one of these; nothing for all files.
    names: &'static [&'static str],
    /// Bytes that they may fill.
    quota: u64,
    /// Bytes that one of them may have.
    largest: u64,
}

/// Pictures and packed texts stand for the sounds and films on game discs: they do not compress.
const KINDS: [Kind; 7] = [
    kind(
        "TEXT",
        &["/usr/share/doc", "/usr/share/perl", "/usr/share/perl5"],
        &[],
        6 * MIB,
    ),
    kind(
        "PICTURE",
        &["/usr/share/pixmaps", "/usr/share/icons", "/usr/share"],
        &[".png", ".jpg", ".svg"],
        6 * MIB,
    ),
    kind(
        "FONT",
        &["/usr/share/fonts", "/usr/share/consolefonts"],
        &[".ttf", ".otf", ".pfb", ".psf"],
        4 * MIB,
    ),
    kind(
        "SCRIPT",
        &["/usr/lib/python3", "/usr/lib/python3.11", "/usr/share"],
        &[".py", ".pl"],
        6 * MIB,
    ),
    kind("LIB", &["/usr/lib"], &[".so"], 24 * MIB),
    // Whatever is still missing, and on small machines that takes large files.
    kind("BIN", &["/usr/bin", "/usr/sbin", "/usr/lib"], &[], TOTAL),
    Kind {
        largest: TOTAL,
        ..kind("LARGE", &["/usr/bin", "/usr/lib"], &[], TOTAL)
    },
];

const fn kind(
    folder: &'static str,
    sources: &'static [&'static str],
    names: &'static [&'static str],
    quota: u64,
) -> Kind {
    // A larger file would leave no room for others of its kind.
    Kind {
        folder,
        sources,
        names,
        quota,
        largest: 6 * MIB,
    }
}

/// What all files together may fill; the directories come on top.
const TOTAL: u64 = 66 * MIB;
/// Files in one folder on the disc, as games have it.
const FOLDER: usize = 200;
/// Files on the disc.
const MOST: usize = 6000;
const SECTOR: u64 = zso::SECTOR_SIZE as u64;

/// The files of the disc, in an order that depends on their names alone.
pub fn entries() -> Vec<Entry> {
    let mut disc = Disc::default();
    for kind in &KINDS {
        disc.take(kind);
    }
    disc.entries
}

/// All files below `folders`: each has a name on the disc and a place here.
pub fn entries_of(folders: &[(String, PathBuf)]) -> Vec<Entry> {
    let entries = folders.iter().flat_map(|(folder, source)| {
        let numbered = files(source).enumerate();
        numbered.map(move |(number, (source, _))| Entry {
            name: place(folder, number),
            source,
        })
    });
    entries.collect()
}

#[derive(Default)]
struct Disc {
    entries: Vec<Entry>,
    /// Devices and their file numbers: xorriso writes a file of two names once.
    seen: BTreeSet<(u64, u64)>,
    used: u64,
}

impl Disc {
    fn take(&mut self, kind: &Kind) {
        let end = (self.used + kind.quota).min(TOTAL);
        let mut number = 0;
        for (source, meta) in kind.sources.iter().flat_map(|dir| files(Path::new(dir))) {
            if self.used + SECTOR > end || self.entries.len() >= MOST {
                break;
            }
            let len = meta.len();
            let size = len.next_multiple_of(SECTOR);
            if self.used + size <= end
                && len <= kind.largest
                && kind.wants(&source)
                && fs::File::open(&source).is_ok()
                && self.seen.insert((meta.dev(), meta.ino()))
            {
                let name = place(kind.folder, number);
                self.entries.push(Entry { name, source });
                self.used += size;
                number += 1;
            }
        }
    }
}

impl Kind {
    fn wants(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        self.names.is_empty() || self.names.iter().any(|part| name.contains(part))
    }
}

/// Names of eight and three characters, which every file system has room for.
fn place(folder: &str, number: usize) -> String {
    format!("{folder}/{:03}/{number:08}.BIN", number / FOLDER)
}

/// All regular files below `dir` that are good for a disc, in the order of their names.
fn files(dir: &Path) -> impl Iterator<Item = (PathBuf, Metadata)> {
    let entries = WalkDir::new(dir).sort_by_file_name().into_iter().flatten();
    entries.filter_map(|entry| {
        let meta = entry.metadata().ok().filter(Metadata::is_file)?;
        is_good(entry.path(), meta.len()).then(|| (entry.into_path(), meta))
    })
}

/// Whether a file is not empty, and its name means nothing special to xorriso.
fn is_good(path: &Path, len: u64) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._+-".contains(c);
    let name = path.to_str().unwrap_or(" ");
    name.chars().all(plain) && len > 0
}
