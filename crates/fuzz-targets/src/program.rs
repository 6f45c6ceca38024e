//! An image, a device and requests, out of a fuzzer's bytes.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | flags: see [`Program::new`] |
//! | 1 | memory of the reader |
//! | 1 | number of requests |
//! | 4 each | requests: where, how many sectors, the buffer's alignment, which device request fails |
//! | the rest | the file: as it is, or a good one with some bytes changed |

use std::sync::OnceLock;

use testkit::Rng;
use testkit::blocks::contents;
use testkit::encode::Encoder;
use zso::SECTOR_SIZE;
use zso::format::{ENTRY_SIZE, Entry, HEADER_SIZE, MAGIC};

use crate::input::Input;

/// Sectors in a block.
const PER_BLOCK: [usize; 6] = [1, 1, 1, 2, 3, 8];
/// Blocks to choose from, for each size.
const POOL: usize = 24;
/// What follows a file in its last sector: junk, as the device may leave it.
const JUNK: u8 = 0xA5;

/// All that an input says.
pub(crate) struct Program<'d> {
    pub(crate) size_known: bool,
    /// Sectors to read ahead, or `None` for less memory than the image needs.
    pub(crate) ahead: Option<u32>,
    /// Whether the first device request fails.
    pub(crate) mount_fails: bool,
    /// Of the lean reader's policies, which one, and whether the device leaves the processor time.
    pub(crate) policy: u8,
    pub(crate) overlaps: bool,
    pub(crate) requests: Vec<Request>,
    is_raw: bool,
    file: Input<'d>,
}

/// A request, as far as it does not depend on the image.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    place: u8,
    pub(crate) count: u32,
    /// Bytes from an aligned address.
    pub(crate) misalign: usize,
    /// The device requests that fail, counted from the first that this request makes.
    pub(crate) faults: core::ops::Range<u32>,
}

impl<'d> Program<'d> {
    pub(crate) fn new(data: &'d [u8]) -> Self {
        let mut input = Input(data);
        let flags = input.byte();
        let memory = input.byte();
        let requests = input.below(32);
        Self {
            size_known: flags & 1 == 0,
            is_raw: flags & 2 != 0,
            mount_fails: flags & 0x1C == 0x1C,
            policy: flags >> 5 & 3,
            overlaps: flags & 0x80 != 0,
            ahead: (memory < 240).then_some(u32::from(memory % 48)),
            requests: (0..requests).map(|_| Request::new(&mut input)).collect(),
            file: input,
        }
    }

    /// The file, in whole sectors.
    pub(crate) fn write_file(&self, file: &mut Vec<u8>) {
        file.clear();
        if self.is_raw {
            file.extend_from_slice(self.file.0);
        } else {
            build(&mut self.file.clone(), file);
        }
        file.resize(file.len().next_multiple_of(SECTOR_SIZE), JUNK);
    }
}

impl Request {
    fn new(input: &mut Input<'_>) -> Self {
        let [place, count, misalign, fault] = [(); 4].map(|()| input.byte());
        let first = u32::from(fault & 7);
        let last = if fault & 0x40 == 0 { first } else { first + 1 };
        Self {
            place,
            count: u32::from(if count < 192 { count % 9 } else { count % 41 }),
            misalign: usize::from(misalign % 64),
            faults: if fault & 0x80 == 0 {
                0..0
            } else {
                first..last + 1
            },
        }
    }

    /// Where it begins, on an image of `sectors` after a request that ended at `next`.
    pub(crate) fn lsn(&self, sectors: u32, next: u32) -> u32 {
        let number = u32::from(self.place & 0x3F);
        match self.place >> 6 {
            0 => number,
            1 => next.saturating_sub(1),
            2 => next,
            _ => sectors.saturating_sub(number),
        }
    }
}

/// A block, plain and compressed.
struct Sample {
    content: Vec<u8>,
    packed: Vec<u8>,
}

