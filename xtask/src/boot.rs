//! tmp
pub mod rom;
