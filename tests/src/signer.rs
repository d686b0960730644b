//! Tokens made by hand with a provider's own key, or with somebody else's: expired, forged, short-lived.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use demo::provider::KeyPair;
use foundation::Clock;
use foundation::clock::SECOND;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

/// Signs tokens as an issuer would.
#[derive(Clone)]
pub struct Signer {
    issuer: String,
    kid: String,
    key: EncodingKey,
    /// The claim in which the account stands.
    subject: &'static str,
}

impl Signer {
    /// With the key that the demo's provider keeps in this folder.
    pub fn of_provider(issuer: &str, keys: &Path) -> Self {
        let text = std::fs::read_to_string(keys.join("signing-keys.json")).expect("the provider keeps its keys there");
        let stored: Value = serde_json::from_str(&text).expect("its keys are JSON");
        let pem = stored["current"].as_str().expect("it has a current key");
        Self::with(issuer, &KeyPair::from_pem(pem).expect("its key can be read"))
    }

    /// With a key of its own, under the same name as the issuer's: a forger.
    pub fn forger(&self) -> Self {
        let made = Self::with(&self.issuer, &KeyPair::generate().expect("a key"));
        Self {
            kid: self.kid.clone(),
            ..made
        }
    }

    /// With this key.
    pub fn with(issuer: &str, pair: &KeyPair) -> Self {
        let key = EncodingKey::from_rsa_pem(pair.private_pem().as_bytes()).expect("an RSA key");
        Self {
            issuer: issuer.to_owned(),
            kid: pair.kid().to_owned(),
            key,
            subject: "sub",
        }
    }

    /// The same, who writes the account in this claim and something else in `sub`.
    #[must_use]
    pub fn naming(self, subject: &'static str) -> Self {
        Self { subject, ..self }
    }

    /// A token of this account that expires so many seconds from now; negative: has expired.
    pub fn token(&self, account: &str, seconds: i64) -> String {
        self.claims(account, seconds, |_| {})
    }

    /// The same with its claims changed.
    pub fn claims(&self, account: &str, seconds: i64, change: impl FnOnce(&mut Value)) -> String {
        let mut claims = self.good(account, seconds);
        change(&mut claims);
        self.signed(&self.header(), &claims)
    }

    /// A token for an hour with its header changed, rightly signed.
    pub fn headed(&self, account: &str, change: impl FnOnce(&mut Value)) -> String {
        let mut header = self.header();
        change(&mut header);
        self.signed(&header, &self.good(account, 3600))
    }

    /// A token for an hour that says this algorithm and has what is made of it before the last dot as signature.
    pub fn otherwise(&self, account: &str, algorithm: &str, sign: impl FnOnce(&str) -> String) -> String {
        let mut header = self.header();
        header["alg"] = json!(algorithm);
        let message = message(&header, &self.good(account, 3600));
        let signature = sign(&message);
        format!("{message}.{signature}")
    }

    fn good(&self, account: &str, seconds: i64) -> Value {
        let now = Clock::System.now() / SECOND;
        let issued = now.min(now + seconds) - 1;
        let mut claims = json!({
            "iss": self.issuer, "sub": "somebody", "aud": "samenzicht", "azp": "tests", "iat": issued, "nbf": issued,
            "exp": now + seconds, "jti": uuid::Uuid::now_v7().to_string(),
        });
        claims[self.subject] = json!(account);
        claims
    }

    fn header(&self) -> Value {
        json!({ "typ": "at+jwt", "alg": "RS256", "kid": self.kid })
    }

    fn signed(&self, header: &Value, claims: &Value) -> String {
        let message = message(header, claims);
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &self.key, Algorithm::RS256).expect("signed");
        format!("{message}.{signature}")
    }
}

/// Header and claims as they stand before the last dot.
fn message(header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", encode(header), encode(claims))
}
