//! CUE files: texts that say which tracks of a disc are in which files.

use crate::track::TrackFault;

/// A text is not longer; that of 99 tracks has some 10 KB.
pub const MOST_BYTES: u64 = 256 << 10;
/// Frames in a second, and bytes of one of music.
const FRAMES: u64 = 75;
const MUSIC: u64 = 2352;
/// Tracks of a CD, at most.
const MOST_TRACKS: usize = 99;

/// Where the first track of data is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DataTrack {
    /// The name of the file, as it is in the text.
    pub file: String,
    /// Where the track begins in it, in bytes.
    pub start: u64,
    /// Where it ends; nothing if it goes to the file's end.
    pub end: Option<u64>,
    /// Other tracks, of music mostly, which are left out.
    pub music: usize,
    /// The names of all files that the text names, also those with nothing but music.
    pub files: Vec<String>,
}

/// Why a text is no use.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "a message says what its numbers and names are")]
pub enum CueFault {
    /// A line makes no sense.
    #[error("line {line} makes no sense")]
    Line { line: usize },
    /// A file has a name that no file beside this one can have.
    #[error("the file {file:?} cannot lie beside it")]
    Name { file: String },
    /// The tracks are not those of a game.
    #[error(transparent)]
    Tracks(#[from] TrackFault),
}

/// A track as the text has it.
struct Track {
    file: usize,
    /// Bytes of a sector, of data.
    data: Option<u64>,
    /// Where its data begin, in frames of the file.
    start: u64,
    /// Where its pause begins.
    pause: u64,
}

/// Finds the first data track.
///
/// # Errors
/// Any [`CueFault`].
pub fn data_track(text: &str) -> Result<DataTrack, CueFault> {
    let (files, tracks) = parse(text)?;
    let all = tracks.len();
    let mut numbered = (0..).zip(&tracks);
    let (number, track): (usize, &Track) = numbered
        .find(|(_, track)| track.data.is_some())
        .ok_or(TrackFault::NoData { tracks: all })?;
    let unit = track.data.unwrap_or(MUSIC);
    // Tracks before it in the same file are music.
    let of_file = tracks
        .iter()
        .take(number)
        .find(|other| other.file == track.file);
    let start = track.start * if of_file.is_some() { MUSIC } else { unit };
    let next = tracks
        .get(number + 1)
        .filter(|next| next.file == track.file);
    Ok(DataTrack {
        file: files.get(track.file).cloned().unwrap_or_default(),
        start,
        end: next.map(|next| start + next.pause.saturating_sub(track.start) * unit),
        music: all - 1,
        files,
    })
}

/// A track with all that its sectors have: as lists of discs have it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WholeTrack {
    /// The name of the file, as it is in the text.
    pub file: String,
    /// Where the track begins in it, its pause included, in bytes.
    pub start: u64,
    /// Where it ends; nothing if it goes to the file's end.
    pub end: Option<u64>,
}

/// All tracks, of data and of music.
///
/// # Errors
/// Any [`CueFault`].
pub fn whole_tracks(text: &str) -> Result<Vec<WholeTrack>, CueFault> {
    let (files, tracks) = parse(text)?;
    let mut all = Vec::<WholeTrack>::new();
    // The track before, and its first frame in the file.
    let mut before: Option<(&Track, u64)> = None;
    for track in tracks.iter().take(MOST_TRACKS) {
        let same_file = before.filter(|(before, _)| before.file == track.file);
        let last = same_file.and_then(|before| Some((before, all.last_mut()?)));
        let (start, frame) = match last {
            Some(((before, frame), last)) => {
                let frames = track.pause.saturating_sub(frame);
                let start = last.start + frames * before.data.unwrap_or(MUSIC);
                last.end = Some(start);
                (start, track.pause)
            }
            None => (0, 0),
        };
        all.push(WholeTrack {
            file: files.get(track.file).cloned().unwrap_or_default(),
            start,
            end: None,
        });
        before = Some((track, frame));
    }
    Ok(all)
}

/// Names of files, and tracks.
fn parse(text: &str) -> Result<(Vec<String>, Vec<Track>), CueFault> {
    let (mut files, mut tracks) = (Vec::new(), Vec::<Track>::new());
    for (line, text) in (1..).zip(text.trim_start_matches('\u{FEFF}').lines()) {
        let fault = || CueFault::Line { line };
        let (word, rest) = text
            .trim()
            .split_once(char::is_whitespace)
            .unwrap_or_default();
        let rest = rest.trim();
        match word.to_ascii_uppercase().as_str() {
            "FILE" => files.push(file_name(rest).ok_or_else(fault)?),
            "TRACK" => tracks.push(Track {
                file: files.len().checked_sub(1).ok_or_else(fault)?,
                data: unit_of(rest).ok_or_else(fault)?,
                start: 0,
                pause: 0,
            }),
            "INDEX" => {
                let track = tracks.last_mut().ok_or_else(fault)?;
                index(track, rest, files.len()).ok_or_else(fault)?;
            }
            _ => {}
        }
    }
    Ok((files, tracks))
}

/// `"Game (Track 1).bin" BINARY` to the name.
fn file_name(rest: &str) -> Option<String> {
    let name = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?.0,
        None => rest.rsplit_once(char::is_whitespace)?.0.trim(),
    };
    (!name.is_empty()).then(|| name.to_owned())
}

