//! The modules under test: a variant's stand-in, linked with a reader.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use object::{Object, ObjectSection};
use tempfile::TempDir;

use crate::toolchain::{Linker, compile, own};
use irx::fixup::{self, Irx, Jumps};

/// Who needs a reader.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Variant {
    /// cdvdman with a block device: USB, iLink, MX4SIO, UDPBD.
    Bdm,
    /// cdvdman with the internal hard disk.
    Hdd,
    /// cdvdman with a server.
    Smb,
    /// isofs.
    Isofs,
}

impl Variant {
    /// Those with cdvdman.
    pub const CDVDMAN: [Self; 3] = [Self::Bdm, Self::Hdd, Self::Smb];

    fn define(self) -> &'static str {
        match self {
            Self::Bdm => "VARIANT_BDM",
            Self::Hdd => "VARIANT_HDD",
            Self::Smb => "VARIANT_SMB",
            Self::Isofs => "ISOFS",
        }
    }

    /// The exports have to come first.
    fn sources(self) -> &'static [&'static str] {
        match self {
            Self::Bdm => &["exports.s", "cdvdman.c", "device_bdm.c", "imports.s"],
            Self::Hdd => &["exports.s", "cdvdman.c", "device_hdd.c", "imports.s"],
            Self::Smb => &["exports.s", "cdvdman.c", "device_smb.c", "imports.s"],
            Self::Isofs => &["exports.s", "isofs.c", "imports.s"],
        }
    }
}

/// The reader that is linked in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Reader {
    /// `c/naive.c`, with which the stand-in itself is tested.
    Naive,
    /// The same, reading ahead on a thread of its own (`c/ahead.c`), with which the threads are tested.
    NaiveAhead,
    /// The object that replaces OPL's.
    DropIn,
    /// The same, decoding while the device reads.
    Overlap,
}

impl Reader {
    /// The modules that it is for.
    #[must_use]
    pub fn variants(self) -> &'static [Variant] {
        match self {
            Self::Naive | Self::DropIn => {
                &[Variant::Bdm, Variant::Hdd, Variant::Smb, Variant::Isofs]
            }
            Self::NaiveAhead | Self::Overlap => &Variant::CDVDMAN,
        }
    }

    /// Whether it is an object of this project, not part of the stand-in.
    #[must_use]
    pub fn is_ours(self) -> bool {
        matches!(self, Self::DropIn | Self::Overlap)
    }

    /// Its objects for a variant: where they are; in `dir` if they had to be made.
    fn objects(self, variant: Variant, dir: &Path) -> Vec<PathBuf> {
        let made = |source: &str, define: &str| {
            let object = dir.join(source).with_extension("o");
            compile(source, define, &object);
            object
        };
        match self {
            Self::Naive => vec![made("naive.c", variant.define())],
            Self::NaiveAhead => vec![made("naive.c", "AHEAD"), made("ahead.c", "AHEAD")],
            Self::DropIn => vec![drop_in(variant)],
            Self::Overlap => vec![overlap()],
        }
    }
}

/// Where the object for a variant is.
///
/// # Panics
/// When it has not been built.
#[must_use]
pub fn drop_in(variant: Variant) -> PathBuf {
    built(match variant {
        Variant::Isofs => "zso_isofs.o",
        _ => "zso_opl.o",
    })
}

/// Where the object with a thread is.
///
/// # Panics
/// When it has not been built.
#[must_use]
pub fn overlap() -> PathBuf {
    built("zso_opl_overlap.o")
}

/// An object of `cargo iop`.
fn built(name: &str) -> PathBuf {
    let path = own("../../target/iop").join(name);
    assert!(
        path.is_file(),
        "there is no target/iop/{name}; run `cargo iop` first"
    );
    path
}

/// What a module is made of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Module {
    /// Its device.
    pub variant: Variant,
    /// Its reader.
    pub reader: Reader,
    /// What it was linked with.
    pub linker: Linker,
}

impl Module {
    /// The linked file, as iopfixup gets it.
    ///
    /// # Panics
    /// When it cannot be made, because there is no compiler or no object of `cargo iop`, say.
    #[must_use]
    pub fn file(self) -> &'static [u8] {
        static FILES: Mutex<BTreeMap<Module, &[u8]>> = Mutex::new(BTreeMap::new());
        // A test that could not make its module has said why; the others may try.
        let mut files = FILES.lock().unwrap_or_else(|poison| poison.into_inner());
        files
            .entry(self)
            .or_insert_with(|| Box::leak(self.build().into_boxed_slice()))
    }

    fn build(self) -> Vec<u8> {
        let dir = scratch();
        let mut objects = Vec::new();
        for source in self.variant.sources() {
            let object = dir.path().join(source).with_extension("o");
            compile(source, self.variant.define(), &object);
            objects.push(object);
        }
        objects.extend(self.reader.objects(self.variant, dir.path()));
        let linked = dir.path().join("module.elf");
        self.linker.join(&objects, &linked);
        fs::read(&linked).expect("the linker has written it")
    }

    /// The module as the kernel loads it.
    ///
    /// # Panics
    /// As [`file`](Self::file), and when iopfixup would refuse it.
    #[must_use]
    pub fn irx(self) -> Irx {
        let irx = fixup::convert(self.file(), Jumps::Branch);
        irx.unwrap_or_else(|error| panic!("{self:?}: {error}"))
    }

    /// The module's content at `base`, by a linker that knows the symbols and nothing of the kernel.
    ///
    /// # Panics
    /// As [`file`](Self::file).
    #[must_use]
    pub fn placed_by(self, linker: Linker, irx: &Irx, base: u32) -> Vec<u8> {
        let dir = scratch();
        let [module, script, out] =
            ["module.elf", "place.ld", "out.elf"].map(|name| dir.path().join(name));
        fs::write(&module, self.file()).expect("the folder can be written");
        fs::write(&script, place_script(irx, base)).expect("the folder can be written");
        linker.place(&module, &script, &out);
        let placed = fs::read(&out).expect("the linker has written it");
        content(&placed, irx, base)
    }
}

fn scratch() -> TempDir {
    tempfile::tempdir().expect("a temporary folder can be made")
}

/// A link script that puts each section to where the kernel has it, and what a linker adds, after them.
fn place_script(irx: &Irx, base: u32) -> String {
    let section = |(name, range): &(&str, Range<u32>)| {
        format!("{name} {:#x} : {{ *({name}) }}\n", base + range.start)
    };
    let sections: String = irx.sections.iter().map(section).collect();
    format!("SECTIONS\n{{\n{sections}.got : {{ *(.got) }}\n/DISCARD/ : {{ *(.reginfo) }}\n}}\n")
}

/// The bytes from `base` on that are in the file.
fn content(file: &[u8], irx: &Irx, base: u32) -> Vec<u8> {
    let file = object::File::parse(file).expect("the linker writes ELF files");
    let mut content = vec![0; irx.image.len()];
    // A linker drops what is empty.
    let kept = |(name, range): &&(&str, Range<u32>)| *name != ".bss" && !range.is_empty();
    for (name, range) in irx.sections.iter().filter(kept) {
        let section = file.section_by_name(name).expect("the script keeps it");
        assert_eq!(section.address(), u64::from(base + range.start), "{name}");
        let data = section.data().expect("it has content");
        content[range.start as usize..][..data.len()].copy_from_slice(data);
    }
    content
}
