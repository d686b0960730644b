//! Settings that would make the check weak are refused by key, before anything listens.

use foundation::token::{IssuerSettings, TokenSettings, Verifier};

fn good() -> TokenSettings {
    TokenSettings {
        issuers: vec![IssuerSettings {
            issuer: "https://login.example.org".into(),
            jwks_uri: "https://login.example.org/jwks".into(),
            audiences: vec!["samenzicht".into()],
            algorithms: vec!["RS256".into()],
            authorised_parties: vec![],
        }],
        leeway_seconds: 30,
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
        settings.issuers[0].jwks_uri = address.into();
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
        let sentence = refused(|all| all.issuers[0].jwks_uri = address.into());
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
