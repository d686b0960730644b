//! What inspectorates do beside each other's signals: confirm, remark, follow up, link. [`matrix`] executes every cell of
//! `schema/access/cooperation.csv`; [`second_lock`] looks through row-level security alone.

mod history;
mod matrix;
mod second_lock;

use serde_json::{Value, json};
use tests::world::{On, World, id};

const MINUTE: i64 = 60_000_000;

/// A published signal of the ILT, shared with these organisations for supervision.
pub async fn published(world: &World, title: &str, with: &[&str]) -> String {
    let input = json!({
        "title": title, "narrative": "Damp boven het emplacement.", "category": "chemicals", "severity": "SERIOUS",
        "observedFrom": "2026-05-30T08:00:00Z", "externalReference": { "system": "stage", "reference": title },
    });
    let record = "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { id } } }";
    let made = world
        .data("ilt.inspector", "toezicht", record, json!({ "i": input }))
        .await;
    let signal = text(&made["recordSignal"]["signal"]["id"]);
    let publish = "mutation ($id: ID!) { publishSignal(id: $id, version: 1) { signal { state } } }";
    world
        .data("ilt.inspector", "toezicht", publish, json!({ "id": signal }))
        .await;
    for organisation in with {
        let share = "mutation ($id: ID!, $to: String!) { shareSignal(id: $id, grant: { to: { organisation: $to }, purpose: \"toezicht\", legalBasis: \"demo\" }) { signal { id } } }";
        let given = json!({ "id": signal, "to": organisation });
        world.data("ilt.inspector", "toezicht", share, given).await;
    }
    signal
}

pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

fn organisation(code: &str) -> Value {
    json!({ "id": format!("org_{}", id(code).simple()) })
}

/// What somebody of an inspectorate sees at this path of a signal.
async fn seen(world: &World, who: &str, signal: &str, what: &str) -> Value {
    let query = format!("query ($id: ID!) {{ signal(id: $id) {{ {what} }} }}");
    let answer = world.data(who, "toezicht", &query, json!({ "id": signal })).await;
    answer["signal"].clone()
}

async fn done(world: &World, who: &str, call: &str, variables: Value) -> Value {
    world.clock.advance(MINUTE);
    world.data(who, "toezicht", call, variables).await
}

const CONFIRM: &str = "mutation ($id: ID!, $i: ConfirmationInput!) { confirmSignal(id: $id, input: $i) {
    confirmation { id kind supersededAt } signal { version } warnings { code field } } }";

