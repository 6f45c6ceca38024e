//! The command as users run it: the real program on real files in a folder of its own.
//!
//! | module | what it is about |
//! |---|---|
//! | `roundtrip` | what goes in comes out, also by way of a reader written from the format alone |
//! | `format` | what the files look like: align, padding, end entry, thresholds |
//! | `files` | which files are touched, and which never |
//! | `changes` | files that change under the program's hands |
//! | `disc` | what is found on discs: games, problems, advice |
//! | `damage` | damaged, cut and hostile ZSO files |
//! | `hdd` | games on a disk of the console |
//! | `usage` | arguments, messages, exit codes, what is printed where |
//!
//! "Reference script 3" and the like name what went wrong in `ziso.py`, the script that came first.

mod changes;
mod damage;
mod disc;
mod files;
mod format;
mod hdd;
mod reader;
mod roundtrip;
mod support;
mod usage;
