//! One thread reads, several work, and the caller's own gets the results in order.
//!
//! Every queue is bounded, so that the slowest of the three sets the pace, and memory stays the same whatever the size
//! of the image. The queues are long enough to keep all cores busy while a disk makes one of the three wait.

use std::io;
use std::num::NonZeroUsize;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::error::Error;

/// Bytes of the image that are under way, at most; twice as much memory if they become no smaller.
const UNDER_WAY: u64 = 12 << 20;

/// Something to be worked on, and where the result is awaited.
struct Job<J, R> {
    input: J,
    reply: Sender<Result<R, Error>>,
}

type Replies<R> = Receiver<Receiver<Result<R, Error>>>;

/// How many threads do the work, and how many jobs may be under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crew {
    threads: usize,
    under_way: usize,
}

impl Crew {
    /// As many threads as wanted, or as there are cores, for jobs of `run` bytes.
    pub(crate) fn new(wanted: Option<NonZeroUsize>, run: u64) -> Self {
        let cores = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        // Memory goes before speed: of large jobs there are no more than fit, whatever the cores.
        let most = usize::try_from(UNDER_WAY / run.max(1)).unwrap_or(usize::MAX);
        let threads = wanted.unwrap_or_else(cores).get().min(most.max(1));
        Self {
            threads,
            under_way: most.max(threads + 1),
        }
    }
}

/// Works on all `jobs`, and gives the results to `sink` in order; the first error, in this order, ends it all.
///
/// Each thread makes itself a worker, which may keep memory from one job to the next.
pub(crate) fn run<J: Send, R: Send, W: FnMut(J) -> Result<R, Error>>(
    jobs: impl Iterator<Item = Result<J, Error>> + Send,
    worker: impl Fn() -> W + Sync,
    crew: Crew,
    sink: &mut dyn FnMut(R) -> Result<(), Error>,
) -> Result<(), Error> {
    // What waits here is bounded by `order`: whatever is in the queue has its place there first.
    let (queue, taken) = bounded(crew.under_way);
    let (order, replies) = bounded(crew.under_way);
    thread::scope(|scope| {
        let start_worker = || {
            let (taken, worker) = (taken.clone(), &worker);
            thread::Builder::new().spawn_scoped(scope, move || work(&taken, worker()))
        };
        start_worker().map_err(Error::Thread)?;
        // With fewer threads than wanted it takes longer, that is all.
        let _more = (1..crew.threads).map_while(|_| start_worker().ok()).count();
        // If all workers are gone, the queue has to end, too.
        drop(taken);
        thread::Builder::new()
            .spawn_scoped(scope, move || feed(jobs, &order, &queue))
            .map_err(Error::Thread)?;
        drain(replies, sink)
    })
}

/// Puts each job into the queue, and its reply into the order of results.
///
/// Ends early when nobody awaits results any more.
fn feed<J, R>(
    jobs: impl Iterator<Item = Result<J, Error>>,
    order: &Sender<Receiver<Result<R, Error>>>,
    queue: &Sender<Job<J, R>>,
) {
    for job in jobs {
        let (reply, result) = bounded(1);
        if order.send(result).is_err() {
            return;
        }
        let handed_on = match job {
            Ok(input) => queue.send(Job { input, reply }).is_ok(),
            Err(error) => reply.send(Err(error)).is_ok(),
        };
        if !handed_on {
            return;
        }
    }
}

/// Works on what is in the queue until it is empty for good.
fn work<J, R>(taken: &Receiver<Job<J, R>>, mut work: impl FnMut(J) -> Result<R, Error>) {
    for Job { input, reply } in taken {
        // Nobody may await it any more: then the queue ends soon.
        let _ = reply.send(work(input));
    }
}

fn drain<R>(
    replies: Replies<R>,
    sink: &mut dyn FnMut(R) -> Result<(), Error>,
) -> Result<(), Error> {
    for reply in replies {
        let result = reply.recv().map_err(|_| lost_thread())?;
        sink(result?)?;
    }
    Ok(())
}

fn lost_thread() -> Error {
    Error::Thread(io::Error::other("it ended early"))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use super::*;

    const RUN: u64 = 256 << 10;

    fn crew(threads: usize) -> Crew {
        Crew::new(NonZeroUsize::new(threads), RUN)
    }

    /// Takes its time, and more of it for some.
    fn slow_square() -> impl FnMut(u64) -> Result<u64, Error> {
        |i| {
            thread::sleep(Duration::from_micros(i % 7 * 50));
            Ok(i * i)
        }
    }

    #[test]
    fn results_come_in_order() {
        for threads in [1, 2, 7] {
            let mut results = Vec::new();
            run(
                (0..500).map(Ok),
                slow_square,
                crew(threads),
                &mut |result| {
                    results.push(result);
                    Ok(())
                },
            )
            .expect("nothing fails");
            let squares: Vec<u64> = (0..500).map(|i| i * i).collect();
            assert_eq!(results, squares, "{threads} threads");
        }
    }

    #[test]
    fn failing_sink_ends_all_threads() {
        let mut left = 3;
        let result = run((0..).map(Ok), slow_square, crew(4), &mut |_| {
            left -= 1;
            if left > 0 {
                Ok(())
            } else {
                Err(Error::Interrupted)
            }
        });
        assert!(matches!(result, Err(Error::Interrupted)));
    }

    #[test]
    fn failing_job_comes_in_its_turn() {
        let jobs = (0..).map(|i| {
            if i < 50 {
                Ok(i)
            } else {
                Err(Error::Interrupted)
            }
        });
        let mut seen = 0;
        let result = run(jobs, slow_square, crew(4), &mut |_| {
            seen += 1;
            Ok(())
        });
        assert!(matches!(result, Err(Error::Interrupted)));
        assert_eq!(seen, 50);
    }

    #[test]
    fn failing_worker_ends_all_threads() {
        let worker = || {
            |i: u64| {
                if i < 20 {
                    Ok(i)
                } else {
                    Err(Error::Interrupted)
                }
            }
        };
        let mut seen = 0;
        let result = run((0..).map(Ok), worker, crew(2), &mut |_| {
            seen += 1;
            Ok(())
        });
        assert!(matches!(result, Err(Error::Interrupted)));
        assert_eq!(seen, 20);
    }

    #[test]
    fn queues_bound_what_is_in_memory() {
        let made = AtomicU64::new(0);
        let jobs = (0..).map(|i| {
            made.store(i, Ordering::SeqCst);
            Ok(i)
        });
        let result = run(jobs, slow_square, crew(2), &mut |_| {
            thread::sleep(Duration::from_millis(100));
            Err(Error::Interrupted)
        });
        assert!(result.is_err());
        assert!(made.load(Ordering::SeqCst) <= UNDER_WAY / RUN + 2);
    }

    #[test]
    fn large_jobs_are_few() {
        let crew = Crew::new(NonZeroUsize::new(3), 16 << 20);
        assert_eq!((crew.threads, crew.under_way), (1, 2));
    }
}
