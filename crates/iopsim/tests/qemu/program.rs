//! Random programs.
//!
//! A program is a row of sequences. Each one loads the registers from its record, does random things
//! to them and to the record's data, and stores the registers. The last instructions write all
//! records to the standard output.

use std::collections::BTreeSet;
use std::ops::Range;

use iopsim::reg::{A0, A1, A2, K0, K1, T0, T1, V0, ZERO};
use iopsim::{Instr, asm};

/// Where the code is: in reach of both, above Linux's lowest address and below the end of 2 MiB.
pub const TEXT: u32 = 0x0001_0000;
/// Where the records are.
pub const RECORDS: u32 = 0x0010_0000;
/// Linux's `write` and `exit` in the o32 numbering.
pub const SYS_WRITE: u32 = 4004;
const SYS_EXIT: u32 = 4001;

/// Registers before (33 words), registers after (33 words), data. HI is in place of `$zero`, LO after
/// `$ra`.
pub const RECORD_BYTES: u32 = 512;
const AFTER: u32 = 256;
const BEFORE_WORDS: usize = 33;
/// Data from here to `DATA_END`, with `$k0` in the middle.
const DATA: u32 = 448;
const DATA_BYTES: u32 = 64;
const REACH: i16 = DATA_BYTES as i16 / 2;

/// A record as the failure message needs it.
pub struct Record {
    pub after: Vec<u32>,
    pub data: Vec<u8>,
}

impl Record {
    pub fn parse(bytes: &[u8]) -> Record {
        let words = bytes[AFTER as usize..].chunks_exact(4).take(BEFORE_WORDS);
        let after = words
            .map(|word| u32::from_le_bytes(word.try_into().unwrap()))
            .collect();
        Record {
            after,
            data: bytes[DATA as usize..].to_vec(),
        }
    }
}

pub struct Batch {
    pub code: Vec<u32>,
    pub records: Vec<u8>,
    /// Instructions of each sequence as indexes into `code`.
    pub sequences: Vec<Range<usize>>,
}

impl Batch {
    pub fn random(seed: u64, count: u32) -> Batch {
        let mut builder = Builder {
            random: Random(seed.wrapping_mul(2) + 1),
            code: Vec::new(),
        };
        let mut batch = Batch {
            code: Vec::new(),
            records: Vec::new(),
            sequences: Vec::new(),
        };
        for n in 0..count {
            builder.random.fill_record(&mut batch.records);
            builder.load_registers(RECORDS + n * RECORD_BYTES);
            let start = builder.code.len();
            let units = 5 + builder.random.below(20);
            (0..units).for_each(|_| builder.unit());
            batch.sequences.push(start..builder.code.len());
            builder.store_registers();
        }
        builder.write_and_exit(count * RECORD_BYTES);
        assert!(
            TEXT as usize + builder.code.len() * 4 <= RECORDS as usize,
            "code meets records"
        );
        batch.code = builder.code;
        batch
    }

    /// Mnemonics of the instructions that the program has.
    pub fn operations(&self) -> BTreeSet<String> {
        let instrs = self.code.iter().filter_map(|&word| Instr::decode(word));
        instrs.map(|instr| instr.op.name().to_owned()).collect()
    }
}

/// xorshift64*, Vigna 2016.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32) as u32
    }

    fn below(&mut self, end: u32) -> u32 {
        self.next() % end
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u32) as usize]
    }

    fn half(&mut self) -> u16 {
        self.value() as u16
    }

    /// Often a value at which something changes.
    fn value(&mut self) -> u32 {
        match self.below(4) {
            0 => self.pick(&[
                0,
                1,
                u32::MAX,
                0x7FFF_FFFF,
                0x8000_0000,
                0x7FFF,
                0x8000,
                0xFFFF,
            ]),
            1 => self.below(256),
            _ => self.next(),
        }
    }

    fn fill_record(&mut self, records: &mut Vec<u8>) {
        let words = RECORD_BYTES / 4;
        records.extend((0..words).flat_map(|_| self.value().to_le_bytes()));
    }

    /// A register that programs may change: all but `$zero`, the data pointer and the record pointer.
    fn target(&mut self) -> u8 {
        loop {
            let reg = 1 + self.below(31) as u8;
            if reg != K0 && reg != K1 {
                return reg;
            }
        }
    }

    fn source(&mut self) -> u8 {
        self.below(32) as u8
    }

    /// A target other than the given registers.
    fn target_but(&mut self, others: &[u8]) -> u8 {
        loop {
            let reg = self.target();
            if !others.contains(&reg) {
                return reg;
            }
        }
    }
}

type Alu = fn(u8, u8, u8) -> u32;
type Memory = fn(u8, i16, u8) -> u32;

