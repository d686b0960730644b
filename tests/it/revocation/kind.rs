//! The labelled roots, as a race knows them: how one is made, by which names it is changed, in which ways it is read.

use serde_json::{Value, json};
use tests::world::World;

use super::{MARK, party};
use crate::covenant;

/// A labelled root.
pub struct Kind {
    /// Its table, which begins the names of the others.
    pub table: &'static str,
    /// Its type in the graph, which ends the names of its changes.
    pub name: &'static str,
    /// The field that reads one.
    pub field: &'static str,
    /// The change that ends a grant.
    pub revoke: &'static str,
    /// Its version when it has been shared.
    pub shared: i32,
    /// Ways in which a reader finds it: by `$id`, `$party`, `$record` and `$about` as keys; of a signal by its `$theme`
    /// and the `$other` signal of that.
    pub ways: &'static [&'static str],
    registry: bool,
}

/// Signal.
pub const SIGNAL: Kind = Kind {
    table: "signal",
    name: "Signal",
    field: "signal",
    revoke: "revokeGrant",
    shared: 3,
    ways: &[
        "query ($id: ID!) { signal(id: $id) { title } }",
        "{ signals { nodes { title } } }",
        "{ signals(filter: { text: \"struisvogel\" }) { nodes { title } } }",
        "query ($about: [_Any!]!) { _entities(representations: $about) { ... on SupervisedParty { signals { nodes { title } } } } }",
        "query ($record: [_Any!]!) { _entities(representations: $record) { ... on Signal { title } } }",
        "{ inbox { nodes { signal { title } } } }",
        "{ savedSearches { matches(first: 5) { nodes { title } } } }",
        "query ($theme: ID!) { theme(id: $theme) { title } }",
        "{ themes { nodes { title } } }",
        "query ($other: ID!) { signal(id: $other) { themes { title } } }",
    ],
    registry: false,
};

/// Covenant.
pub const COVENANT: Kind = Kind {
    table: "covenant",
    name: "Covenant",
    field: "covenant",
    revoke: "revokeCovenantGrant",
    shared: 3,
    ways: &[
        "query ($id: ID!) { covenant(id: $id) { title } }",
        "{ covenants { nodes { title } } }",
        "query ($party: ID!) { covenants(filter: { party: $party }) { nodes { title } } }",
        "query ($party: ID!) { party(id: $party) { covenants { nodes { title } } } }",
        "query ($record: [_Any!]!) { _entities(representations: $record) { ... on Covenant { title } } }",
    ],
    registry: true,
};

/// Supervision level.
pub const LEVEL: Kind = Kind {
    table: "supervision_level",
    name: "SupervisionLevel",
    field: "supervisionLevel",
    revoke: "revokeSupervisionLevelGrant",
    shared: 2,
    ways: &[
        "query ($id: ID!) { supervisionLevel(id: $id) { reason } }",
        "{ supervisionLevels { nodes { reason } } }",
        "query ($party: ID!) { party(id: $party) { supervisionLevels { reason } } }",
        "query ($party: ID!) { party(id: $party) { supervisionHistory { nodes { reason } } } }",
        "query ($record: [_Any!]!) { _entities(representations: $record) { ... on SupervisionLevel { reason } } }",
    ],
    registry: true,
};

impl Kind {
    /// Asks its service under `toezicht`; the whole answer.
    pub async fn ask(&self, world: &World, who: &str, query: &str, variables: Value) -> Value {
        if !self.registry {
            return world.ask(who, "toezicht", query, variables).await;
        }
        let reply = world.ask_registry(who, "toezicht", query, &variables).await;
        serde_json::to_value(reply.response).expect("an answer is JSON")
    }

    /// Asks and expects an answer without errors; its data.
    pub async fn data(&self, world: &World, who: &str, query: &str, variables: Value) -> Value {
        let mut answer = self.ask(world, who, query, variables).await;
        assert!(answer.get("errors").is_none(), "{who}: {answer:#}");
        answer["data"].take()
    }

    /// A record of the ILT that is out and that nobody else sees; its id.
    pub async fn published(&self, world: &World) -> String {
        let Self { name, field, .. } = self;
        let (make, input) = match self.table {
            "signal" => ("recordSignal", signal()),
            "covenant" => ("recordCovenant", titled(covenant::input())),
            _ => ("setSupervisionLevel", level()),
        };
        let record = format!("mutation ($i: {name}Input!) {{ {make}(input: $i) {{ {field} {{ id }} }} }}");
        let made = self.data(world, "ilt.inspector", &record, json!({ "i": input })).await;
        let id = made[make][field]["id"].as_str().expect("an id").to_owned();
        // A step of a level is out from the beginning.
        if make.starts_with("record") {
            let publish =
                format!("mutation ($id: ID!) {{ publish{name}(id: $id, version: 1) {{ warnings {{ code }} }} }}");
            self.data(world, "ilt.inspector", &publish, json!({ "id": id })).await;
        }
        id
    }
}

fn signal() -> Value {
    json!({
        "title": format!("{MARK} ontsnapt"), "narrative": "Gezien op de A12.", "category": "chemicals",
        "severity": "MINOR", "observedFrom": "2026-05-30T08:00:00Z", "parties": [party()],
    })
}

fn titled(mut covenant: Value) -> Value {
    covenant["title"] = json!(format!("{MARK} convenant"));
    covenant
}

fn level() -> Value {
    json!({ "party": party(), "level": "IN_DEPTH", "reason": format!("{MARK} ontsnapt") })
}
