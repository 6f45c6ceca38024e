//! The emulator: PCSX2 without a window, in a root of its own.

mod config;
mod install;
mod screen;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tempfile::TempDir;
use zso::SECTOR_SIZE;

use config::Iop;
pub use config::Version;
use install::Installed;
pub use install::Unavailable;
use screen::Screen;

use super::disc::Disc;
use super::log::Line;
use super::verdict::{Fault, Record};
use common::{paths, process};

/// How often its log is looked at.
const PAUSE: Duration = Duration::from_millis(20);

/// From this size on the emulator takes a disc for a DVD.
const DVD_BYTES: u64 = 452_850 * SECTOR_SIZE as u64;

pub struct Pcsx2 {
    installed: Installed,
    iop: Iop,
}

impl Pcsx2 {
    /// The user's, or the one of this version in a private root, which is made if it is not there.
    pub fn find(version: Version) -> Result<Self, Unavailable> {
        Installed::find(version).map(|installed| Self {
            installed,
            iop: Iop::Recompiled,
        })
    }

    pub fn version(&self) -> Version {
        self.installed.version()
    }

    /// The same, with an IOP whose instructions are interpreted. That one does not know the kernel's functions.
    pub fn interpreting(&self) -> Self {
        Self {
            installed: self.installed.clone(),
            iop: Iop::Interpreted,
        }
    }

    /// Boots a ROM with a disc, until the ROM's last line or for as long as it says anything.
    pub fn boot(
        &self,
        rom: &[u8],
        disc: &Disc,
        patience: Duration,
        watch: &mut dyn FnMut(&Line<'_>),
    ) -> Result<(Record, Result<(), Fault>)> {
        let folder = RunFolder::new(rom, disc, self)?;
        let screen = Screen::start(&self.installed)?;
        let mut command = self
            .installed
            .emulator(folder.path(), &disc.name(), &screen);
        let output = File::create(folder.path().join("output.txt"))?;
        command
            .stdin(Stdio::null())
            .stderr(output.try_clone()?)
            .stdout(output);
        let child = command
            .spawn()
            .with_context(|| process::cannot_start(&command))?;
        let mut running = Running(child);
        let mut record = Record::default();
        let otherwise = running.watch(&folder, patience, &mut |line| {
            let line = Line::parse(line);
            watch(&line);
            record.take(line)
        })?;
        drop(running);
        let verdict = record.verdict(otherwise);
        if verdict.is_err() {
            folder.keep_log();
        }
        Ok((record, verdict))
    }
}

/// A folder with all that one run needs, so that no run finds what another one has left.
struct RunFolder(TempDir);

impl RunFolder {
    fn new(rom: &[u8], disc: &Disc, pcsx2: &Pcsx2) -> Result<Self> {
        let installed = &pcsx2.installed;
        fs::create_dir_all(paths::boot())?;
        let dir = TempDir::with_prefix_in("run-", paths::boot())?;
        let path = dir.path();
        let version = installed.version();
        let host = path.join(version.host_folder());
        for folder in [&path.join("logs"), &host] {
            fs::create_dir_all(folder)?;
        }
        let seen_as = installed.seen_as().unwrap_or(path);
        version.write_settings(path, seen_as, pcsx2.iop)?;
        fs::write(path.join("bios.rom"), rom)?;
        put_disc(disc, &path.join(disc.name()))?;
        for file in &disc.host_files {
            link(file, &host.join(file.file_name().unwrap_or_default()))?;
        }
        Ok(Self(dir))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn log(&self) -> PathBuf {
        self.path().join(config::LOG)
    }

    /// Keeps the log of a run that has gone wrong, if there is one.
    fn keep_log(&self) {
        fs::copy(self.log(), failed_log()).ok();
    }
}

/// The log of the last run that has gone wrong.
pub fn failed_log() -> PathBuf {
    paths::boot().join("failed.log")
}

/// Puts a disc where the emulator finds it.
fn put_disc(disc: &Disc, to: &Path) -> Result<()> {
    if !disc.is_dvd {
        return link(&disc.path, to);
    }
    let cannot = || format!("cannot copy {}", paths::shown(&disc.path));
    fs::copy(&disc.path, to).with_context(cannot)?;
    let image = File::options().write(true).open(to)?;
    let len = image.metadata()?.len().max(DVD_BYTES);
    // Nothing is written there: most file systems keep it as a hole.
    image.set_len(len).with_context(cannot)
}

/// A second name for a file, or a copy where there are no such.
fn link(from: &Path, to: &Path) -> Result<()> {
    if fs::hard_link(from, to).is_err() {
        fs::copy(from, to).with_context(|| format!("cannot copy {}", paths::shown(from)))?;
    }
    Ok(())
}

/// A started emulator, which ends with this.
struct Running(Child);

impl Running {
    /// Hands on lines as they come, until nobody wants more; returns why there might be no more.
    fn watch(
        &mut self,
        folder: &RunFolder,
        patience: Duration,
        take: &mut dyn FnMut(&str) -> bool,
    ) -> Result<Fault> {
        let mut tail = Tail::default();
        let mut last_sign = Instant::now();
        loop {
            // Asked for before the log is read, so that nothing it wrote before its end is missed.
            let ended = self.0.try_wait()?;
            let lines = tail.new_lines(&folder.log())?;
            if lines.lines().any(|line| !take(line)) {
                return Ok(Fault::Silence(patience));
            }
            if let Some(status) = ended {
                return Ok(Fault::Ended(status.to_string()));
            }
            if !lines.is_empty() {
                last_sign = Instant::now();
            }
            if last_sign.elapsed() > patience {
                return Ok(Fault::Silence(patience));
            }
            thread::sleep(PAUSE);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        screen::end(&mut self.0);
    }
}

/// A file that grows.
#[derive(Default)]
struct Tail {
    file: Option<File>,
    /// The start of a line.
    rest: Vec<u8>,
}

impl Tail {
    /// Whole lines that have come since the last time.
    fn new_lines(&mut self, path: &Path) -> Result<String> {
        if self.file.is_none() {
            self.file = File::open(path).ok();
        }
        if let Some(file) = &mut self.file {
            file.read_to_end(&mut self.rest)?;
        }
        let end = self.rest.iter().rposition(|&byte| byte == b'\n');
        let lines: Vec<u8> = self.rest.drain(..end.map_or(0, |end| end + 1)).collect();
        Ok(String::from_utf8_lossy(&lines).into_owned())
    }
}

/// Where programs of the private root are, and those that enter it.
const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

/// A command in the environment that emulators need, with nothing of this program's but where programs are.
fn quiet(program: &Path, path: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", path).envs([
        ("LANG", "C"),
        ("NO_AT_BRIDGE", "1"),
        ("SDL_AUDIODRIVER", "dummy"),
        // Without a file system of its own, which needs more than a program.
        ("APPIMAGE_EXTRACT_AND_RUN", "1"),
    ]);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stand_in(name: &str) -> PathBuf {
        let folder = paths::root().join("crates/boot/src/pcsx2/stand-in");
        folder.join(name)
    }

