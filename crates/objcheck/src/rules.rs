//! What an object must keep to, as far as it differs from object to object.

/// `e_flags` of the objects that PS2SDK's compiler makes: noreorder, o32, MIPS I.
///
/// A default Rust target for this CPU gives 0x1005 (with `cpic`), which GNU ld mixes with 0x1001
/// under a warning and passes on to the whole module.
pub const E_FLAGS: u32 = 0x1001;

/// The contract and the budget of one object; the rest of the rules is the same for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Symbols that the module it is linked into provides.
    pub allowed_undefined: Vec<String>,
    /// Every global symbol that it must define. There may be no others: they would meet the
    /// module's own names.
    pub required_defined: Vec<String>,
    /// Most bytes of `.text` and `.rodata` together.
    pub max_code_bytes: u32,
    /// Most bytes of `.data` and `.bss` together.
    pub max_data_bytes: u32,
    /// The one value of `e_flags` to accept, normally [`E_FLAGS`].
    pub e_flags: u32,
    /// Parts of names that no symbol may have, local ones included: `panic` shows that the compiler
    /// kept a panic path.
    pub forbid_symbols_containing: Vec<String>,
}
