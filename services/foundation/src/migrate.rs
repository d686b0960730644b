//! Migrations: forward only, per service, the same text on both databases plus a step of each database's own.
//!
//! On PostgreSQL a migrator logs in and becomes an owner that cannot log in; each service's tables live in a
//! schema of its own. On SQLite all tables share one file under the same, globally unique, names.

use async_trait::async_trait;
use sea_orm::sea_query::{Alias, IntoIden};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, DynIden};
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTraitSelf, SchemaManager};

use crate::database::Database;

/// One step, never changed once it has shipped. Statements end with `;` at the end of a line.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its name, in order, such as `0001_signals`.
    pub name: &'static str,
    /// Statements for both databases.
    pub portable: &'static str,
    /// Statements for SQLite alone.
    pub sqlite: &'static str,
    /// Statements for PostgreSQL alone: row-level security, roles, functions.
    pub postgres: &'static str,
}

/// A service's tables.
#[derive(Clone, Copy, Debug)]
pub struct Tables {
    /// The PostgreSQL schema.
    pub schema: &'static str,
    /// Its steps, oldest first.
    pub migrations: fn() -> Vec<Migration>,
}

/// Brings all these tables up to date, each service's in one transaction.
///
/// # Errors
/// The database's own error; of the service that failed nothing is changed.
pub async fn migrate(database: &Database, all: &[Tables]) -> Result<(), DbErr> {
    for tables in all {
        let transaction = database.begin_write().await?;
        if database.backend() == DbBackend::Postgres {
            transaction
                .execute_unprepared("SET LOCAL ROLE samenzicht_owner")
                .await?;
            transaction
                .execute_unprepared(&format!("CREATE SCHEMA IF NOT EXISTS {}", tables.schema))
                .await?;
            let path = format!("SET LOCAL search_path = {}, access, reference", tables.schema);
            transaction.execute_unprepared(&path).await?;
        }
        tables.up(&transaction, None).await?;
        transaction.commit().await?;
    }
    Ok(())
}

impl MigratorTraitSelf for Tables {
    fn migrations(&self) -> Vec<Box<dyn MigrationTrait>> {
        (self.migrations)()
            .into_iter()
            .map(|migration| Box::new(migration) as Box<dyn MigrationTrait>)
            .collect()
    }

    fn migration_table_name(&self) -> DynIden {
        Alias::new(format!("{}_migration", self.schema)).into_iden()
    }
}

impl MigrationName for Migration {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let own = match connection.get_database_backend() {
            DbBackend::Postgres => self.postgres,
            _ => self.sqlite,
        };
        for statement in statements(self.portable).chain(statements(own)) {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

fn statements(text: &str) -> impl Iterator<Item = &str> {
    text.split(";\n")
        .map(str::trim)
        .filter(|statement| !statement.is_empty())
}
