//! What is hidden answers as what never was: the same bytes, after the same number of statements.

use serde_json::{Value, json};
use tests::eavesdrop::{alone, overhear, runtime, statements};
use tests::world::{On, World, id};

use super::{Change, Shared, shared};

/// Ids that somebody outside cannot tell apart.
struct Ids {
    signal: String,
    grant: String,
    hash: String,
    handle: String,
    request: String,
    case: String,
    search: String,
}

/// What is asked about a signal or a grant.
fn asked(ids: &Ids) -> Vec<(&'static str, &'static str, Value)> {
    let Ids {
        signal,
        grant,
        hash,
        handle,
        request,
        case,
        search,
    } = ids;
    let one = || json!({ "id": signal });
    let keys = json!({ "r": [{ "__typename": "Signal", "id": signal }] });
    let several = json!({ "r": [{ "__typename": "Signal", "id": signal }, { "__typename": "Signal", "id": format!("sig_{}", id("nothing").simple()) }] });
    let inspector = "igj.inspector";
    vec![
        (
            inspector,
            "query ($id: ID!) { signal(id: $id) { id title reporter { name } grants { id } } }",
            one(),
        ),
        (
            inspector,
            "query ($id: ID!) { a: signal(id: $id) { id } b: signal(id: $id) { id } }",
            one(),
        ),
        (
            inspector,
            "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Signal { id title } } }",
            keys,
        ),
        (
            inspector,
            "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Signal { id } } }",
            several,
        ),
        ("igj.case_system", "query ($id: ID!) { signal(id: $id) { id } }", one()),
        (
            inspector,
            "mutation ($id: ID!) { editSignal(id: $id, version: 3, input: { note: \"n\" }) { signal { id } } }",
            one(),
        ),
        (
            inspector,
            "mutation ($id: ID!) { editSignal(id: $id, version: 99, input: { title: \"\" }) { signal { id } } }",
            one(),
        ),
        (
            inspector,
            "mutation ($id: ID!) { publishSignal(id: $id, version: 1) { signal { id } } }",
            one(),
        ),
        (
            inspector,
            "mutation ($id: ID!) { labelSignal(id: $id, version: 3, labels: { tlp: RED }) { signal { id } } }",
            one(),
        ),
        (
            inspector,
            "mutation ($id: ID!) { shareSignal(id: $id, grant: { to: { organisation: \"igj\" }, purpose: \"toezicht\", legalBasis: \"demo\" }) { signal { id } } }",
            one(),
        ),
        (
            inspector,
            "mutation ($id: ID!) { shareSignal(id: $id, grant: { to: { organisation: \"geen\" } }) { signal { id } } }",
            one(),
        ),
        (
            inspector,
            "mutation ($id: ID!) { retractSignal(id: $id, version: 3, reason: \"r\") { signal { id } } }",
            one(),
        ),
        (
            inspector,
            "mutation ($id: ID!) { revokeGrant(grantId: $id) { signal { id } } }",
            json!({ "id": grant }),
        ),
        (
            "igj.data_steward",
            "mutation ($id: ID!) { revokeGrant(grantId: $id) { signal { id } } }",
            json!({ "id": grant }),
        ),
        (
            "igj.data_steward",
            "query ($h: String!) { importProfile(hash: $h) { name } }",
            json!({ "h": hash }),
        ),
        (
            "igj.data_steward",
            "mutation ($h: String!) { approveImportProfile(hash: $h) { hash } }",
            json!({ "h": hash }),
        ),
        (
            "igj.case_system",
            "mutation ($h: String!) { importSignals(profile: $h, items: []) { created } }",
            json!({ "h": hash }),
        ),
        (
            "igj.analyst",
            "mutation ($id: ID!) { retractSignal(id: $id, version: 3, reason: \"r\") { signal { id } } }",
            one(),
        ),
        (
            inspector,
            "mutation ($id: ID!) { confirmSignal(id: $id, input: { kind: SEEN_TOO }) { signal { id } } }",
            one(),
        ),
        (
            "igj.analyst",
            "mutation ($id: ID!) { addRemark(id: $id, text: \"\") { signal { id } } }",
            one(),
        ),
        (
            inspector,
            "mutation ($id: ID!) { takeUpSignal(id: $id) { signal { id } } }",
            one(),
        ),
        (
            inspector,
            "mutation ($id: ID!) { reportOutcome(id: $id, input: { state: MEASURE, handedTo: \"geen\" }) { signal { id } } }",
            one(),
        ),
        (
            inspector,
            "mutation ($id: ID!) { linkSignals(from: $id, to: $id, kind: RELATED) { signal { id } } }",
            one(),
        ),
        (
            "igj.administrator",
            "query ($id: ID!) { signal(id: $id) { id } }",
            one(),
        ),
        (
            inspector,
            "mutation ($id: ID!) { labelExistence(id: $id, version: 3, existence: { discoverable: HIT }) { signal { id } } }",
            one(),
        ),
        (
            inspector,
            "mutation ($id: ID!) { requestOnward(id: $id, to: { organisation: \"jenv\" }, plea: { purpose: \"toezicht\", legalBasis: \"demo\", reason: \"r\", until: \"2026-07-01\" }) { id } }",
            one(),
        ),
        (
            inspector,
            "mutation ($id: ID!) { requestAccess(discovery: $id, plea: { purpose: \"toezicht\", legalBasis: \"demo\", reason: \"r\", until: \"2026-07-01\" }) { id } }",
            json!({ "id": handle }),
        ),
        (
            "igj.data_steward",
            "query ($id: ID!) { accessRequest(id: $id) { id state } }",
            json!({ "id": request }),
        ),
        (
            "igj.data_steward",
            "mutation ($id: ID!) { approveAccessRequest(id: $id) { id } }",
            json!({ "id": request }),
        ),
        (
            "igj.data_steward",
            "mutation ($id: ID!) { declineAccessRequest(id: $id, reason: \"r\") { id } }",
            json!({ "id": request }),
        ),
        (
            inspector,
            "mutation ($id: ID!) { withdrawAccessRequest(id: $id) { id } }",
            json!({ "id": request }),
        ),
        (
            "igj.privacy_officer",
            "query ($id: ID!) { breakGlassCase(id: $id) { id number } }",
            json!({ "id": case }),
        ),
        (
            "igj.privacy_officer",
            "mutation ($id: ID!) { reviewBreakGlass(id: $id, justified: true, judgement: \"j\") { id } }",
            json!({ "id": case }),
        ),
        (
            inspector,
            "query ($id: ID!) { savedSearch(id: $id) { name newMatchCount { exactly } } }",
            json!({ "id": search }),
        ),
        (
            inspector,
            "mutation ($id: ID!) { changeSavedSearch(id: $id, version: 1, input: { name: \"n\" }) { id } }",
            json!({ "id": search }),
        ),
        (
            inspector,
            "mutation ($id: ID!) { deleteSavedSearch(id: $id, version: 1) { id } }",
            json!({ "id": search }),
        ),
        (
            inspector,
            "mutation ($id: ID!) { undoSavedSearch(id: $id, version: 1) { id } }",
            json!({ "id": search }),
        ),
        (
            inspector,
            "mutation ($id: ID!) { lookAtSavedSearch(id: $id) { id } }",
            json!({ "id": search }),
        ),
        (
            inspector,
            "query ($id: ID!) { signal(id: $id) { readBy { nodes { at } } heldSince sharingFrozenSince } }",
            one(),
        ),
    ]
}

