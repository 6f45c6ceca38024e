//! Tracks with all 2352 bytes of a CD's sectors, as BIN files have them: the 2048 bytes of data in each.

use std::io::{self, Read};

use zso::SECTOR_SIZE;

use crate::error::Error;

/// Bytes of a sector as it is on the disc.
pub const RAW: usize = 2352;
/// How each sector of data begins.
pub const SYNC: [u8; 12] = [
    0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0,
];
/// Where a sector tells its mode.
const MODE: usize = 15;
/// Where a mode 2 sector tells its form, by a bit.
const SUBMODE: usize = 18;
const FORM_2: u8 = 0x20;
/// Where the data of a sector begin, by its mode.
const DATA_1: usize = 16;
const DATA_2: usize = 24;

/// Why a track is no image.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrackFault {
    /// The file is not made of such sectors; some have subchannels, too.
    #[error("{len} bytes are no whole number of sectors of 2352 bytes")]
    Length {
        /// Bytes of the file.
        len: u64,
    },
    /// A sector does not begin as those with data do, it may be music.
    #[error("sector {sector} is none of data")]
    Sync {
        /// The sector.
        sector: u64,
    },
    /// A sector has a mode that has no 2048 bytes of data.
    #[error("sector {sector} has mode {mode}")]
    Mode {
        /// The sector.
        sector: u64,
        /// Its mode.
        mode: u8,
    },
    /// A sector has 2324 bytes of data, of films or sounds, which an image has no place for.
    #[error("sector {sector} has form 2")]
    Form2 {
        /// The sector.
        sector: u64,
    },
}

/// Whether a file that begins like this is a track.
#[must_use]
pub fn begins(start: &[u8]) -> bool {
    start.starts_with(&SYNC)
}

/// Makes sure that a file of `len` bytes can be a track.
///
/// # Errors
/// [`TrackFault::Length`].
pub fn check_len(len: u64) -> Result<(), TrackFault> {
    match len.is_multiple_of(RAW as u64) {
        true => Ok(()),
        false => Err(TrackFault::Length { len }),
    }
}

/// Bytes of the image in a track of `len` bytes.
#[must_use]
pub fn image_len(len: u64) -> u64 {
    len / RAW as u64 * SECTOR_SIZE as u64
}

/// The data of one sector.
///
/// # Errors
/// Any [`TrackFault`] but that of the length.
pub fn data(raw: &[u8; RAW], sector: u64) -> Result<&[u8], TrackFault> {
    if !begins(raw) {
        return Err(TrackFault::Sync { sector });
    }
    let (_, [mode, ..]) = raw.split_at(MODE) else {
        return Err(TrackFault::Sync { sector });
    };
    let form_2 = raw
        .get(SUBMODE)
        .is_some_and(|submode| submode & FORM_2 != 0);
    let start = match *mode {
        1 => DATA_1,
        2 if form_2 => return Err(TrackFault::Form2 { sector }),
        2 => DATA_2,
        mode => return Err(TrackFault::Mode { sector, mode }),
    };
    // invariant: both kinds of sectors have room for the data behind their start.
    Ok(raw.get(start..start + SECTOR_SIZE).unwrap_or_default())
}

/// The image in a track, as a stream.
pub struct Track<R> {
    stream: io::BufReader<R>,
    /// The next one.
    sector: u64,
    raw: Box<[u8; RAW]>,
    /// What is left of the data of the last one.
    left: Vec<u8>,
}

impl<R: Read> Track<R> {
    /// A track from its first sector on.
    pub fn new(stream: R) -> Self {
        Self {
            stream: io::BufReader::with_capacity(64 * RAW, stream),
            sector: 0,
            raw: Box::new([0; RAW]),
            left: Vec::new(),
        }
    }

    /// Takes the next sector, if there is one.
    fn advance(&mut self) -> io::Result<()> {
        let mut have = 0;
        while let Some(rest) = self.raw.get_mut(have..).filter(|rest| !rest.is_empty()) {
            match self.stream.read(rest)? {
                0 if have == 0 => return Ok(()),
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => have += read,
            }
        }
        let data = data(&self.raw, self.sector);
        let data = data.map_err(|fault| io::Error::other(Error::Track(fault)))?;
        self.left.extend_from_slice(data);
        self.sector += 1;
        Ok(())
    }
}

impl<R: Read> Read for Track<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.left.is_empty() {
            self.advance()?;
        }
        let len = buf.len().min(self.left.len());
        for (to, from) in buf.iter_mut().zip(self.left.drain(..len)) {
            *to = from;
        }
        Ok(len)
    }
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

    fn read(track: &[u8]) -> io::Result<Vec<u8>> {
        let mut image = Vec::new();
        Track::new(track).read_to_end(&mut image)?;
        Ok(image)
    }

    /// What is wrong with a track.
    fn fault(track: &[u8]) -> TrackFault {
        let error: Error = read(track)
            .expect_err("no image")
            .downcast()
            .expect("one of ours");
        match error {
            Error::Track(fault) => fault,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn data_of_both_modes_are_found() {
        let image = read(&[raw(1, 0, 3), raw(2, 8, 4), raw(1, FORM_2, 5)].concat());
        let wanted = [[3; SECTOR_SIZE], [4; SECTOR_SIZE], [5; SECTOR_SIZE]].concat();
        assert!(image.expect("an image") == wanted);
    }

    #[test]
    fn what_has_no_place_in_an_image_is_refused() {
        let first = raw(2, 8, 1);
        let with = |second: Vec<u8>| fault(&[first.clone(), second].concat());
        assert_eq!(with(raw(2, FORM_2 | 8, 1)), TrackFault::Form2 { sector: 1 });
        assert_eq!(with(raw(0, 0, 1)), TrackFault::Mode { sector: 1, mode: 0 });
        assert_eq!(with(vec![7; RAW]), TrackFault::Sync { sector: 1 });
    }

    #[test]
    fn lengths() {
        assert_eq!(check_len(2352 * 3), Ok(()));
        assert_eq!(check_len(2448 * 3), Err(TrackFault::Length { len: 7344 }));
        assert_eq!(image_len(2352 * 3), 6144);
    }
}
