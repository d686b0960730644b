//! Account holders and the contact log: the matrix, and their life on both databases.

use serde_json::{Value, json};
use tests::matrix::{Cell, Matrix, Words};
use tests::service::code;
use tests::world::{On, World, id};

const WORDS: Words = Words {
    relations: &["own", "other", "anonymous", "suspended"],
    operations: &[
        "read_holder",
        "read_holder_name",
        "assign_holders",
        "end_holder",
        "read_contacts",
        "read_persons",
        "log_contact",
        "edit_contact",
    ],
    records: &["held", "not_held"],
};

const ASSIGN: &str = "mutation ($i: HolderInput!) { assignHolder(input: $i) {
    id name publicContact starts ends organisation { code } party { id } safetyRegion { code } } }";
const END: &str = "mutation ($id: ID!) { endHolder(id: $id) { id ends } }";
const LOG: &str = "mutation ($i: PartyContactInput!) { logContact(input: $i) {
    contact { id version at kind persons summary maskedFields { field reason } } warnings { code field } } }";
const EDIT: &str =
    "mutation ($id: ID!, $v: Int!, $i: PartyContactEdit!) { editContact(id: $id, version: $v, input: $i) {
    contact { version kind persons summary } } }";
const SEE: &str = "query ($id: ID!, $n: Int, $a: String) { party(id: $id) {
    accountHolders { id name publicContact organisation { code contact { name } } maskedFields { field reason } }
    contacts(first: $n, after: $a) { nodes { id version kind persons summary maskedFields { reason } }
        pageInfo { hasNextPage endCursor } } } }";

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

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

async fn party_named(world: &World, name: &str) -> String {
    let register = "mutation ($n: String!) { registerParty(input: { kind: COMPANY, legalName: $n }) { party { id } } }";
    let made = data(world, "ilt.inspector", register, json!({ "n": name })).await;
    text(&made["registerParty"]["party"]["id"])
}

fn contact(party: &str, summary: &str) -> Value {
    json!({ "i": { "partyId": party, "at": "2026-05-30T08:00:00Z", "kind": "TALK", "summary": summary,
        "persons": ["Kanarie-directeur"] } })
}

async fn logged(world: &World, who: &str, party: &str, summary: &str) -> String {
    let made = data(world, who, LOG, contact(party, summary)).await;
    text(&made["logContact"]["contact"]["id"])
}

struct Stage {
    world: World,
    /// Held by the account holders of ilt and igj; and by nobody's.
    parties: [String; 2],
}

impl Stage {
    async fn set(on: On) -> Self {
        let world = World::peopled(on).await;
        let parties = [
            party_named(&world, "Voorbeeld een").await,
            party_named(&world, "Voorbeeld twee").await,
        ];
        for organisation in ["ilt", "igj"] {
            let input = json!({ "i": { "account": format!("{organisation}.account_holder"), "partyId": parties[0] } });
            data(&world, &format!("{organisation}.coordinator"), ASSIGN, input).await;
        }
        for party in &parties {
            logged(&world, "ilt.inspector", party, "Kennismaking").await;
        }
        let suspend = "UPDATE account SET suspended_at = 0 WHERE organisation_id = ?";
        world.run(suspend, vec![id("jenv").into()]).await;
        Self { world, parties }
    }

    /// The cell's outcome: what belongs to the ILT, asked by its own or by the IGJ.
    async fn execute(&self, cell: &Cell, place: usize) -> String {
        let organisation = match cell.relation {
            "own" | "anonymous" => "ilt",
            "other" => "igj",
            _ => "jenv",
        };
        let who = match cell.relation {
            "anonymous" => format!("nobody.{}", cell.role),
            _ => format!("{organisation}.{}", cell.role),
        };
        let party = &self.parties[usize::from(cell.record == "not_held")];
        let world = &self.world;
        let (query, variables) = match cell.operation {
            "read_holder" | "read_holder_name" => (
                "query ($id: ID!) { party(id: $id) { accountHolders { name organisation { code } } } }",
                json!({ "id": self.parties[0] }),
            ),
            "assign_holders" => {
                let account = if organisation == "igj" {
                    "igj.inspector"
                } else {
                    "ilt.inspector"
                };
                (ASSIGN, json!({ "i": { "account": account, "partyId": party } }))
            }
            "end_holder" => {
                let another = party_named(world, &format!("Voorbeeld {place}")).await;
                let input = json!({ "i": { "account": "ilt.inspector", "partyId": another } });
                let made = data(world, "ilt.coordinator", ASSIGN, input).await;
                (END, json!({ "id": made["assignHolder"]["id"] }))
            }
            "read_contacts" | "read_persons" => (SEE, json!({ "id": party })),
            "log_contact" => (LOG, contact(party, &format!("Gesprek {place}"))),
            _ => {
                let made = logged(world, "ilt.inspector", party, &format!("Te wijzigen {place}")).await;
                (EDIT, json!({ "id": made, "v": 1, "i": { "kind": "VISIT" } }))
            }
        };
        let answer = ask(world, &who, query, variables).await;
        if let Some(code) = code(&answer) {
            return code.to_owned();
        }
        let seen = &answer["data"]["party"];
        let of_ilt = |holder: &&Value| holder["organisation"]["code"] == "ilt";
        let holder = seen["accountHolders"]
            .as_array()
            .and_then(|list| list.iter().find(of_ilt));
        match cell.operation {
            "read_holder_name" if holder.is_some_and(|holder| holder["name"].is_null()) => "masked".to_owned(),
            "read_contacts" | "read_persons" if seen["contacts"].is_null() => "null".to_owned(),
            "read_contacts" | "read_persons" => {
                let nodes = seen["contacts"]["nodes"].as_array().expect("a list");
                let theirs = nodes.iter().find(|node| node["summary"] == "Kennismaking");
                match theirs {
                    None => "hidden".to_owned(),
                    Some(node) if cell.operation == "read_persons" && node["persons"].is_null() => {
                        format!("masked {}", text(&node["maskedFields"][0]["reason"]))
                    }
                    Some(_) => "ok".to_owned(),
                }
            }
            _ => "ok".to_owned(),
        }
    }
}

