//! Titles, as a disk can hold them.

use ps2_apa::GameHeader;

use super::error::Error;

/// A title without blanks around it.
///
/// # Errors
/// [`Error::EmptyTitle`]: menus would show a line with nothing in it.
pub(crate) fn whole(title: &str) -> Result<&str, Error> {
    match title.trim() {
        "" => Err(Error::EmptyTitle),
        title => Ok(title),
    }
}

/// What a disk keeps of a title.
pub fn kept(title: &str) -> &str {
    let end = title.floor_char_boundary(GameHeader::MAX_TITLE);
    title.get(..end).unwrap_or_default()
}
