//! The contact log of a party: the own inspectorate's alone. Inspectors and coordinators keep it of every party, an
//! account holder of those that it holds.

use std::cmp::Reverse;
use std::collections::HashMap;

use access::{Instant, MaskReason, Operation};
use foundation::check::same_version;
use foundation::reference::alias;
use foundation::session::Position;
use foundation::{Code, Fault, Session, Writer};
use sea_orm::sea_query::{Expr, ExprTrait, Order};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::holder::{assigned, is_assigned};
use super::party::keep::{delete, under_input};
use super::rows::{contact, contact_personal, party};
use super::window::first_of_each;
use crate::model::contact::{ContactChange, ContactKind, NewContact, assigned_only};

/// A contact without what is personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Its identity.
    pub id: Uuid,
    /// The party.
    pub party: Uuid,
    /// The account that logged it.
    pub account: Uuid,
    /// When it was.
    pub at: Instant,
    /// How.
    pub kind: ContactKind,
    /// What was said.
    pub summary: String,
    /// Its version.
    pub version: i32,
}

/// A place in a log, and how much from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// After this place, newest first.
    pub after: Option<(i64, Uuid)>,
    /// At most so many.
    pub limit: u64,
}

/// Logs a contact; the same one twice is one.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ACCOUNT_HOLDER`, or every fault of what was given.
pub async fn log(session: &Session, party_id: Uuid, new: NewContact) -> Result<Uuid, Vec<Fault>> {
    let mut writer = session.writer(Operation::KeepContacts).await?;
    let known = writer.reference(party::Entity::find_by_id(party_id)).await?;
    if known.is_empty() {
        return Err(Fault::new(Code::NotFound).at("partyId").into());
    }
    may_keep(&writer, party_id).await?;
    let change = ContactChange::from(new.clone());
    let faults = under_input(change.check(writer.scope().now));
    if !faults.is_empty() {
        return Err(faults);
    }
    let caller = &writer.scope().caller;
    let row = contact::Model {
        id: writer.id(),
        organisation_id: caller.organisation,
        account_id: caller.account,
        party_id,
        at: new.at,
        kind: new.kind as i16,
        summary: new.summary.trim().to_owned(),
        version: 1,
    };
    if let Some(same) = logged(&writer, &row).await? {
        return Ok(same.id);
    }
    let id = row.id;
    writer.insert(vec![row.into_active_model()]).await?;
    keep_persons(&writer, id, &new.persons).await?;
    writer.noted("contact", id, "logged", 1);
    writer.commit().await?;
    Ok(id)
}

/// Changes a contact of the own log.
///
/// # Errors
/// `NOT_FOUND` when hidden or absent, alike; `NOT_ACCOUNT_HOLDER`, `STALE_VERSION`, or every fault of what was given.
pub async fn edit(session: &Session, id: Uuid, version: i32, change: ContactChange) -> Result<(), Vec<Fault>> {
    use contact::Column as C;
    let mut writer = session.writer(Operation::KeepContacts).await?;
    let row = writer
        .own(contact::Entity::find_by_id(id).lock_exclusive())
        .await?
        .pop();
    let row = row.ok_or_else(|| Fault::new(Code::NotFound))?;
    may_keep(&writer, row.party_id).await?;
    same_version(version, row.version)?;
    let faults = under_input(change.check(writer.scope().now));
    if !faults.is_empty() {
        return Err(faults);
    }
    let summary = change.summary.as_ref().map_or(row.summary.as_str(), |text| text.trim());
    let update = contact::Entity::update_many()
        .col_expr(C::At, Expr::value(change.at.unwrap_or(row.at)))
        .col_expr(C::Kind, Expr::value(change.kind.map_or(row.kind, |kind| kind as i16)))
        .col_expr(C::Summary, Expr::value(summary))
        .col_expr(C::Version, Expr::value(row.version + 1))
        .filter(C::Id.eq(id));
    writer.execute(&update.into_query()).await?;
    if let Some(persons) = &change.persons {
        delete::<contact_personal::Entity>(&writer, contact_personal::Column::ContactId, id).await?;
        keep_persons(&writer, id, persons).await?;
    }
    writer.noted("contact", id, "edited", row.version + 1);
    Ok(writer.commit().await?)
}

/// One contact of the own log.
///
/// # Errors
/// `FORBIDDEN` for roles that keep no log; the database's.
pub async fn one(session: &Session, id: Uuid) -> Result<Option<Contact>, Fault> {
    let directory = session.directory().await?;
    let select = contact::Entity::find_by_id(id);
    let row = directory.own(Operation::KeepContacts, select).await?.pop();
    row.map(read).transpose()
}

