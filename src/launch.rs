//! Which of the console's two game cores starts an image, from which device; and what its file is called.
//!
//! Open PS2 Loader has a core of its own, which reads ZSO, for all devices but two. Neutrino has one for all devices
//! but network shares, and reads ZSO only with this project's object in it. A server can decompress, too. So what is
//! asked for cannot always be had.

mod name;

pub use name::Name;

use core::fmt;

/// A program that takes the place of the disc drive while a game runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Core {
    /// Open PS2 Loader's own.
    Opl = 0,
    /// Neutrino.
    Neutrino = 1,
}

/// Where images are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Transport {
    /// USB storage.
    Usb = 0,
    /// An SD card in a memory card slot, by MX4SIO.
    Mx4sio = 1,
    /// iLink storage.
    ILink = 2,
    /// A memory card emulator with files on it.
    Mmce = 3,
    /// A Windows network share.
    Smb = 4,
    /// A game's partition on the internal hard disk.
    HddApa = 5,
    /// A file on the internal hard disk.
    HddExfat = 6,
    /// A disk on the network.
    Udpbd = 7,
    /// Files on the network.
    Udpfs = 8,
}

/// How the image is stored; its first four bytes tell, and never its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Image {
    /// As it is.
    Iso = 0,
    /// Compressed.
    Zso = 1,
}

/// What decompresses ZSO besides Open PS2 Loader's core; by default, nothing does.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Readers {
    /// Neutrino does, with this project's object in it.
    pub neutrino: bool,
    /// The server for UDPFS does: Neutrino's own, from its release 1.8.0 on, with `--enable-compression`. To the
    /// console such an image is an ISO.
    pub udpfs_server: bool,
}

/// What happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Launch {
    /// The core that was asked for starts it.
    As(Core),
    /// Open PS2 Loader's core starts it, with a warning: Neutrino was asked for, and cannot.
    OplInstead(Obstacle),
    /// Nothing starts it.
    Refused(Obstacle),
}

/// Why a core does not start an image.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Obstacle {
    /// Neutrino does not read ZSO, nor does the server make an ISO of it.
    Zso,
    /// The core that was asked for does not know the transport, and another one does.
    Transport,
}

impl Transport {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Usb,
        Self::Mx4sio,
        Self::ILink,
        Self::Mmce,
        Self::Smb,
        Self::HddApa,
        Self::HddExfat,
        Self::Udpbd,
        Self::Udpfs,
    ];

    /// Whether a core can read from it.
    #[must_use]
    pub fn has(self, core: Core) -> bool {
        match core {
            Core::Opl => !matches!(self, Self::Udpbd | Self::Udpfs),
            Core::Neutrino => !matches!(self, Self::Smb),
        }
    }
}

/// What happens when `core` is asked to start an image; `readers` says what else reads ZSO here.
///
/// ```
/// use zso::launch::{Core, Image, Launch, Obstacle, Readers, Transport, launch};
///
/// let today = |transport| launch(Core::Neutrino, transport, Image::Zso, Readers::default());
/// assert_eq!(today(Transport::Usb), Launch::OplInstead(Obstacle::Zso));
/// assert_eq!(today(Transport::Udpfs), Launch::Refused(Obstacle::Zso));
///
/// let server = Readers { udpfs_server: true, ..Readers::default() };
/// let launched = launch(Core::Neutrino, Transport::Udpfs, Image::Zso, server);
/// assert_eq!(launched, Launch::As(Core::Neutrino));
/// ```
#[must_use]
pub fn launch(core: Core, transport: Transport, image: Image, readers: Readers) -> Launch {
    let by_server = readers.udpfs_server && transport == Transport::Udpfs;
    let is_iso = image == Image::Iso || by_server;
    let reads = |core| core == Core::Opl || is_iso || readers.neutrino;
    let obstacle = match core {
        _ if transport.has(core) && reads(core) => return Launch::As(core),
        Core::Opl if reads(Core::Neutrino) => Obstacle::Transport,
        Core::Neutrino if !transport.has(core) => Obstacle::Transport,
        _ => Obstacle::Zso,
    };
    match core {
        Core::Neutrino if transport.has(Core::Opl) => Launch::OplInstead(obstacle),
        _ => Launch::Refused(obstacle),
    }
}

