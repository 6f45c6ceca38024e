//! `ziso verify`

use std::path::{Path, PathBuf};

use anyhow::bail;
use discs::dat::Dat;
use discs::hashes::{Hashes, hex};
use serde_json::{Value, json};
use ziso::identify::open_list;
use ziso::verify::{Report as Verified, Track};
use ziso::{Checks, name};
use zso_report::{plain, shown};

use super::args::Common;
use super::batch::{self, Report};
use super::exit::Exit;
use super::screen::{FileBar, Screen};

/// Read ZSO files, or any other that `compress` takes, to their ends, and print the checksums of the images in them
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  ziso verify game.zso
  ziso verify game.zso --against game.iso
  ziso verify game.cue --dat redump.zip
  ziso verify usb/DVD --dat redump.zip")]
pub(crate) struct Verify {
    /// Files, and folders whose ZSO files and images are meant; - for standard input
    #[arg(required = true, value_name = "IN")]
    inputs: Vec<PathBuf>,
    /// Compare with this disc image
    #[arg(long, value_name = "ISO")]
    against: Option<PathBuf>,
    /// Compare with the checksum of the image in this file: as md5sum and sha1sum write them, or SFV
    #[arg(long, value_name = "FILE")]
    sidecar: Option<PathBuf>,
    /// Name the game that has these checksums in a list of known discs: a DAT file as Redump has them, zipped or not
    #[arg(long, value_name = "DAT")]
    dat: Option<PathBuf>,
    /// Write a CRC-32 of each sector to this file, for zso_selftest.irx on a console
    #[arg(long, value_name = "LIST")]
    crc_list: Option<PathBuf>,
    /// Replace that list
    #[arg(short, long, requires = "crc_list")]
    force: bool,
}

impl Verify {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<Exit> {
        let files = batch::found(&self.inputs, name::is_readable)?;
        let of_one = [("--against", &self.against), ("--crc-list", &self.crc_list)];
        if let Some((option, _)) = of_one.iter().find(|(_, path)| path.is_some())
            && files.len() != 1
        {
            bail!("{option} is for one file, and there are {}", files.len());
        }
        let dat = self.dat.as_deref().map(open_list).transpose()?;
        let dat = dat.as_ref();
        batch::run_found(&files, common, |i, bar, screen| {
            self.one(&files[i].path, dat, common, bar, screen)
        })
    }

    fn one(
        &self,
        path: &Path,
        dat: Option<&Dat>,
        common: &Common,
        bar: &mut FileBar,
        screen: &Screen,
    ) -> anyhow::Result<Report> {
        let checks = Checks {
            against: self.against.as_deref(),
            sidecar: self.sidecar.as_deref(),
            crc_list: self.crc_list.as_deref(),
            force: self.force,
            threads: common.jobs,
        };
        let verified = ziso::verify(path, &checks, &mut |progress| bar.watch(progress))?;
        let mut report = report(path, &verified);
        screen.warn_of(path, verified.never_stored.as_slice());
        if let Some(dat) = dat {
            name_game(&mut report, dat, &verified);
        }
        Ok(report)
    }
}

/// Adds the game's name; a disc that is not listed may be damaged.
fn name_game(report: &mut Report, dat: &Dat, verified: &Verified) {
    let of_track = |track: &Track| dat.find(&track.hashes, track.bytes);
    let image = dat.find(&verified.hashes, verified.image_bytes);
    let mut line = String::new();
    let game = match verified.tracks.as_slice() {
        [] => image,
        [track] => image.or_else(|| of_track(track)),
        // All of them belong to the disc.
        tracks => {
            let missing = (1..)
                .zip(tracks)
                .filter(|(_, track)| of_track(track).is_none());
            for (number, track) in missing {
                line += &format!("  track {number}, {}, is not listed\n", shown(&track.file));
            }
            let first = tracks.first().and_then(of_track);
            first.filter(|_| line.is_empty())
        }
    };
    line += &match game {
        Some(game) => format!("  game  {}\n", plain(&game.name)),
        None => format!("  game  {}\n", dat.not_listed()),
    };
    report.text.push_str(&line);
    report.json["game"] = game.map(|game| &*game.name).into();
    if game.is_none() {
        report.exit = Exit::Damage;
    }
}

/// Checksums for people, a line each.
pub(super) fn checksums(hashes: &Hashes) -> String {
    let Hashes { crc32, md5, sha1 } = hashes;
    let (md5, sha1) = (hex(md5), hex(sha1));
    format!("  crc32 {crc32:08x}\n  md5   {md5}\n  sha1  {sha1}\n")
}

/// A track for people.
fn line((number, track): (usize, &Track)) -> String {
    let Hashes { crc32, md5, sha1 } = track.hashes;
    let (file, bytes) = (shown(&track.file), track.bytes);
    let (md5, sha1) = (hex(md5), hex(sha1));
    format!("  track {number}, {file}: {bytes} bytes, crc32 {crc32:08x}, md5 {md5}, sha1 {sha1}\n")
}

/// A track for programs.
fn track_json(track: &Track) -> Value {
    let mut json = json!(track.hashes);
    json["file"] = track.file.to_string_lossy().into();
    json["bytes"] = track.bytes.into();
    json
}

fn report(path: &Path, verified: &Verified) -> Report {
    let Verified {
        image_bytes,
        hashes,
        tracks,
        never_stored,
    } = verified;
    let mut text = format!("{}: {image_bytes} bytes\n", shown(path));
    text += &checksums(hashes);
    text.extend((1..).zip(tracks).map(line));
    let mut json = json!(hashes);
    json["image_bytes"] = (*image_bytes).into();
    json["never_stored"] = json!(never_stored);
    json["tracks"] = tracks.iter().map(track_json).collect();
    Report {
        exit: Exit::of_damage(never_stored.is_some()),
        ..Report::done(text, json)
    }
}
