//! What can be asked of covenants and supervision levels.

use serde_json::{Value, json};
use tests::world::{World, id};

use super::asked::{Asked, Service, asked};
use crate::covenant::{data, input, party};

/// A covenant and a step, published and shared with IGJ, each with its grant; and a draft.
pub struct Roots {
    covenant: String,
    covenant_grant: String,
    draft: String,
    level: String,
    level_grant: String,
}

fn grant() -> Value {
    json!({ "to": { "organisation": "igj" }, "purpose": "toezicht", "legalBasis": "demo" })
}

fn step() -> Value {
    json!({ "party": party(), "level": "REGULAR", "reason": "Begin." })
}

impl Roots {
    /// Makes them.
    pub async fn set(world: &World) -> Self {
        let text = |value: &Value| {
            value
                .as_str()
                .unwrap_or_else(|| panic!("{value} is no text"))
                .to_owned()
        };
        let ask =
            async |query: &str, variables: Value| data(world, "ilt.inspector", "toezicht", query, variables).await;
        let record = "mutation ($i: CovenantInput!) { recordCovenant(input: $i) { covenant { id } } }";
        let made = ask(record, json!({ "i": input() })).await;
        let draft = text(&made["recordCovenant"]["covenant"]["id"]);
        let made = ask(record, json!({ "i": input() })).await;
        let covenant = text(&made["recordCovenant"]["covenant"]["id"]);
        let publish = "mutation ($id: ID!) { publishCovenant(id: $id, version: 1) { warnings { code } } }";
        ask(publish, json!({ "id": covenant })).await;
        let share =
            "mutation ($id: ID!, $g: GrantInput!) { shareCovenant(id: $id, grant: $g) { covenant { grants { id } } } }";
        let shared = ask(share, json!({ "id": covenant, "g": grant() })).await;
        let covenant_grant = text(&shared["shareCovenant"]["covenant"]["grants"][0]["id"]);
        let set =
            "mutation ($i: SupervisionLevelInput!, $g: [GrantInput!]) { setSupervisionLevel(input: $i, grants: $g) {
            supervisionLevel { id grants { id } } } }";
        let made = ask(set, json!({ "i": step(), "g": [grant()] })).await;
        let level = &made["setSupervisionLevel"]["supervisionLevel"];
        Self {
            covenant,
            covenant_grant,
            draft,
            level: text(&level["id"]),
            level_grant: text(&level["grants"][0]["id"]),
        }
    }

    /// Everything protected that can be asked of them.
    pub fn everything(&self) -> Vec<Asked> {
        let mut all = self.reads();
        all.extend(self.changes());
        all.extend(self.holds());
        all
    }

    fn reads(&self) -> Vec<Asked> {
        let read = |query: &str, id: &str| Asked {
            touches: true,
            ..asked(Service::Registry, "igj.analyst", query, json!({ "id": id }))
        };
        let keys = json!({ "r": [{ "__typename": "Covenant", "id": self.covenant },
            { "__typename": "SupervisionLevel", "id": self.level }] });
        let entities = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Covenant { title } ... on SupervisionLevel { reason } } }";
        let hidden = format!("cov_{}", id("nothing").simple());
        vec![
            read(
                "query ($id: ID!) { covenant(id: $id) { title participants { agreedInspections } } }",
                &self.covenant,
            ),
            read("{ covenants { nodes { title } } }", ""),
            read(
                "{ notices { nodes { kind covenant { title } } unreadCount { exactly } } }",
                "",
            ),
            read("query ($id: ID!) { supervisionLevel(id: $id) { reason } }", &self.level),
            read("{ supervisionLevels { nodes { reason } } }", ""),
            read(
                "query ($id: ID!) { party(id: $id) { covenants { nodes { title } } } }",
                &party(),
            ),
            read(
                "query ($id: ID!) { party(id: $id) { supervisionLevels { reason } } }",
                &party(),
            ),
            read(
                "query ($id: ID!) { party(id: $id) { supervisionHistory { nodes { reason } } } }",
                &party(),
            ),
            Asked {
                variables: keys,
                ..read(entities, "")
            },
            Asked {
                touches: false,
                ..read("query ($id: ID!) { covenant(id: $id) { title } }", &hidden)
            },
        ]
    }

    /// What privacy officers ask and do.
    fn holds(&self) -> Vec<Asked> {
        let officer = |query: String, id: &str| {
            let variables = json!({ "id": id });
            asked(Service::Registry, "ilt.privacy_officer", query, variables)
        };
        let mut all = Vec::new();
        for (name, list, id) in [
            ("Covenant", "covenantHolds", &self.covenant),
            ("SupervisionLevel", "supervisionLevelHolds", &self.level),
        ] {
            let change = |verb: &str, kind: &str| {
                let call = format!("{verb}{name}Hold(kind: {kind}, id: $id, reason: \"proef\") {{ placedAt }}");
                officer(format!("mutation ($id: ID!) {{ {call} }}"), id)
            };
            let place = |kind: &str| Asked {
                touches: true,
                ..change("place", kind)
            };
            all.extend([
                officer(format!("{{ {list} {{ nodes {{ number }} }} }}"), id),
                Asked {
                    refused: Some("WRONG_STATE"),
                    ..change("lift", "HOLD")
                },
                place("HOLD"),
                place("FREEZE"),
            ]);
        }
        all
    }

    fn changes(&self) -> Vec<Asked> {
        let change = |declared: &str, call: &str, variables: Value| Asked {
            touches: true,
            ..asked(
                Service::Registry,
                "ilt.inspector",
                format!("mutation ({declared}) {{ {call} {{ warnings {{ code }} }} }}"),
                variables,
            )
        };
        let mark = |query: &str| asked(Service::Registry, "igj.analyst", query, json!({}));
        let on = |call: &str, id: &str| change("$id: ID!", call, json!({ "id": id }));
        let share = "grant: { to: { organisation: \"nvwa\" }, purpose: \"toezicht\", legalBasis: \"demo\" }";
        vec![
            mark("mutation { markNoticesRead(notices: []) }"),
            mark("mutation { markAllNoticesRead }"),
            change(
                "$i: CovenantInput!",
                "recordCovenant(input: $i)",
                json!({ "i": input() }),
            ),
            change(
                "$id: ID!, $i: CovenantInput!",
                "editCovenant(id: $id, version: 3, input: $i)",
                json!({ "id": self.covenant, "i": input() }),
            ),
            on("publishCovenant(id: $id, version: 1)", &self.draft),
            on(
                "labelCovenant(id: $id, version: 3, labels: { tlp: RED })",
                &self.covenant,
            ),
            on(&format!("shareCovenant(id: $id, {share})"), &self.covenant),
            on("revokeCovenantGrant(grantId: $id)", &self.covenant_grant),
            on(
                "retractCovenant(id: $id, version: 3, reason: \"proef\")",
                &self.covenant,
            ),
            change(
                "$i: SupervisionLevelInput!",
                "setSupervisionLevel(input: $i)",
                json!({ "i": step() }),
            ),
            on(
                "labelSupervisionLevel(id: $id, version: 1, labels: { tlp: RED })",
                &self.level,
            ),
            on(&format!("shareSupervisionLevel(id: $id, {share})"), &self.level),
            on("revokeSupervisionLevelGrant(grantId: $id)", &self.level_grant),
            on(
                "retractSupervisionLevel(id: $id, version: 1, reason: \"proef\")",
                &self.level,
            ),
        ]
    }
}
