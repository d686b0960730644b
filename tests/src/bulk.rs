//! Many rows at once behind the door, as text with literals: for worlds that would take too long through the API.

use sea_orm::{ConnectionTrait, DbBackend};
use uuid::Uuid;

use crate::world::World;

/// A value of a row.
#[derive(Clone, Debug)]
pub enum Literal {
    /// An id.
    Id(Uuid),
    /// A number.
    Number(i64),
    /// A text.
    Text(String),
    /// A truth.
    Flag(bool),
    /// Nothing.
    Null,
}

impl From<Uuid> for Literal {
    fn from(id: Uuid) -> Self {
        Self::Id(id)
    }
}

impl From<i64> for Literal {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<i16> for Literal {
    fn from(number: i16) -> Self {
        Self::Number(number.into())
    }
}

impl From<&str> for Literal {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<bool> for Literal {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl<T: Into<Literal>> From<Option<T>> for Literal {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl Literal {
    fn write(&self, backend: DbBackend) -> String {
        match self {
            Self::Id(id) if backend == DbBackend::Postgres => format!("'{id}'"),
            Self::Id(id) => format!("X'{}'", id.simple()),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Self::Flag(flag) => if *flag { "TRUE" } else { "FALSE" }.to_owned(),
            Self::Null => "NULL".to_owned(),
        }
    }
}

/// Rows of several tables, written in one transaction in the order in which they are given.
#[derive(Default)]
pub struct Bulk(Vec<(String, Vec<Vec<Literal>>)>);

impl Bulk {
    /// Adds rows; `table` may name its columns.
    pub fn add(&mut self, table: impl Into<String>, rows: Vec<Vec<Literal>>) {
        self.0.push((table.into(), rows));
    }

    /// Writes them.
    pub async fn write(self, world: &World) {
        let backend = world.behind.backend();
        let transaction = world.behind.begin_write().await.expect("the world can be written");
        for (table, rows) in self.0 {
            for chunk in rows.chunks(400) {
                let row = |row: &Vec<Literal>| {
                    let values: Vec<String> = row.iter().map(|value| value.write(backend)).collect();
                    format!("({})", values.join(", "))
                };
                let rows: Vec<String> = chunk.iter().map(row).collect();
                let text = format!("INSERT INTO {table} VALUES {}", rows.join(",\n"));
                let done = transaction.execute_unprepared(&text).await;
                done.unwrap_or_else(|error| panic!("{error}, into {table}"));
            }
        }
        transaction.commit().await.expect("the world can be written");
    }
}

/// A row of values.
#[macro_export]
macro_rules! row {
    ($($value:expr),* $(,)?) => { vec![$($crate::bulk::Literal::from($value)),*] };
}
