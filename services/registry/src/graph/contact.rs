//! The contact log of a party, as the API shows and takes it: the own inspectorate's alone.

use std::sync::Arc;

use access::MaskReason;
use async_graphql::{Context, Enum, Error, ID, InputObject, Object, SimpleObject};
use foundation::Fault;
use foundation::graphql::kit::{DateTime, MaskedField, PageInfo, Warning, cursor, looks_personal, raise};
use foundation::ids::{prefix, read, write};
use uuid::Uuid;

use super::door::{Door, PartyKey, PersonsOf};
use super::party::{SupervisedParty, masked};
use crate::model;
use crate::model::contact::{ContactChange, NewContact};
use crate::store::contact;

/// Changes to the contact log.
#[derive(Default)]
pub(super) struct ContactMutation;

/// Changes to the contact log. Each may be null beside its error, so that those before it keep their answers.
#[Object]
impl ContactMutation {
    /// Logs a contact with a party (contactmoment vastleggen), for the own inspectorate alone.
    async fn log_contact(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contact.")] input: PartyContactInput,
    ) -> Result<Option<PartyContactPayload>, Error> {
        let party = read(prefix::PARTY, &input.party_id).map_err(|fault| fault.at("input.partyId"))?;
        let summary = input.summary.clone();
        let new = NewContact {
            at: input.at.0,
            kind: input.kind.into(),
            persons: input.persons.unwrap_or_default(),
            summary: input.summary,
        };
        let logged = contact::log(&Door::of(ctx).session, party, new).await;
        let id = logged.map_err(|faults| raise(ctx, faults))?;
        payload(ctx, id, Some(&summary)).await
    }

