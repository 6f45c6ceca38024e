//! A folder, the program, and images to try it on.

use std::env;
use std::fmt;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

/// How long a program on a terminal may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The program of this system.
const NATIVE: &str = env!("CARGO_BIN_EXE_ziso");

/// The words that start the program under test. It is another system's when `cargo xtask elsewhere` says so.
fn program() -> &'static [String] {
    static WORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let words = ["ZISO_RUNNER", "ZISO_PROGRAM"].map(|name| env::var(name).unwrap_or_default());
        let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
        match words.is_empty() {
            true => vec![NATIVE.to_owned()],
            false => words,
        }
    });
    &WORDS
}

/// Whether the program under test is Windows'.
pub fn is_for_windows() -> bool {
    program().iter().any(|word| word.ends_with(".exe"))
}

/// A folder for one test.
pub struct Folder {
    folder: tempfile::TempDir,
    any_data: bool,
}

/// What a run of the program came to.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    /// Standard output, whatever it is.
    pub bytes: Vec<u8>,
}

impl Folder {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            any_data: false,
        }
    }

    /// For tests of what happens to bytes, whatever they are: what compresses takes files there that are no discs.
    pub fn of_any_data() -> Self {
        Self {
            any_data: true,
            ..Self::new()
        }
    }

    /// What is typed there.
    fn typed(&self, args: &str) -> String {
        let word = args.split_whitespace().find(|word| !word.starts_with('-'));
        let is_script = args
            .split_whitespace()
            .any(|word| word.starts_with("-c") || word.starts_with("-mc"));
        match word.filter(|_| self.any_data && !is_script) {
            Some("compress") => args.replacen("compress", "compress --any-data", 1),
            Some(word) if word == "games" || word.contains('.') => format!("--any-data {args}"),
            _ => args.to_owned(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).expect("written");
        path
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).expect("read")
    }

    /// The names of all files, sorted.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).expect("listed");
        let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("listed").file_name();
        let mut names: Vec<_> = entries
            .map(|e| name(e).to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// The program, to be run in this folder.
    pub fn command(&self, args: &str) -> Command {
        // invariant: there is a program.
        let (first, others) = program().split_first().expect("a word");
        self.in_here(first, others, args)
    }

    /// What this system's own program writes to this file, or to standard output. The file is gone then.
    pub fn native(&self, args: &str, written: Option<&str>) -> Vec<u8> {
        let mut command = self.in_here(NATIVE, [], args);
        let run = Run::from(command.output().expect("runs"));
        assert_eq!(run.code, 0, "ziso {args}: {run:?}");
        let Some(name) = written else {
            return run.bytes;
        };
        let bytes = self.read(name);
        fs::remove_file(self.path(name)).expect("removed");
        bytes
    }

    fn in_here<'a>(
        &self,
        program: &str,
        before: impl IntoIterator<Item = &'a String>,
        args: &str,
    ) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.folder.path())
            .args(before)
            .args(self.typed(args).split_whitespace());
        command
    }

    /// Runs the program on a terminal, where these keys are pressed when it asks this. Both its outputs are one there.
    ///
    /// A program that does not end has no exit code, which is -1 here.
    pub fn on_terminal(&self, args: &str, question: &str, keys: &[u8]) -> Run {
        // In the shell's place: Ctrl-C goes to both, and some shells would end by it, with a code of their own.
        let line = format!("exec {} {}", program().join(" "), self.typed(args));
        let mut child = Command::new("script")
            .args(["--quiet", "--return", "--command", &line, "/dev/null"])
            .env("SHELL", "/bin/sh")
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("runs");
        let mut stdout = child.stdout.take().expect("a pipe");
        let mut bytes = Vec::new();
        let mut byte = [0];
        while !bytes.ends_with(question.as_bytes()) && stdout.read(&mut byte).expect("read") > 0 {
            bytes.extend(byte);
        }
        // It stays open: a terminal does not end.
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(keys).expect("written");
        let end = Instant::now() + PATIENCE;
        while child.try_wait().expect("ours").is_none() && Instant::now() < end {
            thread::sleep(Duration::from_millis(20));
        }
        // Of no use if it has ended.
        child.kill().ok();
        let status = child.wait().expect("ours");
        stdout.read_to_end(&mut bytes).expect("read");
        Run::from(Output {
            status,
            stdout: bytes,
            stderr: Vec::new(),
        })
    }

    pub fn run(&self, args: &str) -> Run {
        let output = self.command(args).output().expect("runs");
        Run::from(output)
    }

    /// Runs it from a shell that has set limits before.
    #[cfg(unix)]
    pub fn run_limited(&self, limits: &str, args: &str) -> Run {
        let program = self.command(args);
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &format!("{limits}; exec \"$0\" \"$@\"")])
            .arg(program.get_program())
            .args(program.get_args())
            .current_dir(self.folder.path());
        Run::from(shell.output().expect("a shell"))
    }

    /// Runs it with this on its standard input, which is a pipe.
    pub fn run_with_input(&self, args: &str, input: &[u8]) -> Run {
        with_input(self.command(args), input)
    }

    /// Runs what has to go well.
    pub fn ok(&self, args: &str) -> Run {
        let run = self.run(args);
        assert_eq!(run.code, 0, "ziso {args}: {run:?}");
        run
    }

    /// Runs what has to fail with this exit code, say this, and do nothing else.
    pub fn fails(&self, args: &str, code: i32, says: &str) {
        let run = self.fails_with_output(args, code, says);
        assert_eq!(run.stdout, "", "ziso {args}");
    }

    /// Runs what has to fail with this exit code, and say this, among other things.
    pub fn fails_with_output(&self, args: &str, code: i32, says: &str) -> Run {
        let run = self.run(args);
        assert_eq!(run.code, code, "ziso {args}: {run:?}");
        assert!(run.stderr.starts_with("ziso: "), "ziso {args}: {run:?}");
        assert!(run.stderr.contains(says), "ziso {args}: {run:?}");
        run
    }
}

fn with_input(mut command: Command, input: &[u8]) -> Run {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    let output = thread::scope(|scope| {
        // It may end without reading all of it.
        scope.spawn(move || stdin.write_all(input).ok());
        child.wait_with_output().expect("ended")
    });
    Run::from(output)
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8(output.stderr).expect("text"),
            bytes: output.stdout,
        }
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            code,
            stdout,
            stderr,
            ..
        } = self;
        let shown: String = stdout.chars().take(1000).collect();
        write!(f, "exit code {code}, {shown:?}, {stderr:?}")
    }
}

/// Bytes that do not compress.
pub fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2) + 1;
    let step = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    std::iter::repeat_with(step).take(len).collect()
}

/// What discs are made of: zeros, tables, text, and what is compressed already.
pub fn image(len: usize) -> Vec<u8> {
    let mut image = Vec::with_capacity(len + 5000);
    for round in 0.. {
        match round % 5 {
            0 => image.extend(noise(3000, round)),
            1 => image.extend(std::iter::repeat_n(0, 2500)),
            2 => image.extend((0..900_u32).flat_map(|i| (i * 12 + round as u32).to_le_bytes())),
            3 => image.extend(b"It was a dark and stormy night; ".repeat(70)),
            _ => image.extend(noise(4000, round).iter().map(|byte| byte & 0x11)),
        }
        if image.len() >= len {
            break;
        }
    }
    image.truncate(len);
    image
}

/// Flips one bit of a file.
pub fn flip(path: &Path, bit: usize) {
    let mut bytes = fs::read(path).expect("read");
    bytes[bit / 8] ^= 1 << (bit % 8);
    fs::write(path, bytes).expect("written");
}
