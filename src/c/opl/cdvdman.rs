//! `zso_opl.o`: the reader in OPL's cdvdman.
#![allow(unsafe_code, reason = "C boundary")]

use super::{Module, backend, export};
use crate::device::SectorDevice;
use crate::lean::Adaptive;

struct Cdvdman;

impl Module for Cdvdman {
    type Policy = Adaptive;
    type Worker = ();

    fn cache_sectors() -> usize {
        backend::cache_sectors()
    }

    fn device(_: &()) -> impl SectorDevice {
        backend::Backend
    }
}

export!(Cdvdman);
