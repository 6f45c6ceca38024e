//! A stand-in for Neutrino's cdvdman_emu around the object that takes the place of its `device-fhi.o`: what the object
//! imports, and the library `fhi`, which may come late.

use core::ops::Range;
use std::fs;

use iopsim::{Config, Counters, HostContext, HostId, Image, Machine, Trap};
use testkit::module::object_path;

use crate::medium::Wire;

const OBJECT: u32 = 0x1_0000;
/// The library's entry in the kernel's list: `iop_library_t` and its functions.
const LIBRARY: u32 = 0x2_0000;
/// Memory that the kernel hands out.
const HEAP: Range<u32> = 0x3_0000..0x8_0000;
/// Where a game reads to.
const DESTINATION: u32 = 0x10_0000;
/// Where the functions are after a library's name, and which of them are `fhi_size` and `fhi_read`.
const EXPORTS: u32 = 20;
const SIZE: u32 = 4;
const READ: u32 = 5;
/// No function of the stand-in's is at such an address.
const NOTHING: u32 = 0x0BAD_0BAD;

/// What the object gets from the module and the kernel, and how it behaves.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// How often the device is not there yet.
    pub absent: u32,
    /// Requests for memory that are refused, from the first on.
    pub refused: u32,
}

/// What the object asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Asked {
    /// Times that it looked the library up.
    pub lookups: u32,
    /// Waits for the device.
    pub waits: u32,
    /// Requests for memory.
    pub allocations: u32,
    /// Bytes of memory that it got.
    pub memory: u32,
}

/// A console with the object.
pub struct Cdvdman {
    machine: Machine,
    image: Image,
    hosts: Hosts,
    outside: Outside,
    destination: Range<u32>,
}

#[derive(Clone, Copy)]
struct Hosts {
    alloc: HostId,
    delay: HostId,
    find: HostId,
    size: HostId,
    read: HostId,
}

/// All that is not the object.
struct Outside {
    wire: Wire,
    len: u64,
    setup: Setup,
    asked: Asked,
    heap_end: u32,
}

impl Cdvdman {
    /// Loads the object; the file of handle 0 has `len` bytes.
    ///
    /// # Panics
    /// When there is no object, or it imports something else.
    #[must_use]
    pub fn boot(wire: Wire, len: u64, setup: Setup) -> Self {
        let mut machine = Machine::new(Config {
            fill: 0xA7,
            ..Config::default()
        });
        let mut register = || machine.register_host();
        let hosts = Hosts {
            alloc: register(),
            delay: register(),
            find: register(),
            size: register(),
            read: register(),
        };
        let path = object_path().with_file_name("zso_device_fhi.o");
        let object = fs::read(&path)
            .unwrap_or_else(|error| panic!("{}: {error}; run `cargo iop`", path.display()));
        let import = |name: &str| match name {
            "AllocSysMemory" => Some(hosts.alloc.address()),
            "DelayThread" => Some(hosts.delay.address()),
            "ioplib_getByName" => Some(hosts.find.address()),
            _ => None,
        };
        let image = machine.load_object(&object, OBJECT, &import);
        let image = image.unwrap_or_else(|error| panic!("the object cannot be loaded: {error}"));
        for export in 0..8 {
            let function = match export {
                SIZE => hosts.size.address(),
                READ => hosts.read.address(),
                _ => NOTHING,
            };
            let place = LIBRARY + EXPORTS + 4 * export;
            let written = machine.write(place, &function.to_le_bytes());
            written.expect("inside RAM");
        }
        Self {
            machine,
            image,
            hosts,
            outside: Outside {
                wire,
                len,
                setup,
                asked: Asked::default(),
                heap_end: HEAP.start,
            },
            destination: DESTINATION..DESTINATION,
        }
    }

    /// `fhi_get_lsn`.
    pub fn sectors(&mut self) -> u32 {
        self.call("fhi_get_lsn", &[])
    }

