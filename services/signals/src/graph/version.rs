//! Versions of a signal, as the graph shows them, and what changed since somebody read it.

use std::sync::Arc;

use async_graphql::{Context, Error, ID, Object, SimpleObject};
use foundation::Fault;
use foundation::graphql::kit::{DateTime, LIST_COST, PAGE_DEFAULT, PageInfo, State, page_cost};
use uuid::Uuid;

use super::door::door;
use super::listed::{Asked, page};
use super::signal::{At, Signal, again, signal_id};
use crate::model::fields::{self, Difference, Fields, differences, read};
use crate::store::listed::Slice;
use crate::store::{VersionRow, version};

/// A field with its value (veld).
#[derive(SimpleObject, Clone, Debug)]
pub struct FieldValue {
    /// The field's name in the graph.
    field: String,
    /// Its value in the graph's words; several for a list.
    values: Vec<String>,
}

/// A field that differs (verschil).
#[derive(SimpleObject, Clone, Debug)]
pub struct FieldDifference {
    /// The field's name in the graph.
    pub field: String,
    /// What it was, in the graph's words; empty where it had no value, several for a list.
    pub old: Vec<String>,
    /// What it became.
    pub new: Vec<String>,
}

impl From<Difference> for FieldDifference {
    fn from(difference: Difference) -> Self {
        let Difference { field, old, new } = difference;
        Self { field, old, new }
    }
}

/// What a signal was before a change (versie), without what is personal.
pub struct SignalVersion {
    row: VersionRow,
    content: Fields,
    current: Fields,
}

/// What a signal was before a change (versie), without what is personal.
#[Object]
impl SignalVersion {
    /// Its number (versienummer).
    async fn version(&self) -> i32 {
        i32::try_from(self.row.version).unwrap_or(i32::MAX)
    }

    /// From when it stood (sinds).
    async fn since(&self) -> DateTime {
        DateTime(self.row.since)
    }

    /// Until when it stood (tot).
    async fn until(&self) -> DateTime {
        DateTime(self.row.until)
    }

    /// Where the signal was in its life (staat).
    async fn state(&self) -> Result<State, Fault> {
        let state = access::State::from_number(self.row.state);
        Ok(state
            .ok_or_else(|| Fault::broken("a stored state outside its values"))?
            .into())
    }

    /// What it said (inhoud).
    async fn content(&self) -> Vec<FieldValue> {
        let value = |(field, values): (&String, &Vec<String>)| FieldValue {
            field: field.clone(),
            values: values.clone(),
        };
        self.content.iter().map(value).collect()
    }

    /// What has changed since, up to the signal as it is now (gewijzigd sindsdien).
    async fn changed_since(&self) -> Vec<FieldDifference> {
        let changed = differences(&self.content, &self.current);
        changed.into_iter().map(FieldDifference::from).collect()
    }
}

/// A page of versions (bladzijde), newest first.
#[derive(SimpleObject)]
pub struct SignalVersionConnection {
    /// The versions.
    nodes: Vec<SignalVersion>,
    /// Where the page ends.
    page_info: PageInfo,
}

/// What changed since the caller's account marked a signal as read (gewijzigd sinds gelezen).
#[derive(SimpleObject)]
pub struct SinceRead {
    /// The version that was read.
    version: i32,
    /// When it was marked as read (gelezen op).
    at: DateTime,
    /// What has changed since.
    differences: Vec<FieldDifference>,
}

/// What a signal was.
#[derive(Clone)]
pub struct SignalVersions(pub Arc<At>);

impl SignalVersions {
    /// What differs between a version and the signal as it is now; nothing when the caller may not see that version.
    async fn since(&self, version: i32) -> Result<Option<Vec<FieldDifference>>, Fault> {
        let at = &self.0;
        if version == at.seen.version {
            return Ok(Some(Vec::new()));
        }
        let slice = Slice {
            after: Some((i64::from(version) + 1, Uuid::nil())),
            limit: 1,
            history: false,
        };
        let rows = at.door.beside().versions.load_one((at.seen.id, slice)).await?;
        let row = rows.unwrap_or_default().pop();
        let Some(row) = row.filter(|row| row.version == i64::from(version)) else {
            return Ok(None);
        };
        let changed = differences(&read(&row.content)?, &at.fields().await?);
        Ok(Some(changed.into_iter().map(FieldDifference::from).collect()))
    }
}

impl At {
    /// The open content as fields.
    pub async fn fields(&self) -> Result<Fields, Fault> {
        let subjects = self.door.subjects(self.seen.id).await?;
        let regions: Vec<String> = self
            .door
            .regions(subjects.regions.clone())
            .await?
            .into_values()
            .collect();
        version::fields(&self.seen, &subjects, &regions)
    }
}

/// What a signal was.
#[Object]
impl SignalVersions {
    /// What it was before each change (versies), newest first: since its publication, and for the owner's side as a
    /// draft too.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn versions(
        &self,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<SignalVersionConnection, Fault> {
        let asked = Asked {
            first,
            after,
            history: false,
        };
        let (rows, page_info) = page(&self.0, &self.0.door.beside().versions, asked).await?;
        let current = self.0.fields().await?;
        let node = |row: VersionRow| {
            Ok(SignalVersion {
                content: fields::read(&row.content)?,
                current: current.clone(),
                row,
            })
        };
        let nodes = rows.into_iter().map(node).collect::<Result<_, Fault>>()?;
        Ok(SignalVersionConnection { nodes, page_info })
    }

    /// What has changed since a version (gewijzigd sinds); null when the caller may not see that version.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn changed_since(
        &self,
        #[graphql(desc = "The version that the client has.")] version: i32,
    ) -> Result<Option<Vec<FieldDifference>>, Fault> {
        self.since(version).await
    }

    /// What has changed since the caller's account marked it as read; null when it never did.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn changed_since_i_read(&self) -> Result<Option<SinceRead>, Fault> {
        let slice = Slice {
            after: None,
            limit: 1,
            history: false,
        };
        let at = &self.0;
        let marks = at.door.beside().marks.load_one((at.seen.id, slice)).await?;
        let Some(mark) = marks.unwrap_or_default().pop() else {
            return Ok(None);
        };
        Ok(self.since(mark.version).await?.map(|differences| SinceRead {
            version: mark.version,
            at: DateTime(mark.at),
            differences,
        }))
    }
}

/// A signal that was marked as read.
#[derive(SimpleObject)]
pub struct ReadPayload {
    /// The version that was marked.
    version: i32,
    /// The signal.
    signal: Option<Signal>,
}

/// Changes to what has been read.
#[derive(Default)]
pub struct VersionMutation;

/// Changes to what has been read.
#[Object]
impl VersionMutation {
    /// Marks a signal, as it is now, as read by the caller's account (als gelezen markeren).
    async fn mark_signal_read(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The signal's id, `sig_…`.")] id: ID,
    ) -> Result<Option<ReadPayload>, Error> {
        let id = signal_id(&id)?;
        let version = version::mark_read(door(context).session(), id).await?;
        Ok(Some(ReadPayload {
            version,
            signal: again(context, id).await?,
        }))
    }
}
