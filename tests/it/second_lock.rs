//! Row-level security over all tables: what a service may select is open by name here, or forced behind a policy and
//! empty without a context. A table that is new is found by itself, and must have rows to be tried by.

use std::collections::BTreeSet;

use samenzicht::services::{SERVICES, tables};
use sea_orm::ConnectionTrait;
use serde_json::json;
use tests::world::{On, World};

use crate::covenant;
use crate::log_or_deny::asked::{self, Things};

/// Schemas that every service reads before there is a context: who somebody is, and what they may.
const OPEN_SCHEMAS: [&str; 2] = ["access.", "reference."];
/// What every participant may see, and outboxes: that something happened to an id, read before it is known for whom.
/// This list may only become shorter.
const OPEN: [&str; 23] = [
    "registry.category",
    "registry.domain",
    "registry.duplicate_dismissal",
    "registry.duplicate_proposal",
    "registry.law",
    "registry.mandate",
    "registry.name_word",
    "registry.party",
    "registry.party_alias",
    "registry.party_custodian",
    "registry.party_identifier",
    "registry.party_relation",
    "registry.party_sector",
    "registry.party_trade_name",
    "registry.party_word",
    "registry.registry_outbox",
    "registry.safety_region",
    "registry.sector",
    "registry.site",
    "registry.site_identifier",
    "registry.site_place",
    "registry.word_slip",
    "signals.signals_outbox",
];

/// The tables and views of all services, with how they are locked: `forced` with a policy, or `open`.
const TABLES: &str =
    "SELECT n.nspname || '.' || c.relname || ' ' || CASE WHEN c.relrowsecurity AND c.relforcerowsecurity
      AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid) THEN 'forced' ELSE 'open' END
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname = ANY (string_to_array(?, ',')) AND ";

/// The names of the tables of which a condition is true, each with how it is locked.
async fn found(world: &World, condition: &str) -> Vec<(String, bool)> {
    let mut schemas: Vec<&str> = tables().iter().map(|tables| tables.schema).collect();
    schemas.push("reference");
    let rows = world
        .look(&format!("{TABLES}{condition}"), vec![schemas.join(",").into()])
        .await;
    let named = |row: &String| {
        let (name, lock) = row.split_once(' ').expect("a name and a lock");
        (name.to_owned(), lock == "forced")
    };
    rows.iter().map(named).collect()
}

/// The tables that a service's login may read anything of.
async fn readable(world: &World, service: &str) -> Vec<(String, bool)> {
    let may = format!("has_any_column_privilege('samenzicht_{service}', c.oid, 'SELECT')");
    found(world, &may).await
}

fn open(table: &str) -> bool {
    OPEN.contains(&table) || OPEN_SCHEMAS.iter().any(|schema| table.starts_with(schema))
}

/// What only a few things have: personal values of a party, an opinion in a triage, an item that was read.
async fn of_few(world: &World, things: &Things) {
    let person = "mutation { registerParty(input: { kind: SOLE_TRADER, legalName: \"Canarie\" }) { party { id } } }";
    let made = covenant::data(world, "ilt.inspector", "toezicht", person, json!({})).await;
    let site = "mutation ($p: ID!) { registerSite(partyId: $p, input: { name: \"Werkplaats\" }) { site { id } } }";
    let of = json!({ "p": made["registerParty"]["party"]["id"] });
    covenant::data(world, "ilt.inspector", "toezicht", site, of).await;
    let open = "mutation ($s: ID!) { openTriage(signal: $s, participants: [\"igj\"], question: \"Wie?\") { id } }";
    let opened = world
        .data("ilt.coordinator", "toezicht", open, json!({ "s": things.published }))
        .await;
    let opine = "mutation ($t: ID!) { giveOpinion(triage: $t, opinion: { step: JOINT, grounds: [SERIOUSNESS], motivation: \"m\" }) { id } }";
    let triage = json!({ "t": opened["openTriage"]["id"] });
    world.data("ilt.coordinator", "toezicht", opine, triage).await;
    let inbox = "{ inbox { nodes { id } } }";
    // Of an account that does not mark everything read afterwards.
    let inbox = world.data("igj.analyst", "toezicht", inbox, json!({})).await;
    let mark = "mutation ($i: ID!) { markRead(items: [$i]) }";
    let item = json!({ "i": inbox["inbox"]["nodes"][0]["id"] });
    world.data("igj.analyst", "toezicht", mark, item).await;
}

/// A world in which everything that can be done was done.
async fn full() -> World {
    let world = World::peopled(On::Postgres).await;
    let things = Things::set(&world).await;
    of_few(&world, &things).await;
    for asked in asked::everything(&things).iter().filter(|asked| asked.changes) {
        crate::log_or_deny::answer(&world, asked).await;
    }
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_service_may_read_is_open_by_name_or_forced_behind_a_policy() {
    let world = World::on(On::Postgres).await;
    let mut known = BTreeSet::new();
    for service in SERVICES {
        for (table, forced) in readable(&world, service.name).await {
            assert!(
                forced || open(&table),
                "{} reads {table}, which has no forced row-level security",
                service.name
            );
            known.insert(table);
        }
    }
    assert!(known.len() > 40, "the tables were found: {known:?}");
    let gone: Vec<&&str> = OPEN.iter().filter(|table| !known.contains(**table)).collect();
    assert!(gone.is_empty(), "these are open by name and nowhere else: {gone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_context_no_table_shows_a_row() {
    let world = full().await;
    let mut empty = Vec::new();
    for service in &world.services {
        let transaction = service.platform().database.begin_read().await.expect("a service reads");
        for (table, _) in readable(&world, service.name()).await {
            if open(&table) {
                continue;
            }
            let amount = format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table}");
            let behind = world.look(&amount, vec![]).await;
            if behind == ["0"] {
                empty.push(table.clone());
            }
            let statement = foundation::sql::statement(sea_orm::DbBackend::Postgres, &amount, []);
            let row = transaction.query_one_raw(statement).await.expect("a service may count");
            let shown: String = row.expect("one row").try_get_by_index(0).expect("a text");
            assert_eq!(shown, "0", "{} reads {table} without a context", service.name());
        }
        transaction.rollback().await.expect("a read ends");
    }
    assert!(empty.is_empty(), "these have no rows to be tried by: {empty:?}");
}
