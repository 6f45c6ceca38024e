//! The reader's C functions as a static library for hosts.
//!
//! `zso` alone is no such library: it is `no_std`, and on a host nothing of it says what a panic does. This package
//! adds the standard library, which does, and nothing else.

#[cfg(feature = "archive")]
use zso as _;
