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
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot print the result")
        }
        _ => Ok(()),
    }
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
