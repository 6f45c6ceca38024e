//! What the header says, compared with the sources.

use std::collections::BTreeMap;
use std::fs;

use zso::Code;

use crate::build::root;

const HEADER: &str = include_str!("../../../../include/zso.h");
const READER: &str = include_str!("../../../../src/c/reader.rs");
const STRERROR: &str = include_str!("../../../../src/c/strerror.rs");
/// What defines the function that reads, for each map that names one.
const MAPS: &str = include_str!("../../../../src/c/maps.rs");
const CODE: &str = include_str!("../../../../src/code.rs");

/// The codes by their names in the header. [`every_code_is_listed`] tells when one is missing.
const CODES: [(&str, Code); 19] = [
    ("ARGUMENT", Code::Argument),
    ("NOT_MOUNTED", Code::NotMounted),
    ("NOT_ZSO", Code::NotZso),
    ("SERVER_VARIANT", Code::ServerVariant),
    ("HEADER_SIZE", Code::HeaderSize),
    ("VERSION", Code::Version),
    ("BLOCK_SIZE", Code::BlockSize),
    ("ALIGN", Code::Align),
    ("TOO_LARGE", Code::TooLarge),
    ("MEMORY", Code::Memory),
    ("DEVICE", Code::Device),
    ("INDEX", Code::Index),
    ("TRUNCATED", Code::Truncated),
    ("INPUT_END", Code::InputEnd),
    ("OFFSET", Code::Offset),
    ("OVERRUN", Code::Overrun),
    ("INTERNAL", Code::Internal),
    ("MAP", Code::Map),
    ("PAST_END", Code::PastEnd),
];

/// The `ZSO_E_...` numbers of the header, by what follows the prefix.
pub fn errors() -> BTreeMap<&'static str, i32> {
    let lines = HEADER.lines().filter_map(|line| {
        let (name, number) = line.trim().strip_prefix("ZSO_E_")?.split_once(" = ")?;
        let number = number.trim_end_matches(',').parse();
        Some((name, number.expect("the header has plain numbers")))
    });
    lines.collect()
}

#[test]
fn errors_have_the_numbers_of_the_library() {
    let codes = CODES.map(|(name, code)| (name, code as i32));
    assert_eq!(errors(), BTreeMap::from(codes));
}

/// `Code` can grow, and nothing outside of its crate can list it: its source can.
#[test]
fn every_code_is_listed() {
    let (_, after) = CODE
        .split_once("pub enum Code {\n")
        .expect("the enum is there");
    let (variants, _) = after.split_once("\n}").expect("it ends");
    let numbers = variants.lines().filter_map(|line| {
        let (name, number) = line.trim().strip_suffix(',')?.split_once(" = ")?;
        Some((name.to_owned(), number.parse::<i32>().ok()?))
    });
    let listed = CODES.map(|(_, code)| (format!("{code:?}"), code as i32));
    assert_eq!(numbers.collect::<Vec<_>>(), listed);
}

#[test]
fn errors_are_numbered_without_holes() {
    let mut numbers: Vec<i32> = errors().into_values().collect();
    numbers.sort_by_key(|number| -number);
    let count = i32::try_from(numbers.len()).expect("there are few");
    assert_eq!(
        numbers,
        (1..=count).map(|number| -number).collect::<Vec<_>>()
    );
}

/// A linker does not compare types: each function must be declared as it is defined.
#[test]
fn prototypes_are_those_of_the_functions() {
    let code = without_comments(HEADER);
    let mut declared: Vec<String> = code
        .split(';')
        .filter_map(|text| {
            let text = text.rsplit(['{', '}', '\n']).next()?.trim();
            (text.contains(" zso_") || text.contains("*zso_")).then(|| text.to_owned())
        })
        .collect();
    let maps = fs::read_dir(root().join("src/c/maps")).expect("the sources are there");
    let maps = maps.map(|file| fs::read(file.expect("a file").path()).expect("it can be read"));
    let maps = maps.map(|source| String::from_utf8_lossy(&source).into_owned());
    let mut defined: Vec<String> = [READER, STRERROR]
        .map(str::to_owned)
        .into_iter()
        .chain(maps)
        .flat_map(|source| prototypes(&source))
        .collect();
    declared.retain(|text| !text.starts_with("typedef"));
    declared.sort();
    defined.sort();
    assert_eq!(declared, defined);
}

/// The C prototypes of a file's functions.
fn prototypes(source: &str) -> Vec<String> {
    let functions = source.split("extern \"C\" fn zso_").skip(1);
    let functions = functions.map(|function| prototype(&format!("zso_{function}")));
    let (_, read) = MAPS
        .split_once("extern \"C\" fn $name")
        .expect("the macro is there");
    let exported = source.split("export_read!(").skip(1);
    let exported = exported.filter_map(|text| text.split_once(" of "));
    let reads = exported.map(|(name, _)| prototype(&format!("{name}{read}")));
    functions.chain(reads).collect()
}

/// The header's text without comments and preprocessor lines, and with one line for each declaration.
fn without_comments(header: &str) -> String {
    let mut code = String::new();
    for (i, piece) in header.split("/*").enumerate() {
        let kept = if i == 0 {
            piece
        } else {
            piece.split_once("*/").expect("comments end").1
        };
        code.push_str(kept);
    }
    let lines = code.lines().filter(|line| !line.starts_with('#'));
    let text = lines.collect::<Vec<_>>().join(" ");
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.replace("; ", ";\n")
}

/// The C prototype of a Rust function, from its name on.
fn prototype(source: &str) -> String {
    let (signature, _) = source.split_once('{').expect("functions have bodies");
    let (name, rest) = signature.split_once('(').expect("and parameters");
    let (parameters, result) = rest.split_once(')').expect("which end");
    let parameters: Vec<String> = parameters
        .split(',')
        .filter_map(|parameter| parameter.split_once(':'))
        .map(|(name, rust)| declaration(rust, name.trim()))
        .collect();
    let function = format!("{name}({})", parameters.join(", "));
    declaration(result.trim().trim_start_matches("->"), &function)
}

/// What is declared as of a Rust type, in C.
fn declaration(rust: &str, what: &str) -> String {
    let c = match rust.trim() {
        "u64" => "uint64_t ",
        "u32" => "uint32_t ",
        "i32" => "int32_t ",
        "*mut c_void" => "void *",
        "*const c_void" => "const void *",
        "*const c_char" => "const char *",
        "Option<ReadSectors>" => "zso_read_sectors_fn ",
        "Option<ReadBlocks>" => "zso_read_blocks_fn ",
        "Option<ReadPart>" => "zso_read_part_fn ",
        "Option<ReadBytes>" => "zso_read_bytes_fn ",
        "Option<Size>" => "zso_fhi_size_fn ",
        "Option<Read>" => "zso_fhi_read_fn ",
        other => panic!("no C type is known for {other}"),
    };
    format!("{c}{what}")
}
