//! The C compiler of the console's modules, and the two linkers.

use std::path::{Path, PathBuf};
use std::process::Command;

const COMPILER: &str = "mipsel-linux-gnu-gcc";
const SETUP: &str = "type `scripts/setup` to install what is missing";

/// Flags that make a Linux compiler write what ps2sdk's would.
const FLAGS: [&str; 26] = [
    // The processor, and code that is not for shared libraries.
    "-march=mips1",
    "-mtune=r3000",
    "-mabi=32",
    "-msoft-float",
    "-mno-llsc",
    "-mno-abicalls",
    "-mno-shared",
    "-fno-pic",
    "-fno-pie",
    "-G0",
    // One HI16 for one LO16.
    "-mno-split-addresses",
    "-mno-explicit-relocs",
    // No C library, and nothing that would want one.
    "-Os",
    "-fno-builtin",
    "-ffreestanding",
    "-nostdinc",
    "-fno-stack-protector",
    "-U_FORTIFY_SOURCE",
    "-fno-asynchronous-unwind-tables",
    "-fno-unwind-tables",
    "-fno-common",
    "-std=gnu11",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-c",
];

/// A file of this package.
pub(crate) fn own(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Compiles a C or assembly file of the stand-in with a macro and assembler symbol defined.
///
/// # Panics
/// When there is no compiler, or it is not content.
pub(crate) fn compile(source: &str, define: &str, out: &Path) {
    let mut compiler = Command::new(COMPILER);
    compiler.args(FLAGS).arg("-o").arg(out);
    if source.ends_with(".s") {
        compiler.arg(format!("-Wa,--defsym,{define}=1"));
    } else {
        compiler.arg(format!("-D{define}"));
    }
    run(compiler.arg(own("c").join(source)));
}

/// A linker, as an IRX may be linked with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Linker {
    /// GNU ld.
    Gnu,
    /// LLVM's, which comes with Rust.
    Lld,
}

impl Linker {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Gnu, Self::Lld];

    /// A command line of this linker, with a link script.
    ///
    /// # Panics
    /// When LLVM's cannot be found.
    fn command(self, script: &Path) -> Command {
        let mut command = match self {
            Self::Gnu => Command::new("mipsel-linux-gnu-ld"),
            Self::Lld => {
                let mut command = Command::new(rust_lld());
                command.args(["-flavor", "gnu", "-m", "elf32ltsmip"]);
                command
            }
        };
        command.arg("-EL").arg("-T").arg(script);
        command
    }

    /// Joins objects to one that can still be relocated.
    ///
    /// # Panics
    /// When they cannot be linked.
    pub(crate) fn join(self, objects: &[PathBuf], out: &Path) {
        let mut linker = self.command(&own("module.ld"));
        run(linker.arg("-r").arg("-o").arg(out).args(objects));
    }

    /// Links a module to where the script says.
    ///
    /// # Panics
    /// When it cannot be linked.
    pub(crate) fn place(self, module: &Path, script: &Path, out: &Path) {
        let mut linker = self.command(script);
        run(linker.args(["-e", "_start", "-o"]).arg(out).arg(module));
    }
}

/// The linker of the compiler that cargo uses here.
fn rust_lld() -> PathBuf {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let sysroot = output(Command::new(rustc).args(["--print", "sysroot"]));
    let hosts = Path::new(sysroot.trim_end()).join("lib/rustlib").read_dir();
    let mut linkers = hosts
        .into_iter()
        .flatten()
        .flatten()
        .map(|host| host.path().join("bin/rust-lld"));
    let found = linkers.find(|linker| linker.is_file());
    found.unwrap_or_else(|| panic!("no rust-lld in {}", sysroot.trim_end()))
}

fn run(command: &mut Command) {
    output(command);
}

/// What a command that must succeed wrote.
fn output(command: &mut Command) -> String {
    let result = command.output();
    let program = command.get_program().display();
    let output = result.unwrap_or_else(|error| panic!("{program}: {error}; {SETUP}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
