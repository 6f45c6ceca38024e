//! The objects that take the place of a loader's reader, in the simulator, with every byte compared.
//!
//! OPL's have its contract: functions of its `zso.c`, a device function without an argument of its own, memory from
//! OPL's allocator, and the cache size in OPL's settings. Neutrino's has that of its `device-fhi.c`.

use core::ops::Range;

use anyhow::{Context, Result, ensure};
use iopsim::threads::{Action, NewThread, Threads, Transfer};
use iopsim::{Config, HostContext, HostId, Image, Machine, Trap};
use zso::SECTOR_SIZE;
use zso::device::DEVICE_SECTOR_SIZE;
use zso::format::HEADER_SIZE;

use super::event::{Contender, Footprint, Recording, Request};
use super::play::Setup;
use common::Original;
use common::device::{Asked, FileDevice};

/// Where the settings are, and the byte that has the cache's sectors.
const SETTINGS: Range<u32> = 0xE000..0xE010;
const CACHE: u32 = SETTINGS.start + 13;
/// Where Neutrino's library is, and the places of its functions.
const LIBRARY: u32 = 0xD000;
const FHI_SIZE: u32 = LIBRARY + 36;
const FHI_READ: u32 = LIBRARY + 40;
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
/// What Neutrino's library counts in.
const DEVICE_SECTOR: u64 = DEVICE_SECTOR_SIZE as u64;
/// Cycles of every read here: more than any thread has work for. How long it takes a device is not decided here.
const READ: u64 = 1 << 40;

/// An image that the object has mounted.
pub struct Opl<'a> {
    machine: Machine,
    image: Image,
    host: Host<'a>,
    threads: Threads,
    disc: &'a Original,
    /// Whether it is Neutrino's.
    is_neutrino: bool,
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
    AllocSysMemory,
    FindLibrary,
    FhiSize,
    FhiRead,
}

/// What the object may import.
const SERVICES: [(&str, Service); 12] = [
    ("DeviceReadSectors", Service::Read),
    ("ziso_alloc", Service::Alloc),
    ("CreateThread", Service::CreateThread),
    ("StartThread", Service::StartThread),
    ("CreateSema", Service::CreateSema),
    ("SignalSema", Service::SignalSema),
    ("WaitSema", Service::WaitSema),
    ("AllocSysMemory", Service::AllocSysMemory),
    ("ioplib_getByName", Service::FindLibrary),
    ("fhi_size", Service::FhiSize),
    ("fhi_read", Service::FhiRead),
    // Its device is always there.
    ("DelayThread", Service::FindLibrary),
];

/// What the object imports.
struct Host<'a> {
    services: Vec<(HostId, Service)>,
    device: FileDevice<'a>,
    /// Bytes of the file.
    len: u64,
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
        let mut opl = Self::load(object, setup, false)?;
        let header: [u8; HEADER_SIZE] = setup.zso.header.emit();
        opl.machine.write(HEADER.start, &header)?;
        opl.machine.write(CACHE, &[cache as u8])?;
        opl.call("ziso_init", &[HEADER.start, 0], &mut Recording::default())?;
        ensure!(opl.host.free > MEMORY.start, "the object mounted nothing");
        Ok(opl)
    }

    /// Mounts with Neutrino's object, as its cdvdman does.
    pub fn in_neutrino(setup: Setup<'a>) -> Result<Self> {
        let mut opl = Self::load(setup.device_fhi, setup, true)?;
        let sectors = opl.call("fhi_get_lsn", &[], &mut Recording::default())?;
        ensure!(sectors == setup.disc.sectors, "a disc of {sectors} sectors");
        Ok(opl)
    }

    fn load(object: &[u8], setup: Setup<'a>, is_neutrino: bool) -> Result<Self> {
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
            if let Some(place) = match service {
                Service::FhiSize => Some(FHI_SIZE),
                Service::FhiRead => Some(FHI_READ),
                _ => None,
            } {
                machine.write(place, &id.address().to_le_bytes())?;
            }
        }
        let import = |name: &str| Some(addresses.iter().find(|entry| entry.0 == name)?.1);
        let image = machine.load_object(object, OBJECT, &import);
        let image = image.context("the object cannot be loaded")?;
        machine.permit_writes(&[machine.stack(), SETTINGS, OBJECT..image.end, MEMORY, BUFFER])?;
        Ok(Self {
            machine,
            image,
            host: Host {
                services,
                device: FileDevice::new(&setup.zso.file, setup.zso.len, &Asked::default()),
                len: setup.zso.len,
                free: MEMORY.start,
                past: 0,
                pending: None,
            },
            threads: Threads::new(PRIORITY),
            disc: setup.disc,
            is_neutrino,
        })
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
            Service::Read => {
                let [first, high, address, sectors] = arguments(context)?;
                assert_eq!(high, 0, "sector {first}");
                self.read(
                    Request::of_sectors(first, sectors),
                    address,
                    [0, 1],
                    recording,
                )
            }
            Service::FhiRead => {
                let [_, address, first, count] = arguments(context)?;
                let [start, bytes] = [first, count].map(|n| u64::from(n) * DEVICE_SECTOR);
                self.read(Request { start, bytes }, address, [count, 0], recording)
            }
            Service::FhiSize => Action::Return((self.len / DEVICE_SECTOR) as u32),
            Service::FindLibrary => Action::Return(LIBRARY),
            Service::Alloc => Action::Return(self.alloc(a)),
            Service::AllocSysMemory => Action::Return(self.alloc(b)),
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

    /// A read of the device, which returns one of two numbers.
    fn read(
        &mut self,
        request: Request,
        address: u32,
        [good, bad]: [u32; 2],
        recording: &mut Recording,
    ) -> Action {
        assert_eq!(address % 4, 0, "{request:?}, buffer {address:#x}");
        let mut bytes = vec![0; request.bytes as usize];
        recording.start(request);
        self.pending = Some(self.past + READ);
        let read = self.device.fill_bytes(request.start, &mut bytes);
        if read.is_err() {
            bytes.clear();
        }
        Action::Transfer(Transfer {
            cycles: READ,
            value: if read.is_ok() { good } else { bad },
            address,
            bytes,
        })
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

/// The first arguments of a call.
fn arguments(context: &HostContext<'_>) -> Result<[u32; 4], Trap> {
    Ok([
        context.arg(0)?,
        context.arg(1)?,
        context.arg(2)?,
        context.arg(3)?,
    ])
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
        let delivered = if self.is_neutrino {
            let args = [lsn, BUFFER.start, count];
            let error = self.call("fhi_read_sectors", &args, recording)?;
            ensure!(error == 0, "{count} sectors from {lsn} on: {error:#x}");
            count
        } else {
            let args = [BUFFER.start, lsn, count];
            self.call("ziso_read_sector", &args, recording)?
        };
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
