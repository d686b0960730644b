//! The matrix that people read, `schema/access/joining.csv`, every cell on both databases.

use tests::matrix::{Cell, Matrix, Words};
use tests::service::code;
use tests::world::{On, World};

use super::{ask, propose, world};

const WORDS: Words = Words {
    relations: &["own", "others", "suspended"],
    operations: &[
        "read_accounts",
        "read_decisions",
        "keep_accounts",
        "propose_role",
        "set_clearance",
        "admit",
        "keep_circles",
        "keep_vocabularies",
    ],
    records: &["-"],
};

struct Stage {
    world: World,
    own: String,
    others: String,
}

impl Stage {
    async fn set(on: On) -> Self {
        let world = world(on).await;
        let role = |organisation: &str| format!("proposeRole(account: \"{organisation}.analyst\", role: COORDINATOR)");
        let own = propose(&world, "igj.admin2", &role("igj")).await;
        let others = propose(&world, "ilt.admin2", &role("ilt")).await;
        Self { world, own, others }
    }

    async fn outcome(&self, cell: &Cell) -> String {
        let own = cell.relation != "others";
        let (side, decision) = if own { ("igj", &self.own) } else { ("ilt", &self.others) };
        let query = match cell.operation {
            "read_accounts" => format!("{{ account(name: \"{side}.inspector\") {{ id }} }}"),
            "read_decisions" => format!("{{ decision(id: \"{decision}\") {{ id }} }}"),
            "keep_accounts" => format!("mutation {{ resumeAccount(account: \"{side}.inspector\") {{ id }} }}"),
            "propose_role" => format!("mutation {{ proposeRole(account: \"{side}.inspector\", role: ANALYST) {{ id }} }}"),
            "set_clearance" => format!("mutation {{ proposeClearance(account: \"{side}.inspector\", clearance: VERTROUWELIJK) {{ id }} }}"),
            "admit" => format!("mutation {{ proposeSuspension(organisation: \"{side}\", reason: \"proef\") {{ id }} }}"),
            "keep_circles" => {
                let circle = if own { "cmj" } else { "ring" };
                format!("mutation {{ inviteToCircle(circle: \"{circle}\", organisation: \"nvwa\") {{ id }} }}")
            }
            _ => "mutation { proposeLegalBasis(input: { code: \"nieuw\", citation: \"A\", description: \"B\", source: \"C\" }) { id } }".to_owned(),
        };
        let answer = ask(&self.world, &format!("igj.{}", cell.role), &query).await;
        match code(&answer) {
            Some(code) => code.to_owned(),
            None if answer["data"]
                .as_object()
                .is_some_and(|data| data.values().all(serde_json::Value::is_null)) =>
            {
                "hidden".to_owned()
            }
            None => "ok".to_owned(),
        }
    }
}

async fn every_cell(on: On) {
    let matrix = Matrix::read("joining", &WORDS);
    let stage = Stage::set(on).await;
    stage.world.circle("ring", &["ilt", "igj"], &["toezicht"]).await;
    stage
        .world
        .run("UPDATE account SET clearance = 0 WHERE name LIKE '%.inspector'", vec![])
        .await;
    let mut wrong = Vec::new();
    for suspended in [false, true] {
        let at: Option<i64> = suspended.then_some(0);
        let text = "UPDATE account SET suspended_at = ? WHERE name LIKE 'igj.%'";
        stage.world.run(text, vec![at.into()]).await;
        for (cell, expected) in matrix
            .cells()
            .filter(|(cell, _)| (cell.relation == "suspended") == suspended)
        {
            let told = stage.outcome(cell).await;
            if told != expected {
                wrong.push(format!("{cell:?}: {told}, not {expected}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "{on:?}");
}

on_both! { every_cell }
