//! RAM, its mirrors, a ROM, and the guard that says which bytes a program may touch.

use core::ops::Range;

use thiserror::Error;

/// Bytes of RAM: 2 MiB.
pub const RAM_SIZE: u32 = 0x0020_0000;

/// Physical address of the ROM, at which the processor starts after a reset.
pub const ROM_START: u32 = 0x1FC0_0000;

/// Most bytes of a ROM: 4 MiB.
pub const ROM_SIZE: u32 = 0x0040_0000;

const SIZE: usize = RAM_SIZE as usize;
/// The three segments show the same 512 MiB of physical addresses.
const PHYSICAL: u32 = 0x1FFF_FFFF;
/// One bit per 512 MiB of address space: kuseg's first, kseg0 and kseg1.
const SEGMENTS: u32 = 1 << 0 | 1 << 4 | 1 << 5;

/// The host asked for memory that is not all RAM.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("{len} bytes at {addr:#010x} are not in RAM")]
pub struct OutsideRam {
    pub addr: u32,
    pub len: usize,
}

/// Why an access of the program failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    Unaligned,
    /// No RAM there; the physical address, if the segment is mapped at all.
    NotRam(Option<u32>),
    /// First byte that the guard refuses.
    Denied(u32),
}

/// Direction of an access; the value is the guard's bit for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Access {
    Write = 1,
    Read = 2,
}

/// Physical address of `addr`; `None` outside kseg0, kseg1 and the low 512 MiB.
#[inline(always)]
pub(crate) fn physical(addr: u32) -> Option<u32> {
    (SEGMENTS >> (addr >> 29) & 1 != 0).then_some(addr & PHYSICAL)
}

/// 2 MiB of RAM with one byte of permissions per byte, and a ROM.
pub(crate) struct Memory {
    bytes: Box<[u8; SIZE]>,
    /// Bits of [`Access`] that are refused, so that zero (cheap to allocate) permits everything.
    denied: Box<[u8; SIZE]>,
    /// Where writes are permitted, and where reads are: no more than this has to be undone before others are.
    permitted: [Vec<Range<usize>>; 2],
    rom: Vec<u32>,
}

fn everything() -> [Vec<Range<usize>>; 2] {
    core::array::from_fn(|_| core::iter::once(0..SIZE).collect())
}

fn zeroed() -> Box<[u8; SIZE]> {
    // invariant: the slice has exactly SIZE bytes. Through a Vec, as an array would pass the stack.
    vec![0; SIZE]
        .into_boxed_slice()
        .try_into()
        .expect("length is SIZE")
}

impl Memory {
    pub(crate) fn new() -> Memory {
        Memory {
            bytes: zeroed(),
            denied: zeroed(),
            permitted: everything(),
            rom: Vec::new(),
        }
    }

    /// Puts in a ROM; a last partial cache line is filled up with zeros, and what is above [`ROM_SIZE`] is not there.
    pub(crate) fn set_rom(&mut self, bytes: &[u8]) {
        let word = |bytes: &[u8]| {
            bytes
                .iter()
                .rev()
                .fold(0, |word, &byte| word << 8 | u32::from(byte))
        };
        self.rom = bytes
            .chunks(4)
            .take(ROM_SIZE as usize / 4)
            .map(word)
            .collect();
        self.rom.resize(self.rom.len().next_multiple_of(4), 0);
    }

    /// The word of the ROM around a physical address.
    pub(crate) fn rom_at(&self, physical: u32) -> Option<u32> {
        let offset = physical.checked_sub(ROM_START)?;
        self.rom.get(offset as usize / 4).copied()
    }

    /// Fills all of RAM.
    pub(crate) fn fill(&mut self, byte: u8) {
        self.bytes.fill(byte);
    }

    /// Where `len` bytes at `addr` are in RAM: a range that can index it.
    fn place(addr: u32, len: usize) -> Result<Range<usize>, OutsideRam> {
        let outside = OutsideRam { addr, len };
        let start = physical(addr).ok_or(outside)? as usize;
        let end = start
            .checked_add(len)
            .filter(|&end| end <= SIZE)
            .ok_or(outside)?;
        Ok(start..end)
    }

