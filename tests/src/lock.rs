//! The second lock by itself: a service's login in the context of somebody, as the door sets it, and no query narrowed.

use foundation::session::{Scope, Session, Stated, set_context};
use foundation::sql::statement;
use foundation::{Clock, Platform};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend};

use crate::world::who;

/// The scope that the door gives somebody, if it lets them in.
pub async fn scope(platform: &Platform, clock: &Clock, name: &str, purpose: &str) -> Option<Scope> {
    let stated = Stated {
        purpose: Some(purpose.to_owned()),
        ..Stated::default()
    };
    let session = Session::open(platform, who(name, clock), stated);
    let directory = session.directory().await.ok()?;
    Some(directory.scope().clone())
}

/// A transaction of the service in the context of somebody, who reads or writes.
pub async fn context(platform: &Platform, scope: &Scope, writing: bool) -> DatabaseTransaction {
    // One in which changes can be tried: what row-level security leaves of them is counted, and taken back.
    let transaction = platform.database.begin_write().await.expect("a service may enter");
    let set = set_context(&transaction, scope, writing).await;
    set.expect("a context can be set");
    transaction
}

/// How many rows a table shows.
pub async fn amount(transaction: &DatabaseTransaction, table: &str) -> i64 {
    let text = format!("SELECT COUNT(*) FROM {table}");
    let asked = statement(DbBackend::Postgres, &text, []);
    let row = transaction.query_one_raw(asked).await.expect("a service may count");
    row.expect("one row").try_get_by_index(0).expect("a number")
}
