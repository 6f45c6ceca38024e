//! When who is busy.

use anyhow::{Result, anyhow};
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::super::timeline::{Interval, Timeline};

/// A chart of two rows for each reader: the device and the processor.
pub struct Intervals {
    /// Above it.
    pub title: String,
    /// How much is shown.
    pub seconds: f64,
    /// Readers' names, colours and timelines, from above to below.
    pub lines: Vec<(&'static str, RGBColor, Timeline)>,
}

/// Text at a place of it.
fn style(size: u32, h: HPos, v: VPos) -> TextStyle<'static> {
    let font = ("sans-serif", size).into_font();
    font.color(&BLACK).pos(Pos::new(h, v))
}

/// What the library says, as an error of ours.
fn failed(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("cannot draw: {error}")
}

const WIDTH: u32 = 1040;
/// Height of a reader's rows.
const HEIGHT: u32 = 80;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

impl Intervals {
    /// As SVG.
    pub fn draw(&self) -> Result<String> {
        let mut svg = String::new();
        {
            let size = (WIDTH, 110 + HEIGHT * self.lines.len() as u32);
            let root = SVGBackend::with_string(&mut svg, size).into_drawing_area();
            root.fill(&WHITE).map_err(failed)?;
            self.draw_on(&root)?;
            root.present().map_err(failed)?;
        }
        Ok(svg)
    }

    fn draw_on(&self, root: &Area<'_>) -> Result<()> {
        root.draw(&Text::new(
            self.title.clone(),
            (20, 12),
            style(20, HPos::Left, VPos::Top),
        ))
        .map_err(failed)?;
        let rows = 2.0 * self.lines.len() as f64;
        let mut chart = ChartBuilder::on(root)
            .margin_top(48)
            .margin_right(24)
            .margin_left(200)
            .margin_bottom(6)
            .x_label_area_size(50)
            .build_cartesian_2d(0.0..1e3 * self.seconds, 0.0..rows)
            .map_err(failed)?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .y_labels(0)
            .x_desc("time since the first read, ms")
            .label_style(("sans-serif", 14))
            .axis_desc_style(("sans-serif", 15))
            .light_line_style(TRANSPARENT)
            .draw()
            .map_err(failed)?;
        for (n, (name, color, line)) in self.lines.iter().enumerate() {
            // The first reader is on top.
            let top = rows - 2.0 * n as f64;
            let rows = [
                ("device", top - 1.0, &line.device),
                ("processor", top - 1.9, &line.cpu),
            ];
            for (what, y, busy) in rows {
                self.row(&mut chart, y, busy, *color)?;
                let (x, y) = chart.backend_coord(&(0.0, y + 0.4));
                let text = format!("{name}: {what}");
                root.draw(&Text::new(
                    text,
                    (x - 8, y),
                    style(14, HPos::Right, VPos::Center),
                ))
                .map_err(failed)?;
            }
        }
        Ok(())
    }

    fn row(
        &self,
        chart: &mut Chart<'_, '_>,
        y: f64,
        busy: &[Interval],
        color: RGBColor,
    ) -> Result<()> {
        let shown = busy.iter().filter(|interval| interval.from < self.seconds);
        let bars = shown.map(|interval| {
            let to = interval.to.min(self.seconds);
            Rectangle::new(
                [(1e3 * interval.from, y), (1e3 * to, y + 0.8)],
                color.filled(),
            )
        });
        chart.draw_series(bars).map(|_| ()).map_err(failed)
    }
}
