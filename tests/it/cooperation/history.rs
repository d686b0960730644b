//! Evidence, versions and proposals of a correction, on both databases.

use serde_json::{Value, json};
use tests::world::{On, World};

use super::{done, published, seen, text};

const EDIT: &str = "mutation ($id: ID!, $v: Int!, $e: SignalEdit!) { editSignal(id: $id, version: $v, input: $e) { signal { version } } }";

async fn evidenced(on: On) {
    let world = World::peopled(on).await;
    let signal = published(&world, "Lekkende ketelwagen", &["igj"]).await;
    let add = "mutation ($id: ID!, $i: EvidenceInput!) { addEvidence(id: $id, input: $i) { evidence { id } } }";
    let note = json!({ "kind": "TRANSPORT_DOCUMENT", "title": "Vrachtbrief", "date": "2026-05-30",
        "hash": "0a".repeat(32), "url": "https://vracht.example/brief", "reference": "eFTI-123" });
    let given = |with: Value| json!({ "id": signal, "i": with });
    let made = done(&world, "ilt.inspector", add, given(note.clone())).await;
    let again = done(&world, "ilt.inspector", add, given(note.clone())).await;
    assert_eq!(made, again, "the same bytes are there once");
    let what = "version evidence { nodes { kind title date hash url reference } }";
    let shown = seen(&world, "igj.analyst", &signal, what).await;
    assert_eq!(shown["evidence"]["nodes"], json!([note]));
    assert_eq!(shown["version"], 3, "the signal itself is as it was");

    let wrong = [
        ("url", json!("http://vracht.example"), "INVALID_INPUT"),
        ("url", json!("https://jan:geheim@vracht.example"), "INVALID_INPUT"),
        ("hash", json!("abc"), "INVALID_INPUT"),
        ("title", json!(" "), "REQUIRED"),
        ("reference", Value::Null, "REQUIRED"),
    ];
    for (field, value, code) in wrong {
        let mut with = note.clone();
        with[field] = value;
        let refused = world.ask("ilt.inspector", "toezicht", add, given(with)).await;
        let told = &refused["errors"][0]["extensions"];
        assert_eq!(
            (&told["code"], &told["field"]),
            (&json!(code), &json!(format!("input.{field}"))),
            "{refused}"
        );
    }
    let other = world
        .refusal("igj.inspector", "toezicht", add, given(note.clone()))
        .await;
    assert_eq!(other, "NOT_OWNER");
    let remove = "mutation ($id: ID!) { removeEvidence(evidenceId: $id) { evidence { id } } }";
    let of = json!({ "id": made["addEvidence"]["evidence"]["id"] });
    assert_eq!(
        world.refusal("igj.inspector", "toezicht", remove, of.clone()).await,
        "NOT_FOUND"
    );
    done(&world, "ilt.inspector", remove, of).await;
    let left = seen(&world, "igj.analyst", &signal, what).await;
    assert_eq!(left["evidence"]["nodes"], json!([]));
}

#[tokio::test]
async fn evidenced_on_sqlite() {
    evidenced(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn evidenced_on_postgres() {
    evidenced(On::Postgres).await;
}

async fn versioned(on: On) {
    let world = World::peopled(on).await;
    let signal = published(&world, "Lekkende ketelwagen", &["igj"]).await;
    let mark = "mutation ($id: ID!) { markSignalRead(id: $id) { version signal { changedSinceIRead { differences { field } } } } }";
    let never = seen(&world, "igj.inspector", &signal, "changedSinceIRead { version }").await;
    assert_eq!(never["changedSinceIRead"], Value::Null);
    let read = done(&world, "igj.inspector", mark, json!({ "id": signal })).await;
    assert_eq!(read["markSignalRead"]["version"], 3);
    assert_eq!(
        read["markSignalRead"]["signal"]["changedSinceIRead"],
        json!({ "differences": [] })
    );

    let changes = json!({ "title": "Lekkende wagen", "place": "Kijfhoek", "regions": ["VR17"],
        "personal": { "personsInvolved": ["Canarie Betrokkene"] } });
    let given = json!({ "id": signal, "v": 3, "e": changes });
    done(&world, "ilt.inspector", EDIT, given).await;
    let expected = json!([
        { "field": "place", "old": [], "new": ["Kijfhoek"] },
        { "field": "regions", "old": [], "new": ["VR17"] },
        { "field": "title", "old": ["Lekkende ketelwagen"], "new": ["Lekkende wagen"] },
    ]);
    let what = "changedSinceIRead { version differences { field old new } } changedSince(version: 3) { field old new }
        was: changedSince(version: 1) { field } now: changedSince(version: 4) { field } never: changedSince(version: 9) { field }
        versions { nodes { version state content { field values } changedSince { field } } }";
    let shown = seen(&world, "igj.inspector", &signal, what).await;
    assert_eq!(
        shown["changedSinceIRead"],
        json!({ "version": 3, "differences": expected })
    );
    assert_eq!(shown["changedSince"], expected);
    assert_eq!(
        (&shown["was"], &shown["now"], &shown["never"]),
        (&Value::Null, &json!([]), &Value::Null),
        "no draft"
    );
    let of = |shown: &Value| -> Vec<(i64, String)> {
        let nodes = shown["versions"]["nodes"].as_array().expect("versions").clone();
        let one = |node: &Value| (node["version"].as_i64().expect("a number"), text(&node["state"]));
        nodes.iter().map(one).collect()
    };
    let out = |version: i64| (version, "PUBLISHED".to_owned());
    assert_eq!(of(&shown), [out(3), out(2)], "since publication");
    let whole = shown.to_string();
    assert!(!whole.contains("Canarie"), "nothing personal is versioned: {whole}");
    let owner = seen(&world, "ilt.data_steward", &signal, what).await;
    assert_eq!(of(&owner), [out(3), out(2), (1, "DRAFT".to_owned())]);
    let colleague = seen(&world, "igj.analyst", &signal, "changedSinceIRead { version }").await;
    assert_eq!(
        colleague["changedSinceIRead"],
        Value::Null,
        "a mark is an account's own"
    );
    let hidden = world
        .refusal("nvwa.inspector", "toezicht", mark, json!({ "id": signal }))
        .await;
    assert_eq!(hidden, "NOT_FOUND");
    let kept = "SELECT content FROM signal_version";
    assert!(
        !world.look(kept, vec![]).await.join("").contains("Canarie"),
        "nor kept behind the door"
    );
}

#[tokio::test]
async fn versioned_on_sqlite() {
    versioned(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn versioned_on_postgres() {
    versioned(On::Postgres).await;
}

const PROPOSE: &str = "mutation ($id: ID!, $v: Int!, $c: CorrectionInput!) { proposeCorrection(id: $id, version: $v, changes: $c, reason: \"Ander spoor.\") {
    proposal { id state differences { field old new } } } }";
const ACCEPT: &str = "mutation ($p: ID!, $v: Int!, $f: [String!]) { acceptProposal(proposalId: $p, version: $v, fields: $f, answer: \"Dank.\") {
    proposal { state acceptedFields appliedVersion } signal { title place severity version } } }";

