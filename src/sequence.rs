//! Sequential requests: whether one goes on where the last one has ended, so that it pays to read ahead.

/// What is known of the last request.
pub(crate) struct Sequence {
    /// The LSN after its last sector.
    next: u32,
}

impl Sequence {
    /// After which no request is sequential.
    pub(crate) const NONE: Self = Self { next: u32::MAX };

    /// Whether a request goes on where the last one ended, or one sector before: loaders read the last sector again.
    pub(crate) fn continues(&self, lsn: u32) -> bool {
        self.next.wrapping_sub(lsn) <= 1
    }

    /// How many sectors a request that continues asks for again.
    #[cfg(feature = "lean")]
    pub(crate) fn again(&self, lsn: u32) -> u32 {
        self.next.wrapping_sub(lsn)
    }

    /// Begins a request, and tells whether it is sequential. Unless it [ends](Self::end), the next one is not.
    pub(crate) fn begin(&mut self, lsn: u32) -> bool {
        let sequential = self.continues(lsn);
        *self = Self::NONE;
        sequential
    }

    /// Ends a request that has delivered all before `end`.
    pub(crate) fn end(&mut self, end: u32) {
        self.next = end;
    }
}
