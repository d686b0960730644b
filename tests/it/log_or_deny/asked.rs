//! Everything that can be asked of both services and is protected.

use serde_json::{Value, json};
use tests::world::{World, id};

use super::beyond::Beyond;

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
    /// What is beyond sight.
    pub beyond: Beyond,
    /// Saved searches.
    pub searches: super::inbox::Searches,
    /// A decision that an administrator of the ILT may confirm.
    pub decision: String,
    /// A party that the ILT keeps.
    pub kept: String,
    /// Its site.
    pub site: String,
    /// Covenants and supervision levels.
    pub roots: super::roots::Roots,
    /// A relation of it.
    pub relation: String,
    /// A mandate of the ILT.
    pub mandate: String,
    /// An account holder of it.
    pub holder: String,
    /// A contact with it.
    pub contact: String,
    /// Themes over the published signals.
    pub told: super::themes::Told,
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
        let beyond = Beyond::set(world).await;
        let (kept, site, relation) = keep(world).await;
        let mandate = mandate(world).await;
        let (holder, contact) = hold(world, &kept).await;
        let told = super::themes::Told::set(world, [&published, &touched]).await;
        Self {
            draft,
            published,
            grant,
            touched,
            profile,
            waiting,
            beyond,
            searches: super::inbox::Searches::set(world).await,
            decision: super::joining::waiting(world).await,
            kept,
            site,
            roots: super::roots::Roots::set(world).await,
            relation,
            mandate,
            holder,
            contact,
            told,
        }
    }
}

/// A party with its site, registered by the ILT.
async fn keep(world: &World) -> (String, String, String) {
    let register = "mutation { registerParty(input: { kind: COMPANY, legalName: \"Fictief B.V.\" }) { party { id } } }";
    let made = answered(world, register, json!({})).await;
    let kept = text(&made["registerParty"]["party"]["id"]);
    let site = "mutation ($p: ID!) { registerSite(partyId: $p, input: { name: \"Loods\" }) { site { id } } }";
    let made = answered(world, site, json!({ "p": kept })).await;
    let site = text(&made["registerSite"]["site"]["id"]);
    let relate =
        "mutation ($p: ID!, $o: ID!) { relateParties(input: { partyId: $p, role: OPERATED, otherId: $o }) { id } }";
    let made = answered(world, relate, json!({ "p": kept, "o": party() })).await;
    (kept, site, text(&made["relateParties"]["id"]))
}

/// An account holder of a party, and a contact with it.
async fn hold(world: &World, kept: &str) -> (String, String) {
    let assign = "mutation ($p: ID!) { assignHolder(input: { account: \"ilt.account_holder\", partyId: $p }) { id } }";
    let reply = world
        .ask_registry("ilt.coordinator", "toezicht", assign, &json!({ "p": kept }))
        .await;
    let made = serde_json::to_value(reply.response).expect("an answer is JSON");
    let log = "mutation ($p: ID!) { logContact(input: { partyId: $p, at: \"2026-05-30T08:00:00Z\", kind: TALK, summary: \"x\" }) { contact { id } } }";
    let logged = answered(world, log, json!({ "p": kept })).await;
    (
        text(&made["data"]["assignHolder"]["id"]),
        text(&logged["logContact"]["contact"]["id"]),
    )
}

/// A mandate of the ILT.
async fn mandate(world: &World) -> String {
    world
        .run(
            "INSERT INTO law VALUES ('demo', 'Wet', 'Act', ?, 'test')",
            vec![true.into()],
        )
        .await;
    let register = "mutation { registerMandate(input: { law: \"demo\", legalSource: \"x\" }) { id } }";
    let reply = world
        .ask_registry("ilt.administrator", "toezicht", register, &json!({}))
        .await;
    let made = serde_json::to_value(reply.response).expect("an answer is JSON");
    text(&made["data"]["registerMandate"]["id"])
}

async fn answered(world: &World, query: &str, variables: Value) -> Value {
    let reply = world.ask_registry("ilt.inspector", "toezicht", query, &variables).await;
    let answer = serde_json::to_value(reply.response).expect("an answer is JSON");
    assert!(answer.get("errors").is_none(), "{answer}");
    answer["data"].clone()
}

