//! 64 MB from each backend, by the console's objects and by this machine's.

use std::sync::OnceLock;
use std::time::Instant;

use backend_tests::Case;
use backend_tests::case::Target;
use backend_tests::fat::Format;
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
    reads_all(&places::on_exfat(32_768, 100 << 20, file));
    reads_all(&places::on_hdd("hdl", file));
    reads_all(&places::in_parts(file, sectors.div_ceil(9)));
    reads_all(&places::behind_a_handle(file));
    reads_all(&places::in_bytes(file));
    let (_server, smb) = places::on_server(file, sectors.div_ceil(9));
    reads_all(&smb);
}
