//! What is around the processor, as far as the ROM uses it: console, root counter 5, disc drive and its DMA channel.
//! What the ROM should not do is a bus error.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use bootrom::protocol::{FAIL, LINE, PASS};
use iopsim::{Device, Dma, Refused, Width};

use super::drive::Drive;

/// All its registers are in here.
pub const RANGE: Range<u32> = 0x1F40_0000..0x1F81_0000;

const CONSOLE: u32 = 0x1F80_380C;
const COUNTER_5: u32 = 0x1F80_14A0;
const COUNTER_5_MODE: u32 = 0x1F80_14A4;
const DRIVE: Range<u32> = 0x1F40_2004..0x1F40_2010;
const DMA3_ADDRESS: u32 = 0x1F80_10B0;
const DMA3_BLOCKS: u32 = 0x1F80_10B4;
const DMA3_CONTROL: u32 = 0x1F80_10B8;
const DMA_ENABLE: u32 = 0x1F80_10F0;

/// Whole lines that the program has written.
pub type Lines = Rc<RefCell<Vec<String>>>;

pub struct Board {
    lines: Lines,
    line: Vec<u8>,
    cycle: u64,
    /// When root counter 5 was at zero.
    zero: u64,
    drive: Drive,
}

impl Board {
    /// A board around a drive.
    pub fn new(drive: Drive, lines: Lines) -> Self {
        Self {
            lines,
            line: Vec::new(),
            cycle: 0,
            zero: 0,
            drive,
        }
    }

    /// Takes a byte for the console. After the last line nothing happens any more, so that is refused.
    fn print(&mut self, byte: u8) -> Result<(), Refused> {
        if byte != b'\n' {
            self.line.push(byte);
            return Ok(());
        }
        let line = String::from_utf8_lossy(&self.line).into_owned();
        self.line.clear();
        let text = line.strip_prefix(LINE).unwrap_or_default();
        let last = text.starts_with(PASS) || text.starts_with(FAIL);
        self.lines.borrow_mut().push(line);
        if last { Err(Refused) } else { Ok(()) }
    }
}

impl Device for Board {
    fn tick(&mut self, cycle: u64) {
        self.cycle = cycle;
    }

    fn read(&mut self, offset: u32, width: Width) -> Result<u32, Refused> {
        let address = RANGE.start + offset;
        match (address, width) {
            (COUNTER_5, Width::Word) => Ok((self.cycle - self.zero) as u32),
            (DMA3_CONTROL, Width::Word) => Ok(self.drive.control()),
            (DMA_ENABLE, Width::Word) => Ok(self.drive.channels),
            (_, Width::Byte) if DRIVE.contains(&address) => self.drive.read(address),
            _ => Err(Refused),
        }
    }

    fn write(&mut self, offset: u32, width: Width, value: u32) -> Result<(), Refused> {
        let address = RANGE.start + offset;
        match (address, width) {
            (CONSOLE, Width::Byte) => return self.print(value as u8),
            (COUNTER_5_MODE, Width::Word) if value == 0 => self.zero = self.cycle,
            (DMA3_ADDRESS, Width::Word) => self.drive.address = value,
            (DMA3_BLOCKS, Width::Word) => self.drive.blocks = value,
            (DMA3_CONTROL, Width::Word) => return self.drive.start_dma(value),
            (DMA_ENABLE, Width::Word) => self.drive.channels = value,
            (_, Width::Byte) if DRIVE.contains(&address) => {
                return self.drive.write(address, value as u8);
            }
            _ => return Err(Refused),
        }
        Ok(())
    }

    fn dma(&mut self) -> Option<Dma> {
        self.drive.dma()
    }
}
