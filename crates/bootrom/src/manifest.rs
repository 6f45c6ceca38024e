//! The manifest: a text file on the disc, one order a line.
//!
//! ```text
//! read GAME.ZSO cd 512 0123abcd
//! disc dvd 1000 64
//! cases
//! selftest
//! ```

use core::fmt;
use core::str::{FromStr, SplitAsciiWhitespace};

use crc::{CRC_32_ISO_HDLC, Crc, Table};

/// The checksum of images, which is also that of zip files.
pub const CRC32: Crc<u32, Table<1>> = Crc::<u32, Table<1>>::new(&CRC_32_ISO_HDLC);

/// The longest name of a file, in bytes: eight, a dot, three.
pub const NAME_LEN: usize = 12;

/// What reads the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// The disc drive's command for CDs.
    Cd,
    /// The disc drive's command for DVDs.
    Dvd,
    /// The host's file system, by the kernel's file functions.
    Host,
    /// The disc drive, by the object for Open PS2 Loader that decodes while it reads.
    Opl,
}

impl Source {
    pub const ALL: [Self; 4] = [Self::Cd, Self::Dvd, Self::Host, Self::Opl];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cd => "cd",
            Self::Dvd => "dvd",
            Self::Host => "host",
            Self::Opl => "opl",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order<'a> {
    /// Read all of an image.
    Read(Image<'a>),
    Disc(Stretch),
    /// Try what goes wrong.
    Cases,
    /// Run the module for volunteers' consoles.
    Selftest,
}

/// An image, and what is in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Image<'a> {
    pub name: &'a str,
    pub source: Source,
    /// Sectors of the disc in it.
    pub sectors: u32,
    pub crc: u32,
}

/// Sectors of the disc, one after the other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stretch {
    /// By which command: [`Source::Cd`] or [`Source::Dvd`].
    pub source: Source,
    pub first: u32,
    /// How many, or 0 for the whole volume.
    pub sectors: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ManifestError {
    /// There is a word too few or too many.
    Words,
    /// The first word is not known.
    Order,
    /// The name is longer than [`NAME_LEN`].
    Name,
    /// The source is not known.
    Source,
    Number,
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Words => "a word too few or too many",
            Self::Order => "an unknown order",
            Self::Name => "a name that is too long",
            Self::Source => "an unknown source",
            Self::Number => "a number that is none",
        })
    }
}

impl core::error::Error for ManifestError {}

/// The orders of a manifest. Bytes from the first zero on are none of it.
pub fn orders(text: &str) -> impl Iterator<Item = Result<Order<'_>, ManifestError>> {
    let text = text.split('\0').next().unwrap_or_default();
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(Order::parse)
}

impl<'a> Order<'a> {
    /// The order of a line.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(line: &'a str) -> Result<Self, ManifestError> {
        let mut words = line.split_ascii_whitespace();
        let order = match words.next() {
            Some("read") => Self::Read(Image::parse(&mut words)?),
            Some("disc") => Self::Disc(Stretch::parse(&mut words)?),
            Some("cases") => Self::Cases,
            Some("selftest") => Self::Selftest,
            _ => return Err(ManifestError::Order),
        };
        match words.next() {
            None => Ok(order),
            Some(_) => Err(ManifestError::Words),
        }
    }
}

impl<'a> Image<'a> {
    fn parse(words: &mut SplitAsciiWhitespace<'a>) -> Result<Self, ManifestError> {
        let mut word = || words.next().ok_or(ManifestError::Words);
        let (name, source, sectors, crc) = (word()?, word()?, word()?, word()?);
        if name.len() > NAME_LEN {
            return Err(ManifestError::Name);
        }
        Ok(Self {
            name,
            source: source.parse()?,
            sectors: sectors.parse().map_err(|_| ManifestError::Number)?,
            crc: u32::from_str_radix(crc, 16).map_err(|_| ManifestError::Number)?,
        })
    }
}

impl Stretch {
    fn parse(words: &mut SplitAsciiWhitespace<'_>) -> Result<Self, ManifestError> {
        let mut word = || words.next().ok_or(ManifestError::Words);
        let (source, first, sectors) = (word()?, word()?, word()?);
        let source = source.parse()?;
        if !matches!(source, Source::Cd | Source::Dvd) {
            return Err(ManifestError::Source);
        }
        Ok(Self {
            source,
            first: first.parse().map_err(|_| ManifestError::Number)?,
            sectors: sectors.parse().map_err(|_| ManifestError::Number)?,
        })
    }
}

impl FromStr for Source {
    type Err = ManifestError;

    fn from_str(word: &str) -> Result<Self, ManifestError> {
        let known = Self::ALL.into_iter().find(|source| source.name() == word);
        known.ok_or(ManifestError::Source)
    }
}

impl fmt::Display for Order<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(image) => {
                let source = image.source.name();
                let Image {
                    name, sectors, crc, ..
                } = image;
                write!(f, "read {name} {source} {sectors} {crc:08x}")
            }
            Self::Disc(Stretch {
                source,
                first,
                sectors,
            }) => write!(f, "disc {} {first} {sectors}", source.name()),
            Self::Cases => f.write_str("cases"),
            Self::Selftest => f.write_str("selftest"),
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::string::ToString;
    use std::vec::Vec;

    const GAME: Order<'_> = Order::Read(Image {
        name: "GAME.ZSO",
        source: Source::Dvd,
        sectors: 512,
        crc: 0x0012_3ABC,
    });

    #[test]
    fn what_is_written_is_read() {
        let disc = Order::Disc(Stretch {
            source: Source::Cd,
            first: 7,
            sectors: 0,
        });
        let text = std::format!(
            "{GAME}\n\n{}\n{disc}\n{}\n\0\0 rest of the sector",
            Order::Cases,
            Order::Selftest
        );
        let read: Result<Vec<_>, _> = orders(&text).collect();
        assert_eq!(
            read,
            Ok(Vec::from([GAME, Order::Cases, disc, Order::Selftest]))
        );
        assert_eq!(GAME.to_string(), "read GAME.ZSO dvd 512 00123abc");
    }

    #[test]
    fn lines_that_are_no_orders() {
        for (line, error) in [
            ("write X", ManifestError::Order),
            ("read A cd 1", ManifestError::Words),
            ("cases now", ManifestError::Words),
            ("read A.ZSO cd 1 0 0", ManifestError::Words),
            ("read ABCDEFGHI.ZSO cd 1 0", ManifestError::Name),
            ("read A.ZSO usb 1 0", ManifestError::Source),
            ("read A.ZSO cd -1 0", ManifestError::Number),
            ("disc cd 0", ManifestError::Words),
            ("disc opl 0 0", ManifestError::Source),
            ("read A.ZSO cd 1 x", ManifestError::Number),
        ] {
            assert_eq!(Order::parse(line), Err(error), "{line}");
        }
    }

    #[test]
    fn the_checksum_is_the_common_one() {
        assert_eq!(CRC32.checksum(b"123456789"), 0xCBF4_3926);
    }
}
