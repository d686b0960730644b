//! What an account is told, from several sources, newest first; and what it has read of that. Only the marks are stored, in
//! two tables by the name of what is read: `<inbox>_read` for single ones, `<inbox>_mark` for everything until a moment.

use std::collections::HashSet;

use access::Instant;
use sea_orm::{ConnectionTrait, QueryResult, Value};

use super::{Side, When, Writer};
use crate::fault::Fault;
use crate::sql::statement;

/// Something that is told.
#[derive(Clone, Debug)]
pub struct Told<A> {
    /// When, of which record, and what.
    pub when: When,
    /// What it is about.
    pub about: A,
}

/// Something that is told, and whether it was marked read.
#[derive(Clone, Debug)]
pub struct Item<A> {
    /// What is told.
    pub told: Told<A>,
    /// Whether it was marked read.
    pub read: bool,
}

/// What is looked for in each source.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// Nothing before this moment.
    pub since: Instant,
    /// Only what comes after this place, newest first.
    pub before: Option<When>,
    /// About how many.
    pub limit: u64,
}

/// All that a source tells between two places, newest first.
#[derive(Debug)]
pub struct Stretch<A> {
    /// What it tells.
    pub told: Vec<Told<A>>,
    /// Down to where: nothing newer than this is missing, and there may be more after it. The end where `None`.
    pub reached: Option<When>,
}

impl<A> Default for Stretch<A> {
    fn default() -> Self {
        Self {
            told: Vec::new(),
            reached: None,
        }
    }
}

impl<A> Stretch<A> {
    /// What a source gave that was asked for so many: there may be more where it gave as many.
    pub fn of(told: Vec<Told<A>>, limit: u64) -> Self {
        let more = told.len() as u64 >= limit;
        let reached = told.last().map(|last| last.when.clone()).filter(|_| more);
        Self { told, reached }
    }

    /// The stretches of several sources as one: as far as all of them reach.
    pub fn merged(stretches: Vec<Self>) -> Self {
        let reached = stretches.iter().filter_map(|stretch| stretch.reached.clone()).max();
        let within = |told: &Told<A>| reached.as_ref().is_none_or(|reached| told.when >= *reached);
        let told = stretches.into_iter().flat_map(|stretch| stretch.told);
        let mut told: Vec<Told<A>> = told.filter(within).collect();
        told.sort_by(|one, other| other.when.cmp(&one.when));
        Self { told, reached }
    }
}

impl Side<'_> {
    /// Until when the account has marked everything read.
    ///
    /// # Errors
    /// The database's.
    pub async fn read_until(&self, inbox: &'static str) -> Result<Instant, Fault> {
        let text = format!("SELECT read_until FROM {inbox}_mark WHERE account_id = ?");
        let values = vec![self.scope().caller.account.into()];
        let rows = self.own_rows(&text, values).await?;
        let first = rows.first().map(|row| row.try_get("", "read_until"));
        Ok(first.transpose()?.unwrap_or(0))
    }

    /// These, each with whether the account marked it read: by itself, or all until a moment.
    ///
    /// # Errors
    /// The database's.
    pub async fn marked<A>(
        &self,
        inbox: &'static str,
        until: Instant,
        told: Vec<Told<A>>,
    ) -> Result<Vec<Item<A>>, Fault> {
        let (Some(newest), Some(oldest)) = (told.first(), told.last()) else {
            return Ok(Vec::new());
        };
        let text =
            format!("SELECT at, record_id, change FROM {inbox}_read WHERE account_id = ? AND at BETWEEN ? AND ?");
        let account = self.scope().caller.account;
        let values = vec![account.into(), oldest.when.at.into(), newest.when.at.into()];
        let place = |row: &QueryResult| {
            Ok(When {
                at: row.try_get("", "at")?,
                record_id: row.try_get("", "record_id")?,
                change: row.try_get("", "change")?,
            })
        };
        let rows = self.own_rows(&text, values).await?;
        let marked: HashSet<When> = rows.iter().map(place).collect::<Result<_, Fault>>()?;
        let item = |told: Told<A>| Item {
            read: told.when.at <= until || marked.contains(&told.when),
            told,
        };
        Ok(told.into_iter().map(item).collect())
    }

    /// Rows of the account's own marks. The text narrows to them.
    async fn own_rows(&self, text: &str, values: Vec<Value>) -> Result<Vec<QueryResult>, Fault> {
        let statement = statement(self.0.backend(), text, values);
        Ok(self.0.transaction().query_all_raw(statement).await?)
    }
}

/// Marks per statement.
const MARKS: usize = 500;

impl Writer<'_> {
    /// Marks these as read for the account; again changes nothing.
    ///
    /// # Errors
    /// The database's.
    pub async fn mark_read(&self, inbox: &'static str, items: &[When]) -> Result<(), Fault> {
        let (account, organisation) = (self.scope().caller.account, self.scope().caller.organisation);
        for chunk in items.chunks(MARKS) {
            let marks = vec!["(?, ?, ?, ?, ?)"; chunk.len()].join(", ");
            let text = format!(
                "INSERT INTO {inbox}_read (account_id, owner_id, at, record_id, change) VALUES {marks}
                 ON CONFLICT DO NOTHING"
            );
            let row = |item: &When| -> [Value; 5] {
                let change = item.change.as_str();
                [
                    account.into(),
                    organisation.into(),
                    item.at.into(),
                    item.record_id.into(),
                    change.into(),
                ]
            };
            self.execute_text(&text, chunk.iter().flat_map(row).collect()).await?;
        }
        Ok(())
    }

    /// Marks everything until now as read for the account.
    ///
    /// # Errors
    /// The database's.
    pub async fn mark_all_read(&self, inbox: &'static str) -> Result<(), Fault> {
        let (account, organisation) = (self.scope().caller.account, self.scope().caller.organisation);
        let text = format!(
            "INSERT INTO {inbox}_mark (account_id, owner_id, read_until) VALUES (?, ?, ?)
             ON CONFLICT (account_id) DO UPDATE SET read_until = excluded.read_until"
        );
        let now = self.scope().now;
        self.execute_text(&text, vec![account.into(), organisation.into(), now.into()])
            .await?;
        let older = format!("DELETE FROM {inbox}_read WHERE account_id = ? AND at <= ?");
        self.execute_text(&older, vec![account.into(), now.into()]).await?;
        Ok(())
    }
}
