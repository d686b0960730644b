//! Who supervises the holders of a certifying body's certificates, and that a signal about the body reaches them.

use foundation::clock::SECOND;
use serde_json::{Value, json};
use tests::signals::{PUBLISH, grant, input, recorded};
use tests::stand::{Shape, Stand};
use tests::world::{On, World};

const REGISTER: &str = "mutation ($i: PartyInput!) { registerParty(input: $i) { party { id } } }";
const RELATE: &str = "mutation ($i: PartyRelationInput!) { relateParties(input: $i) { id } }";
const MANDATE: &str = "mutation ($i: MandateInput!) { registerMandate(input: $i) { id } }";
const ASK: &str =
    "query ($id: ID!, $on: Date, $n: Int) { party(id: $id) { certificateHolderSupervision(on: $on, first: $n) {
    considered complete supervisors { organisation { code contact { name } } holderCount holders {
        party { id legalName maskedFields { field } } supervision { reasons mandate { law { code } } } } } } } }";

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

async fn ask(world: &World, who: &str, query: &str, variables: Value) -> Value {
    let reply = world.ask_registry(who, "toezicht", query, &variables).await;
    let mut answer = serde_json::to_value(reply.response).expect("an answer is JSON");
    assert!(answer.get("errors").is_none(), "{who}: {answer:#}");
    answer["data"].take()
}

async fn party(world: &World, kind: &str, name: &str) -> String {
    let input = json!({ "kind": kind, "legalName": name });
    let made = ask(world, "ilt.inspector", REGISTER, json!({ "i": input })).await;
    text(&made["registerParty"]["party"]["id"])
}

async fn certifies(world: &World, body: &str, holder: &str, ends: Value) {
    let relation =
        json!({ "partyId": body, "role": "CERTIFIED", "otherId": holder, "starts": "2026-01-01", "ends": ends });
    // Ids are in the order of time, and so are relations.
    world.clock.advance(SECOND);
    ask(world, "ilt.inspector", RELATE, json!({ "i": relation })).await;
}

/// Each inspectorate with its holders, and the reasons for each.
fn supervisors(of: &Value) -> Vec<(String, Vec<(String, Value)>)> {
    let list = of["supervisors"].as_array().expect("a list");
    let supervisor = |one: &Value| {
        let holders = one["holders"].as_array().expect("a list");
        assert_eq!(one["holderCount"], holders.len(), "every number equals its list");
        assert_eq!(one["organisation"]["contact"]["name"], "Loket", "whom to call");
        let holder = |one: &Value| {
            let reasons = one["supervision"].as_array().expect("a list").iter();
            (
                text(&one["party"]["id"]),
                reasons.map(|one| one["reasons"].clone()).collect(),
            )
        };
        (text(&one["organisation"]["code"]), holders.iter().map(holder).collect())
    };
    list.iter().map(supervisor).collect()
}

async fn told(on: On) {
    let world = World::peopled(on).await;
    let law = "INSERT INTO law VALUES ('demo-werk', 'demo-werk', 'demo-werk', TRUE, 'test')";
    world.run(law, vec![]).await;
    let body = party(&world, "CERTIFYING_BODY", "Keuringsbureau").await;
    let yard = party(&world, "COMPANY", "Wasplaats").await;
    let school = party(&world, "INSTITUTION", "Opleiding").await;
    let trader = party(&world, "SOLE_TRADER", "Canarie Handelaar").await;
    let former = party(&world, "PUBLIC_BODY", "Vroegere houder").await;
    for holder in [&yard, &school, &trader] {
        certifies(&world, &body, holder, Value::Null).await;
    }
    certifies(&world, &body, &former, json!("2026-03-31")).await;
    for (who, kinds) in [
        ("nvwa.administrator", &["COMPANY", "SOLE_TRADER"][..]),
        ("igj.administrator", &["INSTITUTION"]),
        ("jenv.administrator", &["PUBLIC_BODY", "SHIP"]),
    ] {
        for kind in kinds {
            let mandate =
                json!({ "law": "demo-werk", "legalSource": "Fictief", "partyKind": kind, "starts": "2026-01-01" });
            ask(&world, who, MANDATE, json!({ "i": mandate })).await;
        }
    }
    let seen = async |who: &str, more: Value| {
        let mut variables = json!({ "id": body });
        for (name, value) in more.as_object().into_iter().flatten() {
            variables[name] = value.clone();
        }
        ask(&world, who, ASK, variables).await["party"]["certificateHolderSupervision"].take()
    };

    let now = seen("igj.analyst", json!({})).await;
    assert_eq!((&now["considered"], &now["complete"]), (&json!(3), &json!(true)));
    let kind = || json!([["KIND"]]);
    let of_nvwa = vec![(yard.clone(), kind()), (trader.clone(), kind())];
    let of_igj = vec![(school.clone(), kind())];
    let expected = [("nvwa".to_owned(), of_nvwa.clone()), ("igj".to_owned(), of_igj)];
    assert_eq!(supervisors(&now), expected, "those with most holders first");
    let trader = &now["supervisors"][0]["holders"][1]["party"];
    assert_eq!(
        trader["legalName"],
        Value::Null,
        "a person's name is masked here too: {now:#}"
    );
    assert_eq!(trader["maskedFields"][0]["field"], "legalName");

    let then = seen("igj.analyst", json!({ "on": "2026-03-01" })).await;
    assert_eq!(then["considered"], 4);
    let codes: Vec<String> = supervisors(&then).into_iter().map(|(code, _)| code).collect();
    assert!(
        codes.contains(&"jenv".to_owned()),
        "then they had a holder to supervise: {codes:?}"
    );

    let some = seen("igj.analyst", json!({ "n": 1 })).await;
    assert_eq!((&some["considered"], &some["complete"]), (&json!(1), &json!(false)));
    assert_eq!(supervisors(&some), [("nvwa".to_owned(), of_nvwa[..1].to_vec())]);

    let none = ask(&world, "igj.analyst", ASK, json!({ "id": yard })).await;
    let none = &none["party"]["certificateHolderSupervision"];
    assert_eq!(*none, Value::Null, "it certifies nobody");
}

