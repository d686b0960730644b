//! Taking what one may see into a file: all of it and nothing else, masked, logged before it leaves, by the access of each
//! page's own moment. The matrix of every role and relation is executed over exports too, in [`crate::matrix`].

mod command;

use futures::StreamExt;
use serde_json::{Value, json};
use tests::export::{ids, lines, table};
use tests::world::{On, World};

const LINES: &str = "application/x-ndjson";
const CSV: &str = "text/csv";
const MAPPING: &str = r#"
[reference]
system = "zaak"
[fields]
reporter_name = "x"
[labels]
tlp = "AMBER"
use_limit = "SUPERVISION"
[[rules]]
share = [{ with = "organisation:igj", purpose = "toezicht", legal_basis = "demo" },
         { with = "organisation:igj", purpose = "risicoanalyse", legal_basis = "demo" }]
"#;
/// Two pages and a bit.
const MANY: usize = 450;

fn item(line: usize) -> Value {
    let grant = |purpose: &str| json!({ "to": { "organisation": "igj" }, "purpose": purpose, "legalBasis": "demo" });
    json!({ "line": line, "publish": true, "grants": [grant("toezicht"), grant("risicoanalyse")],
        "signal": { "title": format!("=1+{line}"), "narrative": "Eerste regel\nmet \"teken\", komma", "category": "chemicals",
            "severity": if line.is_multiple_of(2) { "MINOR" } else { "SERIOUS" }, "observedFrom": "2026-05-01T10:00:00Z",
            "origin": "CASE_SYSTEM", "labels": { "tlp": "AMBER", "useLimit": "SUPERVISION" },
            "reporter": { "name": "Canarie Melder" }, "personsInvolved": ["Canarie Betrokkene"],
            "externalReference": { "system": "zaak", "reference": format!("-{line}") } } })
}

/// Brings so many signals of ILT, which IGJ may see.
async fn delivered(world: &World, lines: std::ops::Range<usize>) {
    let propose = "mutation ($m: String!) { proposeImportProfile(name: \"test\", mapping: $m) { hash } }";
    let proposed = world
        .data("ilt.case_system", "toezicht", propose, json!({ "m": MAPPING }))
        .await;
    let hash = proposed["proposeImportProfile"]["hash"].clone();
    let approve = "mutation ($h: String!) { approveImportProfile(hash: $h) { approvedAt } }";
    world
        .data("ilt.data_steward", "toezicht", approve, json!({ "h": hash }))
        .await;
    let import = "mutation ($p: String!, $items: [ImportItem!]!) { importSignals(profile: $p, items: $items) { created results { errors { code field message } } } }";
    let all: Vec<usize> = lines.collect();
    for some in all.chunks(500) {
        let items: Vec<Value> = some.iter().map(|line| item(*line)).collect();
        let done = world
            .data(
                "ilt.case_system",
                "toezicht",
                import,
                json!({ "p": hash, "items": items }),
            )
            .await;
        assert_eq!(done["importSignals"]["created"], json!(items.len()), "{done:#}");
    }
}

/// The lines that exports of somebody left: per request the records that it showed, and whether it unmasked.
async fn logged(world: &World, subject: &str, operation: &str) -> Vec<String> {
    let text = format!(
        "SELECT p.record_ids FROM processing_log p JOIN audit_log a ON a.request_id = p.request_id
         WHERE p.kind = 'signal' AND p.operation = '{operation}' AND a.subject = '{subject}'
         AND a.operation = 'signals' ORDER BY p.at, p.id"
    );
    world.look(&text, vec![]).await
}

fn simple(id: &str) -> String {
    id.trim_start_matches("sig_").to_owned()
}

