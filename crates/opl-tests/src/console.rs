//! A module in a console's memory, and calls of what it exports.

use std::ops::Range;

use iopsim::threads::Threads;
use iopsim::{Config, Counters, HostContext, Machine};
use testkit::module::memcpy;
use testkit::reader::{CANARY, check_canary};

use crate::kernel::{FILE, Kernel};
use crate::medium::Medium;
use crate::module::{Module, Variant};
use irx::fixup::Irx;
use irx::loadcore;

/// Where the kernel's `memcpy` is.
const MEMCPY: u32 = 0xF000;
/// Where modules can be.
const MODULES: Range<u32> = 0x0001_0000..0x0006_0000;
/// Memory for modules that ask for it.
const HEAP: Range<u32> = 0x0006_0000..0x000B_0000;
/// The game's buffer, and red zones around it.
const GAME: Range<u32> = 0x000B_0000..0x001F_0000;
/// Bytes of a red zone.
const RED_ZONE: u32 = 64;
/// Unless a test wants another number.
const SECTOR_SIZE: u32 = 2048;
/// Where `zso_cache` and `flags` are in the settings.
const ZSO_CACHE: u32 = 13;
const FLAGS: u32 = 2;
const ACCURATE_READS: u32 = 1;

/// Exports of the stand-in, see `c/exports.s`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Export {
    /// `cdvdman_read` or `isofs_mount`.
    Main = 4,
    ReadSector = 5,
    RawData = 6,
    Device = 7,
    ReadAlone = 8,
    StartSecond = 9,
}

/// Numbers that cdvdman returns.
pub mod status {
    /// All is well.
    pub const OK: u32 = 0x00;
    /// The device failed.
    pub const READ: u32 = 0x30;
    /// The end of the disc, or of what can be read.
    pub const END: u32 = 0x32;
}

/// How a module is started.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Setup {
    /// Where it is loaded to.
    pub base: u32,
    /// The user's setting, in sectors.
    pub zso_cache: u8,
    /// No more than 8 sectors at a time.
    pub accurate_reads: bool,
    /// Requests for memory that are refused, counted from 0.
    pub refused: Range<u32>,
    /// Priority of the thread that reads.
    pub priority: u32,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            base: 0x0001_0000,
            zso_cache: 16,
            accurate_reads: false,
            refused: 0..0,
            // As cdvdman's own thread has it.
            priority: 0x0F,
        }
    }
}

impl Setup {
    /// The usual one, with this setting of the user's.
    #[must_use]
    pub fn with_cache(zso_cache: u8) -> Self {
        Self {
            zso_cache,
            ..Self::default()
        }
    }
}

/// A console with one module.
pub struct Console {
    machine: Machine,
    variant: Variant,
    irx: Irx,
    base: u32,
    exports: Vec<u32>,
    kernel: Kernel,
    threads: Threads,
    /// Memory that the program may write and read for ever.
    own: [Vec<Range<u32>>; 2],
    buffer: Range<u32>,
}

impl Console {
    /// Loads a module, as the kernel would, and starts it.
    ///
    /// # Panics
    /// When it cannot be loaded, or says that it cannot start.
    #[must_use]
    pub fn boot(module: Module, setup: &Setup, medium: Medium) -> Self {
        let irx = module.irx();
        // Memory that was never written is junk.
        let mut machine = Machine::new(Config {
            fill: 0xA7,
            ..Config::default()
        });
        memcpy::put(&mut machine, MEMCPY);
        let mut kernel = Kernel::new(medium, HEAP, setup.refused.clone());
        let exports = load(&mut machine, &mut kernel, &irx, setup.base);
        let place = |range: Range<u32>| setup.base + range.start..setup.base + range.end;
        let [data, bss] = [".data", ".bss"].map(|name| place(irx.section(name)));
        let own = [vec![machine.stack(), data, bss], vec![place(0..irx.memory)]];
        let mut console = Self {
            machine,
            variant: module.variant,
            irx,
            base: setup.base,
            exports,
            kernel,
            threads: Threads::new(setup.priority),
            own,
            buffer: 0..0,
        };
        console.set_up(setup);
        let start = console.symbol("_start");
        assert_eq!(console.call_at(start, &[]), 0, "the module does not start");
        console
    }

    /// Writes the settings, as the loader does before the module starts.
    fn set_up(&mut self, setup: &Setup) {
        if self.variant == Variant::Isofs {
            return;
        }
        let settings = self.symbol("cdvdman_settings");
        for (offset, bytes) in self.kernel.medium.settings().to_vec() {
            self.write(settings + offset, &bytes);
        }
        self.write(settings + ZSO_CACHE, &[setup.zso_cache]);
        let flags = u32::from(setup.accurate_reads) * ACCURATE_READS;
        self.write(settings + FLAGS, &[flags as u8]);
    }

