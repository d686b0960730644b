//! What can be asked of the inbox and of saved searches.

use serde_json::{Value, json};
use tests::world::World;

use super::asked::{Asked, Service, asked, text};

/// Saved searches of IGJ's inspector: one to look at, one to change, one to delete, one whose change is to be undone.
pub struct Searches([String; 4]);

const SAVE: &str =
    "mutation ($n: String!) { saveSearch(input: { name: $n, filter: { category: \"chemicals\" } }) { id } }";
const RENAME: &str =
    "mutation ($id: ID!) { changeSavedSearch(id: $id, version: 1, input: { name: \"Anders\" }) { id } }";

impl Searches {
    /// Saves them.
    pub async fn set(world: &World) -> Self {
        let ask = async |query: &str, variables: Value| world.data("igj.inspector", "toezicht", query, variables).await;
        let mut saved = Vec::new();
        for name in ["kijk", "wijzig", "verwijder", "herstel"] {
            saved.push(text(&ask(SAVE, json!({ "n": name })).await["saveSearch"]["id"]));
        }
        ask(RENAME, json!({ "id": saved[3] })).await;
        Self(saved.try_into().expect("four"))
    }
}

/// Everything protected around the inbox; IGJ's has the signal that is shared with it.
pub fn everything(searches: &Searches) -> Vec<Asked> {
    let of = |query: &str, variables: Value| asked(Service::Signals, "igj.inspector", query, variables);
    let touching = |query: &str, variables: Value| Asked {
        touches: true,
        ..of(query, variables)
    };
    let Searches([look, change, delete, undo]) = searches;
    vec![
        touching(
            "{ inbox { nodes { kind signal { title } } unreadCount { exactly } } }",
            json!({}),
        ),
        asked(
            Service::Signals,
            "ilt.privacy_officer",
            "{ inbox { nodes { kind breakGlass { number } } } }",
            json!({}),
        ),
        of("mutation { markRead(items: []) }", json!({})),
        of("mutation { markAllRead }", json!({})),
        // What is new is counted, and its line says so.
        touching("{ savedSearches { name newMatchCount { exactly } } }", json!({})),
        touching(
            "query ($id: ID!) { savedSearch(id: $id) { matches { nodes { title } } newMatches { nodes { at } } } }",
            json!({ "id": look }),
        ),
        touching(SAVE, json!({ "n": "nieuw" })),
        touching(RENAME, json!({ "id": change })),
        touching(
            "mutation ($id: ID!) { lookAtSavedSearch(id: $id) { id } }",
            json!({ "id": look }),
        ),
        touching(
            "mutation ($id: ID!) { deleteSavedSearch(id: $id, version: 1) { id } }",
            json!({ "id": delete }),
        ),
        touching(
            "mutation ($id: ID!) { undoSavedSearch(id: $id, version: 2) { id } }",
            json!({ "id": undo }),
        ),
    ]
}
