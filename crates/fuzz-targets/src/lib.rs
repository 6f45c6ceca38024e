//! What is fuzzed: a function of bytes for each part that reads what others wrote.
//!
//! A target panics when a promise is broken, whatever the bytes are. Three callers share it: the fuzzers in `fuzz/`, the
//! test of this crate, and its program, which runs a target on changed inputs as fast as it goes (`scripts/fuzz`).
#![forbid(unsafe_code)]

mod decoder;
mod device;
mod input;
mod model;
mod mutate;
mod program;
mod reader;
mod tally;

pub use mutate::Mutator;
pub use tally::Tally;

/// Something to fuzz.
#[derive(Clone, Copy)]
pub struct Target {
    /// What it is called, in `fuzz/fuzz_targets`, too.
    pub name: &'static str,
    /// Tries an input, and returns how many times it tried what the target is about: blocks decoded, requests served,
    /// files parsed.
    ///
    /// # Panics
    /// When a promise is broken.
    pub run: fn(&[u8]) -> u64,
    /// Inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All targets.
pub const TARGETS: [Target; 4] = [
    Target {
        name: "decoder",
        run: decoder::on_host,
        seeds: decoder::seeds,
    },
    Target {
        name: "reader",
        run: reader::on_host,
        seeds: reader::seeds,
    },
    Target {
        name: "console_decoder",
        run: decoder::on_console,
        seeds: decoder::seeds,
    },
    Target {
        name: "console_reader",
        run: reader::on_console,
        seeds: reader::seeds,
    },
];

/// The target of this name.
#[must_use]
pub fn find(name: &str) -> Option<Target> {
    TARGETS.into_iter().find(|target| target.name == name)
}

/// What a fuzzer in `fuzz/` does with an input: tries it, and counts until the process ends.
///
/// # Panics
/// When a promise is broken, and when there is no such target.
pub fn fuzz(name: &'static str, data: &[u8]) {
    thread_local!(static TALLY: core::cell::OnceCell<Tally> = const { core::cell::OnceCell::new() });
    TALLY.with(|tally| {
        let target = || find(name).unwrap_or_else(|| panic!("no target {name}"));
        tally
            .get_or_init(|| Tally::new(target(), "libFuzzer"))
            .run(data);
    });
}
