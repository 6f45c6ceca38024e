//! Inputs made of others, the same ones for the same seed.

use testkit::Rng;

/// What a changed byte becomes, besides anything.
const TELLING: [u8; 8] = [0, 1, 0x0F, 0x7F, 0x80, 0xF0, 0xFE, 0xFF];
/// No input is longer.
const MOST: usize = 4096;
/// Most bytes that one change adds or takes away.
const REACH: usize = 40;

/// Makes inputs without end.
pub struct Mutator<'s> {
    seeds: &'s [Vec<u8>],
    rng: Rng,
    input: Vec<u8>,
}

impl<'s> Mutator<'s> {
    /// Changes `seeds`, of which there is at least one.
    #[must_use]
    pub fn new(seeds: &'s [Vec<u8>], seed: u64) -> Self {
        Self {
            seeds,
            rng: Rng::new(seed),
            input: Vec::with_capacity(MOST + REACH),
        }
    }

    /// The next input: a seed with a few changes, or with the end of another one.
    pub fn next_input(&mut self) -> &[u8] {
        self.input.clear();
        let seed = self.rng.pick(self.seeds);
        self.input.extend_from_slice(seed);
        if self.rng.chance(10) {
            self.splice();
        }
        for _ in 0..self.rng.within(1..9) {
            self.change();
        }
        self.input.truncate(MOST);
        &self.input
    }

    fn splice(&mut self) {
        let other = self.rng.pick(self.seeds);
        let at = self.place();
        self.input.truncate(at);
        self.input.extend_from_slice(&other[at.min(other.len())..]);
    }

    fn change(&mut self) {
        let at = self.place();
        let len = self.rng.within(1..REACH);
        let end = (at + len).min(self.input.len());
        match self.rng.within(0..16) {
            0 => self.input.truncate(at),
            1 => drop(self.input.drain(at..end)),
            2 => self.input.extend_from_within(at..end),
            3 => {
                let byte = self.rng.byte();
                self.input.insert(at, byte);
            }
            4..10 => self.set(at, |byte, rng| byte ^ 1 << rng.within(0..8)),
            10..14 => self.set(at, |_, rng| *rng.pick(&TELLING)),
            _ => self.set(at, |_, rng| rng.byte()),
        }
    }

    /// A place in the input, or at its end.
    fn place(&mut self) -> usize {
        self.rng.within(0..self.input.len() + 1)
    }

    fn set(&mut self, at: usize, value: impl FnOnce(u8, &mut Rng) -> u8) {
        if let Some(byte) = self.input.get_mut(at) {
            *byte = value(*byte, &mut self.rng);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_inputs() {
        let seeds = [b"some bytes".to_vec(), Vec::new()];
        let inputs = |seed| {
            let mut mutator = Mutator::new(&seeds, seed);
            let inputs: Vec<_> = (0..99).map(|_| mutator.next_input().to_vec()).collect();
            inputs
        };
        assert_eq!(inputs(1), inputs(1));
        assert_ne!(inputs(1), inputs(2));
    }
}
