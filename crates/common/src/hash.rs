//! SHA-256, as people write it.

use sha2::{Digest, Sha256};

/// The digest of all that was added, in hexadecimal.
pub fn hex(hash: Sha256) -> String {
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
