//! An image onto a disk: shown first, written, read back, and then put into the table.

use std::io::Read;
use std::path::{Path, PathBuf};

use ps2_apa::game::DISC_SECTOR;
use ps2_apa::space::Reach;
use ps2_apa::{
    Access, Disk as _, Extent, FileDisk, Game, GameHeader, Id, Installation, Plan, SECTOR_SIZE,
    Table, Timestamp,
};

use discs::hashes::{Hasher, Hashes};
use discs::{ReadAt, Stream};

use super::error::Error;
use super::info::unused_bytes;
use super::{kept_title, open};
use crate::disc::{self, Disc};
use crate::error::At;
use crate::info::{Problem, Severity, all_problems};
use crate::input::Input;
use crate::label::{Corrections, Label};
use crate::progress::{Meter, Phase, Watch};

/// Bytes that are written and read at a time.
const RUN: usize = 4 << 20;

/// How a game is to be installed.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Wishes {
    /// What to say in place of what the image says.
    pub corrections: Corrections,
    /// How far into the disk.
    pub reach: Reach,
    /// Whether the console's own browser is not to show it.
    pub hidden: bool,
    /// Compatibility modes, one bit for each.
    pub modes: u8,
    /// Whether to install a disc that is damaged, as it is.
    pub force: bool,
}

/// What an installation is going to do. Nothing has been written.
#[derive(Debug)]
pub struct Preparation {
    disk: PathBuf,
    image: Disc,
    label: Label,
    plan: Plan,
    problems: Vec<Problem>,
    disk_sectors: u64,
}

/// What was installed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Installed {
    pub game: Game,
    /// Checksums of its image as it is on the disk: of whole sectors.
    pub hashes: Hashes,
}

/// A disk as it is, or as it is going to be when what was prepared is done.
#[derive(Clone, Debug)]
pub struct Destination {
    path: PathBuf,
    sectors: u64,
    table: Table,
    games: Vec<Game>,
}

impl Destination {
    /// A disk as it is.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let mut disk = open(path, Access::Read)?;
        let table = Table::read(&mut disk).map_err(Error::disk(path))?;
        // What is damaged has no title that could be there already.
        let games = table
            .games()
            .filter_map(|main| Game::read(&mut disk, main).ok());
        let games = games.collect();
        Ok(Self {
            path: path.to_owned(),
            sectors: disk.sectors(),
            games,
            table,
        })
    }

    /// Takes what was prepared for done, so that the next game is prepared for the disk after it.
    pub fn add(&mut self, preparation: &Preparation) {
        self.table = preparation.plan.after().clone();
        self.games.push(preparation.game().clone());
    }

    /// The game on the disk that has the same title and starts the same program.
    fn same(&self, header: &GameHeader) -> Option<&Game> {
        self.games.iter().find(|game| {
            let there = &game.header;
            there.title == header.title && there.startup == header.startup
        })
    }

    /// A name for a partition that no other one has.
    fn free_id(&self, label: &Label, hidden: bool) -> Id {
        let ids = (1..).map(|number| label.id(hidden, number));
        let mut free = ids.filter(|id| self.table.find(*id).is_none());
        // invariant: a table has fewer partitions than there are numbers.
        free.next().unwrap_or_else(|| label.id(hidden, 1))
    }
}

