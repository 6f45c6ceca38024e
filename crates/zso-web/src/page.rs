//! What a worker of the page keeps from one request to the next.

use std::io::{self, Cursor, Read};
use std::path::Path;

use discs::dat::Dat;
use discs::game::{GameId, opl_name};
use discs::hashes::Hasher;
use discs::name::{is_image, is_list, is_zso};
use discs::pattern::{self, Pattern};
use discs::zip::{self, Unpacked};
use discs::{Disc, DiscReader, Form, Hashes, ReadAt, cue};
use serde_json::{Value, json};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};
use zso_report::{Advice, Info};
use zso_write::{Encoder, Layout, Options, Packed, Packer, Run, Writer, run_len};

use crate::new_file::NewFile;
use crate::packed;
use crate::request::{Plan, Request};

/// Files of the disc that are named to the page, the largest ones.
const FILES: usize = 200;
/// A list of discs is not larger; that of all discs of a console has some 10 MB.
const LARGEST_LIST: u64 = 64 << 20;
/// Bytes that are worked on at a time, or a whole block if that is more. Browsers read pieces of a quarter of that at
/// half the rate.
const PIECE: u64 = 4 << 20;

/// A file by the number that the browser's side knows it by.
pub trait File: ReadAt + 'static {
    /// The file of this number, which has `len` bytes.
    fn open(number: u32, len: u64) -> Self;

    /// Writes to a place of the new file.
    fn write(at: u64, bytes: &[u8]) -> io::Result<()>;
}

/// What is told how far a long request has come, from 0 to 1.
pub struct Watch(pub fn(f64));

/// A worker's memory.
pub struct Page<F: 'static> {
    discs: [Option<Opened<F>>; 2],
    unpacking: Option<Unpacked<'static>>,
    packing: Option<Packing>,
    writing: Option<Writer<NewFile<F>>>,
    /// Memory of the piece that was read last, for the next one.
    piece: Vec<u8>,
    hasher: Hasher,
    dat: Option<Dat>,
}

/// A disc that is open.
struct Opened<F: 'static> {
    disc: &'static Disc<F>,
    /// It goes on from one request to the next: to open a CHD file takes longer than to read a piece of it.
    reader: DiscReader<'static>,
    /// Bytes that are worked on at a time.
    piece: u64,
}

struct Packing {
    options: Options,
    layout: Layout,
    packer: Packer,
    encoder: Encoder,
}

