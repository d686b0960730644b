//! Authorization code with PKCE, danced by the `oauth2` client.

use foundation::token::Refusal;
use oauth2::basic::{BasicClient, BasicErrorResponseType, BasicRequestTokenError, BasicTokenResponse};
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, CsrfToken, EndpointNotSet, EndpointSet, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, Scope, TokenResponse, TokenUrl,
};
use url::Url;

use crate::house::{AT_HOME, CASE_SYSTEM, CONSOLE, House, LIFETIME, REDIRECT, START};

type Console = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;
type Exchanged = Result<BasicTokenResponse, BasicRequestTokenError<oauth2::HttpClientError<reqwest::Error>>>;

fn console(house: &House) -> Console {
    BasicClient::new(ClientId::new(CONSOLE.into()))
        .set_auth_uri(AuthUrl::new(house.address("authorize")).unwrap())
        .set_token_uri(TokenUrl::new(house.address("token")).unwrap())
        .set_redirect_uri(RedirectUrl::new(REDIRECT.into()).unwrap())
}

/// A visitor's way up to the code.
struct SignIn {
    address: Url,
    state: CsrfToken,
    verifier: PkceCodeVerifier,
}

fn sign_in(house: &House) -> SignIn {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (address, state) = console(house)
        .authorize_url(CsrfToken::new_random)
        .add_scope(Scope::new("openid".into()))
        .add_extra_param("nonce", "one-nonce")
        .set_pkce_challenge(challenge)
        .url();
    SignIn {
        address,
        state,
        verifier,
    }
}

/// The address with one parameter changed, or removed when `None`.
fn changed(address: &Url, name: &str, value: Option<&str>) -> Url {
    let others = address
        .query_pairs()
        .filter(|(own, _)| own != name)
        .map(|(n, v)| (n.into_owned(), v.into_owned()));
    let mut all: Vec<(String, String)> = others.collect();
    all.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    let mut address = address.clone();
    address.query_pairs_mut().clear().extend_pairs(all);
    address
}

/// Sends the form of the page with this choice; returns where the visitor is sent.
async fn choose(house: &House, address: &Url, account: &str) -> Url {
    let mut form: Vec<(String, String)> = address
        .query_pairs()
        .map(|(n, v)| (n.into_owned(), v.into_owned()))
        .collect();
    form.push(("account".into(), account.into()));
    let answer = house
        .http
        .post(house.address("authorize"))
        .form(&form)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap()
}

fn outcome(target: &Url, name: &str) -> Option<String> {
    target
        .query_pairs()
        .find(|(own, _)| own == name)
        .map(|(_, value)| value.into_owned())
}

async fn code(house: &House, sign_in: &SignIn) -> AuthorizationCode {
    let target = choose(house, &sign_in.address, "ilt.inspector").await;
    assert!(target.as_str().starts_with(REDIRECT), "{target}");
    assert_eq!(outcome(&target, "state").as_ref(), Some(sign_in.state.secret()));
    assert_eq!(outcome(&target, "iss").as_deref(), Some(house.provider.issuer()));
    AuthorizationCode::new(outcome(&target, "code").unwrap())
}

async fn exchange(house: &House, client: &Console, code: AuthorizationCode, verifier: &str) -> Exchanged {
    let verifier = PkceCodeVerifier::new(verifier.to_owned());
    client
        .exchange_code(code)
        .set_pkce_verifier(verifier)
        .request_async(&house.http)
        .await
}

fn refusal(exchanged: Exchanged) -> BasicErrorResponseType {
    match exchanged {
        Err(RequestTokenError::ServerResponse(response)) => response.error().clone(),
        other => panic!("no refusal: {other:?}"),
    }
}

/// The error with which a changed request is sent back to the application.
async fn sent_back(house: &House, address: &Url) -> String {
    let answer = house.http.get(address.clone()).send().await.unwrap();
    assert_eq!(answer.status(), 303, "{address}");
    let target = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    assert!(target.as_str().starts_with(REDIRECT));
    assert_eq!(outcome(&target, "code"), None);
    outcome(&target, "error").unwrap()
}

