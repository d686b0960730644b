//! What is forged, stale or meant for others is refused at the gateway and at each service, over sockets.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use demo::provider::KeyPair;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use tests::signer::Signer;

use super::House;

const WHO: &str = "ilt.inspector";
const QUERY: &str = "{ __typename }";

/// What is wrong with a token, the token, and with which code it is refused.
type Forgery = (String, String, &'static str);

#[tokio::test(flavor = "multi_thread")]
async fn what_is_forged_is_refused_at_every_door() {
    let mut house = House::open(&[("ISSUERS__0__AUTHORISED_PARTIES", "tests")], 300).await;
    let good = house.signer.token(WHO, 300);
    for (door, caller) in house.doors() {
        let answer = caller.clone().token(&good).ask(QUERY, json!({})).await;
        assert_eq!(
            (answer.status, answer.codes()),
            (200, vec![]),
            "{door}: {}",
            answer.text()
        );
    }
    let forgeries: Vec<Forgery> = [
        by_header(&house),
        by_claims(&house),
        by_algorithm(&mut house),
        by_key(&house),
    ]
    .concat();
    for (what, token, code) in &forgeries {
        for (door, caller) in house.doors() {
            let answer = caller.token(token).ask(QUERY, json!({})).await;
            let found = (answer.status, answer.codes());
            assert_eq!(
                found,
                (401, vec![(*code).to_owned()]),
                "{what} at {door}: {}",
                answer.text()
            );
            assert!(answer.json().get("data").is_none_or(Value::is_null), "{what} at {door}");
        }
    }
    println!("{} forgeries, each at 3 doors", forgeries.len());
    house.stand.down().await;
}

fn by_claims(house: &House) -> Vec<Forgery> {
    let of = |what: &str, name: &'static str, value: Value, code| {
        let token = house.signer.claims(WHO, 300, |claims| claims[name] = value);
        (format!("{name}: {what}"), token, code)
    };
    let (past, coming) = (json!(1_000_000_000), json!(4_000_000_000_i64));
    let issuer = house.provider.issuer.clone();
    let invalid = "TOKEN_INVALID";
    vec![
        of("another issuer", "iss", json!("https://elders.example"), invalid),
        of("almost the issuer", "iss", json!(format!("{issuer}/")), invalid),
        of("another audience", "aud", json!("elders"), invalid),
        of("its client", "aud", json!("samenzicht-cli"), invalid),
        of("nobody", "aud", json!(null), invalid),
        of("several others", "aud", json!(["a", "b"]), invalid),
        of("another client", "azp", json!("elders"), invalid),
        of("none", "azp", json!(null), invalid),
        of("two that differ", "client_id", json!("elders"), invalid),
        of("long past", "exp", past, "TOKEN_EXPIRED"),
        of("none", "exp", json!(null), "TOKEN_MALFORMED"),
        of("to come", "nbf", coming.clone(), invalid),
        of("to come", "iat", coming, invalid),
        of("an identity token", "at_hash", json!("x"), invalid),
        of("a refresh token", "typ", json!("Refresh"), invalid),
        // `sub` is no way around the configured claim.
        of("none", "oid", json!(null), "TOKEN_MALFORMED"),
    ]
}

fn by_header(house: &House) -> Vec<Forgery> {
    let of = |what: &str, name: &'static str, value: Value| {
        let token = house.signer.headed(WHO, |header| header[name] = value);
        (format!("{name}: {what}"), token, "TOKEN_INVALID")
    };
    let thief = KeyPair::generate().expect("a key");
    let long = "a".repeat(300);
    let strange = [
        "../../../../etc/passwd",
        "' OR '1'='1",
        "https://elders.example/jwks",
        "a\u{0}b",
        "",
        &long,
    ];
    let mut all: Vec<Forgery> = strange
        .iter()
        .map(|kid| of(&format!("{kid:.30?}"), "kid", json!(kid)))
        .collect();
    all.extend([
        of("none", "kid", json!(null)),
        of("its own key", "jwk", thief.public_jwk()),
        of("its own keys", "jku", json!("https://elders.example/jwks")),
        of("its own certificate", "x5u", json!("https://elders.example/pem")),
        of("critical", "crit", json!(["exp"])),
        of("an identity token", "typ", json!("JWT")),
        of("none", "typ", json!(null)),
    ]);
    all
}

fn by_algorithm(house: &mut House) -> Vec<Forgery> {
    let pem = house.provider.public_pem(&house.first);
    let jwk = house.first.public_jwk();
    let modulus = jwk["n"].as_str().expect("an RSA key").to_owned();
    let bytes = URL_SAFE_NO_PAD.decode(&modulus).expect("base64");
    let secrets = [
        ("PEM", pem.clone().into_bytes()),
        ("PEM without its line end", pem.trim_end().as_bytes().to_vec()),
        ("JWK", jwk.to_string().into_bytes()),
        ("modulus", modulus.into_bytes()),
        ("modulus in bytes", bytes),
        ("nothing", Vec::new()),
    ];
    let shared = |(name, algorithm): (&'static str, Algorithm)| {
        secrets
            .iter()
            .map(|(what, secret)| {
                let key = EncodingKey::from_secret(secret);
                let sign = |message: &str| {
                    jsonwebtoken::crypto::sign(message.as_bytes(), &key, algorithm).expect("a signature")
                };
                let token = house.signer.otherwise(WHO, name, sign);
                (format!("{name} with the public key as {what}"), token, "TOKEN_INVALID")
            })
            .collect::<Vec<Forgery>>()
    };
    let mut all: Vec<Forgery> = [("HS256", Algorithm::HS256), ("HS512", Algorithm::HS512)]
        .map(shared)
        .concat();
    for name in ["none", "None", "NONE", ""] {
        let token = house.signer.otherwise(WHO, name, |_| String::new());
        all.push((format!("{name:?} without a signature"), token, "TOKEN_INVALID"));
    }
    let bare = house.signer.otherwise(WHO, "RS256", |_| String::new());
    all.push(("RS256 without a signature".to_owned(), bare, "TOKEN_INVALID"));
    all
}

fn by_key(house: &House) -> Vec<Forgery> {
    let forged = house.signer.forger().token(WHO, 300);
    let good = house.signer.token(WHO, 300);
    let other = house.signer.token("ilt.steward", 300);
    let cut = |token: &str| {
        let (message, signature) = token.rsplit_once('.').expect("three parts");
        (message.to_owned(), signature.to_owned())
    };
    let swapped = format!("{}.{}", cut(&other).0, cut(&good).1);
    let unknown = Signer::with(&house.provider.issuer, &KeyPair::generate().expect("a key")).naming("oid");
    vec![
        (
            "somebody else's key by the same name".to_owned(),
            forged,
            "TOKEN_INVALID",
        ),
        ("the signature of another token".to_owned(), swapped, "TOKEN_INVALID"),
        (
            "a key that was never published".to_owned(),
            unknown.token(WHO, 300),
            "TOKEN_INVALID",
        ),
        ("its end cut off".to_owned(), cut(&good).0, "TOKEN_MALFORMED"),
    ]
}
