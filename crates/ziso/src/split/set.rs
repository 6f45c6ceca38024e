//! The parts of a file get their names together, or none does.
//!
//! Every reader of parts begins with the first one. So that one marks a set as whole: of an old set it goes first, and
//! of a new one it comes last. Whenever a run is ended in between, no reader takes a part of a set, or of two, for a
//! file. Old parts wait under names of the same length in the same folder, from which they come back if anything fails:
//!
//! | there is | all the other parts |
//! |---|---|
//! | `game.iso.00` | are whole; what waits was replaced, and is to be removed |
//! | `game.iso.-0` | are old, whether they wait as `game.iso.~1` or have not gone yet |
//! | `game.iso.~0` | are old if they wait, and else new |
//!
//! So the next run knows what this one has left. exFAT changes a name of the same length where it stands, in one write;
//! any other one is two, of which a loss of power can leave the one that removes the old name.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::naming::{move_new, patiently, sync, sync_name};
use crate::parts::{MAX_PARTS, aside_of, first_aside_of, path_of};
use crate::target::{Complete, Target, folder};

/// A list to be replaced.
pub(super) struct NewList {
    pub(super) new: Complete,
    /// What there is now, which gets a name of its own until all is done; nothing if it is not there.
    pub(super) old: Option<Complete>,
    /// A damaged one, to be kept under another name.
    pub(super) damaged: Option<Complete>,
}

/// Makes sure that parts of `whole` are not in the way, or may be replaced.
pub(super) fn check_free(whole: &Path, force: bool) -> Result<(), Error> {
    let mut taken = (0..MAX_PARTS).map(|number| path_of(whole, number));
    match taken.find(is_there).or_else(|| waiting(whole).next()) {
        Some(path) if !force => Err(Error::Exists { path }),
        _ => Ok(()),
    }
}

/// Gives all parts of `whole` their names, and the list its own; returns the parts' paths.
///
/// # Errors
/// [`Error::Exists`] unless `force`; [`Error::Write`]. All is then as it was, or as it was before a run that was ended
/// in between; [`Error::PutAside`] if it cannot be.
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
        Ok(()) => change.keep(whole).map(|()| paths),
        Err(error) => Err(change.undo(whole, error)),
    }
}

/// What was done to names, so that it can be undone.
#[derive(Default)]
struct Change {
    named: Vec<PathBuf>,
    /// What the list was before, under another name.
    old_list: Option<PathBuf>,
    /// The list, once it is the new one.
    list: Option<PathBuf>,
}

impl Change {
    fn make(
        &mut self,
        parts: Vec<Complete>,
        whole: &Path,
        list: Option<NewList>,
    ) -> Result<(), Error> {
        put_aside(whole).map_err(|error| Error::write(&path_of(whole, 0), error))?;
        let mut list = list;
        for (number, part) in parts.into_iter().enumerate().rev() {
            if let Some(list) = list.take_if(|_| number == 0) {
                self.replace(list)?;
            }
            self.name(part)?;
        }
        Ok(())
    }

    fn replace(&mut self, list: NewList) -> Result<(), Error> {
        if let Some(damaged) = list.damaged {
            self.name(damaged)?;
        }
        if let Some(old) = list.old {
            let path = old.path().to_owned();
            old.name()?;
            self.old_list = Some(path);
        }
        let path = list.new.real().to_owned();
        list.new.name()?;
        self.list = Some(path);
        Ok(())
    }

    fn name(&mut self, file: Complete) -> Result<(), Error> {
        let path = file.path().to_owned();
        file.name()?;
        self.named.push(path);
        Ok(())
    }

    /// Removes what was replaced.
    fn keep(self, whole: &Path) -> Result<(), Error> {
        let mut replaced = waiting(whole).chain(self.old_list);
        replaced.try_for_each(|path| remove(&path).map_err(|error| Error::write(&path, error)))
    }

    /// Brings all back as it was, after this error.
    fn undo(self, whole: &Path, error: Error) -> Error {
        let mut undone = self.named.iter().rev().try_for_each(remove);
        undone = undone.and(match (&self.list, &self.old_list) {
            (Some(list), Some(old)) => patiently(|| fs::rename(old, list)),
            (Some(list), None) => remove(list),
            (None, Some(old)) => remove(old),
            (None, None) => Ok(()),
        });
        sync(&folder(whole));
        match undone.and_then(|()| bring_back(whole)) {
            Ok(()) => error,
            Err(_) => match waiting(whole).next() {
                Some(aside) => Error::PutAside {
                    aside,
                    source: Box::new(error),
                },
                None => error,
            },
        }
    }
}

/// Old parts that wait.
fn waiting(whole: &Path) -> impl Iterator<Item = PathBuf> {
    let others = (0..MAX_PARTS).map(|number| aside_of(whole, number));
    [first_aside_of(whole)]
        .into_iter()
        .chain(others)
        .filter(is_there)
}

/// Has all old parts wait, also where an earlier run was ended: then new ones that it has left are removed.
fn put_aside(whole: &Path) -> io::Result<()> {
    let (first, going) = (path_of(whole, 0), first_aside_of(whole));
    if is_there(&first) {
        waiting(whole).try_for_each(remove)?;
        sync(&folder(whole));
        rename(&first, &going)?;
    }
    let is_new = is_there(&aside_of(whole, 0));
    for number in 1..MAX_PARTS {
        let path = path_of(whole, number);
        match is_new {
            _ if !is_there(&path) => {}
            true => remove(&path)?,
            false => rename(&path, &aside_of(whole, number))?,
        }
    }
    match is_there(&going) {
        true => rename(&going, &aside_of(whole, 0)),
        false => Ok(()),
    }
}

/// The other way; nothing new has a part's name.
fn bring_back(whole: &Path) -> io::Result<()> {
    let (last, going) = (aside_of(whole, 0), first_aside_of(whole));
    if is_there(&last) {
        rename(&last, &going)?;
    }
    let others = (1..MAX_PARTS).map(|number| (aside_of(whole, number), path_of(whole, number)));
    for (from, to) in others.chain([(going, path_of(whole, 0))]) {
        // Without one of them, the first one must not come back.
        if is_there(&from) {
            rename(&from, &to)?;
        }
    }
    Ok(())
}

/// Renames a file, and has the disk know before anything else is done.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    move_new(from, to)?;
    sync_name(to);
    Ok(())
}

fn remove(path: impl AsRef<Path>) -> io::Result<()> {
    patiently(|| fs::remove_file(&path))
}

fn is_there(path: &impl AsRef<Path>) -> bool {
    path.as_ref().symlink_metadata().is_ok()
}
