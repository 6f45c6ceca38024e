//! A disk, or an image of one.

use std::fs::{File, FileType, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::disk::Disk;
use crate::sector::{Lba, SECTOR_SIZE};
use crate::system;

/// What a disk is opened for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// To read.
    Read,
    /// To be changed: no one else may use it meanwhile.
    Write,
}

/// Why a disk is not opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "a message says what its numbers and names are")]
pub enum OpenError {
    /// The system refuses.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is a folder, a pipe, a terminal.
    #[error("it is neither a disk nor a file")]
    NotADisk,
    /// The system uses what is on it.
    #[error("it is in use, mounted at {mount_point}; {}", unmount(mount_point))]
    Mounted { mount_point: String },
    /// The file is a disk of the system's already.
    #[error("it is in use by the loop device {device}")]
    Loop { device: String },
    /// Another program has it open for writing, or as a part of something larger.
    #[error("another program is using it{}", if cfg!(target_os = "macos") { "; type: diskutil unmountDisk, with its name" } else { "" })]
    Busy,
    /// Nobody can tell here whether a disk is in use.
    #[error(
        "disks are not written on this system; copy the disk to a file, or type the name of an image"
    )]
    System,
}

/// A disk or an image file.
#[derive(Debug)]
pub struct FileDisk {
    file: File,
    sectors: u64,
}

impl FileDisk {
    /// Opens the disk or the image at `path`.
    ///
    /// # Errors
    /// [`OpenError`]. For writing, anything that anybody uses is refused.
    pub fn open(path: &Path, access: Access) -> Result<Self, OpenError> {
        #[cfg(windows)]
        if let Some(number) = system::windows::drive(path) {
            let (file, bytes) = system::windows::open(number, access)?;
            let sectors = bytes / SECTOR_SIZE as u64;
            return Ok(Self { file, sectors });
        }
        let meta = path.metadata()?;
        if meta.is_dir() || !is_disk(meta.file_type()) {
            return Err(OpenError::NotADisk);
        }
        let mut options = OpenOptions::new();
        options.read(true).write(access == Access::Write);
        if access == Access::Write {
            check_unused(path, &meta)?;
            exclusive(&mut options, meta.file_type());
        }
        let file = options.open(path).map_err(busy)?;
        let file = Self::new(file)?;
        if access == Access::Write {
            file.lock()?;
        }
        Ok(file)
    }

    fn new(mut file: File) -> io::Result<Self> {
        let bytes = system::bytes(&mut file)?;
        Ok(Self {
            file,
            sectors: bytes / SECTOR_SIZE as u64,
        })
    }

    /// Keeps other runs out.
    fn lock(&self) -> Result<(), OpenError> {
        match self.file.try_lock() {
            Err(TryLockError::WouldBlock) => Err(OpenError::Busy),
            // Some file systems have no locks.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
        }
    }
}

impl Disk for FileDisk {
    fn sectors(&self) -> u64 {
        self.sectors
    }

    fn read(&mut self, at: Lba, sectors: &mut [u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(at.byte()))?;
        self.file.read_exact(sectors)
    }

    fn write(&mut self, at: Lba, sectors: &[u8]) -> io::Result<()> {
        let end = at.byte() + sectors.len() as u64;
        // A file would grow.
        if end > self.sectors * SECTOR_SIZE as u64 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.file.seek(SeekFrom::Start(at.byte()))?;
        self.file.write_all(sectors)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.sync_data()?;
        forget(&self.file);
        Ok(())
    }
}

#[cfg(unix)]
fn is_disk(kind: FileType) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    kind.is_file() || kind.is_block_device()
}

#[cfg(not(unix))]
fn is_disk(kind: FileType) -> bool {
    kind.is_file()
}

