//! Files with discs in them, in every form: whatever is in them, they are read or refused, and the same bytes come out
//! in every way of reading.

use std::io::{Read as _, Write as _};
use std::sync::OnceLock;

use ::discs::game::{GameId, LONGEST_TITLE, opl_name};
use ::discs::iso9660::{Layers, Listing};
use ::discs::title::NamedFile;
use ::discs::track::{self, RAW, SYNC};
use ::discs::{Disc, DiscReader, game::Game};
use flate2::{Compression, write::DeflateEncoder};
use testkit::image::Builder;
use testkit::iso::{Iso, dual_layer};
use testkit::{Rng, data, tracks};
use zso::SECTOR_SIZE;
use zso::format::{ENTRY_SIZE, Entry, HEADER_SIZE};

use crate::input::Input;

/// Bytes of a disc that are read at its start, in both ways.
const MOST_READ: usize = 64 << 10;
/// Where a disc's volume descriptor is.
const DESCRIPTOR: usize = 16 * SECTOR_SIZE;

/// A disc with folders, or one of two layers, some of whose bytes are others. Input: which of the two, and changes.
pub(crate) fn iso9660(data: &[u8]) -> u64 {
    let mut input = Input(data);
    let mut image = isos()[input.below(2)].clone();
    change(&mut input, &mut image, DESCRIPTOR);
    with_disc(image, |reader| {
        let Ok(Some(layers)) = Layers::of(reader) else {
            return;
        };
        let Ok(listing) = Listing::of(reader, &layers) else {
            return;
        };
        for file in &listing.files {
            assert!(!file.path.contains(char::is_control), "{:?}", file.path);
            assert!(!file.path.contains('\\'), "{:?}", file.path);
            assert!(listing.find(&file.path).is_some());
        }
        if let Ok(Some(game)) = Game::of(reader, &listing) {
            check_game(&game);
        }
    });
    1
}

/// A `SYSTEM.CNF`, and a title for the game in it. Input: the file.
pub(crate) fn system_cnf(data: &[u8]) -> u64 {
    let text: String = data.iter().map(|&byte| char::from(byte)).collect();
    if let Some(game) = Game::parse(&text) {
        check_game(&game);
    }
    let id = GameId::parse("SLES_123.45").expect("an id");
    let name = opl_name(&id, &text, "zso");
    assert!(
        !name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|']),
        "{name:?}"
    );
    assert!(!name.contains(char::is_control), "{name:?}");
    assert!(
        name.len() <= GameId::LEN + 1 + LONGEST_TITLE + 4,
        "{name:?}"
    );
    // What a name gives back may be less, but not more.
    let named = NamedFile::parse(&name);
    assert!(named.title.is_none_or(|title| title.len() < name.len()));
    let _ = NamedFile::parse(&text);
    1
}

fn check_game(game: &Game) {
    let program = &game.program;
    assert!(
        !program.starts_with('/') && !program.ends_with('/') && !program.contains('\\'),
        "{program:?}"
    );
    if let Some(id) = &game.id {
        assert_eq!(GameId::parse(id.as_str()).as_ref(), Some(id));
        assert_eq!(id.serial().len(), GameId::LEN - 1);
    }
}

/// A file in any form, as `ziso` reads it. Input: the file.
pub(crate) fn file(data: &[u8]) -> u64 {
    check_file(data.to_vec());
    1
}

/// A track of whole sectors. Input: how many, their mode, and changes.
pub(crate) fn bin(data: &[u8]) -> u64 {
    let mut input = Input(data);
    let sectors = 1 + input.below(6);
    let mode = 1 + input.byte() % 2;
    let mut track: Vec<u8> = (0..sectors)
        .flat_map(|n| tracks::track(&data::text(n as u64, SECTOR_SIZE), mode, 0))
        .collect();
    change(&mut input, &mut track, 0);
    let is_track = track::begins(&track) && track.len().is_multiple_of(RAW);
    let expected: Option<Vec<u8>> = is_track.then(|| {
        track
            .chunks(RAW)
            .map_while(user_data)
            .flatten()
            .copied()
            .collect()
    });
    let read = check_file(track);
    if let Some(expected) = expected {
        assert_eq!(
            read, expected,
            "data of the sectors up to the first without"
        );
    }
    1
}