async fn proposed(on: On) {
    let world = World::peopled(on).await;
    let signal = published(&world, "Lekkende ketelwagen", &["igj", "jenv"]).await;
    let changes =
        json!({ "title": "Lekkende tankwagen", "place": "Waalhaven", "severity": "CRITICAL", "category": "chemicals" });
    let given = json!({ "id": signal, "v": 4, "c": changes });
    let made = done(&world, "igj.analyst", PROPOSE, given.clone()).await;
    let differences = json!([
        { "field": "place", "old": [], "new": ["Waalhaven"] },
        { "field": "severity", "old": ["SERIOUS"], "new": ["CRITICAL"] },
        { "field": "title", "old": ["Lekkende ketelwagen"], "new": ["Lekkende tankwagen"] },
    ]);
    assert_eq!(made["proposeCorrection"]["proposal"]["differences"], differences);
    let again = done(&world, "igj.inspector", PROPOSE, given).await;
    assert_eq!(made, again, "once is enough");
    let proposal = made["proposeCorrection"]["proposal"]["id"].clone();
    let what = "proposals { nodes { id reason state conflicts differences { field } } }";
    for who in ["ilt.data_steward", "igj.inspector"] {
        assert_eq!(
            seen(&world, who, &signal, what).await["proposals"]["nodes"][0]["id"],
            proposal,
            "{who}"
        );
    }
    let third = seen(&world, "jenv.inspector", &signal, what).await;
    assert_eq!(third["proposals"]["nodes"], json!([]), "between the two of them");

    let edit = json!({ "id": signal, "v": 4, "e": { "place": "Botlek" } });
    done(&world, "ilt.inspector", EDIT, edit).await;
    let conflict = seen(&world, "ilt.inspector", &signal, what).await;
    assert_eq!(conflict["proposals"]["nodes"][0]["conflicts"], json!(["place"]));

    let accept = |version: i32, fields: Value| json!({ "p": proposal, "v": version, "f": fields });
    let refused = [
        ("igj.inspector", accept(5, Value::Null), "NOT_OWNER"),
        ("jenv.inspector", accept(5, Value::Null), "NOT_FOUND"),
        ("ilt.analyst", accept(5, Value::Null), "FORBIDDEN"),
        ("ilt.inspector", accept(4, Value::Null), "STALE_VERSION"),
        ("ilt.inspector", accept(5, json!(["note"])), "INVALID_INPUT"),
        ("ilt.inspector", accept(5, json!([])), "REQUIRED"),
    ];
    for (who, given, code) in refused {
        assert_eq!(world.refusal(who, "toezicht", ACCEPT, given).await, code, "{who}");
    }
    let taken = done(
        &world,
        "ilt.data_steward",
        ACCEPT,
        accept(5, json!(["severity", "title"])),
    )
    .await;
    let expected = json!({
        "proposal": { "state": "PARTLY_ACCEPTED", "acceptedFields": ["severity", "title"], "appliedVersion": 6 },
        "signal": { "title": "Lekkende tankwagen", "place": "Botlek", "severity": "CRITICAL", "version": 6 },
    });
    assert_eq!(taken["acceptProposal"], expected);
    let twice = world
        .refusal("ilt.inspector", "toezicht", ACCEPT, accept(6, Value::Null))
        .await;
    assert_eq!(twice, "WRONG_STATE");
    let found = "{ signals(filter: { text: \"tankwagen\" }) { totalCount { exactly } } }";
    let found = world.data("jenv.inspector", "toezicht", found, json!({})).await;
    assert_eq!(found["signals"]["totalCount"]["exactly"], 1, "an ordinary edit");
}

