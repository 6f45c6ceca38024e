//! Files that change under the program's hands: by way of the library, to be in time.

use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::path::Path;

use ziso::{Error, Options, Phase, Progress, compress};

use crate::support::{Folder, noise};

/// More than fits between reading and writing.
const LEN: usize = 24 << 20;

/// Compresses an image to which `change` happens at the first progress for which `when` holds.
fn compress_while(when: fn(Progress) -> bool, change: fn(&Path)) -> (Folder, Error) {
    let folder = Folder::of_any_data();
    let input = folder.write("in.iso", &noise(1 << 20, 6).repeat(LEN >> 20));
    let mut changed = false;
    let options = Options {
        level: 1,
        any_data: true,
        ..Options::default()
    };
    let result = compress(&input, &folder.path("in.zso"), &options, &mut |progress| {
        if !changed && when(progress) {
            changed = true;
            change(&input);
        }
        ControlFlow::Continue(())
    });
    assert!(changed);
    (folder, result.expect_err("the change is noticed"))
}

fn open(path: &Path) -> std::fs::File {
    OpenOptions::new().write(true).open(path).expect("opened")
}

#[test]
fn image_that_grows_is_an_error() {
    let (folder, error) = compress_while(
        |_| true,
        |path| {
            let mut file = open(path);
            file.seek(SeekFrom::End(0)).expect("sought");
            file.write_all(&[0; 2048]).expect("written");
        },
    );
    let len = LEN as u64;
    assert!(
        matches!(error, Error::Changed { expected, found, .. } if expected == len && found > len),
        "{error:?}"
    );
    assert_eq!(folder.names(), ["in.iso"]);
}

#[test]
fn image_that_shrinks_is_an_error() {
    let (folder, error) = compress_while(
        |_| true,
        |path| open(path).set_len(LEN as u64 - 1).expect("cut"),
    );
    assert!(
        matches!(error, Error::Changed { found, .. } if found == LEN as u64 - 1),
        "{error:?}"
    );
    assert_eq!(folder.names(), ["in.iso"]);
}

/// It is not the disk's fault, nor that of the new file.
#[test]
fn image_that_is_written_to_is_told_as_that() {
    let (folder, error) = compress_while(
        |progress| progress.done == progress.total,
        |path| {
            let mut file = open(path);
            file.seek(SeekFrom::Start(5_000_000)).expect("sought");
            file.write_all(&[1, 2, 3]).expect("written");
        },
    );
    assert!(matches!(error, Error::Modified { .. }), "{error:?}");
    assert!(!error.is_damage());
    assert!(
        error.to_string().contains("in.iso\" was written to"),
        "{error}"
    );
    assert_eq!(folder.names(), ["in.iso"]);
}

#[test]
fn caller_can_end_a_run_in_any_phase() {
    let folder = Folder::of_any_data();
    let input = folder.write("in.iso", &noise(3 << 20, 6));
    for phase in [Phase::Compress, Phase::ReadBack] {
        let mut watch = |progress: Progress| match progress.phase == phase {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        let result = compress(
            &input,
            &folder.path("in.zso"),
            &Options {
                any_data: true,
                ..Options::default()
            },
            &mut watch,
        );
        assert!(matches!(result, Err(Error::Interrupted)), "{result:?}");
        assert_eq!(folder.names(), ["in.iso"]);
    }
}
