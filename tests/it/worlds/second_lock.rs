//! Row-level security by itself: as the service's role, with the context set as the door sets it, and no condition.

use std::collections::BTreeSet;

use foundation::sql::statement;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend};
use tests::lock;
use tests::world::{On, World};
use uuid::Uuid;

use super::facts::{Account, Dice, Facts, PURPOSES};
use super::kinds::{KINDS, Kind};
use super::{RECORDS, stage};

/// The policies that are weakened, one at a time: what stands in them and what is put there instead.
const MUTANTS: [(&str, &str, &str); 5] = [
    (
        "channel",
        "f.channel = ANY (string_to_array(nullif(current_setting('app.channels', true), ''), ',')::bigint[])",
        "true",
    ),
    (
        "rank",
        "f.rank <= nullif(current_setting('app.max_rank', true), '')::smallint",
        "true",
    ),
    (
        "visible_from",
        "f.visible_from <= nullif(current_setting('app.now', true), '')::bigint",
        "true",
    ),
    (
        "visible_until",
        "f.visible_until > nullif(current_setting('app.now', true), '')::bigint",
        "true",
    ),
    (
        "visible_until, exclusive",
        "f.visible_until > nullif",
        "f.visible_until >= nullif",
    ),
];

async fn select(transaction: &DatabaseTransaction, kind: &Kind) -> BTreeSet<Uuid> {
    let text = statement(DbBackend::Postgres, &format!("SELECT id FROM {}", kind.name), []);
    let rows = transaction.query_all_raw(text).await.expect("a service may select");
    rows.iter().map(|row| row.try_get("", "id").expect("an id")).collect()
}

/// The rows that row-level security leaves somebody.
pub async fn rows(world: &World, kind: &Kind, reader: &Account, purpose: usize) -> BTreeSet<Uuid> {
    let platform = (kind.service)(world).platform();
    let Some(scope) = lock::scope(platform, &world.clock, &reader.name, PURPOSES[purpose]).await else {
        let transaction = platform.database.begin_read().await.expect("a service may read");
        return select(&transaction, kind).await;
    };
    let transaction = lock::context(platform, &scope, false).await;
    select(&transaction, kind).await
}

/// Whether row-level security shows anybody anything that the oracle does not, or the other way round.
async fn differs(world: &World, kind: &Kind, facts: &Facts) -> bool {
    for reader in &facts.accounts {
        for purpose in 0..PURPOSES.len() {
            let question = super::Question {
                facts,
                reader,
                purpose,
                without: None,
            };
            let expected: BTreeSet<Uuid> = facts
                .records
                .iter()
                .filter(|record| question.sees(record))
                .map(|record| record.id)
                .collect();
            if rows(world, kind, reader, purpose).await != expected {
                return true;
            }
        }
    }
    false
}

/// Each clause of the policies' text is taken out in turn, and the comparison notices.
#[tokio::test(flavor = "multi_thread")]
async fn a_weakened_policy_is_caught() {
    let facts = Facts::random(&mut Dice::new(7), RECORDS);
    let world = stage::set(On::Postgres, &facts).await;
    for kind in &KINDS {
        weakened(&world, kind, &facts).await;
    }
}

async fn weakened(world: &World, kind: &Kind, facts: &Facts) {
    let name = kind.name;
    assert!(!differs(world, kind, facts).await, "{name}: as it is, it is right");
    let sentence = "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polname = ?";
    let text = (kind.policies)();
    let (of_record, feed) = (format!("read_{name}"), format!("{name}_feed"));
    let policies = [(of_record.as_str(), name), (kind.feed_policy, feed.as_str())];
    for (clause_name, clause, instead) in MUTANTS {
        for (policy, table) in policies {
            let before = world.look(sentence, vec![policy.into()]).await;
            assert_eq!(before.len(), 1, "{policy}");
            let made = policy_text(&text, policy);
            // The feed's own policy says the same of its own columns.
            let (clause, instead) = if table == name {
                (clause.to_owned(), instead.to_owned())
            } else {
                (clause.replace("f.", ""), instead.replace("f.", ""))
            };
            assert!(made.contains(&clause), "{policy} has no {clause_name}: {made}");
            weaken(world, policy, table, &made.replace(&clause, &instead)).await;
        }
        assert!(
            differs(world, kind, facts).await,
            "{name}: without {clause_name} nothing is different"
        );
        for (policy, table) in policies {
            weaken(world, policy, table, &policy_text(&text, policy)).await;
        }
    }
    assert!(
        !differs(world, kind, facts).await,
        "{name}: put back, it is right again"
    );
}

fn policy_text(text: &str, policy: &str) -> String {
    let start = text
        .find(&format!("CREATE POLICY {policy} "))
        .expect("the policy is made in the migrations");
    text[start..].split(";\n").next().expect("a statement").to_owned()
}

async fn weaken(world: &World, policy: &str, table: &str, text: &str) {
    world.run(&format!("DROP POLICY {policy} ON {table}"), vec![]).await;
    world.run(text, vec![]).await;
}

/// A connection that served somebody else shows nothing without a context of its own.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_context_there_is_nothing() {
    let facts = Facts::random(&mut Dice::new(1), RECORDS);
    let world = stage::set(On::Postgres, &facts).await;
    for kind in &KINDS {
        let mut shown = 0;
        for reader in &facts.accounts {
            shown += rows(&world, kind, reader, 0).await.len();
        }
        assert!(shown > 0, "{}: with a context there is something", kind.name);
        for _ in 0..10 {
            let database = &(kind.service)(&world).platform().database;
            let transaction = database.begin_read().await.expect("a service may read");
            assert_eq!(select(&transaction, kind).await, BTreeSet::new(), "{}", kind.name);
        }
    }
}