    /// Address of a symbol.
    ///
    /// # Panics
    /// When the module has none of that name, as all that name one.
    #[must_use]
    pub fn symbol(&self, name: &str) -> u32 {
        self.base + self.irx.symbol(name)
    }

    /// A variable of the module.
    #[must_use]
    pub fn variable(&self, name: &str) -> u32 {
        let address = self.symbol(name);
        self.machine.read_word(address).expect("inside RAM")
    }

    /// Changes a variable of the module.
    pub fn set_variable(&mut self, name: &str, value: u32) {
        self.write(self.symbol(name), &value.to_le_bytes());
    }

    /// `zso_cache` in the module's settings.
    #[must_use]
    pub fn zso_cache(&self) -> u8 {
        let place = self.symbol("cdvdman_settings") + ZSO_CACHE;
        self.machine.read(place, 1).expect("inside RAM")[0]
    }

    /// Calls of `read_raw_data` so far.
    #[must_use]
    pub fn raw_reads(&self) -> u32 {
        self.variable(match self.variant {
            Variant::Isofs => "isofs_raw_reads",
            _ => "cdvdman_raw_reads",
        })
    }

    fn write(&mut self, address: u32, bytes: &[u8]) {
        self.machine.write(address, bytes).expect("inside RAM");
    }

    /// The kernel and the medium.
    pub fn kernel(&mut self) -> &mut Kernel {
        &mut self.kernel
    }

    /// The medium.
    pub fn medium(&mut self) -> &mut Medium {
        &mut self.kernel.medium
    }

