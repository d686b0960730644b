//! The switchboard: one reader of the outbox for all who listen to changes of one kind of record.
//!
//! Whoever listens waits here with the place from which it has not heard yet. When the doorbell rings, and at least once
//! a second, the switchboard looks once, in one transaction: what happened, and whether each who waits still stands. Those
//! who see the same and want the same are decided about together, by the list's own query. Only those for whom there is
//! something hear of it; the others wait on, further along. What was found is good for a moment: whoever comes for it
//! later waits again, from the same place.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use access::{Caller, Operation};
use futures::FutureExt;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::{
    Brought, Entered, Platform, Protected, Reader, Scope, Seen, Session, Stated, Witness, enter, feed, refused, scopes,
};
use crate::fault::{Code, Fault};
use crate::outbox::{self, Event, Look, Place};
use crate::token::Verified;

/// How often those who wait in silence are asked whether they still stand.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// What happens within so long is looked at together.
const GATHER: Duration = Duration::from_millis(5);
/// How long a look may take before those who are left are looked at again, at a moment of their own; and how long what
/// it decided is good for. Whoever comes for it later is decided about anew.
const FRESH: Duration = Duration::from_millis(250);
/// How long a decision about one group may take; the others wait for it.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often in a row a look may fail before those who wait hear of it.
const FAILURES: u32 = 4;
/// Changes that are read from the outbox at a time.
const BATCH: usize = 100;
/// How often it is read in one look, from different places.
const LOOKS: usize = 8;
/// The most that one listener is told at a time.
const TOLD: usize = 10;

/// What a listener wants to hear of, among what it may see.
pub trait Wanted: PartialEq + Send + Sync + 'static {
    /// The kind of record.
    type Root: Protected<Model: Sync>;

    /// Whether changes of this name are told.
    fn tells(change: &str) -> bool;

    /// Those of these records that it wants, as far as the reader may see them. It is asked of these alone: the reader
    /// brings what decides about them, and of other records shows less than there is.
    fn among(
        &self,
        reader: &Reader<'_>,
        records: Vec<Uuid>,
    ) -> impl Future<Output = Result<Vec<Seen<<Self::Root as sea_orm::EntityTrait>::Model>>, Fault>> + Send;
}

/// A change that one listener may hear of, with the record as it was when that was decided.
pub struct Tiding<E: Protected> {
    /// What happened.
    pub event: Arc<Event>,
    row: Arc<Seen<E::Model>>,
    who: Verified,
    caller: Caller,
    witness: Witness,
    /// Whether it took long to decide: then it is asked again before it is told.
    unsure: bool,
}

/// What there is to hear for one listener.
pub struct Tidings<E: Protected> {
    waiting: VecDeque<Tiding<E>>,
    /// Up to where all was looked at that is taken, or was not for this listener.
    place: Place,
    end: Place,
    decided: Instant,
}

impl<E: Protected> Tidings<E> {
    /// Nothing yet, from this place on.
    pub fn from(place: Place) -> Self {
        Self {
            waiting: VecDeque::new(),
            place,
            end: place,
            decided: Instant::now(),
        }
    }

    /// The next of them. None when all are taken, or were decided too long ago: wait for more from [`Self::place`].
    pub fn take(&mut self) -> Option<Tiding<E>> {
        if self.decided.elapsed() > FRESH {
            self.waiting.clear();
            return None;
        }
        let next = self.waiting.pop_front();
        self.place = next.as_ref().map_or(self.end, |tiding| tiding.event.place);
        next
    }

    /// From where there is more to hear.
    pub fn place(&self) -> Place {
        self.place
    }
}

/// One who waits.
struct Waiting<W: Wanted> {
    who: Verified,
    purpose: String,
    wanted: Arc<W>,
    place: Place,
    answer: oneshot::Sender<Result<Tidings<W::Root>, Fault>>,
}

/// Where those who listen wait.
pub struct Switchboard<W: Wanted> {
    queue: mpsc::UnboundedSender<Waiting<W>>,
}

impl<W: Wanted> Switchboard<W> {
    /// Opens a service's switchboard. What is committed from here on rings for it.
    pub fn open(platform: &Platform) -> Self {
        let (queue, arriving) = mpsc::unbounded_channel();
        let work = Work {
            bell: platform.doorbell.hear(),
            platform: platform.clone(),
            waiting: Vec::new(),
            front: Place::default(),
            next: Instant::now(),
            pause: GATHER,
            failed: 0,
        };
        tokio::spawn(work.run(arriving));
        Self { queue }
    }

