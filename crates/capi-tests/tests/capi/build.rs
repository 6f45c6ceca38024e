//! The archive, the C compiler, and running what it makes.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The sanitizers of the C side, on the host. The archive is built without; see `guarded_alloc` in tests/c/support.h.
const SANITIZE: [&str; 2] = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
/// The console's compiler with what ps2sdk's callers are compiled with, but for Linux: QEMU runs that. ld warns of each
/// file that Linux's own are linked with others, which is known.
const CONSOLE: &str = "mipsel-linux-gnu-gcc";
const CONSOLE_FLAGS: [&str; 9] = [
    "-march=mips1",
    "-mfp32",
    "-mno-llsc",
    "-mno-abicalls",
    "-fno-pic",
    "-G0",
    "-O2",
    "-static",
    "-no-pie",
];
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

/// How the archive is built.
#[derive(Clone, Copy, Debug)]
pub enum Profile {
    /// With every check that the compiler can add.
    Dev,
    /// As it is used.
    Release,
    /// As the console's modules link it, with callers that gcc compiles for its processor.
    Console,
}

impl Profile {
    pub const HOST: [Self; 2] = [Self::Dev, Self::Release];

    fn archive(self) -> &'static Archive {
        static ARCHIVES: [OnceLock<Archive>; 3] = [const { OnceLock::new() }; 3];
        ARCHIVES[self as usize].get_or_init(|| match self {
            Self::Dev => Archive::build("dev", "debug"),
            Self::Release => Archive::build("release", "release"),
            Self::Console => Archive::of_console(),
        })
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

    fn of_console() -> Self {
        let path = root().join("target/iop/libzso.a");
        assert!(path.exists(), "no {}: type cargo iop", path.display());
        Self {
            path,
            native_libs: Vec::new(),
        }
    }
}

/// A language standard, and with it a compiler.
#[derive(Clone, Copy)]
pub enum Language {
    C99,
    Cpp11,
}

/// Compiles sources as one program and links it with the archive. What is returned runs it.
pub fn program(
    name: &str,
    language: Language,
    sources: &[PathBuf],
    profile: Profile,
) -> impl Fn() -> Command {
    let program = scratch().join(format!("{name}-{profile:?}"));
    let archive = profile.archive();
    let mut command = match profile {
        Profile::Console => with_warnings(CONSOLE.into(), language),
        Profile::Dev | Profile::Release => compiler(language),
    };
    match profile {
        Profile::Console => command.args(CONSOLE_FLAGS),
        Profile::Dev | Profile::Release => command.args(SANITIZE),
    };
    command
        .arg("-g")
        .args(sources)
        .arg(&archive.path)
        .args(&archive.native_libs)
        .arg("-o")
        .arg(&program);
    run(&mut command);
    move || match profile {
        Profile::Dev | Profile::Release => Command::new(&program),
        Profile::Console => {
            let mut command = Command::new("qemu-mipsel");
            command.arg(&program);
            command
        }
    }
}

/// Compiles a source without making anything of it, with more options.
pub fn check(source: &Path, options: &[&str]) {
    let mut command = compiler(Language::C99);
    run(command.args(options).arg("-fsyntax-only").arg(source));
}

/// The host's compiler.
fn compiler(language: Language) -> Command {
    let (variable, default) = match language {
        Language::C99 => ("CC", "cc"),
        Language::Cpp11 => ("CXX", "g++"),
    };
    with_warnings(
        env::var_os(variable).unwrap_or_else(|| default.into()),
        language,
    )
}

fn with_warnings(compiler: OsString, language: Language) -> Command {
    let mut command = Command::new(compiler);
    command
        .arg(match language {
            Language::C99 => "-std=c99",
            Language::Cpp11 => "-std=c++11",
        })
        .args(WARNINGS)
        .arg("-I")
        .arg(root().join("include"));
    command
}

/// Runs a command that must succeed; otherwise its output is shown.
pub fn run(command: &mut Command) {
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => {
            let program = command.get_program().display();
            panic!("{program}: {error}; type scripts/setup to install what is missing")
        }
    };
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
}
