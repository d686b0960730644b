//! Triage, as those who take part see it.

use std::sync::Arc;

use async_graphql::{Context, Enum, Error, ID, InputObject, Object, SimpleObject};
use foundation::graphql::kit::{
    Date, DateTime, LIST_COST, PAGE_DEFAULT, PageInfo, cursor, page_cost, page_size, read_cursor,
};
use foundation::session::Position;
use foundation::{Fault, clock, ids};
use uuid::Uuid;

use super::door::{Door, door};
use super::raise;
use super::signal::{At, Organisation, Signal, signal_id};
use crate::model::triage as model;
use crate::store::triage::{self, OpinionRow, Triage as Found};

/// What should happen with a report (vervolgstap).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "crate::model::triage::NextStep")]
pub enum NextStep {
    /// Eigen onderzoek: the party inquires itself first.
    OwnInquiry,
    /// Gezamenlijk onderzoek: the inspectorates inquire together.
    Joint,
    /// Onderzoek door één inspectie.
    OneInspectorate,
}

/// A ground on which an inspectorate inquires itself (grond voor eigen onderzoek), as Inspectie JenV has them.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "InquiryGround", remote = "crate::model::triage::Ground")]
pub enum InquiryGround {
    /// Ernst en maatschappelijke impact.
    Seriousness,
    /// De organisatie reflecteert niet op zichzelf.
    NotReflective,
    /// Een knelpunt in het stelsel.
    SystemBottleneck,
}

/// An opinion or a decision (oordeel) as it is given.
#[derive(InputObject)]
pub struct JudgementInput {
    /// What should happen.
    step: NextStep,
    /// The code of the inspectorate that inquires, when it is one.
    lead: Option<String>,
    /// On which grounds an inspectorate inquires itself; at least one, unless the party inquires itself first.
    grounds: Option<Vec<InquiryGround>>,
    /// Why (motivering), at most 4,000 characters.
    motivation: String,
}

impl JudgementInput {
    fn read(self) -> model::Judgement {
        model::Judgement {
            step: self.step.into(),
            lead: self.lead,
            grounds: self.grounds.unwrap_or_default().into_iter().map(Into::into).collect(),
            motivation: self.motivation,
        }
    }
}

/// An inspectorate's opinion in a triage (oordeel).
#[derive(SimpleObject)]
pub struct TriageOpinion {
    /// Whose it is.
    organisation: Option<Organisation>,
    /// When it was given.
    at: DateTime,
    /// What should happen.
    step: NextStep,
    /// The inspectorate that should inquire, when it is one.
    lead: Option<Organisation>,
    /// On which grounds.
    grounds: Vec<InquiryGround>,
    /// Why (motivering).
    motivation: String,
}

/// What a triage decided (besluit).
#[derive(SimpleObject)]
pub struct TriageDecision {
    /// When.
    at: DateTime,
    /// What happens.
    step: NextStep,
    /// The inspectorate that inquires, when it is one.
    lead: Option<Organisation>,
    /// On which grounds.
    grounds: Vec<InquiryGround>,
    /// Why (motivering).
    motivation: String,
}

fn organisation(id: Uuid) -> Organisation {
    Organisation {
        id: ids::write(ids::prefix::ORGANISATION, id),
    }
}

fn step(number: i16) -> Result<NextStep, Fault> {
    let step = model::NextStep::from_number(number);
    Ok(step
        .ok_or_else(|| Fault::broken("a next step outside its values"))?
        .into())
}

fn grounds(number: i16) -> Vec<InquiryGround> {
    model::Ground::within(number).into_iter().map(Into::into).collect()
}

fn opinion(row: OpinionRow) -> Result<TriageOpinion, Fault> {
    Ok(TriageOpinion {
        organisation: Some(organisation(row.organisation_id)),
        at: DateTime(row.at),
        step: step(row.advice)?,
        lead: row.lead_id.map(organisation),
        grounds: grounds(row.grounds),
        motivation: row.motivation,
    })
}

