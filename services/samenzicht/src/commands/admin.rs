//! `admin`: lets others join and leave, over the API.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use access::{Rank, Role};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use foundation::config::Settings;
use serde_json::json;

use super::{DONE, Failure};
use crate::account::tokens;
use crate::admin::call::{Answer, Call};
use crate::admin::file::OrganisationFile;
use crate::api::{Api, Patience};
use crate::stop::Stop;

/// Lets others join and leave, over the API, as an administrator.
///
/// What narrows (suspend, end, take, leave) is in force at once. What widens, or is done to another organisation, waits
/// for a second person, who looks at `pending` and confirms:
///
///   samenzicht admin --as ilt.admin  role give ilt.inspector coordinator
///   samenzicht admin --as ilt.admin2 pending
///   samenzicht admin --as ilt.admin2 confirm dec_0190…
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct AdminArgs {
    /// The program\'s account, such as ilt.admin [default: whoever is signed in]
    #[arg(long = "as", value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// The purpose under which the API is called
    #[arg(long, value_name = "CODE", default_value = "verantwoording")]
    pub purpose: String,
    /// Address of the API [default: client.api of the configuration, or the gateway's]
    #[arg(long, value_name = "URL")]
    pub api: Option<String>,
    /// What to do
    #[command(subcommand)]
    pub what: What,
}

