//! The console's decoder against the portable one and `lz4_flex`.

use std::num::NonZeroUsize;
use std::panic;
use std::thread;

use anyhow::{Context, Result, anyhow, ensure};
use indicatif::ProgressBar;
use testkit::blocks::Case;
use testkit::code;
use testkit::module::Module;
use testkit::oracle::{self, End};
use zso::Code;
use zso::lz4::decode_block;

use common::progress::bar;

/// What came of the blocks, on which all decoders agreed.
#[derive(Clone, Copy, Default)]
pub struct Compared {
    pub blocks: u64,
    /// Decoded, and by `lz4_flex`, too.
    pub decoded: u64,
    /// Decoded, but `lz4_flex` had to be given literals after the match at the end.
    pub match_at_end: u64,
    /// Refused: the source ends too early.
    pub input_end: u64,
    /// Refused: a match begins before the destination.
    pub offset: u64,
    /// Refused: a run is longer than the destination.
    pub overrun: u64,
}

impl Compared {
    fn add(&mut self, other: &Self) {
        self.blocks += other.blocks;
        self.decoded += other.decoded;
        self.match_at_end += other.match_at_end;
        self.input_end += other.input_end;
        self.offset += other.offset;
        self.overrun += other.overrun;
    }
}

/// Compares the decoders on the blocks with the seeds 0 to `blocks`; an error is a difference.
pub fn all(object: &[u8], blocks: u64) -> Result<Compared> {
    let workers = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let bar = bar("comparing decoders", blocks);
    let mut sum = Compared::default();
    thread::scope(|scope| {
        let work = |first| {
            let bar = &bar;
            scope.spawn(move || some(object, (first..blocks).step_by(workers), bar))
        };
        let handles: Vec<_> = (0..workers as u64).map(work).collect();
        for handle in handles {
            // A trap of the object is a panic of the simulator's, which has shown itself.
            let result = handle
                .join()
                .map_err(|_| anyhow!("the console's object was stopped, see above"))?;
            sum.add(&result?);
        }
        Ok::<_, anyhow::Error>(())
    })?;
    bar.finish_and_clear();
    Ok(sum)
}

fn some(object: &[u8], seeds: impl Iterator<Item = u64>, bar: &ProgressBar) -> Result<Compared> {
    let mut module = Module::from_object(object);
    let mut sum = Compared::default();
    for seed in seeds {
        let case = Case::new(seed);
        let result = panic::catch_unwind(panic::AssertUnwindSafe(|| one(&mut module, &case)));
        let result = result.unwrap_or_else(|_| Err(anyhow!("the console's object was stopped")));
        sum.add(&result.with_context(|| format!("seed {seed}: {case:02x?}"))?);
        bar.inc(1);
    }
    Ok(sum)
}

fn one(module: &mut Module, case: &Case) -> Result<Compared> {
    let Case { src, len, .. } = case;
    let mut portable = vec![0; *len];
    let portable = decode_block(src, &mut portable).map(|()| portable);
    let portable = portable.map_err(code::of_decode);
    let console = module.decode_block_at(src, case.src_misalign, *len, case.dst_misalign);
    ensure!(
        console == portable,
        "console {console:02x?}, portable {portable:02x?}"
    );
    let oracle = oracle::decode(src, *len, End::Any);
    ensure!(
        oracle.as_ref() == portable.as_ref().ok(),
        "lz4_flex {oracle:02x?}, portable {portable:02x?}"
    );
    let mut compared = Compared {
        blocks: 1,
        ..Compared::default()
    };
    *match portable {
        Ok(_) if oracle::decode(src, *len, End::Literals).is_some() => &mut compared.decoded,
        Ok(_) => &mut compared.match_at_end,
        Err(Code::InputEnd) => &mut compared.input_end,
        Err(Code::Offset) => &mut compared.offset,
        Err(_) => &mut compared.overrun,
    } = 1;
    Ok(compared)
}
