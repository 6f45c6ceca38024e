//! Files that are no disc images: what they are, told by their first bytes, or what they seem to be.

use std::io;

use crate::read_at::ReadAt;
use crate::track::{self, RAW, WITH_SUBCHANNEL};

/// Files that are known, and of no use here: what they are, and what to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "its text says what it is")]
pub enum Foreign {
    #[error(
        "a zip file, which is not read from standard input or out of another archive; unpack it first"
    )]
    Zip,
    #[error(
        "a 7z file, which is not read from standard input or out of another archive; unpack it first"
    )]
    SevenZip,
    #[error("a RAR archive; unpack it first, and take the image in it")]
    Rar,
    #[error("a gzip file; unpack it first, and take the image in it")]
    Gzip,
    /// An image, compressed for other consoles.
    #[error(
        "a DAX file, which is not read here; make an ISO file of it with the program that made it"
    )]
    Dax,
    /// An image, compressed for other consoles.
    #[error(
        "a JSO file, which is not read here; make an ISO file of it with the program that made it"
    )]
    Jso,
    /// A track without what can be worked out.
    #[error("an ECM file; type unecm with its name, and take the BIN file that it makes")]
    Ecm,
    /// What Alcohol 120% says of an image.
    #[error("an MDS file, which has no data; name the MDF file beside it")]
    Mds,
    #[error("a memory card of the console, with saved games")]
    MemoryCard,
    #[error("a track of a CD that does not begin as one with data does; copy the disc again")]
    Track,
    #[error("a track of music; name the track with data, or the .cue file")]
    Music,
    #[error("a program; name the image of a disc")]
    Program,
    #[error("a picture or a document; name the image of a disc")]
    Picture,
    #[error("a text; if it says which tracks a disc has, give it the ending .cue")]
    Text,
    /// Zeros, as a download has them that was not finished.
    #[error("a file that begins with nothing but zeros; copy or download it again")]
    Zeros,
}

/// How foreign files begin.
const FOREIGN: [(&[u8], Foreign); 9] = [
    (b"PK\x03\x04", Foreign::Zip),
    (b"7z\xBC\xAF\x27\x1C", Foreign::SevenZip),
    (b"Rar!\x1A\x07", Foreign::Rar),
    (b"\x1F\x8B\x08", Foreign::Gzip),
    (b"DAX\0", Foreign::Dax),
    (b"JISO", Foreign::Jso),
    (b"ECM\0", Foreign::Ecm),
    (b"MEDIA DESCRIPTOR", Foreign::Mds),
    (b"Sony PS2 Memory ", Foreign::MemoryCard),
];

/// How files begin that have no disc in them, unless there is a volume after all: too short to be sure of them.
const LIKELY: [(&[u8], Foreign); 10] = [
    (b"MZ", Foreign::Program),
    (b"\x7FELF", Foreign::Program),
    (b"PS-X EXE", Foreign::Program),
    (b"\x89PNG", Foreign::Picture),
    (b"\xFF\xD8\xFF", Foreign::Picture),
    (b"GIF8", Foreign::Picture),
    (b"BM", Foreign::Picture),
    (b"RIFF", Foreign::Picture),
    (b"%PDF", Foreign::Picture),
    (b"\0\0\x01\xBA", Foreign::Picture),
];

/// Bytes at a file's start that are looked at.
const LOOKED_AT: usize = 64 << 10;

impl Foreign {
    /// What a file is that begins like this, if it is of no use here.
    pub fn of(start: &[u8]) -> Option<Self> {
        find(&FOREIGN, start)
    }

    /// What a file seems to be in which no volume is found.
    pub fn guess(file: &dyn ReadAt) -> io::Result<Option<Self>> {
        let start = file.start(LOOKED_AT)?;
        if let Some(known) = Self::of(&start).or_else(|| find(&LIKELY, &start)) {
            return Ok(Some(known));
        }
        for unit in [RAW, WITH_SUBCHANNEL] {
            if track::has_volume(file, unit, track::DATA_1)?
                || track::has_volume(file, unit, track::DATA_2)?
            {
                return Ok(Some(Self::Track));
            }
        }
        let is_text = |byte: &u8| matches!(byte, b'\t' | b'\r' | b'\n' | b' '..=b'~' | 0x80..);
        Ok(match () {
            () if start.iter().all(|byte| *byte == 0) => Some(Self::Zeros),
            () if start.iter().all(is_text) => Some(Self::Text),
            () if file.len().is_multiple_of(RAW as u64) => Some(Self::Music),
            () => None,
        })
    }

    /// What a file is in which no volume was found, by what it seems to be.
    #[must_use]
    pub fn no_volume(seems: Option<&Self>) -> String {
        let text = "no disc image: it has no ISO 9660 volume";
        match seems {
            Some(seems) => format!("{text}, and seems to be {seems}"),
            None => format!("{text}, as discs of games have; name another file"),
        }
    }
}

fn find(known: &[(&[u8], Foreign)], start: &[u8]) -> Option<Foreign> {
    let foreign = known.iter().find(|(magic, _)| start.starts_with(magic));
    foreign.map(|&(_, format)| format)
}

#[cfg(test)]
mod tests {
    use testkit::data::noise;

    use super::*;

    fn guess(file: &[u8]) -> Option<Foreign> {
        Foreign::guess(&file.to_vec()).unwrap()
    }

    #[test]
    fn files_without_a_volume_are_told_by_what_is_in_them() {
        let music = noise(1, 31 * RAW);
        let damaged = {
            let mut track = vec![1; 20 * RAW];
            track[16 * RAW + track::DATA_2..][..6].copy_from_slice(b"\x01CD001");
            track
        };
        let cases = [
            (&b"FILE \"Pok\xC3\xA9.bin\" BINARY\r\n"[..], Foreign::Text),
            (b"MZ\x90\0", Foreign::Program),
            (b"\x7FELF\x01", Foreign::Program),
            (b"\x89PNG\r\n", Foreign::Picture),
            (b"JISO\x01", Foreign::Jso),
            (&[0; 5000], Foreign::Zeros),
            (&music, Foreign::Music),
            (&damaged, Foreign::Track),
        ];
        for (file, expected) in cases {
            assert_eq!(guess(file), Some(expected));
        }
        assert_eq!(guess(&noise(1, 100_000)), None);
    }
}
