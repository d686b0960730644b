//! An issuer's published keys (RFC 7517), kept as fresh as its rotation needs.
//!
//! - Keys are fetched at first use, when they are older than [`KeyFreshness::max_age`], and when a
//!   token names a key that is not there; the last at most once per [`KeyFreshness::search_pause`],
//!   so that tokens with invented key names cannot make us hammer the provider.
//! - One fetch at a time; who waits for it uses its result. It runs to its end even when the request
//!   that began it goes away.
//! - While the provider is down the keys at hand stay in use up to [`KeyFreshness::max_stale`].
//! - A fetch replaces all keys, so a key that was rotated out is gone with the next fetch.

use std::sync::{Arc, RwLock, RwLockReadGuard};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};
use serde::Deserialize;
use tokio::sync::{Mutex, OwnedMutexGuard};
use url::Url;

use super::settings::is_loopback;
use super::{Clock, Refusal, SettingsError};

/// The largest key set that is read, in bytes.
const MAX_KEY_SET_BYTES: usize = 256 * 1024;

/// How fresh an issuer's keys must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyFreshness {
    /// Keys older than this are fetched again at their next use.
    pub max_age: Duration,
    /// While the provider is down, keys up to this age stay in use.
    pub max_stale: Duration,
    /// The least time between two fetches because of an unknown key.
    pub search_pause: Duration,
    /// The least time between a failed fetch and the next.
    pub retry_pause: Duration,
    /// How long one fetch may take.
    pub timeout: Duration,
}

impl Default for KeyFreshness {
    fn default() -> Self {
        Self {
            max_age: Duration::from_secs(10 * 60),
            max_stale: Duration::from_secs(60 * 60),
            search_pause: Duration::from_secs(5),
            retry_pause: Duration::from_secs(2),
            timeout: Duration::from_secs(5),
        }
    }
}

/// One key that an issuer publishes for signatures.
#[derive(Debug)]
pub(super) struct PublishedKey {
    kid: String,
    /// The one algorithm that the key is for, where the key says so.
    algorithm: Option<Algorithm>,
    key: DecodingKey,
}

impl PublishedKey {
    /// Whether the key may be used with this algorithm, by its type and by its own word.
    fn fits(&self, algorithm: Algorithm) -> bool {
        self.key.family() == algorithm.family() && self.algorithm.is_none_or(|own| own == algorithm)
    }

    pub fn decoding_key(&self) -> &DecodingKey {
        &self.key
    }

    /// A usable key, or none: not for signatures, without a name, or of a kind that we do not use.
    fn read(value: serde_json::Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        let kid = jwk.common.key_id.clone()?;
        if jwk
            .common
            .public_key_use
            .as_ref()
            .is_some_and(|u| *u != PublicKeyUse::Signature)
        {
            return None;
        }
        let operations = jwk.common.key_operations.as_ref();
        if operations.is_some_and(|all| !all.contains(&KeyOperations::Verify)) {
            return None;
        }
        let algorithm = match (jwk.common.key_algorithm, &jwk.algorithm) {
            (Some(own), _) => Some(Algorithm::try_from(own).ok()?),
            (None, AlgorithmParameters::EllipticCurve(ec)) => match ec.curve {
                EllipticCurve::P256 => Some(Algorithm::ES256),
                EllipticCurve::P384 => Some(Algorithm::ES384),
                _ => return None,
            },
            (None, _) => None,
        };
        let key = DecodingKey::from_jwk(&jwk).ok()?;
        (key.family() != AlgorithmFamily::Hmac).then_some(Self { kid, algorithm, key })
    }
}

#[derive(Default)]
struct State {
    keys: Vec<Arc<PublishedKey>>,
    /// When `keys` were fetched; none before the first success.
    fetched_at: Option<Timestamp>,
    /// No fetch before this time, after one that failed.
    retry_from: Option<Timestamp>,
    /// No fetch for an unknown key before this time.
    search_from: Option<Timestamp>,
    /// Counts the fetches, so that a waiter sees that its work was done.
    fetches: u64,
}

/// How far the keys at hand may be trusted.
#[derive(PartialEq, Eq, Clone, Copy)]
enum Age {
    Fresh,
    /// Usable, but due for a fetch.
    Due,
    /// Not usable.
    Spent,
}

/// The keys of one issuer.
pub(super) struct KeyCache {
    address: Url,
    client: reqwest::Client,
    freshness: KeyFreshness,
    clock: Clock,
    state: RwLock<State>,
    flight: Arc<Mutex<()>>,
}

impl KeyCache {
    pub fn new(address: &Url, freshness: KeyFreshness, clock: Clock) -> Result<Self, SettingsError> {
        let mut client = reqwest::Client::builder()
            .timeout(freshness.timeout)
            .redirect(reqwest::redirect::Policy::none())
            // A kept connection would belong to the runtime that opened it; fetches are rare.
            .pool_max_idle_per_host(0);
        if is_loopback(address) {
            client = client.no_proxy();
        }
        let client = client.build().map_err(|error| SettingsError {
            key: "jwks_uri".into(),
            mend: format!("no TLS client can be made, check the certificates of this machine: {error}"),
        })?;
        Ok(Self {
            address: address.clone(),
            client,
            freshness,
            clock,
            state: RwLock::default(),
            flight: Arc::default(),
        })
    }

