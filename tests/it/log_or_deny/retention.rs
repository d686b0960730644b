//! What can be asked of how records are kept: holds, freezes, and who read what.

use serde_json::{Value, json};

use super::asked::{Asked, Service, Things, asked};

/// Everything protected that privacy officers and a record's owner can ask or do.
pub fn everything(things: &Things) -> Vec<Asked> {
    let officer = |query: &str, variables: Value| asked(Service::Signals, "ilt.privacy_officer", query, variables);
    // The first number of a world's year is that of its draft or of its published signal: either is the inspectorate's.
    let number = || json!({ "n": "ILT-2026-00001" });
    let placed = |kind: &str| {
        let query = format!(
            "mutation ($n: String!) {{ placeHold(kind: {kind}, number: $n, reason: \"proef\") {{ placedAt }} }}"
        );
        Asked {
            touches: true,
            ..officer(&query, number())
        }
    };
    vec![
        officer("{ recordHolds { nodes { number } } }", json!({})),
        officer(
            "query ($n: String!) { readReceipts(number: $n) { nodes { at } } }",
            number(),
        ),
        Asked {
            touches: true,
            ..asked(
                Service::Signals,
                "ilt.inspector",
                "query ($id: ID!) { signal(id: $id) { readBy { nodes { at } } heldSince } }",
                json!({ "id": things.published }),
            )
        },
        placed("HOLD"),
        placed("FREEZE"),
        Asked {
            refused: Some("WRONG_STATE"),
            ..officer(
                "mutation ($n: String!) { liftHold(kind: HOLD, number: $n, reason: \"proef\") { liftedAt } }",
                json!({ "n": "ILT-2026-00002" }),
            )
        },
    ]
}
