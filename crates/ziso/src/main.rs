//! The `ziso` command: see `ziso --help`.
#![forbid(unsafe_code)]

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            use std::io::Write as _;
            // Not `eprintln`, which panics when nobody listens.
            let _ = writeln!(std::io::stderr(), "ziso: {error:#}");
            ExitCode::from(cli::exit_code(&error))
        }
    }
}
