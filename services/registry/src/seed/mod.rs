//! Loading what is shipped as data into the tables: [`vocabularies`] for every installation, [`population`] for demos.
//!
//! Both may run again and then change nothing, or what the data now say. On PostgreSQL both run in one transaction as
//! the owner of the tables, which `samenzicht_migrator` becomes: the vocabularies belong to a version of the platform
//! as its tables do, and the service's own login needs no right to write. Person's rows are under row-level security
//! for the owner too; each is written on behalf of its custodian (`app.writer`).
//!
//! Ids are derived from codes and keys, so that every shape of the demo and every restart has the same ones.

mod finding;
mod founding;
mod population;
mod vocabularies;

use foundation::{Database, Fault};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, IntoActiveModel, Iterable,
    ModelTrait, PrimaryKeyToColumn,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub use finding::catch_up;
pub use founding::found;
pub use population::{PlacedSite, Population, population};
pub use vocabularies::vocabularies;

/// Rows per INSERT.
const CHUNK: usize = 200;

/// Why data cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// A reference to something that was not loaded.
    #[error("{from} refers to `{to}`, which is not known; correct it, or load what it refers to first")]
    Unknown {
        /// What refers, such as `account ilt.inspector`.
        from: String,
        /// The code or key that is not known.
        to: String,
    },
    /// The platform is founded already.
    #[error("somebody administers this platform already: an organisation joins by `admin organisation admit`")]
    Founded,
    /// What is to be founded does not fit.
    #[error("{0}")]
    Unfit(String),
    /// The database refuses.
    #[error("the database refuses: {0}")]
    Database(#[from] DbErr),
    /// What parties are found by cannot be kept up.
    #[error("what parties are found by cannot be kept up: {}", .0.cause().map_or_else(|| .0.to_string(), ToString::to_string))]
    Find(#[from] Fault),
}

/// What an id stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    /// An inspectorate or partner body, by code.
    Organisation,
    /// A purpose, by code.
    Purpose,
    /// A legal basis, by code.
    LegalBasis,
    /// A circle, by code.
    Circle,
    /// A safety region, by code.
    SafetyRegion,
    /// A category, by code.
    Category,
    /// An account, by name.
    Account,
    /// A party, by its key in the demo's story.
    Party,
    /// A site, by its key in the demo's story.
    Site,
}

impl Noun {
    fn word(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Purpose => "purpose",
            Self::LegalBasis => "legal-basis",
            Self::Circle => "circle",
            Self::SafetyRegion => "safety-region",
            Self::Category => "category",
            Self::Account => "account",
            Self::Party => "party",
            Self::Site => "site",
        }
    }

    /// The id of what has this code or key: the same wherever and whenever it is loaded (a UUID of version 8, from
    /// SHA-256). What people add later gets its id from the clock.
    pub fn id(self, key: &str) -> Uuid {
        let digest = Sha256::digest(format!("samenzicht/{}/{key}", self.word()));
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }
}

/// Begins a load: on PostgreSQL as the owner of the tables.
async fn begin(database: &Database) -> Result<DatabaseTransaction, DbErr> {
    let transaction = database.begin_write().await?;
    if database.backend() == DbBackend::Postgres {
        transaction
            .execute_unprepared("SET LOCAL ROLE samenzicht_owner")
            .await?;
        transaction
            .execute_unprepared("SET LOCAL search_path = registry, access, reference")
            .await?;
    }
    Ok(transaction)
}

/// Adds rows; where a row with the same `key` is there already, sets `columns` of it, or leaves it where none are
/// named.
async fn upsert<E, A>(
    transaction: &DatabaseTransaction,
    rows: Vec<E::Model>,
    key: &[E::Column],
    columns: &[E::Column],
) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E> + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = E> + Send,
{
    let mut conflict = OnConflict::columns(key.iter().copied());
    if columns.is_empty() {
        conflict.do_nothing_on(key.iter().copied());
    } else {
        conflict.update_columns(columns.iter().copied());
    }
    let mut rows = rows.into_iter().map(IntoActiveModel::into_active_model).peekable();
    while rows.peek().is_some() {
        let chunk: Vec<A> = rows.by_ref().take(CHUNK).collect();
        E::insert_many(chunk)
            .on_conflict(conflict.clone())
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(())
}

/// The columns of a primary key.
fn primary_key<E: EntityTrait>() -> Vec<E::Column> {
    E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect()
}
