//! Every change by everybody. What is refused leaves no trace in the records; what is done is done on a record that
//! is copied behind the door where doing it would use it up.

use std::collections::{BTreeMap, BTreeSet};

use foundation::sql::statement;
use futures::{StreamExt, stream};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use uuid::Uuid;

use super::stage::{Actor, Caller, STATED, Stage};
use super::table::{CHANGES, Cell, Matrix, RECORDLESS};

/// Requests at a time while nothing is changed.
const AT_ONCE: usize = 8;

/// A change of each kind on a record, as text.
pub fn texts(record: &Actor) -> Vec<(&'static str, String)> {
    let Actor {
        id, grant_id, version, ..
    } = record;
    let on = format!("id: \"{id}\", version: {version}");
    let done = "{ signal { id } }";
    CHANGES
        .into_iter()
        .map(|change| {
            let call = match change {
                "edit" => format!("editSignal({on}, input: {{ note: \"Nagekeken\" }})"),
                "publish" => format!("publishSignal({on})"),
                "label" => format!("labelSignal({on}, labels: {{ useLimit: INFORMATION_ONLY }})"),
                "grant" => format!(
                    "shareSignal(id: \"{id}\", grant: {{ to: {{ account: \"nvwa.guest\" }}, purpose: \"risicoanalyse\", legalBasis: \"demo\" }})"
                ),
                "revoke" => format!("revokeGrant(grantId: \"{grant_id}\")"),
                _ => format!("retractSignal({on}, reason: \"Proef\")"),
            };
            (change, format!("mutation {{ {call} {done} }}"))
        })
        .collect()
}

/// Tries everything and compares with the matrix.
pub async fn execute(stage: &Stage, matrix: &Matrix, done: &mut BTreeSet<Cell>) {
    let (mut refused, mut allowed) = (Vec::new(), Vec::new());
    let known: BTreeSet<Cell> = super::table::cells().into_iter().collect();
    for caller in &stage.callers {
        for (class, stated) in STATED {
            for (cell, record) in samples(stage, caller, class)
                .into_iter()
                .filter(|(cell, _)| known.contains(cell))
            {
                let outcome = matrix.outcome(&cell);
                let list = if outcome == "ok" { &mut allowed } else { &mut refused };
                list.push((cell, caller, stated, record, outcome));
            }
        }
    }
    // Some callers stand alike to some records: one of them is enough.
    let mut taken = BTreeSet::new();
    refused.retain(|(cell, ..)| taken.insert(*cell));
    let before = state(stage).await;
    let tries = refused
        .iter()
        .map(|(cell, caller, stated, record, outcome)| async move {
            let texts = texts(record);
            let (_, query) = texts
                .iter()
                .find(|(change, _)| *change == cell.operation)
                .expect("a text per change");
            let got = stage.world.refusal(&caller.account, stated, query, json!({})).await;
            assert_eq!(got, *outcome, "{} on {record:?}: {cell:?}", caller.account);
            *cell
        });
    done.extend(stream::iter(tries).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await);
    assert_eq!(state(stage).await, before, "what is refused changes nothing");
    let mut count = 0;
    for (cell, caller, stated, record, _) in allowed {
        if done.insert(cell) {
            count += 1;
            carried_out(stage, &cell, caller, stated, record, count).await;
        }
    }
    recordless(stage, matrix, done).await;
}

/// A record for each of the caller's cells under a purpose.
fn samples<'a>(stage: &'a Stage, caller: &Caller, class: &'static str) -> Vec<(Cell, &'a Actor)> {
    let mut found = BTreeMap::new();
    for operation in CHANGES {
        for record in &stage.records {
            // A grant of a record that is shared with the guest alone survives every mark.
            let cell = caller.cell(record, operation, class);
            if cell.grant == "-" && record.kind != "nobody" {
                continue;
            }
            found.entry(cell).or_insert(record);
        }
    }
    found.into_iter().collect()
}

/// What the records are, behind the door.
async fn state(stage: &Stage) -> Vec<String> {
    let rows = "SELECT number || ' ' || CAST(version AS TEXT) || ' ' || CAST(state AS TEXT) || ' ' || COALESCE(note, '') ||
                ' ' || CAST((SELECT COUNT(*) FROM signal_grant g WHERE g.signal_id = signal.id AND g.revoked_at IS NULL) AS TEXT)
                FROM signal ORDER BY number";
    stage.world.look(rows, vec![]).await
}

async fn carried_out(stage: &Stage, cell: &Cell, caller: &Caller, stated: &str, record: &Actor, count: usize) {
    let copy = copied(stage, record, count).await;
    let texts = texts(&copy);
    let (_, query) = texts
        .iter()
        .find(|(change, _)| *change == cell.operation)
        .expect("a text per change");
    let answer = stage.world.ask(&caller.account, stated, query, json!({})).await;
    assert!(
        answer.get("errors").is_none(),
        "{} on {copy:?}: {cell:?}: {answer}",
        caller.account
    );
    let look = "SELECT CAST(version AS TEXT) FROM signal WHERE id = ?";
    let version = stage.world.look(look, vec![uuid(&copy.id).into()]).await;
    assert_eq!(version, [(copy.version + 1).to_string()], "{cell:?} was done");
}

