//! Where the module starts, and what it does: mounts the image with each object, reads it in each pattern, and reports.
#![allow(unsafe_code, reason = "the module's entry point")]

use core::ffi::{CStr, c_char};
use core::panic::PanicInfo;

use zso::SECTOR_SIZE;

use crate::kernel::{self, File, HERTZ, Memory, Mode};
use crate::list::{List, ListError};
use crate::objects::{Disc, Object};
use crate::pattern::{LONGEST, Pattern, Read};
use crate::text::Text;

/// What `_start` returns: the module stays, since its threads do. `MODULE_RESIDENT_END`.
const STAYS: i32 = 0;
/// Reads that fail before a pattern is given up: a device may take seconds for each.
const PATIENCE: u32 = 100;
/// Reads between two dots in the log.
const DOT: u32 = 4096;
/// Bytes of what is read, of the list, and of the report.
const BUFFER: usize = LONGEST as usize * SECTOR_SIZE;
const WINDOW: usize = SECTOR_SIZE;
const REPORT: usize = SECTOR_SIZE;

const USAGE: &CStr = c"zso_selftest.irx IMAGE LIST [REPORT [all]]\n\
    LIST is made by: ziso verify game.zso --crc-list game.crc\n";
const HEADS: &[u8] = b"             sectors    wrong   failed  first bad        ms   KB/s\n";

/// What the module was told.
struct Arguments {
    image: &'static CStr,
    list: &'static CStr,
    report: Option<&'static CStr>,
    /// Read all of the disc in every pattern.
    all: bool,
}

/// Called by the kernel's loader.
///
/// # Safety
/// `argv` has `argc` strings, which stay until this returns.
#[unsafe(no_mangle)]
unsafe extern "C" fn _start(argc: i32, argv: *const *const c_char) -> i32 {
    let argument = |number: i32| {
        (number < argc).then(|| {
            // SAFETY: the caller's promise.
            let string = unsafe { argv.wrapping_offset(number as isize).read() };
            // SAFETY: the caller's promise; nobody keeps it for longer.
            unsafe { CStr::from_ptr(string) }
        })
    };
    let (Some(image), Some(list)) = (argument(1), argument(2)) else {
        kernel::print(USAGE);
        return STAYS;
    };
    let arguments = Arguments {
        image,
        list,
        report: argument(3),
        all: argument(4).is_some(),
    };
    if !kernel::on_own_stack(&mut || run(&arguments)) {
        kernel::print(c"FAIL: no memory for a thread\n");
    }
    STAYS
}

fn run(arguments: &Arguments) {
    let Some(mut memory) = Memory::new((BUFFER + WINDOW + REPORT) / SECTOR_SIZE) else {
        return kernel::print(c"FAIL: no memory\n");
    };
    let Some((buffer, rest)) = memory.bytes().split_at_mut_checked(BUFFER) else {
        return;
    };
    let Some((window, report)) = rest.split_at_mut_checked(WINDOW) else {
        return;
    };
    let mut report = Report {
        text: Text::new(report),
        shown: 0,
        path: arguments.report,
    };
    report
        .text
        .put(b"zso_selftest ")
        .put(env!("CARGO_PKG_VERSION").as_bytes())
        .put(b", ");
    report.text.put(arguments.image.to_bytes()).put(b"\n");
    let mut totals = Figures::default();
    let mut fault = None;
    for object in [Object::Plain, Object::Overlap] {
        fault = fault.or(test(object, arguments, buffer, window, &mut report, &mut totals).err());
    }
    report.verdict(&totals, fault);
}

/// Why there is nothing to compare, as the report says it.
type Fault = &'static [u8];

/// Reads the image with an object in all patterns.
#[inline(never)] // It would be there twice.
fn test(
    object: Object,
    arguments: &Arguments,
    buffer: &mut [u8],
    window: &mut [u8],
    report: &mut Report<'_>,
    totals: &mut Figures,
) -> Result<(), Fault> {
    let file = File::open(arguments.image, Mode::Read).ok_or(&b"the image cannot be opened"[..])?;
    let mut disc = Disc::mount(object, &file, buffer).ok_or(&b"the image is no ZSO file"[..])?;
    let sectors = disc.sectors();
    report
        .text
        .put(b"\n")
        .put(object.name())
        .put(b", ")
        .number(sectors, 0)
        .put(b" sectors\n")
        .put(HEADS);
    report.show();
    if sectors == 0 {
        return Err(b"the image cannot be mounted");
    }
    let list = File::open(arguments.list, Mode::Read).ok_or(&b"the list cannot be opened"[..])?;
    let mut list = List::open(list, window, sectors).map_err(fault)?;
    for pattern in Pattern::ALL {
        let figures = play(
            &mut disc,
            sectors,
            pattern,
            arguments.all,
            &mut list,
            buffer,
        )
        .map_err(fault)?;
        report.row(pattern, &figures);
        totals.add(&figures);
    }
    Ok(())
}

