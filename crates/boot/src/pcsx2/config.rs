//! Settings: no wizard, no window that waits, nothing drawn, no sound, a console's output in the log, full speed.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use anyhow::Result;

/// The log, in a run's folder.
pub const LOG: &str = "logs/emuLog.txt";

/// Files of version 1.6. The first of them says where the others are, and that there is nothing to ask.
const V1: [(&str, &str); 5] = [
    (
        "home/PCSX2/PCSX2-reg.ini",
        include_str!("config/PCSX2-reg.ini"),
    ),
    ("cfg/PCSX2_ui.ini", include_str!("config/PCSX2_ui.ini")),
    ("cfg/PCSX2_vm.ini", include_str!("config/PCSX2_vm.ini")),
    ("cfg/GSdx.ini", include_str!("config/GSdx.ini")),
    ("cfg/spu2-x.ini", include_str!("config/spu2-x.ini")),
];

const V2: [(&str, &str); 1] = [(
    "home/PCSX2/inis/PCSX2.ini",
    include_str!("config/PCSX2.ini"),
)];

/// How the emulator runs the IOP's instructions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Iop {
    /// As instructions of the host's, as is usual.
    Recompiled,
    /// One by one.
    Interpreted,
}

/// Which settings and options an emulator has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Version {
    /// 1.6, Debian's.
    One,
    /// 2, the present one.
    Two,
}

impl Version {
    /// The version of a program of this name: the second is called `pcsx2-qt`, or is an AppImage.
    pub fn of(program: &Path) -> Self {
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        let name = name.to_lowercase();
        if name.ends_with("-qt") || name.ends_with(".appimage") {
            Self::Two
        } else {
            Self::One
        }
    }

    /// The program, in Debian's packages.
    pub fn program(self) -> &'static str {
        match self {
            Self::One => "/usr/games/PCSX2",
            Self::Two => "/usr/games/pcsx2-qt",
        }
    }

    /// What a shell does to have a run's folder, `$1`, in the root `$2`; the second version also looks for itself in
    /// /proc.
    pub fn mount(self) -> &'static str {
        match self {
            Self::One => r#"mount --bind "$1" "$2/mnt""#,
            Self::Two => r#"mount --bind "$1" "$2/mnt" && mount --rbind /proc "$2/proc""#,
        }
    }

    /// Writes all settings to a run's folder, which the emulator sees elsewhere.
    pub fn write_settings(self, folder: &Path, seen_as: &Path, iop: Iop) -> Result<()> {
        let (files, off, on) = match self {
            Self::One => (&V1[..], "disabled", "enabled"),
            Self::Two => (&V2[..], "false", "true"),
        };
        let recompiler = if iop == Iop::Recompiled { on } else { off };
        let seen_as = seen_as.display().to_string();
        for (name, text) in files {
            let path = folder.join(name);
            if let Some(dir) = path.parent() {
                fs::create_dir_all(dir)?;
            }
            let text = text.replace("@RUN@", &seen_as);
            fs::write(path, text.replace("@RECOMPILE_IOP@", recompiler))?;
        }
        Ok(())
    }

    /// The folder of a run's folder that consoles see as `host:`. That of version 2 is the disc's, for no option says
    /// otherwise.
    pub fn host_folder(self) -> &'static str {
        match self {
            Self::One => "host",
            Self::Two => "",
        }
    }

    /// Options and disc, for a run's folder as the emulator sees it.
    pub fn arguments(self, folder: &Path, disc: &Path) -> Vec<OsString> {
        let disc = folder.join(disc).into_os_string();
        match self {
            Self::One => {
                let mut settings = OsString::from("--cfgpath=");
                settings.push(folder.join("cfg"));
                vec!["--nogui".into(), "--fullboot".into(), settings, disc]
            }
            Self::Two => {
                let log = folder.join(LOG).into_os_string();
                let options = ["-batch", "-nogui", "-slowboot", "-logfile"].map(OsString::from);
                options
                    .into_iter()
                    .chain([log, "--".into(), disc])
                    .collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_by_name() {
        for (name, version) in [
            ("/usr/games/PCSX2", Version::One),
            ("/opt/pcsx2-qt", Version::Two),
            ("pcsx2-v2.4.0-linux-appimage-x64-Qt.AppImage", Version::Two),
        ] {
            assert_eq!(Version::of(Path::new(name)), version, "{name}");
        }
    }

    #[test]
    fn settings_name_the_folder_that_the_emulator_sees() {
        for version in [Version::One, Version::Two] {
            let dir = tempfile::tempdir().unwrap();
            version
                .write_settings(dir.path(), Path::new("/seen"), Iop::Recompiled)
                .unwrap();
            let home = dir.path().join("home/PCSX2");
            let first = match version {
                Version::One => home.join("PCSX2-reg.ini"),
                Version::Two => home.join("inis/PCSX2.ini"),
            };
            let text = fs::read_to_string(first).unwrap();
            assert!(text.contains("/seen") && !text.contains("@RUN@"), "{text}");
            let arguments = version.arguments(Path::new("/seen"), Path::new("disc.iso"));
            assert_eq!(arguments.last().unwrap(), "/seen/disc.iso");
        }
    }
}
