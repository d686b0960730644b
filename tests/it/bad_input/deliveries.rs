//! What a case system may not deliver, and what becomes of the rest.

use serde_json::{Value, json};
use tests::signals::{IMPORT, MAPPING, grant, item};
use tests::stand::{Shape, Stand};

use super::{Made, Row, made, row, sentence};

pub fn deliveries(made: &Made) -> Vec<Row> {
    let profile = &made.profile;
    let import = |profile: &str, items: Vec<Value>| json!({ "profile": profile, "items": items });
    let many = (0..501).map(|line| item(line, "Te veel")).collect();
    let by = |row: Row| row.by("ilt.casesystem", "toezicht");
    let waiting = sha(&MAPPING.replace("proef", "wachtend"));
    vec![
        by(row(
            "a profile that never was",
            IMPORT,
            import(&"0".repeat(64), vec![item(1, "x")]),
            "PROFILE_NOT_APPROVED",
            "profile",
        )),
        by(row(
            "a profile that waits",
            IMPORT,
            import(&waiting, vec![item(1, "x")]),
            "PROFILE_NOT_APPROVED",
            "profile",
        )),
        by(row(
            "too many items",
            IMPORT,
            import(profile, many),
            "TOO_MANY",
            "items",
        )),
        row(
            "an inspector who delivers",
            IMPORT,
            import(profile, vec![item(1, "x")]),
            "FORBIDDEN",
            None,
        ),
        row(
            "another's profile",
            IMPORT,
            import(profile, vec![item(1, "x")]),
            "PROFILE_NOT_APPROVED",
            "profile",
        )
        .by("igj.casesystem", "toezicht"),
        by(row(
            "a mapping that is none",
            "mutation { proposeImportProfile(name: \"x\", mapping: \"geen toml\") { hash } }",
            json!({}),
            "INVALID_INPUT",
            "mapping",
        )),
        by(row(
            "approved by the case system",
            "mutation ($hash: String!) { approveImportProfile(hash: $hash) { hash } }",
            json!({ "hash": waiting }),
            "FORBIDDEN",
            None,
        )),
        row(
            "approval of what never was",
            "mutation { approveImportProfile(hash: \"x\") { hash } }",
            json!({}),
            "NOT_FOUND",
            "hash",
        )
        .by("ilt.steward", "toezicht"),
    ]
}

fn sha(text: &str) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_tells_each_item_and_takes_the_rest() {
    let stand = Stand::up(Shape::Processes).await;
    let made = made(&stand).await;
    let caller = stand.caller("ilt.casesystem", "toezicht");
    let mut items: Vec<Value> = (1..=8).map(|line| item(line, "Levering")).collect();
    items[1]["grants"] = json!([grant("nvwa", "toezicht")]);
    items[2]["signal"]["externalReference"]["system"] = json!("anders");
    items[3]["signal"]["externalReference"] = Value::Null;
    items[4]["signal"]["category"] = json!("luchtkastelen");
    items[5]["signal"]["parties"] = json!(["pty_1"]);
    items[6]["signal"]["reporter"] = json!({ "name": "Canarie" });
    items[7]["signal"]["title"] = json!("Stg. GEHEIM");
    let expected = [
        (2, "PROFILE_FORBIDS", "grants.0"),
        (3, "PROFILE_FORBIDS", "signal.externalReference.system"),
        (4, "REQUIRED", "signal.externalReference"),
        (5, "UNKNOWN_REFERENCE", "signal.category"),
        (6, "INVALID_ID", "signal.parties.0"),
        (7, "PROFILE_FORBIDS", "signal.reporter"),
        (8, "STATE_SECRET", "signal.title"),
    ];
    let before = stand.behind.amounts().await;
    let variables = |dry: bool| json!({ "profile": made.profile, "items": items, "dryRun": dry });
    let dry = caller.data(IMPORT, variables(true)).await["importSignals"].take();
    assert_eq!(stand.behind.amounts().await, before, "a dry run leaves nothing behind");
    let dutch = caller.data(IMPORT, variables(false)).await["importSignals"].take();
    let english = caller.clone().english().data(IMPORT, variables(false)).await["importSignals"].take();
    for (what, answer) in [("dry", &dry), ("Dutch", &dutch), ("English", &english)] {
        assert_eq!(answer["rejected"], expected.len(), "{what}: {answer:#}");
        for (line, code, field) in expected {
            let result = &answer["results"][line - 1];
            assert_eq!(
                (&result["line"], &result["outcome"]),
                (&json!(line), &json!("REJECTED")),
                "{what}: {result:#}"
            );
            let error = result["errors"]
                .as_array()
                .expect("errors")
                .iter()
                .find(|error| error["code"] == code);
            let error = error.unwrap_or_else(|| panic!("{what}: not {code}: {result:#}"));
            assert_eq!(error["field"], field, "{what}: {error:#}");
            sentence(error, what);
        }
    }
    assert_ne!(
        dutch["results"][4]["errors"][0]["message"],
        english["results"][4]["errors"][0]["message"]
    );
    assert_eq!(
        (&dry["created"], &dutch["created"], &english["unchanged"]),
        (&json!(1), &json!(1), &json!(1))
    );
    stand.down().await;
}