    /// `fhi_read_sectors` of a handle, to a buffer `misalign` bytes after a 64-byte boundary.
    ///
    /// # Errors
    /// The number that it returned.
    pub fn read(
        &mut self,
        handle: u32,
        lsn: u32,
        count: u32,
        misalign: u32,
    ) -> Result<Vec<u8>, u32> {
        let start = DESTINATION + misalign;
        self.destination = start..start + count * 2048;
        match self.call("fhi_read_sectors", &[handle << 23 | lsn, start, count]) {
            0 => {
                let bytes = self.machine.read(start, self.destination.len());
                Ok(bytes.expect("inside RAM").to_vec())
            }
            code => Err(code),
        }
    }

    /// What the object asked for so far.
    #[must_use]
    pub fn asked(&self) -> Asked {
        self.outside.asked
    }

    /// What all calls took so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.machine.counters()
    }

    /// Forgets that.
    pub fn reset_counters(&mut self) {
        self.machine.reset_counters();
    }

    fn call(&mut self, function: &str, args: &[u32]) -> u32 {
        self.guard();
        let entry = self.image.symbol(function).expect("the contract says so");
        let (hosts, outside) = (self.hosts, &mut self.outside);
        let result = self.machine.call_with(entry, args, &mut |id, context| {
            outside.serve(hosts, id, context)
        });
        result.unwrap_or_else(|trap| panic!("{function}: {trap}"))
    }

    /// Permits what is the object's to write and to read: its variables among its code, memory that it may get in this
    /// call, and the game's buffer.
    fn guard(&mut self) {
        let mut ranges = vec![
            self.machine.stack(),
            OBJECT..self.image.end,
            HEAP,
            self.destination.clone(),
        ];
        self.machine.permit_writes(&ranges).expect("inside RAM");
        ranges.push(LIBRARY..LIBRARY + 64);
        self.machine.permit_reads(&ranges).expect("inside RAM");
    }
}

impl Outside {
    /// Answers a call of what the object imports.
    fn serve(
        &mut self,
        hosts: Hosts,
        id: HostId,
        context: &mut HostContext<'_>,
    ) -> Result<u32, Trap> {
        if id == hosts.alloc {
            assert_eq!((context.arg(0)?, context.arg(2)?), (0, 0), "AllocSysMemory");
            Ok(self.allocate(context.arg(1)?))
        } else if id == hosts.delay {
            assert_eq!(context.arg(0)?, 100_000, "a tenth of a second");
            self.asked.waits += 1;
            Ok(0)
        } else if id == hosts.find {
            assert_eq!(context.read(context.arg(0)?, 8)?, b"fhi\0\0\0\0\0");
            self.asked.lookups += 1;
            Ok(LIBRARY)
        } else if id == hosts.size {
            assert_eq!(context.arg(0)?, 0, "the size of the disc");
            let is_there = self.setup.absent <= self.asked.waits;
            Ok(if is_there { (self.len / 512) as u32 } else { 0 })
        } else {
            self.read(context)
        }
    }

    fn allocate(&mut self, size: u32) -> u32 {
        self.asked.allocations += 1;
        // As the kernel rounds.
        let end = (self.heap_end + size).next_multiple_of(256);
        if self.asked.allocations <= self.setup.refused || end > HEAP.end {
            return 0;
        }
        self.asked.memory += size;
        std::mem::replace(&mut self.heap_end, end)
    }

    /// `fhi_read`: the sectors that were there, or a driver's number.
    fn read(&mut self, context: &mut HostContext<'_>) -> Result<u32, Trap> {
        let [handle, buf, start, count] = [
            context.arg(0)?,
            context.arg(1)?,
            context.arg(2)?,
            context.arg(3)?,
        ];
        let mut bytes = context.machine().read(buf, count as usize * 512)?.to_vec();
        let read = self.wire.read(handle, u64::from(start) * 512, &mut bytes);
        context.write(buf, &bytes)?;
        Ok(read.map_or_else(|code| code as u32, |read| (read / 512) as u32))
    }
}
