//! What a signal may not say.

use serde_json::json;
use tests::signals::{RECORD, input};

use super::{Row, row, with};

pub fn contents() -> Vec<Row> {
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
