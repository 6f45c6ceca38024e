//! The lean reader: what the objects have that take the place of loaders' own readers.
//!
//! Blocks are sectors, files are whole sectors of unknown size, errors are numbers, and one sector of memory is enough.
//! In exchange it takes 3 KiB of code where the full reader takes 4, and it has [policies](Policy): which one is
//! compiled into an object is known when the object is built, so none costs the others anything.
//!
//! On a PC this is for tests and measurements; [`crate::Image`] reads everything that this reads, and more.
//!
//! ```
//! use zso::lean::{Adaptive, Image};
//! use zso::{Sector, device::MemoryDevice};
//! # use zso::format::{Entry, Header};
//! # let mut file = Header::new(2048, 2048, 0)?.emit().to_vec();
//! # for entry in [Entry::new(32, true, 0), Entry::new(32 + 2048, false, 0)] {
//! #     file.extend(entry.expect("offsets below 2 GiB").0.to_le_bytes());
//! # }
//! # file.resize(4096, 0xA5);
//!
//! let mut memory = vec![Sector::ZERO; 17];
//! let mut image = Image::<_, Adaptive>::mount(MemoryDevice::new(&file), &mut memory)?;
//! let mut sectors = vec![0; 2 * 2048];
//! assert_eq!(image.read_sectors(0, &mut sectors)?, 1); // the media ends here
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(crate) mod disc;
pub(crate) mod header;
mod image;
mod index_cache;
pub(crate) mod memory;
mod overlap;
pub(crate) mod plan;
mod policy;
mod read_ahead;
mod request;

pub use image::Image;
pub use policy::{Adaptive, Fine, InPlace, Overlapped, Policy};