/// Records a signal; its id.
pub async fn record(world: &World, name: &str) -> String {
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

/// A text of an answer.
pub fn text(value: &Value) -> String {
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
    all.extend(super::joining::everything(things));
    all.extend(changes_of_registry(things));
    all.extend(super::inbox::everything(&things.searches));
    all.extend(super::beyond::everything(things));
    all.extend(super::retention::everything(things));
    all.extend(things.roots.everything());
    all.extend(super::triage::everything(things));
    all.extend(super::parties::everything());
    all.extend(super::themes::everything(things));
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
        // A count names no record; its line says what was counted.
        signal("{ signalCounts(by: [CATEGORY, PARTY]) { total { exactly } breakdowns { buckets { key } } } }"),
        signal("{ signalTrend(per: YEAR) { total { exactly } } }"),
        signal("{ signalByExternalReference(system: \"stage\", reference: \"published\") { title } }"),
        signal(
            "query ($id: ID!) { signal(id: $id) { confirmations { nodes { id } } remarks { nodes { id } } followUps { nodes { id } } links { nodes { id } } evidence { nodes { id } }
             versions { nodes { version } } changedSince(version: 2) { field } changedSinceIRead { version } proposals { nodes { id } } } }",
        ),
        asked(Service::Signals, "igj.inspector", "{ proposals { nodes { id } } }", json!({})),
        asked(
            Service::Signals,
            "igj.inspector",
            "query ($id: ID!) { proposal(id: $id) { id } }",
            nothing("prp"),
        ),
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
        Asked {
            touches: true,
            ..asked(
                Service::Signals,
                "ilt.inspector",
                "{ changes { nodes { id signal { title } } cursor } }",
                json!({}),
            )
        },
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
    let igj = |call: &str| change("igj.inspector", call, json!({ "id": things.published }), "$id: ID!");
    let item = |name: &str| json!({ "p": things.profile, "i": [{ "line": 1, "signal": input(name), "grants": [] }] });
    let import = "importSignals(profile: $p, items: $i) { created }";
    let dry = "importSignals(profile: $p, items: $i, dryRun: true) { created }";
    let upsert = "upsertSignals(profile: $p, items: $i, idempotencyKey: \"log\") { created }";
    let declared = "$p: String!, $i: [ImportItem!]!";
    let mapping = json!({ "m": format!("{MAPPING}# new\n") });
    vec![
        change(
            "ilt.inspector",
            "recordSignal(input: $i) { signal { id } }",
            json!({ "i": input("new") }),
            "$i: SignalInput!",
        ),
        igj("confirmSignal(id: $id, input: { kind: SEEN_TOO }) { signal { id } }"),
        igj("addRemark(id: $id, text: \"Bekend.\") { signal { id } }"),
        igj("addRemark(id: $id, text: \"Voor ons.\", audience: OWN_INSPECTORATE) { signal { id } }"),
        igj("takeUpSignal(id: $id) { signal { id } }"),
        igj("markSignalRead(id: $id) { version }"),
        igj(
            "proposeCorrection(id: $id, version: 3, changes: { place: \"Botlek\" }, reason: \"Daar.\") { signal { id } }",
        ),
        own(
            "addEvidence(id: $id, input: { title: \"Foto\", date: \"2026-05-30\", hash: \"0000000000000000000000000000000000000000000000000000000000000000\" }) { signal { id } }",
        ),
        igj("reportOutcome(id: $id, input: { state: MEASURE, ownerOnly: true }) { signal { id } }"),
        change(
            "ilt.inspector",
            "linkSignals(from: $id, to: $other, kind: RELATED) { signal { id } }",
            json!({ "id": things.published, "other": things.touched }),
            "$id: ID!, $other: ID!",
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
        own(
            "shareSignalWithAll(id: $id, grants: [{ to: { organisation: \"nvwa\" }, purpose: \"toezicht\", legalBasis: \"demo\" }]) { signal { id } }",
        ),
        change(
            "ilt.inspector",
            "revokeGrant(grantId: $id) { signal { id } }",
            json!({ "id": things.grant }),
            "$id: ID!",
        ),
        own("retractSignal(id: $id, version: 3, reason: \"proef\") { signal { id } }"),
        change("ilt.case_system", import, item("imported"), declared),
        change("ilt.case_system", upsert, item("upserted"), declared),
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
        Asked {
            variables: nothing("rmk"),
            ..refused(
                "igj.inspector",
                "toezicht",
                "mutation ($id: ID!) { withdrawRemark(remarkId: $id) { signal { id } } }",
                "NOT_FOUND",
            )
        },
        Asked {
            variables: nothing("evd"),
            ..refused(
                "ilt.inspector",
                "toezicht",
                "mutation ($id: ID!) { removeEvidence(evidenceId: $id) { signal { id } } }",
                "NOT_FOUND",
            )
        },
        Asked {
            variables: nothing("prp"),
            ..refused(
                "ilt.inspector",
                "toezicht",
                "mutation ($id: ID!) { acceptProposal(proposalId: $id, version: 1) { signal { id } } }",
                "NOT_FOUND",
            )
        },
        Asked {
            variables: nothing("prp"),
            ..refused(
                "ilt.inspector",
                "toezicht",
                "mutation ($id: ID!) { rejectProposal(proposalId: $id, answer: \"Nee.\") { signal { id } } }",
                "NOT_FOUND",
            )
        },
        Asked {
            variables: nothing("prp"),
            ..refused(
                "igj.inspector",
                "toezicht",
                "mutation ($id: ID!) { withdrawProposal(proposalId: $id) { signal { id } } }",
                "NOT_FOUND",
            )
        },
        Asked {
            variables: nothing("lnk"),
            ..refused(
                "igj.inspector",
                "toezicht",
                "mutation ($id: ID!) { unlinkSignals(linkId: $id) { signal { id } } }",
                "NOT_FOUND",
            )
        },
    ]
}

