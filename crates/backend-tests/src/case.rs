//! A file on a medium, and the map that finds it there.

use testkit::reader::Reader;
use zso::Code;
use zso::device::Fragment;

use crate::console::Console;
use crate::host;
use crate::medium::{Medium, Transfer, Wire};

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
