//! The header at a partition's start: 1024 bytes, two sectors.

use std::fmt;

use zerocopy::little_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::sector::{CHUNK, Extent, GRAIN, Lba};
use crate::timestamp::Timestamp;

/// Bytes of a header.
pub const HEADER_SIZE: usize = 1024;
/// Most sub-partitions that a main partition can have.
pub const MAX_SUBS: usize = 64;

const MAGIC: [u8; 4] = *b"APA\0";
/// What the first header of a disk has besides.
const MBR_MAGIC: [u8; 32] = *b"Sony Computer Entertainment Inc.";
const MBR_VERSION: u32 = 2;
/// The version of the console's driver whose headers these are.
const DRIVER_VERSION: u32 = 0x201;
/// The flag of sub-partitions.
const SUB: u16 = 1;
/// Words of the header that the checksum of a GPT disk's first header covers: the second sector is not its own.
const FIRST_SECTOR_WORDS: usize = 128;

/// What a partition holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kind(pub u16);

impl Kind {
    /// Nothing: a partition that was deleted.
    pub const EMPTY: Self = Self(0);
    /// The table's beginning.
    pub const MBR: Self = Self(1);
    /// The console's file system.
    pub const PFS: Self = Self(0x100);
    /// A game.
    pub const GAME: Self = Self(0x1337);
}

/// A partition's name: up to 32 bytes, filled up with zeros.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Id([u8; 32]);

impl Id {
    /// The name in `text`, cut at 32 bytes.
    pub fn new(text: &str) -> Self {
        let mut id = [0; 32];
        for (to, from) in id.iter_mut().zip(text.bytes()) {
            *to = from;
        }
        Self(id)
    }

    /// Whether it is the same name; other tools fill names up with blanks, and compare without case.
    pub fn matches(&self, text: &str) -> bool {
        self.trimmed().eq_ignore_ascii_case(text.as_bytes())
    }

    fn trimmed(&self) -> &[u8] {
        let end = self.0.iter().position(|&byte| byte == 0);
        self.0
            .get(..end.unwrap_or(self.0.len()))
            .unwrap_or_default()
            .trim_ascii_end()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.trimmed().escape_ascii().fmt(f)
    }
}

/// A header as it lies on the disk.
#[derive(Clone, PartialEq, Eq, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Raw {
    checksum: U32,
    magic: [u8; 4],
    next: U32,
    prev: U32,
    id: [u8; 32],
    passwords: [u8; 16],
    start: U32,
    length: U32,
    kind: U16,
    flags: U16,
    subs_used: U32,
    created: Timestamp,
    main: U32,
    number: U32,
    driver_version: U32,
    reserved: [u8; 28],
    name: [u8; 128],
    mbr: RawMbr,
    subs: [RawExtent; MAX_SUBS],
}

/// What is of use in the disk's first header alone.
#[derive(Clone, PartialEq, Eq, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct RawMbr {
    magic: [u8; 32],
    version: U32,
    sectors: U32,
    created: Timestamp,
    boot_start: U32,
    boot_length: U32,
    reserved: [u8; 134],
    /// A PC's partition table, where a tool has put one to share the disk.
    entries: [RawEntry; 4],
    signature: U16,
}

/// A partition as PCs know them.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
struct RawEntry {
    first: [u8; 4],
    kind: u8,
    last: [u8; 3],
    start: U32,
    length: U32,
}

#[derive(
    Clone, Copy, PartialEq, Eq, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
struct RawExtent {
    start: U32,
    length: U32,
}

const _: () = assert!(size_of::<Raw>() == HEADER_SIZE);

/// What a header can have wrong on its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "a message says what its numbers and names are")]
pub enum HeaderFault {
    /// It is no header.
    #[error("there is no partition header")]
    Magic,
    /// It is not the first header of a disk, but should be.
    #[error("the mark of the table's beginning is missing")]
    MbrMagic,
    /// The sum of its words is another.
    #[error("checksum {computed:#010x}, and not {stored:#010x} as the header says")]
    Checksum { stored: u32, computed: u32 },
    /// It says that it lies elsewhere.
    #[error("the header is one of sector {stored}")]
    Place { stored: Lba },
    /// Its length is not a multiple of 8 MiB, or 0.
    #[error("{length} sectors, which is no multiple of 8 MiB")]
    Length { length: u32 },
    /// It does not begin at a multiple of its length.
    #[error("does not begin at a multiple of its {length} sectors")]
    Aligned { length: u32 },
    /// It has more sub-partitions than fit in.
    #[error("{subs} sub-partitions, of {MAX_SUBS} at most")]
    Subs { subs: u32 },
}

