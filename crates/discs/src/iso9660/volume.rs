//! Volume descriptors: what the disc calls itself, how large it is, and whether it has a second layer.

use zso::SECTOR_SIZE;

use super::{Extent, number, text};
use crate::disc::DiscReader;
use crate::error::Error;

/// Sectors before a volume's descriptor.
pub const DESCRIPTOR: u32 = 16;

/// Type and standard of a primary volume descriptor.
const PRIMARY: [u8; 6] = *b"\x01CD001";
/// How the first volume descriptor begins, after its first byte: ISO 9660, and UDF in three ways.
const STANDARDS: [&[u8]; 4] = [b"CD001", b"BEA01", b"NSR02", b"NSR03"];
const NAME: std::ops::Range<usize> = 40..72;
const SECTORS: usize = 80;
const ROOT_LSN: usize = 158;
const ROOT_BYTES: usize = 166;

/// A volume, which is what one layer of a disc has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Volume {
    /// The sector of the disc that is the volume's first: places of files count from there.
    pub start: u32,
    /// Its identifier, without the spaces after it.
    pub name: String,
    /// Its sectors, as it says.
    pub sectors: u32,
    /// Its root directory.
    pub root: Extent,
}

/// The volumes of a disc.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Layers {
    /// The first layer's, which a disc of one layer has.
    pub first: Volume,
    /// The second layer's.
    pub second: Option<Volume>,
}

/// Whether there is a volume of any kind that discs have, also one that the console does not read.
pub fn is_any(reader: &mut DiscReader<'_>) -> Result<bool, Error> {
    let sector = reader.sector(DESCRIPTOR)?;
    let standard = sector.as_ref().and_then(|sector| sector.get(1..));
    Ok(standard.is_some_and(|standard| STANDARDS.iter().any(|known| standard.starts_with(known))))
}

impl Volume {
    /// The volume that begins at sector `start`; nothing if there is none.
    pub fn at(reader: &mut DiscReader<'_>, start: u32) -> Result<Option<Self>, Error> {
        let Some(lsn) = start.checked_add(DESCRIPTOR) else {
            return Ok(None);
        };
        let sector = reader.sector(lsn)?;
        Ok(sector.and_then(|sector| Self::parse(&sector, start)))
    }

    fn parse(sector: &[u8; SECTOR_SIZE], start: u32) -> Option<Self> {
        sector.starts_with(&PRIMARY).then_some(())?;
        let lsn = number(sector, ROOT_LSN)?.checked_add(start)?;
        Some(Self {
            start,
            name: text(sector.get(NAME)?).trim_end().to_owned(),
            sectors: number(sector, SECTORS)?,
            root: Extent {
                lsn,
                bytes: number(sector, ROOT_BYTES)?,
            },
        })
    }
}

impl Layers {
    /// The disc's volumes; nothing if it is no ISO 9660 disc.
    ///
    /// A second layer's descriptor is where the first one's volume ends, as loaders expect it: the second volume
    /// begins as many sectors before it as any volume has before its descriptor.
    pub fn of(reader: &mut DiscReader<'_>) -> Result<Option<Self>, Error> {
        let Some(first) = Volume::at(reader, 0)? else {
            return Ok(None);
        };
        let second = match first.sectors.checked_sub(DESCRIPTOR) {
            // A volume that ends before its own descriptor says nothing of a second one.
            None | Some(0) => None,
            Some(start) => Volume::at(reader, start)?,
        };
        Ok(Some(Self { first, second }))
    }

    /// Both volumes.
    pub fn iter(&self) -> impl Iterator<Item = &Volume> {
        std::iter::once(&self.first).chain(&self.second)
    }

    /// Sectors that the volumes say there are: their sum, the descriptor area of the second one counted once.
    pub fn sectors(&self) -> u64 {
        let second = self.second.as_ref();
        second.map_or(u64::from(self.first.sectors), |second| {
            u64::from(second.start) + u64::from(second.sectors)
        })
    }
}
