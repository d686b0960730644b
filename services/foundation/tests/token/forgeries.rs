//! Each way to forge a token, really forged.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use foundation::token::{MAX_TOKEN_BYTES, Refusal};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::json;

use crate::house::{FIRST, House, SECOND, START, header, header_but, sign, unsigned};

#[tokio::test]
async fn without_a_signature() {
    let house = House::open().await;
    for name in ["none", "None", "NONE", "nOnE", ""] {
        let message = unsigned(&header_but("alg", json!(name)), &house.claims());
        assert_eq!(house.ask(&format!("{message}.")).await, Err(Refusal::AlgorithmRefused));
    }
    let message = unsigned(&header("first"), &house.claims());
    assert_eq!(house.ask(&format!("{message}.")).await, Err(Refusal::BadSignature));
    assert_eq!(house.ask(&message).await, Err(Refusal::Malformed));
}

#[tokio::test]
async fn with_the_public_key_as_a_shared_secret() {
    let house = House::open().await;
    let modulus = FIRST.public["n"].as_str().unwrap();
    let secrets = [
        FIRST.public.to_string().into_bytes(),
        modulus.as_bytes().to_vec(),
        URL_SAFE_NO_PAD.decode(modulus).unwrap(),
    ];
    for secret in secrets {
        let key = EncodingKey::from_secret(&secret);
        let head = header_but("alg", json!("HS256"));
        let token = sign(&head, &house.claims(), &key, Algorithm::HS256);
        assert_eq!(house.ask(&token).await, Err(Refusal::AlgorithmRefused));
    }
}

#[tokio::test]
async fn with_a_published_secret_even_if_the_provider_is_so_foolish() {
    let house = House::open().await;
    house.publish(&[
        &json!({ "kty": "oct", "kid": "oct", "k": "c2VjcmV0LXNlY3JldA" }),
        &FIRST.public,
    ]);
    let key = EncodingKey::from_secret(b"secret-secret");
    let head = json!({ "typ": "at+jwt", "alg": "RS256", "kid": "oct" });
    let token = sign(&head, &house.claims(), &key, Algorithm::HS256);
    assert_eq!(house.ask(&token).await, Err(Refusal::UnknownKey));
}

#[tokio::test]
async fn with_an_algorithm_that_does_not_fit_the_issuer_or_the_key() {
    let house = House::open().await;
    for (name, algorithm) in [("RS512", Algorithm::RS512), ("PS256", Algorithm::PS256)] {
        let head = header_but("alg", json!(name));
        let token = sign(&head, &house.claims(), &FIRST.private, algorithm);
        assert_eq!(house.ask(&token).await, Err(Refusal::AlgorithmRefused), "{name}");
    }
    for name in ["ES256", "EdDSA", "rs256", "RSA-OAEP"] {
        let refused = house.ask_header(&header_but("alg", json!(name))).await;
        assert_eq!(refused, Err(Refusal::AlgorithmRefused), "{name}");
    }
}

#[tokio::test]
async fn with_an_algorithm_that_is_not_on_the_issuers_list_though_the_key_would_do() {
    let house = House::with(|issuer| issuer.algorithms = vec!["RS256".into()]).await;
    let mut public = FIRST.public.clone();
    public.as_object_mut().unwrap().remove("alg");
    house.publish(&[&public]);
    assert!(house.ask(&house.token(&FIRST)).await.is_ok());
    for (name, algorithm) in [("RS512", Algorithm::RS512), ("PS256", Algorithm::PS256)] {
        let head = header_but("alg", json!(name));
        let token = sign(&head, &house.claims(), &FIRST.private, algorithm);
        assert_eq!(house.ask(&token).await, Err(Refusal::AlgorithmRefused), "{name}");
    }
}

