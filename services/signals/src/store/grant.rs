//! Grants: made, ended, and explained to whoever sees a signal.

use std::collections::HashMap;

use access::{Channel, Operation, Tlp};
use foundation::reference::{account, circle, legal_basis, organisation, purpose};
use foundation::session::Loaded;
use foundation::{Code, Fault, Reader, Session, Writer};
use sea_orm::sea_query::Query;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryTrait};
use uuid::Uuid;

use super::lookup::{Lookup, Wanted};
use super::rows::{signal, signal_grant};
use super::{GrantRow, SignalRow, signal as signals};
use crate::model::grant::{self, Asked, Resolved};

/// Shares a signal.
///
/// # Errors
/// Every fault of the grant at once; nothing is written then.
pub async fn share(session: &Session, id: Uuid, asked: &Asked) -> Result<(), Vec<Fault>> {
    let mut writer = session.writer(Operation::Grant).await?;
    let record = writer.load::<signal::Entity>(id).await?;
    let resolved = resolve(&writer, &record, asked, "grant").await?;
    add(&writer, &record, &resolved).await?;
    signals::save(&mut writer, &record, (*record).clone(), "shared").await?;
    Ok(writer.commit().await?)
}

/// A grant on a signal of which every reference exists and which its traffic light mark permits.
///
/// # Errors
/// Every fault at once, under the path of the input.
pub async fn resolve(
    writer: &Writer<'_>,
    record: &Loaded<SignalRow>,
    asked: &Asked,
    path: &str,
) -> Result<Resolved, Vec<Fault>> {
    let under = |fault: Fault| fault.under(path);
    let wanted = Wanted {
        grants: vec![asked.clone()],
        ..Wanted::default()
    };
    let resolved = Lookup::find(writer, &wanted).await?.grant(asked, writer.scope().now);
    let resolved = resolved.map_err(|faults| faults.into_iter().map(under).collect::<Vec<_>>())?;
    let tlp = Tlp::from_number(record.tlp).ok_or_else(|| Fault::broken("a stored mark outside its values"))?;
    grant::permitted(tlp, &resolved.audience, &asked.to).map_err(under)?;
    Ok(resolved)
}

/// Adds a grant; in force once the signal is saved with it.
///
/// # Errors
/// The database's.
pub async fn add(writer: &Writer<'_>, record: &Loaded<SignalRow>, grant: &Resolved) -> Result<GrantRow, Fault> {
    let row = row(writer, record, grant).await?;
    writer.insert(vec![row.clone().into_active_model()]).await?;
    Ok(row)
}

/// Ends a grant; in force at commit. Gives the signal that it was made on.
///
/// # Errors
/// `NOT_FOUND` when the grant is not one of the caller's own organisation, or was ended before.
pub async fn revoke(session: &Session, grant: Uuid, reason: Option<String>) -> Result<Uuid, Fault> {
    let mut writer = session.writer(Operation::Revoke).await?;
    let own = Query::select()
        .column(signal_grant::Column::SignalId)
        .from(signal_grant::Entity)
        .and_where(signal_grant::Column::Id.eq(grant))
        .and_where(signal_grant::Column::OwnerId.eq(writer.scope().caller.organisation))
        .and_where(signal_grant::Column::RevokedAt.is_null())
        .take();
    let found = writer
        .see(signal::Entity::find().filter(signal::Column::Id.in_subquery(own)))
        .await?;
    let id = found
        .first()
        .map(|row| row.id)
        .ok_or_else(|| Fault::new(Code::NotFound))?;
    let record = writer.load::<signal::Entity>(id).await?;
    end(&writer, signal_grant::Column::Id.eq(grant), reason.as_deref()).await?;
    signals::save(&mut writer, &record, (*record).clone(), "revoked").await?;
    writer.commit().await?;
    Ok(id)
}

/// Ends the grants of a signal that its new traffic light mark forbids.
///
/// # Errors
/// The database's.
pub async fn end_forbidden(writer: &Writer<'_>, record: &Loaded<SignalRow>, tlp: Tlp) -> Result<(), Fault> {
    let grants = writer.parts(&[record.id], signal_grant::Entity::find()).await?;
    let forbidden: Vec<Uuid> = grants
        .iter()
        .filter(|grant| grant.revoked_at.is_none())
        .filter(|grant| super::feed::audience(grant).is_none_or(|audience| !tlp.permits(&audience)))
        .map(|grant| grant.id)
        .collect();
    if forbidden.is_empty() {
        return Ok(());
    }
    end(writer, signal_grant::Column::Id.is_in(forbidden), Some("TLP")).await
}

async fn end(writer: &Writer<'_>, which: sea_orm::sea_query::SimpleExpr, reason: Option<&str>) -> Result<(), Fault> {
    let scope = writer.scope();
    let ended = signal_grant::ActiveModel {
        revoked_at: Set(Some(scope.now)),
        revoked_by: Set(Some(scope.caller.account)),
        revoked_because: Set(reason.map(str::to_owned)),
        ..Default::default()
    };
    let update = signal_grant::Entity::update_many().set(ended).filter(which);
    let update = update.filter(signal_grant::Column::RevokedAt.is_null());
    writer.execute(&update.into_query()).await?;
    Ok(())
}

