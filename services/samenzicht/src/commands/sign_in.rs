//! `sign-in` and `sign-out`: a person at the command line.

use std::io::{IsTerminal, stdout};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use foundation::config::Settings;
use foundation::token::system_clock;

use super::{DONE, Failure};
use crate::account::issuer;
use crate::sign_in::SignInError;
use crate::sign_in::person::{Invitation, Person};

/// Signs in with the browser at the identity provider, for the commands that follow without `--as`.
///
/// Authorization code with PKCE: the browser comes back to this machine (client.redirect), and the tokens are kept in a
/// file for you only (client.sign_ins). They are renewed while the provider lets them be. Programs do not sign in so:
/// they have a key of their own.
#[derive(Args, Clone, Debug)]
pub struct SignInArgs {
    /// Only print the address, for a browser that you open yourself
    #[arg(long)]
    pub no_browser: bool,
    /// How long to wait for the browser, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub wait: u64,
}

impl SignInArgs {
    /// Signs in.
    ///
    /// # Errors
    /// When the provider does not answer as itself or refuses, or nobody comes.
    pub async fn run(&self, settings: &Settings) -> Result<ExitCode, Failure> {
        let invitation = Invitation::to(settings, system_clock()).await.map_err(failure)?;
        println!("Sign in here:\n\n  {}\n", invitation.address);
        if !self.no_browser && stdout().is_terminal() && webbrowser::open(invitation.address.as_str()).is_err() {
            println!("No browser could be opened; open the address yourself.");
        }
        let kept = invitation
            .accepted(Duration::from_secs(self.wait))
            .await
            .map_err(failure)?;
        let renewed = match kept.refresh_token {
            Some(_) => "and renewed from there on",
            None => "and not renewed: the provider gave no refresh token",
        };
        println!("signed in at {} until {}, {renewed}", kept.issuer, kept.expires_at);
        Ok(ExitCode::from(DONE))
    }
}

/// Forgets the sign-in of this machine, and has the provider withdraw it.
#[derive(Args, Clone, Debug)]
pub struct SignOutArgs {}

impl SignOutArgs {
    /// Signs out.
    ///
    /// # Errors
    /// When what is kept cannot be removed.
    pub async fn run(&self, settings: &Settings) -> Result<ExitCode, Failure> {
        let person = Person::find(settings, system_clock()).map_err(failure)?;
        let (somebody, withdrawn) = person.sign_out().await.map_err(failure)?;
        if !somebody {
            println!("nobody was signed in at {}", issuer(settings));
            return Ok(ExitCode::from(DONE));
        }
        println!("signed out");
        if let Err(error) = withdrawn {
            eprintln!("The tokens are gone here, but the provider did not take them back: {error}");
        }
        Ok(ExitCode::from(DONE))
    }
}

pub(super) fn failure(error: SignInError) -> Failure {
    let code = match error {
        SignInError::Nobody => "NOT_SIGNED_IN",
        SignInError::Ended(_) => "SIGN_IN_ENDED",
        _ => "SIGN_IN",
    };
    Failure::new(code, error)
}
