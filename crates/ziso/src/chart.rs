//! Charts as SVG: groups of bars.

use std::io;

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::drawing::DrawingAreaErrorKind;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

pub use plotters::style::RGBColor;

/// A chart of bars.
pub struct Bars {
    /// Above it.
    pub title: String,
    /// What the groups are.
    pub x: &'static str,
    /// What the values are, with their unit.
    pub y: &'static str,
    /// Names of the groups.
    pub groups: Vec<String>,
    /// One bar of each in every group.
    pub series: Vec<Series>,
    /// Decimals of the numbers above the bars.
    pub digits: usize,
    /// A value to compare with.
    pub line: Option<f64>,
}

/// Bars of one kind.
#[derive(Clone)]
pub struct Series {
    /// What they are.
    pub name: String,
    /// Their colour.
    pub color: RGBColor,
    /// One for each group.
    pub values: Vec<f64>,
}

const SIZE: (u32, u32) = (1040, 460);
/// Height of a row of the legend.
const LEGEND_ROW: i32 = 20;
/// Part of a group's width that its bars fill.
const FILLED: f64 = 0.86;
const FONT: &str = "sans-serif";

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Why a chart cannot be drawn.
#[derive(Debug, thiserror::Error)]
#[error("cannot draw the chart")]
pub struct DrawError(#[from] DrawingAreaErrorKind<io::Error>);

/// Text at a place of it.
fn style(size: u32, h: HPos, v: VPos) -> TextStyle<'static> {
    (FONT, size).into_font().color(&BLACK).pos(Pos::new(h, v))
}

impl Bars {
    /// As SVG.
    pub fn draw(&self) -> Result<String, DrawError> {
        let mut svg = String::new();
        {
            let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
            root.fill(&WHITE)?;
            self.draw_on(&root)?;
            root.present()?;
        }
        Ok(svg)
    }

    fn draw_on(&self, root: &Area<'_>) -> Result<(), DrawError> {
        let places = self.legend_places();
        let rows = places.last().map_or(0, |place| place.1 + 1);
        let (below, above) = (70, 44 + LEGEND_ROW * rows);
        root.draw(&Text::new(
            self.title.clone(),
            (20, 12),
            style(20, HPos::Left, VPos::Top),
        ))?;
        let mut chart = ChartBuilder::on(root)
            .margin_top(above)
            .margin_right(20)
            .margin_left(16)
            .margin_bottom(below)
            .y_label_area_size(64)
            .build_cartesian_2d(0.0..self.groups.len() as f64, 0.0..self.top())?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .x_labels(0)
            .y_desc(self.y)
            .label_style((FONT, 14))
            .axis_desc_style((FONT, 15))
            .light_line_style(TRANSPARENT)
            .draw()?;
        self.bars(&mut chart)?;
        self.names(root, &chart)?;
        self.legend(root)
    }

    /// Room for the number above the highest bar.
    fn top(&self) -> f64 {
        let values = self.series.iter().flat_map(|series| &series.values);
        1.08 * values.copied().fold(self.line.unwrap_or(0.0), f64::max)
    }

    fn bars(&self, chart: &mut Chart<'_, '_>) -> Result<(), DrawError> {
        // Below the bars and their numbers.
        if let Some(line) = self.line {
            let ends = vec![(0.0, line), (self.groups.len() as f64, line)];
            chart.draw_series([PathElement::new(ends, BLACK.stroke_width(1))])?;
        }
        let width = FILLED / self.series.len() as f64;
        for (n, series) in self.series.iter().enumerate() {
            let left = |group: usize| group as f64 + (1.0 - FILLED) / 2.0 + n as f64 * width;
            let bars = series.values.iter().enumerate().map(|(group, &value)| {
                Rectangle::new(
                    [(left(group), 0.0), (left(group) + 0.94 * width, value)],
                    series.color.filled(),
                )
            });
            chart.draw_series(bars)?;
            let numbers = series.values.iter().enumerate().map(|(group, &value)| {
                let text = format!("{value:.*}", self.digits);
                let place = (left(group) + 0.47 * width, value);
                EmptyElement::at(place)
                    + Text::new(text, (0, -3), style(11, HPos::Center, VPos::Bottom))
            });
            chart.draw_series(numbers)?;
        }
        Ok(())
    }

    /// Names of groups below them, and what they are.
    fn names(&self, root: &Area<'_>, chart: &Chart<'_, '_>) -> Result<(), DrawError> {
        for (n, name) in self.groups.iter().enumerate() {
            let (x, y) = chart.backend_coord(&(n as f64 + 0.5, 0.0));
            root.draw(&Text::new(
                name.clone(),
                (x, y + 8),
                style(14, HPos::Center, VPos::Top),
            ))?;
        }
        let (x, y) = chart.backend_coord(&(self.groups.len() as f64 / 2.0, 0.0));
        let style = style(15, HPos::Center, VPos::Top);
        root.draw(&Text::new(self.x, (x, y + 38), style))?;
        Ok(())
    }

    /// Where the series' names are: how far from the left, and in which row.
    fn legend_places(&self) -> Vec<(i32, i32)> {
        let (left, right) = (100, SIZE.0 as i32 - 20);
        let (mut x, mut row) = (left, 0);
        let place = |series: &Series| {
            // About as wide as the letters are.
            let width = 50 + 8 * series.name.len() as i32;
            if x > left && x + width > right {
                (x, row) = (left, row + 1);
            }
            let place = (x, row);
            x += width;
            place
        };
        self.series.iter().map(place).collect()
    }

    fn legend(&self, root: &Area<'_>) -> Result<(), DrawError> {
        for (series, (x, row)) in self.series.iter().zip(self.legend_places()) {
            let y = 40 + LEGEND_ROW * row;
            root.draw(&Rectangle::new(
                [(x, y), (x + 14, y + 14)],
                series.color.filled(),
            ))?;
            root.draw(&Text::new(
                series.name.clone(),
                (x + 20, y + 7),
                style(14, HPos::Left, VPos::Center),
            ))?;
        }
        Ok(())
    }
}
