//! The object that takes the place of OPL's reader, in the simulator, with every byte compared.
//!
//! It has OPL's contract: functions of its `zso.c`, a device function without an argument of its own, memory from OPL's
//! allocator, and the cache size in OPL's settings.

use core::ops::Range;

use anyhow::{Context, Result, ensure};
use iopsim::{Config, HostContext, HostId, Image, Machine, Trap};
use zso::SECTOR_SIZE;
use zso::format::HEADER_SIZE;

use super::event::{Contender, Footprint, Recording, Request};
use super::play::Setup;
use crate::run::device::{Asked, FileDevice};
use crate::run::disc::Disc;

/// Where the settings are, and the byte that has the cache's sectors.
const SETTINGS: Range<u32> = 0xE000..0xE010;
const CACHE: u32 = SETTINGS.start + 13;
/// Where the header is.
const HEADER: Range<u32> = 0xF000..0xF018;
/// Where the object is.
const OBJECT: u32 = 0x1_0000;
/// What the allocator gives away, in the kernel's units of 256 bytes.
const MEMORY: Range<u32> = 0x4_0000..0xC_0000;
const UNIT: u32 = 256;
/// The game's buffer.
const BUFFER: Range<u32> = 0x10_0000..0x18_0000;

/// An image that the object has mounted.
pub struct Opl<'a> {
    machine: Machine,
    image: Image,
    host: Host<'a>,
    disc: &'a Disc,
}

/// What the object imports.
struct Host<'a> {
    read: HostId,
    device: FileDevice<'a>,
    /// Where free memory begins.
    free: u32,
}

impl<'a> Opl<'a> {
    /// Mounts, as OPL does when its settings say so many sectors of cache.
    pub fn new(setup: Setup<'a>, cache: u32) -> Result<Self> {
        let mut machine = Machine::new(Config {
            fill: 0xA7,
            ..Config::default()
        });
        let host = Host {
            read: machine.register_host(),
            device: FileDevice::new(&setup.zso.file, setup.zso.len, &Asked::default()),
            free: MEMORY.start,
        };
        let alloc = machine.register_host();
        let import = |name: &str| match name {
            "DeviceReadSectors" => Some(host.read.address()),
            "ziso_alloc" => Some(alloc.address()),
            "cdvdman_settings" => Some(SETTINGS.start),
            _ => None,
        };
        let image = machine.load_object(setup.opl, OBJECT, &import);
        let image = image.context("the object cannot be loaded")?;
        machine.permit_writes(&[machine.stack(), SETTINGS, OBJECT..image.end, MEMORY, BUFFER])?;
        let mut opl = Self {
            machine,
            image,
            host,
            disc: setup.disc,
        };
        opl.mount(&setup, cache as u8)?;
        Ok(opl)
    }

    fn mount(&mut self, setup: &Setup<'_>, cache: u8) -> Result<()> {
        let header: [u8; HEADER_SIZE] = setup.zso.header.emit();
        self.machine.write(HEADER.start, &header)?;
        self.machine.write(CACHE, &[cache])?;
        self.call("ziso_init", &[HEADER.start, 0], &mut Recording::default())?;
        ensure!(self.host.free > MEMORY.start, "the object mounted nothing");
        Ok(())
    }

    /// Calls a function, and records what it does.
    fn call(&mut self, function: &str, args: &[u32], recording: &mut Recording) -> Result<u32> {
        let entry = self.image.symbol(function);
        let entry = entry.with_context(|| format!("the object has no {function}"))?;
        let mut past = self.machine.counters().cycles;
        let host = &mut self.host;
        let called = self.machine.call_with(entry, args, &mut |id, context| {
            recording.compute(context.counters().cycles - past);
            past = context.counters().cycles;
            host.serve(id, context, recording)
        });
        let value = called.map_err(|trap| anyhow::anyhow!("{function}: {trap}"))?;
        recording.compute(self.machine.counters().cycles - past);
        Ok(value)
    }
}

impl Host<'_> {
    fn serve(
        &mut self,
        id: HostId,
        context: &mut HostContext<'_>,
        recording: &mut Recording,
    ) -> Result<u32, Trap> {
        if id == self.read {
            self.read(context, recording)
        } else {
            Ok(self.alloc(context.arg(0)?))
        }
    }

    /// `DeviceReadSectors`: a sector's number of 64 bits, a buffer, how many; 0 if all could be read.
    fn read(
        &mut self,
        context: &mut HostContext<'_>,
        recording: &mut Recording,
    ) -> Result<u32, Trap> {
        let [first, high, buf, sectors] = [
            context.arg(0)?,
            context.arg(1)?,
            context.arg(2)?,
            context.arg(3)?,
        ];
        assert_eq!((high, buf % 4), (0, 0), "sector {first}, buffer {buf:#x}");
        let mut bytes = vec![0; sectors as usize * SECTOR_SIZE];
        recording.read(Request { first, sectors });
        let read = self.device.fill(first, &mut bytes);
        if read.is_ok() {
            context.write(buf, &bytes)?;
        }
        Ok(u32::from(read.is_err()))
    }

    /// `ziso_alloc`: the kernel's allocator, of which nothing is ever given back; null if there is not enough.
    fn alloc(&mut self, size: u32) -> u32 {
        let start = self.free;
        let end = start + size.next_multiple_of(UNIT);
        if end > MEMORY.end {
            return 0;
        }
        self.free = end;
        start
    }
}

impl Contender for Opl<'_> {
    fn read(&mut self, lsn: u32, count: u32, recording: &mut Recording) -> Result<()> {
        let args = [BUFFER.start, lsn, count];
        let delivered = self.call("ziso_read_sector", &args, recording)?;
        recording.footprint = Footprint {
            memory: self.host.free - MEMORY.start,
            stack: self.machine.counters().stack_depth,
        };
        let bytes = self
            .machine
            .read(BUFFER.start, delivered as usize * SECTOR_SIZE)?;
        self.disc.compare(lsn, count, bytes)
    }
}
