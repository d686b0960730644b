//! Everything that takes an id of what may be hidden, each asked by somebody whose role may ask it.

use serde_json::{Value, json};
use tests::world::id;

/// A question about one id.
pub struct Probe {
    /// Whether the registry answers it; the signals service otherwise.
    pub registry: bool,
    /// Who asks.
    pub who: &'static str,
    /// Of which noun the id is, as the stage calls it.
    pub of: &'static str,
    /// The question, with the id as `$id`.
    pub query: String,
    /// Whether asking leaves something of the asker's own behind, such as its mark or its attempt.
    pub leaves: bool,
    /// The variables, of the id.
    pub variables: fn(&str) -> Value,
}

const INSPECTOR: &str = "igj.inspector";
const STEWARD: &str = "igj.data_steward";
const OFFICER: &str = "igj.privacy_officer";
const ADMINISTRATOR: &str = "igj.administrator";
const COORDINATOR: &str = "igj.coordinator";

fn of(of: &'static str, who: &'static str, query: impl Into<String>) -> Probe {
    Probe {
        registry: false,
        who,
        of,
        query: query.into(),
        leaves: false,
        variables: |id| json!({ "id": id }),
    }
}

/// A read of one.
fn read(noun: &'static str, who: &'static str, call: &str) -> Probe {
    of(noun, who, format!("query ($id: ID!) {{ {call} }}"))
}

/// A change, without what it answers when it is done.
fn change(noun: &'static str, who: &'static str, call: &str) -> Probe {
    of(noun, who, format!("mutation ($id: ID!) {{ {call} }}"))
}

/// Everything.
pub fn all() -> Vec<Probe> {
    let registry = |probe: Probe| Probe {
        registry: true,
        ..probe
    };
    let mut all = signals();
    all.extend(entities());
    all.extend(beside());
    all.extend(beyond());
    all.extend(themes());
    all.extend(saved_searches());
    all.extend(profiles());
    all.extend(roots().into_iter().chain(kept()).map(registry));
    all
}

fn signals() -> Vec<Probe> {
    let one = |call: &str| change("signal", INSPECTOR, call);
    vec![
        read(
            "signal",
            INSPECTOR,
            "signal(id: $id) { id title reporter { name } grants { id } }",
        ),
        read(
            "signal",
            INSPECTOR,
            "a: signal(id: $id) { id } b: signal(id: $id) { id }",
        ),
        read(
            "signal",
            INSPECTOR,
            "signal(id: $id) { readBy { nodes { at } } heldSince sharingFrozenSince }",
        ),
        read("signal", "igj.case_system", "signal(id: $id) { id }"),
        read("signal", ADMINISTRATOR, "signal(id: $id) { id }"),
        one("editSignal(id: $id, version: 3, input: { note: \"n\" }) { signal { id } }"),
        one("editSignal(id: $id, version: 99, input: { title: \"\" }) { signal { id } }"),
        one("publishSignal(id: $id, version: 1) { signal { id } }"),
        one("labelSignal(id: $id, version: 3, labels: { tlp: RED }) { signal { id } }"),
        one(
            "shareSignal(id: $id, grant: { to: { organisation: \"igj\" }, purpose: \"toezicht\", legalBasis: \"demo\" }) { signal { id } }",
        ),
        one("shareSignal(id: $id, grant: { to: { organisation: \"geen\" } }) { signal { id } }"),
        one("retractSignal(id: $id, version: 3, reason: \"r\") { signal { id } }"),
        change(
            "signal",
            "igj.analyst",
            "retractSignal(id: $id, version: 3, reason: \"r\") { signal { id } }",
        ),
        one("labelExistence(id: $id, version: 3, existence: { discoverable: HIT }) { signal { id } }"),
        change("grant", INSPECTOR, "revokeGrant(grantId: $id) { signal { id } }"),
        change("grant", STEWARD, "revokeGrant(grantId: $id) { signal { id } }"),
    ]
}

/// By key, as the gateway asks; of several the others are answered.
fn entities() -> Vec<Probe> {
    let ask = |kind: &str, noun, variables| Probe {
        variables,
        ..of(
            noun,
            INSPECTOR,
            format!("query ($r: [_Any!]!) {{ _entities(representations: $r) {{ ... on {kind} {{ id }} }} }}"),
        )
    };
    let registry = |probe| Probe {
        registry: true,
        ..probe
    };
    vec![
        ask(
            "Signal",
            "signal",
            |id| json!({ "r": [{ "__typename": "Signal", "id": id }] }),
        ),
        ask("Signal", "signal", |one| {
            let never = format!("sig_{}", id("nothing").simple());
            json!({ "r": [{ "__typename": "Signal", "id": one }, { "__typename": "Signal", "id": never }] })
        }),
        registry(ask(
            "Covenant",
            "covenant",
            |id| json!({ "r": [{ "__typename": "Covenant", "id": id }] }),
        )),
        registry(ask(
            "SupervisionLevel",
            "supervision_level",
            |id| json!({ "r": [{ "__typename": "SupervisionLevel", "id": id }] }),
        )),
    ]
}

