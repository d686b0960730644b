//! What is hidden answers as what never was: the same bytes, after the same number of statements.
//!
//! [`stage`] hides one of each noun, [`probes`] lists what can be asked of them, [`fields`] finds what is not listed.

mod fields;
mod probes;
mod stage;

use std::collections::BTreeMap;

use tests::eavesdrop::{alone, overhear, runtime, statements};
use tests::world::On;

use super::{Change, SIGNAL, shared};
use probes::Probe;

/// Ids that somebody outside cannot tell apart, by their noun.
type Ids = BTreeMap<&'static str, String>;

fn alike(on: On) {
    let runtime = runtime();
    let (shared, hidden) = runtime.block_on(async {
        let shared = shared(on, &SIGNAL, Change::Revoke).await;
        let hidden = stage::hidden(&shared).await;
        (shared, hidden)
    });
    let world = &shared.world;
    let ask = |probe: &Probe, ids: &Ids| {
        let variables = (probe.variables)(&ids[probe.of]);
        let question = async {
            if probe.registry {
                let reply = world
                    .ask_registry(probe.who, "toezicht", &probe.query, &variables)
                    .await;
                return serde_json::to_value(reply.response).expect("an answer is JSON");
            }
            world.ask(probe.who, "toezicht", &probe.query, variables.clone()).await
        };
        let (answer, heard) = overhear(&runtime, question);
        (answer.to_string(), statements(&heard))
    };
    let (never, hidden) = hidden.split_first().expect("what never was comes first");
    let compare = |probe: &Probe| {
        // Once before, so that connections and prepared statements are there.
        ask(probe, &never.1);
        let (absent, statements) = ask(probe, &never.1);
        assert!(statements > 0, "statements are counted");
        let mut tried = Vec::new();
        for (name, ids) in hidden {
            if tried.contains(&&ids[probe.of]) {
                continue;
            }
            tried.push(&ids[probe.of]);
            if probe.leaves {
                ask(probe, ids);
            }
            let (answer, count) = ask(probe, ids);
            assert_eq!(answer, absent, "{on:?}, {name}: {}", probe.query);
            assert_eq!(count, statements, "{on:?}, {name}: statements of {}", probe.query);
        }
    };
    let before = runtime.block_on(world.everything());
    let (leaving, asking): (Vec<Probe>, Vec<Probe>) = probes::all().into_iter().partition(|probe| probe.leaves);
    asking.iter().for_each(&compare);
    assert_eq!(
        runtime.block_on(world.everything()),
        before,
        "nothing was changed by asking"
    );
    leaving.iter().for_each(&compare);
}

#[test]
fn alike_on_sqlite() {
    if alone("revocation::absent::alike_on_sqlite") {
        alike(On::Sqlite);
    }
}

#[test]
fn alike_on_postgres() {
    if alone("revocation::absent::alike_on_postgres") {
        alike(On::Postgres);
    }
}
