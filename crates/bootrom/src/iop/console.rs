//! Text output, a byte at a time, to a register that emulators show.

use core::fmt;

use super::registers::CONSOLE;

/// The console. Nobody owns it: lines are whole as long as nothing interrupts the program.
pub(crate) struct Console;

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.bytes().for_each(|byte| CONSOLE.write(byte));
        Ok(())
    }
}

/// Writes a line that begins with one of the words of [`crate::protocol`].
pub(crate) fn line(word: &str, text: fmt::Arguments<'_>) {
    // The console cannot fail.
    let _ = fmt::write(&mut Console, format_args!("{word}{text}\n"));
}

/// A line that is the same on every machine.
macro_rules! say {
    ($($text:tt)*) => { $crate::iop::console::line($crate::protocol::LINE, format_args!($($text)*)) };
}
