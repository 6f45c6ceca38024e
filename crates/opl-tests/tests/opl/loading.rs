//! A module with the object can be converted, loaded anywhere, and linked by either linker.

use std::collections::BTreeSet;

use irx::fixup::{Irx, Jumps, convert};
use irx::loadcore::relocate;
use object::{Object, ObjectSymbol};
use opl_tests::module::{drop_in, overlap};
use opl_tests::{Linker, Module, Reader, Setup, Variant};

use crate::images;

/// Where modules are loaded to: at a multiple of 16 bytes, as the kernel's memory is given out. The lower halves of
/// addresses are negative in some of them, or become so in the middle of the code or the data.
pub const BASES: [u32; 6] = [
    0x0001_0000,
    0x0001_8000,
    0x0002_7000,
    0x0002_F010,
    0x0003_6A30,
    0x0004_FFF0,
];

on_each_reader!(
    the_kernel_relocates_as_linkers_do,
    branches_go_where_the_jumps_went,
    a_module_works_at_any_place,
);

fn modules(reader: Reader) -> impl Iterator<Item = Module> {
    reader.variants().iter().flat_map(move |&variant| {
        Linker::ALL.map(|linker| Module {
            variant,
            reader,
            linker,
        })
    })
}

fn converted(module: Module, jumps: Jumps) -> Irx {
    convert(module.file(), jumps).unwrap_or_else(|error| panic!("{module:?}: {error}"))
}

fn the_kernel_relocates_as_linkers_do(reader: Reader) {
    for module in modules(reader) {
        let irx = converted(module, Jumps::Keep);
        for base in BASES {
            let loaded = relocate(&irx, base).expect("it can be relocated");
            for linker in Linker::ALL {
                let placed = module.placed_by(linker, &irx, base);
                let differs = placed.iter().zip(&loaded).position(|(a, b)| a != b);
                assert_eq!(differs, None, "{module:?} at {base:#x}, {linker:?}");
            }
        }
    }
}

fn branches_go_where_the_jumps_went(reader: Reader) {
    for module in modules(reader) {
        let [long, short] = [Jumps::Keep, Jumps::Branch].map(|jumps| converted(module, jumps));
        let kept: BTreeSet<u32> = short.relocs.iter().map(|reloc| reloc.offset).collect();
        let mut branches = 0;
        for at in (0..long.image.len()).step_by(4) {
            let [jump, branch] = [&long, &short].map(|irx| word(irx, at));
            if jump == branch {
                continue;
            }
            assert!(!kept.contains(&(at as u32)), "relocated at {at:#x}");
            assert_eq!(branch_of(jump, at as u32), branch, "{module:?}, {at:#x}");
            branches += 1;
        }
        assert!(branches > 10, "{module:?} has {branches} branches");
        assert_eq!(short.relocs.len() + branches, long.relocs.len());
    }
}

fn word(irx: &Irx, at: usize) -> u32 {
    u32::from_le_bytes(*irx.image[at..].first_chunk().expect("whole words"))
}

/// `j` as `beq $zero, $zero`, and `jal` as `bgezal $zero`.
fn branch_of(jump: u32, at: u32) -> u32 {
    let distance = (jump & 0x03FF_FFFF).wrapping_sub(at / 4 + 1) & 0xFFFF;
    match jump >> 26 {
        2 => 0x1000_0000 | distance,
        3 => 0x0411_0000 | distance,
        _ => panic!("{jump:#x} at {at:#x} is no jump"),
    }
}

fn a_module_works_at_any_place(reader: Reader) {
    let image = images::usual();
    for module in modules(reader) {
        for base in BASES {
            let setup = Setup {
                base,
                ..Setup::default()
            };
            let mut console = image.mounted(module, &setup);
            for (lsn, count) in [(0, 20), (600, 3), (1095, 8)] {
                let delivered = console.deliver(lsn, count);
                let expected = image.expected(lsn, count);
                assert!(delivered == expected, "{module:?} at {base:#x}, {lsn}");
            }
        }
    }
}

/// Names that an object gives or needs.
fn names(object: &[u8], defined: bool) -> BTreeSet<String> {
    let object = object::File::parse(object).expect("an object");
    let symbols = object.symbols().filter(|symbol| symbol.is_global());
    let symbols = symbols.filter(|symbol| symbol.is_undefined() != defined);
    symbols
        .map(|symbol| symbol.name().expect("a name").into())
        .collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(ToString::to_string).collect()
}

#[test]
fn the_object_gives_what_opls_gave_and_needs_what_modules_have() {
    let contract = set(&[
        "ziso_init",
        "ziso_read_sector",
        "ziso_tmp_buf",
        "ziso_idx_cache",
        "ziso_idx_start_block",
        "ziso_align",
        "ziso_total_block",
    ]);
    let cdvdman = [
        "DeviceReadSectors",
        "ziso_alloc",
        "cdvdman_settings",
        "memcpy",
    ];
    let isofs = ["read_raw_data", "ziso_alloc", "memcpy"];
    // Every variant of cdvdman imports these from the kernel.
    let threads = [
        "CreateThread",
        "StartThread",
        "CreateSema",
        "SignalSema",
        "WaitSema",
    ];
    let objects = [
        (drop_in(Variant::Bdm), set(&cdvdman)),
        (drop_in(Variant::Isofs), set(&isofs)),
        (overlap(), &set(&cdvdman) | &set(&threads)),
    ];
    for (path, provided) in objects {
        let object = std::fs::read(&path).expect("it is there");
        assert_eq!(names(&object, true), contract, "{path:?}");
        let needed = names(&object, false);
        assert!(needed.is_subset(&provided), "{path:?}: {needed:?}");
    }
}
