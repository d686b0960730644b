//! Notices of covenants and supervision levels.

use std::sync::Arc;

use access::Operation;
use async_graphql::{Context, Enum, Error, ID, Object, SimpleObject};
use foundation::Fault;
use foundation::graphql::kit::{COUNT_CAP, CappedCount, DateTime, PAGE_DEFAULT, PageInfo, page_cost, page_size, raise};
use foundation::graphql::told::{asks_page, cursor, id, places, read_cursor};
use foundation::session::Item;

use super::covenant::{self, Covenant};
use super::door::Door;
use super::supervision_level::{self, SupervisionLevel};
use crate::model::notice::{self as model, About};
use crate::store::notice;

/// The prefix of a notice's id.
const PREFIX: &str = "ntc";

/// What a notice tells.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::NoticeKind")]
pub(super) enum NoticeKind {
    /// Opgeschaald: a supervision level went up; told to every partner that may know of it.
    SteppedUp,
    /// Toezichtniveau vastgesteld of afgeschaald.
    LevelSet,
    /// Toezichtniveau met u gedeeld, later than it was set.
    LevelShared,
    /// Convenant met u gedeeld.
    CovenantShared,
    /// Convenant gewijzigd.
    CovenantChanged,
}

/// A notice (kennisgeving): what another inspectorate did with a covenant or a supervision level that the reader may see
/// now. It holds nothing of its own.
pub(super) struct Notice {
    item: Item<About>,
    door: Arc<Door>,
}

/// A notice (kennisgeving): what another inspectorate did with a covenant or a supervision level that the reader may see
/// now. It holds nothing of its own.
#[Object]
impl Notice {
    /// Its id; give it to `markNoticesRead`.
    async fn id(&self) -> ID {
        id(PREFIX, &self.item.told.when)
    }

    /// What it tells.
    async fn kind(&self) -> Result<NoticeKind, Fault> {
        let known = model::of(&self.item.told.when.change);
        let (_, kind) = known.ok_or_else(|| Fault::broken("a change that no notice tells of"))?;
        Ok(kind.into())
    }

    /// When it happened.
    async fn at(&self) -> DateTime {
        DateTime(self.item.told.when.at)
    }

    /// Whether the reader marked it read (gelezen).
    async fn read(&self) -> bool {
        self.item.read
    }

    /// The covenant as it is now (convenant); null where it tells of a supervision level.
    async fn covenant(&self) -> Result<Option<Covenant>, Fault> {
        if self.item.told.about != About::Covenant {
            return Ok(None);
        }
        covenant::one(&self.door, self.item.told.when.record_id).await
    }

    /// The step of the supervision level as it is now (toezichtniveau); null where it tells of a covenant.
    async fn supervision_level(&self) -> Result<Option<SupervisionLevel>, Fault> {
        if self.item.told.about != About::SupervisionLevel {
            return Ok(None);
        }
        supervision_level::one(&self.door, self.item.told.when.record_id).await
    }
}

/// A page of notices (kennisgevingen), newest first.
#[derive(SimpleObject)]
pub(super) struct NoticeConnection {
    /// The notices.
    nodes: Vec<Notice>,
    /// How many are unread, exact up to 1,000.
    unread_count: CappedCount,
    /// Where the page ends.
    page_info: PageInfo,
}

/// Questions about notices.
#[derive(Default)]
pub(super) struct NoticeQuery;

/// Questions about notices.
#[Object]
impl NoticeQuery {
    /// What other inspectorates did in the last ninety days with covenants and supervision levels that the account may see
    /// under the stated purpose (kennisgevingen): a step up is told to every partner that may know of it, the rest to
    /// those with whom it is shared by name. Nothing that it may no longer see.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn notices(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(default_with = "Some(false)", desc = "Only what is not marked read.")] unread: Option<bool>,
    ) -> Result<Option<NoticeConnection>, Fault> {
        let size = page_size(first)?;
        let before = after.as_deref().map(read_cursor).transpose()?;
        let continued = before.is_some();
        let door = Door::of(ctx);
        let side = door.session.side(Operation::Read).await?;
        let mut found = if asks_page(ctx) {
            notice::notices(&side, unread.unwrap_or(false), before, size + 1).await?
        } else {
            Vec::new()
        };
        let unread_count = if ctx.look_ahead().field("unreadCount").exists() {
            notice::count_unread(&side, COUNT_CAP + 1).await?
        } else {
            0
        };
        let page_info = PageInfo::cut(&mut found, size, continued, |item| cursor(&item.told.when));
        notice::shown(&side, &found);
        drop(side);
        let notice = |item| Notice {
            item,
            door: door.clone(),
        };
        Ok(Some(NoticeConnection {
            nodes: found.into_iter().map(notice).collect(),
            unread_count: CappedCount::of(unread_count),
            page_info,
        }))
    }
}

/// Marking notices.
#[derive(Default)]
pub(super) struct NoticeMutation;

/// Marking notices.
#[Object]
impl NoticeMutation {
    /// Marks own notices read (gelezen), at most 500 at a time; again changes nothing.
    async fn mark_notices_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Their ids, `ntc_…`.")] notices: Vec<ID>,
    ) -> Result<Option<bool>, Error> {
        let tells = |word: &str| model::of(word).is_some();
        let places = places(PREFIX, "notices", &notices, tells).map_err(|faults| raise(ctx, faults))?;
        notice::mark_read(&Door::of(ctx).session, &places).await?;
        Ok(Some(true))
    }

    /// Marks all own notices until now read (alles gelezen).
    async fn mark_all_notices_read(&self, ctx: &Context<'_>) -> Result<Option<bool>, Error> {
        notice::mark_all_read(&Door::of(ctx).session).await?;
        Ok(Some(true))
    }
}
