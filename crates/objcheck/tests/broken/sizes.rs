//! Rule 9: sizes. The good object has 0x60 + 8 bytes of code and 4 + 16 of data.

use objcheck::{Rules, Violation, check};

use crate::good::{good, rules};

fn under(rules: Rules) -> Vec<Violation> {
    check(&good().bytes(), &rules).violations
}

#[test]
fn exactly_the_budget() {
    let exact = Rules {
        max_code_bytes: 0x68,
        max_data_bytes: 20,
        ..rules()
    };
    assert_eq!(under(exact), []);
}

#[test]
fn code_beyond_the_budget() {
    let tight = Rules {
        max_code_bytes: 0x67,
        ..rules()
    };
    let expected = Violation::CodeTooBig {
        size: 0x68,
        allowed: 0x67,
    };
    assert_eq!(under(tight), [expected]);
}

#[test]
fn data_beyond_the_budget() {
    let tight = Rules {
        max_data_bytes: 19,
        ..rules()
    };
    let expected = Violation::DataTooBig {
        size: 20,
        allowed: 19,
    };
    assert_eq!(under(tight), [expected]);
}

#[test]
fn sizes_that_overflow() {
    let mut object = good();
    object.section(".bss").size = u32::MAX;
    let expected = Violation::DataTooBig {
        size: 0x1_0000_0003,
        allowed: 0x20,
    };
    assert_eq!(check(&object.bytes(), &rules()).violations, [expected]);
}
