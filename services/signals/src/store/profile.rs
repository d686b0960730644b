//! Import profiles: proposed by a case system or steward, approved by a data steward of the same inspectorate.

use access::Operation;
use foundation::{Code, Fault, Reader, Session, Writer};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryTrait};

use super::rows::import_profile as row;
use crate::model::profile::{Allowance, ImportProfile, hash};
use crate::model::signal;

/// The longest mapping, in characters.
const MAPPING_MAXIMUM: usize = 200_000;

fn profile(row: row::Model) -> ImportProfile {
    ImportProfile {
        name: row.name,
        hash: row.hash,
        mapping: row.mapping,
        proposed_by: row.proposed_by,
        proposed_at: row.proposed_at,
        approved_at: row.approved_at,
    }
}

/// The own inspectorate's profiles, or the one with this hash; newest first.
///
/// # Errors
/// `FORBIDDEN` for roles that have nothing to do with profiles; the database's.
pub async fn own(reader: &Reader<'_>, hash: Option<&str>) -> Result<Vec<ImportProfile>, Fault> {
    let caller = &reader.scope().caller;
    access::may_ever(&caller.roles, Operation::ProposeProfile)
        .map_err(|_| Fault::new(Code::Forbidden).with("operation", Operation::ProposeProfile.code()))?;
    let mut rows = row::Entity::find();
    if let Some(hash) = hash {
        rows = rows.filter(row::Column::Hash.eq(hash));
    }
    let mut rows = reader.own(rows).await?;
    rows.sort_by_key(|row| std::cmp::Reverse((row.proposed_at, row.id)));
    Ok(rows.into_iter().map(profile).collect())
}

async fn one(writer: &Writer<'_>, hash: &str) -> Result<Option<ImportProfile>, Fault> {
    let rows = row::Entity::find().filter(row::Column::Hash.eq(hash));
    Ok(writer.own(rows).await?.pop().map(profile))
}

/// Puts a mapping up for approval; the same mapping again changes nothing.
///
/// # Errors
/// Every fault at once.
pub async fn propose(session: &Session, name: String, mapping: String) -> Result<ImportProfile, Vec<Fault>> {
    let writer = session.writer(Operation::ProposeProfile).await?;
    let mut faults = Vec::new();
    signal::required("name", &name, 200, &mut faults);
    signal::required("mapping", &mapping, MAPPING_MAXIMUM, &mut faults);
    faults.extend(Allowance::read(&mapping).err());
    if !faults.is_empty() {
        return Err(faults);
    }
    let hash = hash(&mapping);
    if let Some(known) = one(&writer, &hash).await? {
        return Ok(known);
    }
    let scope = writer.scope();
    let new = row::Model {
        id: writer.id(),
        organisation_id: scope.caller.organisation,
        name,
        hash,
        mapping,
        proposed_by: scope.caller.account,
        proposed_at: scope.now,
        approved_by: None,
        approved_at: None,
    };
    writer
        .insert(vec![sea_orm::IntoActiveModel::into_active_model(new.clone())])
        .await?;
    writer.commit().await?;
    Ok(profile(new))
}

/// Approves a mapping of the own inspectorate.
///
/// # Errors
/// `NOT_FOUND` when no such mapping was proposed in the own inspectorate.
pub async fn approve(session: &Session, hash: &str) -> Result<ImportProfile, Fault> {
    let writer = session.writer(Operation::ApproveProfile).await?;
    let known = one(&writer, hash)
        .await?
        .ok_or_else(|| Fault::new(Code::NotFound).at("hash"))?;
    if known.approved_at.is_some() {
        return Ok(known);
    }
    let now = writer.scope().now;
    let approved = row::ActiveModel {
        approved_by: Set(Some(writer.scope().caller.account)),
        approved_at: Set(Some(now)),
        ..Default::default()
    };
    let update = row::Entity::update_many()
        .set(approved)
        .filter(row::Column::OrganisationId.eq(writer.scope().caller.organisation))
        .filter(row::Column::Hash.eq(hash));
    writer.execute(&update.into_query()).await?;
    writer.commit().await?;
    Ok(ImportProfile {
        approved_at: Some(now),
        ..known
    })
}

/// What the approved mapping with this hash allows.
///
/// # Errors
/// `PROFILE_NOT_APPROVED`.
pub async fn allowance(writer: &Writer<'_>, hash: &str) -> Result<Allowance, Fault> {
    let unapproved = || Fault::new(Code::ProfileNotApproved).at("profile");
    let profile = one(writer, hash)
        .await?
        .filter(|profile| profile.approved_at.is_some())
        .ok_or_else(unapproved)?;
    Allowance::read(&profile.mapping)
}
