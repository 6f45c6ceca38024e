//! `ziso compress`

use std::ops::Range;
use std::path::Path;

use anyhow::bail;
use discs::pattern::{self, Pattern};
use serde_json::json;
use ziso::backend::{BACKENDS, Backend};
use ziso::compress::Summary;
use ziso::{At, disc};
use ziso::{Form, Options, name};
use zso_report::shown;

use super::args::{AnyData, Common};
use super::batch::{Files, Kind, Report, Task};
use super::exit::Exit;
use super::level;
use super::screen::{FileBar, Screen};

/// A file of more than this percentage of the disc is hardly worth it.
const HARDLY_SMALLER: u64 = 95;
/// A percentage that no file reaches.
const ANY_SIZE: u8 = 200;

/// Make ZSO files from disc images, or CSO files
///
/// Disc images are ISO files; ZSO, CSO and CHD files to be compressed anew; NRG and .cue files, and BIN and MDF files of
/// data tracks, of which the 2048 bytes of data in each sector are taken; zip and 7z files with one image in them.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  ziso compress game.iso
  ziso compress games --output-dir usb/DVD --skip-existing
  ziso compress --for-console game.iso -o fast.zso
  ziso compress --raw '*.PSS' game.bin
  ziso compress --for hdd --max-size 75 game.iso
  ziso compress --to cso game.chd")]
pub(crate) struct Compress {
    #[command(flatten)]
    files: Files,
    /// What to make: zso, or cso for emulators, which no loader on this console reads
    #[arg(long, value_name = "FORM", default_value = "zso", value_parser = form)]
    to: Form,
    /// How hard to try: fast, default or best, or a number from 1 (fast) to 12 (best)
    #[arg(short, long, value_name = "LEVEL", default_value = "default", value_parser = level::parse)]
    level: u8,
    /// Let the console decode faster, with a file that is some percent larger; all levels are the same one then
    #[arg(long)]
    for_console: bool,
    /// Find the settings with which games load fastest from this device: usb, mx4sio, mmce, smb, ilink, udpfs, udpbd or
    /// hdd. Others of compression do not matter then
    #[arg(long = "for", value_name = "DEVICE", value_parser = device)]
    device: Option<&'static Backend>,
    /// With --for: make the file no larger than this percentage of the disc
    #[arg(long, value_name = "PERCENT", requires = "device", value_parser = clap::value_parser!(u8).range(1..=100))]
    max_size: Option<u8>,
    /// Uncompressed bytes per block; many readers on the console take 2048 only
    #[arg(long, value_name = "BYTES", default_value_t = Options::default().block_size)]
    block_size: u32,
    /// Let blocks begin at multiples of 2^N bytes; a larger N is taken if the file needs it
    #[arg(long, value_name = "N", default_value_t = Options::default().align)]
    align: u8,
    /// Store a block plain if it compresses to this percentage of its size or more
    #[arg(long, value_name = "PERCENT", default_value_t = Options::default().threshold)]
    threshold: u8,
    /// Let the file end where its data ends, not with a whole sector: installers may cut it
    #[arg(long)]
    no_pad: bool,
    /// Store the files of this pattern plain, such as '*.PSS' for films that must not wait for a decoder; with a / it
    /// is for paths from the root on. Several such patterns are possible
    #[arg(long, value_name = "GLOB")]
    raw: Vec<Pattern>,
    /// Do not read the new file back to compare it with the image
    #[arg(long)]
    no_verify: bool,
    #[command(flatten)]
    any: AnyData,
}

impl Compress {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<Exit> {
        let options = self.options(common);
        // What files of a form are made of.
        let kind = Kind {
            takes: name::is_disc,
            becomes: match self.to {
                Form::Zso => name::for_zso,
                Form::Cso => name::for_cso,
            },
            only_discs: !self.any.any_data,
        };
        self.files.each(&kind, common, |task, bar, screen| {
            let mut options = options.clone();
            options.raw = self.raw_parts(task, screen)?;
            match self.device {
                Some(device) => self.fastest(task, &options, device, bar, screen),
                None => file(task, &options, bar, screen),
            }
        })
    }

    /// Where the files are that are to be stored plain.
    fn raw_parts(&self, task: &Task, screen: &Screen) -> anyhow::Result<Vec<Range<u64>>> {
        if self.raw.is_empty() {
            return Ok(Vec::new());
        }
        if name::is_stdio(&task.input) {
            bail!(
                "--raw has to look for files, which standard input cannot be searched for; name a file"
            );
        }
        let files = pattern::matching(&disc::open(&task.input)?, &self.raw).at(&task.input)?;
        if files.is_empty() {
            screen.warn(&format!(
                "no file in {} is one of --raw",
                shown(&task.input)
            ));
        }
        Ok(pattern::ranges(&files))
    }

