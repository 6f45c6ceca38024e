//! Whether the system uses a disk. A console's disk has nothing that this system mounts, but it may share the disk
//! with a partition of a PC; and the path may be that of quite another disk.

use std::fs;
use std::io;
use std::path::Path;

/// A device's two numbers, as `/sys` and `/proc` write them.
type Number = String;

/// The mount point of something on the block device `device`, if there is one.
pub(crate) fn mount_of(device: u64) -> io::Result<Option<String>> {
    let numbers = with_partitions(device)?;
    let mountinfo = fs::read_to_string("/proc/self/mountinfo")?;
    Ok(find_mount(&mountinfo, &numbers).map(ToOwned::to_owned))
}

/// The loop device that makes a disk of the file `image`, if there is one.
pub(crate) fn loop_of(image: &Path) -> io::Result<Option<String>> {
    let image = image.canonicalize()?;
    for device in fs::read_dir("/sys/block")? {
        let device = device?;
        let backing = fs::read_to_string(device.path().join("loop/backing_file"));
        if backing.is_ok_and(|backing| Path::new(backing.trim_end_matches('\n')) == image) {
            return Ok(Some(device.file_name().to_string_lossy().into_owned()));
        }
    }
    Ok(None)
}

/// The numbers of a disk and of its partitions.
fn with_partitions(device: u64) -> io::Result<Vec<Number>> {
    let (major, minor) = (rustix::fs::major(device), rustix::fs::minor(device));
    let mut numbers = vec![format!("{major}:{minor}")];
    for entry in fs::read_dir(format!("/sys/dev/block/{major}:{minor}"))? {
        let folder = entry?.path();
        if folder.join("partition").exists() {
            let number = fs::read_to_string(folder.join("dev"))?;
            numbers.push(number.trim_end().to_owned());
        }
    }
    Ok(numbers)
}

/// Where one of these devices is mounted: the fifth word of a line whose third word is its number.
fn find_mount<'m>(mountinfo: &'m str, numbers: &[Number]) -> Option<&'m str> {
    mountinfo.lines().find_map(|line| {
        let mut words = line.split(' ').skip(2);
        let number = words.next()?;
        numbers
            .iter()
            .any(|own| own == number)
            .then(|| words.nth(1))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTINFO: &str = "\
        21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
        22 21 0:20 / /proc rw,nosuid - proc proc rw\n\
        57 21 8:17 / /media/games rw,relatime - exfat /dev/sdb1 rw\n";

    fn find(numbers: &[&str]) -> Option<&'static str> {
        let numbers: Vec<_> = numbers.iter().map(ToString::to_string).collect();
        find_mount(MOUNTINFO, &numbers)
    }

    #[test]
    fn a_mounted_disk_or_partition_is_found() {
        assert_eq!(find(&["8:1"]), Some("/"));
        assert_eq!(find(&["8:16", "8:17"]), Some("/media/games"));
        assert_eq!(find(&["8:32", "8:2", "20"]), None);
    }

    #[test]
    fn the_systems_own_mounts_are_understood() {
        let mountinfo = fs::read_to_string("/proc/self/mountinfo").unwrap();
        let line = mountinfo
            .lines()
            .find(|line| line.split(' ').nth(4) == Some("/proc"));
        let number = line.unwrap().split(' ').nth(2).unwrap().to_owned();
        assert_eq!(find_mount(&mountinfo, &[number]), Some("/proc"));
    }

    #[test]
    fn no_loop_device_stands_for_a_new_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(loop_of(file.path()).unwrap(), None);
    }
}
