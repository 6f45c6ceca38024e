//! Makes the seed inputs of `fuzz/`, and runs targets without a fuzzer's instrumentation: `scripts/fuzz` calls it.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use fuzz_targets::{Mutator, TARGETS, Tally, Target, find};

/// Inputs between two looks at the clock.
const ROUND: u32 = 64;

const USAGE: &str = "fuzz-targets list | seeds | replay TARGET | run TARGET SECONDS SEED";

fn main() -> Result<()> {
    discs::chd::hide_caught_panics();
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["list"] => TARGETS
            .iter()
            .for_each(|target| println!("{}", target.name)),
        ["seeds"] => TARGETS.iter().try_for_each(write_seeds)?,
        ["run", target, seconds, seed] => {
            let limit = Duration::from_secs(seconds.parse()?);
            run(named(target)?, limit, seed.parse()?)?;
        }
        ["replay", target] => replay(named(target)?)?,
        _ => bail!(USAGE),
    }
    Ok(())
}

fn named(target: &str) -> Result<Target> {
    find(target).with_context(|| format!("there is no target {target}"))
}

/// A folder of `fuzz/` for a target.
fn folder(kind: &str, target: &Target) -> PathBuf {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    fuzz.join(kind).join(target.name)
}

fn write_seeds(target: &Target) -> Result<()> {
    let folder = folder("seeds", target);
    fs::create_dir_all(&folder)?;
    for (number, seed) in (target.seeds)().into_iter().enumerate() {
        fs::write(folder.join(format!("{number:02}")), seed)?;
    }
    Ok(())
}

/// All inputs in a folder, if there is one.
fn inputs(folder: &Path) -> Result<Vec<Vec<u8>>> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(Vec::new());
    };
    let mut paths = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    paths.sort();
    let read = |path: &PathBuf| fs::read(path).with_context(|| path.display().to_string());
    paths.iter().map(read).collect()
}

/// Committed inputs of a target, and those that libFuzzer has found on this machine.
fn all_inputs(target: &Target) -> Result<Vec<Vec<u8>>> {
    let inputs = [
        inputs(&folder("seeds", target))?,
        inputs(&folder("corpus", target))?,
    ]
    .concat();
    ensure!(!inputs.is_empty(), "no seeds: type scripts/fuzz --seeds");
    Ok(inputs)
}

/// Tries all inputs as they are.
fn replay(target: Target) -> Result<()> {
    let tally = Tally::new(target, "replay");
    let mut inputs = all_inputs(&target)?.into_iter();
    inputs.try_for_each(|input| try_input(&tally, &target, &input))
}

/// Tries changed inputs until the time is over.
fn run(target: Target, limit: Duration, seed: u64) -> Result<()> {
    let inputs = all_inputs(&target)?;
    let mut mutator = Mutator::new(&inputs, seed);
    let tally = Tally::new(target, "changes");
    let start = Instant::now();
    while start.elapsed() < limit {
        for _ in 0..ROUND {
            try_input(&tally, &target, mutator.next_input())?;
        }
    }
    Ok(())
}

/// Tries an input, and keeps it if a promise is broken.
fn try_input(tally: &Tally, target: &Target, input: &[u8]) -> Result<()> {
    if catch_unwind(AssertUnwindSafe(|| tally.run(input))).is_ok() {
        return Ok(());
    }
    let folder = folder("artifacts", target);
    fs::create_dir_all(&folder)?;
    let path = folder.join("crash");
    fs::write(&path, input)?;
    bail!("{}: the input is in {}", target.name, path.display())
}
