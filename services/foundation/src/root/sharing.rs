//! Grants: made, ended, and explained to whoever sees a record.

use std::collections::HashMap;

use access::{Audience, Channel, Grant, Operation, Tlp};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, Value};
use uuid::Uuid;

use super::grant::{self, Asked, Resolved};
use super::life;
use super::lookup::{Lookup, Wanted};
use super::{Of, Root, record, table};
use crate::fault::{Code, Fault};
use crate::reference::{account, circle, legal_basis, organisation, purpose};
use crate::session::{Loaded, Reader, Session, Writer, key};

/// A grant of a record.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct GrantRow {
    /// Its identity.
    pub id: Uuid,
    /// The record.
    pub record_id: Uuid,
    /// The record's owner.
    pub owner_id: Uuid,
    /// 1 everyone, 2 organisation, 3 circle, 4 account.
    pub audience_kind: i16,
    /// To whom; nil for everyone.
    pub audience: Uuid,
    /// For which purpose.
    pub purpose_id: Uuid,
    /// On which basis.
    pub legal_basis_id: Uuid,
    /// The channel that it opens.
    pub channel: i64,
    /// The account that made it.
    pub granted_by: Uuid,
    /// When.
    pub granted_at: i64,
    /// From when it holds.
    pub valid_from: i64,
    /// Until when, exclusive.
    pub valid_until: i64,
    /// When it was ended.
    pub revoked_at: Option<i64>,
    /// By which account.
    pub revoked_by: Option<Uuid>,
    /// Why.
    pub revoked_because: Option<String>,
}

/// The columns of a grant, but for the one that names the record.
const COLUMNS: [&str; 14] = [
    "id",
    "owner_id",
    "audience_kind",
    "audience",
    "purpose_id",
    "legal_basis_id",
    "channel",
    "granted_by",
    "granted_at",
    "valid_from",
    "valid_until",
    "revoked_at",
    "revoked_by",
    "revoked_because",
];

impl GrantRow {
    /// To whom it is made.
    pub fn to(&self) -> Option<Audience> {
        Some(match self.audience_kind {
            1 => Audience::Everyone,
            2 => Audience::Organisation(self.audience),
            3 => Audience::Circle(self.audience),
            4 => Audience::Account(self.audience),
            _ => return None,
        })
    }

    /// What the policy needs to know of it.
    pub(super) fn policy(&self) -> Option<Grant> {
        Some(Grant {
            id: self.id,
            audience: self.to()?,
            purpose: self.purpose_id,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            revoked: self.revoked_at.is_some(),
        })
    }

    fn values(&self) -> Vec<Value> {
        vec![
            self.id.into(),
            self.owner_id.into(),
            self.audience_kind.into(),
            self.audience.into(),
            self.purpose_id.into(),
            self.legal_basis_id.into(),
            self.channel.into(),
            self.granted_by.into(),
            self.granted_at.into(),
            self.valid_from.into(),
            self.valid_until.into(),
            self.revoked_at.into(),
            self.revoked_by.into(),
            self.revoked_because.clone().into(),
            self.record_id.into(),
        ]
    }
}

fn select<R: Root>() -> SelectStatement {
    Query::select()
        .columns(COLUMNS.map(Alias::new))
        .expr_as(Expr::col(record::<R>()), Alias::new("record_id"))
        .from(table::<R>("grant"))
        .take()
}

fn col(name: &'static str) -> Expr {
    Expr::col(Alias::new(name))
}

/// Shares a record.
///
/// # Errors
/// Every fault of the grant at once; nothing is written then.
pub async fn share<R: Root>(session: &Session, id: Uuid, asked: &Asked) -> Result<(), Vec<Fault>> {
    let mut writer = session.writer(Operation::Grant).await?;
    let record = writer.load::<Of<R>>(id).await?;
    let resolved = resolve(&writer, &*record, asked, "grant").await?;
    let row = row(&writer, &*record, &resolved).await?;
    add::<R>(&writer, &[row]).await?;
    life::save(&mut writer, &record, (*record).clone(), "shared").await?;
    Ok(writer.commit().await?)
}

