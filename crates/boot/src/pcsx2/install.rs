//! Which emulator is used: the user's, or one in a private root.

use std::env;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use indicatif::ProgressBar;

use super::config::Version;
use super::screen::Screen;
use super::{PATH, quiet};
use common::{paths, process};

/// Names the user's own emulator.
const OWN: &str = "ZSO_PCSX2";
/// Names the folder in which the private root and its packages are kept.
const KEPT: &str = "ZSO_PCSX2_CACHE";
/// Where a run's folder is in the root.
const INSIDE: &str = "/mnt";
/// How what the script says itself begins.
const OWN_WORDS: &str = "pcsx2-root: ";

#[derive(Debug, thiserror::Error)]
pub enum Unavailable {
    #[error("{OWN} names {}, which is no program", .0.display())]
    Own(PathBuf),
    #[error("no private root for PCSX2 could be made: {0}")]
    Root(String),
    #[error("no program can be started in the private root: {0}")]
    Enter(String),
}

impl Unavailable {
    /// Whether the user has to mend it: nothing to go on without.
    pub fn is_users(&self) -> bool {
        matches!(self, Self::Own(_))
    }
}

#[derive(Clone)]
pub enum Installed {
    /// In a root of Debian's.
    Root {
        path: PathBuf,
        /// Which of Debian's releases it is of, and so which emulator is in it.
        version: Version,
    },
    /// A program of this machine.
    Own { program: PathBuf, xvfb: PathBuf },
}

impl Installed {
    pub fn find(version: Version) -> Result<Self, Unavailable> {
        if let Some(own) = env::var_os(OWN).map(PathBuf::from) {
            return if own.is_file() {
                Ok(Self::Own {
                    program: own,
                    xvfb: "Xvfb".into(),
                })
            } else {
                Err(Unavailable::Own(own))
            };
        }
        let kept =
            env::var_os(KEPT).map_or_else(|| paths::root().join("target/pcsx2"), PathBuf::from);
        let root = kept.join(match version {
            Version::One => "root",
            Version::Two => "root-2",
        });
        if !root
            .join(version.program().trim_start_matches('/'))
            .is_file()
        {
            make_root(&root)?;
        }
        can_be_entered(&root)?;
        Ok(Self::Root {
            path: root,
            version,
        })
    }

    /// Which settings and options it has.
    pub fn version(&self) -> Version {
        match self {
            Self::Root { version, .. } => *version,
            Self::Own { program, .. } => Version::of(program),
        }
    }

    /// Where the emulator sees a run's folder, if that is not where it is.
    pub fn seen_as(&self) -> Option<&Path> {
        match self {
            Self::Root { .. } => Some(Path::new(INSIDE)),
            Self::Own { .. } => None,
        }
    }

    /// The emulator, to be started on a run's folder.
    pub fn emulator(&self, folder: &Path, disc: &Path, screen: &Screen) -> Command {
        let inside = self.seen_as().unwrap_or(folder);
        let mut command = match self {
            Self::Root { path, version } => {
                // A mount of its own: the folder is in the root for this program only, and nothing of it stays.
                let mut command = entering();
                let mount = version.mount();
                command
                    .args([
                        "sh",
                        "-c",
                        &format!(r#"{mount} && shift && exec chroot "$@""#),
                    ])
                    .args([Path::new("sh"), folder, path])
                    .args(["env", "--chdir", INSIDE, version.program()]);
                command
            }
            Self::Own { program, .. } => {
                let mut command = of_user(program);
                command.current_dir(folder);
                command
            }
        };
        command
            .args(self.version().arguments(inside, disc))
            .env("DISPLAY", &screen.name)
            .env("HOME", inside.join("home"))
            .env("XDG_CONFIG_HOME", inside.join("home"));
        command
    }

    pub fn xvfb(&self) -> Command {
        match self {
            Self::Root { path, .. } => in_root(path, "Xvfb"),
            Self::Own { xvfb, .. } => of_user(xvfb),
        }
    }
}

fn can_be_entered(root: &Path) -> Result<(), Unavailable> {
    let told = match process::captured(&mut in_root(root, "true")) {
        Ok(output) if output.status.success() => return Ok(()),
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => format!("{error:#}"),
    };
    Err(Unavailable::Enter(told))
}

fn in_root(root: &Path, program: &str) -> Command {
    let mut command = entering();
    command.arg("chroot").arg(root).arg(program);
    command
}

/// A program of the user's, which may be anywhere that the user has programs.
fn of_user(program: &Path) -> Command {
    quiet(program, env::var_os("PATH").unwrap_or_else(|| PATH.into()))
}

/// A program in namespaces of its own, in which everybody may do what it takes to enter a root. It ends with this one.
fn entering() -> Command {
    let mut command = quiet(Path::new("setpriv"), PATH);
    command.args(["--pdeathsig", "TERM", "unshare", "--mount"]);
    if !rustix::process::geteuid().is_root() {
        command.arg("--map-root-user");
    }
    command
}

fn make_root(root: &Path) -> Result<(), Unavailable> {
    let told = tell_while(Command::new(paths::root().join("scripts/pcsx2-root")).arg(root));
    match told {
        Ok((true, _)) => Ok(()),
        Ok((false, last_line)) => Err(Unavailable::Root(last_line)),
        Err(error) => Err(Unavailable::Root(error.to_string())),
    }
}

/// Runs a program that tells what it does: its own words stay, those of others only pass by. Returns whether it was
/// successful, and the last message.
fn tell_while(command: &mut Command) -> io::Result<(bool, String)> {
    let mut child = command
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let progress = ProgressBar::new_spinner();
    let mut last_line = String::new();
    if let Some(stderr) = child.stderr.take() {
        for line in BufReader::new(stderr).lines() {
            last_line = line?;
            progress.set_message(last_line.clone());
            progress.tick();
            if last_line.starts_with(OWN_WORDS) {
                progress.suspend(|| eprintln!("{last_line}"));
            }
        }
    }
    progress.finish_and_clear();
    Ok((child.wait()?.success(), last_line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_message_is_the_reason() {
        let told = tell_while(Command::new("sh").args(["-c", "echo a >&2; echo b >&2; exit 1"]));
        assert_eq!(told.unwrap(), (false, "b".to_owned()));
        assert!(tell_while(&mut Command::new("/nowhere")).is_err());
    }
}
