//! Row-level security by itself, with the registry's own login: each side writes its own rows, and rows of another only
//! under a decision that is confirmed in the same transaction.

use foundation::Database;
use foundation::sql::statement;
use sea_orm::{ConnectionTrait, DbBackend, Value};
use tests::postgres::Cluster;
use tests::world::{On, World, id};
use uuid::Uuid;

use super::world;

/// What a statement does in a write of the ILT at the moment 7: how many rows it touches, or none where it is refused.
async fn touched(world: &World, before: &str, text: &str, values: Vec<Value>) -> Option<u64> {
    let name = world.name.as_deref().expect("on PostgreSQL");
    let database = Database::open(&Cluster::shared().url_for("samenzicht_registry", name), 1).await;
    let database = database.expect("the registry enters");
    let transaction = database.begin_write().await.expect("begins");
    let writer = "SELECT set_config('app.writer', ?, true), set_config('app.now', '7', true)";
    let values_of = [id("ilt").to_string().into()];
    transaction
        .execute_raw(statement(DbBackend::Postgres, writer, values_of))
        .await
        .expect("sets");
    if !before.is_empty() {
        transaction.execute_unprepared(before).await.expect("decides");
    }
    let done = transaction
        .execute_raw(statement(DbBackend::Postgres, text, values))
        .await;
    done.ok().map(|done| done.rows_affected())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_side_writes_its_own_rows_alone() {
    let world = world(On::Postgres).await;
    let own = async |text: &str, values: Vec<Value>| touched(&world, "", text, values).await;
    let suspend = "UPDATE account SET suspended_at = 7 WHERE name = ?";
    assert_eq!(own(suspend, vec!["ilt.inspector".into()]).await, Some(1));
    assert_eq!(own(suspend, vec!["igj.inspector".into()]).await, Some(0));
    let take = "UPDATE role_assignment SET valid_until = 7 WHERE account_id = ?";
    assert_eq!(own(take, vec![id("ilt.inspector").into()]).await, Some(1));
    assert_eq!(own(take, vec![id("igj.inspector").into()]).await, Some(0));
    let prolong = "UPDATE role_assignment SET valid_until = 9 WHERE account_id = ?";
    assert_eq!(
        own(prolong, vec![id("ilt.inspector").into()]).await,
        None,
        "nobody prolongs a role alone"
    );
    let give = "INSERT INTO role_assignment VALUES (?, 3, 7, 9)";
    assert_eq!(
        own(give, vec![id("ilt.inspector").into()]).await,
        None,
        "nobody gives a role alone"
    );
    let join = "INSERT INTO circle_member VALUES (?, ?, 7, 9)";
    let circle = id("circle cmj");
    assert_eq!(own(join, vec![circle.into(), id("ilt").into()]).await, Some(1));
    assert_eq!(
        own(join, vec![circle.into(), id("nvwa").into()]).await,
        None,
        "nobody is committed by another"
    );
    for refused in [
        "UPDATE circle SET ends_at = 7",
        "UPDATE circle_member SET left_at = 7",
        "UPDATE organisation SET suspended_at = 7",
        "UPDATE purpose SET allows_personal = true",
        "UPDATE legal_basis SET citation = 'x'",
    ] {
        assert_eq!(own(refused, vec![]).await, Some(0), "{refused}");
    }
    for refused in [
        "DELETE FROM account",
        "DELETE FROM role_assignment",
        "DELETE FROM decision",
        "DELETE FROM circle_member",
    ] {
        assert_eq!(own(refused, vec![]).await, None, "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmed_decision_opens_what_it_is_about() {
    let world = world(On::Postgres).await;
    let decided = |about: Uuid, organisation: &str| {
        let organisation = id(organisation);
        format!(
            "INSERT INTO decision VALUES ('{}', 'role', '{{}}', '{about}', '{organisation}', 'colleague', '{}', 'a', 'b', 'c', 1, 9,
             'confirmed', 'd', 7, NULL)",
            Uuid::from_u128(1),
            id("ilt")
        )
    };
    let give = "INSERT INTO role_assignment VALUES (?, 3, 7, 9)";
    let inspector = id("ilt.inspector");
    let about = decided(inspector, "ilt");
    assert_eq!(touched(&world, &about, give, vec![inspector.into()]).await, Some(1));
    let earlier = about.replace("'d', 7, NULL", "'d', 6, NULL");
    assert_eq!(
        touched(&world, &earlier, give, vec![inspector.into()]).await,
        None,
        "of this transaction alone"
    );
    assert_eq!(
        touched(&world, &about, give, vec![id("igj.inspector").into()]).await,
        None,
        "not of another"
    );
    let suspend = "UPDATE organisation SET suspended_at = 7 WHERE code = 'igj'";
    assert_eq!(
        touched(&world, &decided(id("igj"), "igj"), suspend, vec![]).await,
        Some(1)
    );
    assert_eq!(
        touched(&world, &decided(id("nvwa"), "nvwa"), suspend, vec![]).await,
        Some(0)
    );
}
