//! Memory in sectors, each of them in one part of it: no two parts of the reader's share a byte.
//!
//! A part is not a slice, since bytes of it are decoded while a device writes others of the same part:
//! [`bytes_apart`](Memory::bytes_apart) is the one place where the compiler is told that two borrows do not overlap.
#![allow(
    unsafe_code,
    reason = "a device writes to one part of the buffer while another one is decoded"
)]

use core::marker::PhantomData;
use core::ptr;
use core::slice;

use crate::sector::{DEVICE_ALIGN, SECTOR_SHIFT, SECTOR_SIZE};

/// What is copied is a number of times as many bytes.
pub(crate) const COPIED: u32 = 16;

/// A run of sectors of memory, borrowed to be written, and nobody else's.
pub(crate) struct Memory<'m> {
    start: *mut u8,
    /// In sectors.
    len: u32,
    memory: PhantomData<&'m mut [u8]>,
}

// SAFETY: it stands for an exclusive slice of bytes, which can be sent.
unsafe impl Send for Memory<'_> {}
// SAFETY: likewise; all that a shared one can do is to read.
unsafe impl Sync for Memory<'_> {}

impl<'m> Memory<'m> {
    /// No memory.
    pub(crate) const NONE: Self = Self {
        start: ptr::dangling_mut(),
        len: 0,
        memory: PhantomData,
    };

    /// All of these sectors.
    pub(crate) fn new<T>(sectors: &'m mut [T]) -> Self {
        const { assert!(size_of::<T>() == SECTOR_SIZE) };
        Self {
            start: sectors.as_mut_ptr().cast(),
            len: sectors.len() as u32,
            memory: PhantomData,
        }
    }

    /// This memory and what follows it, which were one before.
    ///
    /// # Safety
    /// Both are parts that [`split`](Self::split) made of one memory, `rest` begins where this ends or has no sectors,
    /// and neither of them is used any more.
    pub(crate) unsafe fn join(&self, rest: &Self) -> Self {
        Self {
            len: self.len.wrapping_add(rest.len),
            ..*self
        }
    }

    /// The same memory for as long as this one is not used.
    pub(crate) fn borrow(&mut self) -> Memory<'_> {
        Memory { ..*self }
    }

    /// How many sectors there are.
    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    /// Whether a device can read to it: they may ask for an alignment of 4 bytes.
    pub(crate) fn is_for_devices(&self) -> bool {
        is_for_devices(self.start)
    }

    /// The first `first` sectors, or as many of them as there are, and the rest.
    pub(crate) fn split(self, first: u32) -> (Self, Self) {
        let len = first.min(self.len);
        let bytes = (len << SECTOR_SHIFT) as usize;
        let rest = Self {
            start: self.start.wrapping_add(bytes),
            len: self.len.wrapping_sub(len),
            memory: PhantomData,
        };
        (Self { len, ..self }, rest)
    }

    /// `len` bytes from byte `start` on; none if there are not as many.
    pub(crate) fn bytes(&self, start: u32, len: u32) -> &[u8] {
        let place = self.place(start, len);
        // SAFETY: inside the memory, which is borrowed as long as this is, and nobody else's.
        unsafe { &*place }
    }

    /// The same, to be written.
    pub(crate) fn bytes_mut(&mut self, start: u32, len: u32) -> &mut [u8] {
        let place = self.place(start, len);
        // SAFETY: likewise; it was borrowed to be written.
        unsafe { &mut *place }
    }

    /// The same, to be written while others of this memory are in use.
    ///
    /// # Safety
    /// None of these bytes are taken out by another method as long as they are in use.
    pub(crate) unsafe fn bytes_apart(&self, start: u32, len: u32) -> &'m mut [u8] {
        let place = self.place(start, len);
        // SAFETY: likewise; the caller promises that nobody else uses them.
        unsafe { &mut *place }
    }

    /// Copies `len` bytes from byte `from` on to where none of them are, all of them numbers of whole [`COPIED`] bytes;
    /// otherwise, nothing. Of all memory but the caller's buffer.
    pub(crate) fn copy(&mut self, from: u32, to: u32, len: u32) {
        if from.abs_diff(to) < len {
            return;
        }
        // SAFETY: none of those that are copied.
        let target = unsafe { self.bytes_apart(to, len) };
        // SAFETY: any bytes are words.
        let (_, target, _) = unsafe { target.align_to_mut::<u32>() };
        // SAFETY: likewise.
        let (_, source, _) = unsafe { self.bytes(from, len).align_to::<u32>() };
        // SAFETY: it is a reference. Volatile, or else the compiler would call `memcpy`, which takes twice as long.
        let load = |word: &u32| unsafe { ptr::from_ref(word).read_volatile() };
        let (target, _) = target.as_chunks_mut::<4>();
        for (to, [a, b, c, d]) in target.iter_mut().zip(source.as_chunks().0) {
            *to = [load(a), load(b), load(c), load(d)];
        }
    }

    /// `count` words from byte `start` on; none if there are not as many, or they are not aligned.
    #[inline(always)]
    pub(crate) fn words(&self, start: u32, count: u32) -> &[u32] {
        let end = start.wrapping_add(count << 2);
        let first = self.start.wrapping_add(start as usize).cast::<u32>();
        if start <= end && end <= self.len << SECTOR_SHIFT && first.is_aligned() {
            // SAFETY: as in `bytes`; aligned, and any bytes are words.
            return unsafe { slice::from_raw_parts(first, count as usize) };
        }
        &[]
    }

    /// Where `len` bytes from byte `start` on are, or none of them if there are not as many.
    #[inline(never)]
    fn place(&self, start: u32, len: u32) -> *mut [u8] {
        let end = start.wrapping_add(len);
        if start <= end && end <= self.len << SECTOR_SHIFT {
            let first = self.start.wrapping_add(start as usize);
            return ptr::slice_from_raw_parts_mut(first, len as usize);
        }
        ptr::slice_from_raw_parts_mut(ptr::dangling_mut(), 0)
    }
}

/// Whether a device can read to where this points: they may ask for an alignment of 4 bytes.
pub(crate) fn is_for_devices(start: *const u8) -> bool {
    start.addr().is_multiple_of(DEVICE_ALIGN)
}
