//! Client credentials with `private_key_jwt`: case systems and the demo's command line.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use demo::provider::{ClientKey, DEMO_CLI, DEMO_SUBJECT, DemoClient, KeyPair};
use jsonwebtoken::Algorithm;
use oauth2::basic::BasicClient;
use oauth2::{AuthType, ClientId, TokenResponse, TokenUrl};
use serde_json::{Value, json};

use crate::house::{ASSERTION_TYPE, CASE_SYSTEM, CASE_SYSTEM_KEY, CLI_KEY, CONSOLE, House, START, assertion};

async fn ask(house: &House, assertion: &str) -> (u16, Value) {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", assertion),
    ];
    house.post_token(&form).await
}

/// What is said of an assertion with one claim changed (`null` removes it), rightly signed.
async fn ask_claim(house: &House, name: &str, value: Value) -> (u16, Value) {
    let mut claims = house.assertion_claims(CASE_SYSTEM);
    if value.is_null() {
        claims.as_object_mut().unwrap().remove(name);
    } else {
        claims[name] = value;
    }
    ask(house, &assertion(&claims, &CASE_SYSTEM_KEY, Algorithm::RS256)).await
}

fn assert_refused(answer: &(u16, Value), error: &str) {
    let status = if error == "invalid_client" { 401 } else { 400 };
    assert_eq!(
        (answer.0, answer.1["error"].as_str()),
        (status, Some(error)),
        "{answer:?}"
    );
    assert!(!answer.1["error_description"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn a_case_system_gets_a_token_of_its_own_account() {
    let house = House::open().await;
    let client = BasicClient::new(ClientId::new(CASE_SYSTEM.into()))
        .set_auth_type(AuthType::RequestBody)
        .set_token_uri(TokenUrl::new(house.address("token")).unwrap());
    for algorithm in [Algorithm::RS256, Algorithm::PS256] {
        let proof = assertion(&house.assertion_claims(CASE_SYSTEM), &CASE_SYSTEM_KEY, algorithm);
        let given = client
            .exchange_client_credentials()
            .add_extra_param("client_assertion_type", ASSERTION_TYPE)
            .add_extra_param("client_assertion", proof)
            .request_async(&house.http)
            .await
            .unwrap();
        let caller = house.verify(given.access_token().secret()).await.unwrap();
        assert_eq!(caller.subject, "ilt.casesystem");
        assert_eq!(caller.authorised_party.as_deref(), Some(CASE_SYSTEM));
        assert!(given.refresh_token().is_none());
    }
}

#[tokio::test]
async fn an_assertion_works_once() {
    let house = House::open().await;
    let claims = house.assertion_claims(CASE_SYSTEM);
    let proof = assertion(&claims, &CASE_SYSTEM_KEY, Algorithm::RS256);
    assert_eq!(ask(&house, &proof).await.0, 200);
    assert_refused(&ask(&house, &proof).await, "invalid_client");
    // Nor a new one with the same id, as long as the first could still be played again.
    house.pass(60);
    let mut again = house.assertion_claims(CASE_SYSTEM);
    again["jti"] = claims["jti"].clone();
    let again = assertion(&again, &CASE_SYSTEM_KEY, Algorithm::RS256);
    assert_refused(&ask(&house, &again).await, "invalid_client");
}

#[tokio::test]
async fn ids_of_refused_assertions_are_not_used_up() {
    let house = House::open().await;
    let claims = house.assertion_claims(CASE_SYSTEM);
    let forged = assertion(&claims, &CLI_KEY, Algorithm::RS256);
    assert_refused(&ask(&house, &forged).await, "invalid_client");
    let proof = assertion(&claims, &CASE_SYSTEM_KEY, Algorithm::RS256);
    assert_eq!(ask(&house, &proof).await.0, 200);
}

#[tokio::test]
async fn each_claim_of_the_assertion_counts() {
    let house = House::open().await;
    let wrong = [
        ("iss", json!(DEMO_CLI)),
        ("sub", json!(DEMO_CLI)),
        ("sub", json!("nobody")),
        ("aud", json!(house.provider.issuer())),
        ("aud", json!([house.address("token"), "other"])),
        ("aud", json!([])),
        ("exp", json!(START - 31)),
        ("exp", json!(START + 700)),
        ("exp", json!(i64::MAX)),
        ("iat", json!(START + 60)),
        ("nbf", json!(START + 60)),
        ("jti", json!("only-21-characters-ok")),
        ("jti", json!("j".repeat(257))),
    ];
    for (name, value) in wrong {
        assert_refused(&ask_claim(&house, name, value).await, "invalid_client");
    }
    for name in ["iss", "sub", "aud", "exp", "iat", "jti"] {
        assert_refused(&ask_claim(&house, name, Value::Null).await, "invalid_client");
    }
    assert_eq!(ask_claim(&house, "aud", json!([house.address("token")])).await.0, 200);
}

#[tokio::test]
async fn the_signature_of_the_assertion_counts() {
    let house = House::open().await;
    let claims = house.assertion_claims(CASE_SYSTEM);
    let stranger = KeyPair::generate().unwrap();
    let wrong = [
        assertion(&claims, &stranger, Algorithm::RS256),
        assertion(&claims, &CASE_SYSTEM_KEY, Algorithm::RS512),
        "no-jwt".to_owned(),
        "e30.e30.".to_owned(),
    ];
    for proof in wrong {
        assert_refused(&ask(&house, &proof).await, "invalid_client");
    }
    let secret = jsonwebtoken::EncodingKey::from_secret(CASE_SYSTEM_KEY.public_jwk().to_string().as_bytes());
    let header = jsonwebtoken::Header::new(Algorithm::HS256);
    let forged = jsonwebtoken::encode(&header, &claims, &secret).unwrap();
    assert_refused(&ask(&house, &forged).await, "invalid_client");
}

#[tokio::test]
async fn a_form_that_is_not_right_gets_its_own_error() {
    let house = House::open().await;
    let proof = || assertion(&house.assertion_claims(CASE_SYSTEM), &CASE_SYSTEM_KEY, Algorithm::RS256);
    let (one, two, three) = (proof(), proof(), proof());
    let credentials = ("grant_type", "client_credentials");
    let kind = ("client_assertion_type", ASSERTION_TYPE);
    let cases: Vec<(Vec<(&str, &str)>, &str)> = vec![
        (vec![], "invalid_request"),
        (vec![("grant_type", "password")], "unsupported_grant_type"),
        (vec![("grant_type", "refresh_token")], "unsupported_grant_type"),
        (vec![credentials, credentials], "invalid_request"),
        (vec![credentials], "invalid_client"),
        (vec![credentials, kind], "invalid_client"),
        (vec![credentials, ("client_assertion", &one)], "invalid_client"),
        (
            vec![credentials, ("client_id", CASE_SYSTEM), ("client_secret", "s")],
            "invalid_client",
        ),
        (vec![credentials, ("client_id", CONSOLE)], "unauthorized_client"),
        (
            vec![credentials, kind, ("client_assertion", &two), ("client_id", DEMO_CLI)],
            "invalid_client",
        ),
        (
            vec![
                credentials,
                kind,
                ("client_assertion", &three),
                (DEMO_SUBJECT, "ilt.inspector"),
            ],
            "invalid_request",
        ),
    ];
    for (form, error) in cases {
        assert_refused(&house.post_token(&form).await, error);
    }
    let proof = assertion(&house.assertion_claims(CASE_SYSTEM), &CASE_SYSTEM_KEY, Algorithm::RS256);
    let query = [credentials, kind, ("client_assertion", &proof)];
    let in_query = house
        .http
        .post(house.address("token"))
        .query(&query)
        .send()
        .await
        .unwrap();
    assert_eq!(in_query.status(), 400);
    let with_password = house
        .http
        .post(house.address("token"))
        .basic_auth(CASE_SYSTEM, Some("s"));
    let with_password = with_password.form(&[credentials]).send().await.unwrap();
    assert_eq!(with_password.status(), 401);
    assert!(with_password.headers().contains_key("www-authenticate"));
    let long = "x".repeat(20_000);
    let too_long = house.http.post(house.address("token")).form(&[("grant_type", &long)]);
    assert_eq!(too_long.send().await.unwrap().status(), 413);
}

#[tokio::test]
async fn the_command_line_names_a_demo_account() {
    let house = House::open().await;
    let ask = async |subject: &str| {
        let proof = assertion(&house.assertion_claims(DEMO_CLI), &CLI_KEY, Algorithm::RS256);
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", &proof),
            (DEMO_SUBJECT, subject),
        ];
        house.post_token(&form).await
    };
    let (status, given) = ask("ilt.inspector").await;
    assert_eq!(status, 200);
    let caller = house.verify(given["access_token"].as_str().unwrap()).await.unwrap();
    assert_eq!(caller.subject, "ilt.inspector");
    assert_eq!(caller.authorised_party.as_deref(), Some(DEMO_CLI));
    assert_refused(&ask("nobody").await, "invalid_request");
    assert_refused(&ask("").await, "invalid_request");
}

#[tokio::test]
async fn a_clients_key_may_be_handed_in_as_pem() {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let private: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    let pem = |label: &str, der: &[u8]| {
        let body = STANDARD.encode(der);
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    };
    let house = House::with_client(DemoClient::System {
        client_id: "pem-system".into(),
        subject: "ilt.casesystem".into(),
        key: ClientKey::Pem(pem("PUBLIC KEY", public.as_ref())),
    })
    .await;
    let key = KeyPair::from_pem(&pem("PRIVATE KEY", private.as_ref())).unwrap();
    let proof = assertion(&house.assertion_claims("pem-system"), &key, Algorithm::RS256);
    assert_eq!(ask(&house, &proof).await.0, 200);
}
