//! Circles, as the API shows them.

use std::sync::Arc;

use access::FOREVER;
use async_graphql::{Context, Error, ID, InputObject, Object};
use foundation::clock::{amsterdam, date_of, end_of, last_date_before};
use foundation::graphql::kit::{Date, LIST_COST};
use foundation::ids::{prefix, read, write};
use foundation::{Code, Fault};
use uuid::Uuid;

use super::decision::{Decision, propose};
use super::door::Door;
use super::legal_basis::LegalBasis;
use super::organisation::Organisation;
use super::purpose::Purpose;
use super::raise;
use crate::model::decision::{Change, Circled};
use crate::store;
use crate::store::circle::NewCircle;

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

/// The circle with this code as it is now, for the answer to a change.
async fn now(door: &Arc<Door>, code: &str) -> Result<Option<Circle>, Fault> {
    let mut all = store::circle::all(&door.session).await?.into_iter();
    Ok(all.find(|circle| circle.circle.code == code).map(|circle| Circle {
        circle,
        door: door.clone(),
    }))
}

/// Changes to circles.
#[derive(Default)]
pub(super) struct CircleMutation;

/// Changes to circles. Each inspectorate joins and leaves for itself; what narrows is in force when it is answered.
#[Object]
impl CircleMutation {
    /// Founds a circle (samenwerkingsverband oprichten); the own inspectorate coordinates it and is its first member.
    async fn found_circle(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The circle.")] input: CircleInput,
    ) -> Result<Option<Circle>, Error> {
        let door = Door::of(ctx);
        let new = input.read()?;
        store::circle::found(&door.session, &new)
            .await
            .map_err(|faults| raise(ctx, faults))?;
        Ok(now(door, &new.code).await?)
    }

    /// Invites an inspectorate into a circle that the own one coordinates (uitnodigen); its administrator confirms.
    async fn invite_to_circle(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The circle's code, such as `cmj`.")] circle: String,
        #[graphql(desc = "The inspectorate's code, such as `igj`.")] organisation: String,
    ) -> Result<Option<Decision>, Error> {
        propose(ctx, Change::Membership(Circled { circle, organisation })).await
    }

    /// Puts forward that another member coordinates a circle (coördinatie overdragen); its administrator confirms.
    async fn propose_coordinator(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The circle's code, such as `cmj`.")] circle: String,
        #[graphql(desc = "The member's code, such as `igj`.")] organisation: String,
    ) -> Result<Option<Decision>, Error> {
        propose(ctx, Change::Coordination(Circled { circle, organisation })).await
    }

    /// Leaves a circle (uittreden): what was shared with it stops for the own inspectorate.
    async fn leave_circle(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The circle's code, such as `cmj`.")] circle: String,
    ) -> Result<Option<Circle>, Fault> {
        let door = Door::of(ctx);
        store::circle::leave(&door.session, &circle, None).await?;
        now(door, &circle).await
    }

    /// Ends another's membership of a circle that the own inspectorate coordinates (lidmaatschap beëindigen).
    async fn end_membership(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The circle's code, such as `cmj`.")] circle: String,
        #[graphql(desc = "The member's code, such as `igj`.")] organisation: String,
    ) -> Result<Option<Circle>, Fault> {
        let door = Door::of(ctx);
        store::circle::leave(&door.session, &circle, Some(&organisation)).await?;
        now(door, &circle).await
    }

    /// Ends a circle that the own inspectorate coordinates (samenwerkingsverband beëindigen), now or after an earlier
    /// day than it would. What has ended does not live again.
    async fn end_circle(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The circle's code, such as `cmj`.")] circle: String,
        #[graphql(desc = "The last day on which it exists; now where nothing is said.")] last_day: Option<Date>,
    ) -> Result<Option<Circle>, Fault> {
        let door = Door::of(ctx);
        let at = last_day.map(|day| end(day, "lastDay")).transpose()?;
        store::circle::end(&door.session, &circle, at).await?;
        now(door, &circle).await
    }
}

/// The exclusive end of a day.
fn end(day: Date, field: &'static str) -> Result<access::Instant, Fault> {
    end_of(day.0).ok_or_else(|| Fault::new(Code::InvalidPeriod).at(field))
}

/// A circle to found (op te richten samenwerkingsverband).
#[derive(InputObject)]
pub(super) struct CircleInput {
    /// Its code (code), such as `cmj`. Never used again.
    code: String,
    /// Its Dutch name (naam).
    name: String,
    /// Its English name (Engelse naam).
    name_en: String,
    /// The codes of the purposes for which grants to it can be made (doelen).
    purposes: Vec<String>,
    /// The code of the basis on which its members exchange (grondslag).
    legal_basis: String,
    /// The first day on which it exists (begindatum); at once where nothing is said.
    starts: Option<Date>,
    /// The last day on which it exists (einddatum); without one it goes on.
    ends: Option<Date>,
}

impl CircleInput {
    fn read(self) -> Result<NewCircle, Fault> {
        let begin = |day: Date| {
            let start = day.0.to_zoned(amsterdam());
            start.map_err(|_| Fault::new(Code::InvalidPeriod).at("starts"))
        };
        let starts = self.starts.map(begin).transpose()?;
        Ok(NewCircle {
            code: self.code,
            name: self.name,
            name_en: self.name_en,
            purposes: self.purposes,
            legal_basis: self.legal_basis,
            starts_at: starts.map(|moment| moment.timestamp().as_microsecond()),
            ends_at: self.ends.map(|day| end(day, "ends")).transpose()?.unwrap_or(FOREVER),
        })
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
