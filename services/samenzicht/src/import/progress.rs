//! Progress for who waits: rows, rate and time left. A bar on a terminal, a line now and then elsewhere.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// How often a line is written when there is no terminal.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// Shows how far an import is.
pub struct Progress {
    total_bytes: u64,
    begun: Instant,
    said: Instant,
    bar: Option<ProgressBar>,
    quiet: bool,
}

impl Progress {
    /// On standard error: a bar on a terminal, lines elsewhere.
    pub fn stderr(total_bytes: u64) -> Self {
        let bar = (total_bytes > 0 && std::io::stderr().is_terminal()).then(|| {
            let style = ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(total_bytes).with_style(style)
        });
        Self {
            bar,
            ..Self::silent(total_bytes, false)
        }
    }

    /// Shows nothing, for tests.
    pub fn none() -> Self {
        Self::silent(0, true)
    }

    fn silent(total_bytes: u64, quiet: bool) -> Self {
        let now = Instant::now();
        Self {
            total_bytes,
            begun: now,
            said: now,
            bar: None,
            quiet,
        }
    }

    /// So many rows are dealt with, and so many bytes of the file.
    pub fn at(&mut self, rows: u64, bytes: u64) {
        let words = describe(rows, bytes, self.total_bytes, self.begun.elapsed());
        match &self.bar {
            Some(bar) => {
                bar.set_position(bytes);
                bar.set_message(words);
            }
            None if !self.quiet && self.said.elapsed() >= BETWEEN_LINES => {
                self.said = Instant::now();
                eprintln!("{words}");
            }
            None => {}
        }
    }

    /// Says a line beside the bar.
    pub fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| eprintln!("{line}")),
            None if !self.quiet => eprintln!("{line}"),
            None => {}
        }
    }

    /// Takes the bar away.
    pub fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// "12000 rows, 900 rows/s, 35 s left".
fn describe(rows: u64, bytes: u64, total_bytes: u64, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64().max(0.001);
    let rate = rows as f64 / seconds;
    let left = match bytes {
        0 => "time left unknown".to_owned(),
        _ => {
            let rest = total_bytes.saturating_sub(bytes) as f64 / (bytes as f64 / seconds);
            match rest.round() as u64 {
                whole if whole >= 120 => format!("{} min left", whole.div_ceil(60)),
                whole => format!("{whole} s left"),
            }
        }
    };
    format!("{rows} rows, {rate:.0} rows/s, {left}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_and_time_left_follow_what_is_done() {
        assert_eq!(
            describe(1000, 250, 1000, Duration::from_secs(10)),
            "1000 rows, 100 rows/s, 30 s left"
        );
        assert_eq!(
            describe(10, 1, 1000, Duration::from_secs(1)),
            "10 rows, 10 rows/s, 17 min left"
        );
        assert_eq!(
            describe(0, 0, 1000, Duration::from_secs(1)),
            "0 rows, 0 rows/s, time left unknown"
        );
    }
}
