//! Open PS2 Loader's settings of a game: a file `CFG/SLES_123.45.cfg` beside the folder `DVD` or `CD` that the game is
//! in.

use std::fs;
use std::path::{Path, PathBuf};

use discs::game::GameId;

use crate::error::Error;
use crate::input::{Input, read_all};
use crate::target::{Target, folder};

/// What the line with the modes begins with.
const KEY: &str = "$Compatibility";
/// The folder with the files.
const FOLDER: &str = "CFG";
/// A file is not longer.
const MOST_BYTES: u64 = 64 << 10;
/// Folders that games are in.
const GAMES: [&str; 2] = ["DVD", "CD"];

/// Writes compatibility modes, one bit for each, into the file of the game `id`, whose image is at `image`. What else
/// is in that file stays as it is. Gives the file.
///
/// # Errors
/// Those of files; the file is then as it was.
pub fn write(image: &Path, id: &GameId, modes: u8) -> Result<PathBuf, Error> {
    let path = place(image, id);
    let cfg = folder(&path);
    fs::create_dir_all(&cfg).map_err(|error| Error::write(&cfg, error))?;
    let before = match path.exists() {
        true => read_all(&path, MOST_BYTES)?,
        false => Vec::new(),
    };
    let input = Input::open(image, &cfg)?;
    let mut target = Target::create(&path, &input, true)?;
    target.write(&with_modes(&before, modes))?;
    target.finish()?;
    Ok(path)
}

/// The file for a game, on the drive that it is on.
fn place(image: &Path, id: &GameId) -> PathBuf {
    let games = folder(image);
    let name = games.file_name().unwrap_or_default();
    let drive = match GAMES.iter().any(|games| name.eq_ignore_ascii_case(games)) {
        true => folder(&games),
        false => games,
    };
    drive.join(FOLDER).join(format!("{}.cfg", id.as_str()))
}

/// Lines of settings with other modes. Loaders end lines as Windows does.
fn with_modes(before: &[u8], modes: u8) -> Vec<u8> {
    let lines = before.split(|&byte| byte == b'\n');
    let lines = lines.map(<[u8]>::trim_ascii);
    let others = lines.filter(|line| {
        let key = line.split(|&byte| byte == b'=').next().unwrap_or_default();
        !line.is_empty() && key.trim_ascii() != KEY.as_bytes()
    });
    let modes = (modes != 0).then(|| format!("{KEY}={modes}").into_bytes());
    let all = others.map(<[u8]>::to_vec).chain(modes);
    all.flat_map(|line| [&line[..], b"\r\n"].concat()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_lies_where_loaders_look_for_it() {
        let id = GameId::parse("SLES_123.45").unwrap();
        let at = |image: &str| place(Path::new(image), &id);
        assert_eq!(at("usb/DVD/a.zso"), Path::new("usb/CFG/SLES_123.45.cfg"));
        assert_eq!(at("cd/a.zso"), Path::new("./CFG/SLES_123.45.cfg"));
        assert_eq!(at("games/a.zso"), Path::new("games/CFG/SLES_123.45.cfg"));
        assert_eq!(at("a.zso"), Path::new("./CFG/SLES_123.45.cfg"));
    }

    #[test]
    fn other_settings_stay() {
        let before = b"$VMC_0=a\r\n $Compatibility = 8\r\nTitle=\xE9=\n";
        let after = b"$VMC_0=a\r\nTitle=\xE9=\r\n";
        assert_eq!(with_modes(before, 0), after);
        assert_eq!(
            with_modes(before, 5),
            [&after[..], b"$Compatibility=5\r\n"].concat()
        );
        assert_eq!(with_modes(b"", 1), b"$Compatibility=1\r\n");
        assert_eq!(with_modes(b"", 0), b"");
    }
}
