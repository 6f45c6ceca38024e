//! What a game is called: as somebody says, or else by its file's name, or else by the disc's own.

use std::path::Path;

use serde::Serialize;

use crate::game::GameId;
use crate::name::{is_holder, is_image, is_zso, whole_of_part};

/// A title.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Title {
    /// The title itself.
    pub text: String,
    /// Where it is from.
    pub source: TitleSource,
}

/// Where a title is from, the best first.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TitleSource {
    /// The user said so.
    Given,
    /// A database of discs.
    Dat,
    /// The file's name.
    FileName,
    /// The disc's own name.
    Volume,
}

impl Title {
    /// The title of a game that nobody has named: out of the name of its file, which comes without a folder; or else
    /// the name of the disc's `volume`, if that says anything.
    pub fn of(file_name: &str, volume: &str) -> Option<Self> {
        let (text, source) = match NamedFile::parse(file_name).title {
            Some(text) => (text, TitleSource::FileName),
            None => (of_volume(volume)?, TitleSource::Volume),
        };
        Some(Self { text, source })
    }
}

/// What a file's name says of the game in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedFile {
    /// The number that it carries, `SLES_123.45.Title.iso` or `Title [SLES-12345].iso`.
    pub number: Option<GameId>,
    /// The rest, without ending.
    pub title: Option<String>,
}

impl NamedFile {
    /// Takes a name apart, which comes without a folder.
    pub fn parse(name: &str) -> Self {
        let stem = stem(name);
        let (number, rest) = match stem.strip_prefix("ul.").and_then(|ul| ul.split_once('.')) {
            // USBExtreme's parts: a checksum, and the program that somebody chose. The title is in the list.
            Some(_) => (None, String::new()),
            None => without_number(stem),
        };
        let title = Some(rest).filter(|title| !title.is_empty());
        Self { number, title }
    }
}

/// A file's name without the endings that files with discs go by, the number of a part among them.
fn stem(name: &str) -> &str {
    let is_known = |path: &Path| is_image(path) || is_zso(path) || is_holder(path);
    let whole = whole_of_part(name).unwrap_or(name);
    match whole.rsplit_once('.') {
        Some((stem, _)) if is_known(Path::new(whole)) => stem,
        _ => whole,
    }
}

/// What separates a number from a title.
const SEPARATORS: [char; 4] = ['.', ' ', '_', '-'];

/// Takes a game's number off a name: one in brackets, or one at its start or end.
fn without_number(name: &str) -> (Option<GameId>, String) {
    let is_letter = |c: char| c.is_ascii_alphanumeric();
    for (at, _) in name.char_indices() {
        let (before, rest) = name.split_at(at);
        let number = match at {
            // As loaders see it: any letters, with this punctuation.
            0 => strict(rest).or_else(|| loose(rest)),
            _ => loose(rest),
        };
        let Some((number, after)) = number else {
            continue;
        };
        if before.ends_with(is_letter) || after.starts_with(is_letter) {
            continue;
        }
        let brackets = [('[', ']'), ('(', ')')]
            .into_iter()
            .find_map(|(open, close)| {
                Some((before.strip_suffix(open)?, after.strip_prefix(close)?))
            });
        let (before, after) = match brackets {
            Some(outside) => outside,
            None if before.is_empty() || after.is_empty() => (before, after),
            None => continue,
        };
        let (before, after) = (
            before.trim_end_matches(SEPARATORS),
            after.trim_start_matches(SEPARATORS),
        );
        let title = format!("{before} {after}");
        return (Some(number), title.trim().to_owned());
    }
    (None, name.trim().to_owned())
}

/// A number as the console writes it, and what follows.
fn strict(text: &str) -> Option<(GameId, &str)> {
    let (id, rest) = text.split_at_checked(GameId::LEN)?;
    Some((GameId::parse(id)?, rest))
}

/// A number as people write it, `SLES-12345`, `sles12345` or `SLES_123.45`, and what follows. Only the series that
/// there are: four letters and five digits can be something else.
fn loose(text: &str) -> Option<(GameId, &str)> {
    let (series, rest) = text.split_at_checked(4)?;
    let rest = rest.strip_prefix(['-', '_', ' ', '.']).unwrap_or(rest);
    let (high, rest) = rest.split_at_checked(3)?;
    let rest = rest.strip_prefix('.').unwrap_or(rest);
    let (low, rest) = rest.split_at_checked(2)?;
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_meant = is_series(&series.to_ascii_uppercase()) && are_digits(high) && are_digits(low);
    let id = GameId::parse(&format!("{series}_{high}.{low}"))?;
    is_meant.then_some((id, rest))
}

/// Whether games have numbers that begin so.
fn is_series(letters: &str) -> bool {
    let sold = ["SC", "SL", "SI", "TC", "TL"];
    sold.iter().any(|start| letters.starts_with(start))
        || letters.starts_with('P') && letters.ends_with("PX")
}