/// A joint assessment of one signal by several inspectorates (triage): an opinion each, one decision. Seen by those who
/// take part, as long as they see the signal.
pub struct Triage {
    found: Found,
    door: Door,
}

/// A joint assessment of one signal by several inspectorates (triage): an opinion each, one decision. Seen by those who
/// take part, as long as they see the signal.
#[Object]
impl Triage {
    /// Its id, `trg_…`.
    async fn id(&self) -> ID {
        ids::write(ids::prefix::TRIAGE, self.found.row.id)
    }

    /// The signal.
    async fn signal(&self) -> Result<Option<Signal>, Fault> {
        let seen = self.door.signal(self.found.row.signal_id).await?;
        Ok(seen.map(|seen| Signal::new(seen, self.door.clone())))
    }

    /// What is asked of those who take part (vraag).
    async fn question(&self) -> &str {
        &self.found.row.question
    }

    /// Who opened it, and decides (trekker).
    async fn opened_by(&self) -> Option<Organisation> {
        Some(organisation(self.found.row.organisation_id))
    }

    /// When it was opened.
    async fn opened_at(&self) -> DateTime {
        DateTime(self.found.row.opened_at)
    }

    /// The last Dutch date for opinions (uiterlijk): after it there can be a decision without those that are missing.
    async fn due_on(&self) -> Date {
        Date(clock::last_date_before(self.found.row.due_at))
    }

    /// Whether that date has passed without a decision (over tijd).
    async fn overdue(&self) -> Result<bool, Fault> {
        let now = self.door.session().reader().await?.scope().now;
        Ok(self.found.row.decided_at.is_none() && now >= self.found.row.due_at)
    }

    /// Who takes part (deelnemers).
    async fn participants(&self) -> Vec<Option<Organisation>> {
        let all = self.found.participants.iter().copied();
        all.map(|id| Some(organisation(id))).collect()
    }

    /// Whose opinion is still missing (ontbrekend).
    async fn missing(&self) -> Vec<Option<Organisation>> {
        let given = |id: &&Uuid| {
            self.found
                .opinions
                .iter()
                .any(|opinion| opinion.organisation_id == **id)
        };
        let missing = self.found.participants.iter().filter(|id| !given(id));
        missing.map(|id| Some(organisation(*id))).collect()
    }

    /// The opinions (oordelen), oldest first.
    async fn opinions(&self) -> Result<Vec<TriageOpinion>, Fault> {
        self.found.opinions.iter().cloned().map(opinion).collect()
    }

    /// What was decided (besluit); null while it is open.
    async fn decision(&self) -> Result<Option<TriageDecision>, Fault> {
        let row = &self.found.row;
        let (Some(at), Some(decided)) = (row.decided_at, row.decision) else {
            return Ok(None);
        };
        Ok(Some(TriageDecision {
            at: DateTime(at),
            step: step(decided)?,
            lead: row.lead_id.map(organisation),
            grounds: grounds(row.grounds.unwrap_or_default()),
            motivation: row.motivation.clone().unwrap_or_default(),
        }))
    }
}

/// What a signal's triages are.
#[derive(Clone)]
pub struct SignalTriages(pub Arc<At>);

/// What a signal's triages are.
#[Object]
impl SignalTriages {
    /// The triages of it in which the own inspectorate takes part (triages), newest first.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn triages(&self) -> Result<Vec<Triage>, Fault> {
        let found = self.0.door.triages(self.0.seen.id).await?;
        let triage = |found| Triage {
            found,
            door: self.0.door.clone(),
        };
        Ok(found.into_iter().map(triage).collect())
    }
}

/// A page of triages, newest first.
#[derive(SimpleObject)]
pub struct TriageConnection {
    /// The triages.
    nodes: Vec<Triage>,
    /// Where the page ends.
    page_info: PageInfo,
}

/// Questions about triages.
#[derive(Default)]
pub struct TriageQuery;