/// What an administrator can do.
#[derive(Clone, Debug, Subcommand)]
pub enum What {
    /// List the decisions that wait for a second person
    Pending,
    /// Confirm a decision, as its second person
    Confirm {
        /// The decision, such as dec_0190…
        id: String,
    },
    /// Decline a decision, or take an own one back
    Decline {
        /// The decision, such as dec_0190…
        id: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// List the accounts of the own organisation (the first 500)
    Accounts,
    /// Admit, suspend, resume or end an account of the own organisation
    #[command(subcommand)]
    Account(AccountWhat),
    /// Give (by two) or take a role
    #[command(subcommand)]
    Role(RoleWhat),
    /// Raise (by administrator and steward) or lower a clearance
    #[command(subcommand)]
    Clearance(ClearanceWhat),
    /// Give or take a purpose; or define one, by two organisations
    #[command(subcommand)]
    Purpose(PurposeWhat),
    /// Define a legal basis, by two organisations
    Basis(BasisArgs),
    /// Admit, suspend, resume or end an organisation, by two organisations; or end the own one, by two of its own
    #[command(subcommand)]
    Organisation(OrganisationWhat),
    /// Found or end a circle, invite into it, leave it
    #[command(subcommand)]
    Circle(CircleWhat),
    /// List the own organisation's import profiles, as data steward
    Profiles,
}

/// What can be done with an account.
#[derive(Clone, Debug, Subcommand)]
pub enum AccountWhat {
    /// Admit an account, as yet without roles and purposes
    Admit {
        /// Its name, such as ilt.inspector
        name: String,
        /// What colleagues read
        #[arg(long)]
        display_name: String,
        /// Who vouches for the person: the `iss` of its tokens
        #[arg(long)]
        issuer: String,
        /// The person there: the `sub` of its tokens
        #[arg(long)]
        subject: String,
    },
    /// Suspend an account, at once
    Suspend {
        /// Its name
        name: String,
    },
    /// Let a suspended account go on
    Resume {
        /// Its name
        name: String,
    },
    /// End an account for good, at once
    End {
        /// Its name
        name: String,
    },
    /// List a circle that a case system may read
    ListCircle {
        /// The case system's account
        name: String,
        /// The circle's code
        circle: String,
    },
    /// Take a circle off a case system's list, at once
    UnlistCircle {
        /// The case system's account
        name: String,
        /// The circle's code
        circle: String,
    },
}

/// What can be done with roles.
#[derive(Clone, Debug, Subcommand)]
pub enum RoleWhat {
    /// Put forward that an account gets a role; another administrator confirms
    Give(RoleArgs),
    /// Take a role, at once
    Take(RoleArgs),
}

/// An account and a role.
#[derive(Args, Clone, Debug)]
pub struct RoleArgs {
    /// The account
    pub account: String,
    /// The role
    #[arg(value_parser = roles())]
    pub role: String,
}

fn roles() -> impl TypedValueParser<Value = String> {
    PossibleValuesParser::new(Role::ALL.map(Role::code))
}

/// What can be done with clearances.
#[derive(Clone, Debug, Subcommand)]
pub enum ClearanceWhat {
    /// Put forward a higher clearance; administrator and data steward agree
    Raise(ClearanceArgs),
    /// Lower a clearance, at once
    Lower(ClearanceArgs),
}

/// An account and a rank.
#[derive(Args, Clone, Debug)]
pub struct ClearanceArgs {
    /// The account
    pub account: String,
    /// The highest rank: 0 intern, 1 vertrouwelijk, 2 departementaal vertrouwelijk
    #[arg(value_parser = clap::value_parser!(i16).range(0..=2))]
    pub rank: i16,
}

/// What can be done with purposes.
#[derive(Clone, Debug, Subcommand)]
pub enum PurposeWhat {
    /// Give an account a purpose, at once
    Give(PurposeArgs),
    /// Take a purpose from an account, at once
    Take(PurposeArgs),
    /// Put forward a new purpose, or new words for one; another organisation confirms
    Define {
        /// Its code
        code: String,
        /// Its Dutch name
        #[arg(long)]
        name: String,
        /// Its English name
        #[arg(long)]
        name_en: String,
        /// What it covers, in Dutch
        #[arg(long)]
        description: String,
        /// What it covers, in English
        #[arg(long)]
        description_en: String,
        /// Personal values may be seen for it
        #[arg(long)]
        allows_personal: bool,
        /// Its readers get pseudonyms
        #[arg(long)]
        pseudonyms: bool,
    },
}

/// An account and a purpose.
#[derive(Args, Clone, Debug)]
pub struct PurposeArgs {
    /// The account
    pub account: String,
    /// The purpose's code
    pub purpose: String,
}

/// A legal basis.
#[derive(Args, Clone, Debug)]
pub struct BasisArgs {
    /// Its code
    pub code: String,
    /// The provision as a lawyer would cite it
    #[arg(long)]
    pub citation: String,
    /// What it allows
    #[arg(long)]
    pub description: String,
    /// Where the entry comes from
    #[arg(long)]
    pub source: String,
    /// It is invented
    #[arg(long)]
    pub fictitious: bool,
}

/// What can be done with organisations.
#[derive(Clone, Debug, Subcommand)]
pub enum OrganisationWhat {
    /// Put forward that an organisation joins, with its two administrators
    Admit {
        /// The organisation in a file (TOML), described in docs/operating.md
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
    },
    /// Put forward that an organisation is suspended
    Suspend(ReasonArgs),
    /// Put forward that a suspended organisation goes on
    Resume(ReasonArgs),
    /// Put forward that an organisation leaves for good
    End(ReasonArgs),
    /// Put forward that an organisation is a participant, or no longer
    Participant {
        /// Its code
        code: String,
        /// Whether it is
        #[arg(action = clap::ArgAction::Set)]
        participant: bool,
    },
}

/// An organisation, and why.
#[derive(Args, Clone, Debug)]
pub struct ReasonArgs {
    /// Its code
    pub code: String,
    /// Why
    #[arg(long)]
    pub reason: String,
}

/// What can be done with circles.
#[derive(Clone, Debug, Subcommand)]
pub enum CircleWhat {
    /// Found a circle; the own inspectorate coordinates it
    Found {
        /// Its code
        code: String,
        /// Its Dutch name
        #[arg(long)]
        name: String,
        /// Its English name
        #[arg(long)]
        name_en: String,
        /// A purpose for which grants to it can be made; may be given several times
        #[arg(long = "for", value_name = "PURPOSE", required = true)]
        purposes: Vec<String>,
        /// The basis on which its members exchange
        #[arg(long)]
        basis: String,
        /// The first day on which it exists [default: at once]
        #[arg(long, value_name = "YYYY-MM-DD")]
        starts: Option<String>,
        /// The last day on which it exists [default: it goes on]
        #[arg(long, value_name = "YYYY-MM-DD")]
        ends: Option<String>,
    },
    /// Invite an inspectorate; its administrator confirms
    Invite(CircleArgs),
    /// Put forward that another member coordinates; its administrator confirms
    HandOver(CircleArgs),
    /// End another's membership, at once, as coordinator
    Remove(CircleArgs),
    /// Leave a circle, at once
    Leave {
        /// Its code
        code: String,
    },
    /// End a circle, at once or after a day, as coordinator
    End {
        /// Its code
        code: String,
        /// The last day on which it exists [default: at once]
        #[arg(long, value_name = "YYYY-MM-DD")]
        last_day: Option<String>,
    },
}

/// A circle and an inspectorate.
#[derive(Args, Clone, Debug)]
pub struct CircleArgs {
    /// The circle's code
    pub circle: String,
    /// The inspectorate's code
    pub organisation: String,
}

impl AdminArgs {
    /// Does it, signing in as the account, and prints what came of it.
    ///
    /// # Errors
    /// What the API refuses, by its code and with its own sentence.
    pub async fn run(&self, settings: &Settings) -> Result<ExitCode, Failure> {
        let call = self.what.call()?;
        let tokens = tokens(settings, self.account.as_deref())?;
        let url = self.api.clone().unwrap_or_else(|| settings.api());
        let patience = Patience {
            tries: 3,
            first_pause: Duration::from_millis(500),
            limit: Duration::from_secs(30),
        };
        let api = Api::new(&url, &self.purpose, tokens, patience, Stop::default());
        let api = api.map_err(|fault| Failure::new(fault.code(), &fault))?;
        let lines = call.run(&api).await;
        let lines = lines.map_err(|fault| Failure::new(fault.code(), &fault))?;
        if lines.is_empty() {
            println!("none");
        }
        lines.iter().for_each(|line| println!("{line}"));
        Ok(ExitCode::from(DONE))
    }
}

impl What {
    /// The call of the API that does it.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn call(&self) -> Result<Call, Failure> {
        let decide = |field, id: &String| Call::mutation(field, Answer::Decision).with("id", "ID!", id.clone());
        Ok(match self {
            Self::Pending => Call::query("pendingDecisions", Answer::Decisions),
            Self::Confirm { id } => decide("confirmDecision", id),
            Self::Decline { id, reason } => decide("declineDecision", id).with("reason", "String!", reason.clone()),
            Self::Accounts => Call::query("accounts", Answer::Accounts).with("first", "Int", 500),
            Self::Account(what) => what.call(),
            Self::Role(RoleWhat::Give(of)) => of.call("proposeRole", Answer::Decision),
            Self::Role(RoleWhat::Take(of)) => of.call("takeRole", Answer::Account),
            Self::Clearance(ClearanceWhat::Raise(of)) => of.call("proposeClearance", Answer::Decision),
            Self::Clearance(ClearanceWhat::Lower(of)) => of.call("lowerClearance", Answer::Account),
            Self::Purpose(what) => what.call(),
            Self::Basis(basis) => {
                let input = json!({ "code": basis.code, "citation": basis.citation, "description": basis.description,
                    "source": basis.source, "fictitious": basis.fictitious });
                Call::mutation("proposeLegalBasis", Answer::Decision).with("input", "LegalBasisInput!", input)
            }
            Self::Organisation(what) => what.call()?,
            Self::Circle(what) => what.call(),
            Self::Profiles => Call::query("importProfiles", Answer::Profiles),
        })
    }
}

