//! The figures, for people: a Markdown document.

use super::figures::{Decoded, Figures, ImageFacts, Load, ObjectFacts, Played};
use crate::table::grid;
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

/// The whole document.
pub fn markdown(figures: &Figures) -> String {
    [
        HEAD.to_owned(),
        facts(&figures.image, &figures.object),
        patterns(&figures.played),
        decoder(figures.decoded.as_ref()),
        loads(&figures.loads),
    ]
    .join("\n")
}

fn facts(image: &ImageFacts, object: &ObjectFacts) -> String {
    let bytes = u64::from(image.sectors) * zso::SECTOR_SIZE as u64;
    let percent = 100.0 * ratio(image.zso_bytes, bytes);
    let plain = 100.0 * ratio(image.plain_blocks.into(), image.blocks.into());
    let mut rows = vec![
        [
            "image".into(),
            format!("{}, {} sectors", image.name, image.sectors),
        ],
        [
            "SHA-256, of the image and of what was delivered".into(),
            image.sha256.clone(),
        ],
        [
            format!("compressed, level {}", image.level),
            format!("{} of {bytes} bytes, {percent:.1} %", image.zso_bytes),
        ],
        ["blocks stored plain".into(), format!("{plain:.1} %")],
        ["compiler".into(), object.compiler.clone()],
        [
            "code and constants".into(),
            format!("{} bytes, of {}", object.code, object.budget),
        ],
        ["deepest stack".into(), format!("{} bytes", object.stack)],
    ];
    for (read_ahead, bytes) in &object.workspaces {
        rows.push([
            format!("workspace with {read_ahead} buffered sectors"),
            format!("{bytes} bytes"),
        ]);
    }
    grid(&["what", "figure"], &rows)
}

fn patterns(played: &[Played]) -> String {
    let head = [
        "pattern",
        "buffered sectors",
        "reads",
        "device requests per read",
        "device sectors per sector",
        "instructions/B",
        "cycles/B",
        "MB/s",
    ];
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

fn loads(loads: &[Load]) -> String {
    let row = |load: &Load| {
        let [instructions, cycles, rate] = work(&load.work);
        [
            load.cycles.to_string(),
            load.reads.to_string(),
            instructions,
            cycles,
            rate,
        ]
    };
    let head = [
        "cycles of a load",
        "reads",
        "instructions/B",
        "cycles/B",
        "MB/s",
    ];
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
