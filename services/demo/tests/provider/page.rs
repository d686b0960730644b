//! The page on which a visitor chooses, and what keeps it safe.

use crate::house::{CONSOLE, House, REDIRECT};

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const STATE: &str = "\"><script>alert(1)</script>";

fn form<'a>() -> Vec<(&'a str, &'a str)> {
    vec![
        ("response_type", "code"),
        ("client_id", CONSOLE),
        ("redirect_uri", REDIRECT),
        ("state", STATE),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
}

async fn shown(house: &House, language: &str) -> (reqwest::header::HeaderMap, String) {
    let asked = house.http.get(house.address("authorize")).query(&form());
    let answer = asked.header("Accept-Language", language).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    (answer.headers().clone(), answer.text().await.unwrap())
}

#[tokio::test]
async fn it_says_in_both_languages_that_it_is_a_demo() {
    let house = House::open().await;
    for language in ["nl", "", "fr, de;q=0.5"] {
        let (_, html) = shown(&house, language).await;
        assert!(html.contains("<html lang=\"nl\">"));
        assert!(html.contains("Dit is een demo."));
        assert!(html.contains("geen wachtwoorden"));
    }
    let (_, html) = shown(&house, "en-GB, nl;q=0.5").await;
    assert!(html.contains("<html lang=\"en\">"));
    assert!(html.contains("This is a demo."));
}

#[tokio::test]
async fn it_can_be_used_without_sight_mouse_or_script() {
    let house = House::open().await;
    let (_, html) = shown(&house, "nl").await;
    assert_eq!(html.matches("<h1>").count(), 1);
    assert!(html.contains("<main>") && html.contains("<title>"));
    assert!(html.contains("<fieldset><legend>Kies een demo-account</legend>"));
    assert_eq!(html.matches("<label>").count(), html.matches("type=\"radio\"").count());
    assert!(html.contains("value=\"ilt.inspector\""));
    assert!(!html.contains("<script"));
}

#[tokio::test]
async fn what_others_send_never_becomes_markup() {
    let house = House::open().await;
    let (headers, html) = shown(&house, "nl").await;
    assert!(html.contains("Account &lt;script&gt;alert(1)&lt;/script&gt; &amp; zoon"));
    assert!(html.contains("value=\"o&#39;hara.&quot;&lt;b&gt;\""));
    assert!(html.contains("value=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\""));
    let policy = headers["content-security-policy"].to_str().unwrap();
    for part in [
        "default-src 'none'",
        "style-src 'sha256-",
        "form-action 'self' http://127.0.0.1:9;",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{part} in {policy}");
    }
    assert_eq!(headers["x-frame-options"], "DENY");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["referrer-policy"], "no-referrer");
}

#[tokio::test]
async fn a_choice_that_is_not_on_the_list_is_asked_again() {
    let house = House::open().await;
    for account in [None, Some("nobody"), Some("")] {
        let mut fields = form();
        fields.extend(account.map(|account| ("account", account)));
        let answer = house
            .http
            .post(house.address("authorize"))
            .form(&fields)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 400);
        assert!(answer.text().await.unwrap().contains("role=\"alert\""));
    }
}

#[tokio::test]
async fn another_site_cannot_choose_for_the_visitor() {
    let house = House::open().await;
    let mut fields = form();
    fields.push(("account", "ilt.inspector"));
    let post = house.http.post(house.address("authorize")).form(&fields);
    let answer = post.header("Sec-Fetch-Site", "cross-site").send().await.unwrap();
    assert_eq!(answer.status(), 400);
    // Nor can it have its own name point at this machine.
    let rebound = house
        .http
        .get(house.address("jwks"))
        .header("Host", "evil.example.org:80");
    assert_eq!(rebound.send().await.unwrap().status(), 421);
    let rebound = house
        .http
        .get(house.address("jwks"))
        .header("Host", "127.0.0.1.example.org");
    assert_eq!(rebound.send().await.unwrap().status(), 421);
}

#[tokio::test]
async fn discovery_names_the_endpoints_and_what_they_take() {
    let house = House::open().await;
    let address = house.address(".well-known/openid-configuration");
    let found: serde_json::Value = house.http.get(address).send().await.unwrap().json().await.unwrap();
    assert_eq!(found["issuer"], house.provider.issuer());
    for (name, endpoint) in [
        ("authorization_endpoint", "authorize"),
        ("token_endpoint", "token"),
        ("jwks_uri", "jwks"),
    ] {
        assert_eq!(found[name], house.address(endpoint));
    }
    assert_eq!(found["code_challenge_methods_supported"], serde_json::json!(["S256"]));
    assert_eq!(
        house.http.get(house.address("users")).send().await.unwrap().status(),
        404
    );
    assert_eq!(
        house.http.get(house.address("token")).send().await.unwrap().status(),
        405
    );
}
