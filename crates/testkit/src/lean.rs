//! The lean reader with each of its policies: as Rust on this machine, and as the objects for OPL and Neutrino in the
//! simulator.
//!
//! It reads images whose blocks are sectors, whole sectors of them, and compressed blocks that are no longer than a
//! sector; [`refusal`] says what it makes of others. It is never told how long the file is.

use zso::device::Work;
use zso::lean::{Adaptive, Fine, Image, InPlace, Overlapped, Policy};
use zso::{Code, SectorDevice};

use crate::code;
use crate::device::{AnyDevice, DeviceError, Log, UnknownSize};
use crate::host::{HostMemory, read_between_red_zones, told};
use crate::image::{Place, Zso};
use crate::module::Replacement;
use crate::reader::Reader;
use crate::targets::Target;

/// The lean reader with each policy; those that need no more get one sector of memory, whatever there is.
pub const LEAN: [Target; 5] = [
    |device, memory, test| on::<Adaptive>(device, memory, test),
    |device, memory, test| on::<Overlapped>(device, memory, test),
    |device, memory, test| on::<Fine>(device, memory, test),
    |device, _, test| on::<InPlace>(device, 1, test),
    |device, _, test| on::<Overlapped>(device, 1, test),
];

/// The objects with these policies, in the same order. Each takes as many sectors of memory as it can use.
pub const OBJECTS: [Target; 5] = [
    |device, memory, test| Replacement::Opl.on(device, memory, test),
    |device, memory, test| Replacement::Overlap.on(device, memory, test),
    |device, memory, test| Replacement::Neutrino.on(device, memory, test),
    |device, memory, test| Replacement::Isofs.on(device, memory, test),
    |device, _, test| Replacement::Overlap.on(device, 1, test),
];

/// As much memory as the object with this place in [`OBJECTS`] uses of `memory` sectors.
#[must_use]
pub fn used_by_object(place: usize, memory: u32) -> u32 {
    match place {
        0 | 1 => Replacement::Opl.sectors(memory),
        2 => Replacement::Neutrino.sectors(memory),
        _ => 1,
    }
}

/// All of them: the lean reader on this machine, and its objects.
pub fn everywhere() -> impl Iterator<Item = Target> {
    LEAN.into_iter().chain(OBJECTS)
}

/// The error with which the lean reader refuses an image that the full reader mounts.
#[must_use]
pub fn refusal(block_size: u32) -> Option<Code> {
    (block_size != 2048).then_some(Code::BlockSize)
}

/// Whether the lean reader delivers all whole sectors of an image: no compressed block is longer than a sector, as
/// writers store such a block plain, and the index says where the last block ends.
#[must_use]
pub fn is_whole(zso: &Zso) -> bool {
    let end = zso.blocks.last().map_or(0, |block| block.bytes.end);
    zso.blocks.iter().all(fits) && zso.end_of_data() >= end as u64
}

/// Whether a block is one that the lean reader delivers.
#[must_use]
pub fn fits(block: &Place) -> bool {
    block.plain || block.bytes.len() <= 2048
}

fn on<P: Policy>(
    device: &mut AnyDevice<'_>,
    memory: u32,
    test: &mut dyn FnMut(&mut dyn Reader),
) -> Result<(), Code> {
    let mut memory = HostMemory::new(memory);
    let past_end = Log::default();
    let device = Busy(UnknownSize::new(device, &past_end));
    let is_in_place = memory.sectors().len() < 3;
    let result = match Image::<_, P>::mount(device, memory.sectors()) {
        Ok(image) => {
            test(&mut Lean {
                image,
                is_in_place,
                device_error: 0,
            });
            Ok(())
        }
        Err(error) => Err(code::of_error(&error)),
    };
    memory.check();
    result
}

/// An image mounted with [`Image`].
struct Lean<'m, D: SectorDevice, P: Policy> {
    image: Image<'m, D, P>,
    is_in_place: bool,
    device_error: i32,
}

impl<D: SectorDevice<Error = DeviceError>, P: Policy> Reader for Lean<'_, D, P> {
    fn name(&self) -> &'static str {
        core::any::type_name::<P>()
    }

    fn sectors(&mut self) -> u32 {
        self.image.sectors()
    }

    fn read_at(&mut self, lsn: u32, count: u32, misalign: usize) -> Result<Vec<u8>, Code> {
        // The device reads to the caller's buffer then, which loaders align.
        let misalign = if self.is_in_place {
            misalign & !3
        } else {
            misalign
        };
        let result =
            read_between_red_zones(count, misalign, |buf| self.image.read_sectors(lsn, buf));
        result.map_err(|error| told(&error, &mut self.device_error))
    }

    fn last_device_error(&mut self) -> i32 {
        self.device_error
    }
}

/// A device that leaves the processor time to work: before what it reads is there.
struct Busy<D>(D);

impl<D: SectorDevice> SectorDevice for Busy<D> {
    type Error = D::Error;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), D::Error> {
        self.0.read_sectors(first, buf)
    }

    fn read_device_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), D::Error> {
        self.0.read_device_sectors(first, buf)
    }

    fn sectors(&self) -> Option<u32> {
        self.0.sectors()
    }

    fn overlaps(&self) -> bool {
        true
    }

    fn read_sectors_while(
        &mut self,
        first: u32,
        buf: &mut [u8],
        work: &mut dyn Work,
    ) -> Result<(), D::Error> {
        buf.fill(0x3C);
        work.run();
        self.0.read_sectors(first, buf)
    }
}
