//! What instructions cost.

/// Costs in CPU cycles (36.864 MHz).
///
/// The load, multiply and divide figures are those measured on the first PlayStation's CPU, of the
/// same make; the PlayStation 2's own are not published.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CycleModel {
    /// Any load from RAM or a device, its issue included.
    pub load: u32,
    /// Time for which a store keeps the write queue busy when it opens a 1 KiB page; 0 for a queue
    /// that never fills. The store itself takes one cycle until the queue's four entries are full.
    pub drain_first: u32,
    /// The same for a store to the page of the one before it, while that one is still in the queue.
    pub drain_same_page: u32,
    /// Whether a load waits until the write queue is empty. Nobody has published whether it does, so figures are given
    /// for both.
    pub loads_wait: bool,
    /// Start of an instruction cache refill.
    pub icache_miss: u32,
    /// Each word of a refill.
    pub icache_word: u32,
    /// Multiplication whose first operand has at most 11 significant bits, until `mfhi` and `mflo` may go on.
    pub mult_short: u32,
    /// The same for at most 20 bits.
    pub mult_medium: u32,
    /// The same for more.
    pub mult_long: u32,
    /// Division, until `mfhi` and `mflo` may go on.
    pub div: u32,
}

impl CycleModel {
    /// The R3000A with its RAM and instruction cache.
    pub const fn r3000a() -> CycleModel {
        CycleModel {
            load: 7,
            drain_first: 4,
            drain_same_page: 2,
            loads_wait: false,
            icache_miss: 5,
            icache_word: 1,
            mult_short: 6,
            mult_medium: 9,
            mult_long: 13,
            div: 36,
        }
    }

    /// One cycle per instruction: an upper bound for consoles that interpret the code (SCPH-75000 and later).
    pub const fn flat() -> CycleModel {
        CycleModel {
            load: 1,
            drain_first: 0,
            drain_same_page: 0,
            loads_wait: false,
            icache_miss: 0,
            icache_word: 0,
            mult_short: 0,
            mult_medium: 0,
            mult_long: 0,
            div: 0,
        }
    }

    /// Time of a multiplication by its first operand; a signed one counts without its sign bits.
    pub(crate) fn multiply(&self, rs: u32, signed: bool) -> u32 {
        let size = if signed && rs >> 31 != 0 { !rs } else { rs };
        match size {
            0..=0x7FF => self.mult_short,
            0x800..=0xF_FFFF => self.mult_medium,
            _ => self.mult_long,
        }
    }
}

impl Default for CycleModel {
    fn default() -> CycleModel {
        CycleModel::r3000a()
    }
}

/// The four stores between the CPU and RAM.
#[derive(Clone, Copy, Default)]
pub(crate) struct WriteQueue {
    /// When each of the last four stores has left, the oldest at `oldest`.
    leaves: [u64; 4],
    oldest: usize,
    page: u32,
}

impl WriteQueue {
    /// When the last store has left.
    #[inline(always)]
    pub(crate) fn empty_at(&self) -> u64 {
        self.leaves[(self.oldest + 3) % 4]
    }

    /// Takes a store at cycle `now` and returns the cycle at which there was room for it.
    #[inline(always)]
    pub(crate) fn push(&mut self, now: u64, addr: u32, model: &CycleModel) -> u64 {
        let newest = self.empty_at();
        let accepted = now.max(self.leaves[self.oldest % 4]);
        let page = addr >> 10;
        let same = page == self.page && newest > now;
        let drain = if same {
            model.drain_same_page
        } else {
            model.drain_first
        };
        self.leaves[self.oldest % 4] = newest.max(accepted) + u64::from(drain);
        self.oldest = (self.oldest + 1) % 4;
        self.page = page;
        accepted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiplication_time_follows_the_first_operand() {
        let model = CycleModel::r3000a();
        let cases = [
            (0x0000_0000, true, 6),
            (0x0000_07FF, true, 6),
            (0x0000_0800, true, 9),
            (0x000F_FFFF, true, 9),
            (0x0010_0000, true, 13),
            (0xFFFF_F800, true, 6),
            (0xFFFF_F7FF, true, 9),
            (0xFFF0_0000, true, 9),
            (0xFFEF_FFFF, true, 13),
            (0x8000_0000, true, 13),
            (0xFFFF_FFFF, false, 13),
        ];
        for (rs, signed, cycles) in cases {
            assert_eq!(model.multiply(rs, signed), cycles, "{rs:#x} {signed}");
        }
    }

    #[test]
    fn the_queue_stalls_only_when_full() {
        let model = CycleModel::r3000a();
        let mut queue = WriteQueue::default();
        // Back to back on one page: leave at 5, 7, 9, 11; the fifth waits until 5, the sixth until 7.
        let mut now = 1;
        let mut times = Vec::new();
        for n in 0..6 {
            let accepted = queue.push(now, 0x1000 + 4 * n, &model);
            times.push(accepted);
            now = accepted + 1;
        }
        assert_eq!(times, [1, 2, 3, 4, 5, 7]);
    }

    #[test]
    fn another_page_costs_a_first_store() {
        let model = CycleModel::r3000a();
        let mut queue = WriteQueue::default();
        let mut now = 1;
        for n in 0..4 {
            now = queue.push(now, n * 0x400, &model) + 1;
        }
        assert_eq!(queue.push(now, 0x2000, &model), 5);
        assert_eq!(queue.push(6, 0x3000, &model), 9);
    }
}