    /// What all calls took since the last [`reset_counters`](Self::reset_counters).
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.machine.counters()
    }

    /// Sets the totals to zero. Not while a device that takes its time may be at work: they are its clock.
    pub fn reset_counters(&mut self) {
        self.machine.reset_counters();
    }

    /// Makes the module find out that its disc is compressed, by the first read that a game makes, or by opening it.
    pub fn mount(&mut self) -> u32 {
        match self.variant {
            Variant::Isofs => {
                self.set_buffer(0, 0);
                self.call(Export::Main, &[FILE])
            }
            _ => self.read(16, 1).0,
        }
    }

    /// `cdvdman_read` to an aligned buffer.
    pub fn read(&mut self, lsn: u32, count: u32) -> (u32, Vec<u8>) {
        self.read_as(lsn, count, SECTOR_SIZE, 0)
    }

    /// `cdvdman_read` of sectors of any size to a buffer `misalign` bytes after a 64-byte boundary: the status, and
    /// what the call has passed.
    ///
    /// # Panics
    /// When anything else was written.
    pub fn read_as(&mut self, lsn: u32, count: u32, size: u32, misalign: u32) -> (u32, Vec<u8>) {
        let buffer = self.set_buffer(count * size, misalign);
        let status = self.call(Export::Main, &[lsn, count, size, buffer]);
        let passed = self.variable("cdvdman_read_pos") / SECTOR_SIZE * size;
        let bytes = self.bytes(buffer..buffer + passed);
        (status, bytes)
    }

    /// `ziso_read_sector` to a buffer with room for `room` sectors, `misalign` bytes after a 64-byte boundary: the
    /// sectors that were delivered.
    ///
    /// # Panics
    /// When it says that it delivered more than there is room for.
    pub fn deliver_to(&mut self, lsn: u32, count: u32, room: u32, misalign: u32) -> Vec<u8> {
        let buffer = self.set_buffer(room * SECTOR_SIZE, misalign);
        let delivered = self.call(Export::ReadSector, &[buffer, lsn, count]);
        assert!(delivered <= room.min(count), "{delivered} of {count}");
        self.bytes(buffer..buffer + delivered * SECTOR_SIZE)
    }

    /// Reads while another thread of this priority reads 8 sectors from `second` on, one at a time: what both were
    /// delivered.
    pub fn deliver_to_two(
        &mut self,
        lsn: u32,
        count: u32,
        second: u32,
        priority: u32,
    ) -> [Vec<u8>; 2] {
        self.set_buffer(0, 0);
        assert_eq!(self.call(Export::StartSecond, &[second, priority]), 0);
        let buffer = self.set_buffer(count * SECTOR_SIZE, 0);
        let first = self.call(Export::ReadAlone, &[buffer, lsn, count]) * SECTOR_SIZE;
        let first = self.bytes(buffer..buffer + first);
        self.rest(100_000_000);
        let buffer = self.symbol("second_buffer");
        let second = self.variable("second_read") * SECTOR_SIZE;
        [first, self.bytes(buffer..buffer + second)]
    }

    /// The same to a buffer as large as it has to be, and aligned.
    pub fn deliver(&mut self, lsn: u32, count: u32) -> Vec<u8> {
        self.deliver_to(lsn, count, count, 0)
    }

    /// `read_raw_data` of `size` bytes at `offset << shift`.
    pub fn raw_data(&mut self, size: u32, offset: u32, shift: u32) -> Vec<u8> {
        let buffer = self.set_buffer(size, 0);
        let read = self.call(Export::RawData, &[buffer, size, offset, shift]);
        self.bytes(buffer..buffer + read)
    }

    /// `DeviceReadSectors`.
    pub fn device(&mut self, lsn: u32, count: u32) -> (u32, Vec<u8>) {
        self.device_to(lsn, count, count, 0)
    }

    /// `DeviceReadSectors` to a buffer with room for `room` sectors, `misalign` bytes after a 64-byte boundary.
    pub fn device_to(&mut self, lsn: u32, count: u32, room: u32, misalign: u32) -> (u32, Vec<u8>) {
        let buffer = self.set_buffer(room * SECTOR_SIZE, misalign);
        let status = self.call(Export::Device, &[lsn, 0, buffer, count]);
        (status, self.bytes(self.buffer.clone()))
    }

    /// Places the game's buffer between red zones, and returns its address.
    fn set_buffer(&mut self, size: u32, misalign: u32) -> u32 {
        let start = GAME.start + RED_ZONE + misalign;
        let zone = start - RED_ZONE..start + size + RED_ZONE;
        assert!(zone.end <= GAME.end, "no room for {size} bytes");
        self.write(zone.start, &vec![CANARY; zone.len()]);
        self.buffer = start..start + size;
        self.kernel.caller = start;
        start
    }

    fn bytes(&self, range: Range<u32>) -> Vec<u8> {
        let bytes = self.machine.read(range.start, range.len());
        bytes.expect("inside RAM").to_vec()
    }

    fn call(&mut self, export: Export, args: &[u32]) -> u32 {
        self.call_at(self.exports[export as usize], args)
    }

    fn call_at(&mut self, function: u32, args: &[u32]) -> u32 {
        self.guard();
        let kernel = &mut self.kernel;
        let handler = &mut |id, context: &mut HostContext<'_>| kernel.serve(id, context);
        let result = self
            .threads
            .call_with(&mut self.machine, function, args, handler);
        self.check_red_zones();
        result.unwrap_or_else(|trap| panic!("{trap}, with the module at {:#x}", self.base))
    }

    /// Lets time pass in which the game does not read, and takes its buffer away.
    ///
    /// # Panics
    /// When the module does something that it must not do.
    pub fn rest(&mut self, cycles: u64) {
        self.set_buffer(0, 0);
        self.guard();
        let kernel = &mut self.kernel;
        let handler = &mut |id, context: &mut HostContext<'_>| kernel.serve(id, context);
        let result = self.threads.rest(&mut self.machine, cycles, handler);
        result.unwrap_or_else(|trap| panic!("{trap}, with the module at {:#x}", self.base));
    }

    /// Permits what is the program's to write and to read.
    fn guard(&mut self) {
        let [mut writable, readable] = self.own.clone();
        writable.push(self.buffer.clone());
        self.kernel.permit(&mut self.machine, writable, readable);
    }

    /// The threads, of which the game's is the first.
    #[must_use]
    pub fn threads(&self) -> &Threads {
        &self.threads
    }

    /// The guard stops the program; the host could have written there.
    fn check_red_zones(&self) {
        if self.buffer.is_empty() {
            return;
        }
        for start in [self.buffer.start - RED_ZONE, self.buffer.end] {
            let zone = self.bytes(start..start + RED_ZONE);
            check_canary(&zone, "a red zone of the game's buffer");
        }
    }
}

/// Loads and links; returns the exports.
fn load(machine: &mut Machine, kernel: &mut Kernel, irx: &Irx, base: u32) -> Vec<u32> {
    assert!(
        MODULES.start <= base && base + irx.memory <= MODULES.end,
        "no room for the module at {base:#x}"
    );
    let mut memory = loadcore::relocate(irx, base).expect("convert has looked at it");
    for import in loadcore::imports(&memory) {
        let function = match (import.library.as_str(), import.number) {
            ("sysclib", 12) => MEMCPY,
            _ => kernel.provide(machine, &import),
        };
        loadcore::link(&mut memory, &import, function);
    }
    machine.write(base, &memory).expect("inside RAM");
    loadcore::exports(&memory)
}
