//! Inspectorates and partner bodies, as the API shows them.

use std::sync::Arc;

use async_graphql::{Context, Enum, Error, ID, InputObject, Object, SimpleObject};
use foundation::Fault;
use foundation::graphql::kit::LIST_COST;
use foundation::ids::{prefix, read, write};
use foundation::reference::organisation;
use uuid::Uuid;

use super::account::AccountInput;
use super::decision::{Decision, propose};
use super::door::Door;
use crate::model::admission::Admission;
use crate::model::decision::{About, Change};

impl Organisation {
    /// The organisation with this identity.
    pub(super) async fn find(door: &Arc<Door>, id: Uuid) -> Result<Self, Fault> {
        let all = door.organisations().await?;
        let found = all.iter().find(|row| row.id == id).cloned();
        found
            .map(Self)
            .ok_or_else(|| Fault::broken("an organisation that is referred to is gone"))
    }
}

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

/// Changes to organisations.
#[derive(Default)]
pub(super) struct OrganisationMutation;

/// Changes to organisations: each is put forward by an administrator of one organisation and confirmed by one of another;
/// that the own organisation is suspended or ends, by two of its own.
#[Object]
impl OrganisationMutation {
    /// Puts forward that an organisation joins (toelating voorstellen), with its first two administrators.
    async fn propose_admission(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organisation and its administrators.")] input: AdmissionInput,
    ) -> Result<Option<Decision>, Error> {
        propose(ctx, Change::Admission(Box::new(input.into()))).await
    }

    /// Puts forward that an organisation is suspended (schorsing voorstellen): none of its accounts may do anything.
    async fn propose_suspension(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code, such as `ilt`.")] organisation: String,
        #[graphql(desc = "Why; kept with the decision.")] reason: String,
    ) -> Result<Option<Decision>, Error> {
        propose(ctx, Change::Suspension(About { organisation, reason })).await
    }

    /// Puts forward that a suspended organisation goes on (hervatting voorstellen).
    async fn propose_resumption(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code, such as `ilt`.")] organisation: String,
        #[graphql(desc = "Why; kept with the decision.")] reason: String,
    ) -> Result<Option<Decision>, Error> {
        propose(ctx, Change::Resumption(About { organisation, reason })).await
    }

    /// Puts forward that an organisation leaves for good (beëindiging voorstellen), with its accounts, memberships and
    /// the circles that it coordinates.
    async fn propose_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code, such as `ilt`.")] organisation: String,
        #[graphql(desc = "Why; kept with the decision.")] reason: String,
    ) -> Result<Option<Decision>, Error> {
        propose(ctx, Change::End(About { organisation, reason })).await
    }

    /// Puts forward that an organisation is among all participants, or no longer (deelname voorstellen).
    async fn propose_participation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code, such as `ilt`.")] organisation: String,
        #[graphql(desc = "Whether it is a participant from then on.")] participant: bool,
    ) -> Result<Option<Decision>, Error> {
        let change = Change::Participation {
            organisation,
            participant,
        };
        propose(ctx, change).await
    }
}

/// An organisation to admit (toe te laten organisatie).
#[derive(InputObject)]
pub(super) struct AdmissionInput {
    /// Its code (code), such as `ilt`; one that is known and has no administrator gets its administrators.
    code: String,
    /// Its Dutch name (naam).
    name: String,
    /// Its English name (Engelse naam).
    name_en: String,
    /// What it is on the platform (soort).
    kind: OrganisationKind,
    /// Its number in government messaging (organisatie-identificatienummer, OIN).
    oin: Option<String>,
    /// The codes of the fields that it supervises (toezichtdomeinen).
    domains: Option<Vec<String>>,
    /// Whether it is among all participants (deelnemer).
    participant: bool,
    /// Whom to call about its records (contact).
    contact: ContactInput,
    /// Its first administrators (beheerders): two persons.
    administrators: Vec<AccountInput>,
    /// The codes of the purposes that these hold (doelen).
    #[graphql(default_with = "vec![\"verantwoording\".to_owned()]")]
    purposes: Vec<String>,
}

/// Whom to call (contact): a desk rather than a person.
#[derive(InputObject)]
pub(super) struct ContactInput {
    /// Its name (naam).
    name: String,
    /// Its telephone number (telefoonnummer).
    phone: String,
    /// Its mail address (e-mailadres).
    email: String,
}

impl From<AdmissionInput> for Admission {
    fn from(input: AdmissionInput) -> Self {
        Self {
            code: input.code,
            name: input.name,
            name_en: input.name_en,
            inspectorate: input.kind == OrganisationKind::Inspectorate,
            oin: input.oin,
            domains: input.domains.unwrap_or_default(),
            participant: input.participant,
            contact_name: input.contact.name,
            contact_phone: input.contact.phone,
            contact_email: input.contact.email,
            administrators: input.administrators.into_iter().map(Into::into).collect(),
            purposes: input.purposes,
        }
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
