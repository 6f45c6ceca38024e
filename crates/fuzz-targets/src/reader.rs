//! The reader on any file, with any requests, and a device that fails now and then: it delivers what the rules say, or
//! says what is wrong, and is none the worse for it.

use core::cell::RefCell;

use testkit::device::{AnyDevice, DeviceError};
use testkit::lean::used_by_object;
use testkit::module::Module;
use testkit::reader::{CANARY, Reader, check_canary};
use testkit::{OBJECTS, Rng, code};
use zso::format::DEFAULT_BLOCK_SIZE;
use zso::lean::{self, Adaptive, Fine, InPlace, Overlapped, Policy};
use zso::{Block, Code, Error, Header, HeaderError, Image, SECTOR_SIZE, Sector, memory_sectors};

use crate::device::{Controls, FuzzDevice};
use crate::model::{Kind, Model};
use crate::program::{Program, Request};

/// Bytes that nobody may write on each side of a buffer.
const ZONE: usize = 64;
/// An image whose blocks need more memory than this cannot be mounted here.
const MOST_MEMORY: u32 = 200;
/// Sectors of the longest request, and of what is around it.
const BUFFER: usize = 43;

/// What is kept from one input to the next.
struct Memory {
    file: Vec<u8>,
    memory: Vec<Sector>,
    buffer: Vec<Sector>,
}

thread_local!(static MEMORY: RefCell<Memory> = RefCell::new(Memory::new()));
thread_local!(static MODULE: RefCell<Module> = RefCell::new(Module::load()));

/// Runs an input on this machine's reader. Returns how many requests were served or refused.
pub(crate) fn on_host(data: &[u8]) -> u64 {
    MEMORY.with_borrow_mut(|memory| {
        let case = Case::new(data, &mut memory.file);
        case.run_here(&mut memory.memory, &mut memory.buffer, &Controls::default())
    })
}

/// Runs an input on this machine's lean reader, with the policy of one of its objects.
pub(crate) fn lean(data: &[u8]) -> u64 {
    MEMORY.with_borrow_mut(|memory| {
        let case = Case::new(data, &mut memory.file).for_lean();
        let controls = Controls::default();
        case.run_by_policy(&mut memory.memory, &mut memory.buffer, &controls)
    })
}

/// Runs an input on this machine's lean reader and on the object with its policy in the simulator. Both ask their
/// device for the same, up to the first error that this machine's reader asks once more for, to explain it.
pub(crate) fn lean_on_console(data: &[u8]) -> u64 {
    MEMORY.with_borrow_mut(|memory| {
        let mut case = Case::new(data, &mut memory.file).for_lean();
        let place = match case.program.policy {
            0 => 0,
            1 => 2,
            2 => 3,
            _ => 1,
        };
        case.memory = used_by_object(place, case.memory);
        case.program.overlaps = true;
        let [here, console] = [(); 2].map(|()| Controls::logging());
        case.run_by_policy(&mut memory.memory, &mut memory.buffer, &here);
        let mut served = 0;
        let mut test = |reader: &mut dyn Reader| served = case.play_on(reader, &console);
        let mounted = OBJECTS[place](&mut case.device(&console), case.memory, &mut test);
        if let Err(code) = mounted {
            served = case.refused(code, &console);
        }
        let (here, console) = (here.into_log(), console.into_log());
        assert!(console.starts_with(&here), "{console:?}, here {here:?}");
        served
    })
}

/// Runs an input on this machine's reader and on the console's object in the simulator. Both ask their device for the
/// same, up to the first error that this machine's reader asks once more for, to explain it.
pub(crate) fn on_console(data: &[u8]) -> u64 {
    MEMORY.with_borrow_mut(|memory| {
        let case = Case::new(data, &mut memory.file);
        // The device of the C interface cannot say that a file has nothing.
        if case.file.is_empty() {
            return 0;
        }
        let [here, console] = [(); 2].map(|()| Controls::logging());
        case.run_here(&mut memory.memory, &mut memory.buffer, &here);
        let served = MODULE.with_borrow_mut(|module| case.run_there(module, &console));
        assert_eq!(console.into_log(), here.into_log(), "device requests");
        served
    })
}

