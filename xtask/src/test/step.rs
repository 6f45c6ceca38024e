//! One step of the tests: a program whose output is shown when it fails.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::Result;

use crate::{paths, process};
use boot::SKIPPED;

/// Lines that are shown of what a failed program wrote.
const SHOWN: usize = 150;

/// A program to run.
pub struct Step {
    /// What it is called in the summary.
    pub name: &'static str,
    program: PathBuf,
    args: Vec<&'static str>,
    env: Option<(&'static str, &'static str)>,
}

/// What a step came to. A step that is not made of tests counts as one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Tests that passed.
    pub passed: usize,
    /// Tests that failed.
    pub failed: usize,
    /// The names of those that have one.
    pub failures: Vec<String>,
    /// What was not tested, and why.
    pub skipped: Vec<String>,
}

impl Step {
    /// A command of a program.
    pub fn new(name: &'static str, program: &Path, args: &[&'static str]) -> Self {
        Self {
            name,
            program: program.to_owned(),
            args: args.to_vec(),
            env: None,
        }
    }

    /// A command of the cargo that this program was started by.
    pub fn cargo(name: &'static str, args: &[&'static str]) -> Self {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        Self::new(name, Path::new(&cargo), args)
    }

    /// The same with a variable set.
    pub fn env(mut self, name: &'static str, value: &'static str) -> Self {
        self.env = Some((name, value));
        self
    }

    /// Runs it; fails only if it cannot be started.
    pub fn run(&self) -> Result<Outcome> {
        let start = Instant::now();
        let output = process::captured(&mut self.command())?;
        let stdout = String::from_utf8_lossy(&output.stdout);
        let outcome = Outcome::new(output.status.success(), &stdout);
        let seconds = start.elapsed().as_secs_f64();
        // In one piece: other steps end, too.
        let _alone = io::stdout().lock();
        println!("{:<20} {}  {seconds:.1} s", self.name, outcome.shown());
        for skipped in &outcome.skipped {
            println!("{SKIPPED}{skipped}");
        }
        if outcome.failed > 0 {
            self.show(&format!(
                "{}{stdout}",
                String::from_utf8_lossy(&output.stderr)
            ))?;
        }
        Ok(outcome)
    }

    /// Shows the end of what the program wrote of its failures, and keeps the rest where it can be found.
    fn show(&self, text: &str) -> Result<()> {
        let lines: Vec<&str> = text.lines().filter(|line| !tells_success(line)).collect();
        let shown = &lines[lines.len().saturating_sub(SHOWN)..];
        let hidden = text.lines().count() - shown.len();
        if hidden > 0 {
            let log = paths::root().join(format!(
                "target/test/{}.log",
                self.name.replace([' ', ','], "")
            ));
            fs::create_dir_all(paths::root().join("target/test"))?;
            fs::write(&log, text)?;
            println!("({hidden} lines more in {})", paths::shown(&log));
        }
        println!("{}", shown.join("\n"));
        Ok(())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        let command_line = command.current_dir(paths::root()).args(&self.args);
        command_line.envs(self.env);
        command
    }
}

impl Outcome {
    fn new(success: bool, stdout: &str) -> Self {
        let tests = stdout.lines().filter_map(counts);
        let (passed, failed) = tests.fold((0, 0), |sum, (passed, failed)| {
            (sum.0 + passed, sum.1 + failed)
        });
        let (passed, failed) = match (success, passed, failed) {
            (true, 0, 0) => (1, 0),
            // Something that did not compile, say.
            (false, passed, 0) => (passed, 1),
            (_, passed, failed) => (passed, failed),
        };
        let failures = stdout.lines().filter_map(failure);
        let skipped = stdout.lines().filter_map(|line| line.strip_prefix(SKIPPED));
        Self {
            passed,
            failed,
            failures: failures.map(str::to_owned).collect(),
            skipped: skipped.map(str::to_owned).collect(),
        }
    }

    fn shown(&self) -> String {
        let mark = if self.failed == 0 { "ok" } else { "FAILED" };
        match (self.passed, self.failed) {
            (1, 0) | (0, 1) => mark.to_owned(),
            (passed, failed) => format!("{mark}, {passed} passed, {failed} failed"),
        }
    }
}

/// Passed and failed, in a line with which a test program ends.
fn counts(line: &str) -> Option<(usize, usize)> {
    let mut parts = line.strip_prefix("test result: ")?.split("; ");
    let passed = parts.next()?.strip_suffix(" passed")?.rsplit(' ').next()?;
    let failed = parts.next()?.strip_suffix(" failed")?;
    Some((passed.parse().ok()?, failed.parse().ok()?))
}

/// The name of a test, in the line that says that it failed.
fn failure(line: &str) -> Option<&str> {
    line.strip_prefix("test ")?.strip_suffix(" ... FAILED")
}

/// Whether a line is of no use to somebody who looks for a failure.
fn tells_success(line: &str) -> bool {
    let of_test = line.starts_with("test ")
        && [" ... ok", " ... ignored"]
            .iter()
            .any(|end| line.contains(end));
    let begins = [
        "running ",
        "test result: ok",
        "   Compiling ",
        "     Running ",
    ];
    line.is_empty() || of_test || begins.iter().any(|begin| line.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OK: &str = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s";
    const BAD: &str =
        "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";

    fn outcome(passed: usize, failed: usize) -> Outcome {
        Outcome {
            passed,
            failed,
            failures: Vec::new(),
            skipped: Vec::new(),
        }
    }

    #[test]
    fn tests_are_counted() {
        let counted = Outcome::new(false, &format!("running\n{OK}\n{BAD}\n"));
        assert_eq!(counted, outcome(15, 2));
        assert_eq!(Outcome::new(true, OK), outcome(12, 0));
    }

    #[test]
    fn a_step_without_tests_is_one() {
        assert_eq!(Outcome::new(true, ""), outcome(1, 0));
        assert_eq!(Outcome::new(false, "error"), outcome(0, 1));
    }

    #[test]
    fn what_does_not_compile_has_failed() {
        assert_eq!(Outcome::new(false, OK), outcome(12, 1));
    }

    #[test]
    fn failures_are_named() {
        let told = Outcome::new(
            false,
            &format!("test a::b ... ok\ntest a::c ... FAILED\n{BAD}"),
        );
        assert_eq!(told.failures, ["a::c"]);
    }

    #[test]
    fn what_passed_hides_no_failure() {
        for line in [
            "",
            "running 2 tests",
            "test a ... ok",
            "test b ... ignored, some minutes",
            OK,
        ] {
            assert!(tells_success(line), "{line}");
        }
        for line in [
            "test a ... FAILED",
            BAD,
            "thread 'a' panicked at src/lib.rs:1:1:",
            "error[E0001]: no",
        ] {
            assert!(!tells_success(line), "{line}");
        }
    }

    #[test]
    fn what_was_skipped_is_told() {
        let told = Outcome::new(true, "a\nSKIPPED: half of it: no network\n");
        assert_eq!(told.skipped, ["half of it: no network"]);
        assert_eq!(told.passed, 1);
    }
}
