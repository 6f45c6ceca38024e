//! The boot ROM: a linked program as the file that the console has in its ROM.
//!
//! A ROM begins with the code that both processors start with, and has a table of its files, as which it passes the
//! emulator's examination: `RESET` is that code, `ROMDIR` the table, `ROMVER` a version that says "free".

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use object::elf::PT_LOAD;
use object::read::elf::{ElfFile32, ProgramHeader};
use object::{LittleEndian, Object, ObjectSymbol};

use common::paths;

/// Where the ROM is.
pub const BASE: u32 = 0xBFC0_0000;
/// Files of a ROM begin at multiples of this.
const UNIT: usize = 16;
/// As large as the console's; PCSX2 2 takes no smaller one.
const SIZE: usize = 4 << 20;
/// Version 1.00, for a free console, of the day the console was first sold.
const VERSION: &[u8; UNIT] = b"0100PC20000304\n\0";

/// A ROM, and where things are in it.
pub struct Rom {
    pub bytes: Vec<u8>,
    /// How many of them are code; the directory follows.
    pub code_bytes: usize,
    elf: Vec<u8>,
}

impl Rom {
    /// Makes a ROM of `crates/bootrom`, compiled and linked to an ELF file, and keeps it as target/boot/boot.rom.
    pub fn of_program(elf: &Path) -> Result<Self> {
        let read = fs::read(elf);
        let read = read.with_context(|| format!("cannot read {}", paths::shown(elf)))?;
        let rom = Self::of_elf(read)?;
        let path = paths::boot().join("boot.rom");
        let written = fs::write(&path, &rom.bytes);
        written.with_context(|| format!("cannot write {}", paths::shown(&path)))?;
        Ok(rom)
    }

    fn of_elf(elf: Vec<u8>) -> Result<Self> {
        let mut code = code(&elf)?;
        code.resize(code.len().next_multiple_of(UNIT), 0);
        ensure!(code.len() < SIZE / 2, "the program is too large for a ROM");
        Ok(Self {
            code_bytes: code.len(),
            bytes: with_directory(code),
            elf,
        })
    }

    /// Where in the file a symbol's code is: of the program, where it is before it is copied to RAM.
    pub fn place(&self, symbol: &str) -> Result<usize> {
        let file: ElfFile32<'_, LittleEndian> = ElfFile32::parse(&*self.elf)?;
        let found = file.symbols().find(|found| found.name() == Ok(symbol));
        let address = found
            .with_context(|| format!("the ROM has no {symbol}"))?
            .address() as u32;
        let segments = file.elf_program_headers().iter();
        let place = segments
            .filter_map(|segment| {
                let start: u32 = segment.p_vaddr(LittleEndian);
                let offset = address
                    .checked_sub(start)
                    .filter(|&offset| offset < segment.p_filesz(LittleEndian))?;
                Some(segment.p_paddr(LittleEndian).wrapping_add(offset))
            })
            .next();
        let place = place.with_context(|| format!("{symbol} is not in the ROM"))?;
        Ok((place - BASE) as usize)
    }
}

/// The loaded parts of a program, one after the other, as they lie in the ROM.
fn code(elf: &[u8]) -> Result<Vec<u8>> {
    let file: ElfFile32<'_, LittleEndian> = ElfFile32::parse(elf)?;
    let mut code = Vec::new();
    for segment in file.elf_program_headers() {
        if segment.p_type(LittleEndian) != PT_LOAD || segment.p_filesz(LittleEndian) == 0 {
            continue;
        }
        let at = segment.p_paddr(LittleEndian).checked_sub(BASE);
        let at = at.context("a part of the program is not in the ROM")? as usize;
        ensure!(at >= code.len(), "two parts of the program overlap");
        code.resize(at, 0);
        let data = segment.data(LittleEndian, elf);
        code.extend_from_slice(
            data.ok()
                .context("a part of the program is not in its file")?,
        );
    }
    Ok(code)
}

/// A ROM of `code` and what has to be after it.
fn with_directory(code: Vec<u8>) -> Vec<u8> {
    let directory_len = 4 * UNIT;
    let mut rom = code;
    let files = [
        ("RESET", rom.len()),
        ("ROMDIR", directory_len),
        ("ROMVER", VERSION.len()),
        ("", 0),
    ];
    for (name, len) in files {
        rom.extend(entry(name, len));
    }
    rom.extend(VERSION);
    rom.resize(SIZE, 0);
    rom
}

/// An entry of the directory: name, no further information, size.
fn entry(name: &str, len: usize) -> [u8; UNIT] {
    let mut entry = [0; UNIT];
    entry[..name.len()].copy_from_slice(name.as_bytes());
    entry[12..].copy_from_slice(&(len as u32).to_le_bytes());
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_is_after_the_code() {
        let rom = with_directory(vec![7; 48]);
        assert_eq!(rom.len(), SIZE);
        assert_eq!(rom[48..64], *b"RESET\0\0\0\0\0\0\0\x30\0\0\0");
        assert_eq!(rom[64..80], *b"ROMDIR\0\0\0\0\0\0\x40\0\0\0");
        assert_eq!(rom[80..96], *b"ROMVER\0\0\0\0\0\0\x10\0\0\0");
        assert_eq!(rom[96..112], [0; 16]);
        assert_eq!(rom[112..128], *VERSION);
    }
}
