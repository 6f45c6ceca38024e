//! The launch rules on the console: `zso_launch.o` says what the library here says.

use iopsim::{Image, Machine};
use testkit::module::object_path;
use zso::Code;
use zso::launch::{Core, Image as Stored, Name, Transport, launch};

/// Where the object is loaded to, and where names are put.
const OBJECT: u32 = 0x1_0000;
const NAME: u32 = 0x2_0000;

/// A console with the object in it.
struct Console {
    machine: Machine,
    image: Image,
}

impl Console {
    fn new() -> Self {
        let path = object_path().with_file_name("zso_launch.o");
        let object = std::fs::read(&path);
        let object = object
            .unwrap_or_else(|error| panic!("{}: {error}; run `cargo iop` first", path.display()));
        let mut machine = Machine::default();
        let image = machine
            .load_object(&object, OBJECT, &|_| None)
            .expect("it needs nothing");
        Self { machine, image }
    }

    fn call(&mut self, function: &str, args: &[u32]) -> i32 {
        let entry = self.image.symbol(function).expect("the object has it");
        let result = self.machine.call(entry, args);
        result.expect("no trap").cast_signed()
    }

    /// Calls `zso_title` with a name, at any alignment.
    fn title(&mut self, name: &[u8]) -> i32 {
        let place = NAME + name.len() as u32 % 4;
        self.machine.write(place, name).expect("inside RAM");
        self.call("zso_title", &[place, name.len() as u32])
    }
}

#[test]
fn every_case_has_the_same_outcome() {
    let mut console = Console::new();
    for core in [Core::Opl, Core::Neutrino] {
        for transport in Transport::ALL {
            for (image, neutrino_zso) in [
                (Stored::Iso, 0),
                (Stored::Iso, 1),
                (Stored::Zso, 0),
                (Stored::Zso, 1),
            ] {
                let args = [core as u32, transport as u32, image as u32, neutrino_zso];
                let expected = launch(core, transport, image, neutrino_zso != 0).number();
                assert_eq!(console.call("zso_launch", &args), expected, "{args:?}");
            }
        }
    }
    for args in [[2, 0, 0, 0], [0, 9, 0, 0], [0, 0, 2, 0], [u32::MAX; 4]] {
        assert_eq!(
            console.call("zso_launch", &args),
            Code::Argument as i32,
            "{args:?}"
        );
    }
}

#[test]
fn titles_begin_where_the_library_finds_them() {
    let mut console = Console::new();
    let names = [
        "SLES_123.45.Title.zso",
        "SLES_123.45.T.ISO",
        "SLES_123.45..iso",
        "SLES_123.45.iso",
        "SLES-123.45.Title.iso",
        "Title.Zso",
        "T.iso",
        ".iso",
        "Title.cue",
        "so",
        "",
    ];
    for name in names {
        let name = name.as_bytes();
        let expected = match Name::parse(name) {
            Some(parsed) => (name.len() - 4 - parsed.title.len()) as i32,
            None => Code::Argument as i32,
        };
        assert_eq!(console.title(name), expected, "{}", name.escape_ascii());
    }
}
