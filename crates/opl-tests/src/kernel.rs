//! The functions that the module imports, as far as they are not code of the module's processor.

use std::ops::Range;

use iopsim::{HostContext, HostId, Machine, Trap};

use crate::loadcore::Import;
use crate::medium::Medium;

/// The kernel gives memory out in pieces of this size.
const PIECE: u32 = 256;

/// A function of another module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Service {
    AllocSysMemory,
    Blocks,
    Message,
    Read,
    Seek,
    Threads,
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
        }
    }

    /// Registers the function behind an import, and returns its address.
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
            ("thbase" | "thsemap", _) => Service::Threads,
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
    pub(crate) fn serve(&mut self, id: HostId, context: &mut HostContext<'_>) -> Result<u32, Trap> {
        let service = self.services.iter().find(|(known, _)| *known == id);
        let (_, service) = *service.expect("only what was provided is called");
        let [a, b, c, d] = [0, 1, 2, 3].map(|index| context.arg(index));
        match service {
            Service::AllocSysMemory => Ok(self.alloc(context, [a?, b?, c?])),
            Service::Blocks => {
                let block = u64::from(a?) | u64::from(b?) << 32;
                let bytes = self.medium.blocks(block, d?.into());
                let read = put(context, c?, bytes)?;
                Ok(if read == u32::MAX { read } else { read / 512 })
            }
            Service::Message => {
                let bytes = self.medium.message(a?, b?, d? as usize);
                put(context, c?, bytes)
            }
            Service::Read => {
                assert_eq!(a?, FILE, "read got another file");
                let bytes = self.medium.read(c? as usize);
                put(context, b?, bytes)
            }
            Service::Seek => {
                assert_eq!(
                    (a?, c?),
                    (FILE, 0),
                    "lseek got another file, or another origin"
                );
                Ok(self.medium.seek(b?))
            }
            Service::Threads => panic!("there are no threads here"),
        }
    }

    fn alloc(&mut self, context: &mut HostContext<'_>, [mode, size, place]: [u32; 3]) -> u32 {
        assert_eq!((mode, place), (0, 0), "AllocSysMemory anywhere");
        let address = self.heap.alloc(size);
        self.guard(context.machine());
        address
    }
}

/// The number of the image's file, for modules that open one.
pub const FILE: u32 = 3;

/// Writes what was read to the program's buffer; the number of bytes, or -1.
///
/// # Panics
/// When a driver could not write there.
fn put(context: &mut HostContext<'_>, buffer: u32, bytes: Option<Vec<u8>>) -> Result<u32, Trap> {
    assert!(
        buffer.is_multiple_of(4),
        "a device was told to read to {buffer:#x}"
    );
    let Some(bytes) = bytes else {
        return Ok(u32::MAX);
    };
    context.write(buffer, &bytes)?;
    Ok(bytes.len() as u32)
}
