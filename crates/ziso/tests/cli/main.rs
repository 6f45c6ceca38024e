//! The command as users run it: the real program on real files in a folder of its own.
//!
//! | module | what it is about |
//! |---|---|
//! | `roundtrip` | what goes in comes out, also by way of a reader written from the format alone |
//! | `format` | what the files look like: align, padding, end entry, thresholds |
//! | `files` | which files are touched, and which never |
//! | `bare` | files without a subcommand |
//! | `batch` | many files and whole folders |
//! | `streams` | standard input and output |
//! | `inputs` | images that are no ISO files: to be compressed anew, tracks, and what is refused |
//! | `containers` | images in CHD and CUE files, in archives, and tracks of all kinds |
//! | `script` | the command line of the script that came first |
//! | `peer` | another tool's files are read, and it reads ours |
//! | `checksums` | what `verify` compares with |
//! | `space` | full disks, and folders that cannot be written to |
//! | `changes` | files that change under the program's hands |
//! | `disc` | what is found on discs: games, problems, advice |
//! | `damage` | damaged, cut and hostile ZSO files |
//! | `nasty` | names and titles that would change a terminal |
//! | `limits` | inputs that would take all memory, or never end |
//! | `hdd` | games on a disk of the console |
//! | `hdd_edit` | the disk itself: begun anew, looked at; games deleted, and titles changed |
//! | `hdd_many` | many games onto a disk at once, and what is doubtful of them |
//! | `split`, `kills`, `power` | files in parts, and what is left of them when a run is ended, a disk fails, power is lost |
//! | `elsewhere` | what has to work with the program for every system; `cargo xtask elsewhere` names another one |
//! | `usage` | arguments, messages, exit codes, what is printed where |
//!
//! Tests called `defect_12_...` and `defect_16_...` go on where `tests/field_defects.rs` of the library ends.
//! "Reference script 3" and the like name what went wrong in `ziso.py`, the script that came first.

mod bare;
mod batch;
mod changes;
mod checksums;
mod containers;
mod damage;
mod disc;
mod elsewhere;
mod files;
mod format;
mod hdd;
mod hdd_edit;
mod hdd_many;
mod inputs;
#[cfg(target_os = "linux")]
mod kills;
#[cfg(unix)]
mod limits;
#[cfg(unix)]
mod nasty;
mod peer;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod power;
mod reader;
mod roundtrip;
mod script;
mod space;
mod split;
mod streams;
mod support;
mod usage;
