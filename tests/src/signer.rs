//! Tokens made by hand with a provider's own key, or with somebody else's: expired, forged, short-lived.

use std::path::Path;

use demo::provider::KeyPair;
use foundation::Clock;
use foundation::clock::SECOND;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

/// Signs tokens as an issuer would.
pub struct Signer {
    issuer: String,
    kid: String,
    key: EncodingKey,
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

    fn with(issuer: &str, pair: &KeyPair) -> Self {
        let key = EncodingKey::from_rsa_pem(pair.private_pem().as_bytes()).expect("an RSA key");
        Self {
            issuer: issuer.to_owned(),
            kid: pair.kid().to_owned(),
            key,
        }
    }

    /// A token of this account that expires so many seconds from now; negative: has expired.
    pub fn token(&self, account: &str, seconds: i64) -> String {
        self.claims(account, seconds, |_| {})
    }

    /// The same with its claims changed.
    pub fn claims(&self, account: &str, seconds: i64, change: impl FnOnce(&mut Value)) -> String {
        let now = Clock::System.now() / SECOND;
        let issued = now.min(now + seconds) - 1;
        let mut claims = json!({
            "iss": self.issuer, "sub": account, "aud": "samenzicht", "azp": "tests", "iat": issued, "nbf": issued,
            "exp": now + seconds, "jti": uuid::Uuid::now_v7().to_string(),
        });
        change(&mut claims);
        let header = Header {
            typ: Some("at+jwt".to_owned()),
            kid: Some(self.kid.clone()),
            ..Header::new(Algorithm::RS256)
        };
        jsonwebtoken::encode(&header, &claims, &self.key).expect("a token")
    }
}
