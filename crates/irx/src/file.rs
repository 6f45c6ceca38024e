//! A module as a file, from which the kernel's loader takes two program headers and the tables of relocations.

use object::elf;

use crate::fixup::Irx;

/// `ET_SCE_IOPRELEXEC`, as which a module is known that any kernel can load.
const KIND: u32 = 0xFF80;
/// Of the section and the segment that describe the module.
const DESCRIPTION: u32 = 0x7000_0080;
/// Bytes of the headers: of the file, of a segment, of a section.
const FILE_HEADER: u32 = 52;
const SEGMENT: u32 = 32;
const SECTION: u32 = 40;
/// Sections: none, description, image, relocations.
const SECTIONS: u32 = 4;
/// Bytes of a relocation.
const RELOC: u32 = 8;
/// Flags of ps2sdk's modules: MIPS I, o32, no reordering.
const FLAGS: u32 = 0x1001;
/// Where the image begins in the file.
const IMAGE: u32 = 0x100;

/// The file of a module that begins at `_start`.
///
/// # Panics
/// When the module has no `_start`, or when its name is longer than there is room for.
#[must_use]
pub fn write(irx: &Irx, name: &str, version: u16) -> Vec<u8> {
    const PROGRAM: u32 = elf::SHT_PROGBITS.0;
    const TABLE: u32 = elf::SHT_REL.0;
    let entry = irx.symbol("_start");
    let section = |name| irx.section(name).len() as u32;
    let code = irx.section(".rodata").end.max(irx.section(".text").end);
    let (data, bss) = (section(".data"), section(".bss"));
    let image = irx.image.len() as u32;
    let sections = IMAGE + image.next_multiple_of(4);
    // The loader looks at one section more than there are, which is of no kind.
    let relocs = sections + (SECTIONS + 1) * SECTION;
    let relocs_bytes = irx.relocs.len() as u32 * RELOC;

    // No identity, and no address that `$gp` would have.
    let mut description: Vec<u8> = words(&[u32::MAX, entry, 0, code, data, bss]);
    description.extend(version.to_le_bytes());
    description.extend(name.as_bytes());
    description.push(0);
    let (at, described) = (FILE_HEADER + 2 * SEGMENT, description.len() as u32);
    assert!(at + described <= IMAGE, "{name} is too long");

    let mut file = elf::ELFMAG.to_vec();
    file.extend([1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    file.extend(words(&[
        8 << 16 | KIND,
        1,
        entry,
        FILE_HEADER,
        sections,
        FLAGS,
    ]));
    file.extend(words(&[
        SEGMENT << 16 | FILE_HEADER,
        SECTION << 16 | 2,
        SECTIONS,
    ]));
    file.extend(words(&[DESCRIPTION, at, 0, 0, described, described, 4, 4]));
    file.extend(words(&[1, IMAGE, 0, 0, image, irx.memory, 7, 16]));
    file.extend(description);
    file.resize(IMAGE as usize, 0);
    file.extend(&irx.image);
    file.resize((sections + SECTION) as usize, 0);
    file.extend(section_header(DESCRIPTION, 0, at, described, [0, 4, 0]));
    file.extend(section_header(PROGRAM, 7, IMAGE, image, [0, 16, 0]));
    let last = [2, 4, RELOC];
    file.extend(section_header(TABLE, 0, relocs, relocs_bytes, last));
    file.resize(relocs as usize, 0);
    let entries = irx
        .relocs
        .iter()
        .map(|reloc| words(&[reloc.offset, reloc.kind]));
    file.extend(entries.flatten());
    file
}

/// Without a name or an address; the last words are which section it is about, its alignment, and bytes of an entry.
fn section_header(kind: u32, flags: u32, at: u32, bytes: u32, last: [u32; 3]) -> Vec<u8> {
    let [info, align, entry] = last;
    words(&[0, kind, flags, 0, at, bytes, 0, info, align, entry])
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}