const ALU: [Alu; 12] = [
    asm::addu,
    asm::subu,
    asm::and,
    asm::or,
    asm::xor,
    asm::nor,
    asm::slt,
    asm::sltu,
    asm::sllv,
    asm::srlv,
    asm::srav,
    asm::addu,
];
const SHIFT: [Alu; 3] = [asm::sll, asm::srl, asm::sra];
const LOADS: [(Memory, i16); 7] = [
    (asm::lb, 1),
    (asm::lbu, 1),
    (asm::lh, 2),
    (asm::lhu, 2),
    (asm::lw, 4),
    (asm::lwl, 1),
    (asm::lwr, 1),
];
const STORES: [(Memory, i16); 5] = [
    (asm::sb, 1),
    (asm::sh, 2),
    (asm::sw, 4),
    (asm::swl, 1),
    (asm::swr, 1),
];

struct Builder {
    random: Random,
    code: Vec<u32>,
}

impl Builder {
    fn emit(&mut self, words: &[u32]) {
        self.code.extend(words);
    }

    /// Address of the next instruction.
    fn here(&self) -> u32 {
        TEXT + 4 * self.code.len() as u32
    }

    fn load_registers(&mut self, record: u32) {
        self.emit(&asm::li(K1, record));
        self.emit(&[
            asm::lw(T0, 0, K1),
            asm::lw(T1, 128, K1),
            asm::mthi(T0),
            asm::mtlo(T1),
            asm::addiu(K0, K1, (DATA + DATA_BYTES / 2) as i16),
        ]);
        for reg in (1..32).filter(|&reg| reg != K0 && reg != K1) {
            self.emit(&[asm::lw(reg, 4 * i16::from(reg), K1)]);
        }
        self.emit(&[asm::NOP]);
    }

    fn store_registers(&mut self) {
        let after = AFTER as i16;
        self.emit(&[asm::NOP]);
        for reg in 1..32 {
            self.emit(&[asm::sw(reg, after + 4 * i16::from(reg), K1)]);
        }
        self.emit(&[
            asm::mfhi(T0),
            asm::mflo(T1),
            asm::sw(T0, after, K1),
            asm::sw(T1, after + 128, K1),
        ]);
    }

    fn write_and_exit(&mut self, bytes: u32) {
        self.emit(&asm::li(V0, SYS_WRITE));
        self.emit(&asm::li(A0, 1));
        self.emit(&asm::li(A1, RECORDS));
        self.emit(&asm::li(A2, bytes));
        self.emit(&[asm::syscall(0)]);
        self.emit(&asm::li(V0, SYS_EXIT));
        self.emit(&[asm::addu(A0, ZERO, ZERO), asm::syscall(0)]);
    }

    /// A few instructions that belong together.
    fn unit(&mut self) {
        match self.random.below(12) {
            0..=2 => {
                let word = self.arithmetic();
                self.emit(&[word]);
            }
            3 => self.checked_arithmetic(),
            4 => self.multiply_divide(),
            5 | 6 => self.load(),
            7 => self.unaligned_pair(),
            8 | 9 => {
                let word = self.store();
                self.emit(&[word]);
            }
            10 => self.branch(),
            _ => self.jump(),
        }
    }

    /// An instruction on registers that cannot fail.
    fn arithmetic(&mut self) -> u32 {
        let random = &mut self.random;
        let (rd, rs, rt) = (random.target(), random.source(), random.source());
        let imm = random.half();
        match random.below(12) {
            0..=4 => random.pick(&ALU)(rd, rs, rt),
            5 | 6 => random.pick(&SHIFT)(rd, rt, imm as u8 % 32),
            7 => random.pick(&[asm::andi, asm::ori, asm::xori])(rd, rs, imm),
            8 => random.pick(&[asm::addiu, asm::slti, asm::sltiu])(rd, rs, imm as i16),
            9 => asm::lui(rd, imm),
            10 => random.pick(&[asm::addiu, asm::addi])(rd, ZERO, imm as i16),
            _ => random.pick(&ALU)(ZERO, rs, rt),
        }
    }

    /// `add`, `addi` or `sub` of numbers too small to overflow.
    fn checked_arithmetic(&mut self) {
        let a = self.random.target();
        let b = self.random.target_but(&[a]);
        let (rd, imm) = (self.random.target(), self.random.half() as i16);
        let (rs, rt) = (self.random.source(), self.random.source());
        self.emit(&[asm::sra(a, rs, 2), asm::sra(b, rt, 2)]);
        let word = match self.random.below(3) {
            0 => asm::add(rd, a, b),
            1 => asm::sub(rd, a, b),
            _ => asm::addi(rd, a, imm),
        };
        self.emit(&[word]);
    }

