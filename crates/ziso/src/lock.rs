//! One run at a time that changes several files of a folder together.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use same_file::Handle;

use crate::error::Error;
use crate::naming::patiently;

/// The file that is locked: it is there while somebody has the folder.
const NAME: &str = ".ziso-lock";
/// So often others have it first, at most: some file systems do not tell that a file is the same.
const MOST_OTHERS: usize = 10_000;

/// A folder that no other run changes; until it is dropped, or the program ends in whatever way.
pub(crate) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// Waits until nobody else has the folder.
    pub(crate) fn of(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(NAME);
        let mut options = File::options();
        options.create(true).truncate(false).write(true);
        for _ in 0..MOST_OTHERS {
            // Windows may still be removing it.
            let file =
                patiently(|| options.open(&path)).map_err(|error| Error::create(&path, error))?;
            match file.lock() {
                // Then nobody can have it.
                Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
                locked => locked.map_err(|error| Error::write(&path, error))?,
            }
            // Whoever had it before has removed it perhaps, and a third one made it anew.
            if is_at(&file, &path).unwrap_or(false) {
                return Ok(Self { path, _file: file });
            }
        }
        Err(Error::write(&path, io::ErrorKind::ResourceBusy.into()))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Locked still: the next one sees that it is gone.
        let _ = fs::remove_file(&self.path);
    }
}

fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    Ok(Handle::from_file(file.try_clone()?)? == Handle::from_path(path)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    #[test]
    fn a_folder_is_one_runs_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let busy = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let lock = Lock::of(folder.path()).unwrap();
                        assert!(!busy.swap(true, Ordering::SeqCst));
                        thread::yield_now();
                        busy.store(false, Ordering::SeqCst);
                        drop(lock);
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
