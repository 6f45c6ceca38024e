//! A device that fails when it is told to.

use core::cell::RefCell;
use core::ops::Range;
use std::rc::Rc;

use zso::SectorDevice;

use super::{DeviceError, Request};
use crate::Rng;

/// What is to fail; clones are the same list.
#[derive(Clone, Debug, Default)]
pub struct Faults(Rc<RefCell<Plan>>);

#[derive(Debug, Default)]
struct Plan {
    /// Requests until the one that fails.
    countdown: Option<usize>,
    sectors: Vec<Range<u32>>,
    /// Requests that failed.
    failed: usize,
}

impl Faults {
    /// Lets one request fail: the next but `n`.
    pub fn fail_after(&self, n: usize) {
        self.0.borrow_mut().countdown = Some(n);
    }

    /// Lets every request fail that touches one of these sectors.
    pub fn fail_sectors(&self, sectors: Range<u32>) {
        self.0.borrow_mut().sectors.push(sectors);
    }

    /// Ends all faults.
    pub fn repair(&self) {
        let mut plan = self.0.borrow_mut();
        plan.countdown = None;
        plan.sectors.clear();
    }

    /// Requests that failed so far.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.0.borrow().failed
    }

    /// Whether this request fails, which is the next one.
    fn strike(&self, request: Request) -> bool {
        let mut plan = self.0.borrow_mut();
        let due = plan.countdown == Some(0);
        plan.countdown = plan.countdown.and_then(|n| n.checked_sub(1));
        let bad =
            |bad: &Range<u32>| bad.start < request.first + request.count && request.first < bad.end;
        let fails = due || plan.sectors.iter().any(bad);
        plan.failed += usize::from(fails);
        fails
    }
}

/// Passes requests on, but for those that [`Faults`] names: they fail with a code of their own, after the buffer was
/// filled with garbage.
#[derive(Clone, Debug)]
pub struct Faulty<D> {
    inner: D,
    faults: Faults,
}

impl<D> Faulty<D> {
    /// The code of every failure.
    pub const ERROR: DeviceError = DeviceError(-0x0BAD);

    /// `inner`, failing as `faults` says.
    #[must_use]
    pub fn new(inner: D, faults: &Faults) -> Self {
        Self {
            inner,
            faults: faults.clone(),
        }
    }
}

impl<D: SectorDevice<Error = DeviceError>> SectorDevice for Faulty<D> {
    type Error = DeviceError;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), DeviceError> {
        // The inner device checks and logs failing requests as well.
        self.inner.read_sectors(first, buf)?;
        if self.faults.strike(Request::new(first, buf)) {
            let mut rng = Rng::new(first.into());
            buf.fill_with(|| rng.byte());
            return Err(Self::ERROR);
        }
        Ok(())
    }

    fn sectors(&self) -> Option<u32> {
        self.inner.sectors()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::RamDevice;
    use zso::Sector;

    #[test]
    fn one_request_fails_and_leaves_garbage() {
        let faults = Faults::default();
        let mut device = Faulty::new(RamDevice::new(&[0; 4096]), &faults);
        let mut memory = vec![Sector::ZERO; 1];
        faults.fail_after(1);
        let mut read = |first| device.read_sectors(first, Sector::bytes_mut(&mut memory));
        assert_eq!(read(0), Ok(()));
        assert_eq!(read(0), Err(Faulty::<()>::ERROR));
        assert_eq!(read(1), Ok(()));
        faults.fail_sectors(1..2);
        assert_eq!(read(0), Ok(()));
        assert_eq!(read(1), Err(Faulty::<()>::ERROR));
        assert_ne!(memory[0].0, [0; 2048]);
        assert_eq!(faults.failed(), 2);
    }
}
