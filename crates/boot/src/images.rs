//! The test disc: images of all kinds, good and damaged.

use std::fs;

use anyhow::{Context, Result};
use bootrom::manifest::{CRC32, Image, Order, Source};
use bootrom::protocol::{CUT, DAMAGED, GAME, LARGE, LIST, REPORT, SELFTEST};
use common::{Original, ZsoFile, options_for, paths};
use testkit::data;
use testkit::image::{Builder, Filler, Plain, Tail, Zso};
use ziso::backend::{BACKENDS, Backend};
use zso::SECTOR_SIZE;

use super::disc::{Disc, Folder};

const ALIGNED: &str = "ALIGN2.ZSO";
const LARGE_ALIGNED: &str = "LARGE2.ZSO";
const PLAIN: &str = "PLAIN.ZSO";
const PACKED: &str = "PACKED.ZSO";
const FOR_USB: &str = "USB.ZSO";
const FOR_HDD: &str = "HDD.ZSO";

/// An image, how it is written, and what reads it.
struct Kind {
    name: &'static str,
    sectors: u32,
    seed: u64,
    maker: Maker,
    sources: &'static [Source],
}

/// What writes an image.
enum Maker {
    /// The tests' own writer.
    Builder(Builder),
    /// `ziso compress --for` this device.
    For(&'static Backend),
}

/// Those that can be read from the first sector to the last.
fn kinds() -> [Kind; 8] {
    let common = Builder {
        tail: Tail::Pad,
        ..Builder::default()
    };
    let aligned = Builder {
        align: 2,
        filler: Filler::Noise(5),
        ..common
    };
    let kind = |name, sectors, seed, builder, sources| Kind {
        name,
        sectors,
        seed,
        maker: Maker::Builder(builder),
        sources,
    };
    let made_for = |name, seed, device| Kind {
        name,
        sectors: 512,
        seed,
        maker: Maker::For(device),
        sources: &[Source::Cd, Source::Opl],
    };
    let [usb, .., hdd] = &BACKENDS;
    let large = |builder| Builder {
        block_size: 16384,
        ..builder
    };
    let plain = |plain| Builder { plain, ..common };
    let cd = &[Source::Cd];
    [
        // Enough sectors for the longest requests of the ROM.
        kind(GAME, 512, 1, common, &Source::ALL),
        kind(ALIGNED, 256, 2, aligned, cd),
        kind(LARGE, 256, 3, large(common), cd),
        kind(LARGE_ALIGNED, 250, 4, large(aligned), &[Source::Dvd]),
        kind(PLAIN, 128, 5, plain(Plain::Always), cd),
        kind(PACKED, 128, 6, plain(Plain::Never), cd),
        made_for(FOR_USB, 9, usb),
        made_for(FOR_HDD, 10, hdd),
    ]
}

pub fn test_disc() -> Result<Disc> {
    let mut folder = Folder::new("test")?;
    let mut orders = Vec::new();
    let mut list = Vec::new();
    for kind in kinds() {
        let disc = data::game_like(kind.seed, kind.sectors as usize * SECTOR_SIZE);
        if kind.name == GAME {
            list.extend([*b"ZCRC", kind.sectors.to_le_bytes()].as_flattened());
            let sectors = disc.chunks_exact(SECTOR_SIZE);
            list.extend(sectors.flat_map(|sector| CRC32.checksum(sector).to_le_bytes()));
        }
        folder.write(kind.name, &kind.maker.make(&disc, &folder)?)?;
        orders.extend(kind.sources.iter().map(|&source| {
            Order::Read(Image {
                name: kind.name,
                source,
                sectors: kind.sectors,
                crc: CRC32.checksum(&disc),
            })
        }));
    }
    folder.write(DAMAGED, &damaged().bytes)?;
    folder.write(CUT, &cut().bytes)?;
    orders.extend([Order::Cases, Order::Selftest]);
    let module = paths::iop().join("zso_selftest.irx");
    let module =
        fs::read(&module).with_context(|| format!("cannot read {}", paths::shown(&module)))?;
    folder.write(SELFTEST, &module)?;
    folder.write(LIST, &list)?;
    folder.write(REPORT, &[])?;
    let host_files = [GAME, LIST, REPORT].map(|name| folder.place(name)).to_vec();
    let path = folder.master(&orders)?;
    Ok(Disc {
        path,
        is_dvd: true,
        host_files,
        bad_sector: None,
    })
}

impl Maker {
    /// Makes a file of a disc.
    fn make(&self, disc: &[u8], folder: &Folder) -> Result<Vec<u8>> {
        let device = match self {
            Self::Builder(builder) => return Ok(builder.build(disc).bytes),
            Self::For(device) => device,
        };
        let path = folder.place("for.iso");
        fs::write(&path, disc).with_context(|| format!("cannot write {}", paths::shown(&path)))?;
        let options = options_for(&path, device)?.context("nothing makes the disc small enough")?;
        let zso = ZsoFile::make_with(&Original::open(&path)?, &path, options)?;
        fs::read(&zso.path).with_context(|| format!("cannot read {}", paths::shown(&zso.path)))
    }
}

/// An image with all kinds of damage that a reader can notice.
fn damaged() -> Zso {
    const FIRST: u32 = 0;
    const PLAIN: u32 = 1 << 31;
    let mut zso = Builder::default().build(&data::text(7, 64 * SECTOR_SIZE));
    let start = |block: usize| zso.blocks[block].bytes.start;
    // A match before the block; literals without end; more of them than the block has room for.
    let (offset, endless, long) = (start(10), start(20), zso.blocks[21].bytes.clone());
    zso.bytes[offset..][..4].copy_from_slice(&[0x10, b'a', 9, 0]);
    zso.bytes[endless..][..SECTOR_SIZE.min(long.start - endless)].fill(0xFF);
    zso.bytes[long.start..][..10]
        .copy_from_slice(&[0xF0, 255, 255, 255, 255, 255, 255, 255, 255, 255]);
    // An entry that points before the one before it; a block that is too short to be plain.
    zso.set_entry(30, FIRST);
    zso.set_entry(40, zso.entry(40) | PLAIN);
    zso
}

/// An image whose last block an installer has cut off.
fn cut() -> Zso {
    let builder = Builder {
        tail: Tail::Cut,
        ..Builder::default()
    };
    builder.build(&data::text(8, 64 * SECTOR_SIZE))
}
