//! What was measured: rows of promise and figure, and the figures behind them for the plots.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Bench;

/// Whether a promise is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// It is.
    Kept,
    /// It is not.
    Short,
}

impl Verdict {
    /// Of a condition.
    pub fn of(kept: bool) -> Self {
        if kept { Self::Kept } else { Self::Short }
    }
}

/// A promise beside what was measured.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Row {
    /// What was measured.
    pub what: String,
    /// The figure that is promised.
    pub promised: String,
    /// The figure that came out.
    pub measured: String,
    /// Whether the promise is kept.
    pub verdict: Verdict,
}

/// All that was measured in a run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Report {
    /// The machine, the versions, the day.
    pub machine: String,
    /// How many signals there were.
    pub signals: u64,
    /// Promises and figures.
    pub rows: Vec<Row>,
    /// The figures behind them.
    pub figures: Map<String, Value>,
}

impl Report {
    /// The report of this run, or what an earlier one left in the folder, to which is added.
    pub fn begin(folder: &Path, signals: u64) -> Self {
        let earlier = std::fs::read_to_string(file(folder, signals)).ok();
        let earlier: Option<Self> = earlier.and_then(|text| serde_json::from_str(&text).ok());
        Self {
            machine: machine(),
            signals,
            ..earlier.unwrap_or_default()
        }
    }

    /// Keeps how long filling took and how large it became.
    pub async fn filled(&mut self, bench: &Bench) {
        if let Some(seconds) = bench.filled_in {
            let size = "SELECT pg_database_size(current_database()) >> 20";
            let size = bench.behind.number(size, vec![]).await;
            self.figure("filled", json!({ "seconds": seconds, "mebibytes": size }));
        }
    }

    /// Adds a row, instead of an earlier one of the same name, and tells it.
    pub fn row(&mut self, what: &str, promised: &str, measured: String, kept: bool) {
        self.rows.retain(|row| row.what != what);
        let verdict = Verdict::of(kept);
        eprintln!("{what}: {measured} (promised: {promised}) {verdict:?}");
        self.rows.push(Row {
            what: what.to_owned(),
            promised: promised.to_owned(),
            measured,
            verdict,
        });
    }

    /// Adds how the pages of each list with one filter compare with those of a report on fewer signals.
    pub fn growth(&mut self, folder: &Path, fewer: u64) {
        let small = Self::begin(folder, fewer);
        let pages = |report: &Self| -> BTreeMap<String, u64> {
            let all = report
                .figures
                .get("pages")
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            let one = all
                .into_iter()
                .filter(|each| each["combined"] == false && each["places"].is_u64());
            one.map(|each| {
                let number = |name: &str| each[name].as_u64().unwrap_or_default();
                (
                    format!("{}, {}", each["reader"], each["filter"]),
                    number("places") + number("signals"),
                )
            })
            .collect()
        };
        let (before, now) = (pages(&small), pages(self));
        let grown = now
            .iter()
            .filter_map(|(name, pages)| Some((name, *pages, *before.get(name)?)));
        let grown: Vec<(&String, u64, u64)> = grown.collect();
        let within = grown.iter().filter(|(_, now, before)| now * 2 <= before * 3).count();
        let worst = grown.iter().max_by_key(|(_, now, before)| now * 1000 / before.max(&1));
        let worst = worst
            .map(|(name, now, before)| format!("{name}: {now} beside {before}"))
            .unwrap_or_default();
        if !grown.is_empty() {
            let measured = format!(
                "{within} of {} within; the most: {}",
                grown.len(),
                worst.replace('"', "")
            );
            self.row(
                "the same beside 100,000 signals",
                "≤ 1.5 times the pages",
                measured,
                within == grown.len(),
            );
        }
    }

    /// Keeps figures under a name.
    pub fn figure(&mut self, name: &str, value: Value) {
        self.figures.insert(name.to_owned(), value);
    }

    /// Writes it into the folder.
    pub fn write(&self, folder: &Path) {
        std::fs::create_dir_all(folder).expect("the folder of results can be made");
        let text = serde_json::to_string_pretty(self).expect("a report is JSON");
        std::fs::write(file(folder, self.signals), text).expect("the results can be written");
    }

    /// The rows as a table.
    pub fn table(&self) -> String {
        let mut text = format!("{} signals, {}\n\n", self.signals, self.machine);
        text += "| what | promised | measured | |\n|---|---|---|---|\n";
        for row in &self.rows {
            let verdict = if row.verdict == Verdict::Kept {
                "kept"
            } else {
                "**short**"
            };
            let _ = writeln!(
                text,
                "| {} | {} | {} | {verdict} |",
                row.what, row.promised, row.measured
            );
        }
        text
    }
}

fn file(folder: &Path, signals: u64) -> std::path::PathBuf {
    folder.join(format!("bench-{signals}.json"))
}

/// What it ran on.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let after = |text: &str, key: &str| {
        let line = text.lines().find(|line| line.starts_with(key));
        let value = line
            .and_then(|line| line.split_once(':'))
            .map(|(_, value)| value.trim().to_owned());
        value.unwrap_or_else(|| "?".to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = after(&read("/proc/meminfo"), "MemTotal");
    let gib = memory
        .split(' ')
        .next()
        .and_then(|kib| kib.parse::<u64>().ok())
        .unwrap_or_default()
        >> 20;
    let load = read("/proc/loadavg");
    let load = load.split(' ').next().unwrap_or("?");
    let day = jiff::Zoned::now().date();
    let model = after(&read("/proc/cpuinfo"), "model name");
    format!("{cores} cores ({model}), {gib} GiB, {day}; load of the machine at the beginning {load}")
}
