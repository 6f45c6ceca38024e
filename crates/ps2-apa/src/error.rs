//! What can go wrong with a disk's table.

use std::io;

use crate::game::GameFault;
use crate::header::{HeaderFault, Id, Sharing};
use crate::journal;
use crate::sector::Lba;

/// Why a table cannot be read or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("cannot read sector {at}")]
    Read { at: Lba, source: io::Error },
    #[error("cannot write sector {at}")]
    Write { at: Lba, source: io::Error },
    #[error("cannot bring what was written to the disk")]
    Flush { source: io::Error },
    #[error("not a disk of the console: there is no APA partition table on it")]
    NotApa,
    #[error("partition at sector {at}: {fault}")]
    Header { at: Lba, fault: HeaderFault },
    #[error(
        "the journal is damaged: {entries} entries, of {} at most",
        journal::MAX_ENTRIES
    )]
    Journal { entries: u32 },
    #[error(
        "the journal is damaged: it would write to sector {at}, where its change has no partition; \
         nothing is written to this disk, and the console would harm it: extract the games, then format it"
    )]
    JournalPlace { at: Lba },
    #[error("partition at sector {at} ends at sector {end:#x}, and the disk at {sectors:#x}")]
    Beyond { at: Lba, end: u64, sectors: u64 },
    #[error("partition at sector {at} begins before the end of the previous one, sector {end:#x}")]
    Order { at: Lba, end: u64 },
    #[error("partition at sector {at} follows the one at {before}, but says that of {stored}")]
    Link { at: Lba, before: Lba, stored: Lba },
    #[error(
        "the partitions at sectors {main} and {sub} do not agree that one is a part of the other"
    )]
    Sub { main: Lba, sub: Lba },
    /// The table has a neighbour that this crate does not know how to leave alone.
    #[error("{}", shared(.0))]
    Shared(Sharing),
    #[error("the boot program at sector {at} lies in the journal; changes would not be safe")]
    Boot { at: Lba },
    #[error("there is a partition {id} already")]
    Exists { id: Id },
    #[error("{need} MiB are needed, and {free} MiB are free")]
    NoSpace { need: u64, free: u64 },
    #[error("a disk of {sectors} sectors is too small: the console's have 256 MiB at least")]
    TooSmall { sectors: u64 },
    #[error("{sectors} sectors of 2048 bytes are more than a game can have")]
    TooLarge { sectors: u64 },
    #[error("the free space is in pieces: {parts} of them are needed, and a game can have 65")]
    Fragmented { parts: usize },
    #[error(
        "{changes} headers change, and the journal takes {}",
        journal::MAX_ENTRIES
    )]
    TooManyChanges { changes: usize },
    /// The table is not the one that a change was planned for.
    #[error("the table has changed meanwhile; start again")]
    Changed,
    #[error("sector {at} reads back as something else than was written")]
    ReadBack { at: Lba },
    #[error("game at sector {at}: {fault}")]
    Game { at: Lba, fault: GameFault },
    #[error(
        "the table was being changed, and neither finishing nor taking it back was possible; \
         its journal has all of the change, and the console or the next run completes it"
    )]
    Unfinished { source: Box<Error> },
}

fn shared(sharing: &Sharing) -> &'static str {
    match sharing {
        Sharing::Apa => "the table cannot be changed",
        Sharing::Gpt => "the disk has a GUID partition table as well, which a change would damage",
        Sharing::TwoTables => {
            "the disk has a second table from 128 GiB on (ToxicOS), which is not known well enough"
        }
    }
}
