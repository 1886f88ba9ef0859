//! Figures as lines, as JSON, and as a plot.

use std::{fs, path::Path, time::Duration};

use serde::Serialize;

/// One measured figure.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Figure {
    pub(crate) scenario: &'static str,
    pub(crate) name: String,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    /// What the figure should reach, as the design says it.
    pub(crate) target: Option<String>,
}

/// All figures of a run.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    started_at: String,
    processors: usize,
    figures: Vec<Figure>,
}

impl Report {
    pub(crate) fn new() -> Self {
        Self {
            started_at: chrono::Utc::now().to_rfc3339(),
            processors: std::thread::available_parallelism().map_or(0, usize::from),
            figures: vec![],
        }
    }

    /// Prints the figure and keeps it.
    pub(crate) fn add(&mut self, scenario: &'static str, name: impl Into<String>, value: f64, unit: &'static str) {
        self.add_with_target(scenario, name, value, unit, None);
    }

    pub(crate) fn add_with_target(
        &mut self,
        scenario: &'static str,
        name: impl Into<String>,
        value: f64,
        unit: &'static str,
        target: Option<&str>,
    ) {
        let figure = Figure { scenario, name: name.into(), value, unit, target: target.map(str::to_owned) };
        let target = figure.target.as_ref().map(|target| format!("  (target {target})")).unwrap_or_default();
        println!("{scenario:<9} {:<46} {:>12} {unit}{target}", figure.name, shown(value));
        self.figures.push(figure);
    }

    /// Writes the figures to `path`, and a plot beside it.
    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        fs::write(path, serde_json::to_string_pretty(self)? + "\n")?;
        fs::write(path.with_extension("svg"), self.plot())?;
        println!("report: {}", path.display());
        Ok(())
    }

    /// A bar for every figure, scaled to the largest of its unit within its scenario.
    fn plot(&self) -> String {
        const ROW: usize = 18;
        let rows = self.figures.iter().enumerate().map(|(row, figure)| {
            let alike =
                self.figures.iter().filter(|other| other.unit == figure.unit && other.scenario == figure.scenario);
            let largest = alike.map(|figure| figure.value).fold(f64::EPSILON, f64::max);
            let (y, width) = (row * ROW, figure.value / largest * 300.0);
            format!(
                "<text x=\"0\" y=\"{}\">{} {}</text><rect x=\"360\" y=\"{}\" width=\"{width:.1}\" height=\"12\"/>\
                 <text x=\"{:.0}\" y=\"{}\">{} {}</text>\n",
                y + 12,
                figure.scenario,
                escape(&figure.name),
                y + 2,
                368.0 + width,
                y + 12,
                shown(figure.value),
                figure.unit,
            )
        });
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"820\" height=\"{}\" font-family=\"sans-serif\" \
             font-size=\"11\" fill=\"#234\">\n{}</svg>\n",
            self.figures.len() * ROW + 8,
            rows.collect::<String>()
        )
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn shown(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

/// A quantile of latencies, in milliseconds. `latencies` is sorted by this call.
pub(crate) fn quantile_ms(latencies: &mut [Duration], quantile: f64) -> f64 {
    if latencies.is_empty() {
        return f64::NAN;
    }
    latencies.sort_unstable();
    let index = ((latencies.len() - 1) as f64 * quantile).round() as usize;
    latencies[index].as_secs_f64() * 1e3
}
