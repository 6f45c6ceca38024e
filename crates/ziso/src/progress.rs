//! How far a run has come, and the way to end it early.

use std::ops::ControlFlow;

use crate::error::Error;

/// What a run is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Makes a ZSO file.
    Compress,
    /// Reads what was made back, and compares it.
    ReadBack,
    /// Makes an image.
    Decompress,
    /// Brings a file to a disk or from it, as it is.
    Copy,
    /// Reads a ZSO file for its own sake.
    Verify,
    /// Compresses a sample of an image.
    Sample,
}

/// How far a run has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// What is being done; a run can have two phases, each from 0 to `total`.
    pub phase: Phase,
    /// Bytes of the uncompressed image that are done.
    pub done: u64,
    /// Bytes of the uncompressed image.
    pub total: u64,
}

/// Is called now and then, on the thread that started the run; `Break` ends the run with
/// [`Error::Interrupted`], and leaves no file.
pub type Watch<'w> = &'w mut dyn FnMut(Progress) -> ControlFlow<()>;

/// The [`Watch`] of a run that nobody watches.
pub fn unwatched(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// One phase of a run, as it counts its bytes.
pub(crate) struct Meter<'w> {
    watch: Watch<'w>,
    progress: Progress,
}

impl<'w> Meter<'w> {
    pub(crate) fn new(watch: Watch<'w>, phase: Phase, total: u64) -> Self {
        let progress = Progress {
            phase,
            done: 0,
            total,
        };
        Self { watch, progress }
    }

    /// Counts `bytes` more as done.
    pub(crate) fn add(&mut self, bytes: usize) -> Result<(), Error> {
        self.progress.done = self.progress.done.saturating_add(bytes as u64);
        match (self.watch)(self.progress) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::Interrupted),
        }
    }
}
