//! A file into parts, for where no file of its size is possible: FAT32 ends at 4 GiB.

mod set;

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use discs::usbextreme::{self, ENTRY_BYTES, Entry, LIST};
use discs::{ReadAt, Stream};

use crate::disc::{self, Disc};
use crate::error::{At, Error};
use crate::info::{Problem, problems};
use crate::input::{Input, read_all};
use crate::label::{Corrections, Label, check_form};
use crate::lock::Lock;
use crate::parts::{MAX_PARTS, PART_BYTES, path_of};
use crate::progress::{Meter, Phase, Watch};
use crate::target::{Target, folder};
use set::NewList;

/// Bytes that are copied and compared at a time.
const RUN: u64 = 1 << 20;

/// What the list was, while a new one takes its place: where power can be lost between two writes of exFAT's that do
/// that, and with them the list's name.
const LIST_BEFORE: &str = ".ziso-ul.cfg";

/// How a file is to be split.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Splitting {
    /// Where the parts go; `None`, the default, for the file's own folder.
    pub folder: Option<PathBuf>,
    /// Whether the parts are named and listed as USBExtreme does, and what to say of the game in place of what the
    /// image says. Default no: they have the file's name, and a number after it.
    pub usbextreme: Option<Corrections>,
    /// Whether a file is taken that has no volume of a disc in it, or has it in a form that loaders do not take. Default
    /// no.
    pub any_data: bool,
    /// Whether existing files are replaced. Default no.
    pub force: bool,
    /// Whether to find out what the parts would be, and to write nothing. Default no.
    pub dry_run: bool,
    /// Bytes of each part but the last. Default [`PART_BYTES`], all that loaders know.
    pub part_bytes: u64,
}

impl Default for Splitting {
    fn default() -> Self {
        Self {
            folder: None,
            usbextreme: None,
            any_data: false,
            force: false,
            dry_run: false,
            part_bytes: PART_BYTES,
        }
    }
}

/// What [`split`] has made.
#[derive(Clone, PartialEq, Debug)]
pub struct Split {
    /// The parts, in order.
    pub parts: Vec<PathBuf>,
    /// Bytes of all of them.
    pub bytes: u64,
    /// What the list of USBExtreme says of the game, if it was asked for.
    pub label: Option<Label>,
    /// The title there, if it is not the whole title as it is.
    pub listed_as: Option<String>,
    /// What a list was called that was damaged; its whole entries are in the new one.
    pub damaged_list: Option<PathBuf>,
    /// What is wrong with the disc.
    pub problems: Vec<Problem>,
}

/// Splits the file `input`. The parts get their names when all are complete and were compared with it; until then,
/// parts that they replace stay as they are.
///
/// # Errors
/// Any [`Error`]; all is then as it was.
pub fn split(input: &Path, options: &Splitting, watch: Watch<'_>) -> Result<Split, Error> {
    let disc = disc::open(input)?;
    let file = disc.file();
    if !options.any_data || file.is_inside() {
        check_form(&disc)?;
    }
    let count = parts_of(file, options)?;
    if !options.any_data && options.usbextreme.is_none() {
        disc.check_volume().at(input)?;
    }
    let startup = options
        .usbextreme
        .as_ref()
        .and_then(|of| of.startup.as_deref());
    let problems = problems(&disc, startup)?;
    let to = options.folder.clone().unwrap_or_else(|| folder(input));
    let listing = match &options.usbextreme {
        Some(corrections) => Some(Listing::new(&disc, &to, corrections, count, options)?),
        None => None,
    };
    let whole = match &listing {
        Some(listing) => to.join(listing.entry.file_name()),
        None => to.join(input.file_name().unwrap_or_default()),
    };
    if options.dry_run {
        return Ok(Split {
            parts: (0..count).map(|number| path_of(&whole, number)).collect(),
            bytes: file.len(),
            listed_as: listing.as_ref().and_then(Listing::other_title),
            label: listing.map(|listing| listing.label),
            damaged_list: None,
            problems,
        });
    }
    set::check_free(&whole, options.force)?;
    let mut targets = write(file, &whole, count, options, watch)?;
    compare(file, &mut targets, watch).map_err(|error| error.unless_changed(file))?;
    let _lock = Lock::of(&to)?;
    let list = listing.as_ref().map(|listing| listing.renew(file));
    let list = list.transpose()?;
    let damaged_list = list.as_ref().and_then(|list| list.damaged.as_ref());
    let damaged_list = damaged_list.map(|damaged| damaged.path().to_owned());
    let parts = set::name(targets, &whole, list, options.force)?;
    let listed_as = listing.as_ref().and_then(Listing::other_title);
    Ok(Split {
        label: listing.map(|listing| listing.label),
        listed_as,
        damaged_list,
        parts,
        bytes: file.len(),
        problems,
    })
}

