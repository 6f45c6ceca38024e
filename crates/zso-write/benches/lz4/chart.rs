//! Size against time, as a picture.

use plotters::prelude::*;

use super::Figures;

const COLORS: [RGBColor; 3] = [
    RGBColor(0x9A, 0xA5, 0xB1),
    RGBColor(0xD9, 0x82, 0x2B),
    RGBColor(0x1F, 0x6F, 0xB5),
];

/// A point for each encoder: how much larger than the smallest, in what time.
pub fn draw(figures: &[Figures]) -> String {
    let mut svg = String::new();
    draw_on(&mut svg, figures).expect("a string has room");
    svg
}

fn draw_on(svg: &mut String, figures: &[Figures]) -> Result<(), Box<dyn std::error::Error>> {
    let above = |one: &Figures| one.above(super::least(figures));
    let time = |one: &Figures| one.time(&figures[0]);
    let most = figures.iter().map(above).fold(1.0, f64::max);
    let longest = figures.iter().map(time).fold(1.0, f64::max);
    let area = SVGBackend::with_string(svg, (760, 420)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .margin(14)
        .x_label_area_size(44)
        .y_label_area_size(56)
        .build_cartesian_2d((0.05..longest * 1.8).log_scale(), -0.8..most * 1.1)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_desc("time, liblz4 HC 12 = 1")
        .y_desc("% above the smallest")
        .draw()?;
    for one in figures {
        let color = COLORS[match &one.name {
            name if name.starts_with("ziso") => 2,
            name if name.starts_with("lz4_flex") => 1,
            _ => 0,
        }];
        let at = (time(one), above(one));
        chart.draw_series([Circle::new(at, 5, color.filled())])?;
        // Ours are below their point, others above it: some are at the same place.
        let below = if one.name.starts_with("ziso") { 4 } else { -15 };
        let font = ("sans-serif", 13).into_font();
        let name = Text::new(one.name.clone(), (8, below), font);
        chart.draw_series([EmptyElement::at(at) + name])?;
    }
    area.present()?;
    drop(chart);
    Ok(())
}
