//! One good object, and for every rule one or more that break it and nothing else.
//!
//! Every test compares the whole list of violations: a rule that does not fire and one that fires
//! where it should not are both failures.

mod builder;
mod code;
mod files;
mod garbage;
mod good;
mod hilo;
mod loads;
mod pairs;
mod relocs;
mod sections;
mod sizes;
mod symbols;
