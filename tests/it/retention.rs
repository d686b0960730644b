//! Hold, freeze, receipts and erasure, on both databases.

use access::Role;
use foundation::clock::SECOND;
use serde_json::{Value, json};
use tests::matrix::{Cell, Matrix, Words};
use tests::world::{On, World, id};

const WORDS: Words = Words {
    relations: &["own", "other", "suspended", "anonymous"],
    operations: &["hold", "freeze", "read_receipts", "read_by"],
    records: &["published", "draft", "retracted", "red", "expired"],
};

const RECORD: &str = "mutation ($input: SignalInput!) { recordSignal(input: $input) { signal { id number } } }";
const SEE: &str = "query ($id: ID!) { signal(id: $id) { title heldSince sharingFrozenSince
    maskedFields { field reason } readBy(first: 50) { nodes { organisation { id } purpose unmaskedFields } } } }";
const PLACE: &str = "mutation ($kind: HoldKind!, $number: String!) {
    placeHold(kind: $kind, number: $number, reason: \"onderzoek\") { id kind number placedAt liftedAt } }";
const LIFT: &str = "mutation ($kind: HoldKind!, $number: String!) {
    liftHold(kind: $kind, number: $number, reason: \"gereed\") { liftedAt liftedBecause } }";
const RECEIPTS: &str = "query ($number: String!) { readReceipts(number: $number, first: 500) {
    nodes { at organisation { id } account purpose unmaskedFields } pageInfo { hasNextPage endCursor } } }";

/// The usual people, and an inspector of ILT who makes the records: under RED a maker has more than a colleague.
async fn peopled(on: On) -> World {
    let world = World::peopled(on).await;
    world.account("ilt.author", "ilt", &[Role::Inspector], 2).await;
    world
}

struct Signal {
    id: String,
    number: String,
}

/// A signal of ILT's inspector; published and shared with IGJ unless it stays a draft.
async fn signal(world: &World, title: &str, published: bool) -> Signal {
    let input = json!({ "title": title, "narrative": format!("Kanariezin van {title}."), "category": "chemicals",
        "severity": "SERIOUS", "observedFrom": "2026-05-30T08:00:00Z", "reporter": { "name": format!("Canarie {title}") },
        "regions": ["VR17"] });
    let made = world
        .data("ilt.author", "toezicht", RECORD, json!({ "input": input }))
        .await;
    let made = &made["recordSignal"]["signal"];
    let signal = Signal {
        id: made["id"].as_str().expect("an id").to_owned(),
        number: made["number"].as_str().expect("a number").to_owned(),
    };
    if published {
        let publish = "mutation ($id: ID!) { publishSignal(id: $id, version: 1) { signal { state } } }";
        world
            .data("ilt.author", "toezicht", publish, json!({ "id": signal.id }))
            .await;
        let share = "mutation ($id: ID!) { shareSignal(id: $id, grant: { to: { organisation: \"igj\" },
            purpose: \"toezicht\", legalBasis: \"demo\" }) { signal { version } } }";
        world
            .data("ilt.author", "toezicht", share, json!({ "id": signal.id }))
            .await;
    }
    signal
}

async fn label(world: &World, signal: &Signal, version: i32, labels: Value) {
    let text = "mutation ($id: ID!, $version: Int!, $labels: LabelsInput!) {
        labelSignal(id: $id, version: $version, labels: $labels) { signal { version } } }";
    let variables = json!({ "id": signal.id, "version": version, "labels": labels });
    world.data("ilt.author", "toezicht", text, variables).await;
}

/// A record of each sort, made anew so that one cell does not spoil the next.
async fn record(world: &World, sort: &str, title: &str) -> Signal {
    let made = signal(world, title, sort != "draft").await;
    match sort {
        "retracted" => {
            let retract =
                "mutation ($id: ID!) { retractSignal(id: $id, version: 3, reason: \"proef\") { signal { state } } }";
            world
                .data("ilt.author", "toezicht", retract, json!({ "id": made.id }))
                .await;
        }
        "red" => label(world, &made, 3, json!({ "tlp": "RED" })).await,
        "expired" => {
            for table in ["signal_feed", "signal_subject_feed"] {
                let text = format!("UPDATE {table} SET visible_until = 1 WHERE record_id = ?");
                world.run(&text, vec![uuid(&made.id).into()]).await;
            }
            let text = "UPDATE signal SET retain_until = 1 WHERE id = ?";
            world.run(text, vec![uuid(&made.id).into()]).await;
        }
        _ => {}
    }
    made
}

