//! The change feed: a copy that is told what changed is what its reader may see, after any history, from any cursor.
//!
//! [`history`] throws what happens, [`copy`] is a reader that keeps a copy, stops, resumes, and goes back.

mod copy;
mod edges;
mod history;
mod quiet;

use std::collections::BTreeSet;

use tests::dice::Dice;
use tests::world::{On, World};

use copy::Copy;
use history::History;

/// Everybody who keeps a copy: owner, its steward and case system, a grant to an inspectorate, a circle, an account, all
/// participants; of each purpose.
const READERS: [(&str, &str); 12] = [
    ("ilt.inspector", "toezicht"),
    ("ilt.coordinator", "risicoanalyse"),
    ("ilt.data_steward", "toezicht"),
    ("ilt.case_system", "toezicht"),
    ("igj.inspector", "toezicht"),
    ("igj.analyst", "risicoanalyse"),
    ("igj.case_system", "incidentonderzoek"),
    ("jenv.inspector", "incidentonderzoek"),
    ("jenv.case_system", "incidentonderzoek"),
    ("jenv.account_holder", "toezicht"),
    ("nvwa.inspector", "toezicht"),
    ("nvwa.analyst", "risicoanalyse"),
];

const STEPS: usize = 160;

fn rounds() -> u64 {
    std::env::var("SAMENZICHT_HISTORIES").map_or(2, |rounds| rounds.parse().expect("a number"))
}

/// Looks at what everybody sees now, so that what they are told gone can be held against it.
async fn look(world: &World, copies: &mut [Copy]) {
    for copy in copies {
        if let Some(now) = copy.table(world).await {
            copy.ever.extend(now.into_keys());
        }
    }
}

async fn any_history(on: On, seed: u64) {
    let world = World::peopled(on).await;
    let mut dice = Dice::new(seed);
    let mut copies: Vec<Copy> = READERS.iter().map(|(who, purpose)| Copy::new(who, purpose)).collect();
    let mut history = History::default();
    for step in 0..STEPS {
        let what = history.step(&world, &mut dice).await;
        look(&world, &mut copies).await;
        for copy in &mut copies {
            match dice.of(10) {
                0..=4 => {}
                5 | 6 => copy.pull(&world, &mut dice, 1).await,
                7 => copy.pull(&world, &mut dice, 3).await,
                8 => copy.go_back(&mut dice),
                _ => {
                    copy.level(&world, &format!("seed {seed}, step {step}, after {what}"))
                        .await
                }
            }
        }
    }
    for copy in &mut copies {
        copy.level(&world, &format!("seed {seed}, at the end")).await;
        copy.go_back(&mut dice);
    }
    // Time passes: what was kept for a day is erased.
    world.clock.advance(3 * 24 * 3600 * foundation::clock::SECOND);
    copies[0].pull(&world, &mut dice, 1).await;
    signals::sweep(world.signals.platform())
        .await
        .expect("what has expired goes");
    for copy in &mut copies {
        copy.level(&world, &format!("seed {seed}, after the sweep")).await;
    }
    let told: BTreeSet<&str> = copies.iter().flat_map(|copy| copy.told.iter().copied()).collect();
    assert_eq!(told, BTreeSet::from(["REMOVED", "UPSERTED"]), "seed {seed}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_the_table_after_any_history_on_sqlite() {
    for seed in 1..=rounds() {
        any_history(On::Sqlite, seed).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_the_table_after_any_history_on_postgres() {
    for seed in 1..=rounds() {
        any_history(On::Postgres, 1000 + seed).await;
    }
}