#[tokio::test]
async fn with_a_key_that_is_not_for_signatures() {
    let house = House::open().await;
    let mut encryption = FIRST.public.clone();
    encryption["use"] = "enc".into();
    house.publish(&[&encryption]);
    assert_eq!(house.ask(&house.token(&FIRST)).await, Err(Refusal::UnknownKey));
    let mut signing = FIRST.public.clone();
    signing["key_ops"] = json!(["sign"]);
    house.publish(&[&signing]);
    house.pass(10);
    assert_eq!(house.ask(&house.token(&FIRST)).await, Err(Refusal::UnknownKey));
}

#[tokio::test]
async fn with_a_key_name_that_is_an_attack() {
    let house = House::open().await;
    let long = "k".repeat(300);
    let names = [
        "../../etc/passwd",
        "' OR 1=1 --",
        "http://127.0.0.1:1/jwks",
        "\0",
        "",
        &long,
    ];
    for name in names {
        assert_eq!(
            house.ask_header(&header(name)).await,
            Err(Refusal::UnknownKey),
            "{name}"
        );
    }
    let mut nameless = header("first");
    nameless.as_object_mut().unwrap().remove("kid");
    assert_eq!(house.ask_header(&nameless).await, Err(Refusal::UnknownKey));
    assert_eq!(
        house.ask_header(&header_but("kid", json!(["first"]))).await,
        Err(Refusal::Malformed)
    );
}

#[tokio::test]
async fn that_brings_its_own_key() {
    let house = House::open().await;
    let forged = |name: &str, value| {
        let mut head = header_but(name, value);
        head["kid"] = json!(SECOND.kid);
        sign(&head, &house.claims(), &SECOND.private, Algorithm::RS256)
    };
    let tokens = [
        forged("jwk", SECOND.public.clone()),
        forged("jku", json!(format!("{}/jwks", house.issuer))),
        forged("x5u", json!("https://example.org/key.pem")),
        forged("x5c", json!(["MIIB"])),
    ];
    for token in tokens {
        assert_eq!(house.ask(&token).await, Err(Refusal::HeaderRefused));
    }
    // Nothing was fetched on the word of such a token.
    assert_eq!(house.fetches(), 0);
}

#[tokio::test]
async fn with_extensions_that_we_do_not_know() {
    let house = House::open().await;
    for (name, value) in [("crit", json!(["exp"])), ("b64", json!(false)), ("zip", json!("DEF"))] {
        let refused = house.ask_header(&header_but(name, value)).await;
        assert_eq!(refused, Err(Refusal::HeaderRefused), "{name}");
    }
}

#[tokio::test]
async fn of_another_kind() {
    let house = House::open().await;
    for kind in [json!("id+jwt"), json!("logout+jwt"), json!("secevent+jwt"), json!(null)] {
        assert_eq!(
            house.ask_header(&header_but("typ", kind)).await,
            Err(Refusal::WrongType)
        );
    }
}

#[tokio::test]
async fn from_elsewhere_or_for_elsewhere() {
    let house = House::open().await;
    for issuer in [
        json!("https://example.org"),
        json!(format!("{}/", house.issuer)),
        json!(""),
    ] {
        let claims = house.claims_but("iss", issuer);
        assert_eq!(house.ask_claims(&claims).await, Err(Refusal::WrongIssuer));
    }
    let several = house.claims_but("iss", json!([house.issuer]));
    assert_eq!(house.ask_claims(&several).await, Err(Refusal::Malformed));
    for audience in [
        json!("other"),
        json!([]),
        json!(["other"]),
        json!(null),
        json!("Samenzicht"),
    ] {
        let claims = house.claims_but("aud", audience);
        assert_eq!(house.ask_claims(&claims).await, Err(Refusal::WrongAudience));
    }
}