/// Names that programs give to discs that nobody has named, without digits at the end.
const UNNAMED: &str = "CD CDROM CDIMAGE DATA DISC DISK DVD DVDROM DVDVIDEO GAME IMAGE ISO ISOIMAGE MYDISC NEW NEWVOLUME \
                       NONAME NONE PLAYSTATION PS PSCD PSDVD UNDEFINED UNTITLED";

/// The title that a volume's name is. Nothing if it says nothing: what a program puts there by itself, or a number, of
/// this game or of the one that the disc was made of.
fn of_volume(name: &str) -> Option<String> {
    let (_, title) = without_number(name);
    let title = title
        .replace('_', " ")
        .replace(char::REPLACEMENT_CHARACTER, "_");
    let letters: String = title.chars().filter(char::is_ascii_alphanumeric).collect();
    let letters = letters.to_ascii_uppercase().replace("PS2", "PS");
    let word = letters.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_unnamed = UNNAMED.split(' ').any(|unnamed| unnamed == word);
    let says_something = !is_unnamed && title.chars().any(char::is_alphabetic);
    says_something.then(|| title.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(name: &str) -> (Option<String>, Option<String>) {
        let NamedFile { number, title } = NamedFile::parse(name);
        (number.map(|id| id.as_str().to_owned()), title)
    }

    #[test]
    fn titles_in_names() {
        for (name, title) in [
            ("ul.0123ABCD.SLES_123.45.00", None),
            ("Some Game (Europe).iso", Some("Some Game (Europe)")),
            ("Some Game.CSO", Some("Some Game")),
            ("Some Game.cue", Some("Some Game")),
            ("game.iso.00", Some("game")),
            ("Game v1.00", Some("Game v1.00")),
            ("Mr. Driller", Some("Mr. Driller")),
            ("Park 12345.iso", Some("Park 12345")),
            ("Any SLES-12345 Game.iso", Some("Any SLES-12345 Game")),
            ("SLES-123456.iso", Some("SLES-123456")),
            (" .iso", None),
            ("", None),
        ] {
            assert_eq!(parts(name), (None, title.map(str::to_owned)), "{name}");
        }
    }

    #[test]
    fn numbers_are_taken_off_titles_in_any_form() {
        for name in [
            "SLES_123.45.Some Game.iso",
            "sles_123.45.Some Game.zso",
            "[SLES12345] Some Game.iso",
            "Some Game [SLES-12345].iso",
            "(SLES-12345) Some Game.iso",
            "Some Game (sles_123.45).chd",
            "SLES-12345 - Some Game.iso",
            "SLES_12345.Some Game.iso",
            "SLES 12345 Some Game.bin",
            "Some Game - SLES-12345.iso",
        ] {
            let expected = (Some("SLES_123.45".to_owned()), Some("Some Game".to_owned()));
            assert_eq!(parts(name), expected, "{name}");
        }
        let both = "Some Game (Europe) [SLES-12345] (v2.00).iso";
        assert_eq!(parts(both).1.as_deref(), Some("Some Game (Europe) (v2.00)"));
        // Home-made games have any letters, as loaders want them.
        assert_eq!(parts("HOME_MAD.EX.Game.iso").1.as_deref(), Some("Game"));
        for name in ["SLES_123.45.iso", "SLES_123.45"] {
            assert_eq!(
                parts(name),
                (Some("SLES_123.45".to_owned()), None),
                "{name}"
            );
        }
    }

    #[test]
    fn the_file_names_a_game_or_else_the_disc_does() {
        let title = |name, volume| Title::of(name, volume).map(|title| title.text);
        assert_eq!(title("My Game.iso", "GAME_ONE").as_deref(), Some("My Game"));
        assert_eq!(
            title("SLES_123.45.iso", "GAME_ONE").as_deref(),
            Some("GAME ONE")
        );
        let source = Title::of("SLES_123.45.iso", "GAME_ONE").map(|title| title.source);
        assert_eq!(source, Some(TitleSource::Volume));
    }

    #[test]
    fn volumes_that_nobody_has_named_say_nothing() {
        for volume in [
            "",
            " ",
            "CDROM",
            "NEW",
            "NEW_VOLUME",
            "UNDEFINED",
            "DISC1",
            "DVD_VIDEO",
            "PS2DVD",
            "PLAYSTATION2",
            "SLES_12345",
            "SLUS-98765",
            "SLUS_987.65",
            "20030512_1200",
            "___",
        ] {
            assert_eq!(of_volume(volume), None, "{volume}");
        }
        for (volume, title) in [
            ("NEWS_ROOM", "NEWS ROOM"),
            ("GAME_ONE", "GAME ONE"),
            ("DISCWORLD", "DISCWORLD"),
            ("SLES_12345_KATAMARI", "KATAMARI"),
            ("A\u{FFFD}B", "A_B"),
        ] {
            assert_eq!(of_volume(volume).as_deref(), Some(title));
        }
    }
}
