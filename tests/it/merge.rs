//! Merging parties: while they are one, every reader sees the union of what it saw before, as its own rights say; once
//! it is undone, every answer is as it was.

mod beside;

use std::collections::BTreeSet;

use registry::model::identifier::Scheme;
use serde_json::{Value, json};
use tests::register::{company, party_id, register};
use tests::service::code;
use tests::world::{On, World};

/// Who looks, for which purpose: owners, somebody who was granted something, and a stranger.
const READERS: [(&str, &str); 8] = [
    ("ilt.inspector", "toezicht"),
    ("ilt.analyst", "risicoanalyse"),
    ("nvwa.inspector", "toezicht"),
    ("nvwa.analyst", "risicoanalyse"),
    ("nvwa.coordinator", "toezicht"),
    ("jenv.inspector", "incidentonderzoek"),
    ("jenv.inspector", "toezicht"),
    ("igj.data_steward", "toezicht"),
];
const PARTIES: [&str; 3] = ["survivor", "duplicate", "third"];

async fn registered(on: On) -> World {
    let world = World::peopled(on).await;
    let twin = |key: &str, name: &str| company(key, name).site("Verzinseldijk 12", "0000 AA", "Nergens", &[]);
    register(
        &world,
        &[
            twin("survivor", "Chemtrans Rijnmond B.V.")
                .number(Scheme::Kvk, "00009901")
                .trading_as("De Blauwe Tank"),
            twin("duplicate", "CHEM TRANS RIJNMOND")
                .number(Scheme::Rsin, "000099004")
                .trading_as("Tankvaart West"),
            twin("third", "Chemtrans Rijmond"),
            company("other", "Slagerij Haverkamp Elders"),
        ],
    )
    .await;
    world
}

/// A published signal about parties, granted to an inspectorate for a purpose.
async fn signal(world: &World, owner: &str, title: &str, parties: &[&str], granted: Option<(&str, &str)>) -> String {
    let inspector = format!("{owner}.inspector");
    let input = json!({
        "title": title, "narrative": "Damp boven het emplacement.", "category": "chemicals", "severity": "SERIOUS",
        "observedFrom": "2026-05-30T08:00:00Z", "parties": parties.iter().map(|key| party_id(key)).collect::<Vec<_>>(),
    });
    let record = "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { id } } }";
    let made = world.data(&inspector, "toezicht", record, json!({ "i": input })).await;
    let id = made["recordSignal"]["signal"]["id"].as_str().expect("an id").to_owned();
    let publish = "mutation ($id: ID!) { publishSignal(id: $id, version: 1) { signal { id } } }";
    world.data(&inspector, "toezicht", publish, json!({ "id": id })).await;
    if let Some((organisation, purpose)) = granted {
        let share = "mutation ($id: ID!, $to: String!, $p: String!) { shareSignal(id: $id, grant:
            { to: { organisation: $to }, purpose: $p, legalBasis: \"demo\" }) { signal { id } } }";
        let grant = json!({ "id": id, "to": organisation, "p": purpose });
        world.data(&inspector, "toezicht", share, grant).await;
    }
    id
}

async fn signals(world: &World) {
    signal(world, "ilt", "Een", &["survivor"], Some(("nvwa", "toezicht"))).await;
    signal(world, "ilt", "Twee", &["duplicate"], None).await;
    signal(world, "nvwa", "Drie", &["duplicate"], Some(("ilt", "risicoanalyse"))).await;
    signal(
        world,
        "nvwa",
        "Vier",
        &["duplicate", "survivor"],
        Some(("jenv", "incidentonderzoek")),
    )
    .await;
    signal(world, "jenv", "Vijf", &["third", "other"], Some(("igj", "toezicht"))).await;
}

/// The titles of the signals about a party, by the filter and by the entity; both ways agree, and with the count.
async fn about(world: &World, reader: (&str, &str), party: &str) -> BTreeSet<String> {
    let query = "query ($p: ID!, $r: [_Any!]!) {
        signals(filter: { party: $p }) { nodes { title parties { id } } totalCount { exactly } alsoUnder }
        _entities(representations: $r) { ... on SupervisedParty {
            signals { nodes { title parties { id } } totalCount { exactly } alsoUnder } } } }";
    let id = party_id(party);
    let variables = json!({ "p": id, "r": [{ "__typename": "SupervisedParty", "id": id }] });
    let data = world.data(reader.0, reader.1, query, variables).await;
    assert_eq!(data["signals"], data["_entities"][0]["signals"], "{reader:?}");
    let nodes = data["signals"]["nodes"].as_array().expect("nodes").clone();
    assert_eq!(
        data["signals"]["totalCount"]["exactly"],
        nodes.len(),
        "{reader:?}: {data}"
    );
    let titles: BTreeSet<String> = nodes.iter().map(|node| node["title"].to_string()).collect();
    assert_eq!(titles.len(), nodes.len(), "nothing comes twice: {data}");
    titles
}

