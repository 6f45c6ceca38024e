//! What `verify` compares with, besides an image.

use crate::support::{Folder, image};

const NAMES: [&str; 3] = ["crc32", "md5", "sha1"];

/// A ZSO file, and the three checksums of the image in it, as they are printed.
fn verified() -> (Folder, Vec<String>) {
    let folder = Folder::of_any_data();
    folder.write("Game.iso", &image(20_480));
    folder.ok("compress Game.iso");
    let run = folder.ok("verify Game.zso");
    let find = |name: &str| {
        let line = run
            .stdout
            .lines()
            .find(|line| line.trim().starts_with(name));
        line.expect("a checksum")
            .rsplit(' ')
            .next()
            .expect("a word")
            .to_owned()
    };
    let sums = NAMES.map(find).to_vec();
    (folder, sums)
}

#[test]
fn sidecars_of_all_kinds() {
    let (folder, sums) = verified();
    for text in [
        format!("{}  Game.iso\n", sums[1]),
        format!("{} *Game.iso\n{} *Other.iso\n", sums[2], "0".repeat(40)),
        format!("SHA1 (Game.iso) = {}\n", sums[2]),
        format!(
            "; made by a tool\r\nGame.iso {}\r\n",
            sums[0].to_uppercase()
        ),
        format!("{}\n", sums[1]),
    ] {
        folder.write("sums", text.as_bytes());
        folder.ok("verify Game.zso --sidecar sums");
    }
}

#[test]
fn other_checksums_are_a_difference() {
    let (folder, sums) = verified();
    for sum in &sums {
        let other = sum.replace(&sum[..1], if sum.starts_with('0') { "1" } else { "0" });
        folder.write("sums", format!("{other}  Game.iso\n").as_bytes());
        folder.fails("verify Game.zso --sidecar sums", 1, &other);
    }
}

#[test]
fn sidecars_of_no_use() {
    let (folder, sums) = verified();
    folder.write("sums", b"Game.iso\n");
    folder.fails("verify Game.zso --sidecar sums", 2, "no line");
    let others = format!("{0}  One.iso\n{0}  Two.iso\n", sums[1]);
    folder.write("sums", others.as_bytes());
    folder.fails("verify Game.zso --sidecar sums", 2, "none of its 2");
    folder.fails("verify Game.zso --sidecar missing", 2, "missing");
}
