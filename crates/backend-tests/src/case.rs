//! A file on a medium, and the map that finds it there.

use testkit::reader::Reader;
use zso::Code;
use zso::device::Fragment;

use crate::console::Console;
use crate::host;
use crate::medium::{Medium, Ram, Transfer, Wire};

/// Which map, and what it is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Map {
    /// Fragments of a device with sectors of 512 bytes.
    Fragments(Vec<Fragment>),
    /// The same, in sectors of 512 bytes, of a device whose sectors have 4096.
    LargeFragments(Vec<Fragment>),
    /// A game whose header is at this sector of the disk.
    Hdl(u32),
    /// Parts of so many sectors, read by so many at most.
    Parts {
        /// Sectors of a part.
        part_sectors: u32,
        /// Sectors of a transfer.
        most: u32,
    },
    /// A file handle.
    Fhi,
    /// A file that is read in bytes.
    Bytes,
}

impl Map {
    /// Those that are told nothing of where the file lies, and what a case with them is called.
    pub const WHOLE: [(&str, Self); 2] = [("fhi", Self::Fhi), ("bytes", Self::Bytes)];

    /// Whether it asks for the rest when a transfer comes short.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        *self == Self::Bytes
    }

    /// What becomes of a driver's number.
    #[must_use]
    pub fn reported(&self, driver: i32) -> i32 {
        match self {
            // What a provider returns has no common meaning.
            Self::Fhi => Code::Device as i32,
            _ => driver,
        }
    }
}

/// A file on a medium, and the map that finds it there.
#[derive(Clone)]
pub struct Case {
    /// What it is called.
    pub name: &'static str,
    /// The map.
    pub map: Map,
    /// The medium.
    pub wire: Wire,
    /// Bytes of the file.
    pub len: u64,
}

/// Which reader.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// This machine's.
    Host,
    /// The console's.
    Console,
}

impl Target {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Host, Self::Console];
}

impl Case {
    /// A file of `len` bytes on a medium.
    #[must_use]
    pub fn new(name: &'static str, map: Map, medium: impl Medium + 'static, len: u64) -> Self {
        Self {
            name,
            map,
            wire: Wire::new(medium),
            len,
        }
    }

    /// A file on a medium of its own, for a map of [`Map::WHOLE`].
    #[must_use]
    pub fn whole((name, map): (&'static str, Map), file: &[u8]) -> Self {
        let mut bytes = file.to_vec();
        if map != Map::Bytes {
            // The file's last sector of 512 bytes is there as a whole, as on a volume.
            bytes.resize(file.len().next_multiple_of(4096), 0xEE);
        }
        Self::new(name, map, Ram(vec![bytes]), file.len() as u64)
    }

    /// Sectors of the file, a last partial one included.
    #[must_use]
    pub fn file_sectors(&self) -> u32 {
        self.len.div_ceil(2048) as u32
    }

    /// What the reader is told of that: nothing where only the provider knows.
    #[must_use]
    pub fn known_sectors(&self) -> Option<u32> {
        (self.map != Map::Fhi).then(|| self.file_sectors())
    }

    /// Mounts the file with memory for `read_ahead` buffered sectors, and runs a test.
    ///
    /// # Errors
    /// When it cannot be mounted.
    pub fn on<T>(
        &self,
        target: Target,
        read_ahead: u32,
        test: impl FnOnce(&mut dyn Reader) -> T,
    ) -> Result<T, Code> {
        match target {
            Target::Host => host::mounted(self, read_ahead, test),
            Target::Console => {
                let mut console = Console::new(self);
                console.mount(read_ahead)?;
                Ok(test(&mut console))
            }
        }
    }

    /// Runs a test on both readers, and returns the transfers of both, which are the same.
    ///
    /// # Panics
    /// When the file cannot be mounted, or the transfers differ.
    pub fn on_both(&self, read_ahead: u32, mut test: impl FnMut(&mut dyn Reader)) -> Vec<Transfer> {
        let [host, console] = Target::BOTH.map(|target| {
            // Shown when the test fails.
            println!("{}: {target:?}", self.name);
            let _ = self.wire.take_transfers();
            let mounted = self.on(target, read_ahead, &mut test);
            mounted.unwrap_or_else(|code| panic!("{} on {target:?}: {code:?}", self.name));
            self.wire.take_transfers()
        });
        assert_eq!(host, console, "{}: transfers", self.name);
        host
    }
}
