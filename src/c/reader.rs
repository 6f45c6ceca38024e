//! The C functions of `include/zso.h`, which documents them for their users.
//!
//! Everything with a meaning happens in `reader`, in safe code. Each function checks its pointers, turns them
//! into references once, and turns the result into a number.
#![allow(unsafe_code, reason = "C boundary")]

use core::ffi::c_void;
use core::slice;

use super::callback::{CallbackDevice, ReadSectors};
use crate::code::Code;
use crate::format::{HEADER_SIZE, Header, rules};
use crate::lz4;
use crate::reader::disc::{Disc, memory_sectors};
use crate::sector::{SECTOR_SIZE, Sector};
use crate::source::Source;

/// What stands at the start of a workspace; the sectors of the reader's memory follow.
#[repr(C, align(64))]
struct Workspace {
    source: Source<CallbackDevice>,
    /// Nothing if it could not be mounted.
    disc: Option<Disc<'static>>,
}

/// Bytes of a workspace before its sectors.
const HEAD: usize = size_of::<Workspace>();

const _: () = assert!(HEAD.is_multiple_of(align_of::<Sector>()));

/// Bytes of a workspace; 0 if there is no such block size, or far too much is to be read ahead. See `include/zso.h`.
#[unsafe(no_mangle)]
pub extern "C" fn zso_workspace_size(block_size: u32, ahead_sectors: u32) -> u32 {
    if !rules::is_block_size(block_size) || ahead_sectors > MAX_AHEAD_SECTORS {
        return 0;
    }
    memory_sectors(block_size, ahead_sectors)
        .wrapping_mul(SECTOR_SIZE as u32)
        .wrapping_add(HEAD as u32)
}

/// Buffered sectors with which the size of a workspace still fits 32 bits, whatever the block size: 1 GiB of them.
const MAX_AHEAD_SECTORS: u32 = 1 << 19;

/// Whether a file that begins with this sector is a ZSO image. See `include/zso.h`.
///
/// # Safety
/// `first_sector` is null or readable for 2048 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zso_probe(first_sector: *const c_void) -> i32 {
    // SAFETY: null gives `None`; otherwise readable by the caller's promise, and bytes need no alignment.
    let header = unsafe { first_sector.cast::<[u8; HEADER_SIZE]>().as_ref() };
    header
        .is_some_and(|header| Header::fault(header).is_none())
        .into()
}

/// Mounts an image. See `include/zso.h`.
///
/// # Safety
/// `workspace` is null or readable and writable for `workspace_size` bytes, and used by nothing else until the last
/// call with it. `read` may be called with `user`, any sector number, and a writable buffer of that many sectors, as
/// long as the image is in use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zso_mount(
    workspace: *mut c_void,
    workspace_size: u32,
    read: Option<ReadSectors>,
    user: *mut c_void,
    file_sectors: u32,
) -> i32 {
    let head = workspace.cast::<Workspace>();
    let (Some(read), false, true) = (read, head.is_null(), head.is_aligned()) else {
        return Code::Argument as i32;
    };
    let Some(memory) = (workspace_size as usize).checked_sub(HEAD) else {
        return Code::Memory as i32;
    };
    // SAFETY: the sectors follow the head, inside the workspace, aligned as it is; any bytes are sectors, and the
    // caller leaves them to us for as long as the image is used.
    let memory = unsafe {
        slice::from_raw_parts_mut(head.wrapping_add(1).cast::<Sector>(), memory / SECTOR_SIZE)
    };
    // SAFETY: the caller's promise on `read` and `user`.
    let device = unsafe { CallbackDevice::new(read, user, file_sectors) };
    // SAFETY: not null, aligned, and large enough for its head.
    unsafe {
        head.write(Workspace {
            source: Source::new(device),
            disc: None,
        })
    };
    // SAFETY: written just now, and apart from the sectors.
    let workspace = unsafe { &mut *head };
    match Disc::mount(&mut workspace.source, memory) {
        Ok(disc) => {
            workspace.disc = Some(disc);
            0
        }
        Err(code) => code as i32,
    }
}

