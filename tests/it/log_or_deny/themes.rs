//! What can be asked of themes and feedback products, and done with them.

use serde_json::{Value, json};
use tests::themes::{named, text};
use tests::world::World;

use super::asked::{Asked, Service, Things, asked};

/// Themes and a product, each so that a request about it is answered when all is well.
pub struct Told {
    /// A theme that an analyst put forward.
    pub draft: String,
    /// One that is named.
    pub named: String,
    /// A feedback product that waits to be sent.
    pub feedback: String,
}

impl Told {
    /// Makes them over two signals.
    pub async fn set(world: &World, signals: [&str; 2]) -> Self {
        let draft = named(world, "ilt.analyst", "Proefstukken", &signals).await;
        let named = named(world, "ilt.inspector", "Proefstukken", &signals).await;
        let write =
            "mutation ($t: ID!, $i: FeedbackInput!) { recordFeedback(theme: $t, input: $i) { feedback { id } } }";
        let variables = json!({ "t": named, "i": product() });
        let made = world.data("ilt.inspector", "toezicht", write, variables).await;
        let feedback = text(&made["recordFeedback"]["feedback"]["id"]);
        Self { draft, named, feedback }
    }
}

fn product() -> Value {
    json!({ "title": "Terugkoppeling", "body": "Let op.", "addressee": { "sector": "20.1" } })
}

/// Everything protected that can be asked or done.
pub fn everything(things: &Things) -> Vec<Asked> {
    let Told { draft, named, feedback } = &things.told;
    let ask = |query: &str, id: &str| Asked {
        touches: true,
        ..asked(Service::Signals, "ilt.inspector", query, json!({ "id": id }))
    };
    let members = json!({ "m": [{ "signal": things.published }, { "signal": things.touched }] });
    let name = "mutation ($m: [ThemeMemberInput!]!) { nameTheme(title: \"T\", description: \"D\", members: $m) { theme { id } } }";
    let write = "mutation ($id: ID!, $i: FeedbackInput!) { recordFeedback(theme: $id, input: $i) { feedback { id } } }";
    let edit = "mutation ($id: ID!) { editTheme(id: $id, version: 1, input: { title: \"Anders\" }) { theme { id } } }";
    let publish = "mutation ($id: ID!) { publishTheme(id: $id, version: 1) { theme { id } } }";
    let end = "mutation ($id: ID!) { endTheme(id: $id, version: 1, reason: \"proef\") { theme { id } } }";
    let rewrite =
        "mutation ($id: ID!) { editFeedback(id: $id, version: 1, input: { title: \"Anders\" }) { feedback { id } } }";
    let send = "mutation ($id: ID!) { sendFeedback(id: $id, version: 1) { feedback { id } } }";
    vec![
        ask(
            "query ($id: ID!) { theme(id: $id) { title members { reason } } }",
            named,
        ),
        ask("{ themes { totalCount { exactly } } }", named),
        ask(
            "query ($id: ID!) { signal(id: $id) { themes { title } } }",
            &things.published,
        ),
        ask("query ($id: ID!) { feedbackProduct(id: $id) { body } }", feedback),
        ask("{ feedbackProducts { totalCount { exactly } } }", feedback),
        ask("{ themeProposals { considered proposals { label } } }", named),
        Asked {
            variables: members,
            ..ask(name, named)
        },
        ask(edit, named),
        ask(publish, draft),
        ask(end, named),
        Asked {
            variables: json!({ "id": named, "i": product() }),
            ..ask(write, named)
        },
        ask(rewrite, feedback),
        ask(send, feedback),
    ]
}
