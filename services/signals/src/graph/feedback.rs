//! Feedback product, as the graph shows it.

mod list;
mod mutation;
mod query;

use access::Operation;
use async_graphql::{Enum, ID, Object};
use foundation::graphql::kit::{DateTime, LIST_COST, MaskedBecause, MaskedField};
use foundation::{Fault, Seen, ids};

use super::door::Door;
use super::party::SupervisedParty;
use super::signal::Organisation;
use super::theme::Theme;
use crate::store::FeedbackRow;
pub use mutation::FeedbackMutation;
pub use query::FeedbackQuery;

/// Feedback product (terugkoppelproduct): what inspectorates tell the field about a theme, without saying whose it is.
#[derive(Clone)]
pub struct Feedback {
    seen: Seen<FeedbackRow>,
    door: Door,
}

/// Where a feedback product is in its life (staat).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedbackState {
    /// Concept: its owner's alone.
    Draft,
    /// Verstuurd: all participants read it, nobody changes it.
    Sent,
}

/// To what kind of addressee (soort geadresseerde).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddresseeKind {
    /// Een veld, in woorden: a field, in words.
    Field,
    /// Een sector, met een SBI-code: a sector, by SBI code.
    Sector,
    /// Ondertoezichtstaanden: supervised parties by name.
    Parties,
}

/// What the caller may do with a feedback product (toegestane handeling).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedbackAction {
    /// Wijzigen.
    Edit,
    /// Versturen.
    Send,
}

impl Feedback {
    /// A product that was seen.
    pub fn new(seen: Seen<FeedbackRow>, door: Door) -> Self {
        Self { seen, door }
    }

    fn draft(&self) -> bool {
        self.seen.state == access::State::Draft as i16
    }
}

/// Feedback product (terugkoppelproduct): what inspectorates tell the field about a theme, without saying whose it is.
/// A draft is its owner's; what was sent is read by all participants.
#[Object(name = "FeedbackProduct")]
impl Feedback {
    /// Its id, `fbk_…`.
    async fn id(&self) -> ID {
        ids::write(ids::prefix::FEEDBACK, self.seen.id)
    }

    /// Its version; give it with a change, so that nobody's change is overwritten unseen.
    async fn version(&self) -> i32 {
        self.seen.version
    }

    /// Its title (titel).
    async fn title(&self) -> &str {
        &self.seen.title
    }

    /// Its text (tekst), de-identified.
    async fn body(&self) -> &str {
        &self.seen.body
    }

    /// Where it is in its life (staat).
    async fn state(&self) -> FeedbackState {
        if self.draft() {
            FeedbackState::Draft
        } else {
            FeedbackState::Sent
        }
    }

    /// To what kind of addressee (soort geadresseerde).
    async fn addressee_kind(&self) -> AddresseeKind {
        match self.seen.addressee_kind {
            1 => AddresseeKind::Field,
            2 => AddresseeKind::Sector,
            _ => AddresseeKind::Parties,
        }
    }

    /// The field in words, or the sector's SBI code (geadresseerde); null where it is addressed to parties.
    async fn addressee(&self) -> Option<&str> {
        Some(self.seen.addressee.as_str()).filter(|addressee| !addressee.is_empty())
    }

    /// The parties to whom it is addressed (ondertoezichtstaanden). Only for the owner's side: null for others, and then
    /// named in `maskedFields`.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn addressed_parties(&self) -> Result<Option<Vec<SupervisedParty>>, Fault> {
        if !self.seen.own() {
            return Ok(None);
        }
        let parties = self.door.themes().addressees(self.seen.id).await?;
        let party = |id| SupervisedParty::new(id, self.door.clone());
        Ok(Some(parties.into_iter().map(party).collect()))
    }

    /// The fields that are null because the caller may not see them (afgeschermde velden).
    async fn masked_fields(&self) -> Vec<MaskedField> {
        let masked = MaskedField {
            field: "addressedParties".to_owned(),
            reason: MaskedBecause::NotOwner,
        };
        (!self.seen.own()).then_some(masked).into_iter().collect()
    }

    /// The theme that it was made from (rode draad); null unless the caller sees every signal of it.
    async fn theme(&self) -> Result<Option<Theme>, Fault> {
        let theme = self.door.themes().theme(self.seen.theme_id).await?;
        Ok(theme.map(|seen| Theme::new(seen, self.door.clone())))
    }

    /// The organisation that made it (eigenaar).
    async fn owner(&self) -> Option<Organisation> {
        let id = ids::write(ids::prefix::ORGANISATION, self.seen.owner_id);
        Some(Organisation { id })
    }

    /// When it was sent to the field (verstuurd op).
    async fn sent_at(&self) -> Option<DateTime> {
        self.seen.sent_at.map(DateTime)
    }

    /// What the caller may do with it (toegestane handelingen).
    async fn permitted_actions(&self) -> Result<Vec<FeedbackAction>, Fault> {
        if !self.seen.own() || !self.draft() {
            return Ok(Vec::new());
        }
        let reader = self.door.session().reader().await?;
        let roles = &reader.scope().caller.roles;
        let draft = access::Relation::Own(access::State::Draft);
        let may = |operation| access::decide(roles, operation, draft).is_ok();
        let sends = may(Operation::Publish) && access::may_ever(roles, Operation::SendFeedback).is_ok();
        let edit = may(Operation::Edit).then_some(FeedbackAction::Edit);
        Ok(edit.into_iter().chain(sends.then_some(FeedbackAction::Send)).collect())
    }

    /// When it was first written (vastgelegd op).
    async fn created_at(&self) -> DateTime {
        DateTime(self.seen.created_at)
    }

    /// When it was last changed (gewijzigd op).
    async fn updated_at(&self) -> DateTime {
        DateTime(self.seen.updated_at)
    }
}
