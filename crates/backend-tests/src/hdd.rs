//! The internal hard disk, with a game on it.

use ps2_apa::space::Reach;
use ps2_apa::{Disk, GameHeader, Id, Lba, Plan, Table, Timestamp, format};
use testkit::disk::{MemoryDisk, game_header};
use zso::device::HDL_HEADER_OFFSET;

use crate::medium::Medium;

/// Sectors of the disk: 4 GiB, of which only what is written takes memory.
const SECTORS: u64 = 8 << 20;

/// A disk with a game, and the sector of its header.
///
/// # Panics
/// When the game is too large.
#[must_use]
pub fn disk_with(image: &[u8], layer_break: u32) -> (HddMedium<MemoryDisk>, u32) {
    let mut disk = MemoryDisk::new(SECTORS);
    format::format(&mut disk, Timestamp::default()).expect("memory does not fail");
    let table = Table::read(&mut disk).expect("formatted just now");
    let header = GameHeader {
        layer_break,
        ..game_header("A game")
    };
    let id = Id::new("PP.HDL.A game");
    let sectors = image.len().div_ceil(2048) as u64;
    let plan = Plan::new(
        &table,
        id,
        header,
        sectors,
        Reach::Lba48,
        Timestamp::default(),
    );
    let plan = plan.expect("there is room");
    let header_at = plan.game().start.0 + HDL_HEADER_OFFSET;
    let mut installation = plan.begin(&mut disk).expect("memory does not fail");
    let mut image = image.to_vec();
    image.resize(sectors as usize * 2048, 0);
    installation.write(&image).expect("memory does not fail");
    installation.commit().expect("memory does not fail");
    (HddMedium(disk), header_at)
}

/// A disk as a medium.
#[derive(Clone, Debug)]
pub struct HddMedium<D>(pub D);

impl<D: Disk> Medium for HddMedium<D> {
    fn read(&mut self, _: u32, offset: u64, buf: &mut [u8]) -> Result<usize, i32> {
        let at = u32::try_from(offset / 512).map_err(|_| crate::medium::IO_ERROR)?;
        let whole = buf.len() / 512 * 512;
        let read = self.0.read(Lba(at), &mut buf[..whole]);
        read.map(|()| whole).map_err(|_| crate::medium::IO_ERROR)
    }
}
