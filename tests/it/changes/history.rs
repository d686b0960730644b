//! What happens in a random history: everything that changes what somebody sees.

use access::FOREVER;
use foundation::clock::SECOND;
use serde_json::{Value, json};
use tests::dice::Dice;
use tests::world::{World, id};
use uuid::Uuid;

/// What there is by now.
#[derive(Default)]
pub struct History {
    signals: Vec<String>,
    grants: Vec<String>,
}

const RECORD: &str = "mutation ($input: SignalInput!) { recordSignal(input: $input) { signal { id } } }";
const PUBLISH: &str = "mutation ($id: ID!, $v: Int!) { publishSignal(id: $id, version: $v) { signal { id } } }";
const EDIT: &str = "mutation ($id: ID!, $v: Int!, $t: String!) { editSignal(id: $id, version: $v, input: { title: $t }) { signal { id } } }";
const LABEL: &str = "mutation ($id: ID!, $v: Int!, $labels: LabelsInput!) {
    labelSignal(id: $id, version: $v, labels: $labels) { signal { id } } }";
const SHARE: &str =
    "mutation ($id: ID!, $grant: GrantInput!) { shareSignal(id: $id, grant: $grant) { signal { grants { id } } } }";
const REVOKE: &str = "mutation ($id: ID!) { revokeGrant(grantId: $id) { signal { id } } }";
const RETRACT: &str =
    "mutation ($id: ID!, $v: Int!) { retractSignal(id: $id, version: $v, reason: \"proef\") { signal { id } } }";
const REMARK: &str = "mutation ($id: ID!, $t: String!) {
    addRemark(id: $id, text: $t) { signal { id } } }";
const OUTCOME: &str = "mutation ($id: ID!, $alone: Boolean!) {
    reportOutcome(id: $id, input: { state: INSPECTION, ownerOnly: $alone }) { signal { id } } }";
const HOLD: &str =
    "mutation ($kind: HoldKind!, $n: String!) { placeHold(kind: $kind, number: $n, reason: \"proef\") { id } }";
const LIFT: &str =
    "mutation ($kind: HoldKind!, $n: String!) { liftHold(kind: $kind, number: $n, reason: \"proef\") { id } }";
const BREAK: &str = "mutation ($n: String!) { breakGlass(record: { number: $n }, danger: \"gevaar\", reason: \"nu\") { signal { id } } }";

impl History {
    fn any(&self, dice: &mut Dice) -> Option<String> {
        (!self.signals.is_empty()).then(|| dice.one(&self.signals))
    }

    /// Something happens; what. What is refused in the state that things are in does not happen.
    pub async fn step(&mut self, world: &World, dice: &mut Dice) -> String {
        let throw = dice.of(28);
        match throw {
            0..=4 => self.records(world, dice).await,
            5..=9 => self.shares(world, dice).await,
            10 | 11 => self.revokes(world, dice).await,
            12..=16 => self.changes(world, dice).await,
            17..=19 => self.beside(world, dice).await,
            20..=24 => people(world, dice).await,
            _ => {
                world.clock.advance(SECOND);
                "a second".to_owned()
            }
        }
    }

    /// Something is written.
    pub async fn written(&mut self, world: &World, dice: &mut Dice) {
        match dice.of(6) {
            0 | 1 => self.records(world, dice).await,
            2 | 3 => self.shares(world, dice).await,
            4 => self.revokes(world, dice).await,
            _ => self.changes(world, dice).await,
        };
    }

    async fn records(&mut self, world: &World, dice: &mut Dice) -> String {
        let kept = dice.one(&[json!(null), json!("2026-06-02")]);
        let input = json!({ "title": "Lekkage", "narrative": "Iets", "category": "chemicals", "severity": "MINOR",
            "observedFrom": "2026-05-30T08:00:00Z",
            "labels": { "tlp": dice.one(&["GREEN", "AMBER"]), "retainUntil": kept, "rank": dice.one(&["INTERN", "VERTROUWELIJK"]) } });
        let who = dice.one(&["ilt.inspector", "ilt.inspector", "igj.inspector"]);
        let answer = world.ask(who, "toezicht", RECORD, json!({ "input": input })).await;
        let Some(signal) = answer["data"]["recordSignal"]["signal"]["id"]
            .as_str()
            .map(str::to_owned)
        else {
            // Whoever has lost the clearance writes nothing of that rank.
            let code = &answer["errors"][0]["extensions"]["code"];
            assert_eq!(code, "RANK_ABOVE_CLEARANCE", "{who}: {answer:#}");
            return format!("{who} may not record that rank");
        };
        if dice.of(5) > 0 {
            world
                .data(who, "toezicht", PUBLISH, json!({ "id": signal, "v": 1 }))
                .await;
        }
        self.signals.push(signal);
        format!("recorded by {who}")
    }

