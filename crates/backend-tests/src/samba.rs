//! Debian's Samba server, as this user, on the loopback device, for as long as a test needs it.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use pavao::{SmbClient, SmbCredentials, SmbDialect, SmbFile, SmbOpenOptions, SmbOptions};
use rustix::fs::{FlockOperation, fcntl_lock};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::medium::{GONE, IO_ERROR, Medium};

/// What SMB 1 clients on the console ask for in a message.
pub const MESSAGE: usize = 8192;

/// How the kernel's list says that a socket listens.
const LISTENING: &str = "0A";

/// How long the server may take to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// Ports that are tried: between finding a free one and the server's taking it, somebody else may.
const PORTS: usize = 5;

/// A server with one share. It ends when this is dropped, and with the thread that started it: so none is left, even
/// of a test that is killed.
pub struct Server {
    process: Child,
    port: u16,
    /// Removed when it is dropped.
    folder: TempDir,
}

/// A part that the server may not read. It may again when this is dropped.
pub struct Locked {
    _file: File,
}

impl Server {
    /// A server of these files, which are called `part.0`, `part.1` and so on.
    ///
    /// # Panics
    /// When there is no smbd, or it does not start.
    #[must_use]
    pub fn start(files: &[Vec<u8>]) -> Self {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        for name in ["share", "var"] {
            fs::create_dir(folder.path().join(name)).expect("the folder is ours");
        }
        for (number, file) in files.iter().enumerate() {
            let path = folder.path().join(format!("share/part.{number}"));
            fs::write(path, file).expect("there is room");
        }
        let started = (0..PORTS).find_map(|_| {
            let port = free_port();
            let process = listening(folder.path(), port)?;
            Some((process, port))
        });
        let (process, port) = started.expect("smbd takes one of these ports");
        Self {
            process,
            port,
            folder,
        }
    }

    /// Stops it from answering, for so long.
    ///
    /// # Panics
    /// When it has ended.
    pub fn pause(&self, time: Duration) {
        let pid = Pid::from_child(&self.process);
        kill_process(pid, Signal::STOP).expect("it is our child");
        thread::spawn(move || {
            thread::sleep(time);
            // It may have ended meanwhile.
            kill_process(pid, Signal::CONT).ok();
        });
    }

    /// Cuts a part to so many bytes.
    ///
    /// # Panics
    /// When there is no such part.
    pub fn cut(&self, part: u32, len: u64) {
        let file = File::options().write(true).open(self.part(part));
        let cut = file.and_then(|file| file.set_len(len));
        cut.expect("the folder is ours");
    }

    /// Replaces what a part has.
    ///
    /// # Panics
    /// When there is no such part.
    pub fn restore(&self, part: u32, bytes: &[u8]) {
        let path = self.part(part);
        assert!(path.exists(), "no part {part}");
        // The server has this very file open: it stays the same one.
        fs::write(path, bytes).expect("there is room");
    }

    /// Keeps the server from reading a part, by a lock such as other programs on its machine can have.
    ///
    /// # Panics
    /// When somebody else has locked it.
    #[must_use]
    pub fn lock(&self, part: u32) -> Locked {
        let file = File::options()
            .read(true)
            .write(true)
            .open(self.part(part))
            .expect("the folder is ours");
        fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive).expect("nobody has locked it");
        Locked { _file: file }
    }

    fn part(&self, part: u32) -> PathBuf {
        self.folder.path().join(format!("share/part.{part}"))
    }

    /// A client of the server's.
    ///
    /// # Panics
    /// When it cannot connect, or a file is not there.
    #[must_use]
    pub fn client(&self, files: usize) -> SmbMedium {
        let credentials = SmbCredentials::default()
            .server(format!("smb://127.0.0.1:{}", self.port))
            .share("/share")
            .username("guest")
            .workgroup("WORKGROUP");
        // What the console speaks.
        let options = SmbOptions::default()
            .min_protocol(SmbDialect::Nt1)
            .max_protocol(SmbDialect::Nt1);
        let client = SmbClient::new(credentials, options).expect("the library can be used");
        // Files borrow their client, and both are to last as long as the medium, of which a test has a few.
        let client: &'static SmbClient = Box::leak(Box::new(client));
        let open = |number| {
            let read = SmbOpenOptions::default().read(true);
            let opened = client.open_with(format!("/part.{number}"), read);
            opened.unwrap_or_else(|error| panic!("part {number}: {error}"))
        };
        SmbMedium((0..files).map(open).collect())
    }

    /// Ends it, in the middle of whatever it does.
    pub fn kill(&mut self) {
        // It may have ended by itself, which is as good.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A server with this folder, once it listens at this port; nothing if it cannot.
fn listening(folder: &Path, port: u16) -> Option<Child> {
    let config = folder.join("smb.conf");
    fs::write(&config, configuration(folder, port)).expect("the folder is ours");
    // Interactive: one process, which serves one client, and is gone when it is killed.
    let mut process = Command::new("setpriv")
        .args(["--pdeathsig", "KILL", "/usr/sbin/smbd"])
        .args(["--interactive", "--debug-stdout", "--configfile"])
        .arg(&config)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("setpriv: {error}; run scripts/setup"));
    let start = Instant::now();
    while !listens(&process, port) {
        if process.try_wait().expect("it is our child").is_some() {
            return None;
        }
        assert!(start.elapsed() < PATIENCE, "smbd does not listen");
        thread::sleep(Duration::from_millis(20));
    }
    Some(process)
}

