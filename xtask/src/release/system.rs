//! The program for each system.
//!
//! Zig brings a linker and the C libraries of all of them, `cargo zigbuild` starts it in a linker's place, and the
//! standard library is compiled with the program. So nothing of this machine's own systems gets into it, and one
//! installation does for all ([`TOOLS`]).

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, anyhow, ensure};
use common::{paths, process};
use object::pod::from_bytes_mut;
use object::{FileKind, Object, pe};

use super::bundle::Archive;
use crate::iop::toolchain::Toolchain;

/// Where scripts/setup puts Zig and `cargo zigbuild`, below the workspace.
const TOOLS: &str = "target/tools/bin";

/// Which system's program goes into the Debian package.
pub const DEBIAN: &str = "linux-x86_64";

pub const SYSTEMS: [System; 5] = [
    // Windows 7's kind runs on later ones too, and takes its random numbers from a DLL that old ones and wine have.
    System {
        name: "windows-x86_64",
        triple: "x86_64-win7-windows-gnu",
        program: "ziso.exe",
        archive: Archive::Zip,
        has_manual: false,
        runner: Some("wine"),
        libraries: &[
            "advapi32.dll",
            "api-ms-win-crt-",
            "kernel32.dll",
            "ntdll.dll",
            "userenv.dll",
            "ws2_32.dll",
        ],
        flags: &[],
    },
    System {
        name: DEBIAN,
        triple: "x86_64-unknown-linux-musl",
        flags: MUSL,
        ..UNIX
    },
    System {
        name: "linux-aarch64",
        triple: "aarch64-unknown-linux-musl",
        runner: Some("qemu-aarch64"),
        flags: MUSL,
        ..UNIX
    },
    System {
        name: "macos-x86_64",
        triple: "x86_64-apple-darwin",
        libraries: MACOS_LIBRARIES,
        flags: MACOS,
        ..UNIX
    },
    System {
        name: "macos-aarch64",
        triple: "aarch64-apple-darwin",
        libraries: MACOS_LIBRARIES,
        flags: MACOS,
        ..UNIX
    },
];

const UNIX: System = System {
    name: "",
    triple: "",
    program: "ziso",
    archive: Archive::TarGz,
    has_manual: true,
    runner: None,
    libraries: &[],
    flags: &[],
};

/// Zig has the files that a program begins and ends with; rustc would look for its own.
const MUSL: &[&str] = &["-Clink-self-contained=no"];

/// For macOS rustc would strip by a program of Rust's that Debian does not have, after the linker has signed; Zig's
/// linker leaves out what `strip` would take.
const MACOS: &[&str] = &["-Cstrip=none", "-Clink-arg=-Wl,-S,-x"];

/// Where macOS has what is its own.
const MACOS_LIBRARIES: &[&str] = &["/system/library/", "/usr/lib/"];

/// The oldest macOS that programs are linked for: the first one for Apple's own processors.
const OLDEST_MACOS: &str = "11.0";

/// Libraries that are named to the linker, and that nothing is taken from: Debian's rustc wants the first two for
/// Windows, for checks of the stack that Zig leaves out; what waits for Ctrl-C on macOS wants the third.
const EMPTY: [&str; 3] = ["libssp.a", "libssp_nonshared.a", "libobjc.a"];

/// The same for a framework of macOS, which Zig does not bring.
const FRAMEWORK: (&str, &str) = (
    "Foundation",
    "--- !tapi-tbd\ntbd-version: 4\ntargets: [ x86_64-macos, arm64-macos ]\n\
     install-name: /System/Library/Frameworks/Foundation.framework/Versions/C/Foundation\n...\n",
);

#[derive(PartialEq, Eq, Debug)]
pub struct System {
    /// As users know it: in the names of files.
    pub name: &'static str,
    /// As the compiler knows it.
    pub triple: &'static str,
    pub program: &'static str,
    /// What its users unpack.
    pub archive: Archive,
    /// Whether it has `man`.
    pub has_manual: bool,
    /// What starts its programs on Linux, where Linux itself does not.
    pub runner: Option<&'static str>,
    /// How the names of libraries begin that every installation of it has, in small letters. Linux has none.
    libraries: &'static [&'static str],
    /// What the compiler has to know besides.
    flags: &'static [&'static str],
}

impl System {
    /// Makes sure that a program needs nothing that its system does not bring.
    fn check_imports(&self, program: &[u8]) -> Result<()> {
        for import in object::File::parse(program)?.imports()? {
            let library = String::from_utf8_lossy(import?.library()).to_lowercase();
            let mut known = self.libraries.iter();
            let is_known = known.any(|start| library.starts_with(start));
            ensure!(is_known, "it takes functions of {library:?}");
        }
        Ok(())
    }
}

/// Programs of Windows say when they were linked. Without that, the same source gives the same file.
fn forget_time(program: &mut [u8]) -> Result<()> {
    let header = pe::ImageDosHeader::parse(&*program)?.nt_headers_offset() as usize;
    // After its four letters.
    let rest = program.get_mut(header + 4..).unwrap_or_default();
    let header = from_bytes_mut::<pe::ImageFileHeader>(rest);
    let (header, _) = header.map_err(|()| anyhow!("a program for Windows has a header"))?;
    header.time_date_stamp = Default::default();
    Ok(())
}

pub fn parse(name: &str) -> Result<&'static System, String> {
    let names = || SYSTEMS.map(|system| system.name).join(", ");
    let found = SYSTEMS.iter().find(|system| system.name == name);
    found.ok_or_else(|| format!("there are {}", names()))
}

/// How programs are compiled.
pub struct Build<'a> {
    profile: &'static str,
    dir: &'a Path,
}

