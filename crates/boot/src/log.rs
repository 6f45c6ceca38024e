//! What an emulator has written: lines of the ROM, signs of trouble, and all else.

use bootrom::protocol::{FAIL, LINE, PASS, PROGRESS, TIME};

/// What emulators write when a program goes wrong, which it might not notice itself.
const TROUBLE: [&str; 5] = [
    // An instruction that the IOP does not have: by the recompiler, and by the interpreter.
    "psxUNK",
    "Unimplemented op",
    // A jump to where there is no memory.
    "Unhandled page fault",
    // A read past the end of the disc, which the drive reports as a success.
    "past the end",
    // The EE, which should have nothing to do.
    "TLB Miss",
];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Line<'l> {
    /// The ROM's: the same on every machine.
    Transcript(&'l str),
    /// The ROM's: the last one.
    End {
        passed: bool,
        line: &'l str,
    },
    /// The ROM's: how long something took.
    Time(&'l str),
    /// The ROM's: sectors read, and how many there are.
    Progress(u64, u64),
    Trouble(&'l str),
    Noise,
}

impl<'l> Line<'l> {
    /// What a line is. Emulators put times and the like before it.
    pub fn parse(line: &'l str) -> Self {
        let line = line.trim_end();
        let after = |word: &str| line.find(word).map(|at| &line[at + word.len()..]);
        if let Some(text) = after(TIME) {
            return Self::Time(text);
        }
        if let Some(text) = after(PROGRESS) {
            return progress(text).unwrap_or(Self::Noise);
        }
        match after(LINE) {
            Some(line) if line == PASS => Self::End { passed: true, line },
            Some(line) if line.starts_with(FAIL) => Self::End {
                passed: false,
                line,
            },
            Some(line) => Self::Transcript(line),
            None if TROUBLE.iter().any(|trouble| line.contains(trouble)) => Self::Trouble(line),
            None => Self::Noise,
        }
    }
}

fn progress(text: &str) -> Option<Line<'_>> {
    let (done, all) = text.split_once(" of ")?;
    Some(Line::Progress(done.parse().ok()?, all.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_apart() {
        for (line, expected) in [
            (
                "zso: disc of 3 sectors\r",
                Line::Transcript("disc of 3 sectors"),
            ),
            ("[   1.5] zso: a", Line::Transcript("a")),
            (
                "zso: SENTINEL PASS",
                Line::End {
                    passed: true,
                    line: "SENTINEL PASS",
                },
            ),
            (
                "zso: SENTINEL FAIL 3",
                Line::End {
                    passed: false,
                    line: "SENTINEL FAIL 3",
                },
            ),
            ("zso-time: x 5", Line::Time("x 5")),
            ("zso-read: 8 of 10", Line::Progress(8, 10)),
            ("zso-read: 8 or 10", Line::Noise),
            ("psxUNK: 4c000000", Line::Trouble("psxUNK: 4c000000")),
            (
                "psx: Unimplemented op 3",
                Line::Trouble("psx: Unimplemented op 3"),
            ),
            (
                "Unhandled page fault @ 0x00000000",
                Line::Trouble("Unhandled page fault @ 0x00000000"),
            ),
            ("GSdx: null renderer", Line::Noise),
        ] {
            assert_eq!(Line::parse(line), expected, "{line}");
        }
    }
}