/// What is added beside a signal, and what was added there by others.
fn beside() -> Vec<Probe> {
    let one = |call: &str| change("signal", INSPECTOR, call);
    let judgement = "{ step: JOINT, grounds: [SERIOUSNESS], motivation: \"m\" }";
    let mark = "mutation ($id: ID!) { markRead(items: [$id]) }";
    vec![
        one("confirmSignal(id: $id, input: { kind: SEEN_TOO }) { signal { id } }"),
        change(
            "signal",
            "igj.analyst",
            "addRemark(id: $id, text: \"\") { signal { id } }",
        ),
        one("takeUpSignal(id: $id) { signal { id } }"),
        one("reportOutcome(id: $id, input: { state: MEASURE, handedTo: \"geen\" }) { signal { id } }"),
        one("linkSignals(from: $id, to: $id, kind: RELATED) { signal { id } }"),
        one("markSignalRead(id: $id) { version }"),
        one("addEvidence(id: $id, input: { title: \"Foto\", date: \"2026-05-30\", hash: \"\" }) { signal { id } }"),
        one(
            "proposeCorrection(id: $id, version: 3, changes: { place: \"Botlek\" }, reason: \"Daar.\") { signal { id } }",
        ),
        one("openTriage(signal: $id, participants: [\"ilt\"], question: \"Wie?\") { id }"),
        change("remark", INSPECTOR, "withdrawRemark(remarkId: $id) { signal { id } }"),
        change("link", INSPECTOR, "unlinkSignals(linkId: $id) { signal { id } }"),
        change(
            "evidence",
            INSPECTOR,
            "removeEvidence(evidenceId: $id) { signal { id } }",
        ),
        read("proposal", INSPECTOR, "proposal(id: $id) { id }"),
        change(
            "proposal",
            INSPECTOR,
            "acceptProposal(proposalId: $id, version: 3) { signal { id } }",
        ),
        change(
            "proposal",
            STEWARD,
            "rejectProposal(proposalId: $id, answer: \"Nee.\") { signal { id } }",
        ),
        change(
            "proposal",
            INSPECTOR,
            "withdrawProposal(proposalId: $id) { signal { id } }",
        ),
        read("triage", INSPECTOR, "triage(id: $id) { id question }"),
        change(
            "triage",
            INSPECTOR,
            &format!("giveOpinion(triage: $id, opinion: {judgement}) {{ id }}"),
        ),
        change(
            "triage",
            COORDINATOR,
            &format!("decideTriage(triage: $id, decision: {judgement}) {{ id }}"),
        ),
        // A mark is the asker's own: it is set whether or not there is such an item.
        Probe {
            leaves: true,
            ..of("item", INSPECTOR, mark)
        },
    ]
}

/// What is asked beyond sight.
fn beyond() -> Vec<Probe> {
    let plea = "plea: { purpose: \"toezicht\", legalBasis: \"demo\", reason: \"r\", until: \"2026-07-01\" }";
    let glass = "breakGlass(record: { discovery: $id }, danger: \"d\", reason: \"r\") { case { id } }";
    vec![
        change(
            "signal",
            INSPECTOR,
            &format!("requestOnward(id: $id, to: {{ organisation: \"jenv\" }}, {plea}) {{ id }}"),
        ),
        change(
            "handle",
            INSPECTOR,
            &format!("requestAccess(discovery: $id, {plea}) {{ id }}"),
        ),
        read("request", STEWARD, "accessRequest(id: $id) { id state }"),
        change("request", STEWARD, "approveAccessRequest(id: $id) { id }"),
        change(
            "request",
            STEWARD,
            "declineAccessRequest(id: $id, reason: \"r\") { id }",
        ),
        change("request", INSPECTOR, "withdrawAccessRequest(id: $id) { id }"),
        // An attempt is counted, whatever comes of it.
        Probe {
            leaves: true,
            ..change("handle", INSPECTOR, glass)
        },
        read("case", OFFICER, "breakGlassCase(id: $id) { id number }"),
        change(
            "case",
            OFFICER,
            "reviewBreakGlass(id: $id, justified: true, judgement: \"j\") { id }",
        ),
    ]
}

/// Import profiles go by their hash.
fn profiles() -> Vec<Probe> {
    vec![
        of(
            "profile",
            STEWARD,
            "query ($id: String!) { importProfile(hash: $id) { name } }",
        ),
        of(
            "profile",
            STEWARD,
            "mutation ($id: String!) { approveImportProfile(hash: $id) { hash } }",
        ),
        of(
            "profile",
            "igj.case_system",
            "mutation ($id: String!) { importSignals(profile: $id, items: []) { created } }",
        ),
    ]
}

