//! `xtask test`: everything that has to pass, whatever becomes of other steps.
//!
//! Lanes are there to keep two cores busy: compilers wait for one crate at the end, emulators for each other, and tests
//! for the longest of them. So each phase has a lane that compiles beside one that waits, and lanes of about the same
//! length; cargos that share a target folder are in one lane, as they would wait for each other.

mod step;

use std::env;
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use boot::SKIPPED;
use step::{Outcome, Step};

const WARNINGS: [&str; 3] = ["--", "-D", "warnings"];

/// Tables of a package's modules link to private ones, too: they are for those who read the source.
const DOC_FLAGS: &str = "-D warnings -A rustdoc::private_intra_doc_links";

/// Steps that go on side by side, each lane one step after the other.
type Lanes = Vec<Vec<Step>>;

/// All steps. Lanes that come later need what those before them have built.
fn phases() -> Result<Vec<Lanes>> {
    let own = env::current_exe().context("cannot find this program")?;
    let own = |name, args: &[&'static str]| Step::new(name, &own, args);
    let clippy = ["clippy", "--workspace", "--all-targets", "--all-features"];
    let clippy = Step::cargo("clippy", &[&clippy[..], &WARNINGS].concat());
    let tests = |name, scope: &[&'static str]| {
        let args = [&["test", "--no-fail-fast"], scope].concat();
        Step::cargo(name, &args)
    };
    let build = Step::cargo("build", &["test", "--workspace", "--no-run"]);
    let doc = Step::cargo(
        "doc",
        &["doc", "--workspace", "--all-features", "--no-deps"],
    );
    Ok(vec![
        vec![
            // While objects are built there are none to test, and a boot builds them anew.
            vec![
                Step::cargo("fmt", &["fmt", "--all", "--check"]),
                own("iop", &["iop"]),
                own("boot", &["boot", "--or-skip"]),
                own("boot, broken", &["boot", "--broken", "--or-skip"]),
            ],
            vec![own("web", &["web"])],
            vec![build, clippy, doc.env("RUSTDOCFLAGS", DOC_FLAGS)],
        ],
        vec![
            vec![tests("tests", &["--workspace"])],
            vec![
                tests(
                    "tests, lz4_flex",
                    &["--package", "zso", "--features", "lz4_flex"],
                ),
                own("ziso for Windows", &["elsewhere", "windows-x86_64"]),
            ],
        ],
    ])
}

pub fn run() -> Result<()> {
    let start = Instant::now();
    let mut done = Vec::new();
    for lanes in phases()? {
        done.extend(side_by_side(&lanes)?);
    }
    println!(
        "{} steps in {:.0} s",
        done.len(),
        start.elapsed().as_secs_f64()
    );
    summary(&done)
}

/// Runs the lanes of a phase at the same time, and returns what each step came to.
fn side_by_side(lanes: &[Vec<Step>]) -> Result<Vec<(&'static str, Outcome)>> {
    let run = |lane: &[Step]| -> Result<Vec<_>> {
        let steps = lane.iter();
        steps.map(|step| Ok((step.name, step.run()?))).collect()
    };
    thread::scope(|scope| {
        let threads: Vec<_> = lanes.iter().map(|lane| scope.spawn(|| run(lane))).collect();
        let mut done = Vec::new();
        for thread in threads {
            // invariant: a step does not panic.
            done.extend(thread.join().expect("a step ends")?);
        }
        Ok(done)
    })
}

/// Shows what failed, what was skipped, and the sum; fails if anything did.
fn summary(done: &[(&str, Outcome)]) -> Result<()> {
    let failed = done.iter().filter(|(_, outcome)| outcome.failed > 0);
    let failed: Vec<_> = failed
        .map(|(step, outcome)| told(step, &outcome.failures))
        .collect();
    if !failed.is_empty() {
        println!("failed: {}", failed.join("; "));
    }
    for skipped in done.iter().flat_map(|(_, outcome)| &outcome.skipped) {
        println!("{SKIPPED}{skipped}");
    }
    let passed: usize = done.iter().map(|(_, outcome)| outcome.passed).sum();
    let failed: usize = done.iter().map(|(_, outcome)| outcome.failed).sum();
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn step(name: &'static str, script: &'static str) -> Step {
        Step::new(name, Path::new("sh"), &["-c", script])
    }

    #[test]
    fn a_failed_step_holds_up_no_other() {
        let counted = "echo 'test a ... FAILED'; echo 'test result: FAILED. 3 passed; 1 failed; 0 ignored'; exit 1";
        let lanes = vec![
            vec![step("counted", counted), step("after it", "true")],
            vec![step("beside it", "true")],
        ];
        let done = side_by_side(&lanes).unwrap();
        let counts =
            |(name, outcome): &(&'static str, Outcome)| (*name, outcome.passed, outcome.failed);
        let expected = [("counted", 3, 1), ("after it", 1, 0), ("beside it", 1, 0)];
        assert_eq!(done.iter().map(counts).collect::<Vec<_>>(), expected);
        assert_eq!(told(done[0].0, &done[0].1.failures), "counted (a)");
        assert!(summary(&done).is_err());
        assert!(summary(&done[1..]).is_ok());
    }

    #[test]
    fn what_cannot_be_started_is_an_error() {
        let missing = Step::new("missing", Path::new("/no/such/program"), &[]);
        assert!(side_by_side(&[vec![missing]]).is_err());
    }
}
