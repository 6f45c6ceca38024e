//! A game onto a disk.

use std::collections::BTreeMap;

use crate::allocate::{self, Joined};
use crate::change::Change;
use crate::disk::{self, Disk};
use crate::error::Error;
use crate::game::{self, DISC_SECTOR, Game, GameHeader, MAIN_RESERVED};
use crate::header::{HEADER_SIZE, Header, Id, Kind};
use crate::sector::{CHUNK, Extent, Lba, SECTOR_SIZE};
use crate::space::{Reach, Space};
use crate::table::Table;
use crate::timestamp::Timestamp;

/// What an installation is going to do. Nothing has been written.
#[derive(Clone, Debug)]
pub struct Plan {
    before: Table,
    after: Table,
    game: Game,
    partitions: Vec<Extent>,
    change: Change,
}

impl Plan {
    /// Finds room for a game of so many sectors of a disc, in partitions of this name; `header` has no parts yet.
    ///
    /// # Errors
    /// [`Error::Exists`], [`Error::NoSpace`], [`Error::Fragmented`], [`Error::TooManyChanges`], [`Error::TooLarge`];
    /// those of [`Table::check_changeable`].
    pub fn new(
        table: &Table,
        id: Id,
        header: GameHeader,
        disc_sectors: u64,
        reach: Reach,
        created: Timestamp,
    ) -> Result<Self, Error> {
        table.check_changeable()?;
        if table.find(id).is_some() {
            return Err(Error::Exists { id });
        }
        let too_large = Error::TooLarge {
            sectors: disc_sectors,
        };
        let disc_sectors = u32::try_from(disc_sectors).map_err(|_| too_large)?;
        let bytes = u64::from(disc_sectors) * DISC_SECTOR as u64;
        let partitions = allocate::allocate(&Space::of(table, reach), bytes)?;
        let after = with_game(table, id, &partitions, created);
        let parts = game::parts(&partitions, disc_sectors);
        let header = GameHeader { parts, ..header };
        let start = partitions.first().map_or(Lba(0), |main| main.start);
        let plan = Self {
            change: Change::between(table, &after),
            before: table.clone(),
            after,
            game: Game { id, start, header },
            partitions,
        };
        plan.with_withheld().check_size()?;
        Ok(plan)
    }

    /// The game as it is going to be.
    pub fn game(&self) -> &Game {
        &self.game
    }

    /// Its partitions, the main one first.
    pub fn partitions(&self) -> &[Extent] {
        &self.partitions
    }

    /// The table as it is going to be.
    pub fn after(&self) -> &Table {
        &self.after
    }

    /// Headers of the table that change.
    pub fn changes(&self) -> usize {
        self.change.len()
    }

    /// Begins to install.
    ///
    /// # Errors
    /// [`Error::Changed`] if the table is not the one that the plan was made for; those of
    /// [`Table::check_changeable`]; the disk's.
    pub fn begin<D: Disk>(self, mut disk: D) -> Result<Installation<D>, Error> {
        self.before.make_ready(&mut disk)?;
        let sectors = self.withheld().flat_map(|at| [at, Lba(at.0 + 1)]);
        let withheld = sectors.map(|at| (at, [0; SECTOR_SIZE])).collect();
        Ok(Installation {
            disk,
            plan: self,
            written: 0,
            withheld,
        })
    }

    /// Where headers of the present table lie that the image is going to cover.
    fn withheld(&self) -> impl Iterator<Item = Lba> {
        let parts = &self.game.header.parts;
        let starts = self
            .before
            .headers()
            .iter()
            .map(|header| header.extent().start);
        starts.filter(|&start| {
            let header = Extent { start, sectors: 2 };
            parts.iter().any(|part| part.extent().overlaps(header))
        })
    }

    fn with_withheld(&self) -> Change {
        let mut change = self.change.clone();
        for at in self.withheld() {
            change.add(at, [0; HEADER_SIZE]);
        }
        change
    }
}

/// An installation under way. Until [`Installation::commit`], the table is as it was, and dropping this is no harm.
#[derive(Debug)]
pub struct Installation<D> {
    disk: D,
    plan: Plan,
    /// Sectors of the disk that are written.
    written: u64,
    /// Sectors of the image where headers of the present table are.
    withheld: BTreeMap<Lba, [u8; SECTOR_SIZE]>,
}

