//! `cargo xtask elsewhere`: the tests of `ziso`'s command line, run with the program for another system.
//!
//! The tests are this system's, and so are the files that they make; only the program that they start is another one
//! (crates/ziso/tests/cli/support.rs). Windows' runs under wine, other processors' under QEMU.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use common::{paths, process};

use crate::release::system::{self, Build, System};

/// Tests of what a system can do differently: files, folders, streams, full disks. Formats are the same everywhere.
const TESTS: [&str; 7] = [
    "bare::",
    "batch::",
    "elsewhere::",
    "script::",
    "space::full",
    "split::",
    "streams::",
];

/// What starts programs for Windows.
const WINE: &str = "wine";

/// Wine does not see that a file that it is handed is the one that has a name, as Windows does.
const NOT_UNDER_WINE: [&str; 2] = ["--skip", "redirected_file_is_not_written_to"];

/// Which system, and which tests.
#[derive(clap::Args)]
pub struct Options {
    /// The system
    #[arg(value_parser = system::parse)]
    system: &'static System,
    /// Tests whose names contain one of these [default: those of what systems do differently]
    tests: Vec<String>,
}

/// Builds the program, and runs the tests.
pub fn run(options: &Options) -> Result<()> {
    let system = options.system;
    let program = Build::tested(&paths::root().join("target/elsewhere")).program(system)?;
    let is_under_wine = system.runner == Some(WINE);
    let mut cargo = match is_under_wine {
        true => at_fixed_addresses("cargo"),
        false => process::clean("cargo"),
    };
    cargo
        .current_dir(paths::root())
        // All packages' features, as all tests are built: with those of one, they would be built again.
        .args(["test", "--workspace", "--test", "cli", "--"])
        .env("ZISO_PROGRAM", &program)
        .env("ZISO_RUNNER", system.runner.unwrap_or_default());
    match options.tests.as_slice() {
        [] => cargo.args(TESTS),
        tests => cargo.args(tests),
    };
    let wine = match is_under_wine {
        true => {
            cargo.args(NOT_UNDER_WINE);
            Some(Wine::start(&program)?)
        }
        false => None,
    };
    let done = process::run(cargo.envs(environment()));
    wine.map_or(Ok(()), Wine::end).and(done)
}

/// A program whose memory, and that of all that it starts, begins where it always does, if the system allows that.
///
/// Wine has to have one page where Windows has it, at 0x7ffe0000. Debian's is loaded below that, and its heap begins at
/// random in the 1 GiB behind it: one start in some thousand had the heap there, and ended with exit code 1 and no word.
fn at_fixed_addresses(program: &str) -> Command {
    let fixed = |program| {
        let mut setarch = process::clean("setarch");
        setarch.args(["--addr-no-randomize", program]);
        setarch
    };
    match process::output_of(&mut fixed("true")) {
        Ok(_) => fixed(program),
        Err(_) => process::clean(program),
    }
}

/// Nothing of the user's own wine is touched, nothing is said of what wine lacks unless it cannot go on, and names of
/// files are UTF-8.
fn environment() -> [(&'static str, OsString); 3] {
    [
        ("WINEPREFIX", paths::root().join("target/wine").into()),
        ("WINEDEBUG", "-all,err+virtual,err+seh".into()),
        ("LC_ALL", "C.UTF-8".into()),
    ]
}

/// A program of wine's, without a pipe that its services could keep open.
fn silent(program: &str) -> Command {
    let mut command = at_fixed_addresses(program);
    command
        .envs(environment())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// A program that waits for input as long as there are tests.
///
/// With the first program wine starts services, which have its standard error too, and with the last one they end: a
/// test that reads to the end of a program's output would wait for all other tests' programs.
struct Wine(Child);

impl Wine {
    fn start(program: &Path) -> Result<Self> {
        let home = paths::root().join("target/wine");
        fs::create_dir_all(&home)
            .with_context(|| format!("cannot make {}", paths::shown(&home)))?;
        let mut boot = silent("wineboot");
        process::run(boot.arg("--init"))?;
        let mut wine = silent(WINE);
        wine.arg(program)
            .args(["compress", "-"])
            .stdin(Stdio::piped());
        let child = wine.spawn().with_context(|| process::cannot_start(&wine))?;
        Ok(Self(child))
    }

    fn end(mut self) -> Result<()> {
        drop(self.0.stdin.take());
        // It complains that there was nothing to compress.
        self.0.wait()?;
        Ok(())
    }
}
