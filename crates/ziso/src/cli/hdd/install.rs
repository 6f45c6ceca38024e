//! `ziso hdd install`

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use discs::hashes::hex;
use ps2_apa::Game;
use serde_json::{Value, json};
use ziso::hdd::{self, Destination, Installed, Preparation, Wishes};
use ziso::info::Problem;
use ziso::label::Corrections;
use ziso::name;
use ziso::titles::Titles;
use zso_report::{plain, shown};

use super::super::args::Common;
use super::super::batch::{self, Report};
use super::super::exit::Exit;
use super::super::screen::{FileBar, Screen};
use super::{MediaName, form, mib, modes, unused, warn_cut};

/// Install games: ISO and ZSO files, as they are
///
/// Title, startup file, media and layer break are taken from inside the image. What is going to be done is shown for
/// all images, and then done if you agree. Each image is written and read back before the disk's table changes, so that
/// whatever goes wrong, the table is as it was. One image that cannot be installed does not keep the others back.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  ziso hdd install /dev/sdb game.zso
  ziso hdd install /dev/sdb --dry-run one.iso two.zso
  ziso hdd install /dev/sdb --skip-existing --titles titles.csv games
  ziso hdd install /dev/sdb --title Game game.iso")]
pub(crate) struct Install {
    /// The disk, as /dev/sdb, or an image of one
    disk: PathBuf,
    /// The images, and folders whose ISO and ZSO files are meant
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<PathBuf>,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Show what would be done, and do nothing, whatever else is typed
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Leave out what is on the disk already: a game of the same title and number, with the same image
    #[arg(long)]
    skip_existing: bool,
    /// Install discs that are damaged, too
    #[arg(short, long)]
    force: bool,
    /// The title, in place of the one in the image
    #[arg(long)]
    title: Option<String>,
    /// Titles from a list: lines of a number or a file's name, a comma and a title, or a DAT file. With a DAT file,
    /// each disc is read to its end
    #[arg(long, value_name = "FILE", conflicts_with = "title")]
    titles: Option<PathBuf>,
    /// The program that starts, in place of the one in the image
    #[arg(long, value_name = "SLES_123.45")]
    startup: Option<String>,
    /// What the game came on [default: as the image says]
    #[arg(long)]
    media: Option<MediaName>,
    /// Compatibility modes to set, as 1,3; today's Open PS2 Loader reads them from a file, see `ziso info --cfg`
    #[arg(long, alias = "mode", value_name = "N", value_delimiter = ',', value_parser = clap::value_parser!(u8).range(1..=8))]
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
        let is_meant = |path: &Path| name::is_zso(path) || name::is_image(path);
        let mut images = batch::paths(&self.images, is_meant)?;
        // The image of a disk may lie in the same folder.
        images.retain(|image| !same_file::is_same_file(image, &self.disk).unwrap_or(false));
        if images.is_empty() {
            bail!("there is nothing to install but the disk itself; name an image");
        }
        if images.len() > 1 && (self.title.is_some() || self.startup.is_some()) {
            bail!(
                "--title and --startup are about one image, and there are {}; type --titles with a list",
                images.len()
            );
        }
        let images: Vec<_> = images.iter().map(PathBuf::as_path).collect();
        let titles = self.titles.as_deref().map(Titles::open).transpose()?;
        let screen = Screen::new(common, &images)?;
        let run = Run {
            options: &self,
            titles,
            common,
            screen: &screen,
            results: RefCell::default(),
        };
        let (planned, survey) = run.survey(&images)?;
        if planned.is_empty() || self.dry_run || screen.is_interrupted() {
            return Ok(survey);
        }
        screen.consent(self.yes, &format!("Write this to {}?", shown(&self.disk)))?;
        let installed = run.install(&planned)?;
        if images.len() > 1 && !common.json && !common.quiet {
            screen.print(&run.table())?;
        }
        Ok(survey.max(installed))
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
            force: self.force,
            modes: modes(&self.modes),
        }
    }
}

/// An image that is going to be installed, and the title that a list has for it.
struct Planned<'i> {
    image: &'i Path,
    title: Option<String>,
}

/// One run of the command.
struct Run<'r> {
    options: &'r Install,
    titles: Option<Titles>,
    common: &'r Common,
    screen: &'r Screen,
    /// What has become of each image.
    results: RefCell<Vec<String>>,
}

