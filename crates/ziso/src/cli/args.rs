//! What can be typed.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use ziso::Options;

/// Makes, unpacks and verifies ZSO compressed disc images.
#[derive(Parser, Debug)]
#[command(
    version,
    after_help = "Exit codes: 0 all is well, 1 a damaged image or a difference, 2 wrong usage or a file trouble"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Show no progress, and no sizes at the end
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    Compress(Compress),
    Decompress(Decompress),
    Verify(Verify),
}

/// Make a ZSO file from a disc image
#[derive(clap::Args, Debug)]
pub(crate) struct Compress {
    /// The disc image
    #[arg(value_name = "IN.iso")]
    pub(crate) input: PathBuf,
    /// The ZSO file [default: the image's name with the ending .zso]
    #[arg(short, long, value_name = "OUT.zso")]
    pub(crate) output: Option<PathBuf>,
    /// How hard to try: 1 is fast, 12 makes the smallest file
    #[arg(long, value_name = "N", default_value_t = Options::default().level)]
    level: u8,
    /// Let the console decode faster, with a file that is some percent larger
    #[arg(long, conflicts_with = "level")]
    for_console: bool,
    /// Uncompressed bytes per block; many readers on the console take 2048 only
    #[arg(long, value_name = "BYTES", default_value_t = Options::default().block_size)]
    pub(crate) block_size: u32,
    /// Let blocks begin at multiples of 2^N bytes [default: the smallest N that will do]
    #[arg(long, value_name = "N")]
    align: Option<u8>,
    /// Store a block plain if it compresses to this percentage of its size or more
    #[arg(long, value_name = "PERCENT", default_value_t = Options::default().threshold)]
    threshold: u8,
    /// Do not read the new file back to compare it with the image
    #[arg(long)]
    no_verify: bool,
    /// Replace an existing file
    #[arg(short, long)]
    force: bool,
}

/// Make a disc image from a ZSO file
#[derive(clap::Args, Debug)]
pub(crate) struct Decompress {
    /// The ZSO file
    #[arg(value_name = "IN.zso")]
    pub(crate) input: PathBuf,
    /// The disc image [default: the file's name with the ending .iso]
    #[arg(short, long, value_name = "OUT.iso")]
    pub(crate) output: Option<PathBuf>,
    /// Replace an existing file
    #[arg(short, long)]
    pub(crate) force: bool,
}

/// Read a ZSO file to its end, and print size and SHA-256 of the image in it
#[derive(clap::Args, Debug)]
pub(crate) struct Verify {
    /// The ZSO file
    #[arg(value_name = "IN.zso")]
    pub(crate) input: PathBuf,
    /// Compare with this disc image
    #[arg(long, value_name = "IN.iso")]
    pub(crate) against: Option<PathBuf>,
}

impl Compress {
    pub(crate) fn options(&self) -> Options {
        Options {
            level: self.level,
            for_console: self.for_console,
            block_size: self.block_size,
            align: self.align,
            threshold: self.threshold,
            force: self.force,
            verify: !self.no_verify,
            threads: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn command_line_is_consistent() {
        super::Args::command().debug_assert();
    }
}
