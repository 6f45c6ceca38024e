//! What the image's file lies on, and how each variant gets at it.

use std::iter;

use testkit::Rng;

use crate::file::DiscFile;
use crate::module::Variant;

/// Bytes that a block device reads at least.
const BLOCK: u64 = 512;
/// Bytes of a sector of the file.
const SECTOR: u64 = 2048;
/// Blocks in a cluster of the file system: where the file ends, something else of that cluster may follow.
const CLUSTER: u64 = 8;
/// Bytes of a part of a file on a server.
const PART: u64 = 1 << 30;
/// Blocks from a partition's start to its header.
const HEADER_BLOCK: u64 = 2056;
/// Where the partition is, in blocks.
const PARTITION: u64 = 0x0010_0000;

/// Blocks in sequence on the device and in the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Extent {
    block: u64,
    blocks: u64,
    /// Of the file, in bytes.
    position: u64,
}

/// Which requests fail, counted from the last call of [`Medium::fail`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Fault {
    after: u32,
    count: u32,
}

/// How long the device takes, in cycles of the processor that asks it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Speed {
    /// For a request, however short.
    pub request: u64,
    /// For 512 bytes.
    pub block: u64,
}

/// What the medium was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Log {
    /// Requests, those that failed included.
    pub requests: u32,
    /// Bytes delivered.
    pub bytes: u64,
    /// Requests for sectors that the file does not have.
    pub past_end: u32,
}

/// A file on a device.
#[derive(Clone, Debug)]
pub struct Medium {
    file: DiscFile,
    extents: Vec<Extent>,
    /// A block with something else, and what.
    header: Option<(u64, Vec<u8>)>,
    /// What the loader writes to the module's settings: `(offset, bytes)`.
    settings: Vec<(u32, Vec<u8>)>,
    /// Where a file that is read as a stream is.
    at: u64,
    fault: Fault,
    speed: Speed,
    /// The cycle at which the last request is served.
    busy_until: u64,
    log: Log,
}

impl Medium {
    /// Puts a file on the device of a variant.
    #[must_use]
    pub fn new(variant: Variant, file: DiscFile) -> Self {
        let mut medium = Self {
            file,
            extents: Vec::new(),
            header: None,
            settings: Vec::new(),
            at: 0,
            fault: Fault::default(),
            speed: Speed::default(),
            busy_until: 0,
            log: Log::default(),
        };
        match variant {
            Variant::Bdm => medium.fragment(),
            Variant::Hdd => medium.install(),
            Variant::Smb | Variant::Isofs => {}
        }
        medium
    }

    /// Runs of clusters anywhere on a large drive.
    fn fragment(&mut self) {
        let clusters = self.file.len().div_ceil(CLUSTER * BLOCK);
        let mut rng = Rng::new(7);
        let most = clusters as usize / 20 + 2;
        let run = |left: u64| left.min(rng.within(1..most) as u64);
        let lengths = split(clusters, run);
        let mut block = 999;
        for (n, length) in lengths.into_iter().enumerate() {
            // The third and those after it are where 32 bits do not reach.
            block += if n == 2 { 1 << 32 } else { 17 };
            self.append(block, length * CLUSTER);
            block += length * CLUSTER;
        }
        let fragments = self.extents.iter().flat_map(|extent| {
            let count = extent.blocks as u32;
            iter::chain(extent.block.to_le_bytes(), count.to_le_bytes())
        });
        // The first entry of the table is another file's.
        let table = iter::repeat_n(0xFF, 12).chain(fragments).collect();
        let count = self.extents.len() as u8;
        assert!(count < 64, "{count} fragments: the table has 64 places");
        self.settings = vec![(16, vec![1, count]), (26, table)];
    }

    /// Parts of any length, in partitions that follow each other in another order.
    fn install(&mut self) {
        let third = self.file.sectors() / 3;
        let last = self.file.sectors() - third - third / 2;
        let parts = [(2, third), (0, third / 2), (1, last)];
        let mut header = vec![0; 1024];
        header[..4].copy_from_slice(&0xDEAD_FEED_u32.to_le_bytes());
        header[0xF0..0xF4].copy_from_slice(&(parts.len() as u32).to_le_bytes());
        let mut sector = 0;
        for (entry, (place, sectors)) in header[0xF4..].chunks_mut(12).zip(parts) {
            let block = PARTITION + (place + 1) * 0x0200_0000;
            self.append(block, sectors * (SECTOR / BLOCK));
            let words = [sector, block >> 8, sectors * (SECTOR / 256)];
            let bytes = words.map(|word| (word as u32).to_le_bytes());
            entry.copy_from_slice(bytes.as_flattened());
            sector += sectors;
        }
        self.header = Some((PARTITION + HEADER_BLOCK, header));
        self.settings = vec![(16, (PARTITION as u32).to_le_bytes().to_vec())];
    }

    fn append(&mut self, block: u64, blocks: u64) {
        let position = self
            .extents
            .last()
            .map_or(0, |last| last.position + last.blocks * BLOCK);
        self.extents.push(Extent {
            block,
            blocks,
            position,
        });
    }

