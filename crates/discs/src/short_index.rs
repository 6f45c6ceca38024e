//! Files whose index has no entry for the image's last, partial block, and which do not have that block either.
//!
//! The script that comes with Open PS2 Loader writes them: it rounds the number of blocks down, but tells the size of
//! all of the image in the header. The index has an entry for each whole block and one for the end; the data follow at
//! once.

use std::io;

use zso::Header;
use zso::format::{ENTRY_SIZE, Entry, HEADER_SIZE};

use crate::read_at::ReadAt;

/// The header of what such a file has; `None` for all others.
pub(crate) fn stored(file: &dyn ReadAt, header: &Header) -> io::Result<Option<Header>> {
    let (total, block_size) = (header.total_bytes(), header.block_size());
    let whole = total - total % u64::from(block_size);
    let Ok(stored) = Header::new(whole, block_size, header.align()) else {
        return Ok(None);
    };
    let mut first = [0; ENTRY_SIZE];
    let have = file.fill_at(&mut first, HEADER_SIZE as u64)?;
    let first = Entry(u32::from_le_bytes(first)).offset();
    // Where padding has room for the entry, nothing tells these files from others. The script never pads as much.
    let is_short =
        have == ENTRY_SIZE && first == stored.first_entry() && first < header.first_entry();
    Ok(is_short.then_some(stored))
}