#[tokio::test]
async fn proposed_on_sqlite() {
    proposed(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn proposed_on_postgres() {
    proposed(On::Postgres).await;
}

async fn heard(on: On) {
    let world = World::peopled(on).await;
    let signal = published(&world, "Lekkende ketelwagen", &["igj"]).await;
    let bad = [
        (json!({}), "INVALID_INPUT", "changes"),
        (json!({ "title": "Lekkende ketelwagen" }), "INVALID_INPUT", "changes"),
        (json!({ "category": "geen" }), "UNKNOWN_REFERENCE", "changes.category"),
        (json!({ "title": " " }), "REQUIRED", "changes.title"),
        (json!({ "parties": ["pty_x"] }), "INVALID_ID", "changes.parties.0"),
        (json!({ "note": "Stg. GEHEIM" }), "STATE_SECRET", "changes.note"),
    ];
    for (changes, code, field) in bad {
        let given = json!({ "id": signal, "v": 3, "c": changes });
        let refused = world.ask("igj.inspector", "toezicht", PROPOSE, given).await;
        let told = &refused["errors"][0]["extensions"];
        assert_eq!(
            (&told["code"], &told["field"]),
            (&json!(code), &json!(field)),
            "{refused}"
        );
    }
    let propose = async |place: &str| {
        let given = json!({ "id": signal, "v": 3, "c": { "place": place } });
        let made = done(&world, "igj.inspector", PROPOSE, given).await;
        made["proposeCorrection"]["proposal"]["id"].clone()
    };
    let (first, second, third) = (
        propose("Botlek").await,
        propose("Pernis").await,
        propose("Europoort").await,
    );
    let reject =
        "mutation ($p: ID!, $a: String!) { rejectProposal(proposalId: $p, answer: $a) { proposal { state answer } } }";
    let empty = json!({ "p": first, "a": " " });
    assert_eq!(
        world.refusal("ilt.inspector", "toezicht", reject, empty).await,
        "REQUIRED"
    );
    done(
        &world,
        "ilt.inspector",
        reject,
        json!({ "p": first, "a": "Het was Kijfhoek." }),
    )
    .await;
    let withdraw = "mutation ($p: ID!) { withdrawProposal(proposalId: $p) { proposal { state } } }";
    assert_eq!(
        world
            .refusal("jenv.inspector", "toezicht", withdraw, json!({ "p": second }))
            .await,
        "NOT_FOUND"
    );
    done(&world, "igj.analyst", withdraw, json!({ "p": second })).await;

    let retract =
        "mutation ($id: ID!) { retractSignal(id: $id, version: 3, reason: \"vergissing\") { signal { id } } }";
    done(&world, "ilt.inspector", retract, json!({ "id": signal })).await;
    let mine = "{ proposals { nodes { id state answer signal { id } differences { field } } } }";
    let hears = world.data("igj.inspector", "toezicht", mine, json!({})).await;
    let one = |id: &Value, state: &str, answer: Value| json!({ "id": id, "state": state, "answer": answer, "signal": null, "differences": null });
    let expected = json!([
        one(&third, "OPEN", Value::Null),
        one(&second, "WITHDRAWN", Value::Null),
        one(&first, "REJECTED", json!("Het was Kijfhoek.")),
    ]);
    assert_eq!(
        hears["proposals"]["nodes"], expected,
        "who proposed hears, and sees no more than that"
    );
    let colleague = world.data("igj.analyst", "toezicht", mine, json!({})).await;
    assert_eq!(colleague["proposals"]["nodes"], json!([]));
    let single = "query ($id: ID!) { proposal(id: $id) { state } }";
    for (who, state) in [
        ("igj.inspector", json!({ "state": "REJECTED" })),
        ("jenv.inspector", Value::Null),
    ] {
        let shown = world.data(who, "toezicht", single, json!({ "id": first })).await;
        assert_eq!(shown["proposal"], state, "{who}");
    }
    let owner = world
        .data(
            "ilt.inspector",
            "toezicht",
            "{ proposals(open: true, first: 1) { nodes { id } pageInfo { hasNextPage } } }",
            json!({}),
        )
        .await;
    assert_eq!(
        owner["proposals"],
        json!({ "nodes": [{ "id": third }], "pageInfo": { "hasNextPage": false } })
    );
}

#[tokio::test]
async fn heard_on_sqlite() {
    heard(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn heard_on_postgres() {
    heard(On::Postgres).await;
}