    fn multiply_divide(&mut self) {
        let (rs, rt) = (self.random.source(), self.random.target());
        let word = match self.random.below(6) {
            0 => asm::mult(rs, rt),
            1 => asm::multu(rs, rt),
            2 => asm::mthi(rs),
            3 => asm::mtlo(rs),
            n => {
                // A divisor that is not zero; an even one only if it has a bit of its own.
                let bit = self.random.pick(&[1, 2, 0x100]);
                self.emit(&[asm::ori(rt, rt, bit)]);
                if n == 4 {
                    asm::div(rs, rt)
                } else {
                    asm::divu(rs, rt)
                }
            }
        };
        self.emit(&[word]);
        let (hi, lo) = (self.random.target(), self.random.target());
        match self.random.below(4) {
            0 => self.emit(&[asm::mfhi(hi), asm::NOP, asm::NOP]),
            1 => self.emit(&[asm::mflo(lo), asm::NOP, asm::NOP]),
            2 => self.emit(&[asm::mfhi(hi), asm::mflo(lo), asm::NOP, asm::NOP]),
            _ => {}
        }
    }

    /// A base register and an offset somewhere in the data, aligned to `align`. The base is the data
    /// pointer or a register that an emitted instruction sets.
    fn place(&mut self, align: i16, bytes: i16) -> (i16, u8) {
        let slots = (2 * REACH - bytes) / align + 1;
        let offset = self.random.below(slots as u32) as i16 * align - REACH;
        if self.random.below(3) != 0 {
            return (offset, K0);
        }
        let base = self.random.target();
        let bias = self.random.half() as i16 / 2;
        self.emit(&[asm::addiu(base, K0, bias)]);
        (offset - bias, base)
    }

    /// An instruction for the delay slot of a load: anything that does not read its target. It may
    /// write it.
    fn filler(&mut self, loaded: u8) -> u32 {
        let word = self.arithmetic();
        match Instr::decode(word) {
            Some(instr) if !instr.reads(loaded) => word,
            _ => asm::NOP,
        }
    }

    fn load(&mut self) {
        let (load, size) = self.random.pick(&LOADS);
        let (offset, base) = self.place(size, size);
        // Sometimes to $zero or over its own base.
        let rt = match self.random.below(8) {
            0 => ZERO,
            1 if base != K0 => base,
            _ => self.random.target(),
        };
        self.emit(&[load(rt, offset, base)]);
        let filler = self.filler(rt);
        self.emit(&[filler]);
    }

    fn unaligned_pair(&mut self) {
        let (offset, base) = self.place(1, 4);
        let rt = self.random.target_but(&[base]);
        let mut loads = [asm::lwr(rt, offset, base), asm::lwl(rt, offset + 3, base)];
        let mut stores = [asm::swr(rt, offset, base), asm::swl(rt, offset + 3, base)];
        if self.random.below(2) == 0 {
            loads.reverse();
            stores.reverse();
        }
        if self.random.below(3) == 0 {
            return self.emit(&stores);
        }
        self.emit(&loads);
        let filler = self.filler(rt);
        self.emit(&[filler]);
    }

    fn store(&mut self) -> u32 {
        let (store, size) = self.random.pick(&STORES);
        let (offset, base) = self.place(size, size);
        store(self.random.source(), offset, base)
    }

    /// For the delay slot of a branch: no load, whose own delay would reach both ways.
    fn slot(&mut self) -> u32 {
        self.arithmetic()
    }

    /// A forward branch over some arithmetic. Its delay slot is sometimes a load: then both ways start
    /// with an instruction that does not need it.
    fn branch(&mut self) {
        type BranchZero = fn(u8, i16) -> u32;
        const ZERO_BRANCHES: [BranchZero; 6] = [
            asm::blez,
            asm::bgtz,
            asm::bltz,
            asm::bgez,
            asm::bltzal,
            asm::bgezal,
        ];
        let (rs, rt) = (self.random.source(), self.random.source());
        let distance = 2 + self.random.below(4) as i16;
        let word = match self.random.below(5) {
            0 => asm::beq(rs, rt, distance),
            1 => asm::bne(rs, rt, distance),
            2 => asm::beq(rs, rs, distance),
            _ => self.random.pick(&ZERO_BRANCHES)(rs, distance),
        };
        let slot = match self.random.below(3) {
            0 => asm::lw(self.random.target(), 0, K0),
            _ => self.slot(),
        };
        self.emit(&[word, slot, asm::NOP]);
        for _ in 2..distance {
            let skipped = self.arithmetic();
            self.emit(&[skipped]);
        }
        self.emit(&[asm::NOP]);
    }

    /// A jump over one instruction.
    fn jump(&mut self) {
        let link = self.random.target();
        let pointer = self.random.target_but(&[link]);
        let slot = self.slot();
        let kind = self.random.below(4);
        // Two instructions more where the target comes from a register.
        let length = if kind < 2 { 3 } else { 5 };
        let target = self.here() + 4 * length;
        match kind {
            0 => self.emit(&[asm::j(target)]),
            1 => self.emit(&[asm::jal(target)]),
            _ => self.emit(&asm::li(pointer, target)),
        }
        match kind {
            2 => self.emit(&[asm::jr(pointer)]),
            3 => self.emit(&[asm::jalr(link, pointer)]),
            _ => {}
        }
        let skipped = self.arithmetic();
        self.emit(&[slot, skipped]);
    }
}
