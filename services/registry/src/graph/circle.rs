//! Circles, as the API shows them.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use foundation::Fault;
use foundation::clock::{date_of, last_date_before};
use foundation::graphql::kit::{Date, LIST_COST};
use foundation::ids::{prefix, read, write};
use uuid::Uuid;

use super::door::Door;
use super::legal_basis::LegalBasis;
use super::organisation::Organisation;
use super::purpose::Purpose;
use crate::store;

/// Questions about circles.
#[derive(Default)]
pub(super) struct CircleQuery;

/// Questions about circles.
#[Object]
impl CircleQuery {
    /// All circles (samenwerkingsverbanden), by code.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn circles(&self, ctx: &Context<'_>) -> Result<Option<Vec<Circle>>, Fault> {
        let door = Door::of(ctx);
        let circle = |circle| Circle {
            circle,
            door: door.clone(),
        };
        Ok(Some(door.circles().await?.iter().cloned().map(circle).collect()))
    }

    /// One circle (samenwerkingsverband).
    async fn circle(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code (code), such as `cmj`.")] code: String,
    ) -> Result<Option<Circle>, Fault> {
        let door = Door::of(ctx);
        let found = door
            .circles()
            .await?
            .iter()
            .find(|circle| circle.circle.code == code)
            .cloned();
        Ok(found.map(|circle| Circle {
            circle,
            door: door.clone(),
        }))
    }

    #[graphql(entity)]
    async fn find_circle(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Circle>, Fault> {
        find(Door::of(ctx), &id).await
    }
}

/// The circle with this id.
async fn find(door: &Arc<Door>, id: &ID) -> Result<Option<Circle>, Fault> {
    let id = read(prefix::CIRCLE, id)?;
    let found = door
        .circles()
        .await?
        .iter()
        .find(|circle| circle.circle.id == id)
        .cloned();
    Ok(found.map(|circle| Circle {
        circle,
        door: door.clone(),
    }))
}

/// A standing form of cooperation between inspectorates (samenwerkingsverband), to which a grant can be made.
pub(super) struct Circle {
    /// The circle.
    pub(super) circle: store::circle::Circle,
    /// Where its organisations are found.
    pub(super) door: Arc<Door>,
}

impl Circle {
    async fn organisations(&self, wanted: impl Fn(Uuid) -> bool) -> Result<Vec<Organisation>, Fault> {
        let all = self.door.organisations().await?;
        Ok(all
            .iter()
            .filter(|row| wanted(row.id))
            .cloned()
            .map(Organisation)
            .collect())
    }
}

/// A standing form of cooperation between inspectorates (samenwerkingsverband), to which a grant can be made.
#[Object]
impl Circle {
    /// Its identity (kenmerk), such as `cir_…`.
    pub(super) async fn id(&self) -> ID {
        write(prefix::CIRCLE, self.circle.circle.id)
    }

    /// Its stable code (code), such as `cmj`.
    async fn code(&self) -> &str {
        &self.circle.circle.code
    }

    /// Its Dutch name (naam).
    async fn name(&self) -> &str {
        &self.circle.circle.name
    }

    /// Its English name (Engelse naam).
    async fn name_en(&self) -> &str {
        &self.circle.circle.name_en
    }

    /// The inspectorate that coordinates it (coördinator).
    async fn coordinator(&self) -> Result<Organisation, Fault> {
        let found = self.organisations(|id| id == self.circle.circle.coordinator_id).await?;
        found
            .into_iter()
            .next()
            .ok_or_else(|| Fault::broken("a circle without its coordinator"))
    }

    /// The inspectorates in it now (leden), by code.
    async fn members(&self) -> Result<Vec<Organisation>, Fault> {
        self.organisations(|id| self.circle.members.contains(&id)).await
    }

    /// The purposes for which grants to it can be made (doelen), by code.
    async fn purposes(&self) -> Vec<Purpose> {
        self.circle.purposes.iter().cloned().map(Into::into).collect()
    }

    /// The basis on which its members exchange (grondslag).
    async fn legal_basis(&self) -> LegalBasis {
        self.circle.legal_basis.clone().into()
    }

    /// The first day on which it exists (begindatum).
    async fn starts(&self) -> Date {
        Date(date_of(self.circle.circle.starts_at))
    }

    /// The last day on which it exists (einddatum); without one it goes on.
    async fn ends(&self) -> Option<Date> {
        let ends = self.circle.circle.ends_at;
        (ends != access::FOREVER).then(|| Date(last_date_before(ends)))
    }
}
