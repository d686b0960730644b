//! What is asked is answered, to whom it may be.

use async_graphql::{Request, Variables};
use foundation::ids::{prefix, write};
use registry::seed::Noun;
use serde_json::{Value, json};

use crate::world::{both, postgres};

fn code_of(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("no error")
}

#[tokio::test]
async fn me_and_purposes_answer_without_a_purpose_and_nothing_else_does() {
    for world in both().await {
        let query = "{ me { account displayName roles clearance organisation { code contact { phone } } purposes { code } } purposes { code } }";
        let answer = world.ask("ilt.inspector", None, query).await;
        let me = &answer["data"]["me"];
        assert_eq!(me["account"], "ilt.inspector", "{}: {answer}", world.name);
        assert_eq!(me["roles"], json!(["INSPECTOR"]));
        assert_eq!(me["clearance"], "VERTROUWELIJK");
        assert_eq!(me["organisation"]["code"], "ilt");
        assert_eq!(
            me["purposes"],
            json!([{ "code": "risicoanalyse" }, { "code": "toezicht" }])
        );
        assert_eq!(answer["data"]["purposes"], me["purposes"]);

        for query in [
            "{ organisations { code } }",
            "{ circles { code } }",
            "{ parties(name: \"v\") { nodes { id } } }",
        ] {
            let answer = world.ask("ilt.inspector", None, query).await;
            assert_eq!(code_of(&answer), "PURPOSE_REQUIRED", "{}: {query}", world.name);
        }
        assert_eq!(
            code_of(&world.ask("nobody", None, "{ me { account } }").await),
            "ACCOUNT_UNKNOWN"
        );
        let answer = world
            .ask("ilt.analyst", Some("toezicht"), "{ organisations { code } }")
            .await;
        assert_eq!(code_of(&answer), "PURPOSE_NOT_HELD");
    }
}

#[tokio::test]
async fn every_role_sees_who_is_who_and_only_content_roles_see_parties() {
    let who =
        "{ organisations { id code } circle(code: \"cmj\") { coordinator { code } members { code } purposes { code }
        legalBasis { code fictitious } starts ends } legalBases { code } safetyRegions { code }
        categories { code domain { code } } domains { code } organisation(code: \"ilt\") { nameEn } }";
    for world in both().await {
        for (account, purpose) in [
            ("ilt.administrator", "verantwoording"),
            ("adr.auditor", "verantwoording"),
            ("nvwa.inspector", "toezicht"),
        ] {
            let answer = world.ask(account, Some(purpose), who).await;
            assert!(answer.get("errors").is_none(), "{}: {answer}", world.name);
            let circle = &answer["data"]["circle"];
            assert_eq!(circle["coordinator"]["code"], "igj");
            assert_eq!(circle["members"], json!([{ "code": "igj" }, { "code": "jenv" }]));
            assert_eq!(circle["starts"], "2021-01-01");
            assert_eq!(circle["ends"], Value::Null);
            assert_eq!(answer["data"]["safetyRegions"].as_array().map(Vec::len), Some(25));
        }
        let party = write(prefix::PARTY, Noun::Party.id("chemie"));
        for query in [
            format!("{{ party(id: \"{}\") {{ id }} }}", *party),
            "{ parties(name: \"voorbeeld\") { nodes { id } } }".to_owned(),
            format!(
                "{{ _entities(representations: [{{ __typename: \"SupervisedParty\", id: \"{}\" }}]) {{ __typename }} }}",
                *party
            ),
        ] {
            let answer = world
                .ask("ilt.administrator", Some("verantwoording"), query.as_str())
                .await;
            assert_eq!(code_of(&answer), "FORBIDDEN", "{}: {query}", world.name);
            let answer = world.ask("nvwa.inspector", Some("toezicht"), query).await;
            assert!(answer.get("errors").is_none(), "{}: {answer}", world.name);
        }
    }
}

