//! Lists of known discs, as Redump and No-Intro publish them: DAT files, plain or in a zip file.

use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::Path;
use std::sync::Arc;

use hex::FromHex;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use crate::hashes::Hashes;
use crate::name::is_list;
use crate::zip::{self, ZipFault};

/// A list is not larger; that of all discs of a console has some 10 MB.
/// Nor is a zip file with one, which is kept in memory.
const MOST_BYTES: u64 = 32 << 20;
/// It does not list more; that of all discs of a console has some 50,000, each track of a CD being one.
const MOST_DISCS: usize = 200_000;
/// No name in it is longer, and nothing else that it says of a disc.
const MOST_TEXT: usize = 1024;
/// How zip files begin.
const ZIP_MAGIC: &[u8] = b"PK";

/// A list of known discs.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Dat {
    /// What the list calls itself.
    pub name: String,
    discs: Vec<Known>,
}

/// A disc that is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownGame {
    /// The game's name in the list.
    pub name: Arc<str>,
    /// The name of the file with the image.
    pub file: String,
}

/// A game, and how its image is known.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Known {
    game: KnownGame,
    size: Option<u64>,
    crc32: Option<u32>,
    md5: Option<[u8; 16]>,
    sha1: Option<[u8; 20]>,
}

/// Why a list cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "a message says what its numbers and names are")]
pub enum DatError {
    #[error("it cannot be read")]
    Read(#[from] io::Error),
    /// It is a zip file that cannot be read.
    #[error(transparent)]
    Zip(#[from] ZipFault),
    #[error("there is no .dat or .xml file in it")]
    NoList,
    #[error(
        "it is no list of discs: byte {at} is no XML; download it again, as \"DAT\" in XML format"
    )]
    Xml {
        at: u64,
        source: Box<quick_xml::Error>,
    },
    #[error("it has more than {} MiB of text; take the DAT file of this console's discs alone", MOST_BYTES >> 20)]
    TooLong,
    #[error(
        "it lists more than {MOST_DISCS} discs; take the DAT file of this console's discs alone"
    )]
    TooMany,
    #[error("it lists no discs; take the DAT file of the console's discs")]
    Empty,
}

impl Dat {
    /// Reads a list from a DAT file, or from the first one in a zip file.
    pub fn read(mut file: impl Read + Seek) -> Result<Self, DatError> {
        let mut magic = Vec::new();
        let len = ZIP_MAGIC.len() as u64;
        file.by_ref().take(len).read_to_end(&mut magic)?;
        file.rewind()?;
        let dat = match magic == ZIP_MAGIC {
            true => Self::unzip(file)?,
            false => Self::parse(file)?,
        };
        match dat.discs.is_empty() {
            true => Err(DatError::Empty),
            false => Ok(dat),
        }
    }

    /// The game whose image has this size and these checksums.
    pub fn find(&self, hashes: &Hashes, size: u64) -> Option<&KnownGame> {
        let known = self.discs.iter().find(|known| known.is(hashes, size))?;
        Some(&known.game)
    }

    /// What is said of a disc that is not listed: in which list, and by which checksums that has its discs.
    pub fn not_listed(&self) -> String {
        let has = |is: fn(&Known) -> bool| self.discs.iter().any(is);
        let kinds = [
            ("CRC-32", has(|known| known.crc32.is_some())),
            ("MD5", has(|known| known.md5.is_some())),
            ("SHA-1", has(|known| known.sha1.is_some())),
        ];
        let kinds: Vec<_> = kinds
            .iter()
            .filter(|(_, has)| *has)
            .map(|(kind, _)| *kind)
            .collect();
        let (name, discs, kinds) = (&self.name, self.len(), kinds.join(", "));
        format!("not in {name:?}, which lists {discs} discs by {kinds}")
    }

    /// Images that are listed.
    pub fn len(&self) -> usize {
        self.discs.len()
    }

    /// Whether there are none, which [`read`](Self::read) refuses.
    pub fn is_empty(&self) -> bool {
        self.discs.is_empty()
    }

    fn unzip(file: impl Read) -> Result<Self, DatError> {
        let mut zip = Vec::new();
        file.take(MOST_BYTES).read_to_end(&mut zip)?;
        let files = zip::files(&zip)?;
        let list = files.iter().find(|file| is_list(Path::new(&file.name)));
        Self::parse(list.ok_or(DatError::NoList)?.unpack()?)
    }

    fn parse(list: impl Read) -> Result<Self, DatError> {
        // Whatever size it says it has.
        let mut list = BufReader::new(list.take(MOST_BYTES));
        let dat = Self::parse_text(&mut list);
        match list.get_ref().limit() {
            0 => Err(DatError::TooLong),
            _ => dat,
        }
    }

