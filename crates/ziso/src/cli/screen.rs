//! Progress on the terminal, and the keys that end a run.

use std::io::{self, IsTerminal, Write as _};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::bail;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;
use ziso::info::Problem;
use ziso::{Phase, Progress};
use zso_report::{plain, shown};

use super::args::Common;
use super::exit::Exit;
use super::output;

const FILE: &str = "{prefix:<11} [{bar:30}] {percent:>3}% {bytes_per_sec} {eta} {msg}";
const ALL: &str = "{prefix:<11} [{bar:30}] {percent:>3}% {eta} {msg}";

/// The share of a file's time that compressing takes when it is read back afterwards.
const COMPRESSING: f64 = 7.0 / 8.0;

/// What is seen of a run: a bar of the file at work and, if there are several, one of all. Ctrl-C ends the run.
pub(crate) struct Screen {
    bars: MultiProgress,
    all: ProgressBar,
    interrupted: Arc<AtomicBool>,
    asking: Arc<AtomicBool>,
}

impl Screen {
    /// Takes over Ctrl-C and its like. Nothing is drawn unless somebody looks.
    pub(crate) fn new(common: &Common, files: &[&Path]) -> anyhow::Result<Self> {
        let seen = !common.quiet && io::stderr().is_terminal();
        let bars = MultiProgress::with_draw_target(match seen {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        });
        let all = match files {
            [] | [_] => ProgressBar::hidden(),
            files => bars.add(bar_of_all(files)?),
        };
        let asking = Arc::new(AtomicBool::new(false));
        Ok(Self {
            bars,
            all,
            interrupted: on_interrupt(&asking)?,
            asking,
        })
    }

    /// The bar of the next file.
    pub(crate) fn file(&self, path: &Path) -> anyhow::Result<FileBar> {
        let bar = self.bars.insert(0, ProgressBar::no_length());
        bar.set_style(ProgressStyle::with_template(FILE)?);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        bar.set_message(plain(&name).to_string());
        Ok(FileBar {
            bar,
            phase: None,
            all: self.all.clone(),
            before: self.all.position(),
            bytes: size(path),
            interrupted: Arc::clone(&self.interrupted),
        })
    }

    /// Prints a result, above the bars.
    pub(crate) fn print(&self, text: &str) -> anyhow::Result<()> {
        self.bars.suspend(|| output::print(text))
    }

    /// Prints a result for programs, above the bars.
    pub(crate) fn print_json(&self, value: &Value) -> anyhow::Result<()> {
        self.bars.suspend(|| output::print_json(value))
    }

    /// Says what went wrong, above the bars.
    pub(crate) fn error(&self, error: &anyhow::Error) {
        self.bars.suspend(|| output::error(error));
    }

    /// Says what is in doubt, above the bars.
    pub(crate) fn warn(&self, message: &str) {
        self.bars.suspend(|| output::warn(message));
    }

    /// Says what is wrong with the disc in a file.
    pub(crate) fn warn_of(&self, path: &Path, problems: &[Problem]) {
        for problem in problems {
            self.warn(&format!("{}: {problem}", shown(path)));
        }
    }

    /// Whether somebody has ended the run.
    pub(crate) fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::SeqCst)
    }

    /// Asks before anything is written, unless the answer, `yes`, was given already.
    pub(crate) fn consent(&self, yes: bool, question: &str) -> anyhow::Result<()> {
        if yes {
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            bail!("nothing was written; type --yes to do it without being asked");
        }
        match self.ask(&format!("{question} Type yes:"))?.trim() {
            "yes" => Ok(()),
            _ => bail!("nothing was written"),
        }
    }

    /// Asks a question, above the bars, and returns what was typed. Ctrl-C then ends the program, and not only a run:
    /// whoever waits for an answer has nothing under way.
    fn ask(&self, question: &str) -> anyhow::Result<String> {
        self.asking.store(true, Ordering::SeqCst);
        let mut answer = String::new();
        let asked = self.bars.suspend(|| {
            // It may have come before.
            if self.interrupted.load(Ordering::SeqCst) {
                return Ok(0);
            }
            let mut stderr = io::stderr();
            write!(stderr, "{} ", plain(question))?;
            stderr.flush()?;
            io::stdin().read_line(&mut answer)
        });
        self.asking.store(false, Ordering::SeqCst);
        asked?;
        Ok(answer)
    }
}

/// Watches the work on one file; its bar goes when it is dropped.
pub(crate) struct FileBar {
    bar: ProgressBar,
    phase: Option<Phase>,
    all: ProgressBar,
    /// Where the bar of all stood when this file began.
    before: u64,
    /// What this file is of all.
    bytes: u64,
    interrupted: Arc<AtomicBool>,
}

impl FileBar {
    /// What the library calls.
    pub(crate) fn watch(&mut self, progress: Progress) -> ControlFlow<()> {
        if self.phase.replace(progress.phase) != Some(progress.phase) {
            self.start(progress);
        }
        self.bar.set_position(progress.done);
        self.all
            .set_position(self.before + (self.bytes as f64 * share(progress)) as u64);
        match self.interrupted.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    fn start(&self, progress: Progress) {
        self.bar.set_length(progress.total);
        self.bar.reset();
        self.bar.set_prefix(match progress.phase {
            Phase::Compress => "compressing",
            Phase::Decompress => "unpacking",
            Phase::Copy => "copying",
            Phase::ReadBack | Phase::Verify => "verifying",
            Phase::Sample => "sampling",
        });
    }
}

impl Drop for FileBar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        // Also if the file failed, or was skipped.
        self.all.set_position(self.before + self.bytes);
    }
}

/// How much of a file's time has passed, from 0 to 1.
fn share(progress: Progress) -> f64 {
    let done = progress.done as f64 / progress.total.max(1) as f64;
    match progress.phase {
        Phase::Compress => COMPRESSING * done,
        Phase::ReadBack => COMPRESSING + (1.0 - COMPRESSING) * done,
        Phase::Decompress | Phase::Copy | Phase::Verify | Phase::Sample => done,
    }
}

fn bar_of_all(files: &[&Path]) -> anyhow::Result<ProgressBar> {
    let all = ProgressBar::new(files.iter().map(|path| size(path)).sum());
    all.set_style(ProgressStyle::with_template(ALL)?);
    all.set_prefix("all");
    all.set_message(format!("{} files", files.len()));
    Ok(all)
}

/// Bytes of a file; what cannot be known yet counts nothing.
fn size(path: &Path) -> u64 {
    path.metadata().map_or(0, |meta| meta.len())
}

fn on_interrupt(asking: &Arc<AtomicBool>) -> anyhow::Result<Arc<AtomicBool>> {
    let interrupted = Arc::new(AtomicBool::new(false));
    let (flag, asking) = (Arc::clone(&interrupted), Arc::clone(asking));
    ctrlc::set_handler(move || {
        // The second time means that a file does not answer.
        if flag.swap(true, Ordering::SeqCst) || asking.load(Ordering::SeqCst) {
            std::process::exit(Exit::Trouble as i32);
        }
    })?;
    Ok(interrupted)
}
