//! Windows: disks are called `\\.\PhysicalDrive0` and so on; volumes lie on them.
//!
//! What is asked of the system is in [`Windows`], and the answers are bytes: tests give them elsewhere, too.

use std::io;
use std::path::{Path, PathBuf};

use zerocopy::little_endian::{U32, U64};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use super::Candidate;

#[cfg(windows)]
mod real;
#[cfg(windows)]
pub(crate) use real::{Real, open};

/// What disks are called, before their numbers.
const DRIVE: &str = r"\\.\PhysicalDrive";
/// Where a volume is mounted that has a file system, but no letter.
const NO_LETTER: &str = "a place without a letter";
/// Disks with higher numbers are not looked for.
const MOST_DRIVES: u32 = 64;

/// `IOCTL_DISK_GET_LENGTH_INFO`: bytes of a disk.
const LENGTH: u32 = 0x0007_405C;
/// `IOCTL_STORAGE_QUERY_PROPERTY`: here, what a disk says of itself.
const DESCRIPTOR: u32 = 0x002D_1400;
/// `IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS`: on which disks a volume lies.
const EXTENTS: u32 = 0x0056_0000;

/// Bytes of an answer that are looked at.
const ANSWER: usize = 1024;

/// What is asked of the system.
pub(crate) trait Windows {
    /// The volumes, as they are opened, and where each is mounted.
    fn volumes(&self) -> Vec<Volume>;

    /// Asks a device for something; gives the answer's length.
    fn control(&self, device: &str, code: u32, answer: &mut [u8]) -> io::Result<usize>;
}

/// A volume.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Volume {
    /// What it is opened by.
    pub device: String,
    /// Where it is mounted, `E:\`. One with a file system counts as mounted even without a letter, and one without a
    /// file system that this system knows does not.
    pub mount_point: Option<String>,
}

/// STORAGE_DEVICE_DESCRIPTOR, as far as it is of use.
#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct RawDescriptor {
    version: U32,
    size: U32,
    kinds: [u8; 4],
    vendor: U32,
    product: U32,
}

/// DISK_EXTENT.
#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct RawExtent {
    disk: U32,
    unused: U32,
    start: U64,
    bytes: U64,
}

/// The number of the disk that is called so.
pub(crate) fn drive(path: &Path) -> Option<u32> {
    let path = path.to_str()?;
    let (prefix, number) = path.split_at_checked(DRIVE.len())?;
    match prefix.eq_ignore_ascii_case(DRIVE) {
        true => number.parse().ok(),
        false => None,
    }
}

/// The disks of this system.
pub(crate) fn disks(system: &impl Windows) -> Vec<Candidate> {
    let volumes = system.volumes();
    let candidate = |number: u32| {
        let device = format!("{DRIVE}{number}");
        let mut answer = [0; ANSWER];
        let len = system.control(&device, DESCRIPTOR, &mut answer).ok()?;
        Some(Candidate {
            bytes: bytes(system, &device).ok(),
            model: model(answer.get(..len)?),
            mount_point: mount_point(system, &volumes, number),
            path: PathBuf::from(device),
        })
    };
    (0..MOST_DRIVES).filter_map(candidate).collect()
}

/// Where something on the disk `number` is mounted.
pub(crate) fn mount_point(
    system: &impl Windows,
    volumes: &[Volume],
    number: u32,
) -> Option<String> {
    let lies_there = |volume: &&Volume| {
        let mut answer = [0; ANSWER];
        let len = system.control(&volume.device, EXTENTS, &mut answer);
        let len = len.unwrap_or(0);
        disks_of(answer.get(..len).unwrap_or_default()).contains(&number)
    };
    let mut mounted = volumes.iter().filter(|volume| volume.mount_point.is_some());
    mounted
        .find(lies_there)
        .and_then(|volume| volume.mount_point.clone())
}