    /// Changes a contact in the own inspectorate's log (wijzigen).
    async fn edit_contact(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id, `con_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
        #[graphql(desc = "What changes.")] input: PartyContactEdit,
    ) -> Result<Option<PartyContactPayload>, Error> {
        let id = read(prefix::CONTACT, &id).map_err(|fault| fault.at("id"))?;
        let change = ContactChange {
            at: input.at.map(|moment| moment.0),
            kind: input.kind.map(Into::into),
            persons: input.persons,
            summary: input.summary.clone(),
        };
        let edited = contact::edit(&Door::of(ctx).session, id, version, change).await;
        edited.map_err(|faults| raise(ctx, faults))?;
        payload(ctx, id, input.summary.as_deref()).await
    }
}

async fn payload(ctx: &Context<'_>, id: Uuid, summary: Option<&str>) -> Result<Option<PartyContactPayload>, Error> {
    let door = Door::of(ctx);
    let language = door.session.stated().language;
    let found = contact::one(&door.session, id).await?;
    Ok(Some(PartyContactPayload {
        contact: found.map(|contact| PartyContact::new(contact, door)),
        warnings: looks_personal([("summary", summary)], language),
    }))
}

/// A contact after a change.
#[derive(SimpleObject)]
pub(super) struct PartyContactPayload {
    /// The contact as it is now (contactmoment).
    contact: Option<PartyContact>,
    /// What was accepted but deserves a second look (waarschuwingen).
    warnings: Vec<Warning>,
}

/// How there was contact (soort contact).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::contact::ContactKind")]
pub(super) enum PartyContactKind {
    /// Bezoek.
    Visit,
    /// Gesprek.
    Talk,
    /// Telefoon.
    Phone,
    /// Post of e-mail.
    Mail,
}

/// A contact with a party (contactmoment).
#[derive(InputObject, Clone, Debug)]
pub(super) struct PartyContactInput {
    /// The party, `pty_…` (ondertoezichtstaande).
    party_id: ID,
    /// When it was (tijdstip).
    at: DateTime,
    /// How (soort).
    kind: PartyContactKind,
    /// With whom (gesproken met), at most 50. Personal: kept apart and masked.
    persons: Option<Vec<String>>,
    /// What was said (samenvatting), at most 4,000 characters; nothing personal.
    summary: String,
}

/// Changes to a contact: what is left out stays.
#[derive(InputObject, Clone, Debug)]
pub(super) struct PartyContactEdit {
    /// When it was (tijdstip).
    at: Option<DateTime>,
    /// How (soort).
    kind: Option<PartyContactKind>,
    /// With whom, all of them (gesproken met).
    persons: Option<Vec<String>>,
    /// What was said (samenvatting).
    summary: Option<String>,
}

/// A contact with a party in the own inspectorate's log (contactmoment).
#[derive(Clone)]
pub(super) struct PartyContact {
    contact: contact::Contact,
    door: Arc<Door>,
}

impl PartyContact {
    fn new(contact: contact::Contact, door: &Arc<Door>) -> Self {
        let door = door.clone();
        Self { contact, door }
    }

    async fn with(&self) -> Result<Result<Vec<String>, MaskReason>, Fault> {
        let persons = self.door.load(PersonsOf(self.contact.id)).await?;
        Ok(persons.unwrap_or(Err(MaskReason::NotOwner)))
    }
}

/// A contact with a party in the own inspectorate's log (contactmoment).
#[Object]
impl PartyContact {
    /// Its identity (kenmerk), `con_…`.
    async fn id(&self) -> ID {
        write(prefix::CONTACT, self.contact.id)
    }

    /// The party (ondertoezichtstaande).
    async fn party(&self) -> Result<Option<SupervisedParty>, Fault> {
        let party = self.door.load(PartyKey(self.contact.party)).await?;
        Ok(party.map(|party| SupervisedParty {
            party,
            door: self.door.clone(),
        }))
    }

    /// When it was (tijdstip).
    async fn at(&self) -> DateTime {
        DateTime(self.contact.at)
    }

    /// How (soort).
    async fn kind(&self) -> PartyContactKind {
        self.contact.kind.into()
    }

    /// With whom (gesproken met); null where `maskedFields` says so.
    async fn persons(&self) -> Result<Option<Vec<String>>, Fault> {
        Ok(self.with().await?.ok())
    }

    /// What was said (samenvatting).
    async fn summary(&self) -> &str {
        &self.contact.summary
    }

    /// Its version, which a change names.
    async fn version(&self) -> i32 {
        self.contact.version
    }

    /// The fields that are null because the caller may not see them (afgeschermde velden).
    async fn masked_fields(&self) -> Result<Vec<MaskedField>, Fault> {
        let reader = self.door.session.reader().await?;
        Ok(masked(access::unmask(&reader.scope().caller), &["persons"]))
    }
}

/// A contact in a log, with its place there (rand).
#[derive(SimpleObject)]
pub(super) struct PartyContactEdge {
    /// Its place: give it as `after` to go on from here.
    cursor: String,
    /// The contact (contactmoment).
    node: PartyContact,
}

/// A page of a party's contact log (bladzijde van het contactlogboek), newest first.
#[derive(SimpleObject)]
pub(super) struct PartyContactConnection {
    /// The contacts with their places.
    edges: Vec<PartyContactEdge>,
    /// The contacts alone.
    nodes: Vec<PartyContact>,
    /// Where the page ends.
    page_info: PageInfo,
}

impl PartyContactConnection {
    /// A page of what was found, which is one more than the page when there is more.
    pub(super) fn of(mut found: Vec<contact::Contact>, size: u64, after: bool, door: &Arc<Door>) -> Self {
        let page_info = PageInfo::cut(&mut found, size, after, |one| cursor(one.position()));
        let nodes: Vec<PartyContact> = found.into_iter().map(|one| PartyContact::new(one, door)).collect();
        let edge = |node: &PartyContact| PartyContactEdge {
            cursor: cursor(node.contact.position()),
            node: node.clone(),
        };
        let edges: Vec<PartyContactEdge> = nodes.iter().map(edge).collect();
        Self {
            edges,
            nodes,
            page_info,
        }
    }
}
