//! What the parts of a block cost the decoder, by least squares over many blocks.

use std::fmt::Write as _;

use anyhow::Result;
use zso_write::parse::cost::{CYCLE, Costs, LENGTHS, Lengths, MIN_MATCH, NEAR, entry, more};

use super::console::Console;
use super::encode::Encoder;
use super::least_squares::Equations;
use super::sample::Sample;
use zso_write::parse::sequences::Sequences;

/// Each last literal; near offsets; lengths of literals, and of matches. A block's start is none of them: all blocks
/// have as many bytes, and so it could not be told from what every byte costs.
const LAST: usize = 0;
const NEARS: usize = 1;
const LITERALS: usize = NEARS + NEAR;
const MATCHES: usize = LITERALS + LENGTH_PARTS;
/// Runs of one byte that the decoder stores without loads, and their bytes: no part of the table, which would have them
/// in the cost of all long matches otherwise.
const FILLS: usize = MATCHES + LENGTH_PARTS;
const PARTS: usize = FILLS + 2;
/// The shortest run of one byte that is stored without loads.
const SHORTEST_FILL: usize = 13;
/// Of a [`Lengths`]: its table, periods, further bytes.
const LENGTH_PARTS: usize = LENGTHS + 2;

/// Lengths that follow each other and differ by no more than this cost the same.
const SAME: u32 = 3 * CYCLE;

/// How often a block has each part.
type Counts = [f64; PARTS];

/// What was found.
pub struct Fit {
    /// The encoder's table.
    pub costs: Costs,
    /// Blocks that were decoded for it.
    pub blocks: usize,
    /// Mean cycles of a block.
    pub mean: f64,
    /// Mean error of what the table says they take, in cycles.
    pub error: f64,
}

/// Measures with blocks of different encoders, so that all lengths occur in all company.
pub fn measure(console: &mut Console, samples: &[Sample]) -> Result<Fit> {
    let mut rows = Vec::new();
    for sample in samples {
        let encoders = [
            Encoder::hc(12),
            Encoder::hc(2),
            Encoder::parse(zso_write::parse::FREE),
            Encoder::parse(zso_write::parse::FOR_CONSOLE),
        ];
        for encoder in encoders {
            let coded = encoder.all(sample);
            for (block, data) in coded.0.iter().zip(&sample.blocks) {
                if block.len() < data.len() {
                    let cycles = console.decode(block, data)?.cycles;
                    rows.push((counts(block), cycles as f64));
                }
            }
        }
    }
    Ok(solve(&rows))
}

fn solve(rows: &[(Counts, f64)]) -> Fit {
    let mut equations = Equations::new();
    for (counts, cycles) in rows {
        equations.add(counts, *cycles);
    }
    let weights = equations.solve();
    let error = |(counts, cycles): &(Counts, f64)| {
        let sum: f64 = counts.iter().zip(weights).map(|(a, b)| a * b).sum();
        (sum - cycles).abs()
    };
    let blocks = rows.len().max(1) as f64;
    Fit {
        costs: costs(&weights),
        blocks: rows.len(),
        mean: rows.iter().map(|(_, cycles)| cycles).sum::<f64>() / blocks,
        error: rows.iter().map(error).sum::<f64>() / blocks,
    }
}

/// Takes a block apart. No literals at all are no part, or they and the match could not be told apart.
fn counts(block: &[u8]) -> Counts {
    let mut counts = [0.0; PARTS];
    for sequence in Sequences::of(block) {
        let Some((offset, len)) = sequence.found else {
            counts[LAST] += sequence.literals as f64;
            continue;
        };
        if sequence.literals > 0 {
            count(&mut counts[LITERALS..], sequence.literals);
        }
        if offset == 1 && len >= SHORTEST_FILL {
            counts[FILLS] += 1.0;
            counts[FILLS + 1] += len as f64;
            continue;
        }
        count(&mut counts[MATCHES..], len - MIN_MATCH);
        if offset <= NEAR {
            counts[NEARS + offset - 1] += 1.0;
        }
    }
    counts
}

/// Counts the parts of [`Lengths`] that stand for a length.
fn count(counts: &mut [f64], len: usize) {
    let (entry, periods) = entry(len);
    counts[entry] += 1.0;
    counts[LENGTHS] += f64::from(periods);
    counts[LENGTHS + 1] += f64::from(more(len));
}

fn costs(weights: &Counts) -> Costs {
    let cost = |i: usize| (weights[i] * f64::from(CYCLE)).round().max(0.0) as u32;
    let lengths = |first: usize| Lengths {
        table: level(std::array::from_fn(|i| cost(first + i))),
        period: cost(first + LENGTHS),
        more: cost(first + LENGTHS + 1),
    };
    Costs {
        literals: lengths(LITERALS),
        matches: lengths(MATCHES),
        near: std::array::from_fn(|i| cost(NEARS + i)),
        last_literal: cost(LAST),
    }
}

/// Makes equal costs equal numbers, which they are but for the errors of measuring: the search is quicker then.
fn level(mut table: [u32; LENGTHS]) -> [u32; LENGTHS] {
    for costs in table.chunk_by_mut(|a, b| a.abs_diff(*b) <= SAME) {
        let mean = costs.iter().sum::<u32>() / costs.len() as u32;
        costs.fill(mean);
    }
    table
}

/// The table as the source text of `crates/zso-write/src/parse/cost.rs`.
pub fn shown(fit: &Fit) -> String {
    let Costs {
        literals,
        matches,
        near,
        last_literal,
    } = fit.costs;
    let mut text = format!(
        "// {} blocks of {:.0} cycles, {:.0} of which are not explained\n\
         pub const CONSOLE: Costs = Costs {{\n",
        fit.blocks, fit.mean, fit.error
    );
    for (name, lengths) in [("literals", literals), ("matches", matches)] {
        // invariant: a String takes everything.
        let _ = writeln!(
            text,
            "    {name}: Lengths {{\n        table: {:?},\n        period: {},\n        more: {},\n    }},",
            lengths.table, lengths.period, lengths.more
        );
    }
    text + &format!("    near: {near:?},\n    last_literal: {last_literal},\n}};\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_a_measured_table_are_level() {
        let table = std::array::from_fn(|i| 1000 + i as u32 / 4 * 300 - i as u32 % 4 * 3);
        let expected = std::array::from_fn(|i| 995 + i as u32 / 4 * 300);
        assert_eq!(level(table), expected);
    }

    #[test]
    fn parts_are_what_the_encoder_prices() {
        let lengths = Lengths {
            table: std::array::from_fn(|i| 10 + i as u32),
            period: 7,
            more: 1000,
        };
        for len in [0, 14, 15, 23, 24, 300] {
            let mut counts = [0.0; LENGTH_PARTS];
            count(&mut counts, len);
            let parts = [&lengths.table[..], &[lengths.period, lengths.more]].concat();
            let sum: f64 = counts
                .iter()
                .zip(parts)
                .map(|(n, cost)| n * f64::from(cost))
                .sum();
            assert_eq!(sum, f64::from(lengths.of(len)), "{len}");
        }
    }
}
