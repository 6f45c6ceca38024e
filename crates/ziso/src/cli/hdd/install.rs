//! `ziso hdd install`

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use anyhow::bail;
use discs::hashes::hex;
use ps2_apa::Game;
use serde_json::{Value, json};
use ziso::hdd::{Installed, Preparation, Wishes};
use ziso::label::Corrections;
use zso_report::shown;

use super::super::args::Common;
use super::super::batch::{self, Report};
use super::super::exit::Exit;
use super::super::screen::{FileBar, Screen};
use super::{MediaName, form, mib};

/// Install games: ISO and ZSO files, as they are
///
/// Title, startup file, media and layer break are taken from inside the image. What is going to be done is shown, and
/// then done if you agree. The image is written and read back before the disk's table changes, so that whatever goes
/// wrong, the table is as it was.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  ziso hdd install /dev/sdb game.zso
  ziso hdd install /dev/sdb --dry-run one.iso two.zso
  ziso hdd install /dev/sdb --title Game game.iso")]
pub(crate) struct Install {
    /// The disk, as /dev/sdb, or an image of one
    disk: PathBuf,
    /// The images
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<PathBuf>,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Show what would be done, and do nothing, whatever else is typed
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// The title, in place of the one in the image
    #[arg(long)]
    title: Option<String>,
    /// The program that starts, in place of the one in the image
    #[arg(long, value_name = "SLES_123.45")]
    startup: Option<String>,
    /// What the game came on [default: as the image says]
    #[arg(long)]
    media: Option<MediaName>,
    /// Compatibility modes to set, as 1,3
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = clap::value_parser!(u8).range(1..=8))]
    modes: Vec<u8>,
    /// Do not let the console's own browser show the game
    #[arg(long)]
    hidden: bool,
    /// Stay below 128 GiB, for software that sees no more of a disk
    #[arg(long)]
    lba28: bool,
}

impl Install {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<Exit> {
        if self.images.len() > 1 && (self.title.is_some() || self.startup.is_some()) {
            bail!(
                "--title and --startup are about one image, and there are {}",
                self.images.len()
            );
        }
        let wishes = self.wishes();
        let images: Vec<_> = self.images.iter().map(PathBuf::as_path).collect();
        batch::run(&images, common, |i, bar, screen| {
            let preparation = Preparation::new(&self.disk, images[i], &wishes)?;
            let shown = plan(&self.disk, images[i], &preparation);
            if !common.json && (!common.quiet || !self.yes) {
                screen.print(&shown)?;
            }
            screen.warn_of(images[i], preparation.problems());
            if self.dry_run {
                return Ok(planned(&preparation));
            }
            self.confirm(screen)?;
            install(preparation, bar)
        })
    }

    fn wishes(&self) -> Wishes {
        Wishes {
            corrections: Corrections {
                title: self.title.clone(),
                startup: self.startup.clone(),
                media: self.media.map(MediaName::media),
            },
            reach: match self.lba28 {
                true => ps2_apa::space::Reach::Lba28,
                false => ps2_apa::space::Reach::Lba48,
            },
            hidden: self.hidden,
            modes: self
                .modes
                .iter()
                .fold(0, |modes, mode| modes | 1 << (mode - 1)),
        }
    }

    /// Asks, unless the answer was given already.
    fn confirm(&self, screen: &Screen) -> anyhow::Result<()> {
        if self.yes {
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            bail!("nothing was written; type --yes to install without being asked");
        }
        let answer = screen.ask(&format!("Write this to {}? Type yes:", shown(&self.disk)))?;
        match answer.trim() {
            "yes" => Ok(()),
            _ => bail!("nothing was written"),
        }
    }
}

/// What is going to be done.
fn plan(disk: &Path, image: &Path, preparation: &Preparation) -> String {
    let (label, game) = (preparation.label(), preparation.game());
    let header = &game.header;
    let mut text = format!("{} onto {}:\n", shown(image), shown(disk));
    text += &format!("  title      {}\n", header.title);
    text += &format!("  startup    {}\n", header.startup);
    text += &format!("  partition  {}\n", game.id);
    text += &format!(
        "  image      {} {}, {} MiB of a disc of {} MiB\n",
        form(label.compressed),
        header.media,
        mib(header.bytes()),
        mib(label.disc_bytes)
    );
    if header.layer_break > 0 {
        text += &format!("  2nd layer  from sector {}\n", header.layer_break);
    }
    for partition in preparation.partitions() {
        let mib = u64::from(partition.sectors) >> 11;
        text += &format!("  takes      {mib} MiB at sector {}\n", partition.start);
    }
    text += &format!("  changes    {} partition headers\n", preparation.changes());
    text
}

/// What programs are told of it.
fn as_json(game: &Game) -> Value {
    json!({
        "title": game.header.title,
        "startup": game.header.startup,
        "partition": game.id.to_string(),
        "image_bytes": game.header.bytes(),
        "layer_break": game.header.layer_break,
    })
}

fn planned(preparation: &Preparation) -> Report {
    let text = "nothing was written\n".to_owned();
    Report::done(text, as_json(preparation.game()))
}

fn install(preparation: Preparation, bar: &mut FileBar) -> anyhow::Result<Report> {
    let Installed { game, hashes } = preparation.run(&mut |progress| bar.watch(progress))?;
    let mut json = as_json(&game);
    json["sha1"] = hex(&hashes.sha1).into();
    let title = &game.header.title;
    let text = format!("installed {title:?}, read back and found right\n");
    Ok(Report::done(text, json))
}
