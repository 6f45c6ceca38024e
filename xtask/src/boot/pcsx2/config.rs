//! Settings: no wizard, no window that waits, nothing drawn, no sound, a console's output in the log, full speed.

use std::fs;
use std::path::Path;

use anyhow::Result;

/// The log, in a run's folder.
pub const LOG: &str = "logs/emuLog.txt";

/// Where it looks for the first of its files.
const FIRST: &str = "home/PCSX2/PCSX2-reg.ini";

/// Files of version 1.6.
const FILES: [(&str, &str); 5] = [
    (FIRST, include_str!("config/PCSX2-reg.ini")),
    ("cfg/PCSX2_ui.ini", include_str!("config/PCSX2_ui.ini")),
    ("cfg/PCSX2_vm.ini", include_str!("config/PCSX2_vm.ini")),
    ("cfg/GSdx.ini", include_str!("config/GSdx.ini")),
    ("cfg/spu2-x.ini", include_str!("config/spu2-x.ini")),
];

/// Writes all of them to a run's folder, which the emulator sees elsewhere.
pub fn write(folder: &Path, seen_as: &Path) -> Result<()> {
    for (name, text) in FILES {
        let path = folder.join(name);
        if let Some(dir) = path.parent() {
            fs::create_dir_all(dir)?;
        }
        fs::write(path, text.replace("@RUN@", &seen_as.display().to_string()))?;
    }
    Ok(())
}
