//! Debian's Samba server, as this user, on the loopback device, for as long as a test needs it.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use pavao::{SmbClient, SmbCredentials, SmbDialect, SmbFile, SmbOpenOptions, SmbOptions};
use tempfile::TempDir;

use crate::medium::{GONE, Medium};

/// What SMB 1 clients on the console ask for in a message.
pub const MESSAGE: usize = 8192;

/// How the kernel's list says that a socket listens.
const LISTENING: &str = "0A";

/// How long the server may take to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server with one share. It ends when this is dropped.
pub struct Server {
    process: Child,
    port: u16,
    /// Removed when it is dropped.
    _folder: TempDir,
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
        let port = free_port();
        let config = folder.path().join("smb.conf");
        fs::write(&config, configuration(folder.path(), port)).expect("the folder is ours");
        // Interactive: one process, which serves one client, and is gone when it is killed.
        let process = Command::new("/usr/sbin/smbd")
            .args(["--interactive", "--debug-stdout", "--configfile"])
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("smbd: {error}; run scripts/setup"));
        let mut server = Self {
            process,
            port,
            _folder: folder,
        };
        server.wait();
        server
    }

    /// Waits until it listens.
    fn wait(&mut self) {
        let start = Instant::now();
        while !self.listens() {
            let ended = self.process.try_wait().expect("it is our child");
            assert!(ended.is_none(), "smbd ended at once: {ended:?}");
            assert!(start.elapsed() < PATIENCE, "smbd does not listen");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Whether somebody listens at its port, by the kernel's own list. To connect would make it serve that connection,
    /// and no other.
    fn listens(&self) -> bool {
        let list = fs::read_to_string("/proc/net/tcp").expect("this is Linux");
        let place = format!(":{:04X}", self.port);
        list.lines().any(|line| {
            let mut words = line.split_whitespace().skip(1);
            let local = words.next().unwrap_or_default();
            local.ends_with(&place) && words.nth(1) == Some(LISTENING)
        })
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
        file.seek(SeekFrom::Start(offset)).map_err(|_| GONE)?;
        let mut filled = 0;
        while filled < buf.len() {
            match file.read(&mut buf[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(_) => return Err(GONE),
            }
        }
        Ok(filled)
    }
}
