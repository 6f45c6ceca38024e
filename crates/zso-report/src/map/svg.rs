//! The map as a picture.

use std::fmt::Write as _;

use super::{Map, column};
use discs::iso9660::FileEntry;

/// Width and height of the map itself, and what is left free around it.
const WIDTH: usize = 1024;
const HEIGHT: usize = 120;
const MARGIN: usize = 20;
/// Files that are named.
const NAMED: usize = 12;
/// Height of a line of text.
const LINE: usize = 18;

impl Map {
    /// A picture of the map as SVG: bars as high as what is left of the disc there, and below them where its largest
    /// files are.
    pub fn svg(&self, title: &str, files: &[FileEntry]) -> String {
        let files = largest(files);
        let below = MARGIN + LINE + HEIGHT + 24;
        let (width, height) = (WIDTH + 2 * MARGIN, below + LINE * files.len() + MARGIN);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"white\"/>\n"
        );
        self.bars(&mut svg);
        let title = format!(
            "{title}: what is left of the disc when it is compressed, from its start to its end"
        );
        text(&mut svg, MARGIN, MARGIN + 2, &title);
        for (line, file) in files.iter().enumerate() {
            self.file(&mut svg, below + LINE * line, file);
        }
        svg.push_str("</svg>\n");
        svg
    }

    fn bars(&self, svg: &mut String) {
        let top = MARGIN + LINE;
        rect(svg, (MARGIN, top, WIDTH, HEIGHT), "#eeeeee");
        let columns = self.columns().len().max(1);
        for (n, part) in self.columns().iter().enumerate() {
            let Some(ratio) = part.ratio() else { continue };
            let height = (ratio.min(1.0) * HEIGHT as f64).round() as usize;
            let (left, right) = (n * WIDTH / columns, (n + 1) * WIDTH / columns);
            let place = (MARGIN + left, top + HEIGHT - height, right - left, height);
            rect(svg, place, color(ratio));
        }
    }

    /// A line with a file's place and its name.
    fn file(&self, svg: &mut String, top: usize, file: &FileEntry) {
        let at = u64::from(file.extent.lsn) * zso::SECTOR_SIZE as u64;
        let x = |at: u64| MARGIN + column(at, self.bytes, WIDTH).min(WIDTH);
        let (from, to) = (x(at), x(at.saturating_add(file.extent.bytes.into())));
        rect(svg, (from, top, (to - from).max(1), 6), "#3465a4");
        let label = format!("{} ({})", file.path, megabytes(file.extent.bytes.into()));
        // Where there is room for it.
        if from < WIDTH / 2 {
            text(svg, to.max(from + 1) + 6, top + 8, &label);
        } else {
            let anchor = "text-anchor=\"end\"";
            anchored(svg, from.saturating_sub(6), top + 8, anchor, &label);
        }
    }
}

/// The largest files, in the order of the disc.
fn largest(files: &[FileEntry]) -> Vec<&FileEntry> {
    let mut files: Vec<_> = files.iter().collect();
    files.sort_by_key(|file| std::cmp::Reverse(file.extent.bytes));
    files.truncate(NAMED);
    files.sort_by_key(|file| file.extent.lsn);
    files
}

/// Blue for what becomes small, red for what does not.
fn color(ratio: f64) -> &'static str {
    match ratio {
        ..0.25 => "#4575b4",
        0.25..0.5 => "#91bfdb",
        0.5..0.75 => "#fee090",
        0.75..0.95 => "#fc8d59",
        _ => "#d73027",
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

fn rect(svg: &mut String, (x, y, width, height): (usize, usize, usize, usize), color: &str) {
    // A string takes all that is written to it.
    let _ = writeln!(
        svg,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{color}\"/>"
    );
}

fn text(svg: &mut String, x: usize, y: usize, text: &str) {
    anchored(svg, x, y, "", text);
}

fn anchored(svg: &mut String, x: usize, y: usize, anchor: &str, text: &str) {
    let _ = writeln!(
        svg,
        "<text x=\"{x}\" y=\"{y}\" {anchor}>{}</text>",
        quick_xml::escape::escape(text)
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use discs::iso9660::Extent;

    fn file(path: &str, lsn: u32, bytes: u32) -> FileEntry {
        FileEntry {
            path: path.to_owned(),
            extent: Extent { lsn, bytes },
        }
    }

    /// Names of elements and texts, by a real reader of XML.
    fn parse(svg: &str) -> (usize, Vec<String>) {
        use quick_xml::events::Event;
        let mut reader = quick_xml::Reader::from_str(svg);
        let (mut rects, mut texts, mut text) = (0, Vec::new(), String::new());
        loop {
            match reader.read_event().expect("well-formed") {
                Event::Empty(element) => rects += usize::from(element.name().as_ref() == "rect"),
                Event::Text(part) => text.push_str(&part),
                Event::GeneralRef(name) => text.push_str(match &*name {
                    "lt" => "<",
                    "amp" => "&",
                    name => panic!("{name}"),
                }),
                Event::Start(_) => text.clear(),
                Event::End(element) if element.name().as_ref() == "text" => {
                    texts.push(text.clone())
                }
                Event::Eof => return (rects, texts),
                _ => {}
            }
        }
    }

    #[test]
    fn picture_has_all_parts_and_the_largest_files() {
        let mut map = Map::new(100 * 2048);
        for n in 0..50 {
            map.add(n * 2048, 2048, 40 * n);
        }
        let mut files: Vec<_> = (0..20)
            .map(|n| file(&format!("F{n}"), n, 5000 + n))
            .collect();
        files.push(file("A<&", 90, 1_234_567));
        let (rects, texts) = parse(&map.svg("G & Co", &files));
        // Ground, field, parts, and a line for each file.
        assert_eq!(rects, 2 + 50 + NAMED);
        assert!(texts[0].starts_with("G & Co: "), "{texts:?}");
        assert_eq!(texts[1], "F9 (0.0 MB)");
        assert_eq!(texts[NAMED], "A<& (1.2 MB)");
    }

    #[test]
    fn picture_of_nothing() {
        let (rects, texts) = parse(&Map::new(0).svg("", &[file("X", u32::MAX, u32::MAX)]));
        assert_eq!((rects, texts.len()), (3, 2));
    }
}
