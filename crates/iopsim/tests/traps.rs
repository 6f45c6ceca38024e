//! What ends a program.

mod common;

use std::cell::RefCell;
use std::rc::Rc;

use common::*;
use iopsim::reg::*;
use iopsim::{Device, Dma, Machine, Refused, Trap, Width, asm};

#[test]
fn words_of_later_revisions_are_reserved() {
    let words = [
        (0x0022_1042, "rotr"),
        (0x0064_100A, "movz"),
        (0x0064_100B, "movn"),
        (0x0000_000F, "sync"),
        (0x0064_0034, "teq"),
        (0x7064_1002, "mul"),
        (0x7062_1020, "clz"),
        (0x7C43_0800, "ext"),
        (0x7C03_1420, "seb"),
        (0x7C03_10A0, "wsbh"),
        (0x5064_0001, "beql"),
        (0x0462_0001, "bltzl"),
        (0xC064_0000, "ll"),
        (0xE064_0000, "sc"),
        (0xBC64_0000, "cache"),
        (0xDC64_0000, "ld"),
        (0x4600_0000, "add.s"),
        (0x4200_0018, "eret"),
        (0x4A48_0012, "GTE"),
        (0xFFFF_FFFF, "all ones"),
    ];
    for (word, name) in words {
        let trap = result(&[asm::NOP, word], &[]);
        assert_eq!(
            trap,
            Err(Trap::ReservedInstruction { pc: at(1), word }),
            "{name}"
        );
    }
}

#[test]
fn unaligned_accesses() {
    let accesses = [
        (asm::lh as fn(u8, i16, u8) -> u32, [1, 3]),
        (asm::lhu, [1, 3]),
        (asm::sh, [1, 3]),
        (asm::lw, [1, 2]),
        (asm::lw, [3, 6]),
        (asm::sw, [1, 2]),
        (asm::sw, [3, 6]),
    ];
    for (access, offsets) in accesses {
        for offset in offsets {
            let trap = result(&[DATA_TO_T0, access(T1, offset, T0)], &[]);
            let addr = DATA + offset as u32;
            assert_eq!(trap, Err(Trap::AddressError { pc: at(1), addr }));
        }
    }
}

#[test]
fn execution_outside_ram() {
    let jump = [asm::jr(A0), asm::NOP];
    let trap = |target| strict(&jump).call(CODE, &[target]).unwrap_err();
    assert_eq!(trap(0x0020_0000), Trap::FetchOutsideRam { pc: 0x0020_0000 });
    assert_eq!(trap(0xDEAD_0000), Trap::FetchOutsideRam { pc: 0xDEAD_0000 });
    assert_eq!(
        trap(CODE + 2),
        Trap::AddressError {
            pc: CODE + 2,
            addr: CODE + 2
        }
    );
    assert_eq!(trap(0x0FF0_0000), Trap::FetchOutsideRam { pc: 0x0FF0_0000 });
}

#[test]
fn accesses_outside_ram() {
    for addr in [0x0020_0000, 0x1F80_0000, 0x6000_0000, 0xFFFE_0000] {
        let trap = result(&[asm::lw(V0, 0, A0)], &[addr]);
        assert_eq!(trap, Err(Trap::BusErrorLoad { pc: CODE, addr }));
        let trap = result(&[asm::swl(V0, 1, A0)], &[addr]);
        assert_eq!(
            trap,
            Err(Trap::BusErrorStore {
                pc: CODE,
                addr: addr + 1
            })
        );
    }
}

#[test]
fn syscall_and_break_tell_their_code() {
    let trap = result(&[asm::syscall(0x12345)], &[]);
    assert_eq!(
        trap,
        Err(Trap::Syscall {
            pc: CODE,
            code: 0x12345
        })
    );
    assert_eq!(
        result(&[asm::breakpoint(7)], &[]),
        Err(Trap::Break { pc: CODE, code: 7 })
    );
}

#[test]
fn an_endless_loop_uses_up_the_budget() {
    let mut machine = strict(&[asm::beq(ZERO, ZERO, -1), asm::NOP]);
    machine.set_budget(1001);
    assert_eq!(machine.call(CODE, &[]), Err(Trap::Budget { pc: at(1) }));
    assert_eq!(machine.counters().instructions, 1001);
}