/// Reads sectors of the disc. See `include/zso.h`.
///
/// # Safety
/// `workspace` is null, was given to [`zso_mount`], or holds zeros; nothing else uses it meanwhile. `buf` is null or
/// writable for `count` sectors.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zso_read(
    workspace: *mut c_void,
    lsn: u32,
    buf: *mut c_void,
    count: u32,
) -> i32 {
    // SAFETY: the caller's promise.
    let Some((disc, source)) = (unsafe { Workspace::mounted(workspace) }) else {
        return Code::NotMounted as i32;
    };
    // SAFETY: a disc is mounted, so its source was written, too; nothing else refers to it.
    let source = unsafe { &mut *source };
    let count = disc.plan.header.available(lsn, count);
    if count == 0 {
        return 0;
    }
    if buf.is_null() || count > MAX_SECTORS_A_READ {
        return Code::Argument as i32;
    }
    // SAFETY: not null, below 2 GiB, and writable for `count` sectors by the caller's promise; any bytes are bytes.
    let out = unsafe { slice::from_raw_parts_mut(buf.cast::<[u8; SECTOR_SIZE]>(), count as usize) };
    match disc.read(source, lsn, out) {
        Ok(()) => count as i32,
        Err(code) => code as i32,
    }
}

/// Sectors of the largest buffer that exists on a 32-bit machine.
const MAX_SECTORS_A_READ: u32 = i32::MAX as u32 / SECTOR_SIZE as u32;

/// Sectors of the disc; 0 if nothing is mounted. See `include/zso.h`.
///
/// # Safety
/// `workspace` is null, was given to [`zso_mount`], or holds zeros.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zso_sector_count(workspace: *const c_void) -> u32 {
    // SAFETY: the caller's promise.
    let mounted = unsafe { Workspace::mounted(workspace.cast_mut()) };
    mounted.map_or(0, |(disc, _)| disc.plan.header.sectors())
}

/// The code of the device's last failure. See `include/zso.h`.
///
/// # Safety
/// `workspace` is null, was given to [`zso_mount`], or holds zeros.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zso_last_device_error(workspace: *const c_void) -> i32 {
    if workspace.is_null() {
        return 0;
    }
    // SAFETY: not null, so there is a head, by the caller's promise.
    let error = unsafe { &raw const (*workspace.cast::<Workspace>()).source.error };
    // SAFETY: written by `zso_mount`, or zeros, which are `None` (asserted by a test).
    unsafe { error.read() }.map_or(0, |error| error.0.get())
}

/// Decodes one raw LZ4 block. See `include/zso.h`.
///
/// # Safety
/// `src` is null or readable for `src_len` bytes, `dst` is null or writable for `dst_len`, and the two do not
/// overlap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zso_decode_block(
    src: *const c_void,
    src_len: u32,
    dst: *mut c_void,
    dst_len: u32,
) -> i32 {
    if src.is_null() || dst.is_null() || i32::try_from(src_len | dst_len).is_err() {
        return Code::Argument as i32;
    }
    // SAFETY: not null, below 2 GiB, and readable by the caller's promise.
    let src = unsafe { slice::from_raw_parts(src.cast::<u8>(), src_len as usize) };
    // SAFETY: not null, below 2 GiB, and writable by the caller's promise, apart from `src`.
    let dst = unsafe { slice::from_raw_parts_mut(dst.cast::<u8>(), dst_len as usize) };
    match lz4::decode_block(src, dst) {
        Ok(()) => dst_len as i32,
        Err(error) => Code::from(error) as i32,
    }
}

impl Workspace {
    /// The disc and the device of a workspace, if something is mounted there.
    ///
    /// # Safety
    /// `workspace` is null, was given to [`zso_mount`], or holds zeros; no other reference to its head exists.
    unsafe fn mounted<'w>(
        workspace: *mut c_void,
    ) -> Option<(&'w mut Disc<'static>, *mut Source<CallbackDevice>)> {
        let workspace = workspace.cast::<Self>();
        if workspace.is_null() {
            return None;
        }
        // SAFETY: not null, so there is a head, by the caller's promise.
        let disc = unsafe { &raw mut (*workspace).disc };
        // SAFETY: likewise.
        let source = unsafe { &raw mut (*workspace).source };
        // SAFETY: written by `zso_mount`, or zeros, which are `None` (asserted by a test).
        let disc = unsafe { disc.as_mut() }?;
        disc.as_mut().map(|disc| (disc, source))
    }
}
