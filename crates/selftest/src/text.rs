//! The report's lines, in memory that somebody else has.

use core::ffi::CStr;

/// Text that ends with a zero, as C has it. What there is no room for is left out.
pub struct Text<'m> {
    bytes: &'m mut [u8],
    len: usize,
}

impl<'m> Text<'m> {
    /// No text yet.
    #[must_use]
    pub fn new(bytes: &'m mut [u8]) -> Self {
        bytes.fill(0);
        Self { bytes, len: 0 }
    }

    /// Adds text; what a name has of bytes that are no letters becomes `?`.
    pub fn put(&mut self, text: &[u8]) -> &mut Self {
        let room = self.bytes.len().saturating_sub(1);
        for &byte in text {
            if let Some(place) = self.bytes.get_mut(self.len).filter(|_| self.len < room) {
                *place = if byte == b'\n' || (b' '..0x7F).contains(&byte) {
                    byte
                } else {
                    b'?'
                };
                self.len += 1;
            }
        }
        self
    }

    /// Adds text, and spaces up to a width.
    pub fn column(&mut self, text: &[u8], width: usize) -> &mut Self {
        self.put(text);
        for _ in text.len()..width {
            self.put(b" ");
        }
        self
    }

    /// Adds a number, with spaces before it up to a width.
    pub fn number(&mut self, number: u32, width: usize) -> &mut Self {
        let mut digits = [b' '; 10];
        let (mut rest, mut used) = (number, 0);
        for place in digits.iter_mut().rev() {
            if used == 0 || rest != 0 {
                *place = b'0' + (rest % 10) as u8;
                (rest, used) = (rest / 10, used + 1);
            }
        }
        for _ in used..width {
            self.put(b" ");
        }
        let start = digits.len().saturating_sub(used);
        self.put(digits.get(start..).unwrap_or_default())
    }

    #[must_use]
    pub fn all(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// What was added since it had this length.
    #[must_use]
    pub fn from(&self, start: usize) -> &CStr {
        let rest = self.bytes.get(start..).unwrap_or_default();
        CStr::from_bytes_until_nul(rest).unwrap_or_default()
    }

    /// Bytes, without the zero.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_asked() {
        let mut memory = [1; 64];
        let mut text = Text::new(&mut memory);
        text.column(b"ab", 4)
            .number(0, 1)
            .number(4_294_967_295, 12)
            .number(1234, 2)
            .put(b"\n");
        assert_eq!(text.all(), b"ab  0  42949672951234\n");
    }

    #[test]
    fn what_does_not_fit_is_left_out_and_a_zero_is_after_it() {
        let mut memory = [1; 4];
        let mut text = Text::new(&mut memory);
        text.put(b"a\x1Bb").put(b"cd");
        assert_eq!((text.all(), text.from(2)), (&b"a?b"[..], c"b"));
        assert_eq!(memory, *b"a?b\0");
    }
}
