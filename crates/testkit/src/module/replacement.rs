//! The objects that take the place of loaders' own readers, in the simulator. What they import is answered by the least
//! that does it; `crates/opl-tests` and `crates/backend-tests` have them in modules like OPL's and Neutrino's.

use std::cell::RefCell;
use std::fs;
use std::ops::Range;

use iopsim::threads::{Action, NewThread, Threads, Transfer};
use iopsim::{Config, HostContext, HostId, Image, Machine, Trap, asm};
use zso::device::DEVICE_SECTOR_SIZE;
use zso::{Code, Header, SECTOR_SIZE, Sector};

use super::map::{self, Map, Region};
use super::mounted::transfer;
use super::object_path;
use crate::code::NO_REASON;
use crate::device::{AnyDevice, DeviceError, Log, UnknownSize};
use crate::lean::refusal;
use crate::reader::{Reader, check_canary};

/// Functions that the objects import, and the two of Neutrino's library `fhi`.
const IMPORTS: [&str; 13] = [
    "ziso_alloc",
    "DeviceReadSectors",
    "read_raw_data",
    "CreateSema",
    "SignalSema",
    "WaitSema",
    "CreateThread",
    "StartThread",
    "AllocSysMemory",
    "DelayThread",
    "ioplib_getByName",
    "fhi_size",
    "fhi_read",
];

/// Where `cdvdman_settings` are, and the number of sectors in them that OPL's own cache would take.
const SETTINGS: Range<u32> = 0x9000..0x9010;
const ZSO_CACHE: u32 = SETTINGS.start + 13;
/// The stack of the object's thread.
const THREAD_STACK: Range<u32> = 0xA000..0xA300;
/// Priorities of whoever reads; the object's thread is less urgent.
const PRIORITY: u32 = 0x0F;
/// Cycles that a request takes: enough for some blocks to be decoded meanwhile, not for all.
const TRANSFER: u64 = 60_000;
/// From how many sectors on `zso_opl.o` and its like have a read-ahead buffer, how many there is room for here, and how
/// many there are in Neutrino.
const AHEAD_FROM: u32 = 5;
const MOST_SECTORS: u32 = 250;
const NEUTRINO_SECTORS: [u32; 2] = [3, 17];
/// What Neutrino takes for the disc's sectors before it knows better: as many as a file of unknown size can have.
const UNKNOWN_SECTORS: u32 = 1 << 30;
/// In Neutrino a sector and a file's handle share a number.
const HANDLE: u64 = 1 << 23;

/// An object that takes the place of a loader's reader.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Replacement {
    /// `zso_opl.o`
    Opl,
    /// `zso_opl_overlap.o`
    Overlap,
    /// `zso_isofs.o`
    Isofs,
    /// `zso_device_fhi.o`
    Neutrino,
}

impl Replacement {
    fn file(self) -> &'static str {
        match self {
            Self::Opl => "zso_opl.o",
            Self::Overlap => "zso_opl_overlap.o",
            Self::Isofs => "zso_isofs.o",
            Self::Neutrino => "zso_device_fhi.o",
        }
    }

    /// How many of `memory` sectors it uses.
    pub(crate) fn sectors(self, memory: u32) -> u32 {
        match self {
            Self::Opl | Self::Overlap if memory >= AHEAD_FROM => memory.min(MOST_SECTORS),
            Self::Neutrino => NEUTRINO_SECTORS[usize::from(memory >= NEUTRINO_SECTORS[1])],
            _ => 1,
        }
    }

    /// Mounts the image on `device` in as many of `memory` sectors as the object uses, and runs `test`.
    ///
    /// # Errors
    /// When the image cannot be mounted.
    ///
    /// # Panics
    /// When the object is not there, or does what it must not do.
    pub(crate) fn on(
        self,
        device: &mut AnyDevice<'_>,
        memory: u32,
        test: &mut dyn FnMut(&mut dyn Reader),
    ) -> Result<(), Code> {
        // What a panic has left is not used again.
        thread_local!(static LOADED: RefCell<[Option<Loaded>; 4]> = const { RefCell::new([const { None }; 4]) });
        let loaded = LOADED.with_borrow_mut(|all| all[self as usize].take());
        let mut loaded = loaded.unwrap_or_else(|| Loaded::new(self));
        loaded.restart(self.sectors(memory));
        let past_end = Log::default();
        let mut device = UnknownSize::new(device, &past_end);
        let mut mounted = Mounted {
            object: self,
            loaded,
            device: &mut device,
            sectors: 0,
        };
        let result = mounted.mount().map(|()| test(&mut mounted));
        LOADED.with_borrow_mut(|all| all[self as usize] = Some(mounted.loaded));
        result
    }
}

