//! Every target runs over its committed inputs, and over some changes of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use fuzz_targets::{Mutator, TARGETS, find};

/// Changed inputs of each target: a second or less of a test that is not optimized.
const CHANGED: usize = 150;

fn fuzz_folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz")
        .join(name)
}

fn try_inputs(target: &str) {
    let target = find(target).expect("a target");
    let folder = fuzz_folder("seeds").join(target.name);
    let read = |entry: std::io::Result<fs::DirEntry>| fs::read(entry.unwrap().path()).unwrap();
    let mut inputs: Vec<_> = fs::read_dir(folder).unwrap().map(read).collect();
    inputs.sort();
    let executions: u64 = inputs.iter().map(|input| (target.run)(input)).sum();
    assert!(executions >= inputs.len() as u64, "{executions} executions");
    let mut mutator = Mutator::new(&inputs, 1);
    for _ in 0..CHANGED {
        (target.run)(mutator.next_input());
    }
}

/// A test for each, so that they run side by side, and a list of them.
macro_rules! tests {
    ($($target:ident)*) => {
        $(#[test]
        fn $target() {
            try_inputs(stringify!($target));
        })*

        const TESTED: &[&str] = &[$(stringify!($target)),*];
    };
}

tests! {
    decoder reader lean_reader console_decoder console_reader console_lean_reader
    zso cso chd cue bin nrg iso9660 system_cnf dat sidecar ul_cfg apa
}

#[test]
fn every_target_is_tested_and_has_a_fuzzer() {
    let targets: BTreeSet<_> = TARGETS
        .iter()
        .map(|target| target.name.to_owned())
        .collect();
    let tested: BTreeSet<_> = TESTED.iter().map(|&name| name.to_owned()).collect();
    assert_eq!(tested, targets);
    let fuzzers = fs::read_dir(fuzz_folder("fuzz_targets")).unwrap();
    let stem = |entry: std::io::Result<fs::DirEntry>| {
        let path = entry.unwrap().path();
        path.file_stem().unwrap().to_string_lossy().into_owned()
    };
    assert_eq!(fuzzers.map(stem).collect::<BTreeSet<_>>(), targets);
    let manifest = fs::read_to_string(fuzz_folder("Cargo.toml")).unwrap();
    for name in targets {
        assert!(manifest.contains(&format!("name = \"{name}\"\n")), "{name}");
        let source =
            fs::read_to_string(fuzz_folder("fuzz_targets").join(format!("{name}.rs"))).unwrap();
        assert!(
            source.contains(&format!("fuzz(\"{name}\", data)")),
            "{name}"
        );
    }
}
