use super::*;

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn with_file(text: &str) -> Result<Settings, Fault> {
    Settings::layered(Some(("my.toml", text)), [])
}

fn fault(text: &str) -> Fault {
    with_file(text).expect_err("must be refused")
}

#[test]
fn the_defaults_alone_are_complete() {
    let settings = Settings::layered(None, []).expect("the defaults hold");
    assert_eq!(settings.limits.import_batch, 500);
    assert_eq!(settings.database.url.kind(), DatabaseKind::Sqlite);
    assert!(settings.identity.issuers.is_empty());
    assert_eq!(settings.api(), "http://127.0.0.1:4000/graphql");
}

#[test]
fn the_secret_of_pseudonyms_is_long_and_is_not_repeated() {
    let long = "[pseudonyms]\nkey = \"0123456789abcdef0123456789abcdef\"";
    let settings = with_file(long).expect("long enough");
    assert!(settings.pseudonyms.key.is_some());
    assert!(!format!("{settings:?}").contains("0123456789abcdef"));
    let short = fault("[pseudonyms]\nkey = \"0123456789abcdef\"").to_string();
    assert!(short.contains("at least 32 characters"), "{short}");
    assert!(!short.contains("0123456789abcdef"), "{short}");
    let settings = Settings::layered(None, []).expect("the defaults hold");
    assert!(settings.pseudonyms.key.is_none());
}

#[test]
fn a_collector_is_named_as_everywhere_else_or_by_our_own_key() {
    let usual = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://usual:4318");
    let ours = ("SAMENZICHT__TELEMETRY__ENDPOINT", "http://ours:4318");
    let endpoint = |pairs: &[(&str, &str)]| {
        let file = Some(("my.toml", "[telemetry]\nendpoint = \"http://file:4318\""));
        Settings::layered(file, variables(pairs))
            .expect("valid")
            .telemetry
            .endpoint
    };
    assert_eq!(endpoint(&[]), "http://file:4318");
    assert_eq!(endpoint(&[usual]), usual.1);
    assert_eq!(endpoint(&[ours, usual]), ours.1);
    assert_eq!(endpoint(&[usual, ours]), ours.1);
    assert_eq!(
        Settings::layered(None, [])
            .expect("the defaults hold")
            .telemetry
            .endpoint,
        ""
    );
    let wrong = fault("[telemetry]\nsampled = 1.5").to_string();
    assert!(wrong.contains("telemetry.sampled"), "{wrong}");
}

#[test]
fn each_layer_wins_over_the_one_before() {
    let file = "[gateway]\nlisten = \"127.0.0.1:5000\"\n[limits]\nimport_batch = 100";
    let settings = with_file(file).expect("valid");
    assert_eq!(settings.gateway.listen.port(), 5000);
    assert_eq!(
        settings.gateway.subgraph_timeout_seconds, 4,
        "what the file does not say keeps its default"
    );
    let environment = variables(&[
        ("SAMENZICHT__GATEWAY__LISTEN", "0.0.0.0:6000"),
        ("SAMENZICHT_CONFIG", "ignored"),
        ("PATH", "/bin"),
    ]);
    let settings = Settings::layered(Some(("my.toml", file)), environment).expect("valid");
    assert_eq!(settings.gateway.listen.to_string(), "0.0.0.0:6000");
    assert_eq!(settings.limits.import_batch, 100);
}

#[test]
fn the_environment_can_say_numbers_lists_and_tables_in_lists() {
    let settings = Settings::layered(
        None,
        variables(&[
            ("SAMENZICHT__LIMITS__IMPORT_BATCH", "50"),
            ("SAMENZICHT__GATEWAY__INTROSPECTION", "false"),
            ("SAMENZICHT__GATEWAY__CORS_ORIGINS", "https://a.nl, https://b.nl"),
            ("SAMENZICHT__IDENTITY__ISSUERS__0__ISSUER", "https://idp.nl"),
            ("SAMENZICHT__IDENTITY__ISSUERS__0__JWKS_URI", "https://idp.nl/jwks"),
            ("SAMENZICHT__IDENTITY__ISSUERS__0__AUDIENCES", "samenzicht"),
            ("SAMENZICHT__CLIENT__API", "http://127.0.0.1:4318/graphql"),
        ]),
    )
    .expect("valid");
    assert_eq!(settings.limits.import_batch, 50);
    assert!(!settings.gateway.introspection);
    assert_eq!(settings.gateway.cors_origins, ["https://a.nl", "https://b.nl"]);
    assert_eq!(settings.identity.issuers[0].audiences, ["samenzicht"]);
    assert_eq!(settings.identity.issuers[0].algorithms, ["RS256", "PS256"]);
    assert_eq!(settings.client.api.as_deref(), Some("http://127.0.0.1:4318/graphql"));
}

