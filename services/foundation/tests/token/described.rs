//! Keys that are found by the issuer's own description.

use foundation::token::{Finding, Refusal, TokenSettings, examine};
use serde_json::json;

use crate::house::{FIRST, House, SECOND};

async fn described() -> House {
    House::with(|issuer| issuer.jwks_uri = None).await
}

#[tokio::test]
async fn the_keys_are_where_the_issuer_says() {
    let house = described().await;
    assert!(house.ask(&house.token(&FIRST)).await.is_ok());
    assert_eq!((house.described(), house.fetches()), (1, 1));
    house.publish(&[&SECOND.public]);
    assert!(house.ask(&house.token(&SECOND)).await.is_ok());
    assert_eq!((house.described(), house.fetches()), (2, 2));
}

#[tokio::test]
async fn a_description_by_another_name_is_not_believed() {
    let house = described().await;
    for name in [
        json!(format!("{}/", house.issuer)),
        json!("https://elders.example"),
        json!(null),
        json!(7),
    ] {
        house.describe(|description| description["issuer"] = name);
        house.pass(5);
        assert_eq!(house.ask(&house.token(&FIRST)).await, Err(Refusal::Unverifiable));
    }
    assert_eq!(house.fetches(), 0, "its keys were not asked for");
    house.describe(|description| description["issuer"] = json!(house.issuer));
    house.pass(5);
    assert!(house.ask(&house.token(&FIRST)).await.is_ok());
}

#[tokio::test]
async fn a_description_that_leads_nowhere_is_an_outage() {
    let house = described().await;
    for place in [
        json!(null),
        json!("jwks"),
        json!("http://elders.example/jwks"),
        json!("file:///etc/passwd"),
    ] {
        house.describe(|description| description["jwks_uri"] = place);
        house.pass(5);
        assert_eq!(house.ask(&house.token(&FIRST)).await, Err(Refusal::Unverifiable));
    }
    assert_eq!(house.fetches(), 0);
}

async fn found(house: &House, change: impl FnOnce(&mut TokenSettings)) -> Vec<Finding> {
    let mut settings = house.settings.clone();
    change(&mut settings);
    let issuer = settings.issuers[0].clone();
    examine(&settings, &issuer, jiff::Timestamp::now()).await
}

fn bad(findings: &[Finding]) -> Vec<&str> {
    let bad = findings.iter().filter_map(|finding| match finding {
        Finding::Bad(what, _) => Some(what.as_str()),
        Finding::Good(_) | Finding::Note(_) => None,
    });
    bad.collect()
}

#[tokio::test]
async fn an_examination_says_what_is_wrong_before_anybody_signs_in() {
    let house = described().await;
    house.describe(|description| description["code_challenge_methods_supported"] = json!(["S256"]));
    let whole = found(&house, |_| {}).await;
    assert_eq!(bad(&whole), Vec::<&str>::new(), "{whole:?}");
    let keys = Finding::Good("it publishes 1 usable keys: first".into());
    assert!(whole.contains(&keys), "{whole:?}");

    let algorithms = found(&house, |all| all.issuers[0].algorithms = vec!["ES256".into()]).await;
    assert!(bad(&algorithms)[0].contains("none of its keys fits"), "{algorithms:?}");

    house.describe(|description| description["code_challenge_methods_supported"] = json!(["plain"]));
    assert!(bad(&found(&house, |_| {}).await)[0].contains("PKCE"));

    house.publish(&[]);
    let none = found(&house, |_| {}).await;
    assert!(bad(&none).iter().any(|what| what.contains("no key")), "{none:?}");
    house.goes_down();
    let down = found(&house, |_| {}).await;
    assert!(
        bad(&down).iter().any(|what| what.contains("cannot be fetched")),
        "{down:?}"
    );

    house.describe(|description| description["issuer"] = json!("https://elders.example"));
    let other = found(&house, |_| {}).await;
    assert!(
        bad(&other)[0].contains("it calls itself https://elders.example"),
        "{other:?}"
    );
    let nobody = found(&house, |all| all.issuers[0].issuer = "http://127.0.0.1:1/idp".into()).await;
    assert!(bad(&nobody)[0].contains("does not answer"), "{nobody:?}");
}
