//! The demo's own small OpenID provider: sign-in without passwords, for made-up accounts only.
//!
//! It offers discovery, a key set with rotation, authorization code with PKCE for people and client
//! credentials with `private_key_jwt` for case systems, as the NL GOV Assurance profile for OAuth 2.0
//! asks of a real one. It keeps no users: accounts and clients are handed in. It cannot be started
//! without a [`DemoMode`], which exists only where the configuration says demo and the listener is
//! loopback.
//!
//! Access tokens are self-contained: a used-up code gives no second token, but a token that was given
//! out stays good until it expires or its key is withdrawn ([`Provider::revoke_former`]).

mod answer;
mod assertion;
mod authorize;
mod codes;
mod demo_mode;
mod discovery;
mod exchange;
pub(crate) mod key_pair;
mod page;
mod parties;
mod signing;
mod tokens;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};
use foundation::token::{Clock, IssuerSettings, system_clock};
use thiserror::Error;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use parties::Parties;
use signing::SigningKeys;

pub use demo_mode::{DemoMode, NotADemo, OperatingMode};
pub use key_pair::{KeyError, KeyPair};
pub use parties::{ClientKey, DemoAccount, DemoClient, PartyError};

/// The client id of the demo's command line (`samenzicht token`), whose key lies in the data folder.
pub const DEMO_CLI: &str = "demo-cli";

/// The client with which people sign in from the command line, as `client.client_id` and `client.redirect` have it by
/// default.
pub const PEOPLE_CLI: (&str, &str) = ("samenzicht-cli", "http://127.0.0.1/signed-in");

/// The form field with which [`DEMO_CLI`] names the account that it wants a token of.
pub const DEMO_SUBJECT: &str = exchange::DEMO_SUBJECT;

/// The longest that a token may live.
const MAX_TOKEN_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
/// How long requests at hand may take when the provider stops.
const STOP_PATIENCE: Duration = Duration::from_secs(3);
/// The largest form that is read, in bytes.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// What the provider is made of.
pub struct ProviderSettings {
    /// The accounts that a visitor may choose.
    pub accounts: Vec<DemoAccount>,
    /// The applications and case systems that may ask for tokens.
    pub clients: Vec<DemoClient>,
    /// How long a token lives; at most a day.
    pub token_lifetime: Duration,
    /// Where the signing keys are kept, so that a restart leaves tokens good; none keeps them in memory.
    pub keys_directory: Option<PathBuf>,
    /// Where "now" comes from.
    pub clock: Clock,
}

impl ProviderSettings {
    /// These accounts and clients, tokens of an hour, keys in memory, the machine's clock.
    #[must_use]
    pub fn new(accounts: Vec<DemoAccount>, clients: Vec<DemoClient>) -> Self {
        Self {
            accounts,
            clients,
            token_lifetime: Duration::from_secs(60 * 60),
            keys_directory: None,
            clock: system_clock(),
        }
    }
}