impl<'a> Build<'a> {
    /// As users get them.
    pub fn released(dir: &'a Path) -> Self {
        Self {
            profile: "dist",
            dir,
        }
    }

    /// As fast as can be, for a test.
    pub fn tested(dir: &'a Path) -> Self {
        Self {
            profile: "elsewhere",
            dir,
        }
    }

    pub fn program(&self, system: &System) -> Result<PathBuf> {
        eprintln!("ziso for {}", system.name);
        let toolchains = Toolchain::all(paths::root())?;
        let toolchain = toolchains.first().context("there is no compiler")?;
        process::run(&mut self.command(system, toolchain)?)
            .with_context(|| format!("no program for {}", system.name))?;
        let program = self
            .dir
            .join(system.triple)
            .join(self.profile)
            .join(system.program);
        ensure!(
            program.is_file(),
            "cargo made no {}",
            paths::shown(&program)
        );
        let mut bytes = fs::read(&program)?;
        system
            .check_imports(&bytes)
            .with_context(|| format!("{} would not start everywhere", paths::shown(&program)))?;
        if FileKind::parse(&*bytes)? == FileKind::Pe64 {
            forget_time(&mut bytes)?;
            fs::write(&program, bytes)?;
        }
        Ok(program)
    }

    /// Makes the libraries that are empty, and says where they are.
    fn empty_libraries(&self) -> Result<[String; 2]> {
        let folder = self.dir.join("empty");
        fs::create_dir_all(&folder)?;
        for name in EMPTY {
            fs::write(folder.join(name), "!<arch>\n")?;
        }
        let (name, text) = FRAMEWORK;
        let framework = folder.join(format!("{name}.framework"));
        fs::create_dir_all(&framework)?;
        fs::write(framework.join(format!("{name}.tbd")), text)?;
        Ok(["native", "framework"].map(|kind| format!("-L{kind}={}", folder.display())))
    }

    fn command(&self, system: &System, toolchain: &Toolchain) -> Result<Command> {
        let mut flags = self.places(toolchain)?;
        flags.extend(system.flags.iter().map(|&flag| flag.to_owned()));
        flags.extend(
            self.empty_libraries()
                .context("cannot make empty libraries")?,
        );
        let mut command = toolchain.command(tool("cargo-zigbuild")?);
        command
            .current_dir(paths::root())
            .args(["zigbuild", "--quiet", "--locked", "--package", "ziso"])
            .args(["--profile", self.profile, "--target", system.triple])
            .arg("-Zbuild-std=std,panic_unwind")
            .arg("--target-dir")
            .arg(self.dir)
            .env("PATH", path()?)
            .env("MACOSX_DEPLOYMENT_TARGET", OLDEST_MACOS)
            .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
        Ok(command)
    }

    /// Names in place of this machine's folders: the compiler writes them where a panic would be reported.
    fn places(&self, toolchain: &Toolchain) -> Result<Vec<String>> {
        let cargo = env::var_os("CARGO_HOME").map(PathBuf::from);
        let cargo = cargo.or_else(|| Some(env::home_dir()?.join(".cargo")));
        let cargo = cargo.context("no home folder, and no CARGO_HOME")?;
        // The last one that fits counts.
        let places = [
            (paths::root(), "/zso"),
            (&cargo, "/cargo"),
            (&toolchain.sources(), "/rust"),
            (self.dir, "/build"),
        ];
        let flag = |(place, name): (&Path, &str)| {
            format!("--remap-path-prefix={}={name}", place.display())
        };
        Ok(places.map(flag).to_vec())
    }
}

/// A program that scripts/setup has installed.
pub fn tool(name: &str) -> Result<PathBuf> {
    let program = paths::root().join(TOOLS).join(name);
    fs::metadata(&program).map_err(|_| {
        anyhow!(
            "no {}; type scripts/setup --release",
            paths::shown(&program)
        )
    })?;
    Ok(program)
}

/// Where programs are looked for, Zig's before all others.
fn path() -> Result<OsString> {
    let before = env::var_os("PATH").unwrap_or_default();
    let all = [paths::root().join(TOOLS)]
        .into_iter()
        .chain(env::split_paths(&before));
    Ok(env::join_paths(all)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_known_by_their_names() {
        assert_eq!(
            parse("macos-x86_64").map(|system| system.triple),
            Ok("x86_64-apple-darwin")
        );
        assert!(parse("beos").is_err());
    }

    #[test]
    fn a_program_that_needs_more_than_its_system_is_refused() {
        // This test's own program takes functions of glibc.
        let program = fs::read(env::current_exe().expect("a name")).expect("read");
        let error = parse(DEBIAN).expect("there").check_imports(&program);
        assert!(error.is_err_and(|error| error.to_string().starts_with("it takes ")));
        assert!(
            parse(DEBIAN)
                .expect("there")
                .check_imports(b"noise")
                .is_err()
        );
    }

    #[test]
    fn a_program_for_windows_does_not_say_when_it_was_linked() {
        let mut bytes = vec![7; 0x90];
        bytes[..2].copy_from_slice(b"MZ");
        bytes[0x3C..0x40].copy_from_slice(&[0x78, 0, 0, 0]);
        let mut program = bytes.clone();
        forget_time(&mut program).expect("it has a header");
        bytes[0x80..0x84].fill(0);
        assert!(program == bytes);
        assert!(forget_time(&mut program[..0x8F]).is_err());
        assert!(forget_time(&mut program[..2]).is_err());
    }

    #[test]
    fn the_debian_packages_system_is_there() {
        assert!(parse(DEBIAN).is_ok());
    }
}
