//! Row-level security over all tables: what a service may select is open by name here, or forced behind a policy and
//! empty without a context, and in the context of whoever has nothing in it. A table that is new is found by itself, and
//! must have rows to be tried by.

use std::collections::BTreeSet;

use access::Role;
use foundation::Platform;
use samenzicht::services::{SERVICES, tables};
use sea_orm::ConnectionTrait;
use serde_json::json;
use tests::lock;
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

/// What is the same for whoever comes in: the key of cursors, which seals for each account apart.
const OF_NOBODY: [&str; 1] = ["signals.signals_change"];
/// What only the change feed opens, by what a copy has had (`tests/it/changes/edges.rs`).
const OF_COPIES: [&str; 1] = ["signals.signal_tombstone"];
/// What is shown in every context of a role with content: who holds accounts
/// (`docs/decisions/0016-account-holders-are-seen.md`).
const OF_EVERYBODY: [&str; 1] = ["registry.account_holder"];
/// What every participant may see: feedback products that were sent, and that a signal exists where its owner tells that.
const OF_PARTICIPANTS: [&str; 3] = [
    "signals.feedback",
    "signals.signal_discovery",
    "signals.signal_discovery_subject",
];
/// Tables that name an account which did something for its organisation, or beside a record: who sees the organisation's
/// rows, or the record, sees that. A table that names an account and is not here is that account's alone.
const BY_SOMEBODY: [&str; 11] = [
    "registry.account_holder",
    "registry.contact",
    "signals.access_request",
    "signals.break_glass",
    "signals.signal_confirmation",
    "signals.signal_evidence",
    "signals.signal_follow_up",
    "signals.signal_link",
    "signals.signal_proposal",
    "signals.signal_remark",
    "signals.triage_opinion",
];
/// The purposes of a world.
const PURPOSES: [&str; 3] = ["toezicht", "risicoanalyse", "incidentonderzoek"];

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
    // Of an account that sees it still when everything was done.
    let mark = "mutation ($s: ID!) { markSignalRead(id: $s) { version } }";
    let signal = json!({ "s": things.touched });
    world.data("ilt.data_steward", "toezicht", mark, signal).await;
    let notices = "{ notices { nodes { id } } }";
    let notices = covenant::data(world, "igj.coordinator", "toezicht", notices, json!({})).await;
    let mark = "mutation ($n: ID!) { markNoticesRead(notices: [$n]) }";
    let notice = json!({ "n": notices["notices"]["nodes"][0]["id"] });
    covenant::data(world, "igj.coordinator", "toezicht", mark, notice).await;
    let write =
        "mutation ($t: ID!, $p: ID!) { recordFeedback(theme: $t, input: { title: \"Terugkoppeling\", body: \"Let op.\",
        addressee: { parties: [$p] } }) { feedback { id } } }";
    let to = json!({ "t": things.told.named, "p": asked::party() });
    world.data("ilt.inspector", "toezicht", write, to).await;
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

/// The tables behind a policy that a service's login may read, but for these.
async fn locked(world: &World, service: &str, but: &[&str]) -> Vec<String> {
    let tables = readable(world, service).await.into_iter().map(|(table, _)| table);
    tables
        .filter(|table| !open(table) && !but.contains(&table.as_str()))
        .collect()
}

/// The changes that a service's login may make to a table: of all rows that row-level security leaves it.
async fn changes(world: &World, service: &str, table: &str) -> Vec<String> {
    let may = format!(
        "SELECT 'DELETE FROM {table}' WHERE has_table_privilege('samenzicht_{service}', '{table}', 'DELETE')
         UNION ALL (SELECT 'UPDATE {table} SET ' || attname || ' = NULL' FROM pg_attribute
           WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped
           AND has_column_privilege('samenzicht_{service}', attrelid, attnum, 'UPDATE') LIMIT 1)"
    );
    world.look(&may, vec![]).await
}

