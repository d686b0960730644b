//! Links between signals, as the graph shows them.

use std::sync::Arc;

use async_graphql::{Context, Enum, Error, ID, Object, SimpleObject};
use foundation::graphql::kit::{DateTime, PAGE_DEFAULT, PageInfo, looks_personal, page_cost, raise};
use foundation::{Fault, ids};
use uuid::Uuid;

use super::door::{Door, door};
use super::input::Warning;
use super::listed::{Asked, page};
use super::signal::{At, Organisation, Signal, again};
use crate::model::link as model;
use crate::store::{LinkRow, link};

/// What one signal has to do with another (soort verband).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "crate::model::link::LinkKind")]
pub enum LinkKind {
    /// Zelfde gebeurtenis.
    SameEvent,
    /// Volgt op.
    Follows,
    /// Verwant.
    Related,
    /// Dubbel van.
    DuplicateOf,
}

/// Which way a link is read (richting).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkDirection {
    /// Van dit signaal naar het andere: this one follows, or is a duplicate of, the other.
    Forward,
    /// Van het andere naar dit: the other follows, or is a duplicate of, this one.
    Backward,
}

/// A link between two signals (verband). It shows only to those who see both.
pub struct SignalLink {
    row: LinkRow,
    door: Door,
}

/// A link between two signals (verband), seen from one of them. It shows only to those who see both.
#[Object]
impl SignalLink {
    /// Its id, `lnk_…`, the same from either end; give it to `unlinkSignals`.
    async fn id(&self) -> ID {
        ids::write(ids::prefix::LINK, self.row.link_id)
    }

    /// What the one has to do with the other.
    async fn kind(&self) -> Result<LinkKind, Fault> {
        let kind = model::LinkKind::from_number(self.row.kind);
        Ok(kind
            .ok_or_else(|| Fault::broken("a stored link outside its values"))?
            .into())
    }

    /// Which way it is read.
    async fn direction(&self) -> LinkDirection {
        if self.row.forward {
            LinkDirection::Forward
        } else {
            LinkDirection::Backward
        }
    }

    /// The signal at the other end (het andere signaal).
    async fn other(&self) -> Result<Option<Signal>, Fault> {
        let seen = self.door.signal(self.row.other_id).await?;
        Ok(seen.map(|seen| Signal::new(seen, self.door.clone())))
    }

    /// Why they belong together (reden).
    async fn reason(&self) -> Option<&str> {
        self.row.reason.as_deref()
    }

    /// Which inspectorate linked them (inspectie).
    async fn organisation(&self) -> Option<Organisation> {
        Some(Organisation::of(self.row.organisation_id))
    }

    /// When they were linked (verbonden op).
    async fn at(&self) -> DateTime {
        DateTime(self.row.at)
    }
}

/// A page of links (bladzijde), newest first.
#[derive(SimpleObject)]
pub struct SignalLinkConnection {
    /// The links.
    nodes: Vec<SignalLink>,
    /// Where the page ends.
    page_info: PageInfo,
}

/// What a signal is linked to.
#[derive(Clone)]
pub struct SignalLinks(pub Arc<At>);

/// What a signal is linked to.
#[Object]
impl SignalLinks {
    /// The links to other signals that the caller sees too (verbanden), newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn links(
        &self,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<SignalLinkConnection, Fault> {
        let asked = Asked {
            first,
            after,
            history: false,
        };
        let (rows, page_info) = page(&self.0, &self.0.door.beside().links, asked).await?;
        let link = |row| SignalLink {
            row,
            door: self.0.door.clone(),
        };
        let nodes = rows.into_iter().map(link).collect();
        Ok(SignalLinkConnection { nodes, page_info })
    }
}

/// A link after a change, and the signal that it leads from.
#[derive(SimpleObject)]
pub struct SignalLinkPayload {
    /// The link, seen from the first signal; null when it was ended.
    link: Option<SignalLink>,
    /// The signal that it leads from.
    signal: Option<Signal>,
    /// What was accepted but deserves a second look.
    warnings: Vec<Warning>,
}

fn end(field: &str, id: &ID) -> Result<Uuid, Fault> {
    ids::read(ids::prefix::SIGNAL, id).map_err(|fault| fault.at(field))
}

/// Changes to links.
#[derive(Default)]
pub struct LinkMutation;

/// Changes to links.
#[Object]
impl LinkMutation {
    /// Says that two signals belong together (verbinden). Both must be visible to the caller.
    async fn link_signals(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The one signal's id, `sig_…`.")] from: ID,
        #[graphql(desc = "The other signal's id, `sig_…`.")] to: ID,
        #[graphql(desc = "What the one has to do with the other.")] kind: LinkKind,
        #[graphql(desc = "Why (reden), at most 2,000 characters; nothing personal.")] reason: Option<String>,
    ) -> Result<Option<SignalLinkPayload>, Error> {
        let (from, to) = (end("from", &from)?, end("to", &to)?);
        let door = door(context).clone();
        let row = link::link(door.session(), from, to, kind.into(), reason)
            .await
            .map_err(|faults| raise(context, faults))?;
        let warnings = looks_personal([("reason", row.reason.as_deref())], door.session().stated().language);
        let signal = again(context, from).await?;
        let link = Some(SignalLink { row, door });
        Ok(Some(SignalLinkPayload { link, signal, warnings }))
    }

    /// Ends a link of the own inspectorate (verband verbreken).
    async fn unlink_signals(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The link's id, `lnk_…`.")] link_id: ID,
    ) -> Result<Option<SignalLinkPayload>, Error> {
        let id = ids::read(ids::prefix::LINK, &link_id).map_err(|fault| fault.at("linkId"))?;
        let from = link::unlink(door(context).session(), id).await?;
        Ok(Some(SignalLinkPayload {
            link: None,
            signal: again(context, from).await?,
            warnings: Vec::new(),
        }))
    }
}
