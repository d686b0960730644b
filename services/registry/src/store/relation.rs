//! Relations between parties: kept by a custodian of either, read from both sides.

use std::collections::{BTreeSet, HashMap};

use access::{FOREVER, Instant, Operation};
use foundation::check::far_date;
use foundation::clock::{date_of, end_of, start_of};
use foundation::reference::alias;
use foundation::session::Position;
use foundation::{Code, Fault, Session, Writer};
use jiff::civil::Date;
use sea_orm::sea_query::{Expr, ExprTrait, Order};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QueryTrait};
use uuid::Uuid;

use super::alias::all_ids;
use super::party::keep::keeps;
use super::party::kind;
use super::rows::{party, party_relation};
use super::window::first_of_each;
use crate::model::party::entry::invalid;
use crate::model::relation::{PartyRole, period};

/// How many parents are followed upwards to see that nobody is its own.
const GENERATIONS: usize = 50;

/// A relation as it is registered.
#[derive(Clone, Copy, Debug)]
pub struct NewRelation {
    /// The one party.
    pub party: Uuid,
    /// What the other is to it.
    pub role: PartyRole,
    /// The other.
    pub other: Uuid,
    /// Its first day; today where nothing is said.
    pub starts: Option<Date>,
    /// Its last day, where it is known.
    pub ends: Option<Date>,
}

/// A relation seen from one of its parties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relation {
    /// Its identity.
    pub id: Uuid,
    /// What the other is to the party from which it is seen.
    pub role: PartyRole,
    /// The other.
    pub other: Uuid,
    /// From when.
    pub starts_at: Instant,
    /// Until when, exclusive.
    pub ends_at: Instant,
}

/// Which relations of a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// Those in which the other is this.
    pub role: Option<PartyRole>,
    /// Those on this day; today where nothing is said.
    pub on: Option<Date>,
    /// After this place.
    pub after: Option<(i64, Uuid)>,
    /// At most so many.
    pub limit: u64,
}

/// Registers a relation; the same one twice is one.
///
/// # Errors
/// `NOT_FOUND`, `NOT_CUSTODIAN`, or what does not fit.
pub async fn relate(session: &Session, new: NewRelation) -> Result<Relation, Fault> {
    let mut writer = session.writer(Operation::KeepParties).await?;
    let rows = party::Entity::find().filter(party::Column::Id.is_in([new.party, new.other]));
    let rows = writer.reference(rows).await?;
    let of = |id: Uuid, field: &str| {
        let row = rows.iter().find(|row| row.id == id);
        row.ok_or_else(|| Fault::new(Code::NotFound).at(field.to_owned()))
    };
    let (one, other) = (of(new.party, "partyId")?, of(new.other, "otherId")?);
    if !keeps(&writer, new.party).await? && !keeps(&writer, new.other).await? {
        return Err(Fault::new(Code::NotCustodian));
    }
    if all_ids(&writer, new.party).await?.contains(&new.other) {
        let (dutch, english) = (
            "een partij heeft geen relatie met zichzelf",
            "a party has no relation to itself",
        );
        return Err(invalid("otherId", dutch, english));
    }
    new.role.check(kind(one)?, kind(other)?)?;
    let today = date_of(writer.scope().now);
    let far = || Fault::new(Code::InvalidPeriod).at("ends");
    let starts_at = start_of(new.starts.unwrap_or(today)).ok_or_else(far)?;
    let ends_at = new.ends.map_or(Some(FOREVER), end_of).ok_or_else(far)?;
    let (starts_at, ends_at) = period(starts_at, ends_at)?;
    if let Some(row) = overlapping(&writer, &new, starts_at, ends_at).await? {
        return same(row, starts_at, ends_at);
    }
    check_generations(&writer, &new).await?;
    let row = party_relation::Model {
        id: writer.id(),
        party_id: new.party,
        role: new.role as i16,
        other_id: new.other,
        starts_at,
        ends_at,
    };
    let back = party_relation::Model {
        party_id: new.other,
        role: new.role.inverse() as i16,
        other_id: new.party,
        ..row.clone()
    };
    let rows = vec![row.clone().into_active_model(), back.into_active_model()];
    writer.insert(rows).await?;
    writer.noted("party_relation", row.id, "registered", 1);
    writer.commit().await?;
    read(row)
}

/// Ends a relation after this day, or today. Ending it once more moves its end.
///
/// # Errors
/// `NOT_FOUND`, `NOT_CUSTODIAN`, `INVALID_PERIOD`.
pub async fn end(session: &Session, id: Uuid, last: Option<Date>) -> Result<Relation, Fault> {
    let mut writer = session.writer(Operation::KeepParties).await?;
    let rows = party_relation::Entity::find().filter(party_relation::Column::Id.eq(id));
    let row = writer.reference(rows).await?.into_iter().min_by_key(|row| row.role);
    let row = row.ok_or_else(|| Fault::new(Code::NotFound).at("id"))?;
    if !keeps(&writer, row.party_id).await? && !keeps(&writer, row.other_id).await? {
        return Err(Fault::new(Code::NotCustodian));
    }
    let last = last.unwrap_or_else(|| date_of(writer.scope().now));
    let ends_at = end_of(last).ok_or_else(|| Fault::new(Code::InvalidPeriod).at("ends"))?;
    let (_, ends_at) = period(row.starts_at, ends_at)?;
    let update = party_relation::Entity::update_many()
        .col_expr(party_relation::Column::EndsAt, Expr::value(ends_at))
        .filter(party_relation::Column::Id.eq(id));
    writer.execute(&update.into_query()).await?;
    writer.noted("party_relation", id, "ended", 1);
    writer.commit().await?;
    read(party_relation::Model { ends_at, ..row })
}

