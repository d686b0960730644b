//! A value that nobody else uses stands in every personal field. It comes out where the policy lets it, and nowhere
//! else: not by any other way, not to anybody else, not in logs, outbox, traces, errors or search, and not
//! at a collector that is told of all of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use access::Role;
use futures::StreamExt;
use serde_json::{Value, json};
use tests::collector::{Collector, spans};
use tests::eavesdrop::{alone, overhear, runtime};
use tests::world::{On, World, id};

use crate::coverage::personal;

/// The personal fields of signals, each with what stands in it.
const SIGNALS: [(&str, &str); 4] = [
    ("Reporter.name", "Kanarie-melder-naam"),
    ("Reporter.contact", "kanarie-melder@contact.example"),
    ("Signal.personsInvolved", "Kanarie-betrokkene"),
    ("Signal.reporter", "Kanarie-melder-naam"),
];
/// The personal fields of the registry, each with what stands in it.
const REGISTRY: [(&str, &str); 13] = [
    ("SupervisedParty.legalName", "Kanarie-eenmanszaak"),
    ("SupervisedParty.tradeNames", "Kanarie-handelsnaam"),
    ("Site.name", "Kanarie-atelier"),
    ("Site.address", "Kanariestraat 7"),
    ("Address.street", "Kanariestraat 7"),
    ("Address.postcode", "9876 KN"),
    ("Address.city", "Kanariedorp"),
    ("Address.country", "Kanarieland"),
    ("Site.coordinates", "51.987654"),
    ("Coordinates.latitude", "51.987654"),
    ("Coordinates.longitude", "4.123987"),
    ("Site.bagId", "9999010000000777"),
    ("PartyContact.persons", "Kanarie-directeur"),
];
/// Every purpose, and whether it allows personal data.
const PURPOSES: [(&str, bool); 3] = [
    ("toezicht", true),
    ("risicoanalyse", false),
    ("incidentonderzoek", true),
];
/// The owner and custodian; one with whom the signal is shared for two purposes; one with whom it is not.
const ORGANISATIONS: [&str; 3] = ["ilt", "igj", "nvwa"];

const ALL_OF_IT: &str = "id title narrative note place number externalReference { system reference }
    reporter { name contact } personsInvolved personPseudonyms reporterPseudonym maskedFields { field reason } visibleBecause { kind purpose }
    permittedActions contact { name } grants { to } parties { id } sites { id } retraction";
const PARTY: &str = "kind legalName tradeNames identifiers { value } maskedFields { field reason }
    contacts { nodes { persons summary } }
    sites { name bagId address { street postcode city country } coordinates { latitude longitude } maskedFields { field reason } }";

#[test]
fn every_personal_field_has_its_canary() {
    let planted = |of: &[(&str, &str)]| of.iter().map(|(field, _)| (*field).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(planted(&SIGNALS), personal("signals"));
    assert_eq!(planted(&REGISTRY), personal("registry"));
}

fn canaries(of: &[(&'static str, &'static str)]) -> BTreeSet<&'static str> {
    of.iter().map(|(_, value)| *value).collect()
}

fn found(text: &str, of: &[(&'static str, &'static str)]) -> BTreeSet<&'static str> {
    canaries(of)
        .into_iter()
        .filter(|value| text.to_lowercase().contains(&value.to_lowercase()))
        .collect()
}

struct Cage {
    world: World,
    signal: String,
    trader: String,
    atelier: String,
}