/// An object in a machine of its own.
struct Loaded {
    machine: Machine,
    image: Image,
    /// Addresses of [`IMPORTS`].
    functions: [u32; IMPORTS.len()],
    map: Map,
    threads: Threads,
    /// Sectors that there is memory for.
    sectors: u32,
    device_error: i32,
    /// What the file begins with, once Neutrino has asked for it.
    first: Sector,
}

impl Loaded {
    fn new(object: Replacement) -> Self {
        let mut machine = Machine::new(Config {
            fill: 0xA7,
            ..Config::default()
        });
        let functions = IMPORTS.map(|_| machine.register_host().address());
        let import = |name: &str| match name {
            "cdvdman_settings" => Some(SETTINGS.start),
            _ => Some(functions[IMPORTS.iter().position(|import| *import == name)?]),
        };
        let path = object_path().with_file_name(object.file());
        let bytes = fs::read(&path)
            .unwrap_or_else(|error| panic!("{}: {error}; run `cargo iop` first", path.display()));
        let image = machine.load_object(&bytes, map::OBJECT, &import);
        let image = image.unwrap_or_else(|error| panic!("{}: {error}", object.file()));
        let variables = image.sections.iter().filter(|section| section.writable);
        let variables = variables.map(|section| section.range.clone());
        let mut writable = vec![machine.stack(), SETTINGS, THREAD_STACK];
        writable.extend(variables);
        Self {
            map: Map::new(map::OBJECT..image.end, writable),
            machine,
            image,
            functions,
            threads: Threads::new(PRIORITY),
            sectors: 0,
            device_error: 0,
            first: Sector::ZERO,
        }
    }

    /// Makes it as it was when it was loaded, with memory for so many sectors.
    fn restart(&mut self, sectors: u32) {
        for section in self
            .image
            .sections
            .iter()
            .filter(|section| section.writable)
        {
            let zeros = vec![0; section.range.len()];
            self.machine
                .write(section.range.start, &zeros)
                .expect("inside RAM");
        }
        self.machine
            .write(ZSO_CACHE, &[(sectors - 1) as u8])
            .expect("inside RAM");
        self.threads = Threads::new(PRIORITY);
        self.sectors = sectors;
        self.device_error = 0;
    }

    /// Puts bytes where the object can read them.
    fn put(&mut self, bytes: &[u8]) -> u32 {
        let (machine, len) = (&mut self.machine, bytes.len() as u32);
        let place = self.map.place(machine, Region::Source, len, 0).start;
        machine.write(place, bytes).expect("inside RAM");
        place
    }

    fn call(&mut self, function: &str, args: &[u32], device: &mut AnyDevice<'_>) -> u32 {
        let entry = self.image.symbol(function);
        let entry = entry.unwrap_or_else(|| panic!("the object has no {function}"));
        self.map.guard(&mut self.machine);
        let mut outside = Outside {
            map: &mut self.map,
            sectors: self.sectors,
            device,
            device_error: &mut self.device_error,
            first: &mut self.first,
        };
        let serve = &mut |id: HostId, context: &mut HostContext<'_>| {
            outside.serve(IMPORTS[id.number() as usize], context)
        };
        let result = self
            .threads
            .call_with(&mut self.machine, entry, args, serve);
        self.map.check(&self.machine);
        result.unwrap_or_else(|trap| panic!("{function}: {trap}"))
    }
}

/// All that is not the object.
struct Outside<'o, 'd> {
    map: &'o mut Map,
    sectors: u32,
    device: &'o mut AnyDevice<'d>,
    device_error: &'o mut i32,
    first: &'o mut Sector,
}