#[tokio::test]
async fn the_whole_dance_ends_with_a_token_that_the_platform_accepts() {
    let house = House::open().await;
    let dance = sign_in(&house);
    let page = house.http.get(dance.address.clone()).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let code = code(&house, &dance).await;
    let given = exchange(&house, &console(&house), code, dance.verifier.secret())
        .await
        .unwrap();
    assert_eq!(given.expires_in().unwrap().as_secs(), LIFETIME.unsigned_abs());

    let caller = house.verify(given.access_token().secret()).await.unwrap();
    assert_eq!(caller.subject, "ilt.inspector");
    assert_eq!(caller.issuer, house.provider.issuer());
    assert_eq!(caller.authorised_party.as_deref(), Some(CONSOLE));
    assert_eq!(caller.expires_at, (START + LIFETIME) * 1_000_000);
    assert!(caller.token_id.is_some());
    let header = jsonwebtoken::decode_header(given.access_token().secret()).unwrap();
    assert_eq!(header.typ.as_deref(), Some("at+jwt"));
}

#[tokio::test]
async fn an_identity_token_is_for_the_application_and_opens_nothing_here() {
    let house = House::open().await;
    let dance = sign_in(&house);
    let code = code(&house, &dance).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", CONSOLE),
        ("redirect_uri", REDIRECT),
        ("code", code.secret()),
        ("code_verifier", dance.verifier.secret()),
    ];
    let (status, given) = house.post_token(&form).await;
    assert_eq!(status, 200);
    let identity = given["id_token"].as_str().unwrap();
    let claims: serde_json::Value = jsonwebtoken::dangerous::insecure_decode_claims(identity).unwrap();
    assert_eq!(claims["aud"], CONSOLE);
    assert_eq!(claims["nonce"], "one-nonce");
    assert_eq!(house.verify(identity).await, Err(Refusal::WrongAudience));
}

#[tokio::test]
async fn a_code_works_once() {
    let house = House::open().await;
    let dance = sign_in(&house);
    let code = code(&house, &dance).await;
    let client = console(&house);
    exchange(&house, &client, code.clone(), dance.verifier.secret())
        .await
        .unwrap();
    let again = exchange(&house, &client, code, dance.verifier.secret()).await;
    assert_eq!(refusal(again), BasicErrorResponseType::InvalidGrant);
}

#[tokio::test]
async fn a_code_that_was_tried_wrongly_is_used_up() {
    let house = House::open().await;
    let dance = sign_in(&house);
    let code = code(&house, &dance).await;
    let client = console(&house);
    let other = PkceCodeChallenge::new_random_sha256().1;
    let wrong = exchange(&house, &client, code.clone(), other.secret()).await;
    assert_eq!(refusal(wrong), BasicErrorResponseType::InvalidGrant);
    let right = exchange(&house, &client, code, dance.verifier.secret()).await;
    assert_eq!(refusal(right), BasicErrorResponseType::InvalidGrant);
}

#[tokio::test]
async fn a_code_lives_a_minute() {
    let house = House::open().await;
    let (early, late) = (sign_in(&house), sign_in(&house));
    let (first, second) = (code(&house, &early).await, code(&house, &late).await);
    let client = console(&house);
    house.pass(59);
    assert!(exchange(&house, &client, first, early.verifier.secret()).await.is_ok());
    house.pass(1);
    let expired = exchange(&house, &client, second, late.verifier.secret()).await;
    assert_eq!(refusal(expired), BasicErrorResponseType::InvalidGrant);
}

#[tokio::test]
async fn a_code_belongs_to_its_redirect_uri_its_client_and_its_verifier() {
    let house = House::open().await;
    let client = console(&house);

    let dance = sign_in(&house);
    let code_one = code(&house, &dance).await;
    let elsewhere = client
        .clone()
        .set_redirect_uri(RedirectUrl::new("http://127.0.0.1:9/".into()).unwrap());
    let moved = exchange(&house, &elsewhere, code_one, dance.verifier.secret()).await;
    assert_eq!(refusal(moved), BasicErrorResponseType::InvalidGrant);

    let dance = sign_in(&house);
    let code_two = code(&house, &dance).await;
    let without = client.exchange_code(code_two).request_async(&house.http).await;
    assert_eq!(refusal(without), BasicErrorResponseType::InvalidRequest);

    let dance = sign_in(&house);
    let code_three = code(&house, &dance).await;
    for (client_id, error) in [("nobody", "invalid_client"), (CASE_SYSTEM, "unauthorized_client")] {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", client_id),
            ("redirect_uri", REDIRECT),
            ("code", code_three.secret()),
            ("code_verifier", dance.verifier.secret()),
        ];
        assert_eq!(house.post_token(&form).await.1["error"], error);
    }
}

