//! The inbox of an account.

use access::{Instant, Operation};
use async_graphql::{Context, Enum, Error, ID, Object, SimpleObject};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use foundation::graphql::kit::{COUNT_CAP, CappedCount, DateTime, PAGE_DEFAULT, PageInfo, page_cost, page_size};
use foundation::session::When;
use foundation::{Code, Fault};
use uuid::Uuid;

use super::access_request::AccessRequest;
use super::break_glass::BreakGlass;
use super::door::{Door, door};
use super::raise;
use super::saved_search::{SavedSearch, Together};
use super::signal::Signal;
use crate::model::inbox::InboxKind as Kind;
use crate::store::access_request::Explained;
use crate::store::inbox::{self, About, Item};

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
    /// Verzoek ontvangen: another inspectorate asks for access or to share onward; the own stewards decide.
    RequestReceived,
    /// Verzoek ingewilligd, zoals gevraagd.
    RequestApproved,
    /// Verzoek ingewilligd, beperkter dan gevraagd.
    RequestNarrowed,
    /// Verzoek afgewezen.
    RequestDeclined,
    /// Verzoek vervallen: nobody decided in time.
    RequestLapsed,
    /// Noodinzage door een andere inspectie: for the own stewards and privacy officers.
    GlassBroken,
    /// Noodinzage beoordeeld: what the owner said of how the own side opened its signal.
    GlassReviewed,
    /// Gevonden: a signal newly fits a saved search and is seen; told once for each search.
    Matched,
}

/// An item of the inbox (bericht): what happened to a signal that the reader may see now, or between the own inspectorate
/// and another. It holds nothing of its own: what it is about is shown as it is now.
pub struct InboxItem {
    item: Item,
    request: Option<Explained>,
    search: Option<SavedSearch>,
    now: Instant,
    content: bool,
    door: Door,
}

fn write(place: &When) -> String {
    let mut bytes = place.at.to_be_bytes().to_vec();
    bytes.extend(place.record_id.as_bytes());
    bytes.extend(place.change.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn place(text: &str) -> Option<When> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (at, rest) = bytes.split_at_checked(8)?;
    let (record, change) = rest.split_at_checked(16)?;
    Some(When {
        at: i64::from_be_bytes(at.try_into().ok()?),
        record_id: Uuid::from_slice(record).ok()?,
        change: std::str::from_utf8(change).ok()?.to_owned(),
    })
}

/// A cursor of what is told: where a page ends, or where one request stopped looking.
pub fn cursor(place: &When) -> String {
    write(place)
}

/// Reads a cursor that a client sent.
///
/// # Errors
/// `INVALID_CURSOR`.
pub fn read_cursor(text: &str) -> Result<When, Fault> {
    place(text).ok_or_else(|| Fault::new(Code::InvalidCursor).at("after"))
}

/// Says where a page ends: where one request stopped looking, when that is before the page is full.
pub fn ends(page: &mut PageInfo, stopped: Option<&When>) {
    if let Some(place) = stopped {
        page.has_next_page = true;
        page.end_cursor = Some(cursor(place));
    }
}

fn read(text: &str) -> Option<When> {
    place(text).filter(|place| Kind::of(&place.change).is_some())
}

/// An item of the inbox (bericht): what happened to a signal that the reader may see now, or between the own inspectorate
/// and another. It holds nothing of its own: what it is about is shown as it is now.
#[Object]
impl InboxItem {
    /// Its id; give it to `markRead`.
    async fn id(&self) -> ID {
        ID(format!("ibx_{}", write(&self.item.told.when)))
    }

    /// What it tells.
    async fn kind(&self) -> Result<InboxKind, Fault> {
        let kind = Kind::of(&self.item.told.when.change);
        Ok(kind
            .ok_or_else(|| Fault::broken("a change that no inbox tells of"))?
            .into())
    }

    /// When it happened.
    async fn at(&self) -> DateTime {
        DateTime(self.item.told.when.at)
    }

    /// Whether the reader marked it read (gelezen).
    async fn read(&self) -> bool {
        self.item.read
    }

    /// The signal as it is now; null where it tells of a request or of break-glass.
    async fn signal(&self) -> Result<Option<Signal>, Fault> {
        let (About::Signal | About::Match(_)) = self.item.told.about else {
            return Ok(None);
        };
        let seen = self.door.signal(self.item.told.when.record_id).await?;
        Ok(seen.map(|seen| Signal::new(seen, self.door.clone())))
    }

    /// The saved search that found the signal (bewaarde zoekopdracht).
    async fn saved_search(&self) -> Option<&SavedSearch> {
        self.search.as_ref()
    }

    /// The request that it tells of (verzoek), as it stands now.
    async fn access_request(&self) -> Option<AccessRequest> {
        let explained = self.request.clone()?;
        Some(AccessRequest::new(explained, self.now, self.door.clone()))
    }

    /// The break-glass that it tells of (noodinzage). A privacy officer reads who, when, why and which number, and nothing
    /// of the signal.
    async fn break_glass(&self) -> Option<BreakGlass> {
        let About::Case(row) = &self.item.told.about else {
            return None;
        };
        Some(BreakGlass::new(
            (**row).clone(),
            self.now,
            self.content,
            self.door.clone(),
        ))
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
    /// what was shared with it by name, what changed, what waits for a decision, what its saved searches found; and
    /// requests and break-glass between its inspectorate and others, as far as they are its to know. Nothing that it may no
    /// longer see. A page may be shorter than asked for and yet have a next one: one request looks back a limited number
    /// of changes.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn inbox(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(default_with = "Some(false)", desc = "Only what is not marked read.")] unread: Option<bool>,
    ) -> Result<Option<InboxConnection>, Fault> {
        let size = page_size(first)?;
        let before = after.as_deref().map(read_cursor).transpose()?;
        let door = door(context).clone();
        let side = door.session().side(Operation::ReadInbox).await?;
        let continued = before.is_some();
        let searches = Together::told(&side).await?;
        let watched = searches.watched(&side).await?;
        let mut found = inbox::items(&side, &watched, unread.unwrap_or(false), before, size + 1).await?;
        let unread_count = if context.look_ahead().field("unreadCount").exists() {
            let all = inbox::items(&side, &watched, true, None, COUNT_CAP + 1).await?;
            CappedCount::so_far(all.items.len() as u64, all.stopped.is_none())
        } else {
            CappedCount::of(0)
        };
        let mut page_info = PageInfo::cut(&mut found.items, size, continued, |item| write(&item.told.when));
        ends(&mut page_info, found.stopped.as_ref());
        let requests = inbox::requests(&side, &found.items).await?;
        let (now, content) = (side.scope().now, side.content().is_some());
        if let Some(reader) = side.content() {
            inbox::shown(reader, found.items.iter().filter_map(found_by_search));
        }
        drop(side);
        let searches = searches.of(&door);
        let item = |item: Item| InboxItem {
            request: requests.get(&item.told.when.record_id).cloned(),
            search: item.told.search().and_then(|search| searches.get(&search).cloned()),
            item,
            now,
            content,
            door: door.clone(),
        };
        Ok(Some(InboxConnection {
            nodes: found.items.into_iter().map(item).collect(),
            unread_count,
            page_info,
        }))
    }
}

fn found_by_search(item: &Item) -> Option<Uuid> {
    item.told.search().map(|_| item.told.when.record_id)
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