fn fault(error: ListError) -> Fault {
    match error {
        ListError::NotAList => b"the list is not one of `ziso verify --crc-list`",
        ListError::OtherDisc(_) => b"the list is of another image",
        ListError::Read => b"the list cannot be read, or ends early",
    }
}

/// What reading in a pattern came to, in sectors.
#[derive(Default)]
struct Figures {
    read: u32,
    wrong: u32,
    /// Not delivered.
    failed: u32,
    first_bad: Option<u32>,
    ticks: u32,
}

impl Figures {
    fn add(&mut self, other: &Self) {
        self.read += other.read;
        self.wrong += other.wrong;
        self.failed += other.failed;
    }
}

fn play(
    disc: &mut Disc<'_>,
    sectors: u32,
    pattern: Pattern,
    all: bool,
    list: &mut List<'_, File>,
    buffer: &mut [u8],
) -> Result<Figures, ListError> {
    let mut figures = Figures::default();
    let mut failures = 0;
    let mut number = 0;
    while let Some(Read { lsn, count }) = pattern.read(number, sectors, all) {
        let Some(place) = buffer.get_mut(..count as usize * SECTOR_SIZE) else {
            break;
        };
        let start = kernel::ticks();
        let read = disc.read(lsn, place).min(count as usize);
        figures.ticks += kernel::ticks().wrapping_sub(start);
        for (lsn, sector) in (lsn..).zip(place.chunks_exact(SECTOR_SIZE).take(read)) {
            if !list.has(lsn, sector)? {
                figures.wrong += 1;
                figures.first_bad.get_or_insert(lsn);
            }
        }
        let read = read as u32;
        figures.read += read;
        if read < count {
            figures.failed += count - read;
            figures.first_bad.get_or_insert(lsn + read);
            failures += 1;
            if failures == PATIENCE {
                break;
            }
        }
        number += 1;
        if number % DOT == 0 {
            kernel::print(c".");
        }
    }
    Ok(figures)
}

/// What is printed, and written to a file.
struct Report<'m> {
    text: Text<'m>,
    /// How much of it was printed.
    shown: usize,
    path: Option<&'static CStr>,
}

impl Report<'_> {
    fn row(&mut self, pattern: Pattern, figures: &Figures) {
        let ms = figures.ticks / (HERTZ / 1000);
        let text = self.text.column(pattern.name().as_bytes(), 12);
        text.number(figures.read, 8)
            .number(figures.wrong, 9)
            .number(figures.failed, 9);
        match figures.first_bad {
            Some(lsn) => text.number(lsn, 11),
            None => text.put(b"          -"),
        };
        text.number(ms, 10)
            .number(rate(figures.read, ms), 7)
            .put(b"\n");
        self.show();
    }

    fn verdict(&mut self, totals: &Figures, fault: Option<Fault>) {
        let good = fault.is_none() && totals.wrong == 0 && totals.failed == 0;
        let text = self.text.put(if good { b"\nPASS: " } else { b"\nFAIL: " });
        match fault {
            Some(fault) => text.put(fault),
            None => text
                .number(totals.wrong, 0)
                .put(b" wrong, ")
                .number(totals.failed, 0)
                .put(b" not read"),
        };
        text.put(b", of ")
            .number(totals.read + totals.failed, 0)
            .put(b" sectors\n");
        self.show();
    }

    /// Prints what is new, and writes all of it to the file: a console that hangs later says as much.
    fn show(&mut self) {
        kernel::print(self.text.from(self.shown));
        self.shown = self.text.len();
        let Some(path) = self.path else { return };
        let written = File::open(path, Mode::Write).is_some_and(|file| file.write(self.text.all()));
        if !written {
            kernel::print(c"the report cannot be written\n");
        }
    }
}

/// KB/s: 1,000 bytes, as devices are sold.
fn rate(sectors: u32, ms: u32) -> u32 {
    // So that the product fits a word; what is lost is a millionth.
    let (sectors, ms) = if sectors >> 20 == 0 {
        (sectors, ms)
    } else {
        (sectors >> 4, ms >> 4)
    };
    sectors.wrapping_mul(SECTOR_SIZE as u32) / ms.max(1)
}

#[cfg_attr(target_arch = "mips", panic_handler)]
#[cfg_attr(
    not(target_arch = "mips"),
    allow(dead_code, reason = "std has its own")
)]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
