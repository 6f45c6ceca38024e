//! The disc drive: reading sectors by its commands for CDs and DVDs, with DMA, waiting for the end of each.

use core::fmt;
use core::marker::PhantomData;
use core::num::NonZeroI32;

use zso::device::Work;
use zso::{SECTOR_SIZE, Sector, SectorDevice};

use super::clock::{self, Instant};
use super::registers::{
    self, CDVD_COMMAND, CDVD_ERROR, CDVD_INTERRUPT, CDVD_READY, DMA_ENABLE, DMA3_ADDRESS,
    DMA3_BLOCKS, DMA3_CONTROL,
};

/// Bits of a segment that are a physical address, which is what DMA takes.
const PHYSICAL: usize = 0x1FFF_FFFF;
/// [`CDVD_READY`]: takes a command.
const READY: u8 = 0x40;
/// [`DMA3_CONTROL`]: blocks, from the device, start.
const FROM_DEVICE: u32 = 0x4100_0200;
/// [`DMA3_CONTROL`]: not at its end.
const BUSY: u32 = 1 << 24;
const CHANNEL_3: u32 = 8 << 12;
/// Longer than any seek or start of the motor.
const PATIENCE: u32 = 10 * clock::HERTZ;
/// Sectors that one command reads at most: how many blocks one DMA has.
const MOST: usize = 1024;

/// Bytes before a DVD sector's data.
const FRAME_HEAD: usize = 12;
/// Bytes of a DVD sector.
const FRAME: usize = FRAME_HEAD + SECTOR_SIZE + 4;
/// DVD sectors that are read at a time.
const FRAMES: usize = 16;
/// Sectors of memory that they take.
pub(crate) const FRAME_SECTORS: usize = (FRAMES * FRAME).div_ceil(SECTOR_SIZE);
/// Number of a DVD's first sector, as its frames have it.
const FIRST_FRAME: u32 = 0x3_0000;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CdvdError {
    NotReady,
    /// A command does not come to its end.
    Endless,
    /// It ended with this error.
    Drive(u8),
    /// A DVD's sector is another one than was asked for.
    Frame(u32),
    /// The disc ends before. The drive would not tell: it reports success.
    PastEnd(u32),
}

impl fmt::Display for CdvdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotReady => f.write_str("the drive takes no command"),
            Self::Endless => f.write_str("a command does not end"),
            Self::Drive(error) => write!(f, "the drive's error {error:02x}"),
            Self::Frame(found) => write!(f, "DVD sector {found} instead"),
            Self::PastEnd(lsn) => write!(f, "sector {lsn} is not on the disc"),
        }
    }
}

impl core::error::Error for CdvdError {}

impl embedded_io::Error for CdvdError {
    fn kind(&self) -> embedded_io::ErrorKind {
        embedded_io::ErrorKind::Other
    }
}

impl From<CdvdError> for NonZeroI32 {
    fn from(error: CdvdError) -> Self {
        let number = match error {
            CdvdError::NotReady => 1,
            CdvdError::Endless => 2,
            CdvdError::Frame(_) => 3,
            CdvdError::PastEnd(_) => 4,
            CdvdError::Drive(error) => 0x100 | i32::from(error),
        };
        // Never 0, which would stand for success.
        Self::new(number).unwrap_or(Self::MIN)
    }
}

/// The commands that read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Command {
    /// Sectors of 2048 bytes.
    Cd = 0x06,
    /// Sectors of 2064 bytes: number, data, checksum.
    Dvd = 0x08,
}

impl Command {
    /// Words of one DMA block, and blocks of one sector.
    fn blocks(self) -> (u32, u32) {
        match self {
            Self::Cd => (32, 16),
            Self::Dvd => (12, 43),
        }
    }
}

/// The drive with a disc in it.
pub(crate) struct Cdvd {
    pub(crate) command: Command,
    /// Sectors of the disc, once they are known.
    pub(crate) sectors: Option<u32>,
    /// Cycles spent in this driver, nearly all of it waiting. Other work meanwhile is not in them.
    pub(crate) waited: u64,
    frames: &'static mut [Sector; FRAME_SECTORS],
}

impl Cdvd {
    pub(crate) fn new(frames: &'static mut [Sector; FRAME_SECTORS]) -> Self {
        Self {
            command: Command::Cd,
            sectors: None,
            waited: 0,
            frames,
        }
    }

    fn read_dvd(&mut self, first: u32, buf: &mut [u8]) -> Result<(), CdvdError> {
        for (lsn, part) in (first..)
            .step_by(FRAMES)
            .zip(buf.chunks_mut(FRAMES * SECTOR_SIZE))
        {
            let len = part.len() / SECTOR_SIZE * FRAME;
            let frames = &mut Sector::bytes_mut(self.frames)[..len];
            Transfer::start(Command::Dvd, lsn, frames)?.finish()?;
            let frames = Sector::bytes(self.frames).chunks_exact(FRAME);
            for ((lsn, frame), sector) in
                (lsn..).zip(frames).zip(part.chunks_exact_mut(SECTOR_SIZE))
            {
                check_frame(frame, lsn)?;
                sector.copy_from_slice(&frame[FRAME_HEAD..][..SECTOR_SIZE]);
            }
        }
        Ok(())
    }

