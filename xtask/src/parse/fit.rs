//! Least squares.

use anyhow::Result;
use ziso::parse::cost::{ALIGNED, class};

use super::console::Console;
use super::sample::Sample;
use super::sequences;

const N: usize = 13;
const NAMES: [&str; N] = ["block", "sequence", "literals", "literal_word", "literal_more", "match_word", "aligned_word", "match_more", "off1", "off2", "off3", "aligned", "last"];

fn counts(block: &[u8]) -> [f64; N] {
    let mut c = [0.0; N];
    c[0] = 1.0;
    let more = |len: usize, from| if len < from { 0.0 } else { ((len - from) / 255 + 1) as f64 };
    for s in sequences::of(block) {
        match s.found {
            None => { c[12] += s.literals as f64; }
            Some((offset, len)) => {
                c[1] += 1.0;
                c[2] += f64::from(u8::from(s.literals > 0));
                c[3] += s.literals.div_ceil(4) as f64;
                c[4] += more(s.literals, 15);
                let words = len.div_ceil(4) as f64;
                c[5] += words;
                c[7] += more(len, 19);
                let k = class(offset);
                if k < 3 { c[8 + k] += 1.0 }
                if k == ALIGNED { c[6] += words; c[11] += 1.0; }
            }
        }
    }
    c
}

pub fn fit(console: &mut Console, sample: &Sample, all: &[(usize, Vec<u8>)]) -> Result<()> {
    let mut a = [[0.0; N + 1]; N];
    let mut rows = Vec::new();
    for (i, block) in all {
        let y = console.decode(block, &sample.blocks[*i])?.cycles as f64;
        let c = counts(block);
        for r in 0..N { for k in 0..N { a[r][k] += c[r] * c[k]; } a[r][N] += c[r] * y; }
        rows.push((c, y));
    }
    for r in 0..N { a[r][r] += 1e-6; }
    for p in 0..N {
        let best = (p..N).max_by(|x, y| a[*x][p].abs().total_cmp(&a[*y][p].abs())).unwrap();
        a.swap(p, best);
        for r in 0..N { if r != p { let f = a[r][p] / a[p][p]; for k in p..=N { a[r][k] -= f * a[p][k]; } } }
    }
    let x: Vec<f64> = (0..N).map(|r| a[r][N] / a[r][r]).collect();
    for (n, v) in NAMES.iter().zip(&x) { println!("    {n:>14} {v:.2}"); }
    let mean = rows.iter().map(|r| r.1).sum::<f64>() / rows.len() as f64;
    let (mut res, mut tot, mut abs) = (0.0, 0.0, 0.0);
    for (c, y) in &rows { let e: f64 = c.iter().zip(&x).map(|(a, b)| a * b).sum::<f64>() - y; res += e * e; tot += (y - mean).powi(2); abs += e.abs(); }
    println!("    R2 {:.6}, mean |error| {:.1} of {mean:.0}", 1.0 - res / tot, abs / rows.len() as f64);
    Ok(())
}
