//! Account holders: assigned by a coordinator of the own inspectorate, seen by every participant.

use std::collections::{BTreeSet, HashMap};

use access::{FOREVER, Instant, Operation, Role};
use foundation::clock::{end_of, start_of};
use foundation::reference::{account, alias, role_assignment};
use foundation::{Code, Fault, Session, Writer};
use jiff::civil::Date;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QueryTrait};
use uuid::Uuid;

use super::alias::all_ids;
use super::party::keep::region;
use super::rows::{account_holder, party, site};
use crate::model::party::entry::invalid;
use crate::model::region::RegionCode;

/// The most account holders that an inspectorate has for one safety region: two regio-inspecteurs.
const HOLDERS_OF_REGION: usize = 2;

/// Whom or what an account holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// A party.
    Party(Uuid),
    /// A safety region.
    Region(RegionCode),
}

/// An account holder as it is assigned.
#[derive(Clone, Debug)]
pub struct NewHolder {
    /// The account's name.
    pub account: String,
    /// Whom or what it holds.
    pub held: Held,
    /// Whether its name is shown to other organisations.
    pub public_contact: bool,
    /// Its first day; now where nothing is said.
    pub starts: Option<Date>,
    /// Its last day, where it is known.
    pub ends: Option<Date>,
}

/// An account holder as the caller may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its identity.
    pub id: Uuid,
    /// The organisation for which it holds.
    pub organisation: Uuid,
    /// Its name; none where it is its own side's alone.
    pub name: Option<String>,
    /// Whether its name is shown to other organisations.
    pub public_contact: bool,
    /// The party that it holds.
    pub party: Option<Uuid>,
    /// The safety region that it holds.
    pub region: Option<Uuid>,
    /// From when.
    pub starts_at: Instant,
    /// Until when, exclusive.
    pub ends_at: Instant,
}

/// Assigns an account holder; the same one twice is one.
///
/// # Errors
/// `NOT_FOUND` or `UNKNOWN_REFERENCE` of whom or what is named, `TOO_MANY` of a region.
pub async fn assign(session: &Session, new: NewHolder) -> Result<Uuid, Fault> {
    let mut writer = session.writer(Operation::AssignHolders).await?;
    let account = account(&writer, &new.account).await?;
    let (party_id, region_id) = match &new.held {
        Held::Party(id) => {
            let row = writer.reference(party::Entity::find_by_id(*id)).await?.pop();
            let row = row.ok_or_else(|| Fault::new(Code::NotFound).at("partyId"))?;
            (Some(row.id), None)
        }
        Held::Region(code) => (None, region(&writer, Some(code)).await?),
    };
    let far = || Fault::new(Code::InvalidPeriod).at("ends");
    let now = writer.scope().now;
    let starts_at = new.starts.map_or(Some(now), start_of).ok_or_else(far)?;
    let ends_at = new.ends.map_or(Some(FOREVER), end_of).ok_or_else(far)?;
    if ends_at <= starts_at || ends_at <= now {
        return Err(far());
    }
    let beside = holding(&writer, party_id, region_id, starts_at, ends_at).await?;
    if let Some(same) = beside.iter().find(|row| row.account_id == account) {
        return Ok(same.id);
    }
    if region_id.is_some() && beside.len() >= HOLDERS_OF_REGION {
        let fault = Fault::new(Code::TooMany)
            .with("count", beside.len() + 1)
            .with("maximum", HOLDERS_OF_REGION);
        return Err(fault.at("safetyRegion"));
    }
    let row = account_holder::Model {
        id: writer.id(),
        organisation_id: writer.scope().caller.organisation,
        account_id: account,
        party_id,
        region_id,
        public_contact: new.public_contact,
        starts_at,
        ends_at,
    };
    let id = row.id;
    writer.insert(vec![row.into_active_model()]).await?;
    writer.noted("account_holder", id, "assigned", 1);
    writer.commit().await?;
    Ok(id)
}

