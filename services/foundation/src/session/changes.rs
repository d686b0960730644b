//! The change feed: everything that a reader's copy must be told to be what the reader may see, from any place on.
//!
//! A copy is changed by four things: what is written (the outbox, in the order of commits), what begins and ends by the
//! clock (the feed's own times), what the reader gains, and what it loses (its channels and its rank). A cursor holds
//! where a copy stands in each ([`copy::Copy`]), so that an empty copy, one that was told a minute ago and one whose
//! reader has just left a circle are answered by the same walk:
//!
//! 1. lost channels: their records go, unless they are seen some other way;
//! 2. the outbox: what is seen comes as it is now, what has left a channel of the copy goes (its tombstone says so);
//! 3. the clock;
//! 4. new channels: their records come.
//!
//! What is told gone was in a channel while the reader had it: a copy hears of no record that was never its reader's.

mod copy;
mod text;

use std::collections::{HashMap, HashSet};

use access::Instant;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, QueryFilter, QueryResult, Value};
use uuid::Uuid;

use super::feed::{FeedQuery, Order, Place as RecordPlace};
use super::reader::{Protected, Reader, key};
use super::seal::Sealer;
use super::seen::Seen;
use crate::fault::{Code, Fault};
use crate::outbox::Place;
use crate::sql::statement;
use copy::{At, Copy, Filled, Stage, position};
use text::Names;

/// Events that are looked at in one statement.
const SCAN: usize = 1000;
/// Statements of that many that one answer may take: a reader who sees little is not kept waiting for long.
const SCANS: usize = 8;

/// Oldest recorded first: the order in which a copy is filled.
const OLDEST: Order = Order {
    mark: 1,
    columns: &["created_at"],
    descending: false,
};

/// Who hears of a change, beside those to whom its record is new or lost by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Whoever sees the record.
    ByReaders,
    /// The owner's side.
    ByOwner,
    /// Nobody: only whom a grant reaches that begins with it.
    ByNewReaders,
}

/// A change of a copy.
#[derive(Clone, Debug)]
pub enum Changed<M> {
    /// The record as it is now: new to the copy, or other than it was.
    Upserted(Seen<M>),
    /// The record that the reader sees no longer.
    Removed(Uuid),
}

/// What a copy is told.
#[derive(Clone, Debug)]
pub struct Changes<M> {
    /// The changes, in the order in which they are to be made.
    pub changes: Vec<Changed<M>>,
    /// Where the copy stands then.
    pub cursor: String,
    /// Whether there is more already.
    pub more: bool,
}

/// A page of changes being gathered.
struct Page {
    told: Vec<(Uuid, bool)>,
    known: HashSet<Uuid>,
    limit: usize,
}

impl Page {
    fn tell(&mut self, record: Uuid, seen: bool) {
        if self.known.insert(record) {
            self.told.push((record, seen));
        }
    }

    fn room(&self) -> u64 {
        self.limit.saturating_sub(self.told.len()) as u64
    }
}

/// What the database says of a service's outbox at one moment.
struct Outbox {
    key: String,
    floor: Place,
    end: Place,
    until: i64,
    next: i64,
}

