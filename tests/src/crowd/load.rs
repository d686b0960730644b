//! Writes very many companies straight into the tables, as registering each of them would leave them; a test compares.

use std::collections::{BTreeMap, BTreeSet};

use foundation::text;
use registry::model::name::slips;
use registry::store::find::keep::{LEGAL, party_entries};
use sea_orm::ConnectionTrait;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};

use super::id;
use crate::companies::company;
use crate::dice::Dice;
use crate::postgres::{Cluster, SUPERUSER};
use crate::world::{On, World};

/// What is written for one company.
struct Rows {
    kind: i16,
    name: String,
    name_words: String,
    kvk: String,
    entries: BTreeSet<(String, i16, String)>,
}

fn rows(dice: &mut Dice, number: usize) -> Rows {
    let company = company(dice, u32::try_from(number).expect("few enough"));
    Rows {
        kind: company.kind as i16,
        name_words: text::normalise(&company.name),
        kvk: company.identifiers[0].value().to_owned(),
        entries: party_entries([(LEGAL, company.name.as_str())], &[]),
        name: company.name,
    }
}

/// Loads so many companies; their names, in the order of their numbers.
pub async fn load(world: &World, on: On, companies: usize) -> Vec<String> {
    let mut dice = Dice::new(3);
    let all: Vec<Rows> = (0..companies).map(|number| rows(&mut dice, number)).collect();
    let words = Words::of(&all);
    match on {
        On::Postgres => copy(world, &all, &words).await,
        On::Sqlite => insert(world, &all, &words).await,
    }
    all.into_iter().map(|rows| rows.name).collect()
}

/// Every word, and how many bear it.
struct Words(BTreeMap<String, u32>);

impl Words {
    fn of(all: &[Rows]) -> Self {
        let mut words: BTreeMap<String, u32> = BTreeMap::new();
        for rows in all {
            let is_word = |entry: &&(String, i16, String)| entry.2.split(' ').any(|word| word == entry.0);
            let own: BTreeSet<&String> = rows.entries.iter().filter(is_word).map(|entry| &entry.0).collect();
            for word in own {
                *words.entry(word.clone()).or_default() += 1;
            }
        }
        Self(words)
    }

    /// Slip and word, in the order of the key.
    fn slips(&self) -> Vec<(i32, &String)> {
        let words = self.0.keys().filter(|word| !word.is_empty());
        let slips = words.flat_map(|word| slips(word).into_iter().map(move |slip| (slip, word)));
        let mut slips: Vec<(i32, &String)> = slips.collect();
        slips.sort_unstable();
        slips
    }
}

/// Key, company, field and name, in the order of the key.
fn entries(all: &[Rows]) -> Vec<(&str, usize, i16, &str)> {
    let mut entries: Vec<(&str, usize, i16, &str)> = Vec::new();
    for (company, rows) in all.iter().enumerate() {
        entries.extend(
            rows.entries
                .iter()
                .map(|(key, field, name)| (key.as_str(), company, *field, name.as_str())),
        );
    }
    entries.sort_unstable();
    entries
}

const MEGABYTE: usize = 1 << 20;

/// Copies rows, a line each, tabs between columns.
async fn copied(connection: &mut PgConnection, table: &str, lines: impl Iterator<Item = String>) {
    let text = format!("COPY {table} FROM STDIN");
    let mut copy = connection.copy_in_raw(&text).await.expect("the superuser may copy");
    let mut buffer = String::with_capacity(MEGABYTE + 1000);
    for line in lines {
        buffer.push_str(&line);
        buffer.push('\n');
        if buffer.len() > MEGABYTE {
            copy.send(buffer.as_bytes()).await.expect("rows are taken");
            buffer.clear();
        }
    }
    copy.send(buffer.as_bytes()).await.expect("rows are taken");
    copy.finish().await.expect("rows that fit");
}

