//! Parties and sites as inspectorates register and change them: the matrix, and their life on both databases.

mod person;
mod relations;
mod sectors;

use serde_json::{Value, json};
use tests::matrix::{Cell, Matrix, Words};
use tests::service::code;
use tests::world::{On, World, id};

const WORDS: Words = Words {
    relations: &["custodian", "other", "anonymous", "suspended"],
    operations: &[
        "read_parties",
        "read_names",
        "register_party",
        "edit_party",
        "register_site",
        "edit_site",
        "relate_parties",
        "end_relation",
        "read_sectors",
        "import_sectors",
    ],
    records: &["open", "person"],
};

const REGISTER: &str =
    "mutation ($i: PartyInput!) { registerParty(input: $i) { alreadyRegistered warnings { code field }
    party { id version kind legalName tradeNames kept publicTask delegatingAuthority safetyManagementSystem
            identifiers { scheme value } safetyRegion { code party { legalName } } maskedFields { field reason } } } }";
const EDIT: &str = "mutation ($id: ID!, $v: Int!, $i: PartyEdit!) { editParty(id: $id, version: $v, input: $i) {
    party { version legalName tradeNames identifiers { value } publicTask safetyManagementSystem } warnings { field } } }";
const SITE: &str = "mutation ($p: ID!, $i: SiteInput!) { registerSite(partyId: $p, input: $i) { alreadyRegistered
    site { id version name bagId address { street postcode city } coordinates { latitude } identifiers { value }
           safetyRegion { code } maskedFields { field reason } } } }";
const EDIT_SITE: &str = "mutation ($id: ID!, $v: Int!, $i: SiteEdit!) { editSite(id: $id, version: $v, input: $i) {
    site { version name bagId address { street } safetyRegion { code } } } }";
const RELATE: &str =
    "mutation ($i: PartyRelationInput!) { relateParties(input: $i) { id role starts ends party { id } } }";
const END: &str = "mutation ($id: ID!, $e: Date) { endRelation(id: $id, ends: $e) { id ends } }";
const SECTORS: &str =
    "mutation ($s: [SectorInput!]!) { importSectors(source: \"proef\", sectors: $s) { created changed unchanged } }";
const SEE: &str = "query ($id: ID!) { party(id: $id) { legalName tradeNames version kept maskedFields { field reason }
    sites { id name bagId maskedFields { field reason } } } }";

async fn ask(world: &World, who: &str, query: &str, variables: Value) -> Value {
    let reply = world.ask_registry(who, "toezicht", query, &variables).await;
    serde_json::to_value(reply.response).expect("an answer is JSON")
}

async fn data(world: &World, who: &str, query: &str, variables: Value) -> Value {
    let mut answer = ask(world, who, query, variables).await;
    assert!(answer.get("errors").is_none(), "{who}: {answer:#}");
    answer["data"].take()
}