/// A header that is sound on its own. What is not understood of it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    raw: Box<Raw>,
}

/// Whose disk it is besides the console's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Sharing {
    /// Nobody's, or that of the PC partitions of [`Header::foreign`].
    Apa,
    /// A GUID partition table lies where the console's journal does otherwise.
    Gpt,
    /// A second table of its own kind begins at 128 GiB (ToxicOS).
    TwoTables,
}

impl Header {
    /// The header in `bytes`, which were read at `at`.
    ///
    /// # Errors
    /// [`HeaderFault`]; afterwards its extent is aligned, and no accessor finds anything amiss.
    pub fn parse(bytes: &[u8; HEADER_SIZE], at: Lba) -> Result<Self, HeaderFault> {
        let raw: Raw = zerocopy::transmute!(*bytes);
        if raw.magic != MAGIC {
            return Err(HeaderFault::Magic);
        }
        let header = Self { raw: Box::new(raw) };
        header.check_sum()?;
        if at.0 == 0 && header.raw.mbr.magic != MBR_MAGIC {
            return Err(HeaderFault::MbrMagic);
        }
        match header.extent().start {
            stored if stored != at => Err(HeaderFault::Place { stored }),
            _ => header.check_shape().map(|()| header),
        }
    }

    fn check_sum(&self) -> Result<(), HeaderFault> {
        let stored = self.raw.checksum.get();
        let computed = self.sum(HEADER_SIZE / 4);
        let is_gpt = self.sharing() == Sharing::Gpt;
        if stored == computed || is_gpt && stored == self.sum(FIRST_SECTOR_WORDS) {
            return Ok(());
        }
        Err(HeaderFault::Checksum { stored, computed })
    }

    fn check_shape(&self) -> Result<(), HeaderFault> {
        let Extent {
            start,
            sectors: length,
        } = self.extent();
        if length == 0 || !length.is_multiple_of(GRAIN) {
            return Err(HeaderFault::Length { length });
        }
        if !start.0.is_multiple_of(length) {
            return Err(HeaderFault::Aligned { length });
        }
        match self.raw.subs_used.get() {
            // On a GPT disk these are another table's bytes.
            subs if subs as usize > MAX_SUBS => Err(HeaderFault::Subs { subs }),
            _ => Ok(()),
        }
    }

    /// The sum of the first words after the checksum.
    fn sum(&self, words: usize) -> u32 {
        let (words, _) = self
            .raw
            .as_bytes()
            .as_chunks()
            .0
            .split_at(words.min(HEADER_SIZE / 4));
        let words = words.iter().skip(1).map(|word| u32::from_le_bytes(*word));
        words.fold(0, u32::wrapping_add)
    }

    /// The beginning of a table: a main partition of one chunk.
    pub fn mbr(created: Timestamp) -> Self {
        let mut header = Self::blank(Extent::new(Lba(0), CHUNK), Kind::MBR, created);
        header.raw.id = Id::new("__mbr").0;
        header.raw.mbr.magic = MBR_MAGIC;
        header.raw.mbr.version = U32::new(MBR_VERSION);
        header.raw.mbr.created = created;
        header
    }

    /// A main partition with its sub-partitions, as many as fit in.
    pub fn main(extent: Extent, kind: Kind, id: Id, subs: &[Extent], created: Timestamp) -> Self {
        let mut header = Self::blank(extent, kind, created);
        header.raw.id = id.0;
        for (to, from) in header.raw.subs.iter_mut().zip(subs) {
            to.start = U32::new(from.start.0);
            to.length = U32::new(from.sectors);
        }
        header.raw.subs_used = U32::new(subs.len().min(MAX_SUBS) as u32);
        header
    }

    /// The sub-partition `number`, from 1, of the main partition at `main`.
    pub fn sub(extent: Extent, kind: Kind, main: Lba, number: u32, created: Timestamp) -> Self {
        let mut header = Self::blank(extent, kind, created);
        header.raw.flags = U16::new(SUB);
        header.raw.main = U32::new(main.0);
        header.raw.number = U32::new(number);
        header
    }

    /// A partition that nobody uses.
    pub fn empty(extent: Extent, created: Timestamp) -> Self {
        let mut header = Self::blank(extent, Kind::EMPTY, created);
        header.raw.id = Id::new("__empty").0;
        header.raw.driver_version = U32::ZERO;
        header
    }

