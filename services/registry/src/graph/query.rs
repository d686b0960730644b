//! The root: what can be asked of the registry. Who may ask what stands at the top of [`super`].

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use foundation::{Code, Fault};

use super::desk::Desk;
use super::entity;
use super::page::{PartyConnection, party_at};
use super::party::{IdentifierInput, SupervisedParty};
use super::site::Site;
use super::who::{Category, Circle, Domain, LegalBasis, Me, Organisation, Purpose, SafetyRegion};
use crate::model::identifier::Identifier;
use crate::store::party::{Search, search};
use crate::store::who;
use foundation::graphql::kit::{LIST_COST, PAGE_DEFAULT, page_cost, page_size};

/// The longest text that parties are looked for by, in characters.
const NAME_MAXIMUM: usize = 200;

fn desk<'a>(ctx: &Context<'a>) -> &'a Arc<Desk> {
    ctx.data_unchecked::<Arc<Desk>>()
}

/// What can be asked of the registry. Every field may be null: what this service cannot answer must not take the other
/// services' part of an answer with it.
pub(super) struct Query;

/// What can be asked (vragen).
#[Object]
impl Query {
    /// The caller (ik). Answers without a purpose.
    async fn me(&self, ctx: &Context<'_>) -> Result<Option<Me>, Fault> {
        Ok(Some(Me(desk(ctx).session.own().await?)))
    }

    /// The purposes that the caller may state (doelen), by code. Answers without a purpose.
    async fn purposes(&self, ctx: &Context<'_>) -> Result<Option<Vec<Purpose>>, Fault> {
        Ok(Some(
            desk(ctx)
                .session
                .own()
                .await?
                .purposes
                .into_iter()
                .map(Into::into)
                .collect(),
        ))
    }

