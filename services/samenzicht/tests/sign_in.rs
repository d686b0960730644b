//! Signing in, as a program and as a person, against the demo's own provider. Another's: `tests/it/any_provider`.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use demo::provider::{
    ClientKey, DEMO_CLI, DemoAccount, DemoClient, DemoMode, KeyPair, OperatingMode, PEOPLE_CLI, Provider,
    ProviderSettings,
};
use foundation::config::{AssertionAudience, Settings};
use foundation::token::{Clock, KeySettings, TokenSettings, Verifier, system_clock};
use jiff::Timestamp;
use samenzicht::sign_in::person::{Invitation, Person};
use samenzicht::sign_in::{Credentials, SignIn, SignInError};

struct House {
    provider: Provider,
    key: KeyPair,
    clock: Arc<AtomicI64>,
}

impl House {
    async fn open() -> Self {
        let key = KeyPair::generate().unwrap();
        let account = |subject: &str| DemoAccount {
            subject: subject.into(),
            name: subject.into(),
        };
        let public = || ClientKey::Jwk(key.public_jwk());
        let clients = vec![
            DemoClient::System {
                client_id: "ilt-case-system".into(),
                subject: "ilt.casesystem".into(),
                key: public(),
            },
            DemoClient::CommandLine {
                client_id: DEMO_CLI.into(),
                key: public(),
            },
            DemoClient::Person {
                client_id: PEOPLE_CLI.0.into(),
                redirect_uris: vec![PEOPLE_CLI.1.into()],
            },
        ];
        let accounts = vec![account("ilt.casesystem"), account("igj.analyst")];
        let clock = Arc::new(AtomicI64::new(Timestamp::now().as_second()));
        let mut settings = ProviderSettings::new(accounts, clients);
        settings.token_lifetime = Duration::from_secs(300);
        settings.clock = hands(&clock);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proof = DemoMode::prove(OperatingMode::Demo, listener).unwrap();
        let provider = Provider::start(proof, settings).await.unwrap();
        Self { provider, key, clock }
    }

    fn credentials(&self, client_id: &str, demo_subject: Option<&str>) -> Credentials {
        Credentials {
            issuer: self.provider.issuer().into(),
            client_id: client_id.into(),
            private_key_pem: self.key.private_pem().into(),
            assertion_audience: AssertionAudience::TokenEndpoint,
            scopes: Vec::new(),
            resource: None,
            demo_subject: demo_subject.map(str::to_owned),
        }
    }

    async fn sign_in(&self, client_id: &str, demo_subject: Option<&str>) -> SignIn {
        let credentials = self.credentials(client_id, demo_subject);
        SignIn::discover(credentials, hands(&self.clock)).await.unwrap()
    }

    /// A person's settings: as shipped, but for the provider and the place of the sign-in.
    fn settings(&self, folder: &Path) -> Settings {
        let text = format!(
            "[client]\nissuer = {:?}\nsign_ins = {folder:?}\n",
            self.provider.issuer()
        );
        Settings::layered(Some(("test", &text)), []).unwrap()
    }

    /// What the visitor does on the demo's page, up to coming back.
    async fn choose(&self, address: &str, account: &str) {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let address = reqwest::Url::parse(address).unwrap();
        let mut form: Vec<_> = address.query_pairs().collect();
        form.push(("account".into(), account.into()));
        let page = format!("{}/authorize", self.provider.issuer());
        let answer = http.post(page).form(&form).send().await.unwrap();
        let back = answer.headers()["location"].to_str().unwrap();
        assert_eq!(http.get(back).send().await.unwrap().status(), 200);
    }

    async fn subject_of(&self, token: &str) -> String {
        let issuers = vec![self.provider.issuer_settings()];
        let trusted = TokenSettings {
            issuers,
            leeway_seconds: 30,
            keys: KeySettings::default(),
        };
        Verifier::new(trusted)
            .unwrap()
            .verify_token(token)
            .await
            .unwrap()
            .subject
    }
}

fn hands(clock: &Arc<AtomicI64>) -> Clock {
    let clock = clock.clone();
    Arc::new(move || Timestamp::from_second(clock.load(Ordering::SeqCst)).unwrap())
}