impl Reader<'_> {
    /// What a copy must be told after a cursor, at most so many changes; everything, where there is no cursor yet.
    ///
    /// # Errors
    /// `INVALID_CURSOR` for one that is not this reader's under this purpose, `CURSOR_EXPIRED` where changes since are no
    /// longer kept; the database's.
    pub async fn changes<E: Protected>(
        &self,
        heard: impl Fn(&str) -> Heard,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Changes<E::Model>, Fault> {
        let names = Names {
            service: self.session.platform.service,
            kind: E::KIND,
            feed: E::FEED,
        };
        let outbox = self.outbox(&names).await?;
        let sealer = Sealer::of(&outbox.key, self.scope())?;
        let mut copy = match after {
            Some(cursor) => sealer.open(cursor)?,
            None => Copy::empty(outbox.end, self.scope().now),
        };
        if copy.place() < outbox.floor || copy.place().transaction > outbox.end.transaction {
            return Err(Fault::new(Code::CursorExpired).at("after"));
        }
        copy.align(self.scope(), outbox.next);
        self.tell_past(&copy).await?;
        let mut page = Page {
            told: Vec::new(),
            known: HashSet::new(),
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
        };
        let owed = self
            .before_filling(&names, &outbox, &heard, &mut copy, &mut page)
            .await?;
        let mut changes = self.resolved::<E>(&page).await?;
        copy.latest = copy.latest.max(self.scope().now);
        let more = owed || self.fill::<E>(&outbox, &mut copy, page.room(), &mut changes).await?;
        Ok(Changes {
            changes,
            cursor: sealer.seal(&copy)?,
            more,
        })
    }

    /// What comes before new channels are filled, and between: what is lost meanwhile does not wait; whether there is more of it than fits.
    async fn before_filling(
        &self,
        names: &Names,
        outbox: &Outbox,
        heard: &impl Fn(&str) -> Heard,
        copy: &mut Copy,
        page: &mut Page,
    ) -> Result<bool, Fault> {
        if let Stage::Dropping(after) = copy.stage {
            if self.drop_lost(names, copy, after, page).await? {
                return Ok(true);
            }
            copy.dropped(outbox.until);
        }
        if self.tail(names, outbox, heard, copy, page).await? || self.by_clock(names, copy, page).await? {
            return Ok(true);
        }
        if let Stage::Catching(until) = copy.stage
            && copy.place().transaction >= until
        {
            copy.caught();
        }
        Ok(false)
    }

    async fn outbox(&self, names: &Names) -> Result<Outbox, Fault> {
        let text = text::state(self.backend(), names.service);
        let row = self.rows(&text, Vec::new()).await?.pop();
        let row = row.ok_or_else(|| Fault::broken("a service without the key of its cursors"))?;
        let place = |tx: &str, sequence: &str| -> Result<Place, Fault> {
            Ok(Place {
                transaction: row.try_get("", tx)?,
                sequence: row.try_get("", sequence)?,
            })
        };
        Ok(Outbox {
            key: row.try_get("", "sealed_by")?,
            floor: place("floor_tx", "floor_sequence")?,
            end: place("end_tx", "end_sequence")?,
            until: row.try_get("", "until_tx")?,
            next: row.try_get("", "next_tx")?,
        })
    }

    async fn tell_past(&self, copy: &Copy) -> Result<(), Fault> {
        if self.backend() == DbBackend::Postgres {
            let (text, values) = text::past(copy);
            self.rows(&text, values).await?;
        }
        Ok(())
    }

    async fn rows(&self, text: &str, values: Vec<Value>) -> Result<Vec<QueryResult>, Fault> {
        let asked = statement(self.backend(), text, values);
        Ok(self.transaction().query_all_raw(asked).await?)
    }

    /// Tells what goes with lost channels; whether there is more than fits.
    async fn drop_lost(
        &self,
        names: &Names,
        copy: &mut Copy,
        mut after: Option<At>,
        page: &mut Page,
    ) -> Result<bool, Fault> {
        for _ in 0..SCANS {
            // What is seen some other way stays: a batch may come to nothing.
            let (text, values) = text::lost(names, self.scope(), copy, after, SCAN as u64);
            let rows = self.rows(&text, values).await?;
            for row in &rows {
                if page.room() == 0 {
                    return Ok(true);
                }
                let at: At = (row.try_get("", "created_at")?, row.try_get("", "record_id")?);
                if !row.try_get::<bool>("", "seen")? {
                    page.tell(at.1, false);
                }
                after = Some(at);
                copy.stage = Stage::Dropping(after);
            }
            if rows.len() < SCAN {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Tells what happened; whether there is more than fits.
    async fn tail(
        &self,
        names: &Names,
        outbox: &Outbox,
        heard: &impl Fn(&str) -> Heard,
        copy: &mut Copy,
        page: &mut Page,
    ) -> Result<bool, Fault> {
        for _ in 0..SCANS {
            let (text, values) = text::tail(self.backend(), names, self.scope(), copy, SCAN);
            let rows = self.rows(&text, values).await?;
            for row in &rows {
                if page.room() == 0 {
                    return Ok(true);
                }
                // A writer whose clock is ahead: what it made visible is not visible here yet.
                if row.try_get::<Instant>("", "at")? > self.scope().now {
                    return Ok(false);
                }
                let (seen, lost): (bool, bool) = (row.try_get("", "seen")?, row.try_get("", "lost")?);
                let began: bool = row.try_get("", "began")?;
                let heard = match heard(&row.try_get::<String>("", "change")?) {
                    Heard::ByReaders => seen,
                    Heard::ByOwner => row.try_get("", "own")?,
                    Heard::ByNewReaders => false,
                };
                if heard || began || (lost && !seen) {
                    page.tell(row.try_get("", "record_id")?, seen);
                }
                copy.advance(Place {
                    transaction: row.try_get("", "tx")?,
                    sequence: row.try_get("", "sequence")?,
                });
            }
            if rows.len() < SCAN {
                copy.advance(outbox.end);
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Tells what began and ended by the clock; whether there is more than fits.
    async fn by_clock(&self, names: &Names, copy: &mut Copy, page: &mut Page) -> Result<bool, Fault> {
        let now = self.scope().now;
        if copy.moment.0 >= now {
            return Ok(false);
        }
        let limit = page.room() + 1;
        let (text, values) = text::clock(names, self.scope(), copy, limit);
        let rows = self.rows(&text, values).await?;
        for row in &rows {
            if page.room() == 0 {
                return Ok(true);
            }
            let record: Uuid = row.try_get("", "record_id")?;
            page.tell(record, row.try_get("", "seen")?);
            copy.pass((row.try_get("", "moment")?, record));
        }
        if rows.len() as u64 == limit {
            return Ok(true);
        }
        copy.pass((now, Uuid::max()));
        Ok(false)
    }

    /// The page's records as they are now.
    async fn resolved<E: Protected>(&self, page: &Page) -> Result<Vec<Changed<E::Model>>, Fault> {
        let seen: Vec<Uuid> = page.told.iter().filter(|(_, seen)| *seen).map(|(id, _)| *id).collect();
        // Not every event's record is seen: the predicate is asked of each.
        let rows = self.see(E::find().filter(key::<E>().is_in(seen))).await?;
        let mut rows: HashMap<Uuid, Seen<E::Model>> = rows.into_iter().map(|row| (E::id(&row), row)).collect();
        let changed = |(id, _): &(Uuid, bool)| rows.remove(id).map_or(Changed::Removed(*id), Changed::Upserted);
        Ok(page.told.iter().map(changed).collect())
    }

    /// Tells what new channels bring; whether there is more than fits.
    async fn fill<E: Protected>(
        &self,
        outbox: &Outbox,
        copy: &mut Copy,
        room: u64,
        changes: &mut Vec<Changed<E::Model>>,
    ) -> Result<bool, Fault> {
        let Stage::Filling(after) = copy.stage else {
            return Ok(false);
        };
        if room == 0 {
            return Ok(true);
        }
        let query = FeedQuery {
            channels: Some(copy.channels(Filled::Partly)),
            order: OLDEST,
            after: after.map(position).map(|place| RecordPlace {
                keys: vec![place.created_at],
                record_id: place.record_id,
            }),
            limit: room,
            ..FeedQuery::default()
        };
        let (page, last) = self.page_with_end::<E>(&query).await?;
        changes.extend(page.rows.into_iter().map(Changed::Upserted));
        if page.more {
            copy.stage = Stage::Filling(last.map(|last| (last.created_at, last.record_id)));
            return Ok(true);
        }
        copy.filled();
        // What happened while it was filled is told next.
        Ok(copy.place() < outbox.end || copy.moment.0 < self.scope().now)
    }
}