async fn cage(on: On) -> Cage {
    let world = World::peopled(on).await;
    let (trader, atelier) = (id("trader"), id("atelier"));
    world
        .run(
            "INSERT INTO party (id, kind, name_words) VALUES (?, 2, '')",
            vec![trader.into()],
        )
        .await;
    world
        .run(
            "INSERT INTO party_custodian VALUES (?, ?)",
            vec![trader.into(), id("ilt").into()],
        )
        .await;
    let names = "INSERT INTO party_personal (party_id, organisation_id, legal_name, trade_names)
        VALUES (?, ?, 'Kanarie-eenmanszaak', 'Kanarie-handelsnaam')";
    world.run(names, vec![trader.into(), id("ilt").into()]).await;
    world
        .run(
            "INSERT INTO site (id, party_id) VALUES (?, ?)",
            vec![atelier.into(), trader.into()],
        )
        .await;
    let place = "INSERT INTO site_personal (site_id, organisation_id, party_id, name, street, postcode, city, country, latitude, longitude, bag)
        VALUES (?, ?, ?, 'Kanarie-atelier', 'Kanariestraat 7', '9876 KN', 'Kanariedorp', 'Kanarieland', 51.987654, 4.123987, '9999010000000777')";
    world
        .run(place, vec![atelier.into(), id("ilt").into(), trader.into()])
        .await;
    let contact = "INSERT INTO contact (id, organisation_id, account_id, party_id, at, kind, summary, version)
        VALUES (?, ?, ?, ?, 0, 1, 'Gesproken', 1)";
    let values = vec![
        id("contact").into(),
        id("ilt").into(),
        id("ilt.inspector").into(),
        trader.into(),
    ];
    world.run(contact, values).await;
    let persons = "INSERT INTO contact_personal VALUES (?, ?, 'Kanarie-directeur')";
    world.run(persons, vec![id("contact").into(), id("ilt").into()]).await;
    let input = json!({
        "title": "Onbekende stof", "narrative": "Vaten zonder opschrift.", "category": "chemicals", "severity": "MINOR",
        "observedFrom": "2026-05-30T08:00:00Z", "parties": [format!("pty_{}", trader.simple())],
        "sites": [format!("sit_{}", atelier.simple())], "personsInvolved": ["Kanarie-betrokkene"],
        "reporter": { "name": "Kanarie-melder-naam", "contact": "kanarie-melder@contact.example" },
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
    for purpose in ["toezicht", "risicoanalyse"] {
        let share = "mutation ($id: ID!, $p: String!) { shareSignal(id: $id, grant: { to: { organisation: \"igj\" }, purpose: $p, legalBasis: \"demo\" }) { warnings { code } } }";
        world
            .data(
                "ilt.inspector",
                "toezicht",
                share,
                json!({ "id": signal, "p": purpose }),
            )
            .await;
    }
    let (trader, atelier) = (format!("pty_{}", trader.simple()), format!("sit_{}", atelier.simple()));
    Cage {
        world,
        signal,
        trader,
        atelier,
    }
}

/// What is asked of signals: each query shows all of a signal.
fn asked_of_signals(cage: &Cage) -> Vec<(String, Value)> {
    let Cage { signal, trader, .. } = cage;
    let keys = |kind: &str, id: &str| json!({ "r": [{ "__typename": kind, "id": id }] });
    let entities =
        |inner: String| format!("query ($r: [_Any!]!) {{ _entities(representations: $r) {{ ... on {inner} }} }}");
    let list = format!("query ($f: SignalFilter) {{ signals(filter: $f) {{ edges {{ node {{ {ALL_OF_IT} }} }} }} }}");
    vec![
        (
            format!("query ($id: ID!) {{ signal(id: $id) {{ {ALL_OF_IT} }} }}"),
            json!({ "id": signal }),
        ),
        (list.clone(), json!({})),
        (
            list,
            json!({ "f": { "text": "vaten", "party": trader, "category": "chemicals" } }),
        ),
        (entities(format!("Signal {{ {ALL_OF_IT} }}")), keys("Signal", signal)),
        (
            entities(format!("SupervisedParty {{ signals {{ nodes {{ {ALL_OF_IT} }} }} }}")),
            keys("SupervisedParty", trader),
        ),
    ]
}

/// What finds nobody, whoever asks.
fn searches() -> Vec<(String, Value)> {
    let by = |value: &str| {
        let query = "query ($t: String!) { signals(filter: { text: $t }) { nodes { id } totalCount { exactly } } }";
        (query.to_owned(), json!({ "t": value }))
    };
    canaries(&SIGNALS).into_iter().map(by).collect()
}

/// Changes that show the signal afterwards, and ones that are refused for what is in them.
fn changes(cage: &Cage, version: i64) -> Vec<(String, Value)> {
    let Cage { signal, .. } = cage;
    let on = format!("id: \"{signal}\", version: {version}");
    let shown = format!("{{ signal {{ {ALL_OF_IT} }} warnings {{ field message }} }}");
    let flawed = json!({
        "title": "", "narrative": "Vaten.", "category": "geen", "severity": "MINOR", "parties": ["pty_zzz"],
        "observedFrom": "2026-05-30T08:00:00Z", "reporter": { "name": "Kanarie-melder-naam".repeat(20) },
    });
    let misshapen =
        json!({ "reporter": { "name": { "Kanarie-melder-naam": 5 } }, "personsInvolved": [["Kanarie-betrokkene"]] });
    let input = "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { id } } }";
    vec![
        (
            format!("mutation {{ editSignal({on}, input: {{ note: \"n{version}\" }}) {shown} }}"),
            json!({}),
        ),
        (
            format!("mutation {{ editSignal({on}, input: {{ title: \"\" }}) {shown} }}"),
            json!({}),
        ),
        (input.to_owned(), json!({ "i": flawed })),
        (input.to_owned(), json!({ "i": misshapen })),
        (
            "mutation { recordSignal(input: { reporter: { name: \"Kanarie-melder-naam\", 7 } }) { signal { id } } }"
                .to_owned(),
            json!({}),
        ),
    ]
}

async fn flutter(cage: &Cage) {
    let world = &cage.world;
    let mut shown = BTreeMap::new();
    for (organisation, role, (purpose, allows)) in everybody() {
        let who = format!("{organisation}.{}", role.code());
        let unmasks = [Role::Inspector, Role::Coordinator].contains(&role) && allows;
        // The owner reads for any purpose, the other for the two that it is shared for.
        let sees = organisation == "ilt" || (organisation == "igj" && purpose == "toezicht");
        for (query, variables) in asked_of_signals(cage) {
            let answer = world.ask(&who, purpose, &query, variables).await.to_string();
            let expected = if unmasks && sees {
                canaries(&SIGNALS)
            } else {
                BTreeSet::new()
            };
            assert_eq!(
                found(&answer, &SIGNALS),
                expected,
                "{who} under {purpose}: {query}: {answer}"
            );
            *shown.entry(!expected.is_empty()).or_insert(0) += 1;
        }
        for (query, variables) in searches() {
            let answer = world.ask(&who, purpose, &query, variables).await;
            let total = &answer["data"]["signals"]["totalCount"]["exactly"];
            assert!(total.is_null() || total == 0, "{who} under {purpose} found: {answer}");
        }
        for (query, variables) in asked_of_registry(cage) {
            let reply = world.ask_registry(&who, purpose, &query, &variables).await;
            let answer = serde_json::to_value(reply.response)
                .expect("an answer is JSON")
                .to_string();
            let by_name = query.contains("parties(");
            let keeps = organisation == "ilt" && unmasks && !by_name;
            let expected = if keeps { canaries(&REGISTRY) } else { BTreeSet::new() };
            assert_eq!(
                found(&answer, &REGISTRY),
                expected,
                "{who} under {purpose}: {query}: {answer}"
            );
        }
    }
    assert!(shown.len() == 2, "some see them and some do not: {shown:?}");
}

fn everybody() -> impl Iterator<Item = (&'static str, Role, (&'static str, bool))> {
    let roles = ORGANISATIONS
        .into_iter()
        .flat_map(|organisation| Role::ALL.map(move |role| (organisation, role)));
    roles.flat_map(|(organisation, role)| PURPOSES.map(move |purpose| (organisation, role, purpose)))
}

fn asked_of_registry(cage: &Cage) -> Vec<(String, Value)> {
    let Cage { trader, atelier, .. } = cage;
    let keys =
        json!({ "r": [{ "__typename": "SupervisedParty", "id": trader }, { "__typename": "Site", "id": atelier }] });
    let entities = format!(
        "query ($r: [_Any!]!) {{ _entities(representations: $r) {{ ... on SupervisedParty {{ {PARTY} }} ... on Site {{ party {{ {PARTY} }} }} }} }}"
    );
    let by_name = format!("query ($n: String!) {{ parties(name: $n) {{ nodes {{ {PARTY} }} }} }}");
    vec![
        (
            format!("query ($id: ID!) {{ party(id: $id) {{ {PARTY} }} }}"),
            json!({ "id": trader }),
        ),
        (
            format!("query ($id: ID!) {{ site(id: $id) {{ party {{ {PARTY} }} }} }}"),
            json!({ "id": atelier }),
        ),
        (entities, keys),
        (by_name, json!({ "n": "kanar" })),
    ]
}

/// Changes: who changes sees what the policy shows, and what was handed in wrongly is not repeated.
async fn change(cage: &Cage) {
    let look = "SELECT CAST(version AS TEXT) FROM signal";
    for (organisation, role, (purpose, allows)) in everybody() {
        let who = format!("{organisation}.{}", role.code());
        let version = cage.world.look(look, vec![]).await[0].parse().expect("a number");
        for (place, (query, variables)) in changes(cage, version).into_iter().enumerate() {
            let answer = cage.world.ask(&who, purpose, &query, variables).await.to_string();
            let edits = place == 0 && organisation == "ilt" && [Role::Inspector, Role::Coordinator].contains(&role);
            let expected = if edits && allows {
                canaries(&SIGNALS)
            } else {
                BTreeSet::new()
            };
            assert_eq!(
                found(&answer, &SIGNALS),
                expected,
                "{who} under {purpose}: {query}: {answer}"
            );
        }
    }
}

/// Live events show what a read would.
async fn listen(cage: &Cage) {
    let query = format!("subscription {{ signalChanged {{ signal {{ {ALL_OF_IT} }} }} }}");
    let listeners = [
        ("igj.inspector", "toezicht", true),
        ("igj.analyst", "toezicht", false),
        ("igj.inspector", "risicoanalyse", false),
    ];
    let mut streams = Vec::new();
    for (who, purpose, sees) in listeners {
        let mut stream = cage.world.listen(who, purpose, &query).await;
        let quiet = tokio::time::timeout(Duration::from_millis(200), stream.next()).await;
        assert!(quiet.is_err(), "{who}: nothing has happened yet: {quiet:?}");
        streams.push((who, sees, stream));
    }
    let label = "mutation ($id: ID!, $v: Int!) { labelSignal(id: $id, version: $v, labels: { useLimit: DO_NOT_APPROACH }) { warnings { code } } }";
    let version: i64 = cage
        .world
        .look("SELECT CAST(version AS TEXT) FROM signal", vec![])
        .await[0]
        .parse()
        .expect("a number");
    cage.world
        .data(
            "ilt.inspector",
            "toezicht",
            label,
            json!({ "id": cage.signal, "v": version }),
        )
        .await;
    for (who, sees, mut stream) in streams {
        let event = tokio::time::timeout(Duration::from_secs(20), stream.next())
            .await
            .expect("in time")
            .expect("an event");
        let event = serde_json::to_value(event).expect("an event is JSON");
        assert_eq!(
            event["data"]["signalChanged"]["signal"]["id"],
            json!(cage.signal),
            "{who}: {event}"
        );
        let expected = if sees { canaries(&SIGNALS) } else { BTreeSet::new() };
        assert_eq!(found(&event.to_string(), &SIGNALS), expected, "{who}: {event}");
    }
}

/// Behind the door they stand in their own tables alone.
async fn nowhere_else(world: &World, on: On) {
    let tables = match on {
        On::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        On::Postgres => {
            "SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE'
                         AND table_schema IN ('access', 'accountability', 'registry', 'signals', 'public')"
        }
    };
    let mut homes = BTreeSet::new();
    let tables = world.look(tables, vec![]).await;
    assert!(tables.len() > 25, "all tables are looked through: {tables:?}");
    for table in tables {
        let rows = match on {
            On::Sqlite => {
                let columns = world
                    .look(
                        &format!("SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('{table}')"),
                        vec![],
                    )
                    .await;
                world
                    .look(&format!("SELECT {} FROM {table}", columns.join(" || ' ' || ")), vec![])
                    .await
            }
            On::Postgres => {
                world
                    .look(&format!("SELECT CAST(t AS TEXT) FROM {table} t"), vec![])
                    .await
            }
        };
        let text = rows.join("\n");
        if !found(&text, &SIGNALS).is_empty() || !found(&text, &REGISTRY).is_empty() {
            homes.insert(table.rsplit('.').next().unwrap_or_default().to_owned());
        }
    }
    let own = ["contact_personal", "party_personal", "signal_personal", "site_personal"].map(str::to_owned);
    assert_eq!(homes, BTreeSet::from(own));
}

fn stay_in(on: On) {
    let runtime = runtime();
    let collector = Collector::start();
    tests::eavesdrop::start_telling(&collector.endpoint());
    let cage = runtime.block_on(cage(on));
    let ((), heard) = overhear(&runtime, async {
        flutter(&cage).await;
        change(&cage).await;
        listen(&cage).await;
    });
    assert!(tests::eavesdrop::statements(&heard) > 1_000, "everything was overheard");
    for (target, text) in &heard {
        let out: Vec<_> = found(text, &SIGNALS)
            .into_iter()
            .chain(found(text, &REGISTRY))
            .collect();
        assert!(out.is_empty(), "traced by {target}: {text}");
    }
    runtime.block_on(tests::eavesdrop::told());
    let received = collector.until("what was told", |lines| {
        let metrics = lines.iter().any(|line| line["name"] == "db.client.operation.duration");
        metrics && spans(lines) > 1_000
    });
    for line in received {
        let text = line.to_string();
        let out = found(&text, &SIGNALS).len() + found(&text, &REGISTRY).len();
        assert_eq!(out, 0, "the collector was told: {text}");
    }
    runtime.block_on(nowhere_else(&cage.world, on));
}

#[test]
fn stay_in_on_sqlite() {
    if alone("canaries::stay_in_on_sqlite") {
        stay_in(On::Sqlite);
    }
}

#[test]
fn stay_in_on_postgres() {
    if alone("canaries::stay_in_on_postgres") {
        stay_in(On::Postgres);
    }
}
