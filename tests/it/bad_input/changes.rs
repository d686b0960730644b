//! What may not become of a signal.

use serde_json::{Value, json};
use tests::signals::{EDIT, LABEL, PUBLISH, RECORD, RETRACT, REVOKE, SHARE, grant};

use super::{Made, Row, row, with};

pub fn changes(made: &Made) -> Vec<Row> {
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
