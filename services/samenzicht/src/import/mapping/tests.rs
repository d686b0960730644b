use super::*;

const SMALL: &str = r#"
format = 1
name = "small"
kind = "signals"
reference = { system = "zs", column = "id" }
[fields]
title = { template = "{what}" }
narrative = { column = "text" }
category = { column = "kind", lookup = "kinds" }
severity = { column = "minutes", steps = [{ from = 0, is = "MINOR" }, { from = 60, is = "SERIOUS" }] }
observed_from = { column = "begin" }
[labels]
tlp = "AMBER"
[lookup.kinds]
"spoor" = "rail-disruption"
[[rules]]
when = { column = "kind", is = "spoor" }
share = [{ with = "circle:tsd", purpose = "toezicht", legal_basis = "demo-tsd" }]
"#;

fn mapping(text: &str) -> Result<Mapping, MappingFault> {
    Mapping::parse("m.toml", text.to_owned())
}

/// The fault when `from` is written as `to`.
fn fault(from: &str, to: &str) -> MappingFault {
    assert!(SMALL.contains(from), "{from} is not in the mapping");
    mapping(&SMALL.replacen(from, to, 1)).expect_err("must be refused")
}

fn header(names: &str) -> Header {
    Header::new(names.split(',').map(str::to_owned).collect())
}

#[test]
fn a_mapping_is_its_bytes() {
    let small = mapping(SMALL).expect("valid");
    assert_eq!(small.hash, format!("{:x}", Sha256::digest(SMALL)));
    assert_ne!(small.hash, mapping(&format!("{SMALL}\n# remark")).expect("valid").hash);
}

#[test]
fn the_mapping_of_the_real_records_holds() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/mappings/rail-disruptions.toml");
    let rail = Mapping::read(&path).expect("valid");
    assert_eq!(rail.signals.as_ref().expect("signals").rules.len(), 4);
}

#[test]
fn a_mistyped_key_is_told_with_its_line_and_the_nearest() {
    let wrong = fault("severity =", "severty =");
    assert_eq!((wrong.key.as_str(), wrong.line), ("fields.severty", Some(10)));
    assert!(wrong.mend.contains("Did you mean `severity`?"), "{wrong}");
    let wrong = fault("{ column = \"text\" }", "{ colum = \"text\" }");
    assert_eq!(wrong.key, "fields.narrative.colum");
    assert!(wrong.mend.contains("Did you mean `column`?"), "{wrong}");
    let wrong = fault("legal_basis", "legalbasis");
    assert_eq!(wrong.key, "rules[0].share[0].legalbasis");
    let wrong = fault("[labels]", "[label]");
    assert_eq!(wrong.key, "label");
    assert!(wrong.to_string().starts_with("mapping m.toml, line"), "{wrong}");
}

#[test]
fn a_missing_key_is_told() {
    let wrong = fault("title = { template = \"{what}\" }", "");
    assert_eq!(wrong.key, "fields.title");
    assert!(wrong.problem.contains("missing"), "{wrong}");
    assert_eq!(fault(", purpose = \"toezicht\"", "").key, "rules[0].share[0].purpose");
}

#[test]
fn every_word_that_can_come_out_is_checked_beforehand() {
    let wrong = fault("is = \"SERIOUS\"", "is = \"SERIUS\"");
    assert_eq!(wrong.key, "fields.severity.steps");
    assert!(wrong.mend.contains("Did you mean `SERIOUS`?"), "{wrong}");
    assert_eq!(fault("tlp = \"AMBER\"", "tlp = \"ORANGE\"").key, "labels.tlp");
    let wrong = fault(
        "severity = {",
        "urgency = { column = \"kind\", lookup = \"kinds\" }\nseverity = {",
    );
    assert_eq!(wrong.key, "lookup.kinds.\"spoor\"");
}

#[test]
fn parts_that_do_not_fit_together_are_told() {
    for (from, to, key) in [
        ("lookup = \"kinds\"", "lookup = \"kind\"", "fields.category.lookup"),
        (
            "{ column = \"text\" }",
            "{ column = \"text\", value = \"x\" }",
            "fields.narrative",
        ),
        (
            "{ column = \"text\" }",
            "{ column = \"text\", formats = [\"%Y\"] }",
            "fields.narrative.formats",
        ),
        (
            "{ column = \"text\" }",
            "{ column = \"text\", separator = \",\" }",
            "fields.narrative.separator",
        ),
        ("template = \"{what}\"", "template = \"{what\"", "fields.title.template"),
        ("{ from = 60,", "{ from = 0,", "fields.severity.steps"),
        ("\"circle:tsd\"", "\"cirkel:tsd\"", "rules[0].share[0].with"),
        ("column = \"id\"", "column = \"id\", template = \"{id}\"", "reference"),
        ("format = 1", "format = 2", "format"),
        ("kind = \"signals\"", "kind = \"signal\"", "kind"),
        ("[fields]", "[file]\ndelimiter = \"ab\"\n[fields]", "file.delimiter"),
        (
            "[fields]",
            "[file]\ntime_zone = \"Europe/Amsterdm\"\n[fields]",
            "file.time_zone",
        ),
        (
            "[[rules]]",
            "[[rules]]\nwhen = \"always\"\nshare = \"nobody\"\n[[rules]]",
            "rules[1]",
        ),
    ] {
        let wrong = fault(from, to);
        assert_eq!(wrong.key, key, "{wrong}");
        assert!(!wrong.mend.is_empty(), "{wrong}");
    }
}