async fn whole_masked_and_logged(on: On) {
    let world = World::peopled(on).await;
    delivered(&world, 1..MANY + 1).await;
    let rows = world.exported_lines("igj.inspector", "toezicht", "").await;
    assert_eq!((rows.len(), ids(&rows).len()), (MANY, MANY));
    // Marks are in each row; what is personal is not asked for, so not there and not shown.
    for row in &rows {
        assert_eq!(
            (&row["rank"], &row["tlp"], &row["useLimit"]),
            (&json!("VERTROUWELIJK"), &json!("AMBER"), &json!("SUPERVISION"))
        );
        assert!(
            row.get("reporter").is_none() && row["maskedFields"] == json!([]),
            "{row:#}"
        );
    }
    // Every record was logged as read, page by page.
    let read = logged(&world, "igj.inspector", "read").await;
    assert_eq!(read.len(), 3);
    let all = read.join(" ");
    assert!(ids(&rows).iter().all(|id| all.contains(&simple(id))));
    assert_eq!(logged(&world, "igj.inspector", "unmask").await, [""; 0]);

    // As CSV the same, whole cells, and no formula.
    let text = world.exported("igj.inspector", "toezicht", CSV, "").await;
    assert!(!text.contains("Canarie"));
    let cells = table(&text);
    assert_eq!(ids(&cells), ids(&rows));
    for cell in &cells {
        assert!(
            cell["title"].as_str().is_some_and(|title| title.starts_with("'=1+")),
            "{cell:#}"
        );
        assert!(
            cell["externalReference.reference"]
                .as_str()
                .is_some_and(|key| key.starts_with("'-"))
        );
        assert_eq!(cell["narrative"], "Eerste regel\nmet \"teken\", komma");
        assert_eq!(
            (&cell["tlp"], &cell["useLimit"]),
            (&json!("AMBER"), &json!("SUPERVISION"))
        );
    }
    personal(&world).await;
    narrowed_and_resumed(&world, &rows).await;
    world.close().await;
}

/// What is personal is shown to whom it may be, on request, each showing logged; to others it is masked.
async fn personal(world: &World) {
    for (who, purpose, why) in [
        ("ilt.inspector", "toezicht", None),
        ("igj.inspector", "toezicht", None),
        ("igj.analyst", "toezicht", Some("ROLE")),
        ("igj.inspector", "risicoanalyse", Some("PURPOSE")),
    ] {
        let before = logged(world, who, "unmask").await.len();
        let rows = world.exported_lines(who, purpose, "personal=true").await;
        let text = world.exported(who, purpose, CSV, "personal=true").await;
        let shown = logged(world, who, "unmask").await.len() - before;
        assert_eq!(rows.len(), MANY);
        for row in &rows {
            match why {
                None => {
                    assert_eq!(row["reporter"]["name"], "Canarie Melder");
                    assert_eq!(row["personsInvolved"], json!(["Canarie Betrokkene"]));
                    assert_eq!(row["maskedFields"], json!([]));
                }
                Some(reason) => {
                    assert_eq!(
                        (&row["reporter"], &row["personsInvolved"]),
                        (&Value::Null, &Value::Null)
                    );
                    let masked = |field: &str| json!({ "field": field, "reason": reason });
                    assert_eq!(
                        row["maskedFields"],
                        json!([masked("reporter"), masked("personsInvolved")])
                    );
                }
            }
        }
        assert_eq!(text.contains("Canarie"), why.is_none(), "{who} under {purpose}");
        assert_eq!(shown > 0, why.is_none(), "{who} under {purpose}: {shown}");
        let cell = &table(&text)[0]["maskedFields"];
        assert_eq!(cell, if why.is_none() { "" } else { "reporter; personsInvolved" });
    }
}

