//! What became of a run.

use std::time::Duration;

use super::log::Line;

/// Why a run is not good.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Fault {
    #[error("the ROM says {0}")]
    Failed(String),
    #[error("the emulator says {0}")]
    Trouble(String),
    #[error("the ROM's last line did not come, and nothing else for {} s", .0.as_secs())]
    Silence(Duration),
    #[error("the emulator ended before the ROM's last line: {0}")]
    Ended(String),
    #[error("the simulator stopped the program: {0}")]
    Trap(String),
    #[error(
        "the transcript is not as in tests/golden/boot.txt, which `cargo xtask bless` makes:\n{0}"
    )]
    Transcript(String),
    #[error("a boot says something else than the first one did:\n{0}")]
    Differs(String),
}

/// What the ROM has said, and what that comes to.
#[derive(Default)]
pub struct Record {
    /// Lines that are the same on every machine.
    pub transcript: Vec<String>,
    end: Option<Result<(), Fault>>,
    trouble: Option<Fault>,
}

impl Record {
    /// Takes a line; returns whether anything else is worth waiting for.
    pub fn take(&mut self, line: Line<'_>) -> bool {
        match line {
            Line::Transcript(text) => self.transcript.push(text.to_owned()),
            Line::Trouble(text) => {
                self.trouble.get_or_insert(Fault::Trouble(text.to_owned()));
            }
            Line::End { passed, line } => {
                self.transcript.push(line.to_owned());
                let failed = || Fault::Failed(line.to_owned());
                self.end = Some(if passed { Ok(()) } else { Err(failed()) });
            }
            Line::Time(_) | Line::Progress(..) | Line::Noise => {}
        }
        self.end.is_none() && self.trouble.is_none()
    }

    /// The verdict; `otherwise` is the reason why there are no more lines, if the last one was not there.
    pub fn verdict(&self, otherwise: Fault) -> Result<(), Fault> {
        match (&self.trouble, &self.end) {
            (Some(trouble), _) => Err(trouble.clone()),
            (None, Some(end)) => end.clone(),
            (None, None) => Err(otherwise),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended() -> Fault {
        Fault::Ended("status 0".into())
    }

    fn verdict(lines: &[&str]) -> Result<(), Fault> {
        let mut record = Record::default();
        for line in lines {
            record.take(Line::parse(line));
        }
        record.verdict(ended())
    }

    #[test]
    fn the_last_line_decides_unless_there_was_trouble() {
        assert_eq!(verdict(&["zso: a", "zso: SENTINEL PASS"]), Ok(()));
        assert_eq!(verdict(&["zso: a"]), Err(ended()));
        let failed = Fault::Failed("SENTINEL FAIL 1".into());
        assert_eq!(verdict(&["zso: SENTINEL FAIL 1"]), Err(failed));
        let trouble = Fault::Trouble("psxUNK: 1".into());
        assert_eq!(verdict(&["psxUNK: 1", "zso: SENTINEL PASS"]), Err(trouble));
    }
}
