//! Memory-mapped devices outside RAM.

use core::ops::Range;

use thiserror::Error;

/// Size of an access to a device.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Width {
    /// 8 bits.
    Byte,
    /// 16 bits.
    Half,
    /// 32 bits.
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

    pub(crate) fn read(&mut self, physical: u32, width: Width) -> Result<u32, Refused> {
        let (offset, device) = self.at(physical)?;
        device.read(offset, width)
    }

    pub(crate) fn write(&mut self, physical: u32, width: Width, value: u32) -> Result<(), Refused> {
        let (offset, device) = self.at(physical)?;
        device.write(offset, width, value)
    }
}
