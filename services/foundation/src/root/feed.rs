//! The feed of a root: computed by the policy, written with the change that moves it.

use std::collections::{BTreeMap, BTreeSet};

use access::{FeedRow, State};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use super::{GrantRow, Of, Root, record, table};
use crate::fault::Fault;
use crate::session::{Protected, Writer};

/// A record with what its feed depends on.
pub struct Shaped<'a, R> {
    /// The record.
    pub record: &'a R,
    /// What it is about.
    pub subjects: Vec<Uuid>,
    /// All its grants, live or not.
    pub grants: &'a [GrantRow],
}

/// The columns that every feed has, before those that its lists are narrowed by.
const COLUMNS: [&str; 8] = [
    "channel",
    "rank",
    "created_at",
    "record_id",
    "grant_id",
    "visible_from",
    "visible_until",
    "owner_id",
];

/// Writes the feed of new records.
///
/// # Errors
/// The database's.
pub async fn add<R: Root>(writer: &Writer<'_>, records: &[Shaped<'_, R>]) -> Result<(), Fault> {
    let mut all = Vec::with_capacity(records.len());
    for shaped in records {
        let now = writer.scope().now;
        all.push((shaped, rows(writer, shaped, &[], now).await?));
    }
    write(writer, all).await
}

/// Adds the rows of the grants alone to the feed of a record that is there already: its owner's side stays untouched.
///
/// # Errors
/// The database's.
pub async fn add_grants<R: Root>(writer: &Writer<'_>, shaped: &Shaped<'_, R>) -> Result<(), Fault> {
    let feed = access::feed(&shaped.record.head().shareable(shaped.grants)?);
    let of_grant = |row: FeedRow| {
        let grant = shaped.grants.iter().find(|grant| grant.id == row.grant)?;
        Some((grant.channel, row))
    };
    write(writer, vec![(shaped, feed.into_iter().filter_map(of_grant).collect())]).await
}

/// Records with the rows of their feeds.
type WithRows<'a, 'b, R> = Vec<(&'a Shaped<'b, R>, Vec<(i64, FeedRow)>)>;

async fn write<R: Root>(writer: &Writer<'_>, records: WithRows<'_, '_, R>) -> Result<(), Fault> {
    let Some((first, _)) = records.first() else {
        return Ok(());
    };
    let filters = first.record.filters();
    let columns = COLUMNS.into_iter().chain(filters.iter().map(|(name, _)| *name));
    let columns: Vec<Alias> = columns.map(Alias::new).collect();
    let (mut feed, mut subjects) = (Vec::new(), Vec::new());
    for (shaped, rows) in &records {
        for (channel, row) in rows {
            let row = values(shaped.record, *channel, row);
            let about = |subject: &Uuid| row.iter().cloned().chain([(*subject).into()]).collect::<Vec<Value>>();
            subjects.extend(shaped.subjects.iter().map(about));
            feed.push(row);
        }
    }
    writer.insert_values(Alias::new(Of::<R>::FEED), &columns, feed).await?;
    let columns: Vec<Alias> = columns.into_iter().chain([Alias::new("subject_id")]).collect();
    writer
        .insert_values(Alias::new(Of::<R>::SUBJECT_FEED), &columns, subjects)
        .await
}

/// Where a record stood: a channel and the rank it had in it.
#[derive(FromQueryResult)]
struct Stood {
    channel: i64,
    grant_id: Uuid,
    rank: i16,
    visible_from: i64,
    visible_until: i64,
}

/// The columns of a tombstone, but for the one that names the record.
const TOMBSTONE: [&str; 7] = ["id", "channel", "at", "rank", "visible_from", "visible_until", "tx"];

