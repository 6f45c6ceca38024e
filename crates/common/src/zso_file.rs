//! The compressed file, and its blocks one by one.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use ziso::Progress;
use ziso::advise::fastest::Setting;
use ziso::backend::Backend;
use zso::Header;
use zso::format::{ENTRY_SIZE, Entry, HEADER_SIZE};

use crate::Original;
use crate::paths;
use crate::progress::bar;

/// Percentage of the disc that files for a device may have.
pub const MAX_SIZE: u64 = 75;

/// What `ziso compress --for` this device `--max-size` [`MAX_SIZE`] does with the image at `path`; nothing if no file is
/// that small.
pub fn options_for(path: &Path, device: &Backend) -> Result<Option<ziso::Options>> {
    let watch = &mut |_| ControlFlow::Continue(());
    let settings = ziso::advise::fastest(path, &ziso::Options::default(), device, watch)?;
    let fits = |setting: &Setting| setting.file_bytes * 100 <= setting.disc_bytes * MAX_SIZE;
    Ok(settings
        .into_iter()
        .find(fits)
        .map(|setting| setting.options))
}

/// A ZSO file that `ziso` has made.
pub struct ZsoFile {
    pub file: File,
    pub path: PathBuf,
    /// Its size, in bytes.
    pub len: u64,
    pub header: Header,
    pub level: u8,
    /// Where blocks begin, and where the last one ends: four bytes for every 2048 of the image.
    index: Vec<Entry>,
}

impl ZsoFile {
    /// Compresses the image at `path`, which is `disc`, to a file in target/run.
    pub fn make(disc: &Original, path: &Path, level: u8) -> Result<Self> {
        let options = ziso::Options {
            level,
            ..Default::default()
        };
        Self::make_with(disc, path, options)
    }

    /// The same, to a file that the console decodes faster.
    pub fn make_for_console(disc: &Original, path: &Path) -> Result<Self> {
        let options = ziso::Options {
            for_console: true,
            ..Default::default()
        };
        Self::make_with(disc, path, options)
    }

    /// The same with any options.
    pub fn make_with(disc: &Original, path: &Path, options: ziso::Options) -> Result<Self> {
        let dir = paths::run();
        fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", paths::shown(&dir)))?;
        let out = dir
            .join(path.file_name().unwrap_or_default())
            .with_extension("zso");
        // Not verified on this machine: the console's object is about to read all of it.
        let options = ziso::Options {
            any_data: true,
            force: true,
            verify: false,
            ..options
        };
        let bar = bar("compressing", disc.bytes());
        let mut watch = |progress: Progress| {
            bar.set_position(progress.done);
            ControlFlow::Continue(())
        };
        let made = ziso::compress(path, &out, &options, &mut watch);
        bar.finish_and_clear();
        made.with_context(|| format!("cannot compress {}", path.display()))?;
        Self::open(&out, options.level)
            .with_context(|| format!("cannot read {}", paths::shown(&out)))
    }

    fn open(path: &Path, level: u8) -> Result<Self> {
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        let mut reader = BufReader::new(&file);
        let mut start = [0; HEADER_SIZE];
        reader.read_exact(&mut start)?;
        let header = Header::parse(&start).map_err(|error| anyhow!("header: {error:?}"))?;
        let mut index = vec![0; (header.blocks() as usize + 1) * ENTRY_SIZE];
        reader.read_exact(&mut index)?;
        let (entries, _) = index.as_chunks();
        let index = entries
            .iter()
            .map(|&entry| Entry(u32::from_le_bytes(entry)))
            .collect();
        Ok(Self {
            file,
            path: path.to_owned(),
            len,
            header,
            level,
            index,
        })
    }

    /// Numbers of the blocks that are compressed.
    pub fn compressed_blocks(&self) -> Vec<u32> {
        let entries = self.index.iter().take(self.header.blocks() as usize);
        (0..)
            .zip(entries)
            .filter(|(_, entry)| !entry.is_plain())
            .map(|(block, _)| block)
            .collect()
    }

    /// Where each block begins, and where the last one ends.
    pub fn index(&self) -> &[Entry] {
        &self.index
    }

    /// What a block is stored as, padding after it included.
    pub fn stored(&self, block: u32) -> Result<Vec<u8>> {
        let place = |i: usize| self.index.get(i).map(|&entry| self.byte(entry));
        let (start, end) = place(block as usize)
            .zip(place(block as usize + 1))
            .context("no such block")?;
        let mut bytes =
            vec![0; usize::try_from(end.checked_sub(start).context("the index runs backwards")?)?];
        self.file.read_exact_at(&mut bytes, start)?;
        Ok(bytes)
    }

    fn byte(&self, entry: Entry) -> u64 {
        u64::from(entry.offset()) << self.header.align()
    }
}
