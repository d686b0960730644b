//! Break-glass: the one record that a writer names in acute danger to people, read so that it can be granted.
//!
//! It opens nothing to readers: what the caller sees afterwards it sees by an ordinary grant to its account, within
//! rank and purpose. On PostgreSQL row-level security shows the named record to this transaction alone (`app.glass`).

use access::{HIGHEST_BEHIND_GLASS, Operation};
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, QueryFilter, Select};

use super::{Protected, Scope, Seen, Writer};
use crate::fault::Fault;
use crate::sql::statement;

/// A labelled root that may be opened in acute danger to people, unless its owner closed it to that.
pub trait Breakable: Protected {
    /// The column of its owner.
    fn owner_column() -> Self::Column;
    /// The column of its rank.
    fn rank() -> Self::Column;
    /// True of the records that are published, still kept, not frozen and not closed.
    fn breakable(scope: &Scope) -> SimpleExpr;
}

impl Writer<'_> {
    /// The record that the caller names by its id or number, whatever its audience: another organisation's, of a rank
    /// that may be opened and that the caller may handle. `None` for everything else, alike.
    ///
    /// # Errors
    /// The database's; an internal fault in a writer of another operation.
    pub async fn behind_glass<E: Breakable>(
        &self,
        name: &str,
        select: Select<E>,
    ) -> Result<Option<Seen<E::Model>>, Fault> {
        if self.operation != Operation::BreakGlass {
            return Err(Fault::broken("a record was opened by a writer that breaks no glass"));
        }
        if self.backend() == DbBackend::Postgres {
            let named = "SELECT set_config('app.glass', ?, true)";
            let named = statement(DbBackend::Postgres, named, [name.into()]);
            self.transaction.execute_raw(named).await?;
        }
        let caller = &self.scope().caller;
        let highest = caller.clearance.min(HIGHEST_BEHIND_GLASS);
        let select = select
            .filter(E::owner_column().ne(caller.organisation))
            .filter(E::rank().lte(highest as i16))
            .filter(E::breakable(self.scope()));
        let row = select.one(&self.transaction).await?;
        self.session.witness().saw(E::KIND, row.iter().map(E::id));
        Ok(row.map(|row| Seen::new(row, false)))
    }
}