/// The data of a sector as the standard has it: mode 1, or mode 2 form 1.
fn user_data(raw: &[u8]) -> Option<&[u8]> {
    let is_form_1 = raw[18] & 0x20 == 0;
    let is_empty = |start: usize| raw[start..start + 2324].iter().all(|byte| *byte == 0);
    match raw[15] {
        _ if !raw.starts_with(&SYNC) => None,
        1 => Some(&raw[16..16 + SECTOR_SIZE]),
        0 if is_empty(16) => Some(&raw[16..16 + SECTOR_SIZE]),
        2 if is_form_1 || is_empty(24) => Some(&raw[24..24 + SECTOR_SIZE]),
        _ => None,
    }
}

/// Reads a disc's start as a stream and sector by sector, which has to give the same, and its end. Returns what the
/// stream gave.
fn check_file(file: Vec<u8>) -> Vec<u8> {
    let Ok(disc) = Disc::new(file) else {
        return Vec::new();
    };
    let mut streamed = Vec::new();
    let Ok(stream) = disc.stream() else {
        return Vec::new();
    };
    // An error ends it; what came before counts.
    let _ = stream.take(MOST_READ as u64).read_to_end(&mut streamed);
    assert!(
        streamed.len() as u64 <= disc.bytes(),
        "more than the disc has"
    );
    let mut memory = disc.memory();
    let Ok(mut reader) = disc.reader(&mut memory) else {
        return streamed;
    };
    for (lsn, sector) in (0..).zip(streamed.chunks(SECTOR_SIZE)) {
        // A stream may have got further into a sector than a reader that wants all of it.
        if let Ok(Some(read)) = reader.sector(lsn) {
            assert!(read.starts_with(sector), "sector {lsn}");
        }
    }
    let _ = reader.sector(u32::try_from(disc.sectors().saturating_sub(1)).unwrap_or(u32::MAX));
    let _ = disc.check();
    streamed
}

fn with_disc(file: Vec<u8>, look: impl FnOnce(&mut DiscReader<'_>)) {
    let Ok(disc) = Disc::new(file) else {
        return;
    };
    let mut memory = disc.memory();
    if let Ok(mut reader) = disc.reader(&mut memory) {
        look(&mut reader);
    }
}

/// Changes bytes from `first` on, until the input ends: where (two bytes), and to what. All of them at the highest
/// place cuts the file there.
fn change(input: &mut Input<'_>, file: &mut Vec<u8>, first: usize) {
    while !input.0.is_empty() && file.len() > first {
        let (place, byte) = (usize::from(input.half()), input.byte());
        let reach = file.len() - first;
        match place {
            0xFFFF => file.truncate(first + usize::from(byte) * reach / 256),
            _ => file[first + place % reach] = byte,
        }
    }
}

/// A disc with folders, and one of two layers.
fn isos() -> &'static [Vec<u8>; 2] {
    static ISOS: OnceLock<[Vec<u8>; 2]> = OnceLock::new();
    ISOS.get_or_init(|| {
        let folders = Iso::of_game("FOLDERS", "SLES_123.45")
            .file("A/B/C/D.BIN", vec![1; 3000])
            .file("A/E.PSS", vec![2; 9]);
        let mut first = Iso::of_game("ONE", "SLES_123.45");
        first.spare_sectors = 150;
        let second = Iso::new("TWO").file("DIR/B.BIN", b"second".to_vec());
        [folders.build(), dual_layer(&first, &second)]
    })
}

/// Changes of a few bytes.
fn changes(rng: &mut Rng, count: usize) -> Vec<u8> {
    rng.bytes(3 * count)
}

pub(crate) fn iso9660_seeds() -> Vec<Vec<u8>> {
    let mut rng = Rng::new(1);
    (0..12)
        .map(|n| [vec![n % 2], changes(&mut rng, n.into())].concat())
        .collect()
}

