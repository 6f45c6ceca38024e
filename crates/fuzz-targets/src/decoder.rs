//! The decoders on any bytes, with `lz4_flex` as the judge: they accept the same blocks, with the same bytes, and write
//! nothing outside.
//!
//! An input is the length of the output (two bytes), the alignments (one byte), and the block. It is decoded as it is,
//! cut after each of its bytes, and to each length of output up to its own: three ways for a decoder to come to an end
//! that it did not expect.

use core::cell::RefCell;

use testkit::blocks::Case;
use testkit::code;
use testkit::module::Module;
use testkit::oracle::{End, Oracle};
use testkit::reader::{CANARY, check_canary};
use zso::lz4::{DecodeError, decode_block};

use crate::input::Input;

/// No output is longer: two sectors.
const MOST: usize = 4096;
/// Bytes that nobody may write on each side of the output.
const ZONE: usize = 64;
/// Cuts and lengths are tried up to this many bytes before the end, and one in so many before that.
const DENSE: usize = 64;
const SPARSE: usize = 61;

/// Decodes with the decoder of this machine. Returns how many blocks that were.
pub(crate) fn on_host(data: &[u8]) -> u64 {
    thread_local!(static HOST: RefCell<Host> = RefCell::new(Host::new()));
    HOST.with_borrow_mut(|host| each_block(data, |block| host.check(block)))
}

/// Decodes with the console's decoder in the simulator, which has to name the same errors, too.
pub(crate) fn on_console(data: &[u8]) -> u64 {
    thread_local!(static CONSOLE: RefCell<Console> = RefCell::new(Console::new()));
    CONSOLE.with_borrow_mut(|console| {
        console.check(&Block::new(data));
        1
    })
}

/// Inputs to begin with: blocks of all encoders, edges, and damaged ones.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    (0..48).map(|seed| input_of(&Case::new(seed))).collect()
}

/// A block as an input.
fn input_of(case: &Case) -> Vec<u8> {
    let mut input = (case.len as u16).to_le_bytes().to_vec();
    input.push((case.src_misalign | case.dst_misalign << 2) as u8);
    input.extend_from_slice(&case.src);
    input
}

/// A block to decode.
#[derive(Clone, Copy)]
struct Block<'d> {
    src: &'d [u8],
    len: usize,
    src_misalign: u32,
    dst_misalign: u32,
}

impl<'d> Block<'d> {
    fn new(data: &'d [u8]) -> Self {
        let mut input = Input(data);
        let len = usize::from(input.half()) % (MOST + 1);
        let alignments = u32::from(input.byte());
        Self {
            src: input.0,
            len,
            src_misalign: alignments & 3,
            dst_misalign: alignments >> 2 & 3,
        }
    }
}

/// The block of an input, its cuts, and its shorter outputs. Returns how many there were.
fn each_block(data: &[u8], mut check: impl FnMut(&Block<'_>)) -> u64 {
    let whole = Block::new(data);
    check(&whole);
    let mut blocks = 1;
    for cut in shorter(whole.src.len()) {
        check(&Block {
            src: &whole.src[..cut],
            ..whole
        });
        blocks += 1;
    }
    for len in shorter(whole.len) {
        check(&Block { len, ..whole });
        blocks += 1;
    }
    blocks
}

/// Numbers below `len`: the largest, and some of the others.
fn shorter(len: usize) -> impl Iterator<Item = usize> {
    let dense = len.saturating_sub(DENSE);
    (0..dense).step_by(SPARSE).chain(dense..len)
}

/// The decoder of this machine, and what it needs.
struct Host {
    oracle: Oracle,
    memory: Vec<u8>,
}

impl Host {
    fn new() -> Self {
        Self {
            oracle: Oracle::default(),
            memory: vec![CANARY; ZONE + 3 + MOST + ZONE],
        }
    }

    fn check(&mut self, block: &Block<'_>) {
        let Block { src, len, .. } = *block;
        let expected = self.oracle.decode(src, len, End::Any);
        let (result, decoded) = decode(&mut self.memory, block);
        assert_eq!(
            result.is_ok(),
            expected.is_some(),
            "{result:?}: {src:02x?} to {len} bytes"
        );
        if let Some(expected) = expected {
            assert!(
                decoded == expected,
                "other bytes: {src:02x?} to {len} bytes"
            );
        }
    }
}

/// Decodes into the middle of a memory, and checks what is around.
fn decode<'m>(memory: &'m mut [u8], block: &Block<'_>) -> (Result<(), DecodeError>, &'m [u8]) {
    let start = ZONE + block.dst_misalign as usize;
    let end = start + block.len;
    let zone = end..end + ZONE;
    memory[zone.clone()].fill(CANARY);
    memory[..start].fill(CANARY);
    let result = decode_block(block.src, &mut memory[start..end]);
    check_canary(&memory[..start], "memory before the destination");
    check_canary(&memory[zone], "memory after the destination");
    (result, &memory[start..end])
}

/// The console's decoder, with this machine's beside it.
struct Console {
    module: Module,
    memory: Vec<u8>,
}

impl Console {
    fn new() -> Self {
        Self {
            module: Module::load(),
            memory: Host::new().memory,
        }
    }

    fn check(&mut self, block: &Block<'_>) {
        let Block { src, len, .. } = *block;
        let (result, decoded) = decode(&mut self.memory, block);
        let expected = result.map(|()| decoded).map_err(code::of_decode);
        let found = self
            .module
            .decode_block_at(src, block.src_misalign, len, block.dst_misalign);
        assert!(
            found.as_deref() == expected.as_deref(),
            "{:?} instead of {:?}: {src:02x?} to {len} bytes",
            found.map(|_| ()),
            expected.map(|_| ())
        );
    }
}