/// How many parts a file takes.
fn parts_of(file: &Input, options: &Splitting) -> Result<u64, Error> {
    let path = || file.path().to_owned();
    match file.len().div_ceil(options.part_bytes) {
        0 => Err(Error::Empty { path: path() }),
        parts if parts > MAX_PARTS => Err(Error::TooManyParts {
            path: path(),
            parts,
        }),
        parts => Ok(parts),
    }
}

/// Writes all parts.
fn write(
    file: &Input,
    whole: &Path,
    count: u64,
    options: &Splitting,
    watch: Watch<'_>,
) -> Result<Vec<Target>, Error> {
    let mut meter = Meter::new(watch, Phase::Copy, file.len());
    let mut stream = Stream::new(file);
    let mut done = 0;
    let mut targets = Vec::new();
    for number in 0..count {
        let mut target = Target::part(&path_of(whole, number), file)?;
        let end = file.len().min((number + 1) * options.part_bytes);
        while done < end {
            let run = next_run(file, &mut stream, end - done)?;
            target.write(&run)?;
            done += run.len() as u64;
            meter.add(run.len())?;
        }
        targets.push(target);
    }
    Ok(targets)
}

/// The next bytes, at most `left`.
fn next_run(file: &Input, stream: &mut Stream<'_>, left: u64) -> Result<Vec<u8>, Error> {
    let mut run = Vec::new();
    let read = stream.take(RUN.min(left)).read_to_end(&mut run);
    match read.at(file.path())? {
        0 => Err(Error::Changed {
            path: file.path().to_owned(),
            expected: file.len(),
            found: file.len() - left,
        }),
        _ => Ok(run),
    }
}

/// Reads all parts back.
fn compare(file: &Input, targets: &mut [Target], watch: Watch<'_>) -> Result<(), Error> {
    let mut meter = Meter::new(watch, Phase::ReadBack, file.len());
    let mut stream = Stream::new(file);
    let mut done = 0;
    for target in targets {
        let part = target.reopen()?;
        let mut copy = Stream::new(&part);
        let end = done + part.len();
        while done < end {
            let run = next_run(file, &mut stream, end - done)?;
            let mut read = Vec::with_capacity(run.len());
            let copied = copy.by_ref().take(run.len() as u64).read_to_end(&mut read);
            copied.at(part.path())?;
            if read != run {
                return Err(unverified(file, &part, done));
            }
            done += run.len() as u64;
            meter.add(run.len())?;
        }
    }
    Ok(())
}

fn unverified(file: &Input, part: &Input, at: u64) -> Error {
    let differs = Error::Differs {
        zso: part.path().to_owned(),
        against: file.path().to_owned(),
        at,
    };
    Error::Unverified {
        source: Box::new(differs),
    }
}

/// The list of USBExtreme, and the game that is to be in it.
struct Listing {
    path: PathBuf,
    entry: Entry,
    label: Label,
    force: bool,
}

impl Listing {
    fn new(
        disc: &Disc,
        folder: &Path,
        corrections: &Corrections,
        count: u64,
        options: &Splitting,
    ) -> Result<Self, Error> {
        let label = Label::of(disc, corrections)?;
        let entry = Entry::new(
            &label.title,
            &label.startup,
            label.media.0 as u8,
            count as u8,
        );
        let listing = Self {
            path: folder.join(LIST),
            entry,
            label,
            force: options.force,
        };
        // Before anything is copied.
        listing.read()?;
        Ok(listing)
    }

    /// The title in the list, if it is another one than the game's.
    fn other_title(&self) -> Option<String> {
        let title = self.entry.title();
        Some(title).filter(|title| *title != self.label.title)
    }