/// Writes the feed of a record anew, and a tombstone for each channel and rank that it leaves after it could be seen
/// there. `was` is the state that the record had.
///
/// # Errors
/// The database's.
pub async fn renew<R: Root>(writer: &Writer<'_>, shaped: Shaped<'_, R>, was: State) -> Result<(), Fault> {
    let head = shaped.record.head();
    let id = head.id;
    let select = Query::select()
        .columns(["channel", "grant_id", "rank", "visible_from", "visible_until"].map(Alias::new))
        .from(Alias::new(Of::<R>::FEED))
        .take();
    let before: Vec<Stood> = writer
        .hanging::<Of<R>, _>(&[id], select, Alias::new("record_id"))
        .await?;
    for feed in [Of::<R>::FEED, Of::<R>::SUBJECT_FEED] {
        let old = Query::delete()
            .from_table(Alias::new(feed))
            .and_where(Expr::col(Alias::new("record_id")).eq(id))
            .take();
        writer.execute(&old).await?;
    }
    let stands = |grant: &GrantRow| before.iter().any(|stood| stood.grant_id == grant.id);
    let out_since = if was == State::Draft || shaped.grants.iter().all(stands) {
        writer.scope().now
    } else {
        published::<R>(writer, id).await?
    };
    let after = rows(writer, &shaped, &before, out_since).await?;
    let stands: BTreeSet<i64> = after.iter().map(|(channel, _)| *channel).collect();
    write(writer, vec![(&shaped, after)]).await?;
    let now = writer.scope().now;
    let mut left: BTreeMap<(i64, i16), (i64, i64)> = BTreeMap::new();
    for stood in before.into_iter().filter(|stood| stood.visible_from <= now) {
        if stood.rank != head.rank || !stands.contains(&stood.channel) {
            let (from, until) = left.entry((stood.channel, stood.rank)).or_insert((i64::MAX, i64::MIN));
            *from = Ord::min(stood.visible_from, *from);
            *until = Ord::max(stood.visible_until, *until);
        }
    }
    if left.is_empty() {
        return Ok(());
    }
    let number = writer.number().await?;
    let columns: Vec<Alias> = TOMBSTONE.map(Alias::new).into_iter().chain([record::<R>()]).collect();
    let tombstone = |((channel, rank), (from, until)): ((i64, i16), (i64, i64))| {
        vec![
            writer.id().into(),
            channel.into(),
            now.into(),
            rank.into(),
            from.into(),
            until.into(),
            number.into(),
            id.into(),
        ]
    };
    let tombstones = left.into_iter().map(tombstone).collect();
    writer
        .insert_values(table::<R>("tombstone"), &columns, tombstones)
        .await
}

#[derive(FromQueryResult)]
struct Published {
    at: i64,
}

/// When a record that is out was published; long ago, where it was never a draft or nobody remembers.
async fn published<R: Root>(writer: &Writer<'_>, id: Uuid) -> Result<i64, Fault> {
    let select = Query::select()
        .column(Alias::new("at"))
        .from(Alias::new(format!("{}_outbox", writer.service())))
        // As it stands in the index, which holds nothing else.
        .and_where(Expr::cust("change = 'published'"))
        .take();
    let events: Vec<Published> = writer
        .hanging::<Of<R>, _>(&[id], select, Alias::new("record_id"))
        .await?;
    Ok(events.iter().map(|event| event.at).max().unwrap_or(i64::MIN))
}

/// The rows that the policy gives a record that is out since then. A grant is seen from when it first counts, which may
/// be later than it was made: on a draft it waits for publication. What was frozen or narrowed comes back as it was. A
/// grant that has ended counts no more.
async fn rows<R: Root>(
    writer: &Writer<'_>,
    shaped: &Shaped<'_, R>,
    before: &[Stood],
    out_since: i64,
) -> Result<Vec<(i64, FeedRow)>, Fault> {
    let now = writer.scope().now;
    let mut rows = Vec::new();
    for mut row in access::feed(&shaped.record.head().shareable(shaped.grants)?) {
        let Some(grant) = shaped.grants.iter().find(|grant| grant.id == row.grant) else {
            rows.push((writer.channel(&row.channel).await?, row));
            continue;
        };
        let stood = before.iter().find(|stood| stood.grant_id == grant.id);
        row.visible_from = stood.map_or(Ord::max(row.visible_from, out_since), |stood| stood.visible_from);
        if row.visible_until > now {
            rows.push((grant.channel, row));
        }
    }
    Ok(rows)
}

fn values<R: Root>(record: &R, channel: i64, row: &FeedRow) -> Vec<Value> {
    let head = record.head();
    let common = [
        channel.into(),
        head.rank.into(),
        head.created_at.into(),
        head.id.into(),
        row.grant.into(),
        row.visible_from.into(),
        row.visible_until.into(),
        head.owner_id.into(),
    ];
    let filters = record.filters().into_iter().map(|(_, value)| value);
    common.into_iter().chain(filters).collect()
}
