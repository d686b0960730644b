//! Claims by other names than the standard's, and kinds of tokens.

use foundation::token::Refusal;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::house::{FIRST, House, header_but, sign};

#[tokio::test]
async fn the_configured_claim_says_who_calls() {
    let house = House::with(|issuer| issuer.claims.subject = "oid".into()).await;
    let mut claims = house.claims_but("sub", json!("pairwise-7"));
    claims["oid"] = json!("f2b0c6d4");
    assert_eq!(house.ask_claims(&claims).await.unwrap().subject, "f2b0c6d4");
    for value in [json!(""), json!(7), json!(["f2b0c6d4"]), json!("a\nb"), Value::Null] {
        claims["oid"] = value;
        // `sub` is no way out.
        assert_eq!(house.ask_claims(&claims).await, Err(Refusal::Malformed));
    }
    // Nobody can add a second one.
    let twice = claims.to_string().replacen('{', r#"{"oid":"a","oid":"b","#, 1);
    assert_eq!(house.ask_text(&twice).await, Err(Refusal::Malformed));
}

#[tokio::test]
async fn the_configured_claims_say_which_client_asked() {
    let house = House::with(|issuer| {
        issuer.claims.authorised_party = vec!["azp".into(), "appid".into()];
        issuer.authorised_parties = vec!["console".into()];
    })
    .await;
    let mut claims = house.claims_but("azp", json!(null));
    // RFC 9068's name is not among them here.
    claims["client_id"] = json!("console");
    assert_eq!(house.ask_claims(&claims).await, Err(Refusal::WrongParty));
    claims["appid"] = json!("console");
    let caller = house.ask_claims(&claims).await.unwrap();
    assert_eq!(caller.authorised_party.as_deref(), Some("console"));
    claims["azp"] = json!("other");
    assert_eq!(
        house.ask_claims(&claims).await,
        Err(Refusal::WrongParty),
        "they must agree"
    );
}

#[tokio::test]
async fn only_the_configured_kinds_are_access_tokens() {
    let strict = House::with(|issuer| issuer.token_types = vec!["at+jwt".into()]).await;
    assert!(strict.ask(&strict.token(&FIRST)).await.is_ok());
    let refused = strict.ask_header(&header_but("typ", json!("JWT"))).await;
    assert_eq!(refused, Err(Refusal::WrongType));

    let loose = House::with(|issuer| issuer.token_types = vec!["untyped".into()]).await;
    assert!(loose.ask_header(&header_but("typ", Value::Null)).await.is_ok());
    let mut head = header_but("typ", Value::Null);
    head.as_object_mut().unwrap().remove("typ");
    let token = sign(&head, &loose.claims(), &FIRST.private, Algorithm::RS256);
    assert!(loose.ask(&token).await.is_ok());
    assert_eq!(loose.ask(&loose.token(&FIRST)).await, Err(Refusal::WrongType));
}

#[tokio::test]
async fn a_token_that_may_be_an_identity_token_is_refused() {
    let house = House::open().await;
    for party in [json!(null), json!("samenzicht")] {
        let claims = house.claims_but("azp", party.clone());
        let token = sign(
            &header_but("typ", json!("JWT")),
            &claims,
            &FIRST.private,
            Algorithm::RS256,
        );
        assert_eq!(house.ask(&token).await, Err(Refusal::WrongType), "{party}");
        let token = sign(
            &header_but("typ", json!("at+jwt")),
            &claims,
            &FIRST.private,
            Algorithm::RS256,
        );
        assert!(house.ask(&token).await.is_ok(), "{party}: its header says what it is");
    }
}

#[tokio::test]
async fn identity_and_refresh_tokens_are_told_by_their_claims_too() {
    let house = House::open().await;
    assert!(
        house
            .ask_claims(&house.claims_but("typ", json!("Bearer")))
            .await
            .is_ok()
    );
    for (name, value) in [
        ("typ", json!("ID")),
        ("typ", json!("Refresh")),
        ("at_hash", json!("x")),
        ("c_hash", json!("x")),
    ] {
        let refused = house.ask_claims(&house.claims_but(name, value)).await;
        assert_eq!(refused, Err(Refusal::WrongType), "{name}");
    }
}
