//! Parties and sites as inspectorates register and change them: the matrix, and their life on both databases.

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

/// Two inspectorates register one sole trader: each sees the names that it gave, nobody those of the other.
async fn person(on: On) {
    let world = World::peopled(on).await;
    let one = registered(&world, "ilt.inspector", trader("00009821", "Kanarie-een")).await;
    let made = data(
        &world,
        "nvwa.inspector",
        REGISTER,
        json!({ "i": trader("00009821", "Kanarie-twee") }),
    )
    .await;
    let made = &made["registerParty"];
    assert_eq!(
        (&made["party"]["id"], &made["alreadyRegistered"]),
        (&json!(one), &json!(true))
    );
    assert_eq!(made["party"]["legalName"], "Kanarie-twee");
    assert!(
        !made.to_string().contains("Kanarie-een"),
        "what the other keeps is not shown: {made}"
    );
    let address = json!({ "street": "Kanariestraat 1", "postcode": "0000aa", "city": "Nergens" });
    let site = json!({ "p": one, "i": { "name": "Kanarie-huis", "address": address, "safetyRegion": "VR17",
        "coordinates": { "latitude": 51.5, "longitude": 4.5 },
        "identifiers": [{ "scheme": "VESTIGING", "value": "999900000821" }, { "scheme": "BAG", "value": "9999010000000821" }] } });
    let made = data(&world, "ilt.inspector", SITE, site.clone()).await;
    let atelier = made["registerSite"]["site"].clone();
    assert_eq!(atelier["bagId"], "9999010000000821");
    assert_eq!(
        atelier["identifiers"],
        json!([{ "value": "999900000821" }]),
        "a BAG id says where it is"
    );
    assert_eq!(atelier["address"]["postcode"], "0000 AA");

    for (who, name, place) in [
        ("ilt.inspector", json!("Kanarie-een"), json!("Kanarie-huis")),
        ("nvwa.inspector", json!("Kanarie-twee"), Value::Null),
        ("igj.inspector", Value::Null, Value::Null),
        ("ilt.analyst", Value::Null, Value::Null),
    ] {
        let seen = data(&world, who, SEE, json!({ "id": one })).await;
        let seen = &seen["party"];
        assert_eq!(
            (&seen["legalName"], &seen["sites"][0]["name"]),
            (&name, &place),
            "{who}: {seen}"
        );
        assert_eq!(seen["sites"][0]["bagId"].is_null(), place.is_null(), "{who}");
        assert_eq!(
            seen["maskedFields"].as_array().map(Vec::len),
            Some(if name.is_null() { 2 } else { 0 })
        );
        let masked = seen["sites"][0]["maskedFields"].as_array().map(Vec::len);
        assert_eq!(masked, Some(if place.is_null() { 4 } else { 0 }), "{who}: {seen}");
    }
    // The second custodian keeps an address of its own from its first change of it on.
    let site_id = &atelier["id"];
    let nameless = json!({ "id": site_id, "v": 1, "i": { "coordinates": null } });
    let (code, field) = refusal(&world, "nvwa.inspector", EDIT_SITE, nameless).await;
    assert_eq!((code.as_str(), field.as_str()), ("REQUIRED", "input.name"));
    let change = json!({ "id": site_id, "v": 1, "i": { "name": "Kanarie-hok" } });
    let edited = data(&world, "nvwa.inspector", EDIT_SITE, change).await;
    let site_seen = &edited["editSite"]["site"];
    assert_eq!(
        (&site_seen["name"], &site_seen["bagId"]),
        (&json!("Kanarie-hok"), &Value::Null)
    );
    let rename = json!({ "id": one, "v": 1, "i": { "legalName": "Kanarie-drie", "publicTask": "Taxi" } });
    let edited = data(&world, "nvwa.inspector", EDIT, rename).await;
    assert_eq!(edited["editParty"]["party"]["legalName"], "Kanarie-drie");
    let seen = data(&world, "ilt.inspector", SEE, json!({ "id": one })).await;
    assert_eq!(seen["party"]["legalName"], "Kanarie-een", "each keeps its own");
    assert_eq!(seen["party"]["sites"][0]["name"], "Kanarie-huis");
    let open = "SELECT COALESCE(legal_name, '-') || name_words FROM party UNION ALL SELECT COALESCE(name, '-') ||
        COALESCE(street, '') || COALESCE(CAST(latitude AS TEXT), '') FROM site UNION ALL SELECT name FROM party_trade_name
        UNION ALL SELECT value FROM site_identifier";
    let open = world.look(open, vec![]).await.join(" ");
    assert!(
        !open.contains("anarie") && !open.contains("9999010000000821"),
        "nothing personal stands open: {open}"
    );

    // A number of a person that may be a citizen's is refused; two people may bear one name.
    let mut rsin = trader("00009822", "Kanarie-een");
    rsin["identifiers"] = json!([{ "scheme": "KVK", "value": "00009822" }, { "scheme": "RSIN", "value": "111222333" }]);
    let (code, field) = refusal(&world, "ilt.inspector", REGISTER, json!({ "i": rsin })).await;
    assert_eq!(
        (code.as_str(), field.as_str()),
        ("INVALID_INPUT", "input.identifiers.1.scheme")
    );
    let somebody = json!({ "kind": "NATURAL_PERSON", "legalName": "Kanarie-een" });
    let first = registered(&world, "ilt.inspector", somebody.clone()).await;
    assert_ne!(registered(&world, "ilt.inspector", somebody).await, first);
    // Whoever knows a number of it becomes a custodian without reading anything.
    let lines = "SELECT operation || ' ' || fields FROM processing_log WHERE kind = 'party' AND operation = 'kept'";
    assert_eq!(world.look(lines, vec![]).await, ["kept "]);
}