impl Preparation {
    /// Looks at the image, and finds room for it on the disk.
    ///
    /// # Errors
    /// Any [`Error`]; [`Error::Installed`] if the disk has a game of this title and number.
    pub fn new(target: &Destination, image: &Path, wishes: &Wishes) -> Result<Self, Error> {
        let image = disc::open(image)?;
        let label = Label::of(&image, &wishes.corrections)?;
        let header = GameHeader {
            title: kept_title(&label.title).to_owned(),
            ..label.header(wishes.modes)
        };
        if let Some(there) = target.same(&header) {
            return Err(Error::Installed {
                path: target.path.clone(),
                title: there.header.title.clone(),
                startup: there.header.startup.clone(),
                partition: there.id.to_string(),
            });
        }
        let mut problems = all_problems(&image, wishes.corrections.startup.as_deref())?;
        problems.retain(|problem| problem.severity() >= Severity::Warning);
        if let Some(damage) = problems
            .iter()
            .find(|problem| problem.severity() == Severity::Damage && !wishes.force)
        {
            return Err(Error::Problem {
                path: image.file().path().to_owned(),
                problem: damage.clone(),
            });
        }
        let (id, sectors) = (target.free_id(&label, wishes.hidden), label.file_sectors());
        let (table, now) = (&target.table, Timestamp::now());
        let plan = Plan::new(table, id, header, sectors, wishes.reach, now);
        Ok(Self {
            plan: plan.map_err(Error::disk(&target.path))?,
            disk: target.path.clone(),
            disk_sectors: target.sectors,
            image,
            label,
            problems,
        })
    }

    /// What the image says.
    pub fn label(&self) -> &Label {
        &self.label
    }

    /// What is wrong with the disc.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The game as it is going to be.
    pub fn game(&self) -> &Game {
        self.plan.game()
    }

    /// Bytes at the disk's end that its table cannot reach.
    pub fn unused_bytes(&self) -> u64 {
        unused_bytes(self.disk_sectors)
    }

    /// Its partitions.
    pub fn partitions(&self) -> &[Extent] {
        self.plan.partitions()
    }

    /// Headers of the table that change.
    pub fn changes(&self) -> usize {
        self.plan.changes()
    }

    /// Installs the game.
    ///
    /// # Errors
    /// Any [`Error`]. The table is then as it was; see [`ps2_apa::Error::Unfinished`] for the exception.
    pub fn run(self, watch: Watch<'_>) -> Result<Installed, Error> {
        let disk = open(&self.disk, Access::Write)?;
        let mut work = Work {
            installation: self.plan.begin(disk).map_err(Error::disk(&self.disk))?,
            disk: &self.disk,
            sectors: self.label.file_sectors(),
        };
        let written = work.write(self.image.file(), watch)?;
        let read = work.read_back(watch)?;
        if read != written {
            let path = self.disk;
            return Err(Error::ReadBack { path });
        }
        let game = work
            .installation
            .commit()
            .map_err(Error::disk(&self.disk))?;
        Ok(Installed {
            game,
            hashes: written,
        })
    }
}

/// An installation under way.
struct Work<'p> {
    installation: Installation<FileDisk>,
    disk: &'p Path,
    /// Sectors of a disc that the image takes.
    sectors: u64,
}

impl Work<'_> {
    /// Writes all of the image, the last sector filled up with zeros.
    fn write(&mut self, image: &Input, watch: Watch<'_>) -> Result<Hashes, Error> {
        let mut meter = Meter::new(watch, Phase::Copy, image.len());
        let mut hasher = Hasher::default();
        let mut stream = Stream::new(image);
        let mut run = Vec::with_capacity(RUN);
        let mut done = 0;
        loop {
            run.clear();
            let read = stream.by_ref().take(RUN as u64).read_to_end(&mut run);
            let read = read.at(image.path())?;
            done += read as u64;
            if read == 0 || done > image.len() {
                break;
            }
            run.resize(read.next_multiple_of(DISC_SECTOR), 0);
            self.installation
                .write(&run)
                .map_err(Error::disk(self.disk))?;
            hasher.update(&run);
            meter.add(read).map_err(Error::of_watch)?;
        }
        match done == image.len() {
            true => Ok(hasher.finish()),
            false => Err(changed(image, done)),
        }
    }

    /// Reads all of the image from the disk.
    fn read_back(&mut self, watch: Watch<'_>) -> Result<Hashes, Error> {
        self.installation.flush().map_err(Error::disk(self.disk))?;
        let total = self.sectors * DISC_SECTOR as u64;
        let mut meter = Meter::new(watch, Phase::ReadBack, total);
        let mut hasher = Hasher::default();
        let mut run = vec![0; RUN];
        let mut sector = 0;
        loop {
            let read = self.installation.read(sector, &mut run);
            let read = read.map_err(Error::disk(self.disk))?;
            if read == 0 {
                return Ok(hasher.finish());
            }
            hasher.update(run.get(..read).unwrap_or_default());
            sector += (read / SECTOR_SIZE) as u64;
            meter.add(read).map_err(Error::of_watch)?;
        }
    }
}