/// What NVWA has with the ILT about a signal that is above IGJ's clearance: a handle, a request, a case.
async fn beyond(world: &World) -> (String, String, String) {
    let text = |value: &Value| value.as_str().expect("an id").to_owned();
    let input = json!({
        "title": "Derde", "narrative": "Gezien.", "category": "chemicals", "severity": "MINOR",
        "observedFrom": "2026-05-30T08:00:00Z", "parties": [super::party()],
    });
    let record = "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { id number } } }";
    let made = world
        .data("ilt.inspector", "toezicht", record, json!({ "i": input }))
        .await["recordSignal"]["signal"]
        .take();
    let steps = [
        "publishSignal(id: $id, version: 1) { warnings { code } }",
        "labelExistence(id: $id, version: 2, existence: { discoverable: HIT }) { warnings { code } }",
    ];
    for step in steps {
        let step = format!("mutation ($id: ID!) {{ {step} }}");
        world
            .data("ilt.inspector", "toezicht", &step, json!({ "id": made["id"] }))
            .await;
    }
    let known = "query ($p: ID!) { discoveries(about: { party: $p }) { nodes { id } } }";
    let known = world
        .data("nvwa.inspector", "toezicht", known, json!({ "p": super::party() }))
        .await;
    let handle = text(&known["discoveries"]["nodes"][0]["id"]);
    let ask = "mutation ($d: ID!) { requestAccess(discovery: $d, plea: { purpose: \"toezicht\", legalBasis: \"demo\", reason: \"r\", until: \"2026-07-01\" }) { id } }";
    let asked = world
        .data("nvwa.inspector", "toezicht", ask, json!({ "d": handle }))
        .await;
    let open =
        "mutation ($n: String!) { breakGlass(record: { number: $n }, danger: \"d\", reason: \"r\") { case { id } } }";
    let opened = world
        .data("nvwa.inspector", "toezicht", open, json!({ "n": made["number"] }))
        .await;
    let raise = "mutation ($id: ID!) { labelSignal(id: $id, version: 3, labels: { rank: DEPARTEMENTAAL_VERTROUWELIJK }) { warnings { code } } }";
    world
        .data("ilt.inspector", "toezicht", raise, json!({ "id": made["id"] }))
        .await;
    (
        handle,
        text(&asked["requestAccess"]["id"]),
        text(&opened["breakGlass"]["case"]["id"]),
    )
}

