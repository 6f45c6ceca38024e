//! A file that is stored in several, because no file of its size is possible where it lies: `game.zso.00`,
//! `game.zso.01` and so on, or the same after `ul.` and a checksum, as USBExtreme has it; or `game.mdf`, `game.md0`,
//! `game.md1` and so on, as Alcohol 120% has it.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use discs::name::{is_image, is_zso};
use discs::usbextreme;
use same_file::Handle;

use crate::input::read_all;

/// Bytes of each part but the last: loaders look for everything after the first GiB in the second part.
pub const PART_BYTES: u64 = 1 << 30;
/// More of them no loader takes.
pub const MAX_PARTS: u64 = 10;

/// The bytes of a file, whether in one file or in several.
#[derive(Debug)]
pub(crate) struct Parts {
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    file: File,
    /// Where its first byte is in the whole.
    start: u64,
    len: u64,
    /// When it was written last.
    modified: Option<SystemTime>,
}

/// Why files are no parts of one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PartsFault {
    /// A part before the last one is shorter or longer than the first.
    #[error("part {part} has {len} bytes, and the first one {first}; copy it again")]
    Length { part: usize, len: u64, first: u64 },
}

/// The part that has to be there and is not: one before the part at `path`, or one among those that follow it.
pub(crate) fn missing(path: &Path) -> Option<PathBuf> {
    let number = number(path)?;
    let whole = path.with_extension("");
    let is_ul = whole.file_name()?.as_encoded_bytes().starts_with(b"ul.");
    let is_part = is_ul || is_image(&whole) || is_zso(&whole);
    let last = (0..MAX_PARTS)
        .rev()
        .find(|number| path_of(&whole, *number).exists())?;
    let listed = if is_ul { listed(&whole) } else { None };
    let count = listed.unwrap_or(last.max(number) + 1);
    let wanted = (0..count).map(|number| path_of(&whole, number));
    wanted.filter(|_| is_part).find(|path| !path.exists())
}

/// How many parts the list beside them says that a game has.
fn listed(whole: &Path) -> Option<u64> {
    let list = read_all(
        &whole.with_file_name(usbextreme::LIST),
        usbextreme::MOST_BYTES,
    )
    .ok()?;
    let name = whole.file_name()?;
    let entry = usbextreme::entries(&list).find(|entry| name == OsStr::new(&entry.file_name()))?;
    Some(entry.parts().into())
}

impl Parts {
    /// A file of one part.
    pub(crate) fn one(file: File) -> io::Result<Self> {
        let mut parts = Self { parts: Vec::new() };
        parts.push(file)?;
        Ok(parts)
    }

    /// Adds the part that follows.
    pub(crate) fn push(&mut self, mut file: File) -> io::Result<()> {
        // Not from the metadata: those of a disc drive say 0.
        let len = file.seek(SeekFrom::End(0))?;
        let start = self.len();
        let modified = modified(&file);
        self.parts.push(Part {
            file,
            start,
            len,
            modified,
        });
        Ok(())
    }

    /// Makes sure that no part has been cut: only the last one can have another length.
    pub(crate) fn check(&self) -> Result<(), PartsFault> {
        let lens = || self.parts.iter().map(|part| part.len);
        let first = lens().next().unwrap_or(0);
        let last = self.parts.len().saturating_sub(1);
        let mut numbered = lens().enumerate();
        let wrong = numbered.find(|&(number, len)| match number == last {
            true => len > first,
            false => len != first,
        });
        match wrong {
            Some((part, len)) => Err(PartsFault::Length { part, len, first }),
            None => Ok(()),
        }
    }

    /// Whether there is more than one.
    pub(crate) fn are_several(&self) -> bool {
        self.parts.len() > 1
    }

    /// Bytes of all parts, as many as they had when they were opened.
    pub(crate) fn len(&self) -> u64 {
        self.parts.last().map_or(0, |last| last.start + last.len)
    }

    /// Whether somebody has written to one of them since it was opened.
    pub(crate) fn are_changed(&self) -> bool {
        let mut parts = self.parts.iter();
        parts.any(|part| modified(&part.file) != part.modified)
    }

