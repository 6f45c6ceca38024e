//! Instructions and cycles per function.

use core::ops::Range;

/// What a function itself has used, without the functions it calls.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FunctionProfile {
    /// Symbol, or `?` for code outside all functions.
    pub name: String,
    /// Addresses.
    pub range: Range<u32>,
    /// Instructions executed.
    pub instructions: u64,
    /// Cycles, waits for memory included.
    pub cycles: u64,
}

impl FunctionProfile {
    fn new(name: &str, range: Range<u32>) -> FunctionProfile {
        FunctionProfile {
            name: name.to_owned(),
            range,
            instructions: 0,
            cycles: 0,
        }
    }
}

/// Counts per function, for [`crate::Machine::start_profile`].
#[derive(Clone, Debug)]
pub struct Profile {
    /// By ascending address; the last one takes what is in no other.
    functions: Vec<FunctionProfile>,
    /// Function of the last instruction: the next is mostly in it, too.
    current: usize,
}

impl Profile {
    /// A profile of the given functions. An empty range, as hand-written code has it, goes on to the
    /// next function.
    pub fn new<'a>(functions: impl IntoIterator<Item = (&'a str, Range<u32>)>) -> Profile {
        let mut functions: Vec<_> = functions
            .into_iter()
            .map(|(name, range)| FunctionProfile::new(name, range))
            .collect();
        functions.sort_by_key(|function| function.range.start);
        let mut next_start = u32::MAX;
        for function in functions.iter_mut().rev() {
            if function.range.is_empty() {
                function.range.end = next_start;
            }
            next_start = function.range.start;
        }
        functions.push(FunctionProfile::new("?", 0..0));
        Profile {
            functions,
            current: 0,
        }
    }

    /// All functions by ascending address; the last one, `?`, has what was outside of them.
    pub fn functions(&self) -> &[FunctionProfile] {
        &self.functions
    }

    /// A function by its symbol.
    pub fn function(&self, name: &str) -> Option<&FunctionProfile> {
        self.functions.iter().find(|function| function.name == name)
    }

    #[inline(always)]
    pub(crate) fn record(&mut self, pc: u32, cycles: u64) {
        // invariant: current is 0 or what find returned, and there is always the last function.
        if !self.functions[self.current].range.contains(&pc) {
            self.current = self.find(pc);
        }
        let function = &mut self.functions[self.current];
        function.instructions += 1;
        function.cycles += cycles;
    }

    fn find(&self, pc: u32) -> usize {
        // invariant: new adds a last function, so other is a position, and after is at most other.
        let other = self.functions.len() - 1;
        let named = &self.functions[..other];
        let after = named.partition_point(|function| function.range.start <= pc);
        // Aliases share a start; the last of them that reaches pc gets it all.
        let found = named[..after]
            .iter()
            .rposition(|function| function.range.contains(&pc));
        found.unwrap_or(other)
    }
}
