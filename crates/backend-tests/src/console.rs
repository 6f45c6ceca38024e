//! The maps as the console's objects, in a simulator: each object is loaded by itself, as no one needs another.

use core::ops::Range;
use std::collections::HashMap;
use std::fs;

use iopsim::{Config, Counters, HostContext, HostId, Machine, Trap};
use testkit::code;
use testkit::module::object_path;
use testkit::reader::Reader;
use zso::device::Fragment;
use zso::{Code, SECTOR_SIZE};

use crate::case::{Case, Map};
use crate::medium::Wire;

/// Where the objects are loaded to, one after the other.
const OBJECTS: u32 = 0x1_0000;
/// The map's state.
const STATE: Range<u32> = 0x3_0000..0x3_0340;
/// The state of the adapter for large sectors.
const LARGE: Range<u32> = 0x3_2000..0x3_3040;
/// How its sectors are counted: 4096 bytes are 512 << 3.
const LARGE_SCALE: u32 = 3;
/// The header of a game.
const HEADER: Range<u32> = 0x3_4000..0x3_4400;
/// The reader's workspace begins here.
const WORKSPACE: u32 = 0x4_0000;
/// Where a game reads to.
const DESTINATION: u32 = 0x10_0000;
/// What callbacks are registered with; they check that they get it back.
const USER: u32 = 0x05E0_5E01;

/// Functions of the host that the objects call.
#[derive(Clone, Copy)]
struct Hosts {
    blocks: HostId,
    large: HostId,
    part: HostId,
    fhi_size: HostId,
    fhi_read: HostId,
    bytes: HostId,
}

/// A console with the reader and a map.
pub struct Console {
    machine: Machine,
    symbols: HashMap<String, u32>,
    hosts: Hosts,
    case: Case,
    file_sectors: u32,
    workspace: u32,
    /// The destination of the next read.
    destination: Range<u32>,
}

/// The objects: the reader, and the maps.
const NAMES: [&str; 7] = [
    "zso.o",
    "zso_fragments.o",
    "zso_hdl.o",
    "zso_parts.o",
    "zso_fhi.o",
    "zso_bytes.o",
    "zso_large.o",
];

impl Console {
    /// A console on which the case's map is not made yet.
    ///
    /// # Panics
    /// When the objects are not there, or cannot be loaded.
    #[must_use]
    pub fn new(case: &Case) -> Self {
        let mut machine = Machine::new(Config {
            fill: 0xA7,
            ..Config::default()
        });
        let mut symbols = HashMap::new();
        let mut base = OBJECTS;
        for name in NAMES {
            let path = object_path().with_file_name(name);
            let object = fs::read(&path)
                .unwrap_or_else(|error| panic!("{}: {error}; run `cargo iop`", path.display()));
            let image = machine.load_object(&object, base, &|_| None);
            let image = image.unwrap_or_else(|error| panic!("{name}: {error}"));
            let global = image.symbols.into_iter().filter(|symbol| symbol.global);
            symbols.extend(global.map(|symbol| (symbol.name, symbol.address)));
            base = image.end.next_multiple_of(64);
        }
        assert!(base <= STATE.start, "the objects are too large");
        let mut register = || machine.register_host();
        let hosts = Hosts {
            blocks: register(),
            large: register(),
            part: register(),
            fhi_size: register(),
            fhi_read: register(),
            bytes: register(),
        };
        let mut console = Self {
            machine,
            symbols,
            hosts,
            case: case.clone(),
            file_sectors: case.file_sectors(),
            workspace: 0,
            destination: DESTINATION..DESTINATION,
        };
        console.guard();
        console
    }

    /// Makes the map and mounts the image in a workspace with so many buffered sectors.
    ///
    /// # Errors
    /// The map's, and the reader's.
    pub fn mount(&mut self, read_ahead: u32) -> Result<(), Code> {
        let sectors = self.make_map()?;
        assert!(
            sectors >= self.file_sectors,
            "the map has {sectors} sectors, the file {}",
            self.file_sectors
        );
        let size = self.call("zso_workspace_size", &[SECTOR_SIZE as u32, read_ahead]);
        self.workspace = size;
        self.guard();
        let read = self.symbols[self.read_function()];
        let known = self.case.known_sectors().unwrap_or(0);
        let args = [WORKSPACE, size, read, STATE.start, known];
        self.checked("zso_mount", &args).map(|_| ())
    }

