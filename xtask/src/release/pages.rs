//! Manual pages and completions, as `ziso` itself prints them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use common::{paths, process};

/// Shells, and what each calls its completions for `ziso`.
const SHELLS: [(&str, &str); 5] = [
    ("bash", "ziso.bash"),
    ("elvish", "ziso.elv"),
    ("fish", "ziso.fish"),
    ("powershell", "_ziso.ps1"),
    ("zsh", "_ziso"),
];

/// Where they are.
pub struct Pages {
    pub manual: PathBuf,
    pub completions: PathBuf,
}

impl Pages {
    pub fn make(folder: &Path) -> Result<Self> {
        let pages = Self {
            manual: folder.join("man"),
            completions: folder.join("completions"),
        };
        fs::remove_dir_all(folder).ok();
        for folder in [&pages.manual, &pages.completions] {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make {}", paths::shown(folder)))?;
        }
        ziso(&["man", "--output-dir", &pages.manual.to_string_lossy()])?;
        for (shell, name) in SHELLS {
            let path = pages.completions.join(name);
            fs::write(&path, ziso(&["completions", shell])?)
                .with_context(|| format!("cannot write {}", paths::shown(&path)))?;
        }
        Ok(pages)
    }
}

/// What this machine's own `ziso` prints.
fn ziso(args: &[&str]) -> Result<String> {
    let mut cargo = process::clean("cargo");
    cargo
        .current_dir(paths::root())
        .args(["run", "--quiet", "--package", "ziso", "--bin", "ziso", "--"])
        .args(args);
    process::output_of(&mut cargo)
}
