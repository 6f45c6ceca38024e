//! Counting semaphores.

struct Sema {
    count: u32,
    max: u32,
    by_priority: bool,
    /// Threads, the first one first.
    waiting: Vec<usize>,
}

/// All semaphores of a program, counted from 1.
#[derive(Default)]
pub(super) struct Semas(Vec<Sema>);

/// What became of a signal.
pub(super) enum Signalled {
    /// There is no such semaphore, or it is full.
    Refused,
    /// Somebody may pass later.
    Counted,
    /// This thread passes.
    Passed(usize),
}

/// What became of a thread at a semaphore.
pub(super) enum Waited {
    /// There is no such semaphore.
    Refused,
    Passed,
    Waits,
}

impl Semas {
    pub(super) fn create(&mut self, count: u32, max: u32, by_priority: bool) -> u32 {
        self.0.push(Sema {
            count,
            max,
            by_priority,
            waiting: Vec::new(),
        });
        self.0.len() as u32
    }

    fn get(&mut self, number: u32) -> Option<&mut Sema> {
        self.0.get_mut((number as usize).checked_sub(1)?)
    }

    pub(super) fn signal(&mut self, number: u32, priority: impl Fn(usize) -> u32) -> Signalled {
        let Some(sema) = self.get(number) else {
            return Signalled::Refused;
        };
        let mut order = sema.waiting.iter().enumerate();
        let next = if sema.by_priority {
            order.min_by_key(|(_, thread)| priority(**thread))
        } else {
            order.next()
        };
        if let Some((place, _)) = next {
            return Signalled::Passed(sema.waiting.remove(place));
        }
        if sema.count >= sema.max {
            return Signalled::Refused;
        }
        sema.count += 1;
        Signalled::Counted
    }

    pub(super) fn wait(&mut self, number: u32, thread: usize) -> Waited {
        let Some(sema) = self.get(number) else {
            return Waited::Refused;
        };
        if sema.count > 0 {
            sema.count -= 1;
            return Waited::Passed;
        }
        sema.waiting.push(thread);
        Waited::Waits
    }
}
