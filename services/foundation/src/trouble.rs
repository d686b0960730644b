//! What stands in the way of the database itself: nothing that was asked is at fault, and the same may do later.

use sea_orm::{DbErr, RuntimeErr};
use sqlx::error::DatabaseError;
use sqlx::sqlite::SqliteError;

/// Why a database does not do what it could do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// All connections are in use.
    Waited,
    /// It cannot be reached, is starting or stopping, or its disk does not answer: a commit that meets this may stand.
    Gone,
    /// It has no room left: what meets this did not happen.
    Full,
}

/// What stands in the way, if it is not what was asked.
pub(crate) fn trouble(error: &DbErr) -> Option<Trouble> {
    let (DbErr::Conn(cause) | DbErr::Exec(cause) | DbErr::Query(cause)) = error else {
        return matches!(error, DbErr::ConnectionAcquire(_)).then_some(Trouble::Waited);
    };
    let RuntimeErr::SqlxError(cause) = cause else {
        return None;
    };
    match cause.as_ref() {
        sqlx::Error::PoolTimedOut => Some(Trouble::Waited),
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
            Some(Trouble::Gone)
        }
        sqlx::Error::Database(told) => of_code(told.as_ref()),
        _ => None,
    }
}

fn of_code(told: &dyn DatabaseError) -> Option<Trouble> {
    let code = told.code()?;
    if told.try_downcast_ref::<SqliteError>().is_some() {
        // The low byte is the kind: SQLITE_FULL; SQLITE_IOERR, SQLITE_CANTOPEN.
        return match code.parse::<u32>().ok()? & 0xff {
            13 => Some(Trouble::Full),
            10 | 14 => Some(Trouble::Gone),
            _ => None,
        };
    }
    match code.as_ref() {
        // Insufficient resources: a full disk, no memory, no connections.
        code if code.starts_with("53") => Some(Trouble::Full),
        // A connection that broke, a server that stops, falls or starts, a disk that does not answer.
        code if code.starts_with("08") || code.starts_with("57P") || code == "58030" => Some(Trouble::Gone),
        _ => None,
    }
}
