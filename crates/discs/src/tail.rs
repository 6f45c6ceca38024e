//! What the reader cannot see: whether a block ends inside the file's last, partial sector.
//!
//! Devices deliver whole sectors, the last one filled up with zeros, and the reader takes these for
//! data. Here a block is read again with the bytes that the file really has.

use std::io::{self, Read};

use zso::format::{ENTRY_SIZE, Entry, HEADER_SIZE};
use zso::lz4::decode_block;
use zso::{Block, Header, SECTOR_SIZE};

use crate::read_at::{ReadAt, Stream};

/// A block that goes on past the end of a file which the reader has read without an error,
/// and the file's size.
pub(crate) fn cut_block(
    file: &dyn ReadAt,
    file_bytes: u64,
    header: &Header,
) -> io::Result<Option<(u32, u64)>> {
    if file_bytes.is_multiple_of(SECTOR_SIZE as u64) {
        return Ok(None);
    }
    let longest = longest(header);
    let mut blocks = (0..header.blocks()).rev();
    // The reader has seen that offsets do not decrease: all blocks before these end in the file.
    while let Some(block) = blocks.next()
        && let (start, plain) = read_entry(file, header, block)?
        && start + longest > file_bytes
    {
        let room = file_bytes.saturating_sub(start).min(longest);
        if !ends_within(file, header, Block(block), start, plain, room)? {
            return Ok(Some((block, file_bytes)));
        }
    }
    Ok(None)
}

/// Bytes that a block can become in LZ4's format, at most.
pub fn longest(header: &Header) -> u64 {
    let len = u64::from(header.block_size());
    len + len / 255 + 16
}

/// Whether compressed bytes are all of a block of `len` bytes, which may be filled with zeros to full size.
pub fn is_whole(bytes: &[u8], len: usize, header: &Header) -> bool {
    [len, header.block_size() as usize]
        .iter()
        .any(|len| decode_block(bytes, &mut vec![0; *len]).is_ok())
}

/// Where a block begins, and whether it is plain.
fn read_entry(file: &dyn ReadAt, header: &Header, block: u32) -> io::Result<(u64, bool)> {
    let mut raw = [0; ENTRY_SIZE];
    let at = HEADER_SIZE as u64 + ENTRY_SIZE as u64 * u64::from(block);
    Stream::at(file, at).read_exact(&mut raw)?;
    let entry = Entry(u32::from_le_bytes(raw));
    Ok((
        u64::from(entry.offset()) << header.align(),
        entry.is_plain(),
    ))
}

/// Whether a block needs no more than the `room` bytes at `start`.
fn ends_within(
    file: &dyn ReadAt,
    header: &Header,
    block: Block,
    start: u64,
    plain: bool,
    room: u64,
) -> io::Result<bool> {
    let len = header.block_len(block);
    if plain {
        return Ok(room >= len.into());
    }
    let mut bytes = Vec::new();
    Stream::at(file, start).take(room).read_to_end(&mut bytes)?;
    Ok(is_whole(&bytes, len as usize, header))
}
