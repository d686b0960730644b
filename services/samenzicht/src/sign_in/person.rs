//! How a person signs in: authorization code with PKCE in the browser, which comes back to this machine (RFC 8252).
//!
//! The platform never sees a password, and this client no more than a code: [`Invitation`] says where the browser must
//! go and waits for it; [`Person`] hands out tokens from then on and renews them.

use std::time::Duration;

use async_trait::async_trait;
use foundation::config::Settings;
use foundation::token::{Clock, Description, describe};
use oauth2::basic::{BasicClient, BasicTokenResponse};
use oauth2::url::Url;
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, CsrfToken, EndpointNotSet, EndpointSet, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RefreshToken, Scope, TokenResponse, TokenUrl,
};
use tokio::sync::Mutex;

use super::kept::{Held, Kept, Place};
use super::loopback::Loopback;
use super::{AccessToken, HEADROOM, SignInError, http_client, told};
use crate::account::issuer;
use crate::api::TokenSource;

type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// A provider as a person's client knows it.
struct Known {
    description: Description,
    client: Client,
    http: reqwest::Client,
    resource: Option<String>,
}

impl Known {
    async fn discover(settings: &Settings) -> Result<Self, SignInError> {
        let issuer = issuer(settings);
        let http = http_client(&issuer)?;
        let description = describe(&http, &issuer).await?;
        let methods = &description.code_challenge_methods_supported;
        if methods.as_ref().is_some_and(|all| !all.iter().any(|one| one == "S256")) {
            return Err(SignInError::NotTheProvider {
                address: issuer,
                reason: "it does not offer PKCE with S256".to_owned(),
            });
        }
        let authorize =
            description.endpoint("authorization_endpoint", description.authorization_endpoint.as_deref())?;
        let token = description.endpoint("token_endpoint", description.token_endpoint.as_deref())?;
        let client = BasicClient::new(ClientId::new(settings.client.client_id.clone()))
            .set_auth_type(AuthType::RequestBody)
            .set_auth_uri(AuthUrl::from_url(authorize))
            .set_token_uri(TokenUrl::from_url(token));
        Ok(Self {
            description,
            client,
            http,
            resource: settings.client.resource.clone(),
        })
    }

    fn resource(&self) -> Option<(&'static str, &str)> {
        self.resource.as_deref().map(|resource| ("resource", resource))
    }

    /// What is kept of an answer; a provider that gives no new refresh token means the old one to go on.
    fn keep(&self, given: &BasicTokenResponse, clock: &Clock, before: Option<String>) -> Kept {
        let token = AccessToken::of(given, clock());
        Kept {
            issuer: self.description.issuer.clone(),
            client_id: self.client.client_id().as_str().to_owned(),
            access_token: token.secret,
            expires_at: token.expires_at,
            refresh_token: given.refresh_token().map(|token| token.secret().clone()).or(before),
        }
    }

    fn told<E: std::error::Error + 'static>(
        &self,
        error: oauth2::RequestTokenError<E, oauth2::basic::BasicErrorResponse>,
    ) -> SignInError {
        told(self.client.token_uri().as_str(), error)
    }
}

/// A sign-in that waits for the browser.
pub struct Invitation {
    /// Where the browser must go.
    pub address: Url,
    known: Known,
    loopback: Loopback,
    redirect: RedirectUrl,
    state: CsrfToken,
    verifier: PkceCodeVerifier,
    place: Place,
    clock: Clock,
}

impl Invitation {
    /// Asks the provider for its endpoints and listens for the browser.
    ///
    /// # Errors
    /// When the provider does not answer as itself, or the browser could not come back.
    pub async fn to(settings: &Settings, clock: Clock) -> Result<Self, SignInError> {
        let place = Place::of(settings, &issuer(settings))?;
        let known = Known::discover(settings).await?;
        let loopback = Loopback::listen(&settings.client.redirect).await?;
        let redirect = RedirectUrl::from_url(loopback.address.clone());
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let scopes = settings.client.scopes.iter().cloned().map(Scope::new);
        let mut request = known
            .client
            .authorize_url(|| CsrfToken::new_random_len(32))
            .set_redirect_uri(std::borrow::Cow::Borrowed(&redirect))
            .set_pkce_challenge(challenge)
            .add_scopes(scopes);
        let prompt = settings.client.prompt.as_deref().map(|prompt| ("prompt", prompt));
        for (name, value) in prompt.into_iter().chain(known.resource()) {
            request = request.add_extra_param(name, value);
        }
        let (address, state) = request.url();
        Ok(Self {
            address,
            known,
            loopback,
            redirect,
            state,
            verifier,
            place,
            clock,
        })
    }

