//! Lists: of known discs, of checksums, of games in parts.

use std::io::{Cursor, Write as _};
use std::path::Path;

use discs::Hashes;
use discs::cue;
use discs::dat::Dat;
use discs::sidecar;
use discs::usbextreme::{self, DVD, ENTRY_BYTES};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A list of a disc's tracks. Input: the text.
pub(crate) fn cue(data: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(data);
    if let Ok(track) = cue::data_track(&text) {
        assert!(track.files.contains(&track.file), "{track:?}");
        assert!(track.files.iter().all(|file| text.contains(file.as_str())));
        assert!(track.end.is_none_or(|end| track.start <= end), "{track:?}");
    }
    1
}

/// A list of known discs, plain or zipped. Input: the file.
pub(crate) fn dat(data: &[u8]) -> u64 {
    if let Ok(dat) = Dat::read(Cursor::new(data)) {
        assert!(!dat.is_empty(), "a list without discs");
        let found = dat.find(&Hashes::of(b"disc"), 4).is_some();
        // Nothing makes up a checksum.
        let crc = format!("{:08x}", Hashes::of(b"disc").crc32);
        let is_plain = !data.starts_with(b"PK");
        assert!(
            !found || !is_plain || has_digits(data, &crc) || data.contains(&b'&'),
            "a checksum from nowhere"
        );
    }
    1
}

/// Whether text has these digits, all or the last ones, or those of an MD5 or SHA-1.
fn has_digits(text: &[u8], digits: &str) -> bool {
    let text = String::from_utf8_lossy(text).to_ascii_lowercase();
    let Hashes { md5, sha1, .. } = Hashes::of(b"disc");
    let digits = digits.trim_start_matches('0');
    text.contains(digits)
        || text.contains(&discs::hashes::hex(md5))
        || text.contains(&discs::hashes::hex(sha1))
}

/// A file with checksums. Input: the file.
pub(crate) fn sidecar(data: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(data);
    if let Ok(checksum) = sidecar::checksum(&text, Path::new("Game 1.zso")) {
        let shown = checksum.to_string();
        let (_, digits) = shown.rsplit_once(' ').expect("a kind and digits");
        assert!(
            text.to_ascii_lowercase().contains(digits),
            "{shown} is not in the file"
        );
    }
    1
}

/// A list of games in parts, and a game for it. Input: a title of 40 bytes, and the list.
pub(crate) fn ul_cfg(data: &[u8]) -> u64 {
    let (title, list) = data.split_at(data.len().min(40));
    let title: String = title.iter().map(|&byte| char::from(byte)).collect();
    let entry = usbextreme::Entry::new(&title, "SLES_123.45", DVD, title.len() as u8);
    let name = entry.file_name();
    assert!(
        name.starts_with("ul.") && name.ends_with(".SLES_123.45"),
        "{name:?}"
    );
    assert_eq!(name.len(), "ul.01234567.SLES_123.45".len(), "{name:?}");
    assert!(
        !entry.title().contains(char::is_control),
        "{:?}",
        entry.title()
    );
    // Whole entries; what to do with the rest of one is for whoever reads the file.
    let list = &list[..list.len() / ENTRY_BYTES * ENTRY_BYTES];
    let new = usbextreme::listed(list, &entry);
    assert!(usbextreme::has(&new, &entry));
    assert_eq!(usbextreme::listed(&new, &entry), new, "it is listed once");
    assert!(new.len() == list.len() || new.len() == list.len() + ENTRY_BYTES);
    let others = list.chunks(ENTRY_BYTES).zip(new.chunks(ENTRY_BYTES));
    for (before, after) in others.filter(|(before, _)| !entry.is_same_game(before)) {
        assert_eq!(before, after, "another game");
    }
    1
}

const LIST: &str = "<?xml version=\"1.0\"?>\n<datafile><header><name>Sony - PlayStation 2</name></header>\n\
    <game name=\"One &amp; Only\"><rom name=\"a.iso\" size=\"4\" crc=\"9cb0de30\" md5=\"d41d8cd98f00b204e9800998ecf8427e\"/>\
    </game>\n<machine name=\"M\"><rom name=\"b.bin\" sha1=\"DA39A3EE5E6B4B0D3255BFEF95601890AFD80709\"/></machine>\n</datafile>";

pub(crate) fn dat_seeds() -> Vec<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [("readme.txt", "hello"), ("Sony.DAT", LIST)] {
        zip.start_file(name, SimpleFileOptions::default())
            .expect("a name");
        zip.write_all(text.as_bytes()).expect("a vector has room");
    }
    let zip = zip.finish().expect("a vector has room").into_inner();
    let mut stored = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    stored.start_file("a.xml", options).expect("a name");
    stored
        .write_all(LIST.as_bytes())
        .expect("a vector has room");
    let stored = stored.finish().expect("a vector has room").into_inner();
    vec![
        LIST.as_bytes().to_vec(),
        zip,
        stored,
        b"clrmamepro ( name x )".to_vec(),
    ]
}

pub(crate) fn cue_seeds() -> Vec<Vec<u8>> {
    [
        "\u{FEFF}FILE \"A (Track 1).bin\" BINARY\r\n  TRACK 01 MODE2/2352\r\n    INDEX 01 00:00:00\r\n\
         FILE \"A (Track 2).bin\" BINARY\r\n  TRACK 02 AUDIO\r\n    INDEX 00 00:00:00\r\n    INDEX 01 00:02:00\r\n",
        "FILE a.bin BINARY\nTRACK 01 MODE1/2048\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 00 00:10:00\nINDEX 01 00:12:00\n",
        "FILE C:\\x\\a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 MODE1/2352\nINDEX 01 99:99:99\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

pub(crate) fn sidecar_seeds() -> Vec<Vec<u8>> {
    const MD5: &str = "900150983cd24fb0d6963f7d28e17f72";
    const SHA1: &str = "a9993e364706816aba3e25717850c26c9cd0d89d";
    vec![
        format!("{SHA1}  Game 1.iso\n{MD5} *dir\\Game 2.bin\r\n").into_bytes(),
        format!("SHA1 (dir/Game 1.iso) = {SHA1}").into_bytes(),
        b"; by a tool\nGame 1.iso 352441C2".to_vec(),
        MD5.as_bytes().to_vec(),
    ]
}

pub(crate) fn ul_cfg_seeds() -> Vec<Vec<u8>> {
    let entry = |title| *usbextreme::Entry::new(title, "SLES_123.45", DVD, 3).bytes();
    let title = |text: &[u8]| {
        let mut title = text.to_vec();
        title.resize(40, b' ');
        title
    };
    let list = [entry("Some Game"), entry("Other")].concat();
    vec![
        title(b"Some Game"),
        [title(b"New"), list.clone()].concat(),
        [title("Pokémon\n".as_bytes()), list[..100].to_vec()].concat(),
    ]
}