/// Ends an account holder of the own inspectorate, in force at once. Ending it once more changes nothing.
///
/// # Errors
/// `NOT_FOUND`, or `NOT_OWNER` of another inspectorate's.
pub async fn end(session: &Session, id: Uuid) -> Result<(), Fault> {
    let mut writer = session.writer(Operation::AssignHolders).await?;
    let row = writer.reference(account_holder::Entity::find_by_id(id)).await?.pop();
    let row = row.ok_or_else(|| Fault::new(Code::NotFound).at("id"))?;
    if row.organisation_id != writer.scope().caller.organisation {
        return Err(Fault::new(Code::NotOwner).with("operation", Operation::AssignHolders.code()));
    }
    let now = writer.scope().now;
    if row.ends_at > now {
        let update = account_holder::Entity::update_many()
            .col_expr(account_holder::Column::EndsAt, Expr::value(now.max(row.starts_at)))
            .filter(account_holder::Column::Id.eq(id));
        writer.execute(&update.into_query()).await?;
        writer.noted("account_holder", id, "ended", 1);
    }
    writer.commit().await
}

/// One account holder, ended or not.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn one(session: &Session, id: Uuid) -> Result<Option<Holder>, Fault> {
    let select = account_holder::Entity::find_by_id(id);
    Ok(found(session, select).await?.pop())
}

/// Who holds these parties and these safety regions now, by the id of either. Who holds what was merged into a party
/// holds that party.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn of(session: &Session, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Holder>>, Fault> {
    use account_holder::Column as C;
    let reader = session.reader().await?;
    let now = reader.scope().now;
    let ids = alias::all_ids(&reader, ids).await?;
    drop(reader);
    let held = Condition::any()
        .add(C::PartyId.is_in(alias::written(&ids)))
        .add(C::RegionId.is_in(alias::written(&ids)));
    let select = account_holder::Entity::find()
        .filter(held)
        .filter(C::StartsAt.lte(now))
        .filter(C::EndsAt.gt(now))
        .order_by_asc(C::StartsAt)
        .order_by_asc(C::Id);
    let mut lists: HashMap<Uuid, Vec<Holder>> = HashMap::new();
    for holder in found(session, select).await? {
        let Some(of) = holder.party.or(holder.region) else {
            continue;
        };
        lists.entry(of).or_default().push(holder);
    }
    let mut lists = alias::together(&ids, &lists);
    for list in lists.values_mut() {
        list.sort_by_key(|holder| (holder.starts_at, holder.id));
    }
    Ok(lists)
}

/// The conditions under which rows say that an account holds something now.
fn held_by(account: Uuid, now: Instant) -> Condition {
    use account_holder::Column as C;
    Condition::all()
        .add(C::AccountId.eq(account))
        .add(C::StartsAt.lte(now))
        .add(C::EndsAt.gt(now))
}

/// Which of these parties an account holds, from the rows of what it holds, the parties and their sites.
fn assigned_of(held: &[account_holder::Model], parties: &[party::Model], sites: &[site::Model]) -> BTreeSet<Uuid> {
    let regions: BTreeSet<Uuid> = held.iter().filter_map(|row| row.region_id).collect();
    let themselves = held.iter().filter_map(|row| row.party_id);
    let being = parties
        .iter()
        .filter(|row| row.region_id.is_some_and(|id| regions.contains(&id)));
    let lying = sites
        .iter()
        .filter(|row| row.region_id.is_some_and(|id| regions.contains(&id)));
    let named: BTreeSet<Uuid> = parties.iter().map(|row| row.id).collect();
    themselves
        .chain(being.map(|row| row.id))
        .chain(lying.map(|row| row.party_id))
        .filter(|id| named.contains(id))
        .collect()
}

/// Which of these parties the caller holds now: itself, or by a safety region that the party is or has a site in.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn assigned(session: &Session, parties: &[Uuid]) -> Result<BTreeSet<Uuid>, Fault> {
    let reader = session.reader().await?;
    let scope = reader.scope();
    let held = account_holder::Entity::find().filter(held_by(scope.caller.account, scope.now));
    let held = reader.reference(held).await?;
    let ids = alias::all_ids(&reader, parties).await?;
    let written = || alias::written(&ids);
    let rows = reader
        .reference(party::Entity::find().filter(party::Column::Id.is_in(written())))
        .await?;
    let sites = reader
        .reference(site::Entity::find().filter(site::Column::PartyId.is_in(written())))
        .await?;
    let assigned = assigned_of(&held, &rows, &sites);
    let holds = |(_, ids): &(&Uuid, &Vec<Uuid>)| ids.iter().any(|id| assigned.contains(id));
    Ok(ids.iter().filter(holds).map(|(party, _)| *party).collect())
}