    /// All inspectorates and partner bodies (inspecties en partnerorganisaties), by code.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn organisations(&self, ctx: &Context<'_>) -> Result<Option<Vec<Organisation>>, Fault> {
        Ok(Some(
            desk(ctx)
                .organisations()
                .await?
                .iter()
                .cloned()
                .map(Organisation)
                .collect(),
        ))
    }

    /// One inspectorate or partner body (inspectie of partnerorganisatie).
    async fn organisation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code (code), such as `ilt`.")] code: String,
    ) -> Result<Option<Organisation>, Fault> {
        let all = desk(ctx).organisations().await?;
        Ok(all.iter().find(|row| row.code == code).cloned().map(Organisation))
    }

    /// All circles (samenwerkingsverbanden), by code.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn circles(&self, ctx: &Context<'_>) -> Result<Option<Vec<Circle>>, Fault> {
        let desk = desk(ctx);
        let circle = |circle| Circle {
            circle,
            desk: desk.clone(),
        };
        Ok(Some(desk.circles().await?.iter().cloned().map(circle).collect()))
    }

    /// One circle (samenwerkingsverband).
    async fn circle(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code (code), such as `cmj`.")] code: String,
    ) -> Result<Option<Circle>, Fault> {
        let desk = desk(ctx);
        let found = desk
            .circles()
            .await?
            .iter()
            .find(|circle| circle.circle.code == code)
            .cloned();
        Ok(found.map(|circle| Circle {
            circle,
            desk: desk.clone(),
        }))
    }

    /// All legal bases on which a grant can rest (wettelijke grondslagen), by code.
    async fn legal_bases(&self, ctx: &Context<'_>) -> Result<Option<Vec<LegalBasis>>, Fault> {
        Ok(Some(
            who::legal_bases(&desk(ctx).session)
                .await?
                .into_iter()
                .map(Into::into)
                .collect(),
        ))
    }

    /// All safety regions (veiligheidsregio's), by code.
    async fn safety_regions(&self, ctx: &Context<'_>) -> Result<Option<Vec<SafetyRegion>>, Fault> {
        Ok(Some(
            desk(ctx).regions().await?.iter().cloned().map(SafetyRegion).collect(),
        ))
    }

    /// All fields of supervision (toezichtdomeinen), by code.
    async fn domains(&self, ctx: &Context<'_>) -> Result<Option<Vec<Domain>>, Fault> {
        Ok(Some(
            who::domains(&desk(ctx).session)
                .await?
                .into_iter()
                .map(Into::into)
                .collect(),
        ))
    }

    /// All categories of signals (categorieën), by code.
    async fn categories(&self, ctx: &Context<'_>) -> Result<Option<Vec<Category>>, Fault> {
        Ok(Some(
            desk(ctx).categories().await?.iter().cloned().map(Category).collect(),
        ))
    }

    /// One supervised party (ondertoezichtstaande).
    async fn party(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its identity (kenmerk), such as `pty_…`.")] id: ID,
    ) -> Result<Option<SupervisedParty>, Fault> {
        entity::party(desk(ctx), &id).await.map_err(|fault| fault.at("id"))
    }

    /// Supervised parties (ondertoezichtstaanden) by part of a name or by a number, in the order of their names.
    /// Persons are found by number only.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn parties(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Part of a legal or trade name (naam); case and accents do not matter.")] name: Option<String>,
        #[graphql(desc = "A number (identificerend nummer). Give it or a name, not both.")] identifier: Option<
            IdentifierInput,
        >,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many (aantal): 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "Go on after this place (cursor).")] after: Option<String>,
    ) -> Result<Option<PartyConnection>, Fault> {
        let desk = desk(ctx);
        let size = page_size(first)?;
        let wanted = wanted(name, identifier)?;
        let place = after.as_deref().map(party_at).transpose()?;
        let found = search(&desk.session, &wanted, place, size + 1).await?;
        let party = |party| SupervisedParty {
            party,
            desk: desk.clone(),
        };
        Ok(Some(PartyConnection::of(
            found.into_iter().map(party).collect(),
            size,
            after.is_some(),
        )))
    }

    /// One site (vestiging).
    async fn site(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its identity (kenmerk), such as `sit_…`.")] id: ID,
    ) -> Result<Option<Site>, Fault> {
        entity::site(desk(ctx), &id).await.map_err(|fault| fault.at("id"))
    }

    #[graphql(entity)]
    async fn find_party(&self, ctx: &Context<'_>, id: ID) -> Result<Option<SupervisedParty>, Fault> {
        entity::party(desk(ctx), &id).await
    }

    #[graphql(entity)]
    async fn find_site(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Site>, Fault> {
        entity::site(desk(ctx), &id).await
    }

    #[graphql(entity)]
    async fn find_organisation(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Organisation>, Fault> {
        entity::organisation(desk(ctx), &id).await
    }

    #[graphql(entity)]
    async fn find_circle(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Circle>, Fault> {
        entity::circle(desk(ctx), &id).await
    }

    #[graphql(entity)]
    async fn find_region(&self, ctx: &Context<'_>, code: String) -> Result<Option<SafetyRegion>, Fault> {
        entity::safety_region(desk(ctx), &code).await
    }

    #[graphql(entity)]
    async fn find_category(&self, ctx: &Context<'_>, code: String) -> Result<Option<Category>, Fault> {
        entity::category(desk(ctx), &code).await
    }
}

/// What to look for: a name or a number, and one of them.
fn wanted(name: Option<String>, identifier: Option<IdentifierInput>) -> Result<Search, Fault> {
    match (name, identifier) {
        (Some(_), Some(_)) => {
            let (dutch, english) = (
                "geef `name` of `identifier`, niet beide",
                "give `name` or `identifier`, not both",
            );
            Err(Fault::new(Code::InvalidInput)
                .with_words("reason", dutch, english)
                .at("identifier"))
        }
        (None, None) => Err(Fault::new(Code::Required).at("name")),
        (Some(name), None) => {
            let length = name.chars().count();
            if length > NAME_MAXIMUM {
                let fault = Fault::new(Code::TooLong)
                    .with("length", length)
                    .with("maximum", NAME_MAXIMUM);
                return Err(fault.at("name"));
            }
            Search::name(&name).ok_or_else(|| Fault::new(Code::Required).at("name"))
        }
        (None, Some(given)) => {
            let identifier = Identifier::new(given.scheme.into(), &given.value);
            let invalid = |misfit| {
                Fault::new(Code::InvalidInput)
                    .with("reason", misfit)
                    .at("identifier.value")
            };
            identifier.map(Search::Identifier).map_err(invalid)
        }
    }
}
