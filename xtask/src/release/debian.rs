//! The Debian package: `cargo deb` packs what was built, as `package.metadata.deb` of `ziso` says.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use common::{paths, process};

use super::system::{System, tool};
use super::{VERSION, commit_time};

/// There is no address yet that somebody reads.
const MAINTAINER: &str = "The zso contributors <zso@noreply.invalid>";

/// What lintian complains of, and what is meant so: the program needs no other package, and Debian was not asked for
/// this one.
const OVERRIDES: &str = "\
ziso: empty-field Depends
ziso: initial-upload-closes-no-bugs
ziso: statically-linked-binary [usr/bin/ziso]
";

/// Packs a system's program, with what is in the folder of pages, and has Debian's lintian look at it.
pub fn package(system: &System, build: &Path, files: &Path) -> Result<()> {
    // Where `package.metadata.deb` names them, whichever build this is.
    let pages = paths::root().join("target/release-build/pages");
    for (name, text) in [
        ("changelog.Debian", changelog()?),
        ("lintian-overrides", OVERRIDES.to_owned()),
    ] {
        fs::write(pages.join(name), text).with_context(|| format!("cannot write {name}"))?;
    }
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
        .args(["--maintainer", MAINTAINER])
        .arg("--output")
        .arg(files)
        .env("CARGO_TARGET_DIR", build)
        .env("SOURCE_DATE_EPOCH", commit_time("%ct")?);
    process::run(&mut deb)?;
    let mut lintian = process::clean("lintian");
    lintian
        .args(["--allow-root", "--fail-on", "error,warning"])
        .arg(files.join(format!("ziso_{VERSION}-1_amd64.deb")));
    process::run(&mut lintian)
}

/// What has changed in the package: there is no other one of this version.
fn changelog() -> Result<String> {
    let time = commit_time("%cD")?;
    Ok(format!(
        "ziso ({VERSION}-1) unstable; urgency=low\n\n  * What has changed is in changelog.gz.\n\n \
         -- {MAINTAINER}  {time}\n"
    ))
}
