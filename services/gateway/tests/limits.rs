//! Too deep, too wide, too large: refused before any subgraph hears of it, each with its code.

use serde_json::json;

use crate::toy::stand::{Shape, Stand};

/// Alternating party and signals, so many levels deep.
fn nested(levels: usize) -> String {
    let mut query = "{ id }".to_owned();
    for level in 0..levels {
        let field = if level % 2 == 0 { "party" } else { "signals" };
        query = format!("{{ {field} {query} }}");
    }
    format!("{{ signals {query} }}")
}

#[tokio::test]
async fn each_limit_has_its_code_and_reaches_nobody() {
    let stand = Stand::up(Shape::InProcess).await;
    let aliases: String = (0..40).map(|n| format!("a{n}: __typename ")).collect();
    let words = "__typename ".repeat(6_000);
    let directives = "__typename @include(if: true) ".repeat(60);
    let round = "fragment A on Party { signals { party { ...B } } } fragment B on Party { ...A } { signals { party { ...A } } }";
    let introspection = {
        let deep = "type { fields { ".repeat(20) + "name" + &" } }".repeat(20);
        format!("{{ __schema {{ types {{ fields {{ {deep} }} }} }} }}")
    };
    for (query, code) in [
        (nested(25), "MAX_DEPTH_EXCEEDED"),
        (introspection, "MAX_DEPTH_EXCEEDED"),
        (format!("{{ {aliases} }}"), "MAX_ALIASES_EXCEEDED"),
        (format!("{{ {words} }}"), "TOKEN_LIMIT_EXCEEDED"),
        (format!("{{ {directives} }}"), "MAX_DIRECTIVES_EXCEEDED"),
        ("{ nothing }".to_owned(), "GRAPHQL_VALIDATION_FAILED"),
        (
            "{ signals(first: \"many\") { id } }".to_owned(),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("{ signals".to_owned(), "GRAPHQL_PARSE_FAILED"),
        (round.to_owned(), "OPERATION_RESOLUTION_FAILURE"),
        ("{ signals { id: title } }".to_owned(), "ALIAS_NOT_ALLOWED"),
    ] {
        let reply = stand
            .client()
            .header("accept", "application/graphql-response+json")
            .ask(&query)
            .await;
        let shown: String = query.chars().take(60).collect();
        assert_eq!(reply.status, 400, "{shown}: {reply:?}");
        assert!(reply.codes().contains(&code), "{shown}: {:?}", reply.body);
        assert_eq!(reply.body.get("data"), None, "{shown}");
    }
    assert_eq!(stand.world.requests(), 0);
    assert_eq!(stand.client().ask(&nested(12)).await.status, 200);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_read() {
    let stand = Stand::with(Shape::InProcess, |settings| settings.limits.body_bytes = 10_000).await;
    let variables = json!({ "input": { "title": "x".repeat(20_000) } });
    let change = "mutation ($input: SignalInput!) { recordSignal(input: $input) { id } }";
    let reply = stand.client().ask_with(change, variables).await;
    assert_eq!(reply.status, 413);
    assert_eq!(reply.codes(), ["PAYLOAD_TOO_LARGE_CONTENT_LENGTH"]);
    assert_eq!(stand.world.requests(), 0);
}

#[tokio::test]
async fn graphiqls_own_introspection_fits() {
    let stand = Stand::up(Shape::InProcess).await;
    let of = "{ kind name ofType ".repeat(9) + "{ kind name }" + &" }".repeat(9);
    let query = format!(
        "query IntrospectionQuery {{ __schema {{ queryType {{ name }} mutationType {{ name }} subscriptionType {{ name }} \
         types {{ kind name description fields(includeDeprecated: true) {{ name args {{ name type {of} }} type {of} }} \
         inputFields {{ name type {of} }} interfaces {of} enumValues(includeDeprecated: true) {{ name }} possibleTypes {of} }} \
         directives {{ name locations args {{ name type {of} }} }} }} }}"
    );
    let reply = stand.client().ask(&query).await;
    let schema = &reply.data()["__schema"];
    assert_eq!(schema["subscriptionType"]["name"], "Subscription");
}
