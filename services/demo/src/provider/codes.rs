//! Authorization codes: for one client, one minute, one use.

use std::collections::HashMap;
use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use super::key_pair::{KeyError, random_text};

/// How long a code is good.
const CODE_LIFETIME: SignedDuration = SignedDuration::from_secs(60);

/// What a visitor allowed, and to which request it belongs.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub client_id: String,
    pub redirect_uri: String,
    pub code_challenge: String,
    pub subject: String,
    pub nonce: Option<String>,
    /// Whether an identity token was asked for.
    pub openid: bool,
    pub chosen_at: Timestamp,
}

/// The codes that were given out and not yet used.
#[derive(Default)]
pub(super) struct Codes(Mutex<HashMap<String, Grant>>);

impl Codes {
    pub fn give(&self, grant: Grant) -> Result<String, KeyError> {
        let code = random_text()?;
        let mut codes = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let now = grant.chosen_at;
        codes.retain(|_, grant| !expired(grant, now));
        codes.insert(code.clone(), grant);
        Ok(code)
    }

    /// Takes a code out, for good: whatever becomes of this use, there is no second one.
    pub fn take(&self, code: &str, now: Timestamp) -> Option<Grant> {
        let mut codes = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        codes.remove(code).filter(|grant| !expired(grant, now))
    }
}

fn expired(grant: &Grant, now: Timestamp) -> bool {
    now.duration_since(grant.chosen_at) >= CODE_LIFETIME
}

/// Whether the verifier is the one that the challenge was made of (RFC 7636, S256).
pub(super) fn proves(verifier: &str, challenge: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(allowed)
        && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == challenge
}
