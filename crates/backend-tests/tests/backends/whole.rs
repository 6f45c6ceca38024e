//! 64 MB from each backend, by the console's objects and by this machine's.

use std::sync::OnceLock;
use std::time::Instant;

use backend_tests::case::Target;
use backend_tests::fat::Format;
use backend_tests::neutrino::{Cdvdman, Setup};
use backend_tests::{Case, Map};
use sha2::{Digest, Sha256};
use testkit::data;
use testkit::image::{Builder, Zso};

use crate::places;
use crate::same_bytes::{digest, digest_of};

const DISC: usize = 64 << 20;

fn image() -> &'static (Vec<u8>, Zso) {
    static IMAGE: OnceLock<(Vec<u8>, Zso)> = OnceLock::new();
    IMAGE.get_or_init(|| {
        let disc = data::game_like(7, DISC);
        let zso = Builder::default().build(&disc);
        (disc, zso)
    })
}

fn reads_all(case: &Case) {
    let (disc, _) = image();
    let expected = digest_of(disc);
    for target in Target::BOTH {
        let start = Instant::now();
        let digest = case.on(target, 16, |reader| digest(reader, 128));
        assert_eq!(
            digest.as_ref(),
            Ok(&expected),
            "{} on {target:?}",
            case.name
        );
        println!(
            "{:<12} {target:?}: {:.1} s",
            case.name,
            start.elapsed().as_secs_f64()
        );
    }
}

/// The same by the object for Neutrino, as its module asks.
fn neutrino_reads_all(file: &[u8]) {
    let start = Instant::now();
    let wire = Case::whole(("fhi", Map::Fhi), file).wire;
    let mut cdvdman = Cdvdman::boot(wire, file.len() as u64, Setup::default());
    let mut hash = Sha256::new();
    for lsn in (0..cdvdman.sectors()).step_by(8) {
        hash.update(cdvdman.read(0, lsn, 8, 0).expect("all of it can be read"));
    }
    assert_eq!(hash.finalize().to_vec(), digest_of(&image().0));
    let seconds = start.elapsed().as_secs_f64();
    println!("{:<12} Console: {seconds:.1} s", "neutrino");
}

const FAT16_LARGE: Format = Format {
    bits: 16,
    sector: 4096,
    sectors_per_cluster: 1,
    bytes: 100 << 20,
};

const FAT32: Format = Format {
    bits: 32,
    sector: 512,
    sectors_per_cluster: 2,
    bytes: 100 << 20,
};

#[test]
#[ignore = "takes a minute; docs/backends.md has the command"]
fn of_every_backend() {
    let (_, zso) = image();
    let file = &zso.bytes;
    let sectors = zso.file_sectors();
    reads_all(&places::on_fat("fat32", FAT32, file));
    reads_all(&places::on_fat("fat16-4096", FAT16_LARGE, file));
    reads_all(&places::on_exfat(32_768, 100 << 20, file));
    reads_all(&places::on_hdd("hdl", file));
    reads_all(&places::in_parts(file, sectors.div_ceil(9)));
    reads_all(&Case::whole(("fhi", Map::Fhi), file));
    reads_all(&Case::whole(("bytes", Map::Bytes), file));
    let (_server, smb) = places::on_server(file, sectors.div_ceil(9));
    reads_all(&smb);
    neutrino_reads_all(file);
}
