//! Plays every trace on every reader.

use anyhow::{Context, Result, anyhow};
use testkit::module::Module;

use super::c_reader::CReader;
use super::event::{Contender, Recording};
use super::layout::Layout;
use super::opl::Opl;
use super::optimum;
use super::ours::Ours;
use super::plain::Plain;
use super::timeline::Timeline;
use super::trace::{self, Trace};
use common::Original;
use common::ZsoFile;
use common::device::{Asked, FileDevice};
use common::progress::bar;
use ziso::backend::{BACKENDS, Backend};
use zso::SECTOR_SIZE;
use zso::format::HEADER_SIZE;

/// What can read a game's disc.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reader {
    /// The image is not compressed: there is no reader.
    Iso,
    /// OPL's C reader, which ours replaces.
    C,
    /// Ours, with the functions of `zso.h`.
    Ours,
    /// Ours, with the functions of OPL's.
    Opl,
    /// The same, decoding while the device reads.
    Overlap,
    /// Ours in Neutrino, which always has the same memory.
    Neutrino,
}

impl Reader {
    /// All of them, those under test last.
    pub const ALL: [Self; 6] = [
        Self::Iso,
        Self::C,
        Self::Ours,
        Self::Opl,
        Self::Overlap,
        Self::Neutrino,
    ];
    /// Those that are compared with the others.
    pub const TESTED: [Self; 4] = [Self::Ours, Self::Opl, Self::Overlap, Self::Neutrino];

    /// For tables and charts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Iso => "plain ISO",
            Self::C => "C reader",
            Self::Ours => "zso.o",
            Self::Opl => "zso_opl.o",
            Self::Overlap => "zso_opl_overlap.o",
            Self::Neutrino => "zso_device_fhi.o",
        }
    }
}

/// A trace, played on all readers.
pub struct Played {
    /// The trace.
    pub trace: Trace,
    /// Bytes of the compressed file in which the trace's sectors are, each counted once.
    pub compressed: u64,
    /// Seconds that it takes at least on each of [`BACKENDS`], if no read is under way when one of the game's returns.
    pub optimum: [f64; BACKENDS.len()],
    /// Where the sectors of the file's index end, in bytes.
    index_end: u64,
    /// What the readers did, with as many sectors of cache.
    recordings: Vec<(Reader, u32, Recording)>,
}

impl Played {
    /// What a reader did with `cache` sectors of cache, or of read-ahead buffer.
    pub fn recording(&self, reader: Reader, cache: u32) -> &Recording {
        let wanted = |entry: &&(Reader, u32, Recording)| (entry.0, entry.1) == (reader, cache);
        let found = self.recordings.iter().find(wanted);
        // invariant: `play` goes through the caches of all backends, and nobody asks for a reader that was not wanted.
        &found.expect("it was played").2
    }

    /// When what was busy on a device.
    pub fn timeline(&self, reader: Reader, backend: &Backend) -> Timeline {
        Timeline::new(self.recording(reader, backend.cache), backend)
    }

    /// Seconds that it takes on a device.
    pub fn seconds(&self, reader: Reader, backend: &Backend) -> f64 {
        self.timeline(reader, backend).end
    }

    /// What they are made of.
    pub fn shares(&self, reader: Reader, backend: &Backend) -> Shares {
        let (mut index, mut data) = (0.0, 0.0);
        for request in self.recording(reader, backend.cache).requests() {
            let is_index = request.start + request.bytes <= self.index_end;
            let sum = if is_index { &mut index } else { &mut data };
            *sum += backend.seconds_for(request.bytes as f64);
        }
        let processor = self.seconds(reader, backend) - index - data;
        Shares {
            index,
            data,
            processor,
        }
    }
}

/// Where the time of a trace goes, in seconds: the device's for the index and for the rest, and the processor's in which
/// the device has nothing to do.
pub struct Shares {
    pub index: f64,
    pub data: f64,
    pub processor: f64,
}

/// An image, as it is and compressed, and the console's objects.
#[derive(Clone, Copy)]
pub struct Setup<'a> {
    /// As it is.
    pub disc: &'a Original,
    /// Compressed.
    pub zso: &'a ZsoFile,
    /// `zso.o`.
    pub object: &'a [u8],
    /// `zso_opl.o`.
    pub opl: &'a [u8],
    /// `zso_opl_overlap.o`.
    pub overlap: &'a [u8],
    /// `zso_device_fhi.o`.
    pub device_fhi: &'a [u8],
}

