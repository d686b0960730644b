//! An earlier version's data: its tables come up to those of this version, and its demo's folder starts.

use access::FOREVER;
use foundation::Database;
use foundation::migrate::{Migration, Tables, migrate};
use foundation::tables::{ACCESS, ACCOUNTABILITY};
use registry::seed::Noun;
use registry::tables::REGISTRY;
use samenzicht::commands::demo::{Demo, PURPOSE, QUERY, VISITOR};
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::json;
use signals::tables::SIGNALS;
use tests::caller::Caller;
use tests::postgres::Cluster;
use tests::stand::{Behind, any_port, settings};

/// The tables as they first shipped: each schema's first step alone.
fn at_first() -> [Tables; 4] {
    let first = |schema, migrations| Tables { schema, migrations };
    [
        first(ACCESS.schema, || only_first(ACCESS)),
        first(ACCOUNTABILITY.schema, || only_first(ACCOUNTABILITY)),
        first(REGISTRY.schema, || only_first(REGISTRY)),
        first(SIGNALS.schema, || only_first(SIGNALS)),
    ]
}

fn only_first(tables: Tables) -> Vec<Migration> {
    (tables.migrations)().into_iter().take(1).collect()
}

/// Somebody who was there then, whose administrators had given another name and clearance than the story does.
async fn people(database: &Database) {
    let (organisation, account) = (Noun::Organisation.id("ilt"), Noun::Account.id("ilt.accountholder"));
    let purpose = Noun::Purpose.id("toezicht");
    let rows: [(&str, Vec<sea_orm::Value>); 5] = [
        (
            "INSERT INTO organisation VALUES (?, 'ilt', 'ILT', 'ILT', 'inspectorate', NULL, '', ?, 'Loket', '0800', 'a@example.nl', NULL, NULL)",
            vec![organisation.into(), true.into()],
        ),
        (
            "INSERT INTO purpose VALUES (?, 'toezicht', 'Toezicht', 'Supervision', '', '', ?, ?)",
            vec![purpose.into(), true.into(), false.into()],
        ),
        (
            "INSERT INTO account VALUES (?, ?, 'ilt.accountholder', 'Van vroeger', 'http://127.0.0.1:1/idp', 'ilt.accountholder', 2, NULL, NULL)",
            vec![account.into(), organisation.into()],
        ),
        (
            "INSERT INTO role_assignment VALUES (?, 4, 0, ?)",
            vec![account.into(), FOREVER.into()],
        ),
        (
            "INSERT INTO account_purpose VALUES (?, ?, 0, ?)",
            vec![account.into(), purpose.into(), FOREVER.into()],
        ),
    ];
    let transaction = database.begin_write().await.expect("it can be written");
    if database.backend() == DbBackend::Postgres {
        for text in ["SET LOCAL ROLE samenzicht_owner", "SET LOCAL search_path = access"] {
            transaction.execute_unprepared(text).await.expect("the migrator may");
        }
    }
    for (text, values) in rows {
        let statement = foundation::sql::statement(database.backend(), text, values);
        let done = transaction.execute_raw(statement).await;
        done.unwrap_or_else(|error| panic!("{error}, in: {text}"));
    }
    transaction.commit().await.expect("it can be written");
}

const HELD: &str = "SELECT display_name || ' ' || CAST(clearance AS TEXT) || ' ' || CAST(role AS TEXT) FROM account
    JOIN role_assignment ON account_id = account.id WHERE name = 'ilt.accountholder'";

#[tokio::test(flavor = "multi_thread")]
async fn the_folder_of_an_earlier_demo_starts() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("samenzicht.db");
    let database = Database::open(&format!("sqlite:{}", file.display()), 2).await;
    let database = database.expect("a new file opens");
    migrate(&database, &at_first())
        .await
        .expect("the first tables can be made");
    people(&database).await;
    database.close().await;

    let demo = Demo::start(&settings(), folder.path(), any_port(), any_port(), false).await;
    let demo = demo.unwrap_or_else(|failure| panic!("the demo does not start: {failure}"));
    let behind = Behind::sqlite(&file).await;
    assert_eq!(
        behind.texts(HELD, vec![]).await,
        ["Van vroeger 2 4"],
        "accounts stay as they were"
    );
    let broken = behind.number("SELECT COUNT(*) FROM pragma_foreign_key_check", vec![]);
    assert_eq!(broken.await, 0);
    assert_eq!(
        behind
            .texts("SELECT integrity_check FROM pragma_integrity_check", vec![])
            .await,
        ["ok"]
    );
    behind.close().await;
    for (who, purpose) in [(VISITOR, PURPOSE), ("ilt.accountholder", "toezicht")] {
        let token = demo.provider().token_for(who).expect("a token");
        let caller = Caller::at(format!("http://{}/graphql", demo.address()));
        let found = caller.token(&token).purpose(purpose).data(QUERY, json!({})).await;
        assert_ne!(found["signals"]["nodes"], json!([]), "{who}");
    }
    demo.stop().await.expect("it stops");
}

#[tokio::test]
async fn tables_of_an_earlier_version_come_up_on_postgres() {
    let cluster = Cluster::shared();
    let name = cluster.empty().await;
    let migrator = cluster.url_for("samenzicht_migrator", &name);
    let database = Database::open(&migrator, 1).await.expect("the migrator enters");
    migrate(&database, &at_first())
        .await
        .expect("the first tables can be made");
    people(&database).await;
    let now = migrate(&database, &samenzicht::services::tables()).await;
    now.expect("they come up to this version's");
    database.close().await;
    let behind = Behind::postgres(&cluster.url_for(tests::postgres::SUPERUSER, &name)).await;
    assert_eq!(behind.texts(HELD, vec![]).await, ["Van vroeger 2 4"]);
    behind.close().await;
}
