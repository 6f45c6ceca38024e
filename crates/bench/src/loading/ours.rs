//! Our reader: the console's object in the simulator, with every byte compared.

use anyhow::{Result, anyhow};
use testkit::module::Mounted;
use testkit::reader::Reader as _;

use super::event::{Contender, Footprint, Recording, Request};
use common::Original;

/// An image that the object has mounted.
///
/// The object waits for the device inside of each call of its device function: it is the contract of `zso.h`. Objects
/// with another contract are contenders of their own.
pub struct Ours<'m> {
    mounted: Mounted<'m>,
    disc: &'m Original,
    /// Bytes of the workspace.
    workspace: u32,
}

impl<'m> Ours<'m> {
    /// A mounted image of `disc`, in a workspace of so many bytes.
    pub fn new(mounted: Mounted<'m>, disc: &'m Original, workspace: u32) -> Self {
        Self {
            mounted,
            disc,
            workspace,
        }
    }
}

impl Contender for Ours<'_> {
    fn read(&mut self, lsn: u32, count: u32, recording: &mut Recording) -> Result<()> {
        let read = self.mounted.read(lsn, count);
        let delivered = read.map_err(|code| anyhow!("{count} sectors from {lsn} on: {code:?}"))?;
        self.disc.compare(lsn, count, &delivered)?;
        let mut past = 0;
        for call in self.mounted.module().device_calls() {
            recording.compute(call.cycles - past);
            past = call.cycles;
            recording.read(Request::of_sectors(call.first, call.sectors));
        }
        let call = self.mounted.last_call();
        recording.compute(call.cycles - past);
        recording.footprint = Footprint {
            memory: self.workspace,
            stack: call.stack_depth,
        };
        Ok(())
    }
}
