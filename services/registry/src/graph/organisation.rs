//! Inspectorates and partner bodies, as the API shows them.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use foundation::Fault;
use foundation::graphql::kit::LIST_COST;
use foundation::ids::{prefix, read, write};
use foundation::reference::organisation;

use super::door::Door;

/// Questions about organisations.
#[derive(Default)]
pub(super) struct OrganisationQuery;

/// Questions about organisations.
#[Object]
impl OrganisationQuery {
    /// All inspectorates and partner bodies (inspecties en partnerorganisaties), by code.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn organisations(&self, ctx: &Context<'_>) -> Result<Option<Vec<Organisation>>, Fault> {
        Ok(Some(
            Door::of(ctx)
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
        let all = Door::of(ctx).organisations().await?;
        Ok(all.iter().find(|row| row.code == code).cloned().map(Organisation))
    }

    #[graphql(entity)]
    async fn find_organisation(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Organisation>, Fault> {
        find(Door::of(ctx), &id).await
    }
}

/// The organisation with this id.
async fn find(door: &Arc<Door>, id: &ID) -> Result<Option<Organisation>, Fault> {
    let id = read(prefix::ORGANISATION, id)?;
    Ok(door
        .organisations()
        .await?
        .iter()
        .find(|row| row.id == id)
        .cloned()
        .map(Organisation))
}

/// What an organisation is on the platform (soort organisatie).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OrganisationKind {
    /// Inspectie: may be a member of circles.
    Inspectorate,
    /// Partnerorganisatie: a body that the inspectorates work with.
    Partner,
}

/// Whom to call about a record of an organisation (contact): a desk rather than a person.
#[derive(SimpleObject, Clone, Debug)]
pub(super) struct OrganisationContact {
    /// Its name (naam).
    name: String,
    /// Its telephone number (telefoonnummer).
    phone: String,
    /// Its mail address (e-mailadres).
    email: String,
}

/// An inspectorate or partner body (inspectie of partnerorganisatie).
pub(super) struct Organisation(pub organisation::Model);

/// An inspectorate or partner body (inspectie of partnerorganisatie).
#[Object]
impl Organisation {
    /// Its identity (kenmerk), such as `org_…`.
    pub(super) async fn id(&self) -> ID {
        write(prefix::ORGANISATION, self.0.id)
    }

    /// Its stable code (code), such as `ilt`.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Its Dutch name (naam).
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its English name (Engelse naam).
    async fn name_en(&self) -> &str {
        &self.0.name_en
    }

    /// What it is on the platform (soort).
    async fn kind(&self) -> OrganisationKind {
        if self.0.kind == "inspectorate" {
            OrganisationKind::Inspectorate
        } else {
            OrganisationKind::Partner
        }
    }

    /// Its number in government messaging (organisatie-identificatienummer, OIN).
    async fn oin(&self) -> Option<&str> {
        self.0.oin.as_deref()
    }

    /// The codes of the fields that it supervises (toezichtdomeinen), as `domains` lists them.
    async fn domains(&self) -> Vec<&str> {
        self.0.domains.split_whitespace().collect()
    }

    /// Whether it is among all participants (deelnemer), to whom a record may be granted together.
    async fn participant(&self) -> bool {
        self.0.participant
    }

    /// Whom to call about its records (contact).
    async fn contact(&self) -> OrganisationContact {
        OrganisationContact {
            name: self.0.contact_name.clone(),
            phone: self.0.contact_phone.clone(),
            email: self.0.contact_email.clone(),
        }
    }
}
