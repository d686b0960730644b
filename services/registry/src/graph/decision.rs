//! Decisions that need two persons, as the API shows them to those who may decide.

use std::sync::Arc;

use async_graphql::{Context, Enum, Error, ID, Object};
use foundation::Fault;
use foundation::graphql::kit::{DateTime, LIST_COST, Rank};
use foundation::ids::{prefix, read, write};
use uuid::Uuid;

use super::account::Role;
use super::door::Door;
use super::organisation::Organisation;
use super::raise;
use crate::model::decision::{self, Change, Kind, Second, Standing};
use crate::store;

/// Questions about decisions.
#[derive(Default)]
pub(super) struct DecisionQuery;

/// Questions about decisions.
#[Object]
impl DecisionQuery {
    /// The decisions that wait for a second person (openstaande besluiten), oldest first, for administrators, and of
    /// clearances for data stewards.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn pending_decisions(&self, ctx: &Context<'_>) -> Result<Option<Vec<Decision>>, Fault> {
        let door = Door::of(ctx);
        let found = store::decision::pending(&door.session).await?;
        Ok(Some(
            found
                .into_iter()
                .map(|decision| Decision::new(decision, door))
                .collect(),
        ))
    }

    /// One decision (besluit), whatever became of it.
    async fn decision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id (kenmerk), `dec_…`.")] id: ID,
    ) -> Result<Option<Decision>, Fault> {
        let door = Door::of(ctx);
        let found = store::decision::one(&door.session, decision_id(&id)?).await?;
        Ok(found.map(|decision| Decision::new(decision, door)))
    }
}

fn decision_id(id: &ID) -> Result<Uuid, Fault> {
    read(prefix::DECISION, id).map_err(|fault| fault.at("id"))
}

/// Puts a change forward, for the answer to a mutation.
pub(super) async fn propose(ctx: &Context<'_>, change: Change) -> Result<Option<Decision>, Error> {
    let door = Door::of(ctx);
    let decision = store::decision::propose(&door.session, &change)
        .await
        .map_err(|faults| raise(ctx, faults))?;
    Ok(Some(Decision::new(decision, door)))
}

/// Changes that need two persons.
#[derive(Default)]
pub(super) struct DecisionMutation;

/// Changes that need two persons: put forward by one, in force when another confirms.
#[Object]
impl DecisionMutation {
    /// Confirms a decision as its second person (bevestigen): it is in force when this is answered.
    async fn confirm_decision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id, `dec_…`.")] id: ID,
    ) -> Result<Option<Decision>, Fault> {
        let door = Door::of(ctx);
        let decision = store::decision::confirm(&door.session, decision_id(&id)?).await?;
        Ok(Some(Decision::new(decision, door)))
    }

    /// Declines a decision (afwijzen), or takes it back (intrekken) as the side that put it forward.
    async fn decline_decision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id, `dec_…`.")] id: ID,
        #[graphql(desc = "Why; kept with the decision.")] reason: String,
    ) -> Result<Option<Decision>, Fault> {
        let door = Door::of(ctx);
        let decision = store::decision::decline(&door.session, decision_id(&id)?, &reason).await?;
        Ok(Some(Decision::new(decision, door)))
    }

    /// Puts forward that an account gets a role (rol voorstellen); another administrator of the organisation confirms.
    async fn propose_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account's name, such as `ilt.inspector`.")] account: String,
        #[graphql(desc = "The role.")] role: Role,
    ) -> Result<Option<Decision>, Error> {
        let role = access::Role::from(role).code().to_owned();
        propose(ctx, Change::Role { account, role }).await
    }

    /// Puts forward that an account may handle higher ranks (rubricering voorstellen): administrator and data steward
    /// agree, whoever begins.
    async fn propose_clearance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account's name, such as `ilt.inspector`.")] account: String,
        #[graphql(desc = "The highest rank that it may handle.")] clearance: Rank,
    ) -> Result<Option<Decision>, Error> {
        let rank = access::Rank::from(clearance) as i16;
        propose(ctx, Change::Clearance { account, rank }).await
    }
}

