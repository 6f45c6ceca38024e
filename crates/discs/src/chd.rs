//! CHD files of the emulator MAME: a DVD, or the data track of a CD, in compressed pieces that are called hunks.

use std::cell::Cell;
use std::io::{self, BufReader, Seek};
use std::panic::{self, AssertUnwindSafe};

use chd::Chd as Hunks;
use chd::header::Header;
use chd::metadata::MetadataTag;

use crate::error::Error;
use crate::read_at::{ReadAt, Stream};
use crate::track::{Kind, Layout, RAW, TrackFault, WITH_SUBCHANNEL, first_of_data};

/// How they begin.
pub const MAGIC: &[u8] = b"MComprHD";
/// A hunk is not larger: the format's own tools take 512 KiB at most, and memory goes with it.
const LARGEST_HUNK: u32 = 1 << 20;
/// There are not more hunks: each needs 12 bytes of memory. Those of a DVD of two layers are 2.1 million.
const MOST_HUNKS: u32 = 3 << 20;
/// What tells of a CD's tracks, in three generations of the format.
const TRACKS: [[u8; 4]; 3] = [*b"CHT2", *b"CHTR", OLD_TRACKS];
/// The first generation, of which no program has made files since 2008.
const OLD_TRACKS: [u8; 4] = *b"CHCD";
/// A file does not tell more: a CD has 99 tracks. It could go on without end.
const MOST_ENTRIES: usize = 1000;
/// Tracks begin at multiples of so many frames.
const TRACK_ALIGN: u64 = 4;

/// Why a CHD file cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "a message says what its numbers and names are")]
pub enum ChdFault {
    /// Another file is needed, in which it only has what changed.
    #[error(
        "it holds what is different from another CHD file; make a whole one: chdman copy -i IN -ip PARENT -o OUT"
    )]
    Parent,
    /// Its header, its map or what it tells of tracks makes no sense.
    #[error("{0}")]
    Header(&'static str),
    /// A piece cannot be decompressed.
    #[error("hunk {hunk}: damaged data")]
    Hunk { hunk: u32 },
}

/// A CHD file that is open.
#[derive(Debug)]
pub struct Chd<F> {
    file: F,
    tracks: Vec<Track>,
    layout: Option<Layout>,
    bytes: u64,
}

impl<F: ReadAt> Chd<F> {
    /// Takes a file that is open already.
    ///
    /// # Errors
    /// [`Error::Chd`], [`Error::Track`] if it has no track of data, [`Error::Read`].
    pub fn new(file: F) -> Result<Self, Error> {
        let mut hunks = open(&file)?;
        let damaged = || Err(fault("damaged list of tracks"));
        let tracks = guarded(|| tracks(&mut hunks)).unwrap_or_else(damaged)?;
        let layout = match tracks.is_empty() {
            true => None,
            false => Some(data_track(&tracks)?),
        };
        let logical = hunks.header().logical_bytes();
        let bytes = layout.map_or(logical, |layout| layout.image_bytes());
        Ok(Self {
            file,
            tracks,
            layout,
            bytes,
        })
    }

    /// The file.
    pub fn file(&self) -> &F {
        &self.file
    }

    /// Size of the image in the file, in bytes.
    pub fn total_bytes(&self) -> u64 {
        self.bytes
    }

    /// The track's layout, if the disc is a CD.
    pub fn layout(&self) -> Option<&Layout> {
        self.layout.as_ref()
    }

    /// A reader of all that is in the file.
    ///
    /// # Errors
    /// [`Error::Chd`], [`Error::Read`].
    pub(crate) fn reader(&self) -> Result<Box<ChdReader<'_>>, Error> {
        let hunks = open(&self.file)?;
        Ok(Box::new(ChdReader {
            hunk: vec![0; hunks.header().hunk_size() as usize],
            hunks,
            number: None,
            packed: Vec::new(),
        }))
    }

    /// All tracks of a CD with all 2352 bytes of their sectors, as lists of discs have them; none if the file does not
    /// have that of each.
    ///
    /// # Errors
    /// [`Error::Chd`], [`Error::Read`].
    pub fn whole_tracks(&self) -> Result<Vec<WholeTrack<'_>>, Error> {
        let is_whole = |track: &Track| matches!(track.kind, None | Some(Kind::Raw));
        let (mut frame, mut tracks) = (0, Vec::new());
        if !self.tracks.iter().all(is_whole) {
            return Ok(tracks);
        }
        for track in &self.tracks {
            tracks.push(WholeTrack {
                reader: self.reader()?,
                at: frame * WITH_SUBCHANNEL as u64,
                sectors: track.frames,
                is_music: track.kind.is_none(),
                rest: io::Cursor::default(),
            });
            frame += track.frames.next_multiple_of(TRACK_ALIGN);
        }
        Ok(tracks)
    }
}

