//! Requests one after the other, as the page sends them, without a browser.

use std::cell::RefCell;
use std::io::{self, Cursor};
use std::ops::ControlFlow;

use discs::ReadAt;
use serde_json::{Value, json};
use testkit::data::game_like;
use testkit::iso::Iso;
use zso_web::Page;
use zso_web::page::{File, Watch};

thread_local! {
    /// The files that the browser has.
    static FILES: RefCell<Vec<Vec<u8>>> = RefCell::default();
    /// The new file.
    static NEW: RefCell<Vec<u8>> = RefCell::default();
}

struct Mine(Vec<u8>);

impl File for Mine {
    fn open(number: u32, len: u64) -> Self {
        FILES.with_borrow(|files| Self(files[number as usize][..len as usize].to_vec()))
    }

    fn write(at: u64, bytes: &[u8]) -> io::Result<()> {
        NEW.with_borrow_mut(|file| {
            let end = at as usize + bytes.len();
            file.resize(file.len().max(end), 0);
            file[at as usize..end].copy_from_slice(bytes);
        });
        Ok(())
    }
}

impl ReadAt for Mine {
    fn read_at(&self, buf: &mut [u8], at: u64) -> io::Result<usize> {
        self.0.read_at(buf, at)
    }

    fn len(&self) -> u64 {
        ReadAt::len(&self.0)
    }
}

/// A worker, and the bytes that go with requests and replies.
#[derive(Default)]
struct Worker {
    page: Page<Mine>,
    given: Vec<u8>,
    bytes: Vec<u8>,
}

impl Worker {
    fn ask(&mut self, request: Value) -> Value {
        let request = request.to_string().into_bytes();
        let (given, made) = (&mut self.given, &mut self.bytes);
        let reply = self.page.call(&request, given, made, Watch(|_| ()));
        serde_json::from_str(&reply).expect("a reply in JSON")
    }

    fn ok(&mut self, request: Value) -> Value {
        let reply = self.ask(request);
        reply.get("ok").unwrap_or_else(|| panic!("{reply}")).clone()
    }

    fn error(&mut self, request: Value) -> String {
        let reply = self.ask(request);
        let error = reply["error"].as_str();
        error.unwrap_or_else(|| panic!("{reply}")).to_owned()
    }

    /// Gives the browser a file, and opens it as a disc.
    fn open(&mut self, disc: usize, bytes: &[u8]) -> Value {
        let (file, size) = FILES.with_borrow_mut(|files| {
            files.push(bytes.to_vec());
            (files.len() - 1, bytes.len())
        });
        self.ok(json!({ "do": "open", "disc": disc, "file": file, "size": size }))
    }
}

fn game() -> Vec<u8> {
    Iso::of_game("THE_GAME", "SLES_123.45")
        .file("DATA.BIN", game_like(3, 12_900_000))
        .build()
}

fn plan() -> Value {
    json!({ "do": "plan", "level": 10, "forConsole": true, "raw": [{ "start": 600_000, "end": 700_000 }] })
}

#[test]
fn pieces_of_two_workers_make_the_file_that_one_thread_makes() {
    let disc = game();
    let mut workers = [Worker::default(), Worker::default()];
    let run = workers.each_mut().map(|worker| {
        let opened = worker.open(0, &disc);
        assert_eq!(
            (opened["form"].as_str(), opened["size"].as_u64()),
            (Some("iso"), Some(disc.len() as u64))
        );
        worker.ok(plan());
        opened["piece"].as_u64().expect("a length") as usize
    })[0];

    let mut hashes = Vec::new();
    let mut writer = Worker::default();
    writer.open(0, &disc);
    writer.ok(plan());
    writer.ok(json!({ "do": "begin" }));
    for (n, at) in (0..disc.len()).step_by(run).enumerate() {
        let worker = &mut workers[n % 2];
        hashes.push(worker.ok(json!({ "do": "pack", "at": at })));
        writer.given = worker.bytes.clone();
        writer.ok(json!({ "do": "add" }));
    }
    let end = writer.ok(json!({ "do": "end" }));
    let file = NEW.take();
    assert_eq!(end["size"].as_u64(), Some(file.len() as u64));

    let options = zso_write::Options {
        for_console: true,
        raw: std::iter::once(600_000..700_000).collect(),
        ..zso_write::Options::default()
    };
    let mut known = Cursor::new(Vec::new());
    let progress = &mut |_| ControlFlow::Continue(());
    zso_write::compress(&disc[..], disc.len() as u64, &mut known, &options, progress)
        .expect("a file");
    assert!(file == known.into_inner());

    let reader = &mut workers[0];
    reader.open(1, &file);
    for (at, hash) in (0..disc.len()).step_by(run).zip(hashes) {
        assert_eq!(
            reader.ok(json!({ "do": "decode", "at": at })),
            hash,
            "the disc's own"
        );
        let compare = json!({ "do": "compare", "at": at, "hash": hash });
        assert_eq!(reader.ok(compare), true);
    }
}

