//! What a file is, without decoding it: which game, how it is stored, and what a console's reader would stumble over.
//!
//! | module | what it finds |
//! |---|---|
//! | `index` | sizes and faults in a ZSO file's index |
//! | [`problem`] | what can be wrong |
//! | `starts` | which core of the console starts it, from where |
//! | `text` | all of it for people |

mod index;
pub mod problem;
mod starts;
#[cfg(test)]
mod tests;
mod text;

use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};
use zso::SECTOR_SIZE;
use zso::launch::Image;

use discs::game::{self, Console, Game, GameId};
use discs::image::Zso;
use discs::iso9660::{FileEntry, Layers, Listing, volume};
use discs::name::{is_holder, whole_of_part};
use discs::title::NamedFile;
pub use discs::title::{Title, TitleSource};
use discs::{Disc, DiscReader, Error, Foreign, Form, ReadAt, track};
use zso_write::smallest_align;

use crate::map::Map;
use index::Index;
pub use problem::{Problem, Severity};
pub use starts::Start;
pub use text::grouped;

/// Sectors at the end of a CD that copies may leave out.
const RUN_OUT: u64 = 150;
/// A file of this percentage of its disc's size was hardly worth it.
const HARDLY_SMALLER: f64 = 97.0;

/// What is known of a file.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Info {
    /// The file.
    #[serde(serialize_with = "lossy")]
    pub path: PathBuf,
    /// Its size.
    pub file_bytes: u64,
    /// Size of the disc in it.
    pub disc_bytes: u64,
    /// How it is compressed; nothing for an image.
    pub zso: Option<ZsoFacts>,
    /// The disc's volumes; nothing if it has none.
    pub volume: Option<VolumeFacts>,
    /// What the disc starts.
    pub game: Option<GameFacts>,
    /// The game's title, and where it is from.
    pub title: Option<Title>,
    /// The name under which OPL lists the file.
    pub opl_name: Option<String>,
    /// Which core of the console starts the file, from where; nothing for what none starts.
    pub starts: Vec<Start>,
    /// The worst first.
    #[serde(serialize_with = "explained")]
    pub problems: Vec<Problem>,
    /// Where the disc becomes smaller; nothing for an image.
    #[serde(skip)]
    pub map: Option<Map>,
    /// The files of the disc.
    #[serde(skip)]
    pub files: Vec<FileEntry>,
}

/// A ZSO file's header, and what its index says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct ZsoFacts {
    /// Uncompressed bytes in a block.
    pub block_size: u32,
    /// Left shift of index entries.
    pub align: u8,
    /// Blocks.
    pub blocks: u32,
    /// How many are stored plain.
    pub plain_blocks: u64,
}

/// The volumes of a disc.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct VolumeFacts {
    /// The first one's identifier.
    pub name: String,
    /// Sectors that the volumes say there are.
    pub sectors: u64,
    /// The sector with which the second layer's volume begins, on a disc of two.
    pub second_layer: Option<u32>,
    /// Files.
    pub files: usize,
}

/// What a disc starts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct GameFacts {
    /// For which console.
    pub console: Console,
    /// The game's number, as the console writes it.
    pub id: Option<String>,
    /// The game's number, as it is printed on the disc.
    pub serial: Option<String>,
    /// The program's path.
    pub program: String,
    /// The game's version.
    pub version: Option<String>,
    /// The television system.
    pub video: Option<String>,
}

impl Info {
    /// Looks into a disc in a file that goes by the name `path`. A `title` that is known is taken as it is.
    ///
    /// # Errors
    /// Those of reading the file. Anything that is wrong with it is among the [`problems`](Info::problems).
    pub fn of<F: ReadAt>(disc: &Disc<F>, path: &Path, title: Option<Title>) -> Result<Self, Error> {
        let mut info = Self::new(disc, path, title);
        match disc.form() {
            Form::Zso(zso) => info.look_at_file(zso)?,
            Form::Track(_, layout) if layout.kind == track::Kind::Data => {
                info.problems.push(Problem::Nrg)
            }
            Form::Track(..) => info.problems.push(Problem::RawSectors),
            Form::Cso(_) => info.problems.push(Problem::Cso),
            Form::Chd(_) => info.problems.push(Problem::Chd),
            Form::Plain(_) => {}
        }
        info.finish(disc)
    }

    /// The same of the disc alone, for those who read all of the file anyway: a ZSO file's index is not looked at.
    ///
    /// # Errors
    /// As of [`of`](Self::of).
    pub fn of_disc<F: ReadAt>(disc: &Disc<F>, path: &Path) -> Result<Self, Error> {
        Self::new(disc, path, None).finish(disc)
    }

