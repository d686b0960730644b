//! The shipped story is right and tells what it promises.

use std::collections::BTreeSet;

use access::{Role, Tlp};
use jiff::civil::date;
use jiff::tz::TimeZone;
use registry::model::identifier::Scheme;
use registry::reference::Reference;

use super::check::{rank, tlp};
use super::{Ending, Retention, Story, StorySignal, To};

pub(super) fn reference() -> Reference {
    Reference::embedded().expect("the embedded vocabularies are right")
}

fn story() -> Story {
    Story::embedded(&reference()).expect("the embedded story is right")
}

#[test]
fn every_demo_inspectorate_has_an_account_of_every_role() {
    let story = story();
    let roles = [
        ("inspector", Role::Inspector),
        ("analyst", Role::Analyst),
        ("coordinator", Role::Coordinator),
        ("accountholder", Role::AccountHolder),
        ("steward", Role::DataSteward),
        ("privacy", Role::PrivacyOfficer),
        ("admin", Role::Administrator),
        ("admin2", Role::Administrator),
        ("casesystem", Role::CaseSystem),
    ];
    for inspectorate in ["ilt", "jenv", "igj", "nvwa", "nla", "ivho", "anvs"] {
        for (name, role) in roles {
            let account = story.account(&format!("{inspectorate}.{name}")).expect(name);
            assert!(account.roles.iter().eq([role]), "{}", account.subject);
            assert_eq!(account.organisation.as_str(), inspectorate);
            assert!(account.name.ends_with("(fictief)"), "{}", account.subject);
        }
    }
    let auditor = story.account("auditor").expect("is there");
    let body = reference()
        .organisation(auditor.organisation.as_str())
        .expect("resolves")
        .clone();
    assert!(
        !body.participant,
        "the auditor is near nothing that is shared with all participants"
    );
    assert_eq!(story.accounts.len(), 7 * roles.len() + 1);
}

#[test]
fn roles_without_content_hold_no_purpose_that_gives_content() {
    for account in story().accounts {
        if !account.roles.any(Role::reads_content) {
            assert!(
                account
                    .purposes
                    .iter()
                    .all(|purpose| purpose.as_str() == "verantwoording"),
                "{}",
                account.subject
            );
        }
        if account.roles.has(Role::Analyst) {
            let reference = reference();
            let personal = |purpose: &str| reference.purpose(purpose).expect("resolves").allows_personal;
            assert!(
                !account.purposes.iter().any(|purpose| personal(purpose.as_str())),
                "{}",
                account.subject
            );
        }
    }
}

#[test]
fn no_party_can_be_mistaken_for_a_real_one() {
    for party in story().parties {
        let party = party.party;
        let name = party.legal_name.to_lowercase();
        let invented = ["fictie", "canarie", "verzinsel"]
            .iter()
            .any(|word| name.contains(word));
        assert!(invented, "{}", party.legal_name);
        assert_eq!(
            party.kind.is_person(),
            party.legal_name.starts_with("Canarie"),
            "{}",
            party.legal_name
        );
        for identifier in &party.identifiers {
            let start = match identifier.scheme() {
                Scheme::Kvk | Scheme::Rsin => "0000",
                Scheme::Imo => "00",
                Scheme::Oin => "00000099",
                Scheme::Agb | Scheme::Brin | Scheme::Vestiging | Scheme::Bag => "99",
            };
            assert!(
                identifier.value().starts_with(start),
                "{identifier} of {}",
                party.legal_name
            );
        }
    }
    for site in story().sites {
        assert!(
            site.site.address.expect("has one").postcode.starts_with("0000"),
            "{}",
            site.key
        );
    }
}

/// Whether the account would see another organisation's signal under a purpose on the day the demo starts.
fn shared_with(story: &Story, signal: &StorySignal, subject: &str, purpose: &str) -> bool {
    let reference = reference();
    let account = story.account(subject).expect("is there");
    let reached = |to: &To| match to {
        To::Everyone(_) => true,
        To::Organisation(code) => *code == account.organisation,
        To::Circle(code) => reference
            .circle(code.as_str())
            .expect("resolves")
            .members
            .contains(&account.organisation),
        To::Account(named) => named == subject,
    };
    signal.then == Ending::Publish
        && owner(signal) != account.organisation.as_str()
        && rank(signal).expect("has one") <= account.clearance
        && signal
            .grants
            .iter()
            .any(|grant| grant.is_live_at_start() && grant.purpose.as_str() == purpose && reached(&grant.to))
}

fn owner(signal: &StorySignal) -> &str {
    signal.r#as.split_once('.').expect("an inspectorate's account").0
}

