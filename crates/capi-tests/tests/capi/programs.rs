//! The C programs of `tests/c`: each ends with status 0 if all is well, and else names the line that is not.

use std::fs;
use std::path::{Path, PathBuf};

use crate::build::{Language, Profile, check, program, root, run, scratch, source};
use crate::header;
use crate::image::{Content, Writer, compress, mixed_disc};

/// Builds `tests/c/NAME.c` with each archive, and runs it with each list of arguments.
fn c_program(name: &str, calls: &[Vec<PathBuf>]) {
    let sources = [source(&format!("{name}.c")), source("support.c")];
    programs(name, Language::C99, &sources, calls);
}

fn programs(name: &str, language: Language, sources: &[PathBuf], calls: &[Vec<PathBuf>]) {
    // Debian's compiler for the console's processor is one of C.
    let console = matches!(language, Language::C99).then_some(Profile::Console);
    for profile in Profile::HOST.into_iter().chain(console) {
        let program = program(name, language, sources, profile);
        for arguments in calls {
            run(program().args(arguments));
        }
    }
}

/// Writes a file for a program to read.
fn written(name: &str, bytes: &[u8]) -> PathBuf {
    let path = scratch().join(name);
    fs::write(&path, bytes).expect("the target folder can be written");
    path
}

/// A ZSO file and the disc in it, for a program of that name.
fn image(name: &str, writer: Writer, disc: &[u8]) -> Vec<PathBuf> {
    let file = writer.file(disc);
    vec![
        written(&format!("{name}.zso"), &file),
        written(&format!("{name}.iso"), disc),
    ]
}

const USUAL: Writer = Writer {
    block_size: 2048,
    align: 0,
};

#[test]
fn every_sector_of_every_kind_of_image_can_be_read() {
    let mut images = Vec::new();
    for (block_size, align) in [(2048, 0), (2048, 2), (4096, 11), (16384, 0), (16384, 2)] {
        for len in [1, 2048, 74 * 2048 + 701, 75 * 2048] {
            let writer = Writer { block_size, align };
            let name = format!("read-{block_size}-{align}-{len}");
            images.push(image(&name, writer, &mixed_disc(len)));
        }
    }
    c_program("read", &images);
}

#[test]
fn the_index_can_be_longer_than_a_sector() {
    let disc = mixed_disc(600 * 2048 + 5);
    let sources = [source("read.c"), source("support.c")];
    let program = program("read-long-index", Language::C99, &sources, Profile::Release);
    run(program().args(image("read-long-index", USUAL, &disc)));
}

/// An image as tests/c/errors.c wants it.
fn image_to_damage(name: &str) -> Vec<PathBuf> {
    let mut disc = Content::Text.bytes(1, 4 * 2048);
    disc.extend(Content::Noise.bytes(1, 526 * 2048));
    image(name, USUAL, &disc)
}

#[test]
fn every_error_can_be_provoked() {
    c_program("errors", &[image_to_damage("errors")]);
}

#[test]
fn no_sector_after_the_file_is_asked_for() {
    c_program("beyond_the_file", &[image_to_damage("beyond")]);
}

#[test]
fn every_error_has_a_text_of_its_own() {
    let errors = header::errors();
    let numbers = errors.values().map(|number| number.to_string().into());
    c_program("strerror", &[numbers.collect()]);
}

#[test]
fn blocks_are_decoded_and_damaged_ones_refused() {
    let mut blocks = Vec::new();
    for (i, content) in Content::ALL.into_iter().enumerate() {
        for len in [1, 13, 100, 2048, 16384] {
            let bytes = content.bytes(7, len);
            blocks.push(vec![
                written(&format!("decode-{i}-{len}.lz4"), &compress(&bytes)),
                written(&format!("decode-{i}-{len}.bin"), &bytes),
            ]);
        }
    }
    c_program("decode", &blocks);
}

#[test]
fn workspace_sizes_are_as_documented() {
    c_program("workspace_size", &[vec![]]);
}

#[test]
fn maps_find_a_file_in_pieces() {
    let writer = Writer {
        block_size: 2048,
        align: 0,
    };
    // The file ends inside a sector, and has more than one part.
    let disc = mixed_disc(1700 * 2048 + 5);
    c_program("maps", &[image("maps", writer, &disc)]);
}

/// The blocks of C in a document.
fn code_in(document: &str) -> String {
    let blocks = document.split("```c\n").skip(1);
    let code = blocks.map(|block| block.split("```").next().unwrap_or_default());
    code.collect()
}

#[test]
fn what_is_given_to_loaders_reads_a_disc() {
    let code = code_in(include_str!("../../../../docs/neutrino.md"));
    let code = written("neutrino.c", code.as_bytes());
    let sources = [code, source("neutrino_main.c"), source("support.c")];
    let mut disc = mixed_disc(100 * 2048);
    disc[16 * 2048 + 1..][..5].copy_from_slice(b"CD001");
    for align in [0, 2, 11] {
        let writer = Writer {
            block_size: 2048,
            align,
        };
        let arguments = image(&format!("neutrino-{align}"), writer, &disc);
        programs("neutrino", Language::C99, &sources, &[arguments]);
    }
}

#[test]
fn the_example_writes_the_disc_and_refuses_what_is_no_zso() {
    let sources = [root().join("examples/read_sectors.c")];
    let disc = mixed_disc(140 * 2048);
    let paths = image("example", USUAL, &disc);
    let out = scratch().join("example.out");
    for profile in Profile::HOST {
        let program = program("example", Language::C99, &sources, profile);
        run(program().args([&paths[0], &out]));
        assert!(fs::read(&out).expect("it was written") == disc);
        let refused = program().args([&paths[1], &out]).output();
        let refused = refused.expect("it was built");
        assert_eq!(refused.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&refused.stderr).ends_with("example.iso: not a ZSO\n"));
    }
}

#[test]
fn the_header_can_be_included_twice_and_in_two_units() {
    let sources = [source("units_a.c"), source("units_b.c")];
    programs("units", Language::C99, &sources, &[vec![]]);
}

#[test]
fn cpp_calls_every_function() {
    let sources = [source("cplusplus.cpp")];
    programs("cplusplus", Language::Cpp11, &sources, &[vec![]]);
}

#[test]
fn the_header_compiles_alone_and_as_other_standards() {
    let layout = source("layout.c");
    for standard in ["-std=c11", "-std=gnu17"] {
        check(&layout, &[standard]);
    }
    check(&layout, &["-std=c11", "-ffreestanding", "-Wconversion"]);
}

/// The compiler's own <stdint.h> is enough: no C library for 32 bits is needed.
#[test]
#[cfg(target_arch = "x86_64")]
fn the_header_compiles_for_32_bits() {
    check(&source("layout.c"), &["-std=c11", "-ffreestanding", "-m32"]);
}

/// A program that nothing runs would never fail.
#[test]
fn no_c_file_is_left_out() {
    let this = include_str!("programs.rs");
    let folder = fs::read_dir(Path::new(&source(""))).expect("the folder is there");
    for file in folder {
        let path = file.expect("its entries can be read").path();
        let stem = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .expect("names are plain");
        let used = this.contains(&format!("\"{stem}\"")) || this.contains(&format!("\"{stem}."));
        assert!(used, "{}", path.display());
    }
}
