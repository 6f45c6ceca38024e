//! Device requests and sectors for each trace and reader: golden numbers.
//!
//! They are in tests/golden/loading.txt; `cargo xtask bless` accepts new ones.

use std::fmt::Write as _;
use std::fs;

use testkit::{data, golden};

use super::play::{self, Played, Reader, Setup};
use common::{Original, ZsoFile, paths};

use crate::{DEVICE_FHI, OPL, OVERLAP, READER};

/// Sectors of the disc: 8 MiB, on which files have an eighth of their sizes.
const SECTORS: usize = 4096;

fn played() -> Vec<Played> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("golden.iso");
    fs::write(&path, data::game_like(1, SECTORS * zso::SECTOR_SIZE)).unwrap();
    let disc = Original::open(&path).unwrap();
    let zso = ZsoFile::make(&disc, &path, 9).unwrap();
    let read = |name| {
        let object = fs::read(paths::iop().join(name));
        object.expect("there is no object; run `cargo iop` first")
    };
    play::all(Setup {
        disc: &disc,
        zso: &zso,
        object: &read(READER),
        opl: &read(OPL),
        overlap: &read(OVERLAP),
        device_fhi: &read(DEVICE_FHI),
    })
    .unwrap()
}

fn table(played: &[Played]) -> String {
    let mut table =
        "trace               cache  reads  reader            requests  sectors\n".to_owned();
    for played in played {
        for cache in [16, 8] {
            for reader in Reader::ALL {
                let recording = played.recording(reader, cache);
                let (requests, sectors) = (recording.requests().count(), recording.sectors());
                let (trace, reads) = (played.trace.name, played.trace.reads.len());
                let reader = reader.name();
                writeln!(
                    table,
                    "{trace:<18} {cache:>6} {reads:>6}  {reader:<17} {requests:>8} {sectors:>8.0}"
                )
                .unwrap();
            }
        }
    }
    table
}

#[test]
fn requests_are_as_they_were() {
    golden::check("loading.txt", &table(&played()));
}
