//! Starts foreign programs.

use std::env;
use std::ffi::OsStr;
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, bail, ensure};

/// Settings of a user's cargo and rustup that say where things come from, and what is kept for the next time; not what is
/// built.
const KEPT: [&str; 12] = [
    "CARGO_HOME",
    "CARGO_HTTP_",
    "CARGO_INCREMENTAL",
    "CARGO_NET_",
    "CARGO_REGISTRIES_",
    "CARGO_REGISTRY_",
    "CARGO_SOURCE_",
    "CARGO_TERM_",
    "RUSTUP_AUTO_INSTALL",
    "RUSTUP_DIST_",
    "RUSTUP_HOME",
    "RUST_BACKTRACE",
];

/// A command without what `cargo run` and rustup have put into the environment.
///
/// They name the toolchain that runs this program. A cargo of another toolchain would use that one's compiler, or
/// its libraries, or hand on flags for the host.
pub fn clean(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        if is_toolchains(&name.to_string_lossy()) {
            command.env_remove(name);
        }
    }
    command
}

fn is_toolchains(name: &str) -> bool {
    let theirs = name.starts_with("CARGO") || name.starts_with("RUST") || name == "LD_LIBRARY_PATH";
    theirs && !KEPT.iter().any(|kept| name.starts_with(kept))
}

/// What a successful command wrote to its standard output. Errors show what it wrote to the other one.
pub fn output_of(command: &mut Command) -> Result<String> {
    let output = captured(command)?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{} failed: {}\n{stderr}",
        name(command),
        output.status
    );
    String::from_utf8(output.stdout).with_context(|| format!("{} wrote no text", name(command)))
}

/// Runs a command that writes only when it has something to say, and shows that.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| cannot_start(command))?;
    if !status.success() {
        bail!("{} failed: {status}", name(command));
    }
    Ok(())
}

/// Runs a command and keeps what it writes.
pub fn captured(command: &mut Command) -> Result<Output> {
    command
        .stdin(Stdio::null())
        .output()
        .with_context(|| cannot_start(command))
}

/// Whether a program is there and answers to `--version`.
pub fn answers(program: &str) -> bool {
    let output = captured(Command::new(program).arg("--version"));
    output.is_ok_and(|output| output.status.success())
}

/// An error's first half.
pub fn cannot_start(command: &Command) -> String {
    format!("cannot start {}", name(command))
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_stay_and_toolchains_go() {
        for name in [
            "RUSTUP_TOOLCHAIN",
            "CARGO",
            "RUSTC",
            "RUSTFLAGS",
            "CARGO_TARGET_DIR",
            "RUSTC_WRAPPER",
        ] {
            assert!(is_toolchains(name), "{name}");
        }
        for name in [
            "CARGO_HOME",
            "RUSTUP_HOME",
            "CARGO_NET_OFFLINE",
            "PATH",
            "CARGO_REGISTRIES_X_INDEX",
        ] {
            assert!(!is_toolchains(name), "{name}");
        }
    }
}