async fn narrowed_and_resumed(world: &World, rows: &[Value]) {
    let half = world
        .exported_lines(
            "igj.inspector",
            "toezicht",
            "severity=SERIOUS&owner=ilt&state=PUBLISHED",
        )
        .await;
    assert_eq!(half.len(), MANY / 2);
    assert!(half.iter().all(|row| row["severity"] == "SERIOUS"));
    assert_eq!(
        world
            .exported_lines("igj.inspector", "toezicht", "owner=igj")
            .await
            .len(),
        0
    );
    // From any row on: the rest, in both forms.
    for place in [0, 122, 199, 200, MANY - 1] {
        let query = format!("after={}", rows[place]["cursor"].as_str().expect("a cursor"));
        let rest = world.exported_lines("igj.inspector", "toezicht", &query).await;
        assert_eq!(rest, rows[place + 1..]);
        let text = world.exported("igj.inspector", "toezicht", CSV, &query).await;
        assert_eq!(text.matches("sig_").count(), rest.len(), "no header, no row twice");
        assert!(!text.starts_with("id,"));
    }
    for (query, accept, status, code) in [
        ("after=verzonnen", LINES, 400, "INVALID_CURSOR"),
        ("severity=HEEL_ERG", LINES, 400, "INVALID_INPUT"),
        ("urgency=ooit", CSV, 400, "INVALID_INPUT"),
        ("observedFrom=gisteren", CSV, 400, "INVALID_INPUT"),
        ("personal=misschien", CSV, 400, "INVALID_INPUT"),
        ("text=lek", CSV, 400, "INVALID_INPUT"),
        ("owner=ilt&owner=igj", CSV, 400, "INVALID_INPUT"),
        ("", "application/pdf", 406, "NOT_ACCEPTABLE"),
    ] {
        let refused = world.export("igj.inspector", "toezicht", accept, query).await;
        let problem = refused.err().unwrap_or_else(|| panic!("{query} was not refused"));
        assert_eq!(
            (problem.status.as_u16(), problem.code()),
            (status, code),
            "{query}: {problem:?}"
        );
    }
    for who in ["igj.administrator", "igj.privacy_officer", "igj.auditor"] {
        let refused = world.export(who, "toezicht", CSV, "").await.expect_err("no content");
        assert_eq!((refused.status.as_u16(), refused.code()), (403, "FORBIDDEN"), "{who}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_one_may_see_masked_and_logged_on_sqlite() {
    whole_masked_and_logged(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_one_may_see_masked_and_logged_on_postgres() {
    whole_masked_and_logged(On::Postgres).await;
}

/// What ends while an export is under way is not in the pages that follow; what is not read is not logged.
async fn each_page_by_its_own_moment(on: On) {
    let world = World::peopled(on).await;
    delivered(&world, 1..MANY + 1).await;
    let rows = world.exported_lines("igj.inspector", "toezicht", "").await;
    let mut under_way = world.export_pieces("igj.inspector", "toezicht", LINES, "").await;
    let first = under_way.next().await.expect("a page").expect("whole");
    let before = logged(&world, "igj.inspector", "read").await.len();
    assert_eq!(lines(&first), rows[..200]);
    // One record is retracted, one grant ends, and new ones come.
    let retract =
        "mutation ($id: ID!, $v: Int!) { retractSignal(id: $id, version: $v, reason: \"proef\") { signal { id } } }";
    let gone = [&rows[250], &rows[MANY - 1]];
    for row in gone {
        let asked = json!({ "id": row["id"], "v": row["version"] });
        world.data("ilt.inspector", "toezicht", retract, asked).await;
    }
    world.clock.advance(foundation::clock::SECOND);
    delivered(&world, MANY + 1..MANY + 31).await;
    let rest: Vec<String> = under_way.map(|piece| piece.expect("whole")).collect().await;
    let mut rest = lines(&rest.concat());
    assert_eq!(rest.pop().expect("a last line")["complete"], true);
    let ids = |rows: &[Value]| -> Vec<String> { rows.iter().map(|row| row["id"].to_string()).collect() };
    let gone = gone.map(|row| row["id"].as_str().expect("an id").to_owned());
    let mut expected = rows[200..].to_vec();
    expected.retain(|row| !gone.iter().any(|id| row["id"] == **id));
    assert_eq!(
        ids(&rest),
        ids(&expected),
        "no row twice, none that ended, none that came later"
    );
    let after = logged(&world, "igj.inspector", "read").await;
    assert_eq!(after.len() - before, 2, "a page is logged when it is read, not before");
    let later = after[before..].join(" ");
    assert!(gone.iter().all(|id| !later.contains(&simple(id))));
    ends_with_the_access(&world).await;
    world.close().await;
}

/// A reader who no longer stands gets no further page, and hears why where there is a place for it.
async fn ends_with_the_access(world: &World) {
    let holds = "UPDATE account_purpose SET valid_until = ? WHERE account_id = ?";
    let account = tests::world::id("igj.inspector");
    for accept in [LINES, CSV] {
        let mut under_way = world.export_pieces("igj.inspector", "toezicht", accept, "").await;
        under_way.next().await.expect("a page").expect("whole");
        world
            .run(holds, vec![(world.clock.now() - 1).into(), account.into()])
            .await;
        let rest: Vec<Result<String, String>> = under_way.collect().await;
        match (accept, rest.as_slice()) {
            (LINES, [Ok(last)]) => {
                let last = &lines(last)[0]["problem"];
                assert_eq!(
                    (&last["code"], &last["status"]),
                    (&json!("PURPOSE_NOT_HELD"), &json!(403))
                );
            }
            (CSV, [Err(broken)]) => assert!(!broken.is_empty()),
            _ => panic!("{accept}: {rest:?}"),
        }
        world.run(holds, vec![access::FOREVER.into(), account.into()]).await;
    }
    // A token does not outlive its hour, however long the export.
    let mut under_way = world.export_pieces("igj.inspector", "toezicht", LINES, "").await;
    under_way.next().await.expect("a page").expect("whole");
    world.clock.advance(3601 * foundation::clock::SECOND);
    let rest: Vec<String> = under_way.map(|piece| piece.expect("a line")).collect().await;
    assert_eq!(lines(&rest.concat())[0]["problem"]["code"], "TOKEN_EXPIRED");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_page_by_its_own_moment_on_sqlite() {
    each_page_by_its_own_moment(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_page_by_its_own_moment_on_postgres() {
    each_page_by_its_own_moment(On::Postgres).await;
}

/// What cannot be logged does not leave: not the first page, and not the second.
async fn log_or_deny(on: On) {
    let world = World::peopled(on).await;
    delivered(&world, 1..251).await;
    let mut under_way = world.export_pieces("igj.inspector", "toezicht", LINES, "").await;
    let mut broken = world.export_pieces("igj.inspector", "toezicht", CSV, "").await;
    under_way.next().await.expect("a page").expect("whole");
    broken.next().await.expect("a page").expect("whole");
    let down = match on {
        On::Sqlite => "CREATE TRIGGER deny BEFORE INSERT ON processing_log BEGIN SELECT RAISE(ABORT, 'down'); END",
        On::Postgres => {
            "CREATE FUNCTION accountability.deny() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'down'; END $$;
             CREATE TRIGGER deny BEFORE INSERT ON processing_log FOR EACH ROW EXECUTE FUNCTION accountability.deny()"
        }
    };
    world.attempt(down).await.expect("a trigger can be made");
    let rest: Vec<String> = under_way.map(|piece| piece.expect("a line")).collect().await;
    let rest = rest.concat();
    assert!(!rest.contains("sig_"), "{rest}");
    assert_eq!(lines(&rest)[0]["problem"]["code"], "LOG_UNAVAILABLE");
    let rest: Vec<Result<String, String>> = broken.collect().await;
    assert!(matches!(rest.as_slice(), [Err(_)]), "{rest:?}");
    for accept in [LINES, CSV] {
        let refused = world
            .export("igj.inspector", "toezicht", accept, "")
            .await
            .expect_err("no line, no answer");
        assert_eq!((refused.status.as_u16(), refused.code()), (503, "LOG_UNAVAILABLE"));
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_logged_does_not_leave_on_sqlite() {
    log_or_deny(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_logged_does_not_leave_on_postgres() {
    log_or_deny(On::Postgres).await;
}
