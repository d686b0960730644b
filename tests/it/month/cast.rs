//! Who takes part in the month, and what everybody holds at any moment, as the script says; nothing here asks the
//! platform.

use std::collections::{BTreeMap, BTreeSet};

use access::{Role, Roles};
use demo::story::Story;

/// Roles that read content.
const READERS: [&str; 6] = [
    "inspector",
    "analyst",
    "coordinator",
    "account_holder",
    "data_steward",
    "case_system",
];
/// Purposes under which persons may be shown.
const PERSONAL: [&str; 3] = ["toezicht", "gezamenlijk-toezicht", "incidentonderzoek"];

/// Somebody with a question: an account under one of its purposes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asker {
    /// The account's name.
    pub account: String,
    /// The purpose that it states.
    pub purpose: String,
}

impl Asker {
    /// Reads `ilt.inspector@toezicht`.
    pub fn read(text: &str) -> Self {
        let (account, purpose) = text
            .split_once('@')
            .unwrap_or_else(|| panic!("'{text}' names no purpose"));
        Self {
            account: account.to_owned(),
            purpose: purpose.to_owned(),
        }
    }
}

impl std::fmt::Display for Asker {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}@{}", self.account, self.purpose)
    }
}

/// What an account holds.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// Its organisation's code.
    pub organisation: String,
    /// Codes of its roles.
    pub roles: BTreeSet<String>,
    /// Codes of its purposes.
    pub purposes: BTreeSet<String>,
    /// The highest rank that it may handle.
    pub clearance: u8,
    /// The circles that are listed for it, where it is a case system.
    pub listed: BTreeSet<String>,
    /// Why it may do nothing now: the code of the refusal.
    pub out: Option<String>,
}

impl Account {
    /// Whether it holds a role that reads content.
    pub fn reads(&self) -> bool {
        READERS.iter().any(|role| self.roles.contains(*role))
    }

    /// Whether it answers for privacy.
    pub fn guards_privacy(&self) -> bool {
        self.roles.contains("privacy_officer")
    }

    /// Whether it is shown persons under a purpose.
    pub fn sees_persons(&self, purpose: &str) -> bool {
        PERSONAL.contains(&purpose)
            && ["inspector", "coordinator"]
                .iter()
                .any(|role| self.roles.contains(*role))
    }
}

/// Everybody.
pub struct Cast {
    /// Accounts by name.
    pub accounts: BTreeMap<String, Account>,
    /// The members of circles.
    pub circles: BTreeMap<String, BTreeSet<String>>,
    /// Organisations that are suspended or have ended.
    pub away: BTreeSet<String>,
    /// Organisations that are no participants.
    bystanders: BTreeSet<String>,
}

impl Cast {
    /// The demo's people; the circles as the script has them.
    pub fn of(story: &Story, circles: &BTreeMap<String, String>) -> Self {
        let account = |account: &demo::story::StoryAccount| {
            let texts = |codes: &[registry::model::code::Code]| codes.iter().map(ToString::to_string).collect();
            let holds = Account {
                organisation: account.organisation.to_string(),
                roles: codes(&account.roles),
                purposes: texts(&account.purposes),
                clearance: account.clearance as u8,
                listed: texts(&account.circles),
                out: None,
            };
            (account.subject.clone(), holds)
        };
        Self {
            accounts: story.accounts.iter().map(account).collect(),
            circles: circles
                .iter()
                .map(|(code, members)| (code.clone(), words(members)))
                .collect(),
            away: BTreeSet::new(),
            bystanders: words("adr"),
        }
    }

    /// Every account under each of its purposes.
    pub fn askers(&self) -> Vec<Asker> {
        let of = |(name, account): (&String, &Account)| {
            let ask = |purpose: &String| Asker {
                account: name.clone(),
                purpose: purpose.clone(),
            };
            account.purposes.iter().map(ask).collect::<Vec<_>>()
        };
        self.accounts.iter().flat_map(of).collect()
    }

    /// What an asker's account holds.
    pub fn holds(&self, asker: &Asker) -> &Account {
        self.known(&asker.account)
    }

    /// Whether an organisation is among all participants.
    pub fn participates(&self, organisation: &str) -> bool {
        !self.bystanders.contains(organisation) && !self.away.contains(organisation)
    }

    /// The code with which an asker is refused whatever it asks.
    pub fn refused(&self, asker: &Asker) -> Option<&str> {
        let account = self.holds(asker);
        account.out.as_deref()
    }

    /// Changes what somebody holds: `nvwa.analyst ACCOUNT_SUSPENDED`, `nvwa.analyst back`, `ilt.analyst +coordinator`,
    /// `ilt.analyst -purpose:toezicht`, `igj.analyst clearance:2`, `circle:cmj +nla`, `nea away:ORGANISATION_…`,
    /// `new nea.admin`.
    pub fn change(&mut self, text: &str) {
        let (who, what) = text
            .split_once(' ')
            .unwrap_or_else(|| panic!("'{text}' changes nothing"));
        if let Some(circle) = who.strip_prefix("circle:") {
            let members = self.circles.entry(circle.to_owned()).or_default();
            turn(members, what);
        } else if who == "new" {
            let organisation = what.split('.').next().expect("a part").to_owned();
            let account = Account {
                organisation,
                clearance: 1,
                ..Account::default()
            };
            self.accounts.insert(what.to_owned(), account);
        } else if let Some(code) = what.strip_prefix("away:") {
            self.away.insert(who.to_owned());
            for account in self.accounts.values_mut().filter(|account| account.organisation == who) {
                account.out = Some(code.to_owned());
            }
        } else {
            let account = self
                .accounts
                .get_mut(who)
                .unwrap_or_else(|| panic!("nobody is called {who}"));
            change_account(account, what);
        }
    }

    fn known(&self, name: &str) -> &Account {
        self.accounts
            .get(name)
            .unwrap_or_else(|| panic!("nobody is called {name}"))
    }
}

fn change_account(account: &mut Account, what: &str) {
    if what == "back" {
        account.out = None;
    } else if let Some(rank) = what.strip_prefix("clearance:") {
        account.clearance = rank.parse().expect("a rank");
    } else if what.starts_with(|first: char| first.is_ascii_uppercase()) {
        account.out = Some(what.to_owned());
    } else if what[1..].starts_with("purpose:") {
        turn(&mut account.purposes, &what.replacen("purpose:", "", 1));
    } else {
        turn(&mut account.roles, what);
    }
}

/// `+x` adds, `-x` takes away.
fn turn(set: &mut BTreeSet<String>, what: &str) {
    match what.split_at(1) {
        ("+", code) => assert!(set.insert(code.to_owned()), "{code} is there already"),
        ("-", code) => assert!(set.remove(code), "{code} is not there"),
        _ => panic!("'{what}' neither adds nor takes"),
    }
}

fn codes(roles: &Roles) -> BTreeSet<String> {
    roles.iter().map(Role::code).map(str::to_owned).collect()
}

/// Words between spaces.
pub fn words(text: &str) -> BTreeSet<String> {
    text.split_whitespace().map(str::to_owned).collect()
}