/// `01 MODE2/2352` to the bytes of a sector; nothing inside for music.
fn unit_of(rest: &str) -> Option<Option<u64>> {
    let mode = rest.split_whitespace().nth(1)?.to_ascii_uppercase();
    match mode.split_once('/') {
        Some((_, unit)) => Some(Some(
            unit.parse()
                .ok()
                .filter(|unit| (2048..=2448).contains(unit))?,
        )),
        None => Some(None),
    }
}

/// `01 00:02:00`, a place in the file.
fn index(track: &mut Track, rest: &str, files: usize) -> Option<()> {
    let (number, place) = rest.split_once(char::is_whitespace)?;
    let mut parts = place.trim().splitn(3, ':').map(str::parse::<u32>);
    let mut part = || Some(u64::from(parts.next()?.ok()?));
    let place = (part()? * 60 + part()?) * FRAMES + part()?;
    match number.parse::<u8>().ok()? {
        0 => track.pause = place,
        1 => {
            // A track whose pause is in the file before goes by where its data are.
            let is_elsewhere = track.file + 1 != files;
            track.file = files.checked_sub(1)?;
            track.pause = if is_elsewhere || track.pause == 0 {
                place
            } else {
                track.pause
            };
            track.start = place;
        }
        _ => {}
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_file_of_data() {
        let text = "\u{FEFF}FILE \"My Game.bin\" BINARY\r\n  TRACK 01 MODE2/2352\r\n    INDEX 01 00:00:00\r\n";
        let track = data_track(text).unwrap();
        assert_eq!(
            (track.file.as_str(), track.start, track.end, track.music),
            ("My Game.bin", 0, None, 0)
        );
    }

    #[test]
    fn music_in_the_same_file_ends_the_data() {
        let text = "FILE game.bin BINARY\n TRACK 01 MODE1/2352\n INDEX 01 00:00:00\n TRACK 02 AUDIO\n \
            INDEX 00 00:10:00\n INDEX 01 00:12:00\n";
        let track = data_track(text).unwrap();
        assert_eq!((track.end, track.music), (Some(750 * 2352), 1));
    }

    #[test]
    fn of_several_tracks_of_data_the_first_one_counts() {
        let text = "FILE game.bin BINARY\nTRACK 01 MODE1/2352\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 00:10:00\n\
            TRACK 03 MODE1/2352\nINDEX 01 00:20:00\n";
        let track = data_track(text).unwrap();
        assert_eq!((track.start, track.end), (0, Some(750 * 2352)));
        assert_eq!(track.music, 2);
    }

    #[test]
    fn music_in_files_of_its_own() {
        let text = "FILE \"a 1.bin\" BINARY\n TRACK 01 AUDIO\n INDEX 01 00:00:00\nFILE \"a 2.bin\" BINARY\n \
            TRACK 02 MODE2/2352\n INDEX 00 00:00:00\n INDEX 01 00:02:00\n";
        let track = data_track(text).unwrap();
        assert_eq!(
            (track.file.as_str(), track.start, track.end),
            ("a 2.bin", 150 * 2352, None)
        );
    }

    #[test]
    fn all_tracks_follow_each_other() {
        let places = |text: &str| {
            let tracks = whole_tracks(text).unwrap().into_iter();
            tracks
                .map(|track| (track.file, track.start, track.end))
                .collect::<Vec<_>>()
        };
        let one = "FILE a BINARY\nTRACK 01 MODE2/2352\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 00 00:10:00\n\
            INDEX 01 00:12:00\nTRACK 03 AUDIO\nINDEX 01 00:20:00\n";
        let a = || "a".to_owned();
        let (second, third) = (750 * 2352, 1500 * 2352);
        assert_eq!(
            places(one),
            [
                (a(), 0, Some(second)),
                (a(), second, Some(third)),
                (a(), third, None)
            ]
        );
        let several = "FILE a BINARY\nTRACK 01 MODE1/2352\nINDEX 01 00:00:00\nFILE b BINARY\nTRACK 02 AUDIO\n\
            INDEX 00 00:00:00\nINDEX 01 00:02:00\n";
        assert_eq!(places(several), [(a(), 0, None), ("b".to_owned(), 0, None)]);
    }

    #[test]
    fn what_is_no_game_is_told() {
        let tracks = |kinds: &[&str]| {
            let tracks = kinds
                .iter()
                .map(|kind| format!("TRACK 01 {kind}\nINDEX 01 00:00:00\n"));
            data_track(&format!(
                "FILE a.bin BINARY\n{}",
                tracks.collect::<String>()
            ))
            .unwrap_err()
        };
        assert_eq!(tracks(&["AUDIO"]), TrackFault::NoData { tracks: 1 }.into());
        assert_eq!(tracks(&["MODE1/1"]), CueFault::Line { line: 2 });
        assert_eq!(
            data_track("TRACK 01 AUDIO"),
            Err(CueFault::Line { line: 1 })
        );
        assert_eq!(data_track(""), Err(TrackFault::NoData { tracks: 0 }.into()));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(
            lines in prop::collection::vec(
                prop_oneof![
                    Just("FILE \"a\" BINARY".to_owned()), Just("TRACK 01 MODE2/2352".to_owned()),
                    Just("TRACK 02 AUDIO".to_owned()), "INDEX 0[01] [0-9:]{1,30}", ".{0,20}",
                ],
                0..12,
            ),
        ) {
            let _ = data_track(&lines.join("\n"));
            let _ = whole_tracks(&lines.join("\n"));
        }
    }
}
