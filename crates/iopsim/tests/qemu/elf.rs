//! A static Linux executable with a text and a data segment.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use iopsim::asm;

use crate::program::{RECORDS, TEXT};

const HEADER_BYTES: u32 = 52;
const PROGRAM_HEADER_BYTES: u32 = 32;
/// EF_MIPS_NOREORDER, o32, MIPS I.
const FLAGS: u32 = 0x0000_1001;
/// File offsets agree with addresses modulo this.
const PAGE: u32 = 0x1_0000;

const READ_EXECUTE: u32 = 5;
const READ_WRITE: u32 = 6;

fn file_header() -> Vec<u8> {
    let ident = b"\x7FELF\x01\x01\x01\0\0\0\0\0\0\0\0\0";
    // ET_EXEC, EM_MIPS; then version, entry, program headers, no section headers, flags.
    let words = [8 << 16 | 2, 1, TEXT, HEADER_BYTES, 0, FLAGS];
    let halves = [HEADER_BYTES, PROGRAM_HEADER_BYTES, 2, 0, 0, 0];
    let mut header = ident.to_vec();
    header.extend(asm::to_bytes(&words));
    header.extend(halves.iter().flat_map(|&half| (half as u16).to_le_bytes()));
    header
}

fn program_header(offset: u32, address: u32, size: u32, flags: u32) -> Vec<u8> {
    asm::to_bytes(&[1, offset, address, address, size, size, flags, PAGE])
}

/// Writes an executable that starts at its first instruction.
pub fn write_executable(path: &Path, code: &[u32], records: &[u8]) -> io::Result<()> {
    let text_bytes = code.len() as u32 * 4;
    let data_offset = (PAGE + text_bytes).next_multiple_of(PAGE);
    let mut image = file_header();
    image.extend(program_header(PAGE, TEXT, text_bytes, READ_EXECUTE));
    image.extend(program_header(
        data_offset,
        RECORDS,
        records.len() as u32,
        READ_WRITE,
    ));
    image.resize(PAGE as usize, 0);
    image.extend(asm::to_bytes(code));
    image.resize(data_offset as usize, 0);
    image.extend(records);
    // Closed at the end of the statement: a file open for writing cannot be executed.
    File::create(path)?.write_all(&image)?;
    fs::set_permissions(path, Permissions::from_mode(0o755))
}
