//! Games onto disks: where they come to lie, and that a failure leaves no trace.

mod common;

use common::{GIB, MIB, blank, check, delete, image, install, plan, read_game, sectors};
use ps2_apa::space::{Reach, Space};
use ps2_apa::{Disk, Error, Extent, Lba, Plan, Table};
use testkit::disk::{Failure, MemoryDisk};

/// Where partitions begin and how long they are, in chunks of 128 MiB.
fn chunks(partitions: &[Extent]) -> Vec<(u32, u32)> {
    let in_chunks = |extent: &Extent| {
        (
            extent.start.0 / ps2_apa::CHUNK,
            extent.sectors / ps2_apa::CHUNK,
        )
    };
    partitions.iter().map(in_chunks).collect()
}

#[test]
fn partitions_are_joined_as_alignment_and_the_disk_allow() {
    // 40 GB: no partition above 1 GiB.
    let mut disk = blank(40_000_000_000);
    let table = Table::read(&mut disk).unwrap();
    let partitions = |bytes| chunks(plan(&table, "PP.A", bytes).unwrap().partitions());
    assert_eq!(partitions(1), [(1, 1)]);
    assert_eq!(partitions(124 * MIB), [(1, 1)]);
    assert_eq!(partitions(124 * MIB + 1), [(1, 1), (2, 1)]);
    assert_eq!(partitions(128 * MIB), [(1, 1), (2, 1)]);
    assert_eq!(
        partitions(4 * GIB),
        [(1, 1), (2, 2), (4, 4), (8, 8), (16, 8), (24, 8), (32, 2)]
    );
}

#[test]
fn no_partition_is_above_4_gib_on_a_large_disk() {
    let mut disk = blank(2_000_000_000_000);
    let table = Table::read(&mut disk).unwrap();
    let plan = plan(&table, "PP.A", 8_500_000_000).unwrap();
    assert_eq!(
        chunks(plan.partitions()),
        [(1, 1), (2, 2), (4, 4), (8, 8), (16, 16), (32, 32), (64, 1)]
    );
    let bytes: Vec<_> = plan
        .game()
        .header
        .parts
        .iter()
        .map(|part| part.bytes)
        .collect();
    assert_eq!(bytes[5], (4096 - 1) << 20);
    assert_eq!(
        plan.game().header.bytes(),
        8_500_000_000_u64.next_multiple_of(2048)
    );
}

#[test]
fn disks_of_all_sizes_end_where_the_table_does() {
    for bytes in [300 * MIB, 137 * GIB, 2000 * GIB, 2048 * GIB, 3000 * GIB] {
        let mut disk = blank(bytes);
        let table = Table::read(&mut disk).unwrap();
        let space = Space::of(&table, Reach::Lba48);
        let last = space.free().last().unwrap();
        assert!(last.end() <= (bytes / 512).min(u32::MAX.into()));
        assert!(
            last.end() + u64::from(ps2_apa::CHUNK) > (bytes / 512).min(u32::MAX.into()),
            "{bytes}"
        );
        let below = Space::of(&table, Reach::Lba28);
        assert!(below.free().all(|chunk| chunk.end() <= 1 << 28));
        assert_eq!(
            below.free_mib(),
            space.free_mib().min((128 * GIB) / MIB - 128)
        );
    }
}

#[test]
fn a_game_reads_back_and_the_others_with_it() {
    let mut disk = blank(40_000_000_000);
    install(&mut disk, "PP.A", &image(1, 5)).unwrap();
    install(&mut disk, "PP.B", &image(2, 70_000)).unwrap();
    check(&mut disk);
    assert_eq!(read_game(&mut disk, "PP.A"), image(1, 5));
    assert_eq!(read_game(&mut disk, "PP.B"), image(2, 70_000));
    assert_eq!(Table::read(&mut disk).unwrap().games().count(), 2);
}

#[test]
fn games_go_where_others_were_deleted_around_what_is_in_the_way() {
    let mut disk = blank(40_000_000_000);
    for name in ["PP.A", "PP.B", "PP.C", "PP.D", "PP.E"] {
        install(&mut disk, name, &image(3, 100)).unwrap();
    }
    for name in ["PP.A", "PP.B", "PP.D"] {
        delete(&mut disk, name);
    }
    let table = Table::read(&mut disk).unwrap();
    let plan = plan(&table, "PP.NEW", 370 * MIB).unwrap();
    assert_eq!(chunks(plan.partitions()), [(1, 1), (2, 1), (4, 1)]);
    // 1 and 2 are no halves of a whole, and 3 is taken.
    let new = image(4, (370 * MIB / 2048) as usize);
    install(&mut disk, "PP.NEW", &new).unwrap();
    check(&mut disk);
    assert_eq!(read_game(&mut disk, "PP.NEW"), new);
    assert_eq!(read_game(&mut disk, "PP.C"), image(3, 100));
}

