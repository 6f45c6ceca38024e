//! The data of open games: Debian's packages, downloaded and unpacked, not installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{paths, process};

/// What goes on the disc, in this order; the sizes are those of Debian 12.
///
/// Packages in which most files are not packed already, as on the console's discs; sounds and pictures that are stand
/// for its films and music.
const PACKAGES: [&str; 7] = [
    // Levels with their textures and sounds, two archives of 28 MB.
    "freedoom",
    // Models and levels, 61 MB; textures in JPEG.
    "neverball-data",
    // Models, textures, sounds, none of them packed.
    "crrcsim-data",
    // Sounds; textures in PNG.
    "bzflag-data",
    // Packed sounds, maps, pictures.
    "teeworlds-data",
    // Sounds and pictures.
    "chromium-bsu-data",
    // Music and pictures, all packed.
    "frozen-bubble-data",
];

/// What makes a large disc of it: textures that are not packed, models, sounds; 521 MB.
const LARGE: &str = "torcs-data";

/// Where a package has the game's data, and not its documents.
const DATA: &str = "usr/share/games";

/// The packages' data below `dir`, each with its folder's name on the disc; what is missing is downloaded.
pub fn folders(dir: &Path, large: bool) -> Result<Vec<(String, PathBuf)>> {
    fs::create_dir_all(dir).with_context(|| format!("cannot make {}", paths::shown(dir)))?;
    PACKAGES
        .iter()
        .chain(large.then_some(&LARGE))
        .map(|package| Ok((folder(package), unpacked(dir, package)?.join(DATA))))
        .collect()
}

/// Eight capital letters of a package's name, which every file system has room for.
fn folder(package: &str) -> String {
    let letters = package.chars().filter(char::is_ascii_alphanumeric);
    letters.take(8).collect::<String>().to_ascii_uppercase()
}

/// Where the package is unpacked.
fn unpacked(dir: &Path, package: &str) -> Result<PathBuf> {
    let place = dir.join(package);
    if place.is_dir() {
        return Ok(place);
    }
    let archive = match archive(dir, package) {
        Some(archive) => archive,
        None => download(dir, package)?,
    };
    // Under another name first: a half unpacked package would be taken for a whole one.
    let new = dir.join(format!("{package}.new"));
    process::output_of(Command::new("dpkg-deb").arg("-x").arg(&archive).arg(&new))?;
    ensure!(
        new.join(DATA).is_dir(),
        "there is no {DATA} in {}",
        paths::shown(&archive)
    );
    fs::rename(&new, &place).with_context(|| format!("cannot write {}", paths::shown(&place)))?;
    Ok(place)
}

fn download(dir: &Path, package: &str) -> Result<PathBuf> {
    eprintln!("downloading {package}");
    let mut apt = Command::new("apt-get");
    apt.args(["--quiet", "download", package]).current_dir(dir);
    process::output_of(&mut apt).with_context(|| {
        format!(
            "cannot download {package}; `make-iso --games` needs Debian's apt-get, its lists (type `apt-get update` as \
             root), and the network. Any image of yours does as well"
        )
    })?;
    archive(dir, package).with_context(|| format!("apt-get downloaded no {package}"))
}

/// The package's file, the first by name if there are several.
fn archive(dir: &Path, package: &str) -> Option<PathBuf> {
    let start = format!("{package}_");
    let ours = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(&start) && name.ends_with(".deb")
    };
    let paths = dir.read_dir().ok()?.flatten().map(|entry| entry.path());
    paths.filter(ours).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn folders_differ() {
        let names: BTreeSet<_> = PACKAGES.map(folder).into();
        assert_eq!(names.len(), PACKAGES.len());
        assert_eq!(folder("chromium-bsu-data"), "CHROMIUM");
    }

    #[test]
    fn a_package_is_found_by_its_whole_name() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["game-data_1_all.deb", "game-data-extra_1_all.deb", "game_2"] {
            fs::write(dir.path().join(name), "").unwrap();
        }
        assert_eq!(archive(dir.path(), "game"), None);
        let found = archive(dir.path(), "game-data").unwrap();
        assert!(found.ends_with("game-data_1_all.deb"));
    }

    #[test]
    fn what_is_unpacked_is_not_asked_for_again() {
        let dir = tempfile::tempdir().unwrap();
        for package in PACKAGES {
            fs::create_dir_all(dir.path().join(package).join(DATA)).unwrap();
        }
        let folders = folders(dir.path(), false).unwrap();
        assert_eq!(folders.len(), PACKAGES.len());
        assert_eq!(folders[0].1, dir.path().join("freedoom").join(DATA));
    }
}
