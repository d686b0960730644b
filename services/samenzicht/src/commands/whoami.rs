//! `whoami`: who is signed in, as the platform knows them.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use foundation::config::Settings;
use foundation::token::system_clock;
use serde::Deserialize;
use serde_json::json;

use super::sign_in::failure;
use super::{DONE, Failure};
use crate::account::{issuer, tokens};
use crate::api::{Api, Patience};
use crate::sign_in::person::Person;
use crate::stop::Stop;

/// Says who is signed in, as the platform knows them: account, organisation, roles, clearance, purposes.
#[derive(Args, Clone, Debug)]
pub struct WhoamiArgs {
    /// A program's account, such as ilt.casesystem [default: whoever is signed in]
    #[arg(long = "as", value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// Address of the API [default: client.api of the configuration, or the gateway's]
    #[arg(long, value_name = "URL")]
    pub api: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Me {
    account: String,
    display_name: String,
    organisation: Organisation,
    roles: Vec<String>,
    clearance: String,
    purposes: Vec<Purpose>,
}

#[derive(Deserialize)]
struct Organisation {
    code: String,
    name: String,
}

#[derive(Deserialize)]
struct Purpose {
    code: String,
}

/// What of a token helps an administrator to admit its holder.
#[derive(Deserialize)]
struct Told {
    iss: String,
    sub: Option<String>,
}

const QUERY: &str = "{ me { account displayName organisation { code name } roles clearance purposes { code } } }";

impl WhoamiArgs {
    /// Asks the platform.
    ///
    /// # Errors
    /// When nobody is signed in, or the platform does not know who it is.
    pub async fn run(&self, settings: &Settings) -> Result<ExitCode, Failure> {
        let source = tokens(settings, self.account.as_deref())?;
        if self.account.is_none() {
            // Whether there is a sign-in that holds is said in its own words, before the API is asked.
            let person = Person::find(settings, system_clock()).map_err(failure)?;
            person.token(false).await.map_err(failure)?;
        }
        let url = self.api.clone().unwrap_or_else(|| settings.api());
        let patience = Patience {
            tries: 3,
            limit: Duration::from_secs(30),
            ..Patience::default()
        };
        let api = Api::new(&url, "", source.clone(), patience, Stop::default());
        let api = api.map_err(|fault| Failure::new(fault.code(), &fault))?;
        let me: Me = match api.call(QUERY, json!({}), "me").await {
            Ok(me) => me,
            Err(fault) => {
                if fault.code() == "ACCOUNT_UNKNOWN" {
                    eprintln!("{}", introduction(&source.token(false).await.unwrap_or_default()));
                }
                return Err(Failure::new(fault.code(), &fault));
            }
        };
        let purposes: Vec<&str> = me.purposes.iter().map(|purpose| purpose.code.as_str()).collect();
        println!(
            "{} ({}) of {}, {}",
            me.account, me.display_name, me.organisation.code, me.organisation.name
        );
        println!("roles      {}", or_none(&me.roles.join(", ").to_lowercase()));
        println!("clearance  {}", me.clearance.to_lowercase());
        println!("purposes   {}", or_none(&purposes.join(", ")));
        println!("signed in  at {}", issuer(settings));
        Ok(ExitCode::from(DONE))
    }
}

/// What an administrator needs to know of somebody who has no account yet.
fn introduction(token: &str) -> String {
    match jsonwebtoken::dangerous::insecure_decode_claims::<Told>(token) {
        Ok(told) => format!(
            "An administrator admits you with: --issuer {} --subject {} (or what `claims.subject` of the platform names)",
            told.iss,
            told.sub.unwrap_or_else(|| "…".to_owned())
        ),
        Err(_) => "Your token is not a JWT: ask for another scope or client.resource".to_owned(),
    }
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}
