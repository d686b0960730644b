//! Beyond sight: that a record exists, told to those who may not see it, as far as its owner chose.

use access::Operation;
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

use super::{Protected, Reader, Scope, Session, Writer, feed, refused};
use crate::fault::Fault;

/// What outsiders may know of a labelled root: a row per record of which its owner chose to tell something.
pub trait Glimpse: EntityTrait {
    /// The root that it tells of.
    type Root: Protected;
    /// The column that names the record.
    fn record() -> Self::Column;
    /// The column of the record's owner.
    fn owner() -> Self::Column;
    /// The column of the record's rank.
    fn rank() -> Self::Column;
    /// The column that says until when it is told, exclusive.
    fn until() -> Self::Column;
    /// True of the rows that tell something at all.
    fn tells() -> SimpleExpr;
    /// The record that a row tells of.
    fn record_of(model: &Self::Model) -> Uuid;
}

impl Reader<'_> {
    /// What the caller may know of records that it does not see. Logged as told.
    ///
    /// # Errors
    /// `FORBIDDEN` for roles that may not know; the database's.
    pub async fn glimpse<G: Glimpse>(&self, select: Select<G>) -> Result<Vec<G::Model>, Fault> {
        glimpse(self.session, self.transaction(), self.scope(), select).await
    }
}

impl Writer<'_> {
    /// As [`Reader::glimpse`], within a write.
    ///
    /// # Errors
    /// `FORBIDDEN` for roles that may not know; the database's.
    pub async fn glimpse<G: Glimpse>(&self, select: Select<G>) -> Result<Vec<G::Model>, Fault> {
        glimpse(self.session, &self.transaction, self.scope(), select).await
    }
}

/// Outsiders are participants: another inspectorate's records, not above the clearance, live, and not visible anyway.
async fn glimpse<G: Glimpse>(
    session: &Session,
    transaction: &DatabaseTransaction,
    scope: &Scope,
    select: Select<G>,
) -> Result<Vec<G::Model>, Fault> {
    let caller = &scope.caller;
    access::may_ever(&caller.roles, Operation::Discover).map_err(|refusal| refused(refusal, Operation::Discover))?;
    if !scope.participant {
        return Ok(Vec::new());
    }
    let record = Expr::col((G::default(), G::record()));
    let select = select
        .filter(G::tells())
        .filter(G::owner().ne(caller.organisation))
        .filter(G::rank().lte(caller.clearance as i16))
        .filter(G::until().gt(scope.now))
        .filter(feed::visible(scope, <G::Root as Protected>::FEED, "f", record).not());
    let rows = select.all(transaction).await?;
    session
        .witness()
        .glimpsed(<G::Root as Protected>::KIND, rows.iter().map(G::record_of));
    Ok(rows)
}
