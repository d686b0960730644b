//! Who is who: what every admitted account may see under any purpose it holds, those of roles without content too.

use sea_orm::Select;

use super::{Reader, Reference, Scope};
use crate::fault::Fault;

/// Who is who, or a vocabulary: reference data that holds nothing of shared records and nothing of persons.
pub trait Vocabulary: Reference {}

/// A request's reading of who is who. It reads nothing else, so that a role without content can have it.
pub struct Directory<'s>(Reader<'s>);

impl<'s> Directory<'s> {
    pub(super) fn new(reader: Reader<'s>) -> Self {
        Self(reader)
    }

    /// Who reads, for which purpose, at what moment.
    pub fn scope(&self) -> &Scope {
        self.0.scope()
    }

    /// Who is who, which is not narrowed.
    ///
    /// # Errors
    /// The database's.
    pub async fn vocabulary<E: Vocabulary>(&self, select: Select<E>) -> Result<Vec<E::Model>, Fault> {
        self.0.reference(select).await
    }
}
