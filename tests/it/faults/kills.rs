//! The drill: the process is killed at random moments of import, share, revoke, recording and feed reading, started again
//! on what it left, and looked at from all sides.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use tests::dice::Dice;
use tests::signals::{approved, published};
use tests::whole::halves;
use tests::world::On;

use super::copy::Copy;
use super::ground::{Ground, answered, table};
use super::ledger::{Deed, Fate, Ledger, Witnesses, reads};

/// Who receives, and keeps a copy.
const RECEIVER: &str = "igj.casesystem";
/// Deeds of a kind in one round, beside one delivery.
const OF_A_KIND: usize = 3;
/// Within this a copy is level with the table.
const LEVEL: Duration = Duration::from_secs(20);

/// How often each database's platform is killed: `SAMENZICHT_KILLS`, or a few.
fn kills() -> usize {
    std::env::var("SAMENZICHT_KILLS").map_or(12, |kills| kills.parse().expect("a number"))
}

struct Drill {
    ground: Ground,
    dice: Dice,
    ledger: Ledger,
    copy: Copy,
    profile: String,
    halves: Vec<(&'static str, i64)>,
    rounds: usize,
    fates: BTreeMap<(&'static str, Fate), usize>,
    longest: Duration,
}

/// What a round threw, and what was heard of it.
struct Thrown {
    deeds: Vec<(Deed, Option<Value>)>,
    took: Duration,
}

impl Drill {
    async fn begin(on: On) -> Self {
        let mut ground = Ground::up(on).await;
        let (casesystem, steward) = (
            ground.caller("ilt.casesystem", "toezicht"),
            ground.caller("ilt.steward", "toezicht"),
        );
        let profile = approved(&casesystem, &steward).await;
        let mut copy = Copy::default();
        copy.level(&ground.caller(RECEIVER, "risicoanalyse")).await;
        let behind = ground.behind().await;
        let halves = halves(&behind).await;
        behind.close().await;
        Self {
            ground,
            dice: Dice::new(match on {
                On::Sqlite => 68,
                On::Postgres => 1068,
            }),
            ledger: Ledger::default(),
            copy,
            profile,
            halves,
            rounds: 0,
            fates: BTreeMap::new(),
            longest: Duration::ZERO,
        }
    }

    /// What is thrown this time, in any order: signals to share are made before, what is revoked was shared before.
    async fn plan(&mut self) -> Vec<Deed> {
        let (round, inspector) = (self.rounds, self.ground.caller("ilt.inspector", "toezicht"));
        let mut deeds = vec![Deed::Import {
            key: format!("levering {round}"),
            first: 1 + round * super::ledger::ITEMS,
        }];
        for place in 0..OF_A_KIND {
            let signal = published(&inspector, &format!("gedeeld {round}.{place}")).await;
            self.ledger.published(&signal);
            deeds.push(Deed::Share { signal });
            let title = format!("concept {round}.{place}");
            deeds.push(Deed::Record { title });
        }
        let old = self.ledger.shared.iter().take(OF_A_KIND);
        deeds.extend(old.map(|(signal, grant)| Deed::Revoke {
            signal: signal.clone(),
            grant: grant.clone(),
        }));
        for place in (1..deeds.len()).rev() {
            let other = self.dice.of(place + 1);
            deeds.swap(place, other);
        }
        deeds
    }

    /// Throws them all at once while the receiver reads; after `until` the process is killed.
    async fn throw(&mut self, deeds: Vec<Deed>, until: Option<Duration>) -> Thrown {
        let callers = [
            self.ground.caller("ilt.casesystem", "toezicht"),
            self.ground.caller("ilt.inspector", "toezicht"),
        ];
        let stop = Arc::new(AtomicBool::new(false));
        let receiver = self.ground.caller(RECEIVER, "risicoanalyse");
        let reading = tokio::spawn(self.copy.clone().follow(receiver, stop.clone()));
        let began = Instant::now();
        let asked: Vec<_> = deeds
            .iter()
            .map(|deed| {
                let caller = callers[usize::from(!matches!(deed, Deed::Import { .. }))].clone();
                let (query, variables) = deed.asked(&self.profile);
                tokio::spawn(async move { answered(&caller, query, &variables).await })
            })
            .collect();
        if let Some(until) = until {
            tokio::time::sleep(until).await;
            self.ground.kill().await;
        }
        let mut heard = Vec::new();
        for (deed, asked) in deeds.into_iter().zip(asked) {
            heard.push((deed, asked.await.expect("no error is told instead of an answer")));
        }
        let took = began.elapsed();
        stop.store(true, Ordering::Relaxed);
        self.copy = reading.await.expect("the feed holds");
        Thrown { deeds: heard, took }
    }

    /// One round; how long what was thrown took.
    async fn round(&mut self, until: Option<Duration>) -> Duration {
        let deeds = self.plan().await;
        let before = self.copy.seen.clone();
        let thrown = self.throw(deeds, until).await;
        if until.is_some() {
            let began = Instant::now();
            self.ground.again();
            self.longest = self.longest.max(began.elapsed());
        }
        self.rounds += 1;
        let told = self.copy.seen.clone();
        self.settle(thrown.deeds).await;
        self.read_is_logged(&before, &told).await;
        self.copy_is_level().await;
        thrown.took
    }

    async fn settle(&mut self, deeds: Vec<(Deed, Option<Value>)>) {
        let behind = self.ground.behind().await;
        assert_eq!(halves(&behind).await, self.halves, "nothing stands by half");
        let (casesystem, inspector) = (
            self.ground.caller("ilt.casesystem", "toezicht"),
            self.ground.caller("ilt.inspector", "toezicht"),
        );
        let by = Witnesses {
            casesystem: &casesystem,
            inspector: &inspector,
            behind: &behind,
            profile: &self.profile,
        };
        for (deed, answer) in deeds {
            let fate = self.ledger.settle(&deed, answer, &by).await;
            *self.fates.entry((deed.name(), fate)).or_default() += 1;
        }
        assert_eq!(
            halves(&behind).await,
            self.halves,
            "nothing stands by half after the repeats"
        );
        behind.close().await;
    }

    /// Each page that was answered before the kill has its lines: no answer left before they were durable.
    async fn read_is_logged(&mut self, before: &BTreeMap<String, i64>, told: &BTreeMap<String, i64>) {
        let behind = self.ground.behind().await;
        for (id, times) in told {
            if before.get(id) != Some(times) {
                let lines = reads(&behind, RECEIVER, id).await;
                assert!(
                    lines >= *times,
                    "{id} was told in {times} pages and logged {lines} times"
                );
            }
        }
        behind.close().await;
    }

    /// The copy goes on from its last cursor and becomes what its keeper sees, which is what the ledger says.
    async fn copy_is_level(&mut self) {
        let receiver = self.ground.caller(RECEIVER, "risicoanalyse");
        let began = Instant::now();
        loop {
            self.copy.level(&receiver).await;
            let sees = table(&receiver).await;
            if sees == self.copy.records {
                break;
            }
            assert!(
                began.elapsed() < LEVEL,
                "the copy is not the table: {}",
                difference(&sees, &self.copy.records)
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let mine =
            |ids: BTreeSet<String>| -> BTreeSet<String> { ids.intersection(&self.ledger.all).cloned().collect() };
        let sees = mine(self.copy.records.keys().cloned().collect());
        assert_eq!(
            sees, self.ledger.visible,
            "the receiver sees what is shared with it, and nothing else"
        );
        for signal in &self.ledger.revoked {
            assert!(
                self.copy.gone.contains(signal) || !self.copy.seen.contains_key(signal),
                "{signal} is not told gone"
            );
        }
    }

    /// What the owner sees, and those with whom nothing is shared.
    async fn everybody_sees_their_own(&mut self) {
        let owner = table(&self.ground.caller("ilt.inspector", "toezicht")).await;
        let missing = self.ledger.all.iter().find(|signal| !owner.contains_key(*signal));
        assert_eq!(missing, None, "the owner sees all of it");
        for (account, purpose) in [
            ("nvwa.inspector", "toezicht"),
            ("nvwa.inspector", "risicoanalyse"),
            ("igj.inspector", "toezicht"),
        ] {
            let sees = table(&self.ground.caller(account, purpose)).await;
            let wrong = self.ledger.all.iter().find(|signal| sees.contains_key(*signal));
            assert_eq!(wrong, None, "{account} under {purpose}");
        }
    }

    fn print(&self, on: On) {
        println!(
            "| {on:?}: {} kills | asked | answered | stood without answer | nothing left |",
            self.rounds - 2
        );
        println!("|---|---|---|---|---|");
        for kind in ["import", "share", "revoke", "record"] {
            let of = |fate| self.fates.get(&(kind, fate)).copied().unwrap_or_default();
            let [answered, stands, nothing] = [Fate::Answered, Fate::Stands, Fate::Nothing].map(of);
            let asked = answered + stands + nothing;
            println!("| {kind} | {asked} | {answered} | {stands} | {nothing} |");
        }
        println!("| feed pages read | {pages} | {pages} | | |", pages = self.copy.pages);
        println!("| signals in the end | {} | | | |", self.ledger.all.len());
        println!(
            "| slowest start after a kill | {:.2} s | | | |",
            self.longest.as_secs_f32()
        );
        println!("| lost, ghosts, twice, seen by who may not | 0 | | | |");
    }
}

fn difference(sees: &BTreeMap<String, i64>, has: &BTreeMap<String, i64>) -> String {
    let lacks: Vec<_> = sees
        .iter()
        .filter(|(id, version)| has.get(*id) != Some(version))
        .collect();
    let more: Vec<_> = has.keys().filter(|id| !sees.contains_key(*id)).collect();
    format!("lacks {lacks:?}, has {more:?}")
}

async fn drilled(on: On) {
    let mut drill = Drill::begin(on).await;
    // Two rounds in peace, the second to learn how long it takes when all is warm.
    drill.round(None).await;
    let calm = drill.round(None).await;
    for _ in 0..kills() {
        let within = usize::try_from(calm.as_micros() * 11 / 10).expect("a short time");
        let until = Duration::from_micros(drill.dice.of(within) as u64);
        drill.round(Some(until)).await;
    }
    drill.everybody_sees_their_own().await;
    drill.print(on);
    let met: usize = drill
        .fates
        .iter()
        .filter(|((_, fate), _)| *fate != Fate::Answered)
        .map(|(_, n)| n)
        .sum();
    assert!(met > 0, "no kill came in the middle of anything");
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_loses_nothing_and_leaves_no_ghost_on_sqlite() {
    drilled(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_loses_nothing_and_leaves_no_ghost_on_postgres() {
    drilled(On::Postgres).await;
}