impl AccountWhat {
    fn call(&self) -> Call {
        let on = |field, name: &String| Call::mutation(field, Answer::Account).with("account", "String!", name.clone());
        let list = |name, circle: &String, listed: bool| {
            let call = on("listCircle", name).with("circle", "String!", circle.clone());
            call.with("listed", "Boolean!", listed)
        };
        match self {
            Self::Admit {
                name,
                display_name,
                issuer,
                subject,
            } => {
                let input = json!({ "name": name, "displayName": display_name, "issuer": issuer, "subject": subject });
                Call::mutation("admitAccount", Answer::Account).with("input", "AccountInput!", input)
            }
            Self::Suspend { name } => on("suspendAccount", name),
            Self::Resume { name } => on("resumeAccount", name),
            Self::End { name } => on("endAccount", name),
            Self::ListCircle { name, circle } => list(name, circle, true),
            Self::UnlistCircle { name, circle } => list(name, circle, false),
        }
    }
}

impl RoleArgs {
    fn call(&self, field: &'static str, answer: Answer) -> Call {
        let call = Call::mutation(field, answer).with("account", "String!", self.account.clone());
        call.with("role", "Role!", self.role.to_uppercase())
    }
}

impl ClearanceArgs {
    fn call(&self, field: &'static str, answer: Answer) -> Call {
        let rank = match Rank::from_number(self.rank) {
            Some(Rank::DepartementaalVertrouwelijk) => "DEPARTEMENTAAL_VERTROUWELIJK",
            Some(Rank::Vertrouwelijk) => "VERTROUWELIJK",
            _ => "INTERN",
        };
        let call = Call::mutation(field, answer).with("account", "String!", self.account.clone());
        call.with("clearance", "Rank!", rank)
    }
}

