//! ZSO files in the drive: PCSX2 opens them as discs, by a reader of its own, and the ROM reads what is in them.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::iter;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use bootrom::manifest::{CRC32, Order, Source, Stretch};
use testkit::data;
use ziso::backend::BACKENDS;
use zso::SECTOR_SIZE;

use super::disc::{Disc, Folder};
use super::pcsx2::{Pcsx2, Version};
use super::{Lines, Rom, in_pcsx2};
use common::{options_for, paths};

const SECTOR: u64 = SECTOR_SIZE as u64;
/// Where in a file of plain blocks an index entry needs its `align`.
const TWO_GIB: u64 = 1 << 31;
/// What the large disc has after that, which is compressed.
const AFTER: u64 = 8 << 20;

/// What `ziso` is told to make of an image.
fn kinds(iso: &Path, large: bool) -> Result<Vec<(String, ziso::Options)>> {
    let usual = ziso::Options {
        force: true,
        ..ziso::Options::default()
    };
    if large {
        let raw = iter::once(0..TWO_GIB).collect();
        let options = ziso::Options { raw, ..usual };
        return Ok(vec![("plain up to 2 GiB".to_owned(), options)]);
    }
    let mut kinds = [
        ("default", usual.clone()),
        (
            "for the console",
            ziso::Options {
                for_console: true,
                ..usual.clone()
            },
        ),
        (
            "blocks of 16384",
            ziso::Options {
                block_size: 16384,
                ..usual.clone()
            },
        ),
        (
            "align 2",
            ziso::Options {
                align: 2,
                ..usual.clone()
            },
        ),
        (
            "plain runs at sectors",
            ziso::Options {
                threshold: 60,
                gaps: 1000,
                ..usual.clone()
            },
        ),
        (
            "CSO",
            ziso::Options {
                form: ziso::Form::Cso,
                ..usual
            },
        ),
    ]
    .map(|(name, options)| (name.to_owned(), options))
    .to_vec();
    let [usb, .., hdd] = &BACKENDS;
    for device in [usb, hdd] {
        let options = options_for(iso, device)?.context("nothing makes the disc small enough")?;
        let force = true;
        kinds.push((
            format!("for {}", device.name),
            ziso::Options { force, ..options },
        ));
    }
    Ok(kinds)
}

/// Has the emulator read files of all kinds, and compares the discs with the images that they were made of.
pub fn prove(rom: &Rom, pcsx2: &Pcsx2) -> Result<()> {
    ensure!(
        pcsx2.version() == Version::Two,
        "version 1.6 reads no ZSO files; let ZSO_PCSX2 name a pcsx2-qt, or nothing"
    );
    for (iso, stretches) in [cd()?, dvd()?] {
        let expected = expected(&iso, &stretches)?;
        for (name, options) in kinds(&iso, stretches.len() > 1)? {
            let ending = options.form.to_string().to_lowercase();
            let path = iso.with_extension(ending);
            let made = ziso::compress(&iso, &path, &options, &mut ziso::unwatched)?;
            let disc = Disc {
                path,
                is_dvd: false,
                host_files: Vec::new(),
                bad_sector: None,
            };
            let record = in_pcsx2(pcsx2, rom, &disc, Lines::Hidden)?;
            let said = record.transcript.join("\n");
            for line in &expected {
                ensure!(
                    record.transcript.contains(line),
                    "{name}: {line:?} is not in\n{said}"
                );
                println!("  {name}, {} bytes: {line}", made.output_bytes);
            }
        }
    }
    Ok(())
}

/// A CD that is read from its first sector to its last.
fn cd() -> Result<(PathBuf, Vec<Stretch>)> {
    let mut folder = Folder::new("zso-cd")?;
    folder.write("DATA.BIN", &data::game_like(1, 4000 * SECTOR_SIZE))?;
    let all = Stretch {
        source: Source::Cd,
        first: 0,
        sectors: 0,
    };
    Ok((folder.master(&[Order::Disc(all)])?, vec![all]))
}

/// A DVD above 2 GiB, with data at its start, around the 2 GiB, and at its end. Between them are zeros, which are left
/// out: to read them would take many minutes.
fn dvd() -> Result<(PathBuf, Vec<Stretch>)> {
    let end = (TWO_GIB + AFTER) / SECTOR;
    let stretches = [
        (0, 2000),
        (TWO_GIB / SECTOR - 500, 1000),
        (end - 1500, 1500),
    ];
    let stretches = stretches.map(|(first, sectors)| Stretch {
        source: Source::Dvd,
        first: first as u32,
        sectors,
    });
    let mut folder = Folder::new("zso-dvd")?;
    folder.write("DATA.BIN", &data::game_like(2, 1500 * SECTOR_SIZE))?;
    let iso = folder.master(&stretches.map(Order::Disc))?;
    let cannot = || format!("cannot write {}", paths::shown(&iso));
    let mut file = File::options()
        .write(true)
        .open(&iso)
        .with_context(cannot)?;
    file.set_len(TWO_GIB + AFTER).with_context(cannot)?;
    for Stretch { first, sectors, .. } in stretches.into_iter().skip(1) {
        file.seek(SeekFrom::Start(u64::from(first) * SECTOR))
            .with_context(cannot)?;
        let bytes = data::game_like(first.into(), sectors as usize * SECTOR_SIZE);
        file.write_all(&bytes).with_context(cannot)?;
    }
    Ok((iso, stretches.to_vec()))
}

/// What the ROM has to say of an image.
fn expected(iso: &Path, stretches: &[Stretch]) -> Result<Vec<String>> {
    let cannot = || format!("cannot read {}", paths::shown(iso));
    let file = File::open(iso).with_context(cannot)?;
    let whole = (fs::metadata(iso).with_context(cannot)?.len() / SECTOR) as u32;
    let line = |&Stretch {
                    source,
                    first,
                    sectors,
                }: &Stretch| {
        let sectors = if sectors == 0 { whole } else { sectors };
        let mut bytes = vec![0; sectors as usize * SECTOR_SIZE];
        file.read_exact_at(&mut bytes, u64::from(first) * SECTOR)
            .with_context(cannot)?;
        let (crc, name) = (CRC32.checksum(&bytes), source.name());
        Ok(format!(
            "{sectors} sectors of the disc from {first} on, by {name}: crc {crc:08x}"
        ))
    };
    stretches.iter().map(line).collect()
}
