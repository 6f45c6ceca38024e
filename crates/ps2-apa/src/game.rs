//! A game on a disk: its own header, and its image as one run of sectors.
//!
//! The header lies 0x101000 bytes after the start of the game's main partition. Nothing in it says whether the image
//! is compressed; that is known from the image's first bytes.

use std::fmt;

use zerocopy::little_endian::U32;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::disk::{self, Disk};
use crate::error::Error;
use crate::header::{Header, Id, MAX_SUBS};
use crate::sector::{Extent, Lba, SECTOR_SIZE};

/// Parts that a game's image can lie in: the main partition and its sub-partitions.
pub const MAX_PARTS: usize = MAX_SUBS + 1;
/// Bytes of a sector of a disc.
pub const DISC_SECTOR: usize = 2048;
/// Sectors of the disk that a sector of a disc takes.
pub const PER_DISC_SECTOR: u32 = (DISC_SECTOR / SECTOR_SIZE) as u32;
/// A mebibyte.
pub(crate) const MIB: u64 = 1 << 20;

/// Bytes of the header.
const SIZE: usize = 1024;
/// Where the header lies, in sectors after the main partition's start.
const PLACE: u32 = 0x10_1000 / SECTOR_SIZE as u32;
/// Sectors before the image in the main partition: 4 MiB.
pub(crate) const MAIN_RESERVED: u32 = 0x2000;
/// Sectors before the image in a sub-partition: 1 MiB.
const SUB_RESERVED: u32 = 0x800;
const MAGIC: u32 = 0xDEAD_FEED;
/// The header's version, at byte 4.
const VERSION: u32 = 0x1_0000;

/// What a game came on, as loaders number it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Media(pub u32);

impl Media {
    /// A CD.
    pub const CD: Self = Self(0x12);
    /// A DVD.
    pub const DVD: Self = Self(0x14);
}

impl fmt::Display for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::CD => f.pad("CD"),
            Self::DVD => f.pad("DVD"),
            Self(other) => write!(f, "media {other:#x}"),
        }
    }
}

/// How the console transfers data from the disk: the kind of transfer, and above it its mode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dma(pub u16);

impl Dma {
    /// The fastest that every console can do, and what installers set.
    pub const UDMA4: Self = Self(0x0440);
}

/// A run of the image that lies in one partition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Part {
    /// The disc's sector that it begins with.
    pub first: u32,
    /// Where that lies on the disk.
    pub start: Lba,
    /// How long it is.
    pub bytes: u32,
}

impl Part {
    /// The part's sectors on the disk.
    pub fn extent(&self) -> Extent {
        Extent::new(self.start, self.bytes.div_ceil(SECTOR_SIZE as u32))
    }
}

/// What a game's header says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GameHeader {
    /// The game's name, as menus show it.
    pub title: String,
    /// The file that the console starts, `SLES_123.45`.
    pub startup: String,
    /// What the game came on.
    pub media: Media,
    /// The first sector of a DVD's second layer, 16 before that layer's volume descriptor; 0 without one.
    pub layer_break: u32,
    /// Compatibility modes, one bit for each.
    pub modes: u8,
    /// How to transfer data.
    pub dma: Dma,
    /// Where the image lies.
    pub parts: Vec<Part>,
}

#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Raw {
    magic: U32,
    version: U32,
    title: [u8; 160],
    unused_modes: u8,
    modes: u8,
    dma: zerocopy::little_endian::U16,
    startup: [u8; 60],
    layer_break: U32,
    media: U32,
    parts_used: U32,
    parts: [RawPart; MAX_PARTS],
}

#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct RawPart {
    first: U32,
    start: U32,
    bytes: U32,
}

const _: () = assert!(size_of::<Raw>() == SIZE);

/// What a game's header can have wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "a message says what its numbers and names are")]
pub enum GameFault {
    /// It is not there.
    #[error("there is no game header; was its installation interrupted?")]
    Magic,
    /// It has no parts, or more than it can have.
    #[error("{parts} parts, of {MAX_PARTS} at most")]
    Parts { parts: u32 },
    /// A part does not begin where the one before ends.
    #[error("part {part} does not begin where the one before ends")]
    Gap { part: usize },
    /// A part is not inside of the partition that it belongs to.
    #[error("part {part} is not inside of its partition")]
    Outside { part: usize },
}

