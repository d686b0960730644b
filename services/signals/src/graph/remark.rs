//! Remarks, as the graph shows them.

use std::sync::Arc;

use async_graphql::{Context, Enum, Error, ID, Object, SimpleObject};
use foundation::graphql::kit::{DateTime, PAGE_DEFAULT, PageInfo, looks_personal, page_cost, raise};
use foundation::{Fault, ids};

use super::door::door;
use super::input::Warning;
use super::listed::{Asked, page};
use super::signal::{At, Organisation, Signal, again, signal_id};
use crate::store::{RemarkRow, remark};

/// Who reads a remark (bereik).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "crate::store::remark::RemarkAudience")]
pub enum RemarkAudience {
    /// Iedereen die het signaal ziet.
    Everyone,
    /// Alleen de eigen inspectie.
    OwnInspectorate,
}

/// A remark beside a signal (opmerking).
#[derive(SimpleObject, Clone, Debug)]
pub struct Remark {
    /// Its id, `rmk_…`; give it to `withdrawRemark`.
    id: ID,
    /// Which inspectorate makes it (inspectie).
    organisation: Option<Organisation>,
    /// Who reads it.
    audience: RemarkAudience,
    /// What it says.
    text: String,
    /// When it was made (gemaakt op).
    at: DateTime,
}

impl From<RemarkRow> for Remark {
    fn from(row: RemarkRow) -> Self {
        let everyone = row.audience == remark::RemarkAudience::Everyone as i16;
        Self {
            id: ids::write(ids::prefix::REMARK, row.id),
            organisation: Some(Organisation::of(row.organisation_id)),
            audience: if everyone {
                RemarkAudience::Everyone
            } else {
                RemarkAudience::OwnInspectorate
            },
            text: row.text,
            at: DateTime(row.at),
        }
    }
}

/// A page of remarks (bladzijde), newest first.
#[derive(SimpleObject)]
pub struct RemarkConnection {
    /// The remarks.
    nodes: Vec<Remark>,
    /// Where the page ends.
    page_info: PageInfo,
}

/// Remarks beside a signal.
#[derive(Clone)]
pub struct SignalRemarks(pub Arc<At>);

/// Remarks beside a signal.
#[Object]
impl SignalRemarks {
    /// The remarks that the caller may read (opmerkingen), newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn remarks(
        &self,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<RemarkConnection, Fault> {
        let asked = Asked {
            first,
            after,
            history: false,
        };
        let (rows, page_info) = page(&self.0, &self.0.door.beside().remarks, asked).await?;
        let nodes = rows.into_iter().map(Remark::from).collect();
        Ok(RemarkConnection { nodes, page_info })
    }
}

/// A remark after a change, and the signal as the caller sees it now.
#[derive(SimpleObject)]
pub struct RemarkPayload {
    /// The remark; null when it was withdrawn.
    remark: Option<Remark>,
    /// The signal.
    signal: Option<Signal>,
    /// What was accepted but deserves a second look.
    warnings: Vec<Warning>,
}

/// Changes to remarks.
#[derive(Default)]
pub struct RemarkMutation;

/// Changes to remarks.
#[Object]
impl RemarkMutation {
    /// Adds a remark beside a signal (opmerking).
    async fn add_remark(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The signal's id, `sig_…`.")] id: ID,
        #[graphql(desc = "What is remarked, at most 5,000 characters; nothing personal.")] text: String,
        #[graphql(default_with = "RemarkAudience::Everyone", desc = "Who reads it.")] audience: RemarkAudience,
    ) -> Result<Option<RemarkPayload>, Error> {
        let id = signal_id(&id)?;
        let session = door(context).session();
        let row = remark::add(session, id, text, audience.into())
            .await
            .map_err(|faults| raise(context, faults))?;
        let warnings = looks_personal([("text", Some(row.text.as_str()))], session.stated().language);
        Ok(Some(RemarkPayload {
            remark: Some(row.into()),
            signal: again(context, id).await?,
            warnings,
        }))
    }

    /// Withdraws a remark of the own inspectorate (opmerking intrekken).
    async fn withdraw_remark(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The remark's id, `rmk_…`.")] remark_id: ID,
    ) -> Result<Option<RemarkPayload>, Error> {
        let id = ids::read(ids::prefix::REMARK, &remark_id).map_err(|fault| fault.at("remarkId"))?;
        let signal = remark::withdraw(door(context).session(), id).await?;
        Ok(Some(RemarkPayload {
            remark: None,
            signal: again(context, signal).await?,
            warnings: Vec::new(),
        }))
    }
}
