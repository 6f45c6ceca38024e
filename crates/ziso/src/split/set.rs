//! The parts of a file get their names together, or none does.
//!
//! Every reader of parts begins with the first one. So that one marks a set as whole: of an old set it goes first, and
//! of a new one it comes last. Whenever a run is ended in between, no reader takes a part of a set, or of two, for a
//! file. Old parts wait in a folder of their own, from which they come back if anything fails.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::Builder;

use crate::error::Error;
use crate::naming::{move_new, sync, sync_name};
use crate::parts::{MAX_PARTS, path_of};
use crate::target::{Complete, Target, folder, replace};

/// A list to be replaced, and what it has now; nothing if it is not there.
pub(super) struct NewList {
    pub(super) new: Complete,
    pub(super) old: Option<Vec<u8>>,
    /// A damaged one, to be kept under another name.
    pub(super) damaged: Option<Complete>,
}

/// Makes sure that parts of `whole` are not in the way, or may be replaced.
pub(super) fn check_free(whole: &Path, force: bool) -> Result<(), Error> {
    match existing(whole).into_iter().next() {
        Some(path) if !force => Err(Error::Exists { path }),
        _ => Ok(()),
    }
}

/// Gives all parts of `whole` their names, and the list its own; returns the parts' paths.
///
/// # Errors
/// [`Error::Exists`] unless `force`; [`Error::Write`]. All is then as it was; [`Error::PutAside`] if it cannot be.
pub(super) fn name(
    parts: Vec<Target>,
    whole: &Path,
    list: Option<NewList>,
    force: bool,
) -> Result<Vec<PathBuf>, Error> {
    let parts: Result<Vec<_>, _> = parts.into_iter().map(Target::complete).collect();
    let parts = parts?;
    check_free(whole, force)?;
    let paths = parts.iter().map(|part| part.path().to_owned()).collect();
    let mut change = Change::default();
    match change.make(parts, whole, list) {
        Ok(()) => change.keep().map(|()| paths),
        Err(error) => Err(change.undo(error)),
    }
}

/// All that goes by the name of a part, also after one that is missing.
fn existing(whole: &Path) -> Vec<PathBuf> {
    let paths = (0..MAX_PARTS).map(|number| path_of(whole, number));
    paths
        .filter(|path| path.symlink_metadata().is_ok())
        .collect()
}

/// What was done to names, so that it can be undone.
#[derive(Default)]
struct Change {
    /// Where old parts are.
    aside: Option<PathBuf>,
    /// What they are called, in the order in which they went.
    moved: Vec<PathBuf>,
    named: Vec<PathBuf>,
    /// The list, and what it had before.
    list: Option<(PathBuf, Option<Vec<u8>>)>,
}

impl Change {
    fn make(
        &mut self,
        parts: Vec<Complete>,
        whole: &Path,
        list: Option<NewList>,
    ) -> Result<(), Error> {
        let folder = folder(whole);
        for path in existing(whole) {
            self.put_aside(path, &folder)?;
            // It is on the disk where it is now, and no longer has to be where it was.
            sync(&folder);
        }
        let mut list = list;
        for (number, part) in parts.into_iter().enumerate().rev() {
            if let Some(list) = list.take_if(|_| number == 0) {
                if let Some(damaged) = list.damaged {
                    self.name(damaged)?;
                }
                let path = list.new.real().to_owned();
                list.new.name()?;
                self.list = Some((path, list.old));
            }
            self.name(part)?;
        }
        Ok(())
    }

    fn name(&mut self, file: Complete) -> Result<(), Error> {
        let path = file.path().to_owned();
        file.name()?;
        self.named.push(path);
        Ok(())
    }

    fn put_aside(&mut self, path: PathBuf, folder: &Path) -> Result<(), Error> {
        let aside = match &self.aside {
            Some(aside) => aside,
            None => self
                .aside
                .insert(new_folder(folder).map_err(|error| Error::write(&path, error))?),
        };
        let to = waiting(aside, &path);
        fs::rename(&path, &to).map_err(|error| Error::write(&path, error))?;
        sync_name(&to);
        self.moved.push(path);
        Ok(())
    }

    /// Removes what was replaced.
    fn keep(self) -> Result<(), Error> {
        let Some(aside) = self.aside else {
            return Ok(());
        };
        let mut paths = self.moved.iter().map(|path| waiting(&aside, path));
        let removed = paths.try_for_each(fs::remove_file);
        removed
            .and_then(|()| fs::remove_dir(&aside))
            .map_err(|error| Error::write(&aside, error))
    }

    /// Brings all back as it was, after this error.
    fn undo(self, error: Error) -> Error {
        let mut undone = self.named.iter().rev().try_for_each(fs::remove_file);
        if let Some((path, old)) = self.list {
            undone = undone.and(match old {
                Some(bytes) => replace(&path, &bytes),
                None => fs::remove_file(&path),
            });
        }
        let Some(aside) = self.aside else {
            return error;
        };
        for path in self.moved.iter().rev() {
            // Without one of them, the first one must not come back.
            undone = undone.and_then(|()| move_new(&waiting(&aside, path), path));
            sync_name(path);
        }
        match undone.and_then(|()| fs::remove_dir(&aside)) {
            Ok(()) => error,
            Err(_) => Error::PutAside {
                folder: aside,
                source: Box::new(error),
            },
        }
    }
}

/// A folder that no listing shows. It is never removed with anything in it.
fn new_folder(folder: &Path) -> io::Result<PathBuf> {
    let mut builder = Builder::new();
    builder.prefix(".ziso-").suffix(".old");
    let aside = builder.tempdir_in(folder)?.keep();
    sync(folder);
    Ok(aside)
}

/// Where an old part is.
fn waiting(aside: &Path, path: &Path) -> PathBuf {
    aside.join(path.file_name().unwrap_or_default())
}
