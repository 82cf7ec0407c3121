//! How the time for one thing grows with size, drawn.

use crate::figures::Figures;
use plotters::coord::Shift;
use plotters::prelude::*;
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

/// Of the drawing, in pixels.
const WIDTH_AND_HEIGHT: (u32, u32) = (800, 500);
/// Room for the numbers beside the axes, in pixels.
const LABELS: u32 = 60;
/// Room above the slowest, so that no line lies on the edge.
const ABOVE: f64 = 2.0;

type Drawing<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Sizes, with nanoseconds of one thing.
type Points = Vec<(f64, f64)>;

/// Draws nanoseconds of one thing over size, a line for each name, both axes logarithmic, as SVG.
pub fn plot(all: &[Figures], file: &Path) -> Result<(), Box<dyn Error>> {
    let mut lines: BTreeMap<&str, Points> = BTreeMap::new();
    for figures in all {
        let point = (figures.size() as f64, figures.ns_each());
        lines.entry(figures.name()).or_default().push(point);
    }
    let drawing = SVGBackend::new(file, WIDTH_AND_HEIGHT).into_drawing_area();
    draw(&drawing, &lines)?;
    Ok(drawing.present()?)
}

fn draw(drawing: &Drawing, lines: &BTreeMap<&str, Points>) -> Result<(), Box<dyn Error>> {
    let points = || lines.values().flatten();
    let most = |of: fn(&(f64, f64)) -> f64| points().map(of).fold(2.0, f64::max);
    let least = points().map(|(size, _)| *size).fold(f64::MAX, f64::min);
    drawing.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(drawing)
        .margin(LABELS / 4)
        .x_label_area_size(LABELS)
        .y_label_area_size(LABELS)
        .build_cartesian_2d(
            (least..most(|point| point.0)).log_scale(),
            (10.0..most(|point| point.1) * ABOVE).log_scale(),
        )?;
    chart.configure_mesh().x_desc("size").y_desc("nanoseconds each").draw()?;
    for (number, (name, points)) in lines.iter().enumerate() {
        let color = Palette99::pick(number).to_rgba();
        let line = LineSeries::new(points.iter().copied(), color.stroke_width(2)).point_size(3);
        let legend = move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color);
        chart.draw_series(line)?.label(*name).legend(legend);
    }
    let mut labels = chart.configure_series_labels();
    labels.position(SeriesLabelPosition::LowerRight).background_style(WHITE).border_style(BLACK);
    Ok(labels.draw()?)
}
