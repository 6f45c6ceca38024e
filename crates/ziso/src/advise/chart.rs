//! The times as a chart.

use super::{Advice, Device};
use crate::chart::{Bars, DrawError, RGBColor, Series};

const ISO: RGBColor = RGBColor(0x9A, 0xA5, 0xB1);
const ZSO: RGBColor = RGBColor(0x1F, 0x6F, 0xB5);
const RAW: RGBColor = RGBColor(0x3A, 0xA5, 0x8C);

impl Advice {
    /// A chart of the times as SVG.
    ///
    /// # Errors
    /// [`DrawError`].
    pub fn chart(&self) -> Result<String, DrawError> {
        let series = |name: &str, color, seconds: fn(&Device) -> f64| Series {
            name: name.to_owned(),
            color,
            values: self.devices.iter().map(seconds).collect(),
        };
        let mut all = vec![
            series("ISO", ISO, |device| device.iso_seconds),
            series("ZSO", ZSO, Device::best_seconds),
        ];
        if !self.raw.is_empty() {
            let name = format!("ZSO, {} plain", self.raw.join(" "));
            all.push(series(&name, RAW, |device| {
                device.raw_seconds.unwrap_or(device.best_seconds())
            }));
        }
        let name = self.path.file_name().unwrap_or_default();
        Bars {
            title: format!(
                "{}: time to load 32 MiB (line: the console's own drive)",
                name.to_string_lossy()
            ),
            x: "device",
            y: "time, s",
            groups: self
                .devices
                .iter()
                .map(|device| device.name.to_owned())
                .collect(),
            series: all,
            digits: 1,
            line: Some(self.drive_seconds),
        }
        .draw()
    }
}