    async fn shares(&mut self, world: &World, dice: &mut Dice) -> String {
        let Some(signal) = self.any(dice) else {
            return "nothing".to_owned();
        };
        let (to, purpose) = dice.one(&[
            (json!({ "everyone": true }), "toezicht"),
            (json!({ "organisation": "igj" }), "toezicht"),
            (json!({ "organisation": "igj" }), "risicoanalyse"),
            (json!({ "organisation": "jenv" }), "toezicht"),
            (json!({ "circle": "cmj" }), "incidentonderzoek"),
            (json!({ "circle": "cmj" }), "incidentonderzoek"),
            (json!({ "account": "nvwa.inspector" }), "toezicht"),
            (json!({ "account": "nvwa.analyst" }), "risicoanalyse"),
            (json!({ "organisation": "ilt" }), "risicoanalyse"),
        ]);
        let mut grant = json!({ "to": to, "purpose": purpose, "legalBasis": "demo" });
        let moment = |seconds: i64| {
            let at = jiff::Timestamp::from_microsecond(world.clock.now() + seconds * SECOND);
            json!(at.expect("a moment").to_string())
        };
        match dice.of(4) {
            0 => grant["validFrom"] = moment(1),
            1 => grant["validUntil"] = moment(2),
            _ => {}
        }
        let answer = self
            .by_owner(world, &signal, SHARE, json!({ "id": signal, "grant": grant }))
            .await;
        let grants = answer["data"]["shareSignal"]["signal"]["grants"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        self.grants
            .extend(grants.last().and_then(|grant| grant["id"].as_str()).map(str::to_owned));
        format!("shared {signal}: {grant}")
    }

    async fn revokes(&mut self, world: &World, dice: &mut Dice) -> String {
        if self.grants.is_empty() {
            return "nothing".to_owned();
        }
        let grant = self.grants.swap_remove(dice.of(self.grants.len()));
        for who in ["ilt.inspector", "igj.inspector"] {
            world.ask(who, "toezicht", REVOKE, json!({ "id": grant })).await;
        }
        "revoked".to_owned()
    }

    async fn changes(&mut self, world: &World, dice: &mut Dice) -> String {
        let Some(signal) = self.any(dice) else {
            return "nothing".to_owned();
        };
        let version = of(world, "version", &signal).await;
        let version: i64 = version.parse().unwrap_or_default();
        let at = json!({ "id": signal, "v": version, "t": format!("Lekkage {}", dice.of(1000)) });
        let label = |labels: Value| json!({ "id": signal, "v": version, "labels": labels });
        let (what, query, variables) = match dice.of(9) {
            0..=3 => ("edited", EDIT, at),
            4 => ("retracted", RETRACT, at),
            5 => ("published", PUBLISH, at),
            6 => (
                "ranked",
                LABEL,
                label(json!({ "rank": dice.one(&["INTERN", "VERTROUWELIJK", "DEPARTEMENTAAL_VERTROUWELIJK"]) })),
            ),
            _ => (
                "marked",
                LABEL,
                label(json!({ "tlp": dice.one(&["GREEN", "AMBER", "AMBER_STRICT", "RED"]) })),
            ),
        };
        self.by_owner(world, &signal, query, variables).await;
        format!("{what} {signal}")
    }

    async fn beside(&mut self, world: &World, dice: &mut Dice) -> String {
        let Some(signal) = self.any(dice) else {
            return "nothing".to_owned();
        };
        let (who, purpose) = dice.one(&[
            ("igj.inspector", "toezicht"),
            ("ilt.inspector", "toezicht"),
            ("jenv.inspector", "incidentonderzoek"),
            ("nvwa.inspector", "toezicht"),
        ]);
        let number = of(world, "number", &signal).await;
        let kind = dice.one(&["FREEZE", "HOLD"]);
        let officer = if number.starts_with("IGJ") {
            "igj.privacy_officer"
        } else {
            "ilt.privacy_officer"
        };
        let kept = json!({ "kind": kind, "n": number });
        let (who, purpose, query, variables) = match dice.of(6) {
            0 | 1 => (
                who,
                purpose,
                REMARK,
                json!({ "id": signal, "t": format!("Gezien {}", dice.of(100)) }),
            ),
            2 => (who, purpose, OUTCOME, json!({ "id": signal, "alone": dice.of(2) == 0 })),
            3 => (officer, "toezicht", HOLD, kept),
            4 => (officer, "toezicht", LIFT, kept),
            _ => ("nvwa.inspector", "toezicht", BREAK, json!({ "n": number })),
        };
        let answer = world.ask(who, purpose, query, variables).await;
        assert_ne!(
            answer["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED",
            "{answer:#}"
        );
        format!("{who} beside {signal}: {query}")
    }

    async fn by_owner(&self, world: &World, signal: &str, query: &str, variables: Value) -> Value {
        let number = of(world, "number", signal).await;
        let owner = if number.starts_with("IGJ") {
            "igj.inspector"
        } else {
            "ilt.inspector"
        };
        let answer = world.ask(owner, "toezicht", query, variables).await;
        assert_ne!(
            answer["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED",
            "{answer:#}"
        );
        answer
    }
}

async fn of(world: &World, column: &str, signal: &str) -> String {
    let record: Uuid = signal[4..].parse().expect("an id of ours");
    let text = format!("SELECT CAST({column} AS TEXT) FROM signal WHERE id = ?");
    world.look(&text, vec![record.into()]).await.pop().expect("it is there")
}

/// Who is who changes: a member joins or leaves, a role or a purpose is lost and given, a rank, a list of circles.
async fn people(world: &World, dice: &mut Dice) -> String {
    let now = world.clock.now();
    let circle = id("circle cmj");
    let member = dice.one(&["igj", "jenv", "nvwa"]);
    let (who, rank) = (
        dice.one(&["igj.inspector", "nvwa.inspector", "jenv.inspector"]),
        dice.one(&[0_i16, 1, 2]),
    );
    let one = dice.one(&["jenv.inspector", "igj.analyst", "ilt.data_steward", "ilt.case_system"]);
    let account = dice.one(&["igj.case_system", "jenv.case_system"]);
    match dice.of(9) {
        0 | 1 => {
            let leave =
                "UPDATE circle_member SET left_at = ? WHERE circle_id = ? AND organisation_id = ? AND left_at > ?";
            world
                .run(leave, vec![now.into(), circle.into(), id(member).into(), now.into()])
                .await;
            format!("{member} left the circle")
        }
        2 | 3 => {
            let join = "INSERT INTO circle_member SELECT ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM circle_member
                WHERE circle_id = ? AND organisation_id = ? AND (left_at > ? OR joined_at = ?))";
            let values = vec![
                circle.into(),
                id(member).into(),
                now.into(),
                FOREVER.into(),
                circle.into(),
                id(member).into(),
                now.into(),
                now.into(),
            ];
            world.run(join, values).await;
            format!("{member} joined the circle")
        }
        4 => {
            let rank_of = "UPDATE account SET clearance = ? WHERE id = ?";
            world.run(rank_of, vec![rank.into(), id(who).into()]).await;
            format!("{who} cleared to {rank}")
        }
        5 => {
            let lose = "UPDATE role_assignment SET valid_until = ? WHERE account_id = ?";
            world.run(lose, vec![now.into(), id(one).into()]).await;
            format!("{one} lost its role")
        }
        6 => {
            let give = "UPDATE role_assignment SET valid_until = ? WHERE account_id = ?";
            world.run(give, vec![FOREVER.into(), id(one).into()]).await;
            format!("{one} got its role back")
        }
        7 => {
            let list = "INSERT INTO account_circle SELECT ?, ? WHERE NOT EXISTS (
                SELECT 1 FROM account_circle WHERE account_id = ? AND circle_id = ?)";
            let (account, circle) = (id(account), circle);
            world
                .run(list, vec![account.into(), circle.into(), account.into(), circle.into()])
                .await;
            "a circle was listed for a case system".to_owned()
        }
        _ => {
            let list = "DELETE FROM account_circle WHERE account_id = ?";
            world.run(list, vec![id(account).into()]).await;
            format!("no circle is listed for {account}")
        }
    }
}
