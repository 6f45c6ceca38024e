//! What is built for the console, as the packages that measure and boot it want it.

use std::fs;

use anyhow::{Context, Result};
use bench::Objects;
use boot::Rom;

use crate::budgets::Budgets;
use crate::contract::{OBJECTS, OVERLAP, READER, TEXTS};
use crate::{iop, paths};

pub fn objects() -> Result<Objects> {
    let budgets = Budgets::recorded()?;
    let built = iop::build_within(&budgets)?;
    let all = OBJECTS.iter().zip(built.objects);
    let all = all.map(|(object, looked)| bench::Object {
        name: object.name,
        bytes: looked.bytes,
        sizes: looked.report.sizes,
        code_budget: budgets.of(object.name),
    });
    Ok(Objects {
        compiler: built.compiler,
        all: all.collect(),
    })
}

/// The boot ROM: its program, linked with the checked objects; and the module that it runs from its disc.
pub fn rom() -> Result<Rom> {
    iop::build()?;
    iop::selftest()?;
    let dir = paths::boot();
    fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", paths::shown(&dir)))?;
    let script = paths::root().join("crates/bootrom/rom.ld");
    let objects = [READER, TEXTS, OVERLAP].map(|object| paths::iop().join(object.name));
    let elf = dir.join("bootrom.elf");
    iop::program("bootrom", &script, &objects, &elf)?;
    Rom::of_program(&elf)
}
