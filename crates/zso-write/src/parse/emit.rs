//! Sequences to bytes.

use super::cost::MIN_MATCH;

/// Appends a sequence with a match.
pub(super) fn sequence(out: &mut Vec<u8>, literals: &[u8], offset: u16, matched: usize) {
    let matched = matched - MIN_MATCH;
    start(out, literals, matched.min(15));
    out.extend_from_slice(&offset.to_le_bytes());
    more(out, matched);
}

/// Appends a block's last sequence.
pub(super) fn last(out: &mut Vec<u8>, literals: &[u8]) {
    start(out, literals, 0);
}

fn start(out: &mut Vec<u8>, literals: &[u8], low: usize) {
    out.push((literals.len().min(15) << 4 | low) as u8);
    more(out, literals.len());
    out.extend_from_slice(literals);
}

/// What a token's four bits have no room for.
fn more(out: &mut Vec<u8>, len: usize) {
    if let Some(rest) = len.checked_sub(15) {
        out.extend(std::iter::repeat_n(255, rest / 255));
        out.push((rest % 255) as u8);
    }
}