    /// Whether `path` leads to one of the files, by whatever name.
    pub(crate) fn is_at(&self, path: &Path) -> io::Result<bool> {
        let other = Handle::from_path(path)?;
        for part in &self.parts {
            if Handle::from_file(part.file.try_clone()?)? == other {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reads at a place, as far as one part goes; nothing after the end of the last one.
    pub(crate) fn read_at(&self, buf: &mut [u8], at: u64) -> io::Result<usize> {
        let index = self.parts.partition_point(|part| part.start <= at);
        let Some(part) = index.checked_sub(1).and_then(|index| self.parts.get(index)) else {
            return Ok(0);
        };
        let inside = at - part.start;
        // The last one may have become longer, which whoever reads has to see.
        let most = match index == self.parts.len() {
            true => u64::MAX,
            false => part.len - inside,
        };
        let want = usize::try_from(most).map_or(buf.len(), |most| most.min(buf.len()));
        read_at(&part.file, buf.get_mut(..want).unwrap_or_default(), inside)
    }
}

/// Reads at a place of a file, whatever its own position is.
fn read_at(file: &File, buf: &mut [u8], at: u64) -> io::Result<usize> {
    loop {
        match positional(file, buf, at) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

#[cfg(unix)]
fn positional(file: &File, buf: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buf, at)
}

#[cfg(windows)]
fn positional(file: &File, buf: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buf, at)
}

/// When a file was written last, if its system knows that.
fn modified(file: &File) -> Option<SystemTime> {
    file.metadata().and_then(|meta| meta.modified()).ok()
}

/// Whether a file goes by the name of a first part, which ends with the part's number.
pub(crate) fn is_first(path: &Path) -> bool {
    path.extension() == Some(OsStr::new("00"))
}

/// The name of a part, after the name of the whole.
pub(crate) fn path_of(whole: &Path, number: u64) -> PathBuf {
    whole.with_added_extension(format!("{number:02x}"))
}

/// What an old part is called while new ones take its place: a name of the same length.
pub(crate) fn aside_of(whole: &Path, number: u64) -> PathBuf {
    whole.with_added_extension(format!("~{number}"))
}

/// What the first one is called as long as others have not gone yet, or are not all back.
pub(crate) fn first_aside_of(whole: &Path) -> PathBuf {
    whole.with_added_extension("-0")
}

/// The first part of those that a run was to replace which was ended in between.
pub(crate) fn unfinished(path: &Path) -> Option<PathBuf> {
    let whole = path.with_extension("");
    let aside = [first_aside_of(&whole), aside_of(&whole, 0)];
    aside
        .into_iter()
        .find(|aside| number(path).is_some() && !path_of(&whole, 0).exists() && aside.exists())
}

/// Which part a file is, by its name.
fn number(path: &Path) -> Option<u64> {
    let ending = path.extension()?.to_str()?;
    let number = u64::from_str_radix(ending, 16).ok()?;
    (ending.len() == 2 && number < MAX_PARTS).then_some(number)
}

/// The parts that follow the first one, as far as there are any; none of other files.
pub(crate) fn following(first: &Path) -> Vec<PathBuf> {
    let whole = first.with_extension("");
    // In capital letters as the first one is.
    let md = first.extension().and_then(OsStr::to_str);
    let md = md.filter(|ending| ending.eq_ignore_ascii_case("mdf"));
    let names = (1..MAX_PARTS).map_while(|number| match md {
        Some(md) => Some(whole.with_added_extension(format!("{}{}", md.get(..2)?, number - 1))),
        None => is_first(first).then(|| path_of(&whole, number)),
    });
    names.take_while(|path| path.exists()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn parts(contents: &[&[u8]]) -> Parts {
        let file = |bytes: &&[u8]| {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(bytes).unwrap();
            file
        };
        let mut parts = Parts { parts: Vec::new() };
        for bytes in contents {
            parts.push(file(bytes)).unwrap();
        }
        parts
    }

    #[test]
    fn bytes_are_found_across_parts() {
        let parts = parts(&[b"abc", b"def", b"g"]);
        assert_eq!(parts.len(), 7);
        for at in 0..9 {
            for len in 1..9 {
                let mut buf = [0; 9];
                let mut have = 0;
                while have < len {
                    match parts
                        .read_at(&mut buf[have..len], (at + have) as u64)
                        .unwrap()
                    {
                        0 => break,
                        read => have += read,
                    }
                }
                let end = 7.min(at + len).max(at.min(7));
                assert_eq!(buf[..have], b"abcdefg"[at.min(7)..end], "{at} {len}");
            }
        }
    }

    #[test]
    fn a_part_that_was_cut_is_found() {
        assert_eq!(parts(&[b"abc", b"def", b""]).check(), Ok(()));
        let fault = |part, len| {
            Err(PartsFault::Length {
                part,
                len,
                first: 3,
            })
        };
        assert_eq!(parts(&[b"abc", b"d", b"ef"]).check(), fault(1, 1));
        assert_eq!(parts(&[b"abc", b"defg"]).check(), fault(1, 4));
    }

    #[test]
    fn a_part_that_is_not_there_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in [
            "a.iso.00", "a.iso.02", "b.iso.02", "c.iso.00", "c.iso.01", "d.v1.05",
        ] {
            std::fs::write(at(name), name).unwrap();
        }
        assert_eq!(missing(&at("a.iso.00")), Some(at("a.iso.01")));
        assert_eq!(missing(&at("b.iso.02")), Some(at("b.iso.00")));
        for whole in ["c.iso.00", "d.v1.05", "c.iso"] {
            assert_eq!(missing(&at(whole)), None, "{whole}");
        }
    }

    #[test]
    fn parts_of_alcohol() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["A.MDF", "A.MD0", "A.MD1", "A.MD3", "b.mdf", "b.mds"] {
            std::fs::write(at(name), name).unwrap();
        }
        assert_eq!(following(&at("A.MDF")), [at("A.MD0"), at("A.MD1")]);
        for alone in ["b.mdf", "A.MD0"] {
            assert!(following(&at(alone)).is_empty(), "{alone}");
        }
    }

    #[test]
    fn names() {
        assert!(is_first(Path::new("a/game.zso.00")));
        assert!(!is_first(Path::new("game.zso.01")) && !is_first(Path::new("00")));
        assert_eq!(path_of(Path::new("game.zso"), 10), Path::new("game.zso.0a"));
    }
}