    /// What the loader writes to the module's settings.
    #[must_use]
    pub fn settings(&self) -> &[(u32, Vec<u8>)] {
        &self.settings
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> &DiscFile {
        &self.file
    }

    /// Puts another file to where this one is, for devices that find files by name.
    pub fn change(&mut self, file: DiscFile) {
        self.file = file;
    }

    /// What was asked for since the last [`reset_log`](Self::reset_log).
    #[must_use]
    pub fn log(&self) -> Log {
        self.log
    }

    /// Forgets what was asked for.
    pub fn reset_log(&mut self) {
        self.log = Log::default();
    }

    /// Lets `count` requests fail, after `after` that do not.
    pub fn fail(&mut self, after: u32, count: u32) {
        self.fault = Fault { after, count };
    }

    /// Makes the device take its time; it takes none before.
    pub fn set_speed(&mut self, speed: Speed) {
        self.speed = speed;
    }

    /// The cycles from `now` on until `len` bytes are read: requests are served one after the other.
    pub(crate) fn time(&mut self, now: u64, len: usize) -> u64 {
        let blocks = (len as u64).div_ceil(BLOCK);
        let own = self.speed.request + blocks * self.speed.block;
        if own == 0 {
            return 0;
        }
        self.busy_until = self.busy_until.max(now) + own;
        self.busy_until - now
    }

    /// Whether this request fails.
    fn fails(&mut self) -> bool {
        self.log.requests += 1;
        if self.fault.after > 0 {
            self.fault.after -= 1;
            return false;
        }
        let fails = self.fault.count > 0;
        self.fault.count = self.fault.count.saturating_sub(1);
        fails
    }

    /// Blocks of a device; `None` when the request fails.
    ///
    /// # Panics
    /// When they are not all in one extent of the file.
    pub fn blocks(&mut self, block: u64, blocks: u64) -> Option<Vec<u8>> {
        if self.fails() {
            return None;
        }
        let len = (blocks * BLOCK) as usize;
        if let Some((at, header)) = &self.header
            && *at == block
        {
            return Some(header[..len].to_vec());
        }
        let inside = |extent: &&Extent| {
            block >= extent.block && block + blocks <= extent.block + extent.blocks
        };
        let extent = self.extents.iter().find(inside);
        let extent = extent.unwrap_or_else(|| panic!("{blocks} blocks at {block}: not the file's"));
        let position = extent.position + (block - extent.block) * BLOCK;
        Some(self.sectors_at(position, len))
    }

    /// A part of the file on a server; `None` when the request fails.
    ///
    /// # Panics
    /// When a message is longer than the server's.
    pub fn message(&mut self, part: u32, position: u32, len: usize) -> Option<Vec<u8>> {
        assert!(len <= 8192, "a message of {len} bytes");
        if self.fails() {
            return None;
        }
        let position = u64::from(part) * PART + u64::from(position);
        let there = self.file.len().saturating_sub(position);
        let mut bytes = self.sectors_at(position, len);
        bytes.truncate(there.try_into().unwrap_or(usize::MAX));
        Some(bytes)
    }

    fn sectors_at(&mut self, position: u64, len: usize) -> Vec<u8> {
        let past_end = position + len as u64 > self.file.sectors() * SECTOR;
        self.log.past_end += u32::from(past_end);
        self.log.bytes += len as u64;
        self.file.read(position, len)
    }

    /// Moves to a place of the file, and returns it.
    pub fn seek(&mut self, position: u32) -> u32 {
        self.at = position.into();
        position
    }

    /// What comes next of the file, less than `len` bytes at its end; `None` when the request fails.
    pub fn read(&mut self, len: usize) -> Option<Vec<u8>> {
        if self.fails() {
            return None;
        }
        let there = self.file.len().saturating_sub(self.at);
        self.log.past_end += u32::from(there == 0 && len > 0);
        let bytes = self.file.read(self.at, len.min(there as usize));
        self.at += bytes.len() as u64;
        self.log.bytes += bytes.len() as u64;
        Some(bytes)
    }
}

/// Lengths that add up to `whole`, each as `next` says of what is left.
fn split(whole: u64, mut next: impl FnMut(u64) -> u64) -> Vec<u64> {
    let mut left = whole;
    let lengths = iter::from_fn(|| {
        let length = (left > 0).then(|| next(left))?;
        left -= length;
        Some(length)
    });
    lengths.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(sectors: usize) -> DiscFile {
        let bytes = (0..sectors * 2048).map(|at| (at / 512) as u8);
        bytes.collect::<Vec<u8>>().into()
    }

    #[test]
    fn a_fragmented_file_is_all_there() {
        let mut medium = Medium::new(Variant::Bdm, numbered(101));
        let extents = medium.extents.clone();
        assert!((3..64).contains(&extents.len()));
        let read = extents.iter().flat_map(|extent| {
            let bytes = medium.blocks(extent.block, extent.blocks);
            bytes.expect("no fault")
        });
        let read: Vec<u8> = read.collect();
        assert_eq!(read[..101 * 2048], numbered(101).read(0, 101 * 2048));
        assert_eq!(read.len(), 102 * 2048, "whole clusters");
        assert_eq!(medium.log().past_end, 1, "the last cluster");
    }

    #[test]
    fn the_wanted_requests_fail() {
        let mut medium = Medium::new(Variant::Smb, numbered(4));
        medium.fail(1, 2);
        let answers = [0; 4].map(|_| medium.message(0, 0, 2048).is_some());
        assert_eq!(answers, [true, false, false, true]);
        assert_eq!(medium.message(0, 3 * 2048 + 2000, 100).unwrap().len(), 48);
    }
}
