//! Games in parts as USBExtreme has them: files `ul.CHECKSUM.SLES_123.45.00` in a drive's root, and a list of them,
//! `ul.cfg`.

use crc::{Algorithm, Crc};

/// Bytes of an entry of the list.
pub const ENTRY_BYTES: usize = 64;
/// What a game on a CD has as its medium.
pub const CD: u8 = 0x12;
/// What a game on a DVD has as its medium.
pub const DVD: u8 = 0x14;
/// A list is not longer: that has room for 16,384 games.
pub const MOST_BYTES: u64 = 1 << 20;
/// The list's name.
pub const LIST: &str = "ul.cfg";

/// Letters of a title, and of the program that starts.
const TITLE: usize = 32;
const STARTUP: usize = 12;
/// What stands between them.
const MARK: &[u8; 3] = b"ul.";
/// Where an entry has the number of parts, what the game came on, and a byte that is always the same.
const PARTS: usize = 47;
const MEDIA: usize = 48;
const CONSTANT: (usize, u8) = (53, 8);

/// The checksum of a title, its closing NUL included.
const CHECKSUM: Crc<u32> = Crc::<u32>::new(&Algorithm {
    width: 32,
    poly: 0x04C1_1DB7,
    init: 0,
    refin: false,
    refout: false,
    xorout: 0,
    check: 0x89A1_897F,
    residue: 0,
});

/// A game of the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    bytes: [u8; ENTRY_BYTES],
}

impl Entry {
    /// A game in so many parts. `media` is [`CD`] or [`DVD`]. Of the title there is room for 32 letters, which loaders
    /// take without a NUL after them. Those that are not ASCII become `_`: the list says nothing of what they would
    /// mean.
    pub fn new(title: &str, startup: &str, media: u8, parts: u8) -> Self {
        let mut bytes = [0; ENTRY_BYTES];
        let (title_field, rest) = bytes.split_at_mut(TITLE);
        let letters = title.chars().map(|c| match c {
            ' '..='~' => c as u8,
            _ => b'_',
        });
        title_field
            .iter_mut()
            .zip(letters)
            .for_each(|(to, from)| *to = from);
        let letters = MARK.iter().copied().chain(startup.bytes().take(STARTUP));
        rest.iter_mut()
            .zip(letters)
            .for_each(|(to, from)| *to = from);
        let mut entry = Self { bytes };
        entry.set(PARTS, parts);
        entry.set(MEDIA, media);
        entry.set(CONSTANT.0, CONSTANT.1);
        entry
    }

    fn set(&mut self, at: usize, value: u8) {
        if let Some(byte) = self.bytes.get_mut(at) {
            *byte = value;
        }
    }

    /// As the list has it.
    pub fn bytes(&self) -> &[u8; ENTRY_BYTES] {
        &self.bytes
    }

    /// The number of parts.
    pub fn parts(&self) -> u8 {
        self.bytes.get(PARTS).copied().unwrap_or_default()
    }

    /// The title.
    pub fn title(&self) -> String {
        text(self.bytes.get(..TITLE))
    }

    /// The name of the game's files, before the part's number.
    pub fn file_name(&self) -> String {
        let mut digest = CHECKSUM.digest();
        let title = self.bytes.iter().take(TITLE);
        title
            .take_while(|byte| **byte != 0)
            .for_each(|byte| digest.update(&[*byte]));
        digest.update(&[0]);
        let startup = text(self.bytes.get(TITLE + MARK.len()..PARTS));
        format!("ul.{:08X}.{startup}", digest.finalize())
    }

    /// Whether loaders would look for the same files.
    pub fn is_same_game(&self, other: &[u8]) -> bool {
        self.bytes.get(..PARTS) == other.get(..PARTS)
    }
}

/// The games of a list. One that was cut, or has bytes between its entries that are none, is left with those that are
/// whole.
pub fn entries(mut list: &[u8]) -> impl Iterator<Item = Entry> {
    std::iter::from_fn(move || {
        while let Some((bytes, rest)) = list.split_first_chunk() {
            let entry = Entry { bytes: *bytes };
            if entry
                .bytes
                .get(TITLE..)
                .is_some_and(|rest| rest.starts_with(MARK))
            {
                list = rest;
                return Some(entry);
            }
            list = list.get(1..).unwrap_or_default();
        }
        None
    })
}