    /// What the list has now; nothing if it is not there.
    fn read(&self) -> Result<Option<Vec<u8>>, Error> {
        let path = self.path.clone();
        let read = |path: &Path| match read_all(path, usbextreme::MOST_BYTES) {
            Err(Error::Open { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(None),
            read => read.map(Some),
        };
        let found = match read(&path)? {
            None => read(&path.with_file_name(LIST_BEFORE))?,
            found => found,
        };
        let Some(old) = found else {
            return Ok(None);
        };
        if usbextreme::has(&whole_entries(&old), &self.entry) && !self.force {
            let title = self.entry.title();
            return Err(Error::Listed { path, title });
        }
        Ok(Some(old))
    }

    /// The list as it is now, with the game in it. One that is no whole number of entries is kept, too.
    fn renew(&self, input: &Input) -> Result<NewList, Error> {
        let old = self.read()?;
        let list = old.as_deref().unwrap_or_default();
        let mut damaged = None;
        if !list.len().is_multiple_of(ENTRY_BYTES) {
            let path = self.path.with_added_extension("damaged");
            let mut target = Target::create(&path, input, self.force)?;
            target.write(list)?;
            damaged = Some(target.complete()?);
        }
        let mut target = Target::create(&self.path, input, true)?;
        target.write(&usbextreme::listed(&whole_entries(list), &self.entry))?;
        let new = target.complete()?;
        let before = new.real().with_file_name(LIST_BEFORE);
        let keep = |bytes: Vec<u8>| {
            let mut target = Target::create(&before, input, true)?;
            target.write(&bytes)?;
            target.complete()
        };
        let old = old.map(keep).transpose()?;
        Ok(NewList { new, old, damaged })
    }
}

/// A list without what is no entry in it, if it cannot be one as it is.
fn whole_entries(list: &[u8]) -> Vec<u8> {
    match list.len().is_multiple_of(ENTRY_BYTES) {
        true => list.to_vec(),
        false => usbextreme::entries(list)
            .flat_map(|entry| *entry.bytes())
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::unwatched;
    use std::fs;
    use std::ops::ControlFlow;

    /// A folder with a file of so many bytes, and how to split it into parts of 4096.
    fn file(bytes: usize) -> (tempfile::TempDir, PathBuf, Splitting) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zso");
        let content: Vec<u8> = (0..bytes).map(|at| (at / 3 % 251) as u8).collect();
        fs::write(&path, content).unwrap();
        let options = Splitting {
            part_bytes: 4096,
            any_data: true,
            ..Splitting::default()
        };
        (folder, path, options)
    }

    fn names(folder: &tempfile::TempDir) -> Vec<String> {
        let entries = fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn parts_are_the_file_one_behind_the_other() {
        for bytes in [1, 4096, 4097, 8192, 10_000, 40_960] {
            let (folder, path, options) = file(bytes);
            let split = split(&path, &options, &mut unwatched).unwrap();
            assert_eq!(split.parts.len(), bytes.div_ceil(4096));
            let parts: Vec<_> = split
                .parts
                .iter()
                .map(|part| fs::read(part).unwrap())
                .collect();
            assert!(parts.concat() == fs::read(&path).unwrap());
            assert!(parts.iter().rev().skip(1).all(|part| part.len() == 4096));
            assert_eq!(names(&folder).len(), 1 + parts.len());
            // And they are read as one file again.
            let input = Input::open(&split.parts[0], folder.path()).unwrap();
            let mut read = Vec::new();
            Stream::new(&input).read_to_end(&mut read).unwrap();
            assert!(read == fs::read(&path).unwrap());
        }
    }

    #[test]
    fn a_zso_in_parts_is_as_good_as_a_whole_one() {
        let (folder, path, mut options) = file(60_000);
        let zso = folder.path().join("b.zso");
        let any = crate::Options {
            any_data: true,
            ..crate::Options::default()
        };
        crate::compress(&path, &zso, &any, &mut unwatched).unwrap();
        options.part_bytes = fs::metadata(&zso).unwrap().len() / 3;
        let parts = split(&zso, &options, &mut unwatched).unwrap().parts;
        assert!(parts.len() > 2);
        let checks = crate::Checks {
            against: Some(&path),
            ..crate::Checks::default()
        };
        crate::verify(&parts[0], &checks, &mut unwatched).unwrap();
        let out = folder.path().join("out.iso");
        let unpacking = crate::Unpacking::default();
        crate::decompress(&parts[0], &out, &unpacking, &mut unwatched).unwrap();
        assert!(fs::read(out).unwrap() == fs::read(&path).unwrap());
        // A part that is missing, or was cut.
        fs::remove_file(&parts[1]).unwrap();
        crate::verify(&parts[0], &checks, &mut unwatched).unwrap_err();
        fs::write(&parts[1], b"short").unwrap();
        let cut = crate::verify(&parts[0], &checks, &mut unwatched);
        assert!(matches!(cut, Err(Error::Parts { .. })));
    }

    #[test]
    fn too_many_parts_are_refused() {
        let (_folder, path, options) = file(40_961);
        let error = split(&path, &options, &mut unwatched).unwrap_err();
        assert!(matches!(error, Error::TooManyParts { parts: 11, .. }));
    }

    #[test]
    fn nothing_is_left_of_what_was_interrupted() {
        let (folder, path, options) = file(20_000);
        for phase in [Phase::Copy, Phase::ReadBack] {
            let mut stop = |progress: crate::Progress| match progress.phase == phase {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            };
            let error = split(&path, &options, &mut stop).unwrap_err();
            assert!(matches!(error, Error::Interrupted));
            assert_eq!(names(&folder), ["a.zso"]);
        }
    }

    #[test]
    fn parts_of_a_longer_file_do_not_stay_behind_a_shorter_one() {
        let (folder, path, mut options) = file(20_000);
        split(&path, &options, &mut unwatched).unwrap();
        fs::write(&path, [7; 5000]).unwrap();
        let again = split(&path, &options, &mut unwatched);
        assert!(matches!(again, Err(Error::Exists { .. })));
        options.force = true;
        split(&path, &options, &mut unwatched).unwrap();
        assert_eq!(names(&folder), ["a.zso", "a.zso.00", "a.zso.01"]);
    }

    #[test]
    fn a_part_that_is_in_the_way_is_not_replaced() {
        let (folder, path, options) = file(20_000);
        fs::write(folder.path().join("a.zso.02"), b"mine").unwrap();
        let error = split(&path, &options, &mut unwatched).unwrap_err();
        assert!(matches!(error, Error::Exists { .. }), "{error}");
        assert_eq!(names(&folder), ["a.zso", "a.zso.02"]);
        assert_eq!(fs::read(folder.path().join("a.zso.02")).unwrap(), b"mine");
    }

    /// A folder in which a run was ended while it replaced parts, and the old ones: `gone` are those that wait.
    fn ended(gone: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf, Splitting) {
        let (folder, path, mut options) = file(9000);
        split(&path, &options, &mut unwatched).unwrap();
        for (from, to) in gone {
            fs::rename(folder.path().join(from), folder.path().join(to)).unwrap();
        }
        fs::write(&path, [7; 5000]).unwrap();
        options.force = true;
        (folder, path, options)
    }

    const FIRST_GOES: [(&str, &str); 2] = [("a.zso.00", "a.zso.-0"), ("a.zso.01", "a.zso.~1")];
    const ALL_WAIT: [(&str, &str); 3] = [
        ("a.zso.00", "a.zso.~0"),
        ("a.zso.01", "a.zso.~1"),
        ("a.zso.02", "a.zso.~2"),
    ];

    #[test]
    fn the_next_run_completes_one_that_was_ended() {
        for gone in [&FIRST_GOES[..], &ALL_WAIT] {
            let (folder, path, mut options) = ended(gone);
            let first = folder.path().join("a.zso.00");
            let error = Input::open(&first, folder.path()).unwrap_err();
            assert!(matches!(error, Error::Unfinished { .. }), "{error}");
            options.force = false;
            let error = split(&path, &options, &mut unwatched).unwrap_err();
            assert!(matches!(error, Error::Exists { .. }), "{error}");
            options.force = true;
            split(&path, &options, &mut unwatched).unwrap();
            assert_eq!(names(&folder), ["a.zso", "a.zso.00", "a.zso.01"]);
        }
    }

    #[test]
    fn a_run_that_fails_brings_back_what_an_earlier_one_has_left_waiting() {
        let (folder, path, options) = ended(&ALL_WAIT);
        // A new part of the earlier run, and what cannot be removed as one.
        fs::write(folder.path().join("a.zso.03"), b"new").unwrap();
        fs::create_dir(folder.path().join("a.zso.04")).unwrap();
        split(&path, &options, &mut unwatched).unwrap_err();
        fs::remove_dir(folder.path().join("a.zso.04")).unwrap();
        assert_eq!(
            names(&folder),
            ["a.zso", "a.zso.00", "a.zso.01", "a.zso.02"]
        );
        let input = Input::open(&folder.path().join("a.zso.00"), folder.path()).unwrap();
        assert_eq!(input.len(), 9000);
    }
}