impl Run<'_> {
    /// Looks at all images, and shows what is going to be done. Gives those that are going to be installed.
    fn survey<'i>(&self, images: &[&'i Path]) -> anyhow::Result<(Vec<Planned<'i>>, Exit)> {
        let mut disk = Destination::open(&self.options.disk)?;
        let mut planned = Vec::new();
        let exit = batch::run_on(self.screen, images, self.common, |i, bar, _| {
            let image = images[i];
            let title = match &self.titles {
                Some(titles) => titles.of(image, &mut |progress| bar.watch(progress)),
                None => Ok(None),
            };
            let title = title.map_err(|error| self.failed(image, error.into()))?;
            let preparation = match Preparation::new(&disk, image, &self.wishes(title.clone())) {
                Ok(preparation) => preparation,
                Err(error) => return self.existing(image, error, bar),
            };
            disk.add(&preparation);
            self.show(image, &preparation)?;
            if self.options.dry_run {
                let text = "nothing was written\n".to_owned();
                return Ok(Report::done(text, as_json(preparation.game())));
            }
            planned.push(Planned { image, title });
            Ok(Report::nothing())
        })?;
        Ok((planned, exit))
    }

    fn wishes(&self, title: Option<String>) -> Wishes {
        let mut wishes = self.options.wishes();
        wishes.corrections.title = wishes.corrections.title.or(title);
        wishes
    }

    /// Leaves an image out that is on the disk already, if that is wanted.
    fn existing(
        &self,
        image: &Path,
        error: hdd::Error,
        bar: &mut FileBar,
    ) -> anyhow::Result<Report> {
        let partition = match &error {
            hdd::Error::Installed { partition, .. } if self.options.skip_existing => partition,
            _ => return Err(self.failed(image, error.into())),
        };
        let watch = &mut |progress| bar.watch(progress);
        match hdd::verify(&self.options.disk, partition, Some(image), watch) {
            Ok(_) => {
                let mut results = self.results.borrow_mut();
                results.push(format!("there already  {}", shown(image)));
                Ok(Report::done(
                    format!("{} is on the disk already, as {partition}\n", shown(image)),
                    json!({"partition": partition, "skipped": true}),
                ))
            }
            // Another image of the same run has the same title and number.
            Err(hdd::Error::NoGame { .. }) => Err(self.failed(image, error.into())),
            Err(differs) => {
                let differs = Err(differs).context(
                    "a game of this title and number is on the disk, with another image; \
                     type --title with another title, or delete it first",
                );
                differs.map_err(|error| self.failed(image, error))
            }
        }
    }

    /// Notes that an image was not installed.
    fn failed(&self, image: &Path, error: anyhow::Error) -> anyhow::Error {
        let mut results = self.results.borrow_mut();
        results.push(format!("not installed  {}: {error}", shown(image)));
        error
    }

    /// Shows what is going to be done, and what is wrong with the image.
    fn show(&self, image: &Path, preparation: &Preparation) -> anyhow::Result<()> {
        let Install { disk, yes, .. } = self.options;
        if !self.common.json && (!self.common.quiet || !yes) {
            self.screen.print(&plan(disk, image, preparation))?;
        }
        self.screen.warn_of(image, preparation.problems());
        warn_cut(self.screen, &preparation.label().title);
        let is_size = |problem: &Problem| matches!(problem, Problem::BlockSize { .. });
        if preparation.problems().iter().any(is_size) {
            let image = shown(image);
            self.screen.warn(&format!(
                "type: ziso compress {image} -o NEW.zso --block-size 2048, and install NEW.zso"
            ));
        }
        Ok(())
    }

    /// Installs what was planned, each on the disk as it is then: one that fails leaves its room to the next.
    fn install(&self, planned: &[Planned<'_>]) -> anyhow::Result<Exit> {
        let images: Vec<_> = planned.iter().map(|planned| planned.image).collect();
        batch::run_on(self.screen, &images, self.common, |i, bar, _| {
            let Planned { image, title } = &planned[i];
            let disk = Destination::open(&self.options.disk);
            let installed = disk
                .and_then(|disk| Preparation::new(&disk, image, &self.wishes(title.clone())))
                .and_then(|preparation| preparation.run(&mut |progress| bar.watch(progress)));
            let installed = installed.map_err(|error| self.failed(image, error.into()))?;
            let mut results = self.results.borrow_mut();
            let title = &installed.game.header.title;
            results.push(format!("installed      {}: {title}", shown(image)));
            Ok(done(&installed))
        })
    }

    /// What has become of all images.
    fn table(&self) -> String {
        let mut results = self.results.borrow().clone();
        results.sort();
        let lines = results.iter().map(|line| format!("  {}\n", plain(line)));
        format!("in all:\n{}", lines.collect::<String>())
    }
}

/// What is going to be done.
fn plan(disk: &Path, image: &Path, preparation: &Preparation) -> String {
    let (label, game) = (preparation.label(), preparation.game());
    let header = &game.header;
    let mut text = format!("{} onto {}:\n", shown(image), shown(disk));
    text += &format!("  title      {}\n", plain(&header.title));
    text += &format!("  startup    {}\n", plain(&header.startup));
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
    if header.modes > 0 {
        let set = (1..=8).filter(|mode| header.modes >> (mode - 1) & 1 == 1);
        let set: Vec<_> = set.map(|mode| mode.to_string()).collect();
        text += &format!("  modes      {}\n", set.join(", "));
    }
    for partition in preparation.partitions() {
        let mib = u64::from(partition.sectors) >> 11;
        text += &format!("  takes      {mib} MiB at sector {}\n", partition.start);
    }
    text += &format!("  changes    {} partition headers\n", preparation.changes());
    text += &unused(preparation.unused_bytes());
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

fn done(installed: &Installed) -> Report {
    let Installed { game, hashes } = installed;
    let mut json = as_json(game);
    json["sha1"] = hex(hashes.sha1).into();
    let title = &game.header.title;
    let text = format!("installed {title:?}, read back and found right\n");
    Report::done(text, json)
}
