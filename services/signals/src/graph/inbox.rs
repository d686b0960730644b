//! The inbox of an account.

use access::{Instant, Operation};
use async_graphql::{Context, Enum, Error, ID, Object, SimpleObject};
use foundation::Fault;
use foundation::graphql::kit::{COUNT_CAP, CappedCount, DateTime, PAGE_DEFAULT, PageInfo, page_cost, page_size};
use foundation::graphql::told::{asks_page, id, places, sealed_page};
use foundation::session::Side;

use super::access_request::AccessRequest;
use super::break_glass::BreakGlass;
use super::door::{Door, door};
use super::raise;
use super::saved_search::{SavedSearch, Together};
use super::signal::Signal;
use crate::model::inbox::InboxKind as Kind;
use crate::store::access_request::Explained;
use crate::store::inbox::{self, About, Item, Items, Watched};

/// The prefix of an item's id.
const PREFIX: &str = "ibx";

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
    /// Het delen is bevroren.
    Frozen,
    /// Het delen is hervat.
    Resumed,
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

/// An item of the inbox (bericht): what happened to a signal that the reader may see now, or between the own inspectorate
/// and another. It holds nothing of its own: what it is about is shown as it is now.
#[Object]
impl InboxItem {
    /// Its id; give it to `markRead`.
    async fn id(&self) -> ID {
        id(PREFIX, &self.item.told.when)
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
        let door = door(context).clone();
        let side = door.session().side(Operation::ReadInbox).await?;
        let sealer = side.sealer().await?;
        let before = after.as_deref().map(|after| sealer.open(after)).transpose()?;
        let continued = before.is_some();
        let searches = Together::told(&side).await?;
        let watched = searches.watched(&side).await?;
        let mut found = if asks_page(context) {
            inbox::items(&side, &watched, unread.unwrap_or(false), before, size + 1).await?
        } else {
            Items::default()
        };
        let unread_count = if context.look_ahead().field("unreadCount").exists() {
            count_unread(&side, &watched).await?
        } else {
            CappedCount::of(0)
        };
        let Items { items, stopped } = &mut found;
        let page_info = sealed_page(
            items,
            size,
            continued,
            |item| &item.told.when,
            stopped.as_ref(),
            &sealer,
        )?;
        let requests = inbox::requests(&side, &found.items).await?;
        let (now, content) = (side.scope().now, side.content().is_some());
        if let Some(reader) = side.content() {
            let of_signals = found.items.iter().filter(|item| item.told.about.of_signal());
            inbox::shown(reader, of_signals.map(|item| item.told.when.record_id));
        }
        drop(side);
        let searches = searches.of(&door);
        let item = |item: Item| InboxItem {
            request: requests.get(&item.told.when.record_id).cloned(),
            search: item
                .told
                .about
                .search()
                .and_then(|search| searches.get(&search).cloned()),
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

/// How many items are unread. They are counted, not told of.
async fn count_unread(side: &Side<'_>, watched: &[Watched]) -> Result<CappedCount, Fault> {
    let all = inbox::items(side, watched, true, None, COUNT_CAP + 1).await?;
    if let Some(reader) = side.content() {
        inbox::counted(reader, format!("unread in the inbox = {}", all.items.len()));
    }
    Ok(CappedCount::so_far(all.items.len() as u64, all.stopped.is_none()))
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
        let tells = |change: &str| Kind::of(change).is_some();
        let places = places(PREFIX, "items", &items, tells).map_err(|faults| raise(context, faults))?;
        inbox::mark_read(door(context).session(), &places).await?;
        Ok(Some(true))
    }

    /// Marks everything in the own inbox until now read (alles gelezen).
    async fn mark_all_read(&self, context: &Context<'_>) -> Result<Option<bool>, Error> {
        inbox::mark_all_read(door(context).session()).await?;
        Ok(Some(true))
    }
}
