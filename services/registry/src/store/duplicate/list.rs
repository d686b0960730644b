//! The list of proposals, the likeliest first.

use std::collections::{BTreeSet, HashMap};

use foundation::reference::alias;
use foundation::{Fault, Reader, Session};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::model::duplicate::{Evidence, Reason};
use crate::store::rows::duplicate_proposal::{Column, Entity, Model};

/// Two parties that may be one.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// The two parties, as they are now.
    pub parties: [Uuid; 2],
    /// Why they may be one.
    pub evidence: Vec<Evidence>,
    /// Its place in the list, and with it how likely it is.
    pub place: Place,
}

/// The place of a proposal in the list: by score, then by the ids between which it was made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// How likely it is that the two are one.
    pub score: f64,
    /// The lower id.
    pub party: Uuid,
    /// The other.
    pub other: Uuid,
}

/// A page of proposals.
#[derive(Clone, Debug)]
pub struct Proposals {
    /// The likeliest first.
    pub found: Vec<Proposal>,
    /// Whether there are more.
    pub more: bool,
}

/// The proposals after a place, at most so many; of one party alone where one is given.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn page(
    session: &Session,
    party: Option<Uuid>,
    after: Option<Place>,
    limit: u64,
) -> Result<Proposals, Fault> {
    let reader = session.reader().await?;
    let mut select = Entity::find();
    if let Some(party) = party {
        let ids = alias::all_ids(&reader, &[party])
            .await?
            .remove(&party)
            .unwrap_or_default();
        select = select.filter(among(&ids));
    }
    if let Some(Place { score, party, other }) = after {
        let ids = Expr::tuple([Expr::col(Column::PartyId), Expr::col(Column::OtherId)]);
        let beyond = ids.gt(Expr::tuple([Expr::val(party), Expr::val(other)]));
        let level = Condition::all().add(Column::Score.eq(score)).add(beyond);
        select = select.filter(Condition::any().add(Column::Score.lt(score)).add(level));
    }
    let select = select
        .order_by_desc(Column::Score)
        .order_by_asc(Column::PartyId)
        .order_by_asc(Column::OtherId)
        .limit(limit.saturating_add(1));
    let mut rows = reader.reference(select).await?;
    let size = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > size;
    rows.truncate(size);
    Ok(Proposals {
        found: between_parties_now(&reader, rows).await?,
        more,
    })
}

fn among(ids: &[Uuid]) -> Condition {
    Condition::any()
        .add(Column::PartyId.is_in(ids.iter().copied()))
        .add(Column::OtherId.is_in(ids.iter().copied()))
}

/// Proposals between the parties that these ids are now: none between what is one already, and of several between the
/// same two the likeliest.
async fn between_parties_now(reader: &Reader<'_>, rows: Vec<Model>) -> Result<Vec<Proposal>, Fault> {
    let named: BTreeSet<Uuid> = rows.iter().flat_map(|row| [row.party_id, row.other_id]).collect();
    let ids = alias::all_ids(reader, &Vec::from_iter(named)).await?;
    let now = |id: Uuid| ids.get(&id).and_then(|ids| ids.first()).copied().unwrap_or(id);
    let pair = |row: &Model| {
        let mut pair = [now(row.party_id), now(row.other_id)];
        pair.sort_unstable();
        pair
    };
    let all: BTreeSet<Uuid> = ids.values().filter(|ids| ids.len() > 1).flatten().copied().collect();
    let mut likeliest: HashMap<[Uuid; 2], Ids> = HashMap::new();
    if !all.is_empty() {
        let others = Entity::find().filter(among(&Vec::from_iter(all)));
        let mut others = reader.reference(others).await?;
        others.sort_by(|a, b| b.score.total_cmp(&a.score).then(key(a).cmp(&key(b))));
        for row in others {
            likeliest.entry(pair(&row)).or_insert_with(|| key(&row));
        }
    }
    let shown = rows.into_iter().filter(|row| {
        let [one, other] = pair(row);
        one != other
            && likeliest
                .get(&[one, other])
                .is_none_or(|likeliest| *likeliest == key(row))
    });
    shown.map(|row| proposal(pair(&row), &row)).collect()
}

/// The ids between which a proposal was made.
type Ids = (Uuid, Uuid);

fn key(row: &Model) -> Ids {
    (row.party_id, row.other_id)
}

fn proposal(parties: [Uuid; 2], row: &Model) -> Result<Proposal, Fault> {
    let stored: Vec<(i16, f64)> = serde_json::from_str(&row.evidence).map_err(Fault::internal)?;
    let evidence = |(reason, points)| {
        let reason = Reason::from_number(reason).ok_or_else(|| Fault::broken("a reason of no known number"))?;
        Ok::<_, Fault>(Evidence { reason, points })
    };
    Ok(Proposal {
        parties,
        evidence: stored.into_iter().map(evidence).collect::<Result<_, _>>()?,
        place: Place {
            score: row.score,
            party: row.party_id,
            other: row.other_id,
        },
    })
}
