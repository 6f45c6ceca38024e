//! All files of a disc, also of one that was made to do harm.

use std::collections::BTreeSet;

use zso::SECTOR_SIZE;

use super::record::{Record, Records};
use super::{Extent, Layers, text};
use crate::disc::DiscReader;
use crate::error::Error;

/// Files and directories that are listed; more than any game has.
const MOST_ENTRIES: usize = 1 << 17;
/// Sectors of directories that are read.
const MOST_SECTORS: u32 = 1 << 14;
/// Bytes that all paths may have.
const MOST_PATH_BYTES: usize = 16 << 20;
/// Directories in each other; the standard allows 8.
const DEEPEST: usize = 16;

/// A file on the disc.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileEntry {
    /// Its path, with `/` between names and without the version: `MOVIE/OPENING.PSS`.
    pub path: String,
    /// Where it is.
    pub extent: Extent,
}

/// The files of a disc.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Listing {
    /// In the order in which directories name them, those of the root first.
    pub files: Vec<FileEntry>,
    /// Whether all of the tree was seen: it has neither loops nor places outside the disc, nor is it without end.
    pub is_complete: bool,
}

impl FileEntry {
    /// The last part of its path.
    pub fn name(&self) -> &str {
        self.path
            .rsplit_once('/')
            .map_or(&self.path, |(_, name)| name)
    }

    /// What follows the last dot of its name, in capital letters; nothing without one.
    pub fn ending(&self) -> Option<String> {
        let (_, ending) = self.name().rsplit_once('.')?;
        Some(ending.to_ascii_uppercase()).filter(|ending| !ending.is_empty())
    }
}

impl Listing {
    /// The files of all layers.
    ///
    /// # Errors
    /// Those of the disc; a tree that makes no sense is an incomplete listing.
    pub fn of(reader: &mut DiscReader<'_>, layers: &Layers) -> Result<Self, Error> {
        let mut walk = Walk::default();
        for volume in layers.iter() {
            walk.volume(reader, volume.start, volume.root)?;
        }
        Ok(Self {
            files: walk.files,
            is_complete: !walk.is_cut,
        })
    }

    /// The file of a path, capital letters or not.
    pub fn find(&self, path: &str) -> Option<&FileEntry> {
        self.files
            .iter()
            .find(|file| file.path.eq_ignore_ascii_case(path))
    }
}

/// A directory that is yet to be read.
struct Folder {
    /// Its path with a `/` after it; empty for the root.
    path: String,
    extent: Extent,
    depth: usize,
}

/// A walk under way.
#[derive(Default)]
struct Walk {
    files: Vec<FileEntry>,
    /// Directories that are yet to be read, the next one last.
    waiting: Vec<Folder>,
    /// Where directories begin that were seen already.
    seen: BTreeSet<u32>,
    sectors: u32,
    path_bytes: usize,
    /// Whether anything was left out.
    is_cut: bool,
}

impl Walk {
    fn volume(
        &mut self,
        reader: &mut DiscReader<'_>,
        start: u32,
        root: Extent,
    ) -> Result<(), Error> {
        self.enter(Folder {
            path: String::new(),
            extent: root,
            depth: 0,
        });
        while let Some(folder) = self.waiting.pop() {
            let others = self.waiting.len();
            self.folder(reader, start, &folder)?;
            // In the order in which the directory names them.
            self.waiting.get_mut(others..).unwrap_or_default().reverse();
        }
        Ok(())
    }

    fn folder(
        &mut self,
        reader: &mut DiscReader<'_>,
        start: u32,
        folder: &Folder,
    ) -> Result<(), Error> {
        for n in 0..folder.extent.sectors() {
            self.sectors += 1;
            let lsn = folder.extent.lsn.checked_add(n);
            let (false, Some(lsn)) = (self.sectors > MOST_SECTORS, lsn) else {
                self.is_cut = true;
                break;
            };
            let Some(sector) = reader.sector(lsn)? else {
                self.is_cut = true;
                break;
            };
            self.sector(&sector, start, folder);
        }
        Ok(())
    }

