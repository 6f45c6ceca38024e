//! What can be wrong with an object, and why it matters.

use crate::detail::{Blind, Part, Path};
use crate::place::{Place, Register};

/// One broken rule, with the numbers needed to find the place: its message says what they are.
///
/// Sources: "iopfixup" is PS2SDK's `tools/srxfixup`, "LOADCORE" its re-implementation of the IOP's
/// loader (`iop/system/loadcore`), "linkfile" the linker script of its IOP samples.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    // Rule 1: the file.
    /// A table cannot be read; the rest of the file was not looked at.
    #[error("{part} cannot be read: {error}")]
    Malformed {
        part: Part,
        error: object::read::Error,
    },
    /// A relocation table for a section that does not exist, or with other symbols than the file's.
    #[error(
        "relocation section {section} does not belong to a section and the symbol table of the file"
    )]
    RelocationLinks { section: usize },
    /// The IOP is a 32-bit little-endian CPU, and an IRX is an ELF file of that kind.
    #[error(
        "ELF class {class} and byte order {order} instead of 1 and 1 (32-bit little endian): no code for the IOP"
    )]
    NotElf32Little { class: u8, order: u8 },
    /// iopfixup relies on the relocations of the module's link, which only an object hands on.
    #[error("ELF type {found} instead of 1 (ET_REL): an IRX is linked from relocatable objects")]
    FileType { found: u16 },
    /// Not a MIPS object.
    #[error("ELF machine {found} instead of 8 (EM_MIPS): no code for the IOP")]
    Machine { found: u16 },
    /// GNU ld mixes 0x1005 (cpic, the Rust default) into 0x1001 under a warning, and the whole
    /// module becomes 0x1005; other values name CPUs that the IOP is not.
    #[error(
        "e_flags {found:#x} instead of {expected:#x}: the linked module takes over wrong flags"
    )]
    Flags { found: u32, expected: u32 },
    /// iopfixup and LOADCORE process `SHT_REL` only; any other table is left unapplied.
    #[error(
        "{section} holds relocations in a format (type {kind:#x}) that the IRX tools pass over"
    )]
    RelocationFormat { section: String, kind: u32 },
    /// A COMDAT member may be dropped by the linker in favour of somebody else's.
    #[error("{section} is a COMDAT group: the linker may replace its members by another object's")]
    Group { section: String },
    /// iopfixup stops at common symbols.
    #[error("`{symbol}` is a common symbol, which iopfixup refuses")]
    CommonSymbol { symbol: String },

    // Rule 2: sections.
    /// linkfile and iopfixup know few names. Other loaded sections are refused when they have
    /// relocations and silently left out of the module when not.
    #[error("section {section} is to be loaded, but the IRX tools know no section of that name")]
    SectionName { section: String },
    /// Two sections of one name: offsets and sizes would say nothing.
    #[error("there is more than one section {section}: the object was not prelinked")]
    SectionTwice { section: String },
    /// Code outside `.text` would go unchecked, data in it would be checked as code.
    #[error(
        "section {section} has type {kind} and flags {flags:#x}, which its name does not promise"
    )]
    SectionKind {
        section: String,
        kind: u32,
        flags: u32,
    },
    /// iopfixup: "LOADCORE limits possible alignment to 16 bytes".
    #[error("section {section} is aligned to {align} bytes; LOADCORE gives 16 at most")]
    SectionAlignment { section: String, align: u32 },

    /// Linkers place the section right after the one before it.
    #[error(
        "section {section} is aligned to {align} byte(s), but LOADCORE patches words in it or the CPU runs it"
    )]
    SectionUnaligned { section: String, align: u32 },

    // Rule 3: relocations.
    /// iopfixup stops at PC16, GOT16, CALL16 and the like, and needs no GPREL16: Rust code has no
    /// small-data section. What is left is R_MIPS_32, 26, HI16 and LO16.
    #[error(
        "relocation type {kind} at {section}+{offset:#x}: only 2, 4, 5 and 6 (32, 26, HI16, LO16) become part of an IRX"
    )]
    RelocationType {
        section: String,
        offset: u32,
        kind: u32,
    },
    /// LOADCORE patches whole words by plain loads and stores: an unaligned one is an exception.
    #[error("relocation at {section}+{offset:#x}, which is no word: LOADCORE would fault")]
    RelocationUnaligned { section: String, offset: u32 },
    /// LOADCORE does not check where it writes.
    #[error(
        "relocation at {section}+{offset:#x}, outside its {size:#x} bytes of contents: LOADCORE would overwrite something else"
    )]
    RelocationOutside {
        section: String,
        offset: u32,
        size: u32,
    },
    /// In-place addends add up: the second relocation would take the first one's result for one.
    #[error("second relocation of {place}: LOADCORE would add the module's address twice")]
    RelocationTwice { place: Place },
    /// iopfixup replaces symbols by addresses within the module, which these do not have.
    #[error("relocation of {place} against symbol {symbol}, which is not in a loaded section")]
    RelocationSymbol { place: Place, symbol: usize },

    // Rule 4: pairs of relocations.
    /// iopfixup: "R_MIPS_HI16 without R_MIPS_LO16"; a run of HI16 becomes Sony's MHI16, which
    /// `--irx1` refuses.
    #[error(
        "HI16 relocation of {place} is not followed by an LO16 in the table: iopfixup refuses it"
    )]
    HighWithoutLow { place: Place },
    /// iopfixup `--irx1`: "R_MIPS_LO16 without R_MIPS_HI16". LLVM makes these by sharing one `lui`.
    #[error("LO16 relocation of {place} does not follow an HI16 in the table: iopfixup refuses it")]
    LowWithoutHigh { place: Place },
    /// iopfixup pairs by symbol, LOADCORE by position: they would not do the same.
    #[error("HI16 relocation of {high} has another symbol than the LO16 after it, of {low}")]
    PairOfTwoSymbols { high: Place, low: Place },

    // Rule 5: the words that relocations patch.
    /// HI16 is the upper half of an address; only `lui` loads one.
    #[error("HI16 relocation of {place}, which is not `lui`")]
    HighNotLui { place: Place },
    /// LO16 is a *signed* 16-bit immediate: that of `addiu`, a load or a store. The carry in the high
    /// half counts on it, so `ori` would be wrong wherever bit 15 of the address is set.
    #[error("LO16 relocation of {place}, which has no signed 16-bit immediate to add")]
    LowNotImmediate { place: Place },
    /// iopfixup `--rb` rewrites the word as a branch by its opcode.
    #[error("jump relocation (26) of {place}, which is neither `j` nor `jal`")]
    JumpRelocationNotJump { place: Place },
    /// Types 4, 5 and 6 patch instructions.
    #[error("relocation type {kind} patches an instruction, but {place} is no code")]
    CodeRelocationInData { place: Place, kind: u32 },

    // Rule 6: in-place addends.
    /// A pointer further away than one past the end of its target is a mispaired half or an
    /// address that the compiler biased; a second linker or loader may carry wrongly into the high half. The largest
    /// addend that is allowed is `extent`.
    #[error("{place} refers to {symbol}{addend:+#x}, which is outside of its {extent:#x} bytes")]
    AddendOutside {
        place: Place,
        symbol: String,
        addend: i64,
        extent: i64,
    },
    /// The carry into a high half depends on its own low half. Sharing a `lui` is right only for
    /// addresses that cannot differ in that carry.
    #[error(
        "{low} adds to the high half of another address, {high}: the carry may differ once relocated"
    )]
    HighOfAnotherAddress { high: Place, low: Place },

    // Rule 7: symbols.
    /// iopfixup: "undefined reference", unless the module's import lists have it.
    #[error("`{symbol}` is needed, and nobody provides it")]
    UndefinedNotAllowed { symbol: String },
    /// iopfixup resolves weak undefined symbols to address 0 without a word.
    #[error("`{symbol}` is undefined and weak: iopfixup makes it address 0 silently")]
    UndefinedWeak { symbol: String },
    /// C code of the module refers to it.
    #[error("global symbol `{symbol}` of the contract is missing")]
    MissingGlobal { symbol: String },
    /// It would meet the module's own names or the import stubs, as compiler_builtins' hidden
    /// `memcpy` does.
    #[error("global symbol `{symbol}` is not part of the contract and may clash with the module's")]
    UnexpectedGlobal { symbol: String },
    /// A linker takes any strong definition instead of a weak one.
    #[error("global symbol `{symbol}` of the contract is weak: another object may replace it")]
    WeakGlobal { symbol: String },
    /// Linkers refuse two strong definitions, and which one was meant is open.
    #[error("global symbol `{symbol}` is defined twice")]
    GlobalTwice { symbol: String },
    /// A defined symbol has to move with a section of the module.
    #[error("`{symbol}` is defined outside of the sections that are loaded")]
    SymbolNotLoaded { symbol: String },
    /// The symbol's address is someone else's.
    #[error("`{symbol}` is at {section}+{value:#x}, beyond the section's {size:#x} bytes")]
    SymbolOutside {
        symbol: String,
        section: String,
        value: u32,
        size: u32,
    },
    /// The rules name something that must have been optimised away.
    #[error("symbol `{symbol}` contains `{part}`, which must not be in the object")]
    ForbiddenSymbol { symbol: String, part: String },

    // Rule 8: code.
    /// The R3000A raises an exception for, or executes as something else, what MIPS I lacks
    /// (`movz`, `teq`, three-operand `mul`, branch-likely, `ll`).
    #[error("{place} is no MIPS I instruction")]
    NotMips1 { place: Place },
    /// Instructions are words.
    #[error("{section} has {size} bytes of code, which are no whole instructions")]
    BrokenWords { section: String, size: u32 },
    /// The R3000A has no interlock: the next instruction sees the register's old value. LLVM
    /// forgets this for loads that it moves into branch delay slots.
    #[error("{user} reads {register} one instruction after {load} ({path}): it gets the old value")]
    LoadDelay {
        load: Place,
        register: Register,
        path: Path,
        user: Place,
    },
    /// As [`Violation::LoadDelay`], but the next instruction is not in this object or not known.
    #[error(
        "{load} loads {register} in the delay slot of {blind}: nobody can tell what reads it next"
    )]
    LoadDelayUnknown {
        load: Place,
        register: Register,
        blind: Blind,
    },
    /// On MIPS I, an interrupt between the two lets the second destroy the result before the first
    /// is repeated. LLVM keeps the distance for `mult` but not for `multu`.
    #[error(
        "{writer} is {distance} instruction(s) after {read}; an interrupt may destroy HI and LO unless 2 others are between"
    )]
    HiLo {
        read: Place,
        writer: Place,
        distance: u32,
    },
    /// As [`Violation::HiLo`], but what follows is not in this object or not known.
    #[error("{read} is too close to {blind}: nobody can tell whether a multiplication follows")]
    HiLoUnknown { read: Place, blind: Blind },
    /// MIPS I leaves open what a branch in a delay slot does.
    #[error("{place} is a branch in the delay slot of another, which is undefined")]
    BranchInSlot { place: Place },
    /// The delay slot would be the first word of the next object.
    #[error("{place} is the last word of the section: its delay slot belongs to somebody else")]
    SlotMissing { place: Place },
    /// Execution runs into the next object or into data.
    #[error("control goes past the end of the code after {place}")]
    FallsOutside { place: Place },
    /// A branch has no relocation, so its target must be in the same section, which moves as a whole.
    /// `target` counts from there, modulo 2^32.
    #[error("{place} goes to {target:#x}, outside of the section's code")]
    JumpOutside { place: Place, target: u32 },
    /// Only `.text` holds code.
    #[error("{place} jumps to `{symbol}`, which is in {section}")]
    JumpIntoData {
        place: Place,
        symbol: String,
        section: String,
    },
    /// A module is loaded anywhere, and `j` and `jal` hold absolute addresses.
    #[error(
        "{place} jumps to a fixed address: it has no relocation, and the module is loaded anywhere"
    )]
    JumpNotRelocated { place: Place },

    // Rule 9: sizes.
    /// Module memory is taken from the game's.
    #[error(".text and .rodata take {size} bytes, {allowed} are allowed")]
    CodeTooBig { size: u64, allowed: u32 },
    /// Module memory is taken from the game's.
    #[error(".data and .bss take {size} bytes, {allowed} are allowed")]
    DataTooBig { size: u64, allowed: u32 },
}