impl PurposeWhat {
    fn call(&self) -> Call {
        let on = |field, of: &PurposeArgs| {
            let call = Call::mutation(field, Answer::Account).with("account", "String!", of.account.clone());
            call.with("purpose", "String!", of.purpose.clone())
        };
        match self {
            Self::Give(of) => on("givePurpose", of),
            Self::Take(of) => on("takePurpose", of),
            Self::Define {
                code,
                name,
                name_en,
                description,
                description_en,
                allows_personal,
                pseudonyms,
            } => {
                let input = json!({ "code": code, "name": name, "nameEn": name_en, "description": description,
                    "descriptionEn": description_en, "allowsPersonal": allows_personal, "pseudonyms": pseudonyms });
                Call::mutation("proposePurpose", Answer::Decision).with("input", "PurposeInput!", input)
            }
        }
    }
}

impl OrganisationWhat {
    fn call(&self) -> Result<Call, Failure> {
        let about = |field, of: &ReasonArgs| {
            let call = Call::mutation(field, Answer::Decision).with("organisation", "String!", of.code.clone());
            call.with("reason", "String!", of.reason.clone())
        };
        Ok(match self {
            Self::Admit { file } => {
                let input = OrganisationFile::read(file)?.input();
                Call::mutation("proposeAdmission", Answer::Decision).with("input", "AdmissionInput!", input)
            }
            Self::Suspend(of) => about("proposeSuspension", of),
            Self::Resume(of) => about("proposeResumption", of),
            Self::End(of) => about("proposeEnd", of),
            Self::Participant { code, participant } => Call::mutation("proposeParticipation", Answer::Decision)
                .with("organisation", "String!", code.clone())
                .with("participant", "Boolean!", *participant),
        })
    }
}

impl CircleWhat {
    fn call(&self) -> Call {
        let on = |field, answer, code: &String| Call::mutation(field, answer).with("circle", "String!", code.clone());
        let with = |field, answer, of: &CircleArgs| {
            on(field, answer, &of.circle).with("organisation", "String!", of.organisation.clone())
        };
        match self {
            Self::Found {
                code,
                name,
                name_en,
                purposes,
                basis,
                starts,
                ends,
            } => {
                let input = json!({ "code": code, "name": name, "nameEn": name_en, "purposes": purposes,
                    "legalBasis": basis, "starts": starts, "ends": ends });
                Call::mutation("foundCircle", Answer::Circle).with("input", "CircleInput!", input)
            }
            Self::Invite(of) => with("inviteToCircle", Answer::Decision, of),
            Self::HandOver(of) => with("proposeCoordinator", Answer::Decision, of),
            Self::Remove(of) => with("endMembership", Answer::Circle, of),
            Self::Leave { code } => on("leaveCircle", Answer::Circle, code),
            Self::End { code, last_day } => {
                on("endCircle", Answer::Circle, code).with("lastDay", "Date", last_day.clone())
            }
        }
    }
}
