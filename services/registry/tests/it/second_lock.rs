//! Row-level security and rights on PostgreSQL: the second lock, tried without the first.

use foundation::Database;
use registry::seed::Noun;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use crate::postgres::Cluster;
use crate::world::{World, postgres};

async fn count(world: &World, role: &str, organisation: Option<&str>, table: &str) -> Result<i64, DbErr> {
    let name = world.database.as_deref().expect("is on PostgreSQL");
    let database = Database::open(&Cluster::shared().url_for(role, name), 1)
        .await
        .expect("opens");
    let transaction = database.begin_read().await?;
    if let Some(code) = organisation {
        let id = Noun::Organisation.id(code);
        transaction
            .execute_unprepared(&format!("SELECT set_config('app.organisation', '{id}', true)"))
            .await?;
    }
    let query = Statement::from_string(DbBackend::Postgres, format!("SELECT count(*) AS n FROM {table}"));
    transaction.query_one_raw(query).await?.expect("a row").try_get("", "n")
}

#[tokio::test]
async fn personal_rows_are_their_custodians() {
    let world = postgres().await;
    for table in ["party_personal", "site_personal"] {
        for (organisation, seen) in [(None, 0), (Some("nvwa"), 0), (Some("ilt"), 1)] {
            let found = count(&world, "samenzicht_registry", organisation, table)
                .await
                .expect("may ask");
            assert_eq!(found, seen, "{table} for {organisation:?}");
        }
    }
}

#[tokio::test]
async fn another_service_sees_the_views_and_no_table() {
    let world = postgres().await;
    for view in [
        "reference_party",
        "reference_site",
        "reference_region",
        "reference_category",
    ] {
        assert!(
            count(&world, "samenzicht_signals", None, view).await.expect("may read") > 0,
            "{view}"
        );
    }
    for table in [
        "registry.party",
        "registry.party_personal",
        "registry.party_custodian",
        "registry.site_personal",
    ] {
        let refused = count(&world, "samenzicht_signals", Some("ilt"), table)
            .await
            .expect_err("may not read");
        assert!(refused.to_string().contains("permission denied"), "{table}: {refused}");
    }
}

#[tokio::test]
async fn the_service_changes_no_more_than_it_must() {
    let world = postgres().await;
    let name = world.database.as_deref().expect("is on PostgreSQL");
    let database = Database::open(&Cluster::shared().url_for("samenzicht_registry", name), 1)
        .await
        .expect("opens");
    for change in ["DELETE FROM party", "DROP TABLE party", "DELETE FROM audit_log"] {
        let transaction = database.begin_write().await.expect("begins");
        assert!(transaction.execute_unprepared(change).await.is_err(), "{change}");
    }
    // What is personal is changed by nobody but the custodian that the scope names.
    for (writer, touched) in [(None, 0), (Some("nvwa"), 0), (Some("ilt"), 1)] {
        let transaction = database.begin_write().await.expect("begins");
        let scope = writer
            .map(|code| Noun::Organisation.id(code).to_string())
            .unwrap_or_default();
        let scope = format!(
            "SELECT set_config('app.writer', '{scope}', true), set_config('app.organisation', '{scope}', true)"
        );
        transaction.execute_unprepared(&scope).await.expect("may set");
        let change = transaction
            .execute_unprepared("UPDATE party_personal SET legal_name = ''")
            .await;
        assert_eq!(change.expect("may try").rows_affected(), touched, "{writer:?}");
    }
}
