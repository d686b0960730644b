//! What is taken away is gone for every request that begins after the change was acknowledged, however many read
//! meanwhile. The detector first shows that it finds what a weakened platform leaks.
//!
//! [`live`] does the same for open subscriptions; [`absent`] shows that what is hidden answers as what never was.
//! [`kind`] says what is raced: each labelled root.

mod absent;
pub mod kind;
mod live;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use foundation::clock::SECOND;
use serde_json::json;
use tests::themes::{self, named};
use tests::world::{BEGINNING, On, World, id};

use kind::{COVENANT, Kind, LEVEL, SIGNAL};

/// Who read at the same time.
const READERS: usize = 8;
/// How long they read after the change was acknowledged.
const AFTERWARDS: Duration = Duration::from_millis(150);
/// How long a busy machine may take to answer them.
const PATIENCE: Duration = Duration::from_secs(30);
/// In the text of the record and of the theme that rests on it, and nowhere else.
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

/// A published record of the ILT, shared for `toezicht` with IGJ, or with the circle of IGJ and JenV alone.
struct Shared {
    world: World,
    kind: &'static Kind,
    id: String,
    grant: String,
    themed: Option<Themed>,
}

/// A theme that rests on a signal that is shared.
struct Themed {
    /// It rests on both.
    theme: String,
    /// A signal that stays shared.
    other: String,
}

async fn themed(world: &World, signal: &str) -> Themed {
    let other = themes::signal(world, "Tweede", "Gezien.").await;
    themes::share(world, "ilt", &other, "igj").await;
    let theme = named(world, "ilt.inspector", &format!("{MARK}en"), &[signal, &other]).await;
    Themed { theme, other }
}

async fn shared(on: On, kind: &'static Kind, change: Change) -> Shared {
    let world = World::peopled(on).await;
    world
        .run("UPDATE account SET clearance = 1 WHERE name LIKE 'igj%'", vec![])
        .await;
    world.circle("ring", &["igj", "jenv"], &["toezicht"]).await;
    if kind.table == "signal" {
        let save = "mutation { saveSearch(input: { name: \"n\", filter: { text: \"struisvogel\" } }) { id } }";
        world.data("igj.inspector", "toezicht", save, json!({})).await;
        // What fitted when it was saved is not new.
        world.clock.advance(SECOND);
    }
    let to = match change {
        Change::LeaveCircle | Change::EndCircle => json!({ "circle": "ring" }),
        _ => json!({ "organisation": "igj" }),
    };
    let mut grant = json!({ "to": to, "purpose": "toezicht", "legalBasis": "demo" });
    if change == Change::Expire {
        grant["validUntil"] = json!("2026-06-01T10:30:00Z");
    }
    let id = kind.published(&world).await;
    let Kind { name, field, .. } = kind;
    let share = format!(
        "mutation ($id: ID!, $g: GrantInput!) {{ share{name}(id: $id, grant: $g) {{ {field} {{ grants {{ id }} }} }} }}"
    );
    let made = kind
        .data(&world, "ilt.inspector", &share, json!({ "id": id, "g": grant }))
        .await;
    let grant = made[format!("share{name}")][field]["grants"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let themed = if kind.table == "signal" {
        Some(themed(&world, &id).await)
    } else {
        None
    };
    Shared {
        world,
        kind,
        id,
        grant,
        themed,
    }
}

fn party() -> String {
    format!("pty_{}", id("party").simple())
}

impl Shared {
    /// Takes sight away; returns when that is acknowledged.
    async fn change(&self, change: Change) {
        let Kind {
            name, revoke, shared, ..
        } = self.kind;
        let on = format!("id: \"{}\", version: {shared}", self.id);
        let call = match change {
            Change::Revoke => format!("{revoke}(grantId: \"{}\")", self.grant),
            Change::Tighten => format!("label{name}({on}, labels: {{ tlp: RED }})"),
            Change::RaiseRank => format!("label{name}({on}, labels: {{ rank: DEPARTEMENTAAL_VERTROUWELIJK }})"),
            Change::Retract => format!("retract{name}({on}, reason: \"gevangen\")"),
            _ => return self.behind(change).await,
        };
        let query = format!("mutation {{ {call} {{ warnings {{ code }} }} }}");
        self.kind.data(&self.world, "ilt.inspector", &query, json!({})).await;
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
        let tables = ["feed", "subject_feed"].map(|feed| format!("{}_{feed}", self.kind.table));
        for table in &tables {
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
        let key = |kind: &str, id: &str| json!([{ "__typename": kind, "id": id }]);
        let query = self.kind.ways[way % self.kind.ways.len()];
        let variables = json!({
            "id": self.id, "theme": self.themed.as_ref().map(|of| &of.theme), "other": self.themed.as_ref().map(|of| &of.other), "party": party(), "record": key(self.kind.name, &self.id), "about": key("SupervisedParty", &party()),
        });
        let answer = self.kind.ask(&self.world, "igj.inspector", query, variables).await;
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

async fn race(on: On, kind: &'static Kind, change: Change, weakness: Weakness) -> Arc<Race> {
    let shared = Arc::new(shared(on, kind, change).await);
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

async fn races(on: On, kind: &'static Kind) {
    let name = kind.name;
    for change in CHANGES {
        // First weakened, to know that the race would show it.
        for weakness in [Weakness::Kept, Weakness::Early] {
            let weak = race(on, kind, change, weakness).await;
            assert!(
                weak.leaks.load(Ordering::SeqCst) > 0,
                "{name}, {change:?}, {weakness:?}: not noticed: {weak:?}"
            );
        }
        let race = race(on, kind, change, Weakness::None).await;
        assert_eq!(
            race.leaks.load(Ordering::SeqCst),
            0,
            "{on:?}, {name}, {change:?}: {race:?}"
        );
        assert!(
            race.after.load(Ordering::SeqCst) >= READERS,
            "{name}, {change:?}: nobody asked afterwards: {race:?}"
        );
        println!("{on:?} {name} {change:?}: {race:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_a_signal_afterwards_on_sqlite() {
    races(On::Sqlite, &SIGNAL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_a_signal_afterwards_on_postgres() {
    races(On::Postgres, &SIGNAL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_a_covenant_afterwards_on_sqlite() {
    races(On::Sqlite, &COVENANT).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_a_covenant_afterwards_on_postgres() {
    races(On::Postgres, &COVENANT).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_a_supervision_level_afterwards_on_sqlite() {
    races(On::Sqlite, &LEVEL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_a_supervision_level_afterwards_on_postgres() {
    races(On::Postgres, &LEVEL).await;
}
