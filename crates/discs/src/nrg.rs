//! NRG files of the program Nero: tracks, and after them a chain of lists that says where each is.
//!
//! Numbers are big-endian, of four bytes in version 1 and of eight in version 2. The file's last bytes lead to the
//! chain. A disc that was written at once has its tracks in `DAOI` or `DAOX`, one that was written track by track in
//! `ETNF` or `ETN2`; other lists say nothing that is needed here.

use crate::error::Error;
use crate::read_at::ReadAt;
use crate::track::{
    Kind, Layout, MODE_2, RAW, TrackFault, WITH_SUBCHANNEL, first_of_data, has_volume,
};
use zso::SECTOR_SIZE;

/// How the file's last bytes begin in each version, and bytes of its numbers.
const FOOTERS: [(&[u8], usize); 2] = [(b"NERO", 4), (b"NER5", 8)];
/// Bytes of the chain, at most: 99 tracks and their titles have some 50 KB.
const MOST_BYTES: u64 = 256 << 10;
/// What stands before the tracks of a disc that was written at once.
const DAO_HEAD: usize = 22;

/// A track as the lists have it.
struct Track {
    mode: u8,
    start: u64,
    end: u64,
}

/// Where the first track of data is; nothing if this is no NRG file.
///
/// # Errors
/// [`Error::Track`], [`Error::Read`].
pub(crate) fn layout(file: &dyn ReadAt) -> Result<Option<Layout>, Error> {
    // Nobody looks at the end of what is as long as an image, and is one: in archives that takes as long as all of it.
    if file.len().is_multiple_of(SECTOR_SIZE as u64) && has_volume(file, SECTOR_SIZE, 0)? {
        return Ok(None);
    }
    let Some(chain) = chain(file)? else {
        return Ok(None);
    };
    let tracks = tracks(&chain).ok_or(TrackFault::Lists)?;
    let (mut music, mut layouts) = (0, Vec::new());
    for Track { mode, start, end } in &tracks {
        let (kind, unit) = sectors_of(*mode).ok_or(TrackFault::NeroMode { mode: *mode })?;
        let bytes = end.checked_sub(*start).filter(|_| *end <= file.len());
        let sectors = bytes.ok_or(TrackFault::Lists)? / unit as u64;
        match kind {
            None => music += sectors,
            Some(kind) => layouts.push(Layout {
                kind,
                unit,
                start: *start,
                sectors,
                music: 0,
            }),
        }
    }
    Ok(Some(first_of_data(&layouts, tracks.len(), music)?))
}

/// The chain of lists, if there is one, and the bytes of its numbers.
fn chain(file: &dyn ReadAt) -> Result<Option<(Vec<u8>, usize)>, Error> {
    for (magic, width) in FOOTERS {
        let len = magic.len() + width;
        let Some(end) = file.len().checked_sub(len as u64) else {
            continue;
        };
        let mut footer = vec![0; len];
        file.fill_at(&mut footer, end)?;
        if let Some(start) = footer.strip_prefix(magic) {
            let start = number(start);
            let bytes = end.checked_sub(start).filter(|bytes| *bytes <= MOST_BYTES);
            let mut chain = vec![0; bytes.ok_or(TrackFault::Lists)? as usize];
            file.fill_at(&mut chain, start)?;
            return Ok(Some((chain, width)));
        }
    }
    Ok(None)
}

/// All tracks in the chain; nothing if it is damaged.
fn tracks((chain, width): &(Vec<u8>, usize)) -> Option<Vec<Track>> {
    let (mut rest, width) = (chain.as_slice(), *width);
    let mut tracks = Vec::new();
    while let Some((head, after)) = rest.split_at_checked(8) {
        let (name, size) = head.split_at_checked(4)?;
        let (list, after) = after.split_at_checked(number(size) as usize)?;
        match name {
            b"DAOI" | b"DAOX" => {
                // A code, the size of a sector, the mode, and where the pause, the track and what follows begin.
                for track in list.get(DAO_HEAD..)?.chunks_exact(18 + 3 * width) {
                    let mut places = track.get(18 + width..)?.chunks_exact(width).map(number);
                    tracks.push(Track {
                        mode: *track.get(14)?,
                        start: places.next()?,
                        end: places.next()?,
                    });
                }
            }
            b"ETNF" | b"ETN2" => {
                // Where it begins, its length, its mode, and what does not matter here.
                for track in list.chunks_exact(8 + 3 * width) {
                    let (start, rest) = track.split_at_checked(width)?;
                    let (bytes, rest) = rest.split_at_checked(width)?;
                    tracks.push(Track {
                        mode: *rest.get(3)?,
                        start: number(start),
                        end: number(start).checked_add(number(bytes))?,
                    });
                }
            }
            b"END!" => break,
            _ => {}
        }
        rest = after;
    }
    Some(tracks)
}