impl GameHeader {
    /// Longest title that loaders show, in bytes.
    pub const MAX_TITLE: usize = 64;
    /// Longest name of the startup file, in bytes.
    pub const MAX_STARTUP: usize = 12;

    /// The header in `bytes`.
    ///
    /// # Errors
    /// [`GameFault::Magic`], [`GameFault::Parts`], [`GameFault::Gap`].
    pub fn parse(bytes: &[u8; SIZE]) -> Result<Self, GameFault> {
        let raw: Raw = zerocopy::transmute!(*bytes);
        if raw.magic.get() != MAGIC {
            return Err(GameFault::Magic);
        }
        let parts = match raw.parts_used.get() {
            parts @ 1.. if parts as usize <= MAX_PARTS => raw.parts.iter().take(parts as usize),
            parts => return Err(GameFault::Parts { parts }),
        };
        let header = Self {
            title: text(&raw.title),
            startup: text(&raw.startup),
            media: Media(raw.media.get()),
            layer_break: raw.layer_break.get(),
            modes: raw.modes,
            dma: Dma(raw.dma.get()),
            parts: parts.map(Part::from).collect(),
        };
        header.check_gaps().map(|()| header)
    }

    /// The bytes for the disk. Texts are cut to what loaders show.
    pub fn emit(&self) -> [u8; SIZE] {
        let mut raw: Raw = zerocopy::transmute!([0_u8; SIZE]);
        raw.magic = U32::new(MAGIC);
        raw.version = U32::new(VERSION);
        put(&mut raw.title, &self.title, Self::MAX_TITLE);
        raw.modes = self.modes;
        raw.dma = self.dma.0.into();
        put(&mut raw.startup, &self.startup, Self::MAX_STARTUP);
        raw.layer_break = U32::new(self.layer_break);
        raw.media = U32::new(self.media.0);
        raw.parts_used = U32::new(self.parts.len().min(MAX_PARTS) as u32);
        for (to, part) in raw.parts.iter_mut().zip(&self.parts) {
            *to = RawPart::from(part);
        }
        zerocopy::transmute!(raw)
    }

    /// The same header with another title; what is not understood of it is kept.
    pub(crate) fn with_title(bytes: &[u8; SIZE], title: &str) -> [u8; SIZE] {
        let mut raw: Raw = zerocopy::transmute!(*bytes);
        raw.title = [0; 160];
        put(&mut raw.title, title, Self::MAX_TITLE);
        zerocopy::transmute!(raw)
    }

    /// Size of the image, in bytes; for a compressed one up to a sector more than its file had.
    pub fn bytes(&self) -> u64 {
        self.parts.iter().map(|part| u64::from(part.bytes)).sum()
    }

    fn check_gaps(&self) -> Result<(), GameFault> {
        let mut expected = Some(0);
        for (number, part) in self.parts.iter().enumerate() {
            if expected != Some(part.first) || !(part.bytes as usize).is_multiple_of(SECTOR_SIZE) {
                return Err(GameFault::Gap { part: number });
            }
            expected = part.first.checked_add(part.bytes / DISC_SECTOR as u32);
        }
        Ok(())
    }

    /// Makes sure that all parts are where a game's image can be in these partitions.
    fn check_places(&self, partitions: &[Extent]) -> Result<(), GameFault> {
        let mut room = room(partitions);
        for (number, part) in self.parts.iter().enumerate() {
            if !room.next().is_some_and(|room| room.contains(part.extent())) {
                return Err(GameFault::Outside { part: number });
            }
        }
        Ok(())
    }
}

impl From<&RawPart> for Part {
    fn from(raw: &RawPart) -> Self {
        Self {
            first: raw.first.get(),
            start: Lba(raw.start.get()),
            bytes: raw.bytes.get(),
        }
    }
}

impl From<&Part> for RawPart {
    fn from(part: &Part) -> Self {
        Self {
            first: U32::new(part.first),
            start: U32::new(part.start.0),
            bytes: U32::new(part.bytes),
        }
    }
}