    #[test]
    fn a_user_s_version_2_gets_rom_disc_and_host_files() {
        let pcsx2 = Pcsx2 {
            installed: Installed::Own {
                program: stand_in("pcsx2-qt"),
                xvfb: stand_in("Xvfb"),
            },
            iop: Iop::Interpreted,
        };
        let folder = tempfile::tempdir().unwrap();
        let put = |name, text| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let disc = Disc {
            path: put("disc", "a disc"),
            is_dvd: true,
            host_files: vec![put("FILE", "a file of the host")],
            bad_sector: None,
        };
        let patience = Duration::from_secs(60);
        let (record, verdict) = pcsx2.boot(b"a ROM", &disc, patience, &mut |_| {}).unwrap();
        assert_eq!(verdict, Ok(()));
        assert_eq!(
            record.transcript,
            [
                "options -batch -nogui -slowboot on :7",
                "a ROM, IOP recompiled: false",
                "a disc, 927436800 bytes",
                "a file of the host",
                "SENTINEL PASS",
            ]
        );
    }

    #[test]
    fn lines_come_when_they_are_whole() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut tail = Tail::default();
        let mut after = |text: &str| {
            fs::write(file.path(), text).unwrap();
            tail.new_lines(file.path()).unwrap()
        };
        assert_eq!(after(""), "");
        assert_eq!(after("one"), "");
        assert_eq!(after("one\ntwo\nthr"), "one\ntwo\n");
        assert_eq!(after("one\ntwo\nthree\n"), "three\n");
    }
}