/// The most grants that are made at once.
const AT_ONCE: usize = 50;

/// Shares a record with several at once: all of it, or nothing.
///
/// # Errors
/// Every fault of the grants at once; nothing is written then.
pub async fn share_all<R: Root>(session: &Session, id: Uuid, asked: Vec<Asked>) -> Result<(), Vec<Fault>> {
    let mut writer = session.writer(Operation::Grant).await?;
    let record = writer.load::<Of<R>>(id).await?;
    if asked.is_empty() {
        return Err(vec![Fault::new(Code::Required).at("grants")]);
    }
    if asked.len() > AT_ONCE {
        let fault = Fault::new(Code::TooMany).with("count", asked.len());
        return Err(vec![fault.with("maximum", AT_ONCE).at("grants")]);
    }
    let wanted = Wanted {
        grants: asked,
        ..Wanted::default()
    };
    let mut faults = Vec::new();
    let (tlp, now) = (record.head().labels()?.tlp, writer.scope().now);
    let grants = Lookup::find(&writer, &wanted)
        .await?
        .grants(&wanted.grants, tlp, now, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut rows = Vec::with_capacity(grants.len());
    for grant in &grants {
        rows.push(row(&writer, &*record, grant).await?);
    }
    add::<R>(&writer, &rows).await?;
    life::save(&mut writer, &record, (*record).clone(), "shared").await?;
    Ok(writer.commit().await?)
}

/// A grant on a record of which every reference exists and which its traffic light mark permits.
///
/// # Errors
/// Every fault at once, under the path of the input.
pub async fn resolve<R: Root>(
    writer: &Writer<'_>,
    record: &R,
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
    grant::permitted(record.head().labels()?.tlp, &resolved.audience, &asked.to).map_err(under)?;
    Ok(resolved)
}

/// Ends a grant; in force at commit. Gives the record that it was made on.
///
/// # Errors
/// `NOT_FOUND` when the grant is not one of the caller's own organisation, or was ended before.
pub async fn revoke<R: Root>(session: &Session, grant: Uuid, reason: Option<String>) -> Result<Uuid, Fault> {
    let mut writer = session.writer(Operation::Revoke).await?;
    let own = Query::select()
        .column(record::<R>())
        .from(table::<R>("grant"))
        .and_where(col("id").eq(grant))
        .and_where(col("owner_id").eq(writer.scope().caller.organisation))
        .and_where(col("revoked_at").is_null())
        .take();
    let found = writer
        .see(Of::<R>::find().filter(key::<Of<R>>().in_subquery(own)))
        .await?;
    let id = found
        .first()
        .map(|row| row.head().id)
        .ok_or_else(|| Fault::new(Code::NotFound))?;
    let record = writer.load::<Of<R>>(id).await?;
    end::<R>(&writer, vec![grant], reason.as_deref()).await?;
    life::save(&mut writer, &record, (*record).clone(), "revoked").await?;
    writer.commit().await?;
    Ok(id)
}

/// Ends the grants of a record that its new traffic light mark forbids.
///
/// # Errors
/// The database's.
pub async fn end_forbidden<R: Root>(writer: &Writer<'_>, record: &Loaded<R>, tlp: Tlp) -> Result<(), Fault> {
    let grants = all::<R>(writer, &[record.head().id]).await?;
    let forbidden: Vec<Uuid> = grants
        .iter()
        .filter(|grant| grant.revoked_at.is_none())
        .filter(|grant| grant.to().is_none_or(|audience| !tlp.permits(&audience)))
        .map(|grant| grant.id)
        .collect();
    if forbidden.is_empty() {
        return Ok(());
    }
    end::<R>(writer, forbidden, Some("TLP")).await
}

async fn end<R: Root>(writer: &Writer<'_>, grants: Vec<Uuid>, reason: Option<&str>) -> Result<(), Fault> {
    let scope = writer.scope();
    let update = Query::update()
        .table(table::<R>("grant"))
        .value(Alias::new("revoked_at"), scope.now)
        .value(Alias::new("revoked_by"), scope.caller.account)
        .value(Alias::new("revoked_because"), reason.map(str::to_owned))
        .and_where(col("id").is_in(grants))
        .and_where(col("revoked_at").is_null())
        .take();
    writer.execute(&update).await?;
    Ok(())
}

/// The row of a grant on a record of the caller's organisation.
///
/// # Errors
/// The database's.
pub async fn row<R: Root>(writer: &Writer<'_>, record: &R, grant: &Resolved) -> Result<GrantRow, Fault> {
    let channel = Channel::Granted {
        audience: grant.audience,
        purpose: grant.purpose,
    };
    let (audience_kind, audience, _) = channel.key();
    let head = record.head();
    Ok(GrantRow {
        id: writer.id(),
        record_id: head.id,
        owner_id: head.owner_id,
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

/// Writes new grants. They are in force when the record is saved, or placed, after it.
///
/// # Errors
/// The database's.
pub async fn add<R: Root>(writer: &Writer<'_>, rows: &[GrantRow]) -> Result<(), Fault> {
    let columns: Vec<Alias> = COLUMNS.map(Alias::new).into_iter().chain([record::<R>()]).collect();
    let rows = rows.iter().map(GrantRow::values).collect();
    writer.insert_values(table::<R>("grant"), &columns, rows).await
}

/// All grants of records that a write has seen.
///
/// # Errors
/// The database's.
pub async fn all<R: Root>(writer: &Writer<'_>, ids: &[Uuid]) -> Result<Vec<GrantRow>, Fault> {
    writer.hanging::<Of<R>, _>(ids, select::<R>(), record::<R>()).await
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

/// All grants of records of the caller's own organisation, oldest first.
///
/// # Errors
/// The database's.
pub async fn of<R: Root>(reader: &Reader<'_>, ids: &[Uuid]) -> Result<Vec<GrantRow>, Fault> {
    let mut own = select::<R>();
    own.and_where(col("owner_id").eq(reader.scope().caller.organisation));
    in_order::<R>(reader, ids, own).await
}

/// The grants through which the caller sees these records now, under the stated purpose.
///
/// # Errors
/// The database's.
pub async fn through<R: Root>(reader: &Reader<'_>, ids: &[Uuid]) -> Result<Vec<GrantRow>, Fault> {
    let scope = reader.scope();
    let live = Condition::all()
        .add(col("channel").is_in(scope.channels.iter().copied()))
        .add(col("revoked_at").is_null())
        .add(col("valid_from").lte(scope.now))
        .add(col("valid_until").gt(scope.now));
    let mut live_grants = select::<R>();
    live_grants.cond_where(live);
    in_order::<R>(reader, ids, live_grants).await
}

/// The grants through which the caller sees or saw these records under the stated purpose, and all of those that are its
/// own organisation's: live, ended or to begin.
///
/// # Errors
/// The database's.
pub async fn ever<R: Root>(reader: &Reader<'_>, ids: &[Uuid]) -> Result<Vec<GrantRow>, Fault> {
    let scope = reader.scope();
    let mine = Condition::any()
        .add(col("channel").is_in(scope.channels.iter().copied()))
        .add(col("owner_id").eq(scope.caller.organisation));
    let mut grants = select::<R>();
    grants.cond_where(mine);
    in_order::<R>(reader, ids, grants).await
}

async fn in_order<R: Root>(reader: &Reader<'_>, ids: &[Uuid], select: SelectStatement) -> Result<Vec<GrantRow>, Fault> {
    let mut rows: Vec<GrantRow> = reader.hanging::<Of<R>, _>(ids, select, record::<R>()).await?;
    rows.sort_by_key(|row| (row.granted_at, row.id));
    Ok(rows)
}
