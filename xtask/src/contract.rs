//! What the console's object promises to the module that it is linked into. `include/zso.h` documents it.

use objcheck::{E_FLAGS, Rules};

use crate::budgets::Budgets;

pub const FUNCTIONS: [&str; 7] = [
    "zso_workspace_size",
    "zso_probe",
    "zso_mount",
    "zso_read",
    "zso_sector_count",
    "zso_last_device_error",
    "zso_decode_block",
];

/// The function of `zso_strerror.o`: texts are memory that a console without a screen message need not spend.
pub const STRERROR: &str = "zso_strerror";

/// What OPL's modules look for in its `zso.c`: two functions and five variables.
const OPL_SYMBOLS: [&str; 7] = [
    "ziso_init",
    "ziso_read_sector",
    "ziso_tmp_buf",
    "ziso_idx_cache",
    "ziso_idx_start_block",
    "ziso_align",
    "ziso_total_block",
];

/// What makes the objects of `src/lean` smaller; others become larger.
const LEAN_FLAGS: [&str; 2] = [
    // A constant is not worth a register all through a loop: 50 bytes where registers are few.
    "-Cllvm-args=-disable-machine-licm",
    // Blocks in the order of the source: 20 bytes.
    "-Cllvm-args=-disable-block-placement",
];

const OPL_VARIABLES: u32 = 20;

/// What programs of any kind link.
const ARCHIVE: &str = "libzso.a";

#[derive(Clone, Copy)]
pub struct Object {
    pub name: &'static str,
    /// Features of the library that it is built with.
    pub features: &'static str,
    /// The global symbols that it defines, which are also the roots of its link.
    pub symbols: &'static [&'static str],
    /// The archive that it is in, for builds that link libraries by `-l`: one for all objects that can be linked
    /// together, of which a linker takes what is used, and one for each that takes the place of a loader's reader.
    pub archive: &'static str,
    /// Flags for the compiler besides those of all objects.
    pub flags: &'static [&'static str],
    /// What it needs from the module that it is linked into.
    imports: &'static [&'static str],
    data_budget: u32,
}

pub const READER: Object = program("zso.o", "capi", &FUNCTIONS);

pub const TEXTS: Object = program("zso_strerror.o", "capi", &[STRERROR]);

/// An object that needs nothing of what it is linked into, and has no variables.
const fn program(
    name: &'static str,
    features: &'static str,
    symbols: &'static [&'static str],
) -> Object {
    Object {
        name,
        features,
        symbols,
        archive: ARCHIVE,
        flags: &[],
        imports: &[],
        data_budget: 0,
    }
}

/// The reader with the functions of OPL's, for its cdvdman.
pub const OPL: Object = Object {
    name: "zso_opl.o",
    features: "opl",
    symbols: &OPL_SYMBOLS,
    archive: "libzso_opl.a",
    flags: &LEAN_FLAGS,
    imports: &["DeviceReadSectors", "cdvdman_settings", "ziso_alloc"],
    data_budget: OPL_VARIABLES,
};

/// The same, decoding while the device reads.
pub const OVERLAP: Object = Object {
    name: "zso_opl_overlap.o",
    features: "overlap",
    archive: "libzso_opl_overlap.a",
    imports: &[
        "CreateSema",
        "CreateThread",
        "DeviceReadSectors",
        "SignalSema",
        "StartThread",
        "WaitSema",
        "cdvdman_settings",
        "ziso_alloc",
    ],
    ..OPL
};

/// The same as [`OPL`] for OPL's isofs.
pub const ISOFS: Object = Object {
    name: "zso_isofs.o",
    features: "isofs",
    archive: "libzso_isofs.a",
    imports: &["read_raw_data", "ziso_alloc"],
    ..OPL
};

/// Where a file lies, for the reader's device: see docs/backends.md.
pub const MAPS: [Object; 6] = [
    map(
        "zso_fragments.o",
        &[
            "zso_fragments_init",
            "zso_fragments_add",
            "zso_fragments_add_larger",
            "zso_fragments_read",
        ],
    ),
    map("zso_hdl.o", &["zso_hdl_add"]),
    map("zso_parts.o", &["zso_parts_init", "zso_parts_read"]),
    map("zso_fhi.o", &["zso_fhi_init", "zso_fhi_read"]),
    map("zso_bytes.o", &["zso_bytes_init", "zso_bytes_read"]),
    map("zso_large.o", &["zso_large_init", "zso_large_read"]),
];