    fn parse_text(list: impl BufRead) -> Result<Self, DatError> {
        let mut xml = quick_xml::Reader::from_reader(list);
        let mut dat = Self::default();
        let mut game = Arc::default();
        let mut names_list = false;
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            let event = xml.read_event_into(&mut buffer);
            match event {
                Ok(Event::Start(element) | Event::Empty(element)) => {
                    names_list = element.name().as_ref() == "name";
                    dat.element(&element, &mut game)?;
                }
                Ok(Event::Text(text)) if names_list && dat.name.is_empty() => {
                    dat.name = text.trim().chars().take(MOST_TEXT).collect();
                }
                Ok(Event::End(_)) => names_list = false,
                Ok(Event::Eof) => return Ok(dat),
                Ok(_) => {}
                Err(source) => {
                    return Err(DatError::Xml {
                        at: xml.error_position(),
                        source: Box::new(source),
                    });
                }
            }
        }
    }

    /// Takes a game's or an image's element.
    fn element(&mut self, element: &BytesStart<'_>, game: &mut Arc<str>) -> Result<(), DatError> {
        match element.name().as_ref() {
            // Some lists call them machines.
            "game" | "machine" => *game = attribute(element, "name").unwrap_or_default().into(),
            "rom" if self.discs.len() >= MOST_DISCS => return Err(DatError::TooMany),
            "rom" => self.discs.extend(Known::new(element, game)),
            _ => {}
        }
        Ok(())
    }
}

impl Known {
    /// An image as listed; nothing if it cannot be told from others.
    fn new(element: &BytesStart<'_>, game: &Arc<str>) -> Option<Self> {
        let known = Self {
            game: KnownGame {
                name: Arc::clone(game),
                file: attribute(element, "name").unwrap_or_default(),
            },
            size: attribute(element, "size").and_then(|size| size.parse().ok()),
            crc32: attribute(element, "crc").and_then(|crc| u32::from_str_radix(&crc, 16).ok()),
            md5: attribute(element, "md5").and_then(|md5| FromHex::from_hex(md5).ok()),
            sha1: attribute(element, "sha1").and_then(|sha1| FromHex::from_hex(sha1).ok()),
        };
        let is_known = known.crc32.is_some() || known.md5.is_some() || known.sha1.is_some();
        is_known.then_some(known)
    }

    /// Whether all that is listed fits.
    fn is(&self, hashes: &Hashes, size: u64) -> bool {
        self.size.is_none_or(|known| known == size)
            && self.crc32.is_none_or(|known| known == hashes.crc32)
            && self.md5.is_none_or(|known| known == hashes.md5)
            && self.sha1.is_none_or(|known| known == hashes.sha1)
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = element.try_get_attribute(name).ok().flatten()?;
    (attribute.value.len() <= MOST_TEXT).then_some(())?;
    let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
    Some(value.into_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use ::zip::ZipWriter;
    use ::zip::write::SimpleFileOptions;
    use proptest::prelude::*;

    use super::*;
    use crate::hashes::hex;

    const HEADER: &str = "<?xml version=\"1.0\"?>\n<!DOCTYPE datafile PUBLIC \"-//Logiqx//DTD ROM Management Datafile//EN\" \
        \"http://www.logiqx.com/Dats/datafile.dtd\">\n<datafile>\n<header><name>Sony - PlayStation 2</name>\
        <description>discs</description></header>\n";

    fn game(name: &str, content: &[u8]) -> String {
        let Hashes { crc32, md5, sha1 } = Hashes::of(content);
        let (md5, sha1) = (hex(md5), hex(sha1).to_uppercase());
        format!(
            "<game name=\"{name}\"><category>Games</category><description>{name}</description>\
             <rom name=\"{name}.iso\" size=\"{}\" crc=\"{crc32:08x}\" md5=\"{md5}\" sha1=\"{sha1}\"/></game>\n",
            content.len()
        )
    }

    fn list() -> String {
        let games = game("One &amp; Only (Europe)", b"the one disc");
        format!("{HEADER}{games}{}</datafile>", game("Other", b"the other"))
    }

    fn open(bytes: &[u8]) -> Result<Dat, DatError> {
        Dat::read(io::Cursor::new(bytes))
    }

    fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(io::Cursor::new(Vec::new()));
        for (name, bytes) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn find<'d>(dat: &'d Dat, content: &[u8]) -> Option<&'d str> {
        let game = dat.find(&Hashes::of(content), content.len() as u64)?;
        assert_eq!(game.file, format!("{}.iso", game.name));
        Some(&*game.name)
    }

    #[test]
    fn games_are_found_by_content() {
        let zip = zipped(&[("readme.txt", b"hello"), ("Sony.DAT", list().as_bytes())]);
        for bytes in [list().into_bytes(), zip] {
            let dat = open(&bytes).unwrap();
            assert_eq!((dat.name.as_str(), dat.len()), ("Sony - PlayStation 2", 2));
            assert_eq!(find(&dat, b"the one disc"), Some("One & Only (Europe)"));
            assert_eq!(find(&dat, b"the other"), Some("Other"));
            assert_eq!(find(&dat, b"the third"), None);
        }
    }