#[test]
fn a_part_that_differs_or_is_missing_is_found() {
    let disc = game();
    let mut other = disc.clone();
    other[5_300_001] ^= 1;
    let mut worker = Worker::default();
    let run = worker.open(0, &disc)["piece"].as_u64().expect("a length");
    worker.open(1, &other);
    let compared = [0, run].map(|at| {
        let hash = worker.ok(json!({ "do": "decode", "at": at }));
        json!({ "do": "compare", "at": at, "hash": hash })
    });
    assert_eq!(
        compared.clone().map(|request| worker.ok(request)),
        [true, false]
    );
    worker.open(1, &disc[..5_400_000]);
    assert_eq!(compared.map(|request| worker.ok(request)), [true, false]);
}

#[test]
fn what_is_known_of_a_disc_is_told() {
    let mut worker = Worker::default();
    worker.open(0, &game());
    let looked = worker.ok(json!({ "do": "look", "name": "a.iso", "title": null }));
    assert_eq!(looked["info"]["game"]["id"], "SLES_123.45");
    assert_eq!(looked["names"]["zso"], "SLES_123.45.a.zso");
    assert_eq!(looked["files"][0]["path"], "DATA.BIN");
    assert_eq!(looked["refusal"], Value::Null);
    let advised = worker.ok(json!({ "do": "advise", "name": "a.iso" }));
    assert!(advised["advice"]["devices"][0]["verdict"]["do"].is_string());
    assert!(advised["map"]["columns"].is_array());
    let places = worker.ok(json!({ "do": "places", "patterns": ["*.bin"] }));
    assert_eq!(
        places[0]["end"]
            .as_u64()
            .zip(places[0]["start"].as_u64())
            .map(|(end, start)| end - start),
        Some(12_900_000)
    );
}

#[test]
fn what_makes_no_sense_is_refused_in_words() {
    let mut worker = Worker::default();
    assert!(
        worker
            .error(json!({ "do": "dance" }))
            .contains("unknown variant")
    );
    assert_eq!(
        worker.error(json!({ "do": "pack", "at": 0 })),
        "no disc is open"
    );
    assert_eq!(worker.error(json!({ "do": "add" })), "these are no blocks");
    assert_eq!(worker.error(json!({ "do": "end" })), "no file was begun");
    worker.open(0, &game());
    assert_eq!(
        worker.error(json!({ "do": "pack", "at": 0 })),
        "nothing is planned"
    );
    let too_high = json!({ "do": "plan", "level": 13, "forConsole": false, "raw": [] });
    assert!(worker.error(too_high).contains("level 13"));
    assert!(
        worker
            .error(json!({ "do": "places", "patterns": ["a["] }))
            .contains("no pattern")
    );
}

/// Gives the browser a file; asks for something of it.
fn of_file(worker: &mut Worker, what: &str, bytes: &[u8]) -> Value {
    let (file, size) = FILES.with_borrow_mut(|files| {
        files.push(bytes.to_vec());
        (files.len() - 1, bytes.len())
    });
    worker.ask(json!({ "do": what, "file": file, "size": size }))
}

#[test]
fn tracks_that_a_text_names_are_told() {
    let text = "FILE \"C:\\a\\b.bin\" BINARY\nTRACK 01 MODE2/2352\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 00:10:00";
    let reply = of_file(&mut Worker::default(), "cue", text.as_bytes());
    let known = json!({ "name": "b.bin", "start": 0, "end": 750 * 2352, "music": 1, "files": ["C:\\a\\b.bin"] });
    assert_eq!(reply["ok"], known);
}

#[test]
fn what_is_in_a_zip_file_is_told_and_unpacked() {
    let zipped = |files: &[(&str, &[u8])]| {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            let options = zip::write::SimpleFileOptions::default();
            zip.start_file(*name, options).expect("begun");
            io::Write::write_all(&mut zip, bytes).expect("written");
        }
        zip.finish().expect("finished").into_inner()
    };
    let disc = game();
    let mut worker = Worker::default();
    let reply = of_file(
        &mut worker,
        "zip",
        &zipped(&[("a/b.iso", &disc), ("c.txt", b"")]),
    );
    assert_eq!(
        reply["ok"],
        json!({ "name": "b.iso", "size": disc.len(), "stored": null })
    );
    let mut unpacked = Vec::new();
    while worker.ok(json!({ "do": "unpack" })) != 0 {
        unpacked.extend_from_slice(&worker.bytes);
    }
    assert!(unpacked == disc);

    let list = of_file(&mut worker, "zip", &zipped(&[("a.dat", b"")]));
    assert_eq!(list["ok"], Value::Null);
    let two = of_file(
        &mut worker,
        "zip",
        &zipped(&[("a.iso", b""), ("b.iso", b"")]),
    );
    assert_eq!(
        two["error"],
        "2 of its files are disc images; unpack it first"
    );
    let none = of_file(&mut worker, "zip", &zipped(&[("a.txt", b"")]));
    assert_eq!(none["error"], "none of its 1 files is a disc image");
}
