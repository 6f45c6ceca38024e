//! The encoder beside others, and the decoder, on one core: how small blocks become, and in what time.
//!
//! `cargo bench -p zso-write` takes made-up data. `cargo bench -p zso-write -- IMAGE... --save docs/bench/encoder.md`
//! takes blocks from all over images, and writes the tables, and a chart for each image beside them.
//!
//! All take turns, four hundred blocks each. The processor's time of a turn is compared with what liblz4's level 12 took
//! for the same blocks, and the median of that is shown: so it matters little what else the machine does.

mod chart;

use std::fs;
use std::hint::black_box;
use std::io::Result;
use std::path::{Path, PathBuf};

use cpu_time::ThreadTime;
use zso_write::lz4::{Effort, Encoder};

/// Bytes of a block.
const BLOCK: usize = 2048;
/// Blocks of an image, at most.
const MOST: usize = 30_000;
/// Bytes of a turn: so many that it matters little that another one's tables are in the processor's caches.
const TURN: usize = 400 * BLOCK;
/// Bytes that are taken in larger blocks.
const IN_LARGER: usize = 8 << 20;
/// The encoder that others are compared with.
const PEER: &str = "liblz4 HC 12";

/// Encodes a block.
type Encode = Box<dyn FnMut(&[u8], &mut Vec<u8>)>;
/// Decodes a block to as many bytes as there are.
type Decode = fn(&[u8], &mut [u8]);

/// How one encoder or decoder did.
struct Figures {
    name: String,
    /// Bytes of all blocks, none of them larger than it was.
    bytes: usize,
    /// Seconds of each turn.
    times: Vec<f64>,
}

impl Figures {
    /// How much larger it is than another one, in percent.
    fn above(&self, bytes: usize) -> f64 {
        (self.bytes as f64 / bytes as f64 - 1.0) * 100.0
    }

    /// Its time, as a part of another one's: the median of the turns.
    fn time(&self, other: &Self) -> f64 {
        let turns = self.times.iter().zip(&other.times);
        let mut ratios: Vec<_> = turns.map(|(own, other)| own / other).collect();
        ratios.sort_by(f64::total_cmp);
        ratios[ratios.len() / 2]
    }

    /// The same for all turns together.
    fn whole(&self, other: &Self) -> f64 {
        let sum = |figures: &Self| figures.times.iter().sum::<f64>();
        sum(self) / sum(other)
    }
}

fn main() -> Result<()> {
    let (images, save) = arguments();
    let mut page = include_str!("head.md").to_owned();
    for (name, data) in samples(&images)? {
        let all = blocks(&data, BLOCK, MOST);
        let encoded = encoded(encoders(), &all);
        page += &format!(
            "\n## {name}\n\n{} blocks.\n\n{}",
            all.len(),
            table(&encoded)
        );
        let decoded = decoded(&all);
        page += &format!("\n{}", decoder_table(&decoded));
        if let Some(save) = &save {
            let picture = save.with_file_name(format!("encoder-{name}.svg"));
            fs::write(&picture, chart::draw(&encoded))?;
            page += &format!("\n![Size against time](encoder-{name}.svg)\n");
        }
        let larger = larger(&data);
        page += &format!("\n{}", larger_table(&larger));
        page += &format!("\n{}", goals_table(&encoded, &decoded, &larger));
    }
    print!("{page}");
    save.map_or(Ok(()), |save| fs::write(save, page))
}

/// Images, and where to save the page.
fn arguments() -> (Vec<PathBuf>, Option<PathBuf>) {
    let mut words = std::env::args().skip(1).filter(|word| word != "--bench");
    let (mut images, mut save) = (Vec::new(), None);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--save" => save = words.next().map(PathBuf::from),
            _ => images.push(PathBuf::from(word)),
        }
    }
    // Cargo starts benches in the package's folder.
    let from_root = |path: PathBuf| Path::new("../..").join(path);
    (
        images.into_iter().map(from_root).collect(),
        save.map(from_root),
    )
}

/// Each image by its name, or made-up data.
fn samples(images: &[PathBuf]) -> Result<Vec<(String, Vec<u8>)>> {
    if images.is_empty() {
        return Ok(vec![(
            "made-up".to_owned(),
            testkit::data::game_like(1, 8 << 20),
        )]);
    }
    let sample = |path: &PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        Ok((name.into_owned(), fs::read(path)?))
    };
    images.iter().map(sample).collect()
}

/// Blocks from all over an image.
fn blocks(data: &[u8], size: usize, most: usize) -> Vec<&[u8]> {
    let every = (data.len() / size).div_ceil(most).max(1);
    data.chunks_exact(size).step_by(every).collect()
}