    #[test]
    fn everything_that_is_listed_has_to_fit() {
        let hashes = Hashes::of(b"disc");
        let Hashes { crc32, md5, sha1 } = hashes;
        let (md5, sha1) = (hex(md5), hex(sha1));
        let found = |attributes: String| {
            let text = format!(
                "{HEADER}<machine name=\"M\"><rom name=\"a\" {attributes}/></machine></datafile>"
            );
            open(text.as_bytes())
                .ok()?
                .find(&hashes, 4)
                .map(|game| game.name.to_string())
        };
        let m = Some("M".to_owned());
        assert_eq!(found(format!("crc=\"{crc32:08X}\"")), m);
        assert_eq!(found(format!("size=\"4\" md5=\"{md5}\"")), m);
        assert_eq!(found(format!("md5=\"{md5}\" sha1=\"{sha1}\"")), m);
        assert_eq!(found(format!("size=\"5\" sha1=\"{sha1}\"")), None);
        assert_eq!(
            found(format!("crc=\"{:08x}\" sha1=\"{sha1}\"", crc32 ^ 1)),
            None
        );
        // Size alone is no proof, and nor is what makes no sense.
        for nothing in ["size=\"4\"", "crc=\"xyz\" md5=\"12\" sha1=\"é\"", ""] {
            assert_eq!(found(nothing.to_owned()), None);
        }
    }

    #[test]
    fn what_is_no_list_is_refused() {
        assert!(matches!(open(b""), Err(DatError::Empty)));
        assert!(matches!(
            open(&[0xFF; 99]),
            Err(DatError::Empty | DatError::Xml { .. })
        ));
        assert!(matches!(
            open(b"clrmamepro ( name x )"),
            Err(DatError::Empty)
        ));
        let cut = &list()[..list().len() - 100];
        assert!(
            matches!(open(cut.as_bytes()), Err(DatError::Xml { at: 300.., .. })),
            "{:?}",
            open(cut.as_bytes())
        );
        assert!(matches!(open(b"<a></b>"), Err(DatError::Xml { .. })));
        assert!(matches!(
            open(&zipped(&[("a.txt", b"")])),
            Err(DatError::NoList)
        ));
        let zip = zipped(&[("a.dat", list().as_bytes())]);
        assert!(matches!(open(&zip[..zip.len() - 9]), Err(DatError::Zip(_))));
    }

    /// A list of some MB, as small as its text is when it is zipped.
    #[test]
    fn lists_without_end_are_refused() {
        let roms = |count| "<rom crc=\"0\"/>".repeat(count);
        let many = format!("{HEADER}<game name=\"G\">{}", roms(MOST_DISCS + 1));
        let long = format!("{HEADER}<!--{}", " ".repeat(MOST_BYTES as usize));
        for (text, is) in [
            (
                many,
                (|error| matches!(error, DatError::TooMany)) as fn(&DatError) -> bool,
            ),
            (long, |error| matches!(error, DatError::TooLong)),
        ] {
            let zip = zipped(&[("a.dat", text.as_bytes())]);
            assert!(zip.len() < 200_000);
            for bytes in [text.into_bytes(), zip] {
                let error = open(&bytes).unwrap_err();
                assert!(is(&error), "{error}");
            }
        }
    }

    #[test]
    fn names_are_kept_once_and_not_without_end() {
        let name = "N".repeat(MOST_TEXT);
        let list = |name: &str| {
            format!("<d><game name=\"{name}\"><rom crc=\"1\"/><rom crc=\"2\"/></game></d>")
        };
        let dat = open(list(&name).as_bytes()).unwrap();
        assert_eq!(*dat.discs[0].game.name, name);
        assert!(Arc::ptr_eq(
            &dat.discs[0].game.name,
            &dat.discs[1].game.name
        ));
        let dat = open(list(&format!("{name}N")).as_bytes()).unwrap();
        assert_eq!(*dat.discs[0].game.name, *"");
    }

    proptest! {
        #[test]
        fn any_list_is_read_or_refused(
            changes in prop::collection::vec((0_usize..900, any::<u8>()), 0..20),
            len in 0_usize..900,
            compressed in any::<bool>(),
        ) {
            let mut bytes = list().into_bytes();
            if compressed {
                bytes = zipped(&[("a.dat", &bytes)]);
            }
            for (at, byte) in changes {
                if let Some(place) = bytes.get_mut(at) {
                    *place = byte;
                }
            }
            bytes.truncate(len);
            if let Ok(dat) = open(&bytes) {
                prop_assert!((1..=2).contains(&dat.len()));
            }
        }
    }
}