    /// Makes the map, and returns the sectors of its file.
    ///
    /// # Errors
    /// The map's.
    pub fn make_map(&mut self) -> Result<u32, Code> {
        let (hosts, state) = (self.hosts, STATE.start);
        match self.case.map.clone() {
            Map::Fragments(fragments) => {
                let args = [state, hosts.blocks.address(), USER];
                self.checked("zso_fragments_init", &args)?;
                self.add(&fragments, 0)
            }
            Map::LargeFragments(fragments) => {
                let args = [LARGE.start, hosts.large.address(), USER];
                self.checked("zso_large_init", &args)?;
                let args = [state, self.symbols["zso_large_read"], LARGE.start];
                self.checked("zso_fragments_init", &args)?;
                self.add(&fragments, LARGE_SCALE)
            }
            Map::Hdl(header_at) => {
                let args = [state, hosts.blocks.address(), USER];
                self.checked("zso_fragments_init", &args)?;
                self.checked("zso_hdl_add", &[state, header_at, HEADER.start])
            }
            Map::Parts { part_sectors, most } => {
                let read = hosts.part.address();
                let args = [state, part_sectors, self.file_sectors, most, read, USER];
                self.checked("zso_parts_init", &args)?;
                Ok(self.file_sectors)
            }
            Map::Fhi => {
                let (size, read) = (hosts.fhi_size.address(), hosts.fhi_read.address());
                self.checked("zso_fhi_init", &[state, 0, size, read])
            }
            Map::Bytes => {
                let (low, high) = (self.case.len as u32, (self.case.len >> 32) as u32);
                let args = [state, 0, low, high, hosts.bytes.address(), USER];
                self.checked("zso_bytes_init", &args)
            }
        }
    }

    /// Adds fragments as tables of a device with sectors of `512 << scale` bytes have them.
    fn add(&mut self, fragments: &[Fragment], scale: u32) -> Result<u32, Code> {
        let mut sectors = 0;
        for fragment in fragments {
            let (start, count) = (fragment.start >> scale, fragment.count >> scale);
            let mut args = vec![STATE.start, 0, start as u32, (start >> 32) as u32, count];
            let function = match scale {
                0 => "zso_fragments_add",
                _ => {
                    args.push(scale);
                    "zso_fragments_add_larger"
                }
            };
            sectors = self.checked(function, &args)?;
        }
        Ok(sectors)
    }

    /// The map's function that reads sectors.
    fn read_function(&self) -> &'static str {
        match self.case.map {
            Map::Fragments(_) | Map::LargeFragments(_) | Map::Hdl(_) => "zso_fragments_read",
            Map::Parts { .. } => "zso_parts_read",
            Map::Fhi => "zso_fhi_read",
            Map::Bytes => "zso_bytes_read",
        }
    }

    /// Calls a function that returns an error below 0.
    ///
    /// # Errors
    /// What it returned.
    pub fn checked(&mut self, function: &str, args: &[u32]) -> Result<u32, Code> {
        match self.call(function, args) as i32 {
            number if number == Code::Map as i32 => Err(Code::Map),
            number if number == Code::PastEnd as i32 => Err(Code::PastEnd),
            number @ ..0 if number < -100 => Err(Code::Device),
            number @ ..0 => Err(code::from_number(number)),
            number => Ok(number as u32),
        }
    }

    /// Calls a function.
    ///
    /// # Panics
    /// On a trap.
    pub fn call(&mut self, function: &str, args: &[u32]) -> u32 {
        let entry = self.symbols[function];
        let (hosts, case) = (self.hosts, &self.case);
        let result = self.machine.call_with(entry, args, &mut |id, context| {
            hosts.serve(id, context, &case.wire, case.len)
        });
        result.unwrap_or_else(|trap| panic!("{function}: {trap}"))
    }

    /// Reads sectors of the file by the map, as the reader does.
    ///
    /// # Errors
    /// The number that the map's function returned.
    pub fn read_file(&mut self, first: u32, count: u32) -> Result<Vec<u8>, i32> {
        let size = count * SECTOR_SIZE as u32;
        self.set_destination(size, 0);
        let args = [STATE.start, first, DESTINATION, count];
        match self.call(self.read_function(), &args) as i32 {
            0 => Ok(self.destination()),
            code => Err(code),
        }
    }

    /// What all calls took so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.machine.counters()
    }

    fn set_destination(&mut self, size: u32, misalign: u32) {
        let start = DESTINATION + misalign;
        if self.destination != (start..start + size) {
            self.destination = start..start + size;
            self.guard();
        }
    }

    fn destination(&self) -> Vec<u8> {
        let Range { start, .. } = self.destination;
        let bytes = self.machine.read(start, self.destination.len());
        bytes.expect("inside RAM").to_vec()
    }

    /// Permits what is the program's to write and to read.
    fn guard(&mut self) {
        let mut ranges = vec![
            self.machine.stack(),
            STATE,
            LARGE,
            HEADER,
            WORKSPACE..WORKSPACE + self.workspace,
            self.destination.clone(),
        ];
        self.machine.permit_writes(&ranges).expect("inside RAM");
        ranges.push(OBJECTS..STATE.start);
        self.machine.permit_reads(&ranges).expect("inside RAM");
    }
}

