//! Disks, games, and a second opinion on tables.
#![allow(dead_code, reason = "no test uses all of it")]

use ps2_apa::game::Game;
use ps2_apa::header::{HEADER_SIZE, Header, Kind};
use ps2_apa::space::Reach;
use ps2_apa::{CHUNK, Disk, Error, Extent, Id, Lba, Plan, Table, Timestamp};
use testkit::disk::{FailingDisk, Failure, MemoryDisk, game_header};

pub const MIB: u64 = 1 << 20;
pub const GIB: u64 = 1 << 30;

/// An empty disk of so many bytes.
pub fn blank(bytes: u64) -> MemoryDisk {
    let mut disk = MemoryDisk::new(bytes / 512);
    ps2_apa::format::format(&mut disk, Timestamp::default()).unwrap();
    disk
}

/// Sectors of a disc: most of them zeros, the others all different, and never two in the same place for two seeds.
pub fn image(seed: u8, sectors: usize) -> Vec<u8> {
    let mut image = vec![0; sectors * 2048];
    for number in (0..sectors).filter(|number| number % 256 < 2 || number + 2 > sectors) {
        let sector = &mut image[number * 2048..][..2048];
        sector[0] = seed;
        sector[1..9].copy_from_slice(&number.to_le_bytes());
        sector[2040..].copy_from_slice(&(!number).to_le_bytes());
    }
    image
}

pub fn sectors(image: &[u8]) -> u64 {
    image.len() as u64 / 2048
}

pub fn plan(table: &Table, name: &str, bytes: u64) -> Result<Plan, Error> {
    let (id, sectors) = (Id::new(name), bytes.div_ceil(2048));
    Plan::new(
        table,
        id,
        game_header(name),
        sectors,
        Reach::Lba48,
        Timestamp::default(),
    )
}

pub fn install(disk: &mut impl Disk, name: &str, image: &[u8]) -> Result<Game, Error> {
    let table = Table::read(disk)?;
    let mut installation = plan(&table, name, image.len() as u64)?.begin(disk)?;
    // Pieces that are no whole partitions, and end inside of headers, too.
    for piece in image.chunks(40 * MIB as usize + 512) {
        installation.write(piece)?;
    }
    installation.commit()
}

pub fn read_game(disk: &mut impl Disk, name: &str) -> Vec<u8> {
    let table = Table::read(disk).unwrap();
    let game = Game::read(disk, table.find(Id::new(name)).unwrap()).unwrap();
    let mut image = vec![0; game.header.bytes() as usize];
    assert_eq!(game.read_at(disk, 0, &mut image).unwrap(), image.len());
    image
}

/// Works on a disk that fails at one of its writes. None if the writes were all good.
pub fn failing<T: std::fmt::Debug>(
    disk: &MemoryDisk,
    good: usize,
    failure: Failure,
    work: impl FnOnce(&mut FailingDisk) -> Result<T, Error>,
) -> Option<(Error, MemoryDisk)> {
    let mut disk = FailingDisk::new(disk.clone(), good, failure);
    let result = work(&mut disk);
    match disk.failed() {
        true => Some((result.unwrap_err(), disk.medium)),
        false => None,
    }
}

/// Where partitions begin, how long they are in chunks of 128 MiB, and whether they are used.
pub fn layout(disk: &mut impl Disk) -> Vec<(u32, u32, bool)> {
    let table = Table::read(disk).unwrap();
    let chunks = |header: &Header| {
        let Extent { start, sectors } = header.extent();
        (
            start.0 / CHUNK,
            sectors / CHUNK,
            header.kind() != Kind::EMPTY,
        )
    };
    table.headers().iter().map(chunks).collect()
}

/// Deletes partitions as the console does: they stay, and are empty.
pub fn delete(disk: &mut impl Disk, name: &str) {
    let table = Table::read(disk).unwrap();
    let main = table.find(Id::new(name)).unwrap();
    let mut gone = vec![main.extent()];
    gone.extend(main.subs());
    for header in table.headers() {
        let extent = header.extent();
        if gone.contains(&extent) {
            let mut empty = Header::empty(extent, Timestamp::default());
            empty.link(header.prev(), header.next());
            disk.write(extent.start, &empty.emit()).unwrap();
        }
    }
}

