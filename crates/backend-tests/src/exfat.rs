//! exFAT volumes.

use std::convert::Infallible;

use aligned::{A4, Aligned};
use exfat_slim::blocking::BlockDevice;
use exfat_slim::blocking::file::OpenOptions;
use exfat_slim::blocking::file_system::FileSystem;

pub use crate::fat::Volume;
use crate::mkfs::{check, empty_volume, fragments, number, piece};

const NAME: &str = "GAME.ZSO";
/// Sectors that the writer keeps in memory.
const CACHED: usize = 8;
/// Bytes of a directory's entry.
const ENTRY: usize = 32;

/// Makes a volume by mkfs.exfat whose sectors have 512 bytes, and writes a file to it, by turns with another one.
///
/// # Panics
/// When mkfs.exfat is missing, or cannot make such a volume, or it is too small.
#[must_use]
pub fn volume(cluster: usize, bytes: u64, file: &[u8]) -> Volume {
    let size = cluster.to_string();
    let bytes = empty_volume("mkfs.exfat", &["-c", &size], bytes);
    let bytes = write(bytes, file, cluster);
    check("fsck.exfat", &bytes);
    let table = Table::of(&bytes);
    let entry = table.find();
    assert_eq!(
        entry.len,
        file.len() as u64,
        "the directory has the file's size"
    );
    let clusters = table.chain(&entry).map(|cluster| table.place(cluster));
    let fragments = fragments(clusters, (cluster / table.sector) as u32, 0);
    Volume { bytes, fragments }
}

fn write(volume: Vec<u8>, file: &[u8], cluster: usize) -> Vec<u8> {
    let mut system: FileSystem<_, 512, CACHED> = FileSystem::new(Memory(volume));
    let mut open = |name| {
        let options = OpenOptions::new().write(true).create(true).append(true);
        system.open(name, options).expect("there is room")
    };
    let (mut game, mut other) = (open(NAME), open("OTHER.BIN"));
    for bytes in file.chunks(piece(file.len(), cluster)) {
        game.write(&mut system, bytes).expect("there is room");
        let filler = vec![0xEE; cluster];
        other.write(&mut system, &filler).expect("there is room");
    }
    game.close(&mut system).expect("memory does not fail");
    other.close(&mut system).expect("memory does not fail");
    system.into_inner().0
}

/// A volume as a device.
#[derive(Debug)]
struct Memory(Vec<u8>);

impl BlockDevice<512> for Memory {
    type Error = Infallible;
    type Align = A4;

    fn read(
        &mut self,
        first: u32,
        blocks: &mut [Aligned<A4, [u8; 512]>],
    ) -> Result<(), Infallible> {
        for (block, bytes) in blocks
            .iter_mut()
            .zip(self.0.chunks(512).skip(first as usize))
        {
            block.copy_from_slice(bytes);
        }
        Ok(())
    }

    fn write(&mut self, first: u32, blocks: &[Aligned<A4, [u8; 512]>]) -> Result<(), Infallible> {
        let places = self.0.chunks_mut(512).skip(first as usize);
        for (block, bytes) in blocks.iter().zip(places) {
            bytes.copy_from_slice(&block[..]);
        }
        Ok(())
    }

    fn size(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.len() as u64)
    }
}

/// A volume's structures.
struct Table<'v> {
    volume: &'v [u8],
    sector: usize,
    fat: usize,
    /// The sector at which cluster 2 begins.
    heap: u64,
    sectors_per_cluster: u64,
    root_cluster: u64,
}

/// A file, as its directory has it.
struct Entry {
    cluster: u64,
    len: u64,
    /// Whether its clusters adjoin, and are not in the table.
    is_contiguous: bool,
}

impl<'v> Table<'v> {
    fn of(volume: &'v [u8]) -> Self {
        let sector = 1 << volume[108];
        Self {
            volume,
            sector,
            fat: number::<4>(volume, 80) as usize * sector,
            heap: number::<4>(volume, 88),
            sectors_per_cluster: 1 << volume[109],
            root_cluster: number::<4>(volume, 96),
        }
    }

    /// The first sector of a cluster.
    fn place(&self, cluster: u64) -> u64 {
        self.heap + (cluster - 2) * self.sectors_per_cluster
    }

    /// A file's clusters.
    fn chain(&self, entry: &Entry) -> impl Iterator<Item = u64> {
        let bytes = self.sectors_per_cluster * self.sector as u64;
        let clusters = entry.len.div_ceil(bytes);
        let is_contiguous = entry.is_contiguous;
        let next = move |cluster: &u64| {
            Some(if is_contiguous {
                cluster + 1
            } else {
                number::<4>(self.volume, self.fat + 4 * *cluster as usize)
            })
        };
        std::iter::successors(Some(entry.cluster), next).take(clusters as usize)
    }

    /// The file in the root directory, whose first cluster is enough for the test's files.
    fn find(&self) -> Entry {
        let start = self.place(self.root_cluster) as usize * self.sector;
        let bytes = self.sectors_per_cluster as usize * self.sector;
        let entries: Vec<_> = self.volume[start..][..bytes].chunks(ENTRY).collect();
        let name: Vec<u8> = NAME.encode_utf16().flat_map(u16::to_le_bytes).collect();
        // A file's entry, its stream's, and one with the first 15 characters of its name.
        let file = entries.windows(3).find(|entries| {
            entries[0][0] == 0x85 && entries[1][0] == 0xC0 && entries[2][2..].starts_with(&name)
        });
        let stream = file.expect("the file is in the root directory")[1];
        Entry {
            cluster: number::<4>(stream, 20),
            len: number::<8>(stream, 24),
            is_contiguous: stream[1] & 2 != 0,
        }
    }
}
