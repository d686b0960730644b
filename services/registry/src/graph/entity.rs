//! What other subgraphs refer to, found by key. Many keys of one request are loaded in one go.

use std::sync::Arc;

use async_graphql::ID;
use foundation::Fault;
use foundation::ids::{prefix, read};

use super::desk::{Desk, PartyKey, SiteKey};
use super::party::SupervisedParty;
use super::site::Site;
use super::who::{Category, Circle, Organisation, SafetyRegion};

/// The party with this id.
pub(super) async fn party(desk: &Arc<Desk>, id: &ID) -> Result<Option<SupervisedParty>, Fault> {
    let id = read(prefix::PARTY, id)?;
    let party = desk.load(PartyKey(id)).await?;
    Ok(party.map(|party| SupervisedParty {
        party,
        desk: desk.clone(),
    }))
}

/// The site with this id.
pub(super) async fn site(desk: &Arc<Desk>, id: &ID) -> Result<Option<Site>, Fault> {
    let id = read(prefix::SITE, id)?;
    Ok(desk.load(SiteKey(id)).await?.map(|site| Site {
        site,
        desk: desk.clone(),
    }))
}

/// The organisation with this id.
pub(super) async fn organisation(desk: &Arc<Desk>, id: &ID) -> Result<Option<Organisation>, Fault> {
    let id = read(prefix::ORGANISATION, id)?;
    Ok(desk
        .organisations()
        .await?
        .iter()
        .find(|row| row.id == id)
        .cloned()
        .map(Organisation))
}

/// The circle with this id.
pub(super) async fn circle(desk: &Arc<Desk>, id: &ID) -> Result<Option<Circle>, Fault> {
    let id = read(prefix::CIRCLE, id)?;
    let found = desk
        .circles()
        .await?
        .iter()
        .find(|circle| circle.circle.id == id)
        .cloned();
    Ok(found.map(|circle| Circle {
        circle,
        desk: desk.clone(),
    }))
}

/// The safety region with this code.
pub(super) async fn safety_region(desk: &Arc<Desk>, code: &str) -> Result<Option<SafetyRegion>, Fault> {
    Ok(desk
        .regions()
        .await?
        .iter()
        .find(|region| region.code == code)
        .cloned()
        .map(SafetyRegion))
}

/// The category with this code.
pub(super) async fn category(desk: &Arc<Desk>, code: &str) -> Result<Option<Category>, Fault> {
    Ok(desk
        .categories()
        .await?
        .iter()
        .find(|category| category.code == code)
        .cloned()
        .map(Category))
}
