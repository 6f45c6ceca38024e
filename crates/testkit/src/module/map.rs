//! The simulated memory: what is where, who may touch it, and the red zones.

use core::ops::Range;

use iopsim::Machine;

use crate::reader::{CANARY, check_canary};

/// Where the stand-in for the kernel's `memcpy` is.
pub(super) const MEMCPY: u32 = 0xF000;
/// Where the object is loaded to.
pub(super) const OBJECT: u32 = 0x1_0000;

/// Bytes of a red zone on each side.
const RED_ZONE: u32 = 64;
/// Every buffer is this much aligned, before it is misaligned on purpose.
const ALIGN: u32 = 64;

/// A buffer that calls are made with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Region {
    Source,
    Workspace,
    Destination,
}

impl Region {
    const ALL: [Self; 3] = [Self::Source, Self::Workspace, Self::Destination];

    /// The memory that is set aside for it, its red zones included.
    fn reserved(self) -> Range<u32> {
        match self {
            Self::Source => 0x02_0000..0x04_0000,
            Self::Workspace => 0x04_0000..0x0C_0000,
            Self::Destination => 0x0C_0000..0x1F_E000,
        }
    }
}

/// Which memory is in use.
pub(super) struct Map {
    object: Range<u32>,
    /// Stacks, and variables if there are some.
    writable: Vec<Range<u32>>,
    /// By [`Region`]; empty if it is not in use.
    buffers: [Range<u32>; 3],
    /// Whether the guard is as the buffers are.
    guarded: bool,
}

impl Map {
    pub(super) fn new(object: Range<u32>, writable: Vec<Range<u32>>) -> Self {
        assert!(
            object.end <= Region::Source.reserved().start,
            "the object is too large"
        );
        Self {
            object,
            writable,
            buffers: [0..0, 0..0, 0..0],
            guarded: false,
        }
    }

    /// Places a buffer, with canaries around it and, but for the source, canaries in it.
    pub(super) fn place(
        &mut self,
        machine: &mut Machine,
        region: Region,
        size: u32,
        misalign: u32,
    ) -> Range<u32> {
        let start = (region.reserved().start + RED_ZONE).next_multiple_of(ALIGN) + misalign;
        let range = start..start.saturating_add(size);
        let zone = range.start - RED_ZONE..range.end.saturating_add(RED_ZONE);
        assert!(
            zone.end <= region.reserved().end,
            "no room for {size} bytes: {region:?}"
        );
        machine
            .write(zone.start, &vec![CANARY; zone.len()])
            .expect("inside RAM");
        let buffer = &mut self.buffers[region as usize];
        self.guarded &= *buffer == range;
        *buffer = range.clone();
        range
    }

    /// Where the workspace is.
    pub(super) fn workspace(&self) -> u32 {
        self.buffer(Region::Workspace).start
    }

    /// Where the source is.
    pub(super) fn source(&self) -> u32 {
        self.buffer(Region::Source).start
    }

    fn buffer(&self, region: Region) -> Range<u32> {
        self.buffers[region as usize].clone()
    }

    /// Sets the guard, which takes a while, unless it is set.
    pub(super) fn guard(&mut self, machine: &mut Machine) {
        if self.guarded {
            return;
        }
        let buffers = [Region::Workspace, Region::Destination].map(|region| self.buffer(region));
        let writable = [&self.writable[..], &buffers].concat();
        machine.permit_writes(&writable).expect("inside RAM");
        let readable = [
            &writable[..],
            &[self.object.clone(), self.buffer(Region::Source)],
        ]
        .concat();
        machine.permit_reads(&readable).expect("inside RAM");
        self.guarded = true;
    }

    /// Panics if a canary around a buffer is dead: the device may have killed it, or the host.
    pub(super) fn check(&self, machine: &Machine) {
        for region in Region::ALL {
            let range = self.buffer(region);
            if range.is_empty() {
                continue;
            }
            for zone in [range.start - RED_ZONE, range.end] {
                let bytes = machine.read(zone, RED_ZONE as usize).expect("inside RAM");
                check_canary(bytes, &format!("a red zone of {region:?}"));
            }
        }
    }
}
