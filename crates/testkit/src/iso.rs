//! Disc images with files on them: ISO 9660, as far as consoles and tools look at it.

use std::collections::BTreeMap;

use zso::SECTOR_SIZE;

/// Where a volume's descriptor is.
const DESCRIPTOR: usize = 16;
/// Where its root directory is: the descriptor and the end of the list are before it.
const ROOT: usize = 18;
const DIRECTORY: u8 = 2;

/// What is to be on a disc.
#[derive(Clone, Default, Debug)]
pub struct Iso {
    volume: String,
    root: Folder,
    /// Paths and contents in the order in which they lie on the disc.
    files: Vec<(String, Vec<u8>)>,
    /// Sectors after the last file that belong to the volume.
    pub spare_sectors: usize,
}

#[derive(Clone, Default, Debug)]
struct Folder {
    folders: BTreeMap<String, Folder>,
    /// Names and numbers of files.
    files: BTreeMap<String, usize>,
}

/// A place on the disc: sector and bytes.
type Place = (usize, usize);

impl Iso {
    /// An empty disc of that name.
    #[must_use]
    pub fn new(volume: &str) -> Self {
        Self {
            volume: volume.to_owned(),
            ..Self::default()
        }
    }

    /// A disc of a game: `SYSTEM.CNF` and the program that it names, `SLES_123.45` for example.
    #[must_use]
    pub fn of_game(volume: &str, program: &str) -> Self {
        let system = format!("BOOT2 = cdrom0:\\{program};1\r\nVER = 1.00\r\nVMODE = PAL\r\n");
        Self::new(volume)
            .file("SYSTEM.CNF", system.into_bytes())
            .file(program, crate::data::text(7, 9000))
    }

    /// With a file more, after all others. Its path has `/` between names.
    #[must_use]
    pub fn file(mut self, path: &str, bytes: Vec<u8>) -> Self {
        let mut folder = &mut self.root;
        let mut names = path.split('/').peekable();
        while let Some(name) = names.next() {
            if names.peek().is_some() {
                folder = folder.folders.entry(name.to_owned()).or_default();
            } else {
                folder.files.insert(format!("{name};1"), self.files.len());
            }
        }
        self.files.push((path.to_owned(), bytes));
        self
    }

    /// The image.
    #[must_use]
    pub fn build(&self) -> Vec<u8> {
        let mut next = ROOT;
        let mut folders = Vec::new();
        place_folders(&self.root, &mut next, &mut folders);
        let files: Vec<Place> = self
            .files
            .iter()
            .map(|(_, bytes)| take(&mut next, bytes.len()))
            .collect();
        let sectors = next + self.spare_sectors;
        let mut image = vec![0; sectors * SECTOR_SIZE];
        self.put_descriptors(&mut image, folders[0], sectors);
        let mut number = 0;
        put_folder(
            &mut image,
            &self.root,
            folders[0],
            &folders,
            &mut number,
            &files,
        );
        for ((_, bytes), &(lsn, _)) in self.files.iter().zip(&files) {
            image[lsn * SECTOR_SIZE..][..bytes.len()].copy_from_slice(bytes);
        }
        image
    }

    fn put_descriptors(&self, image: &mut [u8], root: Place, sectors: usize) {
        let descriptor = &mut image[DESCRIPTOR * SECTOR_SIZE..];
        descriptor[..8].copy_from_slice(b"\x01CD001\x01\0");
        descriptor[8..72].fill(b' ');
        descriptor[40..][..self.volume.len()].copy_from_slice(self.volume.as_bytes());
        descriptor[80..88].copy_from_slice(&both(sectors));
        descriptor[120..124].copy_from_slice(&[1, 0, 0, 1]);
        descriptor[124..128].copy_from_slice(&[1, 0, 0, 1]);
        descriptor[128..132].copy_from_slice(&[0, 8, 8, 0]);
        descriptor[156..190].copy_from_slice(&record(b"\0", root, DIRECTORY));
        descriptor[881] = 1;
        descriptor[SECTOR_SIZE..][..7].copy_from_slice(b"\xFFCD001\x01");
    }
}