#[tokio::test]
async fn parties_are_found_by_part_of_a_name_and_by_number_a_page_at_a_time() {
    for world in both().await {
        let ask = async |query: &str| world.ask("nvwa.inspector", Some("toezicht"), query).await;
        let answer = ask("{ parties(name: \"CHEMIE voor\") { nodes { legalName tradeNames sites { name safetyRegion { code } } } } }").await;
        let found = &answer["data"]["parties"]["nodes"];
        assert_eq!(found.as_array().map(Vec::len), Some(1), "{}: {answer}", world.name);
        assert_eq!(found[0]["legalName"], "Coöperatie Chémie Voorbeeld");
        assert_eq!(found[0]["sites"][1]["name"], "Vestiging aan de Laan 2");
        assert_eq!(found[0]["sites"][1]["safetyRegion"]["code"], "VR17");

        let first = ask("{ parties(name: \"voorbeeld\", first: 1) { edges { cursor node { legalName } } pageInfo { hasNextPage } } }").await;
        let page = &first["data"]["parties"];
        assert_eq!(page["pageInfo"]["hasNextPage"], true);
        let cursor = page["edges"][0]["cursor"].as_str().expect("a cursor");
        let next = ask(&format!("{{ parties(name: \"voorbeeld\", first: 1, after: \"{cursor}\") {{ nodes {{ legalName }} pageInfo {{ hasNextPage }} }} }}")).await;
        assert_eq!(
            next["data"]["parties"]["nodes"][0]["legalName"],
            "Opslag Voorbeeld B.V."
        );
        assert_eq!(next["data"]["parties"]["pageInfo"]["hasNextPage"], false);

        let by_number = ask("{ parties(identifier: { scheme: KVK, value: \"0000 9920\" }) { nodes { kind } } }").await;
        assert_eq!(
            by_number["data"]["parties"]["nodes"],
            json!([{ "kind": "SOLE_TRADER" }])
        );

        for (query, code, field) in [
            (
                "{ parties(identifier: { scheme: RSIN, value: \"123456789\" }) { nodes { id } } }",
                "INVALID_INPUT",
                "identifier.value",
            ),
            ("{ parties { nodes { id } } }", "REQUIRED", "name"),
            ("{ parties(name: \"--\") { nodes { id } } }", "REQUIRED", "name"),
            (
                "{ parties(name: \"v\", first: 0) { nodes { id } } }",
                "PAGE_SIZE",
                "first",
            ),
            (
                "{ parties(name: \"v\", first: -1) { nodes { id } } }",
                "PAGE_SIZE",
                "first",
            ),
            (
                "{ parties(name: \"v\", after: \"x\") { nodes { id } } }",
                "INVALID_CURSOR",
                "after",
            ),
            ("{ party(id: \"sit_1\") { id } }", "INVALID_ID", "id"),
        ] {
            let answer = ask(query).await;
            assert_eq!(code_of(&answer), code, "{}: {query}: {answer}", world.name);
            assert_eq!(answer["errors"][0]["extensions"]["field"], field, "{query}");
        }
        let deep = "sites { party { ".repeat(6) + "id" + &"} }".repeat(6);
        let answer = ask(&format!(
            "{{ parties(name: \"v\", first: 500) {{ nodes {{ {deep} }} }} }}"
        ))
        .await;
        assert_eq!(code_of(&answer), "TOO_DEEP", "{answer}");
        let nobody = write(prefix::PARTY, Noun::Party.id("nobody"));
        let absent = ask(&format!("{{ party(id: \"{}\") {{ id }} }}", *nobody)).await;
        assert_eq!(absent, json!({ "data": { "party": null } }));
    }
}

