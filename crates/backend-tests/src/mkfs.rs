//! Volumes as mkfs makes them, and chains of clusters to fragments.

use std::fs;
use std::process::Command;

use tempfile::NamedTempFile;
use zso::device::Fragment;

/// An empty volume of `bytes` bytes, made by `program` with these arguments and the volume's path after them.
pub(crate) fn empty_volume(program: &str, args: &[&str], bytes: u64) -> Vec<u8> {
    let file = NamedTempFile::new().expect("there is room for a volume");
    file.as_file().set_len(bytes).expect("files can be sparse");
    run(program, args, &file);
    fs::read(file.path()).expect("the volume can be read")
}

/// Panics unless `program` finds nothing wrong with a volume, without changing it.
pub(crate) fn check(program: &str, volume: &[u8]) {
    let file = NamedTempFile::new().expect("there is room for a volume");
    fs::write(file.path(), volume).expect("there is room for a volume");
    run(program, &["-n"], &file);
}

fn run(program: &str, args: &[&str], volume: &NamedTempFile) {
    // Debian has them where only root looks for programs.
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new(program);
    command.env("PATH", format!("{path}:/usr/sbin:/sbin"));
    let output = command.args(args).arg(volume.path()).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}; run scripts/setup"));
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "{program}: {said}");
}

/// Bytes of pieces in which files are written by turns, so that each lies between those of the other: about fifty
/// pieces, each an odd number of clusters.
pub(crate) fn piece(len: usize, cluster: usize) -> usize {
    (len.div_ceil(50 * cluster) | 1) * cluster
}

/// The fragments of a file whose clusters begin at these sectors, each as long as `sectors`, of a device whose sectors
/// have `512 << scale` bytes.
pub(crate) fn fragments(
    clusters: impl IntoIterator<Item = u64>,
    sectors: u32,
    scale: u32,
) -> Vec<Fragment> {
    let mut fragments: Vec<Fragment> = Vec::new();
    for start in clusters {
        let cluster = Fragment::of_larger(start, sectors, scale).expect("volumes are small");
        match fragments.last_mut() {
            Some(last) if last.start + u64::from(last.count) == cluster.start => {
                last.count += cluster.count;
            }
            _ => fragments.push(cluster),
        }
    }
    fragments
}

/// A little-endian number of a structure.
pub(crate) fn number<const N: usize>(bytes: &[u8], at: usize) -> u64 {
    let mut wide = [0; 8];
    wide[..N].copy_from_slice(&bytes[at..][..N]);
    u64::from_le_bytes(wide)
}
