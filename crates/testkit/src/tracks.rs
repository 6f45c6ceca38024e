//! Tracks of CDs, with all that their sectors have besides the data, and NRG and CHD files of them.

/// The sectors of a disc as they are on a CD, of mode 1 or of mode 2, form 1, with so many bytes of a subchannel after
/// each.
#[must_use]
pub fn track(image: &[u8], mode: u8, subchannel: usize) -> Vec<u8> {
    let sector = |data: &[u8]| {
        let mut raw = [&[0][..], &[0xFF; 10], &[0, 0, 2, 0, mode]].concat();
        raw.extend([0, 0, 8, 0].repeat(if mode == 2 { 2 } else { 0 }));
        raw.extend(data);
        raw.resize(2352, 0xEC);
        raw.resize(2352 + subchannel, 0x55);
        raw
    };
    image.chunks(2048).flat_map(sector).collect()
}

/// A track for [`nrg`].
#[derive(Clone, Copy)]
pub struct NrgTrack<'b> {
    /// Nero's number for its kind.
    pub mode: u8,
    /// The sectors of the pause before it.
    pub pause: &'b [u8],
    /// Its own.
    pub bytes: &'b [u8],
}

/// An NRG file of these tracks, with them in this list: `DAOI` or `ETNF` of version 1, `DAOX` or `ETN2` of version 2.
#[must_use]
pub fn nrg(list: &[u8; 4], tracks: &[NrgTrack<'_>]) -> Vec<u8> {
    let is_first = matches!(list, b"DAOI" | b"ETNF");
    let number = |number: usize| {
        let bytes = (number as u64).to_be_bytes();
        bytes[if is_first { 4 } else { 0 }..].to_vec()
    };
    let is_at_once = list.starts_with(b"DAO");
    let (mut file, mut told) = (Vec::new(), vec![0; if is_at_once { 22 } else { 0 }]);
    for NrgTrack { mode, pause, bytes } in tracks {
        let before = file.len();
        file.extend_from_slice(pause);
        let start = file.len();
        file.extend_from_slice(bytes);
        match is_at_once {
            true => {
                told.extend([&[0; 14][..], &[*mode], &[0; 3]].concat());
                told.extend([before, start, file.len()].into_iter().flat_map(number));
            }
            false => {
                told.extend([start, bytes.len()].into_iter().flat_map(number));
                told.extend([&[0, 0, 0, *mode][..], &[0; 4], &number(0)].concat());
            }
        }
    }
    let chain = file.len();
    for (name, told) in [
        (list, told.as_slice()),
        (b"SINF", &[0, 0, 0, 1]),
        (b"END!", &[]),
    ] {
        file.extend([name, &(told.len() as u32).to_be_bytes()[..], told].concat());
    }
    file.extend(if is_first { b"NERO" } else { b"NER5" });
    file.extend(number(chain));
    file
}

/// A CHD file of all bytes of a disc.
#[cfg(feature = "chd")]
#[must_use]
pub fn chd(bytes: &[u8]) -> Vec<u8> {
    write(bytes, chd::write::ChdWriteOptions::dvd(), &[])
}

/// A CHD file of a CD's tracks, each of a kind such as `MODE2_RAW`: frames of 2448 bytes, each track at a multiple of
/// four, and music with its bytes in pairs the other way round.
#[cfg(feature = "chd")]
#[must_use]
pub fn chd_of_cd(tracks: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut frames, mut told) = (Vec::new(), Vec::new());
    for (number, (kind, track)) in (1..).zip(tracks) {
        let count = track.len() / 2352;
        told.push(format!(
            "TRACK:{number} TYPE:{kind} SUBTYPE:NONE FRAMES:{count} PREGAP:0 PGTYPE:MODE1 PGSUB:NONE POSTGAP:0"
        ));
        for sector in track.chunks(2352) {
            let start = frames.len();
            frames.extend_from_slice(sector);
            if *kind == "AUDIO" {
                frames[start..]
                    .chunks_exact_mut(2)
                    .for_each(|pair| pair.swap(0, 1));
            }
            frames.resize(start + 2448, 0);
        }
        frames.resize(frames.len().next_multiple_of(4 * 2448), 0);
    }
    write(&frames, chd::write::ChdWriteOptions::cd(), &told)
}

#[cfg(feature = "chd")]
fn write(bytes: &[u8], options: chd::write::ChdWriteOptions, tracks: &[String]) -> Vec<u8> {
    let options = options.logical_bytes(bytes.len() as u64);
    let hunk = options.sizes().0 as usize;
    let mut writer =
        chd::write::ChdWriter::new(std::io::Cursor::new(Vec::new()), options).expect("a writer");
    for text in tracks {
        let text = std::ffi::CString::new(text.as_str()).expect("no NUL");
        let kind = chd::metadata::KnownMetadata::CdRomTrack2;
        writer
            .add_metadata(kind, text.as_c_str(), true)
            .expect("told");
    }
    for piece in bytes.chunks(hunk) {
        let mut piece = piece.to_vec();
        piece.resize(hunk, 0);
        writer.write_hunk(&piece).expect("written");
    }
    writer.finish().expect("finished").into_inner()
}