/// A signal that was shared and is no more, one that is a draft, one that is too high, one that never was.
async fn hidden(shared: &Shared) -> Vec<(&'static str, Ids)> {
    let world = &shared.world;
    let mapping = "[reference]\nsystem = \"x\"\n";
    let propose = "mutation ($m: String!) { proposeImportProfile(name: \"n\", mapping: $m) { hash } }";
    let made = world
        .data("ilt.case_system", "toezicht", propose, json!({ "m": mapping }))
        .await;
    let hash = made["proposeImportProfile"]["hash"]
        .as_str()
        .expect("a hash")
        .to_owned();
    let approve = "mutation ($h: String!) { approveImportProfile(hash: $h) { hash } }";
    world
        .data("ilt.data_steward", "toezicht", approve, json!({ "h": hash }))
        .await;
    let (draft, draft_grant) = another(world, "VERTROUWELIJK", false).await;
    let (high, high_grant) = another(world, "DEPARTEMENTAAL_VERTROUWELIJK", true).await;
    shared.change(Change::Revoke).await;
    let theirs = beyond(world).await;
    let save = "mutation { saveSearch(input: { name: \"n\", filter: {} }) { id } }";
    let saved = world.data("igj.analyst", "toezicht", save, json!({})).await;
    let colleagues = saved["saveSearch"]["id"].as_str().expect("an id").to_owned();
    let none = |prefix: &str| format!("{prefix}_{}", id("never").simple());
    let nothing = (none("dsc"), none("req"), none("brk"));
    let ids = |signal: &str, grant: &str, hash: &str| {
        let random = hash.starts_with("00");
        let (handle, request, case) = if random { nothing.clone() } else { theirs.clone() };
        Ids {
            signal: signal.to_owned(),
            grant: grant.to_owned(),
            hash: hash.to_owned(),
            handle,
            request,
            case,
            search: if random { none("sea") } else { colleagues.clone() },
        }
    };
    let (never, no_grant) = (
        format!("sig_{}", id("never").simple()),
        format!("grt_{}", id("no grant").simple()),
    );
    vec![
        ("random", ids(&never, &no_grant, &"0".repeat(64))),
        ("revoked", ids(&shared.signal, &shared.grant, &hash)),
        ("draft", ids(&draft, &draft_grant, &hash)),
        ("too high", ids(&high, &high_grant, &hash)),
    ]
}

async fn another(world: &World, rank: &str, publish: bool) -> (String, String) {
    let input = json!({
        "title": "Nog een", "narrative": "Gezien.", "category": "chemicals", "severity": "MINOR",
        "observedFrom": "2026-05-30T08:00:00Z", "labels": { "rank": rank },
    });
    let record = "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { id } } }";
    let made = world
        .data("ilt.inspector", "toezicht", record, json!({ "i": input }))
        .await;
    let signal = made["recordSignal"]["signal"]["id"].as_str().expect("an id").to_owned();
    let share = "mutation ($id: ID!) { shareSignal(id: $id, grant: { to: { organisation: \"igj\" }, purpose: \"toezicht\", legalBasis: \"demo\" }) { signal { grants { id } } } }";
    let made = world
        .data("ilt.inspector", "toezicht", share, json!({ "id": signal }))
        .await;
    let grant = made["shareSignal"]["signal"]["grants"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    if publish {
        let publish = "mutation ($id: ID!) { publishSignal(id: $id, version: 2) { warnings { code } } }";
        world
            .data("ilt.inspector", "toezicht", publish, json!({ "id": signal }))
            .await;
    }
    (signal, grant)
}

fn alike(on: On) {
    let runtime = runtime();
    let (shared, hidden) = runtime.block_on(async {
        let shared = shared(on, Change::Revoke).await;
        let hidden = hidden(&shared).await;
        (shared, hidden)
    });
    let before = runtime.block_on(shared.world.everything());
    let ask = |who: &str, query: &str, variables: &Value| {
        let question = async { shared.world.ask(who, "toezicht", query, variables.clone()).await };
        let (answer, heard) = overhear(&runtime, question);
        (answer.to_string(), statements(&heard))
    };
    let mut asked_of: Vec<Vec<(&str, &str, Value)>> = hidden.iter().map(|(_, ids)| asked(ids)).collect();
    let of_random = asked_of.remove(0);
    for (place, (who, query, variables)) in of_random.iter().enumerate() {
        // Once before, so that connections and prepared statements are there.
        ask(who, query, variables);
        let (absent, statements) = ask(who, query, variables);
        assert!(statements > 0, "statements are counted");
        for ((name, _), others) in hidden[1..].iter().zip(&asked_of) {
            let (_, _, variables) = &others[place];
            let (answer, count) = ask(who, query, variables);
            assert_eq!(answer, absent, "{on:?}, {name}: {query}");
            assert_eq!(count, statements, "{on:?}, {name}: statements of {query}");
        }
    }
    assert_eq!(
        runtime.block_on(shared.world.everything()),
        before,
        "nothing was changed by asking"
    );
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
