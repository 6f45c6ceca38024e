//! The encoder that knows the console: right on every input, and never beaten at its own prices.

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use zso_write::parse::cost::{CONSOLE, CYCLE, Costs, LENGTHS, Lengths, MIN_MATCH, NEAR};
use zso_write::parse::{FOR_CONSOLE, FREE, Parser};

const BLOCK: usize = 2048;
const RATES: [u32; 5] = [FREE, 200, FOR_CONSOLE, 5, 1];

thread_local! {
    /// Encoders with the console's costs, by their rate: to make one takes longer than to use it.
    static ENCODERS: RefCell<BTreeMap<u32, Parser>> = RefCell::default();
}

fn encode(rate: u32, data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    ENCODERS.with_borrow_mut(|encoders| {
        let make = || Parser::new(&CONSOLE, rate, BLOCK);
        encoders
            .entry(rate)
            .or_insert_with(make)
            .encode(data, &mut out);
    });
    out
}

fn encode_with(costs: &Costs, rate: u32, data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    Parser::new(costs, rate, data.len()).encode(data, &mut out);
    out
}

/// A token with its literals and, but for the last one, offset and length of its match.
type Sequence = (usize, Option<(usize, usize)>);

fn sequences(mut block: &[u8]) -> Vec<Sequence> {
    let mut all = Vec::new();
    loop {
        let token = take(&mut block, 1)[0];
        let literals = length(token >> 4, &mut block);
        take(&mut block, literals);
        if block.is_empty() {
            all.push((literals, None));
            return all;
        }
        let offset = take(&mut block, 2);
        let offset = usize::from(offset[0]) | usize::from(offset[1]) << 8;
        let len = length(token & 15, &mut block) + MIN_MATCH;
        all.push((literals, Some((offset, len))));
    }
}

fn take<'b>(block: &mut &'b [u8], len: usize) -> &'b [u8] {
    let (taken, rest) = block.split_at(len);
    *block = rest;
    taken
}

fn length(nibble: u8, block: &mut &[u8]) -> usize {
    let mut len = usize::from(nibble);
    let mut more = nibble == 15;
    while more {
        let byte = take(block, 1)[0];
        len += usize::from(byte);
        more = byte == 255;
    }
    len
}

/// Bytes that a length takes beside its token.
fn more(len: usize) -> usize {
    if len < 15 { 0 } else { (len - 15) / 255 + 1 }
}

/// What a sequence costs, said once more and in the plainest way.
fn price(costs: &Costs, rate: u32, (literals, matched): Sequence) -> u64 {
    let mut bytes = 1 + literals + more(literals);
    let cycles = match matched {
        None => literals as u32 * costs.last_literal,
        Some((offset, len)) => {
            bytes += 2 + more(len - MIN_MATCH);
            let near = if offset <= NEAR {
                costs.near[offset - 1]
            } else {
                0
            };
            costs.literals.of(literals) + costs.matches.of(len - MIN_MATCH) + near
        }
    };
    bytes as u64 * u64::from(rate * CYCLE) + u64::from(cycles)
}

/// The lowest price of all blocks for `data`: tries everything.
fn lowest(costs: &Costs, rate: u32, data: &[u8]) -> u64 {
    let len = data.len();
    // From each place on: the rest of the block; and that if it begins with a match, without its literals.
    let mut rest = vec![u64::MAX; len + 1];
    let mut matched = vec![u64::MAX; len + 1];
    for at in (0..=len).rev() {
        if at + 12 <= len {
            matched[at] = lowest_match(costs, rate, data, at, &rest);
        }
        let starts = (at..=len).filter(|&start| matched[start] != u64::MAX);
        let without = price(costs, rate, (0, Some((NEAR + 1, MIN_MATCH))));
        let with_match = starts.map(|start| {
            let with = price(costs, rate, (start - at, Some((NEAR + 1, MIN_MATCH))));
            matched[start] + with - without
        });
        let last = price(costs, rate, (len - at, None));
        rest[at] = with_match.min().unwrap_or(u64::MAX).min(last);
    }
    rest[0]
}

fn lowest_match(costs: &Costs, rate: u32, data: &[u8], at: usize, rest: &[u64]) -> u64 {
    let mut best = u64::MAX;
    for offset in 1..=at {
        let alike = (at..data.len() - 5).take_while(|&i| data[i] == data[i - offset]);
        for len in MIN_MATCH..=alike.count() {
            let sequence = (0, Some((offset, len)));
            best = best.min(price(costs, rate, sequence) + rest[at + len]);
        }
    }
    best
}

fn total(costs: &Costs, rate: u32, block: &[u8]) -> u64 {
    let prices = sequences(block)
        .into_iter()
        .map(|sequence| price(costs, rate, sequence));
    prices.sum()
}

/// Both decoders make `data` of the block, and the end rules (R9) hold.
fn check(data: &[u8], block: &[u8]) {
    let mut decoded = vec![0; data.len()];
    zso::lz4::decode_block(block, &mut decoded).expect("zso decodes");
    assert!(decoded == data);
    decoded.fill(0);
    lz4_flex::block::decompress_into(block, &mut decoded).expect("lz4_flex decodes");
    assert!(decoded == data);
    let mut at = 0;
    for (literals, matched) in sequences(block) {
        at += literals;
        match matched {
            None => assert!(literals >= 5.min(data.len())),
            Some((_, len)) => {
                assert!(
                    at + 12 <= data.len(),
                    "a match starts at {at} of {}",
                    data.len()
                );
                at += len;
            }
        }
    }
    assert_eq!(at, data.len());
}

