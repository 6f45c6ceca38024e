//! `target/iop/zso_selftest.irx`: a module that reads an image on a volunteer's console by the objects that were built.

use std::fs;

use anyhow::{Context, Result, ensure};
use irx::fixup::{Jumps, convert_paired};
use irx::{file, loadcore};
use objcheck::{E_FLAGS, Rules, Violation};

use crate::contract::{OPL, OVERLAP};
use crate::paths;

const SELFTEST: &str = "zso_selftest.irx";
/// How names of `zso_opl.o` begin in it: the other object has the same.
const PLAIN: &str = "plain_";
/// Version 0.1, as the kernel has it.
const VERSION: u16 = 0x0001;

/// Makes it of the objects in target/iop.
pub fn selftest() -> Result<()> {
    let _alone = super::alone()?;
    let (archive, linker) = super::staticlib("selftest")?;
    let dir = paths::iop();
    let [plain, linked] = ["plain", "linked"].map(|name| dir.join(format!(".selftest-{name}.o")));
    linker.rename(&dir.join(OPL.name), PLAIN, &plain)?;
    let files = [archive, plain.clone(), dir.join(OVERLAP.name)];
    let script = paths::root().join("crates/selftest/module.ld");
    linker.link(&script, &files, &["_start"], &linked)?;
    let object = fs::read(&linked)?;
    let module = convert_paired(&object, Jumps::Branch)
        .with_context(|| format!("cannot make {SELFTEST}"))?;
    let report = objcheck::check(&object, &rules());
    let code = imports_end(&module.image);
    let violations = report
        .violations
        .iter()
        .filter(|violation| match violation {
            Violation::NotMips1 { place } => place.offset >= code,
            // These are what `convert_paired` has mended.
            Violation::HighWithoutLow { .. } | Violation::LowWithoutHigh { .. } => false,
            _ => true,
        });
    let count = violations
        .inspect(|violation| eprintln!("{SELFTEST}: {violation}"))
        .count();
    ensure!(count == 0, "{SELFTEST} breaks rules of modules, see above");
    let path = dir.join(SELFTEST);
    let made = dir.join(format!("{SELFTEST}.new"));
    fs::write(&made, file::write(&module, "zso_selftest", VERSION))
        .and_then(|()| fs::rename(&made, &path))
        .with_context(|| format!("cannot write {}", paths::shown(&path)))
}

/// Where code begins: after the tables of imports, which are no instructions.
fn imports_end(image: &[u8]) -> u32 {
    let stubs = loadcore::imports(image).into_iter();
    stubs.map(|import| import.stub + 8).max().unwrap_or(0)
}

fn rules() -> Rules {
    Rules {
        allowed_undefined: Vec::new(),
        required_defined: vec!["_start".to_owned()],
        max_code_bytes: 23 << 10,
        max_data_bytes: 1 << 10,
        e_flags: E_FLAGS,
        forbid_symbols_containing: vec!["panic".to_owned()],
    }
}
