//! What is fuzzed: a function of bytes for each part that reads what others wrote.
//!
//! A target panics when a promise is broken, whatever the bytes are. Three callers share it: the fuzzers in `fuzz/`,
//! the test of this crate, and its program, which runs a target on changed inputs as fast as it goes (`scripts/fuzz`).
#![forbid(unsafe_code)]

mod apa;
mod decoder;
mod device;
mod discs;
mod input;
mod lists;
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
pub const TARGETS: [Target; 18] = [
    target("decoder", decoder::on_host, decoder::seeds),
    target("console_decoder", decoder::on_console, decoder::seeds),
    target("reader", reader::on_host, reader::seeds),
    target("lean_reader", reader::lean, reader::seeds),
    target("console_reader", reader::on_console, reader::seeds),
    target(
        "console_lean_reader",
        reader::lean_on_console,
        reader::seeds,
    ),
    target("zso", discs::file, discs::zso_seeds),
    target("cso", discs::file, discs::cso_seeds),
    target("chd", discs::file, discs::chd_seeds),
    target("cue", lists::cue, lists::cue_seeds),
    target("bin", discs::bin, discs::bin_seeds),
    target("nrg", discs::file, discs::nrg_seeds),
    target("iso9660", discs::iso9660, discs::iso9660_seeds),
    target("system_cnf", discs::system_cnf, discs::system_cnf_seeds),
    target("dat", lists::dat, lists::dat_seeds),
    target("sidecar", lists::sidecar, lists::sidecar_seeds),
    target("ul_cfg", lists::ul_cfg, lists::ul_cfg_seeds),
    target("apa", apa::apa, apa::seeds),
];

const fn target(name: &'static str, run: fn(&[u8]) -> u64, seeds: fn() -> Vec<Vec<u8>>) -> Target {
    Target { name, run, seeds }
}

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
        let tally = tally.get_or_init(|| {
            // libFuzzer takes any panic for the end.
            ::discs::chd::hide_caught_panics();
            let target = find(name).unwrap_or_else(|| panic!("no target {name}"));
            Tally::new(target, "libFuzzer")
        });
        tally.run(data);
    });
}
