//! What the router's version does otherwise than later ones, pinned down so that a change is noticed and nobody relies
//! on what it does not do. What each means for us: `docs/gateway.md`.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use crate::toy::stand::{Shape, Stand};

async fn stand() -> Stand {
    Stand::up(Shape::InProcess).await
}

/// Root fields of a change run one after the other, across services.
#[tokio::test]
async fn changes_run_in_the_order_written() {
    let stand = stand().await;
    stand.world.registry_delay.store(50, Ordering::SeqCst);
    let change = "mutation { a: recordSignal(input: { title: \"1\" }) { id } \
                  b: renameParty(id: \"p1\", name: \"New\") { id } \
                  c: recordSignal(input: { title: \"2\" }) { id } }";
    let reply = stand.client().ask(change).await;
    assert!(reply.data()["c"].is_object());
    assert_eq!(stand.world.log(), ["record 1", "rename p1", "record 2"]);
}

/// But what a changed field needs from another service is looked up beside the next change, not before it.
#[tokio::test]
async fn a_changes_look_up_may_see_the_next_change() {
    let stand = stand().await;
    let change = "mutation { a: recordSignal(input: { title: \"1\", party: \"p1\" }) { party { name } } \
                  b: renameParty(id: \"p1\", name: \"New\") { id } }";
    let reply = stand.client().ask(change).await;
    let log = stand.world.log();
    println!("{log:?} {}", reply.body);
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn skipped_fields_are_not_fetched() {
    let stand = stand().await;
    let query = "query ($no: Boolean!) { signals(first: 1) { title party @include(if: $no) { name } } me @skip(if: true) { name } }";
    let reply = stand.client().ask_with(query, json!({ "no": false })).await;
    assert_eq!(
        reply.data(),
        &json!({ "signals": [{ "title": "Signal 1" }] })
    );
    assert_eq!(stand.world.log(), ["signals"]);
}

#[tokio::test]
async fn everything_skipped() {
    let stand = stand().await;
    for query in [
        "{ me @skip(if: true) { name } }",
        "query ($no: Boolean = false) { me @include(if: $no) { name } }",
    ] {
        let reply = stand.client().ask(query).await;
        println!("{} {}", reply.status, reply.body);
    }
}

#[tokio::test]
async fn a_missing_condition() {
    let stand = stand().await;
    let reply = stand
        .client()
        .ask("query ($no: Boolean!) { me @include(if: $no) { name } }")
        .await;
    println!("{} {}", reply.status, reply.body);
    assert_eq!(stand.world.requests(), 0);
}

#[tokio::test]
async fn input_objects_in_variables() {
    let stand = stand().await;
    let change = "mutation ($input: SignalInput!) { recordSignal(input: $input) { id } }";
    for input in [
        json!({ "title": "x", "severity": "ENORMOUS" }),
        json!({ "title": 7 }),
        json!({}),
        json!({ "title": "x", "other": 1 }),
        Value::Null,
    ] {
        let reply = stand
            .client()
            .ask_with(change, json!({ "input": input }))
            .await;
        println!("{input} -> {} {}", reply.status, reply.body);
    }
    assert_eq!(stand.world.log(), [""; 0]);
}

#[tokio::test]
async fn scalars_in_variables() {
    let stand = stand().await;
    let query = "query ($first: Int, $ids: [ID!]) { count(first: $first, ids: $ids) }";
    for variables in [
        json!({ "first": 2_147_483_648_i64 }),
        json!({ "first": "1" }),
        json!({ "ids": [1, 2] }),
        json!({ "ids": ["a", null] }),
    ] {
        let reply = stand.client().ask_with(query, variables.clone()).await;
        println!("{variables} -> {} {}", reply.status, reply.body);
    }
}

#[tokio::test]
async fn an_alias_named_like_the_key() {
    let stand = stand().await;
    let reply = stand
        .client()
        .ask("{ party(id: \"p1\") { id: name signals { title } } }")
        .await;
    println!("{} {}", reply.status, reply.body);
    println!("{:?}", stand.world.log());
}

#[tokio::test]
async fn the_same_field_with_other_arguments_in_two_types() {
    let stand = stand().await;
    let query = "{ found { ... on Signal { party { label(width: 1) } } ... on Notice { party { label(width: 2) } } } }";
    let body = json!({ "query": query });
    match stand.client().post(&body).send().await {
        Ok(response) => println!("{} {}", response.status(), response.text().await.unwrap()),
        Err(error) => println!("no answer: {error:?}"),
    }
    let after = stand.client().ask("{ me { name } }").await;
    assert_eq!(after.status, 200, "the worker lives");
}
