//! One thread reads, several compress, and the caller's own gets the results in order.
//!
//! Every queue is bounded, so that the slowest of the three sets the pace, and memory stays the same
//! whatever the size of the image.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::error::Error;
use crate::packer::{Packed, Packer};
use crate::source::Source;

/// Bytes that are compressed at a time, or one block if that is more.
const RUN: usize = 256 << 10;

/// Why the pipeline stopped early.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The image could not be read.
    Read(io::Error),
    /// The image is not as long as it was.
    Changed {
        /// Bytes that it had.
        expected: u64,
        /// Bytes found, at least.
        found: u64,
    },
    /// The encoder failed.
    Encode(lzzzz::Error),
    /// A thread could not be started, or ended without a result.
    Thread(io::Error),
    /// The file could not be written.
    Write(io::Error),
    /// Anything that is complete already.
    Other(Error),
}

/// A run of blocks to be packed, and where the result is awaited.
struct Job {
    run: Vec<u8>,
    reply: SyncSender<Result<Packed, lzzzz::Error>>,
}

type Reply = Receiver<Result<Packed, lzzzz::Error>>;

/// Packs all of `source` on `threads` threads, and gives the results to `sink` in order.
pub(crate) fn run<R: Read + Send>(
    source: Source<R>,
    packer: Packer,
    threads: usize,
    sink: &mut dyn FnMut(Packed) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let (jobs, queue) = sync_channel(threads);
    let (order, replies) = sync_channel(2 * threads);
    let queue = Mutex::new(queue);
    let run = run_len(packer.block_size);
    thread::scope(|scope| {
        let spawn_worker = || thread::Builder::new().spawn_scoped(scope, || work(&queue, packer));
        spawn_worker().map_err(Fault::Thread)?;
        // With fewer threads than wanted it takes longer, that is all.
        let _more = (1..threads).map_while(|_| spawn_worker().ok()).count();
        let reader = thread::Builder::new()
            .spawn_scoped(scope, move || feed(source, run, &order, &jobs))
            .map_err(Fault::Thread)?;

        let drained = drain(replies, sink);
        reader.join().map_err(|_| lost_thread())??;
        drained
    })
}

/// Bytes of the runs: whole blocks, at least one.
fn run_len(block_size: u32) -> usize {
    let block_size = block_size as usize;
    (RUN / block_size).max(1) * block_size
}

/// Reads runs, and puts each into the queue of jobs and its reply into the order of results.
///
/// Ends early, without an error of its own, when nobody awaits results any more.
fn feed<R: Read>(
    mut source: Source<R>,
    len: usize,
    order: &SyncSender<Reply>,
    jobs: &SyncSender<Job>,
) -> Result<(), Fault> {
    while let Some(run) = source.next(len)? {
        let (reply, result) = sync_channel(1);
        if order.send(result).is_err() || jobs.send(Job { run, reply }).is_err() {
            break;
        }
    }
    Ok(())
}

/// Packs what is in the queue until it is empty for good.
fn work(queue: &Mutex<Receiver<Job>>, packer: Packer) {
    while let Some(Job { run, reply }) = take(queue) {
        // Nobody may await it any more: then the queue ends soon.
        let _ = reply.send(packer.pack(&run));
    }
}

fn take(queue: &Mutex<Receiver<Job>>) -> Option<Job> {
    let queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    queue.recv().ok()
}

fn drain(
    replies: Receiver<Reply>,
    sink: &mut dyn FnMut(Packed) -> Result<(), Fault>,
) -> Result<(), Fault> {
    for reply in replies {
        let packed = reply.recv().map_err(|_| lost_thread())?;
        sink(packed.map_err(Fault::Encode)?)?;
    }
    Ok(())
}

fn lost_thread() -> Fault {
    Fault::Thread(io::Error::other("a thread ended early"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKER: Packer = Packer {
        level: 3,
        for_console: false,
        block_size: 2048,
        align: 0,
        threshold: 0,
    };

    /// Endless, so that only the length told ends it.
    fn source(len: u64) -> Source<impl Read + Send> {
        Source::new(io::repeat(9).take(len), len)
    }

    #[test]
    fn results_come_in_order() {
        let image: Vec<u8> = (0..40 * RUN as u64)
            .map(|i| (i / RUN as u64) as u8)
            .collect();
        for threads in [1, 2, 7] {
            let mut stored = Vec::new();
            let source = Source::new(&image[..], image.len() as u64);
            run(source, PACKER, threads, &mut |packed| {
                stored.extend(packed.bytes);
                Ok(())
            })
            .expect("nothing fails");
            assert!(stored == image, "{threads} threads");
        }
    }

    #[test]
    fn failing_sink_ends_all_threads() {
        let mut left = 3;
        let result = run(source(1 << 30), PACKER, 4, &mut |_| {
            left -= 1;
            if left > 0 {
                Ok(())
            } else {
                Err(Fault::Other(Error::Interrupted))
            }
        });
        assert!(matches!(result, Err(Fault::Other(Error::Interrupted))));
    }

    #[test]
    fn failing_source_ends_all_threads() {
        let short = Source::new(io::repeat(9).take(5 << 20), 6 << 20);
        let result = run(short, PACKER, 4, &mut |_| Ok(()));
        assert!(matches!(result, Err(Fault::Changed { found, .. }) if found == 5 << 20));
    }

    #[test]
    fn queues_bound_what_is_in_memory() {
        struct Counter(std::sync::Arc<std::sync::atomic::AtomicUsize>);
        impl Read for Counter {
            fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
                self.0
                    .fetch_add(buf.len(), std::sync::atomic::Ordering::SeqCst);
                Ok(buf.len())
            }
        }
        let read = std::sync::Arc::default();
        let source = Source::new(Counter(std::sync::Arc::clone(&read)), 1 << 40);
        let result = run(source, PACKER, 2, &mut |_| {
            thread::sleep(std::time::Duration::from_millis(100));
            Err(Fault::Other(Error::Interrupted))
        });
        assert!(result.is_err());
        assert!(read.load(std::sync::atomic::Ordering::SeqCst) <= 12 * RUN);
    }
}