/// Plays all traces on all readers, with the caches of all backends.
pub fn all(setup: Setup<'_>) -> Result<Vec<Played>> {
    some(setup, &Reader::ALL, |_| true)
}

/// Some of the traces on some of the readers.
pub fn some(
    setup: Setup<'_>,
    readers: &[Reader],
    wanted: impl Fn(&Trace) -> bool,
) -> Result<Vec<Played>> {
    let layout = Layout::of(setup.zso)?;
    let mut traces = trace::all(&layout);
    traces.retain(wanted);
    let bar = bar("traces", traces.len() as u64);
    let played = bar.wrap_iter(traces.into_iter()).map(|trace| {
        let name = trace.name;
        play(setup, readers, &layout, trace).with_context(|| format!("trace {name}"))
    });
    let played = played.collect();
    bar.finish_and_clear();
    played
}

fn play(setup: Setup<'_>, readers: &[Reader], layout: &Layout, trace: Trace) -> Result<Played> {
    let mut caches = BACKENDS.map(|backend| backend.cache).to_vec();
    caches.sort_unstable();
    caches.dedup();
    let mut recordings = Vec::new();
    for cache in caches {
        for &reader in readers {
            let recording = match reader {
                Reader::Iso => record(&mut Plain, &trace),
                Reader::C => record(&mut CReader::new(layout, cache), &trace),
                Reader::Ours => record_ours(setup, cache, &trace),
                Reader::Opl => record(&mut Opl::new(setup.opl, setup, cache)?, &trace),
                Reader::Overlap => record(&mut Opl::new(setup.overlap, setup, cache)?, &trace),
                Reader::Neutrino => record(&mut Opl::in_neutrino(setup)?, &trace),
            };
            recordings.push((reader, cache, recording?));
        }
    }
    let reads = optimum::reads(setup.zso, layout, &trace)?;
    Ok(Played {
        optimum: BACKENDS.map(|backend| optimum::seconds(&reads, &backend)),
        compressed: compressed(layout, &trace),
        index_end: index_end(setup.zso),
        trace,
        recordings,
    })
}

fn record(reader: &mut dyn Contender, trace: &Trace) -> Result<Recording> {
    let mut recording = Recording::default();
    for &(lsn, count) in &trace.reads {
        reader.read(lsn, count, &mut recording)?;
    }
    Ok(recording)
}

/// With a read-ahead buffer of as many sectors as OPL's C reader has cache: both take the same memory then.
fn record_ours(setup: Setup<'_>, read_ahead: u32, trace: &Trace) -> Result<Recording> {
    let Setup {
        disc, zso, object, ..
    } = setup;
    let mut module = Module::from_object(object);
    let mut device = FileDevice::new(&zso.file, zso.len, &Asked::default());
    let memory = zso::memory_sectors(zso.header.block_size(), read_ahead);
    let workspace = module.workspace_size(zso.header.block_size(), read_ahead);
    let mounted = module.mount(&mut device, memory);
    let mounted = mounted.map_err(|code| anyhow!("the image cannot be mounted: {code:?}"))?;
    record(&mut Ours::new(mounted, disc, workspace), trace)
}

/// Where the last sector ends that has entries of the index.
fn index_end(zso: &ZsoFile) -> u64 {
    let bytes = HEADER_SIZE + size_of_val(zso.index());
    bytes.next_multiple_of(SECTOR_SIZE) as u64
}

/// Bytes of the blocks that a trace reads.
fn compressed(layout: &Layout, trace: &Trace) -> u64 {
    let mut wanted = vec![false; layout.blocks() as usize];
    for &(lsn, count) in &trace.reads {
        wanted[lsn as usize..][..count as usize].fill(true);
    }
    let blocks = (0..).zip(wanted).filter(|&(_, wanted)| wanted);
    blocks.map(|(block, _)| layout.size(block, 1)).sum()
}

/// The geometric mean, 1 of nothing.
pub fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let logs: Vec<_> = values.into_iter().map(f64::ln).collect();
    let sum: f64 = logs.iter().sum();
    (sum / logs.len().max(1) as f64).exp()
}

/// How many times as fast a reader is as another one on a device, in the mean of all traces.
pub fn speedup(played: &[Played], reader: Reader, over: Reader, backend: &Backend) -> f64 {
    mean(
        played
            .iter()
            .map(|played| played.seconds(over, backend) / played.seconds(reader, backend)),
    )
}
