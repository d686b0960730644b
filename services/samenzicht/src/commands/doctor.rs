//! `doctor`: what holds on this machine, and what is wrong with it.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use foundation::config::{DEFAULTS, Settings};
use foundation::token::{Finding, examine, system_clock};

use super::{DONE, FAILED};

/// Checks the configuration, the identity providers that it trusts, and whether the platform that it names answers.
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
        let mut whole = true;
        if settings.identity.issuers.is_empty() {
            println!("note  identity.issuers is empty: only the demo, which adds its own, can be run");
        }
        for issuer in &settings.identity.issuers {
            println!("      tokens of {}", issuer.issuer);
            for finding in examine(&settings.identity, issuer, system_clock()()).await {
                whole &= tell(&finding);
            }
        }
        if settings.pseudonyms.key.is_none() {
            println!("note  pseudonyms.key is not set: analysts get no pseudonyms");
        }
        let api = settings.api();
        match healthy(&api).await {
            Ok(()) => {
                println!("ok    the platform at {api} answers");
                ExitCode::from(if whole { DONE } else { FAILED })
            }
            Err(reason) => {
                println!("fail  the platform at {api} does not answer: {reason}");
                println!("      start it, or set client.api or gateway.listen to where it is");
                ExitCode::from(FAILED)
            }
        }
    }
}

/// Prints a finding; whether it is well.
fn tell(finding: &Finding) -> bool {
    match finding {
        Finding::Good(what) => println!("ok    {what}"),
        Finding::Note(what) => println!("note  {what}"),
        Finding::Bad(what, mend) => println!("fail  {what}\n      {mend}"),
    }
    !matches!(finding, Finding::Bad(..))
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