/// Puts a PC's partition into the first header.
pub fn share(disk: &mut MemoryDisk, extent: Extent, kind: u8) {
    let mut bytes = [0; HEADER_SIZE];
    disk.read(Lba(0), &mut bytes).unwrap();
    bytes[0x1C2] = kind;
    bytes[0x1C6..0x1CA].copy_from_slice(&extent.start.0.to_le_bytes());
    bytes[0x1CA..0x1CE].copy_from_slice(&extent.sectors.to_le_bytes());
    bytes[0x1FE..0x200].copy_from_slice(&[0x55, 0xAA]);
    let sum = sum(&bytes);
    bytes[..4].copy_from_slice(&sum.to_le_bytes());
    disk.write(Lba(0), &bytes).unwrap();
}

/// Does what the console's driver does when it finds a journal.
pub fn complete(disk: &mut MemoryDisk) {
    let mut list = [0; 512];
    disk.read(Lba(8), &mut list).unwrap();
    assert_eq!(word(&list, 0), 0x4150_414C);
    for entry in 0..word(&list, 4) {
        let mut copy = [0; HEADER_SIZE];
        disk.read(Lba(10 + 2 * entry), &mut copy).unwrap();
        disk.write(Lba(word(&list, 8 + 4 * entry as usize)), &copy)
            .unwrap();
    }
    list[4..].fill(0);
    disk.write(Lba(8), &list).unwrap();
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..][..4].try_into().unwrap())
}

pub fn sum(bytes: &[u8]) -> u32 {
    let words = bytes.chunks(4).skip(1).map(|bytes| word(bytes, 0));
    words.fold(0, u32::wrapping_add)
}

/// Checks a table by the rules of other tools, from its bytes alone.
pub fn check(disk: &mut impl Disk) {
    let (mut at, mut prev, mut end) = (0, None, 0);
    let mut headers = Vec::new();
    loop {
        let mut bytes = [0; HEADER_SIZE];
        disk.read(Lba(at), &mut bytes).unwrap();
        let field = |place| word(&bytes, place);
        let (start, length) = (field(0x40), field(0x44));
        assert_eq!(&bytes[4..8], b"APA\0", "{at:#x}");
        assert_eq!(field(0), sum(&bytes), "{at:#x}: checksum");
        assert_eq!(start, at);
        assert!(
            length > 0 && length % CHUNK == 0 && start % length == 0,
            "{at:#x}: {length:#x}"
        );
        assert!(start >= end, "{at:#x} overlaps");
        assert!(u64::from(start) + u64::from(length) <= disk.sectors());
        assert!(
            prev.is_none_or(|prev| prev == field(0x0C)),
            "{at:#x}: link back"
        );
        (prev, end, at) = (Some(start), start + length, field(0x08));
        headers.push(bytes);
        if at == 0 {
            break;
        }
    }
    assert_eq!(
        word(&headers[0], 0x0C),
        word(headers.last().unwrap(), 0x40),
        "the ring is closed"
    );
    check_subs(&headers);
}

/// Follows the links as a driver does that knows of no journal, and gives the names of the partitions found.
pub fn walk(disk: &mut impl Disk) -> Vec<String> {
    let (mut at, mut names) = (Lba(0), Vec::new());
    loop {
        let mut bytes = [0; HEADER_SIZE];
        disk.read(at, &mut bytes).unwrap();
        let header = Header::parse(&bytes, at).unwrap();
        names.push(header.id().to_string());
        assert!(header.next() > at || header.next() == Lba(0));
        at = header.next();
        if at == Lba(0) {
            return names;
        }
    }
}

fn check_subs(headers: &[[u8; HEADER_SIZE]]) {
    for main in headers.iter().filter(|bytes| bytes[0x4A] == 0) {
        let start = word(main, 0x40);
        let own: Vec<_> = headers
            .iter()
            .filter(|bytes| bytes[0x4A] == 1 && word(&bytes[..], 0x58) == start)
            .map(|bytes| (word(bytes, 0x5C), word(bytes, 0x40), word(bytes, 0x44)))
            .collect();
        let listed: Vec<_> = (0..word(main, 0x4C) as usize)
            .map(|i| {
                (
                    i as u32 + 1,
                    word(main, 0x200 + 8 * i),
                    word(main, 0x204 + 8 * i),
                )
            })
            .collect();
        assert_eq!(own, listed, "sub-partitions of {start:#x}");
    }
    assert!(
        headers.iter().any(|bytes| bytes[0x48] == 1),
        "kind {:?}",
        Kind::MBR
    );
}
