//! The archive, the C compiler, and running what it makes.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The sanitizers of the C side. The archive is built without; see `guarded_alloc` in tests/c/support.h.
const SANITIZE: [&str; 2] = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
const WARNINGS: [&str; 4] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];

/// The repository.
pub fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package
        .ancestors()
        .nth(2)
        .expect("the package is two levels down")
}

/// A source of `tests/c`.
pub fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/c")
        .join(name)
}

/// Where this test may write, below cargo's target folder.
pub fn scratch() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

/// How the archive is built: with every check that the compiler can add, and as it is used.
#[derive(Clone, Copy, Debug)]
pub enum Profile {
    Dev,
    Release,
}

impl Profile {
    pub const ALL: [Self; 2] = [Self::Dev, Self::Release];

    fn archive(self) -> &'static Archive {
        static DEV: OnceLock<Archive> = OnceLock::new();
        static RELEASE: OnceLock<Archive> = OnceLock::new();
        match self {
            Self::Dev => DEV.get_or_init(|| Archive::build("dev", "debug")),
            Self::Release => RELEASE.get_or_init(|| Archive::build("release", "release")),
        }
    }
}

/// A static library, and what has to be linked with it.
struct Archive {
    path: PathBuf,
    native_libs: Vec<String>,
}

impl Archive {
    /// Builds in a target folder of its own: cargo may hold the lock of the usual one.
    fn build(profile: &str, folder: &str) -> Self {
        let target = scratch().join("archive");
        let native_libs = scratch().join(format!("native-static-libs-{profile}"));
        let mut print = OsString::from("--print=native-static-libs=");
        print.push(&native_libs);
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command
            .current_dir(root())
            .args(["rustc", "--package", "zso", "--features", "capi,maps"])
            .args(["--lib", "--crate-type", "staticlib", "--profile", profile])
            .arg("--target-dir")
            .arg(&target)
            .arg("--")
            .arg(print)
            .env_remove("CARGO_BUILD_TARGET");
        run(&mut command);
        let native_libs = fs::read_to_string(native_libs).expect("rustc names the libraries");
        Self {
            path: target.join(folder).join("libzso.a"),
            native_libs: native_libs.split_whitespace().map(Into::into).collect(),
        }
    }
}

/// A language standard, and with it a compiler.
#[derive(Clone, Copy)]
pub enum Language {
    C99,
    Cpp11,
}

/// Compiles sources as one program and links it with the archive.
pub fn program(name: &str, language: Language, sources: &[PathBuf], profile: Profile) -> PathBuf {
    let program = scratch().join(format!("{name}-{profile:?}"));
    let archive = profile.archive();
    let mut command = compiler(language);
    command
        .args(SANITIZE)
        .arg("-g")
        .args(sources)
        .arg(&archive.path)
        .args(&archive.native_libs)
        .arg("-o")
        .arg(&program);
    run(&mut command);
    program
}

/// Compiles a source without making anything of it, with more options.
pub fn check(source: &Path, options: &[&str]) {
    let mut command = compiler(Language::C99);
    run(command.args(options).arg("-fsyntax-only").arg(source));
}

fn compiler(language: Language) -> Command {
    let (variable, default, standard) = match language {
        Language::C99 => ("CC", "cc", "-std=c99"),
        Language::Cpp11 => ("CXX", "g++", "-std=c++11"),
    };
    let mut command = Command::new(env::var_os(variable).unwrap_or_else(|| default.into()));
    command
        .arg(standard)
        .args(WARNINGS)
        .arg("-I")
        .arg(root().join("include"));
    command
}

/// Runs a command that must succeed; otherwise its output is shown.
pub fn run(command: &mut Command) {
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => panic!("{}: {error}", command.get_program().display()),
    };
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
}
