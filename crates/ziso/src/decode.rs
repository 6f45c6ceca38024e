//! All of the image in a file: of a ZSO file decoded by several threads at once.

use std::num::NonZeroUsize;

use discs::Form;

use crate::disc::{Disc, Zso};
use crate::error::{At, Error};
use crate::pipeline::{self, Crew};
use zso_write::Source;

/// Bytes of an image that is no ZSO file that are handed on at a time.
const PIECE: u64 = 256 << 10;

/// Gives all of the image to `sink`, in order.
pub(crate) fn read_disc(
    disc: &Disc,
    threads: Option<NonZeroUsize>,
    sink: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    if let Form::Zso(zso) = disc.form() {
        return read_all(zso, threads, sink);
    }
    let path = disc.file().path();
    let stream = disc.stream().at(path)?;
    for run in Source::new(stream, disc.bytes(), PIECE) {
        sink(&run.map_err(|error| Error::of_source(path, error))?.bytes)?;
    }
    Ok(())
}

/// Gives all of the image to `sink`, in order, and makes sure that none of it is made up.
///
/// Memory depends on the block size alone, which is limited.
fn read_all(
    zso: &Zso,
    threads: Option<NonZeroUsize>,
    sink: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    let path = zso.file().path();
    let run = zso_write::run_len(zso.header().block_size());
    if zso.total_bytes() <= run {
        // Not worth a thread.
        let all = zso.read_run(&mut zso.memory(), 0, run, Vec::new());
        sink(&all.at(path)?)?;
        return zso.check_tail().at(path);
    }
    let places = (0..zso.total_bytes()).step_by(run as usize).map(Ok);
    // Memory that is new each time costs a tenth of the time.
    let (used, free) = crossbeam_channel::unbounded();
    let worker = || {
        let (mut memory, free) = (zso.memory(), free.clone());
        move |at| {
            let bytes = free.try_recv().unwrap_or_default();
            zso.read_run(&mut memory, at, run, bytes).at(path)
        }
    };
    pipeline::run(places, worker, Crew::new(threads, run), &mut |bytes| {
        sink(&bytes)?;
        // Nobody needs it any more if all have ended.
        let _ = used.send(bytes);
        Ok(())
    })?;
    zso.check_tail().at(path)
}
