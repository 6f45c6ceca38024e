//! What a test needs of a reader, be it this machine's or the console's.

use zso::{Code, SECTOR_SIZE};

use crate::code;

/// A mounted image.
///
/// Every call also checks that no byte outside the memory handed over has changed, and that nothing was written to the
/// destination after what was delivered.
pub trait Reader {
    /// Which reader this is.
    fn name(&self) -> &'static str;

    /// Sectors of the disc.
    fn sectors(&mut self) -> u32;

    /// Reads up to `count` sectors to a buffer that begins `misalign` bytes (0 to 63) after a 64-byte boundary, and
    /// returns those that were delivered.
    ///
    /// # Errors
    /// The reader's own.
    fn read_at(&mut self, lsn: u32, count: u32, misalign: usize) -> Result<Vec<u8>, Code>;

    /// Reads up to `count` sectors to an aligned buffer.
    ///
    /// # Errors
    /// The reader's own.
    fn read(&mut self, lsn: u32, count: u32) -> Result<Vec<u8>, Code> {
        self.read_at(lsn, count, 0)
    }

    /// The device's own number for the last [`Code::Device`]; 0 if there was none.
    fn last_device_error(&mut self) -> i32;
}

/// What a read of an undamaged image delivers: sectors of `disc`, up to its end, and zeros after a last partial one.
#[must_use]
pub fn sectors_of(disc: &[u8], lsn: u32, count: u32) -> Vec<u8> {
    let place = |sector: u64| usize::try_from(sector * SECTOR_SIZE as u64).unwrap_or(usize::MAX);
    let first = place(lsn.into()).min(disc.len());
    let end = place(u64::from(lsn) + u64::from(count)).min(disc.len());
    let mut sectors = disc[first..end].to_vec();
    sectors.resize(sectors.len().next_multiple_of(SECTOR_SIZE), 0);
    sectors
}

/// Reads the whole disc in requests of `count` sectors, and panics unless it is `disc`.
///
/// # Panics
/// When a read fails, or delivers anything else.
pub fn assert_reads(reader: &mut dyn Reader, disc: &[u8], count: u32) {
    let sectors = disc.len().div_ceil(SECTOR_SIZE) as u32;
    assert_eq!(reader.sectors(), sectors, "sectors of the disc");
    for lsn in (0..=sectors).step_by(count as usize) {
        let read = reader.read(lsn, count);
        assert!(
            read == Ok(sectors_of(disc, lsn, count)),
            "{count} sectors from {lsn}: {:?}",
            read.err()
        );
    }
}

/// Asserts what comes of a read, reasons as far as the reader gives one.
///
/// # Panics
/// When it is something else.
pub fn assert_read(reader: &mut dyn Reader, lsn: u32, count: u32, expected: Result<Vec<u8>, Code>) {
    let read = reader.read(lsn, count);
    let is_expected = match (&read, &expected) {
        (Err(found), Err(reason)) => code::is_for(*found, *reason),
        _ => read == expected,
    };
    // Not all that was read: that is too long.
    let (read, expected) = (read.err(), expected.err());
    assert!(
        is_expected,
        "{count} sectors from {lsn}: {read:?}, not {expected:?}"
    );
}

/// What memory holds that nobody may write.
pub const CANARY: u8 = 0xC5;

/// A run of canaries, to compare with at the speed of `memcmp`.
const CANARIES: [u8; SECTOR_SIZE] = [CANARY; SECTOR_SIZE];

/// Looks at memory that nobody may write.
///
/// # Panics
/// If a canary is dead.
pub fn check_canary(bytes: &[u8], place: &str) {
    let alive = |chunk: &[u8]| chunk == &CANARIES[..chunk.len()];
    if !bytes.chunks(SECTOR_SIZE).all(alive) {
        let dead = bytes.iter().position(|&byte| byte != CANARY);
        panic!("{place} was written, byte {dead:?}");
    }
}
