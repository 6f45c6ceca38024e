//! From the command line to the library, and back to the terminal.
//!
//! | module | what it does |
//! |---|---|
//! | `args` | what can be typed, and what all subcommands take |
//! | `compress`, `decompress`, `verify`, ... | a subcommand each: its arguments, and what they do |
//! | `script` | the command line of the script that came first, decided before all others |
//! | `bare`, `window` | files without a subcommand, and the window that Windows opens for them |
//! | `batch` | many files and whole folders: which becomes which, and one after the other |
//! | `screen` | progress on the terminal, and the keys that end a run |
//! | `output`, `exit` | results, messages and exit codes |
//! | `generate` | completions and manual, from the one definition |
//!
//! A subcommand is a struct that derives [`clap::Args`], with a method `run(self, &Common) -> anyhow::Result<Exit>`.

mod advise;
mod args;
mod bare;
mod batch;
mod compress;
mod decompress;
mod exit;
mod generate;
mod hdd;
mod info;
mod level;
mod output;
mod screen;
mod script;
mod split;
mod verify;
mod window;

use clap::Parser;

use args::{Args, Command};
use bare::Bare;
use exit::Exit;
use script::Script;

/// Does what the command line says.
pub(crate) fn run() -> Exit {
    // No shell of Windows replaces `*.iso` by files; there this does.
    let words: Vec<_> = wild::args_os().collect();
    let done = match () {
        () if words.len() <= 1 => bare::page(),
        () if script::is_meant(&words) => parse(words, Script::run),
        () if bare::is_meant(&words) => parse(words, Bare::run),
        () => parse(words, dispatch),
    };
    done.unwrap_or_else(|error| {
        output::error(&error);
        Exit::of(&error)
    })
}

fn dispatch(args: Args) -> anyhow::Result<Exit> {
    let common = &args.common;
    match args.command {
        Command::Compress(command) => command.run(common),
        Command::Decompress(command) => command.run(common),
        Command::Verify(command) => command.run(common),
        Command::Info(command) => command.run(common),
        Command::Advise(command) => command.run(common),
        Command::Split(command) => command.run(common),
        Command::Hdd(command) => command.run(common),
        Command::Completions(command) => command.run(),
        Command::Man(command) => command.run(),
    }
}

/// Runs `then` on what the words mean, or prints the help that they ask for.
fn parse<P: Parser>(
    words: Vec<std::ffi::OsString>,
    then: fn(P) -> anyhow::Result<Exit>,
) -> anyhow::Result<Exit> {
    match P::try_parse_from(words) {
        Ok(args) => then(args),
        Err(error) if error.use_stderr() => Err(output::Usage(usage(&error)).into()),
        Err(help) => output::print(&help.to_string()).map(|()| Exit::Fine),
    }
}

/// What is wrong with the command line; every message begins with the program's name alone.
fn usage(error: &clap::Error) -> String {
    let text = error.to_string();
    text.strip_prefix("error: ")
        .unwrap_or(&text)
        .trim_end()
        .to_owned()
}
