//! `token`: an access token of the demo's identity provider.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use foundation::config::Settings;

use super::{DONE, Failure};
use crate::account::Account;
use crate::import::api::TokenSource;

/// Prints an access token for an account of a running demo, to paste into `Authorization: Bearer …`.
///
/// Only the demo has tokens to give away: elsewhere people sign in at their own identity provider.
#[derive(Args, Clone, Debug)]
pub struct TokenArgs {
    /// The account, such as igj.analyst
    pub account: String,
    /// The demo's folder [default: demo.data of the configuration]
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}

impl TokenArgs {
    /// Prints it, alone on its line.
    ///
    /// # Errors
    /// When there is no key to sign in with, or the provider does not answer or refuses.
    pub async fn run(&self, mut settings: Settings) -> Result<ExitCode, Failure> {
        if let Some(data) = &self.data {
            settings.demo.data.clone_from(data);
        }
        let account = Account::find(&settings, &self.account)?;
        let token = account
            .token(false)
            .await
            .map_err(|reason| Failure::new("SIGN_IN_FAILED", reason))?;
        println!("{token}");
        Ok(ExitCode::from(DONE))
    }
}