const fn map(name: &'static str, symbols: &'static [&'static str]) -> Object {
    program(name, "maps", symbols)
}

/// Bytes of what is kept of an image that is not compressed, in Neutrino.
const NEUTRINO_VARIABLES: u32 = 16;

/// The reader with the functions of `device-fhi.c`, for Neutrino's cdvdman_emu.
pub const DEVICE_FHI: Object = Object {
    name: "zso_device_fhi.o",
    features: "neutrino",
    symbols: &["fhi_get_lsn", "fhi_read_sectors"],
    archive: "libzso_device_fhi.a",
    flags: &LEAN_FLAGS,
    imports: &["AllocSysMemory", "DelayThread", "ioplib_getByName"],
    data_budget: NEUTRINO_VARIABLES,
};

/// All of them.
pub const OBJECTS: [Object; 12] = {
    let [fragments, hdl, parts, fhi, bytes, large] = MAPS;
    [
        READER, TEXTS, OPL, OVERLAP, ISOFS, DEVICE_FHI, fragments, hdl, parts, fhi, bytes, large,
    ]
};

impl Object {
    /// What the object is checked against.
    pub fn rules(&self, budgets: &Budgets) -> Rules {
        let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        Rules {
            allowed_undefined: owned(self.imports),
            required_defined: owned(self.symbols),
            max_code_bytes: budgets.of(self.name),
            max_data_bytes: self.data_budget,
            e_flags: E_FLAGS,
            forbid_symbols_containing: owned(&["panic"]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths;
    use std::collections::BTreeSet;

    fn source(name: &str) -> String {
        std::fs::read_to_string(paths::root().join(name)).unwrap()
    }

    /// C text without comments.
    fn without_comments(text: &str) -> String {
        let mut parts = text.split("/*");
        let first = parts.next().unwrap_or_default().to_owned();
        let rest = parts.filter_map(|part| part.split_once("*/"));
        first + &rest.map(|(_, code)| code).collect::<String>()
    }

    /// Names before a `(` that begin with `zso_`.
    fn declared(header: &str) -> BTreeSet<&str> {
        let word = |text: &'_ str| text.trim_end().len();
        let name = |text: &'_ str| {
            let end = word(text);
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            text[..end].rfind(|c| !is_name(c)).map_or(0, |at| at + 1)..end
        };
        let calls = header
            .match_indices('(')
            .map(|(at, _)| &header[name(&header[..at])]);
        calls.filter(|name| name.starts_with("zso_")).collect()
    }

    #[test]
    fn the_header_declares_the_contract_and_nothing_else() {
        let header = without_comments(&source("include/zso.h"));
        let maps = MAPS.iter().flat_map(|map| map.symbols).copied();
        let apart = [STRERROR].into_iter().chain(maps);
        let expected: BTreeSet<&str> = FUNCTIONS.into_iter().chain(apart).collect();
        assert_eq!(declared(&header), expected);
    }

    #[test]
    fn declarations_are_found() {
        let header = without_comments(
            "/* zso_no( */ int zso_a(int (*cb)(int));\nvoid *zso_b (void); x zso_t;",
        );
        assert_eq!(declared(&header), BTreeSet::from(["zso_a", "zso_b"]));
    }

    /// A number of the link script.
    fn scripted(name: &str) -> u32 {
        let script = source("iop.ld");
        let after = |line: &str| Some(line.strip_prefix(name)?.strip_prefix(" = ")?.to_owned());
        let line = script.lines().find_map(after).unwrap();
        line.split(';').next().unwrap().parse().unwrap()
    }

    #[test]
    fn the_link_script_has_the_same_budgets() {
        assert_eq!(scripted("OPL_VARIABLES"), OPL_VARIABLES);
        assert_eq!(scripted("NEUTRINO_VARIABLES"), NEUTRINO_VARIABLES);
    }
}