    fn check_end(&self, first: u32, buf: &[u8]) -> Result<(), CdvdError> {
        let end = first.saturating_add((buf.len() / SECTOR_SIZE) as u32);
        match self.sectors {
            Some(sectors) if end > sectors => Err(CdvdError::PastEnd(end - 1)),
            _ => Ok(()),
        }
    }
}

impl SectorDevice for Cdvd {
    type Error = CdvdError;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), CdvdError> {
        self.check_end(first, buf)?;
        let start = Instant::now();
        let read = match self.command {
            Command::Cd => read_cd(first, buf),
            Command::Dvd => self.read_dvd(first, buf),
        };
        self.waited += u64::from(start.elapsed());
        read
    }

    fn sectors(&self) -> Option<u32> {
        self.sectors
    }

    fn overlaps(&self) -> bool {
        self.command == Command::Cd
    }

    /// DMA needs nobody's help: the work is done between the command and the question whether it has ended.
    fn read_sectors_while(
        &mut self,
        first: u32,
        buf: &mut [u8],
        work: &mut dyn Work,
    ) -> Result<(), CdvdError> {
        let at_once = self.check_end(first, buf).is_ok() && buf.len() <= MOST * SECTOR_SIZE;
        if !self.overlaps() || !at_once {
            let read = self.read_sectors(first, buf);
            work.run();
            return read;
        }
        let start = Instant::now();
        let transfer = Transfer::start(Command::Cd, first, buf);
        let working = Instant::now();
        work.run();
        let worked = working.elapsed();
        let read = transfer.and_then(Transfer::finish);
        self.waited += u64::from(start.elapsed() - worked);
        read
    }
}

fn read_cd(first: u32, buf: &mut [u8]) -> Result<(), CdvdError> {
    for (lsn, part) in (first..)
        .step_by(MOST)
        .zip(buf.chunks_mut(MOST * SECTOR_SIZE))
    {
        Transfer::start(Command::Cd, lsn, part)?.finish()?;
    }
    Ok(())
}

/// A DVD's sector says which one it is, big endian and in three bytes.
fn check_frame(frame: &[u8], lsn: u32) -> Result<(), CdvdError> {
    let [_, a, b, c, ..] = *frame else {
        return Err(CdvdError::Frame(0));
    };
    let found = u32::from_be_bytes([0, a, b, c]).wrapping_sub(FIRST_FRAME);
    if found == lsn {
        Ok(())
    } else {
        Err(CdvdError::Frame(found))
    }
}

/// A command that reads, under way.
struct Transfer<'b> {
    start: Instant,
    /// What it reads to.
    buf: PhantomData<&'b mut [u8]>,
}

impl<'b> Transfer<'b> {
    /// Starts to read sectors of a command's kind, until `to` is full.
    fn start(command: Command, lsn: u32, to: &'b mut [u8]) -> Result<Self, CdvdError> {
        let start = Instant::now();
        wait_until(start, || CDVD_READY.read() & READY != 0).ok_or(CdvdError::NotReady)?;
        CDVD_INTERRUPT.write(0xFF);
        let (words, blocks) = command.blocks();
        let sectors = to.len() as u32 / (words * 4 * blocks);
        DMA_ENABLE.write(DMA_ENABLE.read() | CHANNEL_3);
        DMA3_ADDRESS.write((to.as_mut_ptr() as usize & PHYSICAL) as u32);
        DMA3_BLOCKS.write((blocks * sectors) << 16 | words);
        DMA3_CONTROL.write(FROM_DEVICE);
        let numbers = [lsn.to_le_bytes(), sectors.to_le_bytes()];
        // Retries, speed, and sectors of 2048 bytes: as the drive sees fit.
        let parameters = numbers.as_flattened().iter().chain(&[0; 3]);
        parameters.for_each(|&byte| CDVD_READY.write(byte));
        // What the program has written there must be in memory before the device writes,
        registers::fence();
        CDVD_COMMAND.write(command as u8);
        Ok(Self {
            start,
            buf: PhantomData,
        })
    }

    fn finish(self) -> Result<(), CdvdError> {
        let mut error = 0;
        // A command that fails ends without DMA. Reading the error takes it back.
        wait_until(self.start, || {
            if CDVD_INTERRUPT.read() != 0 {
                error = CDVD_ERROR.read();
            }
            error != 0 || DMA3_CONTROL.read() & BUSY == 0
        })
        .ok_or(CdvdError::Endless)?;
        // and what the device has written must be read after.
        registers::fence();
        if error == 0 {
            error = CDVD_ERROR.read();
        }
        match error {
            0 => Ok(()),
            error => Err(CdvdError::Drive(error)),
        }
    }
}

/// Waits for the drive; `None` if it takes too long.
fn wait_until(start: Instant, mut done: impl FnMut() -> bool) -> Option<()> {
    while !done() {
        if start.elapsed() > PATIENCE {
            return None;
        }
    }
    Some(())
}
