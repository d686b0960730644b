//! Reading: every query is narrowed to the visible rows here, and every row that comes back is noted for the log.

use std::collections::HashMap;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use access::{Caller, MaskReason, State};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, FromQueryResult, Iterable, ModelTrait,
    PrimaryKeyToColumn, QueryFilter, Select,
};
use tokio::sync::MutexGuard;
use uuid::Uuid;

use super::feed::{self, FeedQuery, Indexed, Place, Position};
use super::{Entered, Scope, Seen, Session, enter};
use crate::fault::Fault;

/// A labelled root: a record that is shared by grants of its own.
pub trait Protected: EntityTrait {
    /// The kind's name in logs and in the access matrix.
    const KIND: &'static str;
    /// Its feed table: `channel, rank, created_at, record_id, grant_id, visible_from, visible_until, …`.
    const FEED: &'static str;
    /// The same per party, site or region: `…, subject_id`.
    const SUBJECT_FEED: &'static str;
    /// The record's id.
    fn id(model: &Self::Model) -> Uuid;
    /// The organisation that owns it.
    fn owner(model: &Self::Model) -> Uuid;
    /// Its state.
    fn state(model: &Self::Model) -> State;
}

/// A part of a labelled root, which inherits the root's visibility.
pub trait Part: EntityTrait {
    /// The root.
    type Root: Protected;
    /// The column that names the root.
    fn root() -> Self::Column;
}

/// Reference data that every caller with a content role may see: parties, vocabularies, who is who.
pub trait Reference: EntityTrait {}

/// Rows that belong to one side alone: an organisation's import profiles, an account's saved searches, a request that
/// two organisations have between them. Nobody else sees them, and what is read of them is no shared data.
pub trait Owned: EntityTrait {
    /// True of the rows that are this caller's to see.
    fn owned_by(caller: &Caller) -> SimpleExpr;
}

/// How many records a page looks at, one after the other, where the feed alone does not say which are of the list: most
/// pages are full soon.
const FARTHER: [u64; 2] = [250, 4_750];
/// How many that are in all.
pub const FARTHEST: u64 = FARTHER[0] + FARTHER[1];
/// So many records are looked up by their ids.
const FEW: u64 = 1_000;
/// Of so many records of a list it is seen how many have what an index elsewhere answers.
const TASTED: u64 = 50;
/// Where one in so many has it, it is common.
const COMMON: u64 = 10;

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page<M> {
    /// What was seen, in the list's order.
    pub rows: Vec<Seen<M>>,
    /// Whether there is more.
    pub more: bool,
    /// Where looking ended before the page was full or the list at its end: there may be more behind it.
    pub reached: Option<Place>,
}

impl<M> Default for Page<M> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            more: false,
            reached: None,
        }
    }
}

/// A request's reading, at its one moment.
pub struct Reader<'s> {
    pub(super) session: &'s Session,
    pub(super) read: MutexGuard<'s, Option<Entered>>,
}