    /// Waits until there is something for this listener after this place.
    ///
    /// # Errors
    /// Why it may not listen any more, or asks for what does not exist; the database's.
    pub async fn tidings(
        &self,
        who: &Verified,
        purpose: Option<&str>,
        wanted: &Arc<W>,
        place: Place,
    ) -> Result<Tidings<W::Root>, Fault> {
        let purpose = purpose.ok_or_else(|| Fault::new(Code::PurposeRequired))?;
        let (answer, hear) = oneshot::channel();
        let waiting = Waiting {
            who: who.clone(),
            purpose: purpose.to_owned(),
            wanted: wanted.clone(),
            place,
            answer,
        };
        let gone = || Fault::broken("a switchboard that answers");
        self.queue.send(waiting).map_err(|_| gone())?;
        hear.await.unwrap_or_else(|_| Err(gone()))
    }
}

/// The switchboard at work.
struct Work<W: Wanted> {
    platform: Platform,
    bell: tokio::sync::watch::Receiver<u64>,
    waiting: Vec<Waiting<W>>,
    /// How far the outbox was read for all who waited.
    front: Place,
    /// When it is looked at again, whether or not it rings.
    next: Instant,
    /// How long until then, where something is held back or failed.
    pause: Duration,
    /// How many looks have failed in a row.
    failed: u32,
}

/// For whom there is a look.
enum Round {
    /// For all.
    All,
    /// For those who stand behind what was read already: it does not ring for them again.
    Behind,
}

impl<W: Wanted> Work<W> {
    async fn run(mut self, mut arriving: mpsc::UnboundedReceiver<Waiting<W>>) {
        let mut looked = Instant::now();
        loop {
            let idle = self.waiting.is_empty();
            let round = tokio::select! {
                arrived = arriving.recv() => match arrived {
                    Some(arrived) => {
                        self.waiting.push(arrived);
                        Round::Behind
                    }
                    None => return,
                },
                _ = self.bell.changed(), if !idle => Round::All,
                () = sleep_until(self.next), if !idle => Round::All,
            };
            if matches!(round, Round::All) {
                sleep_until(looked + GATHER).await;
                looked = Instant::now();
            }
            while let Ok(arrived) = arriving.try_recv() {
                self.waiting.push(arrived);
            }
            self.waiting.retain(|waiting| !waiting.answer.is_closed());
            // A panic is the end of those who were looked at, and of nobody else's listening.
            if AssertUnwindSafe(self.look(&round)).catch_unwind().await.is_err() {
                tracing::error!("a look at the outbox panicked; those whom it was for hear of it");
            }
        }
    }

    /// Looks once, for those whose turn it is.
    async fn look(&mut self, round: &Round) {
        let all = matches!(round, Round::All);
        let front = self.front;
        let due = self
            .waiting
            .extract_if(.., |waiting| all || waiting.place < front)
            .collect();
        if all {
            self.next = Instant::now() + HEARTBEAT;
        }
        let looked = decide(&self.platform, due).await;
        self.front = front.max(looked.front);
        self.waiting.extend(looked.waiting);
        if let Some(fault) = looked.failed {
            self.failed += 1;
            if self.failed >= FAILURES {
                self.failed = 0;
                for waiting in self.waiting.drain(..) {
                    // Whoever has gone needs no answer.
                    let _ = waiting.answer.send(Err(fault.clone()));
                }
            }
            self.soon();
            return;
        }
        self.failed = 0;
        if looked.again {
            self.next = Instant::now();
        } else if looked.held_back {
            self.soon();
        } else if all {
            self.pause = GATHER;
        }
    }

    /// Looks again after a pause, which doubles.
    fn soon(&mut self) {
        self.next = self.next.min(Instant::now() + self.pause);
        self.pause = (self.pause * 2).min(HEARTBEAT);
    }
}

/// What came of a look.
struct Looked<W: Wanted> {
    /// Those for whom there was nothing, each further along.
    waiting: Vec<Waiting<W>>,
    /// Up to where all was read.
    front: Place,
    /// Whether some were not looked at to the end.
    again: bool,
    /// Whether changes are committed that cannot be told yet.
    held_back: bool,
    /// Whether a group was decided about.
    decided: bool,
    /// Why it came to nothing.
    failed: Option<Fault>,
}

/// One listener with what happened that it has not heard of.
struct Member<W: Wanted> {
    waiting: Waiting<W>,
    caller: Caller,
    news: Vec<Arc<Event>>,
    /// Up to where that is all.
    end: Place,
}

