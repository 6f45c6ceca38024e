//! `cargo xtask release`: what people download, in target/release-files.
//!
//! | module | what it makes |
//! |---|---|
//! | [`system`] | the program for each system, cross-built with Zig's linker and C library |
//! | [`pages`] | manual pages and completions |
//! | [`bundle`] | an archive that depends on the files in it and on nothing else |
//! | [`console`] | the console's objects and archives with header and documents |
//! | [`debian`] | the Debian package |
//! | [`third_party`] | whose work is in them, and under which licences |
//!
//! The same commit gives the same files, wherever it is built with the same compiler: `--twice` tries it.

mod bundle;
mod console;
mod debian;
mod pages;
pub mod system;
mod third_party;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use common::{hash, paths, process};
use sha2::{Digest, Sha256};

use crate::web;
use bundle::{Archive, Bundle};
use pages::Pages;
use system::{Build, DEBIAN, SYSTEMS, System};
use third_party::{C_LIBRARIES, ThirdParty};

/// The version of what is released: all packages have one.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The list of all files and their SHA-256, in the form of `sha256sum`.
const SUMS: &str = "SHA256SUMS";

#[derive(clap::Args)]
pub struct Options {
    /// Make the files for this system only; can be typed several times [default: all, and the console's]
    #[arg(long, value_name = "SYSTEM", value_parser = system::parse)]
    only: Vec<&'static System>,
    /// Make everything twice, in different folders, and compare (takes as long again)
    #[arg(long)]
    twice: bool,
}

/// Folders of one release.
struct Folders {
    /// Where compilers work.
    build: PathBuf,
    /// What is downloaded.
    files: PathBuf,
}

pub fn run(options: &Options) -> Result<()> {
    let first = Folders::named("");
    make(&options.only, &first)?;
    if options.twice {
        let second = Folders::named("-again");
        make(&options.only, &second)?;
        let sums = |folders: &Folders| fs::read_to_string(folders.files.join(SUMS));
        ensure!(
            sums(&first)? == sums(&second)?,
            "{} and {} differ: the build depends on more than the source",
            paths::shown(&first.files.join(SUMS)),
            paths::shown(&second.files.join(SUMS)),
        );
        println!("the same files, built twice");
    }
    Ok(())
}

fn make(only: &[&'static System], folders: &Folders) -> Result<()> {
    let Folders { build, files } = folders;
    fs::remove_dir_all(files).ok();
    fs::create_dir_all(files).with_context(|| format!("cannot make {}", paths::shown(files)))?;
    let folder = build.join("pages");
    let pages = Pages::make(&folder)?;
    let others = ThirdParty::new()?;
    let in_programs = others.write("ziso", C_LIBRARIES, &folder)?;
    let systems = SYSTEMS
        .iter()
        .filter(|system| only.is_empty() || only.contains(system));
    for system in systems {
        let program = Build::released(build).program(system)?;
        of_system(system, &program, &pages, &in_programs)?.write(files)?;
        if system.name == DEBIAN {
            debian::package(system, build, files)?;
        }
    }
    if only.is_empty() {
        console::bundle(&others.write("zso", &[], &folder)?)?.write(files)?;
        page(&others.write("zso-web", &[], &folder)?)?.write(files)?;
    }
    let sums = sums(files)?;
    print!("{sums}");
    fs::write(files.join(SUMS), sums).with_context(|| format!("cannot write {SUMS}"))
}

/// The program with what belongs to it.
fn of_system(system: &System, program: &Path, pages: &Pages, others: &Path) -> Result<Bundle> {
    let mut bundle = Bundle::new(&format!("ziso-{VERSION}-{}", system.name), system.archive);
    bundle.program(system.program, program)?;
    documents(&mut bundle)?;
    licences(&mut bundle, others)?;
    bundle.folder("completions", &pages.completions)?;
    if system.has_manual {
        bundle.folder("man", &pages.manual)?;
    }
    Ok(bundle)
}

/// The page for browsers, to be unpacked into a folder of any web server.
fn page(others: &Path) -> Result<Bundle> {
    let mut bundle = Bundle::new(&format!("zso-web-{VERSION}"), Archive::Zip);
    bundle.folder("page", &web::build()?)?;
    documents(&mut bundle)?;
    licences(&mut bundle, others)?;
    Ok(bundle)
}

/// What there is to read, all of it: the pages name each other.
fn documents(bundle: &mut Bundle) -> Result<()> {
    bundle.file("README.md", &paths::root().join("README.md"))?;
    for folder in ["docs", "docs/bench"] {
        let path = paths::root().join(folder);
        let is_page = |name: &String| name.ends_with(".md") || name.ends_with(".svg");
        for name in names(&path)?.iter().filter(|name| is_page(name)) {
            bundle.file(&format!("{folder}/{name}"), &path.join(name))?;
        }
    }
    Ok(())
}

/// This project's licences, and those of others whose work is in it.
fn licences(bundle: &mut Bundle, others: &Path) -> Result<()> {
    bundle.file("THIRD-PARTY.md", others)?;
    for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
        bundle.file(name, &paths::root().join(name))?;
    }
    Ok(())
}

/// A line for each file, in the order of their names.
fn sums(files: &Path) -> Result<String> {
    let mut names = names(files)?;
    names.sort();
    let line = |name: &String| -> Result<String> {
        let bytes = fs::read(files.join(name)).with_context(|| format!("cannot read {name}"))?;
        Ok(format!(
            "{}  {name}\n",
            hash::hex(Sha256::new_with_prefix(bytes))
        ))
    };
    names.iter().map(line).collect()
}

/// The names of all files in a folder.
fn names(folder: &Path) -> Result<Vec<String>> {
    let cannot = || format!("cannot list {}", paths::shown(folder));
    let entries = fs::read_dir(folder).with_context(cannot)?;
    let name = |entry: std::io::Result<fs::DirEntry>| -> Result<String> {
        Ok(entry
            .with_context(cannot)?
            .file_name()
            .to_string_lossy()
            .into_owned())
    };
    entries.map(name).collect()
}

/// When the last commit was made, in a form of git's: what the Debian package takes for the time of its files.
fn commit_time(form: &str) -> Result<String> {
    let mut git = process::clean("git");
    git.current_dir(paths::root())
        .args(["log", "-1", &format!("--format={form}")]);
    Ok(process::output_of(&mut git)?.trim_end().to_owned())
}

impl Folders {
    fn named(end: &str) -> Self {
        let target = paths::root().join("target");
        Self {
            build: target.join(format!("release-build{end}")),
            files: target.join(format!("release-files{end}")),
        }
    }
}
