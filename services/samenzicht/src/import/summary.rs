//! What became of a delivery.

use std::fmt;
use std::time::Duration;

use super::parties::Counts;
use super::wire::Outcome;

/// Counts of an import: `created + changed + unchanged + rejected = rows`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Summary {
    /// Records of the file that were dealt with.
    pub rows: u64,
    /// New on the platform.
    pub created: u64,
    /// There, and different now.
    pub changed: u64,
    /// There just so.
    pub unchanged: u64,
    /// Refused, by the mapping or by the platform.
    pub rejected: u64,
    /// How long it took.
    pub took: Duration,
    /// Nothing was written.
    pub dry_run: bool,
    /// What was done about the parties that rows are about, where they were looked up.
    pub parties: Option<Counts>,
}

impl Summary {
    /// Counts one record.
    pub fn count(&mut self, outcome: Outcome) {
        self.rows += 1;
        match outcome {
            Outcome::Created => self.created += 1,
            Outcome::Changed => self.changed += 1,
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::Rejected => self.rejected += 1,
        }
    }

    /// Records per second.
    pub fn rate(&self) -> f64 {
        self.rows as f64 / self.took.as_secs_f64().max(0.001)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.dry_run {
            writeln!(f, "dry run: nothing was written")?;
        }
        let counts = [
            ("rows", self.rows),
            ("created", self.created),
            ("changed", self.changed),
            ("unchanged", self.unchanged),
            ("rejected", self.rejected),
        ];
        for (name, count) in counts {
            writeln!(f, "{name:<10} {count:>10}")?;
        }
        if let Some(parties) = self.parties {
            writeln!(f, "{:<10} {:>10}", "parties", parties.parties)?;
            let new = (parties.parties_registered, parties.sites_registered);
            writeln!(f, "{:<10} {:>10} parties, {} sites", "registered", new.0, new.1)?;
        }
        writeln!(f, "{:<10} {:>10.1}", "seconds", self.took.as_secs_f64())?;
        write!(f, "{:<10} {:>10.0}", "rows/s", self.rate())
    }
}
