//! What the parts of a block cost the decoder, by least squares over many blocks.

use std::fmt;

use anyhow::Result;
use zso_write::lz4::Effort;
use zso_write::lz4::cost::{CYCLE, Costs, FILL, Lengths, MIN_MATCH, NEAR, more};
use zso_write::lz4::sequences::Sequences;

use super::console::Console;
use super::encode::{Encoder, Kind};
use super::least_squares::Equations;
use crate::sample::Sample;

/// Literals, matches and fills, each with its [`Lengths`]; near offsets. A block's start is none of them: all blocks
/// have as many bytes, and so it could not be told from what every byte costs.
const LITERALS: usize = 0;
const MATCHES: usize = 3;
const FILLS: usize = 6;
const NEARS: usize = 9;
const PARTS: usize = 11;

/// How often a block has each part.
type Counts = [f64; PARTS];

pub struct Fit {
    /// The encoder's table.
    pub costs: Costs,
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
        let kinds = [
            Kind::Hc(12),
            Kind::Hc(2),
            Kind::Own(Effort::Shortest),
            Kind::Own(Effort::ForConsole),
        ];
        for kind in kinds {
            let coded = Encoder::new(kind).all(sample);
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
    let mut count = |first: usize, len: usize, counted: usize| {
        counts[first] += 1.0;
        counts[first + 1] += len as f64;
        counts[first + 2] += f64::from(more(counted));
    };
    let mut nears = [0.0; 2];
    for sequence in Sequences::of(block) {
        if sequence.literals > 0 {
            count(LITERALS, sequence.literals, sequence.literals);
        }
        let Some((offset, len)) = sequence.found else {
            continue;
        };
        if offset == 1 && len >= FILL {
            count(FILLS, len - FILL, len - MIN_MATCH);
            continue;
        }
        count(MATCHES, len - MIN_MATCH, len - MIN_MATCH);
        if offset < NEAR {
            nears[offset * 2 / NEAR] += 1.0;
        }
    }
    counts[NEARS..].copy_from_slice(&nears);
    counts
}

fn costs(weights: &Counts) -> Costs {
    let cost = |i: usize| (weights[i] * f64::from(CYCLE)).round().max(0.0) as u32;
    let lengths = |first: usize| Lengths {
        any: cost(first),
        each: cost(first + 1),
        more: cost(first + 2),
    };
    Costs {
        literals: lengths(LITERALS),
        matches: lengths(MATCHES),
        fills: lengths(FILLS),
        near: [cost(NEARS), cost(NEARS + 1)],
    }
}

/// The table as the source text of `crates/zso-write/src/lz4/cost.rs`, once it is formatted.
impl fmt::Display for Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            costs,
            blocks,
            mean,
            error,
        } = self;
        writeln!(
            f,
            "// {blocks} blocks of {mean:.0} cycles, {error:.0} of which are not explained"
        )?;
        writeln!(f, "pub const CONSOLE: Costs = {costs:#?};")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the fit takes a block for is what the encoder's table says that it costs.
    #[test]
    fn parts_are_what_the_encoder_prices() {
        let lengths = |any| Lengths {
            any,
            each: any + 1,
            more: any + 2,
        };
        let costs = Costs {
            literals: lengths(1000),
            matches: lengths(2000),
            fills: lengths(3000),
            near: [4000, 5000],
        };
        let table = [
            1000, 1001, 1002, 2000, 2001, 2002, 3000, 3001, 3002, 4000, 5000,
        ];
        for offset in [1, 2, 4, 7, 8] {
            for len in [4, 12, 13, 19, 300] {
                let mut block = Vec::new();
                let found = testkit::encode::Match { offset, len };
                testkit::encode::put_sequence(&mut block, &[7; 20], Some(found));
                testkit::encode::put_sequence(&mut block, b"vwxyz", None);
                let parts = counts(&block).into_iter().zip(table);
                let sum: f64 = parts.map(|(count, cost)| count * f64::from(cost)).sum();
                assert_eq!(
                    sum as u64 / u64::from(CYCLE),
                    costs.cycles(&block),
                    "{offset} {len}"
                );
            }
        }
    }
}
