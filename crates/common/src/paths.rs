//! Where things are.

use std::path::{Path, PathBuf};

pub fn root() -> &'static Path {
    // invariant: this package is a folder in a folder of the workspace.
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("is a folder in a folder")
}

/// What an IOP module is linked with. Not below `CARGO_TARGET_DIR`: tests and documents name this place.
pub fn iop() -> PathBuf {
    root().join("target/iop")
}

pub fn object() -> PathBuf {
    iop().join("zso.o")
}

/// Images and figures of `run`.
pub fn run() -> PathBuf {
    root().join("target/run")
}

/// The image that `run` makes when it is given none.
pub fn system_iso() -> PathBuf {
    run().join("system.iso")
}

/// The image of games' data.
pub fn games_iso() -> PathBuf {
    run().join("games.iso")
}

/// The image of more games' data.
pub fn large_games_iso() -> PathBuf {
    run().join("games-large.iso")
}

/// The boot ROM, its disc, and what came of them.
pub fn boot() -> PathBuf {
    root().join("target/boot")
}

/// Packages of games' data, and what was in them.
pub fn games() -> PathBuf {
    run().join("games")
}

/// A path as a user would type it: relative to the workspace if it is inside.
pub fn shown(path: &Path) -> std::path::Display<'_> {
    path.strip_prefix(root()).unwrap_or(path).display()
}
