//! The shipped vocabularies are right, and wrong ones are refused with file, key and mend.

use std::collections::BTreeSet;

use jiff::civil::date;

use super::{Files, Reference, ReferenceError};
use crate::model::organisation::OrganisationKind;

fn embedded() -> Reference {
    Reference::embedded().expect("the embedded vocabularies are right")
}

/// Replaces text in one embedded file and reads them all.
fn refused(
    change: impl for<'a> FnOnce(&'a mut Files<'static>) -> &'a mut &'static str,
    from: &str,
    to: &str,
) -> ReferenceError {
    let mut files = Files::EMBEDDED;
    let file = change(&mut files);
    assert!(file.contains(from), "the file still has '{from}'");
    *file = file.replacen(from, to, 1).leak();
    Reference::parse(&files).expect_err("a wrong file is refused")
}

#[test]
fn the_vocabularies_that_are_promised_are_there() {
    let reference = embedded();
    let codes = |codes: Vec<&str>| codes.into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
    let purposes: BTreeSet<String> = reference
        .purposes
        .iter()
        .map(|purpose| purpose.code.to_string())
        .collect();
    let expected = vec![
        "toezicht",
        "risicoanalyse",
        "bulk-triage",
        "gezamenlijk-toezicht",
        "incidentonderzoek",
        "digitale-weerbaarheid",
        "verantwoording",
    ];
    assert_eq!(purposes, codes(expected));
    let circles: BTreeSet<String> = reference.circles.iter().map(|circle| circle.code.to_string()).collect();
    assert_eq!(
        circles,
        codes(vec!["tsd", "cmj", "jji", "digitale-weerbaarheid", "leeftijdsonderzoek"])
    );
    for code in [
        "ilt", "jenv", "igj", "nvwa", "nla", "ivho", "anvs", "sodm", "rdi", "ibtd", "ioe", "ivd",
    ] {
        let organisation = reference.organisation(code).expect(code);
        assert_eq!(
            (organisation.kind, organisation.participant),
            (OrganisationKind::Inspectorate, true),
            "{code}"
        );
    }
    assert!(reference.category("rail-disruption").is_some());
    assert!(reference.safety_region("VR25").is_some());
}

#[test]
fn every_entry_has_a_source_and_what_is_invented_says_so() {
    let reference = embedded();
    assert!(reference.organisations.iter().all(|entry| !entry.source.is_empty()));
    assert!(reference.categories.iter().all(|entry| !entry.source.is_empty()));
    for basis in &reference.legal_bases {
        let says_so = basis.citation.to_lowercase().contains("fictie");
        assert_eq!(
            (says_so, basis.code.as_str().starts_with("demo-")),
            (basis.fictitious, basis.fictitious),
            "{}",
            basis.code
        );
        assert_eq!(basis.source.contains("fictitious"), basis.fictitious, "{}", basis.code);
    }
    for circle in &reference.circles {
        assert!(
            reference
                .legal_basis(circle.legal_basis.as_str())
                .expect("resolves")
                .fictitious,
            "{}",
            circle.code
        );
    }
}

#[test]
fn nobody_can_be_called_or_addressed_by_mistake() {
    for organisation in &embedded().organisations {
        assert!(
            organisation.oin.value().starts_with("00000099"),
            "{}",
            organisation.code
        );
        assert!(
            organisation.contact.email.ends_with("@example.nl"),
            "{}",
            organisation.code
        );
        assert!(
            organisation.contact.phone.starts_with("0800-00"),
            "{}",
            organisation.code
        );
        assert!(
            organisation.contact.name.ends_with("(fictief)"),
            "{}",
            organisation.code
        );
    }
    let oins: BTreeSet<_> = embedded()
        .organisations
        .into_iter()
        .map(|organisation| organisation.oin)
        .collect();
    assert_eq!(oins.len(), embedded().organisations.len());
}

#[test]
fn a_circle_lives_from_its_first_to_its_last_day() {
    let reference = embedded();
    let circle = reference.circle("leeftijdsonderzoek").expect("is there");
    assert!(!circle.lives_on(date(2020, 12, 31)));
    assert!(circle.lives_on(date(2021, 1, 1)));
    assert!(circle.lives_on(date(2035, 12, 31)));
    assert!(!circle.lives_on(date(2036, 1, 1)));
    assert!(reference.circle("tsd").expect("is there").lives_on(date(2999, 1, 1)));
}

#[test]
fn wrong_files_are_refused_with_file_key_and_mend() {
    let cases = [
        (
            refused(
                |files| &mut files.circles,
                "\"igj\", \"ivho\", \"jenv\", \"nla\"",
                "\"igj\", \"onbekend\"",
            ),
            vec!["circles.toml", "tsd.members", "'onbekend' is not in organisations.toml"],
        ),
        (
            refused(
                |files| &mut files.circles,
                "members = [\"igj\", \"jenv\"]",
                "members = [\"igj\", \"ovv\"]",
            ),
            vec!["circles.toml", "cmj.members", "'ovv' is no inspectorate"],
        ),
        (
            refused(
                |files| &mut files.circles,
                "members = [\"igj\", \"jenv\"]",
                "members = [\"jenv\"]",
            ),
            vec!["cmj.coordinator", "add it to the members"],
        ),
        (
            refused(
                |files| &mut files.circles,
                "purposes = [\"incidentonderzoek\"]",
                "purposes = []",
            ),
            vec!["cmj.purposes", "at least one purpose"],
        ),
        (
            refused(|files| &mut files.circles, "\"demo-cmj\"", "\"wgs\""),
            vec!["cmj.legal_basis", "'wgs' is not in legal_bases.toml"],
        ),
        (
            refused(|files| &mut files.circles, "2035-12-31", "2020-01-01"),
            vec!["leeftijdsonderzoek.ends", "before the start"],
        ),
        (
            refused(|files| &mut files.circles, "2035-12-31", "31-12-2035"),
            vec!["circles.toml", "ends = \"31-12-2035\"", "yyyy-mm-dd"],
        ),
        (
            refused(|files| &mut files.organisations, "00000099000000001000", "1000"),
            vec!["organisations.toml", "oin = \"1000\"", "exactly 20 digits"],
        ),
        (
            refused(
                |files| &mut files.purposes,
                "code = \"bulk-triage\"",
                "code = \"toezicht\"",
            ),
            vec!["purposes.toml", "'toezicht' occurs twice"],
        ),
        (
            refused(
                |files| &mut files.categories,
                "domain = \"transport\"",
                "domain = \"verkeer\"",
            ),
            vec![
                "categories.toml",
                "hazardous-transport.domain",
                "'verkeer' is not in domains.toml",
            ],
        ),
        (
            refused(|files| &mut files.safety_regions, "VR25", "VR26"),
            vec!["safety_regions.toml", "VR01 to VR25"],
        ),
        (
            refused(|files| &mut files.domains, "name_en", "english"),
            vec!["domains.toml", "english"],
        ),
    ];
    for (error, parts) in cases {
        let text = error.to_string();
        for part in parts {
            assert!(text.contains(part), "'{part}' is in: {text}");
        }
    }
}
