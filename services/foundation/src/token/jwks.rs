//! An issuer's published keys (RFC 7517), kept as fresh as its rotation needs.
//!
//! - Keys are fetched at first use, when they are older than `max_age_seconds` of [`KeySettings`], and when a token
//!   names a key that is not there; the last at most once per `search_pause_seconds`, so that tokens with invented key
//!   names cannot make us hammer the provider.
//! - Where they are, the configuration says, or the issuer's own description, which is then asked each time.
//! - One fetch at a time; who waits for it uses its result. It runs to its end even when the request that began it goes
//!   away. Who has a key that is still usable waits a second at most: a provider that hangs delays nobody for long.
//! - While the provider is down the keys at hand stay in use up to `max_stale_seconds`.
//! - A fetch replaces all keys, so a key that was rotated out is gone with the next fetch.

use std::sync::{Arc, RwLock, RwLockReadGuard};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};
use serde::Deserialize;
use tokio::sync::{Mutex, OwnedMutexGuard};
use url::Url;

use super::discovery::describe;
use super::fetch::{self, provider_client};
use super::settings::{Issuer, KeySettings, fetchable};
use super::{Clock, Refusal, SettingsError};

/// How long a request that could do without waits for fresher keys.
const COURTESY: Duration = Duration::from_secs(1);

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
    pub fn fits(&self, algorithm: Algorithm) -> bool {
        self.key.family() == algorithm.family() && self.algorithm.is_none_or(|own| own == algorithm)
    }

    pub fn decoding_key(&self) -> &DecodingKey {
        &self.key
    }

    /// The key's name.
    pub fn kid(&self) -> &str {
        &self.kid
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

/// Where an issuer's keys are.
#[derive(Debug)]
enum Place {
    /// At this address.
    Configured(Url),
    /// Where the description of this issuer says.
    Described(String),
}

/// The keys of one issuer.
pub(super) struct KeyCache {
    place: Place,
    client: reqwest::Client,
    settings: KeySettings,
    clock: Clock,
    state: RwLock<State>,
    flight: Arc<Mutex<()>>,
}

impl KeyCache {
    pub fn new(issuer: &Issuer, settings: KeySettings, clock: Clock) -> Result<Self, SettingsError> {
        let refuse = |mend: String| SettingsError {
            key: "jwks_uri".into(),
            mend,
        };
        let (place, address) = match &issuer.jwks_uri {
            Some(address) => (Place::Configured(address.clone()), address.clone()),
            None => {
                let address = fetchable(&issuer.issuer).map_err(refuse)?;
                (Place::Described(issuer.issuer.clone()), address)
            }
        };
        Ok(Self {
            place,
            client: provider_client(&address, settings.timeout()).map_err(refuse)?,
            settings,
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
            (Age::Due, true) if may_fetch => self.freshen(fetches).await,
            (Age::Due | Age::Spent, _) if may_fetch => self.renew(fetches, None).await,
            _ => {}
        }
        let state = self.read();
        match (self.age(&state, now), state.find(kid, algorithm)) {
            (Age::Spent, _) => Err(Refusal::Unverifiable),
            // The last look failed: whether there is such a key now nobody can say.
            (_, Err(Refusal::UnknownKey)) if state.retry_from.is_some() => Err(Refusal::Unverifiable),
            (_, found) => found,
        }
    }

    fn age(&self, state: &State, now: Timestamp) -> Age {
        let Some(fetched_at) = state.fetched_at else {
            return Age::Spent;
        };
        // A clock that was set back makes keys old, not young.
        let age = now.duration_since(fetched_at).abs();
        if age > seconds(self.settings.max_stale_seconds) {
            Age::Spent
        } else if age > seconds(self.settings.max_age_seconds) {
            Age::Due
        } else {
            Age::Fresh
        }
    }

    /// For who has a usable key: waits for nobody else's fetch, and for its own a moment; that goes on by itself.
    async fn freshen(self: &Arc<Self>, seen: u64) {
        if self.flight.try_lock().is_ok() {
            let _ = tokio::time::timeout(COURTESY, self.renew(seen, None)).await;
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
        // Description and keys together take no longer than one fetch may.
        let outcome = tokio::time::timeout(self.settings.timeout(), self.fetch()).await;
        let outcome = outcome.unwrap_or_else(|_| Err("it takes too long".to_owned()));
        let now = (self.clock)();
        let place = &self.place;
        let mut state = self.state.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        state.fetches += 1;
        if let Some(since) = searching {
            state.search_from = later(since, self.settings.search_pause_seconds);
        }
        match outcome {
            Ok(keys) => {
                tracing::debug!(?place, keys = keys.len(), "issuer's keys fetched");
                state.keys = keys;
                state.fetched_at = Some(now);
                state.retry_from = None;
            }
            Err(reason) => {
                tracing::warn!(?place, %reason, "issuer's keys cannot be fetched");
                state.retry_from = later(now, self.settings.retry_pause_seconds);
            }
        }
    }

    async fn fetch(&self) -> Result<Vec<Arc<PublishedKey>>, String> {
        let address = match &self.place {
            Place::Configured(address) => address.clone(),
            Place::Described(issuer) => {
                let description = describe(&self.client, issuer).await;
                let address = description.and_then(|description| description.keys());
                address.map_err(|error| error.to_string())?
            }
        };
        let published = published(&self.client, address).await?;
        Ok(published.into_iter().map(Arc::new).collect())
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

/// The usable keys at this address.
pub(super) async fn published(client: &reqwest::Client, address: Url) -> Result<Vec<PublishedKey>, String> {
    #[derive(Deserialize)]
    struct KeySet {
        keys: Vec<serde_json::Value>,
    }
    let set = fetch::json::<KeySet>(client, address).await?.body;
    Ok(set.keys.into_iter().filter_map(PublishedKey::read).collect())
}

fn seconds(count: u64) -> SignedDuration {
    SignedDuration::from_secs(i64::try_from(count).unwrap_or(i64::MAX))
}

fn later(moment: Timestamp, count: u64) -> Option<Timestamp> {
    moment.checked_add(seconds(count)).ok()
}