impl<W: Wanted> Member<W> {
    fn answer(self, answer: Result<Tidings<W::Root>, Fault>) {
        // Whoever has gone needs no answer.
        let _ = self.waiting.answer.send(answer);
    }

    fn further(self) -> Waiting<W> {
        Waiting {
            place: self.end,
            ..self.waiting
        }
    }
}

/// Those who see the same and want the same.
struct Group<W: Wanted> {
    scope: Scope,
    members: Vec<Member<W>>,
}

impl<W: Wanted> Group<W> {
    /// Whether a listener of this scope belongs to it: whatever decides what is seen is the same, and how it is shown.
    fn takes(&self, scope: &Scope, wanted: &Arc<W>) -> bool {
        let ours = &self.members[0].waiting.wanted;
        let (one, other) = (&self.scope.caller, &scope.caller);
        (Arc::ptr_eq(ours, wanted) || **ours == **wanted)
            && self.scope.participant == scope.participant
            && one.organisation == other.organisation
            && one.clearance == other.clearance
            && one.roles == other.roles
            && one.purpose == other.purpose
            && self.scope.channels == scope.channels
    }
}

/// Decides, at one moment, about all these.
async fn decide<W: Wanted>(platform: &Platform, due: Vec<Waiting<W>>) -> Looked<W> {
    let mut looked = Looked {
        waiting: Vec::new(),
        front: Place::default(),
        again: false,
        held_back: false,
        decided: false,
        failed: None,
    };
    if due.is_empty() {
        return looked;
    }
    let began = Instant::now();
    let prepared = tokio::time::timeout(PATIENCE, prepared(platform, &due)).await;
    let (transaction, looks, scopes) = match prepared.unwrap_or_else(|_| Err(Fault::new(Code::Busy))) {
        Ok(prepared) => prepared,
        Err(fault) => {
            tracing::warn!(code = fault.code().name(), "a look at the outbox failed");
            looked.waiting = due;
            looked.failed = Some(fault);
            return looked;
        }
    };
    let last = due.iter().map(|waiting| waiting.place).max().unwrap_or_default();
    for look in &looks {
        looked.front = looked.front.max(look.end);
        looked.again |= look.full;
        looked.held_back |= look.held_back;
    }
    looked.again |= looked.front < last;
    let mut transaction = Some(transaction);
    for group in grouped(platform, due, scopes, &looks, &mut looked.waiting) {
        // After a failure this transaction says no more, and after a while it says what was: whoever is left is looked at
        // again.
        let late = looked.decided && began.elapsed() > FRESH;
        let Some(current) = transaction.take_if(|_| !late) else {
            looked.again = true;
            looked
                .waiting
                .extend(group.members.into_iter().map(|member| member.waiting));
            continue;
        };
        looked.decided = true;
        let found = tokio::time::timeout(PATIENCE, found(platform, &group, current)).await;
        match found.unwrap_or_else(|_| Err(Fault::new(Code::Busy))) {
            Ok((mut found, current)) => {
                transaction = Some(current);
                found.unsure = began.elapsed() > FRESH;
                let members = group.members.into_iter();
                looked.waiting.extend(members.filter_map(|member| found.tell(member)));
            }
            Err(fault) => {
                for member in group.members {
                    member.answer(Err(fault.clone()));
                }
            }
        }
    }
    if let Some(transaction) = transaction
        && let Err(error) = transaction.rollback().await
    {
        tracing::debug!(%error, "ending a look");
    }
    looked
}

/// What was read of the outbox from a place on.
struct Read {
    from: Place,
    events: Vec<Arc<Event>>,
    /// Up to where that is all.
    end: Place,
    full: bool,
    held_back: bool,
}

type Looks = Vec<Read>;
type Scopes = Vec<Result<Scope, Fault>>;