#[test]
fn a_program_goes_on_after_a_syscall() {
    let mut machine = strict(&[
        asm::addiu(V0, ZERO, 1),
        asm::syscall(0),
        asm::addiu(V0, V0, 1),
    ]);
    machine.write_words(at(3), &[asm::breakpoint(0)]).unwrap();
    machine.cpu_mut().jump(CODE);
    assert_eq!(machine.run(), Trap::Syscall { pc: at(1), code: 0 });
    machine.cpu_mut().jump(at(2));
    assert_eq!(machine.step_once(), Ok(()));
    assert_eq!(machine.cpu().reg(V0), 2);
    assert_eq!(machine.run(), Trap::Break { pc: at(3), code: 0 });
}

#[test]
fn a_trap_in_a_delay_slot_can_be_told() {
    let mut machine = strict(&[asm::beq(ZERO, ZERO, 3), asm::breakpoint(0)]);
    machine.cpu_mut().jump(CODE);
    assert_eq!(machine.run(), Trap::Break { pc: at(1), code: 0 });
    assert!(machine.cpu().in_delay_slot());
    assert_eq!(machine.cpu().pc(), at(1));
}

/// Stores one byte to each side of a buffer's end.
#[test]
fn the_write_guard_knows_every_byte() {
    let write = |offset: i16| {
        let mut machine = strict(&function(&[asm::sb(ZERO, offset, A0)]));
        machine
            .permit_writes(&[DATA..DATA + 33, machine.stack()])
            .unwrap();
        machine.call(CODE, &[DATA])
    };
    assert!(write(0).is_ok() && write(32).is_ok());
    assert_eq!(
        write(-1),
        Err(Trap::WriteOutside {
            pc: CODE,
            addr: DATA - 1
        })
    );
    assert_eq!(
        write(33),
        Err(Trap::WriteOutside {
            pc: CODE,
            addr: DATA + 33
        })
    );
}

#[test]
fn the_read_guard_is_separate() {
    let body = [asm::sw(ZERO, 0, A0), asm::lw(V0, 0, A0), asm::NOP];
    let mut machine = strict(&function(&body));
    machine.permit_reads(&[DATA..DATA + 2, CODE..CODE]).unwrap();
    let trap = machine.call(CODE, &[DATA]);
    assert_eq!(
        trap,
        Err(Trap::ReadOutside {
            pc: at(1),
            addr: DATA + 2
        })
    );
    machine.permit_all();
    assert_eq!(machine.call(CODE, &[DATA]), Ok(0));
    assert!(
        machine
            .permit_reads(&[0x0020_0000..0x0020_0001, DATA..DATA])
            .is_err()
    );
}

/// `swl` and `lwr` touch a part of a word, and only that part is checked.
#[test]
fn the_guard_sees_parts_of_words() {
    let run = |word| {
        let mut machine = strict(&function(&[word, asm::NOP]));
        machine
            .permit_writes(&[DATA + 1..DATA + 3, DATA..DATA])
            .unwrap();
        machine
            .permit_reads(&[DATA + 1..DATA + 3, DATA..DATA])
            .unwrap();
        machine.call(CODE, &[DATA]).err()
    };
    let read = |addr| Some(Trap::ReadOutside { pc: CODE, addr });
    let write = |addr| Some(Trap::WriteOutside { pc: CODE, addr });
    // Bytes 0 to n, and n to 3.
    assert_eq!(run(asm::lwl(V0, 1, A0)), read(DATA));
    assert_eq!(run(asm::lwr(V0, 1, A0)), read(DATA + 3));
    assert_eq!(run(asm::swl(V0, 2, A0)), write(DATA));
    assert_eq!(run(asm::swr(V0, 2, A0)), write(DATA + 3));
    let allow = |word, range| {
        let mut machine = strict(&function(&[word, asm::NOP]));
        machine.permit_writes(&[range, DATA..DATA]).unwrap();
        machine.call(CODE, &[DATA])
    };
    assert!(allow(asm::swl(V0, 2, A0), DATA..DATA + 3).is_ok());
    assert!(allow(asm::swr(V0, 2, A0), DATA + 2..DATA + 4).is_ok());
}

/// Four bytes that note the accesses and refuse writes to the first.
struct Registers(Rc<RefCell<Vec<(u32, Width, u32)>>>);

impl Device for Registers {
    fn read(&mut self, offset: u32, width: Width) -> Result<u32, Refused> {
        self.0.borrow_mut().push((offset, width, 0));
        Ok(0xFFFF_FF80 + offset)
    }

    fn write(&mut self, offset: u32, width: Width, value: u32) -> Result<(), Refused> {
        if offset == 0 {
            return Err(Refused);
        }
        self.0.borrow_mut().push((offset, width, value));
        Ok(())
    }
}

