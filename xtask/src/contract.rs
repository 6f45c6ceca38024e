//! What the console's object promises to the module that it is linked into. `include/zso.h` documents it.

use objcheck::{E_FLAGS, Rules};

/// Functions of `zso.o`.
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

/// Most bytes of code and constants in `zso.o`: the size of the processor's instruction cache.
pub const CODE_BUDGET: u32 = 4096;

/// The same for `zso_strerror.o`.
const STRERROR_BUDGET: u32 = 2048;

/// What OPL's cdvdman imports of the memory functions today, so that its import list can stay as it is.
const IMPORTS: [&str; 1] = ["memcpy"];

/// An object of the contract.
#[derive(Clone, Copy)]
pub struct Object {
    /// File name.
    pub name: &'static str,
    /// The global symbols that it defines, which are also the roots of its link.
    pub functions: &'static [&'static str],
    imports: &'static [&'static str],
    budget: u32,
}

/// The reader.
pub const READER: Object = Object {
    name: "zso.o",
    functions: &FUNCTIONS,
    imports: &IMPORTS,
    budget: CODE_BUDGET,
};

/// The error texts.
pub const TEXTS: Object = Object {
    name: "zso_strerror.o",
    functions: &[STRERROR],
    imports: &[],
    budget: STRERROR_BUDGET,
};

impl Object {
    /// What the object is checked against.
    pub fn rules(&self) -> Rules {
        let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        Rules {
            allowed_undefined: owned(self.imports),
            required_defined: owned(self.functions),
            max_code_bytes: self.budget,
            // Memory comes from the caller.
            max_data_bytes: 0,
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

    /// Names in front of a `(` that begin with `zso_`.
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
        let expected: BTreeSet<&str> = FUNCTIONS.into_iter().chain([STRERROR]).collect();
        assert_eq!(declared(&header), expected);
    }

    #[test]
    fn declarations_are_found() {
        let header = without_comments(
            "/* zso_no( */ int zso_a(int (*cb)(int));\nvoid *zso_b (void); x zso_t;",
        );
        assert_eq!(declared(&header), BTreeSet::from(["zso_a", "zso_b"]));
    }

    #[test]
    fn the_link_script_has_the_same_budget() {
        let script = source("iop.ld");
        let line = script
            .lines()
            .find_map(|line| line.strip_prefix("CODE_BUDGET = "));
        let number = line.and_then(|line| line.split(';').next()).unwrap();
        assert_eq!(number.parse(), Ok(CODE_BUDGET));
    }
}
