//! The provider's own keys: one that signs, and former ones that are published until their tokens
//! have expired.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::key_pair::{KeyError, KeyPair, read_private, write_private};

/// The file in the keys' folder.
const FILE: &str = "signing-keys.json";
/// The most that a verifier's clock may differ: former keys stay published that much longer.
const LEEWAY: Duration = Duration::from_secs(300);

/// The provider's keys, in memory and, where there is a folder, on disk.
pub(super) struct SigningKeys {
    path: Option<PathBuf>,
    keys: Mutex<Keys>,
}

struct Keys {
    current: Arc<KeyPair>,
    former: Vec<Former>,
}

#[derive(Clone)]
struct Former {
    pair: Arc<KeyPair>,
    published_until: Timestamp,
}

/// What stands in the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    current: String,
    former: Vec<StoredFormer>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredFormer {
    key: String,
    /// Seconds since 1970.
    published_until: i64,
}

impl SigningKeys {
    /// Reads the keys of an earlier run, so that its tokens stay good, or makes the first.
    pub fn open(folder: Option<&Path>) -> Result<Self, KeyError> {
        let path = folder.map(|folder| folder.join(FILE));
        if let Some(path) = &path
            && let Some(text) = read_private(path)?
        {
            let keys = Keys::read(&text).map_err(|reason| KeyError::Unusable {
                path: path.clone(),
                reason,
            })?;
            return Ok(Self {
                path: Some(path.clone()),
                keys: Mutex::new(keys),
            });
        }
        let keys = Keys {
            current: KeyPair::generate()?.into(),
            former: Vec::new(),
        };
        let opened = Self {
            path,
            keys: Mutex::new(keys),
        };
        opened.save(&opened.lock())?;
        Ok(opened)
    }

    /// The key that signs now.
    pub fn current(&self) -> Arc<KeyPair> {
        self.lock().current.clone()
    }

    /// The key set to publish (RFC 7517).
    pub fn published(&self, now: Timestamp) -> Value {
        let keys = self.lock();
        let former = keys.former.iter().filter(|key| key.published_until > now);
        let all: Vec<Value> = std::iter::once(&keys.current)
            .chain(former.map(|key| &key.pair))
            .map(|pair| pair.public_jwk())
            .collect();
        json!({ "keys": all })
    }

    /// Signs with a new key from now on; the former stays published while its tokens live.
    pub fn rotate(&self, now: Timestamp, token_lifetime: Duration) -> Result<(), KeyError> {
        let next = Arc::new(KeyPair::generate()?);
        let mut keys = self.lock();
        let published_until = now.saturating_add(token_lifetime + LEEWAY).unwrap_or(Timestamp::MAX);
        let mut former = keys.former.clone();
        former.retain(|key| key.published_until > now);
        former.push(Former {
            pair: keys.current.clone(),
            published_until,
        });
        self.replace(&mut keys, Keys { current: next, former })
    }

    /// Withdraws all former keys at once: their tokens stop with the verifiers' next look.
    pub fn revoke_former(&self) -> Result<(), KeyError> {
        let mut keys = self.lock();
        let current = keys.current.clone();
        self.replace(
            &mut keys,
            Keys {
                current,
                former: Vec::new(),
            },
        )
    }

    /// On disk first: a key that signs must survive a restart.
    fn replace(&self, keys: &mut Keys, next: Keys) -> Result<(), KeyError> {
        self.save(&next)?;
        *keys = next;
        Ok(())
    }

    fn save(&self, keys: &Keys) -> Result<(), KeyError> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let former = keys.former.iter().map(|key| StoredFormer {
            key: key.pair.private_pem().to_owned(),
            published_until: key.published_until.as_second(),
        });
        let stored = Stored {
            current: keys.current.private_pem().to_owned(),
            former: former.collect(),
        };
        let text = serde_json::to_string_pretty(&stored).expect("strings always become JSON");
        write_private(path, &text)
    }

    fn lock(&self) -> MutexGuard<'_, Keys> {
        // Keys are replaced in one assignment: a panic elsewhere leaves nothing half-done.
        self.keys.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Keys {
    fn read(text: &str) -> Result<Self, String> {
        let stored: Stored = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let pair = |pem: &str| KeyPair::from_pem(pem).map(Arc::new).map_err(|error| error.to_string());
        let former = stored
            .former
            .iter()
            .map(|key| {
                let until = Timestamp::from_second(key.published_until);
                let published_until = until.map_err(|error| error.to_string())?;
                Ok(Former {
                    pair: pair(&key.key)?,
                    published_until,
                })
            })
            .collect::<Result<_, String>>()?;
        Ok(Self {
            current: pair(&stored.current)?,
            former,
        })
    }
}