#[test]
fn devices_answer_outside_ram() {
    let log = Rc::new(RefCell::new(Vec::new()));
    let body = [
        asm::lui(T0, 0xBF40),
        asm::ori(T0, T0, 0x2000),
        asm::lb(V0, 5, T0),
        asm::lhu(V1, 6, T0),
        asm::sb(T0, 7, T0),
        asm::sh(V0, 6, T0),
        asm::sw(ZERO, 4, T0),
    ];
    let mut machine = strict(&function(&body));
    machine.add_device(0x1F40_2004..0x1F40_2008, Box::new(Registers(log.clone())));
    let refused = Trap::BusErrorStore {
        pc: at(6),
        addr: 0xBF40_2004,
    };
    assert_eq!(machine.call(CODE, &[]), Err(refused));
    assert_eq!(
        (machine.cpu().reg(V0), machine.cpu().reg(V1)),
        (0xFFFF_FF81, 0xFF82)
    );
    let expected = [
        (1, Width::Byte, 0),
        (2, Width::Half, 0),
        (3, Width::Byte, 0),
        (2, Width::Half, 0xFF81),
    ];
    assert_eq!(*log.borrow(), expected);
}

/// Writes its clock to RAM when it is written to, as often as it is told.
#[derive(Default)]
struct Writer {
    cycle: u64,
    left: u32,
}

impl Device for Writer {
    fn read(&mut self, _: u32, _: Width) -> Result<u32, Refused> {
        Ok(self.cycle as u32)
    }

    fn write(&mut self, _: u32, _: Width, value: u32) -> Result<(), Refused> {
        self.left = value;
        Ok(())
    }

    fn tick(&mut self, cycle: u64) {
        self.cycle = cycle;
    }

    fn dma(&mut self) -> Option<Dma> {
        self.left = self.left.checked_sub(1)?;
        let address = DATA + 4 * self.left;
        let bytes = (self.cycle as u32).to_le_bytes().to_vec();
        Some(Dma { address, bytes })
    }
}

#[test]
fn devices_have_a_clock_and_write_to_ram_by_themselves() {
    let body = [
        asm::lui(T0, 0xBF40),
        asm::lw(V0, 0, T0),
        asm::li(T1, 2)[0],
        asm::li(T1, 2)[1],
        asm::sw(T1, 0, T0),
    ];
    let mut machine = strict(&function(&body));
    // The program itself may not write anywhere.
    machine.permit_writes(&[]).unwrap();
    machine.add_device(0x1F40_0000..0x1F40_0004, Box::<Writer>::default());
    let first = machine.call(CODE, &[]).unwrap();
    let written = machine.read_word(DATA).unwrap();
    assert!(0 < first && first < written, "{first} {written}");
    assert_eq!(machine.read_word(DATA + 4), Ok(written));
    assert_eq!(machine.read_word(DATA + 8), Ok(0));
}

#[test]
fn a_rom_is_run_and_read_but_not_written() {
    const ROM: u32 = 0xBFC0_0000;
    let code = function(&[
        asm::lui(T0, 0xBFC0),
        asm::lbu(V0, 0x1D, T0),
        asm::lhu(V1, 0x1E, T0),
        asm::NOP,
        asm::sw(V0, 0x1C, T0),
    ]);
    let mut machine = Machine::default();
    // With a byte too few for the last word.
    machine.set_rom(&asm::to_bytes(&[&code[..], &[0x0034_5678]].concat())[..0x1F]);
    let refused = Trap::BusErrorStore {
        pc: ROM + 16,
        addr: ROM + 0x1C,
    };
    assert_eq!(machine.call(ROM, &[]), Err(refused));
    assert_eq!((machine.cpu().reg(V0), machine.cpu().reg(V1)), (0x56, 0x34));
    let end = Trap::FetchOutsideRam { pc: ROM + 0x20 };
    assert_eq!(machine.call(ROM + 0x20, &[]), Err(end));
}

#[test]
fn traps_read_well() {
    let text = Trap::LoadDelay { pc: CODE, reg: T0 }.to_string();
    assert_eq!(
        text,
        "$t0 used at 0x00010000, in the delay slot of its load"
    );
    let text = Trap::WriteOutside {
        pc: CODE,
        addr: DATA,
    }
    .to_string();
    assert_eq!(
        text,
        "write to 0x00100000 at 0x00010000, outside the permitted ranges"
    );
}