/// Text up to its first NUL.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|&byte| byte == 0);
    let bytes = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
    String::from_utf8_lossy(bytes).into_owned()
}

/// Puts text into a field, at most `max` bytes, and no half characters.
fn put(field: &mut [u8], text: &str, max: usize) {
    let end = text.floor_char_boundary(max);
    for (to, from) in field.iter_mut().zip(text.bytes().take(end)) {
        *to = from;
    }
}

/// Where a game's image can lie in its partitions, the main one first.
fn room(partitions: &[Extent]) -> impl Iterator<Item = Extent> {
    let reserved = std::iter::once(MAIN_RESERVED).chain(std::iter::repeat(SUB_RESERVED));
    partitions
        .iter()
        .zip(reserved)
        .map(|(partition, reserved)| {
            Extent::new(
                Lba(partition.start.0.saturating_add(reserved)),
                partition.sectors.saturating_sub(reserved),
            )
        })
}

/// The parts of an image of so many sectors of a disc. What does not fit in is left out.
pub(crate) fn parts(partitions: &[Extent], disc_sectors: u32) -> Vec<Part> {
    let mut first = 0;
    let mut parts = Vec::new();
    for room in room(partitions) {
        let sectors = (disc_sectors - first).min(room.sectors / PER_DISC_SECTOR);
        if sectors == 0 {
            break;
        }
        parts.push(Part {
            first,
            start: room.start,
            // At most 4 GiB less what is reserved: see `allocate`.
            bytes: sectors.saturating_mul(DISC_SECTOR as u32),
        });
        first += sectors;
    }
    parts
}

/// A game on a disk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Game {
    /// Its main partition's name.
    pub id: Id,
    /// Where its main partition begins.
    pub start: Lba,
    /// Its own header.
    pub header: GameHeader,
}

impl Game {
    /// Reads the game whose main partition this is.
    ///
    /// # Errors
    /// [`Error::Game`], [`Error::Read`].
    pub fn read(disk: &mut impl Disk, main: &Header) -> Result<Self, Error> {
        let start = main.extent().start;
        let bytes = disk::read(disk, Self::header_place(start))?;
        let header = Self::parse(&bytes, main);
        Ok(Self {
            id: main.id(),
            start,
            header: header.map_err(|fault| Error::Game { at: start, fault })?,
        })
    }

    /// The header in `bytes`, if it can be that of the game in this main partition.
    pub(crate) fn parse(bytes: &[u8; SIZE], main: &Header) -> Result<GameHeader, GameFault> {
        let mut partitions = vec![main.extent()];
        partitions.extend(main.subs());
        let header = GameHeader::parse(bytes)?;
        header.check_places(&partitions).map(|()| header)
    }

    /// Where the header of the game in this main partition lies.
    pub(crate) fn header_place(main: Lba) -> Lba {
        Lba(main.0.saturating_add(PLACE))
    }

    /// Reads sectors of the image, counted in sectors of the disk; fewer at its end. Gives the bytes read.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn read_at(
        &self,
        disk: &mut impl Disk,
        sector: u64,
        buffer: &mut [u8],
    ) -> Result<usize, Error> {
        let mut done = 0;
        for run in runs(&self.header.parts, sector, buffer.len()) {
            let bytes = run.sectors as usize * SECTOR_SIZE;
            let target = buffer.get_mut(done..done + bytes).unwrap_or_default();
            let read = disk.read(run.start, target);
            read.map_err(|source| Error::Read {
                at: run.start,
                source,
            })?;
            done += bytes;
        }
        Ok(done)
    }
}

/// The runs on the disk that hold `bytes` of an image from a sector of it on, both counted in the disk's sectors.
pub(crate) fn runs(parts: &[Part], sector: u64, bytes: usize) -> impl Iterator<Item = Extent> {
    let mut begin = 0;
    let end = sector + (bytes / SECTOR_SIZE) as u64;
    parts.iter().filter_map(move |part| {
        let extent = part.extent();
        let (first, after) = (begin, begin + u64::from(extent.sectors));
        begin = after;
        let (from, to) = (sector.max(first), end.min(after));
        (from < to).then(|| {
            Extent::new(
                Lba(extent.start.0 + (from - first) as u32),
                (to - from) as u32,
            )
        })
    })
}
