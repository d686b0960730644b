//! What is taken away is gone for every request that begins after the change was acknowledged, however many read
//! meanwhile. The detector first shows that it finds what a weakened platform leaks.
//!
//! [`live`] does the same for open subscriptions; [`absent`] shows that what is hidden answers as what never was.

mod absent;
mod live;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use foundation::clock::SECOND;
use serde_json::{Value, json};
use tests::world::{BEGINNING, On, World, id};

/// Who read at the same time.
const READERS: usize = 8;
/// How long they read after the change was acknowledged.
const AFTERWARDS: Duration = Duration::from_millis(150);
/// How long a busy machine may take to answer them.
const PATIENCE: Duration = Duration::from_secs(30);
/// In the title of the signal, and nowhere else.
const MARK: &str = "Struisvogel";

/// How sight is taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Revoke,
    Tighten,
    RaiseRank,
    Retract,
    LeaveCircle,
    EndCircle,
    Suspend,
    SuspendOrganisation,
    LosePurpose,
    LoseRole,
    Expire,
}

const CHANGES: [Change; 11] = [
    Change::Revoke,
    Change::Tighten,
    Change::RaiseRank,
    Change::Retract,
    Change::LeaveCircle,
    Change::EndCircle,
    Change::Suspend,
    Change::SuspendOrganisation,
    Change::LosePurpose,
    Change::LoseRole,
    Change::Expire,
];

/// How the platform is weakened, to see whether that is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weakness {
    /// Not at all.
    None,
    /// What was said to be taken away stays in the feed, or is not written at all.
    Kept,
    /// The change is acknowledged before it is in force.
    Early,
}

/// A published signal of the ILT, shared for `toezicht` with IGJ, or with the circle of IGJ and JenV alone.
struct Shared {
    world: World,
    signal: String,
    grant: String,
}

