//! Everything that can be asked of both services and is protected.

use serde_json::{Value, json};
use tests::world::{World, id};

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    Signals,
    Registry,
}

/// A request.
#[derive(Clone, Debug)]
pub struct Asked {
    pub service: Service,
    pub who: String,
    pub purpose: String,
    pub query: String,
    pub variables: Value,
    /// Whether it changes something.
    pub changes: bool,
    /// Whether it shows or changes a record, and so has a line of what was done.
    pub touches: bool,
    /// The code with which it is refused when all is well.
    pub refused: Option<&'static str>,
}

/// What the requests are about.
pub struct Things {
    /// A draft.
    pub draft: String,
    /// A published signal, shared with IGJ.
    pub published: String,
    /// Its grant.
    pub grant: String,
    /// A published signal that is changed while all is well.
    pub touched: String,
    /// The hash of an approved profile.
    pub profile: String,
    /// The hash of one that waits.
    pub waiting: String,
}

/// A signal's input.
pub fn input(name: &str) -> Value {
    json!({
        "title": format!("Proefstuk {name}"), "narrative": "Damp boven het emplacement.", "category": "chemicals",
        "severity": "SERIOUS", "observedFrom": "2026-05-30T08:00:00Z", "parties": [party()],
        "externalReference": { "system": "stage", "reference": name }, "reporter": { "name": "Canarie Melder" },
    })
}

/// The world's party.
pub fn party() -> String {
    format!("pty_{}", id("party").simple())
}

const MAPPING: &str = "[reference]\nsystem = \"stage\"\n[fields]\nreporter_name = \"x\"\n";

impl Things {
    /// Makes them.
    pub async fn set(world: &World) -> Self {
        super::parties::set(world).await;
        let (draft, published, touched) = (
            record(world, "draft").await,
            record(world, "published").await,
            record(world, "touched").await,
        );
        let publish = "mutation ($id: ID!) { publishSignal(id: $id, version: 1) { warnings { code } } }";
        world
            .data("ilt.inspector", "toezicht", publish, json!({ "id": published }))
            .await;
        world
            .data("ilt.inspector", "toezicht", publish, json!({ "id": touched }))
            .await;
        let share = "mutation ($id: ID!) { shareSignal(id: $id, grant: { to: { organisation: \"igj\" }, purpose: \"toezicht\", legalBasis: \"demo\" }) { signal { grants { id } } } }";
        let shared = world
            .data("ilt.inspector", "toezicht", share, json!({ "id": published }))
            .await;
        let grant = text(&shared["shareSignal"]["signal"]["grants"][0]["id"]);
        let (profile, waiting) = (
            propose(world, MAPPING).await,
            propose(world, &format!("{MAPPING}# waits\n")).await,
        );
        let approve = "mutation ($h: String!) { approveImportProfile(hash: $h) { hash } }";
        world
            .data("ilt.data_steward", "toezicht", approve, json!({ "h": profile }))
            .await;
        Self {
            draft,
            published,
            grant,
            touched,
            profile,
            waiting,
        }
    }
}

async fn record(world: &World, name: &str) -> String {
    let record = "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { id } } }";
    let made = world
        .data("ilt.inspector", "toezicht", record, json!({ "i": input(name) }))
        .await;
    text(&made["recordSignal"]["signal"]["id"])
}

