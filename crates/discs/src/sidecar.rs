//! Files with checksums of other files: as `md5sum` and `sha1sum` write them, with their option `--tag`, or SFV.

use std::path::Path;

use crate::hashes::Checksum;

/// A file is not longer: that has room for the checksums of 30,000 files.
pub const MOST_BYTES: u64 = 4 << 20;

/// Why a file has no checksum for an image.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "a message says what its numbers and names are")]
pub enum SidecarFault {
    /// No line has one.
    #[error("no line has a CRC-32, MD5 or SHA-1 in it")]
    None,
    /// Some lines have one, but none has the image's name.
    #[error("none of its {lines} checksums is for a file of this name")]
    OfOthers { lines: usize },
}

/// The checksum that the text of such a file has for the image in the file `zso`.
///
/// It is the one whose file goes by the same name apart from its ending, or the only one.
pub fn checksum(text: &str, zso: &Path) -> Result<Checksum, SidecarFault> {
    let lines: Vec<_> = text.lines().filter_map(line).collect();
    let named = lines.iter().find(|(name, _)| is_same(name, zso));
    match (named, lines.as_slice()) {
        (Some((_, checksum)), _) | (None, [(_, checksum)]) => Ok(*checksum),
        (None, []) => Err(SidecarFault::None),
        (None, lines) => Err(SidecarFault::OfOthers { lines: lines.len() }),
    }
}

/// A file's name and checksum.
fn line(line: &str) -> Option<(&str, Checksum)> {
    let line = line.trim();
    if line.starts_with([';', '#']) {
        return None;
    }
    sum_first(line).or_else(|| sum_last(line))
}

/// `900150983cd24fb0d6963f7d28e17f72 *game.iso`, or the checksum alone.
fn sum_first(line: &str) -> Option<(&str, Checksum)> {
    let (digits, name) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let name = name.trim_start().trim_start_matches('*');
    Some((name, Checksum::parse(digits)?))
}

/// `MD5 (game.iso) = 900150983cd24fb0d6963f7d28e17f72`, or `game.iso 352441c2`.
fn sum_last(line: &str) -> Option<(&str, Checksum)> {
    let (name, digits) = line.rsplit_once(char::is_whitespace)?;
    let checksum = Checksum::parse(digits)?;
    let tagged = name
        .strip_suffix(") =")
        .and_then(|name| name.split_once('('));
    Some((tagged.map_or(name, |(_, name)| name).trim_end(), checksum))
}

/// Whether two files have the same name but for folder and ending.
fn is_same(name: &str, zso: &Path) -> bool {
    // Sidecars come from anywhere, with either kind of slash.
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = Path::new(name).file_stem();
    stem.is_some() && stem == zso.file_stem()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD5: &str = "900150983cd24fb0d6963f7d28e17f72";
    const SHA1: &str = "a9993e364706816aba3e25717850c26c9cd0d89d";

    fn chosen(text: &str) -> String {
        match checksum(text, Path::new("some/Game 1.zso")) {
            Ok(checksum) => checksum.to_string(),
            Err(fault) => fault.to_string(),
        }
    }

    #[test]
    fn all_forms_are_known() {
        for text in [
            format!("{SHA1}  Game 1.iso\n"),
            format!("{SHA1} *dir\\Game 1.bin\r\n"),
            format!("SHA1 (dir/Game 1.iso) = {SHA1}"),
            SHA1.to_uppercase(),
        ] {
            assert_eq!(chosen(&text), format!("SHA-1 {SHA1}"), "{text}");
        }
        assert_eq!(
            chosen("; by a tool\nGame 1.iso 352441C2"),
            "CRC-32 352441c2"
        );
    }

    #[test]
    fn the_right_line_is_chosen() {
        let others = format!("{SHA1}  Game 2.iso\n{MD5}  Game 3.iso\n");
        assert_eq!(
            chosen(&format!("{others}{MD5}  Game 1.iso\n")),
            format!("MD5 {MD5}")
        );
        assert!(chosen(&others).contains("none of its 2"));
        assert!(chosen("nothing\n").contains("no line"));
        assert!(chosen("").contains("no line"));
    }
}
