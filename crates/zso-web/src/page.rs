//! What a worker of the page keeps from one request to the next.

use std::io::Cursor;
use std::path::Path;

use discs::dat::Dat;
use discs::game::{GameId, opl_name};
use discs::hashes::{Checksum, Hasher, hex};
use discs::pattern::{self, Pattern};
use discs::{Disc, Form, Hashes, ReadAt};
use serde_json::{Value, json};
use zso_report::{Advice, Info};
use zso_write::{Encoder, Layout, Options, Packer, Run, Writer, run_len};

use crate::packed;
use crate::pieces::Pieces;
use crate::request::{Digits, Plan, Request};

/// Files of the disc that are named to the page, the largest ones.
const FILES: usize = 200;
/// A list of discs is not larger; that of all discs of a console has some 10 MB.
const LARGEST_LIST: u64 = 64 << 20;

/// A file by the number that the browser's side knows it by.
pub trait File: ReadAt {
    /// The file of this number, which has `len` bytes.
    fn open(number: u32, len: u64) -> Self;
}

/// What is told how far a long request has come, from 0 to 1.
pub struct Watch(pub fn(f64));

/// A worker's memory.
pub struct Page<F> {
    discs: [Option<Disc<F>>; 2],
    packing: Option<Packing>,
    writing: Option<Writing>,
    hasher: Hasher,
    dat: Option<Dat>,
}

struct Packing {
    options: Options,
    layout: Layout,
    packer: Packer,
    encoder: Encoder,
}

struct Writing {
    file: Pieces,
    writer: Writer<Pieces>,
}

impl<F> Default for Page<F> {
    fn default() -> Self {
        Self {
            discs: [None, None],
            packing: None,
            writing: None,
            hasher: Hasher::default(),
            dat: None,
        }
    }
}

/// Why a request was not served, for the person who uses the page.
struct Refusal(String);

/// Says all that an error says, causes included.
impl<E: std::error::Error> From<E> for Refusal {
    fn from(error: E) -> Self {
        let causes = std::iter::successors(error.source(), |cause| cause.source());
        Self(causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}")))
    }
}

type Reply = Result<Value, Refusal>;

impl<F: File> Page<F> {
    /// Serves a request in JSON; returns the reply: `{"ok": ...}` or `{"error": "..."}`. `bytes` are those that belong to
    /// the request, and afterwards those of the reply.
    pub fn call(&mut self, request: &[u8], bytes: &mut Vec<u8>, watch: Watch) -> String {
        let reply = serde_json::from_slice(request)
            .map_err(Refusal::from)
            .and_then(|request| self.serve(request, bytes, watch));
        match reply {
            Ok(reply) => json!({ "ok": reply }),
            Err(Refusal(error)) => json!({ "error": error }),
        }
        .to_string()
    }

    fn serve(&mut self, request: Request, bytes: &mut Vec<u8>, watch: Watch) -> Reply {
        match request {
            Request::Open { disc, file, size } => self.open(disc, F::open(file, size)),
            Request::Look { name, title } => self.look(&name, title),
            Request::Advise { name } => self.advise(&name, watch),
            Request::Places { patterns } => self.places(&patterns),
            Request::Plan(plan) => self.plan(plan),
            Request::Pack { at } => self.pack(at, bytes),
            Request::Begin => self.begin(bytes),
            Request::Add => self.add(bytes),
            Request::End => self.end(bytes),
            Request::Decode { at } => self.decode(at, bytes),
            Request::Compare { at } => self.compare(at),
            Request::Check => Ok(self.disc(0)?.check().map(|()| Value::Null)?),
            Request::Hash => {
                self.hasher.update(bytes);
                bytes.clear();
                Ok(Value::Null)
            }
            Request::Hashes => Ok(self.hashes()),
            Request::Dat { file, size } => self.read_dat(&F::open(file, size)),
            Request::Find { size, hashes } => self.find(size, &hashes),
        }
    }

    fn disc(&self, number: usize) -> Result<&Disc<F>, Refusal> {
        let disc = self.discs.get(number).and_then(Option::as_ref);
        disc.ok_or_else(|| Refusal("no disc is open".to_owned()))
    }