async fn refusal(world: &World, who: &str, query: &str, variables: Value) -> (String, String) {
    let answer = ask(world, who, query, variables).await;
    let error = &answer["errors"][0]["extensions"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    assert!(!error.is_null(), "{who} was not refused: {answer:#}");
    (text(&error["code"]), text(&error["field"]))
}

fn company(kvk: &str) -> Value {
    json!({ "kind": "COMPANY", "legalName": format!("Fictief {kvk} B.V."), "tradeNames": ["Handel", "Andere handel"],
        "identifiers": [{ "scheme": "KVK", "value": kvk }] })
}

fn trader(kvk: &str, name: &str) -> Value {
    json!({ "kind": "SOLE_TRADER", "legalName": name, "tradeNames": [format!("Handel {name}")],
        "identifiers": [{ "scheme": "KVK", "value": kvk }] })
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

async fn registered(world: &World, who: &str, input: Value) -> String {
    let made = data(world, who, REGISTER, json!({ "i": input })).await;
    text(&made["registerParty"]["party"]["id"])
}

async fn version(world: &World, id: &str) -> Value {
    let query = "query ($id: ID!) { party(id: $id) { version } }";
    data(world, "ilt.inspector", query, json!({ "id": id })).await["party"]["version"].clone()
}

fn sector(code: &str, parent: Option<&str>) -> Value {
    json!({ "code": code, "name": format!("Bedrijfstak {code}"), "nameEn": format!("Sector {code}"), "parent": parent })
}

struct Stage {
    world: World,
    /// An open party and a person, each with a site.
    parties: [(String, String); 2],
}

impl Stage {
    async fn set(on: On) -> Self {
        let world = World::peopled(on).await;
        let mut parties = Vec::new();
        for input in [company("00009801"), trader("00009802", "Kanarie Doe")] {
            let party = registered(&world, "ilt.inspector", input).await;
            let site = json!({ "p": party, "i": { "name": "Loods" } });
            let made = data(&world, "ilt.inspector", SITE, site).await;
            parties.push((party, text(&made["registerSite"]["site"]["id"])));
        }
        let suspend = "UPDATE account SET suspended_at = 0 WHERE organisation_id = ?";
        world.run(suspend, vec![id("jenv").into()]).await;
        let parties = parties.try_into().expect("two");
        Self { world, parties }
    }

    /// That a party is a member of a network that only the NVWA keeps.
    async fn network(&self, party: &str, place: usize) -> Value {
        let input = json!({ "kind": "NETWORK", "legalName": format!("Keten {place}") });
        let network = registered(&self.world, "nvwa.inspector", input).await;
        json!({ "i": { "partyId": party, "role": "NETWORK", "otherId": network } })
    }

    async fn execute(&self, cell: &Cell, place: usize) -> String {
        let organisation = match cell.relation {
            "custodian" | "anonymous" => "ilt",
            "other" => "igj",
            _ => "jenv",
        };
        let who = match cell.relation {
            "anonymous" => format!("nobody.{}", cell.role),
            _ => format!("{organisation}.{}", cell.role),
        };
        let person = cell.record == "person";
        let (party, site) = &self.parties[usize::from(person)];
        let site_version = "query ($id: ID!) { site(id: $id) { version } }";
        let (query, variables) = match cell.operation {
            "read_parties" => (
                "query ($id: ID!) { party(id: $id) { id kind } }",
                json!({ "id": party }),
            ),
            "read_names" => (SEE, json!({ "id": party })),
            "register_party" => {
                let number = format!("{place:08}");
                let input = if person {
                    trader(&number, "Doe")
                } else {
                    company(&number)
                };
                (REGISTER, json!({ "i": input }))
            }
            "edit_party" => {
                let change = json!({ "legalName": format!("Fictief {place}"), "safetyManagementSystem": true });
                (
                    EDIT,
                    json!({ "id": party, "v": version(&self.world, party).await, "i": change }),
                )
            }
            "relate_parties" => (RELATE, self.network(party, place).await),
            "end_relation" => {
                let made = self.network(party, place).await;
                let made = data(&self.world, "ilt.inspector", RELATE, made).await;
                (END, json!({ "id": made["relateParties"]["id"] }))
            }
            "read_sectors" => ("{ sectors { nodes { code } } sector(code: \"H\") { name } }", json!({})),
            "import_sectors" => (
                SECTORS,
                json!({ "s": [sector(&format!("{:02}", place % 90 + 10), None)] }),
            ),
            "register_site" => (SITE, json!({ "p": party, "i": { "name": format!("Loods {place}") } })),
            _ => {
                let seen = data(&self.world, "ilt.inspector", site_version, json!({ "id": site })).await;
                let change = json!({ "name": format!("Loods {place}"), "safetyRegion": "VR17" });
                (
                    EDIT_SITE,
                    json!({ "id": site, "v": seen["site"]["version"], "i": change }),
                )
            }
        };
        let answer = ask(&self.world, &who, query, variables).await;
        if let Some(code) = code(&answer) {
            return code.to_owned();
        }
        let masked = &answer["data"]["party"]["maskedFields"][0]["reason"];
        assert_eq!(
            masked.is_string(),
            cell.operation == "read_names" && answer["data"]["party"]["legalName"].is_null(),
            "a name is null where it is masked: {answer}"
        );
        match masked.as_str() {
            Some(reason) => format!("masked {reason}"),
            None => "ok".to_owned(),
        }
    }
}

async fn matrix(on: On) {
    let stage = Stage::set(on).await;
    for (place, (cell, outcome)) in Matrix::read("party", &WORDS).cells().enumerate() {
        assert_eq!(stage.execute(cell, place + 1).await, outcome, "{on:?}: {cell:?}");
    }
}

#[tokio::test]
async fn matrix_holds_on_sqlite() {
    matrix(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn matrix_holds_on_postgres() {
    matrix(On::Postgres).await;
}

async fn open_party(on: On) {
    let world = World::peopled(on).await;
    let mut input = company("0000 9811");
    input["publicTask"] = json!("Keuring van pleziervaartuigen, mevrouw Kanarie");
    input["delegatingAuthority"] = json!("Fictief ministerie");
    let made = data(&world, "ilt.inspector", REGISTER, json!({ "i": input })).await;
    let made = &made["registerParty"];
    assert_eq!(made["alreadyRegistered"], false);
    assert_eq!(
        made["warnings"],
        json!([{ "code": "LOOKS_PERSONAL", "field": "publicTask" }])
    );
    assert_eq!(
        made["party"]["identifiers"],
        json!([{ "scheme": "KVK", "value": "00009811" }])
    );
    assert_eq!(made["party"]["tradeNames"], json!(["Andere handel", "Handel"]));
    assert_eq!(
        (&made["party"]["kept"], &made["party"]["version"]),
        (&json!(true), &json!(1))
    );
    let party = text(&made["party"]["id"]);

    // Another inspectorate registers it with a number in another form: the same party, nothing of it changed.
    let other = json!({ "kind": "INSTITUTION", "legalName": "Heel iets anders",
        "identifiers": [{ "scheme": "KVK", "value": "00009811" }, { "scheme": "AGB", "value": "99000001" }] });
    assert_eq!(
        refusal(&world, "igj.inspector", EDIT, json!({ "id": party, "v": 1, "i": {} }))
            .await
            .0,
        "NOT_CUSTODIAN"
    );
    let again = data(&world, "igj.inspector", REGISTER, json!({ "i": other })).await;
    let again = &again["registerParty"];
    assert_eq!(
        (&again["party"]["id"], &again["alreadyRegistered"]),
        (&json!(party), &json!(true))
    );
    assert_eq!(again["party"]["legalName"], "Fictief 0000 9811 B.V.");
    assert_eq!(again["party"]["identifiers"], made["party"]["identifiers"]);

    // From then on it may change it, at the version that it read.
    let change = json!({ "legalName": "Nieuwe naam N.V.", "tradeNames": [], "publicTask": null,
        "identifiers": [{ "scheme": "KVK", "value": "00009811" }, { "scheme": "RSIN", "value": "000099004" }] });
    let edit = json!({ "id": party, "v": 1, "i": change });
    let edited = data(&world, "igj.inspector", EDIT, edit.clone()).await;
    let expected = json!({ "version": 2, "legalName": "Nieuwe naam N.V.", "tradeNames": [], "publicTask": null,
        "safetyManagementSystem": null, "identifiers": [{ "value": "00009811" }, { "value": "000099004" }] });
    assert_eq!(edited["editParty"]["party"], expected);
    assert_eq!(refusal(&world, "ilt.inspector", EDIT, edit).await.0, "STALE_VERSION");
    let find = "query ($n: String!) { parties(name: $n) { nodes { id } } }";
    let found = data(&world, "nvwa.analyst", find, json!({ "n": "NIEUWE naam" })).await;
    assert_eq!(found["parties"]["nodes"], json!([{ "id": party }]));
    let gone = data(&world, "nvwa.analyst", find, json!({ "n": "andere handel" })).await;
    assert_eq!(gone["parties"]["nodes"], json!([]), "found by its names of now");

    // A number of another party is refused and says whose it is.
    let second = registered(&world, "ilt.inspector", company("00009812")).await;
    let both = json!({ "kind": "COMPANY", "legalName": "Twee", "identifiers": [
        { "scheme": "KVK", "value": "00009812" }, { "scheme": "RSIN", "value": "000099004" }] });
    let (code, field) = refusal(&world, "ilt.inspector", REGISTER, json!({ "i": both })).await;
    assert_eq!(
        (code.as_str(), field.as_str()),
        ("IDENTIFIER_TAKEN", "input.identifiers.1")
    );
    let steal = json!({ "id": second, "v": 1, "i": { "identifiers": [{ "scheme": "RSIN", "value": "000099004" }] } });
    let answer = ask(&world, "ilt.inspector", EDIT, steal).await;
    assert_eq!(answer["errors"][0]["extensions"]["field"], "input.identifiers.0");
    assert!(
        answer["errors"][0]["message"]
            .as_str()
            .expect("a sentence")
            .contains(&party),
        "{answer}"
    );
    assert_eq!(version(&world, &second).await, 1, "nothing of it happened");

    // Without any number it is known by kind and names.
    let network = json!({ "kind": "NETWORK", "legalName": "Fictieve vleesketen" });
    let first = registered(&world, "ilt.inspector", network.clone()).await;
    assert_eq!(registered(&world, "nvwa.inspector", network).await, first);
    let region = json!({ "kind": "SAFETY_REGION", "legalName": "Veiligheidsregio Voorbeeld", "safetyRegion": "VR17" });
    let made = data(&world, "jenv.coordinator", REGISTER, json!({ "i": region })).await;
    let shown = json!({ "code": "VR17", "party": { "legalName": "Veiligheidsregio Voorbeeld" } });
    assert_eq!(made["registerParty"]["party"]["safetyRegion"], shown);
    let other_name = json!({ "kind": "SAFETY_REGION", "legalName": "VR Voorbeeld", "safetyRegion": "VR17" });
    let again = registered(&world, "ilt.inspector", other_name).await;
    assert_eq!(
        json!(again),
        made["registerParty"]["party"]["id"],
        "a region is one party"
    );
}

#[tokio::test]
async fn open_party_on_sqlite() {
    open_party(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn open_party_on_postgres() {
    open_party(On::Postgres).await;
}

async fn sites_of_parties(on: On) {
    let world = World::peopled(on).await;
    let party = registered(&world, "ilt.inspector", company("00009831")).await;
    let other = registered(&world, "ilt.inspector", company("00009832")).await;
    let number = |scheme: &str, value: &str| json!({ "scheme": scheme, "value": value });
    let terminal = json!({ "name": "Terminal", "identifiers": [
        number("VESTIGING", "999900000831"), number("BAG", "9999010000000831")] });
    let first = data(&world, "ilt.inspector", SITE, json!({ "p": party, "i": terminal })).await;
    let first = first["registerSite"]["site"].clone();
    assert_eq!(first["bagId"], "9999010000000831");
    let again = data(&world, "ilt.inspector", SITE, json!({ "p": party, "i": terminal })).await;
    assert_eq!(again["registerSite"]["alreadyRegistered"], true);
    assert_eq!(again["registerSite"]["site"]["id"], first["id"]);
    let (code, field) = refusal(&world, "ilt.inspector", SITE, json!({ "p": other, "i": terminal })).await;
    assert_eq!(
        (code.as_str(), field.as_str()),
        ("IDENTIFIER_TAKEN", "input.identifiers.0")
    );
    // Several sites lie in one building.
    let neighbour = json!({ "name": "Kantoor", "identifiers": [number("BAG", "9999010000000831")] });
    let made = data(&world, "ilt.inspector", SITE, json!({ "p": other, "i": neighbour })).await;
    assert_eq!(made["registerSite"]["alreadyRegistered"], false);
    let office =
        json!({ "name": "Hal", "address": { "street": "Verzinselweg 1", "postcode": "0000 AA", "city": "Nergens" } });
    let one = data(&world, "ilt.inspector", SITE, json!({ "p": party, "i": office })).await;
    let two = data(&world, "ilt.inspector", SITE, json!({ "p": party, "i": office })).await;
    assert_eq!(
        one["registerSite"]["site"]["id"], two["registerSite"]["site"]["id"],
        "the same name at the same address"
    );
    let wrong =
        json!({ "name": " ", "address": { "street": "", "postcode": "12", "city": "x" }, "safetyRegion": "VR99" });
    assert_eq!(
        refusal(&world, "ilt.inspector", SITE, json!({ "p": party, "i": wrong }))
            .await
            .1,
        "input.safetyRegion"
    );
    let wrong = json!({ "name": " ", "address": { "street": "", "postcode": "12", "city": "x" } });
    let answer = ask(&world, "ilt.inspector", SITE, json!({ "p": party, "i": wrong })).await;
    assert_eq!(answer["errors"].as_array().map(Vec::len), Some(3), "{answer}");
    let nowhere = format!("pty_{}", id("nowhere").simple());
    let (code, field) = refusal(&world, "ilt.inspector", SITE, json!({ "p": nowhere, "i": office })).await;
    assert_eq!((code.as_str(), field.as_str()), ("NOT_FOUND", "partyId"));
    let edit = json!({ "id": first["id"], "v": 1, "i": { "address": { "street": "Kade 2", "postcode": "0000ab", "city": "X" },
        "identifiers": [], "safetyRegion": "VR17" } });
    let edited = data(&world, "ilt.coordinator", EDIT_SITE, edit.clone()).await;
    let expected = json!({ "version": 2, "name": "Terminal", "bagId": null, "address": { "street": "Kade 2" },
        "safetyRegion": { "code": "VR17" } });
    assert_eq!(edited["editSite"]["site"], expected);
    assert_eq!(
        refusal(&world, "ilt.inspector", EDIT_SITE, edit).await.0,
        "STALE_VERSION"
    );
}

#[tokio::test]
async fn sites_on_sqlite() {
    sites_of_parties(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sites_on_postgres() {
    sites_of_parties(On::Postgres).await;
}
