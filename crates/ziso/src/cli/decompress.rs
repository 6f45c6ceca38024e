//! `ziso decompress`

use serde_json::json;
use ziso::{Unpacking, name};

use super::args::Common;
use super::batch::{Files, Kind, Report, Task};
use super::compress::sizes;
use super::exit::Exit;
use super::screen::{FileBar, Screen};

const KIND: Kind = Kind {
    takes: name::is_zso,
    becomes: name::for_image,
    only_discs: false,
};

/// Make disc images from ZSO files, or from any other file that `compress` takes
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  ziso decompress game.zso
  ziso decompress usb/DVD --output-dir images
  ziso decompress game.zso -o -")]
pub(crate) struct Decompress {
    #[command(flatten)]
    files: Files,
}

impl Decompress {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<Exit> {
        let unpacking = Unpacking {
            force: self.files.force,
            threads: common.jobs,
        };
        self.files.each(&KIND, common, |task, bar, screen| {
            file(task, &unpacking, bar, screen)
        })
    }
}

/// Decompresses the file of a task.
pub(crate) fn file(
    task: &Task,
    unpacking: &Unpacking,
    bar: &mut FileBar,
    screen: &Screen,
) -> anyhow::Result<Report> {
    let mut watch = |progress| bar.watch(progress);
    let summary = ziso::decompress(&task.input, &task.output, unpacking, &mut watch)?;
    screen.warn_of(&task.input, summary.never_stored.as_slice());
    Ok(Report::done(
        sizes(&task.output, summary.input_bytes, summary.image_bytes),
        json!({
            "output": task.output.to_string_lossy(),
            "input_bytes": summary.input_bytes,
            "image_bytes": summary.image_bytes,
            "never_stored": summary.never_stored,
        }),
    ))
}