#[tokio::test]
async fn supervision_of_holders_is_told_on_sqlite() {
    told(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn supervision_of_holders_is_told_on_postgres() {
    told(On::Postgres).await;
}

/// Through the front door: the signal leads to the body, the body to the inspectorates, and one change shares it.
async fn reaches(shape: Shape) {
    let stand = Stand::up(shape).await;
    let ilt = stand.caller("ilt.inspector", "toezicht");
    let party = async |kind: &str, name: &str| {
        let made = ilt
            .data(REGISTER, json!({ "i": { "kind": kind, "legalName": name } }))
            .await;
        text(&made["registerParty"]["party"]["id"])
    };
    let body = party("CERTIFYING_BODY", "Fictief Keurmerk Toetssteen").await;
    let holder = party("NETWORK", "Fictieve Keten Schoon Water").await;
    let relation = json!({ "partyId": body, "role": "CERTIFIED", "otherId": holder });
    ilt.data(RELATE, json!({ "i": relation })).await;
    for (who, law) in [("nvwa.admin", "demo-arbeid"), ("igj.admin", "demo-jeugd")] {
        let mandate = json!({ "law": law, "legalSource": "Fictief", "partyKind": "NETWORK" });
        stand
            .caller(who, "verantwoording")
            .data(MANDATE, json!({ "i": mandate }))
            .await;
    }
    let mut about = input("Certificaten zonder onderzoek");
    about["parties"] = json!([body]);
    let id = recorded(&ilt, about).await;
    ilt.data(PUBLISH, json!({ "id": id, "version": 1 })).await;

    let ask = "query ($id: ID!) { signal(id: $id) { parties { legalName certificateHolderSupervision {
        considered complete supervisors { organisation { code } holders { party { legalName }
        supervision { reasons mandate { law { code } } } } } } } } }";
    let answer = ilt.data(ask, json!({ "id": id })).await;
    let supervision = &answer["signal"]["parties"][0]["certificateHolderSupervision"];
    assert_eq!(supervision["considered"], 1, "{answer:#}");
    let list = supervision["supervisors"].as_array().expect("a list");
    let found = |code: &str, law: &str| {
        let holders = json!([{ "party": { "legalName": "Fictieve Keten Schoon Water" },
            "supervision": [{ "reasons": ["KIND"], "mandate": { "law": { "code": law } } }] }]);
        assert!(
            list.contains(&json!({ "organisation": { "code": code }, "holders": holders })),
            "{code}: {list:#?}"
        );
    };
    found("nvwa", "demo-arbeid");
    found("igj", "demo-jeugd");
    assert_eq!(list.len(), 2);

    let readers = [
        stand.caller("nvwa.inspector", "toezicht"),
        stand.caller("igj.inspector", "toezicht"),
    ];
    let see = "query ($id: ID!) { signal(id: $id) { title } }";
    for reader in &readers {
        assert_eq!(reader.data(see, json!({ "id": id })).await["signal"], Value::Null);
    }
    let share =
        "mutation ($id: ID!, $g: [GrantInput!]!) { shareSignalWithAll(id: $id, grants: $g) { signal { version } } }";
    let grants: Vec<Value> = list
        .iter()
        .map(|one| grant(&text(&one["organisation"]["code"]), "toezicht"))
        .collect();
    ilt.data(share, json!({ "id": id, "g": grants })).await;
    for reader in &readers {
        let seen = reader.data(see, json!({ "id": id })).await;
        assert_eq!(seen["signal"]["title"], "Certificaten zonder onderzoek");
    }
    stand.down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_reaches_the_supervisors_of_holders_in_one_process() {
    reaches(Shape::OneProcess).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_reaches_the_supervisors_of_holders_over_processes() {
    reaches(Shape::Processes).await;
}
