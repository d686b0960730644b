//! Evidence, as the graph shows it.

use std::sync::Arc;

use async_graphql::{Context, Enum, Error, ID, InputObject, Object, SimpleObject};
use foundation::graphql::kit::{Date, DateTime, PAGE_DEFAULT, PageInfo, looks_personal, page_cost, raise};
use foundation::{Fault, ids};

use super::door::door;
use super::input::Warning;
use super::listed::{Asked, page};
use super::signal::{At, Signal, again, signal_id};
use crate::model::evidence as model;
use crate::store::{EvidenceRow, evidence};

/// What a piece of evidence is (soort bewijsstuk).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "crate::model::evidence::EvidenceKind")]
pub enum EvidenceKind {
    /// Document.
    Document,
    /// Digitaal vervoersdocument: a machine-readable transport document, by its reference.
    TransportDocument,
}

/// Evidence with a signal (bewijsstuk): a link to a document that stays where it is.
#[derive(SimpleObject, Clone, Debug)]
pub struct Evidence {
    /// Its id, `evd_…`; give it to `removeEvidence`.
    id: ID,
    /// What it is.
    kind: EvidenceKind,
    /// Its title (titel).
    title: String,
    /// Its date (datum).
    date: Date,
    /// SHA-256 of its bytes, in hexadecimal: by this a reader knows that it is the same document.
    hash: String,
    /// Where it is (webadres).
    url: Option<String>,
    /// Its machine-readable reference (kenmerk), such as that of an electronic consignment note.
    reference: Option<String>,
    /// When it was added (toegevoegd op).
    at: DateTime,
}

impl TryFrom<EvidenceRow> for Evidence {
    type Error = Fault;

    fn try_from(row: EvidenceRow) -> Result<Self, Fault> {
        let outside = || Fault::broken("stored evidence outside its values");
        let kind = model::EvidenceKind::from_number(row.kind).ok_or_else(outside)?;
        Ok(Self {
            id: ids::write(ids::prefix::EVIDENCE, row.id),
            kind: kind.into(),
            title: row.title,
            date: Date(row.dated.parse().map_err(|_| outside())?),
            hash: row.hash,
            url: row.url,
            reference: row.reference,
            at: DateTime(row.at),
        })
    }
}

/// A page of evidence (bladzijde), newest first.
#[derive(SimpleObject)]
pub struct EvidenceConnection {
    /// The pieces of evidence.
    nodes: Vec<Evidence>,
    /// Where the page ends.
    page_info: PageInfo,
}

/// What a signal rests on.
#[derive(Clone)]
pub struct SignalEvidence(pub Arc<At>);

/// What a signal rests on.
#[Object]
impl SignalEvidence {
    /// What it rests on (bewijsstukken), newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn evidence(
        &self,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<EvidenceConnection, Fault> {
        let asked = Asked {
            first,
            after,
            history: false,
        };
        let (rows, page_info) = page(&self.0, &self.0.door.beside().evidence, asked).await?;
        let nodes = rows.into_iter().map(Evidence::try_from).collect::<Result<_, _>>()?;
        Ok(EvidenceConnection { nodes, page_info })
    }
}

/// Evidence (bewijsstuk) as it is handed in.
#[derive(InputObject, Clone, Debug)]
pub struct EvidenceInput {
    /// What it is.
    #[graphql(default_with = "EvidenceKind::Document")]
    kind: EvidenceKind,
    /// Its title (titel), at most 200 characters; nothing personal.
    title: String,
    /// Its date (datum).
    date: Date,
    /// SHA-256 of its bytes, as 64 lower-case hexadecimal digits.
    hash: String,
    /// Where it is (webadres): https, without user name or password, at most 2,000 characters.
    url: Option<String>,
    /// Its machine-readable reference (kenmerk), at most 200 characters; required for a transport document.
    reference: Option<String>,
}

/// Evidence after a change, and the signal as the caller sees it now.
#[derive(SimpleObject)]
pub struct EvidencePayload {
    /// The evidence; null when it was taken away.
    evidence: Option<Evidence>,
    /// The signal.
    signal: Option<Signal>,
    /// What was accepted but deserves a second look.
    warnings: Vec<Warning>,
}

/// Changes to evidence.
#[derive(Default)]
pub struct EvidenceMutation;

/// Changes to evidence.
#[Object]
impl EvidenceMutation {
    /// Adds evidence to a signal of the own inspectorate (bewijsstuk toevoegen).
    async fn add_evidence(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The signal's id, `sig_…`.")] id: ID,
        #[graphql(desc = "The evidence.")] input: EvidenceInput,
    ) -> Result<Option<EvidencePayload>, Error> {
        let id = signal_id(&id)?;
        let given = model::Evidence {
            kind: input.kind.into(),
            title: input.title,
            dated: input.date.0,
            hash: input.hash,
            url: input.url,
            reference: input.reference,
        };
        let session = door(context).session();
        let row = evidence::add(session, id, given).await.map_err(|faults| {
            let faults = faults.into_iter().map(super::at_input);
            raise(context, faults.collect())
        })?;
        let warnings = looks_personal([("title", Some(row.title.as_str()))], session.stated().language);
        Ok(Some(EvidencePayload {
            evidence: Some(row.try_into()?),
            signal: again(context, id).await?,
            warnings,
        }))
    }

    /// Takes evidence away from a signal of the own inspectorate (bewijsstuk weghalen).
    async fn remove_evidence(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The evidence's id, `evd_…`.")] evidence_id: ID,
    ) -> Result<Option<EvidencePayload>, Error> {
        let id = ids::read(ids::prefix::EVIDENCE, &evidence_id).map_err(|fault| fault.at("evidenceId"))?;
        let signal = evidence::remove(door(context).session(), id).await?;
        Ok(Some(EvidencePayload {
            evidence: None,
            signal: again(context, signal).await?,
            warnings: Vec::new(),
        }))
    }
}
