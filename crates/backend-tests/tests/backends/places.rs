//! Where images are: one case for each kind of backend.

use std::sync::OnceLock;

use backend_tests::fat::{Format, Volume};
use backend_tests::samba::{MESSAGE, Server};
use backend_tests::{Case, Map, Ram, exfat, fat, hdd};
use testkit::data;
use testkit::image::{Builder, Zso};

/// Sectors of the disc: 6 MiB and a part of a sector.
const DISC: usize = 3072 * 2048 + 777;

/// A disc and its file, which ends inside a sector.
pub fn image() -> &'static (Vec<u8>, Zso) {
    static IMAGE: OnceLock<(Vec<u8>, Zso)> = OnceLock::new();
    IMAGE.get_or_init(|| {
        let disc = data::game_like(1, DISC);
        let zso = Builder::default().build(&disc);
        assert!(!zso.bytes.len().is_multiple_of(512));
        (disc, zso)
    })
}

/// Clusters of one sector: fragments begin and end inside the sectors of the file.
pub const FAT32: Format = Format {
    bits: 32,
    sector: 512,
    sectors_per_cluster: 1,
    bytes: 48 << 20,
};

const FAT16: Format = Format {
    bits: 16,
    sector: 512,
    sectors_per_cluster: 8,
    bytes: 48 << 20,
};

/// A device with large sectors.
const FAT16_LARGE: Format = Format {
    bits: 16,
    sector: 4096,
    sectors_per_cluster: 1,
    bytes: 48 << 20,
};

/// The formats of devices with larger sectors than that, in order.
pub fn larger_sectors() -> [Format; 3] {
    [1024, 2048, 4096].map(|sector| Format {
        sector,
        ..FAT16_LARGE
    })
}

/// Sectors of a part, where a file is in parts: nothing that a request is likely to end at.
pub const PART_SECTORS: u32 = 333;

pub fn on_fat(name: &'static str, format: Format, file: &[u8]) -> Case {
    let Volume { bytes, fragments } = fat::volume(format, file);
    assert!((20..=60).contains(&fragments.len()), "{}", fragments.len());
    let map = match format.sector {
        4096 => Map::LargeFragments(fragments),
        _ => Map::Fragments(fragments),
    };
    Case::new(name, map, Ram(vec![bytes]), file.len() as u64)
}

pub fn on_exfat(cluster: usize, bytes: u64, file: &[u8]) -> Case {
    let Volume { bytes, fragments } = exfat::volume(cluster, bytes, file);
    assert!((20..=60).contains(&fragments.len()), "{}", fragments.len());
    let map = Map::Fragments(fragments);
    Case::new("exfat", map, Ram(vec![bytes]), file.len() as u64)
}

pub fn on_hdd(name: &'static str, file: &[u8]) -> Case {
    let (disk, header_at) = hdd::disk_with(file, 0);
    Case::new(name, Map::Hdl(header_at), disk, file.len() as u64)
}

fn cut(file: &[u8], sectors: u32) -> Vec<Vec<u8>> {
    let parts = file.chunks(sectors as usize * 2048);
    parts.map(<[u8]>::to_vec).collect()
}

pub fn in_parts(file: &[u8], part_sectors: u32) -> Case {
    let map = Map::Parts {
        part_sectors,
        most: u32::MAX,
    };
    let parts = Ram(cut(file, part_sectors));
    Case::new("parts", map, parts, file.len() as u64)
}

/// A file with a gap of so many bytes before one of its blocks.
pub fn with_gap(zso: Zso, block: usize, gap: usize) -> Vec<u8> {
    let Zso { mut bytes, blocks } = zso;
    for entry in block..=blocks.len() {
        let place = 24 + 4 * entry;
        let word = u32::from_le_bytes(bytes[place..][..4].try_into().expect("four bytes"));
        bytes[place..][..4].copy_from_slice(&(word + gap as u32).to_le_bytes());
    }
    let back = bytes.split_off(blocks[block].bytes.start);
    bytes.resize(bytes.len() + gap, 0);
    bytes.extend(back);
    bytes
}

/// A file on a server, which lasts as long as the case is wanted.
pub fn on_server(file: &[u8], part_sectors: u32) -> (Server, Case) {
    let parts = cut(file, part_sectors);
    let server = Server::start(&parts);
    let map = Map::Parts {
        part_sectors,
        most: (MESSAGE / 2048) as u32,
    };
    let client = server.client(parts.len());
    let case = Case::new("smb", map, client, file.len() as u64);
    (server, case)
}

/// All that need no server.
pub fn local(file: &[u8]) -> Vec<Case> {
    let mut cases = vec![
        on_fat("fat32", FAT32, file),
        on_fat("fat16", FAT16, file),
        on_fat("fat16-4096", FAT16_LARGE, file),
        on_exfat(4096, 48 << 20, file),
        on_hdd("hdl", file),
        in_parts(file, file_part(file)),
    ];
    cases.extend(Map::WHOLE.map(|map| Case::whole(map, file)));
    cases
}

/// Sectors of a part with which a file has ten, as many as there can be.
fn file_part(file: &[u8]) -> u32 {
    let sectors = file.len().div_ceil(2048) as u32;
    PART_SECTORS.max(sectors.div_ceil(10))
}