    /// Waits for the browser, gets the tokens and keeps them.
    ///
    /// # Errors
    /// When it does not come back in time, or the provider refuses.
    pub async fn accepted(self, patience: Duration) -> Result<Kept, SignInError> {
        let known = self.known;
        let code = self
            .loopback
            .code(
                self.state.into_secret(),
                known.description.issuer.clone(),
                known.description.authorization_response_iss_parameter_supported,
                patience,
            )
            .await?;
        let mut request = known
            .client
            .exchange_code(AuthorizationCode::new(code))
            .set_redirect_uri(std::borrow::Cow::Owned(self.redirect))
            .set_pkce_verifier(self.verifier);
        if let Some((name, value)) = known.resource() {
            request = request.add_extra_param(name, value);
        }
        let given = request.request_async(&known.http).await;
        let given = given.map_err(|error| known.told(error))?;
        let kept = known.keep(&given, &self.clock, None);
        self.place.hold().await?.write(&kept)?;
        Ok(kept)
    }
}

/// Whoever is signed in, as a source of tokens.
pub struct Person {
    settings: Settings,
    place: Place,
    clock: Clock,
    /// The token that was handed out last: the one to renew when it is refused.
    last: Mutex<Option<String>>,
}

impl Person {
    /// Whoever is signed in at the configured provider.
    ///
    /// # Errors
    /// When there is no place where that would be kept.
    pub fn find(settings: &Settings, clock: Clock) -> Result<Self, SignInError> {
        Ok(Self {
            place: Place::of(settings, &issuer(settings))?,
            settings: settings.clone(),
            clock,
            last: Mutex::default(),
        })
    }

    /// A token that is good for a while yet; with `renew` another than the last, which was refused.
    ///
    /// # Errors
    /// When nobody is signed in, or the sign-in cannot be renewed.
    pub async fn token(&self, renew: bool) -> Result<String, SignInError> {
        let mut last = self.last.lock().await;
        let held = self.place.hold().await?;
        let kept = held.read()?.ok_or(SignInError::Nobody)?;
        let refused = renew && last.as_ref() == Some(&kept.access_token);
        let left = kept.expires_at.duration_since((self.clock)());
        let kept = match !refused && left > HEADROOM {
            true => kept,
            // While it is good, a provider that is down or renews nothing is no obstacle.
            false => match self.renewed(&held, &kept).await {
                Err(SignInError::Unreachable { .. }) if !refused && left.is_positive() => kept,
                Err(SignInError::Ended(_)) if !refused && left.is_positive() && kept.refresh_token.is_none() => kept,
                renewed => renewed?,
            },
        };
        *last = Some(kept.access_token.clone());
        Ok(kept.access_token)
    }

    async fn renewed(&self, held: &Held, kept: &Kept) -> Result<Kept, SignInError> {
        let Some(token) = kept.refresh_token.clone() else {
            return Err(SignInError::Ended("its token cannot be renewed".to_owned()));
        };
        let known = Known::discover(&self.settings).await?;
        let refresh = RefreshToken::new(token.clone());
        let mut request = known.client.exchange_refresh_token(&refresh);
        if let Some((name, value)) = known.resource() {
            request = request.add_extra_param(name, value);
        }
        match request
            .request_async(&known.http)
            .await
            .map_err(|error| known.told(error))
        {
            Ok(given) => {
                let renewed = known.keep(&given, &self.clock, Some(token));
                held.write(&renewed)?;
                Ok(renewed)
            }
            Err(SignInError::Refused { code, description }) if code == "invalid_grant" => {
                held.take()?;
                Err(SignInError::Ended(description))
            }
            Err(error) => Err(error),
        }
    }

    /// Forgets the sign-in, and has the provider withdraw it. Whether somebody was signed in, and whether the provider
    /// could be told.
    ///
    /// # Errors
    /// When what is kept cannot be removed.
    pub async fn sign_out(&self) -> Result<(bool, Result<(), SignInError>), SignInError> {
        let held = self.place.hold().await?;
        match held.take()? {
            None => Ok((false, Ok(()))),
            Some(kept) => Ok((true, self.withdraw(&kept).await)),
        }
    }

    /// Has the provider take the tokens back (RFC 7009): the refresh token, and with it what it gave.
    async fn withdraw(&self, kept: &Kept) -> Result<(), SignInError> {
        let (token, hint) = match &kept.refresh_token {
            Some(token) => (token, "refresh_token"),
            None => (&kept.access_token, "access_token"),
        };
        let http = http_client(&kept.issuer)?;
        let found = describe(&http, &kept.issuer).await?;
        let endpoint = found.endpoint("revocation_endpoint", found.revocation_endpoint.as_deref())?;
        let form = [
            ("token", token.as_str()),
            ("token_type_hint", hint),
            ("client_id", &kept.client_id),
        ];
        let answer = http.post(endpoint.clone()).form(&form).send().await;
        let answer = answer.map_err(|error| SignInError::Unreachable {
            address: endpoint.to_string(),
            reason: error.without_url().to_string(),
        })?;
        match answer.status().is_success() {
            true => Ok(()),
            false => Err(SignInError::Refused {
                code: answer.status().to_string(),
                description: "the token was not taken back".to_owned(),
            }),
        }
    }
}

#[async_trait]
impl TokenSource for Person {
    async fn token(&self, renew: bool) -> Result<String, String> {
        self.token(renew).await.map_err(|error| error.to_string())
    }
}