pub(crate) fn system_cnf_seeds() -> Vec<Vec<u8>> {
    [
        "BOOT2 = cdrom0:\\SLES_123.45;1\r\nVER = 1.00\r\nVMODE = PAL\r\n",
        "boot2=cdrom0:\\DIR\\SLUS_987.65;1 -x",
        "BOOT = cdrom:\\SCES_000.01;1\nTCB = 4\nEVENT = 10\n",
        "\u{FEFF}BOOT2 = cdrom0:\\a\\..\\..\\evl;1\r\n",
        "VER = 1.00\0BOOT2=",
        "Some Title: A \"Game\" / Disc 1 <2>",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

pub(crate) fn zso_seeds() -> Vec<Vec<u8>> {
    let image = [vec![7; 2048], data::text(1, 2048), vec![0; 1500]].concat();
    let built = [(2048, 0), (2048, 4), (4096, 0)].map(|(block_size, align)| {
        Builder {
            block_size,
            align,
            ..Builder::default()
        }
        .build(&image)
        .bytes
    });
    let cut = built[0][..built[0].len() - 30].to_vec();
    [built.to_vec(), vec![cut]].concat()
}

/// A DVD, a CD of data, and one with music after the data.
pub(crate) fn chd_seeds() -> Vec<Vec<u8>> {
    let disc = data::text(1, 3 * SECTOR_SIZE);
    let (track, music) = (tracks::track(&disc, 2, 0), data::noise(1, RAW));
    vec![
        tracks::chd(&disc),
        tracks::chd_of_cd(&[("MODE2_RAW", &track)]),
        tracks::chd_of_cd(&[
            ("MODE1_RAW", &tracks::track(&disc, 1, 0)),
            ("AUDIO", &music),
        ]),
    ]
}

/// One of each kind of list, with music.
pub(crate) fn nrg_seeds() -> Vec<Vec<u8>> {
    let disc = data::text(1, 2 * SECTOR_SIZE);
    let (raw, music) = (tracks::track(&disc, 2, 0), data::noise(1, RAW));
    let track = |mode, bytes| tracks::NrgTrack {
        mode,
        pause: &[0; 9],
        bytes,
    };
    [b"DAOI", b"DAOX", b"ETNF", b"ETN2"]
        .map(|list| tracks::nrg(list, &[track(6, &raw), track(7, &music)]))
        .to_vec()
}

pub(crate) fn bin_seeds() -> Vec<Vec<u8>> {
    let mut rng = Rng::new(2);
    (0..10)
        .map(|n| [vec![n, n], changes(&mut rng, usize::from(n) / 2)].concat())
        .collect()
}

/// Both versions of the format, each with a deflated block, a plain one, and in version 2 one of LZ4.
pub(crate) fn cso_seeds() -> Vec<Vec<u8>> {
    let blocks = [data::text(1, 2048), data::noise(1, 2048), vec![3; 2048]];
    [1, 2].map(|version| cso_of(&blocks, version)).to_vec()
}

fn cso_of(blocks: &[Vec<u8>; 3], version: u8) -> Vec<u8> {
    let header = [
        b"CISO",
        &[0; 4][..],
        &6144_u64.to_le_bytes(),
        &2048_u32.to_le_bytes(),
        &[version, 0, 0, 0],
    ]
    .concat();
    let mut index = Vec::new();
    let mut stored = Vec::new();
    for (number, block) in blocks.iter().enumerate() {
        let at = HEADER_SIZE + ENTRY_SIZE * (blocks.len() + 1) + stored.len();
        let is_lz4 = version == 2 && number == 2;
        let marked = is_lz4 || version == 1 && number == 1;
        index.push(Entry::new(at as u64, marked, 0).expect("a small offset"));
        match number {
            1 => stored.extend_from_slice(block),
            _ if is_lz4 => stored.extend(testkit::encode::Encoder::Fast.encode(block)),
            _ => stored.extend(deflated(block)),
        }
    }
    let end = HEADER_SIZE + ENTRY_SIZE * (blocks.len() + 1) + stored.len();
    index.push(Entry(end as u32));
    let index = index.iter().flat_map(|entry| entry.0.to_le_bytes());
    header.into_iter().chain(index).chain(stored).collect()
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("a vector has room");
    encoder.finish().expect("a vector has room")
}
