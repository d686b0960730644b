//! What is there and hidden from IGJ: of each noun one that it may not see.

use serde_json::{Value, json};
use tests::world::{World, id};

use super::Ids;
use crate::covenant;
use crate::revocation::kind::{COVENANT, LEVEL};
use crate::revocation::{Change, Shared, party};

/// What NVWA has with the ILT about a signal that is above IGJ's clearance: a handle, a request, a case.
async fn beyond(world: &World) -> (String, String, String) {
    let text = |value: &Value| value.as_str().expect("an id").to_owned();
    let input = json!({
        "title": "Derde", "narrative": "Gezien.", "category": "chemicals", "severity": "MINOR",
        "observedFrom": "2026-05-30T08:00:00Z", "parties": [party()],
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
        .data("nvwa.inspector", "toezicht", known, json!({ "p": party() }))
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

/// What JenV and the ILT have beside two signals of the ILT that IGJ never saw.
async fn beside(world: &World) -> Ids {
    let apart = [apart(world, "Apart").await, apart(world, "Ook apart").await];
    let [one, other] = &apart;
    let data = async |who: &str, call: &str| {
        let text = format!("mutation ($id: ID!, $other: ID!) {{ {call} }}");
        let text = if call.contains("$other") {
            text
        } else {
            text.replace(", $other: ID!", "")
        };
        world
            .data(who, "toezicht", &text, json!({ "id": one, "other": other }))
            .await
    };
    let steps = [
        (
            "remark",
            "jenv.inspector",
            "addRemark(id: $id, text: \"Bekend.\") { remark { id } }",
        ),
        (
            "link",
            "jenv.inspector",
            "linkSignals(from: $id, to: $other, kind: RELATED) { link { id } }",
        ),
        (
            "evidence",
            "ilt.inspector",
            "addEvidence(id: $id, input: { title: \"Foto\", date: \"2026-05-30\", hash: \"0000000000000000000000000000000000000000000000000000000000000000\" }) { evidence { id } }",
        ),
        (
            "proposal",
            "jenv.inspector",
            "proposeCorrection(id: $id, version: 3, changes: { place: \"Botlek\" }, reason: \"Daar.\") { proposal { id } }",
        ),
    ];
    let mut ids = Ids::new();
    for (noun, who, call) in steps {
        let made = data(who, call).await;
        let payload = made.as_object().expect("an object").values().next().expect("a payload");
        ids.insert(noun, text(&payload[noun]["id"]));
    }
    data("jenv.inspector", "takeUpSignal(id: $id) { warnings { code } }").await;
    let open = "openTriage(signal: $id, participants: [\"jenv\"], question: \"Wie?\") { id }";
    ids.insert("triage", text(&data("ilt.coordinator", open).await["openTriage"]["id"]));
    let inbox = world
        .data("jenv.inspector", "toezicht", "{ inbox { nodes { id } } }", json!({}))
        .await;
    ids.insert("item", text(&inbox["inbox"]["nodes"][0]["id"]));
    ids
}

/// A published signal of the ILT that is shared with JenV alone.
async fn apart(world: &World, title: &str) -> String {
    let input = json!({
        "title": title, "narrative": "Gezien.", "category": "chemicals", "severity": "MINOR",
        "observedFrom": "2026-05-30T08:00:00Z",
    });
    let record = "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { id } } }";
    let made = world
        .data("ilt.inspector", "toezicht", record, json!({ "i": input }))
        .await;
    let signal = text(&made["recordSignal"]["signal"]["id"]);
    for step in [
        "publishSignal(id: $id, version: 1)",
        "shareSignal(id: $id, grant: { to: { organisation: \"jenv\" }, purpose: \"toezicht\", legalBasis: \"demo\" })",
    ] {
        let step = format!("mutation ($id: ID!) {{ {step} {{ warnings {{ code }} }} }}");
        world
            .data("ilt.inspector", "toezicht", &step, json!({ "id": signal }))
            .await;
    }
    signal
}

/// What the ILT and NVWA have in the registry for themselves.
async fn registered(world: &World) -> Ids {
    let mut ids = Ids::new();
    let grant = json!({ "to": { "organisation": "jenv" }, "purpose": "toezicht", "legalBasis": "demo" });
    for (kind, of_grant) in [(&COVENANT, "covenant grant"), (&LEVEL, "level grant")] {
        let record = kind.published(world).await;
        let share = format!(
            "mutation ($id: ID!, $g: GrantInput!) {{ share: share{}(id: $id, grant: $g) {{ {} {{ grants {{ id }} }} }} }}",
            kind.name, kind.field
        );
        let variables = json!({ "id": record, "g": grant });
        let shared = kind.data(world, "ilt.inspector", &share, variables).await;
        ids.insert(of_grant, text(&shared["share"][kind.field]["grants"][0]["id"]));
        ids.insert(kind.table, record);
    }
    let notices = "{ notices(first: 1) { nodes { id } } }";
    let told = covenant::data(world, "jenv.inspector", "toezicht", notices, json!({})).await;
    ids.insert("notice", text(&told["notices"]["nodes"][0]["id"]));
    let log = "mutation ($p: ID!) { logContact(input: { partyId: $p, at: \"2026-05-30T08:00:00Z\", kind: TALK, summary: \"x\" }) { contact { id } } }";
    let made = covenant::data(world, "ilt.inspector", "toezicht", log, json!({ "p": party() })).await;
    ids.insert("contact", text(&made["logContact"]["contact"]["id"]));
    let propose = "mutation { proposeRole(account: \"nvwa.analyst\", role: COORDINATOR) { id } }";
    let made = covenant::data(world, "nvwa.administrator", "toezicht", propose, json!({})).await;
    ids.insert("decision", text(&made["proposeRole"]["id"]));
    ids
}

/// The theme of the shared signal, and a draft that was made from it.
async fn themed(shared: &Shared) -> Ids {
    let theme = &shared.themed.as_ref().expect("a signal has its theme").theme;
    let write = "mutation ($t: ID!) { recordFeedback(theme: $t, input: { title: \"T\", body: \"B\", addressee: { sector: \"20.1\" } }) { feedback { id } } }";
    let made = shared
        .world
        .data("ilt.inspector", "toezicht", write, json!({ "t": theme }))
        .await;
    Ids::from([
        ("theme", theme.clone()),
        ("feedback", text(&made["recordFeedback"]["feedback"]["id"])),
    ])
}

/// An approved import profile of the ILT's.
async fn profile(world: &World) -> String {
    let mapping = "[reference]\nsystem = \"x\"\n";
    let propose = "mutation ($m: String!) { proposeImportProfile(name: \"n\", mapping: $m) { hash } }";
    let made = world
        .data("ilt.case_system", "toezicht", propose, json!({ "m": mapping }))
        .await;
    let hash = text(&made["proposeImportProfile"]["hash"]);
    let approve = "mutation ($h: String!) { approveImportProfile(hash: $h) { hash } }";
    world
        .data("ilt.data_steward", "toezicht", approve, json!({ "h": hash }))
        .await;
    hash
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

/// Ids of what never was; then of a signal that was shared and is no more, one that is a draft, one that is too high,
/// each among all else that is hidden.
pub async fn hidden(shared: &Shared) -> Vec<(&'static str, Ids)> {
    let world = &shared.world;
    let (draft, draft_grant) = another(world, "VERTROUWELIJK", false).await;
    let (high, high_grant) = another(world, "DEPARTEMENTAAL_VERTROUWELIJK", true).await;
    let themed = themed(shared).await;
    shared.change(Change::Revoke).await;
    let mut theirs = Ids::from([("profile", profile(world).await)]);
    theirs.extend(themed);
    let save = "mutation { saveSearch(input: { name: \"n\", filter: {} }) { id } }";
    let colleagues = world.data("igj.analyst", "toezicht", save, json!({})).await;
    theirs.insert("saved search", text(&colleagues["saveSearch"]["id"]));
    let (handle, request, case) = beyond(world).await;
    theirs.extend([("handle", handle), ("request", request), ("case", case)]);
    theirs.extend(beside(world).await);
    theirs.extend(registered(world).await);
    let with = |signal: &str, grant: &str| {
        let own = [("signal", signal.to_owned()), ("grant", grant.to_owned())];
        theirs.clone().into_iter().chain(own).collect::<Ids>()
    };
    let revoked = with(&shared.id, &shared.grant);
    let never = revoked.iter().map(|(noun, id)| (*noun, never(noun, id))).collect();
    vec![
        ("random", never),
        ("revoked", revoked),
        ("draft", with(&draft, &draft_grant)),
        ("too high", with(&high, &high_grant)),
    ]
}

/// An id of the same form that was never given.
fn never(noun: &str, hidden: &str) -> String {
    match noun {
        "profile" => "0".repeat(64),
        // An item is when (8 bytes), which record (16 bytes) and what happened, in letters of six bits.
        "item" | "notice" => {
            let (prefix, digits) = hidden.split_at("ibx_".len());
            format!("{prefix}{}{}{}", &digits[..11], "A".repeat(32 - 11), &digits[32..])
        }
        _ => format!("{}{}", &hidden[..4], id(&format!("never {noun}")).simple()),
    }
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
