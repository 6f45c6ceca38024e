//! Golden files: what figures were when somebody last looked at them, in tests/golden.
//!
//! `cargo xtask bless` accepts new ones. A change of them is for a person to judge, and belongs into the commit that
//! causes it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// Set, it makes tests write their golden files instead of comparing with them.
pub const BLESS: &str = "ZSO_BLESS";

/// Where the golden file `name` is.
#[must_use]
pub fn path(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden");
    folder.join(name)
}

/// Compares a text with a golden file.
///
/// # Panics
/// If they differ, or the file cannot be written when it should be.
pub fn check(name: &str, text: &str) {
    let path = path(name);
    if env::var_os(BLESS).is_some() {
        fs::write(&path, text).expect("the golden file can be written");
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        text == golden,
        "This is not what tests/golden/{name} has:\n{text}\nType `cargo xtask bless` if it is meant to be so."
    );
}