async fn copy(world: &World, all: &[Rows], words: &Words) {
    let name = world.name.as_deref().expect("a database on PostgreSQL");
    let url = Cluster::shared().url_for(SUPERUSER, name);
    let options: PgConnectOptions = url.parse().expect("our own address");
    let mut connection = PgConnection::connect_with(&options)
        .await
        .expect("the superuser connects");
    let parties = all.iter().enumerate();
    let party =
        |(number, rows): (usize, &Rows)| format!("{}\t{}\t{}\t{}", id(number), rows.kind, rows.name, rows.name_words);
    copied(
        &mut connection,
        "party (id, kind, legal_name, name_words)",
        parties.clone().map(party),
    )
    .await;
    let kvk = |(number, rows): (usize, &Rows)| format!("{}\t1\t{}", id(number), rows.kvk);
    copied(
        &mut connection,
        "party_identifier (party_id, scheme, value)",
        parties.map(kvk),
    )
    .await;
    let word = |(word, bearers): (&String, &u32)| format!("{word}\t{bearers}");
    copied(&mut connection, "name_word (word, bearers)", words.0.iter().map(word)).await;
    let slip = |(slip, word): (i32, &String)| format!("{slip}\t{word}");
    let slips = words.slips().into_iter().map(slip);
    copied(&mut connection, "word_slip (slip, word)", slips).await;
    let entry = |(key, company, field, name)| format!("{key}\t{}\t{field}\t{name}", id(company));
    let entries = entries(all).into_iter().map(entry);
    copied(&mut connection, "party_word (word, party_id, field, name)", entries).await;
    for table in ["party", "party_identifier", "name_word", "word_slip", "party_word"] {
        as_autovacuum_leaves_it(&mut connection, table).await;
    }
    connection.close().await.expect("the superuser leaves");
}

/// Every page known to be visible to all, so that an index answers alone. Another's snapshot may be in the way for a
/// moment.
async fn as_autovacuum_leaves_it(connection: &mut PgConnection, table: &str) {
    for _ in 0..100 {
        let text = format!("VACUUM (ANALYZE) {table}");
        let done = sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut *connection).await;
        done.expect("a table can be cleaned");
        let visible = "SELECT relallvisible >= relpages FROM pg_class WHERE relname = $1";
        let visible: bool = sqlx::query_scalar(visible)
            .bind(table)
            .fetch_one(&mut *connection)
            .await
            .expect("a table is in the catalogue");
        if visible {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    panic!("{table} is never clean");
}

async fn insert(world: &World, all: &[Rows], words: &Words) {
    let transaction = world.behind.begin_write().await.expect("the world can be written");
    // As much of it as there is stays in memory meanwhile; the index is made at once at the end.
    for before in ["PRAGMA cache_size = -2000000", "DROP INDEX party_word_party"] {
        transaction
            .execute_unprepared(before)
            .await
            .expect("a world that can be filled");
    }
    let parties = all.iter().enumerate();
    let party = |(number, rows): (usize, &Rows)| {
        let id = id(number).simple();
        format!("(X'{id}', {}, '{}', '{}')", rows.kind, rows.name, rows.name_words)
    };
    let kvk = |(number, rows): (usize, &Rows)| format!("(X'{}', 1, '{}')", id(number).simple(), rows.kvk);
    let word = |(word, bearers): (&String, &u32)| format!("('{word}', {bearers})");
    let slip = |(slip, word): (i32, &String)| format!("({slip}, '{word}')");
    let entry = |(key, company, field, name)| format!("('{key}', X'{}', {field}, '{name}')", id(company).simple());
    let slips = words.slips();
    let entries = entries(all);
    let tables: [(&str, Box<dyn Iterator<Item = String> + Send + '_>); 5] = [
        (
            "party (id, kind, legal_name, name_words)",
            Box::new(parties.clone().map(party)),
        ),
        ("party_identifier (party_id, scheme, value)", Box::new(parties.map(kvk))),
        ("name_word (word, bearers)", Box::new(words.0.iter().map(word))),
        ("word_slip (slip, word)", Box::new(slips.into_iter().map(slip))),
        (
            "party_word (word, party_id, field, name)",
            Box::new(entries.into_iter().map(entry)),
        ),
    ];
    for (table, rows) in tables {
        let mut rows = rows.peekable();
        while rows.peek().is_some() {
            let some: Vec<String> = rows.by_ref().take(500).collect();
            let text = format!("INSERT INTO {table} VALUES {}", some.join(","));
            transaction.execute_unprepared(&text).await.expect("rows that fit");
        }
    }
    let index = "CREATE INDEX party_word_party ON party_word (party_id)";
    transaction.execute_unprepared(index).await.expect("a new index");
    transaction.commit().await.expect("the world can be written");
}