/// Why the provider does not do what was asked.
#[derive(Debug, Error)]
pub enum ProviderError {
    /// A key cannot be made, read or kept.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// An account or client cannot be used.
    #[error(transparent)]
    Party(#[from] PartyError),
    /// The lifetime of tokens is nought or more than a day.
    #[error("tokens live between a second and a day: choose another token_lifetime")]
    Lifetime,
    /// There is no such demo account.
    #[error("there is no demo account {0}")]
    UnknownAccount(String),
}

/// The running provider; it stops when this is dropped.
pub struct Provider {
    shared: Arc<Shared>,
    server: Option<JoinHandle<std::io::Result<()>>>,
    stop: Option<oneshot::Sender<()>>,
}

/// What all requests share.
struct Shared {
    issuer: String,
    parties: Parties,
    keys: SigningKeys,
    codes: codes::Codes,
    assertions: assertion::Assertions,
    token_lifetime: Duration,
    clock: Clock,
}

impl Shared {
    fn endpoint(&self, name: &str) -> String {
        format!("{}/{name}", self.issuer)
    }
}

impl Provider {
    /// Starts to answer on the listener of the proof, under `/idp`.
    ///
    /// # Errors
    /// When a setting cannot be used or a key cannot be made or kept.
    pub async fn start(demo: DemoMode, settings: ProviderSettings) -> Result<Self, ProviderError> {
        foundation::token::install_cryptography();
        if settings.token_lifetime.as_secs() == 0 || settings.token_lifetime > MAX_TOKEN_LIFETIME {
            return Err(ProviderError::Lifetime);
        }
        let directory = settings.keys_directory;
        let keys = off_the_runtime(move || SigningKeys::open(directory.as_deref())).await?;
        let shared = Arc::new(Shared {
            issuer: format!("http://{}/idp", demo.address()),
            parties: Parties::check(settings.accounts, settings.clients)?,
            keys,
            codes: codes::Codes::default(),
            assertions: assertion::Assertions::default(),
            token_lifetime: settings.token_lifetime,
            clock: settings.clock,
        });
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = axum::serve(demo.into_listener(), routes(shared.clone())).with_graceful_shutdown(async move {
            // A dropped sender stops the provider just as a sent word does.
            let _ = stopped.await;
        });
        let server = tokio::spawn(async move { serving.await });
        Ok(Self {
            shared,
            server: Some(server),
            stop: Some(stop),
        })
    }

    /// The `iss` of its tokens.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.shared.issuer
    }

    /// How a verifier is told to trust this provider and nothing more than it needs.
    #[must_use]
    pub fn issuer_settings(&self) -> IssuerSettings {
        IssuerSettings {
            jwks_uri: Some(self.shared.endpoint("jwks")),
            algorithms: vec!["RS256".to_owned()],
            ..IssuerSettings::new(&self.shared.issuer, tokens::AUDIENCE)
        }
    }

    /// A token of this account, as the demo's command line would get it.
    ///
    /// # Errors
    /// When there is no such account, or signing fails.
    pub fn token_for(&self, subject: &str) -> Result<String, ProviderError> {
        let account = self.shared.parties.account(subject);
        let account = account.ok_or_else(|| ProviderError::UnknownAccount(subject.to_owned()))?;
        let issue = exchange::issue(&self.shared, &account.subject, DEMO_CLI);
        Ok(issue.access_token(&self.shared.keys.current())?)
    }

    /// Signs with a new key from now on; the former stays published until its tokens have expired.
    ///
    /// # Errors
    /// When no key can be made or kept; the current one then stays.
    pub async fn rotate(&self) -> Result<(), ProviderError> {
        let shared = self.shared.clone();
        let turn = move || shared.keys.rotate((shared.clock)(), shared.token_lifetime);
        Ok(off_the_runtime(turn).await?)
    }

    /// Withdraws all former keys now: their tokens stop at the verifiers' next look.
    ///
    /// # Errors
    /// When this cannot be kept; the keys then stay published.
    pub async fn revoke_former(&self) -> Result<(), ProviderError> {
        let shared = self.shared.clone();
        Ok(off_the_runtime(move || shared.keys.revoke_former()).await?)
    }

    /// Stops, after the requests at hand; those that take longer than a few seconds are cut off.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        if let Some(server) = &mut self.server
            && tokio::time::timeout(STOP_PATIENCE, server).await.is_err()
        {
            tracing::warn!("the demo's sign-in had requests that did not end: cut off");
        }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            server.abort();
        }
    }
}

/// Key generation and disk writes take longer than a runtime's thread should be held.
async fn off_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, KeyError> + Send + 'static,
) -> Result<T, KeyError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(KeyError::Cryptography(error.to_string())),
    }
}

fn routes(shared: Arc<Shared>) -> Router {
    let inside = Router::new()
        .route("/.well-known/openid-configuration", get(discovery::configuration))
        .route("/jwks", get(discovery::key_set))
        .route("/authorize", get(authorize::ask).post(authorize::choose))
        .route("/token", post(exchange::token))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(shared);
    Router::new()
        .nest("/idp", inside)
        .layer(middleware::from_fn(discovery::only_by_loopback_name))
}