    /// Compresses the file of a task with the settings that are fastest for a device, within the size that it may have.
    fn fastest(
        &self,
        task: &Task,
        options: &Options,
        device: &Backend,
        bar: &mut FileBar,
        screen: &Screen,
    ) -> anyhow::Result<Report> {
        if name::is_stdio(&task.input) || name::is_stdio(&task.output) {
            bail!("--for may compress a disc more than once; name files, not -");
        }
        options.check()?;
        let watch = &mut |progress| bar.watch(progress);
        let settings = ziso::advise::fastest(&task.input, options, device, watch)?;
        let most = u64::from(self.max_size.unwrap_or(ANY_SIZE));
        let mut smallest = u64::MAX;
        for setting in settings {
            // Places of the disc tell its size but roughly. What was too large is no smaller when it is slower.
            let may_fit = setting.file_bytes * 100 <= setting.disc_bytes * (most + 1);
            if !may_fit || setting.file_bytes >= smallest {
                continue;
            }
            smallest = setting.file_bytes;
            let options = Options {
                most_bytes: setting.disc_bytes * most / 100,
                ..setting.options
            };
            match file(task, &options, bar, screen) {
                Err(error) if is_too_large(&error) => {}
                result => {
                    if setting.file_bytes * 100 > setting.disc_bytes * HARDLY_SMALLER {
                        screen.warn(&format!(
                            "from {} an image loads faster than anything smaller; type --max-size 75 for a smaller file",
                            device.name
                        ));
                    }
                    return result;
                }
            }
        }
        bail!(
            "no settings make {} as small as {most} % of the disc; type a larger --max-size",
            shown(&task.output)
        )
    }

    fn options(&self, common: &Common) -> Options {
        Options {
            form: self.to,
            level: self.level,
            for_console: self.for_console,
            block_size: self.block_size,
            align: self.align,
            threshold: self.threshold,
            whole_sectors: !self.no_pad,
            any_data: self.any.any_data,
            force: self.files.force,
            verify: !self.no_verify,
            threads: common.jobs,
            ..Options::default()
        }
    }
}

/// Whether a file had more bytes than it may have.
fn is_too_large(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(ziso::Error::TooLarge { .. }))
}

/// The device that a word means.
pub(crate) fn device(word: &str) -> Result<&'static Backend, String> {
    let known = BACKENDS
        .iter()
        .find(|backend| backend.name.eq_ignore_ascii_case(word));
    known.ok_or_else(|| "type usb, mx4sio, mmce, smb, ilink, udpfs, udpbd or hdd".to_owned())
}

/// The form that a word means.
fn form(word: &str) -> Result<Form, String> {
    let forms = [("zso", Form::Zso), ("cso", Form::Cso)];
    let known = forms.into_iter().find(|(name, _)| *name == word);
    known
        .map(|(_, form)| form)
        .ok_or_else(|| "type --to zso, or --to cso".to_owned())
}

/// Compresses the file of a task.
pub(crate) fn file(
    task: &Task,
    options: &Options,
    bar: &mut FileBar,
    screen: &Screen,
) -> anyhow::Result<Report> {
    let mut watch = |progress| bar.watch(progress);
    let summary = ziso::compress(&task.input, &task.output, options, &mut watch)?;
    for doubt in doubts(options, summary.image_bytes) {
        screen.warn(&doubt);
    }
    screen.warn_of(&task.input, &summary.problems);
    if summary.music_sectors > 0 || summary.music.tracks > 0 {
        screen.warn(&music(&task.input, &summary, options.form));
    }
    Ok(report(task, &summary))
}

fn report(task: &Task, summary: &Summary) -> Report {
    Report::done(
        sizes(&task.output, summary.image_bytes, summary.output_bytes),
        json!({
            "output": task.output.to_string_lossy(),
            "image_bytes": summary.image_bytes,
            "output_bytes": summary.output_bytes,
            "blocks": summary.blocks,
            "plain_blocks": summary.plain_blocks,
            "align": summary.align,
        }),
    )
}

/// What is not in the new file.
fn music(input: &Path, summary: &Summary, form: Form) -> String {
    let what = match (summary.music.tracks, summary.music_sectors) {
        (0, sectors) => format!("{sectors} sectors besides the data"),
        (tracks, _) => format!("{tracks} tracks"),
    };
    let files = summary
        .music
        .files
        .iter()
        .map(|file| format!(", {}", shown(file)));
    format!(
        "{} has music, or data after it, which a {form} file has no place for: {what} left out{}; the game may be silent",
        shown(input),
        files.collect::<String>()
    )
}

/// A line with a file's name, and the sizes that it was made from and has now.
pub(crate) fn sizes(output: &Path, from: u64, to: u64) -> String {
    if name::is_stdio(output) {
        // That is where the file went.
        return String::new();
    }
    let percent = to as f64 * 100.0 / from.max(1) as f64;
    format!("{}: {from} -> {to} bytes ({percent:.1}%)\n", shown(output))
}

/// What other readers than this project's make of the file.
fn doubts(options: &Options, image_bytes: u64) -> Vec<String> {
    let mut doubts = Vec::new();
    let block_size = options.block_size;
    if options.form == Form::Zso && block_size != zso::format::DEFAULT_BLOCK_SIZE {
        let emulators = match block_size.is_power_of_two() {
            true => "",
            false => ", and emulators powers of two only",
        };
        doubts.push(format!(
            "many readers on the console take blocks of 2048 bytes only, not {block_size}{emulators}; leave the block size \
             out for them"
        ));
    }
    let rest = image_bytes % zso::SECTOR_SIZE as u64;
    if rest != 0 {
        doubts.push(format!(
            "the image ends with {rest} bytes of a sector, which many readers on the console leave out; \
             a copy of a disc has whole sectors of 2048 bytes"
        ));
    }
    doubts
}
