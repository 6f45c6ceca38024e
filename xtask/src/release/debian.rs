//! The Debian package: `cargo deb` packs what was built, as `package.metadata.deb` of `ziso` says.

use std::path::Path;

use anyhow::Result;
use common::{paths, process};

use super::commit_time;
use super::system::{System, tool};

/// Packs a system's program.
pub fn package(system: &System, build: &Path, files: &Path) -> Result<()> {
    let mut deb = process::clean(tool("cargo-deb")?);
    deb.current_dir(paths::root())
        .args([
            "deb",
            "--quiet",
            "--package",
            "ziso",
            "--no-build",
            "--no-strip",
        ])
        .args(["--profile", "dist", "--target", system.triple])
        .arg("--output")
        .arg(files)
        .env("CARGO_TARGET_DIR", build)
        .env("SOURCE_DATE_EPOCH", commit_time()?);
    process::run(&mut deb)
}
