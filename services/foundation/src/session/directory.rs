//! Who is who: what every admitted account may see under any purpose it holds, those of roles without content too.

use access::Operation;
use sea_orm::{QueryFilter, Select};

use super::{Owned, Reader, Reference, Scope, refused};
use crate::fault::Fault;

/// Who is who, or a vocabulary: reference data that holds nothing of shared records and nothing of persons.
pub trait Vocabulary: Reference {}

/// A request's reading of who is who. Of shared data it reads nothing else, so that a role without content can
/// have it.
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

    /// Rows of the caller's own side, such as its accounts, for a role that may do this.
    ///
    /// # Errors
    /// `FORBIDDEN` when no role of the caller may; the database's.
    pub async fn own<E: Owned>(&self, operation: Operation, select: Select<E>) -> Result<Vec<E::Model>, Fault> {
        access::may_ever(&self.scope().caller.roles, operation).map_err(|refusal| refused(refusal, operation))?;
        let select = select.filter(E::owned_by(&self.scope().caller));
        Ok(select.all(self.0.transaction()).await?)
    }
}
