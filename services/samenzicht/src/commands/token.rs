//! `token`: an access token of the demo's identity provider.

use clap::Args;

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
