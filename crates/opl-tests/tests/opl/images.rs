//! The discs and the files that are read.

use std::sync::OnceLock;

use opl_tests::{Console, DiscFile, Linker, Medium, Module, Reader, Setup, Variant};
use testkit::data;
use testkit::encode::Encoder;
use testkit::image::{Builder, Filler, Gaps, Plain, Zso};

pub const SECTOR: usize = 2048;

/// A disc and its file.
#[derive(Clone)]
pub struct Image {
    pub name: &'static str,
    pub disc: Vec<u8>,
    pub zso: Zso,
}

impl Image {
    pub fn new(name: &'static str, disc: Vec<u8>, builder: Builder) -> Self {
        let zso = builder.build(&disc);
        Self { name, disc, zso }
    }

    pub fn sectors(&self) -> u32 {
        self.disc.len().div_ceil(SECTOR) as u32
    }

    /// What a read has to deliver: less than `count` sectors at the end of the disc.
    pub fn expected(&self, lsn: u32, count: u32) -> Vec<u8> {
        testkit::reader::sectors_of(&self.disc, lsn, count)
    }

    pub fn file(&self) -> DiscFile {
        self.zso.bytes.clone().into()
    }

    /// A console with this image on the device of a variant.
    pub fn boot(&self, module: Module, setup: &Setup) -> Console {
        Console::boot(module, setup, Medium::new(module.variant, self.file()))
    }

    /// The same with the image mounted, and nothing on record.
    pub fn mounted(&self, module: Module, setup: &Setup) -> Console {
        let mut console = self.boot(module, setup);
        assert_eq!(console.mount(), 0, "{module:?} mounts {}", self.name);
        console.medium().reset_log();
        console
    }
}

/// A module of this variant by GNU ld.
pub fn module(variant: Variant, reader: Reader) -> Module {
    Module {
        variant,
        reader,
        linker: Linker::Gnu,
    }
}

/// The disc that most tests read: more than two windows of 512 index entries.
pub fn usual() -> &'static Image {
    static IMAGE: OnceLock<Image> = OnceLock::new();
    IMAGE.get_or_init(|| {
        Image::new(
            "align 0, game-like",
            data::game_like(11, 1100 * SECTOR),
            Builder::default(),
        )
    })
}

/// One image for each way to write one.
pub fn kinds() -> &'static [Image] {
    static IMAGES: OnceLock<Vec<Image>> = OnceLock::new();
    IMAGES.get_or_init(|| {
        let disc = || data::mixture(12, 530 * SECTOR);
        let kind = |name, builder| Image::new(name, disc(), builder);
        vec![
            kind("align 0, mixed", Builder::default()),
            kind(
                "align 2, noise between blocks",
                Builder {
                    align: 2,
                    filler: Filler::Noise(1),
                    plain: Plain::Random {
                        seed: 2,
                        percent: 30,
                    },
                    ..Builder::default()
                },
            ),
            kind(
                "align 0, all plain",
                Builder {
                    plain: Plain::Always,
                    ..Builder::default()
                },
            ),
            kind(
                "align 2, none plain, odd encoder, gaps",
                Builder {
                    align: 2,
                    encoder: Encoder::Mixed(3),
                    plain: Plain::Never,
                    gaps: Gaps {
                        seed: 4,
                        most: 3000,
                    },
                    filler: Filler::Noise(5),
                    ..Builder::default()
                },
            ),
            kind(
                "align 11",
                Builder {
                    align: 11,
                    ..Builder::default()
                },
            ),
        ]
    })
}
