//! A database of before the orders, brought up to date.

use foundation::Database;
use foundation::migrate::{Migration, Tables, migrate};
use sea_orm::ConnectionTrait;
use tests::postgres::{Cluster, SUPERUSER};
use tests::world::On;

use samenzicht::services::tables;

const BEFORE: [&str; 3] = [
    "INSERT INTO signal (id, number, owner_id, author_id, created_at, updated_at, version, state, rank, tlp, use_limit,
       retain_until, title, narrative, category, severity, urgency, observed_from, origin)
     VALUES (ONE, 'ILT-1', ONE, ONE, 1, 1, 1, 2, 1, 1, 1, 9, 't', 'n', 'c', 1, 3, 5, 4)",
    "INSERT INTO signal_feed (channel, rank, created_at, record_id, grant_id, visible_from, visible_until, owner_id,
       category, severity, observed_at) VALUES (1, 1, 1, ONE, ONE, 0, 9, ONE, 'c', 1, 5)",
    "INSERT INTO signal_subject_feed (subject_id, channel, rank, created_at, record_id, grant_id, visible_from,
       visible_until, owner_id, category, severity, observed_at) VALUES (ONE, 1, 1, 1, ONE, ONE, 0, 9, ONE, 'c', 1, 5)",
];

/// The steps of the signals before the orders.
fn steps_before() -> Vec<Migration> {
    let all = (signals::tables::SIGNALS.migrations)().into_iter();
    all.take_while(|step| step.name != "0005_orders").collect()
}

/// All tables, those of the signals as they were before the orders.
fn before() -> Vec<Tables> {
    let mut all = tables();
    for tables in &mut all {
        if tables.schema == "signals" {
            tables.migrations = steps_before;
        }
    }
    all
}

/// Fills a database of before, migrates it, and looks.
pub async fn filled(on: On) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // There until the end.
    let scratch;
    let (migrator, superuser) = match on {
        On::Sqlite => {
            let url = format!("sqlite:{}", folder.path().join("before.db").display());
            let database = Database::open(&url, 1).await.expect("a new file opens");
            (database.clone(), database)
        }
        On::Postgres => {
            scratch = Cluster::shared().empty().await;
            let open = async |role: &str| {
                let url = Cluster::shared().url_for(role, &scratch);
                Database::open(&url, 1).await.expect("a database of our own opens")
            };
            (open("samenzicht_migrator").await, open(SUPERUSER).await)
        }
    };
    migrate(&migrator, &before())
        .await
        .expect("the tables of before can be made");
    let one = if on == On::Sqlite {
        "X'00000000000000000000000000000001'"
    } else {
        "'00000000-0000-0000-0000-000000000001'"
    };
    let writing = superuser.begin_write().await.expect("it can be written");
    if on == On::Postgres {
        writing
            .execute_unprepared("SET LOCAL search_path = signals")
            .await
            .expect("a path");
    }
    for text in BEFORE {
        let text = text.replace("ONE", one);
        writing
            .execute_unprepared(&text)
            .await
            .unwrap_or_else(|error| panic!("{error}, in: {text}"));
    }
    writing.commit().await.expect("it can be written");
    migrate(&migrator, &tables())
        .await
        .expect("it can be brought up to date");
    let reading = superuser.begin_read().await.expect("it can be read");
    for feed in ["signal_feed", "signal_subject_feed"] {
        let schema = if on == On::Postgres { "signals." } else { "" };
        let text = format!("SELECT urgency, origin, state FROM {schema}{feed}");
        let statement = foundation::sql::statement(superuser.backend(), &text, []);
        let row = reading
            .query_one_raw(statement)
            .await
            .expect("it can be read")
            .expect("a row");
        let column = |place| row.try_get_by_index::<i16>(place).expect("a number");
        assert_eq!((column(0), column(1), column(2)), (3, 4, 2), "{on:?} {feed}");
    }
}