#[test]
fn an_unknown_key_names_itself_its_layer_and_the_nearest() {
    let wrong = fault("[gateway.limits]\ndept = 3");
    assert_eq!(wrong.key, "gateway.limits.dept");
    assert_eq!(wrong.origin, Origin::File("my.toml".to_owned()));
    assert!(wrong.mend.contains("Did you mean `depth`?"), "{wrong}");
    let wrong = fault("[gatewai]\nlisten = \"127.0.0.1:1\"");
    assert_eq!(wrong.key, "gatewai");
    assert!(wrong.mend.contains("`gateway`"), "{wrong}");
    let wrong = Settings::layered(None, variables(&[("SAMENZICHT__GATEWAY__LITSEN", "x")])).expect_err("unknown");
    assert_eq!(wrong.key, "gateway.litsen");
    assert_eq!(
        wrong.origin,
        Origin::Environment("SAMENZICHT__GATEWAY__LITSEN".to_owned())
    );
    assert!(wrong.mend.contains("Did you mean `listen`?"), "{wrong}");
}

#[test]
fn a_wrong_type_names_key_and_mend() {
    let wrong = fault("[limits]\nimport_batch = \"many\"");
    assert_eq!(
        (wrong.key.as_str(), wrong.origin.clone()),
        ("limits.import_batch", Origin::File("my.toml".to_owned()))
    );
    assert!(
        wrong.problem.contains("a text") && wrong.mend.contains("a whole number"),
        "{wrong}"
    );
    let wrong = fault("[gateway]\nlisten = \"here\"");
    assert_eq!(wrong.key, "gateway.listen");
    let wrong = fault("[log]\nformat = \"jsn\"");
    assert_eq!(wrong.key, "log.format");
    assert!(wrong.mend.contains("Did you mean `json`?"), "{wrong}");
    let wrong = fault("gateway = 3");
    assert_eq!(wrong.key, "gateway");
}

#[test]
fn out_of_bounds_is_refused() {
    assert_eq!(fault("[limits]\nimport_batch = 501").key, "limits.import_batch");
    assert_eq!(fault("[limits]\nimport_batch = 0").key, "limits.import_batch");
    assert_eq!(fault("[database]\npool_size = 0").key, "database.pool_size");
    assert_eq!(fault("[database]\npool_size = -1").key, "database.pool_size");
}

#[test]
fn a_missing_key_is_named_with_its_place() {
    let wrong = fault("[[identity.issuers]]\nissuer = \"https://idp.nl\"");
    assert_eq!(wrong.key, "identity.issuers[0].audiences");
    assert!(wrong.problem.contains("missing"), "{wrong}");
}

#[test]
fn keys_come_over_https_unless_from_this_machine() {
    let issuer = |uri: &str| format!("[[identity.issuers]]\nissuer = \"i\"\naudiences = [\"a\"]\njwks_uri = \"{uri}\"");
    assert!(with_file(&issuer("http://127.0.0.1:4010/idp/jwks")).is_ok());
    assert!(with_file(&issuer("https://idp.nl/jwks")).is_ok());
    assert_eq!(fault(&issuer("http://idp.nl/jwks")).key, "identity.issuers[0].jwks_uri");
    assert_eq!(
        fault(&issuer("http://127.0.0.1.evil.nl/jwks")).key,
        "identity.issuers[0].jwks_uri"
    );
}

#[test]
fn each_setting_of_an_issuer_is_named_with_its_mend_where_it_is_wrong() {
    let whole = "[[identity.issuers]]\nissuer = \"https://idp.nl\"\naudiences = [\"a\"]\n";
    assert!(with_file(whole).is_ok(), "its keys are found by its own description");
    let wrongs = [
        ("algorithms = [\"HS256\"]", "algorithms", "shared secret"),
        ("algorithms = [\"none\"]", "algorithms", "RS256"),
        ("audiences = []", "audiences", "audience"),
        ("token_types = [\"id+jwt\"]", "token_types", "`at+jwt`"),
        (
            "[identity.issuers.claims]\nsubject = \"email\"",
            "claims.subject",
            "`sub`",
        ),
        (
            "[identity.issuers.claims]\nsubject = \"aud\"",
            "claims.subject",
            "`sub`",
        ),
        (
            "[identity.issuers.claims]\nauthorised_party = []",
            "claims.authorised_party",
            "`azp`",
        ),
        (
            "[identity.issuers.claims]\nsubjet = \"sub\"",
            "claims.subjet",
            "`subject`",
        ),
    ];
    for (line, key, mend) in wrongs {
        let text = if line.starts_with("audiences") {
            whole.replace("audiences = [\"a\"]", line)
        } else {
            format!("{whole}{line}")
        };
        let wrong = fault(&text);
        assert_eq!(wrong.key, format!("identity.issuers[0].{key}"), "{wrong}");
        assert!(wrong.mend.contains(mend), "{wrong}");
        assert_eq!(wrong.origin, Origin::File("my.toml".to_owned()), "{wrong}");
    }
    for (key, value) in [
        ("max_age_seconds", 0),
        ("max_stale_seconds", 5),
        ("timeout_seconds", 60),
    ] {
        let wrong = fault(&format!("[identity.keys]\n{key} = {value}"));
        assert_eq!(wrong.key, format!("identity.keys.{key}"), "{wrong}");
    }
    let wrong = fault("[[identity.issuers]]\nissuer = \"urn:idp\"\naudiences = [\"a\"]");
    assert_eq!(wrong.key, "identity.issuers[0].issuer");
    assert!(wrong.mend.contains("jwks_uri"), "{wrong}");
}

