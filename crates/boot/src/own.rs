//! A disc around an image of the user's.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};
use bootrom::manifest::{CRC32, Image, Order, Source};
use bootrom::protocol::GAME;
use zso::{Sector, memory_sectors};

use super::disc::{Disc, Folder};
use common::Original;
use common::ZsoFile;
use common::device::{Asked, FileDevice};
use common::paths;
use common::progress::bar;

/// How well images are compressed.
const LEVEL: u8 = 10;
/// Sectors that are read at a time.
const PIECE: u32 = 512;
/// A file of an ISO 9660 disc is smaller.
const TOO_LARGE: u64 = 1 << 32;

struct Contents {
    sectors: u32,
    crc: u32,
}

/// Makes a disc with an image on it, which is compressed unless it is a ZSO file already.
pub fn disc(image: &Path) -> Result<Disc> {
    let (file, contents) = if is_zso(image)? {
        (image.to_owned(), contents_of_zso(image)?)
    } else {
        compressed(image)?
    };
    let len = file.metadata()?.len();
    ensure!(
        len < TOO_LARGE,
        "{} has {len} bytes; files on a disc have less than 4 GiB",
        paths::shown(&file)
    );
    let mut folder = Folder::new("own")?;
    folder.add(GAME, &file);
    let order = Order::Read(Image {
        name: GAME,
        source: Source::Cd,
        sectors: contents.sectors,
        crc: contents.crc,
    });
    Ok(Disc {
        path: folder.master(&[order])?,
        is_dvd: false,
        host_files: Vec::new(),
        bad_sector: None,
    })
}

fn is_zso(image: &Path) -> Result<bool> {
    let cannot = || format!("cannot read {}", image.display());
    let mut magic = Vec::new();
    let file = File::open(image).with_context(cannot)?;
    file.take(4).read_to_end(&mut magic).with_context(cannot)?;
    Ok(magic == zso::format::MAGIC)
}

/// Compresses an image; returns the file, and what must be read from it.
fn compressed(image: &Path) -> Result<(PathBuf, Contents)> {
    let iso = Original::open(image)?;
    let made = ZsoFile::make(&iso, image, LEVEL)?;
    let contents = contents(iso.sectors, |lsn, count| iso.read(lsn, count))?;
    Ok((made.path, contents))
}

fn contents_of_zso(path: &Path) -> Result<Contents> {
    let file = File::open(path)?;
    let len = file.metadata()?.len();
    let mut start = [0; zso::format::HEADER_SIZE];
    (&file).read_exact(&mut start)?;
    let header =
        zso::Header::parse(&start).map_err(|error| anyhow!("{}: {error}", path.display()))?;
    let mut memory = vec![Sector::ZERO; memory_sectors(header.block_size(), PIECE) as usize];
    let device = FileDevice::new(&file, len, &Asked::default());
    let wrong = |error: &dyn std::fmt::Display| anyhow!("{}: {error}", path.display());
    let mut image = zso::Image::mount(device, &mut memory).map_err(|error| wrong(&error))?;
    contents(image.sectors(), |lsn, count| {
        let mut bytes = vec![0; count as usize * zso::SECTOR_SIZE];
        let read = image.read_sectors(lsn, &mut bytes);
        read.map_err(|error| wrong(&error))?;
        Ok(bytes)
    })
}

fn contents(sectors: u32, mut read: impl FnMut(u32, u32) -> Result<Vec<u8>>) -> Result<Contents> {
    let bar = bar("checksum", sectors.into());
    let mut digest = CRC32.digest();
    for lsn in (0..sectors).step_by(PIECE as usize) {
        digest.update(&read(lsn, PIECE.min(sectors - lsn))?);
        bar.set_position(lsn.into());
    }
    bar.finish_and_clear();
    Ok(Contents {
        sectors,
        crc: digest.finalize(),
    })
}
