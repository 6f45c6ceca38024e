//! What each system knows of its disks: which there are, how large they are, and who uses them.

use std::io;
use std::path::PathBuf;

#[cfg(target_os = "linux")]
pub(crate) mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(any(windows, test))]
pub(crate) mod windows;

/// A disk of this system, the console's or not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// What it is opened by.
    pub path: PathBuf,
    /// Its size; none if it cannot be opened to find out.
    pub bytes: Option<u64>,
    /// What its maker calls it; empty where the system does not say.
    pub model: String,
    /// Where something on it is mounted.
    pub mount_point: Option<String>,
}

/// The disks that this system has. Where that is not known how to find out, there are none.
pub fn disks() -> io::Result<Vec<Candidate>> {
    #[cfg(target_os = "linux")]
    return linux::disks();
    #[cfg(target_os = "macos")]
    return macos::disks();
    #[cfg(windows)]
    return Ok(windows::disks(&windows::Real));
    #[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
    Ok(Vec::new())
}

/// Bytes of an open disk or file, where its end does not tell.
#[cfg(target_os = "macos")]
pub(crate) use macos::bytes;

/// Bytes of an open disk or file. Not from the metadata: those of a disk say 0.
#[cfg(not(target_os = "macos"))]
pub(crate) fn bytes(file: &mut std::fs::File) -> io::Result<u64> {
    io::Seek::seek(file, io::SeekFrom::End(0))
}