/// Whether this process listens at a port, by the kernel's own lists. To connect would make it serve that connection,
/// and no other; and somebody else may listen there.
fn listens(process: &Child, port: u16) -> bool {
    let list = fs::read_to_string("/proc/net/tcp").expect("this is Linux");
    let place = format!(":{port:04X}");
    let mut sockets = list.lines().filter_map(|line| {
        let words: Vec<_> = line.split_whitespace().collect();
        let listens = words.get(1)?.ends_with(&place) && *words.get(3)? == LISTENING;
        listens.then_some(format!("socket:[{}]", words.get(9)?))
    });
    let Ok(open) = fs::read_dir(format!("/proc/{}/fd", process.id())) else {
        return false;
    };
    let open: Vec<_> = open
        .filter_map(|file| fs::read_link(file.ok()?.path()).ok())
        .collect();
    sockets.any(|socket| open.iter().any(|file| file.as_os_str() == &*socket))
}

/// A port that nobody uses.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a loopback device");
    listener.local_addr().expect("it is bound").port()
}

/// A server that needs nothing outside its folder, and no other rights than ours.
fn configuration(folder: &Path, port: u16) -> String {
    let id = Command::new("id").arg("-un").output();
    let user = String::from_utf8(id.expect("every system has it").stdout);
    let user = user.expect("names are plain");
    let user = user.trim();
    let var = folder.join("var");
    let mut text = format!(
        "[global]\n\
         server role = standalone server\n\
         server min protocol = NT1\n\
         map to guest = Bad User\n\
         guest account = {user}\n\
         bind interfaces only = yes\n\
         interfaces = 127.0.0.1\n\
         smb ports = {port}\n\
         disable netbios = yes\n\
         disable spoolss = yes\n\
         strict locking = yes\n\
         load printers = no\n\
         printing = bsd\n\
         log file = {}/log\n",
        var.display()
    );
    for option in [
        "private dir",
        "lock directory",
        "state directory",
        "cache directory",
        "pid directory",
        "ncalrpc dir",
    ] {
        // invariant: a String takes everything.
        let _ = writeln!(text, "{option} = {}", var.display());
    }
    let share = folder.join("share");
    text + &format!(
        "[share]\npath = {}\nread only = yes\nguest ok = yes\n",
        share.display()
    )
}

/// Files of a server.
pub struct SmbMedium(Vec<SmbFile<'static>>);

impl Medium for SmbMedium {
    fn read(&mut self, part: u32, offset: u64, buf: &mut [u8]) -> Result<usize, i32> {
        let file = self.0.get_mut(part as usize).ok_or(GONE)?;
        file.seek(SeekFrom::Start(offset)).map_err(number)?;
        let mut filled = 0;
        while filled < buf.len() {
            match file.read(&mut buf[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) => return Err(number(error)),
            }
        }
        Ok(filled)
    }
}

/// What a driver would say: there is no server, or it refuses.
fn number(error: io::Error) -> i32 {
    match error.kind() {
        ErrorKind::ConnectionAborted => GONE,
        _ => IO_ERROR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Somebody listens at the port, but not our server: it is not mistaken for it.
    #[test]
    fn a_port_that_somebody_else_took_is_given_up() {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        for name in ["share", "var"] {
            fs::create_dir(folder.path().join(name)).expect("the folder is ours");
        }
        let taken = TcpListener::bind("127.0.0.1:0").expect("there is a loopback device");
        let port = taken.local_addr().expect("it is bound").port();
        assert!(listening(folder.path(), port).is_none());
    }
}
