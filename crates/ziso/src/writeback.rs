//! A file under way, whose bytes a thread brings to the disk while more of them are written.
//!
//! To wait for the disk at the end takes as long as the rest of them does, and not as long as the whole file.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

/// Bytes that are worth going to the disk for: much more, and the end has to wait; much less, and the disk is kept from
/// writing in one go.
const STEP: u64 = 32 << 20;

/// A file to write.
pub(crate) struct Writeback {
    file: File,
    /// Bytes that nobody was told of yet.
    untold: u64,
    /// There as soon as there is a step to bring to the disk.
    thread: Option<Thread>,
}

struct Thread {
    wake: Sender<()>,
    ended: JoinHandle<io::Result<()>>,
}

impl Writeback {
    /// A file that is open, from where it is.
    pub(crate) fn new(file: File) -> Self {
        Self {
            file,
            untold: 0,
            thread: None,
        }
    }

    /// Has all that was written brought to the disk, and does not wait for it.
    ///
    /// # Errors
    /// Those of the disk, with bytes that it got earlier.
    pub(crate) fn start(&mut self) -> io::Result<()> {
        if self.thread.is_none() {
            self.thread = spawn(&self.file)?;
        }
        let Some(Thread { wake, .. }) = &self.thread else {
            return Ok(());
        };
        match wake.try_send(()) {
            Ok(()) => self.untold = 0,
            // It has not even begun with what it was told last, which will take these bytes along.
            Err(TrySendError::Full(())) => {}
            Err(TrySendError::Disconnected(())) => return self.end(),
        }
        Ok(())
    }

    /// Waits until the disk has it all.
    ///
    /// # Errors
    /// Those of the disk, with any of its bytes.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.end()?;
        self.file.sync_all()
    }

    /// Waits for the thread. An error that it got, nobody gets again.
    fn end(&mut self) -> io::Result<()> {
        let Some(Thread { wake, ended }) = self.thread.take() else {
            return Ok(());
        };
        drop(wake);
        ended
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("the thread for the disk ended early")))
    }
}

/// Without a thread the end has to wait for all of it, and that is all.
fn spawn(file: &File) -> io::Result<Option<Thread>> {
    let file = file.try_clone()?;
    let (wake, woken) = bounded(1);
    let started = thread::Builder::new().spawn(move || bring(&file, &woken));
    Ok(started.ok().map(|ended| Thread { wake, ended }))
}

fn bring(file: &File, woken: &Receiver<()>) -> io::Result<()> {
    woken.iter().try_for_each(|()| file.sync_data())
}

impl Write for Writeback {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.untold += written as u64;
        if self.untold >= STEP {
            self.start()?;
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Writeback {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        self.file.seek(target)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn bytes_are_where_they_were_written() {
        let mut file = tempfile::tempfile().expect("created");
        let mut written = Writeback::new(file.try_clone().expect("cloned"));
        let piece = vec![7; 5 << 20];
        for _ in 0..16 {
            written.write_all(&piece).expect("written");
        }
        assert!(written.thread.is_some(), "80 MiB are worth it");
        written.seek(SeekFrom::Start(3)).expect("sought");
        written.write_all(&[1]).expect("written");
        written.finish().expect("on the disk");

        file.rewind().expect("sought");
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("read");
        let mut wanted = piece.repeat(16);
        wanted[3] = 1;
        assert!(bytes == wanted);
    }

    #[test]
    fn small_files_need_no_thread() {
        let mut written = Writeback::new(tempfile::tempfile().expect("created"));
        written.write_all(&[0; 5000]).expect("written");
        assert!(written.thread.is_none());
        written.finish().expect("on the disk");
    }

    /// Devices have nothing to bring anywhere, and say so.
    #[cfg(target_os = "linux")]
    #[test]
    fn error_of_the_thread_is_not_lost() {
        let full = || {
            File::options()
                .write(true)
                .open("/dev/full")
                .expect("opened")
        };
        let mut written = Writeback::new(full());
        written.start().expect("started");
        assert!(written.finish().is_err());

        let mut written = Writeback::new(full());
        while written.start().is_ok() {
            thread::yield_now();
        }
    }
}
