//! Results on standard output, and messages on standard error: all that the program says goes through here, so that no
//! text of a disc, a list or a file's name changes the terminal, or reads as a line of the program's own.

use std::fmt::Display;
use std::io::{self, Write};

use anyhow::Context;
use serde_json::Value;
use zso_report::{json_lines, lines, plain};

/// Prints lines of results; it is no error that nobody reads them to the end.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    print_bytes(lines(text).to_string().as_bytes())
}

/// Prints a line of JSON.
pub(crate) fn print_json(value: &Value) -> anyhow::Result<()> {
    print_bytes(json_lines(&format!("{value}\n")).as_bytes())
}

/// Prints what the program's own definition makes: completions, a page of the manual.
pub(crate) fn print_bytes(bytes: &[u8]) -> anyhow::Result<()> {
    let mut stdout = io::stdout();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if !is_unread(&error) => Err(error).context("cannot print the result"),
        _ => Ok(()),
    }
}

/// Whether writing failed because nobody reads any more.
pub(crate) fn is_unread(error: &io::Error) -> bool {
    /// Windows' ERROR_PIPE_NOT_CONNECTED, which Rust has no name for.
    const NOT_CONNECTED: i32 = 233;
    let not_connected = cfg!(windows) && error.raw_os_error() == Some(NOT_CONNECTED);
    not_connected || error.kind() == io::ErrorKind::BrokenPipe
}

/// What is wrong with the command line, in lines of their own.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

/// Says what is in doubt.
pub(crate) fn warn(message: &str) {
    say(&plain(&format!("warning: {message}")));
}

/// Says what went wrong, with its causes.
pub(crate) fn error(error: &anyhow::Error) {
    match error.downcast_ref() {
        Some(Usage(text)) => say(&lines(text)),
        None => say(&plain(&format!("{error:#}"))),
    }
}

fn say(message: &dyn Display) {
    // Not `eprintln`, which panics when nobody listens.
    let _ = writeln!(io::stderr(), "ziso: {message}");
}
