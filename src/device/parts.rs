//! A file in parts: what SMB servers and FAT32 hold of an image that is larger than they, or their users, like.

use super::SectorDevice;
use super::map::{MapError, take};
use crate::sector::SECTOR_SIZE;

/// Most parts of a file, as the console's loaders have it.
pub const MAX_PARTS: u32 = 10;

/// Sectors of a part in USBExtreme's format (`ul.CRC.GAMEID.NN`), all but the last: 1 GiB.
pub const UL_PART_SECTORS: u32 = 0x8_0000;

/// Files that are the parts of one.
pub trait PartFiles {
    /// The device's own error.
    type Error: embedded_io::Error;

    /// Reads consecutive sectors of part `part`, from its sector `first` on, until `buf` is full. Both count from 0.
    ///
    /// The buffer is never empty, and aligned as a [`SectorDevice`]'s is.
    ///
    /// # Errors
    /// When not all of `buf` could be filled.
    fn read_part(
        &mut self,
        part: u32,
        first: u32,
        buf: &mut [[u8; SECTOR_SIZE]],
    ) -> Result<(), Self::Error>;
}

/// The sectors of a file in parts.
///
/// A request is divided where a part ends, and where a transfer would be longer than the device takes: SMB servers send
/// so much in a message.
///
/// ```
/// use zso::SectorDevice;
/// use zso::device::{PartDevice, PartFiles};
///
/// /// Files `game.zso.00` and so on; here each byte is the part's number.
/// struct Parts;
///
/// impl PartFiles for Parts {
///     type Error = embedded_io::ErrorKind;
///
///     fn read_part(&mut self, part: u32, _first: u32, buf: &mut [[u8; 2048]]) -> Result<(), Self::Error> {
///         buf.fill([part as u8; 2048]);
///         Ok(())
///     }
/// }
///
/// // 25 sectors in parts of 10, read by at most 8 at a time.
/// let mut file = PartDevice::new(Parts, 10, 25, 8).expect("three parts");
/// let mut sectors = [0; 2 * 2048];
/// file.read_sectors(9, &mut sectors)?;
/// assert_eq!((sectors[0], sectors[2048]), (0, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct PartDevice<P> {
    files: P,
    /// Sectors of each part but the last.
    part_sectors: u32,
    /// Sectors of all parts, a last partial one included.
    sectors: u32,
    /// Most sectors in a transfer.
    most: u32,
}

impl<P: PartFiles> PartDevice<P> {
    /// A file of `sectors` sectors, a last partial one included, in parts of `part_sectors` but for the last, to be
    /// read by at most `most` sectors at a time.
    ///
    /// `None` if that makes more than [`MAX_PARTS`] parts, or one of the numbers is 0.
    pub fn new(files: P, part_sectors: u32, sectors: u32, most: u32) -> Option<Self> {
        let fits = match part_sectors.checked_mul(MAX_PARTS) {
            Some(room) => sectors <= room,
            None => true,
        };
        (fits && part_sectors != 0 && sectors != 0 && most != 0).then_some(Self {
            files,
            part_sectors,
            sectors,
            most,
        })
    }
}

impl<P: PartFiles> SectorDevice for PartDevice<P> {
    type Error = MapError<P::Error>;

    #[inline]
    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), Self::Error> {
        let (mut rest, _) = buf.as_chunks_mut();
        let sectors = self.sectors;
        if first > sectors || rest.len() > sectors.wrapping_sub(first) as usize {
            return Err(MapError::PastEnd { first, sectors });
        }
        let (mut part, mut at) = (0_u32, first);
        while !rest.is_empty() {
            let left = self.part_sectors.saturating_sub(at);
            if left == 0 {
                at = at.wrapping_sub(self.part_sectors);
                part = part.wrapping_add(1);
                continue;
            }
            let now = take(&mut rest, left.min(self.most) as usize);
            self.files
                .read_part(part, at, now)
                .map_err(MapError::Device)?;
            at = at.wrapping_add(now.len() as u32);
        }
        Ok(())
    }

    fn sectors(&self) -> Option<u32> {
        Some(self.sectors)
    }
}
