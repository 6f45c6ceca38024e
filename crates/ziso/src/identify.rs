//! Which game of a list a disc is.

use std::path::Path;

use discs::DiscReader;
use discs::dat::{Dat, DatError, KnownGame};
use discs::hashes::Hasher;

use crate::error::{At, Error};
use crate::input::open;
use crate::progress::{Meter, Phase, Watch};

/// Bytes of a disc that are read at a time.
const PIECE: usize = 1 << 20;

/// Opens a list of known discs.
pub fn open_list(path: &Path) -> Result<Dat, Error> {
    Dat::read(open(path)?).map_err(|error| match error {
        DatError::Read(source) => Error::read(path, source),
        source => Error::List {
            path: path.to_owned(),
            source,
        },
    })
}

/// Reads all of the disc in the file at `path`, and finds the game that it is.
///
/// # Errors
/// Those of the disc, and [`Error::Interrupted`].
pub fn identify<'d>(
    list: &'d Dat,
    path: &Path,
    reader: &mut DiscReader<'_>,
    watch: Watch<'_>,
) -> Result<Option<&'d KnownGame>, Error> {
    let size = reader.bytes();
    let mut meter = Meter::new(watch, Phase::Verify, size);
    let mut hasher = Hasher::default();
    let mut piece = vec![0; PIECE];
    let mut at = 0;
    loop {
        let read = reader.read_at(at, &mut piece).at(path)?;
        match piece.get(..read) {
            None | Some([]) => return Ok(list.find(&hasher.finish(), size)),
            Some(bytes) => hasher.update(bytes),
        }
        at += read as u64;
        meter.add(read)?;
    }
}

#[cfg(test)]
mod tests {
    use discs::hashes::{Hashes, hex};

    use super::*;
    use crate::disc;
    use crate::progress::unwatched;

    #[test]
    fn discs_are_identified() {
        let image = testkit::data::game_like(1, 3_000_000);
        let folder = tempfile::tempdir().unwrap();
        let paths = ["a.iso", "a.zso"].map(|name| folder.path().join(name));
        std::fs::write(&paths[0], &image).unwrap();
        let options = crate::Options {
            any_data: true,
            ..crate::Options::default()
        };
        crate::compress(&paths[0], &paths[1], &options, &mut unwatched).unwrap();
        let sha1 = hex(Hashes::of(&image).sha1);
        let list = format!("<datafile><game name=\"It\"><rom sha1=\"{sha1}\"/></game></datafile>");
        let dat = Dat::read(std::io::Cursor::new(list)).unwrap();
        for path in paths {
            let disc = disc::open(&path).unwrap();
            let mut memory = disc.memory();
            let mut reader = disc.reader(&mut memory).unwrap();
            let found = identify(&dat, &path, &mut reader, &mut unwatched).unwrap();
            assert_eq!(&*found.unwrap().name, "It");
        }
    }
}
