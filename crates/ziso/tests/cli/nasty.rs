//! Names and titles that would change a terminal, turn the order of letters, or read as lines of the program's own:
//! through every command, on a terminal and in a pipe.

use std::process::Command;

use serde_json::Value;
use testkit::iso::Iso;

use crate::support::{Folder, Run, noise};

/// A title that sets the window's title, clears the screen in two ways, turns what follows, and goes on in a new line.
const NASTY: &str =
    "n\u{1b}]0;x\u{7}\u{9b}2J\u{1b}[2J\u{202e}\u{2066}\u{7f}\u{85}\nziso: all is well\r";

fn is_harmless(letter: char) -> bool {
    letter == '\n' || !discs::name::can_mislead(letter)
}

/// Files of the nasty name, in every form; a list and a disk with it.
fn folder() -> Folder {
    let folder = Folder::new();
    let disc = Iso::of_game(NASTY, "SLES_123.45").file(NASTY, noise(9000, 4));
    let disc = disc.build();
    folder.write(&format!("{NASTY}.iso"), &disc);
    folder.write("plain.iso", &disc);
    let hashes = discs::Hashes::of(&disc);
    let rom = format!("<rom name=\"{NASTY}\" crc=\"{:08x}\"/>", hashes.crc32);
    let list =
        format!("<d><header><name>{NASTY}</name></header><game name=\"{NASTY}\">{rom}</game></d>");
    folder.write("list.dat", list.as_bytes());
    let crc32 = |crc32| format!("crc=\"{crc32:08x}\"");
    let other = list.replace(&crc32(hashes.crc32), &crc32(!hashes.crc32));
    folder.write("other.dat", other.as_bytes());
    folder.write(
        &format!("{NASTY}.cue"),
        format!("FILE \"{NASTY}\" BINARY\nTRACK 01 {NASTY}\n").as_bytes(),
    );
    folder.write(&format!("{NASTY}.zip"), b"PK\x03\x04");
    folder.write("sums", format!("0000  {NASTY}\n").as_bytes());
    let disk = std::fs::File::create_new(folder.path("disk")).expect("made");
    disk.set_len(1 << 30).expect("long");
    let mut disk =
        ps2_apa::FileDisk::open(&folder.path("disk"), ps2_apa::Access::Write).expect("opened");
    ps2_apa::format::format(&mut disk, ps2_apa::Timestamp::now()).expect("formatted");
    folder
}

/// What is tried: words, of which `@` in one stands for the nasty name, and the exit code.
const COMMANDS: [(&str, i32); 30] = [
    ("compress @.iso", 0),
    ("compress @.iso", 2),
    ("compress @.cue", 2),
    ("compress @.zip", 2),
    ("compress @.iso -o @/x", 2),
    ("verify @.zso --dat list.dat", 0),
    ("verify @.zso --dat other.dat", 1),
    ("verify @.zso --sidecar sums", 2),
    ("verify @.zso --against list.dat", 1),
    ("verify @.zso --json --dat list.dat", 0),
    ("decompress @.zso -o @.out", 0),
    ("info @.iso", 0),
    ("info @.iso --json", 0),
    ("info plain.iso --dat other.dat", 0),
    ("info --map --svg @.svg @.zso", 0),
    ("advise @.iso", 0),
    ("split @.zso", 0),
    ("split -u @.iso --title @", 0),
    ("split -u @.iso --startup @", 2),
    ("hdd install disk @.iso --title @ --yes", 0),
    ("hdd install disk @.iso --title other@ --dry-run", 0),
    ("hdd list disk", 0),
    ("hdd list disk --json", 0),
    ("hdd verify disk", 0),
    ("hdd extract disk @", 0),
    ("hdd install disk @.iso --title @ --yes", 2),
    ("hdd info disk", 0),
    ("hdd rename disk SLES_123.45 other@", 0),
    ("hdd initialize disk", 2),
    ("hdd delete disk SLES_123.45 --yes", 0),
];

fn command(folder: &Folder, line: &str) -> Command {
    let mut command = folder.command("");
    command.args(line.split(' ').map(|word| word.replace('@', NASTY)));
    command
}

#[test]
fn no_name_or_title_changes_what_a_pipe_or_a_file_gets() {
    let folder = folder();
    for (line, code) in COMMANDS {
        let run = Run::from(command(&folder, line).output().expect("runs"));
        assert_eq!(run.code, code, "{line}: {run:?}");
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(said.chars().all(is_harmless), "{line}: {said:?}");
        assert!(!said.contains("\nziso: all is well"), "{line}: {said:?}");
        if line.contains("--json") {
            let value: Value = serde_json::from_str(run.stdout.trim()).expect("JSON");
            assert!(value.to_string().contains("all is well"), "{line}: {value}");
        }
    }
    let renamed = command(&folder, "info --rename --dat list.dat plain.iso")
        .output()
        .expect("runs");
    assert!(renamed.status.success(), "{:?}", Run::from(renamed));
    let made: Vec<_> = folder
        .names()
        .into_iter()
        .filter(|name| name.starts_with("SLES_123.45"))
        .collect();
    assert_eq!(made.len(), 2, "{made:?}");
    assert!(
        made.iter()
            .all(|name| name.chars().all(is_harmless) && !name.contains('\n')),
        "{made:?}"
    );
}

#[test]
fn no_name_or_title_changes_a_terminal() {
    let folder = folder();
    for (line, _) in COMMANDS {
        let words: Vec<_> = line
            .split(' ')
            .map(|word| format!("'{}'", word.replace('@', NASTY)))
            .collect();
        let run = folder.on_terminal(&words.join(" "), "\u{0}", b"");
        // What draws bars has sequences of its own: of moving, of clearing a line, and of hiding the cursor.
        for bad in [
            "\u{1b}]",
            "\u{7}",
            "\u{9b}",
            "\u{1b}[2J",
            "\u{202e}",
            "\u{2066}",
            "\u{7f}",
            "\u{85}",
            "\nziso: all is",
        ] {
            assert!(!run.stdout.contains(bad), "{line}, {bad:?}: {run:?}");
        }
    }
}