/// What there is of each sector, nothing for music, and its bytes.
fn sectors_of(mode: u8) -> Option<(Option<Kind>, usize)> {
    Some(match mode {
        0 | 2 => (Some(Kind::Data), SECTOR_SIZE),
        3 => (Some(Kind::Mode2), MODE_2),
        5 | 6 => (Some(Kind::Raw), RAW),
        7 => (None, RAW),
        15 | 17 => (Some(Kind::Raw), WITH_SUBCHANNEL),
        16 => (None, WITH_SUBCHANNEL),
        _ => return None,
    })
}

fn number(bytes: &[u8]) -> u64 {
    let digits = bytes.iter().map(|byte| u64::from(*byte));
    digits.fold(0, |number, digit| number << 8 | digit)
}

#[cfg(test)]
mod tests {
    use testkit::tracks::{NrgTrack, nrg, track};

    use super::*;
    use crate::{Disc, Form};

    const DISC: [u8; 3 * SECTOR_SIZE] = [7; 3 * SECTOR_SIZE];

    fn read(file: Vec<u8>) -> (Vec<u8>, u64) {
        let disc = Disc::new(file).unwrap();
        assert!(matches!(disc.form(), Form::Track(..)));
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut disc.stream().unwrap(), &mut bytes).unwrap();
        (bytes, disc.music())
    }

    fn fault(file: &[u8]) -> TrackFault {
        match layout(&file.to_vec()).unwrap_err() {
            Error::Track(fault) => fault,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn data_of_every_kind_are_found_in_all_lists() {
        let mode_2: Vec<u8> = track(&DISC, 2, 0)
            .chunks(RAW)
            .flat_map(|raw| raw[16..].to_vec())
            .collect();
        let kinds = [
            (0, DISC.to_vec()),
            (2, DISC.to_vec()),
            (3, mode_2),
            (5, track(&DISC, 1, 0)),
            (6, track(&DISC, 2, 0)),
            (15, track(&DISC, 1, 96)),
            (17, track(&DISC, 2, 96)),
        ];
        for (mode, bytes) in &kinds {
            for list in [b"DAOI", b"DAOX", b"ETNF", b"ETN2"] {
                let pause = vec![0; bytes.len()];
                let data = NrgTrack {
                    mode: *mode,
                    pause: &pause,
                    bytes,
                };
                let music = NrgTrack {
                    mode: 7,
                    pause: &[],
                    bytes: &[9; 2 * RAW],
                };
                for tracks in [&[data][..], &[data, music], &[music, data]] {
                    let found = read(nrg(list, tracks));
                    assert!(found.0 == DISC, "mode {mode}");
                    assert_eq!(found.1, 2 * (tracks.len() as u64 - 1));
                }
            }
        }
    }

    #[test]
    fn what_is_no_game_or_damaged_is_told() {
        let data = NrgTrack {
            mode: 0,
            pause: &[],
            bytes: &DISC,
        };
        let with = |mode| NrgTrack { mode, ..data };
        assert_eq!(
            fault(&nrg(b"DAOX", &[with(7)])),
            TrackFault::NoData { tracks: 1 }
        );
        assert_eq!(fault(&nrg(b"ETN2", &[])), TrackFault::NoData { tracks: 0 });
        assert_eq!(
            fault(&nrg(b"DAOI", &[with(9)])),
            TrackFault::NeroMode { mode: 9 }
        );
        let sound = nrg(b"DAOX", &[data]);
        // Where the chain begins, twice; the size of a list; the track's end and start.
        for (from_end, byte) in [(8, 1), (2, 0), (28, 255), (40, 255), (48, 255)] {
            let mut bad = sound.clone();
            let at = bad.len() - from_end;
            bad[at] = byte;
            assert!(matches!(layout(&bad), Err(Error::Track(_))), "{from_end}");
        }
    }
}