impl Memory {
    fn new() -> Self {
        let canaries = |sectors| vec![Sector([CANARY; SECTOR_SIZE]); sectors];
        Self {
            file: Vec::new(),
            memory: canaries(MOST_MEMORY as usize + 1),
            buffer: canaries(BUFFER),
        }
    }
}

/// An input with its file.
struct Case<'c> {
    program: Program<'c>,
    file: &'c [u8],
    header: Result<Header, HeaderError>,
    /// Sectors of memory that the reader gets, and those it needs.
    memory: u32,
    need: u32,
    kind: Kind,
}

/// What a reader made of a request: all bytes, or a failure.
type Outcome<'b> = Result<&'b [u8], Failure<'b>>;

/// Why a request failed, the block that is named if one is, and the bytes that were delivered all the same.
#[derive(Clone, Copy)]
struct Failure<'b> {
    code: Code,
    block: Option<Block>,
    delivered: &'b [u8],
}

/// Is told what came of a request.
type Judge<'j> = dyn FnMut(Outcome<'_>) + 'j;

impl<'c> Case<'c> {
    fn new(data: &'c [u8], file: &'c mut Vec<u8>) -> Self {
        let program = Program::new(data);
        program.write_file(file);
        let header = Header::parse(file);
        let block_size = header.map_or(0, |header| header.block_size());
        let need = memory_sectors(block_size, 0);
        let memory = match program.ahead {
            Some(ahead) => memory_sectors(block_size, ahead),
            None => need - 1,
        };
        Self {
            file,
            header,
            memory: memory.clamp(1, MOST_MEMORY),
            need,
            kind: Kind::Full {
                size_known: program.size_known,
            },
            program,
        }
    }

    /// The same for the lean reader: it takes blocks that are sectors, and one sector of memory is enough.
    fn for_lean(mut self) -> Self {
        self.program.size_known = false;
        self.memory = self.program.ahead.map_or(1, |ahead| ahead + 1);
        self.need = 1;
        self.kind = Kind::Lean;
        // The first rule that may be broken after those of magic, size and version.
        let is_reached = matches!(
            self.header,
            Ok(_)
                | Err(HeaderError::BlockSize { .. }
                    | HeaderError::Align { .. }
                    | HeaderError::TooLarge { .. })
        );
        let block_size = self.file.get(16..).and_then(<[u8]>::first_chunk);
        let block_size = block_size.map_or(0, |raw| u32::from_le_bytes(*raw));
        if is_reached && block_size != DEFAULT_BLOCK_SIZE {
            self.header = Err(HeaderError::BlockSize { block_size });
        }
        self
    }

    fn device<'a>(&'a self, controls: &'a Controls) -> FuzzDevice<'a> {
        controls.set_faults(if self.program.mount_fails { 0..1 } else { 0..0 });
        FuzzDevice {
            file: self.file,
            size_known: self.program.size_known,
            overlaps: self.program.overlaps,
            controls,
        }
    }

    fn run_here(&self, memory: &mut [Sector], buffer: &mut [Sector], controls: &Controls) -> u64 {
        let (memory, zone) = memory.split_at_mut(self.memory as usize);
        zone[0].0[..ZONE].fill(CANARY);
        let served = match Image::mount(self.device(controls), memory) {
            Ok(mut image) => self.play(controls, &mut |lsn, request, judge| {
                let mut read = |buffer: &mut [u8]| (image.read_sectors(lsn, buffer), 0);
                read_between(buffer, request.count, request.misalign, &mut read, judge);
            }),
            Err(error) => self.refused(code::of_error(&error), controls),
        };
        check_canary(&zone[0].0[..ZONE], "memory after the reader's");
        served
    }

