//! Mandates: kept by an administrator of the own inspectorate, seen by every admitted account.

use std::collections::{BTreeSet, HashMap};

use access::{FOREVER, Instant, Operation};
use foundation::check::{far_date, same_version};
use foundation::clock::{date_of, end_of, start_of};
use foundation::reference::alias;
use foundation::{Code, Fault, Session, Writer};
use jiff::civil::Date;
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::party::keep::{region, under_input};
use super::party::kind;
use super::rows::{law, mandate, party, sector, site};
use crate::model::mandate::{Cover, Facts, Reason, applies, check};
use crate::model::party::PartyKind;
use crate::model::region::RegionCode;
use crate::model::sector::ancestors;

/// A law (wet).
pub use super::rows::law::Model as Law;
/// A mandate (toezichtmandaat).
pub use super::rows::mandate::Model as Mandate;

/// A mandate as it is registered.
#[derive(Clone, Debug)]
pub struct NewMandate {
    /// The code of the law.
    pub law: String,
    /// Only parties of this kind.
    pub kind: Option<PartyKind>,
    /// Only parties in this sector or a part of it.
    pub sector: Option<String>,
    /// Only parties in this safety region.
    pub region: Option<RegionCode>,
    /// Where it is laid down.
    pub legal_source: String,
    /// Its first day; today where nothing is said.
    pub starts: Option<Date>,
    /// Its last day, where it is known.
    pub ends: Option<Date>,
}

/// Which mandates; what is `None` does not narrow.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Those of this organisation.
    pub organisation: Option<Uuid>,
    /// Those under this law.
    pub law: Option<String>,
    /// Those that cover this kind alone.
    pub kind: Option<PartyKind>,
    /// Those that cover this sector alone.
    pub sector: Option<String>,
    /// Those that cover this safety region alone.
    pub region: Option<Uuid>,
    /// Those on this day; today where nothing is said.
    pub on: Option<Date>,
}

/// A mandate that applies to a party, with the reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applying {
    /// The mandate.
    pub mandate: Mandate,
    /// Why it applies.
    pub reasons: Vec<Reason>,
}

/// Registers what the own inspectorate supervises; the same mandate twice is one.
///
/// # Errors
/// Every fault of what was given; nothing is written then.
pub async fn register(session: &Session, new: NewMandate) -> Result<Mandate, Vec<Fault>> {
    let mut writer = session.writer(Operation::KeepMandates).await?;
    let mut faults = check(&new.legal_source);
    faults.extend(known(&writer, &new).await?);
    let region_id = region(&writer, new.region.as_ref()).await;
    let region_id = region_id.map_err(|fault| faults.push(fault)).unwrap_or_default();
    let today = date_of(writer.scope().now);
    let starts_at = start_of(new.starts.unwrap_or(today)).unwrap_or(FOREVER);
    let ends_at = new.ends.map_or(Some(FOREVER), end_of).unwrap_or_default();
    if starts_at >= ends_at {
        faults.push(Fault::new(Code::InvalidPeriod).at("ends"));
    }
    if !faults.is_empty() {
        return Err(under_input(faults));
    }
    let row = Mandate {
        id: writer.id(),
        organisation_id: writer.scope().caller.organisation,
        law: new.law,
        party_kind: new.kind.map(|kind| kind as i16),
        sector: new.sector,
        region_id,
        legal_source: new.legal_source.trim().to_owned(),
        starts_at,
        ends_at,
        version: 1,
    };
    if let Some(same) = same(&writer, &row).await? {
        return Ok(same);
    }
    writer.insert(vec![row.clone().into_active_model()]).await?;
    writer.noted("mandate", row.id, "registered", 1);
    writer.commit().await?;
    Ok(row)
}

/// Ends a mandate of the own inspectorate after this day, or today.
///
/// # Errors
/// `NOT_FOUND`, `NOT_OWNER`, `STALE_VERSION`, `INVALID_PERIOD`.
pub async fn end(session: &Session, id: Uuid, version: i32, last: Option<Date>) -> Result<Mandate, Fault> {
    let mut writer = session.writer(Operation::KeepMandates).await?;
    let row = writer.reference(mandate::Entity::find_by_id(id)).await?.pop();
    let row = row.ok_or_else(|| Fault::new(Code::NotFound).at("id"))?;
    if row.organisation_id != writer.scope().caller.organisation {
        return Err(Fault::new(Code::NotOwner).with("operation", Operation::KeepMandates.code()));
    }
    same_version(version, row.version)?;
    let last = last.unwrap_or_else(|| date_of(writer.scope().now));
    let ends_at = end_of(last).filter(|end| *end > row.starts_at);
    let ends_at = ends_at.ok_or_else(|| Fault::new(Code::InvalidPeriod).at("ends"))?;
    let update = mandate::Entity::update_many()
        .col_expr(mandate::Column::EndsAt, Expr::value(ends_at))
        .col_expr(mandate::Column::Version, Expr::value(row.version + 1))
        .filter(mandate::Column::Id.eq(id));
    writer.execute(&update.into_query()).await?;
    writer.noted("mandate", id, "ended", row.version + 1);
    writer.commit().await?;
    Ok(Mandate {
        ends_at,
        version: row.version + 1,
        ..row
    })
}

/// All laws, by code.
///
/// # Errors
/// The account or purpose does not stand, or the database's.
pub async fn laws(session: &Session) -> Result<Vec<Law>, Fault> {
    let select = law::Entity::find().order_by_asc(law::Column::Code);
    session.directory().await?.vocabulary(select).await
}

