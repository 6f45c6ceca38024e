//! Tracks with more than the 2048 bytes of data of a CD's sectors, as BIN, MDF, NRG and CHD files have them.

pub mod reader;

use std::io;

use zso::SECTOR_SIZE;

use crate::read_at::ReadAt;

/// Bytes of a sector as it is on the disc.
pub const RAW: usize = 2352;
/// The same with the subchannel's 96 bytes.
pub const WITH_SUBCHANNEL: usize = 2448;
/// Bytes of a sector of mode 2 without its sync mark and address.
pub(crate) const MODE_2: usize = 2336;
/// Bytes of any sector, at most.
pub(crate) const LONGEST: usize = WITH_SUBCHANNEL;
/// How each sector of data begins.
pub const SYNC: [u8; 12] = [
    0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0,
];
/// Where a sector tells its mode.
const MODE: usize = 15;
/// Where a mode 2 sector tells its form, by a bit.
const SUBMODE: usize = 18;
const FORM_2: u8 = 0x20;
/// Bytes of data in a sector of form 2.
const FORM_2_DATA: usize = 2324;
/// Where the data of a sector begin, by its mode.
pub(crate) const DATA_1: usize = 16;
pub(crate) const DATA_2: usize = 24;
/// Where a disc with files has its descriptor, and how that begins after its first byte.
const DESCRIPTOR: u64 = 16;
const STANDARD: &[u8] = b"CD001";

/// Why a track is no image.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "a message says what its numbers and names are")]
pub enum TrackFault {
    /// The file is not made of such sectors.
    #[error(
        "{len} bytes are no whole number of sectors of 2352 bytes, nor of 2448; copy or download it again"
    )]
    Length { len: u64 },
    /// A sector does not begin as those with data do, it may be music.
    #[error("sector {sector} is none of data; name the .cue file, which says where the data is")]
    Sync { sector: u64 },
    /// A sector has a mode that has no 2048 bytes of data.
    #[error("sector {sector} has mode {mode}, which an image has no place for")]
    Mode { sector: u64, mode: u8 },
    /// A sector has 2324 bytes of data, of films or sounds, which an image has no place for.
    #[error("sector {sector} has form 2, which an image has no place for")]
    Form2 { sector: u64 },
    /// The disc has nothing but music.
    #[error("none of its {tracks} tracks has data")]
    NoData { tracks: usize },
    /// An NRG file does not say where its tracks are, or says what cannot be.
    #[error(
        "the lists at its end, which say where its tracks are, are damaged; copy or download it again"
    )]
    Lists,
    /// An NRG file has a track of a kind that is not known.
    #[error(
        "it has a track of Nero's mode {mode}, which is not read here; make an ISO file of it with the program that made it"
    )]
    NeroMode { mode: u8 },
}

/// What there is of each sector.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// All of it, from the sync mark on.
    Raw,
    /// What follows the address of a mode 2 sector.
    Mode2,
    /// The data alone.
    Data,
}

/// Where a file has the sectors of a track.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Layout {
    /// What there is of each.
    pub kind: Kind,
    /// Bytes from one to the next.
    pub unit: usize,
    /// Where the first one is, in bytes.
    pub start: u64,
    /// How many there are.
    pub sectors: u64,
    /// Sectors after them, of which the first is music.
    pub music: u64,
}

impl Kind {
    /// The data of one sector.
    ///
    /// # Errors
    /// Any [`TrackFault`] of a sector.
    pub fn data(self, raw: &[u8], sector: u64) -> Result<&[u8], TrackFault> {
        let start = match self {
            Self::Data => 0,
            Self::Mode2 => form_1(raw, MODE_2_SKIPS, sector)?,
            Self::Raw => start_of_raw(raw, sector)?,
        };
        // invariant: all kinds of sectors have room for the data after their start.
        Ok(raw.get(start..start + SECTOR_SIZE).unwrap_or_default())
    }
}

/// Bytes at a sector's start that a mode 2 sector of 2336 bytes does not have.
const MODE_2_SKIPS: usize = RAW - MODE_2;

/// Where the data of a raw sector begin.
fn start_of_raw(raw: &[u8], sector: u64) -> Result<usize, TrackFault> {
    if !begins(raw) {
        return Err(TrackFault::Sync { sector });
    }
    match raw.get(MODE).copied().unwrap_or_default() {
        1 => Ok(DATA_1),
        2 => form_1(raw, 0, sector),
        0 if is_empty(raw, DATA_1) => Ok(DATA_1),
        mode => Err(TrackFault::Mode { sector, mode }),
    }
}

