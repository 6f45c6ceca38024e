//! Linux: which disks there are, and whether the system uses one. A console's disk has nothing that this system mounts,
//! but it may share the disk with a partition of a PC; and the path may be that of quite another disk.

use std::fs;
use std::io;
use std::path::Path;

use super::Candidate;

/// Kinds of block devices that are no disks: discs, memory, files, and what is made of other disks.
const NO_DISKS: [&str; 8] = ["sr", "ram", "zram", "loop", "dm-", "md", "fd", "nbd"];

/// A device's two numbers, as `/sys` and `/proc` write them.
type Number = String;

/// The disks of this system.
pub(super) fn disks() -> io::Result<Vec<Candidate>> {
    disks_in(
        Path::new("/sys/block"),
        &fs::read_to_string("/proc/self/mountinfo")?,
    )
}

/// The disks in a folder that looks like `/sys/block`.
fn disks_in(folder: &Path, mountinfo: &str) -> io::Result<Vec<Candidate>> {
    let mut disks = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (name, folder) = (
            entry.file_name().to_string_lossy().into_owned(),
            entry.path(),
        );
        let read = |file: &str| {
            let text = fs::read_to_string(folder.join(file)).unwrap_or_default();
            text.trim().to_owned()
        };
        let sectors: u64 = read("size").parse().unwrap_or(0);
        if sectors == 0 || NO_DISKS.iter().any(|kind| name.starts_with(kind)) {
            continue;
        }
        let numbers = with_partitions(&folder, read("dev"))?;
        disks.push(Candidate {
            path: Path::new("/dev").join(&name),
            // The kernel's own sectors, whatever the disk's are.
            bytes: Some(sectors.saturating_mul(512)),
            model: format!("{} {}", read("device/vendor"), read("device/model"))
                .trim()
                .to_owned(),
            mount_point: find_mount(mountinfo, &numbers).map(ToOwned::to_owned),
        });
    }
    disks.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(disks)
}

/// The mount point of something on the block device `device`, if there is one.
pub(crate) fn mount_of(device: u64) -> io::Result<Option<String>> {
    let (major, minor) = (rustix::fs::major(device), rustix::fs::minor(device));
    let number = format!("{major}:{minor}");
    let folder = Path::new("/sys/dev/block").join(&number);
    let numbers = with_partitions(&folder, number)?;
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

/// The numbers of a disk, whose own is `number`, and of its partitions.
fn with_partitions(folder: &Path, number: Number) -> io::Result<Vec<Number>> {
    let mut numbers = vec![number];
    for entry in fs::read_dir(folder)? {
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
    fn disks_are_found_with_size_model_and_mounts() {
        let sys = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let path = sys.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("{text}\n")).unwrap();
        };
        for (disk, number, sectors) in [("sdb", "8:16", "976773168"), ("sda", "8:0", "9000")] {
            put(&format!("{disk}/dev"), number);
            put(&format!("{disk}/size"), sectors);
        }
        put("sdb/device/vendor", "ATA     ");
        put("sdb/device/model", "ST3500");
        put("sdb/sdb1/partition", "1");
        put("sdb/sdb1/dev", "8:17");
        put("sr0/size", "4000");
        put("loop0/size", "4000");
        put("sdc/size", "0");
        let disks = disks_in(sys.path(), MOUNTINFO).unwrap();
        let [sda, sdb] = disks.as_slice() else {
            panic!("{disks:?}");
        };
        assert_eq!(sda.path, Path::new("/dev/sda"));
        assert_eq!((sda.bytes, sda.model.as_str()), (Some(9000 * 512), ""));
        assert_eq!(sda.mount_point, None);
        assert_eq!(sdb.model, "ATA ST3500");
        assert_eq!(sdb.mount_point.as_deref(), Some("/media/games"));
        disks_in(Path::new("/sys/block"), MOUNTINFO).unwrap();
    }

    #[test]
    fn no_loop_device_stands_for_a_new_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(loop_of(file.path()).unwrap(), None);
    }
}