/// Blocks of this many sectors, of all encoders.
fn samples(sectors: usize) -> &'static [Sample] {
    static POOLS: [OnceLock<Vec<Sample>>; 9] = [const { OnceLock::new() }; 9];
    POOLS[sectors].get_or_init(|| {
        let mut rng = Rng::new(sectors as u64);
        let sample = |n: usize| {
            let mut choices = contents(n as u64, sectors * SECTOR_SIZE).into_iter();
            // The first one is a single byte, over and over: the smallest.
            let content = match n {
                0 => choices.next_back(),
                _ => choices.nth(rng.within(0..6)),
            };
            let content = content.expect("six choices");
            let packed = Encoder::ALL[(n + 1) % Encoder::ALL.len()].encode(&content);
            Sample { content, packed }
        };
        (0..POOL).map(sample).collect()
    })
}

/// Builds a good file, and then changes some bytes of it.
///
/// The changes come first in the input, so that a short one can have many blocks: where its bytes end, blocks are
/// small.
fn build(input: &mut Input<'_>, file: &mut Vec<u8>) {
    let samples = samples(PER_BLOCK[input.below(PER_BLOCK.len() as u8)]);
    let align = match input.byte() {
        0..160 => 0,
        other => other % 13,
    };
    // Few, or more than one sector has index entries for.
    let blocks = match input.byte() {
        many @ 230.. => 400 + usize::from(many - 230) * 30,
        few => usize::from(few % 12),
    };
    let missing = usize::from(input.half()) % samples[0].content.len();
    let changes = [(); 12].map(|()| (input.half(), input.byte()));
    put_header(file, samples, blocks, missing, align);
    for block in 0..=blocks {
        file.resize(file.len().next_multiple_of(1 << align), JUNK);
        put_block(input, file, samples, block, blocks, align);
    }
    for (place, bits) in changes {
        change(file, place.into(), bits);
    }
}

fn put_header(file: &mut Vec<u8>, samples: &[Sample], blocks: usize, missing: usize, align: u8) {
    let block_size = samples[0].content.len();
    let total_bytes = (blocks * block_size).saturating_sub(missing);
    file.extend_from_slice(&MAGIC);
    file.extend_from_slice(&(HEADER_SIZE as u32).to_le_bytes());
    file.extend_from_slice(&(total_bytes as u64).to_le_bytes());
    file.extend_from_slice(&(block_size as u32).to_le_bytes());
    file.extend_from_slice(&[1, align, 0, 0]);
    file.resize(HEADER_SIZE + ENTRY_SIZE * (blocks + 1), 0);
}

/// Puts a block and its index entry, or the entry after the last block.
fn put_block(
    input: &mut Input<'_>,
    file: &mut Vec<u8>,
    samples: &[Sample],
    block: usize,
    blocks: usize,
    align: u8,
) {
    let choice = usize::from(input.byte());
    let (sample, kind) = (&samples[choice % POOL], choice / POOL);
    let plain = kind >= 7 && block < blocks;
    let entry = Entry::new(file.len() as u64, plain, align).map_or(0, |entry| entry.0);
    let at = HEADER_SIZE + ENTRY_SIZE * block;
    file[at..at + ENTRY_SIZE].copy_from_slice(&entry.to_le_bytes());
    if block < blocks {
        file.extend_from_slice(if plain {
            &sample.content
        } else {
            &sample.packed
        });
        // Space that no block uses.
        let gap = if kind % 3 == 2 { choice * 9 } else { 0 };
        file.resize(file.len() + gap, JUNK);
    }
}

/// One change, or none: the file's end goes, or a byte becomes another one. Half of them are in header and index.
fn change(file: &mut Vec<u8>, place: usize, bits: u8) {
    let reach = if place & 0x8000 == 0 {
        file.len()
    } else {
        file.len().min(200)
    };
    if place == 0 || reach == 0 {
        return;
    }
    let at = (place & 0x7FFF) % reach;
    match bits {
        0 => file.truncate(at),
        _ => file[at] ^= bits,
    }
}