/// The row of a grant on a signal of the caller's organisation.
///
/// # Errors
/// The database's.
pub async fn row(writer: &Writer<'_>, signal: &SignalRow, grant: &Resolved) -> Result<GrantRow, Fault> {
    let channel = Channel::Granted {
        audience: grant.audience,
        purpose: grant.purpose,
    };
    let (audience_kind, audience, _) = channel.key();
    Ok(GrantRow {
        id: writer.id(),
        signal_id: signal.id,
        owner_id: signal.owner_id,
        audience_kind,
        audience,
        purpose_id: grant.purpose,
        legal_basis_id: grant.legal_basis,
        channel: writer.channel(&channel).await?,
        granted_by: writer.scope().caller.account,
        granted_at: writer.scope().now,
        valid_from: grant.valid_from,
        valid_until: grant.valid_until,
        revoked_at: None,
        revoked_by: None,
        revoked_because: None,
    })
}

/// A grant with the codes that people know its references by.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The grant.
    pub row: GrantRow,
    /// The code or name of its audience; empty for everyone.
    pub audience: String,
    /// The code of its purpose.
    pub purpose: String,
    /// The code of its legal basis.
    pub legal_basis: String,
    /// The law and article of its legal basis.
    pub citation: String,
}

/// Puts the references of grants into codes, one query per vocabulary.
///
/// # Errors
/// The database's.
pub async fn explain(reader: &Reader<'_>, rows: Vec<GrantRow>) -> Result<Vec<Explained>, Fault> {
    let of = |kind: i16| -> Vec<Uuid> {
        rows.iter()
            .filter(|row| row.audience_kind == kind)
            .map(|row| row.audience)
            .collect()
    };
    let mut names: HashMap<Uuid, String> = HashMap::new();
    let (organisations, circles, accounts) = (of(2), of(3), of(4));
    if !organisations.is_empty() {
        let found = organisation::Entity::find().filter(organisation::Column::Id.is_in(organisations));
        names.extend(reader.reference(found).await?.into_iter().map(|row| (row.id, row.code)));
    }
    if !circles.is_empty() {
        let found = circle::Entity::find().filter(circle::Column::Id.is_in(circles));
        names.extend(reader.reference(found).await?.into_iter().map(|row| (row.id, row.code)));
    }
    if !accounts.is_empty() {
        let found = account::Entity::find().filter(account::Column::Id.is_in(accounts));
        names.extend(reader.reference(found).await?.into_iter().map(|row| (row.id, row.name)));
    }
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let purposes = purpose::Entity::find().filter(purpose::Column::Id.is_in(rows.iter().map(|row| row.purpose_id)));
    names.extend(
        reader
            .reference(purposes)
            .await?
            .into_iter()
            .map(|row| (row.id, row.code)),
    );
    let bases = rows.iter().map(|row| row.legal_basis_id);
    let bases = legal_basis::Entity::find().filter(legal_basis::Column::Id.is_in(bases));
    let bases: HashMap<Uuid, _> = reader
        .reference(bases)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let name = |id: &Uuid| names.get(id).cloned().unwrap_or_default();
    let explained = rows.into_iter().map(|row| {
        let basis = bases.get(&row.legal_basis_id);
        Explained {
            audience: name(&row.audience),
            purpose: name(&row.purpose_id),
            legal_basis: basis.map(|basis| basis.code.clone()).unwrap_or_default(),
            citation: basis.map(|basis| basis.citation.clone()).unwrap_or_default(),
            row,
        }
    });
    Ok(explained.collect())
}

/// All grants of signals of the caller's own organisation, oldest first.
///
/// # Errors
/// The database's.
pub async fn of(reader: &Reader<'_>, signals: &[Uuid]) -> Result<Vec<GrantRow>, Fault> {
    let own = signal_grant::Column::OwnerId.eq(reader.scope().caller.organisation);
    let mut rows = reader.parts(signals, signal_grant::Entity::find().filter(own)).await?;
    rows.sort_by_key(|row| (row.granted_at, row.id));
    Ok(rows)
}

/// The grants through which the caller sees these signals now, under the stated purpose.
///
/// # Errors
/// The database's.
pub async fn through(reader: &Reader<'_>, signals: &[Uuid]) -> Result<Vec<GrantRow>, Fault> {
    let scope = reader.scope();
    let live = signal_grant::Entity::find()
        .filter(signal_grant::Column::Channel.is_in(scope.channels.iter().copied()))
        .filter(signal_grant::Column::RevokedAt.is_null())
        .filter(signal_grant::Column::ValidFrom.lte(scope.now))
        .filter(signal_grant::Column::ValidUntil.gt(scope.now));
    let mut rows = reader.parts(signals, live).await?;
    rows.sort_by_key(|row| (row.granted_at, row.id));
    Ok(rows)
}
