//! `ziso info`

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use discs::dat::Dat;
use discs::game::GameId;
use serde_json::{Value, json};
use ziso::At;
use ziso::disc;
use ziso::identify::{identify, open_list};
use ziso::info::{Info as Facts, Title, TitleSource};
use ziso::map::Map;
use ziso::sample::sample;
use ziso::{name, opl_cfg, picture, rename};
use zso_report::{plain, shown};

use super::args::Common;
use super::batch::{self, Report};
use super::exit::Exit;
use super::hdd::modes;
use super::screen::{FileBar, Screen};

/// Show what files are: which game, how it is stored, and what would trouble a console
///
/// Takes ZSO and CSO files, images, and tracks with sectors of 2352 bytes. Ends with 1 if data is lost or wrong.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  ziso info game.iso
  ziso info --rename --dat redump.zip usb/DVD
  ziso info --cfg 1,3 usb/DVD/game.zso
  ziso info --map game.zso
  ziso info --svg game.svg game.zso")]
pub(crate) struct Info {
    /// Files, and folders whose files are meant
    #[arg(required = true, value_name = "IN")]
    inputs: Vec<PathBuf>,
    /// Show where the disc compresses, from its start to its end; of an image a sample is compressed for that
    #[arg(long)]
    map: bool,
    /// Draw the same as a picture, with the largest files
    #[arg(long, value_name = "FILE.svg")]
    svg: Option<PathBuf>,
    /// Replace an existing picture
    #[arg(short, long, requires = "svg")]
    force: bool,
    /// Take the title from a list of known discs: a DAT file as Redump has them, zipped or not. The disc is read to its
    /// end for that
    #[arg(long, value_name = "DAT", conflicts_with = "title")]
    dat: Option<PathBuf>,
    /// The title [default: from the file's name, or else the disc's own name]
    #[arg(long)]
    title: Option<String>,
    /// Give the file the name under which Open PS2 Loader lists it: SLES_123.45.Title.zso
    #[arg(long)]
    rename: bool,
    /// Set Open PS2 Loader's compatibility modes of the game, as 1,3, and no others; 0 for none. They are in the file
    /// CFG/SLES_123.45.cfg, beside the folder DVD or CD that the game is in
    #[arg(long, value_name = "MODES", value_delimiter = ',', value_parser = clap::value_parser!(u8).range(0..=8))]
    cfg: Vec<u8>,
}

impl Info {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<Exit> {
        let paths = batch::paths(&self.inputs, name::is_readable)?;
        batch::refuse_stdio(&paths)?;
        if (self.svg.is_some() || self.title.is_some()) && paths.len() != 1 {
            bail!(
                "--svg and --title are for one file, and there are {}",
                paths.len()
            );
        }
        let dat = self.dat.as_deref().map(open_list).transpose()?;
        let paths: Vec<_> = paths.iter().map(PathBuf::as_path).collect();
        batch::run(&paths, common, |i, bar, screen| {
            self.one(paths[i], dat.as_ref(), bar, screen)
        })
    }

    fn one(
        &self,
        path: &Path,
        dat: Option<&Dat>,
        bar: &mut FileBar,
        screen: &Screen,
    ) -> anyhow::Result<Report> {
        let facts = ziso::info::info(path, self.title(path, dat, bar, screen)?)?;
        let mut text = facts.to_string();
        let mut json = serde_json::to_value(&facts)?;
        self.show_map(path, &facts, &mut text, &mut json, bar)?;
        if self.rename {
            let to = renamed(path, &facts)?;
            text.push_str(&format!("  renamed   {}\n", plain(&to.to_string_lossy())));
            json["renamed_to"] = to.to_string_lossy().into();
        }
        if !self.cfg.is_empty() {
            let cfg = opl_cfg::write(path, &id_of(path, &facts)?, modes(&self.cfg))?;
            text.push_str(&format!("  settings  {}\n", plain(&cfg.to_string_lossy())));
            json["cfg"] = cfg.to_string_lossy().into();
        }
        Ok(Report::answer(
            text,
            json,
            Exit::of_damage(facts.is_damaged()),
        ))
    }

    /// The title, if it is known from elsewhere than the file.
    fn title(
        &self,
        path: &Path,
        dat: Option<&Dat>,
        bar: &mut FileBar,
        screen: &Screen,
    ) -> anyhow::Result<Option<Title>> {
        if let Some(text) = self.title.clone() {
            let source = TitleSource::Given;
            return Ok(Some(Title { text, source }));
        }
        let Some(dat) = dat else {
            return Ok(None);
        };
        let disc = disc::open(path)?;
        let mut memory = disc.memory();
        let mut reader = disc.reader(&mut memory).at(path)?;
        let game = identify(dat, path, &mut reader, &mut |progress| bar.watch(progress))?;
        if game.is_none() {
            screen.warn(&format!("{} is {}", shown(path), dat.not_listed()));
        }
        Ok(game.map(|game| Title {
            text: game.name.to_string(),
            source: TitleSource::Dat,
        }))
    }

    fn show_map(
        &self,
        path: &Path,
        facts: &Facts,
        text: &mut String,
        json: &mut Value,
        bar: &mut FileBar,
    ) -> anyhow::Result<()> {
        if !self.map && self.svg.is_none() {
            return Ok(());
        }
        let map = match &facts.map {
            Some(map) => map.clone(),
            None => sampled(path, bar)?,
        };
        if self.map {
            text.push_str(&format!("  {:<9} {}\n", "map", map.line()));
            json["map"] = json!(map.columns());
        }
        if let Some(svg) = &self.svg {
            let title = path.file_name().unwrap_or_default().to_string_lossy();
            picture::write(svg, &map.svg(&title, &facts.files), path, self.force)?;
        }
        Ok(())
    }
}

/// A map of what an image would become.
fn sampled(path: &Path, bar: &mut FileBar) -> anyhow::Result<Map> {
    let disc = disc::open(path)?;
    let mut memory = disc.memory();
    let mut reader = disc.reader(&mut memory).at(path)?;
    let sample = sample(path, &mut reader, &mut |progress| bar.watch(progress))?;
    Ok(sample.map())
}

/// The number that the game's settings go by.
fn id_of(path: &Path, facts: &Facts) -> anyhow::Result<GameId> {
    let id = facts.game.as_ref().and_then(|game| game.id.as_deref());
    id.and_then(GameId::parse).with_context(|| {
        format!(
            "there are no settings for {}: it is no game with a number such as SLES_123.45",
            shown(path)
        )
    })
}

fn renamed(path: &Path, facts: &Facts) -> anyhow::Result<PathBuf> {
    let name = facts.opl_name.as_deref().with_context(|| {
        format!("cannot rename {}: it is no whole image or ZSO file of a game with a number such as SLES_123.45", shown(path))
    })?;
    Ok(rename::rename(path, name)?)
}
