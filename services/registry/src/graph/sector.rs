//! Sectors, as the API shows and takes them.

use std::sync::Arc;

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use foundation::Fault;
use foundation::graphql::kit::{PAGE_DEFAULT, PageInfo, page_cost, page_size};

use super::door::{Door, SectorKey};
use super::raise;
use crate::model::sector::{NewSector, code};
use crate::store::sector;

/// Questions about sectors.
#[derive(Default)]
pub(super) struct SectorQuery;

/// Questions about sectors.
#[Object]
impl SectorQuery {
    /// The sectors (bedrijfstakken, SBI) directly under one, or those at the top, by code.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn sectors(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the sector that they are part of.")] under: Option<String>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Option<SectorConnection>, Fault> {
        let door = Door::of(ctx);
        let size = page_size(first)?;
        let under = under.map(|text| code(&text));
        let found = sector::under(&door.session, under.as_deref(), after.as_deref(), size + 1).await?;
        let sectors = found.into_iter().map(|sector| Sector::new(sector, door)).collect();
        Ok(Some(SectorConnection::of(sectors, size, after.is_some())))
    }

    /// One sector (bedrijfstak).
    async fn sector(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code (SBI), such as `50`.")] code: String,
    ) -> Result<Option<Sector>, Fault> {
        let door = Door::of(ctx);
        let found = door.load(SectorKey(crate::model::sector::code(&code))).await?;
        Ok(found.map(|sector| Sector::new(sector, door)))
    }
}

/// Changes to sectors.
#[derive(Default)]
pub(super) struct SectorMutation;

/// Changes to sectors. Each may be null beside its error, so that those before it keep their answers.
#[Object]
impl SectorMutation {
    /// Brings sectors in (SBI inlezen), at most 500 at once, a parent before its children. The same delivery twice
    /// changes nothing; what is no longer delivered stays, because parties are in it.
    async fn import_sectors(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where they come from (bron), such as `SBI 2025, CBS`.")] source: String,
        #[graphql(desc = "The sectors.")] sectors: Vec<SectorInput>,
    ) -> Result<Option<SectorImport>, Error> {
        let sectors: Vec<NewSector> = sectors.into_iter().map(Into::into).collect();
        let done = sector::import(&Door::of(ctx).session, &source, &sectors).await;
        let done = done.map_err(|faults| raise(ctx, faults))?;
        Ok(Some(SectorImport {
            created: done.created,
            changed: done.changed,
            unchanged: done.unchanged,
        }))
    }
}

/// A sector as it is delivered (bedrijfstak).
#[derive(InputObject, Clone, Debug)]
pub(super) struct SectorInput {
    /// Its code (SBI): a letter, or 2 to 6 digits; dots are left out.
    code: String,
    /// Its Dutch name (naam).
    name: String,
    /// Its English name (Engelse naam).
    name_en: String,
    /// The code of the sector that it is part of (bovenliggende code); null at the top.
    parent: Option<String>,
}

impl From<SectorInput> for NewSector {
    fn from(given: SectorInput) -> Self {
        Self {
            code: code(&given.code),
            name: given.name,
            name_en: given.name_en,
            parent: given.parent.map(|text| code(&text)).filter(|text| !text.is_empty()),
        }
    }
}

/// What a delivery of sectors did (inleesresultaat).
#[derive(SimpleObject)]
pub(super) struct SectorImport {
    /// How many are new (nieuw).
    created: usize,
    /// How many are different now (gewijzigd).
    changed: usize,
    /// How many were there just so (ongewijzigd).
    unchanged: usize,
}

/// A sector (bedrijfstak) of the Standaard Bedrijfsindeling (SBI).
#[derive(Clone)]
pub(super) struct Sector {
    sector: sector::Sector,
    door: Arc<Door>,
}

impl Sector {
    /// A sector with the way to the one that it is part of.
    pub(super) fn new(sector: sector::Sector, door: &Arc<Door>) -> Self {
        let door = door.clone();
        Self { sector, door }
    }
}

/// A sector (bedrijfstak) of the Standaard Bedrijfsindeling (SBI).
#[Object]
impl Sector {
    /// Its code (SBI-code), without dots.
    async fn code(&self) -> &str {
        &self.sector.code
    }

    /// Its Dutch name (naam).
    async fn name(&self) -> &str {
        &self.sector.name
    }

    /// Its English name (Engelse naam).
    async fn name_en(&self) -> &str {
        &self.sector.name_en
    }

    /// The sector that it is part of (bovenliggende bedrijfstak); null at the top.
    async fn parent(&self) -> Result<Option<Self>, Fault> {
        let Some(parent) = self.sector.parent.clone() else {
            return Ok(None);
        };
        let found = self.door.load(SectorKey(parent)).await?;
        Ok(found.map(|sector| Self::new(sector, &self.door)))
    }

    /// Where it comes from (bron).
    async fn source(&self) -> &str {
        &self.sector.source
    }
}

/// A sector in a list, with its place there (rand).
#[derive(SimpleObject)]
pub(super) struct SectorEdge {
    /// Its place: give it as `after` to go on from here.
    cursor: String,
    /// The sector (bedrijfstak).
    node: Sector,
}

/// A page of sectors (bladzijde van bedrijfstakken), by code.
#[derive(SimpleObject)]
pub(super) struct SectorConnection {
    /// The sectors with their places.
    edges: Vec<SectorEdge>,
    /// The sectors alone.
    nodes: Vec<Sector>,
    /// Where the page ends.
    page_info: PageInfo,
}

impl SectorConnection {
    /// A page of what was found, which is one more than the page when there is more.
    fn of(mut nodes: Vec<Sector>, size: u64, after: bool) -> Self {
        let page_info = PageInfo::cut(&mut nodes, size, after, |node| node.sector.code.clone());
        let edge = |node: &Sector| SectorEdge {
            cursor: node.sector.code.clone(),
            node: node.clone(),
        };
        let edges: Vec<SectorEdge> = nodes.iter().map(edge).collect();
        Self {
            edges,
            nodes,
            page_info,
        }
    }
}