impl Reader<'_> {
    fn entered(&self) -> &Entered {
        self.read.as_ref().expect("a reader is made after entering")
    }

    pub(super) fn transaction(&self) -> &DatabaseTransaction {
        &self.entered().transaction
    }

    /// The ids under which parties are written, as far as this request has asked.
    pub(crate) fn written(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, Vec<Uuid>>> {
        self.entered().written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Which of the two databases this is, for the few texts that differ.
    pub fn backend(&self) -> DbBackend {
        self.transaction().get_database_backend()
    }

    /// Who reads, for which purpose, at what moment.
    pub fn scope(&self) -> &Scope {
        &self.entered().scope
    }

    /// Runs a query on a labelled root, narrowed to what the caller may see.
    ///
    /// # Errors
    /// The database's.
    pub async fn see<E: Protected>(&self, select: Select<E>) -> Result<Vec<Seen<E::Model>>, Fault> {
        see(self.session, self.transaction(), self.scope(), select).await
    }

    /// A page of a labelled root in the query's order: at most as many as its limit. Whether there are more is known
    /// from the feed alone, so that what is logged as seen is what is shown.
    ///
    /// # Errors
    /// The database's.
    pub async fn page<E: Protected>(&self, query: &FeedQuery) -> Result<Page<E::Model>, Fault> {
        let query = &self.driven::<E>(query).await?;
        if !query.looked_up.is_empty() && query.records.is_none() {
            return self.scan::<E>(query).await;
        }
        Ok(self.page_with_end::<E>(query).await?.0)
    }

    /// The places of a list, with these further columns of the feed.
    pub(super) fn listed<E: Protected>(&self, query: &FeedQuery, further: &[&'static str]) -> Option<SelectStatement> {
        feed::page(self.backend(), self.scope(), E::FEED, E::SUBJECT_FEED, query, further)
    }

    /// A page of what the feed answers alone, and in an order by when records were made the place where it ends.
    pub(super) async fn page_with_end<E: Protected>(
        &self,
        query: &FeedQuery,
    ) -> Result<(Page<E::Model>, Option<Position>), Fault> {
        let beyond = FeedQuery {
            limit: query.limit.saturating_add(1),
            ..query.clone()
        };
        let Some(places) = self.listed::<E>(&beyond, &[]) else {
            return Ok((Page::default(), None));
        };
        let places = self.transaction().query_all(&places).await?;
        let mut ids: Vec<Uuid> = places
            .iter()
            .map(|row| row.try_get("", "record_id"))
            .collect::<Result<_, _>>()?;
        let more = cut(&mut ids, query.limit);
        let by_creation = query.order.columns == ["created_at"];
        let last = ids
            .len()
            .checked_sub(1)
            .filter(|_| by_creation)
            .map(|last| &places[last]);
        let end = last.map(|row| -> Result<Position, Fault> {
            Ok(Position {
                created_at: row.try_get("", "created_at")?,
                record_id: row.try_get("", "record_id")?,
            })
        });
        let end = end.transpose()?;
        let rows = self.at_places::<E>(&ids).await?;
        let reached = None;
        Ok((Page { rows, more, reached }, end))
    }

    /// Lets PostgreSQL plan what follows for its very values. What is looked up for each record on the way is answered in
    /// one way where it is rare and in another where it is common: a plan for whatever is asked takes the wrong one.
    async fn plans_anew(&self) -> Result<(), Fault> {
        if self.backend() == DbBackend::Postgres && !self.entered().anew.swap(true, Ordering::Relaxed) {
            let anew = "SELECT set_config('plan_cache_mode', 'auto', true)";
            self.transaction().execute_unprepared(anew).await?;
        }
        Ok(())
    }

    fn scanned<E: Protected>(&self, query: &FeedQuery, far: u64) -> Option<SelectStatement> {
        feed::scan(self.backend(), self.scope(), E::FEED, E::SUBJECT_FEED, query, far)
    }

    /// The same list, where an index elsewhere answers a part: by the records that it names where the caller sees few of
    /// them, else looked up for each record on the way, of which then soon enough are of the list.
    async fn driven<E: Protected>(&self, query: &FeedQuery) -> Result<FeedQuery, Fault> {
        let mut query = self.eased::<E>(query).await?;
        let Some(Indexed { hits, holds }) = query.indexed.take() else {
            return Ok(query);
        };
        if query.records.is_some() {
            // Few and known: whatever the index elsewhere holds, it is asked about these alone.
            query.looked_up = query.looked_up.add(holds);
            return Ok(query);
        }
        let found = feed::found(self.scope(), E::FEED, hits, FEW + 1);
        let found = self.transaction().query_all(&found).await?;
        if found.len() as u64 > FEW {
            query.looked_up = query.looked_up.add(holds);
            return Ok(query);
        }
        let records = found.iter().map(|row| row.try_get("", "record_id"));
        query.records = Some(records.collect::<Result<_, _>>()?);
        Ok(query)
    }

    /// The same list; where many of its first records have what an index elsewhere answers, it is looked up for each
    /// record, so that the index does not name all that have it. Only what the caller sees decides that.
    pub(super) async fn eased<E: Protected>(&self, query: &FeedQuery) -> Result<FeedQuery, Fault> {
        let mut query = query.clone();
        let Some(holds) = query.indexed.as_ref().map(|indexed| indexed.holds.clone()) else {
            return Ok(query);
        };
        if query.records.is_some() {
            return Ok(query);
        }
        let taste = FeedQuery {
            looked_up: sea_orm::Condition::all().add(holds.clone()),
            carried: &[],
            indexed: None,
            limit: TASTED,
            ..query.clone()
        };
        let Some(steps) = self.scanned::<E>(&taste, TASTED) else {
            return Ok(query);
        };
        self.plans_anew().await?;
        let (mut have, mut whole) = (0, true);
        for row in self.transaction().query_all(&steps).await? {
            let step = feed::Step::read(&row, query.order)?;
            have += u64::from(step.fits);
            whole &= !step.last;
        }
        if whole || have * COMMON >= TASTED {
            query.indexed = None;
            query.looked_up = query.looked_up.add(holds);
        }
        Ok(query)
    }

    /// A page of a list that is narrowed by what has to be looked up for each record on the way: first near, then
    /// farther, and no farther than [`FARTHEST`].
    async fn scan<E: Protected>(&self, query: &FeedQuery) -> Result<Page<E::Model>, Fault> {
        self.plans_anew().await?;
        let wanted = query.limit.saturating_add(1);
        let (mut ids, mut reached) = (Vec::new(), query.after.clone());
        for far in FARTHER {
            let next = FeedQuery {
                after: reached.clone(),
                limit: wanted - ids.len() as u64,
                ..query.clone()
            };
            let Some(steps) = self.scanned::<E>(&next, far) else {
                return Ok(Page::default());
            };
            reached = None;
            for row in self.transaction().query_all(&steps).await? {
                let step = feed::Step::read(&row, query.order)?;
                if step.fits {
                    ids.push(step.place.record_id);
                }
                if step.last {
                    reached = Some(step.place);
                }
            }
            if ids.len() as u64 >= wanted {
                // The page is full: it ends at its last record, however far was looked.
                reached = None;
            }
            if reached.is_none() {
                break;
            }
        }
        let more = cut(&mut ids, query.limit) || reached.is_some();
        Ok(Page {
            rows: self.at_places::<E>(&ids).await?,
            more,
            reached,
        })
    }

    /// The records at places of the feed that this reading has just found. Those places were the predicate, and one
    /// reading is one moment on both databases, so it is not asked again; on PostgreSQL row-level security asks it of
    /// each record all the same.
    pub(super) async fn at_places<E: Protected>(&self, ids: &[Uuid]) -> Result<Vec<Seen<E::Model>>, Fault> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = E::find().filter(key::<E>().is_in(ids.iter().copied()));
        let rows = seen::<E>(self.session, self.scope(), rows.all(self.transaction()).await?);
        let mut rows: HashMap<Uuid, Seen<E::Model>> = rows.into_iter().map(|row| (E::id(&row), row)).collect();
        Ok(ids.iter().filter_map(|id| rows.remove(id)).collect())
    }

    /// How many a list has, counted up to a cap; one more than the cap means "more".
    ///
    /// # Errors
    /// The database's.
    pub async fn count<E: Protected>(&self, query: &FeedQuery, cap: u64) -> Result<u64, Fault> {
        let query = FeedQuery {
            after: None,
            limit: cap + 1,
            ..self.eased::<E>(query).await?
        };
        let Some(places) = self.listed::<E>(&query, &[]) else {
            return Ok(0);
        };
        let count = Query::select()
            .expr_as(Expr::cust("COUNT(*)"), Alias::new("count"))
            .from_subquery(places, Alias::new("places"))
            .take();
        let row = self.transaction().query_one(&count).await?;
        let count: i64 = row
            .ok_or_else(|| Fault::broken("a count without a row"))?
            .try_get("", "count")?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Under which other purposes that the caller holds a list has records that it lacks under this one.
    ///
    /// # Errors
    /// The database's.
    pub async fn also_under<E: Protected>(&self, query: &FeedQuery) -> Result<Vec<String>, Fault> {
        let here = self.scope().clone();
        let mut codes = Vec::new();
        for purpose in enter::other_purposes(self.transaction(), &here).await? {
            let mut there = here.clone();
            there.caller.purpose = purpose;
            there.channels = enter::channels(self.transaction(), &there.caller, there.participant, there.now).await?;
            if self.has_more::<E>(&here, &there, query).await? {
                codes.push(there.caller.purpose.code);
            }
        }
        enter::set_context(self.transaction(), &here, false).await?;
        Ok(codes)
    }

    async fn has_more<E: Protected>(&self, here: &Scope, there: &Scope, query: &FeedQuery) -> Result<bool, Fault> {
        let new: Vec<i64> = there
            .channels
            .iter()
            .copied()
            .filter(|id| !here.channels.contains(id))
            .collect();
        let record = Expr::col(feed::column(feed::FEED, "record_id"));
        let hidden_here = feed::visible(here, E::FEED, "here", record).not();
        let query = FeedQuery {
            filter: sea_orm::Condition::all().add(query.filter.clone()).add(hidden_here),
            channels: Some(new),
            after: None,
            limit: 1,
            ..query.clone()
        };
        let Some(places) = feed::page(self.backend(), there, E::FEED, E::SUBJECT_FEED, &query, &[]) else {
            return Ok(false);
        };
        let both = Scope {
            channels: here.channels.iter().chain(&there.channels).copied().collect(),
            ..there.clone()
        };
        enter::set_context(self.transaction(), &both, false).await?;
        Ok(self.transaction().query_one(&places).await?.is_some())
    }

    /// The same through these channels of the caller's alone.
    pub fn visible_through<E: Protected>(&self, channels: &[i64], record: SimpleExpr) -> SimpleExpr {
        let mut through = self.scope().clone();
        through.channels.retain(|channel| channels.contains(channel));
        feed::visible(&through, E::FEED, "through", record)
    }

    /// The predicate as a condition: true where the record that this column names may be seen. For what stands between
    /// two records; it can only narrow.
    pub fn visible<E: Protected>(&self, record: SimpleExpr) -> SimpleExpr {
        feed::visible(self.scope(), E::FEED, "other", record)
    }

    /// Parts of records that this request has seen.
    ///
    /// # Errors
    /// The database's; an internal fault when a root was not seen first.
    pub async fn parts<P: Part>(&self, roots: &[Uuid], select: Select<P>) -> Result<Vec<P::Model>, Fault> {
        parts(self.session, self.transaction(), roots, select).await
    }

    /// Rows of a root's table that hang on records which this request has seen; `root` is the column that names them.
    pub(crate) async fn hanging<E: Protected, T: FromQueryResult>(
        &self,
        roots: &[Uuid],
        select: SelectStatement,
        root: Alias,
    ) -> Result<Vec<T>, Fault> {
        hanging::<E, T>(self.session, self.transaction(), roots, select, root).await
    }

    /// Personal parts of records that this request has seen, or why they stay masked. The fields are logged.
    ///
    /// # Errors
    /// The database's; an internal fault when a root was not seen first.
    pub async fn unmask<P: Part>(
        &self,
        roots: &[Uuid],
        field: &'static str,
        select: Select<P>,
    ) -> Result<Result<Vec<P::Model>, MaskReason>, Fault> {
        if let Err(reason) = access::unmask(&self.scope().caller) {
            return Ok(Err(reason));
        }
        unmasked(self.session, self.transaction(), roots, field, select)
            .await
            .map(Ok)
    }

    /// Rows of the caller's own side.
    ///
    /// # Errors
    /// The database's.
    pub async fn own<E: Owned>(&self, select: Select<E>) -> Result<Vec<E::Model>, Fault> {
        let select = select.filter(E::owned_by(&self.scope().caller));
        Ok(select.all(self.transaction()).await?)
    }

    /// Reference data, which is not narrowed.
    ///
    /// # Errors
    /// The database's.
    pub async fn reference<E: Reference>(&self, select: Select<E>) -> Result<Vec<E::Model>, Fault> {
        Ok(select.all(self.transaction()).await?)
    }
}

/// Cuts a list that was asked for one too many; whether there was one.
pub(super) fn cut(ids: &mut Vec<Uuid>, limit: u64) -> bool {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = ids.len() > limit;
    ids.truncate(limit);
    more
}

/// The primary key column of a root.
pub(crate) fn key<E: EntityTrait>() -> E::Column {
    E::PrimaryKey::iter()
        .next()
        .expect("an entity has a primary key")
        .into_column()
}

pub(super) async fn see<E: Protected>(
    session: &Session,
    transaction: &DatabaseTransaction,
    scope: &Scope,
    select: Select<E>,
) -> Result<Vec<Seen<E::Model>>, Fault> {
    let visible = feed::visible(scope, E::FEED, "f", Expr::col((E::default(), key::<E>())));
    Ok(seen::<E>(
        session,
        scope,
        select.filter(visible).all(transaction).await?,
    ))
}

/// Notes rows that the predicate let through.
fn seen<E: Protected>(session: &Session, scope: &Scope, rows: Vec<E::Model>) -> Vec<Seen<E::Model>> {
    session.witness().saw(E::KIND, rows.iter().map(E::id));
    rows.into_iter()
        .map(|row| (E::owner(&row) == scope.caller.organisation, row))
        .map(|(own, row)| Seen::new(row, own))
        .collect()
}

/// Personal parts, to a caller who may see them; logged.
pub(super) async fn unmasked<P: Part>(
    session: &Session,
    transaction: &DatabaseTransaction,
    roots: &[Uuid],
    field: &'static str,
    select: Select<P>,
) -> Result<Vec<P::Model>, Fault> {
    let rows = parts(session, transaction, roots, select).await?;
    let shown = rows.iter().map(|row| row.get(P::root()).unwrap::<Uuid>());
    session.witness().unmasked(<P::Root as Protected>::KIND, field, shown);
    Ok(rows)
}

pub(super) async fn parts<P: Part>(
    session: &Session,
    transaction: &DatabaseTransaction,
    roots: &[Uuid],
    select: Select<P>,
) -> Result<Vec<P::Model>, Fault> {
    if roots.is_empty() {
        return Ok(Vec::new());
    }
    if !session.witness().has_seen(<P::Root as Protected>::KIND, roots) {
        return Err(Fault::broken("a part was asked of a record that was not seen"));
    }
    Ok(select
        .filter(P::root().is_in(roots.iter().copied()))
        .all(transaction)
        .await?)
}

pub(super) async fn hanging<E: Protected, T: FromQueryResult>(
    session: &Session,
    transaction: &DatabaseTransaction,
    roots: &[Uuid],
    mut select: SelectStatement,
    root: Alias,
) -> Result<Vec<T>, Fault> {
    if roots.is_empty() {
        return Ok(Vec::new());
    }
    if !session.witness().has_seen(E::KIND, roots) {
        return Err(Fault::broken("a part was asked of a record that was not seen"));
    }
    select.and_where(Expr::col(root).is_in(roots.iter().copied()));
    let rows = transaction.query_all(&select).await?;
    let rows = rows.iter().map(|row| T::from_query_result(row, ""));
    Ok(rows.collect::<Result<_, _>>()?)
}