/// Makes sure that the system does not use the disk.
#[cfg(target_os = "linux")]
fn check_unused(path: &Path, meta: &std::fs::Metadata) -> Result<(), OpenError> {
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
    if !meta.file_type().is_block_device() {
        return match system::linux::loop_of(path)? {
            Some(device) => Err(OpenError::Loop { device }),
            None => Ok(()),
        };
    }
    match system::linux::mount_of(meta.rdev())? {
        Some(mount_point) => Err(OpenError::Mounted { mount_point }),
        None => Ok(()),
    }
}

/// What is mounted cannot be opened to be written.
#[cfg(target_os = "macos")]
fn check_unused(_: &Path, _: &std::fs::Metadata) -> Result<(), OpenError> {
    Ok(())
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn check_unused(_: &Path, meta: &std::fs::Metadata) -> Result<(), OpenError> {
    match meta.is_file() {
        true => Ok(()),
        false => Err(OpenError::System),
    }
}

/// Asks the system to keep everybody else off a disk: a file system, swap, an array of disks.
#[cfg(target_os = "linux")]
fn exclusive(options: &mut OpenOptions, kind: FileType) {
    use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
    if kind.is_block_device() {
        options.custom_flags(rustix::fs::OFlags::EXCL.bits().cast_signed());
    }
}

#[cfg(not(target_os = "linux"))]
fn exclusive(_: &mut OpenOptions, _: FileType) {}

/// How what is mounted is not any more.
fn unmount(mount_point: &str) -> String {
    match cfg!(windows) {
        true => {
            "if nothing on it is needed, delete its volumes in Windows' Disk Management".to_owned()
        }
        false => format!("type: umount {mount_point}"),
    }
}

fn busy(error: io::Error) -> OpenError {
    match error.kind() {
        io::ErrorKind::ResourceBusy => OpenError::Busy,
        _ => OpenError::Io(error),
    }
}

/// Drops what the system keeps of the file in memory, so that it is read from the medium. What fails is only that.
#[cfg(target_os = "linux")]
fn forget(file: &File) {
    let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
}

#[cfg(not(target_os = "linux"))]
fn forget(_: &File) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(sectors: u64) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file()
            .set_len(sectors * SECTOR_SIZE as u64)
            .unwrap();
        file
    }

    #[test]
    fn what_was_written_is_read_and_the_file_does_not_grow() {
        let image = image(4);
        let mut disk = FileDisk::open(image.path(), Access::Write).unwrap();
        assert_eq!(disk.sectors(), 4);
        disk.write(Lba(2), &[7; 1024]).unwrap();
        disk.flush().unwrap();
        let mut read = [0; 1024];
        disk.read(Lba(2), &mut read).unwrap();
        assert_eq!(read, [7; 1024]);
        disk.write(Lba(3), &[7; 1024]).unwrap_err();
        disk.read(Lba(3), &mut read).unwrap_err();
        assert_eq!(image.as_file().metadata().unwrap().len(), 2048);
    }

    #[test]
    fn what_is_no_disk_is_refused() {
        let folder = FileDisk::open(Path::new("/"), Access::Read);
        assert!(matches!(folder, Err(OpenError::NotADisk)));
        let terminal = FileDisk::open(Path::new("/dev/null"), Access::Write);
        assert!(matches!(terminal, Err(OpenError::NotADisk)));
    }

    #[test]
    fn two_runs_cannot_write_the_same_image() {
        let image = image(4);
        let first = FileDisk::open(image.path(), Access::Write).unwrap();
        let second = FileDisk::open(image.path(), Access::Write);
        assert!(matches!(second, Err(OpenError::Busy)));
        FileDisk::open(image.path(), Access::Read).unwrap();
        drop(first);
        FileDisk::open(image.path(), Access::Write).unwrap();
    }

    #[test]
    fn an_image_opened_to_be_read_is_not_written() {
        let image = image(4);
        let mut disk = FileDisk::open(image.path(), Access::Read).unwrap();
        disk.write(Lba(0), &[1; 512]).unwrap_err();
    }
}
