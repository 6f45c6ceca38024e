//! A module out of an IRX file, put into memory as the kernel's loader does it.

const KIND: u32 = 0xFF80;
const MIPS: u32 = 8;
const DESCRIPTION: u32 = 0x7000_0080;
/// `SHT_REL`
const RELOCS: u32 = 9;
/// Of a relocation that is none, of a word, a jump, and the two halves of an address.
const NONE: u32 = 0;
const WORD: u32 = 2;
const JUMP: u32 = 4;
const HIGH: u32 = 5;
const LOW: u32 = 6;
/// The first word of a table of imports, and what is before its stubs.
const IMPORTS: u32 = 0x41E0_0000;
const TABLE_HEAD: usize = 20;
const STUB: usize = 8;
/// `jr $ra`, a stub's first word until it is linked; and `addiu $zero, $zero, number`, its second.
const RETURN: u32 = 0x03E0_0008;
const NUMBER: u32 = 0x2400_0000;
/// `j`
const J: u32 = 0x0800_0000;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ModuleError {
    /// It is no IRX file, or is cut short.
    File,
    Memory,
    /// It has a relocation of another kind, or in another place, than modules have.
    Relocation(u32),
    /// Nobody has a function that it needs: the library's first letters, and the number.
    Import([u8; 8], u32),
}

pub struct Module<'f> {
    file: &'f [u8],
    image: &'f [u8],
    /// Bytes that it takes in memory.
    pub bytes: u32,
    entry: u32,
}

impl<'f> Module<'f> {
    /// Looks at a file's headers.
    ///
    /// # Errors
    /// [`ModuleError::File`]
    pub fn parse(file: &'f [u8]) -> Result<Self, ModuleError> {
        Self::headers(file).ok_or(ModuleError::File)
    }

    fn headers(file: &'f [u8]) -> Option<Self> {
        let segments = word(file, 28)? as usize;
        let is_one = file.starts_with(b"\x7FELF\x01\x01") && word(file, 16)? == MIPS << 16 | KIND;
        if !is_one || word(file, segments)? != DESCRIPTION {
            return None;
        }
        let image = segments + 32;
        let start = word(file, image + 4)? as usize;
        let bytes = word(file, image + 20)?;
        let image = file.get(start..)?.get(..word(file, image + 16)? as usize)?;
        (image.len() <= bytes as usize).then_some(Self {
            file,
            image,
            bytes,
            entry: word(file, 24)?,
        })
    }

    /// Puts the module into `memory`, which is at the address `base`; returns the address of its start. `function` is
    /// the address of what a library has under a number.
    ///
    /// # Errors
    /// A [`ModuleError`].
    pub fn load(
        &self,
        base: u32,
        memory: &mut [u8],
        function: impl FnMut(&[u8; 8], u32) -> Option<u32>,
    ) -> Result<u32, ModuleError> {
        let memory = memory
            .get_mut(..self.bytes as usize)
            .ok_or(ModuleError::Memory)?;
        let (image, rest) = memory.split_at_mut(self.image.len());
        image.copy_from_slice(self.image);
        rest.fill(0);
        for section in 0..self.half(48)? {
            let header = self.word(32)? as usize + section as usize * 40;
            if self.word(header + 4)? == RELOCS {
                let (start, bytes) = (
                    self.word(header + 16)? as usize,
                    self.word(header + 20)? as usize,
                );
                self.relocate(start, bytes, base, memory)?;
            }
        }
        link(memory, function)?;
        Ok(base + self.entry)
    }

    fn word(&self, at: usize) -> Result<u32, ModuleError> {
        word(self.file, at).ok_or(ModuleError::File)
    }

    fn half(&self, at: usize) -> Result<u32, ModuleError> {
        Ok(self.word(at)? & 0xFFFF)
    }

    fn relocate(
        &self,
        start: usize,
        bytes: usize,
        base: u32,
        memory: &mut [u8],
    ) -> Result<(), ModuleError> {
        for at in (start..start + bytes).step_by(8) {
            let (place, kind) = (self.word(at)?, self.word(at + 4)?);
            let bad = ModuleError::Relocation(place);
            let old = word(memory, place as usize).ok_or(bad)?;
            let new = match kind {
                NONE => old,
                WORD => old.wrapping_add(base),
                JUMP => old & 0xFC00_0000 | (old.wrapping_add(base >> 2) & 0x03FF_FFFF),
                // Its low half is in the word of the next relocation.
                HIGH => {
                    let low = word(memory, self.word(at + 8)? as usize).ok_or(bad)? as u16 as i16;
                    let address = (old << 16)
                        .wrapping_add_signed(low.into())
                        .wrapping_add(base);
                    old & 0xFFFF_0000 | address.wrapping_add(0x8000) >> 16
                }
                LOW => old & 0xFFFF_0000 | old.wrapping_add(base) & 0xFFFF,
                _ => return Err(bad),
            };
            put(memory, place as usize, new);
        }
        Ok(())
    }
}

/// Makes each stub of an import a jump.
fn link(
    memory: &mut [u8],
    mut function: impl FnMut(&[u8; 8], u32) -> Option<u32>,
) -> Result<(), ModuleError> {
    for table in (0..memory.len()).step_by(4) {
        if word(memory, table) != Some(IMPORTS) {
            continue;
        }
        let name = memory.get(table + 12..).and_then(|name| name.first_chunk());
        let name = *name.ok_or(ModuleError::File)?;
        for stub in (table + TABLE_HEAD..memory.len()).step_by(STUB) {
            if word(memory, stub) != Some(RETURN) {
                break;
            }
            let number = word(memory, stub + 4).ok_or(ModuleError::File)? ^ NUMBER;
            let address = function(&name, number).ok_or(ModuleError::Import(name, number))?;
            put(memory, stub, J | address >> 2 & 0x03FF_FFFF);
        }
    }
    Ok(())
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..)?
        .first_chunk()
        .copied()
        .map(u32::from_le_bytes)
}

fn put(bytes: &mut [u8], at: usize, word: u32) {
    if let Some(place) = bytes.get_mut(at..).and_then(|rest| rest.first_chunk_mut()) {
        *place = word.to_le_bytes();
    }
}
