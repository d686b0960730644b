//! `token`: an access token of the demo's identity provider.

use std::process::ExitCode;

use clap::Args;
use foundation::config::Settings;

use super::Failure;
use crate::account::Account;
use crate::api::TokenSource;

/// Prints an access token for an account of a running demo, to paste into `Authorization: Bearer …`.
///
/// Only the demo has tokens to give away: elsewhere people sign in at their own identity provider.
#[derive(Args, Clone, Debug)]
pub struct TokenArgs {
    /// The account, such as igj.analyst
    pub account: String,
    /// The demo's folder [default: demo.data of the configuration]
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<std::path::PathBuf>,
}

impl TokenArgs {
    /// Prints the token, and nothing else.
    ///
    /// # Errors
    /// When the demo does not run or does not know the account.
    pub async fn run(self, settings: &Settings) -> Result<ExitCode, Failure> {
        let mut settings = settings.clone();
        if let Some(data) = self.data {
            settings.demo.data = data;
        }
        let account = Account::find(&settings, &self.account)?;
        let token = account
            .token(false)
            .await
            .map_err(|error| Failure::new("SIGN_IN", error))?;
        println!("{token}");
        Ok(ExitCode::SUCCESS)
    }
}
