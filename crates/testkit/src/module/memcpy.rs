//! The one function that the object may import; on the console it comes from the kernel.

use iopsim::Machine;
use iopsim::asm;
use iopsim::reg::{A0, A1, A2, RA, T0, T1, T2, V0, ZERO};

/// Copies by words at any alignment, and the rest by bytes.
const CODE: [u32; 26] = [
    asm::addu(V0, A0, ZERO),
    asm::addu(T1, A0, A2),
    asm::addiu(T2, ZERO, -4),
    asm::and(T2, A2, T2),
    asm::addu(T2, A0, T2),
    // Words, up to t2.
    asm::beq(A0, T2, 9),
    asm::NOP,
    asm::lwl(T0, 3, A1),
    asm::lwr(T0, 0, A1),
    asm::addiu(A1, A1, 4),
    asm::swl(T0, 3, A0),
    asm::swr(T0, 0, A0),
    asm::addiu(A0, A0, 4),
    asm::bne(A0, T2, -7),
    asm::NOP,
    // Bytes, up to t1.
    asm::beq(A0, T1, 8),
    asm::NOP,
    asm::lbu(T0, 0, A1),
    asm::addiu(A1, A1, 1),
    asm::sb(T0, 0, A0),
    asm::addiu(A0, A0, 1),
    asm::bne(A0, T1, -5),
    asm::NOP,
    asm::NOP,
    asm::jr(RA),
    asm::NOP,
];

/// Writes the function to `place`.
///
/// # Panics
/// When that is not in RAM.
pub fn put(machine: &mut Machine, place: u32) {
    machine.write_words(place, &CODE).expect("inside RAM");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rng;

    #[test]
    fn copies_what_it_is_told_to_copy() {
        let mut machine = Machine::default();
        put(&mut machine, 0x1_0000);
        let mut rng = Rng::new(1);
        for (to, from, len) in (0..200).map(|n| (n % 4, n / 4 % 4, n / 16)) {
            let (to, from) = (0x2_0000 + to, 0x3_0000 + from);
            let bytes = rng.bytes(len as usize);
            machine.write(from, &bytes).unwrap();
            let (write, read) = (to..to + len, from..from + len);
            machine
                .permit_writes(core::slice::from_ref(&write))
                .unwrap();
            machine.permit_reads(core::slice::from_ref(&read)).unwrap();
            assert_eq!(machine.call(0x1_0000, &[to, from, len]), Ok(to));
            assert_eq!(machine.read(to, len as usize).unwrap(), bytes);
        }
    }
}