/// Covenants and supervision levels.
fn roots() -> Vec<Probe> {
    let mut all = vec![
        read("covenant", INSPECTOR, "covenant(id: $id) { id title grants { id } }"),
        change(
            "covenant",
            INSPECTOR,
            "editCovenant(id: $id, version: 3, input: { title: \"\", parties: [], participants: [], starts: \"2026-01-01\", ends: \"2026-12-31\" }) { covenant { id } }",
        ),
        change(
            "covenant",
            INSPECTOR,
            "publishCovenant(id: $id, version: 1) { covenant { id } }",
        ),
        read(
            "supervision_level",
            INSPECTOR,
            "supervisionLevel(id: $id) { id reason grants { id } }",
        ),
    ];
    for (noun, grant, name) in [
        ("covenant", "covenant grant", "Covenant"),
        ("supervision_level", "level grant", "SupervisionLevel"),
    ] {
        let done = "{ warnings { code } }";
        all.extend([
            change(
                noun,
                INSPECTOR,
                &format!("label{name}(id: $id, version: 3, labels: {{ tlp: RED }}) {done}"),
            ),
            change(
                noun,
                STEWARD,
                &format!("share{name}(id: $id, grant: {{ to: {{ organisation: \"geen\" }} }}) {done}"),
            ),
            change(
                noun,
                STEWARD,
                &format!("retract{name}(id: $id, version: 3, reason: \"r\") {done}"),
            ),
            change(grant, STEWARD, &format!("revoke{name}Grant(grantId: $id) {done}")),
            change(
                noun,
                OFFICER,
                &format!("place{name}Hold(kind: FREEZE, id: $id, reason: \"r\") {{ placedAt }}"),
            ),
            change(
                noun,
                OFFICER,
                &format!("lift{name}Hold(kind: HOLD, id: $id, reason: \"r\") {{ placedAt }}"),
            ),
        ]);
    }
    all
}

/// A theme, a draft made from it, and the themes of a signal.
fn themes() -> Vec<Probe> {
    vec![
        read(
            "theme",
            INSPECTOR,
            "theme(id: $id) { id title memberCount members { reason } }",
        ),
        read(
            "signal",
            INSPECTOR,
            "themes(filter: { signal: $id }) { nodes { id } totalCount { exactly } }",
        ),
        change(
            "signal",
            INSPECTOR,
            "nameTheme(title: \"T\", description: \"D\", members: [{ signal: $id }, { signal: \"sig_00000000000000000000000000000000\" }]) { theme { id } }",
        ),
        change(
            "theme",
            INSPECTOR,
            "editTheme(id: $id, version: 99, input: { title: \"\" }) { theme { id } }",
        ),
        change("theme", INSPECTOR, "publishTheme(id: $id, version: 1) { theme { id } }"),
        change(
            "theme",
            STEWARD,
            "endTheme(id: $id, version: 1, reason: \"r\") { theme { id } }",
        ),
        change(
            "theme",
            INSPECTOR,
            "recordFeedback(theme: $id, input: { title: \"T\", body: \"B\", addressee: { sector: \"20.1\" } }) { feedback { id } }",
        ),
        read(
            "theme",
            INSPECTOR,
            "feedbackProducts(filter: { theme: $id }) { nodes { id } totalCount { exactly } }",
        ),
        read(
            "feedback",
            INSPECTOR,
            "feedbackProduct(id: $id) { id title theme { id } }",
        ),
        change(
            "feedback",
            INSPECTOR,
            "editFeedback(id: $id, version: 1, input: { title: \"\" }) { feedback { id } }",
        ),
        change(
            "feedback",
            INSPECTOR,
            "sendFeedback(id: $id, version: 1) { feedback { id } }",
        ),
        change(
            "signal",
            INSPECTOR,
            "shareSignalWithAll(id: $id, grants: [{ to: { organisation: \"igj\" }, purpose: \"toezicht\", legalBasis: \"demo\" }]) { signal { id } }",
        ),
    ]
}

/// A saved search of a colleague.
fn saved_searches() -> Vec<Probe> {
    let one = |call: &str| change("saved search", INSPECTOR, call);
    vec![
        read(
            "saved search",
            INSPECTOR,
            "savedSearch(id: $id) { name newMatchCount { exactly } }",
        ),
        one("changeSavedSearch(id: $id, version: 1, input: { name: \"n\" }) { id }"),
        one("deleteSavedSearch(id: $id, version: 1) { id }"),
        one("undoSavedSearch(id: $id, version: 1) { id }"),
        one("lookAtSavedSearch(id: $id) { id }"),
    ]
}

/// What an organisation keeps for itself: its contact log, what it decides on its own accounts.
fn kept() -> Vec<Probe> {
    vec![
        change(
            "contact",
            INSPECTOR,
            "editContact(id: $id, version: 1, input: { summary: \"z\" }) { contact { id } }",
        ),
        Probe {
            leaves: true,
            ..change("notice", INSPECTOR, "markNoticesRead(notices: [$id])")
        },
        read("decision", ADMINISTRATOR, "decision(id: $id) { id summary }"),
        change("decision", ADMINISTRATOR, "confirmDecision(id: $id) { id }"),
        change(
            "decision",
            ADMINISTRATOR,
            "declineDecision(id: $id, reason: \"nee\") { id }",
        ),
    ]
}
