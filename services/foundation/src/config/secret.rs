//! The database's address, which may hold a password.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// Address of the database. Its password appears in neither `Debug` nor `Display` nor any error.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

/// Which database an address speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseKind {
    /// One embedded file.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

impl DatabaseUrl {
    /// Reads an address; the error never repeats it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let known = ["sqlite:", "postgres://", "postgresql://"];
        if known.iter().any(|scheme| text.starts_with(scheme)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(
                "neither a SQLite file (`sqlite://path?mode=rwc`) nor PostgreSQL (`postgres://user:password@host/database`)",
            )
        }
    }

    /// The address with its password, for the driver only.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// SQLite or PostgreSQL.
    pub fn kind(&self) -> DatabaseKind {
        if self.0.starts_with("sqlite:") {
            DatabaseKind::Sqlite
        } else {
            DatabaseKind::Postgres
        }
    }

    /// The address without anything that could be a password.
    fn masked(&self) -> String {
        let Some((scheme, rest)) = self.0.split_once("://") else {
            return self.0.clone();
        };
        if self.kind() == DatabaseKind::Sqlite {
            return self.0.clone();
        }
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        match rest.rsplit_once('@') {
            None => format!("{scheme}://{rest}"),
            Some((user, place)) if !user.contains(':') => format!("{scheme}://{user}@{place}"),
            Some((user, place)) => format!("{scheme}://{}:***@{place}", user.split(':').next().unwrap_or_default()),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl<'de> Deserialize<'de> for DatabaseUrl {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}