async fn propose(world: &World, mapping: &str) -> String {
    let propose = "mutation ($m: String!) { proposeImportProfile(name: \"proef\", mapping: $m) { hash } }";
    let made = world
        .data("ilt.case_system", "toezicht", propose, json!({ "m": mapping }))
        .await;
    text(&made["proposeImportProfile"]["hash"])
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

/// A request under `toezicht` that shows no record.
pub fn asked(service: Service, who: &str, query: impl Into<String>, variables: Value) -> Asked {
    let query = query.into();
    let changes = query.starts_with("mutation");
    Asked {
        service,
        who: who.to_owned(),
        purpose: "toezicht".to_owned(),
        query,
        variables,
        changes,
        touches: false,
        refused: None,
    }
}

/// Everything protected that can be asked, each so that it is answered or done when all is well.
pub fn everything(things: &Things) -> Vec<Asked> {
    let mut all = reads(things);
    all.extend(changes(things));
    all.extend(refusals(things));
    all.extend(registry());
    all.extend(super::joining::everything());
    all.extend(super::parties::everything());
    all
}

fn reads(things: &Things) -> Vec<Asked> {
    let signal = |query: &str| Asked {
        touches: true,
        ..asked(
            Service::Signals,
            "igj.inspector",
            query,
            json!({ "id": things.published }),
        )
    };
    let entity = json!({ "r": [{ "__typename": "Signal", "id": things.published }] });
    let about = json!({ "r": [{ "__typename": "SupervisedParty", "id": party() }] });
    let entities =
        |inner: &str| format!("query ($r: [_Any!]!) {{ _entities(representations: $r) {{ ... on {inner} }} }}");
    let entity = asked(Service::Signals, "igj.inspector", entities("Signal { title }"), entity);
    let about = asked(
        Service::Signals,
        "igj.inspector",
        entities("SupervisedParty { signals { nodes { title } } }"),
        about,
    );
    vec![
        signal("query ($id: ID!) { signal(id: $id) { title reporter { name } personsInvolved } }"),
        Asked {
            touches: true,
            ..asked(
                Service::Signals,
                "igj.analyst",
                "{ signals { nodes { title } } }",
                json!({}),
            )
        },
        // A page is read whether or not its signals are asked for.
        signal("{ signals { totalCount { exactly } alsoUnder } }"),
        asked(
            Service::Signals,
            "nvwa.analyst",
            "{ signals { nodes { title } } }",
            json!({}),
        ),
        Asked {
            touches: true,
            ..entity
        },
        Asked { touches: true, ..about },
        asked(
            Service::Signals,
            "ilt.data_steward",
            "{ importProfiles { name } }",
            json!({}),
        ),
        asked(
            Service::Signals,
            "ilt.data_steward",
            "query ($h: String!) { importProfile(hash: $h) { name } }",
            json!({ "h": things.profile }),
        ),
    ]
}

fn changes(things: &Things) -> Vec<Asked> {
    let change = |who: &str, call: &str, variables: Value, declared: &str| Asked {
        touches: true,
        ..asked(
            Service::Signals,
            who,
            format!("mutation ({declared}) {{ {call} }}"),
            variables,
        )
    };
    let own = |call: &str| change("ilt.inspector", call, json!({ "id": things.published }), "$id: ID!");
    let item = |name: &str| json!({ "p": things.profile, "i": [{ "line": 1, "signal": input(name), "grants": [] }] });
    let import = "importSignals(profile: $p, items: $i) { created }";
    let dry = "importSignals(profile: $p, items: $i, dryRun: true) { created }";
    let declared = "$p: String!, $i: [ImportItem!]!";
    let mapping = json!({ "m": format!("{MAPPING}# new\n") });
    vec![
        change(
            "ilt.inspector",
            "recordSignal(input: $i) { signal { id } }",
            json!({ "i": input("new") }),
            "$i: SignalInput!",
        ),
        own("editSignal(id: $id, version: 3, input: { note: \"x\" }) { signal { id } }"),
        change(
            "ilt.inspector",
            "publishSignal(id: $id, version: 1) { signal { id } }",
            json!({ "id": things.draft }),
            "$id: ID!",
        ),
        own("labelSignal(id: $id, version: 3, labels: { tlp: RED }) { signal { id } }"),
        own(
            "shareSignal(id: $id, grant: { to: { organisation: \"nvwa\" }, purpose: \"toezicht\", legalBasis: \"demo\" }) { signal { id } }",
        ),
        change(
            "ilt.inspector",
            "revokeGrant(grantId: $id) { signal { id } }",
            json!({ "id": things.grant }),
            "$id: ID!",
        ),
        own("retractSignal(id: $id, version: 3, reason: \"proef\") { signal { id } }"),
        change("ilt.case_system", import, item("imported"), declared),
        Asked {
            touches: false,
            ..change("ilt.case_system", dry, item("dry"), declared)
        },
        Asked {
            touches: false,
            ..change(
                "ilt.case_system",
                "proposeImportProfile(name: \"n\", mapping: $m) { hash }",
                mapping,
                "$m: String!",
            )
        },
        Asked {
            touches: false,
            ..change(
                "ilt.data_steward",
                "approveImportProfile(hash: $h) { hash }",
                json!({ "h": things.waiting }),
                "$h: String!",
            )
        },
    ]
}

/// A refusal is an answer too: who asked in vain is logged.
fn refusals(things: &Things) -> Vec<Asked> {
    let read = "{ signals { nodes { id } } }";
    let refused = |who: &str, purpose: &str, query: &str, code| Asked {
        purpose: purpose.to_owned(),
        refused: Some(code),
        ..asked(Service::Signals, who, query, json!({ "id": things.published }))
    };
    let publish = "mutation ($id: ID!) { publishSignal(id: $id, version: 1) { signal { id } } }";
    vec![
        refused("ilt.administrator", "toezicht", read, "FORBIDDEN"),
        refused("ilt.inspector", "", read, "PURPOSE_REQUIRED"),
        refused("ilt.inspector", "onbekend", read, "PURPOSE_UNKNOWN"),
        refused("ilt.nobody", "toezicht", read, "ACCOUNT_UNKNOWN"),
        refused("nvwa.inspector", "toezicht", publish, "NOT_FOUND"),
    ]
}

fn registry() -> Vec<Asked> {
    let site = format!("sit_{}", id("site").simple());
    let organisation = format!("org_{}", id("ilt").simple());
    let circle = format!("cir_{}", id("circle cmj").simple());
    let keys = json!({ "r": [
        { "__typename": "SupervisedParty", "id": party() }, { "__typename": "Site", "id": site },
        { "__typename": "Organisation", "id": organisation }, { "__typename": "Circle", "id": circle },
        { "__typename": "SafetyRegion", "code": "VR17" }, { "__typename": "Category", "code": "chemicals" } ] });
    let entities = "query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }";
    let queries = [
        "{ organisations { code } }".to_owned(),
        "{ organisation(code: \"ilt\") { code } }".to_owned(),
        "{ circles { code } }".to_owned(),
        "{ circle(code: \"cmj\") { code } }".to_owned(),
        "{ legalBases { code } }".to_owned(),
        "{ safetyRegions { code } }".to_owned(),
        "{ domains { code } }".to_owned(),
        "{ categories { code } }".to_owned(),
        format!("{{ party(id: \"{}\") {{ legalName }} }}", party()),
        "{ parties(name: \"chemie\") { nodes { legalName } } }".to_owned(),
        format!("{{ site(id: \"{site}\") {{ name }} }}"),
    ];
    let asked = |query: String| asked(Service::Registry, "igj.inspector", query, json!({}));
    let entities = Asked {
        variables: keys,
        ..asked(entities.to_owned())
    };
    queries.into_iter().map(asked).chain([entities]).collect()
}