/// Where the data of a mode 2 sector begin, of which so many bytes are not there.
fn form_1(raw: &[u8], skips: usize, sector: u64) -> Result<usize, TrackFault> {
    let start = DATA_2 - skips;
    match raw.get(SUBMODE - skips) {
        Some(submode) if submode & FORM_2 != 0 && !is_empty(raw, start) => {
            Err(TrackFault::Form2 { sector })
        }
        _ => Ok(start),
    }
}

/// Whether a sector has nothing but zeros, as those have that separate data from music; its checksum does not count.
fn is_empty(raw: &[u8], start: usize) -> bool {
    let data = raw.get(start..start + FORM_2_DATA);
    data.is_some_and(|data| data.iter().all(|byte| *byte == 0))
}

/// Whether a file that begins like this is a track.
#[must_use]
pub fn begins(start: &[u8]) -> bool {
    start.starts_with(&SYNC)
}

impl Layout {
    /// The layout of a file that is a track; nothing if it is none.
    ///
    /// # Errors
    /// Those of reading.
    pub fn of(file: &dyn ReadAt) -> io::Result<Option<Self>> {
        let is_raw = begins(&file.start(SYNC.len())?);
        let (kind, unit) = match is_raw {
            true => (Kind::Raw, raw_unit(file)?),
            false if has_volume(file, MODE_2, DATA_2 - MODE_2_SKIPS)? => (Kind::Mode2, MODE_2),
            false => return Ok(None),
        };
        let all = file.len() / unit as u64;
        if !file.len().is_multiple_of(unit as u64) {
            return Ok(None);
        }
        let mut layout = Self {
            kind,
            unit,
            start: 0,
            sectors: all,
            music: 0,
        };
        if is_raw {
            layout.sectors = layout.data_sectors(file)?;
            layout.music = all - layout.sectors;
        }
        Ok(Some(layout))
    }

    /// How many sectors are data, with music after them.
    fn data_sectors(&self, file: &dyn ReadAt) -> io::Result<u64> {
        let is_data = |sector: u64| {
            let mut start = [0; SYNC.len()];
            file.fill_at(&mut start, sector * self.unit as u64)?;
            Ok::<_, io::Error>(begins(&start))
        };
        // The first one is.
        let (mut data, mut end) = (1, self.sectors);
        if data >= end || is_data(end - 1)? {
            // Another track of data may be last, and music between both: after all that the first one's volume has.
            for sector in self.volume_sectors(file)?.unwrap_or(end).max(data)..end {
                if !is_data(sector)? {
                    return Ok(sector);
                }
            }
            return Ok(end);
        }
        while data < end {
            let middle = data + (end - data) / 2;
            match is_data(middle)? {
                true => data = middle + 1,
                false => end = middle,
            }
        }
        Ok(data)
    }

    /// How many sectors the volume says that it has.
    fn volume_sectors(&self, file: &dyn ReadAt) -> io::Result<Option<u64>> {
        let mut raw = [0; RAW];
        file.fill_at(&mut raw, self.place(DESCRIPTOR))?;
        let descriptor = self.kind.data(&raw, DESCRIPTOR).unwrap_or_default();
        let is_volume = descriptor
            .get(1..)
            .is_some_and(|rest| rest.starts_with(STANDARD));
        let size = descriptor.get(80..84).filter(|_| is_volume);
        Ok(size.and_then(|size| Some(u32::from_le_bytes(size.try_into().ok()?).into())))
    }

    /// Bytes of the image in it.
    #[must_use]
    pub fn image_bytes(&self) -> u64 {
        self.sectors * SECTOR_SIZE as u64
    }

    /// Whether a file has the track's sectors, and music, and nothing else.
    #[must_use]
    pub fn is_all_of(&self, file: &dyn ReadAt) -> bool {
        self.start == 0 && self.place(self.sectors + self.music) == file.len()
    }

    /// Where a sector is.
    #[must_use]
    pub fn place(&self, sector: u64) -> u64 {
        self.start + sector * self.unit as u64
    }
}

/// The first of so many tracks that has data; the others count as music.
pub(crate) fn first_of_data(
    data: &[Layout],
    tracks: usize,
    music: u64,
) -> Result<Layout, TrackFault> {
    let [layout, others @ ..] = data else {
        return Err(TrackFault::NoData { tracks });
    };
    let others: u64 = others.iter().map(|layout| layout.sectors).sum();
    Ok(Layout {
        music: music + others,
        ..*layout
    })
}

/// Bytes from one raw sector to the next: as the second one's mark tells.
fn raw_unit(file: &dyn ReadAt) -> io::Result<usize> {
    let mut start = [0; SYNC.len()];
    file.fill_at(&mut start, WITH_SUBCHANNEL as u64)?;
    Ok(match begins(&start) {
        true => WITH_SUBCHANNEL,
        false => RAW,
    })
}

