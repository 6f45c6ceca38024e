//! The figures, for people: a Markdown document.

use super::event::Footprint;
use super::play::{Played, Reader, mean, speedup};
use super::trace::Scene;
use super::{Measured, c_reader, goals};
use crate::Objects;
use crate::table::grid;
use ziso::backend::{BACKENDS, Backend, Standing};

/// What is above the tables in the document.
const HEAD: &str = "\
# Loading times, modelled

Made by `cargo xtask make-iso --games` and `cargo xtask bench --docs docs/bench target/run/games.iso
target/run/system.iso`. Do not edit: type that again.

For players and for builders of loaders who want to know what the reader changes, and for those who change it.

How long games load from a plain image, through OPL's C reader, and through ours: `zso.o`, with the functions
of `zso.h`, `zso_opl.o`, with those of OPL's own reader, `zso_opl_overlap.o`, which decodes while the device reads, and
`zso_device_fhi.o`, in Neutrino, where devices are asked for 512 bytes and more instead of 2,048.
Nothing of this was timed on a console. Device requests and the processor's cycles are those of code that runs: our
objects in the simulator, every byte that they deliver compared with the image, and for OPL's C reader a
[model](#opls-c-reader) that does what was measured of it. The time of the devices is a [model](#devices) with
few constants. Times say how long a game waits for the disc if it does nothing else.

All readers have the same memory, as loaders give it today: 16 sectors of cache or of read-ahead buffer, and 8 on the
hard disk, but in Neutrino, which has 17 everywhere. All but `zso_opl_overlap.o` wait for the device before they decode,
and that one has no read under way when it returns; on the hard disk, whose driver keeps the processor, it waits, too.
Cycles are those of the R3000A; the late slim consoles interpret this code, and there is no model of that.
";

const CHARTS: &str = "\
![Seconds that a level takes to load, for each device and reader](loading-level.svg)

![Mean speed-up over OPL's C reader and over a plain image, for each device](loading-speedup.svg)

![Device requests for each read of a game, for each trace and reader](loading-requests.svg)

![When device and processor are busy at the start of a level load](loading-timeline.svg)
";

/// The whole document; the first image in full, which was also compressed `for_console`.
pub fn markdown(objects: &Objects, measured: &[Measured], for_console: &Measured) -> String {
    let all: Vec<_> = measured.iter().chain([for_console]).collect();
    let mut parts = vec![HEAD.to_owned(), images(&objects.compiler, &all)];
    for measured in measured {
        parts.push(summary(measured));
    }
    if let Some(first) = measured.first() {
        let played = &first.played;
        parts.push(format!("## Charts: {}\n\n{CHARTS}", first.name));
        parts.push(format!(
            "## Compressed for the console: {}\n\n{FOR_CONSOLE}\n{}",
            first.name,
            gains(played, &for_console.played)
        ));
        parts.push(format!(
            "## Levels and the device: {}\n\n{LEVELS}\n{}",
            first.name,
            levels(played)
        ));
        parts.push(format!("## The objects\n\n{}", taken(objects, played)));
        parts.push(format!(
            "## Requests: {}\n\n{}",
            first.name,
            requests(played)
        ));
        parts.push(format!("## Times: {}\n\n{}", first.name, times(played)));
        parts.push(format!(
            "## If a request costs half or twice as much: {}\n\n{}",
            first.name,
            sensitivity(played)
        ));
    }
    parts.extend([traces(), devices(), c_reader_model()]);
    parts.join("\n")
}

/// What the objects take: code as they were built, memory and stack as they were played.
fn taken(objects: &Objects, played: &[Played]) -> String {
    let caches = [16, 8];
    let rows: Vec<_> = objects
        .all
        .iter()
        .map(|object| {
            let sizes = object.sizes;
            let reader = Reader::TESTED
                .into_iter()
                .find(|reader| reader.name() == object.name);
            let most = |cache, part: fn(Footprint) -> u32| {
                let Some(reader) = reader else {
                    return String::new();
                };
                let all = played
                    .iter()
                    .map(|played| part(played.recording(reader, cache).footprint));
                all.max().unwrap_or(0).to_string()
            };
            [
                object.name.to_owned(),
                sizes.text.to_string(),
                sizes.rodata.to_string(),
                (sizes.data + sizes.bss).to_string(),
                object.code_budget.to_string(),
                most(caches[0], |footprint| footprint.memory),
                most(caches[1], |footprint| footprint.memory),
                most(caches[0], |footprint| footprint.stack),
            ]
        })
        .collect();
    let head = [
        "object",
        ".text",
        ".rodata",
        ".data and .bss",
        "most code that it may have",
        "memory, cache 16",
        "memory, cache 8",
        "stack",
    ];
    format!(
        "In bytes. More code than that, and the build fails. `zso_isofs.o` is not played here.\n\n{}",
        grid(&head, &rows)
    )
}

fn images(compiler: &str, measured: &[&Measured]) -> String {
    let head = [
        "image",
        "sectors",
        "compressed",
        "bytes",
        "of the image",
        "SHA-256",
    ];
    let rows: Vec<_> = measured
        .iter()
        .map(|measured| {
            let bytes = f64::from(measured.sectors) * zso::SECTOR_SIZE as f64;
            [
                measured.name.clone(),
                measured.sectors.to_string(),
                measured.compressed.clone(),
                measured.zso_bytes.to_string(),
                format!("{:.1} %", 100.0 * measured.zso_bytes as f64 / bytes),
                measured.sha256.clone(),
            ]
        })
        .collect();
    format!(
        "{}\nThe object's compiler: {compiler}.\n",
        grid(&head, &rows)
    )
}

fn summary(measured: &Measured) -> String {
    let played = &measured.played;
    let mut text = format!(
        "## In short: {}\n\nSpeed-ups, in the geometric mean of all traces.\n\n",
        measured.name
    );
    text += &speedups(played);
    for reader in Reader::TESTED {
        let rows: Vec<_> = goals::all(played, reader)
            .into_iter()
            .map(|goal| {
                let verdict = if goal.holds {
                    "holds"
                } else {
                    "**does not hold**"
                };
                [goal.wanted, goal.found, verdict.to_owned()]
            })
            .collect();
        text += &format!(
            "\nGoals of {}:\n\n{}",
            reader.name(),
            grid(&["wanted", "found", "verdict"], &rows)
        );
    }
    text
}

fn speedups(played: &[Played]) -> String {
    let mut head = vec!["device".to_owned()];
    for reader in Reader::TESTED {
        for over in [Reader::C, Reader::Iso] {
            head.push(format!("{} over {}", reader.name(), over.name()));
        }
    }
    let row = |backend: &Backend| {
        let mut row = vec![backend.name.to_owned()];
        for reader in Reader::TESTED {
            for over in [Reader::C, Reader::Iso] {
                row.push(format!("{:.2}", speedup(played, reader, over, backend)));
            }
        }
        row
    };
    let rows: Vec<_> = BACKENDS.iter().map(row).collect();
    grid(&strs(&head), &rows)
}

const FOR_CONSOLE: &str = "\
`ziso compress --for-console` makes a larger file that takes less work to decode. How many times as fast everything then
is: above 1 where the decoder is what a game waits for, below it where the device is.
";

/// How many times as fast a file is that was compressed for the console: a level, and all traces in the mean.
fn gains(played: &[Played], for_console: &[Played]) -> String {
    let readers = [Reader::Opl, Reader::Overlap];
    let mut head = vec!["device".to_owned()];
    for reader in readers {
        head.extend(["level", "all traces"].map(|what| format!("{}: {what}", reader.name())));
    }
    let row = |backend: &Backend| {
        let gain = |reader, scene: Option<Scene>| {
            let pairs = played.iter().zip(for_console);
            let wanted =
                pairs.filter(|(played, _)| scene.is_none_or(|scene| played.trace.scene == scene));
            mean(wanted.map(|(played, made)| {
                played.seconds(reader, backend) / made.seconds(reader, backend)
            }))
        };
        let gains = readers.map(|reader| [gain(reader, Some(Scene::Level)), gain(reader, None)]);
        let mut row = vec![backend.name.to_owned()];
        row.extend(gains.as_flattened().iter().map(|gain| format!("{gain:.2}")));
        row
    };
    let rows: Vec<_> = BACKENDS.iter().map(row).collect();
    grid(&strs(&head), &rows)
}

const LEVELS: &str = "\
How many times as long a level takes as the device needs for its compressed bytes. The optimum is the least that readers
can reach which have no read under way when a read of the game returns: for each read, the best choice of how much is
read ahead, in the memory that the others have; the index and the processor's work besides decoding take no time.

The last columns are parts of the one for `zso_opl_overlap.o`: requests for the index, and work during which the device
has nothing to do. Most of that is decoding of blocks for which there was no room while the ones before were decoded;
the optimum has less of it: it reads to all memory that is not needed, and knows how long requests take.
";

/// Each level on each device that is meant to be as fast as its bytes, the optimum included.
fn levels(played: &[Played]) -> String {
    let mut head = vec!["trace", "device", "optimum"];
    head.extend(Reader::TESTED.map(Reader::name));
    head.extend(["of overlap: index", "of overlap: processor alone"]);
    let levels = played
        .iter()
        .filter(|played| played.trace.scene == Scene::Level);
    let row = |played: &Played, (backend, optimum): (&Backend, f64)| {
        let bytes = played.compressed as f64 / backend.sustained();
        let readers = Reader::TESTED.map(|reader| played.seconds(reader, backend));
        let overlap = played.shares(Reader::Overlap, backend);
        let parts = [overlap.index, overlap.processor];
        let ratios = [optimum].into_iter().chain(readers).chain(parts);
        let mut row = vec![played.trace.name.to_owned(), backend.name.to_owned()];
        row.extend(ratios.map(|seconds| format!("{:.3}", seconds / bytes)));
        row
    };
    let rows = levels.flat_map(|played| {
        let devices = BACKENDS.iter().zip(played.optimum);
        let wanted = devices.filter(|(device, _)| goals::AS_FAST_AS_DEVICE.contains(&device.name));
        wanted.map(move |device| row(played, device))
    });
    grid(&head, &rows.collect::<Vec<_>>())
}

fn requests(played: &[Played]) -> String {
    let mut head = ["trace", "cache", "reads", "sectors"]
        .map(str::to_owned)
        .to_vec();
    for reader in Reader::ALL {
        head.extend(["requests", "sectors read"].map(|what| format!("{}: {what}", reader.name())));
    }
    for reader in [Reader::C].into_iter().chain(Reader::TESTED) {
        head.push(format!("{}: cycles/B", reader.name()));
    }
    let mut caches = BACKENDS.map(|backend| backend.cache).to_vec();
    caches.sort_unstable_by(|a, b| b.cmp(a));
    caches.dedup();
    let rows = caches
        .iter()
        .flat_map(|&cache| played.iter().map(move |played| request_row(played, cache)));
    grid(&strs(&head), &rows.collect::<Vec<_>>())
}

fn request_row(played: &Played, cache: u32) -> Vec<String> {
    let trace = &played.trace;
    let mut row = vec![
        trace.name.to_owned(),
        cache.to_string(),
        trace.reads.len().to_string(),
        trace.sectors().to_string(),
    ];
    for reader in Reader::ALL {
        let recording = played.recording(reader, cache);
        row.extend([
            recording.requests().count().to_string(),
            format!("{:.0}", recording.sectors()),
        ]);
    }
    let bytes = trace.sectors() as f64 * zso::SECTOR_SIZE as f64;
    for reader in [Reader::C].into_iter().chain(Reader::TESTED) {
        row.push(format!(
            "{:.1}",
            played.recording(reader, cache).cycles() as f64 / bytes
        ));
    }
    row
}

fn times(played: &[Played]) -> String {
    let mut head = vec!["trace".to_owned(), "device".to_owned()];
    head.extend(Reader::ALL.map(|reader| format!("{}, s", reader.name())));
    for reader in Reader::TESTED {
        for over in [Reader::C, Reader::Iso] {
            head.push(format!("{} over {}", reader.name(), over.name()));
        }
    }
    let mut rows = Vec::new();
    for played in played {
        rows.extend(BACKENDS.iter().map(|backend| time_row(played, backend)));
        let mut drive = vec![String::new(); head.len()];
        drive[0] = played.trace.name.to_owned();
        drive[1] = "DVD drive, no seeks".to_owned();
        drive[2] = format!("{:.2}", ziso::drive::seconds(&played.trace.reads));
        rows.push(drive);
    }
    grid(&strs(&head), &rows)
}

fn time_row(played: &Played, backend: &Backend) -> Vec<String> {
    let mut row = vec![played.trace.name.to_owned(), backend.name.to_owned()];
    row.extend(Reader::ALL.map(|reader| format!("{:.2}", played.seconds(reader, backend))));
    for reader in Reader::TESTED {
        for over in [Reader::C, Reader::Iso] {
            let ratio = played.seconds(over, backend) / played.seconds(reader, backend);
            row.push(format!("{ratio:.2}"));
        }
    }
    row
}

/// Speed-ups with other costs of a request, where that was chosen.
fn sensitivity(played: &[Played]) -> String {
    let head = [
        "device",
        "a request costs, ms",
        "reader",
        "over C reader",
        "over plain ISO",
    ];
    let chosen = BACKENDS
        .into_iter()
        .filter(|backend| backend.standing == Standing::Chosen);
    let varied =
        chosen.flat_map(|backend| [0.5, 1.0, 2.0].map(|times| backend.with_overhead(times)));
    let rows = varied.flat_map(|backend| {
        Reader::TESTED.map(|reader| {
            [
                backend.name.to_owned(),
                format!("{:.2}", 1e3 * backend.overhead()),
                reader.name().to_owned(),
                format!("{:.2}", speedup(played, reader, Reader::C, &backend)),
                format!("{:.2}", speedup(played, reader, Reader::Iso, &backend)),
            ]
        })
    });
    grid(&head, &rows.collect::<Vec<_>>())
}

fn traces() -> String {
    let rows = Scene::ALL.map(|scene| [scene.short().to_owned(), scene.about().to_owned()]);
    format!(
        "## Traces\n\n\
         Made up, not recorded: `crates/bench/src/loading/trace.rs` says how. Sizes are those on a disc of 64 MiB or more.\n\n{}\n\
         Reads of the EE reach the reader in chunks of 8 sectors; \"7+1\" is the same to a buffer that is not aligned to \
         64 bytes,\nwhere each chunk asks for one sector more, and the next one for that sector again. Directories are \
         read by the I/O\nprocessor one sector at a time, films 16.\n",
        grid(&["trace", "what it stands for"], &rows)
    )
}

fn devices() -> String {
    let head = [
        "device",
        "MB/s",
        "ms for a request",
        "ms for a message",
        "cache",
        "driver, cycles a sector",
        "where from",
    ];
    let row = |backend: &Backend| {
        let standing = match backend.standing {
            Standing::Derived => "derived",
            Standing::Chosen => "chosen",
        };
        let message = backend.message.map_or(String::new(), |(sectors, seconds)| {
            format!("{:.1} for {sectors} sectors (chosen)", 1e3 * seconds)
        });
        let request = if backend.request > 0.0 {
            format!("{:.2} ({standing})", 1e3 * backend.request)
        } else {
            String::new()
        };
        [
            backend.name.to_owned(),
            format!("{:.2}", backend.rate / 1e6),
            request,
            message,
            backend.cache.to_string(),
            backend.driver_cycles.to_string(),
            backend.source.to_owned(),
        ]
    };
    let rows: Vec<_> = BACKENDS.iter().map(row).collect();
    format!("{DEVICES}\n{}", grid(&head, &rows))
}

const DEVICES: &str = "\
## Devices

A request takes its fixed time, that of its messages, and its bytes at the rate. Rates are what users measured with
large requests. Only for the hard disk are there figures for requests of several sizes; the model is within 4 % of each.
All other fixed times are chosen, where sources say \"some ms\" or \"small\": see the table with half and twice of them
above.

What a driver takes of the processor counts only where a reader decodes while the device works. It is assumed to be
nothing, but for MX4SIO, whose driver reverses the bits of every word: an estimate, 24 cycles for each of 512 words.

The DVD drive is one that is never in the wrong place: from 2250 KiB/s at the centre to 5400 at the rim, as programs
that imitate it have it, and no seek, because nobody has published how long it takes for one.
";

fn c_reader_model() -> String {
    format!(
        "{C_READER}\n{}",
        grid(&["what", "cycles"], &c_reader::costs())
    )
}

const C_READER: &str = "\
## OPL's C reader

The reader that loaders have today, as it was found to work. For each read it makes sure that its window of 257 index
entries holds those of the read; if not, it reads the window anew from the read's first block on, past its cache. Then
it reads the compressed bytes: what is in a first partial sector, whole sectors, what is in a last partial one. Each of
these goes through the cache if it is shorter than that; a miss fills all of the cache, from the missed sector on. Every
compressed block is copied once more before it is decoded.

Its processor's time is the sum of these, counted for every read: so it depends on the trace and on the image, and is
not one figure for each pattern. Copies go by words where source and destination happen to be equally aligned.

The decoder's two constants are fitted to its cycles on some thousand blocks of real images, which they meet within 1 %
in the mean of each image. The other three are fitted to what was measured of all of it, cycles per byte in five access
patterns with and without a cache. A test holds the model against these measurements: on an image that compresses like
the one measured, requests and sectors are within 3 % of each, and cycles within 2 %.

The model was compared once with the C code itself, in the same simulator, on all traces of two images, `make-iso`'s of
a Debian machine's files and of open games: every request was the same. That build had a faster `memcpy` than the one
measured, with 12 cycles instead of 13 for a byte that is not aligned, and took 5 to 9 % fewer cycles than the model;
with constants fitted to it, the model was within 1 %, and 4 % on one film.
";

fn strs(cells: &[String]) -> Vec<&str> {
    cells.iter().map(String::as_str).collect()
}
