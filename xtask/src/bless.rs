//! `xtask bless`: takes what tests measure now for what they expect.
//!
//! What changes is then in the working tree, for a person to judge: `git diff tests/golden`.

use std::env;
use std::process::Command;

use anyhow::Result;
use testkit::golden::BLESS;

use crate::budgets::{self, Budgets};
use crate::{built, iop, paths, process};

/// Packages with golden files, and what the names of the tests that compare with them end in.
const TESTS: [&str; 7] = [
    "-p",
    "zso",
    "-p",
    "bench",
    "-p",
    "backend-tests",
    "as_they_were",
];

pub fn run() -> Result<()> {
    budgets::record(&iop::build_within(&Budgets::any())?.objects)?;
    let mut tests = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    tests.current_dir(paths::root()).args(["test", "--quiet"]);
    process::run(tests.args(TESTS).env(BLESS, "1"))?;
    boot::bless(&built::rom()?)
}