/// Whether a file has an ISO 9660 volume, if its sectors have so many bytes and data after so many.
///
/// # Errors
/// Those of reading.
pub fn has_volume(file: &dyn ReadAt, unit: usize, data: usize) -> io::Result<bool> {
    let mut found = [0; STANDARD.len()];
    let at = DESCRIPTOR * unit as u64 + data as u64 + 1;
    file.fill_at(&mut found, at)?;
    Ok(found == *STANDARD)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(mode: u8, submode: u8, fill: u8) -> Vec<u8> {
        let mut raw = vec![0xEE; RAW];
        raw[..12].copy_from_slice(&SYNC);
        raw[MODE] = mode;
        raw[SUBMODE] = submode;
        let start = if mode == 2 { DATA_2 } else { DATA_1 };
        raw[start..start + SECTOR_SIZE].fill(fill);
        raw
    }

    fn layout(file: &[u8]) -> Option<Layout> {
        Layout::of(&file.to_vec()).unwrap()
    }

    #[test]
    fn data_of_both_modes_are_found() {
        for (mode, submode) in [(1, 0), (2, 8), (1, FORM_2)] {
            let sector = raw(mode, submode, 3);
            assert_eq!(Kind::Raw.data(&sector, 0), Ok(&[3; SECTOR_SIZE][..]));
        }
        let sector = raw(2, 8, 5);
        assert_eq!(
            Kind::Mode2.data(&sector[MODE_2_SKIPS..], 0),
            Ok(&[5; SECTOR_SIZE][..])
        );
    }

    #[test]
    fn what_has_no_place_in_an_image_is_refused() {
        let fault = |sector: &[u8]| Kind::Raw.data(sector, 1).unwrap_err();
        assert_eq!(
            fault(&raw(2, FORM_2 | 8, 1)),
            TrackFault::Form2 { sector: 1 }
        );
        assert_eq!(
            fault(&raw(0, 0, 1)),
            TrackFault::Mode { sector: 1, mode: 0 }
        );
        assert_eq!(fault(&[7; RAW]), TrackFault::Sync { sector: 1 });
    }

    /// Mastering tools put them between data and music.
    #[test]
    fn empty_sectors_of_any_form_are_zeros() {
        for (mode, submode) in [(0, 0), (2, FORM_2)] {
            let mut sector = raw(mode, submode, 0);
            sector[DATA_1.max(SUBMODE + 6)..].fill(0);
            if mode == 0 {
                sector[DATA_1..].fill(0);
            }
            assert_eq!(Kind::Raw.data(&sector, 0), Ok(&[0; SECTOR_SIZE][..]));
            sector[2200] = 1;
            assert!(Kind::Raw.data(&sector, 0).is_err());
        }
    }

    #[test]
    fn sectors_are_as_long_as_their_marks_tell() {
        for (sub, unit) in [(0, RAW), (96, WITH_SUBCHANNEL)] {
            let sector = [raw(2, 8, 1), vec![0; sub]].concat();
            for sectors in [2, 3, 51] {
                let found = layout(&sector.repeat(sectors)).unwrap();
                assert_eq!(
                    (found.unit, found.sectors, found.music),
                    (unit, sectors as u64, 0)
                );
            }
            assert_eq!(layout(&sector.repeat(3)[1..]), None);
        }
        assert_eq!(layout(&raw(1, 0, 1)).unwrap().image_bytes(), 2048);
    }

    #[test]
    fn music_behind_the_data_is_counted() {
        for (data, music) in [(1, 1), (1, 9), (7, 1), (5, 5), (9, 30)] {
            let file = [raw(2, 8, 1).repeat(data), vec![3; RAW * music]].concat();
            let found = layout(&file).unwrap();
            assert_eq!((found.sectors, found.music), (data as u64, music as u64));
        }
    }

    #[test]
    fn data_behind_music_are_not_those_of_the_volume() {
        let mut descriptor = raw(2, 8, 0);
        descriptor[DATA_2 + 1..][..5].copy_from_slice(STANDARD);
        descriptor[DATA_2 + 80..][..4].copy_from_slice(&18_u32.to_le_bytes());
        let data = [raw(2, 8, 1).repeat(16), descriptor, raw(2, 8, 1).repeat(4)].concat();
        let file = [data, vec![3; RAW * 30], raw(2, 8, 1).repeat(25)].concat();
        let found = layout(&file).unwrap();
        assert_eq!((found.sectors, found.music), (21, 55));
    }

    #[test]
    fn mode_2_is_known_by_its_volume() {
        let mut file = vec![0; MODE_2 * 20];
        file[16 * MODE_2 + 8..][..6].copy_from_slice(b"\x01CD001");
        let found = layout(&file).unwrap();
        assert_eq!(
            (found.kind, found.unit, found.sectors),
            (Kind::Mode2, MODE_2, 20)
        );
    }
}
