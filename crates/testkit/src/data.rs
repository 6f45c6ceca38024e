//! Content: what is on game discs, made up from a seed.

use crate::Rng;

/// Words for [`text`]; discs hold a lot of scripts, dialogue and names.
const WORDS: [&str; 32] = [
    "the", "player", "enters", "room", "door", "opens", "attack", "item", "found", "level", "save",
    "game", "start", "select", "menu", "you", "have", "key", "castle", "dark", "forest", "north",
    "talk", "guard", "sword", "light", "never", "return", "music", "stage", "boss", "end",
];

/// `len` bytes from a generator that appends a piece at a time.
fn fill(len: usize, mut piece: impl FnMut(&mut Vec<u8>)) -> Vec<u8> {
    let mut data = Vec::with_capacity(len + 256);
    while data.len() < len {
        piece(&mut data);
    }
    data.truncate(len);
    data
}

/// Bytes without any order: video and sound.
#[must_use]
pub fn noise(seed: u64, len: usize) -> Vec<u8> {
    Rng::new(seed).bytes(len)
}

/// Words and line ends.
#[must_use]
pub fn text(seed: u64, len: usize) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    fill(len, |data| {
        data.extend_from_slice(rng.pick(&WORDS).as_bytes());
        data.push(if rng.chance(10) { b'\n' } else { b' ' });
    })
}

/// Tables: 16-byte records with a counter, a flag or two, and fields of little change.
#[must_use]
pub fn records(seed: u64, len: usize) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    let mut count: u32 = 0;
    fill(len, |data| {
        count += 1;
        data.extend_from_slice(&count.to_le_bytes());
        data.extend_from_slice(&[1, 0, rng.byte() & 3, 0]);
        data.extend_from_slice(&(1000 + rng.bits() as u16 % 64).to_le_bytes());
        data.extend_from_slice(&[rng.byte(), rng.byte(), 0, 0, 0x80, 0x3F]);
    })
}

/// Geometry: vectors of three floats, close together, of which little repeats.
#[must_use]
pub fn vertices(seed: u64, len: usize) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    fill(len, |data| {
        for _ in 0..3 {
            let value = (rng.bits() % 4096) as f32 / 64.0;
            data.extend_from_slice(&value.to_le_bytes());
        }
        data.extend_from_slice(&1.0_f32.to_le_bytes());
    })
}

/// Textures: 64-byte tiles, a few of them again and again, with some noise in them.
#[must_use]
pub fn tiles(seed: u64, len: usize) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    let set: Vec<_> = (0..8).map(|_| rng.bytes(64)).collect();
    fill(len, |data| {
        let start = data.len();
        data.extend_from_slice(rng.pick::<Vec<u8>>(&set));
        if rng.chance(60) {
            let place = start + rng.within(0..64);
            data[place] = rng.byte();
        }
    })
}

/// Nothing: padding between files.
#[must_use]
pub fn zeros(_seed: u64, len: usize) -> Vec<u8> {
    vec![0; len]
}

/// A kind of content.
type Kind = fn(u64, usize) -> Vec<u8>;

/// How often each kind is met on a disc.
const KINDS: [Kind; 12] = [
    noise, noise, text, text, text, records, records, vertices, tiles, tiles, tiles, zeros,
];

/// A disc: files of all kinds, each of whole sectors, most of them small.
///
/// High-compression LZ4 brings it to about 55 % in blocks of 2048 bytes.
#[must_use]
pub fn game_like(seed: u64, len: usize) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    fill(len, |data| {
        let sectors = 1 + rng.within(0..4) * rng.within(0..16);
        let kind = rng.pick(&KINDS);
        data.extend(kind(rng.bits(), sectors * zso::SECTOR_SIZE));
    })
}

/// A small image of all kinds, for which files are too large: a run of up to 700 bytes of each kind by turns.
#[must_use]
pub fn mixture(seed: u64, len: usize) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    fill(len, |data| {
        let kind = rng.pick(&KINDS);
        let run = rng.within(1..700);
        data.extend(kind(rng.bits(), run));
    })
}

/// Bytes as films have them, almost noise: of each block of 2048 bytes a tenth can be said shorter.
#[must_use]
pub fn film(len: usize) -> Vec<u8> {
    let mut film = noise(9, len);
    for block in film.chunks_mut(2048) {
        for at in (64..block.len().saturating_sub(6)).step_by(60) {
            block.copy_within(at - 33..at - 27, at);
        }
    }
    film
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::Encoder;

    #[test]
    fn a_disc_compresses_like_a_disc() {
        let disc = game_like(1, 1 << 20);
        let sizes = disc
            .chunks(2048)
            .map(|block| Encoder::Hc(9).encode(block).len().min(2048));
        let percent = sizes.sum::<usize>() * 100 / disc.len();
        assert!((50..=60).contains(&percent), "{percent} %");
    }

    #[test]
    fn the_same_seed_gives_the_same_disc() {
        assert_eq!(game_like(5, 10_000), game_like(5, 10_000));
        assert_ne!(game_like(5, 10_000), game_like(6, 10_000));
    }
}
