//! The console's objects and archives with all that linking them takes: the header, an example, and
//! documents; and the module for volunteers' consoles.

use std::path::Path;

use anyhow::Result;
use common::paths;

use super::bundle::{Archive, Bundle};
use super::{VERSION, documents, licences};
use crate::iop;

/// Builds and checks the objects, and packs them.
pub fn bundle(others: &Path) -> Result<Bundle> {
    iop::build()?;
    iop::selftest()?;
    let mut bundle = Bundle::new(&format!("zso-{VERSION}-iop"), Archive::Zip);
    for name in super::names(&paths::iop())?
        .iter()
        .filter(|name| is_made(name))
    {
        bundle.file(&format!("lib/{name}"), &paths::iop().join(name))?;
    }
    for name in ["include/zso.h", "examples/read_sectors.c"] {
        bundle.file(name, &paths::root().join(name))?;
    }
    documents(&mut bundle)?;
    licences(&mut bundle, others)?;
    Ok(bundle)
}

/// Objects, archives, the module, and the record of how they were made.
fn is_made(name: &str) -> bool {
    let ends = [".o", ".a", ".irx"].iter().any(|end| name.ends_with(end));
    ends && !name.starts_with('.') || name == iop::RECORD
}
