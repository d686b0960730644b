//! Live events: what the switchboard finds for each listener, each told in a session of its own.

use std::sync::{Arc, OnceLock};

use async_graphql::{Context, Enum, Result, SimpleObject};
use foundation::graphql::live::Listener;
use foundation::outbox;
use foundation::session::{Switchboard, Tiding, Tidings, Wanted};
use foundation::{Fault, Reader, Seen};
use futures::Stream;
use uuid::Uuid;

use super::door::Door;
use super::filter::SignalFilter;
use super::signal::Signal;
use crate::model::filter::Filter;
use crate::store::{SignalRow, Signals, list};

/// Live events.
#[derive(Default)]
pub struct Subscription {
    /// Where all streams wait; from the first of them on.
    switchboard: OnceLock<Arc<Switchboard<LiveFilter>>>,
}

/// What happened to a signal (gebeurtenis).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignalChangeKind {
    /// Vastgelegd.
    Recorded,
    /// Gewijzigd.
    Edited,
    /// Gepubliceerd.
    Published,
    /// Gerubriceerd.
    Labelled,
    /// Gedeeld.
    Shared,
    /// Een deling is ingetrokken.
    Revoked,
    /// Ingetrokken.
    Retracted,
    /// Geleverd door een zaaksysteem.
    Imported,
    /// Een andere inspectie heeft het bevestigd of tegengesproken.
    Confirmed,
    /// Er is een opmerking bij gemaakt.
    Remarked,
    /// Een inspectie heeft gemeld wat zij ermee doet.
    FollowedUp,
    /// Gewijzigd naar een terugmelding.
    Corrected,
    /// Een bewijsstuk is toegevoegd of weggehaald.
    EvidenceChanged,
}

impl SignalChangeKind {
    /// What a change is told as; nothing where it has no name here: not every reader of the signal may hear of it, or it
    /// is for the inbox of those whom it concerns.
    fn of(change: &str) -> Option<Self> {
        Some(match change {
            "recorded" => Self::Recorded,
            "edited" => Self::Edited,
            "published" => Self::Published,
            "labelled" => Self::Labelled,
            "shared" => Self::Shared,
            "revoked" => Self::Revoked,
            "retracted" => Self::Retracted,
            "imported" => Self::Imported,
            "confirmed" => Self::Confirmed,
            "remarked" => Self::Remarked,
            "followed_up" => Self::FollowedUp,
            "corrected" => Self::Corrected,
            "evidence_changed" => Self::EvidenceChanged,
            _ => return None,
        })
    }
}

/// A change of a signal that the caller may see (wijziging).
#[derive(SimpleObject)]
pub struct SignalChange {
    /// What happened.
    kind: SignalChangeKind,
    /// Its number in this stream, from 1: a client that misses one fetches anew. Says nothing of what others changed.
    sequence: i32,
    /// The signal, as it was when it was decided that the caller may hear of it.
    signal: Signal,
}

/// Live events.
#[async_graphql::Subscription(name = "Subscription")]
impl Subscription {
    /// Changes of signals that the caller may see, from now on (wijzigingen). What is no longer the caller's stops
    /// coming; the stream ends when the account, its purpose or its token no longer stands.
    async fn signal_changed(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Narrows the events.")] filter: Option<SignalFilter>,
    ) -> Result<impl Stream<Item = Result<SignalChange>>> {
        let listener = context.data::<Arc<Listener>>()?.clone();
        let filter = filter.unwrap_or_default().read()?;
        // Whoever may not listen, or asks for what does not exist, hears so at once.
        let session = listener.session()?;
        let checked = match session.reader().await {
            Ok(reader) => list::query(&reader, &filter).await.map(drop),
            Err(fault) => Err(fault),
        };
        session.end().await;
        checked.inspect_err(|_| listener.deliver(session))?;
        let platform = listener.platform();
        // The bell is heard from before the place at which this stream begins.
        let switchboard = self.switchboard.get_or_init(|| Arc::new(Switchboard::open(platform)));
        let place = outbox::end(&platform.database, platform.service)
            .await
            .map_err(Fault::from)?;
        let stream = Live {
            switchboard: switchboard.clone(),
            listener,
            filter: Arc::new(LiveFilter(filter)),
            tidings: Tidings::from(place),
            sequence: 0,
            ended: false,
        };
        Ok(futures::stream::unfold(stream, |mut live| async move {
            let next = live.next().await?;
            Some((next.map_err(async_graphql::Error::from), live))
        }))
    }
}

/// What a stream is narrowed to.
#[derive(PartialEq)]
struct LiveFilter(Filter);

impl Wanted for LiveFilter {
    type Root = Signals;

    fn tells(change: &str) -> bool {
        SignalChangeKind::of(change).is_some()
    }

    async fn among(&self, reader: &Reader<'_>, records: Vec<Uuid>) -> Result<Vec<Seen<SignalRow>>, Fault> {
        list::among(reader, &self.0, records).await
    }
}

/// One listener's stream.
struct Live {
    switchboard: Arc<Switchboard<LiveFilter>>,
    listener: Arc<Listener>,
    filter: Arc<LiveFilter>,
    tidings: Tidings<Signals>,
    sequence: i32,
    ended: bool,
}

impl Live {
    /// The next event for this reader; an error is the last.
    async fn next(&mut self) -> Option<Result<SignalChange, Fault>> {
        if self.ended {
            return None;
        }
        let told = match self.tiding().await {
            Ok(tiding) => self.told(tiding).await,
            Err(fault) => Err(self.farewell(fault).await),
        };
        self.ended = told.is_err();
        Some(told)
    }

    /// What the switchboard has next for this listener.
    async fn tiding(&mut self) -> Result<Tiding<Signals>, Fault> {
        loop {
            if let Some(tiding) = self.tidings.take() {
                return Ok(tiding);
            }
            let (who, purpose) = (self.listener.who(), self.listener.purpose());
            let place = self.tidings.place();
            self.tidings = self.switchboard.tidings(who, purpose, &self.filter, place).await?;
        }
    }

    /// The event, in a session of its own.
    async fn told(&mut self, tiding: Tiding<Signals>) -> Result<SignalChange, Fault> {
        let kind = SignalChangeKind::of(&tiding.event.change);
        let kind = kind.ok_or_else(|| Fault::broken("a change that is told has a name"))?;
        let session = self.listener.session()?;
        let seen = session.begin_with(tiding).await?;
        self.sequence += 1;
        self.listener.deliver(session.clone());
        Ok(SignalChange {
            kind,
            sequence: self.sequence,
            signal: Signal::new(seen, Door::new(session)),
        })
    }

    /// Why the stream ends. One that ends for want of standing leaves its line, as a refused request does.
    async fn farewell(&self, fault: Fault) -> Fault {
        let session = match self.listener.session() {
            Ok(session) => session,
            Err(expired) => return expired,
        };
        let standing = session.reader().await.err();
        session.end().await;
        self.listener.deliver(session);
        standing.unwrap_or(fault)
    }
}
