//! FAT volumes.

use std::io::{Cursor, Write as _};

use fatfs::{FileSystem, FsOptions};
use zso::device::Fragment;

use crate::mkfs::{check, empty_volume, fragments, number, piece};

/// The file's name on the volume, and as the directory has it.
const NAME: &str = "GAME.ZSO";
const SHORT_NAME: &[u8; 11] = b"GAME    ZSO";

/// A volume with a file in fragments, and what its table says of the file.
#[derive(Clone, Debug)]
pub struct Volume {
    /// The volume.
    pub bytes: Vec<u8>,
    /// Where the file's bytes are, in sectors of 512.
    pub fragments: Vec<Fragment>,
}

/// How a volume is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Format {
    /// 16 or 32.
    pub bits: u32,
    /// Bytes of the device's sectors.
    pub sector: usize,
    /// Sectors of a cluster.
    pub sectors_per_cluster: usize,
    /// Bytes of the volume.
    pub bytes: u64,
}

/// Makes a volume by mkfs.fat, and writes a file to it, by turns with another one.
///
/// # Panics
/// When mkfs.fat is missing, or cannot make such a volume, or it is too small.
#[must_use]
pub fn volume(format: Format, file: &[u8]) -> Volume {
    let [bits, sector, cluster] = [
        format.bits as usize,
        format.sector,
        format.sectors_per_cluster,
    ]
    .map(|n| n.to_string());
    let args = ["-F", &bits, "-S", &sector, "-s", &cluster];
    let mut bytes = empty_volume("mkfs.fat", &args, format.bytes);
    write(&mut bytes, file, format.sector * format.sectors_per_cluster);
    check("fsck.fat", &bytes);
    let table = Table::of(&bytes);
    let (first, len) = table.find();
    assert_eq!(len, file.len() as u64, "the directory has the file's size");
    let clusters = table.chain(first).map(|cluster| table.place(cluster));
    let scale = (format.sector / 512).trailing_zeros();
    let fragments = fragments(clusters, format.sectors_per_cluster as u32, scale);
    Volume { bytes, fragments }
}

fn write(volume: &mut [u8], file: &[u8], cluster: usize) {
    let options = FsOptions::new().update_accessed_date(false);
    let system = FileSystem::new(Cursor::new(volume), options).expect("mkfs made it");
    let root = system.root_dir();
    let mut game = root.create_file(NAME).expect("there is room");
    let mut other = root.create_file("OTHER.BIN").expect("there is room");
    for bytes in file.chunks(piece(file.len(), cluster)) {
        game.write_all(bytes).expect("there is room");
        other
            .write_all(&vec![0xEE; cluster])
            .expect("there is room");
    }
}

/// A volume's structures.
struct Table<'v> {
    volume: &'v [u8],
    sector: usize,
    sectors_per_cluster: u64,
    fat: usize,
    bits: u32,
    /// The first sector of the root directory, where that has a place of its own.
    root: u64,
    /// Its first cluster, where it has none.
    root_cluster: u64,
    /// The sector at which cluster 2 begins.
    data: u64,
}

impl<'v> Table<'v> {
    fn of(volume: &'v [u8]) -> Self {
        let sector = number::<2>(volume, 11) as usize;
        let sectors_per_cluster = number::<1>(volume, 13);
        let reserved = number::<2>(volume, 14);
        let root_entries = number::<2>(volume, 17);
        let either = |short, long| if short == 0 { long } else { short };
        let total = either(number::<2>(volume, 19), number::<4>(volume, 32));
        let fat_sectors = either(number::<2>(volume, 22), number::<4>(volume, 36));
        let root = reserved + number::<1>(volume, 16) * fat_sectors;
        let data = root + (root_entries * 32).div_ceil(sector as u64);
        let clusters = (total - data) / sectors_per_cluster;
        Self {
            volume,
            sector,
            sectors_per_cluster,
            fat: reserved as usize * sector,
            bits: if clusters < 65_525 { 16 } else { 32 },
            root,
            root_cluster: number::<4>(volume, 44),
            data,
        }
    }

    /// The first sector of a cluster.
    fn place(&self, cluster: u64) -> u64 {
        self.data + (cluster - 2) * self.sectors_per_cluster
    }

    /// A chain of clusters.
    fn chain(&self, first: u64) -> impl Iterator<Item = u64> {
        let next = |cluster: &u64| {
            let (next, end) = match self.bits {
                16 => (
                    number::<2>(self.volume, self.fat + 2 * *cluster as usize),
                    0xFFF8,
                ),
                _ => {
                    let entry = number::<4>(self.volume, self.fat + 4 * *cluster as usize);
                    (entry & 0x0FFF_FFFF, 0x0FFF_FFF8)
                }
            };
            (next < end).then_some(next)
        };
        std::iter::successors(Some(first), next)
    }

    /// The root directory's first sectors, which are enough for the test's files.
    fn root(&self) -> &'v [u8] {
        let start = match self.bits {
            16 => self.root,
            _ => self.place(self.root_cluster),
        };
        &self.volume[start as usize * self.sector..][..self.sector]
    }

    /// The file's first cluster and its size.
    fn find(&self) -> (u64, u64) {
        let entry = self
            .root()
            .chunks(32)
            .find(|entry| &entry[..11] == SHORT_NAME);
        let entry = entry.expect("the file is in the root directory");
        let cluster = number::<2>(entry, 26) | number::<2>(entry, 20) << 16;
        (cluster, number::<4>(entry, 28))
    }
}
