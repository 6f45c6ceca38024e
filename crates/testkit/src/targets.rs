//! Runs a test on one reader or on all.

use zso::{Code, SectorDevice};

use crate::device::{AnyDevice, DeviceError};
use crate::host::{Host, HostMemory};
use crate::lean;
use crate::module::Module;
use crate::reader::Reader;

/// Mounts the image on `device` with `memory` sectors of memory, as Rust on this machine, and runs `test`.
///
/// # Errors
/// When the image cannot be mounted.
///
/// # Panics
/// When a byte outside the memory was written.
pub fn on_host<T>(
    device: &mut AnyDevice<'_>,
    memory: u32,
    test: impl FnOnce(&mut dyn Reader) -> T,
) -> Result<T, Code> {
    let mut memory = HostMemory::new(memory);
    let mut device = device;
    let result = Host::mount(&mut device, &mut memory).map(|mut host| test(&mut host));
    memory.check();
    result
}

/// The same with the console's object in a simulator.
///
/// # Errors
/// When the image cannot be mounted.
pub fn on_module<T>(
    device: &mut AnyDevice<'_>,
    memory: u32,
    test: impl FnOnce(&mut dyn Reader) -> T,
) -> Result<T, Code> {
    let mut device = device;
    let mut module = Module::load();
    module
        .mount(&mut device, memory)
        .map(|mut mounted| test(&mut mounted))
}

/// [`on_host`] or [`on_module`], as a value.
pub type Target = fn(&mut AnyDevice<'_>, u32, &mut dyn FnMut(&mut dyn Reader)) -> Result<(), Code>;

/// Both readers, this machine's first, for tests that compare them.
pub const TARGETS: [Target; 2] = [
    |device, memory, test| on_host(device, memory, test),
    |device, memory, test| on_module(device, memory, test),
];

/// Runs the same test on both readers, each with a device of its own.
///
/// # Panics
/// When an image cannot be mounted.
pub fn on_both<D: SectorDevice<Error = DeviceError>>(
    device: impl Fn() -> D,
    memory: u32,
    mut test: impl FnMut(&mut dyn Reader),
) {
    let mut test = |reader: &mut dyn Reader| {
        // Shown when the test fails.
        println!("reader: {}", reader.name());
        test(reader);
    };
    on_host(&mut device(), memory, &mut test).expect("the host mounts it");
    on_module(&mut device(), memory, &mut test).expect("the module mounts it");
}

/// Runs the same test on the lean reader with each of its policies, here and as objects, each with a device of its own.
///
/// # Panics
/// When an image cannot be mounted.
pub fn on_lean<D: SectorDevice<Error = DeviceError>>(
    device: impl Fn() -> D,
    memory: u32,
    mut test: impl FnMut(&mut dyn Reader),
) {
    for target in lean::everywhere() {
        let mounted = target(&mut device(), memory, &mut |reader| {
            // Shown when the test fails.
            println!("reader: {}", reader.name());
            test(reader);
        });
        assert_eq!(mounted, Ok(()), "the lean reader mounts it");
    }
}

/// Runs the same test on all readers, here and on the console: on images whose blocks are sectors, whole ones.
///
/// # Panics
/// When an image cannot be mounted.
pub fn on_all<D: SectorDevice<Error = DeviceError>>(
    device: impl Fn() -> D,
    memory: u32,
    mut test: impl FnMut(&mut dyn Reader),
) {
    on_both(&device, memory, &mut test);
    on_lean(device, memory, test);
}