/// Whether the writer holds this party now, as [`assigned`] says.
///
/// # Errors
/// The database's.
pub async fn is_assigned(writer: &Writer<'_>, party_id: Uuid) -> Result<bool, Fault> {
    let scope = writer.scope();
    let held = account_holder::Entity::find().filter(held_by(scope.caller.account, scope.now));
    let held = writer.reference(held).await?;
    let ids = all_ids(writer, party_id).await?;
    let rows = party::Entity::find().filter(party::Column::Id.is_in(ids.iter().copied()));
    let rows = writer.reference(rows).await?;
    let sites = site::Entity::find().filter(site::Column::PartyId.is_in(ids));
    let sites = writer.reference(sites).await?;
    Ok(!assigned_of(&held, &rows, &sites).is_empty())
}

async fn found(session: &Session, select: sea_orm::Select<account_holder::Entity>) -> Result<Vec<Holder>, Fault> {
    let reader = session.reader().await?;
    let own = reader.scope().caller.organisation;
    let rows = reader.reference(select).await?;
    let shown = rows
        .iter()
        .filter(|row| row.public_contact || row.organisation_id == own);
    let accounts = account::Entity::find().filter(account::Column::Id.is_in(shown.map(|row| row.account_id)));
    let names: HashMap<Uuid, String> = reader
        .reference(accounts)
        .await?
        .into_iter()
        .map(|row| (row.id, row.display_name))
        .collect();
    let holder = |row: account_holder::Model| Holder {
        id: row.id,
        organisation: row.organisation_id,
        name: names
            .get(&row.account_id)
            .filter(|_| row.public_contact || row.organisation_id == own)
            .cloned(),
        public_contact: row.public_contact,
        party: row.party_id,
        region: row.region_id,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
    };
    Ok(rows.into_iter().map(holder).collect())
}

/// An account of the own organisation that stands and may speak with parties.
async fn account(writer: &Writer<'_>, name: &str) -> Result<Uuid, Fault> {
    use account::Column as A;
    let scope = writer.scope();
    let unknown = || Fault::new(Code::UnknownReference).with("value", name).at("account");
    let select = account::Entity::find()
        .filter(A::OrganisationId.eq(scope.caller.organisation))
        .filter(A::Name.eq(name));
    let row = writer.reference(select).await?.pop().ok_or_else(unknown)?;
    let gone = |at: Option<Instant>| at.is_some_and(|at| at <= scope.now);
    if gone(row.suspended_at) || gone(row.ended_at) {
        return Err(unknown());
    }
    use role_assignment::Column as R;
    let fitting = [Role::AccountHolder, Role::Inspector, Role::Coordinator].map(|role| role as i16);
    let roles = role_assignment::Entity::find()
        .filter(R::AccountId.eq(row.id))
        .filter(R::Role.is_in(fitting))
        .filter(R::ValidFrom.lte(scope.now))
        .filter(R::ValidUntil.gt(scope.now));
    if writer.reference(roles).await?.is_empty() {
        let (dutch, english) = (
            "dit account is geen accounthouder, inspecteur of coördinator",
            "this account is no account holder, inspector or coordinator",
        );
        return Err(invalid("account", dutch, english));
    }
    Ok(row.id)
}

/// The own inspectorate's holders of a party or region in a period.
async fn holding(
    writer: &Writer<'_>,
    party: Option<Uuid>,
    region: Option<Uuid>,
    starts_at: Instant,
    ends_at: Instant,
) -> Result<Vec<account_holder::Model>, Fault> {
    use account_holder::Column as C;
    let of = match (party, region) {
        (Some(party), _) => C::PartyId.eq(party),
        (None, region) => C::RegionId.eq(region),
    };
    let select = account_holder::Entity::find()
        .filter(of)
        .filter(C::OrganisationId.eq(writer.scope().caller.organisation))
        .filter(C::StartsAt.lt(ends_at))
        .filter(C::EndsAt.gt(starts_at));
    writer.reference(select).await
}
