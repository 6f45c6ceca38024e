//! How a file gets a name that is free, or that of a file which it replaces: no other file ever loses its own.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use tempfile::{PathPersistError, TempPath};

use crate::target::folder;

/// How often what Windows refuses is tried again, and when.
const TRIES: usize = 100;
const PAUSE: Duration = Duration::from_millis(20);

/// Does something to a file's name. Windows refuses that while anybody has the file open, if only to read it, as
/// another run of this program or one that looks for viruses: then it is tried again, for two seconds.
///
/// # Errors
/// The last one of `change`.
pub(crate) fn patiently<T>(mut change: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    for _ in 0..TRIES {
        match change() {
            Err(error) if is_in_use(&error) => sleep(PAUSE),
            done => return done,
        }
    }
    change()
}

/// Whether Windows says this of a file that somebody has open: `ERROR_ACCESS_DENIED`, `ERROR_SHARING_VIOLATION`.
fn is_in_use(error: &io::Error) -> bool {
    cfg!(windows) && matches!(error.raw_os_error(), Some(5 | 32))
}

/// Gives a temporary file the name `to`, in place of what has that name.
///
/// # Errors
/// Those of the system. Both files are then as they were, and the temporary one is removed.
pub(crate) fn replace(from: TempPath, to: &Path) -> io::Result<()> {
    give(from, |from| from.persist(to))
}

/// Gives the file at `from` the name `to`, in the same file system, unless something has that name by now.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`]; those of the system. The file then has its old name.
pub(crate) fn move_new(from: &Path, to: &Path) -> io::Result<()> {
    let mut moved = TempPath::try_from_path(from)?;
    // Whatever happens, it is not to be removed.
    moved.disable_cleanup(true);
    match give(moved, |moved| moved.persist_noclobber(to)) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists && from.exists() => {
            claim(from, to)
        }
        result => result,
    }
}

fn give(from: TempPath, name: impl Fn(TempPath) -> Result<(), PathPersistError>) -> io::Result<()> {
    let mut from = Some(from);
    patiently(|| match from.take().map(&name) {
        Some(Err(PathPersistError { error, path })) => {
            from = Some(path);
            Err(error)
        }
        _ => Ok(()),
    })
}

/// The same where a file system can neither do it in one step nor link files, as some on removable disks: an empty file
/// takes the name, which only one of several programs can make, and is then replaced.
fn claim(from: &Path, to: &Path) -> io::Result<()> {
    File::create_new(to)?;
    patiently(|| fs::rename(from, to)).inspect_err(|_| {
        let _ = fs::remove_file(to);
    })
}

/// Brings the name that a file has got to the disk, as far as the system lets a program do that: what it does next is
/// then not there without it, even if power is lost.
pub(crate) fn sync_name(path: &Path) {
    // On FAT, a file that was moved has no bytes by its new name until this.
    sync(path);
    sync(&folder(path));
}

/// The same for all names in a folder that are there already, or no longer.
pub(crate) fn sync(path: &Path) {
    if cfg!(unix) {
        let _ = File::open(path).and_then(|file| file.sync_all());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;
    use std::thread;

    /// Two programs that want the same name at once: one gets it, and both files are still there.
    #[test]
    fn of_two_files_for_one_name_none_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for mover in [move_new, claim] {
            for round in 0..200 {
                let barrier = Barrier::new(2);
                let wanted = at("c");
                let named = thread::scope(|scope| {
                    let start = |name: &'static str| {
                        let (barrier, wanted, from) = (&barrier, &wanted, at(name));
                        fs::write(&from, name).unwrap();
                        scope.spawn(move || {
                            barrier.wait();
                            mover(&from, wanted).is_ok()
                        })
                    };
                    let both = [start("a"), start("b")];
                    both.map(|thread| thread.join().unwrap())
                });
                assert_eq!(named.iter().filter(|named| **named).count(), 1, "{round}");
                let (winner, loser) = if named[0] { ("a", "b") } else { ("b", "a") };
                assert_eq!(fs::read_to_string(at("c")).unwrap(), winner);
                assert_eq!(fs::read_to_string(at(loser)).unwrap(), loser);
                fs::remove_file(at("c")).unwrap();
            }
        }
    }

    #[test]
    fn what_cannot_be_moved_leaves_no_trace() {
        let folder = tempfile::tempdir().unwrap();
        let (gone, to) = (folder.path().join("gone"), folder.path().join("to"));
        assert!(move_new(&gone, &to).is_err());
        assert!(claim(&gone, &to).is_err());
        assert!(!to.exists());
    }
}
