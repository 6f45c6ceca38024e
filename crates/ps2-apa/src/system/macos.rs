//! macOS: disks are files in `/dev`, whose end does not tell their size.

use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom};
use std::os::unix::fs::FileTypeExt as _;

use rustix::ioctl::{Getter, Opcode, ioctl, opcode};

use super::Candidate;

/// DKIOCGETBLOCKSIZE: bytes of a block.
const BLOCK_SIZE: Opcode = opcode::read::<u32>(b'd', 24);
/// DKIOCGETBLOCKCOUNT: how many blocks there are.
const BLOCK_COUNT: Opcode = opcode::read::<u64>(b'd', 25);

/// The disks of this system. What is mounted of them cannot be opened to be written.
pub(super) fn disks() -> io::Result<Vec<Candidate>> {
    let mut disks = Vec::new();
    for entry in fs::read_dir("/dev")? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let number = name.strip_prefix("disk").unwrap_or_default();
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let opened = File::open(entry.path());
        disks.push(Candidate {
            path: entry.path(),
            bytes: opened.and_then(|mut file| bytes(&mut file)).ok(),
            model: String::new(),
            mount_point: None,
        });
    }
    disks.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(disks)
}

/// Bytes of an open disk or file.
#[allow(unsafe_code, reason = "the system's own calls")]
pub(crate) fn bytes(file: &mut File) -> io::Result<u64> {
    if !file.metadata()?.file_type().is_block_device() {
        return file.seek(SeekFrom::End(0));
    }
    // SAFETY: this request writes a `u32`, as sys/disk.h has it.
    let size = unsafe { Getter::<BLOCK_SIZE, u32>::new() };
    // SAFETY: as of its `Getter`; the file is open.
    let size = unsafe { ioctl(&*file, size) }?;
    // SAFETY: this request writes a `u64`, as sys/disk.h has it.
    let count = unsafe { Getter::<BLOCK_COUNT, u64>::new() };
    // SAFETY: as of its `Getter`; the file is open.
    let count = unsafe { ioctl(&*file, count) }?;
    Ok(count.saturating_mul(size.into()))
}
