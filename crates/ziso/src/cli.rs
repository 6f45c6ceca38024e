//! From the command line to the library, and back to the terminal.

mod args;
mod bar;

use std::io::{self, Write};
use std::path::Path;

use anyhow::bail;
use clap::Parser;
use ziso::{Error, name};

use args::{Args, Command, Compress, Decompress, Verify};
use bar::Bar;

/// Exit code when an image is damaged or different.
const DAMAGE: u8 = 1;
/// Exit code when the command line makes no sense, or a file cannot be read or written.
const TROUBLE: u8 = 2;

/// Does what the command line says.
pub(crate) fn run() -> anyhow::Result<()> {
    let Args { command, quiet } = match Args::try_parse() {
        Ok(args) => args,
        Err(error) if error.use_stderr() => bail!("{}", usage(&error)),
        Err(help) => return print(&help.to_string()),
    };
    let bar = Bar::new(quiet)?;
    match command {
        Command::Compress(args) => compress(&args, bar, quiet),
        Command::Decompress(args) => decompress(&args, bar, quiet),
        Command::Verify(args) => verify(&args, bar),
    }
}

/// The exit code that goes with an error.
pub(crate) fn exit_code(error: &anyhow::Error) -> u8 {
    match error.downcast_ref::<Error>() {
        Some(error) if error.is_damage() => DAMAGE,
        _ => TROUBLE,
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

fn compress(args: &Compress, mut bar: Bar, quiet: bool) -> anyhow::Result<()> {
    let output = args
        .output
        .clone()
        .unwrap_or_else(|| name::for_zso(&args.input));
    let summary = ziso::compress(&args.input, &output, &args.options(), bar.watch())?;
    bar.finish();
    warn_about_readers(args.block_size, summary.input_bytes);
    if quiet {
        return Ok(());
    }
    report_sizes(&output, summary.input_bytes, summary.output_bytes)
}

fn decompress(args: &Decompress, mut bar: Bar, quiet: bool) -> anyhow::Result<()> {
    let output = args
        .output
        .clone()
        .unwrap_or_else(|| name::for_image(&args.input));
    let input_bytes = std::fs::metadata(&args.input).map_or(0, |meta| meta.len());
    let summary = ziso::decompress(&args.input, &output, args.force, bar.watch())?;
    bar.finish();
    if quiet {
        return Ok(());
    }
    report_sizes(&output, input_bytes, summary.output_bytes)
}

fn verify(args: &Verify, mut bar: Bar) -> anyhow::Result<()> {
    let report = ziso::verify(&args.input, args.against.as_deref(), bar.watch())?;
    bar.finish();
    let sha256: String = report
        .sha256
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    print(&format!("sha256: {sha256}\nsize: {}\n", report.total_bytes))
}

fn report_sizes(output: &Path, from: u64, to: u64) -> anyhow::Result<()> {
    let percent = to as f64 * 100.0 / from.max(1) as f64;
    print(&format!(
        "{output:?}: {from} -> {to} bytes ({percent:.1}%)\n"
    ))
}

/// Says what other readers than this project's make of the file.
fn warn_about_readers(block_size: u32, image_bytes: u64) {
    if block_size != zso::format::DEFAULT_BLOCK_SIZE {
        warn(&format!(
            "many readers on the console take blocks of 2048 bytes only, not {block_size}; \
             leave --block-size out for them"
        ));
    }
    let rest = image_bytes % zso::SECTOR_SIZE as u64;
    if rest != 0 {
        warn(&format!(
            "the image ends with {rest} bytes of a sector, which many readers on the console leave out; \
             a copy of a disc has whole sectors of 2048 bytes"
        ));
    }
}

fn warn(message: &str) {
    // Not `eprintln`, which panics when nobody listens.
    let _ = writeln!(io::stderr(), "ziso: warning: {message}");
}

/// Prints results; it is no error that nobody reads them to the end.
fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = io::stdout();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(anyhow::Error::new(error).context("cannot print the result"))
        }
        _ => Ok(()),
    }
}
