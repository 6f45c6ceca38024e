//! The figures as charts.

mod intervals;

use anyhow::Result;
use plotters::style::RGBColor;

use super::play::{Played, Reader, speedup};
use super::trace::{Form, Scene};
use intervals::Intervals;
use ziso::backend::BACKENDS;
use ziso::chart::{Bars, Series};

/// A chart.
pub struct Chart {
    /// Its file's name.
    pub file: &'static str,
    /// Its content.
    pub svg: String,
}

/// All charts.
pub fn all(played: &[Played]) -> Result<Vec<Chart>> {
    let chart = |file, svg| Chart { file, svg };
    Ok(vec![
        chart("loading-level.svg", level(played).draw()?),
        chart("loading-speedup.svg", speedups(played).draw()?),
        chart("loading-requests.svg", requests(played).draw()?),
        chart("loading-timeline.svg", timeline(played).draw()?),
    ])
}

fn color(reader: Reader) -> RGBColor {
    match reader {
        Reader::Iso => RGBColor(0x9A, 0xA5, 0xB1),
        Reader::C => RGBColor(0xD9, 0x82, 0x2B),
        Reader::Ours => RGBColor(0x1F, 0x6F, 0xB5),
        Reader::Opl => RGBColor(0x3A, 0xA5, 0x8C),
        Reader::Overlap => RGBColor(0x7A, 0x4F, 0xA3),
        Reader::Neutrino => RGBColor(0xC2, 0x3B, 0x5A),
    }
}

/// Half way to white.
fn light(RGBColor(r, g, b): RGBColor) -> RGBColor {
    let half = |value: u8| value / 2 + 128;
    RGBColor(half(r), half(g), half(b))
}

fn backends() -> Vec<String> {
    BACKENDS.map(|backend| backend.name.to_owned()).to_vec()
}

/// The level load, in chunks of 8 sectors.
fn level_of(played: &[Played]) -> &Played {
    let wanted = |played: &&Played| {
        played.trace.scene == Scene::Level && played.trace.form == Some(Form::Aligned)
    };
    // invariant: every scene is played.
    played.iter().find(wanted).expect("levels are played")
}

fn level(played: &[Played]) -> Bars {
    let level = level_of(played);
    Bars {
        title: "Loading a level".to_owned(),
        x: "device",
        y: "time, s",
        groups: backends(),
        series: Reader::ALL
            .map(|reader| Series {
                name: reader.name().to_owned(),
                color: color(reader),
                values: BACKENDS
                    .map(|backend| level.seconds(reader, &backend))
                    .to_vec(),
            })
            .into_iter()
            .chain([Series {
                name: "optimum".to_owned(),
                color: RGBColor(0x33, 0x33, 0x33),
                values: level.optimum.to_vec(),
            }])
            .collect(),
        digits: 1,
        line: None,
    }
}

fn speedups(played: &[Played]) -> Bars {
    let series = |(reader, over): (Reader, Reader)| Series {
        name: format!("{} over {}", reader.name(), over.name()),
        color: match over {
            Reader::C => color(reader),
            _ => light(color(reader)),
        },
        values: BACKENDS
            .map(|backend| speedup(played, reader, over, &backend))
            .to_vec(),
    };
    let pairs = Reader::TESTED
        .into_iter()
        .flat_map(|reader| [(reader, Reader::C), (reader, Reader::Iso)]);
    Bars {
        title: "Speed-up, mean of all traces".to_owned(),
        x: "device",
        y: "speed-up, times",
        groups: backends(),
        series: pairs.map(series).collect(),
        digits: 2,
        line: Some(1.0),
    }
}

fn requests(played: &[Played]) -> Bars {
    let cache = 16;
    Bars {
        title: format!("Device requests, {cache} sectors of cache or read-ahead buffer"),
        x: "trace",
        y: "requests for each read of the game",
        groups: played
            .iter()
            .map(|played| played.trace.name.to_owned())
            .collect(),
        series: Reader::ALL
            .map(|reader| Series {
                name: reader.name().to_owned(),
                color: color(reader),
                values: played
                    .iter()
                    .map(|played| {
                        played.recording(reader, cache).requests().count() as f64
                            / played.trace.reads.len() as f64
                    })
                    .collect(),
            })
            .to_vec(),
        digits: 2,
        line: None,
    }
}

/// The start of a level load on the device on which processor and device have about as much to do.
fn timeline(played: &[Played]) -> Intervals {
    let backend = BACKENDS.iter().find(|backend| backend.name == "MMCE");
    // invariant: a test looks for it.
    let backend = backend.expect("the device is there");
    let level = level_of(played);
    let lines = Reader::ALL.map(|reader| {
        (
            reader.name(),
            color(reader),
            level.timeline(reader, backend),
        )
    });
    Intervals {
        title: format!("Start of a level load on {}", backend.name),
        seconds: 0.25,
        lines: lines.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_timeline_s_device_is_there() {
        assert!(BACKENDS.iter().any(|backend| backend.name == "MMCE"));
    }
}