/// The wanted relations of these parties, one more than the limit where there is more, in two statements. Those of what
/// was merged into a party are its own.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn of_parties(
    session: &Session,
    parties: &[Uuid],
    wanted: Wanted,
) -> Result<HashMap<Uuid, Vec<Relation>>, Fault> {
    use party_relation::Column as C;
    let reader = session.reader().await?;
    let on = wanted.on.map_or(Some(reader.scope().now), start_of);
    let on = on.ok_or_else(far_date)?;
    let ids = alias::all_ids(&reader, parties).await?;
    let mut filter = Condition::all()
        .add(C::PartyId.is_in(alias::written(&ids)))
        .add(C::StartsAt.lte(on))
        .add(C::EndsAt.gt(on));
    // Between what has become one there is no relation.
    for one in ids.values().filter(|ids| ids.len() > 1) {
        let ids = || one.iter().copied();
        filter = filter.add(C::PartyId.is_in(ids()).and(C::OtherId.is_in(ids())).not());
    }
    if let Some(role) = wanted.role {
        filter = filter.add(C::Role.eq(role as i16));
    }
    if let Some((role, id)) = wanted.after {
        let place = Expr::tuple([Expr::col(C::Role), Expr::col(C::Id)]);
        filter = filter.add(place.gt(Expr::tuple([Expr::val(role), Expr::val(id)])));
    }
    let order = [(C::Role, Order::Asc), (C::Id, Order::Asc)];
    let first =
        first_of_each::<party_relation::Entity>(C::PartyId, &order, &[C::Id, C::PartyId], filter, wanted.limit + 1);
    let select = party_relation::Entity::find()
        .filter(first)
        .order_by_asc(C::Role)
        .order_by_asc(C::Id);
    let mut lists: HashMap<Uuid, Vec<Relation>> = HashMap::new();
    for row in reader.reference(select).await? {
        lists.entry(row.party_id).or_default().push(read(row)?);
    }
    let mut lists = alias::together(&ids, &lists);
    for list in lists.values_mut() {
        list.sort_by_key(|relation| (relation.role as i16, relation.id));
        list.truncate(usize::try_from(wanted.limit + 1).unwrap_or(usize::MAX));
    }
    Ok(lists)
}

impl Relation {
    /// Its place in a list.
    pub fn position(&self) -> Position {
        Position {
            created_at: i64::from(self.role as i16),
            record_id: self.id,
        }
    }
}

fn read(row: party_relation::Model) -> Result<Relation, Fault> {
    Ok(Relation {
        id: row.id,
        role: PartyRole::from_number(row.role).ok_or_else(|| Fault::broken("a relation of no known role"))?,
        other: row.other_id,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
    })
}

async fn overlapping(
    writer: &Writer<'_>,
    new: &NewRelation,
    starts_at: Instant,
    ends_at: Instant,
) -> Result<Option<party_relation::Model>, Fault> {
    use party_relation::Column as C;
    let select = party_relation::Entity::find()
        .filter(C::PartyId.eq(new.party))
        .filter(C::Role.eq(new.role as i16))
        .filter(C::OtherId.eq(new.other))
        .filter(C::StartsAt.lt(ends_at))
        .filter(C::EndsAt.gt(starts_at));
    Ok(writer.reference(select).await?.pop())
}

fn same(row: party_relation::Model, starts_at: Instant, ends_at: Instant) -> Result<Relation, Fault> {
    if (row.starts_at, row.ends_at) == (starts_at, ends_at) {
        return read(row);
    }
    let (dutch, english) = (
        "deze relatie staat al geregistreerd voor een deel van deze periode",
        "this relation is registered already for a part of this period",
    );
    Err(invalid("starts", dutch, english))
}

/// Nobody is its own parent, however far up.
async fn check_generations(writer: &Writer<'_>, new: &NewRelation) -> Result<(), Fault> {
    use party_relation::Column as C;
    let (child, parent) = match new.role {
        PartyRole::Parent => (new.party, new.other),
        PartyRole::Child => (new.other, new.party),
        _ => return Ok(()),
    };
    let mut seen = BTreeSet::from([parent]);
    let mut above = vec![parent];
    for _ in 0..GENERATIONS {
        let select = party_relation::Entity::find()
            .filter(C::PartyId.is_in(above))
            .filter(C::Role.eq(PartyRole::Parent as i16))
            .filter(C::EndsAt.gt(writer.scope().now));
        let rows = writer.reference(select).await?;
        above = rows
            .into_iter()
            .map(|row| row.other_id)
            .filter(|id| seen.insert(*id))
            .collect();
        if above.is_empty() {
            break;
        }
    }
    if seen.contains(&child) {
        let (dutch, english) = (
            "dan is een partij haar eigen moeder; beëindig eerst de relatie die dat maakt",
            "then a party is its own parent; end the relation that makes it so first",
        );
        return Err(invalid("otherId", dutch, english));
    }
    Ok(())
}