/// Data of some order: pieces of what came before, runs, and new bytes of a small or large alphabet.
fn data(most: usize) -> impl Strategy<Value = Vec<u8>> {
    let piece = (
        0..4_u8,
        any::<u16>(),
        1..300_usize,
        any::<u64>(),
        prop_oneof![Just(1_u8), Just(3), Just(255)],
    );
    (0..=most, prop::collection::vec(piece, 1..40)).prop_map(|(len, pieces)| {
        let mut data: Vec<u8> = Vec::new();
        for (kind, back, count, seed, mask) in pieces.into_iter().cycle() {
            if data.len() >= len {
                break;
            }
            let from = data
                .len()
                .saturating_sub(1 + usize::from(back) % (data.len() + 1));
            let first = data.is_empty();
            let mut state = seed;
            for i in 0..count {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                let byte = match kind {
                    0 if !first => data[from + i],
                    1 => 0,
                    2 => (i % (1 + usize::from(back) % 16)) as u8,
                    _ => (state >> 56) as u8 & mask,
                };
                data.push(byte);
            }
        }
        data.truncate(len);
        data
    })
}

/// A decoder of any shape: longer runs can even be cheaper.
fn costs() -> impl Strategy<Value = Costs> {
    let lengths = || {
        let table = prop::collection::vec(0..4000_u32, LENGTHS);
        (table, 0..2000_u32, 0..500_u32).prop_map(|(table, period, more)| Lengths {
            table: table.try_into().expect("as many"),
            period,
            more,
        })
    };
    let near = [0..2000_u32, 0..2000, 0..2000];
    (lengths(), lengths(), near, 0..500_u32).prop_map(|(literals, matches, near, last_literal)| {
        Costs {
            literals,
            matches,
            near,
            last_literal,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn blocks_decode_to_what_they_are_made_of(data in data(BLOCK)) {
        for rate in RATES {
            let block = encode(rate, &data);
            check(&data, &block);
        }
    }

    #[test]
    fn nothing_is_smaller_when_cycles_are_free(data in data(BLOCK)) {
        let mut peer = Vec::new();
        lzzzz::lz4_hc::compress_to_vec(&data, &mut peer, 12).expect("compresses");
        // liblz4 makes nothing of nothing, which is no LZ4 block.
        prop_assert!(encode(FREE, &data).len() <= peer.len().max(1));
    }

    #[test]
    fn an_encoder_remembers_nothing(data in data(BLOCK)) {
        let mut fresh = Vec::new();
        Parser::new(&CONSOLE, FOR_CONSOLE, BLOCK).encode(&data, &mut fresh);
        prop_assert_eq!(fresh, encode(FOR_CONSOLE, &data));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn no_block_is_cheaper_on_the_console(data in data(330)) {
        for rate in RATES {
            let block = encode(rate, &data);
            prop_assert_eq!(total(&CONSOLE, rate, &block), lowest(&CONSOLE, rate, &data), "rate {}", rate);
        }
    }

    #[test]
    fn no_block_is_cheaper_on_any_other_decoder(data in data(200), costs in costs()) {
        for rate in RATES {
            let block = encode_with(&costs, rate, &data);
            check(&data, &block);
            prop_assert_eq!(total(&costs, rate, &block), lowest(&costs, rate, &data), "rate {}", rate);
        }
    }
}

/// What the option is for: numbers in text leave many choices.
#[test]
fn a_few_bytes_buy_many_cycles() {
    let numbers =
        (0..40_000_u32).flat_map(|i| format!("{} {} ", i % 97, i * i % 1013).into_bytes());
    let text: Vec<u8> = numbers.take(50 * BLOCK).collect();
    let (mut bytes, mut cycles) = ([0; 2], [0; 2]);
    for data in text.chunks(BLOCK) {
        let mut peer = Vec::new();
        lzzzz::lz4_hc::compress_to_vec(data, &mut peer, 12).expect("compresses");
        for (i, block) in [peer, encode(FOR_CONSOLE, data)].iter().enumerate() {
            bytes[i] += block.len();
            cycles[i] += total(&CONSOLE, 0, block);
        }
    }
    assert!(cycles[1] * 100 < cycles[0] * 90, "{cycles:?} cycles");
    let price = (bytes[1] - bytes[0]) as u64 * u64::from(FOR_CONSOLE * CYCLE);
    assert!(
        cycles[0] - cycles[1] >= price,
        "{cycles:?} cycles for {bytes:?} bytes"
    );
}

#[test]
fn smallest_blocks() {
    for len in 0..20 {
        for byte in [0, 1] {
            let data: Vec<u8> = (0..len).map(|i| i * byte).collect();
            check(&data, &encode(FREE, &data));
        }
    }
}

#[test]
fn runs_of_every_period() {
    for period in 1..=17 {
        for end in [0, 3, 20] {
            let mut data: Vec<u8> = (0..BLOCK).map(|i| (i % period) as u8).collect();
            data[BLOCK - end..]
                .iter_mut()
                .for_each(|byte| *byte ^= 0xA5);
            for rate in RATES {
                let block = encode(rate, &data);
                check(&data, &block);
                assert!(block.len() < 80, "period {period}: {}", block.len());
            }
        }
    }
}

#[test]
fn largest_blocks_keep_their_prices_in_range() {
    let len = zso_write::parse::LARGEST;
    let noise: Vec<u8> = (0..len as u32)
        .map(|i| (i.wrapping_mul(i | 1).wrapping_mul(0x9E37_79B1) >> 24) as u8)
        .collect();
    for data in [noise, vec![0; len]] {
        let block = encode_with(&CONSOLE, FREE, &data);
        check(&data, &block);
        assert!(block.len() <= len + 2 + len / 255);
    }
}
