//! The functions that the module imports, as far as they are not code of the module's processor.

use std::ops::Range;

use iopsim::threads::{Action, NewThread, Transfer};
use iopsim::{HostContext, HostId, Machine, Trap};

use crate::medium::Medium;
use irx::loadcore::Import;

/// The number of the image's file, for modules that open one.
pub const FILE: u32 = 3;

/// The kernel gives memory out in pieces of this size.
const PIECE: u32 = 256;
/// Attribute of threads in C.
const TH_C: u32 = 0x0200_0000;
/// Attribute of semaphores that let the most urgent thread pass first.
const SA_THPRI: u32 = 1;
/// What kernel functions return when there is no memory left.
const NO_MEMORY: u32 = -400_i32 as u32;
/// What is in a buffer while a device reads to it.
const UNREAD: u8 = 0x9D;

/// A function of another module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Service {
    AllocSysMemory,
    Blocks,
    Message,
    Read,
    Seek,
    CreateThread,
    StartThread,
    CreateSema,
    SignalSema,
    WaitSema,
}

/// Memory that modules can ask for.
#[derive(Clone, Debug)]
struct Heap {
    next: u32,
    end: u32,
    /// What was given out, to the byte.
    given: Vec<Range<u32>>,
    /// Requests that are refused, counted from 0.
    refused: Range<u32>,
    asked: u32,
}

impl Heap {
    /// Address of `size` bytes with free memory around them, or 0.
    fn alloc(&mut self, size: u32) -> u32 {
        let number = self.asked;
        self.asked += 1;
        let start = self.next;
        let end = start.checked_add(size).filter(|&end| end <= self.end);
        let Some(end) = end.filter(|_| !self.refused.contains(&number)) else {
            return 0;
        };
        self.given.push(start..end);
        self.next = end.next_multiple_of(PIECE) + PIECE;
        start
    }
}

/// The kernel and the medium.
pub struct Kernel {
    services: Vec<(HostId, Service)>,
    heap: Heap,
    /// What the program may always write, and what it may only read.
    writable: Vec<Range<u32>>,
    readable: Vec<Range<u32>>,
    /// What the image is on.
    pub medium: Medium,
    /// Where the caller has what is read put to.
    pub(crate) caller: u32,
}

impl Kernel {
    pub(crate) fn new(medium: Medium, heap: Range<u32>, refused: Range<u32>) -> Self {
        Self {
            services: Vec::new(),
            heap: Heap {
                next: heap.start + PIECE,
                end: heap.end,
                given: Vec::new(),
                refused,
                asked: 0,
            },
            writable: Vec::new(),
            readable: Vec::new(),
            medium,
            caller: 0,
        }
    }

    /// Registers the function of an import, and returns its address.
    ///
    /// # Panics
    /// When there is no such function: the module would not start.
    pub(crate) fn provide(&mut self, machine: &mut Machine, import: &Import) -> u32 {
        let service = match (import.library.as_str(), import.number) {
            ("sysmem", 4) => Service::AllocSysMemory,
            ("medium", 4) => Service::Blocks,
            ("medium", 5) => Service::Message,
            ("ioman", 6) => Service::Read,
            ("ioman", 8) => Service::Seek,
            ("thbase", 4) => Service::CreateThread,
            ("thbase", 6) => Service::StartThread,
            ("thsemap", 4) => Service::CreateSema,
            ("thsemap", 6) => Service::SignalSema,
            ("thsemap", 8) => Service::WaitSema,
            _ => panic!("nobody exports {import:?}"),
        };
        let id = machine.register_host();
        self.services.push((id, service));
        id.address()
    }

    /// Sizes of the blocks of memory that were given out.
    #[must_use]
    pub fn given(&self) -> Vec<u32> {
        self.heap
            .given
            .iter()
            .map(|block| block.len() as u32)
            .collect()
    }

    /// Whether all of these addresses are in one block that was given out.
    #[must_use]
    pub fn has_given(&self, range: Range<u32>) -> bool {
        let mut given = self.heap.given.iter();
        given.any(|block| block.start <= range.start && range.end <= block.end)
    }

    /// How often memory was asked for.
    #[must_use]
    pub fn asked(&self) -> u32 {
        self.heap.asked
    }

    /// Permits the program to write some memory and to read other, besides what it gets from the heap.
    pub(crate) fn permit(
        &mut self,
        machine: &mut Machine,
        writable: Vec<Range<u32>>,
        readable: Vec<Range<u32>>,
    ) {
        self.writable = writable;
        self.readable = readable;
        self.guard(machine);
    }

    fn guard(&self, machine: &mut Machine) {
        let writable = [&self.writable[..], &self.heap.given].concat();
        machine.permit_writes(&writable).expect("inside RAM");
        let readable = [&writable[..], &self.readable].concat();
        machine.permit_reads(&readable).expect("inside RAM");
    }