fn uuid(id: &str) -> uuid::Uuid {
    id[4..].parse().expect("an id of ours")
}

async fn outcome(world: &World, cell: &Cell, record: &Signal) -> String {
    let who = match cell.relation {
        "own" => format!("ilt.{}", cell.role),
        "other" => format!("igj.{}", cell.role),
        _ => format!("suspended.{}", cell.role),
    };
    let (query, variables) = match cell.operation {
        "hold" => (PLACE, json!({ "kind": "HOLD", "number": record.number })),
        "freeze" => (PLACE, json!({ "kind": "FREEZE", "number": record.number })),
        "read_receipts" => (RECEIPTS, json!({ "number": record.number })),
        _ => (SEE, json!({ "id": record.id })),
    };
    let answer = world.ask(&who, "toezicht", query, variables).await;
    if let Some(code) = answer["errors"][0]["extensions"]["code"].as_str() {
        return code.to_owned();
    }
    if cell.operation != "read_by" {
        return "ok".to_owned();
    }
    let seen = &answer["data"]["signal"];
    let masked = seen["maskedFields"].as_array().cloned().unwrap_or_default();
    match (seen.is_null(), seen["readBy"].is_null()) {
        (true, _) => "hidden".to_owned(),
        (false, true) if masked.iter().any(|field| field["field"] == "readBy") => "masked".to_owned(),
        (false, false) if masked.iter().all(|field| field["field"] != "readBy") => "ok".to_owned(),
        _ => format!("a mask that says otherwise: {seen}"),
    }
}