/// All that a reader can learn of these parties.
async fn everything(world: &World, reader: (&str, &str)) -> Vec<Value> {
    let mut all = Vec::new();
    let party = "query ($p: ID!) { party(id: $p) { id kind legalName tradeNames identifiers { scheme value }
        sites { id name address { street } party { id } } mergedFrom { id } maskedFields { field } } }";
    let signals = "query ($p: ID!) { signals(filter: { party: $p }) { nodes { id title parties { id } } alsoUnder
        totalCount { exactly } pageInfo { hasNextPage endCursor } } }";
    for key in PARTIES.into_iter().chain(["other"]) {
        let id = json!({ "p": party_id(key) });
        all.push(world.registry(reader.0, reader.1, party, &id).await);
        all.push(world.ask(reader.0, reader.1, signals, id).await);
    }
    for list in [
        "{ parties(search: \"chemtrans rijmond\") { edges { matchedBecause { field score } node { id legalName } } } }",
        "{ parties(search: \"0000AA 12\") { nodes { id } } }",
        "{ parties(name: \"rijnmond\") { nodes { id legalName } pageInfo { endCursor } } }",
        "{ parties(name: \"tankvaart west\") { nodes { id } } }",
        "{ parties(identifier: { scheme: RSIN, value: \"000099004\" }) { nodes { id } } }",
        "{ duplicateProposals { nodes { parties { id } score reasons { kind points } } pageInfo { endCursor hasNextPage } } }",
    ] {
        all.push(world.registry(reader.0, reader.1, list, &json!({})).await);
    }
    all.push(
        world
            .ask(
                reader.0,
                reader.1,
                "{ signals { nodes { title parties { id } } totalCount { exactly } } }",
                json!({}),
            )
            .await,
    );
    all
}

async fn snapshot(world: &World) -> Vec<Vec<Value>> {
    let mut all = Vec::new();
    for reader in READERS {
        all.push(everything(world, reader).await);
    }
    all
}

async fn merged_and_undone(on: On) {
    let world = registered(on).await;
    signals(&world).await;
    let before = snapshot(&world).await;
    let mut separate = Vec::new();
    for reader in READERS {
        separate.push([
            about(&world, reader, "survivor").await,
            about(&world, reader, "duplicate").await,
        ]);
    }
    assert!(
        separate
            .iter()
            .any(|[one, other]| !one.is_empty() && !other.is_subset(one)),
        "{separate:?}"
    );

    let merged = world.merge("survivor", "duplicate").await;
    let party = &merged["data"]["mergeParties"]["parties"][0];
    assert_eq!(party["id"], party_id("survivor"), "{on:?}: {merged}");
    let from =
        json!([{ "id": party_id("duplicate"), "legalName": "CHEM TRANS RIJNMOND", "reason": "Zelfde bedrijf." }]);
    assert_eq!(party["mergedFrom"], from);

    for (reader, [one, other]) in READERS.into_iter().zip(&separate) {
        let union: BTreeSet<String> = one.union(other).cloned().collect();
        for key in ["survivor", "duplicate"] {
            assert_eq!(
                about(&world, reader, key).await,
                union,
                "{on:?}: {reader:?} about the {key}"
            );
        }
        let everything = everything(&world, reader).await;
        let [old, now] = [&everything[2]["data"]["party"], &everything[0]["data"]["party"]];
        assert_eq!(old, now, "the old id answers the survivor");
        assert_eq!(now["tradeNames"], json!(["De Blauwe Tank", "Tankvaart West"]));
        assert_eq!(now["identifiers"].as_array().map(Vec::len), Some(2));
        assert_eq!(now["sites"].as_array().map(Vec::len), Some(2));
        assert!(
            now["sites"]
                .as_array()
                .expect("sites")
                .iter()
                .all(|site| site["party"]["id"] == now["id"])
        );
        // The old id is told as what was merged, and nowhere else.
        let told: Vec<&Value> = everything
            .iter()
            .filter(|answer| answer.to_string().contains(&party_id("duplicate")))
            .collect();
        let own = |answer: &&&Value| answer["data"]["party"]["mergedFrom"][0]["id"] == party_id("duplicate");
        assert_eq!(told.iter().filter(own).count(), told.len(), "{on:?}: {told:?}");
        assert_eq!(told.len(), 2);
        for list in &everything[8..13] {
            assert!(list.to_string().contains(&party_id("survivor")), "{on:?}: {list}");
        }
    }

    let undone = world.undo_merge("duplicate").await;
    assert_eq!(
        undone["data"]["undoMerge"]["parties"],
        json!([{ "id": party_id("survivor") }, { "id": party_id("duplicate") }])
    );
    let after = snapshot(&world).await;
    for ((reader, before), after) in READERS.into_iter().zip(&before).zip(&after) {
        assert_eq!(before, after, "{on:?}: {reader:?}");
    }
}