/// The wanted mandates, in the order in which they were registered, at most so many, after the one with this id.
///
/// # Errors
/// The account or purpose does not stand, or the database's.
pub async fn list(session: &Session, wanted: &Wanted, after: Option<Uuid>, limit: u64) -> Result<Vec<Mandate>, Fault> {
    use mandate::Column as C;
    let directory = session.directory().await?;
    let narrowing: [Option<SimpleExpr>; 6] = [
        wanted.organisation.map(|id| C::OrganisationId.eq(id)),
        wanted.law.as_ref().map(|code| C::Law.eq(code)),
        wanted.kind.map(|kind| C::PartyKind.eq(kind as i16)),
        wanted.sector.as_ref().map(|code| C::Sector.eq(code)),
        wanted.region.map(|id| C::RegionId.eq(id)),
        after.map(|id| C::Id.gt(id)),
    ];
    let all = Condition::all().add(live(moment(wanted.on, directory.scope().now)?));
    let filter = narrowing.into_iter().flatten().fold(all, |all, one| all.add(one));
    let select = mandate::Entity::find().filter(filter).order_by_asc(C::Id).limit(limit);
    directory.vocabulary(select).await
}

/// The mandates that apply to these parties on a day, each with the reasons: eight statements for all of them.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn supervision(
    session: &Session,
    parties: &[Uuid],
    on: Option<Date>,
) -> Result<HashMap<Uuid, Vec<Applying>>, Fault> {
    let facts = facts(session, parties).await?;
    let directory = session.directory().await?;
    let select = mandate::Entity::find()
        .filter(live(moment(on, directory.scope().now)?))
        .order_by_asc(mandate::Column::OrganisationId)
        .order_by_asc(mandate::Column::Id);
    let mandates = directory.vocabulary(select).await?;
    let applying = |facts: &Facts| {
        let one = |row: &Mandate| {
            Some(Applying {
                reasons: applies(&cover(row), facts)?,
                mandate: row.clone(),
            })
        };
        mandates.iter().filter_map(one).collect()
    };
    Ok(facts.iter().map(|(id, facts)| (*id, applying(facts))).collect())
}

/// What mandates look at of these parties: sectors and sites of what was merged into them too.
async fn facts(session: &Session, parties: &[Uuid]) -> Result<HashMap<Uuid, Facts>, Fault> {
    let ids = || parties.iter().copied();
    let sectors = super::sector::of_parties(session, parties).await?;
    let reader = session.reader().await?;
    let rows = reader
        .reference(party::Entity::find().filter(party::Column::Id.is_in(ids())))
        .await?;
    let written = alias::all_ids(&reader, parties).await?;
    let sites = reader
        .reference(site::Entity::find().filter(site::Column::PartyId.is_in(alias::written(&written))))
        .await?;
    let mut found: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for site in sites {
        found.entry(site.party_id).or_default().extend(site.region_id);
    }
    let mut found = alias::together(&written, &found);
    let known = |row: party::Model| -> Result<(Uuid, Facts), Fault> {
        let mut regions: BTreeSet<Uuid> = found.remove(&row.id).unwrap_or_default().into_iter().collect();
        regions.extend(row.region_id);
        let within = sectors.get(&row.id).into_iter().flatten();
        let facts = Facts {
            kind: kind(&row)?,
            sectors: within
                .flat_map(|sector| ancestors(&sector.path))
                .map(str::to_owned)
                .collect(),
            regions,
        };
        Ok((row.id, facts))
    };
    rows.into_iter().map(known).collect()
}

/// What a mandate covers.
fn cover(row: &Mandate) -> Cover {
    Cover {
        kind: row.party_kind.and_then(PartyKind::from_number),
        sector: row.sector.clone(),
        region: row.region_id,
    }
}

fn moment(on: Option<Date>, now: Instant) -> Result<Instant, Fault> {
    on.map_or(Some(now), start_of).ok_or_else(far_date)
}

fn live(at: Instant) -> Condition {
    Condition::all()
        .add(mandate::Column::StartsAt.lte(at))
        .add(mandate::Column::EndsAt.gt(at))
}

/// The faults of references that are none.
async fn known(writer: &Writer<'_>, new: &NewMandate) -> Result<Vec<Fault>, Fault> {
    let mut faults = Vec::new();
    let unknown = |value: &str, field: &str| Fault::new(Code::UnknownReference).with("value", value).at(field);
    let law = law::Entity::find().filter(law::Column::Code.eq(&new.law));
    if writer.reference(law).await?.is_empty() {
        faults.push(unknown(&new.law, "law"));
    }
    if let Some(code) = &new.sector {
        let sector = sector::Entity::find().filter(sector::Column::Code.eq(code));
        if writer.reference(sector).await?.is_empty() {
            faults.push(unknown(code, "sector"));
        }
    }
    Ok(faults)
}

async fn same(writer: &Writer<'_>, row: &Mandate) -> Result<Option<Mandate>, Fault> {
    use mandate::Column as C;
    let select = mandate::Entity::find()
        .filter(C::OrganisationId.eq(row.organisation_id))
        .filter(C::Law.eq(&row.law));
    let alike = |other: &Mandate| {
        (
            other.party_kind,
            &other.sector,
            other.region_id,
            other.starts_at,
            other.ends_at,
            &other.legal_source,
        ) == (
            row.party_kind,
            &row.sector,
            row.region_id,
            row.starts_at,
            row.ends_at,
            &row.legal_source,
        )
    };
    Ok(writer.reference(select).await?.into_iter().find(alike))
}
