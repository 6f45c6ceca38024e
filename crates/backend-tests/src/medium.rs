//! What is at the other end of the wire: bytes at offsets of numbered files, what was asked of them, and faults.

use std::cell::RefCell;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

/// Bytes at offsets of numbered files.
pub trait Medium {
    /// Reads up to `buf.len()` bytes from `offset` of file `part` on, and returns how many there were: fewer at its
    /// end.
    ///
    /// # Errors
    /// A driver's number, below 0.
    fn read(&mut self, part: u32, offset: u64, buf: &mut [u8]) -> Result<usize, i32>;
}

/// Files in memory.
#[derive(Clone, Debug)]
pub struct Ram(pub Vec<Vec<u8>>);

impl Medium for Ram {
    fn read(&mut self, part: u32, offset: u64, buf: &mut [u8]) -> Result<usize, i32> {
        let rest = self.0.get(part as usize).and_then(|file| {
            let offset = usize::try_from(offset).ok()?;
            file.get(offset..)
        });
        let rest = rest.unwrap_or_default();
        let len = buf.len().min(rest.len());
        buf[..len].copy_from_slice(&rest[..len]);
        Ok(len)
    }
}

/// A transfer that was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Transfer {
    /// The file.
    pub part: u32,
    /// Where in it.
    pub offset: u64,
    /// How many bytes.
    pub len: usize,
}

/// What goes wrong. Transfers are counted from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Faults {
    /// One transfer that fails after it has filled half of its buffer with junk.
    pub fail: Option<usize>,
    /// One transfer that delivers half of its bytes.
    pub short: Option<usize>,
    /// The transfer with which the device is gone, as are all that follow.
    pub gone_from: Option<usize>,
    /// How long each transfer takes.
    pub delay: Duration,
}

/// What a driver says when a transfer fails.
pub const IO_ERROR: i32 = -1005;
/// What it says when the device is gone.
pub const GONE: i32 = -1019;
/// What it says when there was less than it was asked for.
pub const SHORT: i32 = -1022;

/// A medium at the end of a wire that keeps a record and makes faults. Clones are the same wire.
#[derive(Clone)]
pub struct Wire(Rc<RefCell<Inner>>);

struct Inner {
    medium: Box<dyn Medium>,
    transfers: Vec<Transfer>,
    faults: Faults,
}

impl Wire {
    /// A wire to a medium, without faults.
    #[must_use]
    pub fn new(medium: impl Medium + 'static) -> Self {
        Self(Rc::new(RefCell::new(Inner {
            medium: Box::new(medium),
            transfers: Vec::new(),
            faults: Faults::default(),
        })))
    }

    /// Makes these faults from here on, and counts from 0 again.
    pub fn set_faults(&self, faults: Faults) {
        let mut inner = self.0.borrow_mut();
        inner.faults = faults;
        inner.transfers.clear();
    }

    /// Takes the medium of another wire, which is left without one that delivers.
    pub fn connect(&self, other: &Self) {
        let medium: Box<dyn Medium> = Box::new(Ram(Vec::new()));
        let medium = std::mem::replace(&mut other.0.borrow_mut().medium, medium);
        self.0.borrow_mut().medium = medium;
    }

    /// The transfers so far; there are none afterwards.
    #[must_use]
    pub fn take_transfers(&self) -> Vec<Transfer> {
        std::mem::take(&mut self.0.borrow_mut().transfers)
    }

    /// Reads what there is.
    ///
    /// # Errors
    /// The medium's own, and the faults.
    pub fn read(&self, part: u32, offset: u64, buf: &mut [u8]) -> Result<usize, i32> {
        let Inner {
            medium,
            transfers,
            faults,
        } = &mut *self.0.borrow_mut();
        let number = transfers.len();
        let len = buf.len();
        transfers.push(Transfer { part, offset, len });
        thread::sleep(faults.delay);
        if faults.gone_from.is_some_and(|from| number >= from) {
            return Err(GONE);
        }
        if faults.fail == Some(number) {
            buf[..len / 2].fill(0x99);
            return Err(IO_ERROR);
        }
        let read = medium.read(part, offset, buf)?;
        if faults.short == Some(number) {
            buf[len / 2..].fill(0x99);
            return Ok(read.min(len / 2));
        }
        Ok(read)
    }

    /// Reads all of a buffer but the end of its last sector of `sector` bytes, which the file may not have.
    ///
    /// # Errors
    /// As [`read`](Self::read), and [`SHORT`].
    pub fn fill(&self, part: u32, offset: u64, buf: &mut [u8], sector: usize) -> Result<(), i32> {
        let number = self.0.borrow().transfers.len();
        let is_cut = self.0.borrow().faults.short == Some(number);
        let read = self.read(part, offset, buf)?;
        if read + sector > buf.len() && !is_cut {
            Ok(())
        } else {
            Err(SHORT)
        }
    }
}
