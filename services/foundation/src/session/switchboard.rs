//! The switchboard: one reader of the outbox for all who listen to changes of one kind of record.
//!
//! Whoever listens waits here with the place from which it has not heard yet. When the doorbell rings, and at least once
//! a second, the switchboard looks once, in one transaction: what happened, and whether each who waits still stands. Those
//! who see the same and want the same are decided about together, by the list's own query. Only those for whom there is
//! something hear of it; the others wait on, further along. What was found is good for a moment: whoever comes for it
//! later waits again, from the same place.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use access::{Caller, Operation};
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
/// How long what was decided is good for. Whoever comes for it later is decided about anew.
const FRESH: Duration = Duration::from_millis(250);
/// How long a decision about one group may take; the others wait for it.
const PATIENCE: Duration = Duration::from_secs(5);
/// Changes that are read from the outbox at a time.
const BATCH: usize = 100;

/// What a listener wants to hear of, among what it may see.
pub trait Wanted: PartialEq + Send + Sync + 'static {
    /// The kind of record.
    type Root: Protected;

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
    row: Seen<E::Model>,
    who: Verified,
    caller: Caller,
    witness: Witness,
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
    /// How long until then, where something is held back.
    pause: Duration,
}

/// For whom there is a look.
enum Round {
    /// For all.
    All,
    /// For those who stand behind: what came since did not ring for them.
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
            self.look(&round).await;
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
        if looked.again {
            self.next = Instant::now();
        } else if looked.held_back {
            self.next = Instant::now() + self.pause;
            self.pause = (self.pause * 2).min(HEARTBEAT);
        } else if all {
            self.pause = GATHER;
        }
    }
}

/// What came of a look.
struct Looked<W: Wanted> {
    /// Those for whom there was nothing, each further along.
    waiting: Vec<Waiting<W>>,
    /// The last change that was read.
    front: Place,
    /// Whether some were not looked at to the end.
    again: bool,
    /// Whether changes are committed that cannot be told yet.
    held_back: bool,
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
    fn takes(&self, scope: &Scope, wanted: &W) -> bool {
        let nameless = |scope: &Scope| Caller {
            account: Uuid::nil(),
            ..scope.caller.clone()
        };
        self.scope.channels == scope.channels
            && self.scope.participant == scope.participant
            && nameless(&self.scope) == nameless(scope)
            && *self.members[0].waiting.wanted == *wanted
    }
}

/// Decides, at one moment, about all these.
async fn decide<W: Wanted>(platform: &Platform, due: Vec<Waiting<W>>) -> Looked<W> {
    let mut looked = Looked {
        waiting: Vec::new(),
        front: Place::default(),
        again: false,
        held_back: false,
    };
    if due.is_empty() {
        return looked;
    }
    let (transaction, looks, scopes) = match prepared(platform, &due).await {
        Ok(prepared) => prepared,
        Err(fault) => {
            for waiting in due {
                let _ = waiting.answer.send(Err(fault.clone()));
            }
            return looked;
        }
    };
    for (_, look) in &looks {
        looked.again |= look.full;
        looked.held_back |= look.held_back;
        looked.front = looked
            .front
            .max(look.events.last().map_or(looked.front, |last| last.place));
    }
    let mut transaction = Some(transaction);
    for group in grouped(platform, due, scopes, &looks, &mut looked.waiting) {
        // After a failure this transaction says no more: whoever is left is looked at again.
        let Some(current) = transaction.take() else {
            looked.again = true;
            looked
                .waiting
                .extend(group.members.into_iter().map(|member| member.waiting));
            continue;
        };
        let found = tokio::time::timeout(PATIENCE, found(platform, &group, current)).await;
        match found.unwrap_or_else(|_| Err(Fault::new(Code::Busy))) {
            Ok((found, current)) => {
                transaction = Some(current);
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

type Looks = Vec<(Place, Look)>;
type Scopes = Vec<Result<Scope, Fault>>;

/// What happened, and who stands, at one moment.
async fn prepared<W: Wanted>(
    platform: &Platform,
    due: &[Waiting<W>],
) -> Result<(DatabaseTransaction, Looks, Scopes), Fault> {
    let transaction = platform.database.begin_read().await?;
    let mut places: BTreeSet<Place> = due.iter().map(|waiting| waiting.place).collect();
    let mut looks = Vec::new();
    while let Some(place) = places.pop_first() {
        let look = outbox::after(&transaction, platform.service, place, BATCH).await?;
        places = match look.events.last() {
            Some(last) if look.full => places.split_off(&last.place),
            _ => BTreeSet::new(),
        };
        looks.push((place, look));
    }
    let asking = due.iter().map(|waiting| (&waiting.who, waiting.purpose.as_str()));
    let asking: Vec<(&Verified, &str)> = asking.collect();
    let mut scopes = scopes::scopes(&transaction, &asking, platform.clock.now()).await?;
    let events = looks.iter().flat_map(|(_, look)| &look.events);
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
    let Some((_, look)) = looks.iter().rev().find(|(from, _)| *from <= place) else {
        return (Vec::new(), place);
    };
    let told = |event: &&Arc<Event>| event.place > place && is_told::<W>(event);
    let news = look.events.iter().filter(told).cloned().collect();
    (news, look.events.last().map_or(place, |last| last.place.max(place)))
}

/// What one group may see of what happened.
struct Found<W: Wanted> {
    rows: HashMap<Uuid, Seen<<W::Root as sea_orm::EntityTrait>::Model>>,
    witness: Witness,
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
            })
        };
        let waiting: VecDeque<Tiding<W::Root>> = member.news.iter().filter_map(tiding).collect();
        if waiting.is_empty() {
            return Some(member.further());
        }
        let tidings = Tidings {
            waiting,
            place: member.waiting.place,
            end: member.end,
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
    let rows = rows.into_iter().map(|row| (W::Root::id(&row), row)).collect();
    let (transaction, witness) = session.give_back().await?;
    Ok((Found { rows, witness }, transaction))
}

impl Session {
    /// Reads in this transaction, under this scope.
    async fn lend(&self, transaction: DatabaseTransaction, scope: Scope) -> Result<(), Fault> {
        enter::set_context(&transaction, &scope, false).await?;
        *self.read.lock().await = Some(Entered {
            transaction,
            scope,
            written: std::sync::Mutex::default(),
        });
        Ok(())
    }

    /// Gives the transaction back, with what was seen in it.
    async fn give_back(&self) -> Result<(DatabaseTransaction, Witness), Fault> {
        let entered = self.read.lock().await.take();
        let entered = entered.ok_or_else(|| Fault::broken("a transaction that was lent"))?;
        Ok((entered.transaction, std::mem::take(&mut *self.witness())))
    }

    /// Begins with what the switchboard found for this session's caller: it is seen, and will be logged. Whatever is read
    /// of it beyond that is read at a later moment, and no more where it may not be seen any more.
    ///
    /// # Errors
    /// It was found for somebody else.
    pub fn begin_with<E: Protected>(&self, tiding: Tiding<E>) -> Result<Seen<E::Model>, Fault> {
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
        let mut witness = self.witness();
        *witness = tiding.witness;
        witness.protected = true;
        witness.caller = Some(tiding.caller);
        Ok(tiding.row)
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
        brought.withdrawn.store(true, Ordering::Release);
        Err(Fault::new(Code::NotFound))
    }
}
