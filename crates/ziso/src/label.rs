//! What a loader's menu says of a game, from inside the image.

use std::path::Path;

use ps2_apa::game::{DISC_SECTOR, Dma};
use ps2_apa::{GameHeader, Id, Media};

use discs::game::{Console, Game};
use discs::iso9660::{Layers, Listing};
use discs::name::is_part;
use discs::title::Title;
use discs::{DiscReader, Form};

use crate::disc::Disc;
use crate::error::{At, Error};

/// Where a volume's descriptor is.
const DESCRIPTOR: u32 = 16;
/// What the descriptor of a CD has at [`CD_MARK_AT`]. That of a DVD has zeros there.
const CD_MARK: &[u8] = b"CD-XA001";
const CD_MARK_AT: usize = 1024;
/// No CD is larger.
const CD_BYTES: u64 = 750 << 20;
/// Letters of the title that fit into a partition's name.
const ID_TITLE: usize = 16;

/// What a menu says of a game, and what its loader has to know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    pub title: String,
    pub startup: String,
    pub media: Media,
    /// The first sector of a second layer; 0 without one.
    pub layer_break: u32,
    pub compressed: bool,
    /// Size of the image's file, in bytes.
    pub file_bytes: u64,
    /// Size of the disc in it, in bytes.
    pub disc_bytes: u64,
}

/// What is to be said in place of what the image says.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Corrections {
    pub title: Option<String>,
    pub startup: Option<String>,
    pub media: Option<Media>,
}

/// Makes sure that loaders take the file as it is.
///
/// # Errors
/// [`Error::Form`], [`Error::NeverStored`].
pub(crate) fn check_form(disc: &Disc) -> Result<(), Error> {
    let path = || disc.file().path().to_owned();
    let is_packed = matches!(disc.form(), Form::Track(..) | Form::Cso(_) | Form::Chd(_));
    if is_packed || disc.file().is_inside() {
        return Err(Error::Form { path: path() });
    }
    match disc.never_stored() {
        0 => Ok(()),
        _ => Err(Error::NeverStored { path: path() }),
    }
}

impl Label {
    /// What the image says.
    ///
    /// # Errors
    /// [`Error::NoVolume`], [`Error::NotAGame`], [`Error::NoTitle`], [`Error::Form`], [`Error::NeverStored`],
    /// [`Error::Startup`]; others for what cannot be read.
    pub fn of(disc: &Disc, corrections: &Corrections) -> Result<Self, Error> {
        check_form(disc)?;
        let path = disc.file().path();
        disc.check_volume()
            .map_err(|error| match Error::of_disc(path, error) {
                Error::NoVolume { path, seems, .. } => Error::NoVolume {
                    path,
                    seems,
                    any_data: false,
                },
                error => error,
            })?;
        let mut memory = disc.memory();
        let mut reader = disc.reader(&mut memory).at(path)?;
        let Some(layers) = Layers::of(&mut reader).at(path)? else {
            let path = path.to_owned();
            return Err(Error::NotAGame { path });
        };
        let startup = match &corrections.startup {
            Some(startup) => startup.clone(),
            None => startup(&mut reader, &layers, path)?,
        };
        let title = match &corrections.title {
            Some(title) => title.clone(),
            None => title_of(path, &layers.first.name).unwrap_or_else(|| startup.clone()),
        };
        if title.trim().is_empty() {
            let path = path.to_owned();
            return Err(Error::NoTitle { path });
        }
        Ok(Self {
            title,
            startup: checked(startup)?,
            media: match corrections.media {
                Some(media) => media,
                None => media_of(&mut reader).at(path)?,
            },
            layer_break: layers.second.map_or(0, |second| second.start),
            compressed: matches!(disc.form(), Form::Zso(_)),
            file_bytes: disc.file_bytes(),
            disc_bytes: disc.bytes(),
        })
    }

    /// Sectors of a disc that the file takes: rounded up, or its last bytes would be lost.
    pub fn file_sectors(&self) -> u64 {
        self.file_bytes.div_ceil(DISC_SECTOR as u64)
    }

    /// The game's header, without its parts.
    pub fn header(&self, modes: u8) -> GameHeader {
        GameHeader {
            title: self.title.clone(),
            startup: self.startup.clone(),
            media: self.media,
            layer_break: self.layer_break,
            modes,
            dma: Dma::UDMA4,
            parts: Vec::new(),
        }
    }