async fn matrix(on: On) {
    let world = peopled(on).await;
    world.organisation("suspended", true).await;
    for role in Role::ALL {
        let name = format!("suspended.{}", role.code());
        world.account(&name, "suspended", &[role], 2).await;
        let suspend = "UPDATE account SET suspended_at = 0 WHERE name = ?";
        world.run(suspend, vec![name.into()]).await;
    }
    let matrix = Matrix::read("retention", &WORDS);
    let mut made = 0;
    for (cell, expected) in matrix.cells() {
        if cell.relation == "anonymous" {
            let headers = axum::http::HeaderMap::new();
            let reply = world.signals.execute(&headers, async_graphql::Request::new(SEE)).await;
            let answer = serde_json::to_value(reply.response).expect("an answer is JSON");
            assert_eq!(answer["errors"][0]["extensions"]["code"], expected, "{cell:?}");
            continue;
        }
        made += 1;
        let record = record(&world, cell.record, &format!("Proef {made}")).await;
        assert_eq!(outcome(&world, cell, &record).await, expected, "{cell:?}");
    }
    assert_eq!(made, 9 * 3 * 4 * 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cell_holds_on_sqlite() {
    matrix(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cell_holds_on_postgres() {
    matrix(On::Postgres).await;
}

async fn freezes(on: On) {
    let world = peopled(on).await;
    let made = signal(&world, "Lekkende ketelwagen", true).await;
    let title = async |who: &str| {
        let seen = world.data(who, "toezicht", SEE, json!({ "id": made.id })).await;
        seen["signal"]["title"].clone()
    };
    assert_eq!(title("igj.inspector").await, "Lekkende ketelwagen");
    let freeze = json!({ "kind": "FREEZE", "number": made.number });
    let placed = world
        .data("ilt.privacy_officer", "toezicht", PLACE, freeze.clone())
        .await;
    assert_eq!(placed["placeHold"]["kind"], "FREEZE");
    assert_eq!(title("igj.inspector").await, Value::Null, "in force at commit");
    assert_eq!(
        title("ilt.inspector").await,
        "Lekkende ketelwagen",
        "its owner keeps it"
    );
    let own = world
        .data("ilt.inspector", "toezicht", SEE, json!({ "id": made.id }))
        .await;
    assert_ne!(own["signal"]["sharingFrozenSince"], Value::Null);
    let again = world
        .refusal("ilt.privacy_officer", "toezicht", PLACE, freeze.clone())
        .await;
    assert_eq!(again, "WRONG_STATE");

    // What the owner does meanwhile does not thaw it.
    let edit =
        "mutation ($id: ID!) { editSignal(id: $id, version: 4, input: { note: \"meer\" }) { signal { version } } }";
    world
        .data("ilt.inspector", "toezicht", edit, json!({ "id": made.id }))
        .await;
    let share = "mutation ($id: ID!) { shareSignal(id: $id, grant: { to: { organisation: \"nvwa\" },
        purpose: \"toezicht\", legalBasis: \"demo\" }) { signal { version } } }";
    world
        .data("ilt.inspector", "toezicht", share, json!({ "id": made.id }))
        .await;
    assert_eq!(title("igj.inspector").await, Value::Null);
    assert_eq!(title("nvwa.inspector").await, Value::Null);

    let lifted = world
        .data("ilt.privacy_officer", "toezicht", LIFT, freeze.clone())
        .await;
    assert_eq!(lifted["liftHold"]["liftedBecause"], "gereed");
    for who in ["igj.inspector", "nvwa.inspector"] {
        assert_eq!(title(who).await, "Lekkende ketelwagen", "{who}: its grants stood");
    }
    assert_eq!(
        world.refusal("ilt.privacy_officer", "toezicht", LIFT, freeze).await,
        "WRONG_STATE"
    );
    let list = "{ recordHolds { nodes { kind number reason liftedAt } } }";
    let holds = world.data("ilt.privacy_officer", "toezicht", list, json!({})).await;
    assert_eq!(holds["recordHolds"]["nodes"].as_array().map(Vec::len), Some(1));
    let others = world.data("igj.privacy_officer", "toezicht", list, json!({})).await;
    assert_eq!(others["recordHolds"]["nodes"], json!([]), "each inspectorate's own");
    assert_eq!(
        world.refusal("ilt.inspector", "toezicht", list, json!({})).await,
        "FORBIDDEN"
    );
    let line = "SELECT operation FROM processing_log WHERE operation IN ('frozen', 'resumed') ORDER BY operation";
    assert_eq!(world.look(line, vec![]).await, ["frozen", "resumed"]);
}

#[tokio::test]
async fn a_freeze_stops_sharing_on_sqlite() {
    freezes(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_freeze_stops_sharing_on_postgres() {
    freezes(On::Postgres).await;
}

async fn receipts(on: On) {
    let world = peopled(on).await;
    let made = signal(&world, "Lekkende ketelwagen", true).await;
    let other = signal(&world, "Een ander", true).await;
    let read = "query ($id: ID!) { signal(id: $id) { title } }";
    let unmask = "query ($id: ID!) { signal(id: $id) { title reporter { name } } }";
    world
        .data("igj.analyst", "toezicht", read, json!({ "id": made.id }))
        .await;
    world
        .data("igj.inspector", "incidentonderzoek", read, json!({ "id": made.id }))
        .await;
    world
        .data("igj.inspector", "toezicht", unmask, json!({ "id": made.id }))
        .await;
    world
        .data("igj.inspector", "toezicht", read, json!({ "id": other.id }))
        .await;
    let organisation = |code: &str| json!({ "id": format!("org_{}", id(code).simple()) });

    let seen = world
        .data("ilt.data_steward", "toezicht", SEE, json!({ "id": made.id }))
        .await;
    let nodes = seen["signal"]["readBy"]["nodes"].as_array().expect("receipts").clone();
    let others: Vec<&Value> = nodes
        .iter()
        .filter(|node| node["organisation"] == organisation("igj"))
        .collect();
    assert_eq!(
        others.len(),
        3,
        "two readings and one showing; what was hidden is no reading: {nodes:#?}"
    );
    assert!(others.iter().any(|node| node["unmaskedFields"] == json!(["reporter"])));
    assert!(others.iter().all(|node| node["purpose"] == "toezicht"));

    let officer = world
        .data(
            "ilt.privacy_officer",
            "toezicht",
            RECEIPTS,
            json!({ "number": made.number }),
        )
        .await;
    let officer = officer["readReceipts"]["nodes"].as_array().expect("receipts");
    assert_eq!(
        officer.len(),
        nodes.len() + 1,
        "the steward's own reading has come since"
    );
    assert!(officer.iter().all(|node| !node.to_string().contains("Lekkende")));

    let page = "query ($number: String!, $after: String) { readReceipts(number: $number, first: 2, after: $after) {
        nodes { at account unmaskedFields } pageInfo { hasNextPage endCursor } } }";
    let (mut paged, mut after) = (Vec::new(), Value::Null);
    loop {
        let variables = json!({ "number": made.number, "after": after });
        let answer = world.data("ilt.privacy_officer", "toezicht", page, variables).await;
        paged.extend(answer["readReceipts"]["nodes"].as_array().expect("receipts").clone());
        after = answer["readReceipts"]["pageInfo"]["endCursor"].clone();
        if answer["readReceipts"]["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(paged.len(), officer.len(), "pages give all of them once");
}

#[tokio::test]
async fn owners_know_who_read_on_sqlite() {
    receipts(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_know_who_read_on_postgres() {
    receipts(On::Postgres).await;
}

/// Every table behind the door that has rows which name this record or hold this text.
async fn traces(world: &World, record: uuid::Uuid, texts: &[&str]) -> Vec<String> {
    let names = if world.behind.backend() == sea_orm::DbBackend::Postgres {
        "SELECT c.table_name::text FROM information_schema.columns c
         WHERE c.table_schema NOT IN ('pg_catalog', 'information_schema', 'reference')
         GROUP BY c.table_name ORDER BY 1"
    } else {
        "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
    };
    let mut found = Vec::new();
    for table in world.look(names, vec![]).await {
        let rows = match world.behind.backend() {
            sea_orm::DbBackend::Postgres => {
                world
                    .look(&format!("SELECT row_to_json(t)::text FROM {table} t"), vec![])
                    .await
            }
            _ => {
                let columns = format!("SELECT name FROM pragma_table_info('{table}')");
                let columns = world.look(&columns, vec![]).await;
                let text = |column: &String| {
                    format!(
                        "COALESCE(CASE typeof(\"{column}\") WHEN 'blob' THEN lower(hex(\"{column}\")) ELSE CAST(\"{column}\" AS TEXT) END, '')"
                    )
                };
                let all = columns.iter().map(text).collect::<Vec<_>>().join(" || ' ' || ");
                world.look(&format!("SELECT {all} FROM \"{table}\""), vec![]).await
            }
        };
        let (simple, hyphenated) = (record.simple().to_string(), record.hyphenated().to_string());
        let names = |row: &String| {
            row.contains(&simple) || row.contains(&hyphenated) || texts.iter().any(|text| row.contains(text))
        };
        if rows.iter().any(names) {
            found.push(table);
        }
    }
    found
}

async fn erases(on: On) {
    let world = peopled(on).await;
    let gone = signal(&world, "Kanarietitel", true).await;
    let held = signal(&world, "Vastgehouden", true).await;
    let kept = signal(&world, "Blijft", true).await;
    for made in [&gone, &held] {
        label(&world, made, 3, json!({ "retainUntil": "2026-06-10" })).await;
    }
    let hold = json!({ "kind": "HOLD", "number": held.number });
    world.data("ilt.privacy_officer", "toezicht", PLACE, hold.clone()).await;
    let platform = world.signals.platform();
    assert_eq!(
        signals::sweep(platform).await.expect("a round"),
        0,
        "nothing has expired yet"
    );

    world.clock.advance(20 * 24 * 3600 * SECOND);
    let erased = signals::sweep(platform).await.expect("a round");
    assert_eq!(erased, 1, "what is held stays");
    assert_eq!(signals::sweep(platform).await.expect("a round"), 0);
    let record = uuid(&gone.id);
    let texts = ["Kanarietitel", "kanarietitel", "6b616e61726965746974656c", &gone.number];
    let left = traces(&world, record, &texts).await;
    assert_eq!(
        left,
        ["processing_log", "signal_tombstone", "signals_outbox"],
        "what still knows the record"
    );
    for table in [
        "signal",
        "signal_personal",
        "signal_grant",
        "signal_feed",
        "signal_search",
    ] {
        let column = if table == "signal" {
            "id"
        } else if table == "signal_feed" {
            "record_id"
        } else {
            "signal_id"
        };
        let text = format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table} WHERE {column} = ?");
        assert_eq!(world.look(&text, vec![record.into()]).await, ["0"], "{table}");
    }
    let words = "query { signals(filter: { text: \"kanarietitel\" }) { nodes { id } } }";
    let found = world.data("ilt.inspector", "toezicht", words, json!({})).await;
    assert_eq!(found["signals"]["nodes"], json!([]));
    let tombstones = "SELECT CAST(COUNT(*) AS TEXT) FROM signal_tombstone WHERE signal_id = ?";
    assert_ne!(world.look(tombstones, vec![record.into()]).await, ["0"]);
    let line = "SELECT activity || ' ' || record_ids FROM processing_log WHERE operation = 'erased'";
    assert_eq!(
        world.look(line, vec![]).await,
        [format!("bewaartermijn {}", record.simple())]
    );

    // Held, it was no longer seen by anybody; released, it goes.
    let see = world
        .data("ilt.data_steward", "toezicht", SEE, json!({ "id": held.id }))
        .await;
    assert_eq!(see["signal"], Value::Null);
    world.data("ilt.privacy_officer", "toezicht", LIFT, hold).await;
    assert_eq!(signals::sweep(platform).await.expect("a round"), 1);
    let rest = world
        .data("igj.inspector", "toezicht", SEE, json!({ "id": kept.id }))
        .await;
    assert_eq!(rest["signal"]["title"], "Blijft");
}

#[tokio::test]
async fn what_has_expired_is_erased_on_sqlite() {
    erases(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_expired_is_erased_on_postgres() {
    erases(On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_caretaker_sees_only_what_has_expired_on_postgres() {
    let world = peopled(On::Postgres).await;
    let made = signal(&world, "Blijft", true).await;
    let login = &world.database;
    let transaction = login.begin_write().await.expect("a transaction");
    let ask = |text: &'static str| foundation::sql::statement(sea_orm::DbBackend::Postgres, text, []);
    use sea_orm::ConnectionTrait;
    for text in [
        "SELECT set_config('app.caretaker', 'on', true), set_config('app.now', '1780308000000000', true)",
        "SELECT set_config('app.writer', (SELECT id::text FROM organisation WHERE code = 'ilt'), true)",
    ] {
        transaction.execute_raw(ask(text)).await.expect("settings");
    }
    let seen = transaction
        .query_all_raw(ask("SELECT id FROM signal"))
        .await
        .expect("a query");
    assert!(seen.is_empty(), "{} is not expired", made.id);
    let deleted = transaction
        .execute_raw(ask("DELETE FROM signal"))
        .await
        .expect("a statement");
    assert_eq!(deleted.rows_affected(), 0);
}

async fn refuses(on: On) {
    let world = peopled(on).await;
    let made = signal(&world, "Lekkende ketelwagen", true).await;
    label(&world, &made, 3, json!({ "retainUntil": "2026-06-10" })).await;
    world.clock.advance(20 * 24 * 3600 * SECOND);
    let deny = match on {
        On::Sqlite => {
            "CREATE TRIGGER deny BEFORE INSERT ON processing_log BEGIN SELECT RAISE(ABORT, 'down'); END".to_owned()
        }
        On::Postgres => "REVOKE INSERT ON processing_log FROM samenzicht_signals, samenzicht_registry".to_owned(),
    };
    world.run(&deny, vec![]).await;
    let refused = signals::sweep(world.signals.platform())
        .await
        .expect_err("no proof, no erasure");
    assert_eq!(refused.code().name(), "LOG_UNAVAILABLE");
    let text = "SELECT CAST(COUNT(*) AS TEXT) FROM signal WHERE id = ?";
    assert_eq!(world.look(text, vec![uuid(&made.id).into()]).await, ["1"]);
}

#[tokio::test]
async fn nothing_is_erased_without_its_line_on_sqlite() {
    refuses(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_erased_without_its_line_on_postgres() {
    refuses(On::Postgres).await;
}