    /// Bytes as the host sees them: no guard.
    pub(crate) fn slice(&self, addr: u32, len: usize) -> Result<&[u8], OutsideRam> {
        Ok(&self.bytes[Self::place(addr, len)?])
    }

    pub(crate) fn slice_mut(&mut self, addr: u32, len: usize) -> Result<&mut [u8], OutsideRam> {
        let place = Self::place(addr, len)?;
        Ok(&mut self.bytes[place])
    }

    /// First byte of a range that the guard refuses.
    pub(crate) fn first_denied(
        &self,
        addr: u32,
        len: usize,
        access: Access,
    ) -> Result<Option<u32>, OutsideRam> {
        let denied = &self.denied[Self::place(addr, len)?];
        let found = denied.iter().position(|bits| bits & access as u8 != 0);
        Ok(found.map(|at| addr.wrapping_add(at as u32)))
    }

    /// Permits one kind of access to the given ranges only.
    pub(crate) fn permit_only(
        &mut self,
        access: Access,
        ranges: &[Range<u32>],
    ) -> Result<(), OutsideRam> {
        let bit = access as u8;
        let permitted = &mut self.permitted[usize::from(bit >> 1)];
        for range in permitted.drain(..) {
            self.denied[range].iter_mut().for_each(|bits| *bits |= bit);
        }
        for range in ranges {
            let place = Self::place(range.start, range.len())?;
            self.denied[place.clone()]
                .iter_mut()
                .for_each(|bits| *bits &= !bit);
            permitted.push(place);
        }
        Ok(())
    }

    /// Permits everything.
    pub(crate) fn permit_all(&mut self) {
        self.denied.fill(0);
        self.permitted = everything();
    }

    #[inline(always)]
    fn locate<const N: usize>(&self, addr: u32, access: Access) -> Result<usize, Fault> {
        if addr as usize & (N - 1) != 0 {
            return Err(Fault::Unaligned);
        }
        let place = match physical(addr) {
            Some(place) if place < RAM_SIZE => place as usize,
            other => return Err(Fault::NotRam(other)),
        };
        if any(at::<N>(&self.denied, place), access) {
            return Err(self.denial(addr, N, access));
        }
        Ok(place)
    }

    #[cold]
    fn denial(&self, addr: u32, len: usize, access: Access) -> Fault {
        match self.first_denied(addr, len, access) {
            Ok(Some(first)) => Fault::Denied(first),
            _ => Fault::NotRam(physical(addr)),
        }
    }

    /// Aligned load by the program.
    #[inline(always)]
    pub(crate) fn load<const N: usize>(&self, addr: u32) -> Result<[u8; N], Fault> {
        let place = self.locate::<N>(addr, Access::Read)?;
        Ok(at::<N>(&self.bytes, place))
    }

    /// Aligned store by the program.
    #[inline(always)]
    pub(crate) fn store<const N: usize>(&mut self, addr: u32, value: [u8; N]) -> Result<(), Fault> {
        let place = self.locate::<N>(addr, Access::Write)?;
        self.bytes[place..place + N].copy_from_slice(&value);
        Ok(())
    }

    /// The aligned word around `addr`, of which the program uses the bytes in `mask`.
    #[inline(always)]
    pub(crate) fn load_masked(&self, addr: u32, mask: u32) -> Result<u32, Fault> {
        let place = self.locate_masked(addr, mask, Access::Read)?;
        Ok(u32::from_le_bytes(at(&self.bytes, place)))
    }

    /// Stores the bytes in `mask` to the aligned word around `addr`.
    #[inline(always)]
    pub(crate) fn store_masked(&mut self, addr: u32, mask: u32, value: u32) -> Result<(), Fault> {
        let place = self.locate_masked(addr, mask, Access::Write)?;
        let old = u32::from_le_bytes(at(&self.bytes, place));
        let new = old & !mask | value & mask;
        self.bytes[place..place + 4].copy_from_slice(&new.to_le_bytes());
        Ok(())
    }

