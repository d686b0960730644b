//! Where a person's sign-in is kept between commands: a file for its owner only, one per provider and client.
//!
//! A provider that renews its refresh tokens takes a second use of one for a theft and ends the sign-in. So who renews
//! holds the lock beside the file meanwhile, and another command that waited finds what was renewed.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use foundation::config::Settings;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::SignInError;

/// Only the owner reads and writes.
const PRIVATE_FILE: u32 = 0o600;
const PRIVATE_FOLDER: u32 = 0o700;

/// A person's sign-in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// Who gave the tokens.
    pub issuer: String,
    /// The client that they were given to.
    pub client_id: String,
    /// The token for the API.
    pub access_token: String,
    /// From then on it is not accepted any more.
    pub expires_at: Timestamp,
    /// What the next one is had with, if the provider gave it.
    pub refresh_token: Option<String>,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Kept({} until {})", self.issuer, self.expires_at)
    }
}

/// The place of one sign-in.
#[derive(Clone, Debug)]
pub struct Place {
    file: PathBuf,
    issuer: String,
    client_id: String,
}

/// The place while nobody else changes it.
pub struct Held {
    place: Place,
    _lock: File,
}

impl Place {
    /// Where the sign-in of this client at this issuer is kept.
    ///
    /// # Errors
    /// When there is no folder for it.
    pub fn of(settings: &Settings, issuer: &str) -> Result<Self, SignInError> {
        let client_id = settings.client.client_id.clone();
        let folder = folder(settings).ok_or_else(|| SignInError::Kept {
            path: PathBuf::from("sign-ins"),
            reason: "neither XDG_STATE_HOME nor HOME is set: name a folder in client.sign_ins".to_owned(),
        })?;
        let name = Sha256::digest(format!("{issuer}\n{client_id}"));
        let name: String = name.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        Ok(Self {
            file: folder.join(format!("{name}.json")),
            issuer: issuer.to_owned(),
            client_id,
        })
    }

    /// Where it is.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Waits until nobody else has it.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub async fn hold(&self) -> Result<Held, SignInError> {
        let place = self.clone();
        let held = tokio::task::spawn_blocking(move || place.lock()).await;
        held.unwrap_or_else(|error| Err(self.fault(error)))
    }

    fn lock(self) -> Result<Held, SignInError> {
        let refuse = |error| self.fault(error);
        if let Some(folder) = self.file.parent() {
            let made = DirBuilder::new().recursive(true).mode(PRIVATE_FOLDER).create(folder);
            made.map_err(refuse)?;
        }
        let lock = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(false)
            .mode(PRIVATE_FILE)
            .open(self.file.with_extension("lock"))
            .map_err(refuse)?;
        lock.lock().map_err(refuse)?;
        Ok(Held {
            place: self,
            _lock: lock,
        })
    }

    fn fault(&self, reason: impl std::fmt::Display) -> SignInError {
        SignInError::Kept {
            path: self.file.clone(),
            reason: reason.to_string(),
        }
    }
}

impl Held {
    /// What is kept there. A file that others could read is not used: its tokens may be known.
    ///
    /// # Errors
    /// When the file cannot be used.
    pub fn read(&self) -> Result<Option<Kept>, SignInError> {
        let file = &self.place.file;
        let refuse = |reason: &dyn std::fmt::Display| self.place.fault(reason);
        let text = match fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(refuse(&error)),
        };
        let mode = fs::metadata(file).map_err(|error| refuse(&error))?.permissions().mode();
        if mode & 0o077 != 0 {
            let mend = "others on this machine can read it; `samenzicht sign-out`, then sign in again";
            return Err(refuse(&mend));
        }
        let kept: Kept = serde_json::from_str(&text)
            .map_err(|_| refuse(&"it cannot be understood; `samenzicht sign-out`, then sign in again"))?;
        // Named by a digest; this makes sure.
        Ok((kept.issuer == self.place.issuer && kept.client_id == self.place.client_id).then_some(kept))
    }

    /// Keeps a sign-in, whole or not at all.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, kept: &Kept) -> Result<(), SignInError> {
        let refuse = |error: std::io::Error| self.place.fault(error);
        let text = serde_json::to_string(kept).map_err(|error| self.place.fault(error))?;
        let draft = self.place.file.with_extension("new");
        self.remove_file(&draft)?;
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(PRIVATE_FILE)
            .open(&draft)
            .map_err(refuse)?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .and_then(|()| fs::rename(&draft, &self.place.file))
            .map_err(refuse)
    }

    /// What is kept there for a last use, whoever could read it, and then no more.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn take(&self) -> Result<Option<Kept>, SignInError> {
        let text = fs::read_to_string(&self.place.file).ok();
        self.remove_file(&self.place.file)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    fn remove_file(&self, file: &Path) -> Result<(), SignInError> {
        match fs::remove_file(file) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(self.place.fault(error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// The configured folder, or the one that the XDG base directory specification gives for state.
fn folder(settings: &Settings) -> Option<PathBuf> {
    let absolute = |name: &str| {
        let path = std::env::var_os(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    settings.client.sign_ins.clone().or_else(|| {
        let state = absolute("XDG_STATE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/state")));
        state.map(|state| state.join("samenzicht/sign-ins"))
    })
}
