//! The feed of a root: computed by the policy, written with the change that moves it.

use std::collections::BTreeSet;

use access::FeedRow;
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
        all.push((shaped, rows(writer, shaped).await?));
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

#[derive(FromQueryResult)]
struct InChannel {
    channel: i64,
}

/// Writes the feed of a record anew, and a tombstone for each channel that it leaves.
///
/// # Errors
/// The database's.
pub async fn renew<R: Root>(writer: &Writer<'_>, shaped: Shaped<'_, R>) -> Result<(), Fault> {
    let id = shaped.record.head().id;
    let select = Query::select()
        .column(Alias::new("channel"))
        .from(Alias::new(Of::<R>::FEED))
        .take();
    let before: Vec<InChannel> = writer
        .hanging::<Of<R>, _>(&[id], select, Alias::new("record_id"))
        .await?;
    for feed in [Of::<R>::FEED, Of::<R>::SUBJECT_FEED] {
        let old = Query::delete()
            .from_table(Alias::new(feed))
            .and_where(Expr::col(Alias::new("record_id")).eq(id))
            .take();
        writer.execute(&old).await?;
    }
    let after = rows(writer, &shaped).await?;
    let after: BTreeSet<i64> = after.into_iter().map(|(channel, _)| channel).collect();
    add(writer, &[shaped]).await?;
    let left: BTreeSet<i64> = before
        .into_iter()
        .map(|row| row.channel)
        .filter(|channel| !after.contains(channel))
        .collect();
    let columns = [Alias::new("id"), record::<R>(), Alias::new("channel"), Alias::new("at")];
    let tombstone = |channel: i64| vec![writer.id().into(), id.into(), channel.into(), writer.scope().now.into()];
    let tombstones = left.into_iter().map(tombstone).collect();
    writer
        .insert_values(table::<R>("tombstone"), &columns, tombstones)
        .await
}

async fn rows<R: Root>(writer: &Writer<'_>, shaped: &Shaped<'_, R>) -> Result<Vec<(i64, FeedRow)>, Fault> {
    let mut rows = Vec::new();
    for row in access::feed(&shaped.record.head().shareable(shaped.grants)?) {
        let channel = match shaped.grants.iter().find(|grant| grant.id == row.grant) {
            Some(grant) => grant.channel,
            None => writer.channel(&row.channel).await?,
        };
        rows.push((channel, row));
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