impl<F> Default for Page<F> {
    fn default() -> Self {
        Self {
            discs: [None, None],
            unpacking: None,
            packing: None,
            writing: None,
            piece: Vec::new(),
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
    /// Serves a request in JSON; returns the reply: `{"ok": ...}` or `{"error": "..."}`. `given` are bytes that belong to
    /// the request, and may be others afterwards; `made` becomes those of the reply.
    pub fn call(
        &mut self,
        request: &[u8],
        given: &mut Vec<u8>,
        made: &mut Vec<u8>,
        watch: Watch,
    ) -> String {
        made.clear();
        let reply = serde_json::from_slice(request)
            .map_err(Refusal::from)
            .and_then(|request| self.serve(request, given, made, watch));
        match reply {
            Ok(reply) => json!({ "ok": reply }),
            Err(Refusal(error)) => json!({ "error": error }),
        }
        .to_string()
    }

    fn serve(
        &mut self,
        request: Request,
        given: &mut Vec<u8>,
        made: &mut Vec<u8>,
        watch: Watch,
    ) -> Reply {
        match request {
            Request::Open { disc, file, size } => self.open(disc, F::open(file, size)),
            Request::Cue { file, size } => cue_sheet(&F::open(file, size)),
            Request::Zip { file, size } => self.zip(F::open(file, size)),
            Request::Unpack => self.unpack(made),
            Request::Look { name, title } => self.look(&name, title),
            Request::Advise { name } => self.advise(&name, watch),
            Request::Places { patterns } => self.places(&patterns),
            Request::Plan(plan) => self.plan(plan),
            Request::Pack { at } => self.pack(at, made),
            Request::Begin => self.begin(),
            Request::Add => self.add(given),
            Request::End => self.end(),
            Request::Decode { at } => self.decode(at, made),
            Request::Compare { at, hash } => self.compare(at, &hash),
            Request::Check => Ok(self.disc()?.check().map(|()| Value::Null)?),
            Request::Hash => {
                self.hasher.update(given);
                Ok(Value::Null)
            }
            Request::Hashes => Ok(self.hashes()),
            Request::Dat { file, size } => self.read_dat(&F::open(file, size)),
            Request::Find { size, hashes } => self.find(size, &hashes),
        }
    }

    fn opened(&mut self, number: usize) -> Result<&mut Opened<F>, Refusal> {
        let opened = self.discs.get_mut(number).and_then(Option::as_mut);
        opened.ok_or_else(|| Refusal("no disc is open".to_owned()))
    }

    fn disc(&mut self) -> Result<&'static Disc<F>, Refusal> {
        Ok(self.opened(0)?.disc)
    }

    fn open(&mut self, number: usize, file: F) -> Reply {
        let disc = Disc::new(file)?.whole()?;
        let place = self.discs.get_mut(number);
        let place = place.ok_or_else(|| Refusal("there are two discs, 0 and 1".to_owned()))?;
        let opened = place.insert(Opened::new(disc)?);
        let (disc, piece) = (opened.disc, opened.piece);
        Ok(json!({ "size": disc.bytes(), "piece": piece, "form": form(disc) }))
    }

    /// Reads up to so many of a disc's bytes, fewer only at its end.
    fn read(
        &mut self,
        number: usize,
        at: u64,
        most: u64,
        bytes: &mut Vec<u8>,
    ) -> Result<(), Refusal> {
        let Opened { disc, reader, .. } = self.opened(number)?;
        let want = most.min(disc.bytes().saturating_sub(at)) as usize;
        bytes.resize(want, 0);
        match reader.read_at(at, bytes)? {
            read if read == want => Ok(()),
            _ => Err(Refusal("the file has become shorter".to_owned())),
        }
    }

    fn zip(&mut self, file: F) -> Reply {
        let files = zip::files(&*Box::leak(Box::new(file)))?;
        let is = |is_meant: fn(&Path) -> bool| {
            let files = files.iter();
            files.filter(move |file| is_meant(Path::new(&file.name)))
        };
        let mut images = is(|name| is_image(name) || is_zso(name));
        match (images.next(), images.count(), is(is_list).count()) {
            (Some(image), 0, _) => {
                let stored = image.stored()?;
                self.unpacking = Some(image.unpack()?);
                let name = image.name.rsplit('/').next();
                Ok(json!({ "name": name, "size": image.bytes, "stored": stored }))
            }
            (Some(_), more, _) => Err(Refusal(format!(
                "{} of its files are disc images; unpack it first",
                more + 1
            ))),
            (None, _, 1..) => Ok(Value::Null),
            (None, _, 0) => Err(Refusal(format!(
                "none of its {} files is a disc image",
                files.len()
            ))),
        }
    }

    fn unpack(&mut self, bytes: &mut Vec<u8>) -> Reply {
        let unpacking = self.unpacking.as_mut();
        let unpacking = unpacking.ok_or_else(|| Refusal("nothing is unpacked".to_owned()))?;
        unpacking.take(PIECE).read_to_end(bytes)?;
        Ok(json!(bytes.len()))
    }

    fn look(&mut self, name: &str, title: Option<String>) -> Reply {
        let disc = self.disc()?;
        let info = Info::of(disc, Path::new(name), title.map(given))?;
        let refusal = disc.check_volume().err().map(|error| error.to_string());
        let mut files: Vec<_> = info.files.iter().collect();
        files.sort_by_key(|file| std::cmp::Reverse(file.extent.bytes));
        let files = files.iter().take(FILES).map(
            |file| json!({ "path": file.path, "lsn": file.extent.lsn, "size": file.extent.bytes }),
        );
        let files: Vec<_> = files.collect();
        let names = names(&info);
        Ok(
            json!({ "info": info, "map": info.map, "files": files, "names": names, "refusal": refusal }),
        )
    }

    fn advise(&mut self, name: &str, watch: Watch) -> Reply {
        let mut told = |done: u64, total: u64| {
            (watch.0)(done as f64 / total.max(1) as f64);
            std::ops::ControlFlow::Continue(())
        };
        let (advice, sample) = Advice::of(self.disc()?, Path::new(name), &mut told)?;
        Ok(json!({ "advice": advice, "map": sample.map() }))
    }

    fn places(&mut self, patterns: &[String]) -> Reply {
        let patterns = patterns.iter().map(|pattern| pattern.parse::<Pattern>());
        let patterns = patterns.collect::<Result<Vec<_>, _>>()?;
        let files = pattern::matching(self.disc()?, &patterns)?;
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
        let size = self.disc()?.bytes();
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

    fn pack(&mut self, at: u64, made: &mut Vec<u8>) -> Reply {
        let Opened { disc, piece, .. } = *self.opened(0)?;
        let end = at.saturating_add(piece).min(disc.bytes());
        let mut run = Run {
            at,
            bytes: std::mem::take(&mut self.piece),
        };
        let mut packed = Packed {
            bytes: std::mem::take(made),
            ..Packed::default()
        };
        let mut hash = Xxh3::new();
        // Little enough for the processor to have it near by all the time.
        while run.at < end {
            let most = run_len(planned(&mut self.packing)?.options.block_size);
            self.read(0, run.at, most.min(end - run.at), &mut run.bytes)?;
            hash.update(&run.bytes);
            let Packing {
                packer, encoder, ..
            } = planned(&mut self.packing)?;
            packer.add(&run, encoder, &mut packed);
            run.at += run.bytes.len() as u64;
        }
        self.piece = run.bytes;
        *made = packed::to_bytes(packed);
        Ok(json!(text(hash.digest128())))
    }

    fn compare(&mut self, at: u64, hash: &str) -> Reply {
        // Pieces are those of disc 0, also for what is compared with it.
        let piece = self.opened(0)?.piece;
        let mut bytes = std::mem::take(&mut self.piece);
        self.read(1, at, piece, &mut bytes)?;
        self.piece = bytes;
        Ok(json!(digest(&self.piece) == hash))
    }

    fn begin(&mut self) -> Reply {
        let packing = planned(&mut self.packing)?;
        let file = NewFile::default();
        self.writing = Some(Writer::new(file, packing.layout, &packing.options)?);
        Ok(Value::Null)
    }

    fn add(&mut self, bytes: &mut Vec<u8>) -> Reply {
        let packed = packed::from_bytes(std::mem::take(bytes));
        let packed = packed.ok_or_else(|| Refusal("these are no blocks".to_owned()))?;
        let writer = self.writing.as_mut().ok_or_else(no_file)?;
        writer.write(&packed)?;
        // The next ones are written to the memory of these.
        *bytes = packed.bytes;
        Ok(Value::Null)
    }

    fn end(&mut self) -> Reply {
        let written = self.writing.take().ok_or_else(no_file)?.finish()?;
        Ok(json!({ "size": written.file_bytes, "plainBlocks": written.plain_blocks }))
    }

    fn decode(&mut self, at: u64, out: &mut Vec<u8>) -> Reply {
        let piece = self.opened(0)?.piece;
        self.read(0, at, piece, out)?;
        Ok(json!(digest(out)))
    }

    fn hashes(&mut self) -> Value {
        json!(std::mem::take(&mut self.hasher).finish())
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

    fn find(&self, size: u64, hashes: &Hashes) -> Reply {
        let found = self.dat.as_ref().and_then(|dat| dat.find(hashes, size));
        Ok(found.map_or(
            Value::Null,
            |game| json!({ "name": &*game.name, "file": game.file }),
        ))
    }
}

impl<F: File> Opened<F> {
    /// A worker opens two discs at most, and ends with its job: what the reader borrows is never given back.
    fn new(disc: Disc<F>) -> Result<Self, Refusal> {
        let disc = &*Box::leak(Box::new(disc));
        let memory = Box::leak(Box::new(disc.memory()));
        let block_size = match disc.form() {
            Form::Zso(zso) => zso.header().block_size(),
            _ => zso::format::DEFAULT_BLOCK_SIZE,
        };
        let run = run_len(block_size);
        Ok(Self {
            disc,
            reader: disc.reader(memory)?,
            piece: run * (PIECE / run).max(1),
        })
    }
}

/// Which part of which file has the data of a disc.
fn cue_sheet<F: File>(file: &F) -> Reply {
    let text = file.start(file.len().min(cue::MOST_BYTES) as usize)?;
    let track = cue::data_track(&String::from_utf8_lossy(&text))?;
    // Wherever it was when the text was written.
    let name = track.file.rsplit(['/', '\\']).next();
    Ok(
        json!({ "name": name, "start": track.start, "end": track.end, "music": track.music, "files": track.files }),
    )
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

/// A hash of 128 bits: damage that leaves it as it is does not happen.
fn digest(bytes: &[u8]) -> String {
    text(xxh3_128(bytes))
}

fn text(hash: u128) -> String {
    format!("{hash:032x}")
}

fn planned(packing: &mut Option<Packing>) -> Result<&mut Packing, Refusal> {
    packing
        .as_mut()
        .ok_or_else(|| Refusal("nothing is planned".to_owned()))
}

fn no_file() -> Refusal {
    Refusal("no file was begun".to_owned())
}