#[test]
fn headers_of_deleted_partitions_are_there_until_the_change() {
    let mut disk = blank(40_000_000_000);
    // Five deleted partitions in a row: the new ones are going to cover the headers of some.
    for name in ["PP.A", "PP.B", "PP.C", "PP.D", "PP.E", "PP.F"] {
        install(&mut disk, name, &image(5, 10)).unwrap();
    }
    for name in ["PP.A", "PP.B", "PP.C", "PP.D", "PP.E"] {
        delete(&mut disk, name);
    }
    let before = Table::read(&mut disk).unwrap();
    let new = image(6, (500 * MIB / 2048) as usize);
    let plan = plan(&before, "PP.NEW", sectors(&new) * 2048).unwrap();
    assert_eq!(chunks(plan.partitions()), [(1, 1), (2, 2), (4, 1)]);
    let mut installation = plan.begin(&mut disk).unwrap();
    installation.write(&new).unwrap();
    let mut read = vec![0; new.len()];
    assert_eq!(installation.read(0, &mut read).unwrap(), new.len());
    assert!(read == new);
    drop(installation);
    assert_eq!(Table::read(&mut disk).unwrap(), before, "interrupted");
    install(&mut disk, "PP.NEW", &new).unwrap();
    check(&mut disk);
    assert!(read_game(&mut disk, "PP.NEW") == new);
}

#[test]
fn what_is_left_of_an_empty_partition_stays_one() {
    let mut disk = blank(40_000_000_000);
    install(&mut disk, "PP.A", &image(1, 100)).unwrap();
    install(&mut disk, "PP.BIG", &image(1, (600 * MIB / 2048) as usize)).unwrap();
    install(&mut disk, "PP.C", &image(1, 100)).unwrap();
    delete(&mut disk, "PP.BIG");
    let count = |disk: &mut MemoryDisk| {
        let table = Table::read(disk).unwrap();
        let empty = table
            .headers()
            .iter()
            .filter(|header| header.kind() == ps2_apa::header::Kind::EMPTY);
        empty
            .map(|header| header.extent().sectors / ps2_apa::CHUNK)
            .sum::<u32>()
    };
    let free = count(&mut disk);
    install(&mut disk, "PP.D", &image(2, 100)).unwrap();
    check(&mut disk);
    assert_eq!(count(&mut disk), free - 1);
}

#[test]
fn what_does_not_fit_is_refused_with_numbers() {
    let mut disk = blank(GIB);
    let table = Table::read(&mut disk).unwrap();
    // On 1 GiB every partition is of 128 MiB, and takes a MiB.
    let most = 7 * 128 - 10;
    plan(&table, "PP.A", most * MIB).unwrap();
    match plan(&table, "PP.A", most * MIB + 1) {
        Err(Error::NoSpace { need, free }) => assert_eq!((need, free), (most + 11, 896)),
        other => panic!("{other:?}"),
    }
    let mut large = blank(2_000_000_000_000);
    let table = Table::read(&mut large).unwrap();
    let too_large = plan(&table, "PP.A", (1 << 32) * 2048);
    assert!(matches!(
        too_large,
        Err(Error::TooLarge {
            sectors: 0x1_0000_0000
        })
    ));
}

#[test]
fn a_name_is_given_once() {
    let mut disk = blank(GIB);
    install(&mut disk, "PP.A", &image(1, 1)).unwrap();
    let again = install(&mut disk, "pp.a", &image(1, 1));
    assert!(matches!(again, Err(Error::Exists { .. })));
}

#[test]
fn a_plan_for_another_table_is_refused() {
    let mut disk = blank(GIB);
    let table = Table::read(&mut disk).unwrap();
    let late: Plan = plan(&table, "PP.LATE", 2048).unwrap();
    install(&mut disk, "PP.A", &image(1, 1)).unwrap();
    assert!(matches!(late.begin(&mut disk), Err(Error::Changed)));
}

/// A disk on which installing covers headers that are in use until then, and the image for it.
fn trap() -> (MemoryDisk, Vec<u8>) {
    let mut disk = blank(20_000_000_000);
    for name in ["PP.A", "PP.B", "PP.C", "PP.D", "PP.E"] {
        install(&mut disk, name, &image(7, 3)).unwrap();
    }
    for name in ["PP.A", "PP.B", "PP.C", "PP.E"] {
        delete(&mut disk, name);
    }
    (disk, image(8, (500 * MIB / 2048) as usize))
}

