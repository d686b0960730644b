//! Who a client command acts as, and its tokens: a program by its key, or the person who signed in.
//!
//! A program has a key of its own, `<keys>/<account>.pem`, and its client id is the account's name unless
//! `client.client_ids` says otherwise. The demo also has one key for its command line, `<keys>/demo-cli.pem`, which may
//! act as any demo account; no real provider has such a client.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use foundation::config::Settings;
use foundation::token::system_clock;
use tokio::sync::Mutex;

use crate::api::TokenSource;
use crate::commands::Failure;
use crate::sign_in::person::Person;
use crate::sign_in::{Credentials, SignIn, SignInError};

/// Client id, and name of the key file, of the demo's command line.
pub const COMMAND_LINE: &str = demo::provider::DEMO_CLI;

/// Where the tokens come from for whoever is named; for the person who is signed in when nobody is.
///
/// # Errors
/// When there is no key that the named one could sign in with, or no place where a sign-in would be kept.
pub fn tokens(settings: &Settings, account: Option<&str>) -> Result<Arc<dyn TokenSource>, Failure> {
    match account {
        Some(account) => Ok(Arc::new(Account::find(settings, account)?)),
        None => {
            let person = Person::find(settings, system_clock());
            Ok(Arc::new(person.map_err(|error| Failure::new("SIGN_IN", error))?))
        }
    }
}

/// The configured identity provider, or the demo's.
pub fn issuer(settings: &Settings) -> String {
    let configured = settings.client.issuer.clone();
    configured.unwrap_or_else(|| format!("http://{}/idp", settings.demo.provider_listen))
}

/// An account with its key; signs in when a token is first needed.
pub struct Account {
    credentials: Credentials,
    signed_in: Mutex<Option<SignIn>>,
}

impl Account {
    /// Finds the account's key by the configuration.
    ///
    /// # Errors
    /// When there is no key that it could sign in with.
    pub fn find(settings: &Settings, account: &str) -> Result<Self, Failure> {
        let keys = keys(settings);
        let own = keys.join(format!("{account}.pem"));
        let shared = keys.join(format!("{COMMAND_LINE}.pem"));
        let (path, client_id, demo_subject) = if own.exists() || !shared.exists() {
            let client_id = settings.client.client_ids.get(account);
            (own, client_id.map_or(account, String::as_str), None)
        } else {
            (shared, COMMAND_LINE, Some(account.to_owned()))
        };
        let private_key_pem = std::fs::read_to_string(&path).map_err(|error| {
            let mend = "put the account's private key there, or name another folder in client.keys";
            Failure::new(
                "KEY_MISSING",
                format!("{} cannot be read ({error}): {mend}", path.display()),
            )
        })?;
        let credentials = Credentials {
            issuer: issuer(settings),
            client_id: client_id.to_owned(),
            private_key_pem,
            assertion_audience: settings.client.assertion_audience,
            scopes: settings.client.program_scopes.clone(),
            resource: settings.client.resource.clone(),
            demo_subject,
        };
        Ok(Self {
            credentials,
            signed_in: Mutex::default(),
        })
    }

    async fn ask(&self, renew: bool) -> Result<String, SignInError> {
        let mut signed_in = self.signed_in.lock().await;
        if renew {
            *signed_in = None;
        }
        let sign_in = match signed_in.take() {
            Some(sign_in) => sign_in,
            None => SignIn::discover(self.credentials.clone(), system_clock()).await?,
        };
        let token = sign_in.token().await;
        *signed_in = Some(sign_in);
        Ok(token?.secret)
    }
}

/// The folder of private keys: the configured one, or the demo's.
pub fn keys(settings: &Settings) -> PathBuf {
    settings
        .client
        .keys
        .clone()
        .unwrap_or_else(|| settings.demo.data.join("keys"))
}

#[async_trait]
impl TokenSource for Account {
    async fn token(&self, renew: bool) -> Result<String, String> {
        self.ask(renew).await.map_err(|error| error.to_string())
    }
}
