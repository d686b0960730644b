//! What is beside signals, through row-level security alone: with the service's own login and a reader's context, and no
//! query narrowed by the door.

use sea_orm::DatabaseTransaction;
use serde_json::json;
use tests::lock::{self, amount};
use tests::world::{On, World};

use super::published;

/// A transaction of the service in the context of an organisation's inspector for supervision.
async fn context(world: &World, organisation: &str) -> DatabaseTransaction {
    let (platform, who) = (world.signals.platform(), format!("{organisation}.inspector"));
    let scope = lock::scope(platform, &world.clock, &who, "toezicht").await;
    lock::context(platform, &scope.expect("an inspector comes in"), false).await
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
