//! Memory in sectors, parts of which may go by two names.
#![allow(
    unsafe_code,
    reason = "a request's output and what waits to become output share memory"
)]

use core::marker::PhantomData;
use core::ptr;

use crate::sector::{SECTOR_SHIFT, SECTOR_SIZE};

/// A run of sectors of memory, borrowed to be written, and nobody else's unless [`again`](Self::again) says so.
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

    /// The same memory once more.
    ///
    /// # Safety
    /// No bytes are taken out of one of the two while the same bytes are in use that were taken out of the other one.
    pub(crate) unsafe fn again(&self) -> Self {
        Self { ..*self }
    }

    /// How many sectors there are.
    pub(crate) fn len(&self) -> u32 {
        self.len
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
