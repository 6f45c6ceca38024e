//! A file to the name under which loaders list it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use zso_report::shown;

use crate::naming::{move_new, patiently};

/// Why a file keeps its name.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenameError {
    #[error(
        "cannot rename {}: {} exists; move one of them away, or type another --title",
        shown(path),
        shown(to)
    )]
    Exists { path: PathBuf, to: PathBuf },
    #[error("cannot rename {} to {}", shown(path), shown(to))]
    Refused {
        path: PathBuf,
        to: PathBuf,
        source: io::Error,
    },
}

/// Renames a file within its folder, and returns its new path. No other file is replaced.
///
/// # Errors
/// Any [`RenameError`]; the file then has its old name.
pub fn rename(path: &Path, name: &str) -> Result<PathBuf, RenameError> {
    let to = path.with_file_name(name);
    if to == path {
        return Ok(to);
    }
    // Where capital letters do not matter, the other file can be this one.
    let is_taken = to.symlink_metadata().is_ok()
        && !same_file::is_same_file(path, &to).is_ok_and(|is_same| is_same && !is_linked(path));
    // On Windows a file that is moved, or was to be, loses what it had: it is not read-only any more.
    let before = cfg!(windows).then(|| fs::metadata(path).map(|meta| meta.permissions()));
    let renamed = match () {
        () if is_taken => Err(io::ErrorKind::AlreadyExists.into()),
        // Only its letters become others.
        () if to.exists() => patiently(|| fs::rename(path, &to)),
        () => move_new(path, &to),
    };
    if let Some(Ok(before)) = before {
        fs::set_permissions(if renamed.is_ok() { &to } else { path }, before).ok();
    }
    let path = path.to_owned();
    match renamed {
        Ok(()) => Ok(to),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(RenameError::Exists { path, to })
        }
        Err(source) => Err(RenameError::Refused { path, to, source }),
    }
}

/// Whether the file may have more names than one.
fn is_linked(path: &Path) -> bool {
    #[cfg(unix)]
    let links = fs::metadata(path).map_or(2, |meta| std::os::unix::fs::MetadataExt::nlink(&meta));
    #[cfg(not(unix))]
    let links = 1;
    links > 1 || path.is_symlink()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_get_names_that_are_free() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("a.iso"), "a").unwrap();
        fs::write(at("b.iso"), "b").unwrap();
        assert_eq!(rename(&at("a.iso"), "c.iso").unwrap(), at("c.iso"));
        assert_eq!(rename(&at("c.iso"), "c.iso").unwrap(), at("c.iso"));
        let taken = rename(&at("c.iso"), "b.iso");
        assert!(
            matches!(taken, Err(RenameError::Exists { .. })),
            "{taken:?}"
        );
        assert_eq!(fs::read(at("b.iso")).unwrap(), b"b");
        let gone = rename(&at("gone.iso"), "d.iso");
        assert!(matches!(gone, Err(RenameError::Refused { .. })), "{gone:?}");
    }

    #[cfg(unix)]
    #[test]
    fn other_names_of_the_same_file_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("a.iso"), "a").unwrap();
        fs::hard_link(at("a.iso"), at("b.iso")).unwrap();
        std::os::unix::fs::symlink(at("a.iso"), at("c.iso")).unwrap();
        for (from, to) in [("a.iso", "b.iso"), ("a.iso", "c.iso"), ("c.iso", "a.iso")] {
            let taken = rename(&at(from), to);
            assert!(
                matches!(taken, Err(RenameError::Exists { .. })),
                "{from} {to}"
            );
        }
    }
}
