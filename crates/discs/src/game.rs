//! Which game a disc is: what its `SYSTEM.CNF` starts, and what loaders want its file to be called.

use crate::disc::DiscReader;
use crate::error::Error;
use crate::iso9660::{FileEntry, Listing};
use crate::name::part_of_title;

/// The file that says what to start.
const SYSTEM_CNF: &str = "SYSTEM.CNF";
/// More of it is not read.
const MOST_BYTES: usize = 4096;
/// How programs of this console begin; those of the first PlayStation are no ELF files.
const ELF: &[u8] = b"\x7FELF";
/// Letters of a title that every release of OPL shows; games with longer ones are left out of its list.
pub const LONGEST_TITLE: usize = 64;

/// The number of a game as the console writes it: `SLES_123.45`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct GameId(String);

impl GameId {
    /// Letters that an id has.
    pub const LEN: usize = 11;

    /// The id that `text` is, small letters or capital ones: `SLES_123.45`.
    pub fn parse(text: &str) -> Option<Self> {
        // Looks at the punctuation alone, as loaders do: ids of home-made games have any letters.
        let fits = |(at, byte): (usize, u8)| match at {
            4 => byte == b'_',
            8 => byte == b'.',
            _ => byte.is_ascii_alphanumeric(),
        };
        let is_id = text.len() == Self::LEN && text.bytes().enumerate().all(fits);
        is_id.then(|| Self(text.to_ascii_uppercase()))
    }

    /// As the console writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is printed on the disc: `SLES-12345`.
    pub fn serial(&self) -> String {
        self.0.replace('_', "-").replace('.', "")
    }
}

/// The console that a disc is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
pub enum Console {
    /// PlayStation.
    #[serde(rename = "PS1")]
    Ps1,
    /// PlayStation 2.
    #[serde(rename = "PS2")]
    Ps2,
}

/// What is unusual in a `SYSTEM.CNF` that is read all the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Oddity {
    /// It begins with a byte order mark.
    Mark,
    /// It is in UTF-16.
    Utf16,
    /// It has `BOOT`, as discs of the first PlayStation, and names a program of this console.
    Boot,
}

/// What a disc starts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Game {
    /// The console.
    pub console: Console,
    /// The program's path on the disc, without device and version.
    pub program: String,
    /// The game's number, if the program is named after it.
    pub id: Option<GameId>,
    /// The game's version, as it says.
    pub version: Option<String>,
    /// The television system, as it says.
    pub video: Option<String>,
    /// What is unusual in the file that says all this.
    pub oddities: Vec<Oddity>,
}

impl Game {
    /// The game on a disc; nothing if nothing is to be started on it.
    pub fn of(reader: &mut DiscReader<'_>, listing: &Listing) -> Result<Option<Self>, Error> {
        let Some(file) = listing.find(SYSTEM_CNF) else {
            return Ok(None);
        };
        let (text, oddity) = text(&read(reader, file, MOST_BYTES)?);
        let Some(mut game) = Self::parse(&text) else {
            return Ok(None);
        };
        game.oddities.extend(oddity);
        if game.console == Console::Ps1
            && let Some(program) = listing.find(&game.program)
            && read(reader, program, ELF.len())? == ELF
        {
            game.console = Console::Ps2;
            game.oddities.push(Oddity::Boot);
        }
        Ok(Some(game))
    }

    /// The game that a `SYSTEM.CNF` starts.
    pub fn parse(system_cnf: &str) -> Option<Self> {
        let value = |key: &str| {
            let mut lines = system_cnf.split(['\r', '\n', '\0']);
            let value = lines.find_map(|line| {
                let (name, value) = line.split_once('=')?;
                name.trim().eq_ignore_ascii_case(key).then(|| value.trim())
            });
            value.filter(|value| !value.is_empty())
        };
        let boot = |key, console| value(key).map(|value| (console, value));
        let (console, boot) = boot("BOOT2", Console::Ps2).or_else(|| boot("BOOT", Console::Ps1))?;
        let program = program(boot);
        Some(Self {
            console,
            id: GameId::parse(program.rsplit('/').next().unwrap_or_default()),
            program,
            version: value("VER").map(str::to_owned),
            video: value("VMODE").map(str::to_owned),
            oddities: Vec::new(),
        })
    }
}

/// The start of a file.
fn read(reader: &mut DiscReader<'_>, file: &FileEntry, most: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![0; most.min(file.extent.bytes as usize)];
    let at = u64::from(file.extent.lsn) * zso::SECTOR_SIZE as u64;
    let read = reader.read_at(at, &mut bytes)?;
    bytes.truncate(read);
    Ok(bytes)
}