/// What happened, and who stands, at one moment.
async fn prepared<W: Wanted>(
    platform: &Platform,
    due: &[Waiting<W>],
) -> Result<(DatabaseTransaction, Looks, Scopes), Fault> {
    let transaction = platform.database.begin_read().await?;
    let mut places: BTreeSet<Place> = due.iter().map(|waiting| waiting.place).collect();
    let mut looks: Looks = Vec::new();
    while looks.len() < LOOKS
        && let Some(from) = places.pop_first()
    {
        let last = places.last().copied().unwrap_or(from);
        let look = outbox::after(&transaction, platform.service, from, BATCH).await?;
        let Look {
            events,
            full,
            held_back,
        } = look;
        let read = events.last().map_or(from, |last| last.place);
        // Where it is all that there is, it is all up to the furthest place as well.
        let end = if full { read } else { read.max(last) };
        places = if full { places.split_off(&end) } else { BTreeSet::new() };
        looks.push(Read {
            from,
            events,
            end,
            full,
            held_back,
        });
    }
    let asking = due.iter().map(|waiting| (&waiting.who, waiting.purpose.as_str()));
    let asking: Vec<(&Verified, &str)> = asking.collect();
    let mut scopes = scopes::scopes(&transaction, &asking, platform.clock.now()).await?;
    let events = looks.iter().flat_map(|look| &look.events);
    let told = events.filter(|event| is_told::<W>(event));
    let records = told.map(|event| event.record).collect();
    scopes.about(&transaction, W::Root::FEED, &records).await?;
    Ok((transaction, looks, scopes.each))
}

/// Those for whom something happened, by what they see and want; the others wait on, or hear why they may not.
fn grouped<W: Wanted>(
    platform: &Platform,
    due: Vec<Waiting<W>>,
    scopes: Scopes,
    looks: &Looks,
    still: &mut Vec<Waiting<W>>,
) -> Vec<Group<W>> {
    let mut groups: Vec<Group<W>> = Vec::new();
    for (waiting, scope) in due.into_iter().zip(scopes) {
        let scope = match scope.and_then(|scope| listens(platform, &waiting.who, scope)) {
            Ok(scope) => scope,
            Err(fault) => {
                let _ = waiting.answer.send(Err(fault));
                continue;
            }
        };
        let (news, end) = news::<W>(looks, waiting.place);
        let member = Member {
            waiting,
            caller: scope.caller.clone(),
            news,
            end,
        };
        if member.news.is_empty() {
            still.push(member.further());
            continue;
        }
        let wanted = &member.waiting.wanted;
        match groups.iter_mut().find(|group| group.takes(&scope, wanted)) {
            Some(group) => group.members.push(member),
            None => groups.push(Group {
                scope,
                members: vec![member],
            }),
        }
    }
    groups
}

/// Whether somebody of this scope may listen, and with a token that has not run out.
fn listens(platform: &Platform, who: &Verified, scope: Scope) -> Result<Scope, Fault> {
    if who.expires_at <= platform.clock.now() {
        return Err(Fault::new(Code::TokenExpired));
    }
    access::may_ever(&scope.caller.roles, Operation::Read).map_err(|refusal| refused(refusal, Operation::Read))?;
    Ok(scope)
}

/// Whether listeners hear of it at all.
fn is_told<W: Wanted>(event: &Event) -> bool {
    event.kind == W::Root::KIND && W::tells(&event.change)
}

/// What was read of the outbox that is told and lies beyond a place, and how far that was.
fn news<W: Wanted>(looks: &Looks, place: Place) -> (Vec<Arc<Event>>, Place) {
    let Some(look) = looks.iter().rev().find(|look| look.from <= place) else {
        return (Vec::new(), place);
    };
    let told = |event: &&Arc<Event>| event.place > place && is_told::<W>(event);
    let news = look.events.iter().filter(told).cloned().collect();
    (news, look.end.max(place))
}

/// What one group may see of what happened.
struct Found<W: Wanted> {
    rows: HashMap<Uuid, Arc<Seen<<W::Root as sea_orm::EntityTrait>::Model>>>,
    witness: Witness,
    /// Whether it took so long that what it says is asked again.
    unsure: bool,
}

impl<W: Wanted> Found<W> {
    /// Tells a member what there is for it; it waits on where that is nothing.
    fn tell(&self, member: Member<W>) -> Option<Waiting<W>> {
        let tiding = |event: &Arc<Event>| {
            Some(Tiding {
                event: event.clone(),
                row: self.rows.get(&event.record)?.clone(),
                who: member.waiting.who.clone(),
                caller: member.caller.clone(),
                witness: self.witness.of_one(W::Root::KIND, event.record),
                unsure: self.unsure,
            })
        };
        let waiting: VecDeque<Tiding<W::Root>> = member.news.iter().filter_map(tiding).take(TOLD).collect();
        let Some(last) = waiting.back() else {
            return Some(member.further());
        };
        let end = if waiting.len() < TOLD {
            member.end
        } else {
            last.event.place
        };
        let tidings = Tidings {
            waiting,
            place: member.waiting.place,
            end,
            decided: Instant::now(),
        };
        member.answer(Ok(tidings));
        None
    }
}

