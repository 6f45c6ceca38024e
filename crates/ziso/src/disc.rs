//! Discs in files that have names.

use std::path::Path;

use crate::error::{At, Error};
use crate::input::Input;
use crate::target;

/// A disc in a file, told by its first bytes and never by its name.
pub type Disc = discs::Disc<Input>;
/// A ZSO file that is open.
pub(crate) type Zso = discs::image::Zso<Input>;

/// Opens the disc in the file at `path`; `-` is standard input.
///
/// # Errors
/// Those of opening; [`Error::Image`] for a ZSO or CSO file whose header cannot be read; [`Error::Foreign`].
pub fn open(path: &Path) -> Result<Disc, Error> {
    Disc::new(Input::open(path, &target::folder(path))?).at(path)
}

/// A disc that is to be converted: one that has bytes, all of which can be read.
///
/// # Errors
/// [`Error::Empty`], as no disc is; [`Error::Foreign`]; [`Error::Track`]; those of damaged ZSO and CSO files.
pub(crate) fn original(input: Input) -> Result<Disc, Error> {
    let path = input.path().to_owned();
    let start = discs::ReadAt::start(&input, discs::track::SYNC.len()).at(&path)?;
    if discs::track::begins(&start) {
        let len = discs::ReadAt::len(&input);
        let checked = discs::track::check_len(len);
        checked.map_err(|source| Error::Track {
            path: path.clone(),
            source,
        })?;
    }
    not_empty(Disc::new(input).at(&path)?)
}

/// Makes sure that there is anything to say of a disc.
///
/// # Errors
/// [`Error::Empty`].
pub(crate) fn not_empty(disc: Disc) -> Result<Disc, Error> {
    match disc.bytes() {
        0 => Err(Error::Empty {
            path: disc.file().path().to_owned(),
        }),
        _ => Ok(disc),
    }
}

/// Opens the ZSO file at `path`, or standard input, for which a copy may be needed in `folder`.
pub(crate) fn open_zso(path: &Path, folder: &Path) -> Result<Zso, Error> {
    Zso::new(Input::open(path, folder)?).at(path)
}
