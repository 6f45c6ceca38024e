//! Progress on the terminal, and the keys that end a run.

use std::io::{self, IsTerminal};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ziso::{Phase, Progress};

use super::TROUBLE;

const TEMPLATE: &str = "{prefix:<11} [{bar:30}] {percent:>3}% {bytes_per_sec} {eta}";

/// Watches a run: draws its progress on stderr if that is a terminal, ends it on Ctrl-C.
pub(crate) struct Bar {
    watch: Box<dyn FnMut(Progress) -> ControlFlow<()>>,
    bar: ProgressBar,
}

impl Bar {
    /// Takes over Ctrl-C and its like; draws nothing if `quiet`.
    pub(crate) fn new(quiet: bool) -> anyhow::Result<Self> {
        let interrupted = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&interrupted);
        ctrlc::set_handler(move || {
            // The second time means that a file does not answer.
            if flag.swap(true, Ordering::Relaxed) {
                std::process::exit(TROUBLE.into());
            }
        })?;

        let bar = if quiet || !io::stderr().is_terminal() {
            ProgressBar::hidden()
        } else {
            ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr())
        };
        bar.set_style(ProgressStyle::with_template(TEMPLATE)?);
        let shown = bar.clone();
        let mut phase = None;
        let watch = move |progress: Progress| {
            if phase.replace(progress.phase) != Some(progress.phase) {
                start(&shown, progress);
            }
            shown.set_position(progress.done);
            match interrupted.load(Ordering::Relaxed) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        };
        Ok(Self {
            watch: Box::new(watch),
            bar,
        })
    }

    /// What the library calls.
    pub(crate) fn watch(&mut self) -> ziso::Watch<'_> {
        &mut self.watch
    }

    /// Removes the bar from the terminal.
    pub(crate) fn finish(self) {}
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn start(bar: &ProgressBar, progress: Progress) {
    bar.set_length(progress.total);
    bar.reset();
    bar.set_prefix(match progress.phase {
        Phase::Compress => "compressing",
        Phase::Decompress => "unpacking",
        Phase::Verify => "verifying",
        Phase::Sample => "sampling",
    });
}
