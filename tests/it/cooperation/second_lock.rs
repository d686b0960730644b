//! What is beside signals, through row-level security alone: with the service's own login and a reader's context, and no
//! query narrowed by the door.

use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde_json::json;
use tests::world::{On, World, id};

use super::published;

/// A transaction of the service in the context of an organisation's reader for supervision.
async fn context(world: &World, organisation: &str) -> DatabaseTransaction {
    let channels = "SELECT CAST(id AS TEXT) FROM channel WHERE (kind = 2 AND audience = ? AND purpose_id = ?) OR (kind = 5 AND audience = ?)";
    let who = id(organisation);
    let channels = world
        .look(channels, vec![who.into(), id("toezicht").into(), who.into()])
        .await;
    let transaction = world.database.begin_read().await.expect("the service reads");
    let set = format!(
        "SELECT set_config('app.channels', '{}', true), set_config('app.max_rank', '2', true),
         set_config('app.now', '{}', true), set_config('app.organisation', '{who}', true)",
        channels.join(","),
        world.clock.now(),
    );
    transaction
        .execute_unprepared(&set)
        .await
        .expect("a context can be set");
    transaction
}

async fn amount(transaction: &DatabaseTransaction, table: &str) -> i64 {
    let text = format!("SELECT COUNT(*) FROM {table}");
    let statement = foundation::sql::statement(transaction.get_database_backend(), &text, []);
    let row = transaction.query_one_raw(statement).await.expect("it can be counted");
    row.expect("one row").try_get_by_index(0).expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_kept_apart_without_the_door() {
    let world = World::peopled(On::Postgres).await;
    let (leak, smell) = (
        published(&world, "Lek", &["igj", "jenv"]).await,
        published(&world, "Lucht", &["igj"]).await,
    );
    let steps = [
        format!("confirmSignal(id: \"{leak}\", input: {{ kind: SEEN_TOO }}) {{ signal {{ id }} }}"),
        format!("confirmSignal(id: \"{smell}\", input: {{ kind: SEEN_TOO }}) {{ signal {{ id }} }}"),
        format!("addRemark(id: \"{leak}\", text: \"Open.\") {{ signal {{ id }} }}"),
        format!("addRemark(id: \"{leak}\", text: \"Eigen.\", audience: OWN_INSPECTORATE) {{ signal {{ id }} }}"),
        format!("takeUpSignal(id: \"{leak}\", ownerOnly: true) {{ signal {{ id }} }}"),
        format!("linkSignals(from: \"{leak}\", to: \"{smell}\", kind: RELATED) {{ signal {{ id }} }}"),
        format!("markSignalRead(id: \"{leak}\") {{ version }}"),
        format!(
            "proposeCorrection(id: \"{leak}\", version: 4, changes: {{ place: \"Botlek\" }}, reason: \"Daar.\") {{ signal {{ id }} }}"
        ),
    ];
    let change = async |who: &str, step: &str| {
        let text = format!("mutation {{ {step} }}");
        world.data(who, "toezicht", &text, json!({})).await
    };
    for step in steps {
        change("igj.inspector", &step).await;
    }
    let hash = "0".repeat(64);
    let evidence = format!(
        "addEvidence(id: \"{smell}\", input: {{ title: \"Foto\", date: \"2026-05-30\", hash: \"{hash}\" }}) {{ signal {{ id }} }}"
    );
    change("ilt.inspector", &evidence).await;
    // Confirmations, remarks, follow-up, ends of links, read marks, proposals, evidence, versions (drafts are the owner's).
    let expected = [
        ("igj", [2, 2, 1, 2, 1, 1, 1, 3]),
        ("ilt", [2, 1, 1, 2, 0, 1, 1, 5]),
        ("jenv", [1, 1, 0, 0, 0, 0, 0, 2]),
        ("nvwa", [0, 0, 0, 0, 0, 0, 0, 0]),
    ];
    let tables = [
        "signal_confirmation",
        "signal_remark",
        "signal_follow_up",
        "signal_link",
        "signal_read_mark",
        "signal_proposal",
        "signal_evidence",
        "signal_version",
    ];
    for (organisation, amounts) in expected {
        let transaction = context(&world, organisation).await;
        for (table, expected) in tables.into_iter().zip(amounts) {
            assert_eq!(amount(&transaction, table).await, expected, "{organisation}: {table}");
        }
        transaction.rollback().await.expect("a read ends");
    }
    let bare = world.database.begin_read().await.expect("the service reads");
    for table in tables {
        assert_eq!(amount(&bare, table).await, 0, "without a context there is no {table}");
    }
    bare.rollback().await.expect("a read ends");
}