#[test]
fn the_environment_says_which_claim_is_meant() {
    let settings = Settings::layered(
        None,
        variables(&[
            ("SAMENZICHT__IDENTITY__ISSUERS__0__ISSUER", "https://idp.nl"),
            ("SAMENZICHT__IDENTITY__ISSUERS__0__AUDIENCES", "a,b"),
            ("SAMENZICHT__IDENTITY__ISSUERS__0__CLAIMS__SUBJECT", "oid"),
            (
                "SAMENZICHT__IDENTITY__ISSUERS__0__CLAIMS__AUTHORISED_PARTY",
                "azp,appid",
            ),
            ("SAMENZICHT__IDENTITY__KEYS__MAX_AGE_SECONDS", "60"),
        ]),
    )
    .expect("valid");
    let issuer = &settings.identity.issuers[0];
    assert_eq!(
        (issuer.claims.subject.as_str(), issuer.jwks_uri.as_deref()),
        ("oid", None)
    );
    assert_eq!(issuer.claims.authorised_party, ["azp", "appid"]);
    assert_eq!(issuer.token_types, ["at+jwt", "JWT"]);
    assert_eq!(settings.identity.keys.max_age_seconds, 60);
    assert_eq!(settings.identity.keys.max_stale_seconds, 3600);
}

#[test]
fn a_program_may_have_a_client_id_that_is_not_its_name() {
    let settings = with_file("[client.client_ids]\n\"ilt.casesystem\" = \"f2b0\"").expect("valid");
    assert_eq!(settings.client.client_ids["ilt.casesystem"], "f2b0");
    assert_eq!(settings.client.client_id, "samenzicht-cli");
    assert_eq!(settings.client.assertion_audience, AssertionAudience::TokenEndpoint);
    let wrong = fault("[client]\nassertion_audience = \"isuer\"");
    assert_eq!(wrong.key, "client.assertion_audience");
    assert!(wrong.mend.contains("Did you mean `issuer`?"), "{wrong}");
}

#[test]
fn passwords_never_show() {
    let settings =
        with_file("[database]\nurl = \"postgres://app:s3cret@db.local/samen?password=s3cret\"").expect("valid");
    assert_eq!(settings.database.url.kind(), DatabaseKind::Postgres);
    let shown = format!("{settings:?} {}", settings.database.url);
    assert!(
        !shown.contains("s3cret") && shown.contains("postgres://app:***@db.local/samen"),
        "{shown}"
    );
    assert!(settings.database.url.expose().contains("s3cret"));
    let mistakes = [
        "[database]\nurl = \"mysql://app:s3cret@db\"",
        "database = \"postgres://app:s3cret@db\"",
        "[database]\npool_size = \"postgres://app:s3cret@db\"",
        "[database]\nurl = \"postgres://app:s3cret@db\" oops",
        "[database]\nurl = [\"postgres://app:s3cret@db\"]",
        "[gateway]\nlisten = \"postgres://app:s3cret@db\"",
        "[identity]\nissuers = \"postgres://app:s3cret@db\"",
    ];
    for text in mistakes {
        let wrong = fault(text);
        assert!(!format!("{wrong} {wrong:?}").contains("s3cret"), "{wrong}");
    }
}

#[test]
fn a_file_that_is_no_toml_says_its_line() {
    let wrong = fault("[gateway]\nlisten = \n");
    assert!(wrong.problem.contains("line 2"), "{wrong}");
    let wrong = Settings::load(Some(Path::new("/nowhere/my.toml"))).expect_err("absent");
    assert!(wrong.to_string().contains("/nowhere/my.toml"), "{wrong}");
}