#[tokio::test]
async fn every_reader_follows_a_merge_and_its_undoing_on_sqlite() {
    merged_and_undone(On::Sqlite).await;
}

#[tokio::test]
async fn every_reader_follows_a_merge_and_its_undoing_on_postgresql() {
    merged_and_undone(On::Postgres).await;
}

/// What a party's id leads to.
async fn leads_to(world: &World, key: &str) -> String {
    let query = "query ($p: ID!) { party(id: $p) { id } }";
    let data = world
        .registry_data("igj.inspector", "toezicht", query, &json!({ "p": party_id(key) }))
        .await;
    let found = data["party"]["id"].as_str().expect("a party").to_owned();
    let keys = PARTIES.into_iter().chain(["other"]);
    keys.into_iter()
        .find(|key| party_id(key) == found)
        .expect("one of them")
        .to_owned()
}

#[tokio::test]
async fn merges_hang_on_one_another_and_come_apart_where_they_were_joined() {
    for on in [On::Sqlite, On::Postgres] {
        let world = registered(on).await;
        let leads = async |wanted: [&str; 3]| {
            for (key, wanted) in PARTIES.into_iter().zip(wanted) {
                assert_eq!(leads_to(&world, key).await, wanted, "{on:?}: {key}");
            }
        };
        assert!(world.merge("survivor", "duplicate").await["data"]["mergeParties"].is_object());
        assert!(world.merge("third", "survivor").await["data"]["mergeParties"].is_object());
        leads(["third"; 3]).await;
        // A ring, a second time, itself: they are one already.
        for (survivor, duplicate) in [
            ("duplicate", "third"),
            ("survivor", "third"),
            ("third", "duplicate"),
            ("other", "survivor"),
            ("other", "other"),
        ] {
            let answer = world.merge(survivor, duplicate).await;
            assert_eq!(
                code(&answer),
                Some("ALREADY_ONE"),
                "{on:?}: {survivor} {duplicate}: {answer}"
            );
        }
        // What was said of the one beneath stays said.
        assert!(world.undo_merge("survivor").await["data"]["undoMerge"].is_object());
        leads(["survivor", "survivor", "third"]).await;
        assert_eq!(code(&world.undo_merge("survivor").await), Some("NOT_MERGED"), "{on:?}");
        // Into what was merged itself is into what that became.
        assert!(world.merge("third", "survivor").await["data"]["mergeParties"].is_object());
        assert!(world.merge("duplicate", "other").await["data"]["mergeParties"].is_object());
        assert_eq!(leads_to(&world, "other").await, "third");
        assert!(world.undo_merge("survivor").await["data"]["undoMerge"].is_object());
        assert_eq!(leads_to(&world, "other").await, "survivor", "{on:?}");
        assert!(world.undo_merge("duplicate").await["data"]["undoMerge"].is_object());
        leads(["survivor", "duplicate", "third"]).await;
        assert_eq!(leads_to(&world, "other").await, "duplicate", "{on:?}");
    }
}

