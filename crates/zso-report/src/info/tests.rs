//! Every fact and every problem, on files that have it.

use std::path::PathBuf;

use discs::game::Oddity;
use proptest::prelude::*;
use testkit::image::{Builder, EndEntry, Gaps, Plain, Tail};
use testkit::iso::{Iso, dual_layer};

use super::*;

/// A file to look into.
struct Case {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl Case {
    fn new(name: &str, bytes: &[u8]) -> Self {
        Self {
            path: name.into(),
            bytes: bytes.to_vec(),
        }
    }

    fn info(&self) -> Info {
        self.look(None).unwrap()
    }

    fn look(&self, title: Option<Title>) -> Result<Info, Error> {
        Info::of(&Disc::new(self.bytes.clone())?, &self.path, title)
    }
}

/// What is known of a file of these bytes.
fn info_of(bytes: &[u8]) -> Info {
    Case::new("game.zso", bytes).info()
}

/// A disc of a game, 300 KB of it.
fn game() -> Vec<u8> {
    Iso::of_game("SOME_GAME", "SLES_123.45")
        .file("DATA.BIN", testkit::data::game_like(3, 300_000))
        .build()
}

/// The same, compressed as a good writer does it.
fn good() -> Builder {
    Builder {
        tail: Tail::Pad,
        ..Builder::default()
    }
}

#[test]
fn an_image() {
    let disc = game();
    let info = Case::new("Some Game (Europe).iso", &disc).info();
    assert_eq!(
        (info.file_bytes, info.disc_bytes),
        (disc.len() as u64, disc.len() as u64)
    );
    assert_eq!((info.zso, info.map.is_some()), (None, false));
    let game = info.game.clone().unwrap();
    assert_eq!(game.id.as_deref(), Some("SLES_123.45"));
    assert_eq!(game.serial.as_deref(), Some("SLES-12345"));
    let volume = info.volume.clone().unwrap();
    assert_eq!((volume.name.as_str(), volume.files), ("SOME_GAME", 3));
    assert_eq!(info.title.as_ref().unwrap().source, TitleSource::FileName);
    let name = "SLES_123.45.Some Game (Europe).iso";
    assert_eq!(info.opl_name.as_deref(), Some(name));
    assert_eq!(info.problems, []);
    assert!(!info.is_damaged());
}

#[test]
fn a_zso() {
    let disc = game();
    let file = good().build(&disc);
    let info = Case::new("SLES_123.45.zso", &file.bytes).info();
    let plain = file.blocks.iter().filter(|block| block.plain).count();
    let facts = ZsoFacts {
        block_size: 2048,
        align: 0,
        blocks: file.blocks.len() as u32,
        plain_blocks: plain as u64,
    };
    assert_eq!(info.zso, Some(facts));
    assert_eq!(info.disc_bytes, disc.len() as u64);
    assert_eq!(info.problems, []);
    let title = info.title.clone().unwrap();
    assert_eq!(
        (title.text.as_str(), title.source),
        ("SOME GAME", TitleSource::Volume)
    );
    assert_eq!(info.opl_name.as_deref(), Some("SLES_123.45.SOME GAME.zso"));
    let map = info.map.as_ref().unwrap().columns();
    let sum = |of: fn(&crate::map::Column) -> u64| map.iter().map(of).sum::<u64>();
    assert_eq!(sum(|column| column.image), disc.len() as u64);
    let data: usize = file.blocks.iter().map(|block| block.bytes.len()).sum();
    assert_eq!(sum(|column| column.stored), data as u64);
}

#[test]
fn a_given_title_is_taken() {
    let case = Case::new("x.iso", &game());
    let title = Title {
        text: "My: Title".to_owned(),
        source: TitleSource::Given,
    };
    let info = case.look(Some(title)).unwrap();
    assert_eq!(info.opl_name.as_deref(), Some("SLES_123.45.My- Title.iso"));
}

#[test]
fn two_layers() {
    let mut first = Iso::of_game("ONE", "SLES_123.45");
    first.spare_sectors = 40;
    let disc = dual_layer(&first, &Iso::new("TWO").file("B.BIN", vec![5; 5000]));
    let start = first.build().len() as u32 / 2048 - 16;
    for bytes in [disc.clone(), good().build(&disc).bytes] {
        let info = info_of(&bytes);
        let volume = info.volume.unwrap();
        assert_eq!((volume.second_layer, volume.files), (Some(start), 3));
        assert_eq!(volume.sectors, disc.len() as u64 / 2048);
        assert_eq!(info.problems, []);
    }
}

#[test]
fn damage() {
    let disc = game();
    let file = good().build(&disc);
    let blocks = file.blocks.len();
    let len = file.bytes.len() as u64;
    let index_end = 24 + 4 * (blocks as u64 + 1);
    let end = file.blocks[blocks - 1].bytes.end as u64;

    let cut = info_of(&file.bytes[..100]);
    let expected = Problem::IndexCut {
        file_bytes: 100,
        index_end,
    };
    assert!(cut.problems.contains(&expected), "{:?}", cut.problems);

    let cut = info_of(&file.bytes[..end as usize - 1]);
    let expected = Problem::Cut {
        file_bytes: end - 1,
        data_end: end,
    };
    assert!(cut.problems.contains(&expected), "{:?}", cut.problems);

    let mut other = file.clone();
    other.set_entry(0, 24);
    let expected = Problem::IndexOverlaps {
        first: 24,
        index_end,
    };
    assert!(info_of(&other.bytes).problems.contains(&expected));

    let mut other = file.clone();
    other.set_entry(9, other.entry(9) | 0x7000_0000);
    let expected = Problem::Backwards {
        block: 9,
        blocks: 1,
    };
    assert!(info_of(&other.bytes).problems.contains(&expected));

    let mut other = file.clone();
    let last = file.blocks[blocks - 1].bytes.clone();
    assert!(!file.blocks[blocks - 1].plain);
    other.bytes[last].fill(0);
    let expected = Problem::LastBlock {
        block: blocks as u32 - 1,
    };
    assert!(info_of(&other.bytes).problems.contains(&expected));

    // The root directory's block.
    let mut other = file.clone();
    let root = file.blocks[18].bytes.clone();
    other.bytes[root].fill(0xF0);
    let info = info_of(&other.bytes);
    assert!(
        matches!(&info.problems[..], [Problem::Unreadable { reason }] if reason.contains("block 18"))
    );
    assert!(info.is_damaged());
    assert_eq!(info.file_bytes, len);
}

#[test]
fn warnings_of_the_file() {
    let disc = game();
    let problems = |builder: Builder| info_of(&builder.build(&disc).bytes).problems;
    let blocks = disc.len() as u32 / 2048;
    assert_eq!(
        problems(Builder {
            block_size: 8192,
            ..good()
        }),
        [Problem::BlockSize { block_size: 8192 }]
    );
    let unpadded = Builder::default().build(&disc);
    let bytes = unpadded.bytes.len() as u64 % 2048;
    assert_eq!(
        info_of(&unpadded.bytes).problems,
        [Problem::Unpadded { bytes }]
    );
    let down = Builder {
        align: 4,
        end_entry: EndEntry::Down,
        ..good()
    };
    assert_eq!(
        problems(down),
        [
            Problem::EndTooLow { block: blocks - 1 },
            Problem::LargeAlign { align: 4, need: 0 }
        ]
    );
    let long = problems(Builder {
        plain: Plain::Never,
        ..good()
    });
    assert!(
        matches!(long[..], [Problem::LongBlocks { blocks: 5.., .. }]),
        "{long:?}"
    );
    let plain = problems(Builder {
        plain: Plain::Always,
        ..good()
    });
    assert!(
        matches!(plain[..], [Problem::HardlySmaller { percent: 100.0.. }]),
        "{plain:?}"
    );
}

#[test]
fn warnings_of_the_disc() {
    let problems = |bytes: &[u8]| Case::new("a.iso", bytes).info().problems;
    let none = Problem::NoVolume { seems: None };
    assert_eq!(problems(&[7; 4096]), std::slice::from_ref(&none));
    assert_eq!(
        problems(&[7; 4097]),
        [none, Problem::PartialSector { bytes: 1 }]
    );
    assert_eq!(problems(&Iso::new("G").build()), [Problem::NoGame]);
    let ps1 = Iso::new("G").file("SYSTEM.CNF", b"BOOT = cdrom:\\SLPS_012.34;1".to_vec());
    let program = "SLPS_012.34".to_owned();
    assert_eq!(
        problems(&ps1.build()),
        [Problem::NoProgram { program }, Problem::Ps1]
    );

    let mut spare = Iso::of_game("G", "SLES_123.45");
    spare.spare_sectors = 500;
    let disc = spare.build();
    let sectors = disc.len() as u64 / 2048;
    // A CD's run-out may be missing, more may not.
    assert_eq!(problems(&disc[..disc.len() - 150 * 2048]), []);
    let cut = Problem::VolumeCut {
        volume: sectors,
        disc: sectors - 151,
    };
    assert_eq!(problems(&disc[..disc.len() - 151 * 2048]), [cut]);

    let mut behind = game();
    behind.resize(behind.len() + 3 * 2048, 0);
    assert_eq!(problems(&behind), []);
    let zso = good().build(&behind).bytes;
    assert_eq!(
        info_of(&zso).problems,
        [Problem::BehindVolume { sectors: 3 }]
    );
}

/// A disc whose SYSTEM.CNF is this, with a program that begins so.
fn started_by(system: &[u8], program: &[u8]) -> Vec<Problem> {
    let iso = Iso::new("G").file("SYSTEM.CNF", system.to_vec());
    let iso = iso.file("SLES_123.45", program.to_vec());
    Case::new("a.iso", &iso.build()).info().problems
}

#[test]
fn what_an_editor_did_to_system_cnf_is_told_and_read() {
    let plain = b"BOOT2 = cdrom0:\\SLES_123.45;1\r\n";
    let odd = |oddity| [Problem::OddSystemCnf { oddity }];
    assert_eq!(started_by(plain, b"x"), []);
    let marked = [b"\xEF\xBB\xBF", &plain[..]].concat();
    assert_eq!(started_by(&marked, b"x"), odd(Oddity::Mark));
    let utf_16: Vec<u8> = plain.iter().flat_map(|byte| [*byte, 0]).collect();
    assert_eq!(started_by(&utf_16, b"x"), odd(Oddity::Utf16));
}

#[test]
fn a_program_tells_which_console_it_is_for() {
    let system = b"BOOT = cdrom0:\\SLES_123.45;1\r\nVMODE = PAL\r\n";
    let boot = Problem::OddSystemCnf {
        oddity: Oddity::Boot,
    };
    assert_eq!(started_by(system, b"\x7FELF\x01\x01"), [boot]);
    assert_eq!(started_by(system, b"PS-X EXE\0\0"), [Problem::Ps1]);
}

#[test]
fn a_program_of_an_impossible_length_is_told() {
    for bytes in [0x8000_0000_u32, 3_000_000] {
        let mut disc = Iso::of_game("G", "SLES_123.45").build();
        // The root directory's third entry.
        let entry = 18 * 2048 + 2 * 34;
        disc[entry + 10..][..4].copy_from_slice(&bytes.to_le_bytes());
        let problems = Case::new("a.iso", &disc).info().problems;
        let program = "SLES_123.45".to_owned();
        assert!(
            problems.contains(&Problem::ProgramSize { program, bytes }),
            "{problems:?}"
        );
    }
}

#[test]
fn the_number_of_another_game_in_the_files_name_is_told() {
    for name in ["SLUS_200.62.Game.iso", "Game [SLUS-20062].iso"] {
        let info = Case::new(name, &game()).info();
        let (name, disc) = ("SLUS_200.62".to_owned(), "SLES_123.45".to_owned());
        assert_eq!(info.problems, [Problem::OtherNumber { name, disc }]);
        assert_eq!(info.opl_name.as_deref(), Some("SLES_123.45.Game.iso"));
    }
}

#[test]
fn tracks_are_looked_into() {
    let disc = game();
    let track = testkit::tracks::track(&disc, 1, 0);
    let case = Case::new("Game.bin", &track);
    let info = case.info();
    assert_eq!(info.problems, [Problem::RawSectors]);
    assert_eq!(info.disc_bytes, disc.len() as u64);
    assert_eq!((info.game.is_some(), info.opl_name), (true, None));
    // A file that is cut somewhere in a sector.
    let cut = Case::new("Game.bin", &track[..track.len() - 1]).info();
    assert_eq!(cut.problems, [Problem::RawSectors]);
    // Music after the volume's descriptor: the disc ends where its data ends.
    let mut music = track;
    music[18 * 2352..].fill(5);
    let music = Case::new("Game.bin", &music).info();
    let volume = (disc.len() / 2048) as u64;
    let cut = Problem::VolumeCut { volume, disc: 18 };
    let expected = [Problem::RawSectors, cut, Problem::BadTree, Problem::NoGame];
    assert_eq!(music.problems, expected);
}

#[test]
fn gaps_and_aligns_of_other_writers_are_no_problem() {
    let gaps = Builder {
        gaps: Gaps { seed: 3, most: 9 },
        ..good()
    };
    assert_eq!(info_of(&gaps.build(&game()).bytes).problems, []);
    let align = Builder { align: 2, ..good() };
    let problems = info_of(&align.build(&game()).bytes).problems;
    assert_eq!(problems, [Problem::LargeAlign { align: 2, need: 0 }]);
    assert!(!info_of(&align.build(&game()).bytes).is_damaged());
}

/// A file whose header counts `more` bytes that are in no block.
fn never_stored(mut file: Vec<u8>, more: u64) -> Vec<u8> {
    let total = u64::from_le_bytes(file[8..16].try_into().unwrap()) + more;
    file[8..16].copy_from_slice(&total.to_le_bytes());
    file
}

#[test]
fn what_a_script_never_stored_is_no_other_damage() {
    for align in 0..=2 {
        let file = Builder { align, ..good() }.build(&game()).bytes;
        let info = info_of(&never_stored(file, 700));
        let (bytes, block_size) = (700, 2048);
        assert_eq!(info.problems[0], Problem::NeverStored { bytes, block_size });
        assert!(
            info.problems[1..]
                .iter()
                .all(|problem| matches!(problem, Problem::LargeAlign { .. }))
        );
        assert!(info.is_damaged());
        assert_eq!(info.disc_bytes, game().len() as u64);
        assert!(info.game.is_some());
    }
}

/// A file that is only told to have more is damaged.
#[test]
fn an_index_that_is_shorter_by_more_is_damage() {
    let info = info_of(&never_stored(good().build(&game()).bytes, 2048 + 700));
    assert!(
        matches!(info.problems[0], Problem::IndexOverlaps { .. }),
        "{:?}",
        info.problems
    );
}

#[test]
fn headers_that_cannot_be_read_are_errors() {
    let mut file = good().build(&game()).bytes;
    file[21] = 60;
    let case = Case::new("a.zso", &file);
    assert!(matches!(case.look(None), Err(Error::Image { .. })));
}

/// The worst problem comes first, and each says what to do or what happens.
#[test]
fn text_and_json() {
    let file = Builder {
        block_size: 8192,
        ..Builder::default()
    }
    .build(&game())
    .bytes;
    let case = Case::new("Game.zso", &file[..file.len() - 100]);
    let info = case.info();
    let text = info.to_string();
    for line in [
        "  game      SLES_123.45 (SLES-12345), PS2, version 1.00, PAL\n",
        "  title     Game (the file's name)\n",
        "  volume    SOME_GAME, ",
        "  OPL name  SLES_123.45.Game.zso\n",
        "  damage    the file has ",
        "  warning   blocks of 8192 bytes",
    ] {
        assert!(text.contains(line), "{line:?} in {text}");
    }
    let json = serde_json::to_value(&info).unwrap();
    assert_eq!(json["problems"][0]["severity"], "damage");
    assert_eq!(json["problems"][0]["code"], "cut");
    assert_eq!(json["problems"][0]["file_bytes"], file.len() - 100);
    assert!(
        json["problems"][0]["message"]
            .as_str()
            .unwrap()
            .contains("cut off")
    );
    assert_eq!(json["game"]["console"], "PS2");
    assert_eq!(json["title"]["source"], "file-name");
    assert_eq!(json["zso"]["block_size"], 8192);
}

/// What a header promises is not believed: this one says 1 TiB less a byte, and the file has 2 KiB.
#[test]
fn a_huge_header_costs_nothing() {
    let mut file = good().build(&game()).bytes;
    file.truncate(2048);
    file[8..16].copy_from_slice(&((1_u64 << 40) - 1).to_le_bytes());
    let info = info_of(&file);
    assert_eq!(info.disc_bytes, (1 << 40) - 1);
    assert!(matches!(
        info.problems[0],
        Problem::IndexCut {
            file_bytes: 2048,
            ..
        }
    ));
}

proptest! {
    /// Whatever becomes of header, index and directories: an answer or an error, and no panic.
    #[test]
    fn any_file_gets_an_answer(
        changes in prop::collection::vec((0_usize..12_000, any::<u8>()), 0..40),
        len in 0_usize..40_000,
        compressed in any::<bool>(),
    ) {
        let disc = Iso::of_game("G", "SLES_123.45").file("A/B.BIN", vec![9; 4000]).build();
        let mut bytes = if compressed { good().build(&disc).bytes } else { disc };
        for (at, byte) in changes {
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
        }
        bytes.truncate(len);
        let case = Case::new("a.zso", &bytes);
        if let Ok(info) = case.look(None) {
            prop_assert!(serde_json::to_string(&info).is_ok());
            prop_assert!(!info.to_string().is_empty());
            prop_assert!(info.map.is_none_or(|map| map.columns().len() <= 1024));
        }
    }
}