async fn shared(on: On, change: Change) -> Shared {
    let world = World::peopled(on).await;
    world
        .run("UPDATE account SET clearance = 1 WHERE name LIKE 'igj%'", vec![])
        .await;
    world.circle("ring", &["igj", "jenv"], &["toezicht"]).await;
    let input = json!({
        "title": format!("{MARK} ontsnapt"), "narrative": "Gezien op de A12.", "category": "chemicals",
        "severity": "MINOR", "observedFrom": "2026-05-30T08:00:00Z", "parties": [party()],
    });
    let record = "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { id } } }";
    let made = world
        .data("ilt.inspector", "toezicht", record, json!({ "i": input }))
        .await;
    let signal = made["recordSignal"]["signal"]["id"].as_str().expect("an id").to_owned();
    let publish = "mutation ($id: ID!) { publishSignal(id: $id, version: 1) { warnings { code } } }";
    world
        .data("ilt.inspector", "toezicht", publish, json!({ "id": signal }))
        .await;
    let to = match change {
        Change::LeaveCircle | Change::EndCircle => json!({ "circle": "ring" }),
        _ => json!({ "organisation": "igj" }),
    };
    let mut grant = json!({ "to": to, "purpose": "toezicht", "legalBasis": "demo" });
    if change == Change::Expire {
        grant["validUntil"] = json!("2026-06-01T10:30:00Z");
    }
    let share = "mutation ($id: ID!, $g: GrantInput!) { shareSignal(id: $id, grant: $g) { signal { grants { id } } } }";
    let made = world
        .data("ilt.inspector", "toezicht", share, json!({ "id": signal, "g": grant }))
        .await;
    let grant = made["shareSignal"]["signal"]["grants"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    Shared { world, signal, grant }
}

fn party() -> String {
    format!("pty_{}", id("party").simple())
}

impl Shared {
    /// Takes sight away; returns when that is acknowledged.
    async fn change(&self, change: Change) {
        let on = format!("id: \"{}\", version: 3", self.signal);
        let call = match change {
            Change::Revoke => format!("revokeGrant(grantId: \"{}\")", self.grant),
            Change::Tighten => format!("labelSignal({on}, labels: {{ tlp: RED }})"),
            Change::RaiseRank => format!("labelSignal({on}, labels: {{ rank: DEPARTEMENTAAL_VERTROUWELIJK }})"),
            Change::Retract => format!("retractSignal({on}, reason: \"gevangen\")"),
            _ => return self.behind(change).await,
        };
        let query = format!("mutation {{ {call} {{ warnings {{ code }} }} }}");
        self.world.data("ilt.inspector", "toezicht", &query, json!({})).await;
    }

    /// The changes that are the registry's to make.
    async fn behind(&self, change: Change) {
        let world = &self.world;
        match change {
            Change::LeaveCircle => {
                let leave = "UPDATE circle_member SET left_at = ? WHERE organisation_id = ?";
                world.run(leave, vec![BEGINNING.into(), id("igj").into()]).await;
            }
            Change::EndCircle => {
                world
                    .run(
                        "UPDATE circle SET ends_at = ? WHERE code = 'ring'",
                        vec![BEGINNING.into()],
                    )
                    .await;
            }
            Change::Suspend => {
                world
                    .run(
                        "UPDATE account SET suspended_at = ? WHERE name LIKE 'igj%'",
                        vec![BEGINNING.into()],
                    )
                    .await;
            }
            Change::SuspendOrganisation => {
                world
                    .run(
                        "UPDATE organisation SET suspended_at = ? WHERE code = 'igj'",
                        vec![BEGINNING.into()],
                    )
                    .await;
            }
            Change::LosePurpose => {
                let lose = "UPDATE account_purpose SET valid_until = ? WHERE purpose_id = ?";
                world.run(lose, vec![BEGINNING.into(), id("toezicht").into()]).await;
            }
            Change::LoseRole => {
                let lose = "UPDATE role_assignment SET valid_until = ? WHERE account_id = ?";
                world
                    .run(lose, vec![BEGINNING.into(), id("igj.inspector").into()])
                    .await;
            }
            _ => world.clock.advance(1800 * SECOND),
        }
    }

    /// As [`Self::change`] on a platform that keeps what it should lose.
    async fn change_weakly(&self, change: Change) {
        if !matches!(
            change,
            Change::Revoke | Change::Tighten | Change::RaiseRank | Change::Retract
        ) {
            return;
        }
        let tables = ["signal_feed", "signal_subject_feed"];
        for table in tables {
            self.world
                .attempt(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}"))
                .await
                .expect("kept");
        }
        self.change(change).await;
        for table in tables {
            let back = format!("INSERT INTO {table} SELECT * FROM kept_{table} WHERE true ON CONFLICT DO NOTHING");
            self.world.attempt(&back).await.expect("put back");
        }
    }

    async fn sees(&self, way: usize) -> bool {
        let key = |kind: &str, id: &str| json!({ "r": [{ "__typename": kind, "id": id }] });
        let (query, variables) = match way % 5 {
            0 => (
                "query ($id: ID!) { signal(id: $id) { title } }",
                json!({ "id": self.signal }),
            ),
            1 => ("{ signals { nodes { title } } }", json!({})),
            2 => (
                "{ signals(filter: { text: \"struisvogel\" }) { nodes { title } } }",
                json!({}),
            ),
            3 => (
                "query ($r: [_Any!]!) { _entities(representations: $r) { ... on SupervisedParty { signals { nodes { title } } } } }",
                key("SupervisedParty", &party()),
            ),
            _ => (
                "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Signal { title } } }",
                key("Signal", &self.signal),
            ),
        };
        let answer: Value = self.world.ask("igj.inspector", "toezicht", query, variables).await;
        assert_ne!(
            answer["errors"][0]["extensions"]["code"], "BUSY",
            "readers are answered"
        );
        answer.to_string().contains(MARK)
    }
}

/// What a race showed.
#[derive(Debug, Default)]
struct Race {
    before: AtomicUsize,
    after: AtomicUsize,
    leaks: AtomicUsize,
}

impl Race {
    /// Lets readers ask after the acknowledgement: for a while, and for as long as a busy machine takes to answer as many
    /// as there are readers.
    async fn all_asked_again(&self) {
        tokio::time::sleep(AFTERWARDS).await;
        let waited = Instant::now();
        let asked = || self.after.load(Ordering::SeqCst) + self.leaks.load(Ordering::SeqCst);
        while asked() < READERS && waited.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn race(on: On, change: Change, weakness: Weakness) -> Arc<Race> {
    let shared = Arc::new(shared(on, change).await);
    let (race, acknowledged, over) = (
        Arc::new(Race::default()),
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicBool::new(false)),
    );
    let readers: Vec<_> = (0..READERS)
        .map(|reader| {
            let (shared, race, acknowledged, over) = (shared.clone(), race.clone(), acknowledged.clone(), over.clone());
            tokio::spawn(async move {
                let mut way = reader;
                while !over.load(Ordering::SeqCst) {
                    let begins_after = acknowledged.load(Ordering::SeqCst);
                    let sees = shared.sees(way).await;
                    way += 1;
                    match (begins_after, sees) {
                        (false, true) => race.before.fetch_add(1, Ordering::SeqCst),
                        (true, true) => race.leaks.fetch_add(1, Ordering::SeqCst),
                        (true, false) => race.after.fetch_add(1, Ordering::SeqCst),
                        (false, false) => 0,
                    };
                }
            })
        })
        .collect();
    while race.before.load(Ordering::SeqCst) < READERS {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    match weakness {
        Weakness::None => shared.change(change).await,
        Weakness::Kept => shared.change_weakly(change).await,
        Weakness::Early => {
            acknowledged.store(true, Ordering::SeqCst);
            race.all_asked_again().await;
            shared.change(change).await;
        }
    }
    acknowledged.store(true, Ordering::SeqCst);
    race.all_asked_again().await;
    over.store(true, Ordering::SeqCst);
    for reader in readers {
        reader.await.expect("a reader reads on");
    }
    race
}

async fn races(on: On) {
    for change in CHANGES {
        // First weakened, to know that the race would show it.
        for weakness in [Weakness::Kept, Weakness::Early] {
            let weak = race(on, change, weakness).await;
            assert!(
                weak.leaks.load(Ordering::SeqCst) > 0,
                "{change:?}, {weakness:?}: not noticed: {weak:?}"
            );
        }
        let race = race(on, change, Weakness::None).await;
        assert_eq!(race.leaks.load(Ordering::SeqCst), 0, "{on:?}, {change:?}: {race:?}");
        assert!(
            race.after.load(Ordering::SeqCst) >= READERS,
            "{change:?}: nobody asked afterwards: {race:?}"
        );
        println!("{on:?} {change:?}: {race:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_it_afterwards_on_sqlite() {
    races(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_it_afterwards_on_postgres() {
    races(On::Postgres).await;
}
