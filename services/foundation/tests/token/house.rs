//! A provider of keys on a loopback port, tokens made by hand, and a clock that is set by hand.

use std::sync::atomic::{AtomicI64, AtomicU16, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use axum::Json;
use axum::http::StatusCode;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use foundation::token::{
    IssuerSettings, KeySettings, Refusal, TokenSettings, Verified, Verifier, install_cryptography,
};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use jiff::Timestamp;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

/// The moment at which every test begins, in seconds since 1970.
pub const START: i64 = 1_800_000_000;

/// A key pair with a name.
pub struct Key {
    pub kid: &'static str,
    pub private: EncodingKey,
    pub public: Value,
}

fn key(kid: &'static str) -> Key {
    install_cryptography();
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let body = STANDARD.encode(der.as_ref());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
    let private = EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
    let mut jwk = Jwk::from_encoding_key(&private, Algorithm::RS256).unwrap();
    jwk.common.key_id = Some(kid.to_owned());
    let mut public = serde_json::to_value(jwk).unwrap();
    public["use"] = "sig".into();
    Key { kid, private, public }
}

pub static FIRST: LazyLock<Key> = LazyLock::new(|| key("first"));
pub static SECOND: LazyLock<Key> = LazyLock::new(|| key("second"));

/// What the provider publishes, and whether it answers.
pub struct Published {
    keys: Mutex<Vec<Value>>,
    status: AtomicU16,
    fetches: AtomicUsize,
    /// What its description says, once somebody asks for it.
    description: Mutex<Value>,
    /// How often its description was asked for.
    described: AtomicUsize,
    /// How long it takes to answer, in milliseconds.
    delay: AtomicU64,
}

/// One provider and one verifier that trusts it.
pub struct House {
    pub verifier: Verifier,
    pub issuer: String,
    pub settings: TokenSettings,
    published: Arc<Published>,
    clock: Arc<AtomicI64>,
}

impl House {
    /// A provider that publishes [`FIRST`].
    pub async fn open() -> Self {
        Self::with(|_| {}).await
    }

    /// As [`House::open`], with the issuer's settings changed.
    pub async fn with(change: impl FnOnce(&mut IssuerSettings)) -> Self {
        let published = Arc::new(Published {
            keys: Mutex::new(vec![FIRST.public.clone()]),
            status: AtomicU16::new(200),
            fetches: AtomicUsize::new(0),
            description: Mutex::default(),
            described: AtomicUsize::new(0),
            delay: AtomicU64::new(0),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}/idp", listener.local_addr().unwrap());
        *published.description.lock().unwrap() = json!({ "issuer": issuer, "jwks_uri": format!("{issuer}/jwks") });
        let shown = published.clone();
        let answer = move || {
            let shown = shown.clone();
            async move {
                shown.fetches.fetch_add(1, Ordering::SeqCst);
                let delay = shown.delay.load(Ordering::SeqCst);
                tokio::time::sleep(std::time::Duration::from_millis(delay)).await;
                let keys = shown.keys.lock().unwrap().clone();
                let status = shown.status.load(Ordering::SeqCst);
                (StatusCode::from_u16(status).unwrap(), Json(json!({ "keys": keys })))
            }
        };
        let told = published.clone();
        let describe = move || {
            let told = told.clone();
            async move {
                told.described.fetch_add(1, Ordering::SeqCst);
                Json(told.description.lock().unwrap().clone())
            }
        };
        let routes = axum::Router::new()
            .route("/idp/jwks", get(answer))
            .route("/idp/.well-known/openid-configuration", get(describe));
        tokio::spawn(async move { axum::serve(listener, routes).await });

        let mut settings = IssuerSettings {
            jwks_uri: Some(format!("{issuer}/jwks")),
            ..IssuerSettings::new(&issuer, "samenzicht")
        };
        change(&mut settings);
        let settings = TokenSettings {
            issuers: vec![settings],
            leeway_seconds: 10,
            keys: KeySettings::default(),
        };
        let clock = Arc::new(AtomicI64::new(START));
        let hands = clock.clone();
        let now = Arc::new(move || Timestamp::from_second(hands.load(Ordering::SeqCst)).unwrap());
        let verifier = Verifier::with_clock(settings.clone(), now).unwrap();
        Self {
            verifier,
            issuer,
            settings,
            published,
            clock,
        }
    }

    pub fn publish(&self, keys: &[&Value]) {
        *self.published.keys.lock().unwrap() = keys.iter().map(|key| (*key).clone()).collect();
    }

    pub fn goes_down(&self) {
        self.published.status.store(503, Ordering::SeqCst);
    }

    pub fn comes_back(&self) {
        self.published.status.store(200, Ordering::SeqCst);
    }

    /// The provider answers after this long.
    pub fn takes(&self, milliseconds: u64) {
        self.published.delay.store(milliseconds, Ordering::SeqCst);
    }

    /// Changes what the provider says of itself.
    pub fn describe(&self, change: impl FnOnce(&mut Value)) {
        change(&mut self.published.description.lock().unwrap());
    }

    pub fn described(&self) -> usize {
        self.published.described.load(Ordering::SeqCst)
    }

    pub fn fetches(&self) -> usize {
        self.published.fetches.load(Ordering::SeqCst)
    }

    pub fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    /// The claims of a good token, issued now and good for five minutes.
    pub fn claims(&self) -> Value {
        let now = self.clock.load(Ordering::SeqCst);
        json!({
            "iss": self.issuer, "sub": "ilt.inspector", "aud": "samenzicht", "azp": "console",
            "iat": now, "nbf": now, "exp": now + 300, "jti": "token-1",
        })
    }

    /// The claims of a good token with one changed; `null` removes it.
    pub fn claims_but(&self, name: &str, value: Value) -> Value {
        let mut claims = self.claims();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value;
        }
        claims
    }

    /// A good token of this key.
    pub fn token(&self, key: &Key) -> String {
        sign(&header(key.kid), &self.claims(), &key.private, Algorithm::RS256)
    }

    /// Asks with the token in the one place where it belongs.
    pub async fn ask(&self, token: &str) -> Result<Verified, Refusal> {
        self.verifier
            .verify(&authorization(&[&format!("Bearer {token}")]))
            .await
    }

    /// What is said of a token with these claims, rightly signed.
    pub async fn ask_claims(&self, claims: &Value) -> Result<Verified, Refusal> {
        self.ask(&sign(&header(FIRST.kid), claims, &FIRST.private, Algorithm::RS256))
            .await
    }

    /// What is said of a token with these claims as they are written, rightly signed.
    pub async fn ask_text(&self, claims: &str) -> Result<Verified, Refusal> {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let message = format!("{}.{}", encode(&header(FIRST.kid).to_string()), encode(claims));
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &FIRST.private, Algorithm::RS256).unwrap();
        self.ask(&format!("{message}.{signature}")).await
    }

    /// What is said of a token with this header, rightly signed.
    pub async fn ask_header(&self, header: &Value) -> Result<Verified, Refusal> {
        self.ask(&sign(header, &self.claims(), &FIRST.private, Algorithm::RS256))
            .await
    }
}

pub fn header(kid: &str) -> Value {
    json!({ "typ": "at+jwt", "alg": "RS256", "kid": kid })
}

/// The header of a good token with one parameter changed.
pub fn header_but(name: &str, value: Value) -> Value {
    let mut header = header(FIRST.kid);
    header[name] = value;
    header
}

pub fn authorization(values: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(AUTHORIZATION, value.parse().unwrap());
    }
    headers
}

/// Puts header and claims under a signature, whatever they say.
pub fn sign(header: &Value, claims: &Value, key: &EncodingKey, algorithm: Algorithm) -> String {
    let message = unsigned(header, claims);
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm).unwrap();
    format!("{message}.{signature}")
}

/// Header and claims as they stand before the last dot.
pub fn unsigned(header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", encode(header), encode(claims))
}