/// Installs on a disk that fails at one of its writes. None if the writes were all good.
fn failing(
    disk: &MemoryDisk,
    image: &[u8],
    good: usize,
    failure: Failure,
) -> Option<(Error, MemoryDisk)> {
    common::failing(disk, good, failure, |disk| install(disk, "PP.NEW", image))
}

#[test]
fn after_a_failed_write_the_table_is_as_it_was() {
    let (disk, image) = trap();
    let before = Table::read(&mut disk.clone()).unwrap();
    let mut tried = 0;
    while let Some((error, mut disk)) = failing(&disk, &image, tried, Failure::Once) {
        assert!(
            !matches!(error, Error::Unfinished { .. }),
            "write {tried}: {error}"
        );
        assert_eq!(Table::read(&mut disk).unwrap(), before, "write {tried}");
        assert_eq!(
            read_game(&mut disk, "PP.D"),
            common::image(7, 3),
            "write {tried}"
        );
        install(&mut disk, "PP.NEW", &image).unwrap();
        check(&mut disk);
        tried += 1;
    }
    assert!(tried > 20, "only {tried} writes");
}

#[test]
fn after_a_loss_of_power_the_table_is_the_old_or_the_new_one() {
    let (disk, image) = trap();
    let before = Table::read(&mut disk.clone()).unwrap();
    let (mut old, mut new) = (0, 0);
    while let Some((_, mut disk)) = failing(&disk, &image, old + new, Failure::Power) {
        let table = Table::read(&mut disk).unwrap();
        match table == before {
            true => {
                assert_eq!(new, 0, "there is one moment of the change");
                old += 1;
            }
            false => {
                assert!(table.is_interrupted());
                common::complete(&mut disk);
                check(&mut disk);
                assert!(read_game(&mut disk, "PP.NEW") == image);
                new += 1;
            }
        }
        assert_eq!(read_game(&mut disk, "PP.D"), common::image(7, 3));
    }
    // Writes before the moment, it included, and after it.
    assert_eq!((old, new), (24, 6));
}

/// The console's own driver completes the journal; some that are in use today never look at it.
#[test]
fn a_driver_that_ignores_the_journal_finds_its_way_after_each_write() {
    let mut plain = blank(20_000_000_000);
    install(&mut plain, "PP.D", &image(7, 3)).unwrap();
    let at_end = image(8, (300 * MIB / 2048) as usize);
    for (disk, image) in [trap(), (plain, at_end)] {
        let mut good = 0;
        while let Some((_, mut disk)) = failing(&disk, &image, good, Failure::Unplugged) {
            let names = common::walk(&mut disk);
            assert!(names.contains(&"PP.D".to_owned()), "{good}: {names:?}");
            good += 1;
        }
        assert!(good > 15, "only {good} writes");
    }
}

#[test]
fn the_next_run_completes_what_was_interrupted() {
    let (disk, image) = trap();
    let mut cut = (0..).map_while(|good| failing(&disk, &image, good, Failure::Power));
    let interrupted =
        cut.find(|(_, disk)| Table::read(&mut disk.clone()).unwrap().is_interrupted());
    let (_, mut disk) = interrupted.unwrap();
    install(&mut disk, "PP.NEXT", &common::image(9, 4)).unwrap();
    assert!(!Table::read(&mut disk).unwrap().is_interrupted());
    check(&mut disk);
    assert_eq!(read_game(&mut disk, "PP.NEXT"), common::image(9, 4));
    assert!(read_game(&mut disk, "PP.NEW") == image);
}

#[test]
fn partitions_of_pcs_are_spared() {
    let mut disk = blank(40_000_000_000);
    // One from the middle of the second chunk to the third, in the first header's table.
    common::share(
        &mut disk,
        Extent::new(Lba(ps2_apa::CHUNK * 3 / 2), ps2_apa::CHUNK),
        7,
    );
    let table = Table::read(&mut disk).unwrap();
    let plan = plan(&table, "PP.A", 200 * MIB).unwrap();
    assert_eq!(chunks(plan.partitions()), [(3, 1), (4, 1)]);
}

#[test]
fn disks_with_a_second_table_are_read_and_not_changed() {
    let mut disk = blank(40_000_000_000);
    install(&mut disk, "PP.A", &image(1, 2)).unwrap();
    common::share(&mut disk, Extent::new(Lba(1), 100), 0xEE);
    assert_eq!(read_game(&mut disk, "PP.A"), image(1, 2));
    assert!(matches!(
        install(&mut disk, "PP.B", &image(1, 2)),
        Err(Error::Shared(_))
    ));
    assert_eq!(disk.sectors(), 40_000_000_000 / 512);
}
