//! What must hold between the story's files, the vocabularies and the access rules, so that no line of the story is
//! refused when it is played.

use std::collections::BTreeSet;

use access::{Audience, Operation, Rank, Tlp, UseLimit, may_ever};
use registry::model::account::check_person;
use registry::reference::{Reference, ReferenceError, unique};

use super::{Ending, Story, StoryAccount, StoryGrant, StorySignal, To};

/// The file of accounts.
pub(super) const ACCOUNTS: &str = "accounts.toml";
/// The file of parties.
pub(super) const PARTIES: &str = "parties.toml";
/// The file of sites.
pub(super) const SITES: &str = "sites.toml";
/// The file of signals.
pub(super) const SIGNALS: &str = "signals.toml";
/// The file of what is done together.
pub(super) const TOGETHER: &str = "together.toml";
/// The file of what a visitor looks at.
pub(super) const VISITS: &str = "visits.toml";

type Checked = Result<(), ReferenceError>;

/// Checks the whole story.
pub(super) fn check(story: &Story, reference: &Reference) -> Checked {
    accounts(story, reference)?;
    parties(story, reference)?;
    sites(story, reference)?;
    unique(SIGNALS, "key", story.signals.iter().map(|signal| &signal.key))?;
    story.signals.iter().try_for_each(|signal| {
        SignalCheck {
            story,
            reference,
            signal,
        }
        .check()
    })?;
    askers(story)
}