    #[inline(always)]
    fn locate_masked(&self, addr: u32, mask: u32, access: Access) -> Result<usize, Fault> {
        let place = match physical(addr & !3) {
            Some(place) if place < RAM_SIZE => place as usize,
            _ => return Err(Fault::NotRam(None)),
        };
        let denied = u32::from_le_bytes(at(&self.denied, place)) & mask;
        if any(denied.to_le_bytes(), access) {
            return Err(self.denial_masked(addr & !3, mask, access));
        }
        Ok(place)
    }

    #[cold]
    fn denial_masked(&self, word: u32, mask: u32, access: Access) -> Fault {
        let first = mask.trailing_zeros() / 8;
        let len = mask.count_ones() as usize / 8;
        self.denial(word + first, len, access)
    }

    /// Word at a physical address for the instruction fetch.
    pub(crate) fn fetch(&self, physical: u32) -> Option<u32> {
        if physical < RAM_SIZE {
            return Some(u32::from_le_bytes(at(&self.bytes, physical as usize & !3)));
        }
        self.rom_at(physical)
    }
}

/// The `N` bytes at an aligned place in RAM.
#[inline(always)]
fn at<const N: usize>(ram: &[u8; SIZE], place: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&ram[place..place + N]);
    bytes
}

#[inline(always)]
fn any<const N: usize>(denied: [u8; N], access: Access) -> bool {
    let mut word = [0; 4];
    word[..N].copy_from_slice(&denied);
    u32::from_le_bytes(word) & (access as u32 * 0x0101_0101) != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirrors_show_the_same_ram() {
        let mut memory = Memory::new();
        memory
            .store(0x0000_1000, 0x1234_5678_u32.to_le_bytes())
            .unwrap();
        for addr in [0x0000_1000, 0x8000_1000, 0xA000_1000] {
            assert_eq!(memory.load(addr), Ok(0x1234_5678_u32.to_le_bytes()));
        }
    }

    #[test]
    fn nothing_else_is_ram() {
        let memory = Memory::new();
        for addr in [
            0x0020_0000,
            0x1F80_0000,
            0x8020_0000,
            0x2000_0000,
            0x6000_0000,
            0xC000_0000,
        ] {
            let fault = memory.load::<4>(addr).unwrap_err();
            assert!(matches!(fault, Fault::NotRam(_)), "{addr:#x}");
        }
        assert!(memory.slice(RAM_SIZE - 1, 1).is_ok());
        assert!(memory.slice(RAM_SIZE - 1, 2).is_err());
        assert!(memory.slice(0, usize::MAX).is_err());
    }

    #[test]
    fn the_guard_is_exact_to_the_byte() {
        let mut memory = Memory::new();
        memory
            .permit_only(Access::Write, &[0x101..0x106, 0x800..0x801])
            .unwrap();
        assert_eq!(memory.store(0x100, [0]), Err(Fault::Denied(0x100)));
        assert_eq!(memory.store(0x101, [0]), Ok(()));
        assert_eq!(memory.store(0x105, [0]), Ok(()));
        assert_eq!(memory.store(0x104, [0; 2]), Ok(()));
        assert_eq!(memory.store(0x104, [0; 4]), Err(Fault::Denied(0x106)));
        assert_eq!(memory.store(0x100, [0; 4]), Err(Fault::Denied(0x100)));
        assert_eq!(memory.load::<4>(0x200), Ok([0; 4]));
        // What was permitted before is not any more, and all of it is again in the end.
        memory
            .permit_only(Access::Write, &[0x200..0x204, 0x202..0x208])
            .unwrap();
        assert_eq!(memory.store(0x101, [0]), Err(Fault::Denied(0x101)));
        assert_eq!(memory.store(0x200, [0; 4]), Ok(()));
        memory.permit_all();
        assert_eq!(memory.store(0x100, [0; 4]), Ok(()));
        memory.permit_only(Access::Write, &[]).unwrap();
        assert_eq!(memory.store(0x100, [0]), Err(Fault::Denied(0x100)));
    }
}
