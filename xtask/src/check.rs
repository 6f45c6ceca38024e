//! Checks an object and shows what was found.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use objcheck::{Report, Rules, Violation};

use crate::budgets::Budgets;
use crate::contract::{OBJECTS, Object, READER};
use crate::{paths, sizes};

pub fn object_at(path: &Path) -> Result<()> {
    let is_it = |object: &Object| path.file_name().is_some_and(|name| name == object.name);
    let object = OBJECTS.into_iter().find(is_it).unwrap_or(READER);
    let looked = Looked::at(path, object, &Budgets::recorded()?)?;
    print!("{}", looked.sizes());
    println!("needs: {}", listed(&looked.report.undefined));
    println!("gives: {}", listed(&looked.report.defined));
    println!(
        "{} instructions, {} relocations",
        looked.report.instructions, looked.report.relocations
    );
    looked.verdict()
}

/// An object and what the check found out about it.
pub struct Looked {
    path: PathBuf,
    rules: Rules,
    pub bytes: Vec<u8>,
    pub report: Report,
}

impl Looked {
    pub fn at(path: &Path, object: Object, budgets: &Budgets) -> Result<Self> {
        let read = fs::read(path);
        let bytes = read.with_context(|| {
            format!(
                "cannot read {}; type `cargo iop` to make it",
                paths::shown(path)
            )
        })?;
        let rules = object.rules(budgets);
        let report = objcheck::check(&bytes, &rules);
        Ok(Self {
            path: path.to_owned(),
            rules,
            bytes,
            report,
        })
    }

    pub fn sizes(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        let name = name.to_string_lossy();
        format!("{name}\n")
            + &sizes::table(&self.bytes, &self.report.sizes, self.rules.max_code_bytes)
    }

    /// Whether a register is used before its load is through, which only a compiler can be blamed for.
    pub fn is_miscompiled(&self) -> bool {
        let delay = |violation: &Violation| {
            matches!(
                violation,
                Violation::LoadDelay { .. } | Violation::LoadDelayUnknown { .. }
            )
        };
        self.report.violations.iter().any(delay)
    }

    /// Shows what is wrong; an error if anything is.
    pub fn verdict(&self) -> Result<()> {
        let path = paths::shown(&self.path);
        for violation in &self.report.violations {
            eprintln!("{path}: {violation}");
        }
        let count = self.report.violations.len();
        ensure!(
            count == 0,
            "{path} breaks the contract in {count} place(s), see above"
        );
        Ok(())
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        "nothing".to_owned()
    } else {
        names.join(" ")
    }
}