type Opened<'f> = Hunks<BufReader<Stream<'f>>>;

thread_local! {
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Lets programs say nothing of panics that are caught here and told as a damaged file: the crate that reads the
/// format's maps and codes has some, for files that were made to do harm.
pub fn hide_caught_panics() {
    let shown = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !IS_GUARDED.get() {
            shown(info);
        }
    }));
}

/// What that crate makes of a file; nothing if it panics.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    IS_GUARDED.set(true);
    // What it worked on is not used any more after a panic.
    let done = panic::catch_unwind(AssertUnwindSafe(work)).ok();
    IS_GUARDED.set(false);
    done
}

fn open(file: &dyn ReadAt) -> Result<Opened<'_>, Error> {
    guarded(|| open_guarded(file)).unwrap_or_else(|| Err(fault("damaged header or map")))
}

fn open_guarded(file: &dyn ReadAt) -> Result<Opened<'_>, Error> {
    let mut stream = BufReader::new(Stream::new(file));
    let header = Header::try_read_header(&mut stream).map_err(|_| fault("damaged header"))?;
    match () {
        () if header.has_parent() => return Err(ChdFault::Parent.into()),
        () if !(1..=LARGEST_HUNK).contains(&header.hunk_size()) => {
            return Err(fault("hunks of a size that no tool makes"));
        }
        () if header.hunk_count() > MOST_HUNKS => {
            return Err(fault("more hunks than any disc has"));
        }
        () => {}
    }
    stream.rewind()?;
    Hunks::open(stream, None).map_err(|_| fault("damaged header or map"))
}

fn fault(what: &'static str) -> Error {
    ChdFault::Header(what).into()
}

/// A track as the file tells of it.
#[derive(Debug)]
struct Track {
    kind: Option<Kind>,
    /// Frames in the file.
    frames: u64,
    /// Those of them before the data.
    pregap: u64,
}

/// The tracks of a CD; none for other discs.
fn tracks(hunks: &mut Opened<'_>) -> Result<Vec<Track>, Error> {
    let mut found = Vec::new();
    let damaged = |_| fault("damaged list of tracks");
    let all: Result<Vec<_>, _> = hunks.metadata_refs().take(MOST_ENTRIES).collect();
    for entry in all.map_err(damaged)? {
        let tag = entry.metatag().to_be_bytes();
        if !TRACKS.contains(&tag) {
            continue;
        }
        if tag == OLD_TRACKS {
            return Err(fault(
                "an old list of tracks; make the file anew with chdman",
            ));
        }
        let text = entry.read(hunks.inner()).map_err(damaged)?;
        found.push(track(&String::from_utf8_lossy(&text.value))?);
    }
    Ok(found)
}

/// A track from `TRACK:1 TYPE:MODE2_RAW SUBTYPE:NONE FRAMES:1000 PREGAP:0 PGTYPE:MODE1 PGSUB:RW POSTGAP:0`.
fn track(text: &str) -> Result<Track, Error> {
    let text = text.trim_end_matches('\0');
    let value = |key: &str| {
        let mut words = text.split_whitespace();
        words.find_map(|word| word.strip_prefix(key)?.strip_prefix(':'))
    };
    let number = |key| value(key).and_then(|number: &str| number.parse::<u32>().ok());
    let kind = match value("TYPE").unwrap_or_default() {
        "MODE1" | "MODE2_FORM1" | "MODE1/2048" => Some(Kind::Data),
        "MODE2" | "MODE2_FORM_MIX" | "MODE2/2336" => Some(Kind::Mode2),
        "MODE1_RAW" | "MODE2_RAW" | "MODE1/2352" | "MODE2/2352" => Some(Kind::Raw),
        _ => None,
    };
    // A pause that is in the file is told by a V.
    let has_pregap = value("PGTYPE").is_some_and(|kind| kind.starts_with('V'));
    Ok(Track {
        kind,
        frames: number("FRAMES")
            .ok_or_else(|| fault("damaged list of tracks"))?
            .into(),
        pregap: number("PREGAP").filter(|_| has_pregap).unwrap_or(0).into(),
    })
}

