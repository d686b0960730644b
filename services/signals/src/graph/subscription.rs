//! Live events. Each is authorised by the database at its own moment, in a session of its own.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, Enum, Result, SimpleObject};
use foundation::graphql::live::Listener;
use foundation::outbox::{self, Event, Place};
use foundation::{Fault, Seen, Session};
use futures::Stream;
use tokio::sync::watch;

use super::door::Door;
use super::filter::SignalFilter;
use super::signal::Signal;
use crate::model::filter::Filter;
use crate::store::SignalRow;
use crate::store::list;

/// How often a silent stream is asked whether its reader still stands.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// Events taken from the outbox at a time.
const BATCH: i64 = 100;

/// Live events.
pub struct Subscription;

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
    /// The signal as it is now.
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
        let bell = platform.doorbell.hear();
        let place = outbox::end(&platform.database, platform.service)
            .await
            .map_err(Fault::from)?;
        let stream = Live {
            listener,
            filter,
            bell,
            place,
            waiting: VecDeque::new(),
            sequence: 0,
            ended: false,
        };
        Ok(futures::stream::unfold(stream, |mut live| async move {
            let next = live.next().await?;
            Some((next.map_err(async_graphql::Error::from), live))
        }))
    }
}

struct Live {
    listener: Arc<Listener>,
    filter: Filter,
    bell: watch::Receiver<u64>,
    place: Place,
    waiting: VecDeque<Event>,
    sequence: i32,
    ended: bool,
}

impl Live {
    /// The next event for this reader; an error is the last.
    async fn next(&mut self) -> Option<std::result::Result<SignalChange, Fault>> {
        if self.ended {
            return None;
        }
        loop {
            let step = match self.waiting.pop_front() {
                Some(event) => self.see(event).await.transpose(),
                None => self.wait().await.err().map(Err),
            };
            match step {
                Some(Ok(change)) => return Some(Ok(change)),
                Some(Err(fault)) => {
                    self.ended = true;
                    return Some(Err(fault));
                }
                None => {}
            }
        }
    }

    /// Waits for the bell, at most a heartbeat, then looks into the outbox and whether the reader still stands.
    async fn wait(&mut self) -> std::result::Result<(), Fault> {
        let _ = tokio::time::timeout(HEARTBEAT, self.bell.changed()).await;
        let session = self.listener.session()?;
        let stands = session.reader().await.map(drop);
        session.end().await;
        // A stream that ends for want of standing leaves its line, as a refused request does.
        stands.inspect_err(|_| self.listener.deliver(session))?;
        let platform = self.listener.platform();
        let events = outbox::after(&platform.database, platform.service, self.place, BATCH).await?;
        if let Some(last) = events.last() {
            self.place = last.place;
        }
        self.waiting
            .extend(events.into_iter().filter(|event| event.kind == list::KIND));
        Ok(())
    }

    /// The event, if the reader may see its signal at this moment.
    async fn see(&mut self, event: Event) -> std::result::Result<Option<SignalChange>, Fault> {
        let Some(kind) = SignalChangeKind::of(&event.change) else {
            return Ok(None);
        };
        let session = self.listener.session()?;
        let Some(seen) = self.seen(&session, &event).await.transpose() else {
            session.end().await;
            return Ok(None);
        };
        self.sequence += 1;
        self.listener.deliver(session.clone());
        Ok(Some(SignalChange {
            kind,
            sequence: self.sequence,
            signal: Signal::new(seen?, Door::new(session)),
        }))
    }

    async fn seen(&self, session: &Session, event: &Event) -> std::result::Result<Option<Seen<SignalRow>>, Fault> {
        let reader = session.reader().await?;
        let query = list::query_of(&reader, &self.filter, event.record).await?;
        Ok(list::page(&reader, &query, None, 1).await?.rows.pop())
    }
}
