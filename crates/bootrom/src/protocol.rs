//! Lines of the console: what begins with one of these words is the ROM's. Emulators write lines of their own between
//! them.

/// What is the same on every machine.
pub const LINE: &str = "zso: ";
/// What depends on how fast the machine is.
pub const TIME: &str = "zso-time: ";
/// How far reading has come: sectors, and how many there are.
pub const PROGRESS: &str = "zso-read: ";
/// The last line, after [`LINE`], if all is well.
pub const PASS: &str = "SENTINEL PASS";
/// The last line, after [`LINE`], if not.
pub const FAIL: &str = "SENTINEL FAIL";

/// The file with the manifest.
pub const MANIFEST: &str = "MANIFEST.TXT";
/// The module for volunteers' consoles.
pub const SELFTEST: &str = "SELFTEST.IRX";
/// Its list of checksums, of [`GAME`].
pub const LIST: &str = "GAME.CRC";
/// What it writes, which is there before.
pub const REPORT: &str = "REPORT.TXT";
/// The image that most cases read.
pub const GAME: &str = "GAME.ZSO";
/// One with blocks larger than a sector.
pub const LARGE: &str = "LARGE.ZSO";
/// One with damaged blocks.
pub const DAMAGED: &str = "DAMAGED.ZSO";
/// One that an installer has cut to whole sectors.
pub const CUT: &str = "CUT.ZSO";
