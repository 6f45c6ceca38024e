//! The console's object, `target/iop/zso.o`, in a strict simulator of its processor.
//!
//! Reads and writes of the program are guarded to the byte: it can write the workspace, the destination and the stack,
//! and read those, the source and itself. Around workspace and destination are red zones besides.

mod map;
pub mod memcpy;
mod mounted;
mod object;
mod replacement;

use core::ops::Range;

use iopsim::{Config, Counters, CycleModel, HostId, Image, Machine};
use zso::{Code, SECTOR_SIZE};

use crate::code;
use crate::device::AnyDevice;
use map::{Map, Region};

pub use mounted::Mounted;
pub use object::object_path;
pub(crate) use replacement::Replacement;

/// What the device callback is registered with; it checks that it gets it back.
const USER: u32 = 0x05E0_5E01;

/// The object in a machine of its own.
pub struct Module {
    machine: Machine,
    image: Image,
    map: Map,
    callback: HostId,
    before: Counters,
    device_calls: Vec<DeviceCall>,
}

/// A call of the device callback.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DeviceCall {
    /// The first sector asked for.
    pub first: u32,
    /// How many.
    pub sectors: u32,
    /// Cycles from the start of the object's own call to this one.
    pub cycles: u64,
}

impl Module {
    /// Loads the object that `cargo iop` built, or the one that the environment variable `ZSO_OBJECT` names.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn load() -> Self {
        Self::from_object(object::bytes())
    }

    /// Loads an object.
    ///
    /// # Panics
    /// When the simulator cannot load it, because it imports more than `memcpy`, say.
    #[must_use]
    pub fn from_object(object: &[u8]) -> Self {
        Self::with_cycles(object, CycleModel::r3000a())
    }

    /// Loads an object on a processor whose instructions take other times.
    ///
    /// # Panics
    /// As [`from_object`](Self::from_object).
    #[must_use]
    pub fn with_cycles(object: &[u8], cycles: CycleModel) -> Self {
        // Memory that was never written is junk.
        let mut machine = Machine::new(Config {
            cycles,
            fill: 0xA7,
            ..Config::default()
        });
        let callback = machine.register_host();
        memcpy::put(&mut machine, map::MEMCPY);
        let import = |name: &str| (name == "memcpy").then_some(map::MEMCPY);
        let image = machine.load_object(object, map::OBJECT, &import);
        let image = image.unwrap_or_else(|error| panic!("the object cannot be loaded: {error}"));
        let map = Map::new(map::OBJECT..image.end, vec![machine.stack()]);
        Self {
            machine,
            image,
            map,
            callback,
            before: Counters::default(),
            device_calls: Vec::new(),
        }
    }

    /// Mounts the image on `device` in a workspace with `memory` sectors.
    ///
    /// # Errors
    /// The object's own.
    ///
    /// # Panics
    /// On a trap, as all methods; when the workspace is larger than the simulated memory has room for.
    pub fn mount<'m>(
        &'m mut self,
        device: &'m mut AnyDevice<'m>,
        memory: u32,
    ) -> Result<Mounted<'m>, Code> {
        let size = self.workspace_head() + memory * SECTOR_SIZE as u32;
        let workspace = self.set_workspace(size);
        let file_sectors = device.sectors().unwrap_or(0);
        match self.raw_mount(device, workspace.start, size, file_sectors) {
            0 => Ok(Mounted::new(self, device)),
            number => Err(code::from_number(number)),
        }
    }

    /// Puts a fresh workspace of `size` bytes, full of junk, between red zones, and returns where it is.
    ///
    /// # Panics
    /// When there is no room.
    pub fn set_workspace(&mut self, size: u32) -> Range<u32> {
        self.map
            .place(&mut self.machine, Region::Workspace, size, 0)
    }

    /// The same, but full of zeros, which is a workspace in which nothing is mounted.
    ///
    /// # Panics
    /// When there is no room.
    pub fn set_zero_workspace(&mut self, size: u32) -> Range<u32> {
        let range = self.set_workspace(size);
        self.machine
            .write(range.start, &vec![0; range.len()])
            .expect("inside RAM");
        range
    }

    /// Puts a destination of `size` bytes between red zones, `misalign` bytes after a 64-byte boundary.
    ///
    /// # Panics
    /// When there is no room.
    pub fn set_destination(&mut self, size: u32, misalign: u32) -> Range<u32> {
        self.map
            .place(&mut self.machine, Region::Destination, size, misalign)
    }

    /// `zso_mount` with any arguments but for the device, which is `device`.
    pub fn raw_mount(
        &mut self,
        device: &mut AnyDevice<'_>,
        workspace: u32,
        size: u32,
        file_sectors: u32,
    ) -> i32 {
        let args = [workspace, size, self.callback.address(), USER, file_sectors];
        self.call_with("zso_mount", &args, device) as i32
    }

    /// `zso_workspace_size`.
    pub fn workspace_size(&mut self, block_size: u32, ahead_sectors: u32) -> u32 {
        self.call("zso_workspace_size", &[block_size, ahead_sectors])
    }

    /// Bytes of a workspace before its sectors.
    fn workspace_head(&mut self) -> u32 {
        let sectors = zso::memory_sectors(SECTOR_SIZE as u32, 0);
        self.workspace_size(SECTOR_SIZE as u32, 0) - sectors * SECTOR_SIZE as u32
    }

    /// `zso_probe`: whether a file that begins with these bytes is an image.
    ///
    /// # Panics
    /// When the object returns something else than 0 or 1.
    pub fn probe(&mut self, first_sector: &[u8; SECTOR_SIZE]) -> bool {
        let source = self.set_source(first_sector, 0);
        match self.call("zso_probe", &[source.start]) {
            0 => false,
            1 => true,
            other => panic!("zso_probe returned {other}"),
        }
    }

    /// `zso_decode_block` to a destination of `dst_len` bytes.
    ///
    /// # Errors
    /// The object's own.
    ///
    /// # Panics
    /// When it reports success with a wrong length.
    pub fn decode_block(&mut self, src: &[u8], dst_len: usize) -> Result<Vec<u8>, Code> {
        self.decode_block_at(src, 0, dst_len, 0)
    }

    /// The same, with a source and a destination that begin some bytes (0 to 63) after a 64-byte boundary.
    ///
    /// # Errors
    /// The object's own.
    ///
    /// # Panics
    /// When it reports success with a wrong length.
    pub fn decode_block_at(
        &mut self,
        src: &[u8],
        src_misalign: u32,
        dst_len: usize,
        dst_misalign: u32,
    ) -> Result<Vec<u8>, Code> {
        let source = self.set_source(src, src_misalign);
        let destination = self.set_destination(dst_len as u32, dst_misalign);
        let args = [
            source.start,
            source.len() as u32,
            destination.start,
            dst_len as u32,
        ];
        let number = self.call("zso_decode_block", &args) as i32;
        if number < 0 {
            return Err(code::from_number(number));
        }
        assert_eq!(
            number as usize, dst_len,
            "zso_decode_block returned another length"
        );
        Ok(self.bytes(destination).to_vec())
    }

    /// The object's own `memcpy`, from and to places that are misaligned like those of a block.
    ///
    /// # Panics
    /// When it returns something else than where it copied to.
    pub fn copy(&mut self, src: &[u8], src_misalign: u32, dst_misalign: u32) -> Vec<u8> {
        let source = self.set_source(src, src_misalign);
        let destination = self.set_destination(src.len() as u32, dst_misalign);
        let args = [destination.start, source.start, src.len() as u32];
        assert_eq!(self.call("memcpy", &args), destination.start);
        self.bytes(destination).to_vec()
    }

    /// Puts bytes where a function can read them, and returns where.
    fn set_source(&mut self, bytes: &[u8], misalign: u32) -> Range<u32> {
        let len = bytes.len() as u32;
        let range = self
            .map
            .place(&mut self.machine, Region::Source, len, misalign);
        self.machine.write(range.start, bytes).expect("inside RAM");
        range
    }

    /// Calls any function of the object with any arguments; there is no device.
    ///
    /// # Panics
    /// On a trap, on a dead canary, and when the object has no such function.
    pub fn call(&mut self, function: &str, args: &[u32]) -> u32 {
        self.call_with(function, args, &mut NoDevice)
    }

    fn call_with(&mut self, function: &str, args: &[u32], device: &mut AnyDevice<'_>) -> u32 {
        let entry = self.image.symbol(function);
        let entry = entry.unwrap_or_else(|| panic!("the object has no {function}"));
        self.map.guard(&mut self.machine);
        let before = self.machine.counters();
        self.before = before;
        self.device_calls.clear();
        let calls = &mut self.device_calls;
        let result = self.machine.call_with(entry, args, &mut |_, context| {
            calls.push(DeviceCall {
                first: context.arg(1)?,
                sectors: context.arg(3)?,
                cycles: (context.counters() - before).cycles,
            });
            mounted::serve(context, device)
        });
        let value = result.unwrap_or_else(|trap| panic!("{function}: {trap}"));
        self.map.check(&self.machine);
        value
    }

    /// Bytes in simulated memory.
    fn bytes(&self, range: Range<u32>) -> &[u8] {
        self.machine
            .read(range.start, range.len())
            .expect("inside RAM")
    }

    /// What the last call took; the stack is the deepest of all calls.
    #[must_use]
    pub fn last_call(&self) -> Counters {
        self.machine.counters() - self.before
    }

    /// What the last call asked the device for, and when.
    #[must_use]
    pub fn device_calls(&self) -> &[DeviceCall] {
        &self.device_calls
    }

    /// What all calls took since the last [`reset_counters`](Self::reset_counters).
    #[must_use]
    pub fn totals(&self) -> Counters {
        self.machine.counters()
    }

    /// Sets the totals to zero and empties the instruction cache.
    pub fn reset_counters(&mut self) {
        self.machine.reset_counters();
        self.before = Counters::default();
    }
}

/// Stands where nothing may read a device.
struct NoDevice;

impl zso::SectorDevice for NoDevice {
    type Error = crate::device::DeviceError;

    fn read_sectors(&mut self, first: u32, _: &mut [u8]) -> Result<(), Self::Error> {
        panic!("sector {first} was read, where no device is needed");
    }
}
