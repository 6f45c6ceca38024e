//! The times as a chart.

use super::curve::Curve;
use super::{Advice, Device};
use crate::chart::{Bars, DrawError, RGBColor, Series};

const ISO: RGBColor = RGBColor(0x9A, 0xA5, 0xB1);
const ZSO: RGBColor = RGBColor(0x1F, 0x6F, 0xB5);
const RAW: RGBColor = RGBColor(0x3A, 0xA5, 0x8C);

/// A chart of the times as SVG.
pub fn chart(advice: &Advice) -> Result<String, DrawError> {
    let name = advice.path.file_name().unwrap_or_default();
    let name = name.to_string_lossy();
    match &advice.curve {
        Some(curve) => of_curve(&name, curve),
        None => of_devices(&name, advice),
    }
    .draw()
}

/// Files for one device.
fn of_curve(name: &str, curve: &Curve) -> Bars {
    let points = curve.points.iter().rev();
    Bars {
        title: format!(
            "{name}: time to load 32 MiB from {} (line: the image)",
            curve.device
        ),
        x: "size of the file, percent of the disc",
        y: "time, s",
        groups: points
            .clone()
            .map(|point| point.max_size.to_string())
            .collect(),
        series: vec![Series {
            name: "ZSO".to_owned(),
            color: ZSO,
            values: points.map(|point| point.seconds).collect(),
        }],
        digits: 2,
        line: Some(curve.iso_seconds),
    }
}

/// The same file on all devices.
fn of_devices(name: &str, advice: &Advice) -> Bars {
    let series = |name: &str, color, seconds: fn(&Device) -> f64| Series {
        name: name.to_owned(),
        color,
        values: advice.devices.iter().map(seconds).collect(),
    };
    let mut all = vec![
        series("ISO", ISO, |device| device.iso_seconds),
        series("ZSO", ZSO, Device::best_seconds),
    ];
    if !advice.raw.is_empty() {
        let name = format!("ZSO, {} plain", advice.raw.join(" "));
        all.push(series(&name, RAW, |device| {
            device.raw_seconds.unwrap_or(device.best_seconds())
        }));
    }
    Bars {
        title: format!("{name}: time to load 32 MiB (line: the console's own drive)"),
        x: "device",
        y: "time, s",
        groups: advice
            .devices
            .iter()
            .map(|device| device.name.to_owned())
            .collect(),
        series: all,
        digits: 1,
        line: Some(advice.drive_seconds),
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use testkit::data::{film, text};
    use testkit::iso::Iso;

    use super::*;

    #[test]
    fn charts_are_drawn_of_discs_with_films_and_without() {
        let with = Iso::of_game("G", "SLES_123.45")
            .file("DATA.BIN", text(1, 900_000))
            .file("MOVIE/A.PSS", film(600_000))
            .file("MOVIE/B.PSS", film(300_000));
        for (image, wanted) in [
            (with.build(), "ZSO, *.PSS plain"),
            (text(3, 500_000), "svg"),
        ] {
            let disc = discs::Disc::new(image).unwrap();
            let watch = &mut |_, _| ControlFlow::Continue(());
            let (advice, _) = Advice::of(&disc, "game.iso".as_ref(), watch).unwrap();
            assert!(chart(&advice).unwrap().contains(wanted));
        }
    }
}
