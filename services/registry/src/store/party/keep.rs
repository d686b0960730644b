//! Registering and changing parties. A party that is registered already is not made twice: whoever registers it once
//! more becomes its custodian too. Of a person each custodian keeps its own names and sees no other's.

use std::collections::BTreeSet;

use access::Operation;
use foundation::check::same_version;
use foundation::{Code, Fault, Session, Writer};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};
use uuid::Uuid;

use super::kind;
use crate::model::identifier::Identifier;
use crate::model::party::entry::{NewParty, PartyChange, search_words};
use crate::model::region::RegionCode;
use crate::store::alias::{all_ids, survivor};
use crate::store::find::keep::index;
use crate::store::rows::{party, party_custodian, party_identifier, party_personal, party_trade_name, safety_region};
use crate::store::sector;

/// What came of registering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The party or site.
    pub id: Uuid,
    /// Whether it was registered before.
    pub before: bool,
}

/// Registers a party, or becomes custodian of the one that bears a number of it.
///
/// # Errors
/// Every fault at once; nothing is written then.
pub async fn register(session: &Session, new: NewParty) -> Result<Registered, Vec<Fault>> {
    let mut writer = session.writer(Operation::RegisterParties).await?;
    let faults = under_input(new.check());
    if !faults.is_empty() {
        return Err(faults);
    }
    let (row, before) = find_or_make(&writer, &new)
        .await
        .map_err(|fault| fault.under("input"))?;
    if !before {
        sector::put(&writer, row.id, &new.sectors).await?;
    }
    let joined = join(&writer, row.id).await?;
    if joined && kind(&row)?.is_person() {
        let names = party_personal::Model {
            party_id: row.id,
            organisation_id: writer.scope().caller.organisation,
            legal_name: new.legal_name.trim().to_owned(),
            trade_names: lines(&new.trade_names),
        };
        writer.insert(vec![names.into_active_model()]).await?;
    }
    if joined {
        refresh_search(&writer, row.id).await?;
        let change = if before { "kept" } else { "registered" };
        writer.noted("party", row.id, change, row.version);
    }
    writer.commit().await?;
    Ok(Registered { id: row.id, before })
}

/// Changes a party that the own inspectorate keeps.
///
/// # Errors
/// `NOT_FOUND`, `NOT_CUSTODIAN`, `STALE_VERSION`, or every fault of what was given.
pub async fn edit(session: &Session, id: Uuid, version: i32, change: PartyChange) -> Result<(), Vec<Fault>> {
    let mut writer = session.writer(Operation::KeepParties).await?;
    let row = held(&writer, id).await?;
    let (id, ids) = (row.id, all_ids(&writer, row.id).await?);
    same_version(version, row.version)?;
    let kind = kind(&row)?;
    let faults = under_input(change.check(kind));
    if !faults.is_empty() {
        return Err(faults);
    }
    if kind.is_person() {
        change_names_of_person(&writer, &ids, &change).await?;
    } else if let Some(names) = &change.trade_names {
        delete::<party_trade_name::Entity>(&writer, party_trade_name::Column::PartyId, id).await?;
        writer.insert(trade_names(id, names)).await?;
    }
    if let Some(identifiers) = &change.identifiers {
        delete::<party_identifier::Entity>(&writer, party_identifier::Column::PartyId, id).await?;
        let numbered = number(&writer, &ids, identifiers).await;
        numbered.map_err(|fault| fault.under("input"))?;
    }
    if let Some(sectors) = &change.sectors {
        sector::put(&writer, id, sectors).await?;
    }
    update(&writer, &row, &change, kind.is_person()).await?;
    refresh_search(&writer, id).await?;
    writer.noted("party", id, "edited", row.version + 1);
    Ok(writer.commit().await?)
}

/// The faults of an input.
pub fn under_input(faults: Vec<Fault>) -> Vec<Fault> {
    faults.into_iter().map(|fault| fault.under("input")).collect()
}

/// The party, held until the end of the transaction, when the own inspectorate keeps it, or what was merged into it.
///
/// # Errors
/// `NOT_FOUND` or `NOT_CUSTODIAN`.
pub async fn held(writer: &Writer<'_>, id: Uuid) -> Result<party::Model, Fault> {
    let now = survivor(writer, id).await?;
    let select = party::Entity::find_by_id(now).lock_exclusive();
    let row = writer.reference(select).await?.pop();
    let row = row.ok_or_else(|| Fault::new(Code::NotFound))?;
    if keeps(writer, now).await? {
        Ok(row)
    } else {
        Err(Fault::new(Code::NotCustodian))
    }
}

/// Whether the writer's organisation keeps a party, or what was merged into it.
///
/// # Errors
/// The database's.
pub async fn keeps(writer: &Writer<'_>, id: Uuid) -> Result<bool, Fault> {
    let ids = all_ids(writer, id).await?;
    is_custodian(writer, &ids).await
}