async fn refused(credentials: Credentials) -> SignInError {
    match SignIn::discover(credentials, system_clock()).await {
        Ok(_) => panic!("no refusal"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn a_case_system_signs_in_with_its_key() {
    let house = House::open().await;
    let token = house.sign_in("ilt-case-system", None).await.token().await.unwrap();
    assert_eq!(house.subject_of(&token.secret).await, "ilt.casesystem");
}

#[tokio::test]
async fn the_demos_command_line_signs_in_as_any_account() {
    let house = House::open().await;
    let token = house
        .sign_in(DEMO_CLI, Some("igj.analyst"))
        .await
        .token()
        .await
        .unwrap();
    assert_eq!(house.subject_of(&token.secret).await, "igj.analyst");
}

#[tokio::test]
async fn a_person_signs_in_with_the_browser() {
    let house = House::open().await;
    let folder = tempfile::tempdir().unwrap();
    let settings = house.settings(folder.path());
    let invitation = Invitation::to(&settings, hands(&house.clock)).await.unwrap();
    let address = invitation.address.to_string();
    let waiting = tokio::spawn(invitation.accepted(Duration::from_secs(30)));
    house.choose(&address, "igj.analyst").await;
    let kept = waiting.await.unwrap().unwrap();
    assert_eq!(house.subject_of(&kept.access_token).await, "igj.analyst");

    // The demo renews nothing: its token serves to its end, and not beyond.
    let person = Person::find(&settings, hands(&house.clock)).unwrap();
    for seconds in [0, 270, 29] {
        house.clock.fetch_add(seconds, Ordering::SeqCst);
        assert_eq!(person.token(false).await.unwrap(), kept.access_token, "{seconds}");
    }
    assert!(
        matches!(person.token(true).await, Err(SignInError::Ended(_))),
        "it was refused"
    );
    house.clock.fetch_add(1, Ordering::SeqCst);
    assert!(matches!(person.token(false).await, Err(SignInError::Ended(_))));
    // It takes nothing back either, which is said; here it is forgotten.
    let (somebody, withdrawn) = person.sign_out().await.unwrap();
    assert!(somebody && withdrawn.is_err(), "{withdrawn:?}");
    assert!(matches!(person.token(false).await, Err(SignInError::Nobody)));
}

#[tokio::test]
async fn nobody_comes_back() {
    let house = House::open().await;
    let folder = tempfile::tempdir().unwrap();
    let invitation = Invitation::to(&house.settings(folder.path()), system_clock())
        .await
        .unwrap();
    let late = invitation.accepted(Duration::from_millis(50)).await;
    assert!(matches!(late, Err(SignInError::TooLate(_))), "{late:?}");
}

#[tokio::test]
async fn the_browser_comes_back_to_this_machine_and_to_nowhere_else() {
    let house = House::open().await;
    let folder = tempfile::tempdir().unwrap();
    for redirect in [
        "https://127.0.0.1/signed-in",
        "http://0.0.0.0/signed-in",
        "http://example.org/signed-in",
        "http://127.0.0.1/signed-in?a=b",
        "http://somebody@127.0.0.1/signed-in",
        "signed-in",
    ] {
        let mut settings = house.settings(folder.path());
        settings.client.redirect = redirect.into();
        let refused = Invitation::to(&settings, system_clock()).await.map(|_| ()).unwrap_err();
        assert!(matches!(refused, SignInError::Redirect(_)), "{redirect}: {refused}");
    }
}

#[tokio::test]
async fn a_token_is_kept_until_shortly_before_it_expires() {
    let house = House::open().await;
    let sign_in = house.sign_in("ilt-case-system", None).await;
    let first = sign_in.token().await.unwrap();
    house.clock.fetch_add(269, Ordering::SeqCst);
    assert_eq!(sign_in.token().await.unwrap(), first);
    house.clock.fetch_add(1, Ordering::SeqCst);
    let second = sign_in.token().await.unwrap();
    assert_ne!(second, first);
    assert!(second.expires_at > first.expires_at);
}

#[tokio::test]
async fn the_providers_refusal_is_told_with_its_reason() {
    let house = House::open().await;
    let stranger = house.sign_in("stranger", None).await.token().await.unwrap_err();
    assert!(matches!(&stranger, SignInError::Refused { code, .. } if code == "invalid_client"));
    assert!(stranger.to_string().contains("not known here"), "{stranger}");
    let nobody = house.sign_in(DEMO_CLI, Some("nobody")).await.token().await.unwrap_err();
    assert!(nobody.to_string().contains("no such demo account"), "{nobody}");
}

#[tokio::test]
async fn the_assertion_is_addressed_as_the_provider_wants_it() {
    let house = House::open().await;
    let credentials = Credentials {
        assertion_audience: AssertionAudience::Issuer,
        ..house.credentials("ilt-case-system", None)
    };
    let sign_in = SignIn::discover(credentials, hands(&house.clock)).await.unwrap();
    // The demo's provider wants the token endpoint, as NL GOV has it.
    let refused = sign_in.token().await.unwrap_err();
    assert!(
        refused.to_string().contains("aud must be the token endpoint"),
        "{refused}"
    );
}

#[tokio::test]
async fn what_is_not_the_provider_gets_no_assertion() {
    let house = House::open().await;
    let good = house.credentials("ilt-case-system", None);

    let plain = Credentials {
        issuer: "http://login.example.org/idp".into(),
        ..good.clone()
    };
    assert!(matches!(refused(plain).await, SignInError::Address(_)));

    // The same provider by another name is another issuer.
    let renamed = good.issuer.replace("127.0.0.1", "localhost");
    let other = refused(Credentials {
        issuer: renamed,
        ..good.clone()
    })
    .await;
    assert!(matches!(other, SignInError::NotTheProvider { .. }), "{other}");

    let deeper = format!("{}/deeper", good.issuer);
    let missing = refused(Credentials {
        issuer: deeper,
        ..good.clone()
    })
    .await;
    assert!(matches!(missing, SignInError::NotTheProvider { .. }), "{missing}");

    let keyless = Credentials {
        private_key_pem: "no key".into(),
        ..good.clone()
    };
    assert!(matches!(refused(keyless).await, SignInError::Key(_)));

    let sign_in = house.sign_in("ilt-case-system", None).await;
    house.provider.stop().await;
    assert!(matches!(refused(good).await, SignInError::Unreachable { .. }));
    assert!(matches!(
        sign_in.token().await.unwrap_err(),
        SignInError::Unreachable { .. }
    ));
}

#[tokio::test]
async fn secrets_do_not_show_in_logs() {
    let house = House::open().await;
    let shown = format!("{:?}", house.credentials("ilt-case-system", None));
    assert!(!shown.contains("PRIVATE"), "{shown}");
    let token = house.sign_in("ilt-case-system", None).await.token().await.unwrap();
    assert!(!format!("{token:?}").contains(&token.secret));
}
