//! Safety regions, as the API shows them.

use std::sync::Arc;

use async_graphql::{Context, Object};
use foundation::Fault;
use foundation::graphql::kit::LIST_COST;
use uuid::Uuid;

use super::door::{Door, HoldersOf, PartyOfRegion};
use super::holder::AccountHolder;
use super::party::SupervisedParty;
use crate::store;

/// Questions about safety regions.
#[derive(Default)]
pub(super) struct RegionQuery;

/// Questions about safety regions.
#[Object]
impl RegionQuery {
    /// All safety regions (veiligheidsregio's), by code.
    async fn safety_regions(&self, ctx: &Context<'_>) -> Result<Option<Vec<SafetyRegion>>, Fault> {
        Ok(Some(
            Door::of(ctx)
                .regions()
                .await?
                .iter()
                .cloned()
                .map(|region| SafetyRegion::new(region, Door::of(ctx)))
                .collect(),
        ))
    }

    #[graphql(entity)]
    async fn find_region(&self, ctx: &Context<'_>, code: String) -> Result<Option<SafetyRegion>, Fault> {
        find(Door::of(ctx), &code).await
    }
}

/// The safety region with this code.
async fn find(door: &Arc<Door>, code: &str) -> Result<Option<SafetyRegion>, Fault> {
    Ok(door
        .regions()
        .await?
        .iter()
        .find(|region| region.code == code)
        .cloned()
        .map(|region| SafetyRegion::new(region, door)))
}

/// A safety region (veiligheidsregio): one of the 25 regions in which crises are managed.
pub(super) struct SafetyRegion {
    region: store::region::SafetyRegion,
    door: Arc<Door>,
}

impl SafetyRegion {
    fn new(region: store::region::SafetyRegion, door: &Arc<Door>) -> Self {
        let door = door.clone();
        Self { region, door }
    }

    /// The region with this identity.
    pub(super) async fn find(door: &Arc<Door>, id: Option<Uuid>) -> Result<Option<Self>, Fault> {
        let Some(id) = id else { return Ok(None) };
        let regions = door.regions().await?;
        let found = regions.iter().find(|region| region.id == id).cloned();
        Ok(found.map(|region| Self::new(region, door)))
    }
}

/// A safety region (veiligheidsregio): one of the 25 regions in which crises are managed.
#[Object]
impl SafetyRegion {
    /// Its code (code), `VR01` to `VR25`.
    pub(super) async fn code(&self) -> &str {
        &self.region.code
    }

    /// Its name without the word veiligheidsregio (naam).
    async fn name(&self) -> &str {
        &self.region.name
    }

    /// Who speaks with it for its inspectorate (accounthouders, regio-inspecteurs). For roles that read content.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn account_holders(&self) -> Result<Option<Vec<AccountHolder>>, Fault> {
        let holders = self.door.load(HoldersOf(self.region.id)).await?.unwrap_or_default();
        let holders = holders.into_iter().map(|one| AccountHolder::new(one, &self.door));
        Ok(Some(holders.collect()))
    }

    /// The party that it is (ondertoezichtstaande), where one is registered. For roles that read content.
    async fn party(&self) -> Result<Option<SupervisedParty>, Fault> {
        let party = self.door.load(PartyOfRegion(self.region.id)).await?;
        Ok(party.map(|party| SupervisedParty {
            party,
            door: self.door.clone(),
        }))
    }
}