    fn run_by_policy(
        &self,
        memory: &mut [Sector],
        buffer: &mut [Sector],
        controls: &Controls,
    ) -> u64 {
        match self.program.policy {
            0 => self.run_lean::<Adaptive>(memory, buffer, controls),
            1 => self.run_lean::<Fine>(memory, buffer, controls),
            2 => self.run_lean::<InPlace>(memory, buffer, controls),
            _ => self.run_lean::<Overlapped>(memory, buffer, controls),
        }
    }

    fn run_lean<P: Policy>(
        &self,
        memory: &mut [Sector],
        buffer: &mut [Sector],
        controls: &Controls,
    ) -> u64 {
        let (memory, zone) = memory.split_at_mut(self.memory as usize);
        zone[0].0[..ZONE].fill(CANARY);
        // With little memory the device reads to the caller's buffer.
        let in_place = P::IN_PLACE_ONLY || self.memory < 3;
        let aligned = if in_place { !3 } else { !0 };
        let served = match lean::Image::<_, P>::mount(self.device(controls), memory) {
            Ok(mut image) => self.play(controls, &mut |lsn, request, judge| {
                let mut read = |buffer: &mut [u8]| {
                    let result = image.read_sectors(lsn, buffer);
                    (result, image.delivered())
                };
                let misalign = request.misalign & aligned;
                read_between(buffer, request.count, misalign, &mut read, judge);
            }),
            Err(error) => self.refused(code::of_error(&error), controls),
        };
        check_canary(&zone[0].0[..ZONE], "memory after the reader's");
        served
    }

    fn run_there(&self, module: &mut Module, controls: &Controls) -> u64 {
        let mut device = self.device(controls);
        let mut device: &mut AnyDevice<'_> = &mut device;
        match module.mount(&mut device, self.memory) {
            Ok(mut mounted) => self.play_on(&mut mounted, controls),
            Err(code) => self.refused(code, controls),
        }
    }

    /// Makes all requests of an image that an object has mounted.
    fn play_on(&self, reader: &mut dyn Reader, controls: &Controls) -> u64 {
        self.play(controls, &mut |lsn, request, judge| {
            let result = reader.read_at(lsn, request.count, request.misalign);
            judge(result.as_deref().map_err(|code| Failure {
                code: *code,
                block: None,
                delivered: &[],
            }));
        })
    }

    /// Whether an image that could not be mounted had to be refused for this reason. Counts as one request.
    fn refused(&self, found: Code, controls: &Controls) -> u64 {
        let expected = match self.header {
            _ if controls.failed() => Code::Device,
            Err(error) => code::of_error(&Error::<DeviceError>::Header(error)),
            Ok(_) if self.memory < self.need => Code::Memory,
            Ok(_) => panic!("not mounted: {found:?}"),
        };
        assert!(
            code::is_for(found, expected),
            "{found:?} of mounting, not {expected:?}"
        );
        controls.end_comparison();
        1
    }

