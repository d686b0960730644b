//! Migrations and loads may run again.

use foundation::{Clock, Database};
use registry::reference::Reference;
use registry::seed::{population, vocabularies};

use crate::postgres::{Cluster, SUPERUSER};
use crate::world::{NOW, code, people, prepare, rows, sqlite};

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

#[tokio::test]
async fn a_corrected_file_corrects_the_rows_and_a_leaver_leaves() {
    let world = sqlite().await;
    let members = "SELECT o.code, m.joined_at, m.left_at FROM circle_member m JOIN circle c ON c.id = m.circle_id
        JOIN organisation o ON o.id = m.organisation_id WHERE c.code = 'cmj' ORDER BY o.code, m.joined_at";
    let columns = ["code", "joined_at", "left_at"];
    let before = world.rows(members, &columns).await;
    assert_eq!(before.len(), 2);

    let mut reference = Reference::embedded().expect("is whole");
    reference.organisations[0].name = "Een betere naam".to_owned();
    let cmj = reference
        .circles
        .iter_mut()
        .find(|circle| circle.code == *"cmj")
        .expect("is there");
    cmj.members.retain(|member| *member != *"jenv");
    let later = Clock::standing_at(NOW + 1);
    vocabularies(&world.inspector, &reference, &later).await.expect("loads");
    let left = world.rows(members, &columns).await;
    assert_eq!(left.len(), 2);
    assert!(
        left[1].starts_with("jenv") && left[1].ends_with(&(NOW + 1).to_string()),
        "{left:?}"
    );
    let name = world
        .rows("SELECT name FROM organisation WHERE code = 'ilt'", &["name"])
        .await;
    assert_eq!(name, ["Een betere naam"]);

    let again = Clock::standing_at(NOW + 2);
    vocabularies(&world.inspector, &Reference::embedded().expect("is whole"), &again)
        .await
        .expect("loads");
    let back = world.rows(members, &columns).await;
    assert_eq!(back.len(), 3, "the years before are remembered: {back:?}");
    assert!(back[2].starts_with(&format!("jenv {}", NOW + 2)), "{back:?}");
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
