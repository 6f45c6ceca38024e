//! The figures, for people: a Markdown document.

use anyhow::{Context, Result};
use iopsim::Counters;

use super::compare::Compared;
use super::histogram::Histogram;
use super::limit::Accesses;
use super::measure::{COSTS, Measured};
use crate::table::{columns, grid};
use crate::work::ratio;
use crate::{Objects, READER};

/// Which of [`COSTS`] figures are for unless they say otherwise.
const USUAL: usize = 2;

/// What is above the tables in the document.
const HEAD: &str = "\
# The decoder in figures

Made by `cargo run --release -p xtask -- decoder --blocks 1000000 --table docs/bench/decoder.md target/run/system.iso
target/run/games.iso`. Do not edit: type that again. `cargo xtask make-iso`, without and with `--games`, makes the images.

For those who change the decoder.

The console's object decodes blocks in a simulator of the I/O processor, at all alignments of the source. Cycles are by
the simulator's model (see [reader.md](reader.md)); all figures are per byte of output.
";

const COMPARISON: &str = "\
## Comparison

The same blocks through the console's object, the portable decoder and `lz4_flex`: valid ones of all encoders and of
sequences at the edges of the decoder's paths, and damaged ones, cut ones, and ones of another length; both buffers at
all alignments, guarded to the byte. All three agree on what is valid and on its bytes, the first two on the error, too.
";

const LIMIT: &str = "\
## The limit

The best that is possible with the same sequences: an access moves bytes of one aligned word, and everything else is
free. Each word of the source is loaded once; a match is loaded word by word from where it was written, no further than
its offset, as what repeats can be kept; each run is stored word by word. Its instructions are its accesses, its cycles
7 a load and 1 a store. No decoder does that, as shifts and branches cost something; one that makes fewer accesses would
have to keep earlier output in registers, or gather neighbouring runs there.
";

const READINGS: &str = "\
## Readings of the model

What a load from RAM takes was measured on the first PlayStation, whose processor is of the same make: 7 cycles, its
issue included. The same is known of its write queue: it has four entries, and they leave in 4 cycles, or in 2 if they
go to the page of the store before. Nobody has published either for this console, nor whether a load waits until the
queue is empty. So here are all of these. Figures elsewhere, also where documents name one only, are for loads of 7
cycles that do not wait. Instructions are the same.
";

pub fn markdown(objects: &Objects, compared: &Compared, samples: &[Measured]) -> Result<String> {
    let mut parts = vec![
        HEAD.to_owned(),
        facts(objects)?,
        comparison(compared),
        speed(samples),
        limit(samples),
        loads(samples),
    ];
    // Levels differ little.
    let firsts = samples.chunk_by(|a, b| a.sample.image == b.sample.image);
    parts.extend(firsts.filter_map(|of_image| of_image.last()).map(sequences));
    Ok(parts.join("\n"))
}

fn facts(objects: &Objects) -> Result<String> {
    let functions = objcheck::functions(&objects.get(READER)?.bytes);
    let size = |name: &str| {
        let found = functions.iter().find(|(known, _)| known == name);
        found
            .map(|(_, size)| *size)
            .with_context(|| format!("the object has no {name}"))
    };
    let rows = [
        ["compiler".to_owned(), objects.compiler.clone()],
        [
            "code, `memcpy` included".to_owned(),
            format!("{} bytes", size("zso_lz4_decode")?),
        ],
        [
            "`memcpy`'s share of it".to_owned(),
            format!("{} bytes", size("memcpy")?),
        ],
        ["stack".to_owned(), "none".to_owned()],
    ];
    Ok(grid(&["what", "figure"], &rows))
}

fn comparison(compared: &Compared) -> String {
    let row = |what: &str, count: u64| [what.to_owned(), count.to_string()];
    let rows = [
        row("compared", compared.blocks),
        row("decoded", compared.decoded),
        row(
            "decoded, ending in a match (`lz4_flex` with literals added)",
            compared.match_at_end,
        ),
        row("refused: the source ends", compared.input_end),
        row("refused: offset", compared.offset),
        row("refused: overrun", compared.overrun),
    ];
    format!("{COMPARISON}\n{}", grid(&["what", "blocks"], &rows))
}