fn uuid(typed: &str) -> Uuid {
    typed[4..].parse().expect("an id of ours")
}

/// A copy of a record with its own grant, made behind the door.
async fn copied(stage: &Stage, record: &Actor, count: usize) -> Actor {
    let world = &stage.world;
    let (old, old_grant) = (uuid(&record.id), uuid(&record.grant_id));
    let (new, new_grant) = (
        tests::world::id(&format!("copy {count}")),
        tests::world::id(&format!("grant {count}")),
    );
    let signal = "INSERT INTO signal (id, number, owner_id, author_id, created_at, updated_at, version, state, rank, tlp,
        use_limit, retain_until, title, narrative, category, severity, urgency, observed_from, observed_until, place, note,
        origin, external_system, external_reference, retraction) SELECT ?, ?, owner_id, author_id, created_at, updated_at, version, state, rank, tlp,
        use_limit, retain_until, title, narrative, category, severity, urgency, observed_from, observed_until, place, note,
        origin, NULL, NULL, retraction FROM signal WHERE id = ?";
    let feed =
        "INSERT INTO signal_feed (channel, rank, created_at, record_id, grant_id, visible_from, visible_until, owner_id,
        category, severity, observed_at, urgency, origin, state) SELECT channel, rank, created_at, ?, CASE WHEN grant_id = ? THEN ? ELSE grant_id END,
        visible_from, visible_until, owner_id, category, severity, observed_at, urgency, origin, state FROM signal_feed WHERE record_id = ?";
    let grant =
        "INSERT INTO signal_grant SELECT ?, ?, owner_id, audience_kind, audience, purpose_id, legal_basis_id, channel,
        granted_by, granted_at, valid_from, valid_until, revoked_at, revoked_by, revoked_because
        FROM signal_grant WHERE id = ?";
    let steps: [(&str, Vec<sea_orm::Value>); 3] = [
        (signal, vec![new.into(), format!("COPY-{count}").into(), old.into()]),
        (feed, vec![new.into(), old_grant.into(), new_grant.into(), old.into()]),
        (grant, vec![new_grant.into(), new.into(), old_grant.into()]),
    ];
    let transaction = world.behind.begin_write().await.expect("the world can be written");
    for (text, values) in steps {
        let done = transaction
            .execute_raw(statement(world.behind.backend(), text, values))
            .await;
        let done = done.unwrap_or_else(|error| panic!("{error}, in: {text}"));
        assert!(done.rows_affected() > 0, "nothing to copy of {record:?}: {text}");
    }
    transaction.commit().await.expect("the world can be written");
    let (id, grant_id) = (format!("sig_{}", new.simple()), format!("grt_{}", new_grant.simple()));
    Actor {
        id,
        grant_id,
        ..record.clone()
    }
}

/// What is done without a record.
async fn recordless(stage: &Stage, matrix: &Matrix, done: &mut BTreeSet<Cell>) {
    let mut count = 0;
    let own = |caller: &&Caller| ["owner", "suspended"].contains(&caller.group);
    for caller in stage.callers.iter().filter(own) {
        for (class, stated) in STATED {
            for operation in RECORDLESS {
                count += 1;
                let relation = if caller.group == "owner" { "owner" } else { "suspended" };
                let cell = Cell {
                    role: caller.role,
                    relation,
                    operation,
                    record: "-",
                    grant: "-",
                    purpose: class,
                };
                let (query, variables) = recordless_text(stage, operation, count).await;
                let answer = stage.world.ask(&caller.account, stated, query, variables).await;
                let code = answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("ok");
                assert_eq!(code, matrix.outcome(&cell), "{}: {cell:?}: {answer}", caller.account);
                assert_eq!(answer["data"].is_null(), code != "ok", "{cell:?}: {answer}");
                if operation == "import" && code == "ok" {
                    assert_eq!(answer["data"]["importSignals"]["created"], 1, "{cell:?}: {answer}");
                }
                done.insert(cell);
            }
        }
    }
}

async fn recordless_text(stage: &Stage, operation: &str, count: usize) -> (&'static str, Value) {
    let hash = "SELECT hash FROM import_profile ORDER BY proposed_at LIMIT 1";
    let hash = stage.world.look(hash, vec![]).await.pop().expect("the stage's profile");
    let signal = json!({
        "title": "Proef", "narrative": "Proef.", "category": "chemicals", "severity": "MINOR",
        "observedFrom": "2026-05-30T08:00:00Z", "externalReference": { "system": "stage", "reference": format!("r{count}") },
        "labels": { "rank": "VERTROUWELIJK", "tlp": "AMBER" },
    });
    match operation {
        "record" => (
            "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { id } } }",
            json!({ "i": signal }),
        ),
        "import" => (
            "mutation ($p: String!, $i: [ImportItem!]!) { importSignals(profile: $p, items: $i) { created } }",
            json!({ "p": hash, "i": [{ "line": 1, "signal": signal, "grants": [] }] }),
        ),
        "propose_profile" => (
            "mutation ($m: String!) { proposeImportProfile(name: \"proef\", mapping: $m) { hash } }",
            json!({ "m": format!("{}# {count}\n", stage.mapping) }),
        ),
        _ => (
            "mutation ($h: String!) { approveImportProfile(hash: $h) { hash } }",
            json!({ "h": hash }),
        ),
    }
}
