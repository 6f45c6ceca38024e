//! `zso_opl_overlap.o`: the reader in OPL's cdvdman, with a thread that decodes while the device reads.
#![allow(unsafe_code, reason = "C boundary")]

use super::backend::{self, Backend};
use super::worker::Worker;
use super::{Module, export};
use crate::device::{SectorDevice, Work};
use crate::lean::Overlapped;
use crate::source::Failed;

struct Cdvdman;

impl Module for Cdvdman {
    type Policy = Overlapped;
    type Worker = Worker;

    fn cache_sectors() -> usize {
        backend::cache_sectors()
    }

    fn start(worker: &mut Worker, reads_ahead: bool) {
        worker.start(reads_ahead);
    }

    fn device(worker: &Worker) -> impl SectorDevice {
        OverlappedDevice(worker)
    }
}

/// The file, with the thread to give work to while it reads.
struct OverlappedDevice<'s>(&'s Worker);

impl SectorDevice for OverlappedDevice<'_> {
    type Error = Failed;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), Failed> {
        Backend.read_sectors(first, buf)
    }

    fn overlaps(&self) -> bool {
        self.0.is_there()
    }

    fn read_sectors_while(
        &mut self,
        first: u32,
        buf: &mut [u8],
        work: &mut dyn Work,
    ) -> Result<(), Failed> {
        self.0
            .while_waiting(work, || Backend.read_sectors(first, buf))
    }
}

export!(Cdvdman);
