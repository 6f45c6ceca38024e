//! Where the object is.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Names another object than the workspace's own.
const VARIABLE: &str = "ZSO_OBJECT";

/// Path of the object under test.
#[must_use]
pub fn object_path() -> PathBuf {
    let built = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/iop/zso.o");
    std::env::var_os(VARIABLE).map_or_else(built, PathBuf::from)
}

/// The object under test, read once.
pub(super) fn bytes() -> &'static [u8] {
    static OBJECT: OnceLock<Vec<u8>> = OnceLock::new();
    OBJECT.get_or_init(|| {
        let path = object_path();
        let read = std::fs::read(&path);
        read.unwrap_or_else(|error| panic!("{}: {error}; run `cargo iop` first", path.display()))
    })
}
