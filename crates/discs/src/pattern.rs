//! Which files of a disc are meant by a pattern such as `*.PSS`.

use std::ops::Range;
use std::str::FromStr;

use glob::{MatchOptions, Pattern as Glob};

use crate::disc::Disc;
use crate::error::Error;
use crate::iso9660::{FileEntry, Layers, Listing};
use crate::read_at::ReadAt;

/// Capital letters or not; `*` stays within a folder.
const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: false,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

/// A pattern for files: for their names, or with a `/` in it for their paths from the root on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern {
    glob: Glob,
    /// Whether it is about the whole path.
    is_path: bool,
}

/// What is wrong with a pattern.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{text:?} is no pattern for files, from letter {at} on; an example is '*.PSS', in quotes")]
pub struct PatternError {
    /// The pattern.
    pub text: String,
    /// Which of its letters makes no sense.
    pub at: usize,
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let trimmed = text.trim_start_matches('/');
        let error = |at| PatternError {
            text: text.to_owned(),
            at,
        };
        if trimmed.is_empty() {
            return Err(error(0));
        }
        Ok(Self {
            glob: Glob::new(trimmed).map_err(|fault| error(fault.pos))?,
            is_path: text.contains('/'),
        })
    }
}

impl Pattern {
    /// Whether a file is meant.
    pub fn matches(&self, file: &FileEntry) -> bool {
        let text = if self.is_path {
            &file.path
        } else {
            file.name()
        };
        self.glob.matches_with(text, OPTIONS)
    }
}

/// The files of a disc that any of the patterns means.
pub fn matching<F: ReadAt>(disc: &Disc<F>, patterns: &[Pattern]) -> Result<Vec<FileEntry>, Error> {
    let mut memory = disc.memory();
    let mut reader = disc.reader(&mut memory)?;
    let Some(layers) = Layers::of(&mut reader)? else {
        return Ok(Vec::new());
    };
    let mut files = Listing::of(&mut reader, &layers)?.files;
    files.retain(|file| patterns.iter().any(|pattern| pattern.matches(file)));
    Ok(files)
}

/// Where files are on their disc, in bytes.
pub fn ranges(files: &[FileEntry]) -> Vec<Range<u64>> {
    let range = |file: &FileEntry| {
        let start = u64::from(file.extent.lsn) * zso::SECTOR_SIZE as u64;
        start..start + u64::from(file.extent.bytes)
    };
    files.iter().map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::iso::Iso;

    fn pattern(text: &str) -> Pattern {
        text.parse().unwrap()
    }

    #[test]
    fn files_that_match() {
        let iso = Iso::of_game("G", "SLES_123.45")
            .file("MOVIE/A.PSS", vec![1; 5000])
            .file("MOVIE/EU/B.PSS", vec![2; 2048])
            .file("PSS/README", vec![3]);
        let image = iso.build();
        let disc = Disc::new(image.clone()).unwrap();
        let names = |patterns: &[&str]| {
            let patterns: Vec<_> = patterns.iter().map(|text| pattern(text)).collect();
            let files = matching(&disc, &patterns).unwrap();
            let names: Vec<_> = files.iter().map(|file| file.path.clone()).collect();
            (names.join(" "), ranges(&files))
        };
        assert_eq!(names(&["*.pss"]).0, "MOVIE/A.PSS MOVIE/EU/B.PSS");
        assert_eq!(names(&["MOVIE/*"]).0, "MOVIE/A.PSS");
        assert_eq!(
            names(&["movie/**/*", "read*"]).0,
            "MOVIE/A.PSS MOVIE/EU/B.PSS PSS/README"
        );
        assert_eq!(names(&["/PSS/*"]).0, "PSS/README");
        assert_eq!(names(&["*.BIN"]), (String::new(), vec![]));
        assert_eq!(names(&["SLES_???.[0-9]5"]).0, "SLES_123.45");
        let places = names(&["*.pss"]).1;
        let bytes = |place: &Range<u64>| image[place.start as usize..place.end as usize].to_vec();
        assert_eq!(bytes(&places[0]), vec![1; 5000]);
        assert_eq!(bytes(&places[1]), vec![2; 2048]);
    }

    #[test]
    fn no_patterns() {
        for (text, at) in [("", 0), ("/", 0), ("a[", 1), ("***", 2)] {
            let expected = PatternError {
                text: text.to_owned(),
                at,
            };
            assert_eq!(text.parse::<Pattern>(), Err(expected));
        }
    }
}
