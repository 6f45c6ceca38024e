//! An image that the object has mounted.

use iopsim::{Counters, HostContext, Trap};
use zso::{Code, SECTOR_SIZE, Sector};

use super::{Module, USER};
use crate::code;
use crate::device::{AnyDevice, DeviceError};
use crate::reader::{Reader, check_canary};

/// An image in the workspace of a [`Module`].
pub struct Mounted<'m> {
    module: &'m mut Module,
    device: &'m mut AnyDevice<'m>,
}

impl<'m> Mounted<'m> {
    pub(super) fn new(module: &'m mut Module, device: &'m mut AnyDevice<'m>) -> Self {
        Self { module, device }
    }

    /// The object, to be called in other ways.
    pub fn module(&mut self) -> &mut Module {
        self.module
    }

    /// See [`Module::last_call`].
    #[must_use]
    pub fn last_call(&self) -> Counters {
        self.module.last_call()
    }

    fn workspace(&self) -> u32 {
        self.module.map.workspace()
    }
}

impl Reader for Mounted<'_> {
    fn name(&self) -> &'static str {
        "module"
    }

    fn sectors(&mut self) -> u32 {
        let workspace = self.workspace();
        self.module.call("zso_sector_count", &[workspace])
    }

    fn read_at(&mut self, lsn: u32, count: u32, misalign: usize) -> Result<Vec<u8>, Code> {
        let to = self
            .module
            .set_destination(count * SECTOR_SIZE as u32, misalign as u32);
        let args = [self.workspace(), lsn, to.start, count];
        let number = self.module.call_with("zso_read", &args, self.device) as i32;
        let delivered = u32::try_from(number).map_err(|_| code::from_number(number))?;
        let (bytes, rest) = self
            .module
            .bytes(to)
            .split_at(delivered as usize * SECTOR_SIZE);
        check_canary(rest, "the destination after what was delivered");
        Ok(bytes.to_vec())
    }

    fn last_device_error(&mut self) -> i32 {
        let workspace = self.workspace();
        self.module.call("zso_last_device_error", &[workspace]) as i32
    }
}

/// Answers a call of the device callback.
pub(super) fn serve(
    context: &mut HostContext<'_>,
    device: &mut AnyDevice<'_>,
) -> Result<u32, Trap> {
    let [user, first, buf, count] = [
        context.arg(0)?,
        context.arg(1)?,
        context.arg(2)?,
        context.arg(3)?,
    ];
    assert_eq!(user, USER, "the device callback got another user pointer");
    let (bytes, result) = transfer(context, buf, count as usize * SECTOR_SIZE, &mut |buf| {
        device.read_sectors(first, buf)
    })?;
    context.write(buf, &bytes)?;
    Ok(result.map_or_else(|error| error.0 as u32, |()| 0))
}

/// Has a device read `len` bytes for a place of the program, and returns what is to be written there.
pub(super) fn transfer(
    context: &mut HostContext<'_>,
    address: u32,
    len: usize,
    read: &mut dyn FnMut(&mut [u8]) -> Result<(), DeviceError>,
) -> Result<(Vec<u8>, Result<(), DeviceError>), Trap> {
    // A buffer that is aligned as the simulated one is: the device looks at that.
    let misalign = address as usize % align_of::<Sector>();
    let mut memory = vec![Sector::ZERO; len.div_ceil(SECTOR_SIZE) + 1];
    let bytes = &mut Sector::bytes_mut(&mut memory)[misalign..][..len];
    bytes.copy_from_slice(context.machine().read(address, bytes.len())?);
    let result = read(bytes);
    Ok((bytes.to_vec(), result))
}