#[tokio::test]
async fn two_merges_at_once_make_no_ring() {
    let world = registered(On::Postgres).await;
    let (one, other) = tokio::join!(
        world.merge("survivor", "duplicate"),
        world.merge("duplicate", "survivor")
    );
    let codes = [code(&one), code(&other)];
    assert!(
        codes == [None, Some("ALREADY_ONE")] || codes == [Some("ALREADY_ONE"), None],
        "{codes:?}"
    );
}

#[tokio::test]
async fn what_a_merge_needs_is_asked_for() {
    let world = registered(On::Sqlite).await;
    let (known, unknown) = (party_id("survivor"), format!("pty_{}", "7".repeat(32)));
    let merge = |survivor: &str, duplicate: &str, reason: &str| {
        format!(
            "mutation {{ mergeParties(survivor: \"{survivor}\", duplicate: \"{duplicate}\", reason: \"{reason}\") {{ parties {{ id }} }} }}"
        )
    };
    let dismiss = |party: &str, other: &str| {
        format!(
            "mutation {{ dismissDuplicate(party: \"{party}\", other: \"{other}\", reason: \"Twee.\") {{ parties {{ id }} }} }}"
        )
    };
    for (asked, wanted) in [
        (merge(&known, &unknown, "Zelfde."), "NOT_FOUND"),
        (merge(&unknown, &known, "Zelfde."), "NOT_FOUND"),
        (merge(&known, &party_id("third"), " "), "REQUIRED"),
        (merge(&known, &party_id("third"), &"x".repeat(501)), "TOO_LONG"),
        (merge("sig_1", &known, "Zelfde."), "INVALID_ID"),
        (dismiss(&known, &unknown), "NOT_FOUND"),
        (dismiss(&known, &known), "ALREADY_ONE"),
        (
            format!("mutation {{ undoMerge(duplicate: \"{unknown}\") {{ parties {{ id }} }} }}"),
            "NOT_FOUND",
        ),
        (
            format!("mutation {{ undoMerge(duplicate: \"{known}\") {{ parties {{ id }} }} }}"),
            "NOT_MERGED",
        ),
    ] {
        let answer = world.registry("nvwa.coordinator", "toezicht", &asked, &json!({})).await;
        assert_eq!(code(&answer), Some(wanted), "{asked}: {answer}");
    }
}

#[tokio::test]
async fn a_merge_and_its_undoing_leave_their_lines_and_their_change() {
    for on in [On::Sqlite, On::Postgres] {
        let world = registered(on).await;
        world.merge("survivor", "duplicate").await;
        world.undo_merge("duplicate").await;
        let who =
            "SELECT subject || ' ' || operation || ' ' || outcome FROM audit_log WHERE operation = 'merge_parties'
            ORDER BY subject";
        let who = world.look(who, vec![]).await;
        assert_eq!(
            who,
            [
                "ilt.data_steward merge_parties DONE",
                "nvwa.coordinator merge_parties DONE"
            ],
            "{on:?}"
        );
        let what =
            "SELECT kind || ' ' || operation || ' ' || record_ids FROM processing_log ORDER BY operation, record_ids";
        let mut wanted = Vec::new();
        for change in ["merged", "unmerged"] {
            let mut keys = [&party_id("survivor")[4..], &party_id("duplicate")[4..]].map(str::to_owned);
            keys.sort();
            wanted.extend(keys.map(|key| format!("party {change} {key}")));
        }
        assert_eq!(world.look(what, vec![]).await, wanted, "{on:?}");
        let told = "SELECT change FROM registry_outbox ORDER BY sequence";
        assert_eq!(
            world.look(told, vec![]).await,
            ["merged", "merged", "unmerged", "unmerged"],
            "{on:?}"
        );
        let left = "SELECT CAST(COUNT(*) AS TEXT) FROM party_alias";
        assert_eq!(world.look(left, vec![]).await, ["0"], "undoing takes the alias away");
    }
}
