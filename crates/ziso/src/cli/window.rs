//! The window that Windows opens for a program that is started by its icon, or by files dropped on it: it closes when
//! the program ends, with all that was said.

use std::io::{self, IsTerminal, Write as _};

use console::Term;

/// Waits for a key if the window is this program's own.
pub(crate) fn keep_open() {
    let seen = io::stdin().is_terminal() && io::stderr().is_terminal();
    if !seen || !is_own() {
        return;
    }
    // Whatever fails here, the window closes.
    let _ = write!(io::stderr(), "\nPress a key to close this window. ");
    let _ = Term::stderr().read_key();
}

/// Whether nothing else is in the window: a shell would be.
#[cfg(windows)]
#[allow(unsafe_code, reason = "Windows' own function")]
fn is_own() -> bool {
    use windows_sys::Win32::System::Console::GetConsoleProcessList;

    let mut processes = [0; 2];
    // invariant: two.
    let room = processes.len() as u32;
    // SAFETY: it writes at most `room` numbers, which `processes` has room for.
    let count = unsafe { GetConsoleProcessList(processes.as_mut_ptr(), room) };
    count == 1
}

#[cfg(not(windows))]
fn is_own() -> bool {
    false
}
