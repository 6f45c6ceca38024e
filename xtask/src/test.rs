//! `xtask test`: everything that has to pass, one step after the other, whatever becomes of the ones before.

mod step;

use std::time::Instant;

use anyhow::{Result, ensure};

use boot::SKIPPED;
use step::{Outcome, Step};

const WARNINGS: [&str; 3] = ["--", "-D", "warnings"];

/// The steps. The object comes before the tests that run it.
fn steps() -> Vec<Step> {
    let clippy = |name, scope: &[&'static str]| {
        let args = [&["clippy", "--all-targets"], scope, &WARNINGS[..]].concat();
        Step::cargo(name, &args)
    };
    vec![
        Step::cargo("fmt", &["fmt", "--all", "--check"]),
        clippy("clippy", &["--workspace"]),
        clippy(
            "clippy, C interface",
            &["--package", "zso", "--features", "capi,maps"],
        ),
        clippy(
            "clippy, lz4_flex",
            &["--package", "zso", "--features", "lz4_flex"],
        ),
        clippy(
            "clippy, overlap",
            &["--package", "zso", "--features", "overlap"],
        ),
        Step::own("iop", &["iop"]),
        Step::cargo("tests", &["test", "--workspace", "--no-fail-fast"]),
        Step::cargo(
            "tests, lz4_flex",
            &[
                "test",
                "--package",
                "zso",
                "--features",
                "lz4_flex",
                "--no-fail-fast",
            ],
        ),
        // Only its own tests: with this feature blocks are sectors.
        Step::cargo(
            "tests, overlap",
            &[
                "test",
                "--package",
                "zso",
                "--features",
                "overlap",
                "--test",
                "overlap",
            ],
        ),
        Step::own("boot", &["boot", "--or-skip"]),
        Step::own("boot, broken", &["boot", "--broken", "--or-skip"]),
        Step::cargo("doc", &["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"),
    ]
}

/// Runs all steps.
pub fn run() -> Result<()> {
    let start = Instant::now();
    let steps = steps();
    let outcomes: Vec<Outcome> = steps.iter().map(Step::run).collect::<Result<_>>()?;
    let failed_steps: Vec<String> = steps
        .iter()
        .zip(&outcomes)
        .filter(|(_, outcome)| outcome.failed > 0)
        .map(|(step, outcome)| told(step.name, &outcome.failures))
        .collect();
    println!(
        "{} steps in {:.0} s",
        steps.len(),
        start.elapsed().as_secs_f64()
    );
    if !failed_steps.is_empty() {
        println!("failed: {}", failed_steps.join("; "));
    }
    for skipped in outcomes.iter().flat_map(|outcome| &outcome.skipped) {
        println!("{SKIPPED}{skipped}");
    }
    let passed: usize = outcomes.iter().map(|outcome| outcome.passed).sum();
    let failed: usize = outcomes.iter().map(|outcome| outcome.failed).sum();
    println!("{passed} passed, {failed} failed");
    ensure!(failed == 0, "what failed is shown above");
    Ok(())
}

/// What to look for: a step, and its tests that failed.
fn told(step: &str, failures: &[String]) -> String {
    match failures {
        [] => step.to_owned(),
        _ => format!("{step} ({})", failures.join(", ")),
    }
}