/// A disc of two layers, each a volume of its own: the second one's descriptor follows the first volume.
#[must_use]
pub fn dual_layer(first: &Iso, second: &Iso) -> Vec<u8> {
    let mut image = first.build();
    image.extend_from_slice(&second.build()[DESCRIPTOR * SECTOR_SIZE..]);
    image
}

/// The next sectors for so many bytes.
fn take(next: &mut usize, bytes: usize) -> Place {
    let place = (*next, bytes);
    *next += bytes.div_ceil(SECTOR_SIZE);
    place
}

/// Places of a folder and of all in it, itself first.
fn place_folders(folder: &Folder, next: &mut usize, places: &mut Vec<Place>) {
    let empty = vec![(0, 0); folder.folders.len() + folder.files.len()];
    let bytes = listing(folder, (0, 0), (0, 0), &empty).len();
    places.push(take(next, bytes));
    for folder in folder.folders.values() {
        place_folders(folder, next, places);
    }
}

/// Folders in a folder, at any depth.
fn count(folder: &Folder) -> usize {
    folder
        .folders
        .values()
        .map(|folder| 1 + count(folder))
        .sum()
}

/// Writes a folder, which is number `number` of `folders`, and all in it.
fn put_folder(
    image: &mut [u8],
    folder: &Folder,
    above: Place,
    folders: &[Place],
    number: &mut usize,
    files: &[Place],
) {
    let place = folders[*number];
    *number += 1;
    let mut child = *number;
    let mut places = Vec::new();
    for folder in folder.folders.values() {
        places.push(folders[child]);
        child += 1 + count(folder);
    }
    places.extend(folder.files.values().map(|&number| files[number]));
    let bytes = listing(folder, place, above, &places);
    image[place.0 * SECTOR_SIZE..][..bytes.len()].copy_from_slice(&bytes);
    for folder in folder.folders.values() {
        put_folder(image, folder, place, folders, number, files);
    }
}

/// A folder's sectors; `places` are those of its folders, then those of its files.
fn listing(folder: &Folder, itself: Place, above: Place, places: &[Place]) -> Vec<u8> {
    let names = folder.folders.keys().map(|name| (name, DIRECTORY));
    let names = names.chain(folder.files.keys().map(|name| (name, 0)));
    let mut records = vec![
        record(b"\0", itself, DIRECTORY),
        record(b"\x01", above, DIRECTORY),
    ];
    records.extend(
        names
            .zip(places)
            .map(|((name, flags), &place)| record(name.as_bytes(), place, flags)),
    );
    let mut bytes = Vec::new();
    for record in records {
        // No record goes on in the next sector.
        if bytes.len() % SECTOR_SIZE + record.len() > SECTOR_SIZE {
            bytes.resize(bytes.len().next_multiple_of(SECTOR_SIZE), 0);
        }
        bytes.extend(record);
    }
    bytes.resize(bytes.len().next_multiple_of(SECTOR_SIZE), 0);
    bytes
}

fn record(name: &[u8], (lsn, bytes): Place, flags: u8) -> Vec<u8> {
    let len = (33 + name.len()).next_multiple_of(2);
    let mut record = vec![len as u8, 0];
    record.extend(both(lsn));
    record.extend(both(bytes));
    record.extend([100, 3, 4, 0, 0, 0, 0, flags, 0, 0, 1, 0, 0, 1]);
    record.push(name.len() as u8);
    record.extend_from_slice(name);
    record.resize(len, 0);
    record
}

/// A number in both byte orders.
fn both(number: usize) -> [u8; 8] {
    let number = number as u32;
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    bytes[4..].copy_from_slice(&number.to_be_bytes());
    bytes
}