async fn matrix(on: On) {
    let stage = Stage::set(on).await;
    for (place, (cell, outcome)) in Matrix::read("contact", &WORDS).cells().enumerate() {
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

/// The names of who holds the region, sorted; a masked one is a dash.
fn names(seen: &Value) -> Vec<String> {
    let holders = seen["safetyRegions"][0]["accountHolders"].as_array().expect("a list");
    let name = |holder: &Value| holder["name"].as_str().unwrap_or("-").to_owned();
    let mut names: Vec<String> = holders.iter().map(name).collect();
    names.sort();
    names
}

async fn holders(on: On) {
    let world = World::peopled(on).await;
    let of_region = |account: &str| json!({ "i": { "account": account, "safetyRegion": "VR17" } });
    for account in ["jenv.account_holder", "jenv.inspector"] {
        let made = data(&world, "jenv.coordinator", ASSIGN, of_region(account)).await;
        let again = data(&world, "jenv.coordinator", ASSIGN, of_region(account)).await;
        assert_eq!(made, again, "the same one twice is one");
        assert_eq!(made["assignHolder"]["safetyRegion"]["code"], "VR17");
    }
    let (code, field) = refusal(&world, "jenv.coordinator", ASSIGN, of_region("jenv.coordinator")).await;
    assert_eq!(
        (code.as_str(), field.as_str()),
        ("TOO_MANY", "input.safetyRegion"),
        "two regio-inspecteurs"
    );
    for (account, code) in [
        ("ilt.inspector", "UNKNOWN_REFERENCE"),
        ("jenv.nobody", "UNKNOWN_REFERENCE"),
        ("jenv.analyst", "INVALID_INPUT"),
    ] {
        let (refused, field) = refusal(&world, "jenv.coordinator", ASSIGN, of_region(account)).await;
        assert_eq!((refused.as_str(), field.as_str()), (code, "input.account"), "{account}");
    }
    let neither = json!({ "i": { "account": "jenv.inspector" } });
    assert_eq!(
        refusal(&world, "jenv.coordinator", ASSIGN, neither).await.1,
        "input.partyId"
    );

    let region = "{ safetyRegions { code accountHolders { id name organisation { code contact { name } } maskedFields { field } } } }";
    let seen = data(&world, "ilt.analyst", region, json!({})).await;
    let holders = seen["safetyRegions"][0]["accountHolders"]
        .as_array()
        .expect("a list")
        .clone();
    assert_eq!(holders.len(), 2);
    for holder in &holders {
        assert_eq!(
            (&holder["name"], &holder["maskedFields"]),
            (&Value::Null, &json!([{ "field": "name" }]))
        );
        assert_eq!(
            holder["organisation"]["contact"]["name"], "Loket",
            "whom to call is seen by everybody"
        );
    }
    let own = data(&world, "jenv.analyst", region, json!({})).await;
    assert_eq!(names(&own), ["jenv.account_holder", "jenv.inspector"]);

    let refused = refusal(&world, "ilt.coordinator", END, json!({ "id": holders[0]["id"] })).await;
    assert_eq!(refused.0, "NOT_OWNER");
    data(&world, "jenv.coordinator", END, json!({ "id": holders[0]["id"] })).await;
    data(&world, "jenv.coordinator", END, json!({ "id": holders[0]["id"] })).await;
    let mut shown = of_region("jenv.coordinator");
    shown["i"]["publicContact"] = json!(true);
    data(&world, "jenv.coordinator", ASSIGN, shown).await;
    let seen = data(&world, "ilt.analyst", region, json!({})).await;
    assert_eq!(
        names(&seen),
        ["-", "jenv.coordinator"],
        "a public contact is named, who has ended is gone"
    );
}

#[tokio::test]
async fn holders_on_sqlite() {
    holders(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn holders_on_postgres() {
    holders(On::Postgres).await;
}

async fn log(on: On) {
    let world = World::peopled(on).await;
    let firm = party_named(&world, "Voorbeeld").await;
    let site = "mutation ($p: ID!) { registerSite(partyId: $p, input: { name: \"Loods\", safetyRegion: \"VR17\" }) { site { id } } }";
    data(&world, "ilt.inspector", site, json!({ "p": firm })).await;
    let made = data(
        &world,
        "ilt.inspector",
        LOG,
        contact(&firm, "Gebeld, mail naar a@voorbeeld.nl"),
    )
    .await;
    let first = made["logContact"]["contact"].clone();
    assert_eq!(first["persons"], json!(["Kanarie-directeur"]));
    assert_eq!(
        made["logContact"]["warnings"],
        json!([{ "code": "LOOKS_PERSONAL", "field": "summary" }])
    );
    let again = data(
        &world,
        "ilt.inspector",
        LOG,
        contact(&firm, "Gebeld, mail naar a@voorbeeld.nl"),
    )
    .await;
    assert_eq!(
        again["logContact"]["contact"]["id"], first["id"],
        "the same contact twice is one"
    );

    // Whoever holds the region in which the party has a site, keeps its log; ended, no longer.
    let holder = "ilt.account_holder";
    let see = async |who: &str| data(&world, who, SEE, json!({ "id": firm })).await["party"]["contacts"].clone();
    assert_eq!(see(holder).await, Value::Null);
    assert_eq!(
        refusal(&world, holder, LOG, contact(&firm, "x")).await.0,
        "NOT_ACCOUNT_HOLDER"
    );
    let region = json!({ "i": { "account": holder, "safetyRegion": "VR17" } });
    let held = data(&world, "ilt.coordinator", ASSIGN, region).await;
    assert_eq!(
        see(holder).await["nodes"][0]["persons"],
        Value::Null,
        "an account holder unmasks nothing"
    );
    let mut visit = contact(&firm, "Op bezoek");
    visit["i"]["at"] = json!("2026-05-31T08:00:00Z");
    data(&world, holder, LOG, visit).await;
    data(
        &world,
        "ilt.coordinator",
        END,
        json!({ "id": held["assignHolder"]["id"] }),
    )
    .await;
    assert_eq!(see(holder).await, Value::Null, "revoked at commit");

    let page = data(&world, "ilt.coordinator", SEE, json!({ "id": firm, "n": 1 })).await;
    let page = &page["party"]["contacts"];
    assert_eq!(page["pageInfo"]["hasNextPage"], true);
    let rest = json!({ "id": firm, "n": 1, "a": page["pageInfo"]["endCursor"] });
    let rest = data(&world, "ilt.coordinator", SEE, rest).await;
    assert_eq!(rest["party"]["contacts"]["nodes"][0]["id"], first["id"]);
    let edit = json!({ "id": first["id"], "v": 1, "i": { "summary": "Gebeld", "persons": [] } });
    assert_eq!(
        refusal(&world, "igj.inspector", EDIT, edit.clone()).await.0,
        "NOT_FOUND",
        "another's is as absent"
    );
    let random =
        json!({ "id": format!("con_{}", id("nothing").simple()), "v": 1, "i": { "summary": "Gebeld", "persons": [] } });
    let hidden = ask(&world, "igj.inspector", EDIT, edit.clone()).await.to_string();
    assert_eq!(hidden, ask(&world, "igj.inspector", EDIT, random).await.to_string());
    let edited = data(&world, "ilt.coordinator", EDIT, edit.clone()).await;
    let expected = json!({ "version": 2, "kind": "TALK", "persons": [], "summary": "Gebeld" });
    assert_eq!(edited["editContact"]["contact"], expected);
    assert_eq!(refusal(&world, "ilt.coordinator", EDIT, edit).await.0, "STALE_VERSION");
    let wrong = json!({ "i": { "partyId": firm, "at": "2026-07-01T00:00:00Z", "kind": "MAIL", "summary": " " } });
    let answer = ask(&world, "ilt.inspector", LOG, wrong).await;
    assert_eq!(answer["errors"].as_array().map(Vec::len), Some(2), "{answer}");
    let unmasked = "SELECT DISTINCT fields FROM processing_log WHERE kind = 'contact' AND operation = 'unmask'";
    assert_eq!(
        world.look(unmasked, vec![]).await,
        ["persons"],
        "each showing of persons is logged"
    );
}

#[tokio::test]
async fn log_on_sqlite() {
    log(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn log_on_postgres() {
    log(On::Postgres).await;
}
