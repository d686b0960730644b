//! Safety regions, as the API shows them.

use std::sync::Arc;

use async_graphql::{Context, Object};
use foundation::Fault;

use super::door::Door;
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
                .map(SafetyRegion)
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
        .map(SafetyRegion))
}

/// A safety region (veiligheidsregio): one of the 25 regions in which crises are managed.
pub(super) struct SafetyRegion(pub store::region::SafetyRegion);

/// A safety region (veiligheidsregio): one of the 25 regions in which crises are managed.
#[Object]
impl SafetyRegion {
    /// Its code (code), `VR01` to `VR25`.
    pub(super) async fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name without the word veiligheidsregio (naam).
    async fn name(&self) -> &str {
        &self.0.name
    }
}
