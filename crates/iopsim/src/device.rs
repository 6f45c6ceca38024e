//! Memory-mapped devices outside RAM.

use core::ops::Range;

use thiserror::Error;

/// Size of an access to a device.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Width {
    Byte,
    Half,
    Word,
}

/// A device refused an access; the program sees a bus error.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("the device refused the access")]
pub struct Refused;

/// A device in the address space, such as the registers of the disc drive.
///
/// `lwl`, `lwr`, `swl` and `swr` never reach a device: they are bus errors there.
pub trait Device {
    /// Answers an aligned load `offset` bytes into the device's range; the bits above `width` are ignored.
    ///
    /// # Errors
    /// [`Refused`] becomes a bus error.
    fn read(&mut self, offset: u32, width: Width) -> Result<u32, Refused>;

    /// Takes an aligned store; the bits of `value` above `width` are zero.
    ///
    /// # Errors
    /// [`Refused`] becomes a bus error.
    fn write(&mut self, offset: u32, width: Width, value: u32) -> Result<(), Refused>;

    /// Hears before each access which cycle it is. Most devices have no clock.
    fn tick(&mut self, _cycle: u64) {}

    /// What the device writes to RAM by itself after an access, asked for until there is nothing left.
    fn dma(&mut self) -> Option<Dma> {
        None
    }
}

/// Bytes that a device writes to RAM, whatever the guard says: it is not the program that writes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dma {
    pub address: u32,
    pub bytes: Vec<u8>,
}

/// All devices with their ranges of physical addresses.
#[derive(Default)]
pub(crate) struct Devices(Vec<(Range<u32>, Box<dyn Device>)>);

impl Devices {
    pub(crate) fn add(&mut self, range: Range<u32>, device: Box<dyn Device>) {
        self.0.push((range, device));
    }

    fn at(&mut self, physical: u32) -> Result<(u32, &mut dyn Device), Refused> {
        let (range, device) = self
            .0
            .iter_mut()
            .find(|(range, _)| range.contains(&physical))
            .ok_or(Refused)?;
        Ok((physical - range.start, device.as_mut()))
    }

    /// Answers a load at a cycle; what the device then writes to RAM is added to `dma`.
    pub(crate) fn read(
        &mut self,
        physical: u32,
        width: Width,
        cycle: u64,
        dma: &mut Vec<Dma>,
    ) -> Result<u32, Refused> {
        let (offset, device) = self.at(physical)?;
        device.tick(cycle);
        let value = device.read(offset, width)?;
        dma.extend(core::iter::from_fn(|| device.dma()));
        Ok(value)
    }

    /// Takes a store, likewise.
    pub(crate) fn write(
        &mut self,
        physical: u32,
        width: Width,
        value: u32,
        cycle: u64,
        dma: &mut Vec<Dma>,
    ) -> Result<(), Refused> {
        let (offset, device) = self.at(physical)?;
        device.tick(cycle);
        device.write(offset, width, value)?;
        dma.extend(core::iter::from_fn(|| device.dma()));
        Ok(())
    }
}