/// liblz4's high-compression encoder.
fn peer(level: i32) -> (String, Encode) {
    let mut room = vec![0; 2 << 20];
    let encode = move |text: &[u8], out: &mut Vec<u8>| {
        let len = lzzzz::lz4_hc::compress(text, &mut room, level).expect("there is room");
        out.extend_from_slice(&room[..len]);
    };
    (format!("liblz4 HC {level}"), Box::new(encode))
}

fn own(name: &str, effort: Effort) -> (String, Encode) {
    let mut encoder = Encoder::new(effort);
    let encode = move |text: &[u8], out: &mut Vec<u8>| encoder.encode(text, out);
    (format!("ziso {name}"), Box::new(encode))
}

/// All encoders, the peer first.
fn encoders() -> Vec<(String, Encode)> {
    let mut all = Vec::from([12, 10, 9, 6, 3].map(peer));
    let mut room = vec![0; 2 * BLOCK];
    all.push((
        "liblz4 1".to_owned(),
        Box::new(move |text, out| {
            let len = lzzzz::lz4::compress(text, &mut room, 1).expect("there is room");
            out.extend_from_slice(&room[..len]);
        }),
    ));
    let mut room = vec![0; 2 * BLOCK];
    all.push((
        "maxcso brute".to_owned(),
        Box::new(move |text, out| {
            // What it tries for each block: levels 4, 7, 10, 13 and 16, the last two of which are 12, and the fast
            // encoder.
            let hc = |level| lzzzz::lz4_hc::compress_to_vec(text, &mut Vec::new(), level);
            let lens = [4, 7, 10, 12, 12].map(|level| hc(level).expect("there is room"));
            let fast = lzzzz::lz4::compress(text, &mut room, 1).expect("there is room");
            out.resize(lens.into_iter().fold(fast, usize::min), 0);
        }),
    ));
    let mut room = vec![0; 2 * BLOCK];
    all.push((
        "lz4_flex".to_owned(),
        Box::new(move |text, out| {
            let len = lz4_flex::block::compress_into(text, &mut room).expect("there is room");
            out.extend_from_slice(&room[..len]);
        }),
    ));
    all.extend([
        own("fast", Effort::Fast),
        own("default", Effort::of_level(10)),
        own("best", Effort::Shortest),
        own("for console", Effort::ForConsole),
    ]);
    all
}

fn encoded(mut encoders: Vec<(String, Encode)>, blocks: &[&[u8]]) -> Vec<Figures> {
    let mut bytes = vec![0; encoders.len()];
    let mut out = Vec::new();
    let turn = TURN / blocks[0].len();
    let times = turns(encoders.len(), turn, blocks, |which, turn| {
        for text in turn {
            out.clear();
            encoders[which].1(text, &mut out);
            bytes[which] += out.len().min(text.len());
        }
    });
    let names = encoders.into_iter().map(|(name, _)| name);
    figures(names, bytes, times)
}

fn decoded(blocks: &[&[u8]]) -> Vec<Figures> {
    let mut encoder = Encoder::new(Effort::Shortest);
    let encode = |text: &&[u8]| {
        let mut block = Vec::new();
        encoder.encode(text, &mut block);
        block
    };
    let encoded: Vec<_> = blocks.iter().map(encode).collect();
    let encoded: Vec<_> = encoded.iter().map(Vec::as_slice).collect();
    let decoders: [(&str, Decode); 3] = [
        ("liblz4", |block, text| {
            lzzzz::lz4::decompress(block, text).expect("decodes");
        }),
        ("lz4_flex", |block, text| {
            lz4_flex::block::decompress_into(block, text).expect("decodes");
        }),
        ("ziso", |block, text| {
            zso::lz4::decode_block(block, text).expect("decodes");
        }),
    ];
    let mut text = [0; BLOCK];
    let times = turns(decoders.len(), TURN / BLOCK, &encoded, |which, turn| {
        for block in turn {
            decoders[which].1(block, &mut text);
        }
    });
    let names = decoders.map(|(name, _)| name.to_owned()).into_iter();
    figures(names, vec![0; decoders.len()], times)
}

/// What each turn of each of `count` takes; it has so many blocks, or one.
fn turns(
    count: usize,
    turn: usize,
    blocks: &[&[u8]],
    mut work: impl FnMut(usize, &[&[u8]]),
) -> Vec<Vec<f64>> {
    let mut times = vec![Vec::new(); count];
    for turn in blocks.chunks(turn.max(1)) {
        // Else the first one would wait for memory, and the others would not.
        black_box(turn.concat());
        for (which, times) in times.iter_mut().enumerate() {
            let start = ThreadTime::now();
            work(which, turn);
            times.push(start.elapsed().as_secs_f64());
        }
    }
    times
}

