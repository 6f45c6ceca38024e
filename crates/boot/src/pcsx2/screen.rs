//! A screen that nobody sees: the emulator wants one.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};

use super::install::Installed;
use common::process;

/// How long a program may take to end when it is asked to.
const PATIENCE: Duration = Duration::from_secs(5);

/// A running Xvfb, which ends with this.
pub struct Screen {
    xvfb: Child,
    /// For the variable DISPLAY.
    pub name: String,
}

impl Screen {
    /// Starts one and waits until it can be used.
    pub fn start(installed: &Installed) -> Result<Self> {
        let mut command = installed.xvfb();
        command
            .args(["-displayfd", "1", "-screen", "0", "640x480x24"])
            .args(["-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut xvfb = command
            .spawn()
            .with_context(|| process::cannot_start(&command))?;
        let mut number = String::new();
        if let Some(stdout) = &mut xvfb.stdout {
            // It stays open: the server would end with its reader.
            BufReader::new(stdout).read_line(&mut number)?;
        }
        let number = number.trim();
        let screen = Self {
            name: format!(":{number}"),
            xvfb,
        };
        anyhow::ensure!(!number.is_empty(), "Xvfb did not start");
        Ok(screen)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        end(&mut self.xvfb);
    }
}

/// Asks a program to end, and waits for it; one that does not listen is ended.
pub fn end(child: &mut Child) {
    if matches!(child.try_wait(), Ok(Some(_))) {
        return;
    }
    let asked = Instant::now();
    kill_process(Pid::from_child(child), Signal::TERM).ok();
    while let Ok(None) = child.try_wait() {
        if asked.elapsed() > PATIENCE {
            child.kill().ok();
        }
        thread::sleep(Duration::from_millis(5));
    }
}
