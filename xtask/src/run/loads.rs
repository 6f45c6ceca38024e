//! Sequential reads with other costs of a load: nobody has published what RAM takes on this console.
//!
//! A small machine of its own, as [`testkit::module::Module`] has one cost. That one's guards and red zones have
//! seen the same reads before.

use anyhow::{Context, Result, anyhow, ensure};
use iopsim::{Config, CycleModel, HostContext, Machine, Trap};
use testkit::patterns::Pattern;

use zso::SECTOR_SIZE;

use super::bar::bar;
use super::device::{Asked, FileDevice};
use super::figures::{Load, Work};
use super::play::{Pair, spread};

/// Cycles that a load may take.
const COSTS: [u32; 4] = [5, 6, 7, 8];

const OBJECT: u32 = 0x1_0000;
const WORKSPACE: u32 = 0x4_0000;
const DESTINATION: u32 = 0xC_0000;

/// Plays about `reads` sequential reads for each cost.
pub fn measure(object: &[u8], pair: Pair<'_>, stage: u32, reads: u32) -> Result<Vec<Load>> {
    let requests = spread(Pattern::Sequential, pair.disc.sectors, reads as usize);
    let bar = bar(
        "other costs of a load",
        (COSTS.len() * requests.len()) as u64,
    );
    let loads = COSTS.map(|cycles| {
        let mut console = Console::mount(object, pair, stage, cycles)?;
        let mut work = Work::default();
        for &(lsn, count) in bar.wrap_iter(requests.iter()) {
            console.read(lsn, count)?;
            work.bytes += u64::from(count) * SECTOR_SIZE as u64;
        }
        work.add(0, &console.machine.counters());
        Ok(Load {
            cycles,
            reads: requests.len(),
            work,
        })
    });
    bar.finish_and_clear();
    loads.into_iter().collect()
}

struct Console<'a> {
    machine: Machine,
    read: u32,
    pair: Pair<'a>,
    device: FileDevice<'a>,
}

impl<'a> Console<'a> {
    /// A machine with that cost, on which the image is mounted.
    fn mount(object: &[u8], pair: Pair<'a>, stage: u32, load: u32) -> Result<Self> {
        let cycles = CycleModel {
            load,
            ..CycleModel::r3000a()
        };
        let mut machine = Machine::new(Config {
            cycles,
            ..Config::default()
        });
        let callback = machine.register_host().address();
        let image = machine.load_object(object, OBJECT, &|_| None)?;
        let function = |name| {
            image
                .symbol(name)
                .with_context(|| format!("the object has no {name}"))
        };
        let device = FileDevice::new(&pair.zso.file, pair.zso.len, &Asked::default());
        let mut console = Self {
            machine,
            read: function("zso_read")?,
            pair,
            device,
        };

        let block_size = pair.zso.header.block_size();
        let size = console.call(function("zso_workspace_size")?, &[block_size, stage])?;
        let sectors = pair.zso.len.div_ceil(SECTOR_SIZE as u64) as u32;
        let args = [WORKSPACE, size as u32, callback, 0, sectors];
        let code = console.call(function("zso_mount")?, &args)?;
        ensure!(code == 0, "the image cannot be mounted: {code}");
        console.machine.reset_counters();
        Ok(console)
    }

    fn read(&mut self, lsn: u32, count: u32) -> Result<()> {
        let delivered = self.call(self.read, &[WORKSPACE, lsn, DESTINATION, count])?;
        let delivered =
            usize::try_from(delivered).map_err(|_| anyhow!("sector {lsn}: code {delivered}"))?;
        let bytes = self.machine.read(DESTINATION, delivered * SECTOR_SIZE)?;
        self.pair.disc.compare(lsn, count, bytes)
    }

    fn call(&mut self, function: u32, args: &[u32]) -> Result<i32> {
        let device = &self.device;
        let value = self
            .machine
            .call_with(function, args, &mut |_, context| serve(context, device))?;
        Ok(value as i32)
    }
}

/// Answers the object's call for sectors.
fn serve(context: &mut HostContext<'_>, device: &FileDevice<'_>) -> Result<u32, Trap> {
    let [first, buf, count] = [context.arg(1)?, context.arg(2)?, context.arg(3)?];
    let mut bytes = vec![0; count as usize * SECTOR_SIZE];
    let result = device.fill(first, &mut bytes);
    context.write(buf, &bytes)?;
    Ok(result.map_or_else(|error| error.0 as u32, |()| 0))
}