/// Deeds and visits are those of accounts of the story, under purposes that they hold.
fn askers(story: &Story) -> Checked {
    let deeds = story.deeds.iter().map(|deed| (TOGETHER, &deed.r#as, &deed.purpose));
    let visits = story.visits.iter().map(|visit| (VISITS, &visit.r#as, &visit.purpose));
    for (file, asker, purpose) in deeds.chain(visits) {
        let account = known(story.account(asker), file, "as".to_owned(), asker)?;
        let held = account.purposes.iter().find(|held| *held == purpose);
        known(held, file, format!("{asker}.purpose"), purpose)?;
    }
    Ok(())
}

fn accounts(story: &Story, reference: &Reference) -> Checked {
    unique(
        ACCOUNTS,
        "subject",
        story.accounts.iter().map(|account| &account.subject),
    )?;
    let registered: Vec<_> = story.accounts.iter().map(|account| account.account("demo")).collect();
    for account in &registered {
        let key = |name: &str| format!("{}.{name}", account.person.subject);
        known(
            reference.organisation(account.organisation.as_str()),
            ACCOUNTS,
            key("organisation"),
            &account.organisation,
        )?;
        for purpose in &account.purposes {
            known(reference.purpose(purpose.as_str()), ACCOUNTS, key("purposes"), purpose)?;
        }
        for code in &account.circles {
            let circle = known(reference.circle(code.as_str()), ACCOUNTS, key("circles"), code)?;
            if !account.roles.only_case_system() {
                let mend = "only a case system lists circles; leave them out";
                return Err(ReferenceError::wrong(ACCOUNTS, key("circles"), mend));
            }
            if !circle.members.contains(&account.organisation) {
                let mend = format!("'{}' is no member of '{code}'; leave it out", account.organisation);
                return Err(ReferenceError::wrong(ACCOUNTS, key("circles"), mend));
            }
        }
        check_person(&registered, &account.person)
            .map_err(|exclusion| ReferenceError::wrong(ACCOUNTS, key("roles"), exclusion.to_string()))?;
    }
    Ok(())
}

fn parties(story: &Story, reference: &Reference) -> Checked {
    unique(PARTIES, "key", story.parties.iter().map(|party| &party.key))?;
    unique(
        PARTIES,
        "identifiers",
        story.parties.iter().flat_map(|party| &party.party.identifiers),
    )?;
    for party in &story.parties {
        party
            .party
            .check()
            .map_err(|misfit| ReferenceError::wrong(PARTIES, party.key.as_str(), misfit.to_string()))?;
        for custodian in &party.party.custodians {
            known(
                reference.organisation(custodian.as_str()),
                PARTIES,
                format!("{}.custodians", party.key),
                custodian,
            )?;
        }
    }
    Ok(())
}

fn sites(story: &Story, reference: &Reference) -> Checked {
    unique(SITES, "key", story.sites.iter().map(|site| &site.key))?;
    unique(
        SITES,
        "identifiers",
        story.sites.iter().flat_map(|site| &site.site.identifiers),
    )?;
    for site in &story.sites {
        site.site
            .check()
            .map_err(|misfit| ReferenceError::wrong(SITES, site.key.as_str(), misfit.to_string()))?;
        let party = story.parties.iter().find(|party| party.key == site.party);
        known(party, SITES, format!("{}.party", site.key), &site.party)?;
        if let Some(region) = &site.site.region {
            known(
                reference.safety_region(region.as_str()),
                SITES,
                format!("{}.region", site.key),
                region,
            )?;
        }
    }
    Ok(())
}

/// A code that must be there.
fn known<T>(
    found: Option<T>,
    file: &'static str,
    key: String,
    code: impl std::fmt::Display,
) -> Result<T, ReferenceError> {
    found.ok_or_else(|| {
        ReferenceError::wrong(
            file,
            key,
            format!("'{code}' is not known; correct it here or add it there"),
        )
    })
}

/// One signal with everything it is checked against.
struct SignalCheck<'a> {
    story: &'a Story,
    reference: &'a Reference,
    signal: &'a StorySignal,
}

impl SignalCheck<'_> {
    fn check(&self) -> Checked {
        self.words()?;
        self.references()?;
        self.maker()?;
        self.signal.grants.iter().try_for_each(|grant| self.grant(grant))
    }

    fn key(&self, name: &str) -> String {
        format!("{}.{name}", self.signal.key)
    }

    fn wrong(&self, name: &str, mend: impl Into<String>) -> Checked {
        Err(ReferenceError::wrong(SIGNALS, self.key(name), mend))
    }

    /// Values of their own: enumerations, times, reasons.
    fn words(&self) -> Checked {
        let signal = self.signal;
        let lists: [(&str, &str, &[&str]); 3] = [
            (
                "severity",
                &signal.severity,
                &["MINOR", "MODERATE", "SERIOUS", "CRITICAL"],
            ),
            ("urgency", &signal.urgency, &["ROUTINE", "SOON", "IMMEDIATE"]),
            (
                "origin",
                &signal.origin,
                &["OWN", "REPORT", "PARTNER", "WEB", "CASE_SYSTEM"],
            ),
        ];
        for (name, value, values) in lists {
            if !values.contains(&value) {
                return self.wrong(name, format!("'{value}' is none of {}", values.join(", ")));
            }
        }
        rank(signal).and(tlp(signal)).and(use_limit(signal)).map_or_else(
            || self.wrong("labels", "a label has no such value; use the names that the API uses"),
            |_| Ok(()),
        )?;
        if signal.title.trim().is_empty() || signal.narrative.trim().is_empty() {
            return self.wrong("title", "a signal has a title and a narrative");
        }
        if signal.days_ago == 0 || signal.lasted_hours.unwrap_or(0) > 24 * (signal.days_ago - 1) {
            return self.wrong("days_ago", "it would end in the future; put it further back");
        }
        if (signal.then == Ending::Retract) != signal.because.is_some() {
            return self.wrong("because", "a retracted signal says why, and no other does");
        }
        Ok(())
    }

    /// What it points to.
    fn references(&self) -> Checked {
        let Self {
            story,
            reference,
            signal,
        } = self;
        known(
            reference.category(signal.category.as_str()),
            SIGNALS,
            self.key("category"),
            &signal.category,
        )?;
        known(
            reference.purpose(signal.purpose.as_str()),
            SIGNALS,
            self.key("purpose"),
            &signal.purpose,
        )?;
        unique(SIGNALS, &self.key("parties"), &signal.parties)?;
        unique(SIGNALS, &self.key("sites"), &signal.sites)?;
        unique(SIGNALS, &self.key("regions"), &signal.regions)?;
        for key in &signal.parties {
            known(
                story.parties.iter().find(|party| party.key == *key),
                SIGNALS,
                self.key("parties"),
                key,
            )?;
        }
        for key in &signal.sites {
            let site = known(
                story.sites.iter().find(|site| site.key == *key),
                SIGNALS,
                self.key("sites"),
                key,
            )?;
            if !signal.parties.contains(&site.party) {
                return self.wrong(
                    "sites",
                    format!("'{key}' is a site of '{}', which is not among its parties", site.party),
                );
            }
        }
        Ok(())
    }

    /// Whether its account may do with it what the story says.
    fn maker(&self) -> Checked {
        let signal = self.signal;
        let account = known(self.story.account(&signal.r#as), SIGNALS, self.key("as"), &signal.r#as)?;
        if !account.purposes.contains(&signal.purpose) {
            return self.wrong("purpose", format!("'{}' does not hold it", account.subject));
        }
        if rank(signal).is_some_and(|rank| rank > account.clearance) {
            return self.wrong("labels.rank", format!("'{}' is not cleared for it", account.subject));
        }
        let mut operations = vec![Operation::Record];
        if signal.then != Ending::Draft {
            operations.push(Operation::Publish);
        }
        if signal.then == Ending::Retract {
            operations.push(Operation::Retract);
        }
        if !signal.grants.is_empty() {
            operations.push(Operation::Grant);
        }
        if signal.grants.iter().any(|grant| grant.revoked_because.is_some()) {
            operations.push(Operation::Revoke);
        }
        match operations
            .into_iter()
            .find(|operation| may_ever(&account.roles, *operation).is_err())
        {
            Some(operation) => self.wrong(
                "as",
                format!("no role of '{}' may {}", account.subject, operation.code()),
            ),
            None => Ok(()),
        }
    }

    fn grant(&self, grant: &StoryGrant) -> Checked {
        let Self {
            story,
            reference,
            signal,
        } = self;
        known(
            reference.purpose(grant.purpose.as_str()),
            SIGNALS,
            self.key("grants.purpose"),
            &grant.purpose,
        )?;
        let basis = reference.legal_basis(grant.legal_basis.as_str());
        known(basis, SIGNALS, self.key("grants.legal_basis"), &grant.legal_basis)?;
        match &grant.to {
            To::Everyone(true) => {}
            To::Everyone(false) => return self.wrong("grants.to", "write everyone = true, or name somebody"),
            To::Organisation(code) => {
                known(
                    reference.organisation(code.as_str()),
                    SIGNALS,
                    self.key("grants.to"),
                    code,
                )?;
            }
            To::Circle(code) => {
                let circle = known(reference.circle(code.as_str()), SIGNALS, self.key("grants.to"), code)?;
                if !circle.purposes.contains(&grant.purpose) {
                    return self.wrong(
                        "grants.purpose",
                        format!("'{}' is no purpose of '{code}'", grant.purpose),
                    );
                }
                if circle.legal_basis != grant.legal_basis {
                    return self.wrong(
                        "grants.legal_basis",
                        format!("the basis of '{code}' is '{}'", circle.legal_basis),
                    );
                }
            }
            To::Account(subject) => {
                known(story.account(subject), SIGNALS, self.key("grants.to"), subject)?;
            }
        }
        if tlp(signal).is_some_and(|tlp| !tlp.permits(&audience(&grant.to))) {
            return self.wrong(
                "grants.to",
                "its TLP forbids this grant; widen the TLP or leave the grant out",
            );
        }
        if !readers(story, reference, signal, grant) {
            return self.wrong(
                "grants",
                format!("nobody there holds '{}' or is cleared for it", grant.purpose),
            );
        }
        Ok(())
    }
}

/// Whether a grant has somebody to read it: an account with a content role, the purpose and the clearance. Bodies
/// without any account in the demo are taken at their word.
fn readers(story: &Story, reference: &Reference, signal: &StorySignal, grant: &StoryGrant) -> bool {
    let rank = rank(signal).unwrap_or(Rank::Vertrouwelijk);
    let reached = |account: &StoryAccount| match &grant.to {
        To::Everyone(_) => reference
            .organisation(account.organisation.as_str())
            .is_some_and(|body| body.participant),
        To::Organisation(code) => account.organisation == *code,
        To::Circle(code) => reference
            .circle(code.as_str())
            .is_some_and(|circle| circle.members.contains(&account.organisation)),
        To::Account(subject) => account.subject == *subject,
    };
    let bodies: BTreeSet<_> = story.accounts.iter().map(|account| &account.organisation).collect();
    let silent = matches!(&grant.to, To::Organisation(code) if !bodies.contains(code));
    silent
        || story.accounts.iter().any(|account| {
            reached(account)
                && account.roles.any(access::Role::reads_content)
                && account.purposes.contains(&grant.purpose)
                && account.clearance >= rank
        })
}

/// The rank a signal will have; `None` when the file names none that exists.
pub(super) fn rank(signal: &StorySignal) -> Option<Rank> {
    match signal.labels.rank.as_deref() {
        Some("INTERN") => Some(Rank::Intern),
        None | Some("VERTROUWELIJK") => Some(Rank::Vertrouwelijk),
        Some("DEPARTEMENTAAL_VERTROUWELIJK") => Some(Rank::DepartementaalVertrouwelijk),
        Some(_) => None,
    }
}

/// The TLP a signal will have; `None` when the file names none that exists.
pub(super) fn tlp(signal: &StorySignal) -> Option<Tlp> {
    match signal.labels.tlp.as_deref() {
        Some("CLEAR") => Some(Tlp::Clear),
        Some("GREEN") => Some(Tlp::Green),
        None | Some("AMBER") => Some(Tlp::Amber),
        Some("AMBER_STRICT") => Some(Tlp::AmberStrict),
        Some("RED") => Some(Tlp::Red),
        Some(_) => None,
    }
}

fn use_limit(signal: &StorySignal) -> Option<UseLimit> {
    match signal.labels.use_limit.as_deref() {
        Some("INFORMATION_ONLY") => Some(UseLimit::InformationOnly),
        None | Some("SUPERVISION") => Some(UseLimit::Supervision),
        Some("DO_NOT_APPROACH") => Some(UseLimit::DoNotApproach),
        Some(_) => None,
    }
}

/// The kind of audience a grant has; which one does not matter to the TLP.
fn audience(to: &To) -> Audience {
    let any = uuid::Uuid::nil();
    match to {
        To::Everyone(_) => Audience::Everyone,
        To::Organisation(_) => Audience::Organisation(any),
        To::Circle(_) => Audience::Circle(any),
        To::Account(_) => Audience::Account(any),
    }
}
