//! Counts what a target has tried.

use core::cell::Cell;
use std::fs::File;
use std::io::{self, Write as _};
use std::time::Instant;

use crate::Target;

/// Names the file that counts are appended to.
const VARIABLE: &str = "FUZZ_LOG";

/// A target that is run, and how often it was. Tells so when it is dropped.
pub struct Tally {
    target: Target,
    engine: &'static str,
    start: Instant,
    inputs: Cell<u64>,
    executions: Cell<u64>,
}

impl Tally {
    /// Starts to count; `engine` is what makes the inputs.
    #[must_use]
    pub fn new(target: Target, engine: &'static str) -> Self {
        Self {
            target,
            engine,
            start: Instant::now(),
            inputs: Cell::new(0),
            executions: Cell::new(0),
        }
    }

    /// Tries an input.
    ///
    /// # Panics
    /// When a promise is broken.
    pub fn run(&self, input: &[u8]) {
        let executions = (self.target.run)(input);
        self.inputs.set(self.inputs.get() + 1);
        self.executions.set(self.executions.get() + executions);
    }

    /// What the target has tried so far.
    #[must_use]
    pub fn executions(&self) -> u64 {
        self.executions.get()
    }

    /// Appends a line to the log, if one is named.
    fn log(&self) -> io::Result<()> {
        let Some(path) = std::env::var_os(VARIABLE) else {
            return Ok(());
        };
        let mut file = File::options().create(true).append(true).open(path)?;
        let seconds = self.start.elapsed().as_secs();
        let [inputs, executions] = [self.inputs.get(), self.executions.get()];
        let Self { target, engine, .. } = self;
        file.write_all(
            format!(
                "{}\t{engine}\t{inputs}\t{executions}\t{seconds}\n",
                target.name
            )
            .as_bytes(),
        )
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        eprintln!(
            "{}: {} executions with {} inputs",
            self.target.name,
            self.executions.get(),
            self.inputs.get()
        );
        if let Err(error) = self.log() {
            eprintln!("cannot write what {VARIABLE} names: {error}");
        }
    }
}
