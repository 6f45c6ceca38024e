//! Damaged files: whatever the bytes are, there is a report.

use objcheck::{Violation, check};

use crate::good::{good, rules};

/// Calls `f` with every copy of the good object that has one of the given bytes damaged, in every
/// way; returns how many there were.
fn for_each_damaged(bytes: impl Iterator<Item = usize>, mut f: impl FnMut(usize, &[u8])) -> usize {
    let mut file = good().bytes();
    let mut count = 0;
    for at in bytes {
        let right = file[at];
        for flip in 1..=255 {
            file[at] = right ^ flip;
            f(at, &file);
            count += 1;
        }
        file[at] = right;
    }
    count
}

/// Violations that a sixteenth of all damaged files give.
pub fn some_violations() -> Vec<Violation> {
    let mut all = Vec::new();
    for_each_damaged(0..good().bytes().len(), |at, bytes| {
        if (bytes[at] ^ at as u8).is_multiple_of(16) {
            all.extend(check(bytes, &rules()).violations);
        }
    });
    all
}

#[test]
fn every_truncation_is_found() {
    let bytes = good().bytes();
    for length in 0..bytes.len() {
        let report = check(&bytes[..length], &rules());
        assert_eq!(report.violations.len(), 1, "at {length} bytes");
        assert!(
            matches!(report.violations[0], Violation::Malformed { .. }),
            "at {length} bytes: {}",
            report.violations[0]
        );
    }
}

#[test]
fn no_damaged_byte_panics() {
    let length = good().bytes().len();
    let share = |first: usize| {
        for_each_damaged((first..length).step_by(4), |_, bytes| {
            let _ = check(bytes, &rules());
        })
    };
    let files: usize = std::thread::scope(|scope| {
        let threads = [0, 1, 2, 3].map(|first| scope.spawn(move || share(first)));
        threads.map(|thread| thread.join().unwrap()).iter().sum()
    });
    assert_eq!(files, length * 255);
}

#[test]
fn damage_to_the_machine_of_the_file_is_always_found() {
    // Class, byte order and version; type and machine; flags.
    let fields = (4..7).chain(16..20).chain(36..40);
    for_each_damaged(fields, |at, bytes| {
        assert_ne!(check(bytes, &rules()).violations, [], "byte {at}");
    });
}

#[test]
fn no_two_damaged_words_panic() {
    let good = good().bytes();
    // Fields of the section headers depend on each other, as offset and size do.
    let headers = u32::from_le_bytes(good[32..36].try_into().unwrap()) as usize;
    for first in (headers..good.len()).step_by(4) {
        for second in (first + 4..good.len().min(first + 40)).step_by(4) {
            let mut bytes = good.clone();
            bytes[first..first + 4].copy_from_slice(&[0xff; 4]);
            bytes[second..second + 4].copy_from_slice(&[0xff; 4]);
            let _ = check(&bytes, &rules());
        }
    }
}
