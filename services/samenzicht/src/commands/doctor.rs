//! `doctor`: what holds on this machine, and what is wrong with it.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use foundation::config::{DEFAULTS, Settings};

use super::{DONE, FAILED};

/// Checks the configuration, and whether the platform that it names answers.
#[derive(Args, Clone, Debug)]
pub struct DoctorArgs {
    /// Print every setting with its default and its meaning instead
    #[arg(long)]
    pub defaults: bool,
}

impl DoctorArgs {
    /// Prints the defaults, if they are asked for.
    pub fn print_defaults(&self) -> bool {
        if self.defaults {
            print!("{DEFAULTS}");
        }
        self.defaults
    }

    /// Examines a configuration that could be read.
    pub async fn run(&self, settings: &Settings) -> ExitCode {
        println!("ok    the configuration holds");
        println!("      database {}", settings.database.url);
        match settings.identity.issuers.as_slice() {
            [] => println!("note  identity.issuers is empty: only the demo, which adds its own, can be run"),
            issuers => issuers
                .iter()
                .for_each(|issuer| println!("      tokens of {}", issuer.issuer)),
        }
        if settings.pseudonyms.key.is_none() {
            println!("note  pseudonyms.key is not set: analysts get no pseudonyms");
        }
        let api = settings.api();
        match healthy(&api).await {
            Ok(()) => {
                println!("ok    the platform at {api} answers");
                ExitCode::from(DONE)
            }
            Err(reason) => {
                println!("fail  the platform at {api} does not answer: {reason}");
                println!("      start it, or set client.api or gateway.listen to where it is");
                ExitCode::from(FAILED)
            }
        }
    }
}

/// Asks the front door how it is.
async fn healthy(api: &str) -> Result<(), String> {
    let mut address = foundation::token::fetchable(api)?;
    address.set_path("/readiness");
    foundation::token::install_cryptography();
    let mut http = reqwest::Client::builder().timeout(Duration::from_secs(5));
    if foundation::token::is_loopback(&address) {
        http = http.no_proxy();
    }
    let http = http.build().map_err(|error| error.to_string())?;
    let answer = http
        .get(address)
        .send()
        .await
        .map_err(|error| error.without_url().to_string())?;
    if answer.status().is_success() {
        Ok(())
    } else {
        Err(format!("it says HTTP {}", answer.status()))
    }
}