/// Asks the list's own query, as one of the group, which of the records it may see and wants.
async fn found<W: Wanted>(
    platform: &Platform,
    group: &Group<W>,
    transaction: DatabaseTransaction,
) -> Result<(Found<W>, DatabaseTransaction), Fault> {
    let one = &group.members[0].waiting;
    let records: BTreeSet<Uuid> = group
        .members
        .iter()
        .flat_map(|member| member.news.iter().map(|event| event.record))
        .collect();
    let stated = Stated {
        purpose: Some(one.purpose.clone()),
        request: platform.clock.id(),
        ..Stated::default()
    };
    let session = Session::open(platform, one.who.clone(), stated);
    session.lend(transaction, group.scope.clone()).await?;
    let reader = session.reader().await?;
    let rows = one.wanted.among(&reader, records.into_iter().collect()).await?;
    drop(reader);
    let rows = rows.into_iter().map(|row| (W::Root::id(&row), Arc::new(row))).collect();
    let (transaction, witness) = session.give_back().await?;
    let unsure = false;
    Ok((Found { rows, witness, unsure }, transaction))
}

impl Session {
    /// Reads in this transaction, under this scope.
    async fn lend(&self, transaction: DatabaseTransaction, scope: Scope) -> Result<(), Fault> {
        enter::set_context(&transaction, &scope, false).await?;
        *self.read.lock().await = Some(Entered::new(transaction, scope));
        Ok(())
    }

    /// Gives the transaction back, with what was seen in it.
    async fn give_back(&self) -> Result<(DatabaseTransaction, Witness), Fault> {
        let entered = self.read.lock().await.take();
        let entered = entered.ok_or_else(|| Fault::broken("a transaction that was lent"))?;
        Ok((entered.transaction, std::mem::take(&mut *self.witness())))
    }

    /// Begins with what the switchboard found for this session's caller: it is seen, and will be logged. Whatever is read
    /// of it beyond that is read at a later moment, and no more where it may not be seen any more; then, and where it was
    /// asked again and may not, [`Self::withdrawn`] says so and nothing of it leaves.
    ///
    /// # Errors
    /// It was found for somebody else; the database's.
    pub async fn begin_with<E: Protected>(&self, tiding: Tiding<E>) -> Result<Seen<E::Model>, Fault> {
        let purpose = self.stated.purpose.as_deref() == Some(tiding.caller.purpose.code.as_str());
        let same = self.who.issuer == tiding.who.issuer && self.who.subject == tiding.who.subject && purpose;
        let brought = Brought {
            feed: E::FEED,
            record: E::id(&tiding.row),
            withdrawn: AtomicBool::new(false),
        };
        if !same || self.brought.set(brought).is_err() {
            return Err(Fault::broken("a tiding is for one session of its listener"));
        }
        {
            let mut witness = self.witness();
            *witness = tiding.witness;
            witness.protected = true;
            witness.caller = Some(tiding.caller);
        }
        if tiding.unsure {
            let asked = self.reader().await.map(drop);
            asked.or_else(|fault| if self.withdrawn() { Ok(()) } else { Err(fault) })?;
        }
        Ok(tiding.row.as_ref().clone())
    }

    /// Notes that the record that this session began with may not be told any more, where that is why it is refused.
    pub(super) fn withdraw(&self, fault: Fault) -> Fault {
        if let Some(brought) = self.brought.get()
            && fault.cause().is_none()
        {
            brought.withdrawn.store(true, Ordering::Release);
        }
        fault
    }

    /// Whether the record that this session began with was found withdrawn since: nothing of it leaves.
    pub fn withdrawn(&self) -> bool {
        let brought = self.brought.get();
        brought.is_some_and(|brought| brought.withdrawn.load(Ordering::Acquire))
    }

    /// Asks again for the record that this session began with, at the moment at which more of it is read.
    pub(super) async fn still_sees(&self, transaction: &DatabaseTransaction, scope: &Scope) -> Result<(), Fault> {
        let Some(brought) = self.brought.get() else {
            return Ok(());
        };
        let visible = feed::visible(scope, brought.feed, "brought", Expr::val(brought.record));
        let asked = Query::select().expr(Expr::val(1)).and_where(visible).take();
        if transaction.query_one(&asked).await?.is_some() {
            return Ok(());
        }
        Err(self.withdraw(Fault::new(Code::NotFound)))
    }
}
