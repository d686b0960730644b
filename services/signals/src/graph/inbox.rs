//! The inbox of an account.

use async_graphql::{Context, Enum, Error, ID, Object, SimpleObject};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use foundation::graphql::kit::{COUNT_CAP, CappedCount, DateTime, PAGE_DEFAULT, PageInfo, page_cost, page_size};
use foundation::session::{Happened, When};
use foundation::{Code, Fault};
use uuid::Uuid;

use super::door::{Door, door};
use super::raise;
use super::signal::Signal;
use crate::model::inbox::InboxKind as Kind;
use crate::store::inbox::{self, Item};

/// The most items that one call marks.
const MARKS_MAXIMUM: usize = 500;

/// What an item of the inbox tells.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "crate::model::inbox::InboxKind")]
pub enum InboxKind {
    /// Met u gedeeld: shared with the own organisation, a circle of it, or the account.
    Shared,
    /// Gewijzigd door de eigenaar.
    Changed,
    /// Gecorrigeerd op voorstel van een ander.
    Corrected,
    /// Bevestigd of weersproken door een andere inspectie.
    Confirmed,
    /// Er is een opmerking bij.
    Remarked,
    /// Opgevolgd: somebody took it up, or says what came of it.
    FollowedUp,
    /// Een besluit wordt verwacht: a proposed correction or a triage waits for the own inspectorate.
    DecisionAwaited,
    /// Er is besloten.
    Decided,
    /// Het delen is bevroren of hervat.
    Frozen,
}

/// An item of the inbox (bericht): what happened to a signal that the reader may see now.
pub struct InboxItem {
    item: Item,
    door: Door,
}

fn write(happened: &Happened) -> String {
    let mut bytes = happened.at.to_be_bytes().to_vec();
    bytes.extend(happened.record_id.as_bytes());
    bytes.extend(happened.change.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn read(text: &str) -> Option<When> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (at, rest) = bytes.split_at_checked(8)?;
    let (record, change) = rest.split_at_checked(16)?;
    let change = std::str::from_utf8(change).ok()?;
    Kind::of(change)?;
    Some(When {
        at: i64::from_be_bytes(at.try_into().ok()?),
        record_id: Uuid::from_slice(record).ok()?,
        change: change.to_owned(),
    })
}

/// An item of the inbox (bericht): what happened to a signal that the reader may see now.
#[Object]
impl InboxItem {
    /// Its id; give it to `markRead`.
    async fn id(&self) -> ID {
        ID(format!("ibx_{}", write(&self.item.happened)))
    }

    /// What it tells.
    async fn kind(&self) -> Result<InboxKind, Fault> {
        let kind = Kind::of(&self.item.happened.change);
        Ok(kind
            .ok_or_else(|| Fault::broken("a change that no inbox tells of"))?
            .into())
    }

    /// When it happened.
    async fn at(&self) -> DateTime {
        DateTime(self.item.happened.at)
    }

    /// Whether the reader marked it read (gelezen).
    async fn read(&self) -> bool {
        self.item.read
    }

    /// The signal as it is now.
    async fn signal(&self) -> Result<Option<Signal>, Fault> {
        let seen = self.door.signal(self.item.happened.record_id).await?;
        Ok(seen.map(|seen| Signal::new(seen, self.door.clone())))
    }
}

/// A page of the inbox (berichten), newest first.
#[derive(SimpleObject)]
pub struct InboxConnection {
    /// The items.
    nodes: Vec<InboxItem>,
    /// How many are unread, exact up to 1,000.
    unread_count: CappedCount,
    /// Where the page ends.
    page_info: PageInfo,
}

/// Questions about the inbox.
#[derive(Default)]
pub struct InboxQuery;

/// Questions about the inbox.
#[Object]
impl InboxQuery {
    /// What happened in the last ninety days to the signals that the account may see under the stated purpose (postvak):
    /// what was shared with it by name, what changed, what waits for a decision. Nothing that it may no longer see.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn inbox(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(default_with = "Some(false)", desc = "Only what is not marked read.")] unread: Option<bool>,
    ) -> Result<Option<InboxConnection>, Fault> {
        let size = page_size(first)?;
        let invalid = || Fault::new(Code::InvalidCursor).at("after");
        let before = after
            .as_deref()
            .map(|text| read(text).ok_or_else(invalid))
            .transpose()?;
        let door = door(context).clone();
        let reader = door.session().reader().await?;
        let continued = before.is_some();
        let mut items = inbox::items(&reader, unread.unwrap_or(false), before, size + 1).await?;
        let unread_count = if context.look_ahead().field("unreadCount").exists() {
            inbox::items(&reader, true, None, COUNT_CAP + 1).await?.len() as u64
        } else {
            0
        };
        drop(reader);
        let page_info = PageInfo::cut(&mut items, size, continued, |item| write(&item.happened));
        let item = |item| InboxItem {
            item,
            door: door.clone(),
        };
        Ok(Some(InboxConnection {
            nodes: items.into_iter().map(item).collect(),
            unread_count: CappedCount(unread_count),
            page_info,
        }))
    }
}

/// Marking the inbox.
#[derive(Default)]
pub struct InboxMutation;

/// Marking the inbox.
#[Object]
impl InboxMutation {
    /// Marks items of the own inbox read (gelezen), at most 500 at a time; again changes nothing.
    async fn mark_read(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Their ids, `ibx_…`.")] items: Vec<ID>,
    ) -> Result<Option<bool>, Error> {
        if items.len() > MARKS_MAXIMUM {
            let fault = Fault::new(Code::TooMany)
                .with("count", items.len())
                .with("maximum", MARKS_MAXIMUM)
                .at("items");
            return Err(fault.into());
        }
        let (mut places, mut faults) = (Vec::new(), Vec::new());
        for (index, id) in items.iter().enumerate() {
            match id.strip_prefix("ibx_").and_then(read) {
                Some(place) => places.push(place),
                None => faults.push(
                    Fault::new(Code::InvalidId)
                        .with("prefix", "ibx")
                        .at(format!("items.{index}")),
                ),
            }
        }
        if !faults.is_empty() {
            return Err(raise(context, faults));
        }
        inbox::mark_read(door(context).session(), places).await?;
        Ok(Some(true))
    }

    /// Marks everything in the own inbox until now read (alles gelezen).
    async fn mark_all_read(&self, context: &Context<'_>) -> Result<Option<bool>, Error> {
        inbox::mark_all_read(door(context).session()).await?;
        Ok(Some(true))
    }
}
