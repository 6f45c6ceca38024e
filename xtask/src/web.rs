//! `cargo xtask web`: the page of `web/` and the WebAssembly that it computes with, ready to be served, in
//! `target/web`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::iop::toolchain::Toolchain;
use crate::{paths, process};

const TARGET: &str = "wasm32-unknown-unknown";
const PACKAGE: &str = "zso-web";
const PROFILE: &str = "web";
/// What compiling makes of the package.
const PROGRAM: &str = "zso_web.wasm";
/// Files that the page is made of, by their endings. What lies in folders beside them is for tests.
const ENDINGS: [&str; 3] = ["html", "css", "js"];
/// A linker of LLVM's that knows WebAssembly, as Debian has it.
const LINKER: &str = "wasm-ld";

/// Builds it; returns the folder.
pub fn build() -> Result<PathBuf> {
    let program = Toolchain::first(compile)
        .context("no program for the web page; type `scripts/setup` to install what it takes")?;
    let bytes = fs::read(&program).with_context(|| cannot("read", &program))?;
    check(&bytes)?;
    let out = paths::root().join("target/web");
    fs::create_dir_all(&out).with_context(|| cannot("make", &out))?;
    for file in page()? {
        let name = file.file_name().context("a file without a name")?;
        fs::copy(&file, out.join(name)).with_context(|| cannot("copy", &file))?;
    }
    let place = out.join(PROGRAM);
    fs::write(&place, &bytes).with_context(|| cannot("write", &place))?;
    Ok(out)
}

fn page() -> Result<Vec<PathBuf>> {
    let folder = paths::root().join("web");
    let entries = fs::read_dir(&folder).with_context(|| cannot("read", &folder))?;
    let files = entries.map(|entry| Ok(entry?.path()));
    let files: Vec<_> = files.collect::<Result<_>>()?;
    let is_of_page = |file: &PathBuf| {
        let ending = file.extension().and_then(|ending| ending.to_str());
        ending.is_some_and(|ending| ENDINGS.contains(&ending))
    };
    Ok(files.into_iter().filter(is_of_page).collect())
}

fn compile(toolchain: &Toolchain) -> Result<PathBuf> {
    let linker = linker(toolchain)?;
    // A folder of its own: two cargos of different versions do not share one well.
    let folder = paths::root().join("target/web-build");
    let flags = [
        format!("-Clinker={}", linker.display()),
        // Every browser that has what the page needs for its files has this, too.
        "-Ctarget-feature=+simd128".to_owned(),
        // No names of files on this machine: the same source gives the same program anywhere.
        "-Zlocation-detail=none".to_owned(),
    ];
    let mut cargo = toolchain.cargo();
    cargo
        .current_dir(paths::root())
        .args([
            "rustc",
            "--quiet",
            "--package",
            PACKAGE,
            "--lib",
            "--crate-type",
            "cdylib",
        ])
        .args([
            "--profile",
            PROFILE,
            "--target",
            TARGET,
            "-Zbuild-std=std,panic_abort",
        ])
        .arg("--target-dir")
        .arg(&folder)
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
    process::run(&mut cargo)?;
    Ok(folder.join(TARGET).join(PROFILE).join(PROGRAM))
}

/// Debian's, or the one that comes with Rust.
fn linker(toolchain: &Toolchain) -> Result<PathBuf> {
    if process::answers(LINKER) {
        return Ok(LINKER.into());
    }
    let bins = toolchain.llvm_bins(paths::root());
    let found = bins.into_iter().map(|bin| bin.join("rust-lld"));
    let found = found.into_iter().find(|linker| linker.is_file());
    found.context("no linker here knows WebAssembly; type `scripts/setup` to install lld")
}

/// Makes sure that the program asks the browser for nothing but what the page's own `wasm.js` offers.
fn check(wasm: &[u8]) -> Result<()> {
    let foreign = [&b"__wbindgen"[..], b"wasi_"];
    for name in foreign {
        let is_there = wasm.windows(name.len()).any(|window| window == name);
        let name = String::from_utf8_lossy(name);
        ensure!(
            !is_there,
            "{PROGRAM} imports {name}..., which the page does not have"
        );
    }
    Ok(())
}

fn cannot(what: &str, path: &Path) -> String {
    format!("cannot {what} {}", paths::shown(path))
}
