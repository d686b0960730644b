//! What tests of themes and feedback products begin with: signals, shared, and a theme over them.

use serde_json::{Value, json};

use crate::service::{headers, request};
use crate::world::World;

/// Names a theme.
pub const NAME: &str = "mutation ($title: String!, $description: String!, $members: [ThemeMemberInput!]!) {
    nameTheme(title: $title, description: $description, members: $members) {
        theme { id version state memberCount } warnings { code field } } }";

/// A published signal of the ILT, as `sig_…`, with a mark that it could be shared with all participants under.
pub async fn signal(world: &World, title: &str, narrative: &str) -> String {
    published(world, "ilt", &json!({ "title": title, "narrative": narrative })).await
}

/// A published signal of an organisation with these values beside the usual ones.
pub async fn published(world: &World, owner: &str, values: &Value) -> String {
    let mut input = json!({
        "title": "Signaal", "narrative": "Gezien.", "category": "chemicals", "severity": "SERIOUS",
        "observedFrom": "2026-05-30T08:00:00Z", "labels": { "tlp": "GREEN", "rank": "INTERN" },
    });
    for (name, value) in values.as_object().into_iter().flatten() {
        input[name] = value.clone();
    }
    let who = format!("{owner}.inspector");
    let record = "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { id } } }";
    let made = world.data(&who, "toezicht", record, json!({ "i": input })).await;
    let id = text(&made["recordSignal"]["signal"]["id"]);
    let publish = "mutation ($id: ID!) { publishSignal(id: $id, version: 1) { warnings { code } } }";
    world.data(&who, "toezicht", publish, json!({ "id": id })).await;
    id
}

/// Shares a signal of an organisation with another for `toezicht`; the grant, as `grt_…`.
pub async fn share(world: &World, owner: &str, signal: &str, with: &str) -> String {
    let share =
        "mutation ($id: ID!, $to: AudienceInput!) { shareSignal(id: $id, grant: { to: $to, purpose: \"toezicht\",
        legalBasis: \"demo\" }) { signal { grants { id to revokedAt } } } }";
    let who = format!("{owner}.inspector");
    let variables = json!({ "id": signal, "to": { "organisation": with } });
    let shared = world.data(&who, "toezicht", share, variables).await;
    let grants = shared["shareSignal"]["signal"]["grants"].as_array().expect("grants");
    let live = grants
        .iter()
        .find(|grant| grant["to"] == with && grant["revokedAt"].is_null());
    text(&live.expect("the grant")["id"])
}

/// Ends a grant.
pub async fn revoke(world: &World, owner: &str, grant: &str) {
    let revoke = "mutation ($id: ID!) { revokeGrant(grantId: $id) { warnings { code } } }";
    let who = format!("{owner}.inspector");
    world.data(&who, "toezicht", revoke, json!({ "id": grant })).await;
}

/// The variables of [`NAME`].
pub fn naming(title: &str, signals: &[&str]) -> Value {
    let members: Vec<Value> = signals.iter().map(|signal| json!({ "signal": signal })).collect();
    json!({ "title": title, "description": "Het komt telkens terug.", "members": members })
}

/// Names a theme; its id.
pub async fn named(world: &World, who: &str, title: &str, signals: &[&str]) -> String {
    let named = world.data(who, "toezicht", NAME, naming(title, signals)).await;
    text(&named["nameTheme"]["theme"]["id"])
}

/// A text of an answer.
///
/// # Panics
/// When it is none.
pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

impl World {
    /// Asks the signals subgraph without saying who asks.
    pub async fn nobody(&self, query: &str, variables: Value) -> Value {
        let reply = self
            .signals
            .execute(&headers("toezicht"), request(query, &variables))
            .await;
        serde_json::to_value(reply.response).expect("an answer is JSON")
    }
}
