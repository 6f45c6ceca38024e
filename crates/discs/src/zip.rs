//! Zip files: what is packed in them.

use std::io::{self, Read};
use std::ops::Range;

use deflate64::Deflate64Decoder;
use flate2::read::DeflateDecoder;
use rawzip::{
    CompressionMethod, RECOMMENDED_BUFFER_SIZE, ZipArchive, ZipArchiveEntryWayfinder, ZipLocator,
};

use crate::read_at::{ReadAt, Stream};

/// How zip files begin.
pub const MAGIC: &[u8] = b"PK\x03\x04";
/// Files of one that are looked at; each takes memory.
const MOST_FILES: usize = 10_000;
/// How files are packed: Windows itself packs those above 2 GiB by the last method.
const METHODS: [CompressionMethod; 3] = [
    CompressionMethod::STORE,
    CompressionMethod::DEFLATE,
    CompressionMethod::DEFLATE64,
];
/// The name of an image or a list is not longer, and no other matters.
const LONGEST_NAME: usize = 1024;

/// Why a zip file, or what is in it, cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ZipFault {
    /// It is damaged, or cannot be read.
    #[error("it is a zip file that cannot be read; download it again")]
    Damaged(#[from] rawzip::Error),
    /// It wants a password.
    #[error("it is encrypted; unpack it first")]
    Encrypted,
    /// Packed by a method that hardly anybody uses.
    #[error("it is packed by method {0}, which is not unpacked here; unpack it first")]
    Method(CompressionMethod),
}

/// A file that is packed in a zip file.
pub struct Packed<'f> {
    zip: &'f dyn ReadAt,
    /// Its name, with folders.
    pub name: String,
    /// Bytes that it has when it is unpacked, as the zip file says.
    pub bytes: u64,
    crc32: u32,
    is_encrypted: bool,
    method: CompressionMethod,
    place: ZipArchiveEntryWayfinder,
}

/// All files in a zip file.
///
/// # Errors
/// [`ZipFault::Damaged`].
pub fn files(zip: &dyn ReadAt) -> Result<Vec<Packed<'_>>, ZipFault> {
    let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
    let archive = open(zip, &mut buffer)?;
    let mut entries = archive.entries(&mut buffer);
    let mut files = Vec::new();
    while let Some(entry) = entries.next_entry()?
        && files.len() < MOST_FILES
    {
        let path = entry.file_path();
        let name = path
            .as_bytes()
            .get(..LONGEST_NAME)
            .unwrap_or(path.as_bytes());
        files.push(Packed {
            zip,
            name: String::from_utf8_lossy(name).into_owned(),
            bytes: entry.uncompressed_size_hint(),
            crc32: entry.crc32(),
            is_encrypted: entry.flags().is_encrypted(),
            method: entry.compression_method(),
            place: entry.wayfinder(),
        });
    }
    Ok(files)
}

fn open<'f>(zip: &'f dyn ReadAt, buffer: &mut [u8]) -> Result<ZipArchive<Bytes<'f>>, ZipFault> {
    let found = ZipLocator::new().locate_in_reader(Bytes(zip), buffer, zip.len());
    Ok(found.map_err(|(_, error)| error)?)
}

impl<'f> Packed<'f> {
    /// Where its bytes are in the zip file, if they are there as they are.
    ///
    /// # Errors
    /// Any [`ZipFault`].
    pub fn stored(&self) -> Result<Option<Range<u64>>, ZipFault> {
        let range = self.range()?;
        Ok((self.method == CompressionMethod::STORE).then_some(range))
    }

