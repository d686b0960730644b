//! Those who listen are decided about together, and each hears only its own: the switchboard by itself, on both databases.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use access::State;
use foundation::outbox::{self, Place};
use foundation::session::{Protected, Seen, Stated, Switchboard, Tidings, Wanted};
use foundation::{Code, Fault, Reader, Session, ids};
use sea_orm::entity::prelude::*;
use serde_json::json;
use tests::themes::{published, revoke, share};
use tests::world::{On, World, id, who};
use uuid::Uuid;

/// As much of a signal as the switchboard needs.
mod note {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "signal")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub owner_id: Uuid,
        pub state: i16,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

impl Protected for note::Entity {
    const KIND: &'static str = "signal";
    const FEED: &'static str = "signal_feed";
    const SUBJECT_FEED: &'static str = "signal_subject_feed";

    fn id(model: &note::Model) -> Uuid {
        model.id
    }

    fn owner(model: &note::Model) -> Uuid {
        model.owner_id
    }

    fn state(model: &note::Model) -> State {
        State::from_number(model.state).expect("a state")
    }
}

/// Who was decided about, by organisation, channels and wish, and how many records.
type Decisions = Arc<Mutex<Vec<(Uuid, Vec<i64>, &'static str, usize)>>>;

/// Wants all, or what does not exist; and notes each decision.
struct Wish(&'static str, Decisions);

impl PartialEq for Wish {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Wanted for Wish {
    type Root = note::Entity;

    fn tells(change: &str) -> bool {
        change != "recorded"
    }

    async fn among(&self, reader: &Reader<'_>, records: Vec<Uuid>) -> Result<Vec<Seen<note::Model>>, Fault> {
        let scope = reader.scope();
        let decision = (scope.caller.organisation, scope.channels.clone(), self.0, records.len());
        self.1.lock().expect("no panic").push(decision);
        if self.0 == "nonsense" {
            return Err(Fault::new(Code::UnknownReference));
        }
        reader
            .see(note::Entity::find().filter(note::Column::Id.is_in(records)))
            .await
    }
}

type Board = Switchboard<Wish>;
type Heard = Result<Tidings<note::Entity>, Fault>;

struct Exchange {
    world: World,
    board: Arc<Board>,
    decisions: Decisions,
    place: Place,
}

impl Exchange {
    async fn on(on: On) -> Self {
        let world = World::peopled(on).await;
        for number in 1..=3 {
            let name = format!("igj.inspector{number}");
            world.account(&name, "igj", &[access::Role::Inspector], 2).await;
        }
        let platform = world.signals.platform();
        let board = Arc::new(Switchboard::open(platform));
        let place = outbox::end(&platform.database, "signals").await.expect("an end");
        Self {
            world,
            board,
            decisions: Decisions::default(),
            place,
        }
    }

    /// Begins to wait as somebody; what it hears.
    fn wait(&self, subject: &str, purpose: &str, wish: &'static str, place: Place) -> tokio::task::JoinHandle<Heard> {
        let (board, who) = (self.board.clone(), who(subject, &self.world.clock));
        let (wanted, purpose) = (Arc::new(Wish(wish, self.decisions.clone())), purpose.to_owned());
        tokio::spawn(async move { board.tidings(&who, Some(&purpose), &wanted, place).await })
    }

    /// A session of somebody.
    fn session(&self, subject: &str) -> Arc<Session> {
        let stated = Stated {
            purpose: Some("toezicht".to_owned()),
            ..Stated::default()
        };
        Session::open(self.world.signals.platform(), who(subject, &self.world.clock), stated)
    }

    /// A signal of the ILT that IGJ sees for `toezicht`; its grant.
    async fn shared(&self, title: &str) -> (Uuid, String) {
        let signal = published(&self.world, "ilt", &json!({ "title": title })).await;
        let grant = share(&self.world, "ilt", &signal, "igj").await;
        let id = Uuid::parse_str(signal.trim_start_matches("sig_")).expect("an id");
        (id, grant)
    }
}

/// Within this whoever waits has heard, on a busy machine too.
const SOON: Duration = Duration::from_secs(10);

async fn heard(waiting: tokio::task::JoinHandle<Heard>) -> Heard {
    let joined = tokio::time::timeout(SOON, waiting).await.expect("it is heard soon");
    joined.expect("no panic")
}

/// The records and changes of what was heard.
fn told(mut tidings: Tidings<note::Entity>) -> BTreeSet<(Uuid, String)> {
    let mut all = BTreeSet::new();
    while let Some(tiding) = tidings.take() {
        all.insert((tiding.event.record, tiding.event.change.clone()));
    }
    all
}

async fn once_for_all_who_see_the_same(on: On) {
    let exchange = Exchange::on(on).await;
    let listeners = [
        ("igj.inspector", "toezicht", "all"),
        ("igj.inspector1", "toezicht", "all"),
        ("igj.inspector2", "toezicht", "all"),
        ("igj.inspector3", "toezicht", "all"),
        ("igj.inspector3", "toezicht", "nonsense"),
        ("ilt.inspector", "toezicht", "all"),
        ("igj.analyst", "risicoanalyse", "all"),
        ("jenv.inspector", "toezicht", "all"),
    ];
    let (signal, _) = exchange.shared("Voor de IGJ").await;
    let before = exchange.decisions.lock().expect("no panic").len();
    assert_eq!(before, 0, "nobody waits yet");
    let waiting = listeners.map(|(subject, purpose, wish)| exchange.wait(subject, purpose, wish, exchange.place));
    let mut heard_by = Vec::new();
    for (waiting, (subject, _, wish)) in waiting.into_iter().zip(listeners) {
        if subject == "jenv.inspector" || subject == "igj.analyst" {
            let silent = tokio::time::timeout(Duration::from_millis(1500), waiting).await;
            assert!(silent.is_err(), "{subject} has nothing to hear");
            continue;
        }
        // All are answered by one look; what it decided is good for a moment alone, and they are asked one by one.
        match heard(waiting).await {
            Ok(tidings) => heard_by.push((subject, told(tidings))),
            Err(fault) => assert_eq!((fault.code(), wish), (Code::UnknownReference, "nonsense")),
        }
    }
    let both = BTreeSet::from([(signal, "published".to_owned()), (signal, "shared".to_owned())]);
    assert_eq!(heard_by.len(), 5);
    for (subject, told) in heard_by {
        assert_eq!(told, both, "{subject}");
    }
    let decisions = exchange.decisions.lock().expect("no panic").clone();
    let of = |organisation: &str, wish: &str| {
        let its = decisions
            .iter()
            .filter(|decision| decision.0 == id(organisation) && decision.2 == wish);
        its.count()
    };
    // Four inspectors of the IGJ are one question in a look; with the analyst they arrived for one look, or two.
    assert!((1..=2).contains(&of("ilt", "all")), "{decisions:?}");
    assert!((2..=4).contains(&of("igj", "all")), "{decisions:?}");
    // What one look decides with is what the door gives each of them by itself, but for their own channels.
    let own = exchange
        .world
        .look("SELECT CAST(id AS TEXT) FROM channel WHERE kind = 6", vec![])
        .await;
    let own: Vec<i64> = own.iter().map(|id| id.parse().expect("a number")).collect();
    assert!(!own.is_empty(), "whoever has recorded has one");
    for (organisation, channels, _, _) in &decisions {
        let alone = listeners.map(|(subject, purpose, _)| (subject, purpose));
        let mut same = false;
        for (subject, purpose) in alone {
            let scope = tests::lock::scope(
                exchange.world.signals.platform(),
                &exchange.world.clock,
                subject,
                purpose,
            );
            let mut scope = scope.await.expect("it stands");
            scope.channels.retain(|channel| !own.contains(channel));
            scope.channels.sort_unstable();
            same |= scope.caller.organisation == *organisation && scope.channels == *channels;
        }
        assert!(same, "{channels:?} are nobody's");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn once_for_all_who_see_the_same_on_sqlite() {
    once_for_all_who_see_the_same(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn once_for_all_who_see_the_same_on_postgres() {
    once_for_all_who_see_the_same(On::Postgres).await;
}

/// What is shared with accounts by name, or kept to one, is heard by these alone.
async fn by_name(on: On) {
    let exchange = Exchange::on(on).await;
    let (signal, _) = exchange.shared("Eerst voor allen").await;
    let world = &exchange.world;
    let labels = json!({ "id": ids::write(ids::prefix::SIGNAL, signal) });
    let red = "mutation ($id: ID!) { labelSignal(id: $id, version: 3, labels: { tlp: RED }) { warnings { code } } }";
    let place = outbox::end(&world.signals.platform().database, "signals")
        .await
        .expect("an end");
    world.data("ilt.inspector", "toezicht", red, labels).await;
    // A colleague who has recorded something too has a channel of its own, which does not hold this.
    world
        .account("ilt.inspector1", "ilt", &[access::Role::Inspector], 2)
        .await;
    let draft = "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { id } } }";
    let input = json!({ "title": "Eigen concept", "narrative": "x", "category": "chemicals", "severity": "SERIOUS",
        "observedFrom": "2026-05-30T08:00:00Z", "labels": { "tlp": "GREEN", "rank": "INTERN" } });
    world
        .data("ilt.inspector1", "toezicht", draft, json!({ "i": input }))
        .await;
    let own = heard(exchange.wait("ilt.inspector", "toezicht", "all", place)).await;
    assert!(told(own.expect("it is its own")).iter().any(|(id, _)| *id == signal));
    for other in ["ilt.inspector1", "igj.inspector"] {
        let alone = exchange.wait(other, "toezicht", "all", place);
        let seen = world
            .data(
                other,
                "toezicht",
                "query ($id: ID!) { signal(id: $id) { id } }",
                json!({ "id": ids::write(ids::prefix::SIGNAL, signal) }),
            )
            .await;
        let heard = match tokio::time::timeout(Duration::from_millis(1500), alone).await {
            Ok(heard) => told(heard.expect("no panic").expect("it stands"))
                .iter()
                .any(|(id, _)| *id == signal),
            Err(_) => false,
        };
        assert_eq!(heard, !seen["signal"].is_null(), "{other} hears what it can read");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn by_name_on_sqlite() {
    by_name(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_name_on_postgres() {
    by_name(On::Postgres).await;
}

async fn what_was_decided_does_not_outlive_what_allowed_it(on: On) {
    let exchange = Exchange::on(on).await;
    let (signal, grant) = exchange.shared("Even voor de IGJ").await;
    let hear = || exchange.wait("igj.inspector", "toezicht", "all", exchange.place);

    // It is nobody else's.
    let tiding = heard(hear()).await.expect("it is told").take().expect("a tiding");
    let fault = exchange
        .session("igj.inspector1")
        .begin_with(tiding)
        .await
        .expect_err("another's");
    assert_eq!(fault.code(), Code::Internal);

    // While it stands, more of it can be read, and the log knows of it.
    let tiding = heard(hear()).await.expect("it is told").take().expect("a tiding");
    let session = exchange.session("igj.inspector");
    assert_eq!(session.begin_with(tiding).await.expect("its own").id, signal);
    session.reader().await.map(drop).expect("it still stands");
    assert!(!session.withdrawn());
    session
        .finish("test", foundation::log::Outcome::Done)
        .await
        .expect("logged");
    let text = "SELECT p.operation FROM processing_log p JOIN audit_log a ON a.request_id = p.request_id
        WHERE a.operation = 'test' AND a.subject = 'igj.inspector' AND p.kind = 'signal' AND p.record_ids = ?";
    let lines = exchange
        .world
        .look(text, vec![signal.simple().to_string().into()])
        .await;
    assert_eq!(lines, ["read"]);

    // Decided, then taken away: nothing more of it is read, and what was begun does not leave.
    let tiding = heard(hear()).await.expect("it is told").take().expect("a tiding");
    revoke(&exchange.world, "ilt", &grant).await;
    let session = exchange.session("igj.inspector");
    session.begin_with(tiding).await.expect("its own");
    let fault = session.reader().await.map(drop).expect_err("it is gone");
    assert_eq!(fault.code(), Code::NotFound);
    assert!(session.withdrawn());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_decided_does_not_outlive_what_allowed_it_on_sqlite() {
    what_was_decided_does_not_outlive_what_allowed_it(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_decided_does_not_outlive_what_allowed_it_on_postgres() {
    what_was_decided_does_not_outlive_what_allowed_it(On::Postgres).await;
}

async fn whoever_comes_late_is_decided_about_anew(on: On) {
    let exchange = Exchange::on(on).await;
    let (_, grant) = exchange.shared("Te laat opgehaald").await;
    let waiting = exchange.wait("igj.inspector", "toezicht", "all", exchange.place);
    let mut late = heard(waiting).await.expect("it is told");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(late.take().is_none(), "it was decided too long ago");
    assert_eq!(late.place(), exchange.place, "and is not passed over");
    let again = heard(exchange.wait("igj.inspector", "toezicht", "all", late.place())).await;
    assert_eq!(told(again.expect("it is told again")).len(), 2);

    revoke(&exchange.world, "ilt", &grant).await;
    let gone = exchange.wait("igj.inspector", "toezicht", "all", exchange.place);
    let silent = tokio::time::timeout(Duration::from_millis(1500), gone).await;
    assert!(silent.is_err(), "what was taken away is told no more");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_late_is_decided_about_anew_on_sqlite() {
    whoever_comes_late_is_decided_about_anew(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_late_is_decided_about_anew_on_postgres() {
    whoever_comes_late_is_decided_about_anew(On::Postgres).await;
}

/// A queue longer than one look is read to its end, by those who stand at different places in it.
async fn a_long_queue_is_heard_to_its_end(on: On) {
    let exchange = Exchange::on(on).await;
    let (first, _) = exchange.shared("De eerste").await;
    for _ in 0..260 {
        let text = "INSERT INTO signals_outbox (tx, at, kind, record_id, change, version)
            SELECT tx, at, kind, record_id, 'edited', version FROM signals_outbox WHERE change = 'shared' LIMIT 1";
        exchange.world.run(text, vec![]).await;
    }
    let platform = exchange.world.signals.platform();
    let between = outbox::end(&platform.database, "signals").await.expect("an end");
    let (last, _) = exchange.shared("De laatste").await;
    let hear = async |mut place: Place| {
        let mut changes = Vec::new();
        while !changes.contains(&(last, "shared".to_owned())) {
            let heard = heard(exchange.wait("igj.inspector", "toezicht", "all", place)).await;
            let mut tidings = heard.expect("there is more");
            while let Some(tiding) = tidings.take() {
                changes.push((tiding.event.record, tiding.event.change.clone()));
            }
            place = tidings.place();
        }
        changes
    };
    let (whole, rest) = tokio::join!(hear(exchange.place), hear(between));
    let of = |record: Uuid, change: &str| (record, change.to_owned());
    assert_eq!(rest, [of(last, "published"), of(last, "shared")]);
    let edits = vec![of(first, "edited"); 260];
    let ends = [of(first, "published"), of(first, "shared")];
    let mut wanted: Vec<_> = ends.into_iter().chain(edits).chain(rest).collect();
    let mut whole = whole;
    // Rows that were put in by hand bear the number of the first sharing, and stand with it.
    wanted.sort();
    whole.sort();
    assert_eq!(whole, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_queue_is_heard_to_its_end_on_sqlite() {
    a_long_queue_is_heard_to_its_end(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_queue_is_heard_to_its_end_on_postgres() {
    a_long_queue_is_heard_to_its_end(On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_no_longer_stands_hears_why() {
    let exchange = Exchange::on(On::Sqlite).await;
    let code = async |subject: &str, purpose: &str| {
        let heard = heard(exchange.wait(subject, purpose, "all", exchange.place)).await;
        heard.map(drop).expect_err("it may not listen").code()
    };
    assert_eq!(code("igj.nobody", "toezicht").await, Code::AccountUnknown);
    assert_eq!(code("igj.inspector", "nieuwsgierigheid").await, Code::PurposeUnknown);
    let waiting = exchange.wait("igj.inspector", "toezicht", "all", exchange.place);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let text = "UPDATE account SET suspended_at = 1 WHERE name = 'igj.inspector'";
    exchange.world.run(text, vec![]).await;
    let fault = heard(waiting).await.map(drop).expect_err("it is suspended");
    assert_eq!(fault.code(), Code::AccountSuspended);
    let waiting = exchange.wait("igj.inspector1", "toezicht", "all", exchange.place);
    tokio::time::sleep(Duration::from_millis(100)).await;
    exchange.world.clock.advance(3601 * foundation::clock::SECOND);
    let fault = heard(waiting).await.map(drop).expect_err("its token has run out");
    assert_eq!(fault.code(), Code::TokenExpired);
}