/// A text without anything that would upset a terminal, in whichever encoding an editor has left it.
fn text(bytes: &[u8]) -> (String, Option<Oddity>) {
    let utf_16 = |number: fn([u8; 2]) -> u16| {
        let units = bytes.as_chunks().0.iter().map(|pair| number(*pair));
        let text = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
        text.filter(|c| *c != '\u{FEFF}').collect()
    };
    let (text, oddity): (String, _) = match bytes {
        [0xFF, 0xFE, ..] | [_, 0, _, 0, ..] => (utf_16(u16::from_le_bytes), Some(Oddity::Utf16)),
        [0xFE, 0xFF, ..] | [0, _, 0, _, ..] => (utf_16(u16::from_be_bytes), Some(Oddity::Utf16)),
        [0xEF, 0xBB, 0xBF, rest @ ..] => (
            rest.iter().map(|byte| char::from(*byte)).collect(),
            Some(Oddity::Mark),
        ),
        _ => (bytes.iter().map(|byte| char::from(*byte)).collect(), None),
    };
    let shown = |c| match c {
        '\t' => ' ',
        ' '..='~' | '\r' | '\n' | '\0' => c,
        _ => char::REPLACEMENT_CHARACTER,
    };
    (text.chars().map(shown).collect(), oddity)
}

/// `cdrom0:\DIR\SLES_123.45;1 -arguments` to `DIR/SLES_123.45`.
fn program(boot: &str) -> String {
    let path = boot.split_whitespace().next().unwrap_or_default();
    let path = path.split_once(':').map_or(path, |(_, path)| path);
    let path = path.split_once(';').map_or(path, |(path, _)| path);
    path.replace('\\', "/").trim_matches('/').to_owned()
}

/// The name under which OPL lists a file: `SLES_123.45.Title.zso`.
///
/// What a name cannot have is left out of the title, and so is what is longer than [`LONGEST_TITLE`].
pub fn opl_name(id: &GameId, title: &str, ending: &str) -> String {
    format!(
        "{}.{}.{ending}",
        id.as_str(),
        part_of_title(title, LONGEST_TITLE)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> GameId {
        GameId::parse(text).unwrap()
    }

    #[test]
    fn usual_system_cnf() {
        let game = Game::parse("BOOT2 = cdrom0:\\SLES_123.45;1\r\nVER = 1.00\r\nVMODE = PAL\r\n");
        let game = game.unwrap();
        assert_eq!(game.console, Console::Ps2);
        assert_eq!(game.program, "SLES_123.45");
        assert_eq!(
            game.id.as_ref().map(GameId::serial).as_deref(),
            Some("SLES-12345")
        );
        assert_eq!(game.version.as_deref(), Some("1.00"));
        assert_eq!(game.video.as_deref(), Some("PAL"));
    }

    #[test]
    fn odd_system_cnf() {
        let programs = [
            ("boot2=cdrom0:SLUS_200.62;1", "SLUS_200.62"),
            (
                "VER=1\nBOOT2 =cdrom0:\\\\SUB\\SCPS_150.01;1 -x\0junk",
                "SUB/SCPS_150.01",
            ),
            (
                "HDDUNITPOWER = NIC\r\n BOOT2\t= cdrom0:\\MAIN.ELF",
                "MAIN.ELF",
            ),
            ("BOOT = cdrom:\\SLPS_012.34;1", "SLPS_012.34"),
        ];
        for (text, program) in programs {
            assert_eq!(
                Game::parse(&text.replace('\t', " ")).unwrap().program,
                program
            );
        }
        assert_eq!(Game::parse("BOOT2 = cdrom0:\\MAIN.ELF").unwrap().id, None);
        assert_eq!(Game::parse("BOOT = a").unwrap().console, Console::Ps1);
        for text in ["", "BOOT2", "BOOT2 = \r\n", "VER = 1.00"] {
            assert_eq!(Game::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_system_cnf_that_an_editor_has_encoded_is_read() {
        let plain = "BOOT2 = cdrom0:\\SLES_123.45;1\r\n";
        let units = || plain.encode_utf16();
        let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
        for (bytes, oddity) in [
            (plain.as_bytes().to_vec(), None),
            (
                [b"\xEF\xBB\xBF", plain.as_bytes()].concat(),
                Some(Oddity::Mark),
            ),
            (little.clone(), Some(Oddity::Utf16)),
            ([&b"\xFF\xFE"[..], &little].concat(), Some(Oddity::Utf16)),
            (big.clone(), Some(Oddity::Utf16)),
            ([&b"\xFE\xFF"[..], &big].concat(), Some(Oddity::Utf16)),
        ] {
            assert_eq!(text(&bytes), (plain.to_owned(), oddity));
        }
        assert_eq!(text(b"A\x1B\tB\xE9").0, "A\u{FFFD} B\u{FFFD}");
    }

    #[test]
    fn ids() {
        assert_eq!(id("slus_200.62").as_str(), "SLUS_200.62");
        for text in [
            "",
            "SLES-123.45",
            "SLES_12345",
            "SLES_123.4-",
            "SLES_123.456",
            "ÄLE_123.45",
        ] {
            assert_eq!(GameId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn names_for_opl() {
        let name = |title| opl_name(&id("SLES_123.45"), title, "zso");
        assert_eq!(name("Title"), "SLES_123.45.Title.zso");
        assert_eq!(name(" A:  B / \"C\"? "), "SLES_123.45.A- B - C.zso");
        assert_eq!(name("..."), "SLES_123.45.Unnamed.zso");
        assert_eq!(
            name(&"ä".repeat(50)),
            format!("SLES_123.45.{}.zso", "ä".repeat(32))
        );
    }
}
