//! Builds the console's objects, checks them, runs the tests, and gives the objects to what measures and boots them.
//!
//! | command | module |
//! |---|---|
//! | `iop`, `check-object` | [`iop`], [`check`]; both keep to [`contract`] |
//! | `web` | [`web`] |
//! | `test`, `bless` | [`mod@test`], [`bless`] |
//! | `release`, `elsewhere` | [`release`]; [`elsewhere`] tries its programs |
//! | `make-iso` | the package `common` |
//! | `run`, `bench`, `decoder`, `parse` | the package `bench`, with objects from [`built`] |
//! | `boot` | the package `boot`, with a ROM from [`built`] |
//!
//! Exit status: 0 fine, 1 something failed or differs, 2 wrong usage.
#![forbid(unsafe_code)]

mod bless;
mod budgets;
mod built;
mod check;
mod contract;
mod elsewhere;
mod iop;
mod release;
mod sizes;
mod test;
mod web;

use std::path::PathBuf;
use std::process::ExitCode;

use bench::{decoder, loading, parse, reader};
use clap::{Parser, Subcommand};
use common::{hash, make_iso, paths, process};

#[derive(Parser)]
#[command(name = "xtask", about, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the console's objects, target/iop/zso*.o, and check them; and zso_selftest.irx
    Iop,
    /// Check an object against the contract
    CheckObject {
        /// The object [default: target/iop/zso.o]
        path: Option<PathBuf>,
    },
    /// Make a disc image of files that this machine has, or of games' data
    MakeIso {
        /// The image [default: target/run/system.iso, games.iso or games-large.iso]
        out: Option<PathBuf>,
        /// Take the data of open games instead, which Debian's archive has
        #[arg(long)]
        games: bool,
        /// Take more of them, for an image as large as a CD
        #[arg(long, requires = "games")]
        large: bool,
    },
    /// Compress an image, read all of it with the console's object in the simulator, and measure
    Run(reader::Options),
    /// Play what games read while they load, on models of all devices, and compare with OPL's C reader
    Bench(loading::Options),
    /// Play a level and a film from files that were compressed with other settings
    Settings(loading::settings::Options),
    /// Compare the console's decoder with two others on many blocks, and measure it
    Decoder(decoder::Options),
    /// Compare parses of LZ4 by what they cost the console's decoder
    Parse(parse::Options),
    /// Boot images in an emulator of the whole console
    Boot(boot::Options),
    /// Build the web page with its program, in target/web
    Web,
    /// Take sizes, requests, transfers and boot lines as they are now for the expected ones, in tests/golden
    Bless,
    /// Make the programs and packages that people download, in target/release-files
    Release(release::Options),
    /// Run ziso's tests with the program for another system
    Elsewhere(elsewhere::Options),
    /// Run all tests and lints
    Test,
}

fn main() -> ExitCode {
    match dispatch(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Iop => {
            let built = iop::build()?;
            print!("{}", built.sizes());
            iop::selftest()
        }
        Command::CheckObject { path } => check::object_at(&path.unwrap_or_else(paths::object)),
        Command::MakeIso {
            out, games: false, ..
        } => make_iso::make(&out.unwrap_or_else(paths::system_iso)),
        Command::MakeIso { out, large, .. } => {
            let usual = if large {
                paths::large_games_iso()
            } else {
                paths::games_iso()
            };
            make_iso::make_of_games(&out.unwrap_or(usual), large)
        }
        Command::Run(options) => run(&options),
        Command::Bench(options) => loading::run(&options, built::objects),
        Command::Settings(options) => loading::settings::run(&options, built::objects),
        Command::Decoder(options) => decoder::run(&options, built::objects),
        Command::Parse(options) => parse::run(&options, built::objects),
        Command::Boot(options) => boot::run(&options, &built::rom()?),
        Command::Bless => bless::run(),
        Command::Web => web::build().map(|folder| println!("{}", paths::shown(&folder))),
        Command::Release(options) => release::run(&options),
        Command::Elsewhere(options) => elsewhere::run(&options),
        Command::Test => test::run(),
    }
}

fn run(options: &reader::Options) -> anyhow::Result<()> {
    let zso = reader::run(options, built::objects)?;
    println!("\nthe same on a whole console, in PCSX2:");
    boot::boot_image(&built::rom()?, &zso)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
