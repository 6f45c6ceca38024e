//! Whose work a program contains, and under which licences: all packages that `cargo metadata` finds below it, with the
//! texts that they come with, and the libraries of Rust and C.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use common::{paths, process};
use serde_json::Value;

use super::names;
use crate::iop::toolchain::Toolchain;

/// How names of files with licences begin, in capital letters.
const TEXTS: [&str; 5] = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE"];

/// C libraries that are linked with a program, and where Zig has their licences.
pub const C_LIBRARIES: &[(&str, &str)] = &[
    ("musl (Linux)", "musl/COPYRIGHT"),
    ("mingw-w64 (Windows)", "mingw/COPYING"),
];

/// What a program is made of.
pub struct ThirdParty {
    metadata: Value,
}

/// Licences, and whose they are.
#[derive(Default)]
struct Texts(BTreeMap<String, BTreeSet<String>>);

impl ThirdParty {
    /// Asks cargo, of the versions in Cargo.lock.
    pub fn new() -> Result<Self> {
        let mut cargo = process::clean("cargo");
        cargo
            .current_dir(paths::root())
            .args(["metadata", "--format-version", "1", "--locked"]);
        let metadata = serde_json::from_str(&process::output_of(&mut cargo)?);
        Ok(Self {
            metadata: metadata.context("cargo's metadata are no JSON")?,
        })
    }

    /// Writes the page for one of the workspace's packages, which is linked with these libraries, into a folder.
    pub fn write(
        &self,
        package: &str,
        libraries: &[(&str, &str)],
        folder: &Path,
    ) -> Result<PathBuf> {
        let path = folder.join(format!("THIRD-PARTY-{package}.md"));
        fs::write(&path, self.page(package, libraries)?)
            .with_context(|| format!("cannot write {}", paths::shown(&path)))?;
        Ok(path)
    }

    fn page(&self, package: &str, libraries: &[(&str, &str)]) -> Result<String> {
        let mut page = format!("# Software in {package} that others have written\n\n");
        let mut texts = Texts::default();
        let packages = list(&self.metadata["packages"]);
        let below = self.below(package);
        for package in packages.filter(|package| below.contains(text(&package["id"]))) {
            // Those of the workspace have no source.
            if package["source"].is_null() {
                continue;
            }
            let name = format!("{} {}", text(&package["name"]), text(&package["version"]));
            writeln!(page, "- {name}: {}", text(&package["license"]))?;
            if let Some(folder) = Path::new(text(&package["manifest_path"])).parent() {
                texts.add_folder(&name, folder)?;
            }
        }
        if let Some(toolchain) = Toolchain::all(paths::root())?.first() {
            texts.add_folder("Rust's standard library", &toolchain.sources())?;
        }
        for (name, place) in libraries {
            texts.add(name, &zig()?.join(place))?;
        }
        for (licence, owners) in &texts.0 {
            let owners: Vec<_> = owners.iter().map(String::as_str).collect();
            write!(
                page,
                "\n## {}\n\n```text\n{licence}\n```\n",
                owners.join(", ")
            )?;
        }
        Ok(page)
    }

    /// Packages that one is made of, itself included: what builds or tests it is not in it.
    fn below(&self, package: &str) -> BTreeSet<&str> {
        let packages = list(&self.metadata["packages"]);
        let is_it = |found: &&Value| found["name"] == package && found["source"].is_null();
        let mut left: Vec<_> = packages
            .filter(is_it)
            .map(|found| text(&found["id"]))
            .collect();
        let mut below = BTreeSet::new();
        while let Some(id) = left.pop() {
            if !below.insert(id) {
                continue;
            }
            let nodes = list(&self.metadata["resolve"]["nodes"]);
            let of_it = nodes.filter(|node| node["id"] == id);
            let is_linked =
                |needed: &&Value| list(&needed["dep_kinds"]).any(|kind| kind["kind"].is_null());
            left.extend(
                of_it
                    .flat_map(|node| list(&node["deps"]))
                    .filter(is_linked)
                    .map(|needed| text(&needed["pkg"])),
            );
        }
        below
    }
}

impl Texts {
    /// Adds the licences that lie in a folder.
    fn add_folder(&mut self, owner: &str, folder: &Path) -> Result<()> {
        for name in names(folder)? {
            let upper = name.to_uppercase();
            let path = folder.join(&name);
            if TEXTS.iter().any(|start| upper.starts_with(start)) && path.is_file() {
                self.add(owner, &path)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, owner: &str, path: &Path) -> Result<()> {
        let read = fs::read(path).with_context(|| format!("cannot read {}", paths::shown(path)))?;
        // The same text with other ends of lines is the same.
        let licence = String::from_utf8_lossy(&read);
        let lines: Vec<_> = licence.lines().map(str::trim_end).collect();
        let licence = lines.join("\n").trim_matches('\n').to_owned();
        self.0.entry(licence).or_default().insert(owner.to_owned());
        Ok(())
    }
}

/// Where Zig has its C libraries.
fn zig() -> Result<PathBuf> {
    let tools = paths::root().join("target/tools/lib");
    let python = names(&tools)?
        .into_iter()
        .find(|name| name.starts_with("python"));
    let python = python.context("Zig is not installed; type scripts/setup --release")?;
    Ok(tools.join(python).join("site-packages/ziglang/lib/libc"))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_linked_is_named_and_what_builds_is_not() {
        let all = ThirdParty::new().expect("cargo answers");
        let names = |package| -> BTreeSet<_> {
            let below = all.below(package);
            let packages = list(&all.metadata["packages"]);
            let named = packages.filter(|found| below.contains(text(&found["id"])));
            named.map(|found| text(&found["name"])).collect()
        };
        let ziso = names("ziso");
        assert!(
            ["clap", "zso", "flate2"]
                .iter()
                .all(|name| ziso.contains(name)),
            "{ziso:?}"
        );
        assert!(
            !ziso.contains("proptest") && !ziso.contains("testkit"),
            "{ziso:?}"
        );
        assert!(!names("zso").contains("clap"));
    }

    #[test]
    fn same_texts_are_there_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let put = |name, text| fs::write(folder.path().join(name), text).expect("written");
        put("LICENSE-MIT", "one\ntwo\n");
        put("license.txt", "one\r\ntwo  \r\n\r\n");
        put("README.md", "no licence");
        let mut texts = Texts::default();
        texts.add_folder("a", folder.path()).expect("read");
        texts.add_folder("b", folder.path()).expect("read");
        let owners = BTreeSet::from(["a".to_owned(), "b".to_owned()]);
        assert_eq!(texts.0, BTreeMap::from([("one\ntwo".to_owned(), owners)]));
    }
}