/// What of these tables is shown to somebody, or theirs to change, under any purpose.
async fn shown(world: &World, service: &str, platform: &Platform, who: &str, tables: &[String]) -> BTreeSet<String> {
    let mut shown = BTreeSet::new();
    for purpose in PURPOSES {
        let scope = lock::scope(platform, &world.clock, who, purpose).await;
        let scope = scope.unwrap_or_else(|| panic!("{who} comes in"));
        for writing in [false, true] {
            let transaction = lock::context(platform, &scope, writing).await;
            for table in tables {
                if lock::amount(&transaction, table).await > 0 {
                    shown.insert(format!("{who} sees {table}, writing: {writing}"));
                }
            }
            transaction.rollback().await.expect("it ends");
        }
        let transaction = lock::context(platform, &scope, true).await;
        for table in tables {
            for change in changes(world, service, table).await {
                match transaction.execute_unprepared(&change).await {
                    Ok(done) if done.rows_affected() == 0 => {}
                    Ok(_) => drop(shown.insert(format!("{who} may {change}"))),
                    // Whatever it broke on, it found a row; nothing more can be asked of this transaction.
                    Err(error) => {
                        shown.insert(format!("{who} may {change}: {error}"));
                        return shown;
                    }
                }
            }
        }
        transaction.rollback().await.expect("it ends");
    }
    shown
}

/// Somebody new who may have every role, so that nothing is hidden for want of one.
async fn newcomer(world: &World, organisation: &str) -> String {
    let name = format!("{organisation}.newcomer");
    world.account(&name, organisation, &Role::ALL, 2).await;
    name
}

#[tokio::test(flavor = "multi_thread")]
async fn to_another_organisation_no_table_shows_a_row() {
    let world = full().await;
    let mut all = BTreeSet::new();
    for (organisation, participant) in [("ivho", false), ("anvs", true)] {
        world.organisation(organisation, participant).await;
        let who = newcomer(&world, organisation).await;
        for service in &world.services {
            let mut but = [OF_NOBODY, OF_EVERYBODY].concat();
            if participant {
                but.extend(OF_PARTICIPANTS);
            }
            let tables = locked(&world, service.name(), &but).await;
            all.extend(shown(&world, service.name(), service.platform(), &who, &tables).await);
        }
    }
    assert_eq!(all, BTreeSet::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn to_another_account_no_table_of_accounts_shows_a_row() {
    let world = full().await;
    let of_accounts = "EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'account_id')";
    let of_accounts: BTreeSet<String> = found(&world, of_accounts)
        .await
        .into_iter()
        .map(|(table, _)| table)
        .collect();
    let (mut tried, mut all) = (BTreeSet::new(), BTreeSet::new());
    for organisation in ["ilt", "igj", "jenv", "nvwa"] {
        let who = newcomer(&world, organisation).await;
        for service in &world.services {
            let mut tables = locked(&world, service.name(), &BY_SOMEBODY).await;
            tables.retain(|table| of_accounts.contains(table));
            all.extend(shown(&world, service.name(), service.platform(), &who, &tables).await);
            tried.extend(tables);
        }
    }
    assert_eq!(all, BTreeSet::new());
    assert!(tried.len() > 6, "{tried:?}");
    let gone: Vec<&&str> = BY_SOMEBODY
        .iter()
        .filter(|table| !of_accounts.contains(**table))
        .collect();
    assert!(gone.is_empty(), "these name no account: {gone:?}");
}

/// What shows nothing to others does show something to whom it is for: the contexts above are real ones.
#[tokio::test(flavor = "multi_thread")]
async fn in_somebodys_context_every_table_shows_a_row() {
    let world = full().await;
    for service in &world.services {
        let mut hidden: BTreeSet<String> = locked(&world, service.name(), &OF_COPIES).await.into_iter().collect();
        for name in world.look("SELECT name FROM account ORDER BY name", vec![]).await {
            for purpose in PURPOSES {
                let scope = lock::scope(service.platform(), &world.clock, &name, purpose).await;
                let Some(scope) = scope else { continue };
                let transaction = lock::context(service.platform(), &scope, true).await;
                let mut shown = Vec::new();
                for table in &hidden {
                    if lock::amount(&transaction, table).await > 0 {
                        shown.push(table.clone());
                    }
                }
                hidden.retain(|table| !shown.contains(table));
                transaction.rollback().await.expect("it ends");
            }
        }
        assert!(
            hidden.is_empty(),
            "{} shows these to nobody: {hidden:?}",
            service.name()
        );
    }
}
