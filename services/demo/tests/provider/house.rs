//! A provider with a few accounts and clients, and a clock that is set by hand.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use demo::provider::{
    ClientKey, DEMO_CLI, DemoAccount, DemoClient, DemoMode, KeyPair, OperatingMode, Provider, ProviderSettings,
};
use foundation::token::{Clock, KeySettings, Refusal, TokenSettings, Verified, Verifier, install_cryptography};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

/// The moment at which every test begins, in seconds since 1970.
pub const START: i64 = 1_800_000_000;
/// How long tokens live here, in seconds.
pub const LIFETIME: i64 = 600;
pub const CONSOLE: &str = "demo-console";
/// A client on the visitor's own machine.
pub const AT_HOME: &str = "demo-at-home";
pub const CASE_SYSTEM: &str = "ilt-case-system";
pub const REDIRECT: &str = "http://127.0.0.1:9/sign-in/done?from=demo";
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub static CASE_SYSTEM_KEY: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate().unwrap());
pub static CLI_KEY: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate().unwrap());

pub struct House {
    pub provider: Provider,
    pub verifier: Verifier,
    /// Follows no redirects, so that a test can look at them.
    pub http: reqwest::Client,
    clock: Arc<AtomicI64>,
}

pub fn accounts() -> Vec<DemoAccount> {
    let account = |subject: &str, name: &str| DemoAccount {
        subject: subject.into(),
        name: name.into(),
    };
    vec![
        account("ilt.inspector", "Inspecteur van de ILT"),
        account("ilt.casesystem", "Zaaksysteem van de ILT"),
        account("o'hara.\"<b>", "Account <script>alert(1)</script> & zoon"),
    ]
}

pub fn clients() -> Vec<DemoClient> {
    vec![
        DemoClient::Person {
            client_id: CONSOLE.into(),
            redirect_uris: vec![REDIRECT.into()],
        },
        DemoClient::Person {
            client_id: AT_HOME.into(),
            redirect_uris: vec!["http://127.0.0.1/signed-in".into()],
        },
        DemoClient::System {
            client_id: CASE_SYSTEM.into(),
            subject: "ilt.casesystem".into(),
            key: ClientKey::Jwk(CASE_SYSTEM_KEY.public_jwk()),
        },
        DemoClient::CommandLine {
            client_id: DEMO_CLI.into(),
            key: ClientKey::Jwk(CLI_KEY.public_jwk()),
        },
    ]
}

pub async fn listener() -> tokio::net::TcpListener {
    tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap()
}

impl House {
    pub async fn open() -> Self {
        Self::with(listener().await, |_| {}).await
    }

    pub async fn with_keys_in(keys: PathBuf, listener: tokio::net::TcpListener) -> Self {
        Self::with(listener, |settings| settings.keys_directory = Some(keys)).await
    }

    pub async fn with_client(client: DemoClient) -> Self {
        Self::with(listener().await, |settings| settings.clients.push(client)).await
    }

    async fn with(listener: tokio::net::TcpListener, change: impl FnOnce(&mut ProviderSettings)) -> Self {
        install_cryptography();
        let clock = Arc::new(AtomicI64::new(START));
        let hands = clock.clone();
        let now: Clock = Arc::new(move || Timestamp::from_second(hands.load(Ordering::SeqCst)).unwrap());
        let mut settings = ProviderSettings::new(accounts(), clients());
        settings.token_lifetime = Duration::from_secs(LIFETIME.unsigned_abs());
        settings.clock = now.clone();
        change(&mut settings);
        let proof = DemoMode::prove(OperatingMode::Demo, listener).unwrap();
        let provider = Provider::start(proof, settings).await.unwrap();
        let trusted = TokenSettings {
            issuers: vec![provider.issuer_settings()],
            leeway_seconds: 0,
            keys: KeySettings::default(),
        };
        let verifier = Verifier::with_clock(trusted, now).unwrap();
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            provider,
            verifier,
            http,
            clock,
        }
    }

    pub fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    pub fn address(&self, endpoint: &str) -> String {
        format!("{}/{endpoint}", self.provider.issuer())
    }

    pub async fn verify(&self, token: &str) -> Result<Verified, Refusal> {
        self.verifier.verify_token(token).await
    }

    /// Posts a form to the token endpoint; returns the status and the JSON.
    pub async fn post_token(&self, form: &[(&str, &str)]) -> (u16, Value) {
        let answer = self.http.post(self.address("token")).form(form).send().await.unwrap();
        assert_eq!(answer.headers()["cache-control"], "no-store");
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// The claims of a good assertion of this client.
    pub fn assertion_claims(&self, client_id: &str) -> Value {
        let now = self.clock.load(Ordering::SeqCst);
        json!({
            "iss": client_id, "sub": client_id, "aud": self.address("token"),
            "iat": now, "exp": now + 60, "jti": uuid::Uuid::now_v7().to_string(),
        })
    }
}

/// Signs an assertion's claims.
pub fn assertion(claims: &Value, key: &KeyPair, algorithm: Algorithm) -> String {
    let private = EncodingKey::from_rsa_pem(key.private_pem().as_bytes()).unwrap();
    jsonwebtoken::encode(&Header::new(algorithm), claims, &private).unwrap()
}
