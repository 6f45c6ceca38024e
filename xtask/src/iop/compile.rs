//! The library, or a program, as a static archive of MIPS I code.

use std::io::{BufRead, BufReader, IsTerminal};
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::toolchain::Toolchain;
use crate::{paths, process};

pub const TARGET: &str = "mipsel-unknown-none";

/// Flags for the target, each with its reason. Together they make MIPS I code; without any one of the first three
/// the object's header still says so, but its code is of a later processor.
pub const FLAGS: [&str; 6] = [
    "-Ctarget-cpu=mips1",
    // The target asks for MIPS32 release 2, and each older feature keeps instructions of its own: movz, teq, mul.
    "-Ctarget-feature=-mips2,-mips3_32,-mips3_32r2,-mips4_32,-mips4_32r2,-mips5_32r2",
    // `teq` after each division is MIPS II; Rust checks divisors itself.
    "-Cllvm-args=-mno-check-zero-division",
    // A second scheduling, after registers are given out, puts useful work where a load's delay slot had a nop.
    "-Cllvm-args=-post-RA-scheduler",
    // Keeping a value for a path that may need it again costs more here than computing it there: 40 bytes.
    "-Cllvm-args=-enable-pre=false",
    // Instructions in the order of the source, where nothing speaks against it: 20 bytes.
    "-Cllvm-args=-pre-RA-sched=source",
];

/// LLVM's delay slot filler moves loads into the slots of branches, and does not look at what comes after the branch
/// (LLVM pull request 185427; the compilers used here do not have it).
pub const NO_DELAY_FILLER: &str = "-Cllvm-args=-disable-mips-delay-filler";

/// How rustc's complaint about each feature in [`FLAGS`] begins. It hands them on to LLVM, which knows them.
const NOISE: &str = "unknown and unstable feature specified for `-Ctarget-feature`";

pub struct Package {
    pub name: &'static str,
    pub features: &'static str,
    /// Flags besides those of all packages.
    pub flags: &'static [&'static str],
}

/// Compiles a package, shows what the compiler has to say, and returns the archive.
pub fn staticlib(toolchain: &Toolchain, flags: &[&str], package: &Package) -> Result<PathBuf> {
    let colour = if std::io::stderr().is_terminal() {
        "json-diagnostic-rendered-ansi"
    } else {
        "json"
    };
    let mut cargo = toolchain.cargo();
    cargo
        .current_dir(paths::root())
        .args([
            "rustc",
            "--package",
            package.name,
            "--lib",
            "--crate-type",
            "staticlib",
            "--features",
            package.features,
        ])
        .args([
            "--profile",
            "iop",
            "--target",
            TARGET,
            "-Zbuild-std=core",
            "--message-format",
            colour,
        ])
        // A folder of its own: two cargos of different versions do not share one well.
        .arg("--target-dir")
        .arg(paths::root().join("target/iop-build"))
        .env(
            "CARGO_ENCODED_RUSTFLAGS",
            [flags, package.flags].concat().join("\x1f"),
        )
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let mut child = cargo
        .spawn()
        .with_context(|| process::cannot_start(&cargo))?;
    let stdout = child
        .stdout
        .take()
        .context("cargo has no standard output")?;
    let mut archive = None;
    for line in BufReader::new(stdout).lines() {
        archive = message(&line?, package.name).or(archive);
    }
    if !child.wait()?.success() {
        bail!(
            "{} could not be compiled for {TARGET}, see above",
            package.name
        );
    }
    archive.with_context(|| format!("cargo made no archive of {}", package.name))
}

/// Shows a compiler's message; returns the package's archive if this one names it.
fn message(line: &str, package: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(line).ok()?;
    match message["reason"].as_str()? {
        "compiler-message" => {
            let diagnostic = &message["message"];
            if !diagnostic["message"].as_str()?.starts_with(NOISE) {
                eprint!("{}", diagnostic["rendered"].as_str()?);
            }
            None
        }
        "compiler-artifact" if message["target"]["name"] == package => {
            let files = message["filenames"]
                .as_array()?
                .iter()
                .filter_map(Value::as_str);
            files
                .filter(|file| file.ends_with(".a"))
                .map(PathBuf::from)
                .next()
        }
        _ => None,
    }
}
