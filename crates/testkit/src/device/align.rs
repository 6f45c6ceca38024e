//! A device that notes how its buffers are aligned.

use core::cell::Cell;
use std::rc::Rc;

use zso::SectorDevice;

use super::DeviceError;

/// Larger alignments are not told apart: the test's own buffers are aligned to this.
const MOST: usize = 64;

/// The alignments of the buffers seen; clones are the same record.
#[derive(Clone, Debug)]
pub struct Alignments(Rc<Cell<usize>>);

impl Default for Alignments {
    fn default() -> Self {
        Self(Rc::new(Cell::new(MOST)))
    }
}

impl Alignments {
    /// The smallest alignment seen, in bytes: 64 if all buffers had that or more.
    #[must_use]
    pub fn smallest(&self) -> usize {
        self.0.get()
    }

    fn note(&self, buf: &[u8]) {
        let alignment = 1
            << buf
                .as_ptr()
                .addr()
                .trailing_zeros()
                .min(MOST.trailing_zeros());
        self.0.set(self.0.get().min(alignment));
    }
}

/// Passes requests on and records the alignment of their buffers.
#[derive(Clone, Debug)]
pub struct AlignmentRecorder<D> {
    inner: D,
    alignments: Alignments,
}

impl<D> AlignmentRecorder<D> {
    /// `inner`, recorded in `alignments`.
    #[must_use]
    pub fn new(inner: D, alignments: &Alignments) -> Self {
        Self {
            inner,
            alignments: alignments.clone(),
        }
    }
}

impl<D: SectorDevice<Error = DeviceError>> SectorDevice for AlignmentRecorder<D> {
    type Error = DeviceError;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), DeviceError> {
        self.alignments.note(buf);
        self.inner.read_sectors(first, buf)
    }

    fn sectors(&self) -> Option<u32> {
        self.inner.sectors()
    }
}
