//! Whether requests go on where the last one has ended: games read in runs, and then it pays to read on.

/// What is known of the last request.
pub(crate) struct Run {
    /// The LSN behind it.
    next: u32,
}

impl Run {
    /// With which no request goes on.
    pub(crate) const NONE: Self = Self { next: u32::MAX };

    /// Of a request that has delivered all in front of `end`.
    pub(crate) fn up_to(end: u32) -> Self {
        Self { next: end }
    }

    /// Whether a request goes on where the last one ended, or one sector before: loaders read the last sector again.
    pub(crate) fn continues(&self, lsn: u32) -> bool {
        self.next.wrapping_sub(lsn) <= 1
    }
}