#[tokio::test]
async fn person_on_sqlite() {
    person(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn person_on_postgres() {
    person(On::Postgres).await;
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

async fn sectors(on: On) {
    let world = World::peopled(on).await;
    let file = json!({ "s": [sector("H", None), sector("50", Some("H")), sector("50.2", Some("50")), sector("52", Some("H"))] });
    let import =
        async |file: &Value| data(&world, "ilt.administrator", SECTORS, file.clone()).await["importSectors"].clone();
    assert_eq!(
        import(&file).await,
        json!({ "created": 4, "changed": 0, "unchanged": 0 })
    );
    assert_eq!(
        import(&file).await,
        json!({ "created": 0, "changed": 0, "unchanged": 4 }),
        "twice changes nothing"
    );
    let mut other = file.clone();
    other["s"][1]["name"] = json!("Vervoer over water");
    assert_eq!(
        import(&other).await,
        json!({ "created": 0, "changed": 1, "unchanged": 3 })
    );
    for (wrong, code, field) in [
        (
            json!([sector("501", Some("77"))]),
            "UNKNOWN_REFERENCE",
            "sectors.0.parent",
        ),
        (json!([sector("HH", None)]), "INVALID_INPUT", "sectors.0.code"),
        (json!(vec![sector("53", None); 501]), "TOO_MANY", "sectors"),
    ] {
        let refused = refusal(&world, "ilt.administrator", SECTORS, json!({ "s": wrong })).await;
        assert_eq!((refused.0.as_str(), refused.1.as_str()), (code, field));
    }
    let list = "query ($u: String, $n: Int, $a: String) { sectors(under: $u, first: $n, after: $a) {
        nodes { code nameEn source parent { code } } pageInfo { hasNextPage endCursor } } }";
    let top = data(&world, "ilt.auditor", list, json!({})).await;
    let expected = json!([{ "code": "H", "nameEn": "Sector H", "source": "proef", "parent": null }]);
    assert_eq!(top["sectors"]["nodes"], expected);
    let page = data(&world, "ilt.auditor", list, json!({ "u": "H", "n": 1 })).await;
    assert_eq!(
        (
            &page["sectors"]["nodes"][0]["code"],
            &page["sectors"]["pageInfo"]["hasNextPage"]
        ),
        (&json!("50"), &json!(true))
    );
    let rest = json!({ "u": "H", "n": 1, "a": page["sectors"]["pageInfo"]["endCursor"] });
    assert_eq!(
        data(&world, "ilt.auditor", list, rest).await["sectors"]["nodes"][0]["code"],
        "52"
    );

    let mut input = company("00009841");
    input["sectors"] = json!(["50.2"]);
    let carrier = registered(&world, "ilt.inspector", input.clone()).await;
    let mut person = trader("00009842", "Kanarie-schipper");
    person["sectors"] = json!(["50"]);
    let skipper = registered(&world, "ilt.inspector", person).await;
    input["identifiers"][0]["value"] = json!("00009843");
    input["sectors"] = json!(["50", "99"]);
    let refused = refusal(&world, "ilt.inspector", REGISTER, json!({ "i": input })).await;
    assert_eq!(
        (refused.0.as_str(), refused.1.as_str()),
        ("UNKNOWN_REFERENCE", "input.sectors.1")
    );
    let find = "query ($s: String!, $n: String) { parties(sector: $s, name: $n) { nodes { id sectors { code } } } }";
    let found = async |sector: &str, name: Value| -> Vec<String> {
        let found = data(&world, "igj.analyst", find, json!({ "s": sector, "n": name })).await;
        found["parties"]["nodes"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|node| text(&node["id"]))
            .collect()
    };
    assert_eq!(
        found("H", Value::Null).await,
        [skipper.clone(), carrier.clone()],
        "parts of it too"
    );
    assert_eq!(found("50", json!("fictief")).await, std::slice::from_ref(&carrier));
    assert_eq!(found("502", Value::Null).await, std::slice::from_ref(&carrier));
    assert_eq!(found("52", Value::Null).await, [""; 0]);
    let refused = refusal(&world, "igj.analyst", find, json!({ "s": "77" })).await;
    assert_eq!(
        (refused.0.as_str(), refused.1.as_str()),
        ("UNKNOWN_REFERENCE", "sector")
    );
    data(
        &world,
        "ilt.inspector",
        EDIT,
        json!({ "id": carrier, "v": 1, "i": { "sectors": ["52"] } }),
    )
    .await;
    assert_eq!(found("50", Value::Null).await, [skipper]);
    assert_eq!(found("52", Value::Null).await, [carrier]);
}

#[tokio::test]
async fn sectors_on_sqlite() {
    sectors(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sectors_on_postgres() {
    sectors(On::Postgres).await;
}

async fn relations(on: On) {
    let world = World::peopled(on).await;
    let kind = |kind: &str, name: &str| json!({ "kind": kind, "legalName": name });
    let carrier = registered(&world, "ilt.inspector", kind("COMPANY", "Rederij")).await;
    let holding = registered(&world, "nvwa.inspector", kind("COMPANY", "Holding")).await;
    let ship = registered(&world, "ilt.inspector", kind("SHIP", "Schip")).await;
    let body = registered(&world, "nvwa.inspector", kind("CERTIFYING_BODY", "Keurmerk")).await;
    let relate =
        |party: &str, role: &str, other: &str| json!({ "i": { "partyId": party, "role": role, "otherId": other } });
    for (one, role, other) in [
        (&carrier, "PARENT", &holding),
        (&carrier, "OPERATED", &ship),
        (&carrier, "CERTIFIER", &body),
    ] {
        let made = data(&world, "ilt.inspector", RELATE, relate(one, role, other)).await;
        let again = data(&world, "ilt.inspector", RELATE, relate(one, role, other)).await;
        assert_eq!(made, again, "the same relation twice is one");
        assert_eq!(
            (&made["relateParties"]["starts"], &made["relateParties"]["ends"]),
            (&json!("2026-06-01"), &Value::Null)
        );
    }
    for (wrong, field) in [
        (relate(&ship, "CHILD", &ship), "input.otherId"),
        (relate(&holding, "PARENT", &carrier), "input.otherId"),
        (relate(&ship, "CERTIFIER", &carrier), "input.role"),
        (relate(&ship, "MEMBER", &carrier), "input.role"),
    ] {
        let refused = refusal(&world, "ilt.inspector", RELATE, wrong).await;
        assert_eq!((refused.0.as_str(), refused.1.as_str()), ("INVALID_INPUT", field));
    }
    let mut overlapping = relate(&carrier, "PARENT", &holding);
    overlapping["i"]["starts"] = json!("2026-05-01");
    assert_eq!(
        refusal(&world, "ilt.inspector", RELATE, overlapping).await.1,
        "input.starts"
    );
    assert_eq!(
        refusal(&world, "igj.inspector", RELATE, relate(&ship, "CHILD", &body))
            .await
            .0,
        "NOT_CUSTODIAN"
    );

    let see = "query ($id: ID!, $r: PartyRole, $on: Date, $n: Int, $a: String) { party(id: $id) {
        relations(role: $r, on: $on, first: $n, after: $a) { nodes { id role party { id } } pageInfo { hasNextPage endCursor } } } }";
    let seen = async |variables: Value| data(&world, "igj.analyst", see, variables).await["party"]["relations"].clone();
    let all = seen(json!({ "id": carrier })).await;
    let roles: Vec<&str> = all["nodes"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|node| node["role"].as_str())
        .collect();
    assert_eq!(roles, ["PARENT", "OPERATED", "CERTIFIER"]);
    let mut pages = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = seen(json!({ "id": carrier, "n": 1, "a": after })).await;
        pages.extend(page["nodes"].as_array().expect("a list").clone());
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(json!(pages), all["nodes"], "page by page the same");
    for (other, role, back) in [
        (&holding, "CHILD", "PARENT"),
        (&ship, "OPERATOR", "OPERATED"),
        (&body, "CERTIFIED", "CERTIFIER"),
    ] {
        let from = seen(json!({ "id": other, "r": role })).await;
        assert_eq!(
            from["nodes"][0]["party"]["id"],
            json!(carrier),
            "{role}: from the other side"
        );
        assert_eq!(seen(json!({ "id": other, "r": back })).await["nodes"], json!([]));
    }
    let relation = &all["nodes"][0]["id"];
    let refused = refusal(&world, "igj.inspector", END, json!({ "id": relation })).await;
    assert_eq!(refused.0, "NOT_CUSTODIAN");
    assert_eq!(
        refusal(
            &world,
            "nvwa.inspector",
            END,
            json!({ "id": relation, "e": "2026-05-01" })
        )
        .await
        .0,
        "INVALID_PERIOD"
    );
    let ended = data(
        &world,
        "nvwa.inspector",
        END,
        json!({ "id": relation, "e": "2026-06-03" }),
    )
    .await;
    assert_eq!(ended["endRelation"]["ends"], "2026-06-03");
    for (on, there) in [
        ("2026-05-31", 0),
        ("2026-06-01", 1),
        ("2026-06-03", 1),
        ("2026-06-04", 0),
    ] {
        let found = seen(json!({ "id": carrier, "r": "PARENT", "on": on })).await;
        assert_eq!(found["nodes"].as_array().map(Vec::len), Some(there), "{on}");
    }
    let nowhere = format!("rel_{}", id("nowhere").simple());
    assert_eq!(
        refusal(&world, "ilt.inspector", END, json!({ "id": nowhere })).await.0,
        "NOT_FOUND"
    );
}

#[tokio::test]
async fn relations_on_sqlite() {
    relations(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn relations_on_postgres() {
    relations(On::Postgres).await;
}
