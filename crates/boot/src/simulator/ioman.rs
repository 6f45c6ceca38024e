//! The kernel's file functions, on files that are in memory.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use iopsim::{HostContext, HostId, Machine, Trap};
use irx::loadcore;

use common::paths;

/// The library that the functions are of.
const LIBRARY: &str = "ioman";
/// Longest path.
const PATH: usize = 64;
/// What is returned for anything that does not work.
const FAILED: u32 = -5_i32 as u32;
/// A file is opened to be written anew.
const WRITE: u32 = 2;
/// Files are numbered from here.
const FIRST_FILE: u32 = 3;

pub struct Ioman {
    files: Vec<File>,
    /// Functions that are linked, by their numbers in the library.
    functions: Vec<(HostId, u16)>,
}

struct File {
    name: String,
    bytes: Vec<u8>,
    place: usize,
}

impl Ioman {
    /// Files that programs find by the names that these have.
    pub fn new(files: &[PathBuf]) -> Result<Self> {
        Ok(Self {
            files: files
                .iter()
                .map(|path| File::read(path))
                .collect::<Result<_>>()?,
            functions: Vec::new(),
        })
    }

    /// Links a ROM's imports, as the kernel does when it loads a module: stubs become jumps.
    pub fn link(&mut self, rom: &[u8], machine: &mut Machine) -> Vec<u8> {
        let mut rom = rom.to_vec();
        for import in loadcore::imports(&rom) {
            if import.library == LIBRARY {
                let function = machine.register_host();
                loadcore::link(&mut rom, &import, function.address());
                self.functions.push((function, import.number));
            }
        }
        rom
    }

    pub fn answer(&mut self, id: HostId, context: &mut HostContext<'_>) -> Result<u32, Trap> {
        let number = self.functions.iter().find(|(function, _)| *function == id);
        let [a, b, c] = [context.arg(0)?, context.arg(1)?, context.arg(2)?];
        let done = match number.map(|(_, number)| number) {
            Some(4) => self.open(&string(context, a)?, b),
            Some(5) => self.file(a).map(|_| 0),
            Some(6) => return self.read(a, b, c, context),
            Some(7) => return self.write(a, b, c, context),
            Some(8) => self.seek(a, b, c),
            _ => None,
        };
        Ok(done.unwrap_or(FAILED))
    }

    fn file(&mut self, file: u32) -> Option<&mut File> {
        self.files.get_mut(file.checked_sub(FIRST_FILE)? as usize)
    }

    fn open(&mut self, path: &str, flags: u32) -> Option<u32> {
        let name = path.strip_prefix("host:")?;
        let file = self.files.iter().position(|file| file.name == name)?;
        self.files[file].place = 0;
        if flags & WRITE != 0 {
            self.files[file].bytes.clear();
        }
        Some(FIRST_FILE + file as u32)
    }

    fn read(
        &mut self,
        file: u32,
        to: u32,
        bytes: u32,
        context: &mut HostContext<'_>,
    ) -> Result<u32, Trap> {
        let Some(file) = self.file(file) else {
            return Ok(FAILED);
        };
        let rest = &file.bytes[file.place.min(file.bytes.len())..];
        let read = &rest[..rest.len().min(bytes as usize)];
        context.write(to, read)?;
        file.place += read.len();
        Ok(read.len() as u32)
    }

    fn write(
        &mut self,
        file: u32,
        from: u32,
        bytes: u32,
        context: &HostContext<'_>,
    ) -> Result<u32, Trap> {
        let Some(file) = self.file(file) else {
            return Ok(FAILED);
        };
        file.bytes.extend(context.read(from, bytes as usize)?);
        Ok(bytes)
    }

    fn seek(&mut self, file: u32, offset: u32, from: u32) -> Option<u32> {
        let file = self.file(file)?;
        let start = match from {
            0 => 0,
            1 => file.place,
            2 => file.bytes.len(),
            _ => return None,
        };
        file.place = start.checked_add_signed(offset as i32 as isize)?;
        Some(file.place as u32)
    }
}

impl File {
    fn read(path: &Path) -> Result<Self> {
        let name = path.file_name().unwrap_or_default();
        let bytes = fs::read(path);
        Ok(Self {
            name: name.to_string_lossy().into_owned(),
            bytes: bytes.with_context(|| format!("cannot read {}", paths::shown(path)))?,
            place: 0,
        })
    }
}

/// The string at an address, up to its zero.
fn string(context: &HostContext<'_>, address: u32) -> Result<String, Trap> {
    let bytes = context.read(address, PATH)?;
    let text = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
    Ok(String::from_utf8_lossy(text).into_owned())
}
