//! Least squares.

use anyhow::Result;
use ziso::parse::cost::{CYCLE, LENGTHS, PERIOD};

use super::console::Console;
use super::sample::Sample;
use super::sequences;

// block, last literal, near x3, literal table (without the first), literal period, match table, match period
const NEAR: usize = 2;
const LIT: usize = 5;
const MATCH: usize = LIT + LENGTHS + 1;
const N: usize = MATCH + LENGTHS + 1;

fn put(c: &mut [f64], i: usize) {
    let periods = i.saturating_sub(LENGTHS - PERIOD) / PERIOD;
    c[i - periods * PERIOD] += 1.0;
    c[LENGTHS] += periods as f64;
}

fn counts(block: &[u8]) -> [f64; N] {
    let mut c = [0.0; N];
    c[0] = 1.0;
    for s in sequences::of(block) {
        match s.found {
            None => { c[1] += s.literals as f64; }
            Some((offset, len)) => {
                put(&mut c[LIT..MATCH], s.literals);
                put(&mut c[MATCH..], len - 4);
                if offset <= 3 { c[NEAR + offset - 1] += 1.0 }
            }
        }
    }
    c[LIT] = 0.0;
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
    let u = |r: &[f64]| r.iter().map(|v| (v * f64::from(CYCLE)).round() as i64).collect::<Vec<_>>();
    println!("block {:?} lit {:?} period {:?} match {:?} period {:?} near {:?} last {:?}", u(&x[..1]), u(&x[LIT..LIT+LENGTHS]), u(&x[LIT+LENGTHS..=LIT+LENGTHS]), u(&x[MATCH..MATCH+LENGTHS]), u(&x[MATCH+LENGTHS..]), u(&x[2..5]), u(&x[1..2]));
    let mean = rows.iter().map(|r| r.1).sum::<f64>() / rows.len() as f64;
    let (mut res, mut tot, mut abs) = (0.0, 0.0, 0.0);
    for (c, y) in &rows { let e: f64 = c.iter().zip(&x).map(|(a, b)| a * b).sum::<f64>() - y; res += e * e; tot += (y - mean).powi(2); abs += e.abs(); }
    println!("    R2 {:.6}, mean |error| {:.1} of {mean:.0}", 1.0 - res / tot, abs / rows.len() as f64);
    Ok(())
}