    fn finish<F: ReadAt>(mut self, disc: &Disc<F>) -> Result<Self, Error> {
        self.problems.extend(Problem::never_stored(disc));
        match self.look_at_disc(disc) {
            // What is wrong with the disc is to be told together with all the rest.
            Err(error @ (Error::Image(_) | Error::Track(_))) => {
                let reason = error.to_string();
                self.problems.push(Problem::Unreadable { reason });
            }
            result => result?,
        }
        self.look_at_sizes();
        self.name();
        self.starts = self.starts();
        self.problems
            .sort_by_key(|problem| std::cmp::Reverse(problem.severity()));
        Ok(self)
    }

    fn new<F: ReadAt>(disc: &Disc<F>, path: &Path, title: Option<Title>) -> Self {
        Self {
            path: path.to_owned(),
            file_bytes: disc.file_bytes(),
            disc_bytes: disc.bytes(),
            zso: None,
            volume: None,
            game: None,
            title,
            opl_name: None,
            starts: Vec::new(),
            problems: Vec::new(),
            map: None,
            files: Vec::new(),
        }
    }

    /// Whether data is lost or wrong.
    pub fn is_damaged(&self) -> bool {
        self.problems
            .iter()
            .any(|problem| problem.severity() == Severity::Damage)
    }

    /// The file's size in percent of the disc's.
    pub fn percent(&self) -> f64 {
        self.file_bytes as f64 * 100.0 / self.disc_bytes.max(1) as f64
    }

    /// What the index says.
    fn look_at_file<F: ReadAt>(&mut self, zso: &Zso<F>) -> Result<(), Error> {
        let header = zso.header();
        let index = Index::read(zso.file(), self.file_bytes, header)?;
        self.problems.extend(index.problems);
        self.zso = Some(ZsoFacts {
            block_size: header.block_size(),
            align: header.align(),
            blocks: header.blocks(),
            plain_blocks: index.plain_blocks,
        });
        self.map = Some(index.map);
        if header.block_size() != zso::format::DEFAULT_BLOCK_SIZE {
            let block_size = header.block_size();
            self.problems.push(Problem::BlockSize { block_size });
        }
        let (align, need) = (
            header.align(),
            smallest_align(self.disc_bytes, header.block_size()),
        );
        if let Some(need) = need.filter(|need| *need < align) {
            self.problems.push(Problem::LargeAlign { align, need });
        }
        let bytes = self.file_bytes % SECTOR_SIZE as u64;
        if bytes > 0 {
            self.problems.push(Problem::Unpadded { bytes });
        }
        if self.percent() > HARDLY_SMALLER {
            let percent = self.percent();
            self.problems.push(Problem::HardlySmaller { percent });
        }
        Ok(())
    }

    /// What is on the disc.
    fn look_at_disc<F: ReadAt>(&mut self, disc: &Disc<F>) -> Result<(), Error> {
        let mut memory = disc.memory();
        let mut reader = disc.reader(&mut memory)?;
        let Some(layers) = Layers::of(&mut reader)? else {
            self.problems.push(no_volume(disc, &mut reader)?);
            return Ok(());
        };
        self.look_at_volumes(&layers, disc.sectors());
        let listing = Listing::of(&mut reader, &layers)?;
        if !listing.is_complete {
            self.problems.push(Problem::BadTree);
        }
        self.volume = Some(VolumeFacts {
            name: layers.first.name.clone(),
            sectors: layers.sectors(),
            second_layer: layers.second.map(|volume| volume.start),
            files: listing.files.len(),
        });
        self.problems.extend(cut_files(&listing, disc.sectors()));
        self.look_at_game(&mut reader, &listing, disc.sectors())?;
        self.files = listing.files;
        Ok(())
    }

    fn look_at_volumes(&mut self, layers: &Layers, disc: u64) {
        let volume = layers.sectors();
        if disc.saturating_add(RUN_OUT) < volume {
            self.problems.push(Problem::VolumeCut { volume, disc });
        }
        let after = disc.saturating_sub(volume);
        if after > 0 && layers.second.is_none() && self.zso.is_some() {
            self.problems.push(Problem::BehindVolume { sectors: after });
        }
    }

