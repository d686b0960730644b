//! The toy signals: records about parties that the registry knows, changes to them, and an event stream.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{
    Context, Enum, Error, ErrorExtensions, ID, InputObject, Object, Schema, SimpleObject, Subscription, Union,
};
use futures::Stream;

use super::World;

pub type SignalsSchema = Schema<Query, Mutation, Events>;

pub fn schema(world: Arc<World>) -> SignalsSchema {
    Schema::build(Query, Mutation, Events)
        .data(world)
        .enable_federation()
        .enable_subscription_in_federation()
        .finish()
}

pub struct Query;
pub struct Mutation;
pub struct Events;

/// A party, as far as signals know it.
pub struct Party {
    pub id: ID,
}

#[derive(SimpleObject)]
pub struct Signal {
    pub id: ID,
    pub title: String,
    pub party: Option<Party>,
}

#[derive(SimpleObject)]
pub struct Notice {
    pub id: ID,
    pub party: Option<Party>,
}

#[derive(Union)]
pub enum Found {
    Signal(Signal),
    Notice(Notice),
}

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
pub enum Severity {
    Minor,
    Critical,
}

#[derive(InputObject)]
pub struct SignalInput {
    pub title: String,
    pub severity: Option<Severity>,
    pub party: Option<ID>,
}

fn signal(number: usize) -> Signal {
    let party = if number.is_multiple_of(2) { "p2" } else { "p1" };
    Signal {
        id: format!("s{number}").into(),
        title: format!("Signal {number}"),
        party: Some(Party { id: party.into() }),
    }
}

#[Object]
impl Party {
    async fn id(&self) -> &ID {
        &self.id
    }

    async fn signals(&self, context: &Context<'_>) -> Vec<Signal> {
        let world = context.data_unchecked::<Arc<World>>();
        world.note(format!("signals of {}", self.id.as_str()));
        vec![signal(if self.id.as_str() == "p1" { 1 } else { 2 })]
    }
}

#[Object]
impl Query {
    async fn signals(&self, context: &Context<'_>, #[graphql(default = 4)] first: usize) -> Vec<Signal> {
        context.data_unchecked::<Arc<World>>().note("signals");
        (1..=first).map(signal).collect()
    }

    async fn found(&self) -> Vec<Found> {
        let party = || Some(Party { id: "p1".into() });
        vec![
            Found::Signal(signal(1)),
            Found::Notice(Notice {
                id: "n1".into(),
                party: party(),
            }),
        ]
    }

    /// What the caller is, beside what everybody is: to tell two callers' answers apart.
    async fn mine(&self, context: &Context<'_>) -> String {
        let world = context.data_unchecked::<Arc<World>>();
        tokio::time::sleep(Duration::from_millis(100)).await;
        world.note("mine");
        context.data_unchecked::<String>().clone()
    }

    async fn forbidden(&self) -> Result<Option<String>, Error> {
        Err(Error::new("Not with this purpose.").extend_with(|_, extensions| {
            extensions.set("code", "PURPOSE_NOT_HELD");
            extensions.set("field", "forbidden");
        }))
    }

    async fn broken(&self) -> Result<Option<String>, Error> {
        Err(Error::new("SELECT secret FROM table failed at 10.0.0.7"))
    }

    #[graphql(entity)]
    async fn find_party(&self, context: &Context<'_>, id: ID) -> Party {
        let world = context.data_unchecked::<Arc<World>>();
        world.note(format!("party {} of signals", id.as_str()));
        Party { id }
    }
}

#[Object]
impl Mutation {
    async fn record_signal(&self, context: &Context<'_>, input: SignalInput) -> Signal {
        let world = context.data_unchecked::<Arc<World>>();
        world.note(format!("record {}", input.title));
        Signal {
            id: "s9".into(),
            title: input.title,
            party: input.party.map(|id| Party { id }),
        }
    }
}

#[Subscription(name = "Subscription")]
impl Events {
    /// So many signals, one after the other, with the caller's name and purpose in the title.
    async fn signal_changed(&self, context: &Context<'_>, count: usize) -> impl Stream<Item = Signal> {
        let who = context.data_unchecked::<String>().clone();
        let world = context.data_unchecked::<Arc<World>>().clone();
        world.note(format!("subscribed by {who}"));
        async_stream(count, who)
    }
}

fn async_stream(count: usize, who: String) -> impl Stream<Item = Signal> {
    futures::stream::unfold(1, move |number| {
        let who = who.clone();
        async move {
            if number > count {
                return None;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
            let mut event = signal(number);
            event.title = format!("{} for {who}", event.title);
            Some((event, number + 1))
        }
    })
}