async fn is_custodian(writer: &Writer<'_>, ids: &[Uuid]) -> Result<bool, Fault> {
    let own = party_custodian::Entity::find().filter(party_custodian::Column::PartyId.is_in(ids.iter().copied()));
    Ok(!writer.own(own).await?.is_empty())
}

/// Makes anew by what an open party is found, and with whom it may be one: the one place where what is searched follows
/// what is kept.
///
/// # Errors
/// The database's.
pub async fn refresh_search(writer: &Writer<'_>, id: Uuid) -> Result<(), Fault> {
    let Some(row) = writer.reference(party::Entity::find_by_id(id)).await?.pop() else {
        return Ok(());
    };
    let trade_names = party_trade_name::Entity::find()
        .filter(party_trade_name::Column::PartyId.eq(id))
        .order_by_asc(party_trade_name::Column::Name);
    let trade_names = writer.reference(trade_names).await?;
    let names = row.legal_name.iter().chain(trade_names.iter().map(|row| &row.name));
    let words = search_words(kind(&row)?, names.map(String::as_str));
    let update = party::Entity::update_many()
        .col_expr(party::Column::NameWords, Expr::value(words))
        .filter(party::Column::Id.eq(id));
    writer.execute(&update.into_query()).await?;
    index(writer, &[id]).await
}

/// The safety region with this code.
///
/// # Errors
/// `UNKNOWN_REFERENCE`.
pub async fn region(writer: &Writer<'_>, code: Option<&RegionCode>) -> Result<Option<Uuid>, Fault> {
    let Some(code) = code else { return Ok(None) };
    let select = safety_region::Entity::find().filter(safety_region::Column::Code.eq(code.as_str()));
    let row = writer.reference(select).await?.pop();
    row.map(|row| Some(row.id)).ok_or_else(|| {
        Fault::new(Code::UnknownReference)
            .with("value", code)
            .at("safetyRegion")
    })
}

/// The party that is registered already, or a new one; whether it was there before.
async fn find_or_make(writer: &Writer<'_>, new: &NewParty) -> Result<(party::Model, bool), Fault> {
    let region = region(writer, new.region.as_ref()).await?;
    match known(writer, new, region).await? {
        Some(row) => Ok((row, true)),
        None => Ok((insert(writer, new, region).await?, false)),
    }
}

/// The party that is registered already: by its numbers, by the safety region that it is, and where it has neither, by
/// its very names. Two people may bear one name, so a person is known by numbers alone.
async fn known(writer: &Writer<'_>, new: &NewParty, region: Option<Uuid>) -> Result<Option<party::Model>, Fault> {
    let mut found: Vec<(String, Uuid)> = Vec::new();
    for (index, identifier) in new.identifiers.iter().enumerate() {
        let bearer = party_identifier::Entity::find().filter(is(identifier));
        let bearer = writer.reference(bearer).await?.pop();
        found.extend(bearer.map(|row| (format!("identifiers.{index}"), row.party_id)));
    }
    if let Some(region) = region {
        let select = party::Entity::find().filter(party::Column::RegionId.eq(region));
        let row = writer.reference(select).await?.pop();
        found.extend(row.map(|row| ("safetyRegion".to_owned(), row.id)));
    }
    if found.is_empty() && new.identifiers.is_empty() && region.is_none() && !new.kind.is_person() {
        return by_names(writer, new).await;
    }
    let Some((_, first)) = found.first().cloned() else {
        return Ok(None);
    };
    if let Some((field, other)) = found.into_iter().find(|(_, id)| *id != first) {
        return Err(taken(other).at(field));
    }
    Ok(writer.reference(party::Entity::find_by_id(first)).await?.pop())
}

async fn by_names(writer: &Writer<'_>, new: &NewParty) -> Result<Option<party::Model>, Fault> {
    let same = party::Entity::find()
        .filter(party::Column::Kind.eq(new.kind as i16))
        .filter(party::Column::NameWords.eq(words(new)))
        .order_by_asc(party::Column::Id);
    let same = writer.reference(same).await?;
    let numbered =
        party_identifier::Entity::find().filter(party_identifier::Column::PartyId.is_in(same.iter().map(|row| row.id)));
    let numbered: BTreeSet<Uuid> = writer
        .reference(numbered)
        .await?
        .iter()
        .map(|row| row.party_id)
        .collect();
    Ok(same.into_iter().find(|row| !numbered.contains(&row.id)))
}

fn words(new: &NewParty) -> String {
    let mut trade_names = new.trade_names.clone();
    trade_names.sort_unstable();
    let names = std::iter::once(&new.legal_name).chain(&trade_names);
    search_words(new.kind, names.map(String::as_str))
}

