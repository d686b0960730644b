//! A party with all that the registry can know of it, made through the API as an inspectorate does.

use serde_json::{Value, json};

use super::Bench;
use crate::caller::Caller;

const REGISTER: &str = "mutation ($i: PartyInput!) { registerParty(input: $i) { party { id } } }";
const EDIT: &str =
    "mutation ($id: ID!, $v: Int!, $i: PartyEdit!) { editParty(id: $id, version: $v, input: $i) { party { id } } }";
const SITE: &str = "mutation ($p: ID!, $i: SiteInput!) { registerSite(partyId: $p, input: $i) { site { id } } }";
const RELATE: &str = "mutation ($i: PartyRelationInput!) { relateParties(input: $i) { id } }";
const LEVEL: &str =
    "mutation ($i: SupervisionLevelInput!) { setSupervisionLevel(input: $i) { supervisionLevel { id } } }";
const HOLDER: &str = "mutation ($i: HolderInput!) { assignHolder(input: $i) { id } }";
const CONTACT: &str = "mutation ($i: PartyContactInput!) { logContact(input: $i) { contact { id } } }";
const KNOWN: &str = "query ($id: ID!) { party(id: $id) { version sites { id } relations { nodes { id } } } }";
const SITES: usize = 5;
const RELATIONS: usize = 5;
const CONTACTS: usize = 5;

/// The largest of the bench's parties, one in the middle and a small one, which ILT keeps.
pub async fn parties(bench: &mut Bench) -> [(&'static str, String); 3] {
    let of = "SELECT 'pty_' || md5('party ' || n) FROM (VALUES (0), (100), (15000)) AS v (n) ORDER BY n";
    let [largest, medium, small]: [String; 3] = bench.behind.texts(of, vec![]).await.try_into().expect("three");
    let parties = [
        ("the largest", largest),
        ("a medium one", medium),
        ("a small one", small),
    ];
    let keep = "INSERT INTO party_custodian SELECT p.id, o.id FROM party p, organisation o
        WHERE p.id = CAST(? AS uuid) AND o.code = 'ilt' ON CONFLICT DO NOTHING";
    for (place, (_, id)) in parties.iter().enumerate() {
        let bare = id.trim_start_matches("pty_").to_owned();
        bench.behind.run(keep, vec![bare.into()]).await;
        complete(bench, id, place).await;
    }
    parties
}

/// Gives a party its numbers, sites, relations, levels, holder and contacts, unless it has them.
async fn complete(bench: &mut Bench, id: &str, place: usize) {
    let url = bench.service("registry");
    let inspector = Caller::at(&url)
        .token(&bench.token("ilt.inspector"))
        .purpose("toezicht");
    let known = inspector.data(KNOWN, json!({ "id": id })).await["party"].take();
    let many = |value: &Value| value.as_array().map_or(0, Vec::len);
    if many(&known["relations"]["nodes"]) >= RELATIONS {
        return;
    }
    let numbers = json!([{ "scheme": "KVK", "value": format!("0009{place:04}") }]);
    let names = json!({ "identifiers": numbers, "tradeNames": ["Proefhandel", "Proefvervoer"] });
    let edit = json!({ "id": id, "v": known["version"], "i": names });
    inspector.data(EDIT, edit).await;
    for number in many(&known["sites"])..SITES {
        let address = json!({ "street": format!("Voorbeeldkade {}", number + 1), "postcode": format!("90{place}{number} AB"), "city": "Nergensland" });
        let site = json!({ "name": format!("Loods {}", number + 1), "address": address, "safetyRegion": "VR17" });
        inspector.data(SITE, json!({ "p": id, "i": site })).await;
    }
    for number in 0..RELATIONS {
        let other = json!({ "kind": "COMPANY", "legalName": format!("Proefdochter {place}{number} B.V."),
            "identifiers": [{ "scheme": "KVK", "value": format!("0008{place:02}{number:02}") }] });
        let other = inspector.data(REGISTER, json!({ "i": other })).await["registerParty"]["party"]["id"].take();
        let relation = json!({ "partyId": id, "role": "CHILD", "otherId": other });
        inspector.data(RELATE, json!({ "i": relation })).await;
    }
    for level in ["IN_DEPTH", "INTENSIVE"] {
        let step = json!({ "party": id, "level": level, "reason": "Meer meldingen dan anders." });
        inspector.data(LEVEL, json!({ "i": step })).await;
    }
    for number in 0..CONTACTS {
        let contact = json!({ "partyId": id, "at": format!("2026-06-0{}T09:00:00Z", number + 1), "kind": "VISIT", "summary": "Rondgang over het terrein." });
        inspector.data(CONTACT, json!({ "i": contact })).await;
    }
    let coordinator = Caller::at(&url)
        .token(&bench.token("ilt.coordinator"))
        .purpose("toezicht");
    let holder = json!({ "account": "ilt.accountholder", "partyId": id, "publicContact": true });
    coordinator.data(HOLDER, json!({ "i": holder })).await;
}
