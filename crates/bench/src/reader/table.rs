//! The figures, for people: a Markdown document.

use super::figures::{Decoded, Figures, Played};
use super::play::Pair;
use crate::table::{columns, grid};
use crate::work::{Work, ratio};

/// What is above the tables in the document.
const HEAD: &str = "\
# The reader in figures

Made by `scripts/run --table docs/bench/reader.md`. Do not edit: type that again.

For builders of loaders, and for those who change the reader.

The console's object reads the image in a simulator of the I/O processor; every byte that it delivers is compared with
the image. Cycles are those that the processor spends in the reader, by the simulator's model (a load takes 7, a store 1
until the write queue is full, a line of the instruction cache 5 and 1 per word); the device's time comes on top. MB/s
are 10^6 bytes at 36.864 MHz. On the late consoles that interpret this code, instructions count rather than cycles.
";

pub fn markdown(figures: &Figures<'_>) -> String {
    [
        HEAD.to_owned(),
        facts(figures),
        patterns(&figures.played),
        decoder(figures.decoded.as_ref()),
        loads(&figures.loads),
    ]
    .join("\n")
}

fn facts(figures: &Figures<'_>) -> String {
    let (Pair { disc, zso }, object) = (figures.pair, figures.object);
    let percent = 100.0 * ratio(zso.len, disc.bytes());
    let (blocks, compressed) = (zso.header.blocks(), zso.compressed_blocks().len() as u64);
    let plain = 100.0 * ratio(u64::from(blocks) - compressed, blocks.into());
    let code = object.sizes.text + object.sizes.rodata;
    let stack = figures.played.iter().map(|played| played.stack).max();
    let row = |what: &str, figure: String| [what.to_owned(), figure];
    let mut rows = vec![
        row("image", format!("{}, {} sectors", disc.name, disc.sectors)),
        row(
            "SHA-256, of the image and of what was delivered",
            figures.sha256.clone(),
        ),
        row(
            &format!("compressed, level {}", zso.level),
            format!("{} of {} bytes, {percent:.1} %", zso.len, disc.bytes()),
        ),
        row("blocks stored plain", format!("{plain:.1} %")),
        row("compiler", figures.compiler.to_owned()),
        row(
            "code and constants",
            format!("{code} bytes, of {}", object.code_budget),
        ),
        row("deepest stack", format!("{} bytes", stack.unwrap_or(0))),
    ];
    for (read_ahead, bytes) in figures.workspaces {
        rows.push(row(
            &format!("workspace with {read_ahead} buffered sectors"),
            format!("{bytes} bytes"),
        ));
    }
    grid(&["what", "figure"], &rows)
}

fn patterns(played: &[Played]) -> String {
    let head = columns(
        "pattern | buffered sectors | reads | device requests per read | device sectors per sector | \
         instructions/B | cycles/B | MB/s",
    );
    let rows: Vec<_> = played.iter().map(pattern).collect();
    format!("## Access patterns\n\n{}", grid(&head, &rows))
}

fn pattern(played: &Played) -> [String; 8] {
    let all = if played.whole { " (all)" } else { "" };
    let [instructions, cycles, rate] = work(&played.work);
    [
        played.pattern.to_owned(),
        played.read_ahead.to_string(),
        format!("{}{all}", played.reads),
        format!("{:.3}", played.requests_per_read()),
        format!("{:.3}", played.sectors_per_sector()),
        instructions,
        cycles,
        rate,
    ]
}

fn decoder(decoded: Option<&Decoded>) -> String {
    let Some(decoded) = decoded else {
        return "No block of this image is compressed.\n".to_owned();
    };
    let [instructions, cycles, rate] = work(&decoded.work);
    let head = ["compressed blocks", "instructions/B", "cycles/B", "MB/s"];
    let row = [decoded.blocks.to_string(), instructions, cycles, rate];
    format!("## The decoder alone\n\n{}", grid(&head, &[row]))
}

fn loads(loads: &[(u32, Played)]) -> String {
    let row = |(cost, played): &(u32, Played)| {
        let [instructions, cycles, rate] = work(&played.work);
        [
            cost.to_string(),
            played.reads.to_string(),
            instructions,
            cycles,
            rate,
        ]
    };
    let head = columns("cycles of a load | reads | instructions/B | cycles/B | MB/s");
    let rows: Vec<_> = loads.iter().map(row).collect();
    format!(
        "## Sequential reads, by the cost of a load\n\n{}",
        grid(&head, &rows)
    )
}

/// Instructions per byte, cycles per byte, MB/s.
fn work(work: &Work) -> [String; 3] {
    [
        work.instructions_per_byte(),
        work.cycles_per_byte(),
        work.megabytes_per_second(),
    ]
    .map(|value| format!("{value:.2}"))
}
