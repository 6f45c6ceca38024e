//! Titles from a list: a table of numbers and titles, or a list of known discs.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use discs::dat::Dat;
use discs::game::Game;
use discs::iso9660::{Layers, Listing};
use discs::name::{is_image, is_zso};

use crate::disc;
use crate::error::{At, Error};
use crate::identify::{identify, open_list};
use crate::input::open;
use crate::progress::Watch;

/// A table is not larger.
const MOST_BYTES: u64 = 16 << 20;
/// What can stand between a number and a title.
const DELIMITERS: &[u8] = b",;\t";
/// How lists of known discs begin: XML, or a zip file.
const DAT_BEGINS: [&[u8]; 3] = [b"<", b"\xEF\xBB\xBF<", b"PK"];

/// Titles of games.
#[derive(Debug)]
pub enum Titles {
    /// By the game's number or the file's name, as `key` has them.
    Table(HashMap<String, String>),
    /// By checksums.
    Dat(Dat),
}

impl Titles {
    /// Reads a list: a DAT file, zipped or not, or a table whose lines have a number, `SLES_123.45` or `SLES-12345`, or
    /// a file's name, and after a comma, semicolon or tab a title.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let mut bytes = Vec::new();
        open(path)?
            .take(MOST_BYTES)
            .read_to_end(&mut bytes)
            .at(path)?;
        if DAT_BEGINS.iter().any(|begin| bytes.starts_with(begin)) {
            return open_list(path).map(Self::Dat);
        }
        let text = String::from_utf8_lossy(&bytes);
        let table = parse(text.trim_start_matches('\u{FEFF}'));
        match table.is_empty() {
            true => Err(Error::Titles {
                path: path.to_owned(),
            }),
            false => Ok(Self::Table(table)),
        }
    }

    /// The title of the disc in the file at `path`, if it is listed. With a list of known discs, all of it is read.
    ///
    /// # Errors
    /// Those of the disc, and [`Error::Interrupted`].
    pub fn of(&self, path: &Path, watch: Watch<'_>) -> Result<Option<String>, Error> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let disc = disc::open(path)?;
        let mut memory = disc.memory();
        let mut reader = disc.reader(&mut memory).at(path)?;
        match self {
            Self::Dat(dat) => {
                let known = identify(dat, path, &mut reader, watch)?;
                Ok(known.map(|game| game.name.to_string()))
            }
            Self::Table(table) => {
                if let Some(title) = table.get(&key(&name)) {
                    return Ok(Some(title.clone()));
                }
                let Some(layers) = Layers::of(&mut reader).at(path)? else {
                    return Ok(None);
                };
                let listing = Listing::of(&mut reader, &layers).at(path)?;
                let game = Game::of(&mut reader, &listing).at(path)?;
                let program = game.map(|game| game.program);
                Ok(program.and_then(|program| table.get(&key(&program)).cloned()))
            }
        }
    }
}

/// Lines of a number or name, and a title, each perhaps between quotes. What is no such line is left out.
fn parse(text: &str) -> HashMap<String, String> {
    let first = text.lines().next().unwrap_or_default();
    let found = first.bytes().find(|byte| DELIMITERS.contains(byte));
    let mut lines = csv::ReaderBuilder::new()
        .delimiter(found.unwrap_or(b','))
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let titles = lines.records().filter_map(|record| {
        let record = record.ok()?;
        let (name, title) = (key(record.get(0)?), record.get(1)?);
        (!name.is_empty() && !title.is_empty()).then(|| (name, title.to_owned()))
    });
    titles.collect()
}

/// What makes a number the same in whatever form, and a file's name with any ending of an image: `SLES_123.45` and
/// `sles-12345`, `Game.iso` and `Game.zso`.
fn key(name: &str) -> String {
    let path = Path::new(name);
    let stem = match name.rsplit_once('.') {
        Some((stem, _)) if is_image(path) || is_zso(path) => stem,
        _ => name,
    };
    let letters = stem.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_read_however_they_are_written() {
        for text in [
            "SLES_123.45,Game One\nB.iso,Game Two\n",
            "number;title\r\nsles-12345;Game One\r\nB;Game Two\r\n",
            "SLES12345\tGame One\nb.zso\tGame Two",
            "\"SLES-12345\",\"Game One\",more\n\nbad\n,\nB,Game Two",
        ] {
            let table = parse(text);
            let title = |name| table.get(&key(name)).map(String::as_str);
            assert_eq!(title("SLES_123.45"), Some("Game One"), "{text}");
            assert_eq!(title("B.ZSO"), Some("Game Two"), "{text}");
            assert_eq!(title("C.iso"), None, "{text}");
        }
        let quoted = parse("SLES_123.45,\"One, and \"\"Two\"\"\"");
        assert_eq!(quoted["SLES12345"], "One, and \"Two\"");
        assert!(parse("no table").is_empty());
    }
}
