//! What can be asked of the inbox.

use serde_json::json;

use super::asked::{Asked, Service, asked};

/// Everything protected around the inbox; IGJ's has the signal that is shared with it.
pub fn everything() -> Vec<Asked> {
    let of = |query: &str| asked(Service::Signals, "igj.inspector", query, json!({}));
    vec![
        Asked {
            touches: true,
            ..of("{ inbox { nodes { kind signal { title } } unreadCount { exactly } } }")
        },
        asked(
            Service::Signals,
            "ilt.privacy_officer",
            "{ inbox { nodes { kind breakGlass { number } } } }",
            json!({}),
        ),
        of("mutation { markRead(items: []) }"),
        of("mutation { markAllRead }"),
    ]
}
