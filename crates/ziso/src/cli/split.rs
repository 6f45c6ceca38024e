//! `ziso split`

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::json;
use ziso::label::Corrections;
use ziso::split::{Split, Splitting, split};
use zso_report::shown;

use super::args::Common;
use super::batch::{self, Report};
use super::exit::Exit;
use super::hdd::MediaName;
use super::screen::{FileBar, Screen};

/// Split files into parts of 1 GiB, for drives with FAT32, which takes no file above 4 GiB
///
/// The parts are game.zso.00, game.zso.01 and so on, or what USBExtreme and Open PS2 Loader call them. All other
/// commands read the first part as the whole file.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  ziso split game.zso --output-dir parts
  ziso split --usbextreme game.zso --output-dir /media/usb
  ziso split --usbextreme game.zso --dry-run")]
pub(crate) struct SplitFiles {
    /// ISO or ZSO files
    #[arg(required = true, value_name = "IN")]
    inputs: Vec<PathBuf>,
    /// Write into this folder [default: the file's own]
    #[arg(short, long, value_name = "DIR")]
    output_dir: Option<PathBuf>,
    /// Name the parts ul.CHECKSUM.SLES_123.45.00, and list the game in ul.cfg: the folder is the drive's top one then
    #[arg(short, long)]
    usbextreme: bool,
    /// The title in the list, in place of the one in the image
    #[arg(long, requires = "usbextreme")]
    title: Option<String>,
    /// The program that starts, in place of the one in the image
    #[arg(long, requires = "usbextreme", value_name = "SLES_123.45")]
    startup: Option<String>,
    /// What the game came on [default: as the image says]
    #[arg(long, requires = "usbextreme")]
    media: Option<MediaName>,
    /// Take files, too, that are no ISO or ZSO files of a disc, as they are
    #[arg(long, conflicts_with = "usbextreme")]
    any_data: bool,
    /// Replace existing files
    #[arg(short, long)]
    force: bool,
    /// Say which parts there would be, and do nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
}

impl SplitFiles {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<Exit> {
        if self.inputs.len() > 1 && (self.title.is_some() || self.startup.is_some()) {
            let files = self.inputs.len();
            bail!("--title and --startup are about one file, and there are {files}");
        }
        let options = self.options();
        let inputs: Vec<_> = self.inputs.iter().map(PathBuf::as_path).collect();
        batch::run(&inputs, common, |i, bar, screen| {
            one(inputs[i], &options, bar, screen)
        })
    }

    fn options(&self) -> Splitting {
        let corrections = Corrections {
            title: self.title.clone(),
            startup: self.startup.clone(),
            media: self.media.map(MediaName::media),
        };
        Splitting {
            folder: self.output_dir.clone(),
            usbextreme: self.usbextreme.then_some(corrections),
            any_data: self.any_data,
            force: self.force,
            dry_run: self.dry_run,
            ..Splitting::default()
        }
    }
}

fn one(
    input: &Path,
    options: &Splitting,
    bar: &mut FileBar,
    screen: &Screen,
) -> anyhow::Result<Report> {
    if let Some(folder) = options.folder.as_ref().filter(|_| !options.dry_run) {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", shown(folder)))?;
    }
    let done = split(input, options, &mut |progress| bar.watch(progress))?;
    screen.warn_of(input, &done.problems);
    if let Some(title) = &done.listed_as {
        screen.warn(&format!(
            "the list has the title as {title:?}: there is room for 32 letters, of ASCII; --title gives it another one"
        ));
    }
    if let Some(path) = &done.damaged_list {
        screen.warn(&format!(
            "the list was damaged, its whole entries were kept; what it was is {} now",
            shown(path)
        ));
    }
    if let Some(label) = &done.label
        && label.compressed
        && label.layer_break > 0
    {
        screen.warn(
            "Open PS2 Loader does not find the second layer of a compressed disc in parts; \
             use a drive with exFAT and the whole file, or parts of the image as it was",
        );
    }
    Ok(match options.dry_run {
        true => planned(input, &done, options.force),
        false => report(&done),
    })
}

/// What would be done.
fn planned(input: &Path, done: &Split, force: bool) -> Report {
    let parts: Vec<_> = done
        .parts
        .iter()
        .map(|part| shown(part).to_string())
        .collect();
    let exists = done.parts.iter().any(|part| part.exists());
    let but = match (exists, force) {
        (false, _) => "",
        (true, true) => ", in place of what is there",
        (true, false) => ", some of which exists; type --force to replace it",
    };
    Report::answer(
        format!("{} would become {}{but}\n", shown(input), parts.join(", ")),
        json!({"parts": parts_of(done), "exists": exists}),
        Exit::Fine,
    )
}

fn parts_of(done: &Split) -> Vec<Cow<'_, str>> {
    done.parts
        .iter()
        .map(|part| part.to_string_lossy())
        .collect()
}

fn report(done: &Split) -> Report {
    let Split { parts, bytes, .. } = done;
    let text = match parts.as_slice() {
        [] => String::new(),
        [one] => format!("{}: {bytes} bytes\n", shown(one)),
        [first, .., last] => format!(
            "{} to {}: {bytes} bytes in {} parts\n",
            shown(first),
            shown(last),
            parts.len()
        ),
    };
    Report::done(
        text,
        json!({"parts": parts_of(done), "output_bytes": bytes}),
    )
}
