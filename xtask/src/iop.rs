//! `cargo iop`: the console's object, from the library's source to a checked `target/iop/zso.o`.

mod archive;
mod compile;
mod link;
mod record;
mod toolchain;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};

use crate::check::Looked;
use crate::contract::{Object, READER, TEXTS};
use crate::paths;
use link::Linker;
use toolchain::Toolchain;

/// A checked object.
pub struct Built {
    /// `zso.o`.
    pub object: Looked,
    /// The compiler.
    pub compiler: String,
}

/// A compiler and its flags.
struct Attempt<'a> {
    toolchain: &'a Toolchain,
    flags: Vec<&'static str>,
}

/// Builds `zso.o`, `zso_strerror.o` and `libzso.a`, and checks them.
///
/// An object that breaks a rule stays where it is, to be looked at; the archive does not.
pub fn build() -> Result<Built> {
    let toolchains = Toolchain::all(paths::root())?;
    let dir = paths::iop();
    fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", paths::shown(&dir)))?;
    // Were this build to fail, these would be of another one.
    for name in ["libzso.a", "zso.txt"] {
        fs::remove_file(dir.join(name)).ok();
    }

    let mut fault = anyhow!("there is no compiler to try");
    let mut miscompiled = false;
    for (number, attempt) in attempts(&toolchains).enumerate() {
        if attempt.is_last_resort() && !miscompiled {
            break;
        }
        if number > 0 {
            eprintln!("{fault:#}\nnot with this compiler, so with another");
        }
        eprintln!("compiler: {}", attempt.compiler());
        let linker = Linker::find(attempt.toolchain)?;
        let compiled = compile::staticlib(attempt.toolchain, &attempt.flags)?;
        let made = objects(&linker, &compiled, &dir).and_then(|object| {
            miscompiled |= object.is_miscompiled();
            object
                .verdict()
                .inspect_err(|_| eprint!("{}", object.sizes()))
                .map(|()| object)
        });
        match made {
            Ok(object) => {
                archive::write(&dir.join("libzso.a"), &dir.join(READER.name))?;
                record::write(&dir.join("zso.txt"), &attempt, &linker, &object)?;
                return Ok(Built {
                    object,
                    compiler: attempt.compiler(),
                });
            }
            // Which rules code breaks, and how large it is, can depend on the compiler.
            Err(error) => fault = error,
        }
    }
    Err(fault)
}

/// All compilers as they are, then all without the pass of LLVM that puts loads where they must not be: code becomes
/// larger by 7 % without it, and most code is right with it.
fn attempts(toolchains: &[Toolchain]) -> impl Iterator<Item = Attempt<'_>> {
    let extra = [None, Some(compile::NO_DELAY_FILLER)].into_iter();
    extra.flat_map(move |extra| {
        let flags: Vec<_> = compile::FLAGS.into_iter().chain(extra).collect();
        toolchains.iter().map(move |toolchain| Attempt {
            toolchain,
            flags: flags.clone(),
        })
    })
}

impl Attempt<'_> {
    /// Whether this makes larger code, for the sake of what a compiler gets wrong otherwise.
    fn is_last_resort(&self) -> bool {
        self.flags.contains(&compile::NO_DELAY_FILLER)
    }

    /// The compiler, and how it differs from itself.
    fn compiler(&self) -> String {
        let without = if self.is_last_resort() {
            ", delay slots not filled"
        } else {
            ""
        };
        format!(
            "{}, {}{without}",
            self.toolchain.version(),
            self.toolchain.whose
        )
    }
}

/// Links both objects; checks the texts, and looks at the reader.
fn objects(linker: &Linker, compiled: &Path, dir: &Path) -> Result<Looked> {
    let texts = place(linker, compiled, &TEXTS, dir)?;
    let path = place(linker, compiled, &READER, dir)?;
    Looked::at(&texts, TEXTS)?.verdict()?;
    Looked::at(&path, READER)
}

/// Links an object and moves it to where it belongs in one step: tests may be reading the old one.
fn place(linker: &Linker, compiled: &Path, object: &Object, dir: &Path) -> Result<PathBuf> {
    let made = dir.join(format!("{}.new", object.name));
    let path = dir.join(object.name);
    if let Err(error) = linker.link(compiled, object.functions, &made) {
        // What is too large for iop.ld still has sizes.
        Looked::at(&made, *object)
            .map(|looked| eprint!("{}", looked.sizes()))
            .ok();
        fs::remove_file(&made).ok();
        return Err(error);
    }
    fs::rename(&made, &path).with_context(|| format!("cannot write {}", paths::shown(&path)))?;
    Ok(path)
}
