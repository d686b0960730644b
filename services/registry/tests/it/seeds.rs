//! Migrations and loads may run again.

use foundation::Database;
use registry::seed::population;
use sea_orm::ConnectionTrait;

use crate::postgres::{Cluster, SUPERUSER};
use crate::world::{code, people, prepare, rows, sqlite};

const TABLES: [&str; 21] = [
    "organisation",
    "account",
    "role_assignment",
    "purpose",
    "account_purpose",
    "legal_basis",
    "circle",
    "circle_purpose",
    "circle_member",
    "account_circle",
    "domain",
    "category",
    "safety_region",
    "party",
    "party_trade_name",
    "party_identifier",
    "party_custodian",
    "party_personal",
    "site",
    "site_identifier",
    "site_personal",
];

async fn counts(database: &Database) -> Vec<String> {
    let mut counts = Vec::new();
    for table in TABLES {
        let query = format!("SELECT count(*) AS n FROM {table}");
        counts.push(format!("{table} {}", rows(database, &query, &["n"]).await.concat()));
    }
    counts
}

async fn twice(writer: &Database, inspector: &Database) {
    prepare(writer).await;
    let before = counts(inspector).await;
    assert!(before.contains(&"safety_region 25".to_owned()), "{before:?}");
    assert!(before.contains(&"party_personal 1".to_owned()), "{before:?}");
    prepare(writer).await;
    assert_eq!(before, counts(inspector).await);
}

#[tokio::test]
async fn migrating_and_loading_twice_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("samenzicht.db").display());
    let database = Database::open(&url, 2).await.expect("opens");
    twice(&database, &database).await;

    let cluster = Cluster::shared();
    let name = cluster.empty().await;
    let migrator = Database::open(&cluster.url_for("samenzicht_migrator", &name), 2)
        .await
        .expect("opens");
    let inspector = Database::open(&cluster.url_for(SUPERUSER, &name), 2)
        .await
        .expect("opens");
    twice(&migrator, &inspector).await;
}

/// Once they are there, organisations, purposes, bases, circles and accounts are their administrators' to change.
#[tokio::test]
async fn loading_again_undoes_nothing_that_administrators_decided() {
    let world = sqlite().await;
    let decided = [
        "UPDATE organisation SET participant = FALSE, name = 'Een betere naam' WHERE code = 'ilt'",
        "UPDATE purpose SET allows_personal = FALSE WHERE code = 'toezicht'",
        "UPDATE legal_basis SET citation = 'Een andere wet' WHERE code = 'demo-cmj'",
        "UPDATE circle SET ends_at = 1800000000000000 WHERE code = 'cmj'",
        "UPDATE circle_member SET left_at = 1790000000000000 WHERE organisation_id IN (SELECT id FROM organisation WHERE code = 'jenv')",
        "UPDATE role_assignment SET valid_until = 1790000000000000",
        "UPDATE account_purpose SET valid_until = 1790000000000000",
        "UPDATE account SET clearance = 0",
    ];
    let transaction = world.inspector.begin_write().await.expect("begins");
    for text in decided {
        let touched = transaction.execute_unprepared(text).await.expect("changes");
        assert!(touched.rows_affected() > 0, "{text}");
    }
    transaction.commit().await.expect("commits");
    let decided = [
        "SELECT code || name || participant AS line FROM organisation ORDER BY code",
        "SELECT code || allows_personal AS line FROM purpose ORDER BY code",
        "SELECT code || citation AS line FROM legal_basis ORDER BY code",
        "SELECT code || ends_at AS line FROM circle ORDER BY code",
        "SELECT joined_at || ' ' || left_at AS line FROM circle_member ORDER BY circle_id, organisation_id, joined_at",
        "SELECT role || ' ' || valid_until AS line FROM role_assignment ORDER BY account_id, role",
        "SELECT valid_from || ' ' || valid_until AS line FROM account_purpose ORDER BY account_id, purpose_id",
        "SELECT name || clearance AS line FROM account ORDER BY name",
    ];
    let mut before = Vec::new();
    for query in decided {
        before.push(world.rows(query, &["line"]).await);
    }
    prepare(&world.inspector).await;
    for (query, before) in decided.iter().zip(before) {
        assert_eq!(world.rows(query, &["line"]).await, before, "{query}");
    }
}

#[tokio::test]
async fn a_site_of_a_party_that_is_not_there_is_refused_by_name() {
    let world = sqlite().await;
    let mut people = people();
    people.sites[0].party = code("niemand");
    let refused = population(&world.inspector, &people).await.expect_err("is refused");
    assert!(
        refused.to_string().contains("site kade refers to `niemand`"),
        "{refused}"
    );
}