/// What a decision is about (soort besluit).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "Kind")]
pub(super) enum DecisionKind {
    /// Rol: an account gets a role.
    Role,
    /// Rubricering: an account may handle higher ranks.
    Clearance,
    /// Toelating: an organisation joins.
    Admission,
    /// Schorsing: an organisation may do nothing for a time.
    Suspension,
    /// Hervatting: a suspended organisation goes on.
    Resumption,
    /// Beëindiging: an organisation leaves.
    End,
    /// Deelname: an organisation is a participant, or no longer.
    Participation,
    /// Lidmaatschap: an inspectorate is invited into a circle.
    Membership,
    /// Coördinatie: another member is to coordinate a circle.
    Coordination,
    /// Doel: a purpose is new or changes.
    Purpose,
    /// Grondslag: a legal basis is new or changes.
    LegalBasis,
}

/// Who must agree (wie bevestigt), always another person than who put it forward.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "Second")]
pub(super) enum SecondPerson {
    /// Een beheerder van dezelfde organisatie.
    Colleague,
    /// Een gegevensbeheerder van dezelfde organisatie.
    Steward,
    /// Een beheerder van een andere organisatie.
    Elsewhere,
    /// Een beheerder van de organisatie die het betreft.
    Invited,
}

/// Where a decision stands (stand).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "Standing")]
pub(super) enum DecisionState {
    /// Wacht op bevestiging.
    Pending,
    /// Bevestigd: in force.
    Confirmed,
    /// Afgewezen of ingetrokken.
    Declined,
    /// Vervallen: nobody agreed in time.
    Lapsed,
}

/// A decision that needs two persons (besluit van twee).
pub(super) struct Decision {
    decision: decision::Decision,
    door: Arc<Door>,
}

impl Decision {
    fn new(decision: decision::Decision, door: &Arc<Door>) -> Self {
        let door = door.clone();
        Self { decision, door }
    }

    fn now(&self) -> access::Instant {
        self.door.session.platform().clock.now()
    }

    async fn organisation_of(&self, id: Uuid) -> Result<Option<Organisation>, Fault> {
        let all = self.door.organisations().await?;
        Ok(all.iter().find(|row| row.id == id).cloned().map(Organisation))
    }
}

/// A decision that needs two persons (besluit van twee).
#[Object]
impl Decision {
    /// Its identity (kenmerk), such as `dec_…`.
    async fn id(&self) -> ID {
        write(prefix::DECISION, self.decision.id)
    }

    /// What it is about (soort).
    async fn kind(&self) -> DecisionKind {
        self.decision.change.kind().into()
    }

    /// What it does, in the caller's language (omschrijving).
    async fn summary(&self) -> String {
        self.decision.change.sentence(self.door.session.stated().language)
    }

    /// The organisation that put it forward (voorgesteld door).
    async fn proposed_by(&self) -> Result<Option<Organisation>, Fault> {
        self.organisation_of(self.decision.organisation).await
    }

    /// The account that put it forward (account); null to other organisations.
    async fn account(&self) -> Result<Option<&str>, Fault> {
        let own = self.door.session.directory().await?.scope().caller.organisation;
        Ok((own == self.decision.organisation).then_some(self.decision.proposed_by.as_str()))
    }

    /// The organisation that it concerns (betreft); null where it concerns all.
    async fn concerns(&self) -> Result<Option<Organisation>, Fault> {
        match self.decision.about_organisation {
            Some(id) => self.organisation_of(id).await,
            None => Ok(None),
        }
    }

    /// When it was put forward (voorgesteld op).
    async fn proposed_at(&self) -> DateTime {
        DateTime(self.decision.proposed_at)
    }

    /// When it lapses, if nobody confirms (vervalt op).
    async fn lapses_at(&self) -> DateTime {
        DateTime(self.decision.lapses_at)
    }

    /// Who must confirm (wie bevestigt).
    async fn second(&self) -> SecondPerson {
        self.decision.second.into()
    }

    /// Where it stands (stand).
    async fn state(&self) -> DecisionState {
        self.decision.standing(self.now()).into()
    }

    /// When it was confirmed or declined (besloten op).
    async fn decided_at(&self) -> Option<DateTime> {
        self.decision.decided_at.map(DateTime)
    }

    /// Why it was declined (reden).
    async fn reason(&self) -> Option<&str> {
        self.decision.reason.as_deref()
    }
}
