//! The `ziso` command: see `ziso --help`.
#![deny(unsafe_code)]

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    discs::chd::hide_caught_panics();
    cli::run().into()
}
