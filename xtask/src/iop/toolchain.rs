//! Which compiler makes MIPS code: `core` has to be compiled from source for the target, and not every
//! installation has that source.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, anyhow, ensure};

use crate::{paths, process};

/// A compiler and its cargo, with library sources.
pub struct Toolchain {
    sysroot: PathBuf,
    /// `rustc --version --verbose`.
    description: String,
    pub whose: &'static str,
}

impl Toolchain {
    /// Those that can build `core`, the first choice first: the toolchain that builds the rest of the workspace,
    /// rustup's nightlies, Debian's.
    pub fn all(root: &Path) -> Result<Vec<Self>> {
        let current = current(root).map(|sysroot| (sysroot, "the workspace's toolchain"));
        let nightlies = nightlies().map(|sysroot| (sysroot, "a nightly of rustup's"));
        let debian = (PathBuf::from("/usr"), "Debian's");
        let candidates = current.into_iter().chain(nightlies).chain([debian]);
        let complete = candidates.filter(|(sysroot, _)| is_complete(sysroot));
        let all: Vec<_> = complete
            .filter_map(|(sysroot, whose)| Self::at(sysroot, whose))
            .collect();
        ensure!(
            !all.is_empty(),
            "no Rust toolchain here has the sources of `core`, which MIPS code needs; \
             type `scripts/setup` to install one, or `rustup component add rust-src`"
        );
        Ok(all)
    }

    /// What the first of them makes that can.
    pub fn first<T>(make: impl Fn(&Self) -> Result<T>) -> Result<T> {
        let mut fault = anyhow!("there is no compiler to try");
        for toolchain in Self::all(paths::root())? {
            match make(&toolchain) {
                Ok(made) => return Ok(made),
                Err(error) => fault = error,
            }
        }
        Err(fault)
    }

    fn at(sysroot: PathBuf, whose: &'static str) -> Option<Self> {
        let description =
            process::output_of(process::clean(sysroot.join("bin/rustc")).arg("-vV")).ok()?;
        Some(Self {
            sysroot,
            description,
            whose,
        })
    }

    /// A cargo that uses this compiler, and may use unstable options.
    pub fn cargo(&self) -> Command {
        self.command(self.sysroot.join("bin/cargo"))
    }

    /// A program that starts this cargo, or is it.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = process::clean(program);
        // build-std is unstable, and so is `asm!` for MIPS.
        command
            .env("CARGO", self.sysroot.join("bin/cargo"))
            .env("RUSTC", self.sysroot.join("bin/rustc"))
            .env("RUSTC_BOOTSTRAP", "1");
        command
    }

    /// Where the sources of the standard library are.
    pub fn sources(&self) -> PathBuf {
        self.sysroot.join("lib/rustlib/src/rust")
    }

    pub fn version(&self) -> &str {
        self.description.lines().next().unwrap_or_default()
    }

    /// All that the compiler says of itself.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Folders with LLVM's linker and its kin, of this toolchain and of the workspace's.
    pub fn llvm_bins(&self, root: &Path) -> Vec<PathBuf> {
        let sysroots = [Some(self.sysroot.clone()), current(root)];
        let hosts = sysroots
            .into_iter()
            .flatten()
            .filter_map(|sysroot| sysroot.join("lib/rustlib").read_dir().ok());
        let bins = hosts
            .flatten()
            .flatten()
            .map(|host| host.path().join("bin"));
        bins.filter(|bin| bin.is_dir()).collect()
    }
}

/// The sysroot of the `rustc` that cargo would start here.
fn current(root: &Path) -> Option<PathBuf> {
    // Not cleaned: with RUSTUP_TOOLCHAIN, or `cargo +NAME`, the user has a say.
    let mut rustc = Command::new("rustc");
    sysroot(rustc.current_dir(root))
}

fn nightlies() -> impl Iterator<Item = PathBuf> {
    let list = process::output_of(process::clean("rustup").args(["toolchain", "list"]))
        .unwrap_or_default();
    let first_word = |line: &str| line.split_whitespace().next().map(str::to_owned);
    let names: Vec<_> = list
        .lines()
        .filter(|line| line.starts_with("nightly"))
        .filter_map(first_word)
        .collect();
    names
        .into_iter()
        .filter_map(|name| sysroot(process::clean("rustup").args(["run", &name, "rustc"])))
}

fn sysroot(rustc: &mut Command) -> Option<PathBuf> {
    let output = process::output_of(rustc.args(["--print", "sysroot"])).ok()?;
    Some(PathBuf::from(output.trim_end()))
}

/// Whether there is all that building `core` takes.
fn is_complete(sysroot: &Path) -> bool {
    let parts = [
        "bin/cargo",
        "bin/rustc",
        "lib/rustlib/src/rust/library/core/src/lib.rs",
    ];
    parts.iter().all(|part| sysroot.join(part).is_file())
}
