//! What the page can ask.

use std::ops::Range;

use discs::Hashes;
use serde::Deserialize;

/// A request. Sizes and places are in bytes; the disc's number is 0 for the one that is looked at or converted, and 1
/// for the new file that is compared with it.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(
    tag = "do",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum Request {
    /// Opens the browser's file of this number as a disc. Reply: its size, the bytes that are worked on at a time, and
    /// its form.
    Open {
        /// Which disc it becomes.
        disc: usize,
        /// The number that the browser's file goes by.
        file: u32,
        size: u64,
    },
    /// Reads a CUE text. Reply: the name of the file with the disc's data, where they begin in it, where they end if
    /// that is before its end, how many tracks of music there are, and the names of all files.
    Cue {
        /// The number that the browser's file goes by.
        file: u32,
        size: u64,
    },
    /// Finds the image in a zip file. Reply: its name, its size, and where it is if it is stored as it is; nothing if
    /// there is a list of discs instead.
    Zip {
        /// The number that the browser's file goes by.
        file: u32,
        size: u64,
    },
    /// Unpacks some more of that image. Bytes: those that follow, none after the last one.
    Unpack,
    /// What `ziso info` knows of disc 0, the map, the largest files, and why `ziso compress` does not take it, if so.
    Look {
        name: String,
        /// The game's title, if it is known.
        title: Option<String>,
    },
    /// What `ziso advise` says of disc 0.
    Advise { name: String },
    /// Where files of disc 0 are: ranges of bytes.
    Places {
        /// Patterns, as `ziso compress --raw` has them.
        patterns: Vec<String>,
    },
    /// Gets ready to compress disc 0. Reply: the most bytes that the new file can have.
    Plan(Plan),
    /// Compresses a run of blocks of disc 0. Reply: the hash of the run. Bytes: what [`Request::Add`] takes.
    Pack {
        /// Where it begins.
        at: u64,
    },
    /// Begins the new file, as planned. Reply: what is to be written.
    Begin,
    /// Adds the blocks in the bytes to it. Reply and bytes: what is to be written.
    Add,
    /// Completes it. Reply and bytes: what is to be written, and what came of it.
    End,
    /// Decodes a part of disc 0. Reply: its hash. Bytes: the part.
    Decode {
        /// Where it begins.
        at: u64,
    },
    /// Compares a part of disc 1 with the same part of disc 0, as it was when it was read. Reply: whether they are
    /// equal.
    Compare {
        /// Where it begins.
        at: u64,
        /// The other one's hash, as [`Request::Pack`] or [`Request::Decode`] told it.
        hash: String,
    },
    /// Makes sure that disc 0 does not go on after its file's end.
    Check,
    /// Takes the bytes into the checksums.
    Hash,
    /// Tells the checksums of all bytes taken, and begins anew.
    Hashes,
    /// Reads a list of known discs. Reply: its name and how many there are.
    Dat {
        /// The number that the browser's file goes by.
        file: u32,
        size: u64,
    },
    /// Finds the game in the list, if there is one. Reply: its name and its file's.
    Find {
        /// Size of the disc.
        size: u64,
        /// Its SHA-1 and so on, as [`Request::Hashes`] told them.
        hashes: Hashes,
    },
}

/// How a disc is to be compressed.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plan {
    /// 1 to 12.
    pub level: u8,
    /// Whether the console is to decode it faster.
    pub for_console: bool,
    /// Parts that are stored plain.
    pub raw: Vec<Range<u64>>,
}
