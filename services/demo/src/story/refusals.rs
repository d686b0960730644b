//! A wrong story is refused with file, key and mend.

use super::tests::reference;
use super::{Files, Story};

/// One change to one file: what is replaced, by what, and what the refusal must say.
type Change = (&'static str, &'static str, &'static str);

fn refuses<const N: usize>(
    file: impl for<'a> Fn(&'a mut Files<'static>) -> &'a mut &'static str,
    changes: [Change; N],
) {
    for (from, to, part) in changes {
        let mut files = Files::EMBEDDED;
        let text = file(&mut files);
        assert!(text.contains(from), "the file still has '{from}'");
        *text = text.replacen(from, to, 1).leak();
        let Err(error) = Story::parse(&files, &reference()) else {
            panic!("accepted: {part}")
        };
        let error = error.to_string();
        assert!(error.contains(part), "'{part}' is in: {error}");
    }
}

#[test]
fn wrong_accounts() {
    refuses(
        |files| &mut files.accounts,
        [
            (
                r#"["administrator"]"#,
                r#"["administrator", "inspector"]"#,
                "ilt.admin.roles",
            ),
            (
                r#"["data_steward"]"#,
                r#"["data_steward", "privacy_officer"]"#,
                "may not hold both",
            ),
            (r#"["auditor"]"#, r#"["auditor", "analyst"]"#, "auditor.roles"),
            (r#"["inspector"]"#, r#"["baas"]"#, "'baas' is no role"),
            ("clearance = 2", "clearance = 3", "state secrets are refused"),
            (
                r#"organisation = "ilt""#,
                r#"organisation = "xyz""#,
                "ilt.inspector.organisation",
            ),
            (
                r#"subject = "ilt.analyst""#,
                r#"subject = "ilt.inspector""#,
                "occurs twice",
            ),
        ],
    );
}

#[test]
fn wrong_parties_and_sites() {
    refuses(
        |files| &mut files.parties,
        [
            ("000099041", "000099042", "eleven test"),
            ("0099013", "0099014", "IMO number"),
            ("00009903", "00009901", "occurs twice"),
            (r#"custodians = ["ilt"]"#, "custodians = []", "name a custodian"),
        ],
    );
    refuses(
        |files| &mut files.sites,
        [
            (
                r#"party = "chemievaart""#,
                r#"party = "niemand""#,
                "kade-voorbeeldhaven.party",
            ),
            ("VR17", "VR77", "VR01 to VR25"),
            ("0000 AA", "AA 0000", "postcode"),
        ],
    );
}

#[test]
fn wrong_signals() {
    refuses(
        |files| &mut files.signals,
        [
            (
                r#"category = "hazardous-transport""#,
                r#"category = "x-files""#,
                "tanker-damp-bij-laden.category",
            ),
            (r#"severity = "SERIOUS""#, r#"severity = "ERNSTIG""#, "none of MINOR"),
            (r#"tlp = "RED""#, r#"tlp = "ORANGE""#, "tanker-tip-lozing.labels"),
            (r#"at = "08:15""#, r#"at = "25:15""#, "hh:mm"),
            ("lasted_hours = 3", "lasted_hours = 999", "in the future"),
            (r#""+2y""#, r#""2 years""#, "+5y or +90d"),
            ("\nbecause = ", "\n# because = ", "says why"),
            (
                r#"["chemievaart", "mts-verzinsel"]"#,
                r#"["mts-verzinsel"]"#,
                "not among its parties",
            ),
            ("title = ", "titel = ", "titel"),
        ],
    );
}

#[test]
fn signals_that_would_be_refused_when_played() {
    refuses(
        |files| &mut files.signals,
        [
            (r#"as = "ilt.inspector""#, r#"as = "ilt.analyst""#, "does not hold it"),
            (r#"as = "igj.analyst""#, r#"as = "igj.accountholder""#, "may record"),
            (
                r#"as = "ilt.coordinator"
purpose = "toezicht""#,
                r#"as = "ilt.inspector"
purpose = "toezicht""#,
                "not cleared",
            ),
            (
                r#"{ organisation = "nla" }"#,
                r#"{ organisation = "xyz" }"#,
                "tanker-damp-bij-laden.grants.to",
            ),
            (
                r#"{ account = "jenv.coordinator" }"#,
                r#"{ organisation = "jenv" }"#,
                "TLP forbids",
            ),
            ("{ everyone = true }", "{ everyone = false }", "everyone = true"),
            (
                r#"purpose = "incidentonderzoek", legal_basis = "demo-cmj""#,
                r#"purpose = "toezicht", legal_basis = "demo-cmj""#,
                "no purpose of 'cmj'",
            ),
            (
                r#"legal_basis = "demo-cmj""#,
                r#"legal_basis = "demo-tsd""#,
                "the basis of 'cmj'",
            ),
            (
                r#"{ organisation = "nla" }, purpose = "toezicht""#,
                r#"{ organisation = "nla" }, purpose = "bulk-triage""#,
                "nobody there",
            ),
        ],
    );
}