    fn sector(&mut self, sector: &[u8; SECTOR_SIZE], start: u32, folder: &Folder) {
        for record in Records::of(sector).filter(|record| !record.is_special()) {
            let path = format!("{}{}", folder.path, name(&record));
            self.path_bytes += path.len();
            let entries = self.files.len() + self.waiting.len();
            let extent = record.lsn.checked_add(start).map(|lsn| Extent {
                lsn,
                bytes: record.bytes,
            });
            let (Some(extent), true, true) = (
                extent,
                entries < MOST_ENTRIES,
                self.path_bytes <= MOST_PATH_BYTES,
            ) else {
                self.is_cut = true;
                return;
            };
            if record.is_directory {
                self.enter(Folder {
                    path: path + "/",
                    extent,
                    depth: folder.depth + 1,
                });
            } else {
                self.files.push(FileEntry { path, extent });
            }
        }
    }

    fn enter(&mut self, folder: Folder) {
        if folder.depth <= DEEPEST && self.seen.insert(folder.extent.lsn) {
            self.waiting.push(folder);
        } else {
            self.is_cut = true;
        }
    }
}

/// A file's name without its version, and without what would make another path of it.
fn name(record: &Record<'_>) -> String {
    let end = record.name.iter().position(|byte| *byte == b';');
    let name = record.name.get(..end.unwrap_or(record.name.len()));
    text(name.unwrap_or_default()).replace(['/', '\\'], "_")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;
    use testkit::iso::{Iso, dual_layer};

    use super::*;
    use crate::disc::Disc;

    /// What is on an image.
    fn listing_of(image: &[u8]) -> Option<(Layers, Listing)> {
        let disc = Disc::new(image.to_vec()).unwrap();
        let mut memory = disc.memory();
        let mut reader = disc.reader(&mut memory).unwrap();
        let layers = Layers::of(&mut reader).unwrap()?;
        let listing = Listing::of(&mut reader, &layers).unwrap();
        Some((layers, listing))
    }

    /// A file's bytes on an image.
    fn content<'i>(image: &'i [u8], file: &FileEntry) -> &'i [u8] {
        &image[file.extent.lsn as usize * SECTOR_SIZE..][..file.extent.bytes as usize]
    }

    #[test]
    fn files_are_where_they_are() {
        let mut iso = Iso::of_game("THE_GAME", "SLES_123.45");
        for n in 0..200 {
            iso = iso.file(
                &format!("DATA/SUB/{n:03}.BIN"),
                vec![n; 10 * usize::from(n)],
            );
        }
        let image = iso.file("DATA/END.DAT", vec![]).build();
        let (layers, listing) = listing_of(&image).unwrap();
        assert_eq!(layers.first.name, "THE_GAME");
        assert_eq!(layers.first.sectors as usize, image.len() / SECTOR_SIZE);
        assert_eq!(layers.second, None);
        assert!(listing.is_complete);
        assert_eq!(listing.files.len(), 203);
        for n in 0..200 {
            let file = listing.find(&format!("data/sub/{n:03}.bin")).unwrap();
            assert_eq!(content(&image, file), vec![n; 10 * usize::from(n)]);
        }
        assert_eq!(listing.find("DATA/END.DAT").unwrap().extent.bytes, 0);
        assert_eq!(listing.files[0].name(), "SLES_123.45");
        assert_eq!(listing.files[1].ending().as_deref(), Some("CNF"));
    }

    #[test]
    fn files_of_both_layers() {
        let mut first = Iso::of_game("ONE", "SLES_123.45");
        first.spare_sectors = 150;
        let second = Iso::new("TWO").file("DIR/B.BIN", b"second".to_vec());
        let image = dual_layer(&first, &second);
        let (layers, listing) = listing_of(&image).unwrap();
        assert_eq!(layers.second.as_ref().unwrap().name, "TWO");
        assert_eq!(layers.sectors() as usize, image.len() / SECTOR_SIZE);
        assert_eq!(
            content(&image, listing.find("DIR/B.BIN").unwrap()),
            b"second"
        );
        assert_eq!(listing.files.len(), 3);
    }

    /// Patched games have that: tools change the number that the console reads, and forget the other one.
    #[test]
    fn big_endian_numbers_do_not_matter() {
        let mut image = Iso::of_game("G", "SLES_123.45").build();
        let expected = listing_of(&image).unwrap();
        let root = expected.0.first.root.lsn as usize * SECTOR_SIZE;
        image[16 * SECTOR_SIZE + 84..][..4].fill(0xEE);
        image[root + 2 * 34 + 6..][..4].fill(0xEE);
        image[root + 2 * 34 + 14..][..4].fill(0xEE);
        assert_eq!(listing_of(&image).unwrap(), expected);
    }

    #[test]
    fn loops_end() {
        let iso = Iso::new("G").file("A/B/C.BIN", vec![1]);
        let mut image = iso.build();
        let (layers, _) = listing_of(&image).unwrap();
        let root = layers.first.root.lsn;
        // The folder B, third in A, is the root again.
        let entry = (root as usize + 1) * SECTOR_SIZE + 2 * 34;
        image[entry + 2..][..4].copy_from_slice(&root.to_le_bytes());
        let (_, listing) = listing_of(&image).unwrap();
        assert_eq!(
            listing,
            Listing {
                files: vec![],
                is_complete: false
            }
        );
    }

    #[test]
    fn directory_without_end_is_left() {
        let mut image = Iso::of_game("G", "SLES_123.45").build();
        image[16 * SECTOR_SIZE + 166..][..4].fill(0xFF);
        let (_, listing) = listing_of(&image).unwrap();
        assert!(!listing.is_complete);
        // What other files hold is taken for entries, too.
        assert!(listing.find("SLES_123.45").is_some() && listing.files.len() < 50);
    }

    #[test]
    fn other_images_have_no_volume() {
        assert!(listing_of(&[]).is_none());
        assert!(listing_of(&vec![1; 50 * SECTOR_SIZE]).is_none());
        let image = Iso::new("G").build();
        assert!(listing_of(&image[..16 * SECTOR_SIZE]).is_none());
    }

    #[test]
    fn names_cannot_pretend() {
        let iso = Iso::new("G\x1B[2J").file("A\\B\x1B[31m", vec![1]);
        let (layers, listing) = listing_of(&iso.build()).unwrap();
        assert_eq!(layers.first.name, "G\u{FFFD}[2J");
        assert_eq!(listing.files[0].path, "A_B\u{FFFD}[31m");
    }

    /// What another program wrote, and where it says that files are.
    #[test]
    fn same_as_xorriso() {
        let folder = tempfile::tempdir().unwrap();
        for n in 0..70 {
            let dir = folder.path().join(format!("disc/D{}", n % 3));
            std::fs::create_dir_all(&dir).unwrap();
            std::fs::write(
                dir.join(format!("F{n:02}.BIN")),
                vec![n; 300 * usize::from(n)],
            )
            .unwrap();
        }
        let image = folder.path().join("disc.iso");
        let xorriso = |args: &[&str]| {
            let output = Command::new("xorriso")
                .current_dir(folder.path())
                .arg("-no_rc")
                .args(args)
                .output()
                .expect("scripts/setup installs xorriso");
            assert!(output.status.success(), "{output:?}");
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        xorriso(&[
            "-as", "mkisofs", "-quiet", "-V", "OTHER", "-o", "disc.iso", "disc",
        ]);
        let report = xorriso(&[
            "-indev",
            "disc.iso",
            "-find",
            "/",
            "-type",
            "f",
            "-exec",
            "report_lba",
        ]);
        let mut expected = Vec::new();
        for line in report
            .lines()
            .filter(|line| line.starts_with("File data lba:"))
        {
            let fields: Vec<_> = line.split([':', ',']).map(str::trim).collect();
            let path = fields[5].trim_matches(['\'', '/']).to_owned();
            expected.push((path, fields[2].parse().unwrap(), fields[4].parse().unwrap()));
        }
        let (layers, listing) = listing_of(&std::fs::read(image).unwrap()).unwrap();
        let mut found: Vec<(String, u32, u32)> = listing
            .files
            .into_iter()
            .map(|file| (file.path, file.extent.lsn, file.extent.bytes))
            .collect();
        found.sort();
        expected.sort();
        assert_eq!(found.len(), 70);
        assert_eq!(found, expected);
        assert_eq!(layers.first.name, "OTHER");
    }

    proptest! {
        /// Whatever the bytes of descriptor and directories are, the walk ends, and what it lists is bounded.
        #[test]
        fn any_tree_ends(changes in prop::collection::vec((0_usize..4 * SECTOR_SIZE, any::<u8>()), 1..60)) {
            let iso = Iso::of_game("G", "SLES_123.45").file("A/B/C.BIN", vec![1; 5000]);
            let mut image = iso.build();
            for (at, byte) in changes {
                image[16 * SECTOR_SIZE + at] = byte;
            }
            if let Some((_, listing)) = listing_of(&image) {
                prop_assert!(listing.files.len() <= MOST_ENTRIES);
            }
        }
    }
}