/// An id of nothing.
fn nothing(prefix: &str) -> Value {
    json!({ "id": format!("{prefix}_{}", id("nothing").simple()) })
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
        "{ sectors { nodes { code } } }".to_owned(),
        "{ laws { code } }".to_owned(),
        "{ mandates { nodes { id } } }".to_owned(),
        "{ sector(code: \"50\") { code } }".to_owned(),
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

fn changes_of_registry(things: &Things) -> Vec<Asked> {
    let change = |who: &str, call: &str, declared: &str, variables: Value| Asked {
        touches: true,
        ..asked(
            Service::Registry,
            who,
            format!("mutation {declared} {{ {call} }}"),
            variables,
        )
    };
    let register = "registerParty(input: { kind: SHIP, legalName: \"Proefschip\" }) { party { id } }";
    vec![
        change("ilt.inspector", register, "", json!({})),
        change(
            "ilt.inspector",
            "editParty(id: $id, version: 1, input: { legalName: \"Anders\" }) { party { id } }",
            "($id: ID!)",
            json!({ "id": things.kept }),
        ),
        change(
            "ilt.inspector",
            "registerSite(partyId: $id, input: { name: \"Steiger\" }) { site { id } }",
            "($id: ID!)",
            json!({ "id": things.kept }),
        ),
        change(
            "ilt.inspector",
            "relateParties(input: { partyId: $id, role: PARENT, otherId: $other }) { id }",
            "($id: ID!, $other: ID!)",
            json!({ "id": things.kept, "other": party() }),
        ),
        change(
            "ilt.coordinator",
            "assignHolder(input: { account: \"ilt.inspector\", partyId: $id }) { id }",
            "($id: ID!)",
            json!({ "id": things.kept }),
        ),
        change(
            "ilt.coordinator",
            "endHolder(id: $id) { id }",
            "($id: ID!)",
            json!({ "id": things.holder }),
        ),
        change(
            "ilt.inspector",
            "logContact(input: { partyId: $id, at: \"2026-05-30T08:00:00Z\", kind: MAIL, summary: \"y\" }) { contact { id } }",
            "($id: ID!)",
            json!({ "id": things.kept }),
        ),
        change(
            "ilt.inspector",
            "editContact(id: $id, version: 1, input: { summary: \"z\" }) { contact { id } }",
            "($id: ID!)",
            json!({ "id": things.contact }),
        ),
        change(
            "ilt.administrator",
            "registerMandate(input: { law: \"demo\", legalSource: \"y\" }) { id }",
            "",
            json!({}),
        ),
        change(
            "ilt.administrator",
            "endMandate(id: $id, version: 1) { id }",
            "($id: ID!)",
            json!({ "id": things.mandate }),
        ),
        change(
            "ilt.inspector",
            "endRelation(id: $id) { id }",
            "($id: ID!)",
            json!({ "id": things.relation }),
        ),
        change(
            "ilt.administrator",
            "importSectors(source: \"proef\", sectors: [{ code: \"X\", name: \"x\", nameEn: \"x\" }]) { created }",
            "",
            json!({}),
        ),
        change(
            "ilt.inspector",
            "editSite(id: $id, version: 1, input: { name: \"Kade\" }) { site { id } }",
            "($id: ID!)",
            json!({ "id": things.site }),
        ),
    ]
}
