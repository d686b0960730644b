//! Who is not let in, and what is too much for the router.

use serde_json::{Value, json};
use tests::caller::{Caller, document};
use tests::signals::{RECORD, input};
use tests::stand::{Shape, Stand};

use super::{sentence, told};

/// What is wrong with a caller, and with which status and code that is told.
fn callers(stand: &Stand) -> Vec<(&'static str, Caller, u16, &'static str)> {
    let good = stand.caller("ilt.inspector", "toezicht");
    let signer = &stand.signer;
    let of = |token: String| good.clone().token(&token);
    let claims = |change: fn(&mut Value)| of(signer.claims("ilt.inspector", 3600, change));
    vec![
        ("no token", good.clone().without("authorization"), 401, "TOKEN_MISSING"),
        (
            "an empty token",
            good.clone().header("authorization", "Bearer "),
            401,
            "TOKEN_MALFORMED",
        ),
        ("a torn token", of("ey.ey.ey".to_owned()), 401, "TOKEN_MALFORMED"),
        (
            "no bearer",
            good.clone().header("authorization", "Basic aWx0Omlsd"),
            401,
            "TOKEN_MALFORMED",
        ),
        (
            "an expired token",
            of(signer.token("ilt.inspector", -600)),
            401,
            "TOKEN_EXPIRED",
        ),
        (
            "a forged token",
            of(signer.forger().token("ilt.inspector", 3600)),
            401,
            "TOKEN_INVALID",
        ),
        (
            "another audience",
            claims(|claims| claims["aud"] = json!("elders")),
            401,
            "TOKEN_INVALID",
        ),
        (
            "another issuer",
            claims(|claims| claims["iss"] = json!("https://elders.example")),
            401,
            "TOKEN_INVALID",
        ),
        (
            "a token of tomorrow",
            claims(|claims| claims["nbf"] = json!(4_000_000_000_i64)),
            401,
            "TOKEN_INVALID",
        ),
        (
            "an unknown account",
            of(signer.token("ilt.nobody", 3600)),
            200,
            "ACCOUNT_UNKNOWN",
        ),
        (
            "no purpose",
            good.clone().without("samenzicht-purpose"),
            200,
            "PURPOSE_REQUIRED",
        ),
        ("an empty purpose", good.clone().purpose(" "), 200, "PURPOSE_REQUIRED"),
        (
            "an unknown purpose",
            good.clone().purpose("nieuwsgierigheid"),
            200,
            "PURPOSE_UNKNOWN",
        ),
        (
            "a purpose not held",
            good.clone().purpose("verantwoording"),
            200,
            "PURPOSE_NOT_HELD",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_without_standing_hears_why() {
    for shape in [Shape::OneProcess, Shape::Processes] {
        let stand = Stand::up(shape).await;
        let before = stand.behind.amounts().await;
        let record = document(RECORD, &json!({ "input": input("Proef") }));
        for (what, caller, status, code) in callers(&stand) {
            for body in [record.clone(), document("{ signals { nodes { id } } }", &json!({}))] {
                let dutch = caller.send(body.clone()).await;
                let english = caller.clone().english().send(body).await;
                assert_eq!(
                    (dutch.status, english.status),
                    (status, status),
                    "{what}: {}",
                    dutch.text()
                );
                let (dutch, english) = (told(&dutch, code, what), told(&english, code, what));
                assert_ne!(
                    sentence(&dutch, what),
                    sentence(&english, what),
                    "{what}: in both languages"
                );
            }
        }
        assert_eq!(stand.behind.amounts().await, before, "{shape:?}: something was written");
        stand.down().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_router_refuses_what_is_too_much() {
    for shape in [Shape::OneProcess, Shape::Processes] {
        let stand = Stand::up(shape).await;
        let before = stand.behind.amounts().await;
        let caller = stand
            .caller("ilt.inspector", "toezicht")
            .header("accept", "application/graphql-response+json");
        let nested = |times: usize| {
            let (open, close) = ("parties { signals { nodes { ".repeat(times), "} } }".repeat(times));
            format!("{{ signals {{ nodes {{ {open} id {close} }} }} }}")
        };
        let aliases: String = (0..40)
            .map(|number| format!("a{number}: signals {{ alsoUnder }} "))
            .collect();
        let wide: String = (0..5000).map(|_| "__typename ").collect();
        let directives = "@skip(if: false) ".repeat(60);
        let rows = [
            ("too deep", nested(8), "MAX_DEPTH_EXCEEDED", 400),
            ("too large", format!("{{ {wide} }}"), "TOKEN_LIMIT_EXCEEDED", 400),
            (
                "too many aliases",
                format!("{{ {aliases} }}"),
                "MAX_ALIASES_EXCEEDED",
                400,
            ),
            (
                "too many directives",
                format!("{{ me {{ account {directives} }} }}"),
                "MAX_DIRECTIVES_EXCEEDED",
                400,
            ),
            ("not GraphQL", "{ signals".to_owned(), "GRAPHQL_PARSE_FAILED", 400),
            (
                "an unknown field",
                "{ signalen { id } }".to_owned(),
                "GRAPHQL_VALIDATION_FAILED",
                400,
            ),
            (
                "an unknown enum in the text",
                "{ signals(filter: { severity: ERG }) { alsoUnder } }".to_owned(),
                "GRAPHQL_VALIDATION_FAILED",
                400,
            ),
            (
                "a missing variable",
                "query ($id: ID!) { signal(id: $id) { id } }".to_owned(),
                "BAD_USER_INPUT",
                400,
            ),
        ];
        for (what, query, code, status) in rows {
            for caller in [caller.clone(), caller.clone().english()] {
                let answer = caller.ask(&query, json!({})).await;
                assert_eq!(answer.status, status, "{what}: {}", answer.text());
                println!("{what}: {}", told(&answer, code, what)["message"]);
            }
        }
        let oversized = document("{ me { account } }", &json!({ "x": "x".repeat(5 * 1024 * 1024) }));
        match caller.try_send(oversized).await {
            Ok(answer) => {
                assert_eq!(answer.status, 413, "{}", answer.text());
                told(&answer, "PAYLOAD_TOO_LARGE_CONTENT_LENGTH", "an oversized body");
            }
            // The answer may be lost when the connection closes on a body that is still being sent.
            Err(error) => println!("an oversized body: {error}"),
        }
        for (what, body, code) in [
            ("no JSON", b"query".to_vec(), "BAD_REQUEST"),
            ("no query", b"{}".to_vec(), "MISSING_QUERY_PARAM"),
        ] {
            let answer = caller.send(body).await;
            assert_eq!(answer.status, 400, "{what}: {}", answer.text());
            println!("{what}: {}", told(&answer, code, what)["message"]);
        }
        assert_eq!(stand.behind.amounts().await, before, "{shape:?}: something was written");
        stand.down().await;
    }
}