impl<D: Disk> Installation<D> {
    /// Writes the image's next bytes, which are whole sectors of the disk.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn write(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        let runs: Vec<_> =
            game::runs(&self.plan.game.header.parts, self.written, bytes.len()).collect();
        for run in runs {
            let (now, later) = bytes.split_at(run.sectors as usize * SECTOR_SIZE);
            self.write_run(run, now)?;
            self.written += u64::from(run.sectors);
            bytes = later;
        }
        Ok(())
    }

    /// Writes around what has to be withheld.
    fn write_run(&mut self, run: Extent, bytes: &[u8]) -> Result<(), Error> {
        let mut begin = run.start;
        for (&at, withheld) in self.withheld.range_mut(range(run)) {
            if let Some(sector) = piece(run, bytes, at, 1).first_chunk() {
                *withheld = *sector;
            }
            write(
                &mut self.disk,
                begin,
                piece(run, bytes, begin, at.0 - begin.0),
            )?;
            begin = Lba(at.0 + 1);
        }
        let rest = piece(run, bytes, begin, run.end() as u32 - begin.0);
        write(&mut self.disk, begin, rest)
    }

    /// Brings the image to the medium, so that [`Installation::read`] reads it from there.
    ///
    /// # Errors
    /// [`Error::Flush`].
    pub fn flush(&mut self) -> Result<(), Error> {
        disk::flush(&mut self.disk)
    }

    /// Reads back what was written, from a sector of the image on, counted in the disk's. Gives the bytes read.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn read(&mut self, sector: u64, buffer: &mut [u8]) -> Result<usize, Error> {
        let bytes = self.plan.game.read_at(&mut self.disk, sector, buffer)?;
        let mut rest = buffer;
        for run in game::runs(&self.plan.game.header.parts, sector, bytes) {
            let (read, after) = rest.split_at_mut(run.sectors as usize * SECTOR_SIZE);
            for (at, withheld) in self.withheld.range(range(run)) {
                let index = (at.0 - run.start.0) as usize;
                let sectors = read.as_chunks_mut().0;
                if let Some(sector) = sectors.get_mut(index) {
                    *sector = *withheld;
                }
            }
            rest = after;
        }
        Ok(bytes)
    }

    /// Puts the game into the table.
    ///
    /// # Errors
    /// [`Error::Unfinished`] if that failed and could not be taken back. After any other error, the table is as it
    /// was.
    pub fn commit(mut self) -> Result<Game, Error> {
        self.write_game_header()?;
        let mut change = self.plan.change.clone();
        for at in self.plan.withheld() {
            change.add(at, self.withheld_pair(at));
        }
        change.commit(&mut self.disk)?;
        Ok(self.plan.game)
    }

    /// Two sectors of the image that have been withheld.
    fn withheld_pair(&self, at: Lba) -> [u8; HEADER_SIZE] {
        let mut pair = [0; HEADER_SIZE];
        let numbered = (at.0..).map(Lba).zip(pair.as_chunks_mut().0);
        for (at, sector) in numbered {
            *sector = self.withheld.get(&at).copied().unwrap_or([0; SECTOR_SIZE]);
        }
        pair
    }

    /// Clears what the console keeps before the image, and puts the game's header there.
    fn write_game_header(&mut self) -> Result<(), Error> {
        let main = self.plan.game.start;
        let behind_header = Lba(main.0.saturating_add((HEADER_SIZE / SECTOR_SIZE) as u32));
        let zeros = vec![0; MAIN_RESERVED as usize * SECTOR_SIZE - HEADER_SIZE];
        disk::write(&mut self.disk, behind_header, &zeros)?;
        let place = Game::header_place(main);
        let bytes = self.plan.game.header.emit();
        disk::write(&mut self.disk, place, &bytes)?;
        disk::flush(&mut self.disk)?;
        match disk::read(&mut self.disk, place)? == bytes {
            true => Ok(()),
            false => Err(Error::ReadBack { at: place }),
        }
    }
}

fn range(run: Extent) -> std::ops::Range<Lba> {
    run.start..Lba(run.end() as u32)
}

/// Those of a run's bytes that belong to some of its sectors.
fn piece(run: Extent, bytes: &[u8], begin: Lba, sectors: u32) -> &[u8] {
    let start = (begin.0 - run.start.0) as usize * SECTOR_SIZE;
    let end = start + sectors as usize * SECTOR_SIZE;
    bytes.get(start..end).unwrap_or_default()
}

fn write(disk: &mut impl Disk, at: Lba, sectors: &[u8]) -> Result<(), Error> {
    match sectors {
        [] => Ok(()),
        sectors => disk::write(disk, at, sectors),
    }
}

/// The table with a game in partitions that are free. What nobody uses of partitions nobody uses remains such.
fn with_game(table: &Table, id: Id, partitions: &[Extent], created: Timestamp) -> Table {
    let mut headers = game_headers(id, partitions, created);
    for header in table.headers() {
        let extent = header.extent();
        match header.kind() {
            Kind::EMPTY if partitions.iter().any(|new| new.overlaps(extent)) => {
                let rest = rest(extent, partitions);
                headers.extend(rest.map(|rest| Header::empty(rest, created)));
            }
            _ => headers.push(header.clone()),
        }
    }
    headers.sort_by_key(|header| header.extent().start);
    Table::of(table.sectors(), headers)
}

fn game_headers(id: Id, partitions: &[Extent], created: Timestamp) -> Vec<Header> {
    let Some((&main, subs)) = partitions.split_first() else {
        return Vec::new();
    };
    let mut headers = vec![Header::main(main, Kind::GAME, id, subs, created)];
    let numbered = (1..).zip(subs);
    headers.extend(
        numbered.map(|(number, &sub)| Header::sub(sub, Kind::GAME, main.start, number, created)),
    );
    headers
}

/// What is left of a partition without others, in partitions as long as can be.
fn rest(extent: Extent, without: &[Extent]) -> impl Iterator<Item = Extent> {
    let starts = (extent.start.0..)
        .step_by(CHUNK as usize)
        .take((extent.sectors / CHUNK) as usize);
    let chunks = starts.map(|start| Extent::new(Lba(start), CHUNK));
    let mut rest = Joined::new(extent.sectors);
    for chunk in chunks.filter(|&chunk| !without.iter().any(|used| used.overlaps(chunk))) {
        rest.push(chunk);
    }
    rest.into_iter()
}
