//! What stands about parties, sites and regions, for many of them at once. What was merged into a party is that party.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use super::Seen;
use super::feed::{self, FeedQuery};
use super::reader::{Page, Protected, Reader, cut};
use crate::fault::Fault;
use crate::reference::alias;
use crate::sql::statement;

/// The newest records about a subject.
#[derive(Clone, Debug)]
pub struct About<M> {
    /// The first page.
    pub page: Page<M>,
    /// Every id under which the subject is written.
    pub ids: Vec<Uuid>,
}

impl<M> Default for About<M> {
    fn default() -> Self {
        Self {
            page: Page::default(),
            ids: Vec::new(),
        }
    }
}

impl<M> About<M> {
    /// The query that the whole list answers.
    pub fn query(&self) -> FeedQuery {
        FeedQuery {
            subjects: self.ids.clone(),
            ..FeedQuery::default()
        }
    }
}

/// The ids of the newest records about a subject, the newest first.
struct Newest {
    records: Vec<Uuid>,
    more: bool,
}

/// An owner's latest record about a subject, as it is written.
#[derive(Clone, Copy, Debug, FromQueryResult)]
struct Latest {
    subject_id: Uuid,
    owner_id: Uuid,
    moment: i64,
    created_at: i64,
    record_id: Uuid,
}

impl Latest {
    fn place(&self) -> (i64, i64, Uuid) {
        (self.moment, self.created_at, self.record_id)
    }
}

impl Reader<'_> {
    /// The newest page of each of several subjects (party, site, region), in three statements for all of them. What was
    /// merged into a party is that party.
    ///
    /// # Errors
    /// The database's.
    pub async fn newest_per_subject<E: Protected>(
        &self,
        subjects: &[Uuid],
        limit: u64,
    ) -> Result<HashMap<Uuid, About<E::Model>>, Fault> {
        let beyond = limit.saturating_add(1);
        let subjects = alias::all_ids(self, subjects).await?;
        let written = alias::written(&subjects);
        let (text, values) = feed::newest_per_subject(self.scope(), E::SUBJECT_FEED, &written, beyond);
        let statement = statement(self.backend(), &text, values);
        let mut found: HashMap<Uuid, Vec<(i64, Uuid)>> = HashMap::new();
        for row in self.transaction().query_all_raw(statement).await? {
            let records = found.entry(row.try_get("", "subject_id")?).or_default();
            records.push((row.try_get("", "created_at")?, row.try_get("", "record_id")?));
        }
        let newest = |ids: &[Uuid]| {
            let all: BTreeSet<&(i64, Uuid)> = ids.iter().filter_map(|id| found.get(id)).flatten().collect();
            let mut records: Vec<Uuid> = all.into_iter().rev().map(|(_, record)| *record).collect();
            let more = cut(&mut records, limit);
            Newest { records, more }
        };
        let places: HashMap<Uuid, Newest> = subjects.iter().map(|(subject, ids)| (*subject, newest(ids))).collect();
        let seen = self
            .by_id::<E>(places.values().flat_map(|newest| &newest.records))
            .await?;
        let about = |(subject, ids): (Uuid, Vec<Uuid>)| {
            let Newest { records, more } = &places[&subject];
            let rows = records.iter().filter_map(|record| seen.get(record).cloned()).collect();
            let page = Page {
                rows,
                more: *more,
                reached: None,
            };
            (subject, About { page, ids })
        };
        Ok(subjects.into_iter().map(about).collect())
    }

    /// Of each of several subjects, and of each owner, the published record that is latest by a column of the feed, none
    /// later than now. For a root whose feed repeats the `state`. Three statements for all of them. What was merged into
    /// a party is that party.
    ///
    /// # Errors
    /// The database's.
    pub async fn latest_per_owner<E: Protected>(
        &self,
        subjects: &[Uuid],
        by: &'static str,
    ) -> Result<HashMap<Uuid, Vec<Seen<E::Model>>>, Fault> {
        let subjects = alias::all_ids(self, subjects).await?;
        let written = alias::written(&subjects);
        let (text, values) = feed::latest_per_owner(self.scope(), E::SUBJECT_FEED, &written, by);
        let rows = self
            .transaction()
            .query_all_raw(statement(self.backend(), &text, values))
            .await?;
        let mut found: HashMap<Uuid, Vec<Latest>> = HashMap::new();
        for row in rows {
            let latest = Latest::from_query_result(&row, "")?;
            found.entry(latest.subject_id).or_default().push(latest);
        }
        let seen = self
            .by_id::<E>(found.values().flatten().map(|latest| &latest.record_id))
            .await?;
        let latest = |ids: &Vec<Uuid>| {
            let mut of_owners: BTreeMap<Uuid, &Latest> = BTreeMap::new();
            for latest in ids.iter().filter_map(|id| found.get(id)).flatten() {
                let of_owner = of_owners.entry(latest.owner_id).or_insert(latest);
                if latest.place() > of_owner.place() {
                    *of_owner = latest;
                }
            }
            let records = of_owners.into_values().map(|latest| latest.record_id);
            records.filter_map(|record| seen.get(&record).cloned()).collect()
        };
        Ok(subjects.iter().map(|(subject, ids)| (*subject, latest(ids))).collect())
    }

    async fn by_id<E: Protected>(
        &self,
        ids: impl Iterator<Item = &Uuid>,
    ) -> Result<HashMap<Uuid, Seen<E::Model>>, Fault> {
        let mut ids: Vec<Uuid> = ids.copied().collect();
        ids.sort_unstable();
        ids.dedup();
        let seen = self.at_places::<E>(&ids).await?;
        Ok(seen.into_iter().map(|record| (E::id(&record), record)).collect())
    }
}
