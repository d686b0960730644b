//! Who supervises the holders of a certifying body's certificates, as the API shows it.

use std::sync::Arc;

use async_graphql::{Object, SimpleObject};
use foundation::Fault;
use foundation::graphql::kit::LIST_COST;
use uuid::Uuid;

use super::door::{Door, PartyKey};
use super::mandate::Supervision;
use super::organisation::Organisation;
use super::party::SupervisedParty;
use crate::store::certificate_holder as store;
use crate::store::mandate::Applying;

/// Who supervises the holders of a certifying body's certificates (toezicht op certificaathouders): to whom a signal
/// about that body may matter.
#[derive(SimpleObject)]
pub(super) struct HolderSupervision {
    /// How many holders were looked at.
    considered: usize,
    /// Whether these were all of them; otherwise those that were registered first.
    complete: bool,
    /// The inspectorates (toezichthouders), those with most holders first.
    supervisors: Vec<HolderSupervisor>,
}

impl HolderSupervision {
    /// What was found, as the API shows it.
    pub(super) fn of(found: store::HolderSupervision, door: &Arc<Door>) -> Self {
        let supervisor = |found| HolderSupervisor {
            found,
            door: door.clone(),
        };
        Self {
            considered: found.considered,
            complete: found.complete,
            supervisors: found.supervisors.into_iter().map(supervisor).collect(),
        }
    }
}

/// An inspectorate that supervises holders of a certifying body's certificates (toezichthouder van certificaathouders).
pub(super) struct HolderSupervisor {
    found: store::HolderSupervisor,
    door: Arc<Door>,
}

/// An inspectorate that supervises holders of a certifying body's certificates (toezichthouder van certificaathouders).
#[Object]
impl HolderSupervisor {
    /// The inspectorate, with the desk to call; share with its code (inspectie).
    async fn organisation(&self) -> Result<Organisation, Fault> {
        Organisation::find(&self.door, self.found.organisation).await
    }

    /// How many of the holders it supervises: the length of `holders`.
    async fn holder_count(&self) -> usize {
        self.found.holders.len()
    }

    /// The holders that it supervises (certificaathouders), each with the mandates that apply to it.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn holders(&self) -> Vec<SupervisedHolder<'_>> {
        let holder = |(party, applying): &'_ (Uuid, Vec<Applying>)| SupervisedHolder {
            party: *party,
            applying: applying.clone(),
            door: &self.door,
        };
        self.found.holders.iter().map(holder).collect()
    }
}

/// A holder of certificates that an inspectorate supervises (certificaathouder onder toezicht).
pub(super) struct SupervisedHolder<'f> {
    party: Uuid,
    applying: Vec<Applying>,
    door: &'f Arc<Door>,
}

/// A holder of certificates that an inspectorate supervises (certificaathouder onder toezicht).
#[Object]
impl SupervisedHolder<'_> {
    /// The holder (certificaathouder).
    async fn party(&self) -> Result<SupervisedParty, Fault> {
        let party = self.door.load(PartyKey(self.party)).await?;
        Ok(SupervisedParty {
            party: party.ok_or_else(|| Fault::broken("a relation without its party"))?,
            door: self.door.clone(),
        })
    }

    /// The mandates of the inspectorate that apply to it, each with the reason (redenen).
    async fn supervision(&self) -> Vec<Supervision> {
        let applying = self.applying.iter().cloned();
        applying.map(|one| Supervision::of(one, self.door)).collect()
    }
}