    /// The name of the game's partition, `PP.SLES-12345..TITLE`; the console's own browser does not show a hidden one.
    ///
    /// Games with one number and titles that begin alike, as the discs of one game, end with their `number` from the
    /// second on: `PP.SLES-12345..LONG_TITLE_WIT_2`.
    pub fn id(&self, hidden: bool, number: u32) -> Id {
        let ending = match number {
            0 | 1 => String::new(),
            number => format!("_{number}"),
        };
        let prefix = if hidden { "__." } else { "PP." };
        let letter = |c: Option<char>| match c {
            Some(c) if c.is_ascii_alphabetic() => c.to_ascii_uppercase(),
            _ => 'X',
        };
        let digit = |c: Option<char>| c.filter(char::is_ascii_digit).unwrap_or('0');
        let mut startup = self.startup.chars();
        let letters: String = (0..4).map(|_| letter(startup.next())).collect();
        let mut digits = startup.filter(|c| !matches!(c, '_' | '-' | '.'));
        let digits: String = (0..5).map(|_| digit(digits.next())).collect();
        let title = self
            .title
            .chars()
            .take(ID_TITLE.saturating_sub(ending.len()));
        let title = title.map(|c| match c {
            c if c.is_ascii_alphanumeric() => c.to_ascii_uppercase(),
            _ => '_',
        });
        Id::new(&format!(
            "{prefix}{letters}-{digits}..{}{ending}",
            title.collect::<String>()
        ))
    }
}

/// The title of a game, by the one rule for all: see [`Title::of`].
fn title_of(path: &Path, volume: &str) -> Option<String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Title::of(&name, volume).map(|title| title.text)
}

/// The program that the disc starts.
fn startup(reader: &mut DiscReader<'_>, layers: &Layers, path: &Path) -> Result<String, Error> {
    let listing = Listing::of(reader, layers).at(path)?;
    match Game::of(reader, &listing).at(path)? {
        Some(game) if game.console == Console::Ps2 => Ok(game.program),
        _ => Err(Error::NotAGame {
            path: path.to_owned(),
        }),
    }
}

fn checked(startup: String) -> Result<String, Error> {
    match startup.len() {
        1.. if !is_part(&startup) => Err(Error::StartupPath { startup }),
        1..=GameHeader::MAX_STARTUP => Ok(startup),
        _ => Err(Error::Startup { startup }),
    }
}

fn media_of(reader: &mut DiscReader<'_>) -> Result<Media, discs::Error> {
    let descriptor = reader.sector(DESCRIPTOR)?.unwrap_or([0; DISC_SECTOR]);
    let mark = descriptor.get(CD_MARK_AT..CD_MARK_AT + CD_MARK.len());
    Ok(match mark.unwrap_or_default() {
        CD_MARK => Media::CD,
        [0, 0, 0, 0, 0, 0, 0, 0] => Media::DVD,
        _ if reader.bytes() > CD_BYTES => Media::DVD,
        _ => Media::CD,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(title: &str, startup: &str) -> Label {
        Label {
            title: title.to_owned(),
            startup: startup.to_owned(),
            media: Media::DVD,
            layer_break: 0,
            compressed: true,
            file_bytes: 1,
            disc_bytes: 2048,
        }
    }

    #[test]
    fn partitions_are_called_as_other_installers_call_them() {
        let id = |title, startup, hidden| label(title, startup).id(hidden, 1).to_string();
        assert_eq!(
            id("Some Game", "SLES_123.45", false),
            "PP.SLES-12345..SOME_GAME"
        );
        assert_eq!(
            id("A: B (v2)", "sLuS_123.45", true),
            "__.SLUS-12345..A__B__V2_"
        );
        assert_eq!(
            id("Twenty letters title", "SLES_123.45", false),
            "PP.SLES-12345..TWENTY_LETTERS_T"
        );
        let third = label("Twenty letters title", "SLES_123.45").id(false, 3);
        assert_eq!(third.to_string(), "PP.SLES-12345..TWENTY_LETTERS_3");
        let twelfth = label("T", "SLES_123.45").id(false, 12);
        assert_eq!(twelfth.to_string(), "PP.SLES-12345..T_12");
        assert_eq!(id("ä", "MAIN.ELF", false), "PP.MAIN-00000.._");
        assert_eq!(id("T", "A1", false), "PP.AXXX-00000..T");
    }

    #[test]
    fn whole_sectors_are_rounded_up() {
        let mut label = label("T", "SLES_123.45");
        for (bytes, sectors) in [(1, 1), (2047, 1), (2048, 1), (2049, 2)] {
            label.file_bytes = bytes;
            assert_eq!(label.file_sectors(), sectors);
        }
    }
}