/// The wanted contacts of these parties, newest first, one more than the limit where there is more. Parties of which the
/// caller keeps no log are not in the answer. The log of what was merged into a party is its own.
///
/// # Errors
/// `FORBIDDEN` for roles that keep no log; the database's.
pub async fn of_parties(
    session: &Session,
    parties: &[Uuid],
    wanted: Wanted,
) -> Result<HashMap<Uuid, Vec<Contact>>, Fault> {
    use contact::Column as C;
    let only = assigned_only(&session.directory().await?.scope().caller.roles);
    let parties: Vec<Uuid> = if only {
        assigned(session, parties).await?.into_iter().collect()
    } else {
        parties.to_vec()
    };
    let ids = alias::all_ids(&session.reader().await?, &parties).await?;
    let directory = session.directory().await?;
    let mut filter = Condition::all()
        .add(C::PartyId.is_in(alias::written(&ids)))
        .add(C::OrganisationId.eq(directory.scope().caller.organisation));
    if let Some((at, id)) = wanted.after {
        let place = Expr::tuple([Expr::col(C::At), Expr::col(C::Id)]);
        filter = filter.add(place.lt(Expr::tuple([Expr::val(at), Expr::val(id)])));
    }
    let order = [(C::At, Order::Desc), (C::Id, Order::Desc)];
    let first = first_of_each::<contact::Entity>(C::PartyId, &order, &[C::Id], filter, wanted.limit + 1);
    let select = contact::Entity::find()
        .filter(first)
        .order_by_desc(C::At)
        .order_by_desc(C::Id);
    let mut lists: HashMap<Uuid, Vec<Contact>> = HashMap::new();
    for row in directory.own(Operation::KeepContacts, select).await? {
        lists.entry(row.party_id).or_default().push(read(row)?);
    }
    let mut lists = alias::together(&ids, &lists);
    for list in lists.values_mut() {
        list.sort_by_key(|contact| Reverse((contact.at, contact.id)));
        list.truncate(usize::try_from(wanted.limit + 1).unwrap_or(usize::MAX));
    }
    Ok(lists)
}

/// With whom there was contact, or why it stays masked. What is shown is logged as unmasked.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn persons(session: &Session, ids: &[Uuid]) -> Result<HashMap<Uuid, Result<Vec<String>, MaskReason>>, Fault> {
    let reader = session.reader().await?;
    let rows = reader.unmask_kept::<contact_personal::Entity>(ids, "persons").await?;
    let persons = |row: contact_personal::Model| row.persons.lines().map(str::to_owned).collect();
    Ok(rows.into_iter().map(|(id, row)| (id, row.map(persons))).collect())
}

impl Contact {
    /// Its place in the log.
    pub fn position(&self) -> Position {
        Position {
            created_at: self.at,
            record_id: self.id,
        }
    }
}

fn read(row: contact::Model) -> Result<Contact, Fault> {
    Ok(Contact {
        id: row.id,
        party: row.party_id,
        account: row.account_id,
        at: row.at,
        kind: ContactKind::from_number(row.kind).ok_or_else(|| Fault::broken("a contact of no known kind"))?,
        summary: row.summary,
        version: row.version,
    })
}

/// Whether the writer keeps the log of this party.
async fn may_keep(writer: &Writer<'_>, party: Uuid) -> Result<(), Fault> {
    if assigned_only(&writer.scope().caller.roles) && !is_assigned(writer, party).await? {
        return Err(Fault::new(Code::NotAccountHolder));
    }
    Ok(())
}

async fn logged(writer: &Writer<'_>, row: &contact::Model) -> Result<Option<contact::Model>, Fault> {
    use contact::Column as C;
    let select = contact::Entity::find()
        .filter(C::PartyId.eq(row.party_id))
        .filter(C::AccountId.eq(row.account_id))
        .filter(C::At.eq(row.at))
        .filter(C::Kind.eq(row.kind))
        .filter(C::Summary.eq(row.summary.as_str()));
    Ok(writer.own(select).await?.pop())
}

/// Keeps with whom there was contact. A row stands there when there was nobody too, so that who may see it is told
/// "nobody" and not that it is masked.
async fn keep_persons(writer: &Writer<'_>, contact: Uuid, persons: &[String]) -> Result<(), Fault> {
    let lines: Vec<&str> = persons
        .iter()
        .map(|person| person.trim())
        .filter(|person| !person.is_empty())
        .collect();
    let row = contact_personal::Model {
        contact_id: contact,
        organisation_id: writer.scope().caller.organisation,
        persons: lines.join("\n"),
    };
    writer.insert(vec![row.into_active_model()]).await
}
