//! What games read while they load, as `(lsn, count)`.
//!
//! Not recorded from games but made up after what is known of them: how large files are, in which order they are read,
//! and how the console's disc manager passes reads on. Every run gives the same.

use testkit::Rng;

use super::layout::Layout;

/// Sectors of a chunk in which the disc manager passes on what the EE asks for.
const CHUNK: u32 = 8;
/// Sectors that a stream asks for at a time.
const STREAM: u32 = 16;
/// Reads from an archive.
const PIECES: u32 = 1000;
/// The disc that sizes of files are meant for; on a smaller one they are as much smaller.
const WHOLE: u32 = 64 * MIB;
/// Sectors of a MiB.
const MIB: u32 = 512;

/// How reads of the EE reach the disc manager.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// To a buffer aligned to 64 bytes: 8 sectors at a time.
    Aligned,
    /// To any other buffer: 7 sectors at a time and one after them, which the next chunk asks for again. The last
    /// chunk asks for one more than the game did.
    Overlapping,
}

/// A game's reads.
pub struct Trace {
    /// A short name.
    pub name: &'static str,
    /// How reads were passed on; nothing for those of the I/O processor itself.
    pub form: Option<Form>,
    /// What it stands for.
    pub scene: Scene,
    /// The reads.
    pub reads: Vec<(u32, u32)>,
}

/// What a game does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scene {
    /// It starts.
    Boot,
    /// It loads a level.
    Level,
    /// It plays a film.
    Film,
    /// It reads pieces of a small archive.
    Archive,
    /// It reads pieces of a large archive.
    LargeArchive,
}

impl Scene {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Boot,
        Self::Level,
        Self::Film,
        Self::Archive,
        Self::LargeArchive,
    ];

    /// A short name.
    pub fn short(self) -> &'static str {
        self.name(None)
    }

    fn name(self, form: Option<Form>) -> &'static str {
        match (self, form) {
            (Self::Boot, Some(Form::Overlapping)) => "boot, 7+1",
            (Self::Boot, _) => "boot",
            (Self::Level, Some(Form::Overlapping)) => "level, 7+1",
            (Self::Level, _) => "level",
            (Self::Film, _) => "film",
            (Self::Archive, Some(Form::Overlapping)) => "archive, 7+1",
            (Self::Archive, _) => "archive",
            (Self::LargeArchive, Some(Form::Overlapping)) => "large archive, 7+1",
            (Self::LargeArchive, _) => "large archive",
        }
    }

    /// What it is, for people.
    pub fn about(self) -> &'static str {
        match self {
            Self::Boot => {
                "A game starts: volume descriptor, path table and directories one sector at a time, SYSTEM.CNF, a program \
                 of 3 MiB, and 14 modules of 8 to 96 KiB, each after two or three sectors of directories"
            }
            Self::Level => {
                "A game loads a level: geometry of 4 MiB, textures of 6, sounds of 2, scripts of 0.5, at four places of \
                 the disc, each after two sectors of directories and the file's own head and tail"
            }
            Self::Film => {
                "A film of 10 MiB, 16 sectors at a time, at the place of the disc that compresses least, and after every \
                 fourth read 16 sectors of a sound track half a disc away"
            }
            Self::Archive => "1000 pieces of 1 to 4 sectors from anywhere in an archive of 10 MiB",
            Self::LargeArchive => {
                "The same from an archive of three quarters of the disc, of whose index no reader keeps much in memory"
            }
        }
    }
}

/// Every scene in every form that applies, on a disc whose file is laid out like this.
pub fn all(layout: &Layout) -> Vec<Trace> {
    let ee = [Some(Form::Aligned), Some(Form::Overlapping)];
    let forms = |scene| {
        if scene == Scene::Film {
            &[None][..]
        } else {
            &ee
        }
    };
    let pairs = Scene::ALL
        .into_iter()
        .flat_map(|scene| forms(scene).iter().map(move |&form| (scene, form)));
    pairs
        .map(|(scene, form)| Trace::new(scene, form, layout))
        .collect()
}

impl Trace {
    fn new(scene: Scene, form: Option<Form>, layout: &Layout) -> Self {
        let mut disc = Disc {
            layout,
            form: form.unwrap_or(Form::Aligned),
            reads: Vec::new(),
        };
        match scene {
            Scene::Boot => disc.boot(),
            Scene::Level => disc.level(),
            Scene::Film => disc.film(),
            Scene::Archive => disc.pieces(disc.at(30), disc.size(10 * MIB)),
            Scene::LargeArchive => disc.pieces(disc.at(20), disc.at(75)),
        }
        Self {
            name: scene.name(form),
            form,
            scene,
            reads: disc.reads,
        }
    }

    /// Sectors that are delivered, those asked for twice included.
    pub fn sectors(&self) -> u64 {
        self.reads.iter().map(|&(_, count)| u64::from(count)).sum()
    }
}

/// A disc that is being read.
struct Disc<'l> {
    layout: &'l Layout,
    form: Form,
    reads: Vec<(u32, u32)>,
}

