//! Mandates: who may keep and see them, and how supervision of a party is organised, on both databases.

use serde_json::{Value, json};
use tests::matrix::{Cell, Matrix, Words};
use tests::service::code;
use tests::world::{On, World, id};

const WORDS: Words = Words {
    relations: &["own", "other", "anonymous", "suspended"],
    operations: &[
        "read_laws",
        "read_mandates",
        "read_supervision",
        "read_holder_supervision",
        "register_mandate",
        "end_mandate",
    ],
    records: &["-"],
};

const REGISTER: &str = "mutation ($i: MandateInput!) { registerMandate(input: $i) {
    id version organisation { code } law { code fictitious } partyKind sector { code } safetyRegion { code } legalSource starts ends } }";
const END: &str =
    "mutation ($id: ID!, $v: Int!, $e: Date) { endMandate(id: $id, version: $v, ends: $e) { version ends } }";
const LIST: &str = "query ($f: MandateFilter, $n: Int, $a: String) { mandates(filter: $f, first: $n, after: $a) {
    nodes { id organisation { code } } pageInfo { hasNextPage endCursor } } }";
const SUPERVISION: &str = "query ($id: ID!, $on: Date) { party(id: $id) { supervision(on: $on) { reasons
    mandate { law { code } organisation { code contact { name } } } } } }";

const HOLDERS: &str = "query ($id: ID!) { party(id: $id) { certificateHolderSupervision { considered } } }";

async fn ask(world: &World, who: &str, query: &str, variables: Value) -> Value {
    let reply = world.ask_registry(who, "toezicht", query, &variables).await;
    serde_json::to_value(reply.response).expect("an answer is JSON")
}

