//! The page in real browsers: it gets images, and what `ziso` makes of them, and has to make the same.
//!
//! The page itself is built by `cargo xtask web`; what is tried with it is in `web/test`.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use discs::Hashes;
use discs::hashes::hex;
use testkit::data::{game_like, noise};
use testkit::iso::Iso;
use testkit::tracks::{chd, track};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};
use ziso::{Options, unwatched};

/// The block that is damaged in one of the files.
const DAMAGED: usize = 1000;
/// A CHD file on which the crate that reads them panics.
const HOSTILE: &[u8] = include_bytes!("../../../fuzz/seeds/chd/map_without_end");

#[test]
fn chrome_does_what_the_program_does() {
    try_in("chrome");
}

#[test]
fn firefox_does_what_the_program_does() {
    try_in("firefox");
}

fn try_in(browser: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = root.join("target/web");
    assert!(
        page.join("zso_web.wasm").is_file(),
        "no page: type `cargo xtask web`"
    );
    let tests = root.join("web/test");
    assert!(
        tests.join("node_modules").is_dir(),
        "no driver of browsers: type `scripts/setup`"
    );
    // Each step waits for a minute at most; all of them together must not hold up the other tests.
    let node = Command::new("timeout")
        .args(["--kill-after=10", "1800", "node", "--test"])
        .args(["--test-reporter=spec", "page.test.js"])
        .current_dir(tests)
        .env("BROWSER", browser)
        .env("PAGE", page)
        .env("FILES", &FILES.folder)
        .output()
        .expect("no node here: type `scripts/setup`");
    let told = String::from_utf8_lossy(&node.stdout);
    assert!(
        node.status.success(),
        "{told}{}",
        String::from_utf8_lossy(&node.stderr)
    );
}

/// Both tests read the same.
static FILES: LazyLock<Files> = LazyLock::new(Files::make);

/// Images, and what becomes of them.
struct Files {
    folder: PathBuf,
}

impl Files {
    fn make() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("web");
        fs::create_dir_all(&folder).expect("a folder for files");
        let files = Self { folder };
        let disc = game();
        files.write("game.iso", &disc);
        files.write("game.bin", &track(&disc, 1, 0));
        files.write("game.cso", &cso(&disc));
        files.write("game.chd", &chd(&disc));
        files.write_tracks(&disc);
        let stored = [("Some Game/stored.iso", &disc[..])];
        files.write("stored.zip", &zipped(&stored, CompressionMethod::Stored));
        let deflated = [("deflated.iso", &disc[..])];
        let mut deflated = zipped(&deflated, CompressionMethod::Deflated);
        files.write("deflated.zip", &deflated);
        let middle = deflated.len() / 2;
        deflated[middle] ^= 1;
        files.write("damaged.zip", &deflated);
        files.write("empty.iso", &[]);
        files.write("text.iso", &b"No disc at all.\n".repeat(1000));
        files.write("hostile.chd", HOSTILE);
        let long = game_like(7, 1 << 20).repeat(160);
        let long = Iso::of_game("LONG", "SLES_123.46").file("LONG.BIN", long);
        files.write("long.iso", &long.build());
        files.write_checksums(&disc);
        files.compress("game.iso", "game.zso", Options::default());
        files.compress("game.iso", "console.zso", for_console(&disc));
        let any_data = Options {
            any_data: true,
            ..Options::default()
        };
        files.compress("text.iso", "text.zso", any_data);
        files.damage();
        files
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.at(name), bytes).expect("room for a file");
    }

    fn compress(&self, image: &str, name: &str, options: Options) {
        let options = Options {
            force: true,
            ..options
        };
        let made = ziso::compress(&self.at(image), &self.at(name), &options, &mut unwatched);
        made.expect("a ZSO file");
    }

    /// Breaks a block so that it cannot be decoded: it asks for what was before the disc's first byte.
    fn damage(&self) {
        let mut zso = fs::read(self.at("game.zso")).expect("the ZSO file");
        let entry = 24 + 4 * DAMAGED;
        let entry = u32::from_le_bytes(zso[entry..entry + 4].try_into().expect("four bytes"));
        assert!(entry >> 31 == 0, "the block is compressed");
        zso[entry as usize..][..8]
            .copy_from_slice(&[0x0F, 0xFF, 0xFF, 0x0F, 0xFF, 0xFF, 0xFF, 0xFF]);
        self.write("damaged.zso", &zso);
    }

    fn write_checksums(&self, disc: &[u8]) {
        let hashes = Hashes::of(disc);
        let [crc32, md5, sha1] = [
            format!("{:08x}", hashes.crc32),
            hex(hashes.md5),
            hex(hashes.sha1),
        ];
        let json = format!(r#"{{"crc32": "{crc32}", "md5": "{md5}", "sha1": "{sha1}"}}"#);
        self.write("checksums.json", json.as_bytes());
        let list = format!(
            r#"<datafile><header><name>Some List</name></header><game name="The Game (Europe)">
            <rom name="game.iso" size="{}" crc="{crc32}" md5="{md5}" sha1="{sha1}"/></game></datafile>"#,
            disc.len()
        );
        let list = zipped(
            &[("list.dat", list.as_bytes())],
            CompressionMethod::Deflated,
        );
        self.write("list.zip", &list);
    }

    /// A CD with a track of music in a file of its own, and what goes before both in the file with data.
    fn write_tracks(&self, disc: &[u8]) {
        let data = track(disc, 1, 0);
        self.write("track 1.bin", &data);
        self.write("track 2.bin", &[0; 100 * discs::track::RAW]);
        let text = "FILE \"Track 1.bin\" BINARY\r\n  TRACK 01 MODE2/2352\r\n    INDEX 01 00:00:00\r\n\
            FILE \"C:\\CDs\\Track 2.bin\" BINARY\r\n  TRACK 02 AUDIO\r\n    INDEX 01 00:00:00\r\n";
        self.write("game.cue", text.as_bytes());
    }
}

/// A disc of 6 MB.
fn game() -> Vec<u8> {
    Iso::of_game("THE_GAME", "SLES_123.45")
        .file("DATA/LEVEL.BIN", game_like(3, 4 << 20))
        .file("MOVIE/FILM.PSS", noise(4, 1 << 20))
        .file("DATA/SMALL.BIN", game_like(5, 1 << 20))
        .build()
}

/// For the console, with the film stored plain, as `ziso compress --for-console --raw MOVIE/FILM.PSS` does.
fn for_console(disc: &[u8]) -> Options {
    let disc = discs::Disc::new(disc.to_vec()).expect("a disc");
    let pattern = "MOVIE/FILM.PSS".parse().expect("a pattern");
    let files = discs::pattern::matching(&disc, &[pattern]).expect("a readable disc");
    Options {
        for_console: true,
        raw: discs::pattern::ranges(&files),
        ..Options::default()
    }
}

fn zipped(files: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let options = SimpleFileOptions::default().compression_method(method);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, options).expect("begun");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("finished").into_inner()
}

/// The same disc as CSO of version 1, all of its blocks stored plain.
fn cso(disc: &[u8]) -> Vec<u8> {
    let blocks = disc.len() / 2048;
    let mut cso = b"CISO\x18\0\0\0".to_vec();
    cso.extend((disc.len() as u64).to_le_bytes());
    cso.extend([0, 8, 0, 0, 1, 0, 0, 0]);
    let start = cso.len() + 4 * (blocks + 1);
    let entries = (0..=blocks).map(|n| (start + 2048 * n) as u32 | 1 << 31);
    cso.extend(entries.flat_map(u32::to_le_bytes));
    cso.extend_from_slice(disc);
    cso
}