async fn confirmed(on: On) {
    let world = World::peopled(on).await;
    let signal = published(&world, "Lekkende ketelwagen", &["igj", "jenv"]).await;
    let given = |kind: &str, why: &str| json!({ "id": signal, "i": { "kind": kind, "explanation": why, "observedAt": "2026-06-01T09:00:00Z" } });
    let first = done(
        &world,
        "igj.inspector",
        CONFIRM,
        given("SEEN_TOO", "Zelfde lucht; bel 06-12345678"),
    )
    .await;
    let warned = &first["confirmSignal"]["warnings"];
    assert_eq!(warned, &json!([{ "code": "LOOKS_PERSONAL", "field": "explanation" }]));
    assert_eq!(
        first["confirmSignal"]["signal"]["version"], 4,
        "the signal itself is as it was"
    );
    let again = done(
        &world,
        "igj.analyst",
        CONFIRM,
        given("SEEN_TOO", "Zelfde lucht; bel 06-12345678"),
    )
    .await;
    assert_eq!(
        again["confirmSignal"]["confirmation"]["id"], first["confirmSignal"]["confirmation"]["id"],
        "the same once more changes nothing"
    );
    done(&world, "jenv.inspector", CONFIRM, given("NOT_SEEN", "Niets geroken.")).await;
    done(&world, "igj.analyst", CONFIRM, given("OUTDATED", "Wagen is weg.")).await;

    let what = "confirmations { nodes { organisation { id } kind explanation observedAt supersededAt } }";
    for who in ["ilt.data_steward", "igj.inspector", "jenv.account_holder"] {
        let seen = seen(&world, who, &signal, what).await;
        let expected = json!([
            { "organisation": organisation("igj"), "kind": "OUTDATED", "explanation": "Wagen is weg.", "observedAt": "2026-06-01T09:00:00Z", "supersededAt": null },
            { "organisation": organisation("jenv"), "kind": "NOT_SEEN", "explanation": "Niets geroken.", "observedAt": "2026-06-01T09:00:00Z", "supersededAt": null },
        ]);
        assert_eq!(seen["confirmations"]["nodes"], expected, "{who}");
    }
    let history = "confirmations(history: true, first: 2) { nodes { kind } pageInfo { hasNextPage endCursor } }";
    let page = seen(&world, "ilt.inspector", &signal, history).await;
    assert_eq!(
        page["confirmations"]["nodes"],
        json!([{ "kind": "OUTDATED" }, { "kind": "NOT_SEEN" }])
    );
    assert_eq!(page["confirmations"]["pageInfo"]["hasNextPage"], true);
    let after = text(&page["confirmations"]["pageInfo"]["endCursor"]);
    let rest = format!(
        "confirmations(history: true, first: 2, after: \"{after}\") {{ nodes {{ kind supersededAt }} pageInfo {{ hasNextPage }} }}"
    );
    let rest = seen(&world, "ilt.inspector", &signal, &rest).await;
    assert_eq!(rest["confirmations"]["nodes"][0]["kind"], "SEEN_TOO");
    assert_ne!(rest["confirmations"]["nodes"][0]["supersededAt"], Value::Null);
    assert_eq!(rest["confirmations"]["pageInfo"]["hasNextPage"], false);

    let lines = "SELECT operation FROM processing_log WHERE operation = 'confirmed'";
    assert_eq!(world.look(lines, vec![]).await.len(), 3, "each has its line");
    let secret = given("SEEN_TOO", "Stg. GEHEIM");
    let refused = world.ask("igj.inspector", "toezicht", CONFIRM, secret).await;
    let told = &refused["errors"][0]["extensions"];
    assert_eq!(
        (&told["code"], &told["field"]),
        (&json!("STATE_SECRET"), &json!("input.explanation"))
    );

    let grants = seen(&world, "ilt.inspector", &signal, "grants { id to }").await;
    let grants = grants["grants"].as_array().expect("grants").clone();
    let grant = grants.iter().find(|grant| grant["to"] == "igj").expect("igj's");
    let revoke = "mutation ($id: ID!) { revokeGrant(grantId: $id) { signal { id } } }";
    done(&world, "ilt.inspector", revoke, json!({ "id": grant["id"] })).await;
    let gone = world
        .refusal("igj.inspector", "toezicht", CONFIRM, given("SEEN_TOO", "Toch."))
        .await;
    assert_eq!(gone, "NOT_FOUND", "who no longer sees it says nothing more of it");
    let kept = seen(&world, "ilt.inspector", &signal, "confirmations { nodes { kind } }").await;
    assert_eq!(
        kept["confirmations"]["nodes"].as_array().map(Vec::len),
        Some(2),
        "what was said stays"
    );
}