async fn insert(writer: &Writer<'_>, new: &NewParty, region: Option<Uuid>) -> Result<party::Model, Fault> {
    let row = party::Model {
        id: writer.id(),
        kind: new.kind as i16,
        legal_name: (!new.kind.is_person()).then(|| new.legal_name.trim().to_owned()),
        name_words: String::new(),
        version: 1,
        public_task: trimmed(new.public_task.as_ref()),
        delegating_authority: trimmed(new.delegating_authority.as_ref()),
        safety_management: new.safety_management,
        region_id: region,
    };
    writer.insert(vec![row.clone().into_active_model()]).await?;
    if !new.kind.is_person() {
        writer.insert(trade_names(row.id, &new.trade_names)).await?;
    }
    number(writer, &[row.id], &new.identifiers).await?;
    Ok(row)
}

/// Makes the own inspectorate a custodian; whether it was none before.
async fn join(writer: &Writer<'_>, party: Uuid) -> Result<bool, Fault> {
    if is_custodian(writer, &[party]).await? {
        return Ok(false);
    }
    let custodian = party_custodian::Model {
        party_id: party,
        organisation_id: writer.scope().caller.organisation,
    };
    writer.insert(vec![custodian.into_active_model()]).await?;
    Ok(true)
}

/// Gives a party its numbers: the first of these ids is its own, what was merged into it keeps what it has.
async fn number(writer: &Writer<'_>, ids: &[Uuid], identifiers: &[Identifier]) -> Result<(), Fault> {
    let row = |identifier: &Identifier| party_identifier::ActiveModel {
        party_id: Set(ids[0]),
        scheme: Set(identifier.scheme() as i16),
        value: Set(identifier.value().to_owned()),
    };
    let taken_at = writer
        .insert_unless_taken(identifiers.iter().map(row).collect())
        .await?;
    for place in taken_at {
        let bearer = party_identifier::Entity::find().filter(is(&identifiers[place]));
        let bearer = writer.reference(bearer).await?.pop();
        let bearer = bearer.map_or_else(Uuid::nil, |row| row.party_id);
        if !ids.contains(&bearer) {
            return Err(taken(bearer).at(format!("identifiers.{place}")));
        }
    }
    Ok(())
}

fn is(identifier: &Identifier) -> Condition {
    Condition::all()
        .add(party_identifier::Column::Scheme.eq(identifier.scheme() as i16))
        .add(party_identifier::Column::Value.eq(identifier.value()))
}

fn taken(party: Uuid) -> Fault {
    use foundation::ids::{prefix, write};
    Fault::new(Code::IdentifierTaken).with("id", write(prefix::PARTY, party).as_str())
}

fn trade_names(party: Uuid, names: &[String]) -> Vec<party_trade_name::ActiveModel> {
    let names: BTreeSet<&str> = names.iter().map(|name| name.trim()).collect();
    let row = |name: &str| party_trade_name::ActiveModel {
        party_id: Set(party),
        name: Set(name.to_owned()),
    };
    names.into_iter().map(row).collect()
}

async fn change_names_of_person(writer: &Writer<'_>, ids: &[Uuid], change: &PartyChange) -> Result<(), Fault> {
    use party_personal::Column as P;
    let mut update = party_personal::Entity::update_many()
        .filter(P::PartyId.is_in(ids.iter().copied()))
        .filter(P::OrganisationId.eq(writer.scope().caller.organisation));
    if let Some(name) = &change.legal_name {
        update = update.col_expr(P::LegalName, Expr::value(name.trim()));
    }
    if let Some(names) = &change.trade_names {
        update = update.col_expr(P::TradeNames, Expr::value(lines(names)));
    }
    if change.legal_name.is_some() || change.trade_names.is_some() {
        writer.execute(&update.into_query()).await?;
    }
    Ok(())
}

/// The party's own row with its next version: of a person nothing personal.
async fn update(writer: &Writer<'_>, row: &party::Model, change: &PartyChange, person: bool) -> Result<(), Fault> {
    use party::Column as C;
    let mut update = party::Entity::update_many()
        .col_expr(C::Version, Expr::value(row.version + 1))
        .filter(C::Id.eq(row.id));
    if let Some(name) = change.legal_name.as_ref().filter(|_| !person) {
        update = update.col_expr(C::LegalName, Expr::value(name.trim()));
    }
    if let Some(task) = &change.public_task {
        update = update.col_expr(C::PublicTask, Expr::value(trimmed(task.as_ref())));
    }
    if let Some(authority) = &change.delegating_authority {
        update = update.col_expr(C::DelegatingAuthority, Expr::value(trimmed(authority.as_ref())));
    }
    if let Some(has) = change.safety_management {
        update = update.col_expr(C::SafetyManagement, Expr::value(has));
    }
    writer.execute(&update.into_query()).await?;
    Ok(())
}

/// Deletes the rows of a party or site.
///
/// # Errors
/// The database's.
pub async fn delete<E: EntityTrait>(writer: &Writer<'_>, of: E::Column, id: Uuid) -> Result<(), Fault> {
    writer.execute(&E::delete_many().filter(of.eq(id)).into_query()).await?;
    Ok(())
}

fn trimmed(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn lines(names: &[String]) -> String {
    names.iter().map(|name| name.trim()).collect::<Vec<_>>().join("\n")
}
