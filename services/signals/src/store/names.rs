//! The codes and names that people know references by, found in one query per vocabulary.

use std::collections::{HashMap, HashSet};

use foundation::reference::{account, circle, legal_basis, organisation, purpose};
use foundation::{Fault, Reader, Reference, Writer};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

/// References to be put into codes.
#[derive(Debug, Default)]
pub struct Names {
    organisations: HashSet<Uuid>,
    circles: HashSet<Uuid>,
    accounts: HashSet<Uuid>,
    purposes: HashSet<Uuid>,
    bases: HashSet<Uuid>,
    found: HashMap<Uuid, String>,
}

/// Whoever reads references: a reader or a writer.
enum Through<'a, 's> {
    Reader(&'a Reader<'s>),
    Writer(&'a Writer<'s>),
}

impl Through<'_, '_> {
    async fn all<E: Reference>(&self, select: Select<E>) -> Result<Vec<E::Model>, Fault> {
        match self {
            Self::Reader(reader) => reader.reference(select).await,
            Self::Writer(writer) => writer.reference(select).await,
        }
    }
}

impl Names {
    /// Adds an audience by the number of its kind; everyone has no name.
    pub fn want(&mut self, kind: i16, audience: Uuid) {
        match kind {
            2 => self.organisations.insert(audience),
            3 => self.circles.insert(audience),
            4 => self.accounts.insert(audience),
            _ => false,
        };
    }

    /// Adds a purpose.
    pub fn want_purpose(&mut self, id: Uuid) {
        self.purposes.insert(id);
    }

    /// Adds a legal basis.
    pub fn want_basis(&mut self, id: Uuid) {
        self.bases.insert(id);
    }

    /// Looks all of them up.
    ///
    /// # Errors
    /// The database's.
    pub async fn find(&mut self, reader: &Reader<'_>) -> Result<(), Fault> {
        self.through(Through::Reader(reader)).await
    }

    /// As [`Self::find`], within a write.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_within(&mut self, writer: &Writer<'_>) -> Result<(), Fault> {
        self.through(Through::Writer(writer)).await
    }

    async fn through(&mut self, through: Through<'_, '_>) -> Result<(), Fault> {
        if !self.organisations.is_empty() {
            let rows = organisation::Entity::find().filter(organisation::Column::Id.is_in(self.organisations.drain()));
            self.found
                .extend(through.all(rows).await?.into_iter().map(|row| (row.id, row.code)));
        }
        if !self.circles.is_empty() {
            let rows = circle::Entity::find().filter(circle::Column::Id.is_in(self.circles.drain()));
            self.found
                .extend(through.all(rows).await?.into_iter().map(|row| (row.id, row.code)));
        }
        if !self.accounts.is_empty() {
            let rows = account::Entity::find().filter(account::Column::Id.is_in(self.accounts.drain()));
            self.found
                .extend(through.all(rows).await?.into_iter().map(|row| (row.id, row.name)));
        }
        if !self.purposes.is_empty() {
            let rows = purpose::Entity::find().filter(purpose::Column::Id.is_in(self.purposes.drain()));
            self.found
                .extend(through.all(rows).await?.into_iter().map(|row| (row.id, row.code)));
        }
        if !self.bases.is_empty() {
            let rows = legal_basis::Entity::find().filter(legal_basis::Column::Id.is_in(self.bases.drain()));
            self.found
                .extend(through.all(rows).await?.into_iter().map(|row| (row.id, row.code)));
        }
        Ok(())
    }

    /// The code or name of a reference; empty where it has none.
    pub fn of(&self, id: Uuid) -> String {
        self.found.get(&id).cloned().unwrap_or_default()
    }
}
