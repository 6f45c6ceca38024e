//! The disc drive: two commands that read, each with the DMA that goes with it.
//!
//! It takes its time: what is read is in memory when the program has asked a few times whether it is, and not before.
//! PCSX2's drive reads past the end of a disc and reports success; this one refuses.

use std::mem;

use iopsim::{Dma, Refused};
use zso::SECTOR_SIZE;

const COMMAND: u32 = 0x1F40_2004;
const READY: u32 = 0x1F40_2005;
const ERROR: u32 = 0x1F40_2006;
const INTERRUPT: u32 = 0x1F40_2008;

/// [`READY`]: takes commands.
const IDLE: u32 = 0x40;
/// DMA from the device, in blocks.
const START: u32 = 0x4100_0200;
/// The same, at its end.
const DONE: u32 = 0x4000_0200;
/// The channel's bit among those that are enabled.
const CHANNEL_3: u32 = 8 << 12;
/// What it interrupts for: a command has ended.
const ENDED: u32 = 3;
/// [`ERROR`]: a sector cannot be read.
const BAD_SECTOR: u8 = 0x30;
/// How often the program asks before a command is through.
const QUESTIONS: u32 = 3;
const PARAMETERS: usize = 11;
/// Bytes of a DVD's sector before its data, and after it.
const FRAME: (usize, usize) = (12, 4);
/// A DVD's first sector, as its frames have it.
const FIRST_FRAME: u32 = 0x3_0000;

pub struct Drive {
    image: Vec<u8>,
    parameters: Vec<u8>,
    /// Where DMA writes.
    pub address: u32,
    /// Words of a block, and blocks.
    pub blocks: u32,
    /// Channels that are enabled.
    pub channels: u32,
    started: bool,
    reading: Option<Reading>,
    bad_sector: Option<u32>,
    /// How the last command has ended.
    error: u8,
    interrupt: u32,
}

/// A command under way.
struct Reading {
    bytes: Vec<u8>,
    questions: u32,
}

impl Drive {
    /// A drive with a disc in it, of which it can perhaps not read one sector.
    pub fn new(image: Vec<u8>, bad_sector: Option<u32>) -> Self {
        Self {
            image,
            parameters: Vec::new(),
            address: 0,
            blocks: 0,
            channels: 0,
            started: false,
            reading: None,
            bad_sector,
            error: 0,
            interrupt: 0,
        }
    }

    pub fn read(&mut self, register: u32) -> Result<u32, Refused> {
        match register {
            READY if self.reading.is_none() => Ok(IDLE),
            READY => Ok(0),
            ERROR if self.reading.is_none() => Ok(mem::take(&mut self.error).into()),
            INTERRUPT => Ok(self.interrupt),
            _ => Err(Refused),
        }
    }

    pub fn write(&mut self, register: u32, value: u8) -> Result<(), Refused> {
        match register {
            READY if self.parameters.len() < PARAMETERS => self.parameters.push(value),
            COMMAND => return self.command(value),
            INTERRUPT => self.interrupt &= !u32::from(value),
            _ => return Err(Refused),
        }
        Ok(())
    }

    /// How far DMA is; asking brings it forward.
    pub fn control(&mut self) -> u32 {
        let Some(reading) = &mut self.reading else {
            return if self.started { START } else { DONE };
        };
        reading.questions = reading.questions.saturating_sub(1);
        if reading.questions == 0 { DONE } else { START }
    }

    pub fn start_dma(&mut self, control: u32) -> Result<(), Refused> {
        if control != START || self.channels & CHANNEL_3 == 0 {
            return Err(Refused);
        }
        self.started = true;
        Ok(())
    }

    /// What is through.
    pub fn dma(&mut self) -> Option<Dma> {
        let done = |reading: &mut Reading| reading.questions == 0;
        let reading = self.reading.take_if(done)?;
        self.started = false;
        self.interrupt = ENDED;
        Some(Dma {
            address: self.address,
            bytes: reading.bytes,
        })
    }

    fn command(&mut self, command: u8) -> Result<(), Refused> {
        let parameters: Vec<u8> = self.parameters.drain(..).collect();
        let word = |at: usize| Some(u32::from_le_bytes(*parameters.get(at..)?.first_chunk()?));
        let whole = parameters.len() == PARAMETERS && self.started && self.reading.is_none();
        let (lsn, count) = word(0).zip(word(4)).filter(|_| whole).ok_or(Refused)?;
        let bad = self.bad_sector.and_then(|bad| bad.checked_sub(lsn));
        if bad.is_some_and(|bad| bad < count) {
            // Without data: DMA waits on.
            self.error = BAD_SECTOR;
            self.interrupt = ENDED;
            return Ok(());
        }
        let sectors = self.sectors(lsn, count).ok_or(Refused)?;
        let bytes = match command {
            0x06 => sectors.to_vec(),
            0x08 => framed(lsn, sectors),
            _ => return Err(Refused),
        };
        // With less room than that the real one would wait for more.
        let room = (self.blocks & 0xFFFF) * (self.blocks >> 16) * 4;
        if room as usize != bytes.len() {
            return Err(Refused);
        }
        self.reading = Some(Reading {
            bytes,
            questions: QUESTIONS,
        });
        Ok(())
    }

    fn sectors(&self, lsn: u32, count: u32) -> Option<&[u8]> {
        let start = lsn as usize * SECTOR_SIZE;
        self.image.get(start..)?.get(..count as usize * SECTOR_SIZE)
    }
}

/// Sectors as they are on a DVD: with their number in front, big endian.
fn framed(first: u32, sectors: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (lsn, sector) in (first..).zip(sectors.chunks(SECTOR_SIZE)) {
        let mut head = [0; FRAME.0];
        head[..4].copy_from_slice(&(0x2000_0000 | (lsn + FIRST_FRAME)).to_be_bytes());
        bytes.extend(head);
        bytes.extend(sector);
        bytes.extend([0; FRAME.1]);
    }
    bytes
}