    fn blank(extent: Extent, kind: Kind, created: Timestamp) -> Self {
        let mut raw: Box<Raw> = Box::new(zerocopy::transmute!([0_u8; HEADER_SIZE]));
        raw.magic = MAGIC;
        raw.start = U32::new(extent.start.0);
        raw.length = U32::new(extent.sectors);
        raw.kind = U16::new(kind.0);
        raw.created = created;
        raw.driver_version = U32::new(DRIVER_VERSION);
        Self { raw }
    }

    /// The bytes for the disk.
    pub fn emit(&self) -> [u8; HEADER_SIZE] {
        let mut raw = (*self.raw).clone();
        raw.checksum = U32::new(self.sum(HEADER_SIZE / 4));
        zerocopy::transmute!(raw)
    }

    /// Where the partition lies.
    pub fn extent(&self) -> Extent {
        Extent::new(Lba(self.raw.start.get()), self.raw.length.get())
    }

    /// What the partition holds.
    pub fn kind(&self) -> Kind {
        Kind(self.raw.kind.get())
    }

    /// Its name; those of sub-partitions are empty.
    pub fn id(&self) -> Id {
        Id(self.raw.id)
    }

    /// For a sub-partition, the main one that it belongs to.
    pub fn sub_of(&self) -> Option<Lba> {
        (self.raw.flags.get() & SUB != 0).then(|| Lba(self.raw.main.get()))
    }

    /// The sub-partitions of a main partition, in order.
    pub fn subs(&self) -> Vec<Extent> {
        let used = self.raw.subs.iter().take(self.raw.subs_used.get() as usize);
        used.map(|sub| Extent::new(Lba(sub.start.get()), sub.length.get()))
            .collect()
    }

    /// The partition after this one; after the last one it is the first.
    pub fn next(&self) -> Lba {
        Lba(self.raw.next.get())
    }

    /// The partition before this one; before the first one it is the last.
    pub fn prev(&self) -> Lba {
        Lba(self.raw.prev.get())
    }

    /// Puts the partition between two others.
    pub fn link(&mut self, prev: Lba, next: Lba) {
        self.raw.prev = U32::new(prev.0);
        self.raw.next = U32::new(next.0);
    }

    /// Whose disk this is besides, as its first header tells.
    pub fn sharing(&self) -> Sharing {
        let entries = self.raw.mbr.entries.as_bytes();
        match entries.get(54..62) {
            Some(b"APAEXT\0\0") => Sharing::TwoTables,
            _ if self.entries().any(|entry| entry.kind == 0xEE) => Sharing::Gpt,
            _ => Sharing::Apa,
        }
    }

    /// The program that the console starts from the disk, as its first header tells.
    pub fn boot(&self) -> Option<Extent> {
        let sectors = self.raw.mbr.boot_length.get();
        let start = Lba(self.raw.mbr.boot_start.get());
        (sectors > 0).then_some(Extent::new(start, sectors))
    }

    /// Partitions of PCs on this disk, as its first header tells.
    pub fn foreign(&self) -> Vec<Extent> {
        self.entries()
            .map(|entry| Extent::new(Lba(entry.start.get()), entry.length.get()))
            .collect()
    }