impl Outside<'_, '_> {
    fn serve(&mut self, import: &str, context: &mut HostContext<'_>) -> Result<Action, Trap> {
        let [a, b, c, d] = [
            context.arg(0)?,
            context.arg(1)?,
            context.arg(2)?,
            context.arg(3)?,
        ];
        Ok(match import {
            "ziso_alloc" => self.allocate(context, a),
            "AllocSysMemory" => self.allocate(context, b),
            // 0x30 is `SCECdErREAD`.
            "DeviceReadSectors" => {
                assert_eq!(b, 0, "the upper half of a sector's number");
                let len = d as usize * SECTOR_SIZE;
                self.read(context, c, len, [0, 0x30], |device, buf| {
                    device.read_sectors(a, buf)
                })?
            }
            "read_raw_data" => {
                assert!(
                    d == 11 && b.is_multiple_of(2048),
                    "{b} bytes from {c} << {d}"
                );
                self.read(context, a, b as usize, [b, u32::MAX], |device, buf| {
                    device.read_sectors(c, buf)
                })?
            }
            "fhi_size" => Action::Return(u32::MAX),
            // Neutrino wants to know the header before it has a map of sectors.
            "fhi_read" if (c, d) == (0, 1) => self.read_first_block(context, b)?,
            "fhi_read" => {
                assert_eq!(a, 0, "the disc's handle");
                let len = d as usize * DEVICE_SECTOR_SIZE;
                self.read(context, b, len, [d, u32::MAX], |device, buf| {
                    device.read_device_sectors(c, buf)
                })?
            }
            "ioplib_getByName" => Action::Return(self.map.source()),
            "CreateSema" => {
                let [_, _, initial, max] = words(context, a)?;
                Action::CreateSema {
                    initial,
                    max,
                    by_priority: false,
                }
            }
            "CreateThread" => {
                let [_, _, entry, size, priority] = words(context, a)?;
                assert!(size as usize <= THREAD_STACK.len() && priority > PRIORITY);
                let stack = THREAD_STACK.end - size..THREAD_STACK.end;
                Action::Create(NewThread {
                    entry,
                    stack,
                    priority,
                })
            }
            "StartThread" => Action::Start {
                thread: a,
                argument: b,
            },
            "SignalSema" => Action::Signal(a),
            "WaitSema" => Action::Wait(a),
            _ => panic!("{import} was called"),
        })
    }

    /// Memory to the byte, if that is for no more sectors than there are.
    fn allocate(&mut self, context: &mut HostContext<'_>, size: u32) -> Action {
        if size >= (self.sectors + 1) * SECTOR_SIZE as u32 {
            return Action::Return(0);
        }
        let memory = self
            .map
            .place(context.machine(), Region::Workspace, size, 4);
        self.map.guard(context.machine());
        Action::Return(memory.start)
    }

    /// Reads bytes of the file, which are there once the device has had its time, and returns one of two numbers.
    fn read(
        &mut self,
        context: &mut HostContext<'_>,
        address: u32,
        len: usize,
        [good, bad]: [u32; 2],
        read: impl Fn(&mut AnyDevice<'_>, &mut [u8]) -> Result<(), DeviceError>,
    ) -> Result<Action, Trap> {
        assert!(
            address.is_multiple_of(4),
            "a device was told to read to {address:#x}"
        );
        let (bytes, result) = transfer(context, address, len, &mut |buf| read(self.device, buf))?;
        *self.device_error = result.err().map_or(*self.device_error, |error| error.0);
        // Nobody may look at it before it is read.
        context.write(address, &vec![0x9D; bytes.len()])?;
        Ok(Action::Transfer(Transfer {
            cycles: TRANSFER,
            value: if result.is_ok() { good } else { bad },
            address,
            bytes,
        }))
    }

    fn read_first_block(&mut self, context: &mut HostContext<'_>, to: u32) -> Result<Action, Trap> {
        Ok(Action::Return(
            match self.device.read_sectors(0, &mut self.first.0) {
                Ok(()) => {
                    context.write(to, &self.first.0[..512])?;
                    1
                }
                Err(error) => {
                    *self.device_error = error.0;
                    0
                }
            },
        ))
    }
}

/// The fields of a structure.
fn words<const N: usize>(context: &HostContext<'_>, place: u32) -> Result<[u32; N], Trap> {
    let (words, _) = context.read(place, 4 * N)?.as_chunks();
    Ok(core::array::from_fn(|index| {
        u32::from_le_bytes(words[index])
    }))
}

/// An image that the object has mounted.
struct Mounted<'d, 'i> {
    object: Replacement,
    loaded: Loaded,
    device: &'d mut AnyDevice<'i>,
    sectors: u32,
}

impl Mounted<'_, '_> {
    fn call(&mut self, function: &str, args: &[u32]) -> u32 {
        self.loaded.call(function, args, self.device)
    }

