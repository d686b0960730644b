//! What a good token gives, and where it must stand.

use foundation::token::Refusal;
use http::HeaderMap;
use jsonwebtoken::Algorithm;
use serde_json::json;

use crate::house::{FIRST, House, START, authorization, header, header_but, sign};

#[tokio::test]
async fn a_good_token_says_who_calls() {
    let house = House::open().await;
    let caller = house.ask(&house.token(&FIRST)).await.unwrap();
    assert_eq!(caller.issuer, house.issuer);
    assert_eq!(caller.subject, "ilt.inspector");
    assert_eq!(caller.authorised_party.as_deref(), Some("console"));
    assert_eq!(caller.token_id.as_deref(), Some("token-1"));
    assert_eq!(caller.expires_at, (START + 300) * 1_000_000);
}

#[tokio::test]
async fn the_scheme_may_be_written_in_any_case() {
    let house = House::open().await;
    let token = house.token(&FIRST);
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let headers = authorization(&[&format!("{scheme} {token}")]);
        assert!(house.verifier.verify(&headers).await.is_ok(), "{scheme}");
    }
}

#[tokio::test]
async fn ps256_a_list_of_audiences_and_the_plain_type_are_good_too() {
    let house = House::open().await;
    // The first key says that it is for RS256 only.
    let mut public = FIRST.public.clone();
    public.as_object_mut().unwrap().remove("alg");
    house.publish(&[&public]);
    let claims = house.claims_but("aud", json!(["other", "samenzicht"]));
    let head = json!({ "typ": "JWT", "alg": "PS256", "kid": "first" });
    let token = sign(&head, &claims, &FIRST.private, Algorithm::PS256);
    assert!(house.ask(&token).await.is_ok());
    assert!(
        house
            .ask_header(&header_but("typ", json!("application/AT+JWT")))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_request_without_token_or_with_two_is_refused() {
    let house = House::open().await;
    let verify = |values: Vec<String>| {
        let headers = authorization(&values.iter().map(String::as_str).collect::<Vec<_>>());
        let verifier = house.verifier.clone();
        async move { verifier.verify(&headers).await.unwrap_err() }
    };
    let good = format!("Bearer {}", house.token(&FIRST));
    assert_eq!(verify(vec![]).await, Refusal::Missing);
    assert_eq!(verify(vec![String::new()]).await, Refusal::Missing);
    assert_eq!(verify(vec!["Bearer".into()]).await, Refusal::Malformed);
    assert_eq!(verify(vec!["Bearer garbage".into()]).await, Refusal::Malformed);
    assert_eq!(verify(vec!["Basic aWx0OmlsdA==".into()]).await, Refusal::Malformed);
    assert_eq!(verify(vec![house.token(&FIRST)]).await, Refusal::Malformed);
    assert_eq!(verify(vec![format!("{good}, {good}")]).await, Refusal::Malformed);
    assert_eq!(verify(vec![good.clone(), good.clone()]).await, Refusal::SeveralHeaders);
    assert_eq!(verify(vec![good, String::new()]).await, Refusal::SeveralHeaders);
}

#[tokio::test]
async fn a_token_anywhere_but_in_the_header_is_never_looked_at() {
    let house = House::open().await;
    let token = house.token(&FIRST);
    let request = http::Request::get(format!("/graphql?access_token={token}"))
        .header("Cookie", format!("access_token={token}"))
        .header("X-Authorization", format!("Bearer {token}"))
        .body(())
        .unwrap();
    assert_eq!(house.verifier.verify(request.headers()).await, Err(Refusal::Missing));
    assert_eq!(house.verifier.verify(&HeaderMap::new()).await, Err(Refusal::Missing));
    assert_eq!(house.fetches(), 0);
}

#[tokio::test]
async fn clocks_may_differ_by_the_leeway_and_no_more() {
    let house = House::open().await;
    let token = house.token(&FIRST);
    house.pass(-10);
    assert!(house.ask(&token).await.is_ok());
    house.pass(-1);
    assert_eq!(house.ask(&token).await, Err(Refusal::NotYetValid));
    house.pass(11 + 309);
    assert!(house.ask(&token).await.is_ok());
    house.pass(1);
    assert_eq!(house.ask(&token).await, Err(Refusal::Expired));
}

#[tokio::test]
async fn only_listed_clients_may_bring_tokens_where_there_is_a_list() {
    let house = House::with(|issuer| issuer.authorised_parties = vec!["console".into()]).await;
    assert!(house.ask(&house.token(&FIRST)).await.is_ok());
    let refused = Err(Refusal::WrongParty);
    assert_eq!(
        house.ask_claims(&house.claims_but("azp", json!("other"))).await,
        refused
    );
    assert_eq!(house.ask_claims(&house.claims_but("azp", json!(null))).await, refused);
    assert_eq!(
        house.ask_claims(&house.claims_but("client_id", json!("other"))).await,
        refused
    );
    let mut renamed = house.claims_but("azp", json!(null));
    renamed["client_id"] = json!("console");
    assert!(house.ask_claims(&renamed).await.is_ok());
}

#[tokio::test]
async fn a_clone_shares_the_keys() {
    let house = House::open().await;
    let token = house.token(&FIRST);
    for _ in 0..5 {
        assert!(house.verifier.clone().verify_token(&token).await.is_ok());
    }
    assert_eq!(house.fetches(), 1);
    assert_eq!(house.ask_header(&header("")).await, Err(Refusal::UnknownKey));
}