    /// Answers a call.
    pub(crate) fn serve(
        &mut self,
        id: HostId,
        context: &mut HostContext<'_>,
    ) -> Result<Action, Trap> {
        let service = self.services.iter().find(|(known, _)| *known == id);
        let (_, service) = *service.expect("only what was provided is called");
        let [a, b, c, d] = [0, 1, 2, 3].map(|index| context.arg(index));
        match service {
            Service::AllocSysMemory => Ok(self.alloc(context, [a?, b?, c?])),
            Service::Blocks => {
                let block = u64::from(a?) | u64::from(b?) << 32;
                assert_aligned(c?, 0);
                let bytes = self.medium.blocks(block, d?.into());
                self.transfer(context, c?, bytes, 512)
            }
            Service::Message => {
                assert_aligned(c?, 0);
                let bytes = self.medium.message(a?, b?, d? as usize);
                self.transfer(context, c?, bytes, 1)
            }
            Service::Read => {
                assert_eq!(a?, FILE, "read got another file");
                // A file system takes a buffer that is as the caller's own.
                assert_aligned(b?, self.caller % 4);
                let bytes = self.medium.read(c? as usize);
                self.transfer(context, b?, bytes, 1)
            }
            Service::Seek => {
                let (file, origin) = (a?, c?);
                assert_eq!(
                    (file, origin),
                    (FILE, 0),
                    "lseek got another file, or another origin"
                );
                Ok(Action::Return(self.medium.seek(b?)))
            }
            Service::CreateThread => self.create_thread(context, a?),
            Service::StartThread => Ok(Action::Start {
                thread: a?,
                argument: b?,
            }),
            Service::CreateSema => create_sema(context, a?),
            Service::SignalSema => Ok(Action::Signal(a?)),
            Service::WaitSema => Ok(Action::Wait(a?)),
        }
    }

    fn alloc(&mut self, context: &mut HostContext<'_>, [mode, size, place]: [u32; 3]) -> Action {
        assert_eq!((mode, place), (0, 0), "AllocSysMemory anywhere");
        let address = self.heap.alloc(size);
        self.guard(context.machine());
        Action::Return(address)
    }

    /// The kernel takes the stack from where AllocSysMemory does.
    fn create_thread(
        &mut self,
        context: &mut HostContext<'_>,
        options: u32,
    ) -> Result<Action, Trap> {
        let [attr, _, entry, size, priority] = words(context, options)?;
        assert_eq!(attr, TH_C, "a thread in C");
        assert!(
            (1..=126).contains(&priority),
            "a thread of priority {priority}"
        );
        let stack = self.heap.alloc(size);
        self.guard(context.machine());
        if stack == 0 {
            return Ok(Action::Return(NO_MEMORY));
        }
        Ok(Action::Create(NewThread {
            entry,
            stack: stack..stack + size,
            priority,
        }))
    }

    /// Writes what was read to the program's buffer, at once or when the device is done; the function returns how
    /// much that is, in units, or -1.
    fn transfer(
        &mut self,
        context: &mut HostContext<'_>,
        address: u32,
        bytes: Option<Vec<u8>>,
        unit: usize,
    ) -> Result<Action, Trap> {
        let Some(bytes) = bytes else {
            return Ok(Action::Return(u32::MAX));
        };
        let value = (bytes.len() / unit) as u32;
        let now = context.counters().cycles;
        let cycles = self.medium.time(now, bytes.len());
        if cycles == 0 {
            context.write(address, &bytes)?;
            return Ok(Action::Return(value));
        }
        // Nobody may look at it before it is read.
        context.write(address, &vec![UNREAD; bytes.len()])?;
        Ok(Action::Transfer(Transfer {
            cycles,
            value,
            address,
            bytes,
        }))
    }
}

fn create_sema(context: &HostContext<'_>, options: u32) -> Result<Action, Trap> {
    let [attr, _, initial, max] = words(context, options)?;
    Ok(Action::CreateSema {
        initial,
        max,
        by_priority: attr & SA_THPRI != 0,
    })
}

/// The fields of a structure.
fn words<const N: usize>(context: &HostContext<'_>, place: u32) -> Result<[u32; N], Trap> {
    let bytes = context.read(place, 4 * N)?;
    let (words, _) = bytes.as_chunks();
    Ok(core::array::from_fn(|index| {
        u32::from_le_bytes(words[index])
    }))
}

/// Checks that a driver can write to an address by DMA, or at least as well as to what lies `misalign` bytes after a
/// word.
fn assert_aligned(address: u32, misalign: u32) {
    assert!(
        [0, misalign].contains(&(address % 4)),
        "a device was told to read to {address:#x}"
    );
}