#[tokio::test]
async fn at_the_wrong_time() {
    let house = House::open().await;
    let ask = async |name, value| house.ask_claims(&house.claims_but(name, value)).await;
    assert_eq!(ask("exp", json!(START - 11)).await, Err(Refusal::Expired));
    assert_eq!(ask("exp", json!(0)).await, Err(Refusal::Expired));
    assert_eq!(ask("nbf", json!(START + 60)).await, Err(Refusal::NotYetValid));
    assert_eq!(ask("iat", json!(START + 60)).await, Err(Refusal::NotYetValid));
    for mistake in [json!(null), json!("soon"), json!(-1), json!(1e300), json!(u64::MAX)] {
        assert_eq!(ask("exp", mistake).await, Err(Refusal::Malformed));
    }
}

#[tokio::test]
async fn with_another_payload_or_another_signer() {
    let house = House::open().await;
    let good = house.token(&FIRST);
    let signature = good.rsplit('.').next().unwrap();
    let message = unsigned(&header("first"), &house.claims_but("sub", json!("ilt.admin")));
    assert_eq!(
        house.ask(&format!("{message}.{signature}")).await,
        Err(Refusal::BadSignature)
    );
    let stranger = sign(&header("first"), &house.claims(), &SECOND.private, Algorithm::RS256);
    assert_eq!(house.ask(&stranger).await, Err(Refusal::BadSignature));
    // A forged token that has also expired is a forgery first.
    let claims = house.claims_but("exp", json!(1));
    let stranger = sign(&header("first"), &claims, &SECOND.private, Algorithm::RS256);
    assert_eq!(house.ask(&stranger).await, Err(Refusal::BadSignature));
}

#[tokio::test]
async fn of_no_shape_at_all() {
    let house = House::open().await;
    let good = house.token(&FIRST);
    for token in [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        "e30.e30.e30",
        "%.%.%",
        "null",
        &format!("{good}.x"),
        &format!("{good}="),
    ] {
        assert_eq!(house.ask(token).await, Err(Refusal::Malformed), "{token}");
    }
    assert_eq!(house.verifier.verify_token("").await, Err(Refusal::Malformed));
    let long = format!("{good}{}", "A".repeat(MAX_TOKEN_BYTES));
    assert_eq!(house.ask(&long).await, Err(Refusal::TooLong));
    for subject in [json!(""), json!("a\nb"), json!("a".repeat(256)), json!(7), json!(null)] {
        let claims = house.claims_but("sub", subject);
        assert_eq!(house.ask_claims(&claims).await, Err(Refusal::Malformed));
    }
    // Two claims of one name: parsers differ on which one counts, so neither does.
    let claims = house.claims().to_string().replacen('{', r#"{"sub":"ilt.admin","#, 1);
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let message = format!("{}.{}", encode(&header("first").to_string()), encode(&claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &FIRST.private, Algorithm::RS256).unwrap();
    assert_eq!(
        house.ask(&format!("{message}.{signature}")).await,
        Err(Refusal::Malformed)
    );
}

#[test]
fn all_forgeries_look_alike_to_the_forger() {
    let forgeries = [
        Refusal::NotYetValid,
        Refusal::WrongIssuer,
        Refusal::WrongAudience,
        Refusal::WrongParty,
        Refusal::WrongType,
        Refusal::HeaderRefused,
        Refusal::AlgorithmRefused,
        Refusal::UnknownKey,
        Refusal::BadSignature,
    ];
    for forgery in forgeries {
        assert_eq!(forgery.code(), "TOKEN_INVALID");
        assert_eq!(forgery.status(), 401);
        assert_eq!(forgery.english(), Refusal::BadSignature.english());
        assert_eq!(forgery.dutch(), Refusal::BadSignature.dutch());
        assert_eq!(forgery.challenge(), Refusal::BadSignature.challenge());
    }
    assert_eq!(Refusal::Missing.code(), "TOKEN_MISSING");
    assert_eq!(Refusal::TooLong.code(), "TOKEN_MALFORMED");
    assert_eq!(Refusal::Expired.code(), "TOKEN_EXPIRED");
}
