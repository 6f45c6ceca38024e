//! A file in memory that fails when it is told to, and sees to it that the reader keeps its promises.

use core::cell::{Cell, RefCell};
use core::ops::Range;

use testkit::device::DeviceError;
use zso::device::Work;
use zso::{SECTOR_SIZE, SectorDevice};

/// More device requests than any request makes.
const ENDLESS: u32 = 2000;
/// What a failing request leaves in the buffer.
const JUNK: u8 = 0x5A;

/// What a device does and is asked for, shared with whoever looks on.
#[derive(Debug, Default)]
pub(crate) struct Controls {
    /// Requests that fail.
    faults: RefCell<Range<u32>>,
    /// Requests since the faults were set.
    requests: Cell<u32>,
    failed: Cell<bool>,
    /// The first sector and the bytes of all requests, as far as they are to be compared.
    log: Option<RefCell<Vec<(u32, usize)>>>,
    /// How many of them had been made when the faults were set.
    before: Cell<usize>,
    compared: Cell<bool>,
}

impl Controls {
    /// Controls that keep all requests.
    pub(crate) fn logging() -> Self {
        Self {
            log: Some(RefCell::default()),
            compared: Cell::new(true),
            ..Self::default()
        }
    }

    /// Lets these requests fail, counted from the next one.
    pub(crate) fn set_faults(&self, faults: Range<u32>) {
        self.faults.replace(faults);
        self.requests.set(0);
        self.failed.set(false);
        let log = self.log.as_ref();
        self.before.set(log.map_or(0, |log| log.borrow().len()));
    }

    /// Leaves out what was asked for since then, and from now on.
    pub(crate) fn end_comparison(&self) {
        if self.compared.replace(false)
            && let Some(log) = &self.log
        {
            log.borrow_mut().truncate(self.before.get());
        }
    }

    /// Whether a request has failed since then.
    pub(crate) fn failed(&self) -> bool {
        self.failed.get()
    }

    /// All requests that were kept.
    pub(crate) fn into_log(self) -> Vec<(u32, usize)> {
        self.log.map(RefCell::into_inner).unwrap_or_default()
    }

    /// Counts a request; returns whether it fails.
    fn count(&self, first: u32, len: usize) -> bool {
        if let Some(log) = self.log.as_ref().filter(|_| self.compared.get()) {
            log.borrow_mut().push((first, len));
        }
        let number = self.requests.get();
        assert!(number < ENDLESS, "the reader asks without end");
        self.requests.set(number + 1);
        self.faults.borrow().contains(&number)
    }
}

/// The device of a [`Program`](crate::program::Program).
#[derive(Clone, Copy, Debug)]
pub(crate) struct FuzzDevice<'f> {
    /// Whole sectors.
    pub(crate) file: &'f [u8],
    pub(crate) size_known: bool,
    /// Whether other work is done meanwhile: before the bytes are there.
    pub(crate) overlaps: bool,
    pub(crate) controls: &'f Controls,
}

impl<'f> FuzzDevice<'f> {
    fn file_sectors(&self) -> u32 {
        (self.file.len() / SECTOR_SIZE) as u32
    }

    /// The bytes asked for, if they are there and the request does not fail.
    fn bytes(&self, first: u32, len: usize, fails: bool) -> Result<&'f [u8], DeviceError> {
        let start = first as usize * SECTOR_SIZE;
        match self.file.get(start..start + len) {
            Some(_) if fails => Err(DeviceError::IO),
            Some(bytes) => Ok(bytes),
            None => {
                assert!(
                    !self.size_known,
                    "sector {first} and {len} bytes are past the end"
                );
                Err(DeviceError::PAST_END)
            }
        }
    }
}

impl SectorDevice for FuzzDevice<'_> {
    type Error = DeviceError;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), DeviceError> {
        let len = buf.len();
        assert!(
            len > 0 && len.is_multiple_of(SECTOR_SIZE),
            "a buffer of {len} bytes"
        );
        assert!(buf.as_ptr().addr().is_multiple_of(4), "a misaligned buffer");
        let fails = self.controls.count(first, len);
        let result = self.bytes(first, len, fails);
        match result {
            Ok(bytes) => buf.copy_from_slice(bytes),
            Err(_) => {
                self.controls.failed.set(true);
                buf.fill(JUNK);
            }
        }
        result.map(drop)
    }

    fn sectors(&self) -> Option<u32> {
        self.size_known.then(|| self.file_sectors())
    }

    fn overlaps(&self) -> bool {
        self.overlaps
    }

    fn read_sectors_while(
        &mut self,
        first: u32,
        buf: &mut [u8],
        work: &mut dyn Work,
    ) -> Result<(), DeviceError> {
        if !self.overlaps {
            let result = self.read_sectors(first, buf);
            work.run();
            return result;
        }
        // What the work does with memory that is being read to, the bytes or the judge show.
        buf.fill(JUNK);
        work.run();
        self.read_sectors(first, buf)
    }
}
