//! Exit codes.

use std::process::ExitCode;

use ziso::{Error, hdd};

/// How a run of the program ended. With several files, the worst counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub(crate) enum Exit {
    /// All is well.
    Fine = 0,
    /// An image is damaged, or not what it is compared with.
    Damage = 1,
    /// The command line makes no sense, or a file cannot be read or written.
    Trouble = 2,
}

impl Exit {
    /// How a run with this error ends.
    pub(crate) fn of(error: &anyhow::Error) -> Self {
        let file = error.downcast_ref().is_some_and(Error::is_damage);
        let disk = error.downcast_ref().is_some_and(hdd::Error::is_damage);
        match file || disk {
            true => Self::Damage,
            false => Self::Trouble,
        }
    }

    /// How a run ends that was to find out whether there is damage.
    pub(crate) fn of_damage(is_damaged: bool) -> Self {
        match is_damaged {
            true => Self::Damage,
            false => Self::Fine,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