#[tokio::test]
async fn confirmed_on_sqlite() {
    confirmed(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn confirmed_on_postgres() {
    confirmed(On::Postgres).await;
}

async fn remarked(on: On) {
    let world = World::peopled(on).await;
    let signal = published(&world, "Lekkende ketelwagen", &["igj", "jenv"]).await;
    let add = "mutation ($id: ID!, $t: String!, $a: RemarkAudience!) { addRemark(id: $id, text: $t, audience: $a) { remark { id } } }";
    let given = |text: &str, audience: &str| json!({ "id": signal, "t": text, "a": audience });
    let open = done(&world, "igj.analyst", add, given("Ook in 2025.", "EVERYONE")).await;
    done(
        &world,
        "igj.inspector",
        add,
        given("Voor ons overleg.", "OWN_INSPECTORATE"),
    )
    .await;
    let what = "remarks { nodes { organisation { id } audience text } }";
    let both = json!([
        { "organisation": organisation("igj"), "audience": "OWN_INSPECTORATE", "text": "Voor ons overleg." },
        { "organisation": organisation("igj"), "audience": "EVERYONE", "text": "Ook in 2025." },
    ]);
    for who in ["igj.inspector", "igj.data_steward"] {
        assert_eq!(
            seen(&world, who, &signal, what).await["remarks"]["nodes"],
            both,
            "{who}"
        );
    }
    for who in ["ilt.inspector", "ilt.data_steward", "jenv.coordinator"] {
        let seen = seen(&world, who, &signal, what).await;
        assert_eq!(seen["remarks"]["nodes"], json!([both[1]]), "{who}");
    }
    let told =
        "SELECT kind || ' ' || change FROM signals_outbox WHERE change IN ('remarked', 'added') ORDER BY sequence";
    assert_eq!(
        world.look(told, vec![]).await,
        ["signal remarked", "remark added"],
        "who may not read it hears nothing"
    );

    let withdraw = "mutation ($id: ID!) { withdrawRemark(remarkId: $id) { remark { id } signal { id } } }";
    let remark = json!({ "id": open["addRemark"]["remark"]["id"] });
    for who in ["ilt.inspector", "jenv.inspector", "nvwa.inspector"] {
        let refused = world.refusal(who, "toezicht", withdraw, remark.clone()).await;
        assert_eq!(refused, "NOT_FOUND", "{who}");
    }
    for _ in 0..2 {
        let gone = done(&world, "igj.inspector", withdraw, remark.clone()).await;
        assert_eq!(
            gone["withdrawRemark"],
            json!({ "remark": null, "signal": { "id": signal } })
        );
    }
    assert_eq!(
        seen(&world, "jenv.inspector", &signal, what).await["remarks"]["nodes"],
        json!([])
    );
}

#[tokio::test]
async fn remarked_on_sqlite() {
    remarked(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn remarked_on_postgres() {
    remarked(On::Postgres).await;
}

async fn followed_up(on: On) {
    let world = World::peopled(on).await;
    let signal = published(&world, "Lekkende ketelwagen", &["igj", "jenv"]).await;
    let take = "mutation ($id: ID!) { takeUpSignal(id: $id, ownerOnly: true) { followUp { id state takenUpAt } } }";
    let report = "mutation ($id: ID!, $i: OutcomeInput!) { reportOutcome(id: $id, input: $i) { followUp { state text takenUpAt } } }";
    let begun = done(&world, "igj.inspector", take, json!({ "id": signal })).await;
    let again = done(&world, "igj.coordinator", take, json!({ "id": signal })).await;
    assert_eq!(
        begun["takeUpSignal"], again["takeUpSignal"],
        "taken up once is taken up"
    );
    let what = "followUps { nodes { organisation { id } state text ownerOnly maskedFields { field reason } } }";
    let seen_by = async |who: &str| seen(&world, who, &signal, what).await["followUps"]["nodes"].clone();
    for who in ["ilt.analyst", "igj.analyst"] {
        assert_eq!(seen_by(who).await[0]["state"], "TAKEN_UP", "{who}");
    }
    assert_eq!(seen_by("jenv.inspector").await, json!([]), "for the owner alone");

    let outcome = json!({ "state": "MEASURE", "text": "Bestuursdwang aangezegd." });
    let measure = done(&world, "igj.inspector", report, json!({ "id": signal, "i": outcome })).await;
    assert_eq!(
        measure["reportOutcome"]["followUp"]["takenUpAt"],
        begun["takeUpSignal"]["followUp"]["takenUpAt"]
    );
    assert_eq!(seen_by("ilt.inspector").await[0]["text"], "Bestuursdwang aangezegd.");
    let masked = json!([{ "organisation": organisation("igj"), "state": "MEASURE", "text": null, "ownerOnly": false,
        "maskedFields": [{ "field": "text", "reason": "NOT_OWNER" }] }]);
    assert_eq!(
        seen_by("jenv.inspector").await,
        masked,
        "by whom, and not what came of it"
    );
    let history = "followUps(history: true) { nodes { state } }";
    let steps = seen(&world, "ilt.inspector", &signal, history).await;
    assert_eq!(
        steps["followUps"]["nodes"],
        json!([{ "state": "MEASURE" }, { "state": "TAKEN_UP" }])
    );
    let others = seen(&world, "jenv.inspector", &signal, history).await;
    assert_eq!(others["followUps"]["nodes"], json!([{ "state": "MEASURE" }]));

    let on = json!({ "state": "HANDED_ON", "handedTo": "nvwa" });
    done(&world, "igj.inspector", report, json!({ "id": signal, "i": on })).await;
    let anew = done(&world, "igj.inspector", take, json!({ "id": signal })).await;
    assert_ne!(
        anew["takeUpSignal"]["followUp"]["takenUpAt"], begun["takeUpSignal"]["followUp"]["takenUpAt"],
        "after it was handed on it begins anew"
    );
    let nobody = json!({ "id": signal, "i": { "state": "HANDED_ON", "handedTo": "geen" } });
    let refused = world.ask("igj.inspector", "toezicht", report, nobody).await;
    assert_eq!(
        refused["errors"][0]["extensions"]["field"], "input.handedTo",
        "{refused}"
    );
    let told = "SELECT kind || ' ' || change FROM signals_outbox WHERE change IN ('followed_up', 'reported') ORDER BY sequence";
    assert_eq!(
        world.look(told, vec![]).await,
        [
            "signal reported",
            "signal followed_up",
            "signal followed_up",
            "signal reported"
        ]
    );
}

#[tokio::test]
async fn followed_up_on_sqlite() {
    followed_up(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn followed_up_on_postgres() {
    followed_up(On::Postgres).await;
}

async fn linked(on: On) {
    let world = World::peopled(on).await;
    let (leak, smell) = (
        published(&world, "Lek", &["igj", "jenv"]).await,
        published(&world, "Lucht", &["igj"]).await,
    );
    let link = "mutation ($f: ID!, $t: ID!, $k: LinkKind!) { linkSignals(from: $f, to: $t, kind: $k, reason: \"Zelfde dag.\") { link { id direction } } }";
    let given = |from: &str, to: &str, kind: &str| json!({ "f": from, "t": to, "k": kind });
    let made = done(&world, "igj.analyst", link, given(&smell, &leak, "FOLLOWS")).await;
    let again = done(&world, "igj.inspector", link, given(&smell, &leak, "FOLLOWS")).await;
    assert_eq!(made, again, "once is enough");
    let what = "links { nodes { kind direction other { title } organisation { id } reason } }";
    for who in ["ilt.inspector", "igj.case_system"] {
        let near = seen(&world, who, &smell, what).await["links"]["nodes"].clone();
        let far = seen(&world, who, &leak, what).await["links"]["nodes"].clone();
        let expected = |direction: &str, title: &str| {
            json!([{ "kind": "FOLLOWS", "direction": direction, "other": { "title": title },
                "organisation": organisation("igj"), "reason": "Zelfde dag." }])
        };
        assert_eq!(near, expected("FORWARD", "Lek"), "{who}");
        assert_eq!(far, expected("BACKWARD", "Lucht"), "{who}");
    }
    let half = seen(&world, "jenv.inspector", &leak, what).await;
    assert_eq!(half["links"]["nodes"], json!([]), "who sees one end sees no link");
    let one_sided = world
        .refusal("jenv.inspector", "toezicht", link, given(&leak, &smell, "RELATED"))
        .await;
    assert_eq!(one_sided, "NOT_FOUND");
    let itself = world
        .refusal("igj.inspector", "toezicht", link, given(&leak, &leak, "RELATED"))
        .await;
    assert_eq!(itself, "INVALID_INPUT");
    let there = done(&world, "igj.inspector", link, given(&smell, &leak, "SAME_EVENT")).await;
    let back = done(&world, "igj.inspector", link, given(&leak, &smell, "SAME_EVENT")).await;
    assert_eq!(
        there["linkSignals"]["link"]["id"], back["linkSignals"]["link"]["id"],
        "it says the same from either end"
    );

    let unlink = "mutation ($id: ID!) { unlinkSignals(linkId: $id) { link { id } signal { id } } }";
    let of = json!({ "id": made["linkSignals"]["link"]["id"] });
    for who in ["ilt.inspector", "jenv.inspector"] {
        assert_eq!(
            world.refusal(who, "toezicht", unlink, of.clone()).await,
            "NOT_FOUND",
            "{who}"
        );
    }
    done(&world, "igj.inspector", unlink, of).await;
    let left = seen(&world, "ilt.inspector", &leak, "links { nodes { kind } }").await;
    assert_eq!(left["links"]["nodes"], json!([{ "kind": "SAME_EVENT" }]));

    let retract =
        "mutation ($id: ID!) { retractSignal(id: $id, version: 3, reason: \"vergissing\") { signal { id } } }";
    done(&world, "ilt.inspector", retract, json!({ "id": smell })).await;
    let gone = seen(&world, "igj.inspector", &leak, "links { nodes { kind } }").await;
    assert_eq!(gone["links"]["nodes"], json!([]), "in force at commit");
    let owner = seen(&world, "ilt.inspector", &leak, "links { nodes { kind } }").await;
    assert_eq!(owner["links"]["nodes"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn linked_on_sqlite() {
    linked(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn linked_on_postgres() {
    linked(On::Postgres).await;
}

async fn found_by_its_reference(on: On) {
    let world = World::peopled(on).await;
    published(&world, "Lek", &["igj"]).await;
    let find = "query ($r: String!, $o: String) { signalByExternalReference(system: \"stage\", reference: $r, owner: $o) { title } }";
    let by = async |who: &str, reference: &str, owner: Option<&str>| {
        let given = json!({ "r": reference, "o": owner });
        world.data(who, "toezicht", find, given).await["signalByExternalReference"].clone()
    };
    let leak = json!({ "title": "Lek" });
    assert_eq!(by("ilt.case_system", "Lek", None).await, leak);
    assert_eq!(by("igj.inspector", "Lek", Some("ilt")).await, leak);
    assert_eq!(by("igj.inspector", "Lek", Some("jenv")).await, Value::Null);
    assert_eq!(by("igj.inspector", "Anders", None).await, Value::Null);
    assert_eq!(by("nvwa.inspector", "Lek", None).await, Value::Null, "hidden as absent");
    let own = json!({ "title": "Ons lek", "narrative": "x", "category": "chemicals", "severity": "MINOR",
        "observedFrom": "2026-05-30T08:00:00Z", "externalReference": { "system": "stage", "reference": "Lek" } });
    let record = "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { id } } }";
    world
        .data("igj.inspector", "toezicht", record, json!({ "i": own }))
        .await;
    assert_eq!(
        by("igj.inspector", "Lek", None).await,
        json!({ "title": "Ons lek" }),
        "the own one first"
    );
}

#[tokio::test]
async fn found_by_its_reference_on_sqlite() {
    found_by_its_reference(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn found_by_its_reference_on_postgres() {
    found_by_its_reference(On::Postgres).await;
}