    /// As the loader does it.
    fn mount(&mut self) -> Result<(), Code> {
        if self.object == Replacement::Neutrino {
            return self.mount_in_neutrino();
        }
        let mut first = Sector::ZERO;
        let read = self.device.read_sectors(0, &mut first.0);
        read.map_err(|error| {
            self.loaded.device_error = error.0;
            Code::Device
        })?;
        let header = self.loaded.put(&first.0[..24]);
        self.call("ziso_init", &[header, 0]);
        let [buffer, sectors] = ["ziso_tmp_buf", "ziso_total_block"].map(|name| {
            let place = self.loaded.image.symbol(name).expect("the contract has it");
            self.loaded.machine.read_word(place).expect("inside RAM")
        });
        self.sectors = sectors;
        if buffer == 0 { Err(NO_REASON) } else { Ok(()) }
    }

    /// A file that it refuses is a disc of the file's size there, which cannot be read; so is an image without sectors.
    fn mount_in_neutrino(&mut self) -> Result<(), Code> {
        // `iop_library_t`, four functions that nobody calls, and the last two of the imports.
        let mut library = [0; 11];
        library[9..].copy_from_slice(&self.loaded.functions[11..]);
        self.loaded.put(&asm::to_bytes(&library));
        self.sectors = self.call("fhi_get_lsn", &[]);
        match self.sectors {
            0 => Err(Code::Device),
            UNKNOWN_SECTORS => {
                self.sectors = 0;
                match Header::parse(&self.loaded.first.0) {
                    Ok(header)
                        if header.total_bytes() < SECTOR_SIZE as u64
                            && refusal(header.block_size()).is_none() =>
                    {
                        Ok(())
                    }
                    _ => Err(NO_REASON),
                }
            }
            _ => Ok(()),
        }
    }
}

impl Reader for Mounted<'_, '_> {
    fn name(&self) -> &'static str {
        self.object.file()
    }

    fn sectors(&mut self) -> u32 {
        self.sectors
    }

    fn read_at(&mut self, lsn: u32, count: u32, misalign: usize) -> Result<Vec<u8>, Code> {
        let there = count.min(self.sectors.saturating_sub(lsn));
        // Without a read-ahead buffer the device reads to the caller's buffer, which loaders align.
        let is_in_place = self.loaded.sectors < 3;
        let misalign = if is_in_place { misalign & !3 } else { misalign };
        let size = count * SECTOR_SIZE as u32;
        let Loaded { map, machine, .. } = &mut self.loaded;
        let to = map.place(machine, Region::Destination, size, misalign as u32);
        let delivered = match self.object {
            Replacement::Neutrino if there == 0 => 0,
            Replacement::Neutrino if u64::from(lsn) + u64::from(there) > HANDLE => {
                return Err(NO_REASON);
            }
            // Its caller asks for what there is.
            Replacement::Neutrino => match self.call("fhi_read_sectors", &[lsn, to.start, there]) {
                0 => there,
                _ => return Err(NO_REASON),
            },
            _ => self.call("ziso_read_sector", &[to.start, lsn, count]),
        };
        assert!(delivered <= there, "{delivered} sectors of {there}");
        if delivered < there {
            return Err(NO_REASON);
        }
        let bytes = self
            .loaded
            .machine
            .read(to.start, to.len())
            .expect("inside RAM");
        let (bytes, rest) = bytes.split_at(delivered as usize * SECTOR_SIZE);
        check_canary(rest, "the destination after what was delivered");
        Ok(bytes.to_vec())
    }

    fn last_device_error(&mut self) -> i32 {
        self.loaded.device_error
    }
}
