//! File names of images, as loaders list them: `SLES_123.45.Title.zso`, or any other with a known ending.

/// What names of images end with, as words: a quarter of the code that comparing letters takes.
const ISO: u32 = u32::from_le_bytes(*b".iso");
const ZSO: u32 = u32::from_le_bytes(*b".zso");

/// What a file's name says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Name<'n> {
    /// The game's id before the title; without one, the loader looks into the image.
    pub id: Option<&'n [u8; 11]>,
    /// The title, never empty. Bytes, as file systems have any.
    pub title: &'n [u8],
}

impl<'n> Name<'n> {
    /// What the name says, without its folder; nothing if loaders do not list such a file.
    ///
    /// ```
    /// use zso::launch::Name;
    ///
    /// let name = Name::parse(b"SLES_123.45.Title.ZSO").expect("an image");
    /// assert_eq!((name.id, name.title), (Some(b"SLES_123.45"), &b"Title"[..]));
    /// assert_eq!(Name::parse(b"Any title.iso").and_then(|name| name.id), None);
    /// ```
    #[must_use]
    pub fn parse(name: &'n [u8]) -> Option<Self> {
        let (stem, ending) = name.split_last_chunk()?;
        // Only capital letters become small ones by this bit, and nothing else becomes one of these.
        let small = u32::from_le_bytes(*ending) | u32::from_le_bytes([0, 0x20, 0x20, 0x20]);
        if stem.is_empty() || !matches!(small, ISO | ZSO) {
            return None;
        }
        let with_id = split_id(stem);
        Some(Self {
            id: with_id.map(|(id, _)| id),
            title: with_id.map_or(stem, |(_, title)| title),
        })
    }
}

/// The id and what is after it. Looks at the punctuation alone, as loaders do: ids of home-made games have any
/// letters.
fn split_id(stem: &[u8]) -> Option<(&[u8; 11], &[u8])> {
    let (id, rest) = stem.split_first_chunk()?;
    match (id, rest) {
        ([_, _, _, _, b'_', _, _, _, b'.', _, _], [b'.', title @ ..]) if !title.is_empty() => {
            Some((id, title))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(name: &str) -> Option<(Option<&str>, &str)> {
        let text = |bytes| core::str::from_utf8(bytes).unwrap();
        let name = Name::parse(name.as_bytes())?;
        Some((name.id.map(|id| text(id)), text(name.title)))
    }

    #[test]
    fn names_with_an_id() {
        for ending in ["iso", "ISO", "zso", "ZSO", "Zso"] {
            let name = std::format!("SLES_123.45.Title.{ending}");
            assert_eq!(parsed(&name), Some((Some("SLES_123.45"), "Title")));
        }
        assert_eq!(
            parsed("slus_200.62.A.iso"),
            Some((Some("slus_200.62"), "A"))
        );
        assert_eq!(
            parsed("HOME_MAD.EX.Game v1.0.zso"),
            Some((Some("HOME_MAD.EX"), "Game v1.0"))
        );
    }

    #[test]
    fn free_names() {
        for title in [
            "A",
            "Some Game (Europe)",
            "SLES_123.45",
            "SLES_123.45.",
            "SLES-12345.Title",
            "ä.b",
        ] {
            assert_eq!(parsed(&std::format!("{title}.zso")), Some((None, title)));
        }
    }

    #[test]
    fn other_files() {
        for name in [
            "",
            ".",
            "iso",
            ".iso",
            ".zso",
            "game",
            "game.cue",
            "game.iso.part",
            "game.zso.00",
            "zso",
        ] {
            assert_eq!(parsed(name), None, "{name}");
        }
    }

    extern crate std;
}