/// Puts an entry into a list, in the place of the same game's if that is there.
pub fn listed(list: &[u8], entry: &Entry) -> Vec<u8> {
    let others = list
        .chunks(ENTRY_BYTES)
        .map(|old| match entry.is_same_game(old) {
            true => entry.bytes(),
            false => old,
        });
    let mut new = others.collect::<Vec<_>>().concat();
    if !has(list, entry) {
        new.extend_from_slice(entry.bytes());
    }
    new
}

/// Whether a list has the game.
pub fn has(list: &[u8], entry: &Entry) -> bool {
    list.chunks(ENTRY_BYTES).any(|old| entry.is_same_game(old))
}

/// Text up to its first NUL.
fn text(field: Option<&[u8]>) -> String {
    let bytes = field.unwrap_or_default().iter();
    bytes
        .take_while(|byte| **byte != 0)
        .map(|byte| char::from(*byte))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    /// A game on a DVD.
    fn entry(title: &str, parts: u8) -> Entry {
        Entry::new(title, "SLES_123.45", DVD, parts)
    }

    /// The checksum as loaders compute it: with a table that is made backwards, from the complement.
    fn checksum_of_loaders(title: &str) -> u32 {
        let mut table = [0_u32; 256];
        for number in 0..256_u32 {
            let mut value = number << 24;
            for _ in 0..8 {
                value = match value >> 31 {
                    1 => value << 1,
                    _ => (value << 1) ^ 0x04C1_1DB7,
                };
            }
            table[255 - number as usize] = value;
        }
        // What is left of making the table is what the sum begins with.
        let mut sum = table[0];
        for byte in title.bytes().chain([0]) {
            sum = table[usize::from(byte ^ (sum >> 24) as u8)] ^ (sum << 8);
        }
        sum
    }

    #[test]
    fn files_are_called_what_loaders_look_for() {
        for title in [
            "",
            "A",
            "Some Game",
            "Thirty-two letters are the most!",
            "~ !",
        ] {
            let name = entry(title, 1).file_name();
            assert_eq!(
                name,
                format!("ul.{:08X}.SLES_123.45", checksum_of_loaders(title))
            );
        }
    }

    #[test]
    fn an_entry_has_its_fields_where_loaders_look_for_them() {
        let entry = self::entry("Some Game", 5);
        let bytes = entry.bytes();
        assert_eq!(&bytes[..10], b"Some Game\0");
        assert_eq!(&bytes[32..47], b"ul.SLES_123.45\0");
        assert_eq!(bytes[47..54], [5, 0x14, 0, 0, 0, 0, 8]);
        assert!(bytes[54..].iter().all(|byte| *byte == 0));
    }

    #[test]
    fn titles_are_cut_and_plain() {
        let entry = self::entry("Thirty-two letters are the most! And no more", 1);
        assert_eq!(entry.title(), "Thirty-two letters are the most!");
        assert_eq!(self::entry("Pokémon\n", 1).title(), "Pok_mon_");
    }

    #[test]
    fn whole_entries_of_a_damaged_list_are_found() {
        let (a, b) = (entry("A", 1), entry("B", 2));
        for (list, expected) in [
            ([a.bytes(), &b.bytes()[..40]].concat(), vec![a.clone()]),
            (
                [&a.bytes()[..], b"\r\n", b.bytes()].concat(),
                vec![a.clone(), b.clone()],
            ),
            ([&a.bytes()[9..], b.bytes()].concat(), vec![b.clone()]),
            (b"odd".to_vec(), vec![]),
        ] {
            assert_eq!(entries(&list).collect::<Vec<_>>(), expected);
        }
        assert_eq!((a.parts(), b.parts()), (1, 2));
    }

    #[test]
    fn a_game_is_listed_once() {
        let (a, b) = (entry("A", 1), entry("B", 2));
        let list = listed(&listed(&[], &a), &b);
        assert_eq!(list, [*a.bytes(), *b.bytes()].concat());
        assert!(has(&list, &a));
        let longer = entry("A", 3);
        assert_eq!(
            listed(&list, &longer),
            [*longer.bytes(), *b.bytes()].concat()
        );
    }
}