    fn open(&mut self, number: usize, file: F) -> Reply {
        let disc = Disc::new(file)?;
        if disc.bytes() == 0 {
            return Err(Refusal(
                "the file is empty; copy or download it again".to_owned(),
            ));
        }
        let place = self.discs.get_mut(number);
        let place = place.ok_or_else(|| Refusal("there are two discs, 0 and 1".to_owned()))?;
        let disc = place.insert(disc);
        Ok(json!({ "size": disc.bytes(), "run": run_of(disc), "form": form(disc) }))
    }

    /// Up to a run of a disc's bytes, fewer only at its end.
    fn read(&self, number: usize, at: u64) -> Result<Vec<u8>, Refusal> {
        // Runs are those of disc 0, also for what is compared with it.
        let len = run_of(self.disc(0)?);
        let disc = self.disc(number)?;
        let want = len.min(disc.bytes().saturating_sub(at)) as usize;
        let mut memory = disc.memory();
        let mut bytes = vec![0; want];
        match disc.reader(&mut memory)?.read_at(at, &mut bytes)? {
            read if read == want => Ok(bytes),
            _ => Err(Refusal("the file has become shorter".to_owned())),
        }
    }

    fn look(&self, name: &str, title: Option<String>) -> Reply {
        let info = Info::of(self.disc(0)?, Path::new(name), title.map(given))?;
        let mut files: Vec<_> = info.files.iter().collect();
        files.sort_by_key(|file| std::cmp::Reverse(file.extent.bytes));
        let files = files.iter().take(FILES).map(
            |file| json!({ "path": file.path, "lsn": file.extent.lsn, "size": file.extent.bytes }),
        );
        let files: Vec<_> = files.collect();
        Ok(json!({ "info": info, "map": info.map, "files": files, "names": names(&info) }))
    }

    fn advise(&self, name: &str, watch: Watch) -> Reply {
        let mut told = |done: u64, total: u64| {
            (watch.0)(done as f64 / total.max(1) as f64);
            std::ops::ControlFlow::Continue(())
        };
        let (advice, sample) = Advice::of(self.disc(0)?, Path::new(name), &mut told)?;
        Ok(json!({ "advice": advice, "map": sample.map() }))
    }

    fn places(&self, patterns: &[String]) -> Reply {
        let patterns = patterns.iter().map(|pattern| pattern.parse::<Pattern>());
        let patterns = patterns.collect::<Result<Vec<_>, _>>()?;
        let files = pattern::matching(self.disc(0)?, &patterns)?;
        Ok(json!(pattern::ranges(&files)))
    }

    fn plan(&mut self, plan: Plan) -> Reply {
        let options = Options {
            level: plan.level,
            for_console: plan.for_console,
            raw: plan.raw,
            ..Options::default()
        };
        options.check()?;
        let size = self.disc(0)?.bytes();
        let layout = Layout::new(size, &options)?;
        let packer = Packer::new(&options, layout.header.align());
        let encoder = Encoder::new(&packer);
        self.packing = Some(Packing {
            options,
            layout,
            packer,
            encoder,
        });
        Ok(json!({ "most": layout.data_start + size.next_multiple_of(1 << 11) }))
    }

    fn pack(&mut self, at: u64, out: &mut Vec<u8>) -> Reply {
        let bytes = self.read(0, at)?;
        let packing = planned(&mut self.packing)?;
        let packed = packing
            .packer
            .pack(&Run { at, bytes }, &mut packing.encoder);
        packed::to_bytes(&packed, out);
        Ok(Value::Null)
    }

    fn begin(&mut self, bytes: &mut Vec<u8>) -> Reply {
        let packing = planned(&mut self.packing)?;
        let file = Pieces::default();
        let writer = Writer::new(file.clone(), packing.layout, &packing.options)?;
        let pieces = file.take(bytes);
        self.writing = Some(Writing { file, writer });
        Ok(json!({ "pieces": pieces }))
    }

    fn add(&mut self, bytes: &mut Vec<u8>) -> Reply {
        let packed = packed::from_bytes(bytes);
        let packed = packed.ok_or_else(|| Refusal("these are no blocks".to_owned()))?;
        let Some(Writing { file, writer }) = &mut self.writing else {
            return Err(no_file());
        };
        writer.write(&packed)?;
        Ok(json!({ "pieces": file.take(bytes) }))
    }