/// What a sample is called in a row.
fn name(measured: &Measured) -> [String; 2] {
    [
        measured.sample.image.clone(),
        measured.sample.level.to_string(),
    ]
}

fn speed(samples: &[Measured]) -> String {
    let mut rows = Vec::new();
    for measured in samples {
        let counters = &measured.work[USUAL];
        let [image, level] = name(measured);
        let [instructions, cycles, loads, stores] = [
            counters.instructions,
            counters.cycles,
            counters.loads,
            counters.stores,
        ]
        .map(|count| per_byte(count, measured));
        let blocks = measured.sample.blocks.len().to_string();
        rows.push([image, level, blocks, instructions, cycles, loads, stores]);
    }
    let head = columns(
        "image | level | compressed blocks | instructions/B | cycles/B | loads/B | stores/B",
    );
    format!("## Speed\n\n{}", grid(&head, &rows))
}

fn limit(samples: &[Measured]) -> String {
    let mut rows = Vec::new();
    for measured in samples {
        let counters = &measured.work[USUAL];
        let Accesses { loads, stores } = measured.limit;
        let cycles = loads * u64::from(COSTS[USUAL]) + stores;
        let [image, level] = name(measured);
        rows.push([
            image,
            level,
            per_byte(loads, measured),
            per_byte(stores, measured),
            per_byte(cycles, measured),
            format!("{:.2}", ratio(counters.loads, loads)),
            format!("{:.2}", ratio(counters.stores, stores)),
            format!("{:.2}", ratio(counters.cycles, cycles)),
            format!("{:.2}", ratio(counters.instructions, loads + stores)),
        ]);
    }
    let head = columns(
        "image | level | least loads/B | least stores/B | least cycles/B | our loads, times | \
         our stores | our cycles | our instructions",
    );
    format!("{LIMIT}\n{}", grid(&head, &rows))
}

fn loads(samples: &[Measured]) -> String {
    let row = |measured: &Measured, wait: &str, work: &[Counters; COSTS.len()]| {
        let [image, level] = name(measured);
        let [a, b, c, d] = work
            .each_ref()
            .map(|counters| per_byte(counters.cycles, measured));
        [image, level, wait.to_owned(), a, b, c, d]
    };
    let both = |measured: &Measured| {
        [
            row(measured, "no", &measured.work),
            row(measured, "yes", &measured.waiting),
        ]
    };
    let [a, b, c, d] = COSTS.map(|cost| format!("cycles/B, loads of {cost}"));
    let head = ["image", "level", "loads wait", &a, &b, &c, &d];
    let rows: Vec<_> = samples.iter().flat_map(both).collect();
    format!("{READINGS}\n{}", grid(&head, &rows))
}

fn sequences(measured: &Measured) -> String {
    let statistics = &measured.statistics;
    let blocks = measured.sample.blocks.len() as u64;
    let head = format!(
        "## Sequences of {}, level {}\n\n{:.1} sequences a block, {:.1} bytes each; blocks shrink to {:.1} %. {:.1} % \
         of all offsets are multiples of four.\n",
        measured.sample.image,
        measured.sample.level,
        ratio(statistics.sequences, blocks),
        ratio(measured.sample.len(), statistics.sequences),
        percent(statistics.compressed, measured.sample.len()),
        percent(statistics.whole_words, statistics.sequences),
    );
    [
        head,
        histogram("literals", &statistics.literals, measured),
        histogram("bytes of a match", &statistics.matches, measured),
        histogram("offset", &statistics.offsets, measured),
    ]
    .join("\n")
}

fn histogram(what: &str, histogram: &Histogram, measured: &Measured) -> String {
    let rows: Vec<_> = histogram
        .bins()
        .map(|bin| {
            [
                bin.label,
                format!("{:.1}", percent(bin.count, measured.statistics.sequences)),
                format!("{:.1}", percent(bin.weight, measured.sample.len())),
            ]
        })
        .collect();
    grid(&[what, "% of sequences", "% of output"], &rows)
}

fn percent(part: u64, whole: u64) -> f64 {
    100.0 * ratio(part, whole)
}

fn per_byte(count: u64, measured: &Measured) -> String {
    format!("{:.2}", ratio(count, measured.sample.len()))
}