    /// Its bytes from the first one on. At their end there is an error of the kind `InvalidData` if they are not those
    /// that were packed.
    ///
    /// # Errors
    /// Any [`ZipFault`].
    pub fn unpack(&self) -> Result<Unpacked<'f>, ZipFault> {
        let range = self.range()?;
        let packed = Stream::at(self.zip, range.start).take(range.end - range.start);
        let bytes: Box<dyn Read + 'f> = match self.method {
            CompressionMethod::STORE => Box::new(packed),
            CompressionMethod::DEFLATE64 => Box::new(Deflate64Decoder::new(packed)),
            _ => Box::new(DeflateDecoder::new(packed)),
        };
        Ok(Unpacked {
            bytes,
            crc32: crc32fast::Hasher::new(),
            left: self.bytes,
            wanted: self.crc32,
        })
    }

    /// Where it is packed in the zip file.
    fn range(&self) -> Result<Range<u64>, ZipFault> {
        let is_known = METHODS.contains(&self.method);
        match () {
            () if self.is_encrypted => Err(ZipFault::Encrypted),
            () if !is_known => Err(ZipFault::Method(self.method)),
            () => {
                let archive = open(self.zip, &mut vec![0; RECOMMENDED_BUFFER_SIZE])?;
                let (start, end) = archive.get_entry(self.place)?.compressed_data_range();
                Ok(start..end.max(start))
            }
        }
    }
}

/// What was packed, as a stream.
pub struct Unpacked<'f> {
    bytes: Box<dyn Read + 'f>,
    crc32: crc32fast::Hasher,
    /// Bytes that are still to come.
    left: u64,
    wanted: u32,
}

impl Read for Unpacked<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buf)?;
        self.crc32.update(buf.get(..read).unwrap_or_default());
        let left = self.left.checked_sub(read as u64);
        let is_end = read == 0 && !buf.is_empty();
        match left {
            Some(left) if !is_end => self.left = left,
            Some(0) if self.crc32.clone().finalize() == self.wanted => {}
            _ => {
                let text = "what is packed in the zip file is damaged; download it again";
                return Err(io::Error::new(io::ErrorKind::InvalidData, text));
            }
        }
        Ok(read)
    }
}

/// A zip file as the library reads it.
struct Bytes<'f>(&'f dyn ReadAt);

impl rawzip::ReaderAt for Bytes<'_> {
    fn read_at(&self, buf: &mut [u8], at: u64) -> io::Result<usize> {
        self.0.read_at(buf, at)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use ::zip::write::SimpleFileOptions;
    use ::zip::{CompressionMethod, ZipWriter};

    use super::*;

    const TEXT: &[u8] = &[7; 100_000];

    /// A zip file of another program's, with a file packed by each method.
    fn zipped() -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let methods = [CompressionMethod::Stored, CompressionMethod::Deflated];
        for (name, method) in ["a/plain.iso", "small.iso"].into_iter().zip(methods) {
            let options = SimpleFileOptions::default().compression_method(method);
            zip.start_file(name, options).unwrap();
            zip.write_all(TEXT).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn unpacked(zip: &Vec<u8>) -> Vec<io::Result<Vec<u8>>> {
        let read = |file: &Packed<'_>| {
            let mut bytes = Vec::new();
            let mut unpacked = file.unpack().map_err(io::Error::other)?;
            unpacked.read_to_end(&mut bytes).map(|_| bytes)
        };
        files(zip).unwrap().iter().map(read).collect()
    }

    #[test]
    fn files_are_found_and_unpacked() {
        let zip = zipped();
        let files = files(&zip).unwrap();
        let names: Vec<_> = files
            .iter()
            .map(|file| (file.name.as_str(), file.bytes))
            .collect();
        assert_eq!(names, [("a/plain.iso", 100_000), ("small.iso", 100_000)]);
        let place = files[0].stored().unwrap().unwrap();
        assert!(zip[place.start as usize..place.end as usize] == *TEXT);
        assert_eq!(files[1].stored().unwrap(), None);
        assert!(
            unpacked(&zip)
                .into_iter()
                .all(|bytes| bytes.unwrap() == TEXT)
        );
    }

    #[test]
    fn damage_is_found() {
        let mut zip = zipped();
        zip[1000] ^= 1;
        let results = unpacked(&zip);
        assert_eq!(
            results[0].as_ref().unwrap_err().kind(),
            io::ErrorKind::InvalidData
        );
        assert!(results[1].is_ok());
        let cut = zip[..zip.len() - 30].to_vec();
        assert!(matches!(files(&cut), Err(ZipFault::Damaged(_))));
    }
}