thread_local! {
    /// How many statements the database drivers sent from this thread, and so for this test.
    static STATEMENTS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Counts statements, each on the thread that sends it.
struct Counter;

impl tracing::Subscriber for Counter {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, _: &tracing::Event<'_>) {
        STATEMENTS.set(STATEMENTS.get() + 1);
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[tokio::test]
async fn entities_are_loaded_in_batches_however_many() {
    let world = postgres().await;
    tracing::subscriber::set_global_default(Counter).expect("only this test counts");
    let query = "query ($all: [_Any!]!) { _entities(representations: $all) {
        ... on SupervisedParty { legalName maskedFields { field } sites { name party { legalName } } }
        ... on Site { party { kind } safetyRegion { code } } ... on Organisation { code }
        ... on SafetyRegion { name } ... on Category { name } ... on Circle { code members { code } } } }";
    let mut statements = Vec::new();
    for times in [1, 20] {
        let all = [
            (
                "SupervisedParty",
                "id",
                write(prefix::PARTY, Noun::Party.id("chemie")).to_string(),
            ),
            (
                "SupervisedParty",
                "id",
                write(prefix::PARTY, Noun::Party.id("trader")).to_string(),
            ),
            (
                "SupervisedParty",
                "id",
                write(prefix::PARTY, Noun::Party.id("opslag")).to_string(),
            ),
            ("Site", "id", write(prefix::SITE, Noun::Site.id("kade")).to_string()),
            (
                "Organisation",
                "id",
                write(prefix::ORGANISATION, Noun::Organisation.id("ilt")).to_string(),
            ),
            (
                "Circle",
                "id",
                write(prefix::CIRCLE, Noun::Circle.id("cmj")).to_string(),
            ),
            ("SafetyRegion", "code", "VR08".to_owned()),
            ("Category", "code", "hazardous-transport".to_owned()),
            (
                "SupervisedParty",
                "id",
                write(prefix::PARTY, Noun::Party.id("nobody")).to_string(),
            ),
        ];
        let one = all
            .iter()
            .map(|(name, key, value)| json!({ "__typename": name, *key: value }));
        let many: Vec<Value> = one.cycle().take(all.len() * times).collect();
        let before = STATEMENTS.get();
        let variables = Variables::from_json(json!({ "all": many }));
        let answer = world
            .ask(
                "nvwa.inspector",
                Some("toezicht"),
                Request::new(query).variables(variables),
            )
            .await;
        assert!(answer.get("errors").is_none(), "{answer}");
        let entities = answer["data"]["_entities"].as_array().expect("a list");
        assert_eq!(entities.len(), all.len() * times);
        assert_eq!(
            entities[0]["sites"][0]["party"]["legalName"],
            "Coöperatie Chémie Voorbeeld"
        );
        assert_eq!(entities[6]["name"], "Gelderland-Zuid");
        assert_eq!(entities[8], Value::Null, "what is not there is null and spoils nothing");
        statements.push(STATEMENTS.get() - before);
    }
    let [one, twenty] = statements[..] else {
        panic!("two requests were made")
    };
    println!("{one} statements for one of each, {twenty} for twenty");
    assert!(one > 0, "statements are counted");
    // A busy machine may split a batch; a query per row would make twenty times as many.
    assert!(
        twenty < 2 * one,
        "{one} statements for one of each, {twenty} for twenty"
    );
}

#[tokio::test]
async fn everything_in_the_schema_says_what_it_is() {
    let world = crate::world::sqlite().await;
    let query = "{ __schema { types { name kind description fields { name description args { name description } }
        inputFields { name description } enumValues { name description } } } }";
    let answer = world.ask("ilt.inspector", None, query).await;
    let bare = |thing: &Value| thing["description"].as_str().unwrap_or_default().is_empty();
    let mut silent = Vec::new();
    for kind in answer["data"]["__schema"]["types"].as_array().expect("types") {
        let name = kind["name"].as_str().expect("a name");
        if name.starts_with('_') || kind["kind"] == "SCALAR" {
            continue;
        }
        if bare(kind) {
            silent.push(name.to_owned());
        }
        for list in ["fields", "inputFields", "enumValues"] {
            for part in kind[list].as_array().into_iter().flatten() {
                let part_name = format!("{name}.{}", part["name"].as_str().expect("a name"));
                if part_name.starts_with("Query._") {
                    continue;
                }
                if bare(part) {
                    silent.push(part_name.clone());
                }
                for argument in part["args"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter(|argument| bare(argument))
                {
                    silent.push(format!("{part_name}({})", argument["name"]));
                }
            }
        }
    }
    assert_eq!(silent, Vec::<String>::new());
}
