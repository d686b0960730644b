//! What can be asked of triages.

use serde_json::json;

use super::asked::{Asked, Service, Things, asked};

/// Everything protected around triages: on a signal without one.
pub fn everything(things: &Things) -> Vec<Asked> {
    let never = format!("trg_{}", "0".repeat(32));
    let judgement = json!({ "step": "JOINT", "grounds": ["SERIOUSNESS"], "motivation": "m" });
    let of = |query: &str, variables| asked(Service::Signals, "ilt.coordinator", query, variables);
    let absent = |query: &str| Asked {
        refused: Some("NOT_FOUND"),
        ..of(query, json!({ "t": never, "j": judgement }))
    };
    vec![
        of("{ triages { nodes { id } } }", json!({})),
        of("query ($t: ID!) { triage(id: $t) { id } }", json!({ "t": never })),
        Asked {
            touches: true,
            ..of(
                "mutation ($s: ID!) { openTriage(signal: $s, participants: [\"igj\"], question: \"q\") { id } }",
                json!({ "s": things.published }),
            )
        },
        absent("mutation ($t: ID!, $j: JudgementInput!) { giveOpinion(triage: $t, opinion: $j) { id } }"),
        absent("mutation ($t: ID!, $j: JudgementInput!) { decideTriage(triage: $t, decision: $j) { id } }"),
    ]
}