    /// Makes all requests of a mounted image. `read` reads, and hands what came of it to the judge that it gets.
    fn play(
        &self,
        controls: &Controls,
        read: &mut dyn FnMut(u32, &Request, &mut Judge<'_>),
    ) -> u64 {
        let header = self.header.expect("a mounted image has a header");
        assert!(!controls.failed() && self.memory >= self.need, "mounted");
        let mut model = Model::new(header, self.file, self.kind);
        let mut next = 0;
        for request in &self.program.requests {
            let lsn = request.lsn(model.sectors(), next);
            controls.set_faults(request.faults.clone());
            read(lsn, request, &mut |outcome| {
                judge(&mut model, lsn, request.count, outcome, controls.failed());
                if outcome.is_err_and(|failure| failure.code == Code::Index) {
                    controls.end_comparison();
                }
            });
            next = lsn + request.count;
        }
        self.program.requests.len() as u64
    }
}

/// Sectors that a read returned, and how many are in the buffer if it failed.
type Delivered = (Result<u32, Error<DeviceError>>, u32);

/// Reads to a buffer between canaries. `read` tells what came of it, and how many sectors were delivered if it failed.
fn read_between(
    buffer: &mut [Sector],
    count: u32,
    misalign: usize,
    read: impl FnOnce(&mut [u8]) -> Delivered,
    judge: &mut Judge<'_>,
) {
    let start = SECTOR_SIZE + misalign;
    let end = start + count as usize * SECTOR_SIZE;
    let bytes = Sector::bytes_mut(buffer);
    bytes[start - ZONE..start].fill(CANARY);
    bytes[end..end + ZONE].fill(CANARY);
    let (result, delivered) = read(&mut bytes[start..end]);
    check_canary(&bytes[start - ZONE..start], "memory before the buffer");
    check_canary(&bytes[end..end + ZONE], "memory after the buffer");
    let sectors = |count: u32| &bytes[start..start + count as usize * SECTOR_SIZE];
    judge(match result {
        Ok(count) => Ok(sectors(count)),
        Err(error) => Err(Failure {
            code: code::of_error(&error),
            block: block_of(&error),
            delivered: sectors(delivered),
        }),
    });
}

fn block_of(error: &Error<DeviceError>) -> Option<Block> {
    match error {
        Error::Block { block, .. } => Some(*block),
        _ => None,
    }
}

/// Panics unless the outcome is what the rules say, or the device's failure when it has failed.
fn judge(model: &mut Model<'_>, lsn: u32, count: u32, outcome: Outcome<'_>, device_failed: bool) {
    let count = model.available(lsn, count);
    let failure = match outcome {
        Ok(bytes) => {
            assert_eq!(
                bytes.len(),
                count as usize * SECTOR_SIZE,
                "bytes from {lsn} on"
            );
            return assert_eq!(
                model.compare(lsn, bytes),
                Ok(true),
                "{count} sectors from {lsn} on"
            );
        }
        Err(failure) => failure,
    };
    assert_eq!(
        model.compare(lsn, failure.delivered),
        Ok(true),
        "delivered from {lsn} on"
    );
    let Failure { code, block, .. } = failure;
    if model.is_of_device(code) {
        return assert!(device_failed, "an error of no device");
    }
    let expected = model.first_fault(lsn, count);
    if code == code::NO_REASON {
        return assert!(
            device_failed || expected.is_err(),
            "{count} sectors from {lsn} can be read"
        );
    }
    let Err((faulty, reason)) = expected else {
        // To the lean reader an entry that cannot be read is one that makes no sense.
        return assert!(
            device_failed && model.may_be_of_device(code),
            "{code:?}: all blocks can be read"
        );
    };
    let named = block.unwrap_or(faulty);
    let by_device = device_failed && model.may_be_of_device(code) && named <= faulty;
    assert!(
        by_device || (code, named) == (reason, faulty),
        "{code:?} of {named:?}, not {reason:?} of {faulty:?}"
    );
}

/// Inputs to begin with.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let mut rng = Rng::new(1);
    (0..32).map(|n| seed(n, &mut rng)).collect()
}

/// Flags, memory, requests; a file without changes, with two, or with twelve.
fn seed(number: u8, rng: &mut Rng) -> Vec<u8> {
    let requests = 4 + number % 12;
    let mut input = vec![number & 1 | number << 5, number.wrapping_mul(5), requests];
    input.extend(rng.bytes(4 * usize::from(requests) + 5));
    let changes = rng.bytes(36);
    let changed = [0, 6, 36][usize::from(number % 3)];
    input.extend_from_slice(&changes[..changed]);
    input.resize(input.len() + 36 - changed, 0);
    input.extend(rng.bytes(20));
    input
}
