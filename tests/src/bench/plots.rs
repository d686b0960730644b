//! Draws what was measured: bars beside one another, for each size that has been measured.

use std::collections::BTreeMap;
use std::path::Path;

use plotters::prelude::*;
use serde_json::Value;

use super::Report;

/// The bars of one label: a series and its value each.
type Bars = Vec<(String, f64)>;
type Failure = Box<dyn std::error::Error>;

const COLOURS: [RGBColor; 4] = [
    RGBColor(0, 90, 156),
    RGBColor(226, 113, 0),
    RGBColor(120, 120, 120),
    RGBColor(60, 140, 70),
];
/// Pixels of one bar.
const BAR: u32 = 9;

/// Draws what the reports in this folder hold.
pub fn draw(folder: &Path) {
    let reports = reports(folder);
    let drawings = [
        (
            "pages.svg",
            "Most pages for the newest 50, of all readers",
            "pages",
            pages(&reports),
        ),
        (
            "throughput.svg",
            "Lists of 20 signals a second",
            "a second",
            throughput(&reports),
        ),
        (
            "gateways.svg",
            "Processor for one federated query",
            "milliseconds",
            gateways(&reports),
        ),
        (
            "view.svg",
            "The whole view of a party, in the middle",
            "milliseconds",
            views(&reports),
        ),
    ];
    for (name, title, unit, groups) in drawings {
        if !groups.is_empty() {
            bars(&folder.join(name), title, unit, &groups).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}

fn reports(folder: &Path) -> Vec<Report> {
    let files = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let read = |path: std::path::PathBuf| serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok();
    let mut reports: Vec<Report> = files
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .filter_map(read)
        .collect();
    reports.sort_by_key(|report| report.signals);
    reports
}

fn list<'a>(report: &'a Report, name: &str) -> impl Iterator<Item = &'a Value> {
    report.figures.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn number(value: &Value, name: &str) -> f64 {
    value[name].as_f64().unwrap_or_default()
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn pages(reports: &[Report]) -> Vec<(String, Bars)> {
    let mut most: BTreeMap<String, BTreeMap<u64, (f64, f64)>> = BTreeMap::new();
    for report in reports {
        for each in list(report, "pages").filter(|each| each["combined"] != true) {
            let pages = number(each, "places") + number(each, "signals");
            let of_filter = most.entry(text(each, "filter")).or_default();
            let known = of_filter.entry(report.signals).or_default();
            if pages > known.0 {
                *known = (pages, number(each, "allowed"));
            }
        }
    }
    let bars = |sizes: BTreeMap<u64, (f64, f64)>| {
        let allowed = sizes.values().next_back().map_or(0.0, |(_, allowed)| *allowed);
        let mut bars: Bars = sizes
            .into_iter()
            .map(|(size, (pages, _))| (format!("{size} signals"), pages))
            .collect();
        bars.push(("allowed".to_owned(), allowed));
        bars
    };
    most.into_iter().map(|(filter, sizes)| (filter, bars(sizes))).collect()
}

fn throughput(reports: &[Report]) -> Vec<(String, Bars)> {
    let middle = |value: &Value| {
        let turns = value.as_array().into_iter().flatten().filter_map(Value::as_f64);
        super::ask::middle(turns.collect())
    };
    let of = |report: &Report| {
        let size = report.signals;
        let group = move |each: &Value| {
            let bars = vec![
                ("service".to_owned(), middle(&each["service"])),
                ("by hand".to_owned(), middle(&each["by_hand"])),
            ];
            (format!("{}, {size}", text(each, "reader")), bars)
        };
        list(report, "throughput").map(group).collect::<Vec<_>>()
    };
    reports.iter().flat_map(of).collect()
}

fn gateways(reports: &[Report]) -> Vec<(String, Bars)> {
    let of = |report| {
        list(report, "gateways").map(|each| {
            (
                text(each, "name"),
                vec![("processor".to_owned(), number(each, "cpu_ms"))],
            )
        })
    };
    reports.iter().flat_map(of).collect()
}

fn views(reports: &[Report]) -> Vec<(String, Bars)> {
    let of = |report: &Report| {
        let size = report.signals;
        let group = move |each: &Value| {
            let names = ["gateway", "registry", "signals", "allowed"];
            let values = each["p50_ms"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_f64);
            let bars = names.map(str::to_owned).into_iter().zip(values).collect();
            (
                format!("{}, {}, {size}", text(each, "party"), text(each, "reader")),
                bars,
            )
        };
        list(report, "view").map(group).collect::<Vec<_>>()
    };
    reports.iter().flat_map(of).collect()
}

fn bars(file: &Path, title: &str, unit: &str, groups: &[(String, Bars)]) -> Result<(), Failure> {
    let series: Vec<&str> = groups
        .first()
        .map(|(_, bars)| bars.iter().map(|(name, _)| name.as_str()).collect())
        .unwrap_or_default();
    let of_group = u32::try_from(series.len())? + 1;
    let rows = u32::try_from(groups.len())? * of_group;
    let most = groups
        .iter()
        .flat_map(|(_, bars)| bars)
        .map(|(_, value)| *value)
        .fold(0.0, f64::max);
    let root = SVGBackend::new(file, (900, rows * BAR + 130)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption(title, ("sans-serif", 18))
        .margin(10)
        .x_label_area_size(35)
        .y_label_area_size(230)
        .build_cartesian_2d(0.0..most * 1.15, 0.0..f64::from(rows))?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .x_desc(unit)
        .y_labels(0)
        .draw()?;
    for (place, name) in series.iter().enumerate() {
        let colour = COLOURS[place % COLOURS.len()];
        let bar = |(number, (_, bars)): (usize, &(String, Bars))| {
            let top = f64::from(rows)
                - f64::from(u32::try_from(number).unwrap_or(0) * of_group + u32::try_from(place).unwrap_or(0))
                - 0.5;
            let value = bars.get(place).map_or(0.0, |(_, value)| *value);
            Rectangle::new([(0.0, top), (value, top - 0.9)], colour.filled())
        };
        chart
            .draw_series(groups.iter().enumerate().map(bar))?
            .label(*name)
            .legend(move |(x, y)| Rectangle::new([(x, y - 4), (x + 10, y + 4)], colour.filled()));
    }
    let pixel = chart.plotting_area().get_pixel_range();
    for (number, (label, bars)) in groups.iter().enumerate() {
        let middle = (f64::from(u32::try_from(number)?) + 0.5) * f64::from(of_group) / f64::from(rows);
        let height = f64::from(pixel.1.end - pixel.1.start);
        #[expect(clippy::cast_possible_truncation, reason = "a drawing is some hundred pixels high")]
        let y = pixel.1.start + (middle * height) as i32 - 6;
        let values: Vec<String> = bars
            .iter()
            .map(|(_, value)| {
                if *value < 10.0 {
                    format!("{value:.2}")
                } else {
                    format!("{value:.0}")
                }
            })
            .collect();
        let label = format!("{label} ({})", values.join(" / "));
        root.draw(&Text::new(label, (10, y), ("sans-serif", 12)))?;
    }
    if series.len() > 1 {
        chart
            .configure_series_labels()
            .border_style(BLACK)
            .background_style(WHITE)
            .position(SeriesLabelPosition::LowerRight)
            .draw()?;
    }
    root.present()?;
    Ok(())
}
