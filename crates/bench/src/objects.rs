//! The console's objects, as they are measured. Whoever builds them hands them over.

use anyhow::{Context, Result};
use objcheck::Sizes;

/// The reader with the functions of `zso.h`.
pub const READER: &str = "zso.o";
/// The reader with the functions of OPL's own.
pub const OPL: &str = "zso_opl.o";
/// The same, decoding while the device reads.
pub const OVERLAP: &str = "zso_opl_overlap.o";

/// The reader with the functions of Neutrino's `device-fhi.c`.
pub const DEVICE_FHI: &str = "zso_device_fhi.o";

/// Builds the objects, or fails with what is wrong with them. Measurements that need no object do not call it.
pub type Build = fn() -> Result<Objects>;

/// An object and what was found out about it.
pub struct Object {
    pub name: &'static str,
    pub bytes: Vec<u8>,
    pub sizes: Sizes,
    /// Most bytes of code and constants that it may have.
    pub code_budget: u32,
}

pub struct Objects {
    pub compiler: String,
    pub all: Vec<Object>,
}

impl Objects {
    pub fn get(&self, name: &str) -> Result<&Object> {
        let found = self.all.iter().find(|object| object.name == name);
        found.with_context(|| format!("there is no object {name}"))
    }
}