    /// The key of this name and for this algorithm, fetched if need be.
    pub async fn find(self: &Arc<Self>, kid: &str, algorithm: Algorithm) -> Result<Arc<PublishedKey>, Refusal> {
        let now = (self.clock)();
        let (found, age, fetches, may_fetch, may_search) = {
            let state = self.read();
            let may_fetch = state.retry_from.is_none_or(|from| now >= from);
            let may_search = state.search_from.is_none_or(|from| now >= from);
            (
                state.named(kid),
                self.age(&state, now),
                state.fetches,
                may_fetch,
                may_search,
            )
        };
        match (age, found) {
            (Age::Fresh, true) => {}
            (Age::Fresh, false) if may_fetch && may_search => {
                self.renew(fetches, Some(now)).await;
            }
            (Age::Due | Age::Spent, _) if may_fetch => {
                // Usable keys need not wait for somebody else's fetch; an unknown one must.
                let wait = age == Age::Spent || !found;
                if wait || self.flight.try_lock().is_ok() {
                    self.renew(fetches, None).await;
                }
            }
            _ => {}
        }
        let state = self.read();
        match self.age(&state, now) {
            Age::Spent => Err(Refusal::Unverifiable),
            Age::Fresh | Age::Due => state.find(kid, algorithm),
        }
    }

    fn age(&self, state: &State, now: Timestamp) -> Age {
        let Some(fetched_at) = state.fetched_at else {
            return Age::Spent;
        };
        // A clock that was set back makes keys old, not young.
        let age = now.duration_since(fetched_at).abs();
        if age > signed(self.freshness.max_stale) {
            Age::Spent
        } else if age > signed(self.freshness.max_age) {
            Age::Due
        } else {
            Age::Fresh
        }
    }

    /// Fetches, unless somebody did since `seen` was read. `searching` since when for an unknown key.
    async fn renew(self: &Arc<Self>, seen: u64, searching: Option<Timestamp>) {
        let turn = self.flight.clone().lock_owned().await;
        if self.read().fetches != seen {
            return;
        }
        let cache = self.clone();
        let work = tokio::spawn(async move { cache.fetch_and_keep(turn, searching).await });
        if let Err(error) = work.await {
            tracing::error!(%error, "fetching an issuer's keys broke off");
        }
    }

    async fn fetch_and_keep(&self, _turn: OwnedMutexGuard<()>, searching: Option<Timestamp>) {
        let outcome = self.fetch().await;
        let now = (self.clock)();
        let mut state = self.state.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        state.fetches += 1;
        if let Some(since) = searching {
            state.search_from = since.checked_add(self.freshness.search_pause).ok();
        }
        match outcome {
            Ok(keys) => {
                tracing::debug!(address = %self.address, keys = keys.len(), "issuer's keys fetched");
                state.keys = keys;
                state.fetched_at = Some(now);
                state.retry_from = None;
            }
            Err(reason) => {
                tracing::warn!(address = %self.address, %reason, "issuer's keys cannot be fetched");
                state.retry_from = now.checked_add(self.freshness.retry_pause).ok();
            }
        }
    }

    async fn fetch(&self) -> Result<Vec<Arc<PublishedKey>>, String> {
        #[derive(Deserialize)]
        struct KeySet {
            keys: Vec<serde_json::Value>,
        }
        let mut answer = self
            .client
            .get(self.address.clone())
            .header(http::header::ACCEPT, "application/jwk-set+json, application/json")
            .send()
            .await
            .map_err(|error| error.without_url().to_string())?;
        if answer.status() != http::StatusCode::OK {
            return Err(format!("answered {}", answer.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| error.without_url().to_string())? {
            if body.len() + chunk.len() > MAX_KEY_SET_BYTES {
                return Err(format!("key set larger than {MAX_KEY_SET_BYTES} bytes"));
            }
            body.extend_from_slice(&chunk);
        }
        let set: KeySet = serde_json::from_slice(&body).map_err(|error| format!("not a key set: {error}"))?;
        Ok(set
            .keys
            .into_iter()
            .filter_map(PublishedKey::read)
            .map(Arc::new)
            .collect())
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        // The state is replaced by plain assignments: a panic elsewhere leaves nothing half-done.
        self.state.read().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl State {
    fn named(&self, kid: &str) -> bool {
        self.keys.iter().any(|key| key.kid == kid)
    }

    /// Some providers publish one key under one name once per algorithm.
    fn find(&self, kid: &str, algorithm: Algorithm) -> Result<Arc<PublishedKey>, Refusal> {
        let mut named = self.keys.iter().filter(|key| key.kid == kid).peekable();
        named.peek().ok_or(Refusal::UnknownKey)?;
        named
            .find(|key| key.fits(algorithm))
            .cloned()
            .ok_or(Refusal::AlgorithmRefused)
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}
