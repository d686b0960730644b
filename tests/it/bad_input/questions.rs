//! What cannot be asked.

use serde_json::{Value, json};

use super::{Row, row};

pub fn questions() -> Vec<Row> {
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
