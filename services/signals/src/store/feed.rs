//! The feed of a signal: computed by the policy, written with the change that moves it.

use std::collections::BTreeSet;

use access::{Audience, FeedRow, Grant, Shareable, State, Tlp};
use foundation::{Fault, Writer};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryTrait};
use uuid::Uuid;

use super::rows::{signal_feed, signal_subject_feed, signal_tombstone};
use super::{GrantRow, SignalRow};

/// A signal with what its feed depends on.
pub struct Shaped<'a> {
    /// The signal.
    pub signal: &'a SignalRow,
    /// What it is about.
    pub subjects: Vec<Uuid>,
    /// All its grants, live or not.
    pub grants: &'a [GrantRow],
}

/// Writes the feed of new signals.
///
/// # Errors
/// The database's.
pub async fn add(writer: &Writer<'_>, signals: &[Shaped<'_>]) -> Result<(), Fault> {
    let (mut feed, mut subjects) = (Vec::new(), Vec::new());
    for shaped in signals {
        for row in rows(writer, shaped).await? {
            subjects.extend(shaped.subjects.iter().map(|subject| of_subject(*subject, &row)));
            feed.push(row);
        }
    }
    writer.insert(feed).await?;
    writer.insert(subjects).await
}

/// Adds the rows of one new grant to the feed of a signal, and touches no others.
///
/// # Errors
/// The database's.
pub async fn add_grant(
    writer: &Writer<'_>,
    signal: &SignalRow,
    subjects: Vec<Uuid>,
    grant: &GrantRow,
) -> Result<(), Fault> {
    let shaped = Shaped {
        signal,
        subjects,
        grants: std::slice::from_ref(grant),
    };
    let rows = access::feed(&shareable(&shaped)?);
    let rows: Vec<_> = rows
        .iter()
        .filter(|row| row.grant == grant.id)
        .map(|row| of_signal(signal, grant.channel, row))
        .collect();
    let about = rows
        .iter()
        .flat_map(|row| shaped.subjects.iter().map(|subject| of_subject(*subject, row)));
    let about = about.collect();
    writer.insert(rows).await?;
    writer.insert(about).await
}

/// Writes the feed of a signal anew, and a tombstone for each channel that it leaves.
///
/// # Errors
/// The database's.
pub async fn renew(writer: &Writer<'_>, shaped: Shaped<'_>) -> Result<(), Fault> {
    let id = shaped.signal.id;
    let before = writer.parts(&[id], signal_feed::Entity::find()).await?;
    let feed = signal_feed::Entity::delete_many().filter(signal_feed::Column::RecordId.eq(id));
    writer.execute(&feed.into_query()).await?;
    let subjects = signal_subject_feed::Entity::delete_many().filter(signal_subject_feed::Column::RecordId.eq(id));
    writer.execute(&subjects.into_query()).await?;
    let after: BTreeSet<i64> = rows(writer, &shaped)
        .await?
        .iter()
        .filter_map(|row| row.channel.try_as_ref().copied())
        .collect();
    add(writer, &[shaped]).await?;
    let left: BTreeSet<i64> = before
        .iter()
        .map(|row| row.channel)
        .filter(|channel| !after.contains(channel))
        .collect();
    let tombstones = left.into_iter().map(|channel| signal_tombstone::ActiveModel {
        id: Set(writer.id()),
        signal_id: Set(id),
        channel: Set(channel),
        at: Set(writer.scope().now),
    });
    writer.insert(tombstones.collect()).await
}

async fn rows(writer: &Writer<'_>, shaped: &Shaped<'_>) -> Result<Vec<signal_feed::ActiveModel>, Fault> {
    let signal = shaped.signal;
    let mut rows = Vec::new();
    for row in access::feed(&shareable(shaped)?) {
        let channel = match shaped.grants.iter().find(|grant| grant.id == row.grant) {
            Some(grant) => grant.channel,
            None => writer.channel(&row.channel).await?,
        };
        rows.push(of_signal(signal, channel, &row));
    }
    Ok(rows)
}

fn of_signal(signal: &SignalRow, channel: i64, row: &FeedRow) -> signal_feed::ActiveModel {
    signal_feed::ActiveModel {
        channel: Set(channel),
        rank: Set(signal.rank),
        created_at: Set(signal.created_at),
        record_id: Set(signal.id),
        grant_id: Set(row.grant),
        visible_from: Set(row.visible_from),
        visible_until: Set(row.visible_until),
        owner_id: Set(signal.owner_id),
        category: Set(signal.category.clone()),
        severity: Set(signal.severity),
        observed_at: Set(signal.observed_from),
    }
}

fn of_subject(subject: Uuid, row: &signal_feed::ActiveModel) -> signal_subject_feed::ActiveModel {
    let row = row.clone();
    signal_subject_feed::ActiveModel {
        subject_id: Set(subject),
        channel: row.channel,
        rank: row.rank,
        created_at: row.created_at,
        record_id: row.record_id,
        grant_id: row.grant_id,
        visible_from: row.visible_from,
        visible_until: row.visible_until,
        owner_id: row.owner_id,
        category: row.category,
        severity: row.severity,
        observed_at: row.observed_at,
    }
}

fn shareable(shaped: &Shaped<'_>) -> Result<Shareable, Fault> {
    let signal = shaped.signal;
    let unknown = || Fault::broken("a stored mark outside its values");
    Ok(Shareable {
        owner: signal.owner_id,
        author: signal.author_id,
        state: State::from_number(signal.state).ok_or_else(unknown)?,
        tlp: Tlp::from_number(signal.tlp).ok_or_else(unknown)?,
        retain_until: signal.retain_until,
        grants: shaped
            .grants
            .iter()
            .map(|row| grant(row).ok_or_else(unknown))
            .collect::<Result<_, _>>()?,
    })
}

fn grant(row: &GrantRow) -> Option<Grant> {
    Some(Grant {
        id: row.id,
        audience: audience(row)?,
        purpose: row.purpose_id,
        valid_from: row.valid_from,
        valid_until: row.valid_until,
        revoked: row.revoked_at.is_some(),
    })
}

/// To whom a stored grant is made.
pub fn audience(row: &GrantRow) -> Option<Audience> {
    Some(match row.audience_kind {
        1 => Audience::Everyone,
        2 => Audience::Organisation(row.audience),
        3 => Audience::Circle(row.audience),
        4 => Audience::Account(row.audience),
        _ => return None,
    })
}
