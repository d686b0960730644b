//! Who supervises the holders of a certifying body's certificates: from relations and mandates, kept nowhere.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use foundation::reference::alias;
use foundation::{Fault, Session};
use jiff::civil::Date;
use uuid::Uuid;

use super::mandate::{Applying, supervision};
use super::relation::{Relation, Wanted, of_parties};
use crate::model::relation::PartyRole;

/// Who supervises the holders of a party's certificates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HolderSupervision {
    /// How many holders were looked at.
    pub considered: usize,
    /// Whether these were all.
    pub complete: bool,
    /// The inspectorates, those with most holders first.
    pub supervisors: Vec<HolderSupervisor>,
}

/// An inspectorate, the holders that it supervises, and by which mandates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolderSupervisor {
    /// The inspectorate.
    pub organisation: Uuid,
    /// The holders, each with what applies to it.
    pub holders: Vec<(Uuid, Vec<Applying>)>,
}

/// Who supervises the holders of these parties' certificates on a day, from at most so many holders of each, in
/// as many statements for all of them. A holder that was merged into another is that other.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn supervision_of_holders(
    session: &Session,
    parties: &[Uuid],
    on: Option<Date>,
    limit: u64,
) -> Result<HashMap<Uuid, HolderSupervision>, Fault> {
    let wanted = Wanted {
        role: Some(PartyRole::Certified),
        on,
        after: None,
        limit,
    };
    let relations = of_parties(session, parties, wanted).await?;
    let holders: BTreeSet<Uuid> = relations.values().flatten().map(|relation| relation.other).collect();
    let survivors = {
        let reader = session.reader().await?;
        alias::survivors(&reader, &Vec::from_iter(holders)).await?
    };
    let now = |relation: &Relation| survivors.get(&relation.other).copied().unwrap_or(relation.other);
    let all: BTreeSet<Uuid> = relations.values().flatten().map(now).collect();
    let applying = supervision(session, &Vec::from_iter(all), on).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let found = relations.into_iter().map(|(party, relations)| {
        let mut known = BTreeSet::new();
        let holders = relations.iter().take(limit).map(now);
        let holders: Vec<Uuid> = holders.filter(|holder| known.insert(*holder)).collect();
        let supervision = HolderSupervision {
            considered: holders.len(),
            complete: relations.len() <= limit,
            supervisors: by_inspectorate(&holders, &applying),
        };
        (party, supervision)
    });
    Ok(found.collect())
}

/// The inspectorates that supervise any of these holders.
fn by_inspectorate(holders: &[Uuid], applying: &HashMap<Uuid, Vec<Applying>>) -> Vec<HolderSupervisor> {
    let mut of: BTreeMap<Uuid, Vec<(Uuid, Vec<Applying>)>> = BTreeMap::new();
    for holder in holders {
        for one in applying.get(holder).into_iter().flatten() {
            let theirs = of.entry(one.mandate.organisation_id).or_default();
            match theirs.last_mut() {
                Some((last, mandates)) if last == holder => mandates.push(one.clone()),
                _ => theirs.push((*holder, vec![one.clone()])),
            }
        }
    }
    let supervisors = of.into_iter();
    let mut supervisors: Vec<HolderSupervisor> = supervisors
        .map(|(organisation, holders)| HolderSupervisor { organisation, holders })
        .collect();
    supervisors.sort_by_key(|supervisor| Reverse(supervisor.holders.len()));
    supervisors
}