impl Disc<'_> {
    fn sectors(&self) -> u32 {
        self.layout.blocks()
    }

    /// So many percent into the disc, in sectors.
    fn at(&self, percent: u32) -> u32 {
        (u64::from(self.sectors()) * u64::from(percent) / 100) as u32
    }

    /// Sectors of a file that has as many on a disc of usual size.
    fn size(&self, sectors: u32) -> u32 {
        let scaled = u64::from(sectors) * u64::from(self.sectors().min(WHOLE)) / u64::from(WHOLE);
        scaled.max(1) as u32
    }

    /// Single sectors, as directories are read: the disc manager does that by itself.
    fn scan(&mut self, lsns: impl IntoIterator<Item = u32>) {
        self.reads.extend(lsns.into_iter().map(|lsn| (lsn, 1)));
    }

    /// A read of the EE.
    fn ee(&mut self, lsn: u32, count: u32) {
        let (step, more) = match self.form {
            Form::Aligned => (CHUNK, 0),
            Form::Overlapping => (CHUNK - 1, 1),
        };
        let end = (lsn + count).min(self.sectors());
        for first in (lsn..end).step_by(step as usize) {
            let after = (end.min(first + step) + more).min(self.sectors());
            self.reads.push((first, after - first));
        }
    }

    fn boot(&mut self) {
        let mut rng = Rng::new(1);
        self.scan([16, 18, 22, 22, 22]);
        let program = self.at(2);
        self.ee(program - 1, 1);
        self.scan([16, 18, 22, 22]);
        self.ee(program, self.size(3 * MIB));
        let mut module = program + self.size(3 * MIB);
        for _ in 0..14 {
            let folder = 23 + rng.within(0..4) as u32;
            self.scan(
                [22, folder, folder + 1]
                    .into_iter()
                    .take(2 + rng.within(0..2)),
            );
            let size = self.size(4 + rng.within(0..45) as u32);
            self.ee(module, size);
            // Modules are not in the order in which they are loaded.
            module += size + rng.within(0..40) as u32;
        }
    }

    fn level(&mut self) {
        let files = [(20, 4 * MIB), (38, 6 * MIB), (61, 2 * MIB), (84, MIB / 2)];
        for (place, sectors) in files {
            let (place, size) = (self.at(place), self.size(sectors));
            self.scan([22, 23]);
            self.ee(place, 1);
            self.ee(place + size - 1, 1);
            self.ee(place, size);
        }
    }

    fn film(&mut self) {
        let len = self.size(10 * MIB) / STREAM * STREAM;
        let film = self.least_compressible(len);
        let track = (film + self.at(50)) % (self.sectors() - len);
        for (n, lsn) in (film..film + len).step_by(STREAM as usize).enumerate() {
            self.reads.push((lsn, STREAM));
            if n % 4 == 3 {
                self.reads.push((track + n as u32 / 4 * STREAM, STREAM));
            }
        }
    }

    /// Where `len` sectors are most in the file; places are tried a quarter of that apart.
    fn least_compressible(&self, len: u32) -> u32 {
        let places = (0..self.sectors() - len).step_by((len as usize / 4).max(1));
        places
            .max_by_key(|&place| self.layout.size(place, len))
            .unwrap_or(0)
    }

    fn pieces(&mut self, archive: u32, sectors: u32) {
        let mut rng = Rng::new(2);
        for _ in 0..PIECES {
            let count = 1 + rng.within(0..4) as u32;
            let place = archive + rng.within(0..(sectors - count) as usize) as u32;
            self.ee(place, count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disc that compresses to half, but for one stretch that does not compress at all.
    fn layout(sectors: u32) -> Layout {
        let noise = sectors / 2..sectors / 4 * 3;
        let size = |block| if noise.contains(&block) { 2048 } else { 1024 };
        Layout::of_sizes((0..sectors).map(size))
    }

    #[test]
    fn nothing_is_asked_for_past_the_end() {
        for sectors in [4000, 34_000, 400_000] {
            for trace in all(&layout(sectors)) {
                let inside = |&(lsn, count): &(u32, u32)| count > 0 && lsn + count <= sectors;
                assert!(trace.reads.iter().all(inside), "{}", trace.name);
                assert!(trace.reads.len() > 30, "{}", trace.name);
            }
        }
    }

    #[test]
    fn chunks_are_as_the_disc_manager_makes_them() {
        let layout = layout(40_000);
        let chunks = |form| {
            let mut disc = Disc {
                layout: &layout,
                form,
                reads: Vec::new(),
            };
            disc.ee(100, 17);
            disc.reads
        };
        assert_eq!(chunks(Form::Aligned), [(100, 8), (108, 8), (116, 1)]);
        assert_eq!(chunks(Form::Overlapping), [(100, 8), (107, 8), (114, 4)]);
    }

    #[test]
    fn the_film_is_where_nothing_compresses() {
        let layout = layout(40_000);
        let traces = all(&layout);
        let film = traces
            .iter()
            .find(|trace| trace.scene == Scene::Film)
            .unwrap();
        let (first, count) = film.reads[0];
        assert_eq!(layout.size(first, count), u64::from(count) * 2048);
        assert_eq!(count, 16);
    }

    #[test]
    fn both_forms_read_the_same_sectors() {
        let traces = all(&layout(34_000));
        let level: Vec<_> = traces
            .iter()
            .filter(|trace| trace.scene == Scene::Level)
            .collect();
        assert_eq!(level.len(), 2);
        let ends = |trace: &Trace| trace.reads.iter().map(|&(lsn, _)| lsn).min();
        assert_eq!(ends(level[0]), ends(level[1]));
        assert!(level[1].sectors() > level[0].sectors());
    }
}
