//! What can go wrong with a disk's table.

use std::io;

use crate::game::GameFault;
use crate::header::{HeaderFault, Id, Sharing};
use crate::journal;
use crate::sector::Lba;

/// Why a table cannot be read or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "a message says what its numbers and names are")]
pub enum Error {
    /// Sectors cannot be read.
    #[error("cannot read sector {at}")]
    Read { at: Lba, source: io::Error },
    /// Sectors cannot be written.
    #[error("cannot write sector {at}")]
    Write { at: Lba, source: io::Error },
    /// What was written does not get to the medium.
    #[error("cannot bring what was written to the disk")]
    Flush { source: io::Error },
    /// The disk does not begin with a partition header.
    #[error("not a disk of the console: there is no APA partition table on it")]
    NotApa,
    /// A partition header is damaged.
    #[error("partition at sector {at}: {fault}")]
    Header { at: Lba, fault: HeaderFault },
    /// The journal says that it holds more than fits in.
    #[error(
        "the journal is damaged: {entries} entries, of {} at most",
        journal::MAX_ENTRIES
    )]
    Journal { entries: u32 },
    /// The journal would write to a place that no change of the table writes to.
    #[error(
        "the journal is damaged: it would write to sector {at}, where its change has no partition; \
         nothing is written to this disk, and the console would harm it: extract the games, then format it"
    )]
    JournalPlace { at: Lba },
    /// A partition goes on past the disk's end.
    #[error("partition at sector {at} ends at sector {end:#x}, and the disk at {sectors:#x}")]
    Beyond { at: Lba, end: u64, sectors: u64 },
    /// A partition begins before the end of the one before.
    #[error("partition at sector {at} begins before the end of the previous one, sector {end:#x}")]
    Order { at: Lba, end: u64 },
    /// A partition's link back does not lead to the one before.
    #[error("partition at sector {at} follows the one at {before}, but says that of {stored}")]
    Link { at: Lba, before: Lba, stored: Lba },
    /// A main partition and a sub-partition do not say the same of each other.
    #[error(
        "the partitions at sectors {main} and {sub} do not agree that one is a part of the other"
    )]
    Sub { main: Lba, sub: Lba },
    /// The table has a neighbour that this crate does not know how to leave alone.
    #[error("{}", shared(.0))]
    Shared(Sharing),
    /// The console's boot program lies where the journal has to be.
    #[error("the boot program at sector {at} lies in the journal; changes would not be safe")]
    Boot { at: Lba },
    /// The name is taken.
    #[error("there is a partition {id} already")]
    Exists { id: Id },
    /// There is not enough room.
    #[error("{need} MiB are needed, and {free} MiB are free")]
    NoSpace { need: u64, free: u64 },
    /// The disk is too small for a table and a game.
    #[error("a disk of {sectors} sectors is too small: the console's have 256 MiB at least")]
    TooSmall { sectors: u64 },
    /// The image is larger than any disc.
    #[error("{sectors} sectors of 2048 bytes are more than a game can have")]
    TooLarge { sectors: u64 },
    /// What is free is in too many pieces.
    #[error("the free space is in pieces: {parts} of them are needed, and a game can have 65")]
    Fragmented { parts: usize },
    /// A change of the table does not fit into the journal.
    #[error(
        "{changes} headers change, and the journal takes {}",
        journal::MAX_ENTRIES
    )]
    TooManyChanges { changes: usize },
    /// The table is not the one that a change was planned for.
    #[error("the table has changed meanwhile; start again")]
    Changed,
    /// The disk does not give back what was written.
    #[error("sector {at} reads back as something else than was written")]
    ReadBack { at: Lba },
    /// A game's own header is damaged.
    #[error("game at sector {at}: {fault}")]
    Game { at: Lba, fault: GameFault },
    /// A change was begun, failed, and could not be taken back.
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