async fn one(door: &Door, id: Uuid) -> Result<Option<Triage>, Fault> {
    let reader = door.session().reader().await?;
    let found = triage::one(&reader, id).await?;
    Ok(found.map(|found| Triage {
        found,
        door: door.clone(),
    }))
}

fn triage_id(id: &ID, field: &'static str) -> Result<Uuid, Fault> {
    ids::read(ids::prefix::TRIAGE, id).map_err(|fault| fault.at(field))
}

/// Questions about triages.
#[Object]
impl TriageQuery {
    /// One triage in which the own inspectorate takes part. Null when there is none such, or its signal is not visible.
    async fn triage(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `trg_…`.")] id: ID,
    ) -> Result<Option<Triage>, Fault> {
        one(door(context), triage_id(&id, "id")?).await
    }

    /// The triages in which the own inspectorate takes part (triages), newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn triages(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(default_with = "Some(false)", desc = "Only those without a decision.")] open: Option<bool>,
    ) -> Result<Option<TriageConnection>, Fault> {
        let size = page_size(first)?;
        let after = after.as_deref().map(read_cursor).transpose()?;
        let door = door(context);
        let reader = door.session().reader().await?;
        let place = after.map(|place| (place.created_at, place.record_id));
        let mut found = triage::list(&reader, open.unwrap_or(false), place, size + 1).await?;
        drop(reader);
        let place = |found: &Found| {
            cursor(Position {
                created_at: found.row.opened_at,
                record_id: found.row.id,
            })
        };
        let page_info = PageInfo::cut(&mut found, size, after.is_some(), place);
        let triage = |found| Triage {
            found,
            door: door.clone(),
        };
        Ok(Some(TriageConnection {
            nodes: found.into_iter().map(triage).collect(),
            page_info,
        }))
    }
}

/// Changes to triages.
#[derive(Default)]
pub struct TriageMutation;

/// Changes to triages.
#[Object]
impl TriageMutation {
    /// Puts a visible signal to several inspectorates for one joint decision (triage openen). The own inspectorate and
    /// the signal's owner take part anyway; one that may not see the signal sees nothing of it.
    async fn open_triage(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The signal, `sig_…`.")] signal: ID,
        #[graphql(desc = "Codes of inspectorates, at most 20.")] participants: Vec<String>,
        #[graphql(desc = "What is asked of them, at most 4,000 characters.")] question: String,
        #[graphql(desc = "The last Dutch date for opinions; in fourteen days when nothing is said.")] due_on: Option<
            Date,
        >,
    ) -> Result<Option<Triage>, Error> {
        let signal = signal_id(&signal).map_err(|fault| fault.at("signal"))?;
        let due = due_on.map(|date| date.0);
        let opened = triage::open(door(context).session(), signal, &participants, question, due).await;
        let id = opened.map_err(|faults| raise(context, faults))?;
        Ok(one(door(context), id).await?)
    }

    /// Gives the own inspectorate's opinion (oordeel geven); a later one takes the place of the former.
    async fn give_opinion(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The triage, `trg_…`.")] triage: ID,
        #[graphql(desc = "The opinion.")] opinion: JudgementInput,
    ) -> Result<Option<Triage>, Error> {
        let id = triage_id(&triage, "triage")?;
        let given = triage::opine(door(context).session(), id, opinion.read()).await;
        given.map_err(|faults| raise(context, faults))?;
        Ok(one(door(context), id).await?)
    }

    /// Records what was decided (besluiten): by a coordinator of the inspectorate that opened it, when all opinions are
    /// there or their date has passed.
    async fn decide_triage(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The triage, `trg_…`.")] triage: ID,
        #[graphql(desc = "The decision.")] decision: JudgementInput,
    ) -> Result<Option<Triage>, Error> {
        let id = triage_id(&triage, "triage")?;
        let decided = triage::decide(door(context).session(), id, decision.read()).await;
        decided.map_err(|faults| raise(context, faults))?;
        Ok(one(door(context), id).await?)
    }
}
