//! `cargo iop`: the console's objects, from the library's source to a checked `target/iop/zso.o` and its like.

mod archive;
mod compile;
mod link;
mod record;
mod selftest;
pub mod toolchain;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};

use crate::budgets::Budgets;
use crate::check::Looked;
use crate::contract::{OBJECTS, Object};
use crate::paths;
use compile::Package;
use link::Linker;
use toolchain::Toolchain;

pub use selftest::selftest;

/// What the objects were made with.
pub const RECORD: &str = "zso.txt";

/// A file beside them that is locked while something is built for the console.
const LOCK: &str = ".lock";

pub struct Built {
    /// In the order of [`OBJECTS`].
    pub objects: Vec<Looked>,
    pub compiler: String,
}

/// A compiler and its flags.
struct Attempt<'a> {
    toolchain: &'a Toolchain,
    flags: Vec<&'static str>,
}

/// Builds all objects of the contract and their archives, and checks them.
///
/// An object that breaks a rule stays where it is, to be looked at; the archives do not.
pub fn build() -> Result<Built> {
    build_within(&Budgets::recorded()?)
}

/// The same with other budgets than those that are recorded.
pub fn build_within(budgets: &Budgets) -> Result<Built> {
    let _alone = alone()?;
    let toolchains = Toolchain::all(paths::root())?;
    let dir = paths::iop();
    // Were this build to fail, these would be of another one.
    let archives = OBJECTS.iter().map(|object| object.archive);
    for name in archives.chain([RECORD]) {
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
        // Which rules code breaks, and how large it is, can depend on the compiler.
        let made = OBJECTS.iter().map(|object| {
            let package = Package {
                name: "zso",
                features: object.features,
                flags: object.flags,
            };
            let compiled = compile::staticlib(attempt.toolchain, &attempt.flags, &package)?;
            let looked = Looked::at(&place(&linker, &compiled, object, &dir)?, *object, budgets)?;
            miscompiled |= looked.is_miscompiled();
            looked
                .verdict()
                .inspect_err(|_| eprint!("{}", looked.sizes()))?;
            Ok(looked)
        });
        match made.collect::<Result<Vec<_>>>() {
            Ok(objects) => {
                archive::write_all(&dir)?;
                record::write(&dir.join(RECORD), &attempt, &linker, &objects)?;
                return Ok(Built {
                    objects,
                    compiler: attempt.compiler(),
                });
            }
            Err(error) => fault = error,
        }
    }
    Err(fault)
}

/// Compiles a package to a program for the console, and links it with objects as a script says.
///
/// Programs are not checked as objects are, so none takes a compiler's chance with branch delay slots.
pub fn program(name: &'static str, script: &Path, objects: &[PathBuf], out: &Path) -> Result<()> {
    let _alone = alone()?;
    let (archive, linker) = staticlib(name)?;
    linker.link_program(script, objects, &archive, out)
}

/// Compiles a package, and finds the linker that belongs to the compiler.
fn staticlib(name: &'static str) -> Result<(PathBuf, Linker)> {
    let flags = [&compile::FLAGS[..], &[compile::NO_DELAY_FILLER]].concat();
    let package = Package {
        name,
        features: "",
        flags: &[],
    };
    Toolchain::first(|toolchain| {
        let archive = compile::staticlib(toolchain, &flags, &package)?;
        Ok((archive, Linker::find(toolchain)?))
    })
}

/// Waits until no other process builds for the console, and keeps others from it while the file is open: one would link
/// what the other one has compiled.
fn alone() -> Result<File> {
    let dir = paths::iop();
    fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", paths::shown(&dir)))?;
    let path = dir.join(LOCK);
    let cannot = || format!("cannot lock {}", paths::shown(&path));
    let lock = File::create(&path).with_context(cannot)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            eprintln!("waiting for another build of the console's objects");
            lock.lock().with_context(cannot)?;
        }
        Err(TryLockError::Error(error)) => return Err(error).with_context(cannot),
    }
    Ok(lock)
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

impl Built {
    pub fn sizes(&self) -> String {
        self.objects.iter().map(Looked::sizes).collect()
    }
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

/// Links an object and moves it to where it belongs in one step: tests may be reading the old one.
fn place(linker: &Linker, compiled: &Path, object: &Object, dir: &Path) -> Result<PathBuf> {
    let made = dir.join(format!("{}.new", object.name));
    let path = dir.join(object.name);
    let script = paths::root().join("iop.ld");
    if let Err(error) = linker.link(&script, &[compiled.to_owned()], object.symbols, &made) {
        fs::remove_file(&made).ok();
        return Err(error);
    }
    fs::rename(&made, &path).with_context(|| format!("cannot write {}", paths::shown(&path)))?;
    Ok(path)
}
