//! What bad input gets, over HTTP through the gateway: a stable code, the field, how to mend it in Dutch and English, and
//! nothing half-written.

mod callers;
mod changes;
mod contents;
mod deliveries;
mod questions;

use serde_json::{Value, json};
use tests::caller::Answer;
use tests::signals::{MAPPING, RECORD, RETRACT, approved, grant, input, published, recorded, shared};
use tests::stand::{Shape, Stand};

use changes::changes;
use contents::contents;
use deliveries::deliveries;
use questions::questions;

/// One thing that is wrong.
struct Row {
    what: &'static str,
    account: &'static str,
    purpose: &'static str,
    query: String,
    variables: Value,
    code: &'static str,
    field: Option<&'static str>,
}

fn row(
    what: &'static str,
    query: &str,
    variables: Value,
    code: &'static str,
    field: impl Into<Option<&'static str>>,
) -> Row {
    let (account, purpose) = ("ilt.inspector", "toezicht");
    Row {
        what,
        account,
        purpose,
        query: query.to_owned(),
        variables,
        code,
        field: field.into(),
    }
}

impl Row {
    fn by(self, account: &'static str, purpose: &'static str) -> Self {
        Self {
            account,
            purpose,
            ..self
        }
    }
}

/// A good signal with one field changed.
fn with(field: &str, value: Value) -> Value {
    let mut input = input("Proef");
    input[field] = value;
    json!({ "input": input })
}

/// The error with this code, and all that is told.
fn told(answer: &Answer, code: &str, what: &str) -> Value {
    let body = answer.json();
    let errors = body["errors"]
        .as_array()
        .unwrap_or_else(|| panic!("{what}: not refused: {body:#}"));
    let found = errors.iter().find(|error| error["extensions"]["code"] == code);
    found.unwrap_or_else(|| panic!("{what}: not {code}: {body:#}")).clone()
}

/// A sentence that is one: no gaps, not empty, no names of ours.
fn sentence(error: &Value, what: &str) -> String {
    let text = error["message"].as_str().unwrap_or_default().to_owned();
    let whole = text.len() > 15 && !text.contains(['{', '}']) && !text.contains("..");
    assert!(whole, "{what}: {text:?}");
    text
}

async fn refuses(stand: &Stand, row: &Row) {
    let caller = stand.caller(row.account, row.purpose);
    let before = stand.behind.amounts().await;
    let dutch = told(&caller.ask(&row.query, row.variables.clone()).await, row.code, row.what);
    let answer = caller.english().ask(&row.query, row.variables.clone()).await;
    let english = told(&answer, row.code, row.what);
    assert_eq!(
        dutch["extensions"]["field"].as_str(),
        row.field,
        "{}: {dutch:#}",
        row.what
    );
    assert_eq!(english["extensions"], dutch["extensions"], "{}", row.what);
    let (dutch, english) = (sentence(&dutch, row.what), sentence(&english, row.what));
    assert_ne!(dutch, english, "{}: in both languages", row.what);
    println!(
        "{:<34} {} {}\n    {dutch}\n    {english}",
        row.what,
        row.code,
        row.field.unwrap_or("-")
    );
    assert_eq!(
        stand.behind.amounts().await,
        before,
        "{}: something was written",
        row.what
    );
}

/// Signals of ILT in several states, made beforehand.
struct Made {
    draft: String,
    published: String,
    retracted: String,
    grant: String,
    profile: String,
}

async fn made(stand: &Stand) -> Made {
    let ilt = stand.caller("ilt.inspector", "toezicht");
    let draft = recorded(&ilt, input("Concept")).await;
    let mut referenced = input("Met kenmerk");
    referenced["externalReference"] = json!({ "system": "proef", "reference": "dubbel" });
    recorded(&ilt, referenced).await;
    let public = published(&ilt, "Gepubliceerd").await;
    let grant = shared(&ilt, &public, grant("igj", "risicoanalyse")).await;
    let retracted = published(&ilt, "Ingetrokken").await;
    ilt.data(
        RETRACT,
        json!({ "id": retracted, "version": 2, "reason": "vergissing" }),
    )
    .await;
    let profile = approved(
        &stand.caller("ilt.casesystem", "toezicht"),
        &stand.caller("ilt.steward", "toezicht"),
    )
    .await;
    let never = "mutation ($mapping: String!) { proposeImportProfile(name: \"wacht\", mapping: $mapping) { hash } }";
    let waiting = json!({ "mapping": MAPPING.replace("proef", "wachtend") });
    stand.caller("ilt.casesystem", "toezicht").data(never, waiting).await;
    Made {
        draft,
        published: public,
        retracted,
        grant,
        profile,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_has_its_code_field_and_mend_in_one_process() {
    every_fault_has_its_code_field_and_mend(Shape::OneProcess).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_has_its_code_field_and_mend_over_processes() {
    every_fault_has_its_code_field_and_mend(Shape::Processes).await;
}

async fn every_fault_has_its_code_field_and_mend(shape: Shape) {
    let stand = Stand::up(shape).await;
    let made = made(&stand).await;
    let mut failed = Vec::new();
    for row in contents()
        .into_iter()
        .chain(changes(&made))
        .chain(questions())
        .chain(deliveries(&made))
    {
        let what = row.what;
        let tried = std::panic::AssertUnwindSafe(refuses(&stand, &row));
        if futures::FutureExt::catch_unwind(tried).await.is_err() {
            failed.push(what);
        }
    }
    assert!(failed.is_empty(), "{} rows: {failed:#?}", failed.len());
    stand.down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_looks_personal_is_accepted_with_a_warning() {
    let stand = Stand::up(Shape::OneProcess).await;
    let caller = stand.caller("ilt.inspector", "toezicht");
    for (field, text) in [
        ("narrative", "Gemeld door BSN 111222333."),
        ("narrative", "Mail naar jan@voorbeeld.nl"),
        ("title", "Bel 06-12345678"),
        ("place", "Bij mevrouw Jansen"),
        ("note", "Volgens dhr. Pietersen"),
    ] {
        let mut both = Vec::new();
        for caller in [caller.clone(), caller.clone().english()] {
            let answer = caller.data(RECORD, with(field, json!(text))).await;
            let warning = answer["recordSignal"]["warnings"][0].clone();
            assert_eq!(
                (&warning["code"], &warning["field"]),
                (&json!("LOOKS_PERSONAL"), &json!(field)),
                "{text}: {answer:#}"
            );
            both.push(sentence(&warning, text));
        }
        assert_ne!(both[0], both[1], "in both languages");
    }
    stand.down().await;
}