async fn data(world: &World, who: &str, query: &str, variables: Value) -> Value {
    let mut answer = ask(world, who, query, variables).await;
    assert!(answer.get("errors").is_none(), "{who}: {answer:#}");
    answer["data"].take()
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

async fn lawful(on: On) -> World {
    let world = World::peopled(on).await;
    for code in ["wvr", "demo-vaart", "demo-werk"] {
        let law = "INSERT INTO law VALUES (?, ?, ?, ?, 'test')";
        let values = vec![code.into(), code.into(), code.into(), code.starts_with("demo").into()];
        world.run(law, values).await;
    }
    let sectors = "mutation { importSectors(source: \"proef\", sectors: [
        { code: \"H\", name: \"Vervoer\", nameEn: \"Transport\" }, { code: \"50\", name: \"Water\", nameEn: \"Water\", parent: \"H\" },
        { code: \"502\", name: \"Zee\", nameEn: \"Sea\", parent: \"50\" }]) { created } }";
    data(&world, "ilt.administrator", sectors, json!({})).await;
    world
}

fn mandate(law: &str, narrowed: Value) -> Value {
    let mut input = json!({ "law": law, "legalSource": "Fictief besluit, artikel 1" });
    for (name, value) in narrowed.as_object().expect("an object") {
        input[name] = value.clone();
    }
    json!({ "i": input })
}

async fn execute(world: &World, cell: &Cell, place: usize) -> String {
    let organisation = match cell.relation {
        "own" | "anonymous" => "ilt",
        "other" => "igj",
        _ => "jenv",
    };
    let who = match cell.relation {
        "anonymous" => format!("nobody.{}", cell.role),
        _ => format!("{organisation}.{}", cell.role),
    };
    let party = format!("pty_{}", id("party").simple());
    let new = |place: usize| {
        let mut input = mandate("demo-vaart", json!({}));
        input["i"]["legalSource"] = json!(format!("Artikel {place}"));
        input
    };
    let (query, variables) = match cell.operation {
        "read_laws" => ("{ laws { code name nameEn fictitious source } }", json!({})),
        "read_mandates" => (LIST, json!({})),
        "read_supervision" => (SUPERVISION, json!({ "id": party })),
        "read_holder_supervision" => (HOLDERS, json!({ "id": party })),
        "register_mandate" => (REGISTER, new(place)),
        _ => {
            let made = data(world, "ilt.administrator", REGISTER, new(place)).await;
            (END, json!({ "id": made["registerMandate"]["id"], "v": 1 }))
        }
    };
    let answer = ask(world, &who, query, variables).await;
    code(&answer).unwrap_or("ok").to_owned()
}

async fn matrix(on: On) {
    let world = lawful(on).await;
    let suspend = "UPDATE account SET suspended_at = 0 WHERE organisation_id = ?";
    world.run(suspend, vec![id("jenv").into()]).await;
    for (place, (cell, outcome)) in Matrix::read("mandate", &WORDS).cells().enumerate() {
        assert_eq!(execute(&world, cell, place + 1).await, outcome, "{on:?}: {cell:?}");
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

async fn organised(on: On) {
    let world = lawful(on).await;
    let register = "mutation ($s: [String!]) { registerParty(input: { kind: COMPANY, legalName: \"Rederij\", sectors: $s }) { party { id } } }";
    let made = data(&world, "ilt.inspector", register, json!({ "s": ["502"] })).await;
    let party = text(&made["registerParty"]["party"]["id"]);
    let site = "mutation ($p: ID!) { registerSite(partyId: $p, input: { name: \"Kade\", safetyRegion: \"VR17\" }) { site { id } } }";
    data(&world, "ilt.inspector", site, json!({ "p": party })).await;
    for (who, law, narrowed) in [
        (
            "ilt.administrator",
            "demo-vaart",
            json!({ "sector": "50", "partyKind": "COMPANY" }),
        ),
        ("jenv.administrator", "wvr", json!({ "safetyRegion": "VR17" })),
        ("nvwa.administrator", "demo-werk", json!({})),
        ("igj.administrator", "demo-werk", json!({ "partyKind": "INSTITUTION" })),
        (
            "igj.administrator",
            "demo-vaart",
            json!({ "sector": "502", "ends": "2026-06-10" }),
        ),
        (
            "igj.administrator",
            "demo-werk",
            json!({ "sector": "H", "starts": "2026-07-01" }),
        ),
    ] {
        let made = data(&world, who, REGISTER, mandate(law, narrowed.clone())).await;
        let again = data(&world, who, REGISTER, mandate(law, narrowed)).await;
        assert_eq!(made, again, "the same mandate twice is one");
    }
    let seen = async |on: Value| {
        let seen = data(&world, "nvwa.analyst", SUPERVISION, json!({ "id": party, "on": on })).await;
        let mut found: Vec<String> = seen["party"]["supervision"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| {
                assert_eq!(
                    one["mandate"]["organisation"]["contact"]["name"], "Loket",
                    "whom to call"
                );
                let of = &one["mandate"];
                format!(
                    "{} {} {}",
                    text(&of["organisation"]["code"]),
                    text(&of["law"]["code"]),
                    one["reasons"]
                )
            })
            .collect();
        found.sort();
        found
    };
    let always = [
        "ilt demo-vaart [\"KIND\",\"SECTOR\"]",
        "jenv wvr [\"REGION\"]",
        "nvwa demo-werk [\"EVERYONE\"]",
    ];
    let with = |one: &str| {
        let mut all: Vec<String> = always
            .iter()
            .map(|text| (*text).to_owned())
            .chain([one.to_owned()])
            .collect();
        all.sort();
        all
    };
    assert_eq!(seen(Value::Null).await, with("igj demo-vaart [\"SECTOR\"]"));
    assert_eq!(
        seen(json!("2026-06-10")).await,
        with("igj demo-vaart [\"SECTOR\"]"),
        "its last day too"
    );
    assert_eq!(seen(json!("2026-06-11")).await, always.map(str::to_owned));
    assert_eq!(seen(json!("2026-07-01")).await, with("igj demo-werk [\"SECTOR\"]"));

    // Lists narrow, page and agree.
    let count = async |filter: Value| {
        let found = data(&world, "ilt.auditor", LIST, json!({ "f": filter })).await;
        found["mandates"]["nodes"].as_array().expect("a list").len()
    };
    for (filter, expected) in [
        (json!({}), 5),
        (json!({ "organisation": "igj" }), 2),
        (json!({ "law": "demo-werk" }), 2),
        (json!({ "partyKind": "COMPANY" }), 1),
        (json!({ "sector": "50" }), 1),
        (json!({ "safetyRegion": "VR17" }), 1),
        (json!({ "organisation": "igj", "on": "2026-07-02" }), 2),
        (json!({ "organisation": "igj", "law": "wvr" }), 0),
    ] {
        assert_eq!(count(filter.clone()).await, expected, "{filter}");
    }
    let page = data(&world, "ilt.auditor", LIST, json!({ "n": 4 })).await;
    assert_eq!(page["mandates"]["pageInfo"]["hasNextPage"], true);
    let rest = json!({ "n": 4, "a": page["mandates"]["pageInfo"]["endCursor"] });
    let rest = data(&world, "ilt.auditor", LIST, rest).await;
    assert_eq!(rest["mandates"]["nodes"].as_array().map(Vec::len), Some(1));

    let own = data(&world, "ilt.auditor", LIST, json!({ "f": { "organisation": "ilt" } })).await;
    let first = &own["mandates"]["nodes"][0];
    assert_eq!(first["organisation"]["code"], "ilt");
    let end = json!({ "id": first["id"], "v": 1, "e": "2026-06-02" });
    let ended = data(&world, "ilt.administrator", END, end.clone()).await;
    assert_eq!(ended["endMandate"], json!({ "version": 2, "ends": "2026-06-02" }));
    let stale = ask(&world, "ilt.administrator", END, end).await;
    assert_eq!(code(&stale), Some("STALE_VERSION"));
    assert!(!seen(json!("2026-06-03")).await.iter().any(|one| one.starts_with("ilt")));
    let wrong = json!({ "sector": "77", "starts": "2026-06-02", "ends": "2026-06-01", "legalSource": " " });
    let answer = ask(&world, "ilt.administrator", REGISTER, mandate("geen", wrong)).await;
    let fields: Vec<&Value> = answer["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|error| &error["extensions"]["field"])
        .collect();
    assert_eq!(fields.len(), 4, "{answer}");
    for field in ["input.law", "input.sector", "input.legalSource", "input.ends"] {
        assert!(fields.contains(&&json!(field)), "{field}: {answer}");
    }
}

#[tokio::test]
async fn organised_on_sqlite() {
    organised(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn organised_on_postgres() {
    organised(On::Postgres).await;
}
