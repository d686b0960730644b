//! Weighing: reading many records to work something out from all of them, of which little is shown.
//!
//! What is weighed is narrowed as every reading is, but not noted as seen: nobody sees it. Whatever of it is shown is
//! read again, and noted then. A [`Weighed`] value is no [`super::Seen`] value, so that no answer can be made from it.

use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, FromQueryResult, QueryFilter, Select};
use uuid::Uuid;

use super::feed::{self, FeedQuery, Position};
use super::reader::{Part, Protected, Reader, key};
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
        let Some(places) = feed::page(self.scope(), E::FEED, E::SUBJECT_FEED, query) else {
            return Ok(Vec::new());
        };
        let rows = self.transaction().query_all(&places).await?;
        let record = |row| Ok(Position::from_query_result(row, "")?.record_id);
        rows.iter().map(record).collect()
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

    /// Parts to reckon with, of roots that the caller may see.
    ///
    /// # Errors
    /// The database's.
    pub async fn weigh_parts<P: Part>(&self, select: Select<P>) -> Result<Vec<P::Model>, Fault> {
        let root = Expr::col((P::default(), P::root()));
        let visible = feed::visible(self.scope(), <P::Root as Protected>::FEED, "f", root);
        Ok(select.filter(visible).all(self.transaction()).await?)
    }
}
