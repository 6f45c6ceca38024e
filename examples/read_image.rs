//! Writes the disc image that a ZSO file holds to the standard output:
//! `cargo run --example read_image -- GAME.zso > DISC.iso`.

use std::error::Error;
use std::fs::File;
use std::io::{self, Write as _};

use embedded_io::{ErrorType, Read, Seek, SeekFrom};
use zso::device::ByteDevice;
use zso::format::HEADER_SIZE;
use zso::{Header, Image, SECTOR_SIZE, Sector, memory_sectors};

/// Sectors of the file to read ahead.
const AHEAD: u32 = 64;
/// Sectors of the disc in a request.
const CHUNK: usize = 64;

/// A file with `embedded_io`'s traits, which need no `std`.
struct FileBytes(File);

impl ErrorType for FileBytes {
    type Error = io::Error;
}

impl Read for FileBytes {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        io::Read::read(&mut self.0, buf)
    }
}

impl Seek for FileBytes {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        io::Seek::seek(&mut self.0, to.into())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("name a ZSO file")?;
    let mut file = File::open(path)?;

    // The header says how large the blocks are, and that how much memory the reader needs.
    let mut header = [0; HEADER_SIZE];
    io::Read::read_exact(&mut file, &mut header)?;
    let header = Header::parse(&header)?;
    let mut memory = vec![Sector::ZERO; memory_sectors(header.block_size(), AHEAD) as usize];

    let mut image = Image::mount(ByteDevice::new(FileBytes(file))?, &mut memory)?;
    let mut buf = vec![0; CHUNK * SECTOR_SIZE];
    let mut out = io::stdout().lock();
    let mut lsn = 0;
    // At the disc's end fewer sectors are delivered than were asked for, then none.
    loop {
        let count = image.read_sectors(lsn, &mut buf)?;
        if count == 0 {
            break;
        }
        out.write_all(&buf[..count as usize * SECTOR_SIZE])?;
        lsn += count;
    }
    out.flush()?;
    Ok(())
}
