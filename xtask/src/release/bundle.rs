//! An archive that depends on the files in it and on nothing else: they are in the order of their names, belong to
//! nobody, and are as old as zip's calendar.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use common::paths;
use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use zip::write::SimpleFileOptions;

use super::names;

/// The first second of 1980, where zip's time begins.
const TIME: u64 = 315_532_800;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Archive {
    Zip,
    TarGz,
}

pub struct Bundle {
    /// The archive's name without its ending; also the folder that all files are in.
    name: String,
    archive: Archive,
    files: BTreeMap<String, Entry>,
}

struct Entry {
    bytes: Vec<u8>,
    mode: u32,
}

impl Bundle {
    pub fn new(name: &str, archive: Archive) -> Self {
        Self {
            name: name.to_owned(),
            archive,
            files: BTreeMap::new(),
        }
    }

    pub fn file(&mut self, name: &str, path: &Path) -> Result<()> {
        self.add(name, path, 0o644)
    }

    pub fn program(&mut self, name: &str, path: &Path) -> Result<()> {
        self.add(name, path, 0o755)
    }

    /// Adds the files of a folder to one of this name.
    pub fn folder(&mut self, name: &str, path: &Path) -> Result<()> {
        for file in names(path)? {
            self.file(&format!("{name}/{file}"), &path.join(file))?;
        }
        Ok(())
    }

    fn add(&mut self, name: &str, path: &Path, mode: u32) -> Result<()> {
        let bytes =
            fs::read(path).with_context(|| format!("cannot read {}", paths::shown(path)))?;
        self.files
            .insert(format!("{}/{name}", self.name), Entry { bytes, mode });
        Ok(())
    }

    pub fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(match self.archive {
            Archive::Zip => format!("{}.zip", self.name),
            Archive::TarGz => format!("{}.tar.gz", self.name),
        });
        let written = File::create(&path)
            .map_err(Into::into)
            .and_then(|file| match self.archive {
                Archive::Zip => self.zip(file),
                Archive::TarGz => self.tar_gz(file),
            });
        written.with_context(|| format!("cannot write {}", paths::shown(&path)))
    }

    fn zip(&self, file: File) -> Result<()> {
        let mut zip = zip::ZipWriter::new(file);
        for (name, Entry { bytes, mode }) in &self.files {
            let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::DEFAULT);
            zip.start_file(name.as_str(), options.unix_permissions(*mode))?;
            zip.write_all(bytes)?;
        }
        zip.finish()?;
        Ok(())
    }

    fn tar_gz(&self, file: File) -> Result<()> {
        let gz: GzEncoder<File> = GzBuilder::new().write(file, Compression::best());
        let mut tar = tar::Builder::new(gz);
        for (name, Entry { bytes, mode }) in &self.files {
            let mut header = tar::Header::new_ustar();
            header.set_size(bytes.len() as u64);
            header.set_mode(*mode);
            header.set_mtime(TIME);
            tar.append_data(&mut header, name, bytes.as_slice())?;
        }
        tar.into_inner()?.finish()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two archives of the same two files, added in different order, the second time with younger files.
    fn archives(archive: Archive) -> [Vec<u8>; 2] {
        let folder = tempfile::tempdir().expect("a folder");
        let make = |names: [&str; 2]| {
            let mut bundle = Bundle::new("it", archive);
            for name in names {
                let path = folder.path().join(name);
                fs::write(&path, name).expect("written");
                bundle.program(name, &path).expect("read");
            }
            bundle.write(folder.path()).expect("written");
            let written = ["it.zip", "it.tar.gz"].map(|name| fs::read(folder.path().join(name)));
            written
                .into_iter()
                .find_map(Result::ok)
                .expect("one of them")
        };
        [make(["a", "b"]), make(["b", "a"])]
    }

    #[test]
    fn an_archive_depends_on_its_files_only() {
        for archive in [Archive::Zip, Archive::TarGz] {
            let [first, second] = archives(archive);
            assert!(first == second, "{archive:?}");
        }
    }

    #[test]
    fn programs_stay_programs() {
        let [bytes, _] = archives(Archive::Zip);
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a zip");
        let mode = zip.by_name("it/a").expect("there").unix_mode();
        assert_eq!(mode.map(|mode| mode & 0o777), Some(0o755));
    }
}