#[test]
fn tlp_is_the_upper_bound_of_what_a_rule_grants() {
    assert_eq!(fault("\"circle:tsd\"", "\"everyone\"").key, "rules[0].tlp");
    assert_eq!(
        fault("share = [", "tlp = \"AMBER_STRICT\"\nshare = [").key,
        "rules[0].tlp"
    );
    assert!(mapping(&SMALL.replace("\"circle:tsd\"", "\"organisation:igj\"")).is_ok());
    let green = SMALL
        .replace("\"circle:tsd\"", "\"everyone\"")
        .replace("share = [", "tlp = \"GREEN\"\nshare = [");
    assert!(mapping(&green).is_ok());
}

#[test]
fn columns_that_the_file_lacks_are_all_told() {
    let small = mapping(SMALL).expect("valid");
    assert_eq!(small.fits(&header("begin,minutes,kind,text,what,id,more")), Ok(()));
    let wrong = small
        .fits(&header("begin,minuten,kind,txt,what,id"))
        .expect_err("two are missing");
    assert!(
        wrong.problem.contains("`text`") && wrong.problem.contains("`minutes`"),
        "{wrong}"
    );
    assert!(wrong.mend.contains("Did you mean `txt`?"), "{wrong}");
    let wrong = small
        .fits(&header("begin,minutes,kind,text,what,id,id"))
        .expect_err("twice");
    assert!(wrong.problem.contains("twice"), "{wrong}");
}

#[test]
fn an_address_goes_with_the_tool_and_the_moment() {
    let with = |fields: &str| SMALL.replacen("[fields]", &format!("[fields]\n{fields}"), 1);
    let fault = mapping(&with("url = { column = \"url\" }")).expect_err("by which tool?");
    assert!(fault.to_string().contains("fields.url"), "{fault}");
    let whole = "url = { column = \"url\" }\ntool = \"Webspeurder\"\ncollected_at = { column = \"found\" }";
    mapping(&with(whole)).expect("valid");
}

fn row_of(names: &str, fields: &[&str]) -> (Header, Vec<Vec<u8>>) {
    (
        header(names),
        fields.iter().map(|field| field.as_bytes().to_vec()).collect(),
    )
}

#[test]
fn a_row_without_a_key_is_known_by_the_hash_of_its_columns() {
    let text = SMALL.replace(r#"column = "id""#, r#"hash = ["what", "begin"]"#);
    let hashed = mapping(&text).expect("valid");
    let reference = |names: &str, fields: &[&str]| {
        let (header, fields) = row_of(names, fields);
        let row = crate::import::row::Row::new(&header, &fields).expect("text");
        hashed
            .signals
            .as_ref()
            .expect("signals")
            .reference
            .take(&row)
            .expect("no reject")
    };
    // By the columns that are named, in the mapping's order, whatever stands beside them and around them.
    let known = reference("what,begin", &["lek", "2020"]);
    assert_eq!(
        known.as_deref(),
        Some("sha256:7c2c4aaff8994241c7cc5c9d0b5c9449633fe52ec5e0a9ae985e130801d58dc4")
    );
    assert_eq!(reference("begin,other,what", &["2020", "x", " lek "]), known);
    for other in [["lek2", "020"], ["2020", "lek"], ["lek", ""], ["", "2020"]] {
        assert_ne!(reference("what,begin", &other), known, "{other:?}");
    }
    assert_eq!(reference("what,begin", &["", " "]), None);
    let missing = hashed.fits(&header("what,text,kind,minutes")).expect_err("no begin");
    assert!(missing.problem.contains("`begin` (reference.hash)"), "{missing}");
    let both = mapping(&text.replace("hash =", r#"column = "id", hash ="#)).expect_err("one way");
    assert!(both.mend.contains("`hash`"), "{both}");
    assert!(mapping(&text.replace(r#"["what", "begin"]"#, "[]")).is_err());
}

#[test]
fn formats_and_zones_are_checked_before_anything_is_sent() {
    let wrong = fault(
        r#"{ column = "begin" }"#,
        r#"{ column = "begin", formats = ["excel1990"] }"#,
    );
    assert_eq!(wrong.key, "fields.observed_from.formats");
    assert!(wrong.mend.contains("Did you mean `excel1900`?"), "{wrong}");
    let wrong = fault(
        r#"{ column = "begin" }"#,
        r#"{ column = "begin", time_zone = "Europe/Amsterdm" }"#,
    );
    assert_eq!(wrong.key, "fields.observed_from.time_zone");
    let wrong = fault(r#"{ column = "text" }"#, r#"{ column = "text", time_zone = "UTC" }"#);
    assert_eq!(wrong.key, "fields.narrative.time_zone");
    let own = SMALL.replace(
        r#"{ column = "begin" }"#,
        r#"{ column = "begin", time_zone = "UTC", formats = ["excel1904", "%d-%m-%Y %H:%M"] }"#,
    );
    let own = mapping(&own).expect("valid");
    let clock = own.clock(&own.signals.as_ref().expect("signals").fields.observed_from);
    for text in ["42185.5", "01-07-2019 12:00", "2019-07-01T12:00:00"] {
        assert_eq!(
            clock.moment(text).expect("a moment").at.to_string(),
            "2019-07-01T12:00:00Z",
            "{text}"
        );
    }
}

#[test]
fn a_header_that_another_sign_divides_says_so() {
    let small = mapping(SMALL).expect("valid");
    let fault = small.fits(&header("id;what;text")).expect_err("one column");
    assert!(
        fault.mend.contains("';'") && fault.mend.contains("file.delimiter"),
        "{fault}"
    );
}
