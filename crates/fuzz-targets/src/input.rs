//! A fuzzer's bytes, taken one after the other.

/// The bytes that are left. Where none are, zeros are read, so that every input means something.
#[derive(Clone, Debug)]
pub(crate) struct Input<'d>(pub(crate) &'d [u8]);

impl Input<'_> {
    pub(crate) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    /// A byte modulo `below`, as a size.
    pub(crate) fn below(&mut self, below: u8) -> usize {
        usize::from(self.byte() % below)
    }

    /// Two bytes, little endian.
    pub(crate) fn half(&mut self) -> u16 {
        u16::from_le_bytes([self.byte(), self.byte()])
    }
}
