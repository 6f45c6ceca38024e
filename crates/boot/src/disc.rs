//! Discs for the ROM: an ISO 9660 image with ZSO files on it and a manifest that says what is in them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bootrom::manifest::Order;
use bootrom::protocol::MANIFEST;

use common::make_iso::{self, Entry};
use common::paths;

/// Where a console's disc says which program it starts.
const SYSTEM_CNF: &str = "BOOT2 = cdrom0:\\TEST_000.01;1\r\nVER = 1.00\r\nVMODE = NTSC\r\n";

/// A disc, and files that the host shows to the console.
pub struct Disc {
    pub path: PathBuf,
    /// Whether it is a DVD: PCSX2 1.6 reads CDs with a DVD's command as well, version 2 does not.
    pub is_dvd: bool,
    /// Their names are those on the disc.
    pub host_files: Vec<PathBuf>,
    /// A sector that the drive cannot read, for the simulator's.
    pub bad_sector: Option<u32>,
}

impl Disc {
    /// What the file is called where the emulator finds it: its ending says what it is.
    pub fn name(&self) -> PathBuf {
        let disc = PathBuf::from("disc");
        self.path
            .extension()
            .map_or(disc.with_extension("iso"), |ending| {
                disc.with_extension(ending)
            })
    }
}

/// Writes what is on the disc to a folder, and makes the image from it, beside the folder.
pub struct Folder {
    path: PathBuf,
    entries: Vec<Entry>,
}

impl Folder {
    /// A folder for the disc of this name, with what every disc has.
    pub fn new(name: &str) -> Result<Self> {
        let path = paths::boot().join(name);
        fs::create_dir_all(&path)
            .with_context(|| format!("cannot make {}", paths::shown(&path)))?;
        let mut folder = Self {
            path,
            entries: Vec::new(),
        };
        folder.write("SYSTEM.CNF", SYSTEM_CNF.as_bytes())?;
        folder.write("TEST_000.01", &idle_program())?;
        Ok(folder)
    }

    pub fn write(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.place(name);
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", paths::shown(&path)))?;
        self.add(name, &path);
        Ok(())
    }

    /// Puts a file on the disc that is already somewhere.
    pub fn add(&mut self, name: &str, source: &Path) {
        self.entries.push(Entry {
            name: name.to_owned(),
            source: source.to_owned(),
        });
    }

    /// Where a file of the folder is.
    pub fn place(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    pub fn master(mut self, orders: &[Order<'_>]) -> Result<PathBuf> {
        let manifest: String = orders.iter().map(|order| format!("{order}\n")).collect();
        self.write(MANIFEST, manifest.as_bytes())?;
        let iso = self.path.with_extension("iso");
        make_iso::master(&iso, &self.entries)?;
        Ok(iso)
    }
}

/// A program for the EE that does nothing. It is never started: by it, the emulator knows the disc for a console's.
fn idle_program() -> Vec<u8> {
    const HEAD: u32 = 52;
    const SEGMENT: u32 = 32;
    const CODE: [u32; 2] = [0x1000_FFFF, 0];
    const ADDRESS: u32 = 0x0010_0000;
    const CODE_BYTES: u32 = size_of_val(&CODE) as u32;
    // EF_MIPS_ARCH_3 and the R5900.
    const FLAGS: u32 = 0x2092_4001;
    // Executable, MIPS.
    const KIND: u32 = 8 << 16 | 2;
    let identification = [0x464C_457F, 0x0001_0101, 0, 0];
    let head = [
        KIND,
        1,
        ADDRESS,
        HEAD,
        0,
        FLAGS,
        SEGMENT << 16 | HEAD,
        40 << 16 | 1,
        0,
    ];
    // To be loaded, from after the headers; all rights.
    let start = HEAD + SEGMENT;
    let segment = [1, start, ADDRESS, ADDRESS, CODE_BYTES, CODE_BYTES, 7, 4];
    let words = identification
        .into_iter()
        .chain(head)
        .chain(segment)
        .chain(CODE);
    words.flat_map(u32::to_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::read::elf::{ElfFile32, ProgramHeader};
    use object::{LittleEndian, Object};

    #[test]
    fn the_idle_program_is_one() {
        let bytes = idle_program();
        let file: ElfFile32<'_, LittleEndian> = ElfFile32::parse(&*bytes).unwrap();
        assert_eq!(file.entry(), 0x10_0000);
        let segment = file.elf_program_headers()[0];
        let code = segment.data(LittleEndian, &*bytes).unwrap();
        assert_eq!(code, [0xFF, 0xFF, 0, 0x10, 0, 0, 0, 0]);
    }
}
