//! What a device was asked for.

use core::cell::RefCell;
use std::rc::Rc;

use zso::SECTOR_SIZE;

/// One call of a device.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Request {
    /// The first sector.
    pub first: u32,
    /// How many.
    pub count: u32,
}

impl Request {
    /// The request that a call with `buf` is.
    #[must_use]
    pub fn new(first: u32, buf: &[u8]) -> Self {
        Self {
            first,
            count: (buf.len() / SECTOR_SIZE) as u32,
        }
    }

    /// The sector after the last one.
    #[must_use]
    pub fn end(self) -> u64 {
        u64::from(self.first) + u64::from(self.count)
    }
}

/// A shared list of requests; clones are the same list.
#[derive(Clone, Debug, Default)]
pub struct Log(Rc<RefCell<Vec<Request>>>);

impl Log {
    /// Adds a request.
    pub fn push(&self, request: Request) {
        self.0.borrow_mut().push(request);
    }

    /// The requests so far; the list is empty afterwards.
    #[must_use]
    pub fn take(&self) -> Vec<Request> {
        self.0.take()
    }

    /// Forgets the requests so far.
    pub fn clear(&self) {
        self.0.borrow_mut().clear();
    }

    /// Requests so far.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.0.borrow().len()
    }

    /// Sectors that were asked for so far.
    #[must_use]
    pub fn sectors(&self) -> u64 {
        self.0
            .borrow()
            .iter()
            .map(|request| u64::from(request.count))
            .sum()
    }
}
