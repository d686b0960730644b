//! What bad input gets, over HTTP through the gateway: a stable code, the field, how to mend it in Dutch and English, and
//! nothing half-written.

use serde_json::{Value, json};
use tests::caller::{Answer, Caller, document};
use tests::signals::{
    EDIT, IMPORT, LABEL, MAPPING, PUBLISH, RECORD, RETRACT, REVOKE, SHARE, approved, grant, input, item, published,
    recorded, shared,
};
use tests::stand::{Shape, Stand};

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

fn contents() -> Vec<Row> {
    let mut both = input(" ");
    both["narrative"] = json!("x".repeat(20_001));
    let sixty = |count: usize| json!((0..count).map(|_| "Iemand").collect::<Vec<_>>());
    vec![
        row(
            "party of another kind",
            RECORD,
            with("parties", json!(["sig_0123"])),
            "INVALID_ID",
            "input.parties.0",
        ),
        row(
            "party in capitals",
            RECORD,
            with("parties", json!([format!("pty_{}", "A".repeat(32))])),
            "INVALID_ID",
            "input.parties.0",
        ),
        row(
            "site that is no id",
            RECORD,
            with("sites", json!(["havenkade"])),
            "INVALID_ID",
            "input.sites.0",
        ),
        row(
            "unknown party",
            RECORD,
            with("parties", json!([format!("pty_{}", "0".repeat(32))])),
            "UNKNOWN_REFERENCE",
            "input.parties.0",
        ),
        row(
            "unknown site",
            RECORD,
            with("sites", json!([format!("sit_{}", "0".repeat(32))])),
            "UNKNOWN_REFERENCE",
            "input.sites.0",
        ),
        row(
            "unknown region",
            RECORD,
            with("regions", json!(["VR17", "VR99"])),
            "UNKNOWN_REFERENCE",
            "input.regions.1",
        ),
        row(
            "unknown category",
            RECORD,
            with("category", json!("luchtkastelen")),
            "UNKNOWN_REFERENCE",
            "input.category",
        ),
        row(
            "a date that is none",
            RECORD,
            with("observedFrom", json!("gisteren")),
            "INVALID_INPUT",
            "input.observedFrom",
        ),
        row(
            "a moment without offset",
            RECORD,
            with("observedFrom", json!("2026-06-01T08:00:00")),
            "INVALID_INPUT",
            "input.observedFrom",
        ),
        row(
            "a moment in another age",
            RECORD,
            with("observedFrom", json!("1066-06-01T08:00:00Z")),
            "INVALID_INPUT",
            "input.observedFrom",
        ),
        row(
            "a moment to come",
            RECORD,
            with("observedFrom", json!("2199-06-01T08:00:00Z")),
            "INVALID_DATE",
            "input.observedFrom",
        ),
        row(
            "an end before its beginning",
            RECORD,
            with("observedUntil", json!("2026-06-01T07:59:59Z")),
            "INVALID_PERIOD",
            "input.observedUntil",
        ),
        row(
            "a thirtieth of February",
            RECORD,
            with("labels", json!({ "retainUntil": "2027-02-30" })),
            "INVALID_INPUT",
            "input.labels.retainUntil",
        ),
        row(
            "kept until yesterday",
            RECORD,
            with("labels", json!({ "retainUntil": "2020-01-01" })),
            "INVALID_DATE",
            "input.labels.retainUntil",
        ),
        row(
            "kept too long",
            RECORD,
            with("labels", json!({ "retainUntil": "2050-01-01" })),
            "INVALID_DATE",
            "input.labels.retainUntil",
        ),
        row(
            "unknown severity",
            RECORD,
            with("severity", json!("ERG")),
            "INVALID_INPUT",
            "input.severity",
        ),
        row(
            "rank of a state secret",
            RECORD,
            with("labels", json!({ "rank": "STG_GEHEIM" })),
            "INVALID_INPUT",
            "input.labels.rank",
        ),
        row(
            "rank above clearance",
            RECORD,
            with("labels", json!({ "rank": "DEPARTEMENTAAL_VERTROUWELIJK" })),
            "RANK_ABOVE_CLEARANCE",
            "input.labels.rank",
        ),
        row(
            "title too long",
            RECORD,
            with("title", json!("x".repeat(201))),
            "TOO_LONG",
            "input.title",
        ),
        row(
            "narrative too long",
            RECORD,
            with("narrative", json!("x".repeat(20_001))),
            "TOO_LONG",
            "input.narrative",
        ),
        row(
            "place too long",
            RECORD,
            with("place", json!("x".repeat(201))),
            "TOO_LONG",
            "input.place",
        ),
        row(
            "no title",
            RECORD,
            with("title", json!("  ")),
            "REQUIRED",
            "input.title",
        ),
        row(
            "control characters",
            RECORD,
            with("title", json!("a\u{0}b")),
            "INVALID_INPUT",
            "input.title",
        ),
        row(
            "two faults at once",
            RECORD,
            json!({ "input": both }),
            "TOO_LONG",
            "input.narrative",
        ),
        row(
            "too many persons",
            RECORD,
            with("personsInvolved", sixty(101)),
            "TOO_MANY",
            "input.personsInvolved",
        ),
        row(
            "state secret in the narrative",
            RECORD,
            with("narrative", json!("Stg. GEHEIM: bijlage 3")),
            "STATE_SECRET",
            "input.narrative",
        ),
        row(
            "state secret in the title",
            RECORD,
            with("title", json!("STG.CONFIDENTIEEL verslag")),
            "STATE_SECRET",
            "input.title",
        ),
        row(
            "state secret in the place",
            RECORD,
            with("place", json!("Stg. GEHEIM depot")),
            "STATE_SECRET",
            "input.place",
        ),
        row(
            "a role that records nothing",
            RECORD,
            json!({ "input": input("Proef") }),
            "FORBIDDEN",
            None,
        )
        .by("ilt.steward", "toezicht"),
        row(
            "an administrator who records",
            RECORD,
            json!({ "input": input("Proef") }),
            "FORBIDDEN",
            None,
        )
        .by("ilt.admin", "verantwoording"),
    ]
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

fn changes(made: &Made) -> Vec<Row> {
    let (draft, public, retracted) = (&made.draft, &made.published, &made.retracted);
    let share = |change: fn(&mut Value)| {
        let mut grant = grant("nvwa", "toezicht");
        change(&mut grant);
        json!({ "id": public, "grant": grant })
    };
    let edit = |id: &str, version: i32| json!({ "id": id, "version": version, "input": { "title": "Anders" } });
    let of = |id: &str, version: i32| json!({ "id": id, "version": version });
    let random = format!("sig_{}", "1".repeat(32));
    vec![
        row("an id that is none", PUBLISH, of("signaal-1", 1), "INVALID_ID", "id"),
        row("an id that never was", PUBLISH, of(&random, 1), "NOT_FOUND", None),
        row(
            "a grant's id that is none",
            REVOKE,
            json!({ "id": "grt_1" }),
            "INVALID_ID",
            "grantId",
        ),
        row("a stale edit", EDIT, edit(draft, 7), "STALE_VERSION", "version"),
        row("a stale publication", PUBLISH, of(draft, 0), "STALE_VERSION", "version"),
        row(
            "a stale label",
            LABEL,
            json!({ "id": public, "version": 1, "labels": { "tlp": "RED" } }),
            "STALE_VERSION",
            "version",
        ),
        row("published twice", PUBLISH, of(public, 3), "WRONG_STATE", None),
        row(
            "a draft retracted",
            RETRACT,
            json!({ "id": draft, "version": 1, "reason": "x" }),
            "WRONG_STATE",
            None,
        ),
        row("a retracted one edited", EDIT, edit(retracted, 3), "WRONG_STATE", None),
        row(
            "retracted without a reason",
            RETRACT,
            json!({ "id": public, "version": 3, "reason": " " }),
            "REQUIRED",
            "reason",
        ),
        row(
            "edited to nothing",
            EDIT,
            json!({ "id": draft, "version": 1, "input": { "title": "" } }),
            "REQUIRED",
            "input.title",
        ),
        row(
            "edited to an unknown party",
            EDIT,
            json!({ "id": draft, "version": 1, "input": { "parties": ["pty_x"] } }),
            "INVALID_ID",
            "input.parties.0",
        ),
        row(
            "the same key twice",
            RECORD,
            with("externalReference", json!({ "system": "proef", "reference": "dubbel" })),
            "DUPLICATE_REFERENCE",
            "input.externalReference",
        ),
        row(
            "grant that the TLP forbids",
            SHARE,
            share(|grant| grant["to"] = json!({ "everyone": true })),
            "TLP_FORBIDS_GRANT",
            "grant.to",
        ),
        row(
            "grant without purpose",
            SHARE,
            share(|grant| grant["purpose"] = Value::Null),
            "GRANT_NEEDS_PURPOSE",
            "grant.purpose",
        ),
        row(
            "grant without basis",
            SHARE,
            share(|grant| grant["legalBasis"] = Value::Null),
            "GRANT_NEEDS_BASIS",
            "grant.legalBasis",
        ),
        row(
            "grant for an unknown purpose",
            SHARE,
            share(|grant| grant["purpose"] = json!("vermaak")),
            "UNKNOWN_REFERENCE",
            "grant.purpose",
        ),
        row(
            "grant on an unknown basis",
            SHARE,
            share(|grant| grant["legalBasis"] = json!("gewoonte")),
            "UNKNOWN_REFERENCE",
            "grant.legalBasis",
        ),
        row(
            "grant to an unknown inspectorate",
            SHARE,
            share(|grant| grant["to"] = json!({ "organisation": "kgb" })),
            "UNKNOWN_REFERENCE",
            "grant.to",
        ),
        row(
            "grant to an unknown account",
            SHARE,
            share(|grant| grant["to"] = json!({ "account": "ilt.nobody" })),
            "UNKNOWN_REFERENCE",
            "grant.to",
        ),
        row(
            "purpose not of the circle",
            SHARE,
            share(|grant| grant["to"] = json!({ "circle": "cmj" })),
            "PURPOSE_NOT_OF_CIRCLE",
            "grant.purpose",
        ),
        row(
            "grant that ends before it begins",
            SHARE,
            share(|grant| grant["validUntil"] = json!("2020-01-01T00:00:00Z")),
            "INVALID_PERIOD",
            "grant.validUntil",
        ),
        row(
            "grant to two at once",
            SHARE,
            share(|grant| grant["to"] = json!({ "circle": "cmj", "organisation": "igj" })),
            "INVALID_INPUT",
            "grant.to",
        ),
        row(
            "grant to nobody",
            SHARE,
            share(|grant| grant["to"] = json!({})),
            "INVALID_INPUT",
            "grant.to",
        ),
        row(
            "another inspectorate's record",
            LABEL,
            json!({ "id": public, "version": 3, "labels": { "tlp": "RED" } }),
            "NOT_OWNER",
            None,
        )
        .by("igj.inspector", "risicoanalyse"),
        row(
            "another inspectorate's grant",
            REVOKE,
            json!({ "id": made.grant }),
            "NOT_FOUND",
            None,
        )
        .by("igj.inspector", "risicoanalyse"),
        row(
            "a reader who revokes",
            REVOKE,
            json!({ "id": made.grant }),
            "FORBIDDEN",
            None,
        )
        .by("ilt.accountholder", "toezicht"),
    ]
}

fn questions() -> Vec<Row> {
    let list = "query ($first: Int, $after: String, $filter: SignalFilter) { signals(first: $first, after: $after, filter: $filter) { nodes { id } } }";
    let parties = "query ($first: Int, $after: String) { parties(name: \"fictie\", first: $first, after: $after) { nodes { id } } }";
    let filter = |filter: Value| json!({ "filter": filter });
    vec![
        row("no page at all", list, json!({ "first": 0 }), "PAGE_SIZE", "first"),
        row("a page too large", list, json!({ "first": 501 }), "PAGE_SIZE", "first"),
        row("a negative page", list, json!({ "first": -1 }), "PAGE_SIZE", "first"),
        row(
            "a page of parties too large",
            parties,
            json!({ "first": 501 }),
            "PAGE_SIZE",
            "first",
        ),
        row(
            "a cursor that is none",
            list,
            json!({ "after": "volgende" }),
            "INVALID_CURSOR",
            "after",
        ),
        row(
            "a cursor too short",
            list,
            json!({ "after": "AAAA" }),
            "INVALID_CURSOR",
            "after",
        ),
        row(
            "a cursor of parties that is none",
            parties,
            json!({ "after": "volgende" }),
            "INVALID_CURSOR",
            "after",
        ),
        row(
            "a filter's party that is none",
            list,
            filter(json!({ "party": "chemievaart" })),
            "INVALID_ID",
            "filter.party",
        ),
        row(
            "a filter's site that is none",
            list,
            filter(json!({ "site": "pty_1" })),
            "INVALID_ID",
            "filter.site",
        ),
        row(
            "a filter's period",
            list,
            filter(json!({ "observedFrom": "2026-06-02T00:00:00Z", "observedUntil": "2026-06-01T00:00:00Z" })),
            "INVALID_PERIOD",
            "filter.observedUntil",
        ),
        row(
            "a filter's date",
            list,
            filter(json!({ "observedFrom": "vorige week" })),
            "INVALID_INPUT",
            "filter.observedFrom",
        ),
        row(
            "a filter's severity",
            list,
            filter(json!({ "severity": "ERG" })),
            "INVALID_INPUT",
            "filter.severity",
        ),
        row(
            "a filter's text too long",
            list,
            filter(json!({ "text": "x".repeat(501) })),
            "TOO_LONG",
            "filter.text",
        ),
        row(
            "a signal's id that is none",
            "{ signal(id: \"1\") { id } }",
            json!({}),
            "INVALID_ID",
            "id",
        ),
        row(
            "a party's id that is none",
            "{ party(id: \"sig_1\") { id } }",
            json!({}),
            "INVALID_ID",
            "id",
        ),
        row(
            "parties without a name",
            "{ parties { nodes { id } } }",
            json!({}),
            "REQUIRED",
            "name",
        ),
    ]
}

fn deliveries(made: &Made) -> Vec<Row> {
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

/// What is wrong with a caller, and with which status and code that is told.
fn callers(stand: &Stand) -> Vec<(&'static str, Caller, u16, &'static str)> {
    let good = stand.caller("ilt.inspector", "toezicht");
    let signer = &stand.signer;
    let of = |token: String| good.clone().token(&token);
    let claims = |change: fn(&mut Value)| of(signer.claims("ilt.inspector", 3600, change));
    vec![
        ("no token", good.clone().without("authorization"), 401, "TOKEN_MISSING"),
        (
            "an empty token",
            good.clone().header("authorization", "Bearer "),
            401,
            "TOKEN_MALFORMED",
        ),
        ("a torn token", of("ey.ey.ey".to_owned()), 401, "TOKEN_MALFORMED"),
        (
            "no bearer",
            good.clone().header("authorization", "Basic aWx0Omlsd"),
            401,
            "TOKEN_MALFORMED",
        ),
        (
            "an expired token",
            of(signer.token("ilt.inspector", -600)),
            401,
            "TOKEN_EXPIRED",
        ),
        (
            "a forged token",
            of(signer.forger().token("ilt.inspector", 3600)),
            401,
            "TOKEN_INVALID",
        ),
        (
            "another audience",
            claims(|claims| claims["aud"] = json!("elders")),
            401,
            "TOKEN_INVALID",
        ),
        (
            "another issuer",
            claims(|claims| claims["iss"] = json!("https://elders.example")),
            401,
            "TOKEN_INVALID",
        ),
        (
            "a token of tomorrow",
            claims(|claims| claims["nbf"] = json!(4_000_000_000_i64)),
            401,
            "TOKEN_INVALID",
        ),
        (
            "an unknown account",
            of(signer.token("ilt.nobody", 3600)),
            200,
            "ACCOUNT_UNKNOWN",
        ),
        (
            "no purpose",
            good.clone().without("samenzicht-purpose"),
            200,
            "PURPOSE_REQUIRED",
        ),
        ("an empty purpose", good.clone().purpose(" "), 200, "PURPOSE_REQUIRED"),
        (
            "an unknown purpose",
            good.clone().purpose("nieuwsgierigheid"),
            200,
            "PURPOSE_UNKNOWN",
        ),
        (
            "a purpose not held",
            good.clone().purpose("verantwoording"),
            200,
            "PURPOSE_NOT_HELD",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_without_standing_hears_why() {
    for shape in [Shape::OneProcess, Shape::Processes] {
        let stand = Stand::up(shape).await;
        let before = stand.behind.amounts().await;
        let record = document(RECORD, &json!({ "input": input("Proef") }));
        for (what, caller, status, code) in callers(&stand) {
            for body in [record.clone(), document("{ signals { nodes { id } } }", &json!({}))] {
                let dutch = caller.send(body.clone()).await;
                let english = caller.clone().english().send(body).await;
                assert_eq!(
                    (dutch.status, english.status),
                    (status, status),
                    "{what}: {}",
                    dutch.text()
                );
                let (dutch, english) = (told(&dutch, code, what), told(&english, code, what));
                assert_ne!(
                    sentence(&dutch, what),
                    sentence(&english, what),
                    "{what}: in both languages"
                );
            }
        }
        assert_eq!(stand.behind.amounts().await, before, "{shape:?}: something was written");
        stand.down().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_router_refuses_what_is_too_much() {
    for shape in [Shape::OneProcess, Shape::Processes] {
        let stand = Stand::up(shape).await;
        let before = stand.behind.amounts().await;
        let caller = stand
            .caller("ilt.inspector", "toezicht")
            .header("accept", "application/graphql-response+json");
        let nested = |times: usize| {
            let (open, close) = ("parties { signals { nodes { ".repeat(times), "} } }".repeat(times));
            format!("{{ signals {{ nodes {{ {open} id {close} }} }} }}")
        };
        let aliases: String = (0..40)
            .map(|number| format!("a{number}: signals {{ alsoUnder }} "))
            .collect();
        let wide: String = (0..5000).map(|_| "__typename ").collect();
        let directives = "@skip(if: false) ".repeat(60);
        let rows = [
            ("too deep", nested(8), "MAX_DEPTH_EXCEEDED", 400),
            ("too large", format!("{{ {wide} }}"), "TOKEN_LIMIT_EXCEEDED", 400),
            (
                "too many aliases",
                format!("{{ {aliases} }}"),
                "MAX_ALIASES_EXCEEDED",
                400,
            ),
            (
                "too many directives",
                format!("{{ me {{ account {directives} }} }}"),
                "MAX_DIRECTIVES_EXCEEDED",
                400,
            ),
            ("not GraphQL", "{ signals".to_owned(), "GRAPHQL_PARSE_FAILED", 400),
            (
                "an unknown field",
                "{ signalen { id } }".to_owned(),
                "GRAPHQL_VALIDATION_FAILED",
                400,
            ),
            (
                "an unknown enum in the text",
                "{ signals(filter: { severity: ERG }) { alsoUnder } }".to_owned(),
                "GRAPHQL_VALIDATION_FAILED",
                400,
            ),
            (
                "a missing variable",
                "query ($id: ID!) { signal(id: $id) { id } }".to_owned(),
                "BAD_USER_INPUT",
                400,
            ),
        ];
        for (what, query, code, status) in rows {
            for caller in [caller.clone(), caller.clone().english()] {
                let answer = caller.ask(&query, json!({})).await;
                assert_eq!(answer.status, status, "{what}: {}", answer.text());
                println!("{what}: {}", told(&answer, code, what)["message"]);
            }
        }
        let oversized = document("{ me { account } }", &json!({ "x": "x".repeat(5 * 1024 * 1024) }));
        match caller.try_send(oversized).await {
            Ok(answer) => {
                assert_eq!(answer.status, 413, "{}", answer.text());
                told(&answer, "PAYLOAD_TOO_LARGE_CONTENT_LENGTH", "an oversized body");
            }
            // The answer may be lost when the connection closes on a body that is still being sent.
            Err(error) => println!("an oversized body: {error}"),
        }
        for (what, body, code) in [
            ("no JSON", b"query".to_vec(), "BAD_REQUEST"),
            ("no query", b"{}".to_vec(), "MISSING_QUERY_PARAM"),
        ] {
            let answer = caller.send(body).await;
            assert_eq!(answer.status, 400, "{what}: {}", answer.text());
            println!("{what}: {}", told(&answer, code, what)["message"]);
        }
        assert_eq!(stand.behind.amounts().await, before, "{shape:?}: something was written");
        stand.down().await;
    }
}