impl Reader for Console {
    fn name(&self) -> &'static str {
        "console"
    }

    fn sectors(&mut self) -> u32 {
        self.call("zso_sector_count", &[WORKSPACE])
    }

    fn read_at(&mut self, lsn: u32, count: u32, misalign: usize) -> Result<Vec<u8>, Code> {
        self.set_destination(count * SECTOR_SIZE as u32, misalign as u32);
        let args = [WORKSPACE, lsn, self.destination.start, count];
        let delivered = self.checked("zso_read", &args)?;
        let mut bytes = self.destination();
        bytes.truncate(delivered as usize * SECTOR_SIZE);
        Ok(bytes)
    }

    fn last_device_error(&mut self) -> i32 {
        self.call("zso_last_device_error", &[WORKSPACE]) as i32
    }
}

impl Hosts {
    /// Answers a call.
    fn serve(
        self,
        id: HostId,
        context: &mut HostContext<'_>,
        wire: &Wire,
        len: u64,
    ) -> Result<u32, Trap> {
        if id == self.fhi_size {
            return Ok((len / 512) as u32);
        }
        let call = self.call(id, context)?;
        assert_eq!(call.user, USER, "another user pointer");
        assert!(call.size > 0, "an empty transfer");
        // Where a driver delivers bytes, a read may go on anywhere.
        let aligned = call.buf.is_multiple_of(4) || id == self.bytes;
        assert!(aligned, "{:#x} is not aligned", call.buf);
        let bytes = context.machine().read(call.buf, call.size as usize)?;
        let mut bytes = bytes.to_vec();
        let answer = self.answer(id, &call, wire, &mut bytes);
        context.write(call.buf, &bytes)?;
        Ok(answer as u32)
    }

    /// The arguments of a call.
    fn call(self, id: HostId, context: &HostContext<'_>) -> Result<Call, Trap> {
        let arg = |n| context.arg(n);
        let sectors = |n, size: u32| Ok::<_, Trap>(u64::from(arg(n)?) * u64::from(size));
        if id == self.fhi_read {
            assert_eq!(arg(0)?, 0, "another file handle");
            return Ok(Call {
                user: USER,
                part: 0,
                offset: sectors(2, 512)?,
                buf: arg(1)?,
                size: arg(3)? * 512,
            });
        }
        if id == self.part {
            return Ok(Call {
                user: arg(0)?,
                part: arg(1)?,
                offset: sectors(2, 2048)?,
                buf: arg(3)?,
                size: arg(4)? * 2048,
            });
        }
        let unit = if id == self.blocks {
            512
        } else if id == self.large {
            4096
        } else {
            1
        };
        Ok(Call {
            user: arg(0)?,
            part: 0,
            offset: sectors(2, unit)? + (sectors(3, unit)? << 32),
            buf: arg(4)?,
            size: arg(5)? * unit,
        })
    }

    /// What the function returns.
    fn answer(self, id: HostId, call: &Call, wire: &Wire, bytes: &mut [u8]) -> i32 {
        if id == self.fhi_read || id == self.bytes {
            let unit = if id == self.bytes { 1 } else { 512 };
            let read = wire.read(call.part, call.offset, bytes);
            return read.map_or_else(|code| code, |read| (read / unit) as i32);
        }
        let sector = if id == self.part { SECTOR_SIZE } else { 1 };
        let filled = wire.fill(call.part, call.offset, bytes, sector);
        filled.err().unwrap_or(0)
    }
}

/// What is read from where to where.
struct Call {
    user: u32,
    part: u32,
    offset: u64,
    buf: u32,
    size: u32,
}