fn figures(
    names: impl Iterator<Item = String>,
    bytes: Vec<usize>,
    times: Vec<Vec<f64>>,
) -> Vec<Figures> {
    let parts = names.zip(bytes).zip(times);
    parts
        .map(|((name, bytes), times)| Figures { name, bytes, times })
        .collect()
}

fn least(figures: &[Figures]) -> usize {
    let bytes = figures.iter().map(|figures| figures.bytes);
    bytes.min().unwrap_or(1)
}

fn table(figures: &[Figures]) -> String {
    let mut table =
        format!("| encoder | bytes | above the least | time, {PEER} = 1 |\n|---|---|---|---|\n");
    for one in figures {
        let (above, time) = (one.above(least(figures)), one.time(&figures[0]));
        table += &format!(
            "| {} | {} | {above:.4} % | {time:.3} |\n",
            one.name, one.bytes
        );
    }
    table
}

fn decoder_table(figures: &[Figures]) -> String {
    let mut table = "| decoder | time, liblz4 = 1 |\n|---|---|\n".to_owned();
    for one in figures {
        table += &format!("| {} | {:.2} |\n", one.name, one.time(&figures[0]));
    }
    table
}

/// By KiB of a block: the peer and `best`.
fn larger(data: &[u8]) -> Vec<(usize, Vec<Figures>)> {
    let sizes = (2..=10).map(|bits| 1 << bits);
    let both = |kib| {
        let blocks = blocks(data, kib << 10, IN_LARGER / (kib << 10));
        let both = vec![peer(12), own("best", Effort::Shortest)];
        (kib, encoded(both, &blocks))
    };
    sizes.map(both).collect()
}

fn larger_table(larger: &[(usize, Vec<Figures>)]) -> String {
    let mut table = "| block, KiB | bytes, more than by liblz4 HC 12 | time, its = 1 | time of all, its = 1 |\n\
                     |---|---|---|---|\n"
        .to_owned();
    for (kib, both) in larger {
        let (peer, own) = (&both[0], &both[1]);
        let (more, time, whole) = (own.above(peer.bytes), own.time(peer), own.whole(peer));
        table += &format!("| {kib} | {more:+.4} % | {time:.2} | {whole:.2} |\n");
    }
    table
}

/// What was asked for, and what is reached.
fn goals_table(
    encoded: &[Figures],
    decoded: &[Figures],
    larger: &[(usize, Vec<Figures>)],
) -> String {
    let named = |name: &str| {
        let mut all = encoded.iter();
        all.find(|figures| figures.name == name).expect("is there")
    };
    let (peer, first) = (named(PEER), named("liblz4 1"));
    let own = ["fast", "default", "best", "for console"].map(|name| format!("ziso {name}"));
    let [fast, default, best, console] = own.each_ref().map(|name| named(name));
    let worst = |figure: fn(&Figures, &Figures) -> f64| {
        let figures = larger.iter().map(|(_, both)| figure(&both[1], &both[0]));
        figures.fold(f64::MIN, f64::max)
    };
    let percent = [
        (
            "`best`, bytes more than by liblz4 HC 12",
            0.0,
            best.above(peer.bytes),
        ),
        (
            "`default`, bytes above the least",
            0.01,
            default.above(least(encoded)),
        ),
        (
            "`fast`, bytes more than by liblz4 1",
            0.0,
            fast.above(first.bytes),
        ),
        (
            "larger blocks, bytes more than by liblz4 HC 12",
            0.05,
            worst(|own, peer| own.above(peer.bytes)),
        ),
    ];
    let times = [
        ("`best`, time of liblz4 HC 12", 0.6, best.time(peer)),
        ("`default`, time of liblz4 HC 12", 0.35, default.time(peer)),
        ("`fast`, time of liblz4 1", 1.0, fast.time(first)),
        ("`--for-console`, time of `best`", 1.3, console.time(best)),
        (
            "decoder, time of liblz4",
            1.1,
            decoded[decoded.len() - 1].time(&decoded[0]),
        ),
        (
            "larger blocks, time of liblz4 HC 12",
            1.0,
            worst(Figures::whole),
        ),
    ];
    let mut table = "| goal | at most | reached | |\n|---|---|---|---|\n".to_owned();
    let met = |most, reached| if reached <= most { "met" } else { "not met" };
    for (goal, most, reached) in percent {
        let met = met(most, reached);
        table += &format!("| {goal} | {most} % | {reached:.4} % | {met} |\n");
    }
    for (goal, most, reached) in times {
        let met = met(most, reached);
        table += &format!("| {goal} | {most} | {reached:.3} | {met} |\n");
    }
    table
}