/// Where the first track of data is.
fn data_track(tracks: &[Track]) -> Result<Layout, TrackFault> {
    let unit = WITH_SUBCHANNEL;
    let (mut frame, mut music, mut layouts) = (0_u64, 0, Vec::new());
    for track in tracks {
        let pregap = track.pregap.min(track.frames);
        match track.kind {
            None => music += track.frames,
            Some(kind) => layouts.push(Layout {
                kind,
                unit,
                start: (frame + pregap) * unit as u64,
                sectors: track.frames - pregap,
                music: 0,
            }),
        }
        frame += track.frames.next_multiple_of(TRACK_ALIGN);
    }
    first_of_data(&layouts, tracks.len(), music)
}

/// A track with all that its sectors have; as a stream, its errors are [`Error`]s.
pub struct WholeTrack<'c> {
    reader: Box<ChdReader<'c>>,
    /// Where the next sector is, and how many are still to come.
    at: u64,
    sectors: u64,
    is_music: bool,
    /// What is left of the last one.
    rest: io::Cursor<Vec<u8>>,
}

impl WholeTrack<'_> {
    /// How long it is.
    #[must_use]
    pub fn track_bytes(&self) -> u64 {
        self.sectors * RAW as u64
    }
}

impl io::Read for WholeTrack<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.rest.read(buf)?;
        if read > 0 || self.sectors == 0 {
            return Ok(read);
        }
        let mut sector = vec![0; RAW];
        let have = self.reader.fill_at(self.at, &mut sector);
        sector.truncate(have.map_err(io::Error::other)?);
        if self.is_music {
            // Two bytes of sound the other way round than on the disc.
            sector.chunks_exact_mut(2).for_each(|pair| pair.swap(0, 1));
        }
        self.at += WITH_SUBCHANNEL as u64;
        self.sectors -= 1;
        self.rest = io::Cursor::new(sector);
        self.rest.read(buf)
    }
}

/// Reads what is in a CHD file anywhere, a hunk at a time: all frames of a CD.
pub struct ChdReader<'c> {
    hunks: Opened<'c>,
    hunk: Vec<u8>,
    /// The hunk that is there.
    number: Option<u32>,
    packed: Vec<u8>,
}

impl ChdReader<'_> {
    /// Some of the bytes at `at`, none at the end.
    ///
    /// # Errors
    /// [`Error::Chd`].
    pub fn read_at(&mut self, at: u64, buf: &mut [u8]) -> Result<usize, Error> {
        let size = self.hunk.len() as u64;
        let number = u32::try_from(at / size).ok();
        let count = self.hunks.header().hunk_count();
        let Some(number) = number.filter(|number| *number < count && !buf.is_empty()) else {
            return Ok(0);
        };
        if self.number != Some(number) {
            // Nothing is there if that fails.
            self.number = None;
            self.load(number)
                .map_err(|()| ChdFault::Hunk { hunk: number })?;
            self.number = Some(number);
        }
        let rest = self.hunk.get((at % size) as usize..).unwrap_or_default();
        let pairs = buf.iter_mut().zip(rest);
        Ok(pairs.map(|(to, from)| *to = *from).count())
    }

    /// Fills `buf` as far as there are bytes.
    pub(crate) fn fill_at(&mut self, at: u64, buf: &mut [u8]) -> Result<usize, Error> {
        let mut have = 0;
        while let Some(rest) = buf.get_mut(have..).filter(|rest| !rest.is_empty()) {
            match self.read_at(at + have as u64, rest)? {
                0 => break,
                read => have += read,
            }
        }
        Ok(have)
    }

    fn load(&mut self, number: u32) -> Result<(), ()> {
        let work = || {
            let mut hunk = self.hunks.hunk(number).map_err(drop)?;
            hunk.read_hunk_in(&mut self.packed, &mut self.hunk)
                .map_err(drop)
        };
        guarded(work).unwrap_or(Err(()))?;
        Ok(())
    }
}
