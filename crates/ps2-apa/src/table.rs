//! All partition headers of a disk.

use crate::disk::{self, Disk, REACH};
use crate::error::Error;
use crate::header::{Header, Id, Kind, Sharing};
use crate::journal::{self, Pairs};
use crate::sector::{Extent, Lba};

/// A disk's table: its headers in the order in which they lie on it, none overlapping another, none after the
/// disk's end, every sub-partition with its main one, all linked in a ring.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    sectors: u64,
    headers: Vec<Header>,
    interrupted: bool,
    /// Where a journal would write that cannot be one of this table.
    stray: Option<Lba>,
}

impl Table {
    /// Reads a disk's table. One whose change was interrupted is read as it will be when that is completed; one with a
    /// journal that cannot be of such a change is read as if there were none, and cannot be changed.
    ///
    /// # Errors
    /// [`Error::NotApa`]; others for what is damaged or cannot be read.
    pub fn read(disk: &mut impl Disk) -> Result<Self, Error> {
        let sectors = disk.sectors().min(REACH);
        let start: [u8; 8] = match sectors {
            0..1024 => return Err(Error::NotApa),
            _ => *disk::read::<512>(disk, Lba(0))?
                .first_chunk()
                .unwrap_or(&[0; 8]),
        };
        if !start.ends_with(b"APA\0") {
            return Err(Error::NotApa);
        }
        let pending = journal::pending(disk)?;
        let table = Self::follow(disk, &pending, sectors)?;
        match journal::stray(&pending, &table.headers) {
            None => Ok(Self {
                interrupted: !pending.is_empty(),
                ..table
            }),
            // What is on the disk without it can still be read.
            stray => Ok(Self {
                stray,
                ..Self::follow(disk, &Pairs::new(), sectors)?
            }),
        }
    }

    /// The table that is on the disk once what is pending has come to its places.
    fn follow(disk: &mut impl Disk, pending: &Pairs, sectors: u64) -> Result<Self, Error> {
        let table = Self {
            sectors,
            headers: walk(disk, pending, sectors)?,
            interrupted: false,
            stray: None,
        };
        table.check_ring()?;
        table.check_subs()?;
        Ok(table)
    }

    /// A table of headers that lie in order on a disk of so many sectors; links them.
    pub(crate) fn of(sectors: u64, headers: Vec<Header>) -> Self {
        let mut table = Self {
            sectors,
            headers,
            interrupted: false,
            stray: None,
        };
        let starts: Vec<_> = table
            .headers
            .iter()
            .map(|header| header.extent().start)
            .collect();
        let mut prev = starts.last().copied().unwrap_or(Lba(0));
        let nexts = starts.iter().copied().cycle().skip(1);
        for (header, next) in table.headers.iter_mut().zip(nexts) {
            header.link(prev, next);
            prev = header.extent().start;
        }
        table
    }

    /// Sectors of the disk that the table can use.
    pub fn sectors(&self) -> u64 {
        self.sectors
    }

    /// All partitions, those that nobody uses included.
    pub fn headers(&self) -> &[Header] {
        &self.headers
    }

    /// Whether a change of the table was interrupted, and awaits completion on the disk.
    pub fn is_interrupted(&self) -> bool {
        self.interrupted
    }

    /// Main partitions of games.
    pub fn games(&self) -> impl Iterator<Item = &Header> {
        let mains = self
            .headers
            .iter()
            .filter(|header| header.sub_of().is_none());
        mains.filter(|header| header.kind() == Kind::GAME)
    }

    /// The main partition of this name.
    pub fn find(&self, id: Id) -> Option<&Header> {
        let name = id.to_string();
        self.headers
            .iter()
            .find(|header| header.sub_of().is_none() && header.id().matches(&name))
    }

    /// Where a main partition and its sub-partitions lie, the main one first.
    pub fn parts(&self, main: &Header) -> Vec<Extent> {
        let mut parts = vec![main.extent()];
        parts.extend(self.subs_of(main));
        parts
    }

    /// Sectors that are for partitions of PCs, and not for those of the console.
    pub fn foreign(&self) -> Vec<Extent> {
        self.headers
            .first()
            .map(Header::foreign)
            .unwrap_or_default()
    }