    fn entries(&self) -> impl Iterator<Item = &RawEntry> {
        let is_pc = self.raw.mbr.signature.get() == 0xAA55;
        let entries = self.raw.mbr.entries.iter().filter(|entry| entry.kind != 0);
        entries.take(if is_pc { 4 } else { 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXTENT: Extent = Extent::new(Lba(2 * CHUNK), 2 * CHUNK);

    fn header() -> Header {
        Header::main(
            EXTENT,
            Kind::GAME,
            Id::new("PP.TEST"),
            &[],
            Timestamp::default(),
        )
    }

    /// A header with one word changed, and its checksum right again if that was not it.
    fn with_word(word: usize, value: u32) -> [u8; HEADER_SIZE] {
        let mut bytes = header().emit();
        bytes[word * 4..][..4].copy_from_slice(&value.to_le_bytes());
        let words = bytes.as_chunks::<4>().0.iter().skip(1);
        let sum = words
            .map(|word| u32::from_le_bytes(*word))
            .fold(0, u32::wrapping_add);
        if word != 0 {
            bytes[..4].copy_from_slice(&sum.to_le_bytes());
        }
        bytes
    }

    #[test]
    fn fields_are_where_the_console_looks_for_them() {
        let sub = Extent::new(Lba(8 * CHUNK), CHUNK);
        let mut header = Header::main(
            EXTENT,
            Kind::GAME,
            Id::new("PP.T"),
            &[sub],
            Timestamp::default(),
        );
        header.link(Lba(CHUNK), Lba(8 * CHUNK));
        let bytes = header.emit();
        let word = |at: usize| u32::from_le_bytes(bytes[at..][..4].try_into().unwrap());
        assert_eq!(&bytes[4..8], b"APA\0");
        assert_eq!((word(0x08), word(0x0C)), (8 * CHUNK, CHUNK));
        assert_eq!(&bytes[0x10..0x15], b"PP.T\0");
        assert_eq!((word(0x40), word(0x44)), (2 * CHUNK, 2 * CHUNK));
        assert_eq!((word(0x48), word(0x4C)), (0x1337, 1));
        assert_eq!(word(0x60), 0x201);
        assert_eq!((word(0x200), word(0x204)), (8 * CHUNK, CHUNK));
        let sum = (1..256).map(|i| word(i * 4)).fold(0, u32::wrapping_add);
        assert_eq!(word(0), sum);
    }

    #[test]
    fn sub_partitions_say_whose_they_are() {
        let bytes = Header::sub(EXTENT, Kind::GAME, Lba(CHUNK), 3, Timestamp::default()).emit();
        assert_eq!(bytes[0x4A..0x4C], [1, 0]);
        assert_eq!(bytes[0x58..0x60], [0, 0, 4, 0, 3, 0, 0, 0]);
        let header = Header::parse(&bytes, EXTENT.start).unwrap();
        assert_eq!(header.sub_of(), Some(Lba(CHUNK)));
    }

    #[test]
    fn what_was_emitted_parses_to_the_same() {
        let parsed = Header::parse(&header().emit(), EXTENT.start).unwrap();
        assert_eq!(parsed.emit(), header().emit());
        let mbr = Header::mbr(Timestamp::now());
        assert_eq!(
            Header::parse(&mbr.emit(), Lba(0)).unwrap().emit(),
            mbr.emit()
        );
    }

    #[test]
    fn every_fault_is_found() {
        let fault = |bytes| Header::parse(&bytes, EXTENT.start).unwrap_err();
        assert_eq!(fault([0; HEADER_SIZE]), HeaderFault::Magic);
        assert!(matches!(
            fault(with_word(0, 1)),
            HeaderFault::Checksum { stored: 1, .. }
        ));
        assert_eq!(
            fault(with_word(0x10, CHUNK)),
            HeaderFault::Place { stored: Lba(CHUNK) }
        );
        assert_eq!(fault(with_word(0x11, 0)), HeaderFault::Length { length: 0 });
        assert_eq!(
            fault(with_word(0x11, CHUNK + 1)),
            HeaderFault::Length { length: CHUNK + 1 }
        );
        assert_eq!(
            fault(with_word(0x11, 4 * CHUNK)),
            HeaderFault::Aligned { length: 4 * CHUNK }
        );
        assert_eq!(fault(with_word(0x13, 65)), HeaderFault::Subs { subs: 65 });
        let no_mbr = Header::main(
            Extent::new(Lba(0), CHUNK),
            Kind::MBR,
            Id::new("__mbr"),
            &[],
            Timestamp::default(),
        );
        assert_eq!(
            Header::parse(&no_mbr.emit(), Lba(0)).unwrap_err(),
            HeaderFault::MbrMagic
        );
    }

    #[test]
    fn every_flipped_bit_is_found() {
        let good = header().emit();
        for bit in 0..HEADER_SIZE * 8 {
            let mut bytes = good;
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(Header::parse(&bytes, EXTENT.start).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn disks_that_others_use_too_are_recognised() {
        let mut header = Header::mbr(Timestamp::default());
        assert_eq!(header.sharing(), Sharing::Apa);
        header.raw.mbr.entries[0].kind = 7;
        header.raw.mbr.entries[0].start = U32::new(CHUNK);
        header.raw.mbr.entries[0].length = U32::new(5);
        assert_eq!(header.foreign(), [], "no table without a signature");
        header.raw.mbr.signature = U16::new(0xAA55);
        assert_eq!(header.foreign(), [Extent::new(Lba(CHUNK), 5)]);
        assert_eq!(header.sharing(), Sharing::Apa);
        header.raw.mbr.entries[0].kind = 0xEE;
        assert_eq!(header.sharing(), Sharing::Gpt);
        header.raw.mbr.entries.as_mut_bytes()[54..62].copy_from_slice(b"APAEXT\0\0");
        assert_eq!(header.sharing(), Sharing::TwoTables);
    }
}