fn changed(image: &Input, found: u64) -> Error {
    Error::File(crate::Error::Changed {
        path: image.path().to_owned(),
        expected: image.len(),
        found,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Progress;
    use std::fs::File;
    use std::ops::ControlFlow;
    use testkit::iso::Iso;

    /// A folder with an empty disk and the image of a game.
    fn folder() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let (disk, image) = (folder.path().join("disk"), folder.path().join("a.iso"));
        File::create_new(&disk).unwrap().set_len(1 << 30).unwrap();
        let mut opened = FileDisk::open(&disk, Access::Write).unwrap();
        ps2_apa::format::format(&mut opened, Timestamp::now()).unwrap();
        let game = Iso::of_game("GAME", "SLES_123.45").file("A", vec![7; 9 << 20]);
        std::fs::write(&image, game.build()).unwrap();
        (folder, disk, image)
    }

    fn read_table(disk: &Path) -> Result<Table, Error> {
        Table::read(&mut open(disk, Access::Read)?).map_err(Error::disk(disk))
    }

    fn prepare(disk: &Path, image: &Path, wishes: &Wishes) -> Preparation {
        Preparation::new(&Destination::open(disk).unwrap(), image, wishes).unwrap()
    }

    #[test]
    fn an_interrupted_installation_leaves_the_table_as_it_was() {
        let (_folder, disk, image) = folder();
        let before = read_table(&disk).unwrap();
        for phase in [Phase::Copy, Phase::ReadBack] {
            let preparation = prepare(&disk, &image, &Wishes::default());
            let mut stop = |progress: Progress| match progress.phase == phase {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            };
            let error = preparation.run(&mut stop).unwrap_err();
            assert!(matches!(error, Error::Interrupted));
            assert_eq!(read_table(&disk).unwrap(), before);
        }
        let preparation = prepare(&disk, &image, &Wishes::default());
        preparation.run(&mut crate::unwatched).unwrap();
        assert_ne!(read_table(&disk).unwrap(), before);
    }

    #[test]
    fn an_image_that_changes_meanwhile_is_not_installed() {
        let (_folder, disk, image) = folder();
        let before = read_table(&disk).unwrap();
        let whole = std::fs::read(&image).unwrap();
        for len in [2 << 20, 30 << 20] {
            std::fs::write(&image, &whole).unwrap();
            let preparation = prepare(&disk, &image, &Wishes::default());
            File::options()
                .write(true)
                .open(&image)
                .unwrap()
                .set_len(len)
                .unwrap();
            let error = preparation.run(&mut crate::unwatched).unwrap_err();
            assert!(
                matches!(error, Error::File(crate::Error::Changed { .. })),
                "{error}"
            );
            assert_eq!(read_table(&disk).unwrap(), before);
        }
    }

    #[test]
    fn two_plans_for_the_same_place_do_not_both_come_true() {
        let (_folder, disk, image) = folder();
        let titled = |title: &str| {
            let corrections = Corrections {
                title: Some(title.to_owned()),
                ..Corrections::default()
            };
            let wishes = Wishes {
                corrections,
                ..Wishes::default()
            };
            prepare(&disk, &image, &wishes)
        };
        let (first, second) = (titled("one"), titled("two"));
        first.run(&mut crate::unwatched).unwrap();
        let error = second.run(&mut crate::unwatched).unwrap_err();
        let Error::Disk { source, .. } = error else {
            panic!("{error}");
        };
        assert!(matches!(source, ps2_apa::Error::Changed));
    }
}
