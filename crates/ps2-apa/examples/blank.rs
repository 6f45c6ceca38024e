//! Makes an image of an empty disk: `cargo run -p apa --example blank -- FILE GIGABYTES`.

use std::fs::File;
use std::path::PathBuf;

use ps2_apa::{Access, FileDisk, Timestamp};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path: PathBuf = args.next().ok_or("name a file")?.into();
    let gigabytes: u64 = args.next().ok_or("say how many gigabytes")?.parse()?;
    // A sparse file: what is not written takes no room.
    File::create_new(&path)?.set_len(gigabytes * 1_000_000_000)?;
    let mut disk = FileDisk::open(&path, Access::Write)?;
    ps2_apa::format::format(&mut disk, Timestamp::now())?;
    Ok(())
}