    fn end(&mut self, bytes: &mut Vec<u8>) -> Reply {
        let Writing { file, writer } = self.writing.take().ok_or_else(no_file)?;
        let written = writer.finish()?;
        Ok(json!({
            "pieces": file.take(bytes),
            "size": written.file_bytes,
            "plainBlocks": written.plain_blocks,
        }))
    }

    fn decode(&self, at: u64, out: &mut Vec<u8>) -> Reply {
        *out = self.read(0, at)?;
        Ok(Value::Null)
    }

    fn compare(&self, at: u64) -> Reply {
        let (known, new) = (self.read(0, at)?, self.read(1, at)?);
        if known == new {
            return Ok(Value::Null);
        }
        let same = known.iter().zip(&new).take_while(|(a, b)| a == b).count();
        Ok(json!({ "at": at + same as u64 }))
    }

    fn hashes(&mut self) -> Value {
        let hashes = std::mem::take(&mut self.hasher).finish();
        json!(Digits {
            crc32: format!("{:08x}", hashes.crc32),
            md5: hex(&hashes.md5),
            sha1: hex(&hashes.sha1),
        })
    }

    fn read_dat(&mut self, file: &F) -> Reply {
        if file.len() > LARGEST_LIST {
            return Err(Refusal(
                "the list is too large to be one of discs".to_owned(),
            ));
        }
        let dat = Dat::read(Cursor::new(file.start(file.len() as usize)?))?;
        let reply = json!({ "name": dat.name, "discs": dat.len() });
        self.dat = Some(dat);
        Ok(reply)
    }

    fn find(&self, size: u64, digits: &Digits) -> Reply {
        let hashes = parsed(digits).ok_or_else(|| Refusal("these are no checksums".to_owned()))?;
        let found = self.dat.as_ref().and_then(|dat| dat.find(&hashes, size));
        Ok(found.map_or(
            Value::Null,
            |game| json!({ "name": &*game.name, "file": game.file }),
        ))
    }
}

/// Bytes that are worked on at a time: whole blocks of the new file, and of the old one.
fn run_of<F: ReadAt>(disc: &Disc<F>) -> u64 {
    let block_size = match disc.form() {
        Form::Zso(zso) => zso.header().block_size(),
        _ => zso::format::DEFAULT_BLOCK_SIZE,
    };
    run_len(block_size)
}

fn form<F: ReadAt>(disc: &Disc<F>) -> &'static str {
    match disc.form() {
        Form::Plain(_) => "iso",
        Form::Track(..) => "track",
        Form::Zso(_) => "zso",
        Form::Cso(_) => "cso",
        Form::Chd(_) => "chd",
    }
}

/// What the new file is to be called, as a ZSO file and as an image: as OPL lists it, or else like the old one.
fn names(info: &Info) -> Value {
    let id = info
        .game
        .as_ref()
        .and_then(|game| GameId::parse(game.id.as_deref()?));
    let name = |ending: &str| match (&id, &info.title) {
        (Some(id), Some(title)) => opl_name(id, &title.text, ending),
        _ => info
            .path
            .with_extension(ending)
            .to_string_lossy()
            .into_owned(),
    };
    json!({ "zso": name("zso"), "iso": name("iso") })
}

fn given(text: String) -> zso_report::Title {
    zso_report::Title {
        text,
        source: zso_report::TitleSource::Dat,
    }
}

fn planned(packing: &mut Option<Packing>) -> Result<&mut Packing, Refusal> {
    packing
        .as_mut()
        .ok_or_else(|| Refusal("nothing is planned".to_owned()))
}

fn no_file() -> Refusal {
    Refusal("no file was begun".to_owned())
}

fn parsed(digits: &Digits) -> Option<Hashes> {
    let (Checksum::Crc32(crc32), Checksum::Md5(md5), Checksum::Sha1(sha1)) = (
        Checksum::parse(&digits.crc32)?,
        Checksum::parse(&digits.md5)?,
        Checksum::parse(&digits.sha1)?,
    ) else {
        return None;
    };
    Some(Hashes { crc32, md5, sha1 })
}
