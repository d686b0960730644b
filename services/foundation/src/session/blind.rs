//! What a role without content does to a record that it does not see: a privacy officer holds it or freezes its sharing.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, SelectStatement};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, QueryFilter, Select};

use super::reader::{self, Owned};
use super::{Loaded, Protected, Scope, Seen, Session, Writer};
use crate::fault::{Code, Fault};
use crate::sql::statement;

impl Writer<'_> {
    /// Loads a record of the own organisation for this writer's operation, whatever its marks and its age, without
    /// showing it: it is not noted as seen, and nothing that is read so may be part of the answer.
    ///
    /// # Errors
    /// `NOT_FOUND` when the own organisation has no such record; `FORBIDDEN` or `WRONG_STATE`.
    pub async fn blind<E: Protected>(&self, select: Select<E>) -> Result<Loaded<E::Model>, Fault> {
        let own = self.scope.caller.organisation;
        if self.backend() == DbBackend::Postgres {
            let text = "SELECT set_config('app.keeper', ?, true)";
            let keep = statement(DbBackend::Postgres, text, [own.to_string().into()]);
            self.transaction.execute_raw(keep).await?;
        }
        let owner = Expr::col((E::default(), Alias::new("owner_id"))).eq(own);
        let record = select.filter(owner).one(&self.transaction).await?;
        let record = record.ok_or_else(|| Fault::new(Code::NotFound))?;
        self.decide::<E>(&record, self.operation)?;
        self.session.witness().worked_on(E::KIND, E::id(&record));
        Ok(Loaded(Seen::new(record, true)))
    }
}

/// A reading of the own side's rows, for roles without content too.
pub struct Side<'s>(pub(super) reader::Reader<'s>);

impl<'s> Side<'s> {
    /// The reading of shared records at the same moment; none for roles without content.
    pub fn content(&self) -> Option<&reader::Reader<'s>> {
        let may = access::may_ever(&self.scope().caller.roles, access::Operation::Read);
        may.is_ok().then_some(&self.0)
    }

    /// Who reads, for which purpose, at what moment.
    pub fn scope(&self) -> &Scope {
        self.0.scope()
    }

    /// Rows of the caller's own side.
    ///
    /// # Errors
    /// The database's.
    pub async fn own<E: Owned>(&self, select: Select<E>) -> Result<Vec<E::Model>, Fault> {
        self.0.own(select).await
    }

    /// Rows of a root's table that the caller's organisation owns.
    pub(crate) async fn owned<T: FromQueryResult>(&self, mut select: SelectStatement) -> Result<Vec<T>, Fault> {
        select.and_where(Expr::col(Alias::new("owner_id")).eq(self.scope().caller.organisation));
        let rows = self.0.transaction().query_all(&select).await?;
        let rows = rows.iter().map(|row| T::from_query_result(row, ""));
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Session {
    /// Reads rows of the own side under the stated purpose, for those who may do this with them.
    ///
    /// # Errors
    /// The account or purpose does not stand, or no role of the caller may do this (`FORBIDDEN`).
    pub async fn side(&self, operation: access::Operation) -> Result<Side<'_>, Fault> {
        let reader = self.entered().await?;
        access::may_ever(&reader.scope().caller.roles, operation)
            .map_err(|refusal| super::refused(refusal, operation))?;
        Ok(Side(reader))
    }
}
