//! The figures, for people: a Markdown document.

use zso_write::lz4::BYTE;
use zso_write::lz4::Effort;
use zso_write::lz4::cost::{CYCLE, Lengths};

use super::compare::{Compared, Row};
use super::encode::Kind;
use super::fit::Fit;
use crate::table::{columns, grid};
use crate::work::ratio;

/// What is above the tables in the document.
const HEAD: &str = "\
# Parses in figures

Made by `cargo run --release -p xtask -- parse IMAGE... --table docs/bench/parse.md`. Do not edit: type that again.

For those who change the encoder of `ziso compress --for-console`, or the decoder.

LZ4 leaves it to the encoder which matches make up a block. `lz4 HC` is the C library's high-compression encoder, `best`
is the shortest block of all, and `for console` that of `ziso compress --for-console` (`crates/zso-write/src/lz4/console.rs`):
of all blocks for the same data one for which bytes, times 49, plus cycles of the console's decoder are the least, or a
thousandth more.
Blocks have 2048 bytes.

Bytes are those of all blocks of the sample; one that does not become smaller counts with its own size. Sequences, cycles
and instructions are those of the blocks that are compressed by every encoder of the table, decoded and compared by the
console's object in the simulator (a load takes 7 cycles). Compression is on one core, the encoders taking turns; the
ratio is what to trust.
";

pub fn markdown(
    compiler: &str,
    fit: &Fit,
    compared: &[Compared],
    worst: &[(String, [f64; 2])],
) -> String {
    let mut parts = vec![HEAD.to_owned()];
    parts.extend(compared.iter().map(image));
    parts.push(speeds(worst));
    parts.push(model(compiler, fit));
    parts.join("\n")
}

fn image(compared: &Compared) -> String {
    let head = columns(
        "encoder | bytes | more bytes | sequences/block | cycles/B | fewer cycles | instructions/B | \
         fewer instructions | MB/s | of lz4 HC 12",
    );
    let rows: Vec<_> = match compared.rows.split_first() {
        Some((peer, _)) => compared.rows.iter().map(|row| line(row, peer)).collect(),
        None => Vec::new(),
    };
    format!(
        "## {}, {} MB\n\n{} blocks from all over it, {} of them decoded.\n\n{}",
        compared.image,
        compared.image_bytes / 1_000_000,
        compared.blocks,
        compared.decoded,
        grid(&head, &rows)
    )
}

fn line(row: &Row, peer: &Row) -> [String; 10] {
    let fewer = |value: f64, of: f64| format!("{:.2} %", 100.0 * (1.0 - value / of));
    let (work, peers) = (&row.work, &peer.work);
    [
        name(row.kind),
        row.bytes.to_string(),
        format!("{:+.3} %", 100.0 * (ratio(row.bytes, peer.bytes) - 1.0)),
        format!("{:.1}", row.sequences),
        format!("{:.2}", work.cycles_per_byte()),
        fewer(work.cycles_per_byte(), peers.cycles_per_byte()),
        format!("{:.2}", work.instructions_per_byte()),
        fewer(work.instructions_per_byte(), peers.instructions_per_byte()),
        format!("{:.0}", row.speed),
        format!("{:.2}", row.speed / peer.speed),
    ]
}

fn name(kind: Kind) -> String {
    match kind {
        Kind::Hc(level) => format!("lz4 HC {level}"),
        Kind::Own(Effort::ForConsole) => "for console".to_owned(),
        Kind::Own(_) => "best".to_owned(),
    }
}

fn speeds(worst: &[(String, [f64; 2])]) -> String {
    let row = |(name, [hc, own]): &(String, [f64; 2])| {
        [
            name.clone(),
            format!("{hc:.0}"),
            format!("{own:.0}"),
            format!("{:.2}", own / hc),
        ]
    };
    let rows: Vec<_> = worst.iter().map(row).collect();
    format!(
        "## Made-up blocks\n\nSpeeds of compression in MB/s, on one core.\n\n{}",
        grid(&["block", "lz4 HC 12", "for console", "ratio"], &rows)
    )
}

/// What was measured for the encoder's table; not what the encoder has, until somebody puts it there.
fn model(compiler: &str, fit: &Fit) -> String {
    let cycles = |cost: u32| format!("{:.1}", f64::from(cost) / f64::from(CYCLE));
    let costs = &fit.costs;
    let row = |name: &str, Lengths { any, each, more }: Lengths| {
        [name.to_owned(), cycles(any), cycles(each), cycles(more)]
    };
    let rows = [
        row("literals", costs.literals),
        row("match of 4 bytes", costs.matches),
        row("match of 13 bytes from 1 byte back", costs.fills),
    ];
    let head = columns("part | any | each further byte | each byte beside the token");
    format!(
        "## What a sequence costs the decoder\n\n\
         Cycles by least squares over {} blocks; of {:.0} cycles that such a block takes, {:.0} are not explained (mean of\n\
         the absolute errors). The match has what the sequence takes besides. Other matches from 1 to 3 bytes back take {}\n\
         more, those from 4 to 7 bytes back {}. A byte of the block counts as {}. Decoder: the object by {compiler}.\n\n{}",
        fit.blocks,
        fit.mean,
        fit.error,
        cycles(costs.near[0]),
        cycles(costs.near[1]),
        BYTE / CYCLE,
        grid(&head, &rows)
    )
}
