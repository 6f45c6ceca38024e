//! The data of a track's sectors.

use zso::SECTOR_SIZE;

use super::{LONGEST, Layout};
use crate::chd::ChdReader;
use crate::error::Error;
use crate::read_at::ReadAt;

const SECTOR: u64 = SECTOR_SIZE as u64;
/// Sectors that are read at a time.
const AT_ONCE: u64 = 64;

/// What has the sectors of a track.
pub(crate) enum Source<'d> {
    File(&'d dyn ReadAt),
    Chd(Box<ChdReader<'d>>),
}

/// Reads the image in a track anywhere.
pub struct TrackReader<'d> {
    source: Source<'d>,
    layout: Layout,
    /// Sectors as they are stored, and the number of the first one.
    raw: Vec<u8>,
    first: u64,
}

impl<'d> TrackReader<'d> {
    pub(crate) fn new(source: Source<'d>, layout: Layout) -> Self {
        Self {
            source,
            layout,
            raw: Vec::with_capacity(AT_ONCE as usize * LONGEST),
            first: 0,
        }
    }

    /// Some of the image's bytes at `at`, none at its end.
    ///
    /// # Errors
    /// [`Error::Track`], and those of what has the sectors.
    pub fn read_at(&mut self, at: u64, buf: &mut [u8]) -> Result<usize, Error> {
        let (sector, skip) = (at / SECTOR, (at % SECTOR) as usize);
        if sector >= self.layout.sectors || buf.is_empty() {
            return Ok(0);
        }
        if self.raw(sector).is_none() {
            self.load(sector)?;
        }
        // A file that has become shorter has nothing here.
        let Some(raw) = self.raw(sector) else {
            return Ok(0);
        };
        let data = self.layout.kind.data(raw, sector)?;
        let rest = data.get(skip..).unwrap_or_default();
        let pairs = buf.iter_mut().zip(rest);
        Ok(pairs.map(|(to, from)| *to = *from).count())
    }

    /// A sector as it is stored, if it is in memory.
    fn raw(&self, sector: u64) -> Option<&[u8]> {
        let unit = self.layout.unit;
        let number = usize::try_from(sector.checked_sub(self.first)?).ok()?;
        let start = number.checked_mul(unit)?;
        self.raw.get(start..start.checked_add(unit)?)
    }

    /// Reads a sector, and some that follow.
    fn load(&mut self, sector: u64) -> Result<(), Error> {
        let count = (self.layout.sectors - sector).min(AT_ONCE);
        let at = self.layout.place(sector);
        self.raw.resize(count as usize * self.layout.unit, 0);
        let have = match &mut self.source {
            Source::File(file) => file.fill_at(&mut self.raw, at)?,
            Source::Chd(chd) => chd.fill_at(at, &mut self.raw)?,
        };
        self.raw.truncate(have);
        self.first = sector;
        Ok(())
    }
}
