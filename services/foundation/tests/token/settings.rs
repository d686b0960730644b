//! Settings that would make the check weak are refused by key, before anything listens.

use foundation::token::{IssuerSettings, KeySettings, TokenSettings, Verifier};

fn good() -> TokenSettings {
    TokenSettings {
        issuers: vec![IssuerSettings {
            jwks_uri: Some("https://login.example.org/jwks".into()),
            algorithms: vec!["RS256".into()],
            ..IssuerSettings::new("https://login.example.org", "samenzicht")
        }],
        leeway_seconds: 30,
        keys: KeySettings::default(),
    }
}

fn refused(change: impl FnOnce(&mut TokenSettings)) -> String {
    let mut settings = good();
    change(&mut settings);
    Verifier::new(settings).unwrap_err().to_string()
}

#[test]
fn good_settings_are_good() {
    assert!(Verifier::new(good()).is_ok());
    for address in [
        "http://127.0.0.1:9/jwks",
        "http://localhost:9/jwks",
        "http://[::1]:9/jwks",
    ] {
        let mut settings = good();
        settings.issuers[0].jwks_uri = Some(address.into());
        assert!(Verifier::new(settings).is_ok(), "{address}");
    }
}

#[test]
fn keys_over_plain_http_only_from_this_machine() {
    let addresses = [
        "http://login.example.org/jwks",
        "http://127.0.0.1.example.org/jwks",
        "http://localhost.example.org/jwks",
        "http://10.0.0.1/jwks",
        "http://user:pass@127.0.0.1/jwks",
        "file:///etc/passwd",
        "jwks",
        "",
    ];
    for address in addresses {
        let sentence = refused(|all| all.issuers[0].jwks_uri = Some(address.into()));
        assert!(sentence.starts_with("issuers[0].jwks_uri: "), "{address}: {sentence}");
    }
}

#[test]
fn no_unsigned_tokens_and_no_shared_secrets() {
    for name in ["none", "HS256", "HS512", "rs256", "RSA-OAEP", ""] {
        let sentence = refused(|all| all.issuers[0].algorithms = vec!["RS256".into(), name.into()]);
        assert!(sentence.starts_with("issuers[0].algorithms: "), "{name}: {sentence}");
    }
    assert!(refused(|all| all.issuers[0].algorithms.clear()).contains("algorithms"));
}

#[test]
fn nothing_is_trusted_by_being_left_out() {
    assert!(refused(|all| all.issuers.clear()).starts_with("issuers: "));
    assert!(refused(|all| all.issuers[0].issuer.clear()).starts_with("issuers[0].issuer: "));
    assert!(refused(|all| all.issuers[0].audiences.clear()).starts_with("issuers[0].audiences: "));
    assert!(refused(|all| all.issuers[0].audiences = vec![String::new()]).contains("audiences"));
    assert!(refused(|all| all.issuers.push(all.issuers[0].clone())).starts_with("issuers[1].issuer: "));
    assert!(refused(|all| all.leeway_seconds = 301).starts_with("leeway_seconds: "));
}

#[test]
fn the_subject_is_a_claim_that_cannot_change_hands() {
    for claim in [
        "email",
        "preferred_username",
        "upn",
        "unique_name",
        "name",
        "iss",
        "aud",
        "exp",
        "",
    ] {
        let sentence = refused(|all| all.issuers[0].claims.subject = claim.into());
        assert!(
            sentence.starts_with("issuers[0].claims.subject: "),
            "{claim}: {sentence}"
        );
    }
    let mut settings = good();
    settings.issuers[0].claims.subject = "oid".into();
    assert!(Verifier::new(settings).is_ok());
    for claims in [vec![], vec![String::new()], vec!["azp".to_owned(), "aud".to_owned()]] {
        let sentence = refused(|all| all.issuers[0].claims.authorised_party = claims);
        assert!(
            sentence.starts_with("issuers[0].claims.authorised_party: "),
            "{sentence}"
        );
    }
}

#[test]
fn an_identity_token_cannot_pass_as_an_access_token() {
    for types in [
        vec![],
        vec!["id+jwt".to_owned()],
        vec!["at+jwt".to_owned(), "any".to_owned()],
    ] {
        assert!(refused(|all| all.issuers[0].token_types = types).starts_with("issuers[0].token_types: "));
    }
    let both = |all: &mut TokenSettings| {
        all.issuers[0].authorised_parties = vec!["console".into(), "samenzicht".into()];
    };
    assert!(
        refused(both).starts_with("issuers[0].audiences: "),
        "its client is its audience"
    );
    let mut settings = good();
    both(&mut settings);
    settings.issuers[0].token_types = vec!["at+jwt".into()];
    assert!(Verifier::new(settings).is_ok());
}

#[test]
fn keys_are_neither_kept_for_ever_nor_asked_for_all_the_time() {
    type Change = fn(&mut KeySettings);
    let wrongs: [(&str, Change); 7] = [
        ("max_age_seconds", |keys| keys.max_age_seconds = 0),
        ("max_age_seconds", |keys| keys.max_age_seconds = 3601),
        ("max_stale_seconds", |keys| keys.max_stale_seconds = 86_401),
        ("max_stale_seconds", |keys| keys.max_stale_seconds = 599),
        ("search_pause_seconds", |keys| keys.search_pause_seconds = 0),
        ("retry_pause_seconds", |keys| keys.retry_pause_seconds = 0),
        ("timeout_seconds", |keys| keys.timeout_seconds = 11),
    ];
    for (key, change) in wrongs {
        let sentence = refused(|all| change(&mut all.keys));
        assert!(sentence.starts_with(&format!("keys.{key}: ")), "{sentence}");
    }
}

#[test]
fn settings_are_read_with_safe_defaults_and_unknown_keys_are_refused() {
    let text = r#"
        [[issuers]]
        issuer = "https://login.example.org"
        jwks_uri = "https://login.example.org/jwks"
        audiences = ["samenzicht"]
    "#;
    let settings: TokenSettings = toml::from_str(text).unwrap();
    assert_eq!(settings.leeway_seconds, 30);
    assert_eq!(settings.issuers[0].algorithms, ["RS256", "PS256"]);
    assert!(toml::from_str::<TokenSettings>(&format!("{text}audience = 1")).is_err());
}