    /// Makes sure that the table can be changed without harm to what else is on the disk.
    ///
    /// # Errors
    /// [`Error::JournalPlace`], [`Error::Shared`], [`Error::Boot`].
    pub fn check_changeable(&self) -> Result<(), Error> {
        if let Some(at) = self.stray {
            return Err(Error::JournalPlace { at });
        }
        let Some(first) = self.headers.first() else {
            return Err(Error::NotApa);
        };
        match (first.sharing(), first.boot()) {
            (Sharing::Apa, Some(boot))
                if u64::from(journal::LIST.0) < boot.end() && boot.start < journal::END =>
            {
                Err(Error::Boot { at: boot.start })
            }
            (Sharing::Apa, _) => Ok(()),
            (sharing, _) => Err(Error::Shared(sharing)),
        }
    }

    /// Makes sure that the disk still has this table, and that it can be changed; completes what was interrupted.
    pub(crate) fn make_ready(&self, disk: &mut impl Disk) -> Result<(), Error> {
        let now = Self::read(disk)?;
        now.check_changeable()?;
        match now.headers == self.headers {
            true => journal::complete(disk),
            false => Err(Error::Changed),
        }
    }

    fn check_ring(&self) -> Result<(), Error> {
        let mut before = self
            .headers
            .last()
            .map_or(Lba(0), |last| last.extent().start);
        for header in &self.headers {
            let (at, stored) = (header.extent().start, header.prev());
            if stored != before {
                return Err(Error::Link { at, before, stored });
            }
            before = at;
        }
        Ok(())
    }

    /// Makes sure that all main partitions and sub-partitions know each other.
    fn check_subs(&self) -> Result<(), Error> {
        for header in &self.headers {
            let at = header.extent().start;
            match header.sub_of() {
                Some(main) if !self.main_has(main, header.extent()) => {
                    return Err(Error::Sub { main, sub: at });
                }
                Some(_) => {}
                None => self.check_subs_of(header)?,
            }
        }
        Ok(())
    }

    fn main_has(&self, main: Lba, sub: Extent) -> bool {
        let main = self.at(main).filter(|header| header.sub_of().is_none());
        main.is_some_and(|header| self.subs_of(header).contains(&sub))
    }

    fn check_subs_of(&self, main: &Header) -> Result<(), Error> {
        let start = main.extent().start;
        let is_lost = |sub: &Extent| self.at(sub.start).and_then(Header::sub_of) != Some(start);
        match self.subs_of(main).iter().find(|sub| is_lost(sub)) {
            Some(sub) => Err(Error::Sub {
                main: start,
                sub: sub.start,
            }),
            None => Ok(()),
        }
    }

    /// The sub-partitions of a main one. The first header has none, but other tables where it would have them.
    fn subs_of(&self, main: &Header) -> Vec<Extent> {
        match main.kind() {
            Kind::MBR => Vec::new(),
            _ => main.subs(),
        }
    }

    fn at(&self, start: Lba) -> Option<&Header> {
        let found = self
            .headers
            .binary_search_by_key(&start, |header| header.extent().start);
        found.ok().and_then(|index| self.headers.get(index))
    }
}

/// Follows the links from the first header. Each has to lie after the one before, so there is no going in circles.
fn walk(disk: &mut impl Disk, pending: &Pairs, sectors: u64) -> Result<Vec<Header>, Error> {
    let mut headers: Vec<Header> = Vec::new();
    let (mut at, mut end) = (Lba(0), 0);
    loop {
        // A header has two sectors.
        if u64::from(at.0) + 2 > sectors {
            return Err(Error::Beyond {
                at,
                end: u64::from(at.0) + 2,
                sectors,
            });
        }
        let bytes = match pending.get(&at) {
            Some(bytes) => *bytes,
            None => disk::read(disk, at)?,
        };
        let header = Header::parse(&bytes, at).map_err(|fault| Error::Header { at, fault })?;
        if u64::from(at.0) < end {
            return Err(Error::Order { at, end });
        }
        end = header.extent().end();
        if end > sectors {
            return Err(Error::Beyond { at, end, sectors });
        }
        at = header.next();
        headers.push(header);
        if at.0 == 0 {
            return Ok(headers);
        }
    }
}