/// Bytes of a disk.
pub(crate) fn bytes(system: &impl Windows, device: &str) -> io::Result<u64> {
    let mut answer = [0; 8];
    match system.control(device, LENGTH, &mut answer)? {
        8 => Ok(u64::from_le_bytes(answer)),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Maker and product in a descriptor: texts that end with a zero, and begin where it says.
fn model(descriptor: &[u8]) -> String {
    let Ok((raw, _)) = RawDescriptor::ref_from_prefix(descriptor) else {
        return String::new();
    };
    let text = |at: U32| {
        let bytes = match at.get() as usize {
            0 => None,
            at => descriptor.get(at..),
        };
        let bytes = bytes.unwrap_or_default();
        let text = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
        String::from_utf8_lossy(text).trim().to_owned()
    };
    format!("{} {}", text(raw.vendor), text(raw.product))
        .trim()
        .to_owned()
}

/// The numbers of the disks that a volume lies on: how many, and an extent for each.
fn disks_of(extents: &[u8]) -> Vec<u32> {
    let Some((count, rest)) = extents.split_at_checked(8) else {
        return Vec::new();
    };
    let count = count
        .first_chunk()
        .map_or(0, |bytes| u32::from_le_bytes(*bytes));
    let extents = rest.chunks_exact(size_of::<RawExtent>());
    let extents = extents.filter_map(|bytes| RawExtent::ref_from_bytes(bytes).ok());
    extents
        .take(count as usize)
        .map(|extent| extent.disk.get())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A PC with two disks: the first has Windows in its second volume, and the second is the console's.
    struct Fake {
        /// Whether a volume of the first disk reaches to the second.
        spanned: bool,
    }

    fn answer(bytes: &[u8], to: &mut [u8]) -> io::Result<usize> {
        to[..bytes.len()].copy_from_slice(bytes);
        Ok(bytes.len())
    }

    impl Windows for Fake {
        fn volumes(&self) -> Vec<Volume> {
            let volume = |device: &str, mount_point: Option<&str>| Volume {
                device: device.to_owned(),
                mount_point: mount_point.map(ToOwned::to_owned),
            };
            vec![
                volume("raw", None),
                volume("efi", Some(NO_LETTER)),
                volume("c", Some(r"C:\")),
            ]
        }

        fn control(&self, device: &str, code: u32, to: &mut [u8]) -> io::Result<usize> {
            let extents = |disks: &[u32]| {
                let mut bytes = (disks.len() as u64).to_le_bytes().to_vec();
                for disk in disks {
                    bytes.extend(u64::from(*disk).to_le_bytes());
                    bytes.extend([0x77; 16]);
                }
                bytes
            };
            let mut descriptor = vec![0; 40];
            descriptor[16..20].copy_from_slice(&40_u32.to_le_bytes());
            descriptor.extend(b"ST3500  \0");
            match (device, code) {
                (r"\\.\PhysicalDrive0", DESCRIPTOR) => answer(&[0; 12], to),
                (r"\\.\PhysicalDrive1", DESCRIPTOR) => answer(&descriptor, to),
                (r"\\.\PhysicalDrive1", LENGTH) => answer(&500_000_000_u64.to_le_bytes(), to),
                // As without the rights of an administrator.
                (_, LENGTH) => Err(io::ErrorKind::PermissionDenied.into()),
                ("c", EXTENTS) if self.spanned => answer(&extents(&[0, 1]), to),
                ("efi" | "c", EXTENTS) => answer(&extents(&[0]), to),
                ("raw", EXTENTS) => answer(&extents(&[1]), to),
                _ => Err(io::ErrorKind::NotFound.into()),
            }
        }
    }

    #[test]
    fn disks_are_found_with_size_model_and_mounts() {
        let disks = disks(&Fake { spanned: false });
        let [system, console] = disks.as_slice() else {
            panic!("{disks:?}");
        };
        assert_eq!(system.path, Path::new(r"\\.\PhysicalDrive0"));
        assert_eq!((system.bytes, system.model.as_str()), (None, ""));
        assert!(system.mount_point.is_some());
        assert_eq!(console.path, Path::new(r"\\.\PhysicalDrive1"));
        assert_eq!(console.bytes, Some(500_000_000));
        assert_eq!(console.model, "ST3500");
        assert_eq!(console.mount_point, None, "a volume without a file system");
    }

    #[test]
    fn a_disk_that_a_volume_reaches_to_is_in_use() {
        let fake = Fake { spanned: true };
        let used = mount_point(&fake, &fake.volumes(), 1);
        assert_eq!(used.as_deref(), Some(r"C:\"));
    }

    #[test]
    fn disks_are_told_from_files_by_their_names() {
        assert_eq!(drive(Path::new(r"\\.\physicaldrive12")), Some(12));
        for other in [
            r"\\.\PhysicalDrive",
            r"\\.\C:",
            "disk.img",
            r"\\.\PhysicalDrive1x",
        ] {
            assert_eq!(drive(Path::new(other)), None, "{other}");
        }
    }

    #[test]
    fn answers_that_are_cut_say_nothing() {
        for len in 0..40 {
            assert_eq!(model(&vec![0xFF; len]), "");
            assert!(disks_of(&vec![0xFF; len]).len() <= 1);
        }
    }
}
