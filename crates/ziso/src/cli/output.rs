//! Results on standard output, and messages on standard error.

use std::io::{self, Write};

use anyhow::Context;

/// Prints results; it is no error that nobody reads them to the end.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    print_bytes(text.as_bytes())
}

/// The same with bytes.
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

/// Says what is in doubt.
pub(crate) fn warn(message: &str) {
    say(&format!("warning: {message}"));
}

/// Says what went wrong, with its causes.
pub(crate) fn error(error: &anyhow::Error) {
    say(&format!("{error:#}"));
}

fn say(message: &str) {
    // Not `eprintln`, which panics when nobody listens.
    let _ = writeln!(io::stderr(), "ziso: {message}");
}
