//! The object that takes the place of OPL's reader, in the simulator, with every byte compared.
//!
//! It has OPL's contract: functions of its `zso.c`, a device function without an argument of its own, memory from OPL's
//! allocator, and the cache size in OPL's settings.

use core::ops::Range;

use anyhow::{Context, Result, ensure};
use iopsim::threads::{Action, NewThread, Threads, Transfer};
use iopsim::{Config, HostContext, HostId, Image, Machine, Trap};
use zso::SECTOR_SIZE;
use zso::format::HEADER_SIZE;

use super::event::{Contender, Footprint, Recording, Request};
use super::play::Setup;
use common::Original;
use common::device::{Asked, FileDevice};

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

/// Priority of OPL's thread for reads.
const PRIORITY: u32 = 0x0F;
/// Cycles of every read here: more than any thread has work for. How long it takes a device is not decided here.
const READ: u64 = 1 << 40;

/// An image that the object has mounted.
pub struct Opl<'a> {
    machine: Machine,
    image: Image,
    host: Host<'a>,
    threads: Threads,
    disc: &'a Original,
}

/// A function that the object imports.
#[derive(Clone, Copy)]
enum Service {
    Read,
    Alloc,
    CreateThread,
    StartThread,
    CreateSema,
    SignalSema,
    WaitSema,
}

/// What the object may import.
const SERVICES: [(&str, Service); 7] = [
    ("DeviceReadSectors", Service::Read),
    ("ziso_alloc", Service::Alloc),
    ("CreateThread", Service::CreateThread),
    ("StartThread", Service::StartThread),
    ("CreateSema", Service::CreateSema),
    ("SignalSema", Service::SignalSema),
    ("WaitSema", Service::WaitSema),
];

/// What the object imports.
struct Host<'a> {
    services: Vec<(HostId, Service)>,
    device: FileDevice<'a>,
    /// Where free memory begins.
    free: u32,
    /// Up to which cycle all is recorded.
    past: u64,
    /// The cycle at which a read will be done.
    pending: Option<u64>,
}

impl<'a> Opl<'a> {
    /// Mounts with an object, as OPL does when its settings say so many sectors of cache.
    pub fn new(object: &[u8], setup: Setup<'a>, cache: u32) -> Result<Self> {
        let mut machine = Machine::new(Config {
            fill: 0xA7,
            ..Config::default()
        });
        let mut services = Vec::new();
        let mut addresses = vec![("cdvdman_settings", SETTINGS.start)];
        for (name, service) in SERVICES {
            let id = machine.register_host();
            services.push((id, service));
            addresses.push((name, id.address()));
        }
        let import = |name: &str| Some(addresses.iter().find(|entry| entry.0 == name)?.1);
        let image = machine.load_object(object, OBJECT, &import);
        let image = image.context("the object cannot be loaded")?;
        machine.permit_writes(&[machine.stack(), SETTINGS, OBJECT..image.end, MEMORY, BUFFER])?;
        let mut opl = Self {
            machine,
            image,
            host: Host {
                services,
                device: FileDevice::new(&setup.zso.file, setup.zso.len, &Asked::default()),
                free: MEMORY.start,
                past: 0,
                pending: None,
            },
            threads: Threads::new(PRIORITY),
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
        let host = &mut self.host;
        host.past = self.machine.counters().cycles;
        let mut handler = |id: HostId, context: &mut HostContext<'_>| {
            host.record_to(context.counters().cycles, recording);
            host.serve(id, context, recording)
        };
        let called = self
            .threads
            .call_with(&mut self.machine, entry, args, &mut handler);
        let value = called.map_err(|trap| anyhow::anyhow!("{function}: {trap}"))?;
        host.record_to(self.machine.counters().cycles, recording);
        Ok(value)
    }
}

impl Host<'_> {
    /// Records what the threads have done, and whether they have waited for the device.
    fn record_to(&mut self, now: u64, recording: &mut Recording) {
        if let Some(done) = self.pending.take_if(|done| *done <= now) {
            recording.wait();
            self.past = done;
        }
        recording.compute(now - self.past);
        self.past = now;
    }

    fn serve(
        &mut self,
        id: HostId,
        context: &mut HostContext<'_>,
        recording: &mut Recording,
    ) -> Result<Action, Trap> {
        let service = self.services.iter().find(|(known, _)| *known == id);
        let (_, service) = *service.expect("only what was imported is called");
        let [a, b] = [context.arg(0)?, context.arg(1)?];
        Ok(match service {
            Service::Read => self.read(context, recording)?,
            Service::Alloc => Action::Return(self.alloc(a)),
            Service::CreateThread => {
                let [_, _, entry, size, priority] = words(context, a)?;
                let start = self.alloc(size);
                Action::Create(NewThread {
                    entry,
                    stack: start..start + size,
                    priority,
                })
            }
            Service::StartThread => Action::Start {
                thread: a,
                argument: b,
            },
            Service::CreateSema => {
                let [_, _, initial, max] = words(context, a)?;
                Action::CreateSema {
                    initial,
                    max,
                    by_priority: false,
                }
            }
            Service::SignalSema => Action::Signal(a),
            Service::WaitSema => Action::Wait(a),
        })
    }

    /// `DeviceReadSectors`: a sector's number of 64 bits, a buffer, how many; 0 if all could be read.
    fn read(
        &mut self,
        context: &mut HostContext<'_>,
        recording: &mut Recording,
    ) -> Result<Action, Trap> {
        let [first, high, address, sectors] = [
            context.arg(0)?,
            context.arg(1)?,
            context.arg(2)?,
            context.arg(3)?,
        ];
        assert_eq!(
            (high, address % 4),
            (0, 0),
            "sector {first}, buffer {address:#x}"
        );
        let mut bytes = vec![0; sectors as usize * SECTOR_SIZE];
        recording.start(Request { first, sectors });
        self.pending = Some(self.past + READ);
        let read = self.device.fill(first, &mut bytes);
        if read.is_err() {
            bytes.clear();
        }
        Ok(Action::Transfer(Transfer {
            cycles: READ,
            value: u32::from(read.is_err()),
            address,
            bytes,
        }))
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

/// The fields of a structure.
fn words<const N: usize>(context: &HostContext<'_>, place: u32) -> Result<[u32; N], Trap> {
    let bytes = context.read(place, 4 * N)?;
    let (words, _) = bytes.as_chunks();
    Ok(core::array::from_fn(|index| {
        u32::from_le_bytes(words[index])
    }))
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
