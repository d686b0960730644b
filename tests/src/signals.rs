//! What tests over sockets do with signals: documents, inputs, and the usual steps of a signal's life.

use serde_json::{Value, json};

use crate::caller::Caller;

/// Records a signal.
pub const RECORD: &str = "mutation ($input: SignalInput!) { recordSignal(input: $input) {
    signal { id number version state } warnings { code field message } } }";
/// Edits a signal.
pub const EDIT: &str = "mutation ($id: ID!, $version: Int!, $input: SignalEdit!) {
    editSignal(id: $id, version: $version, input: $input) { signal { version } warnings { code field message } } }";
/// Publishes a signal.
pub const PUBLISH: &str = "mutation ($id: ID!, $version: Int!) {
    publishSignal(id: $id, version: $version) { signal { version state } } }";
/// Labels a signal.
pub const LABEL: &str = "mutation ($id: ID!, $version: Int!, $labels: LabelsInput!) {
    labelSignal(id: $id, version: $version, labels: $labels) { signal { version tlp } } }";
/// Shares a signal.
pub const SHARE: &str = "mutation ($id: ID!, $grant: GrantInput!) {
    shareSignal(id: $id, grant: $grant) { signal { version grants { id to revokedAt } } } }";
/// Ends a grant.
pub const REVOKE: &str = "mutation ($id: ID!) { revokeGrant(grantId: $id) { signal { version } } }";
/// Retracts a signal.
pub const RETRACT: &str = "mutation ($id: ID!, $version: Int!, $reason: String!) {
    retractSignal(id: $id, version: $version, reason: $reason) { signal { version state } } }";
/// Takes a delivery in.
pub const IMPORT: &str = "mutation ($profile: String!, $items: [ImportItem!]!, $dryRun: Boolean) {
    importSignals(profile: $profile, items: $items, dryRun: $dryRun) { created changed unchanged rejected
        results { line outcome id errors { code field message } } } }";

/// A mapping that lets ILT's case system deliver from the system `proef`, shared with IGJ for risk analysis.
pub const MAPPING: &str = r#"
publish = true
[reference]
system = "proef"
column = "id"
[fields]
title = "{titel}"
[[rules]]
when = "always"
tlp = "AMBER"
share = [{ with = "organisation:igj", purpose = "risicoanalyse", legal_basis = "demo-uitwisseling" }]
"#;

/// A party of the demo's story, as clients know it.
pub fn party(key: &str) -> String {
    format!("pty_{}", registry::seed::Noun::Party.id(key).simple())
}

/// A site of the demo's story, as clients know it.
pub fn site(key: &str) -> String {
    format!("sit_{}", registry::seed::Noun::Site.id(key).simple())
}

/// A good signal with a party, a site, a region, and canaries as persons.
pub fn input(title: &str) -> Value {
    json!({
        "title": title, "narrative": "Damp boven het emplacement.", "category": "hazardous-transport",
        "severity": "SERIOUS", "observedFrom": "2026-06-01T08:00:00Z", "place": "Voorbeeldhaven",
        "parties": [party("chemievaart")], "sites": [site("kade-voorbeeldhaven")], "regions": ["VR17"],
        "reporter": { "name": "Canarie Melder", "contact": "canarie@example.nl" },
        "personsInvolved": ["Canarie Betrokkene"]
    })
}

/// A grant to an organisation.
pub fn grant(organisation: &str, purpose: &str) -> Value {
    json!({ "to": { "organisation": organisation }, "purpose": purpose, "legalBasis": "demo-uitwisseling" })
}

/// One item of a delivery by [`MAPPING`].
pub fn item(line: usize, title: &str) -> Value {
    json!({
        "line": line, "publish": true, "grants": [grant("igj", "risicoanalyse")],
        "signal": { "title": title, "narrative": "Geleverd door het zaaksysteem.", "category": "hazardous-transport",
            "severity": "MINOR", "observedFrom": "2026-06-01T08:00:00Z", "parties": [party("chemievaart")],
            "origin": "CASE_SYSTEM", "externalReference": { "system": "proef", "reference": line.to_string() } }
    })
}

/// Records a signal; its id.
pub async fn recorded(caller: &Caller, input: Value) -> String {
    let answer = caller.data(RECORD, json!({ "input": input })).await;
    answer["recordSignal"]["signal"]["id"]
        .as_str()
        .expect("an id")
        .to_owned()
}

/// Records and publishes a signal, its version then 2; its id.
pub async fn published(caller: &Caller, title: &str) -> String {
    let id = recorded(caller, input(title)).await;
    caller.data(PUBLISH, json!({ "id": id, "version": 1 })).await;
    id
}

/// Shares a signal; the id of the newest grant.
pub async fn shared(caller: &Caller, id: &str, grant: Value) -> String {
    let answer = caller.data(SHARE, json!({ "id": id, "grant": grant })).await;
    let grants = answer["shareSignal"]["signal"]["grants"]
        .as_array()
        .expect("grants")
        .clone();
    grants
        .last()
        .and_then(|grant| grant["id"].as_str())
        .expect("a grant")
        .to_owned()
}

/// Has [`MAPPING`] proposed by the case system and approved by the steward; its hash.
pub async fn approved(casesystem: &Caller, steward: &Caller) -> String {
    let propose = "mutation ($mapping: String!) { proposeImportProfile(name: \"proef\", mapping: $mapping) { hash } }";
    let answer = casesystem.data(propose, json!({ "mapping": MAPPING })).await;
    let hash = answer["proposeImportProfile"]["hash"]
        .as_str()
        .expect("a hash")
        .to_owned();
    let approve = "mutation ($hash: String!) { approveImportProfile(hash: $hash) { approvedAt } }";
    steward.data(approve, json!({ "hash": hash })).await;
    hash
}