    fn look_at_game(
        &mut self,
        reader: &mut DiscReader<'_>,
        listing: &Listing,
        sectors: u64,
    ) -> Result<(), Error> {
        let Some(game) = Game::of(reader, listing)? else {
            self.problems.push(Problem::NoGame);
            return Ok(());
        };
        self.problems
            .extend(Problem::of_program(listing, &game.program, sectors));
        let oddities = game.oddities.iter();
        self.problems
            .extend(oddities.map(|&oddity| Problem::OddSystemCnf { oddity }));
        if game.console == Console::Ps1 {
            self.problems.push(Problem::Ps1);
        }
        self.game = Some(GameFacts {
            console: game.console,
            serial: game.id.as_ref().map(GameId::serial),
            id: game.id.map(|id| id.as_str().to_owned()),
            program: game.program,
            version: game.version,
            video: game.video,
        });
        Ok(())
    }

    fn look_at_sizes(&mut self) {
        let bytes = self.disc_bytes % SECTOR_SIZE as u64;
        let is_raw = self.problems.contains(&Problem::RawSectors);
        if bytes > 0 && !is_raw {
            self.problems.push(Problem::PartialSector { bytes });
        }
        if self.file_bytes > problem::FAT32_LIMIT {
            self.problems.push(Problem::TooLargeForFat32);
        }
    }

    fn starts(&self) -> Vec<Start> {
        let is_ps2 = self
            .game
            .as_ref()
            .is_some_and(|game| game.console == Console::Ps2);
        match is_ps2 && !self.problems.iter().any(Problem::is_form) {
            true => Start::all(if self.zso.is_some() {
                Image::Zso
            } else {
                Image::Iso
            }),
            false => Vec::new(),
        }
    }

    /// Finds a title, and the file's name for OPL.
    fn name(&mut self) {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let volume = self.volume.as_ref().map_or("", |volume| &volume.name);
        let title = self.title.take().or_else(|| Title::of(&name, volume));
        let id = self
            .game
            .as_ref()
            .and_then(|game| GameId::parse(game.id.as_deref()?));
        if let (Some(disc), Some(name)) = (&id, NamedFile::parse(&name).number)
            && *disc != name
        {
            let (name, disc) = (name.as_str().to_owned(), disc.as_str().to_owned());
            self.problems.push(Problem::OtherNumber { name, disc });
        }
        // Tracks and CSO files have to be converted first.
        let is_other_form = self.problems.iter().any(Problem::is_form);
        // So have images in archives, and parts have to stay together.
        let is_whole = !is_holder(&self.path) && whole_of_part(&name).is_none();
        let ending = if self.zso.is_some() { "zso" } else { "iso" };
        let named = id
            .filter(|_| is_whole && !is_other_form)
            .zip(title.as_ref());
        self.opl_name = named.map(|(id, title)| game::opl_name(&id, &title.text, ending));
        self.title = title;
    }
}

/// A path that is not text is still shown.
pub(crate) fn lossy<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&path.display())
}

/// What there is in place of a volume that the console reads.
fn no_volume<F: ReadAt>(disc: &Disc<F>, reader: &mut DiscReader<'_>) -> Result<Problem, Error> {
    // Also of a file that is cut, and no track any more.
    let sector = reader.sector(0)?;
    if sector.is_some_and(|sector| track::begins(&sector)) {
        return Ok(Problem::RawSectors);
    }
    if volume::is_any(reader)? {
        return Ok(Problem::OtherVolume);
    }
    let seems = match disc.form() {
        Form::Plain(file) => Foreign::guess(file)?,
        _ => None,
    };
    let seems = seems.map(|foreign| foreign.to_string());
    Ok(Problem::NoVolume { seems })
}

/// The first sector after a file.
fn end(file: &FileEntry) -> u64 {
    u64::from(file.extent.lsn) + u64::from(file.extent.sectors())
}

/// Files that go on after the end of a disc of so many sectors.
fn cut_files(listing: &Listing, sectors: u64) -> Option<Problem> {
    let is_cut = |file: &&FileEntry| file.extent.bytes > 0 && end(file) > sectors;
    let mut cut = listing.files.iter().filter(is_cut);
    let first = cut.clone().min_by_key(|file| file.extent.lsn)?;
    let last = cut.clone().map(end).max()?;
    Some(Problem::FilesCut {
        file: first.path.clone(),
        files: cut.by_ref().count() as u64,
        sectors: last - sectors,
    })
}

/// Problems with their severity and text.
fn explained<S: Serializer>(problems: &[Problem], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Explained<'p> {
        severity: Severity,
        #[serde(flatten)]
        problem: &'p Problem,
        message: String,
    }
    serializer.collect_seq(problems.iter().map(|problem| Explained {
        severity: problem.severity(),
        problem,
        message: problem.to_string(),
    }))
}