#[tokio::test]
async fn pkce_with_s256_is_required() {
    let house = House::open().await;
    let address = sign_in(&house).address;
    let wrong = [
        changed(&address, "code_challenge", None),
        changed(&address, "code_challenge", Some("short")),
        changed(&address, "code_challenge_method", Some("plain")),
        changed(&address, "code_challenge_method", None),
    ];
    for address in wrong {
        assert_eq!(sent_back(&house, &address).await, "invalid_request", "{address}");
    }
}

#[tokio::test]
async fn other_requests_that_are_not_right_go_back_with_their_error() {
    let house = House::open().await;
    let address = sign_in(&house).address;
    let wrong = [
        (changed(&address, "state", None), "invalid_request"),
        (
            changed(&address, "state", Some("21-characters-are-few")),
            "invalid_request",
        ),
        (changed(&address, "response_type", None), "invalid_request"),
        (
            changed(&address, "response_type", Some("token")),
            "unsupported_response_type",
        ),
        (
            changed(&address, "response_type", Some("code id_token")),
            "unsupported_response_type",
        ),
        (changed(&address, "request", Some("e30.e30.")), "request_not_supported"),
        (changed(&address, "nonce", Some(&"n".repeat(513))), "invalid_request"),
    ];
    for (address, error) in wrong {
        assert_eq!(sent_back(&house, &address).await, error, "{address}");
    }
    let form = [("decision", "cancel")];
    let mut body: Vec<_> = address.query_pairs().collect();
    body.extend(form.map(|(name, value)| (name.into(), value.into())));
    let answer = house
        .http
        .post(house.address("authorize"))
        .form(&body)
        .send()
        .await
        .unwrap();
    assert!(
        answer.headers()["location"]
            .to_str()
            .unwrap()
            .contains("error=access_denied")
    );
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_the_clients() {
    let house = House::open().await;
    let address = sign_in(&house).address;
    let wrong = [
        changed(&address, "redirect_uri", None),
        changed(&address, "redirect_uri", Some("http://127.0.0.1:9/sign-in/done")),
        changed(&address, "redirect_uri", Some(&format!("{REDIRECT}&more=1"))),
        changed(&address, "redirect_uri", Some(&format!("{REDIRECT}/"))),
        changed(
            &address,
            "redirect_uri",
            Some("HTTP://127.0.0.1:9/sign-in/done?from=demo"),
        ),
        changed(&address, "redirect_uri", Some("https://example.org/")),
        changed(&address, "client_id", Some("nobody")),
        changed(&address, "client_id", Some(CASE_SYSTEM)),
        changed(&address, "client_id", None),
        Url::parse(&format!("{address}&redirect_uri=https://example.org/")).unwrap(),
    ];
    for address in wrong {
        let answer = house.http.get(address.clone()).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{address}");
        assert!(answer.headers().get("location").is_none());
        let mut form: Vec<_> = address.query_pairs().collect();
        form.push(("account".into(), "ilt.inspector".into()));
        let posted = house
            .http
            .post(house.address("authorize"))
            .form(&form)
            .send()
            .await
            .unwrap();
        assert_eq!(posted.status(), 400, "{address}");
    }
}

#[tokio::test]
async fn a_client_on_this_machine_may_listen_on_any_port_and_differ_in_nothing_else() {
    let house = House::open().await;
    let address = changed(&sign_in(&house).address, "client_id", Some(AT_HOME));
    let status = async |redirect: &str| {
        let address = changed(&address, "redirect_uri", Some(redirect));
        house.http.get(address).send().await.unwrap().status().as_u16()
    };
    for port in ["", ":1", ":5555", ":65535"] {
        assert_eq!(
            status(&format!("http://127.0.0.1{port}/signed-in")).await,
            200,
            "{port}"
        );
    }
    for redirect in [
        "http://127.0.0.1:5555/signed-in/",
        "http://127.0.0.1:5555/signed-in?more=1",
        "http://127.0.0.1:5555/",
        "http://127.0.0.2:5555/signed-in",
        "http://localhost:5555/signed-in",
        "https://127.0.0.1:5555/signed-in",
        "http://somebody@127.0.0.1:5555/signed-in",
        "http://127.0.0.1:5555@example.org/signed-in",
        "http://127.0.0.1.example.org:5555/signed-in",
        "http://127.0.0.1:05555/signed-in",
    ] {
        assert_eq!(status(redirect).await, 400, "{redirect}");
    }
}