#[test]
fn the_analyst_of_igj_sees_what_others_share_with_parties() {
    let story = story();
    let seen: Vec<&StorySignal> = story
        .signals
        .iter()
        .filter(|signal| !signal.parties.is_empty() && shared_with(&story, signal, "igj.analyst", "risicoanalyse"))
        .collect();
    let owners: BTreeSet<&str> = seen.iter().map(|signal| owner(signal)).collect();
    assert!(
        seen.len() >= 4 && owners.len() >= 3,
        "{} signals of {owners:?}",
        seen.len()
    );
}

#[test]
fn some_things_some_may_not_see() {
    let story = story();
    let any = |question: &dyn Fn(&StorySignal) -> bool| story.signals.iter().any(question);
    assert!(any(&|signal| tlp(signal) == Some(Tlp::Red)), "red, for a named account");
    assert!(any(&|signal| tlp(signal) == Some(Tlp::AmberStrict)), "amber strict");
    assert!(any(&|signal| signal.then == Ending::Draft), "a draft");
    assert!(any(&|signal| signal.then == Ending::Retract), "a retracted one");
    assert!(
        any(&|signal| signal.grants.iter().any(|grant| grant.revoked_because.is_some())),
        "a revoked grant"
    );
    let expired = |signal: &StorySignal| {
        signal
            .grants
            .iter()
            .any(|grant| grant.revoked_because.is_none() && !grant.is_live_at_start())
    };
    assert!(any(&expired), "an expired grant");
    assert!(
        any(&|signal| rank(signal) == Some(access::Rank::DepartementaalVertrouwelijk)),
        "above default clearance"
    );
    assert!(
        any(&|signal| signal.labels.use_limit.as_deref() == Some("DO_NOT_APPROACH")),
        "a use limit"
    );
    assert!(
        any(&|signal| signal.then == Ending::Publish && signal.grants.is_empty()),
        "published, shared with nobody"
    );
    assert!(
        any(&|signal| signal.grants.iter().any(|grant| matches!(grant.to, To::Circle(_)))),
        "a circle"
    );
    let resilience = story
        .signals
        .iter()
        .find(|signal| signal.key.as_str() == "digitaal-leverancier")
        .expect("is there");
    assert!(
        shared_with(&story, resilience, "anvs.inspector", "digitale-weerbaarheid"),
        "a member of the circle"
    );
    assert!(
        !shared_with(&story, resilience, "nvwa.inspector", "digitale-weerbaarheid"),
        "no member, same purpose"
    );
}

#[test]
fn persons_are_canaries_and_stand_nowhere_else() {
    let story = story();
    let mut canaries = BTreeSet::new();
    for signal in &story.signals {
        let reporter = signal
            .reporter
            .iter()
            .flat_map(|reporter| [reporter.name.as_ref(), reporter.contact.as_ref()]);
        for value in reporter.flatten().chain(&signal.persons_involved) {
            assert!(value.to_lowercase().contains("canarie"), "{value}");
            canaries.insert(value.clone());
        }
        for text in [
            Some(&signal.title),
            Some(&signal.narrative),
            signal.place.as_ref(),
            signal.because.as_ref(),
        ] {
            assert!(
                !text.is_some_and(|text| text.to_lowercase().contains("canarie")),
                "{}",
                signal.key
            );
        }
    }
    assert!(canaries.len() > 10, "personal values to watch: {}", canaries.len());
}

#[test]
fn times_count_back_from_the_start_in_dutch_time() {
    let zone = TimeZone::get("Europe/Amsterdam").expect("the time zone database is there");
    // The night before the end of summer time: twelve days back it still is summer time.
    let start = date(2026, 10, 26)
        .at(0, 30, 0, 0)
        .to_zoned(zone.clone())
        .expect("exists")
        .timestamp();
    let story = story();
    let signal = story
        .signals
        .iter()
        .find(|signal| signal.key.as_str() == "tanker-damp-bij-laden")
        .expect("is there");
    let (from, until) = signal.observed(start, &zone).expect("representable");
    assert_eq!(from.to_string(), "2026-10-14T06:15:00Z");
    assert_eq!(until.expect("lasted").to_string(), "2026-10-14T09:15:00Z");
    for signal in &story.signals {
        let (from, until) = signal.observed(start, &zone).expect("representable");
        assert!(
            from < start && until.is_none_or(|until| from < until && until < start),
            "{}",
            signal.key
        );
    }
}

#[test]
fn a_leap_day_is_kept_until_the_last_of_february() {
    assert_eq!(
        Retention::Years(5).until(date(2028, 2, 29)).expect("exists"),
        date(2033, 2, 28)
    );
    assert_eq!(
        Retention::Days(90).until(date(2026, 1, 1)).expect("exists"),
        date(2026, 4, 1)
    );
}

#[test]
fn nothing_is_shared_for_accountability() {
    let grants = story().signals.into_iter().flat_map(|signal| signal.grants);
    assert!(
        grants
            .into_iter()
            .all(|grant| grant.purpose.as_str() != "verantwoording")
    );
}
