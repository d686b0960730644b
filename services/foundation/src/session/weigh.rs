//! Weighing: reading many records to work something out from all of them, of which little is shown.
//!
//! What is weighed is narrowed as every reading is, but not noted as seen: nobody sees it. Whatever of it is shown is
//! read again, and noted then. A [`Weighed`] value is no [`super::Seen`] value, so that no answer can be made from it.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult, QueryFilter, Select};
use uuid::Uuid;

use super::feed::{self, FeedQuery};
use super::reader::{Protected, Reader, key};
use crate::fault::Fault;

/// A record that was read to reckon with, and may not be shown.
#[derive(Clone, Debug)]
pub struct Weighed<M>(M);

impl<M> std::ops::Deref for Weighed<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.0
    }
}

impl Reader<'_> {
    /// The places of a list, newest first: at most as many as the query's limit.
    ///
    /// # Errors
    /// The database's.
    pub async fn places<E: Protected>(&self, query: &FeedQuery) -> Result<Vec<Uuid>, Fault> {
        let Some(places) = self.listed::<E>(query, &[]) else {
            return Ok(Vec::new());
        };
        let rows = self.transaction().query_all(&places).await?;
        let ids = rows.iter().map(|row| row.try_get("", "record_id"));
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// What a query takes of a labelled root to reckon with, narrowed to what the caller may see.
    ///
    /// # Errors
    /// The database's.
    pub async fn weigh<E: Protected, R: FromQueryResult>(&self, select: Select<E>) -> Result<Vec<Weighed<R>>, Fault> {
        let id = Expr::col((E::default(), key::<E>()));
        let rows = select
            .filter(feed::visible(self.scope(), E::FEED, "f", id))
            .into_model::<R>()
            .all(self.transaction())
            .await?;
        Ok(rows.into_iter().map(Weighed).collect())
    }

    /// Rows of a root's table to reckon with, of records that the caller may see; `root` is the column that names them.
    pub(crate) async fn weigh_hanging<E: Protected, T: FromQueryResult>(
        &self,
        roots: &[Uuid],
        mut select: SelectStatement,
        root: Alias,
    ) -> Result<Vec<T>, Fault> {
        select
            .and_where(Expr::col(root.clone()).is_in(roots.iter().copied()))
            .and_where(feed::visible(self.scope(), E::FEED, "f", Expr::col(root)));
        let rows = self.transaction().query_all(&select).await?;
        let rows = rows.iter().map(|row| T::from_query_result(row, ""));
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