impl fmt::Display for Launch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::As(Core::Opl) => "Open PS2 Loader's core",
            Self::As(Core::Neutrino) => "Neutrino",
            Self::OplInstead(Obstacle::Zso) => {
                "Open PS2 Loader's core, as Neutrino cannot read ZSO"
            }
            Self::OplInstead(Obstacle::Transport) => {
                "Open PS2 Loader's core, as Neutrino cannot read from there"
            }
            Self::Refused(Obstacle::Zso) => {
                "not at all, as only Neutrino reads from there and it cannot read ZSO; \
                 make an image of it again: ziso decompress"
            }
            Self::Refused(Obstacle::Transport) => "not at all; Neutrino reads from there",
        })
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Usb => "USB",
            Self::Mx4sio => "MX4SIO",
            Self::ILink => "iLink",
            Self::Mmce => "MMCE",
            Self::Smb => "SMB",
            Self::HddApa => "HDD (APA)",
            Self::HddExfat => "HDD (exFAT)",
            Self::Udpbd => "UDPBD",
            Self::Udpfs => "UDPFS",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use Core::{Neutrino, Opl};
    use Image::{Iso, Zso};
    use Launch::{As, OplInstead, Refused};

    /// What is asked for, and what happens for each transport in turn:
    /// `O` or `N` for the core, `w` for a warning because of ZSO, `W` because of the transport, `x` and `X` refused.
    const TABLE: [(Core, Image, Readers, &str); 16] = [
        //                      umilsaebf: usb mx4sio ilink mmce smb apa exfat udpbd udpfs
        (Opl, Iso, NONE, "OOOOOOOXX"),
        (Opl, Iso, NEUTRINO, "OOOOOOOXX"),
        (Opl, Iso, SERVER, "OOOOOOOXX"),
        (Opl, Iso, BOTH, "OOOOOOOXX"),
        (Opl, Zso, NONE, "OOOOOOOxx"),
        (Opl, Zso, NEUTRINO, "OOOOOOOXX"),
        (Opl, Zso, SERVER, "OOOOOOOxX"),
        (Opl, Zso, BOTH, "OOOOOOOXX"),
        (Neutrino, Iso, NONE, "NNNNWNNNN"),
        (Neutrino, Iso, NEUTRINO, "NNNNWNNNN"),
        (Neutrino, Iso, SERVER, "NNNNWNNNN"),
        (Neutrino, Iso, BOTH, "NNNNWNNNN"),
        (Neutrino, Zso, NONE, "wwwwWwwxx"),
        (Neutrino, Zso, NEUTRINO, "NNNNWNNNN"),
        (Neutrino, Zso, SERVER, "wwwwWwwxN"),
        (Neutrino, Zso, BOTH, "NNNNWNNNN"),
    ];
    const NONE: Readers = readers(false, false);
    const NEUTRINO: Readers = readers(true, false);
    const SERVER: Readers = readers(false, true);
    const BOTH: Readers = readers(true, true);

    const fn readers(neutrino: bool, udpfs_server: bool) -> Readers {
        Readers {
            neutrino,
            udpfs_server,
        }
    }

    fn letter(launch: Launch) -> char {
        match launch {
            As(Opl) => 'O',
            As(Neutrino) => 'N',
            OplInstead(Obstacle::Zso) => 'w',
            OplInstead(Obstacle::Transport) => 'W',
            Refused(Obstacle::Zso) => 'x',
            Refused(Obstacle::Transport) => 'X',
        }
    }

    #[test]
    fn every_case() {
        for (core, image, readers, expected) in TABLE {
            let letters = Transport::ALL.map(|at| letter(launch(core, at, image, readers)));
            let found = letters.iter().copied();
            assert!(
                found.eq(expected.chars()),
                "{core:?} {image:?} {readers:?}: {letters:?}"
            );
        }
    }

    #[test]
    fn transports_are_listed_in_the_order_of_their_numbers() {
        for (number, transport) in Transport::ALL.into_iter().enumerate() {
            assert_eq!(transport as usize, number);
        }
    }

    #[test]
    fn a_warning_or_a_refusal_is_told() {
        extern crate std;
        use std::string::ToString as _;
        for (core, image, readers, _) in TABLE {
            for transport in Transport::ALL {
                let launch = launch(core, transport, image, readers);
                let told = launch.to_string().contains("not");
                assert_eq!(told, !matches!(launch, As(_)), "{launch}");
            }
        }
    }
}
