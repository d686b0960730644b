//! Records derived from labelled roots (afgeleide gegevens): a theme over signals, a product made from a theme.
//!
//! They have no grants of their own. Who may see them follows, at the moment of reading, from what they are derived
//! from: the intersection of audiences, by the same predicate as everything else.

use access::{Operation, Relation, State};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
};
use uuid::Uuid;

use super::reader::{Page, Protected, Reader, cut, key};
use super::writer::{Loaded, Writer};
use super::{Position, Scope, Seen, Session, feed};
use crate::fault::{Code, Fault};

/// A record that is derived from labelled roots.
pub trait Derived: EntityTrait {
    /// The kind's name in logs.
    const KIND: &'static str;
    /// The record's id.
    fn id(model: &Self::Model) -> Uuid;
    /// The organisation that made it.
    fn owner(model: &Self::Model) -> Uuid;
    /// Its state.
    fn state(model: &Self::Model) -> State;
    /// The column that says when it was made.
    fn made() -> Self::Column;
    /// True of the records that may be seen in this scope.
    fn visible(scope: &Scope) -> SimpleExpr;
}

/// What belongs to a derived record: the signals of a theme.
pub trait Detail: EntityTrait {
    /// The record.
    type Whole: Derived;
    /// The column that names the record.
    fn whole() -> Self::Column;
}

impl Scope {
    /// The predicate: true when the root with this id may be seen. `alias` names its feed within the query.
    pub fn sees<E: Protected>(&self, alias: &'static str, id: SimpleExpr) -> SimpleExpr {
        feed::visible(self, E::FEED, alias, id)
    }
}

impl Reader<'_> {
    /// Runs a query on derived records, narrowed to what the caller may see.
    ///
    /// # Errors
    /// The database's.
    pub async fn derived<E: Derived>(&self, select: Select<E>) -> Result<Vec<Seen<E::Model>>, Fault> {
        derived(self.session, self.transaction(), self.scope(), select).await
    }

    /// A newest-first page of derived records. Whether there are more is known without looking at the next.
    ///
    /// # Errors
    /// The database's.
    pub async fn derived_page<E: Derived>(
        &self,
        select: Select<E>,
        after: Option<Position>,
        limit: u64,
    ) -> Result<Page<E::Model>, Fault> {
        let mut places = select
            .clone()
            .select_only()
            .column_as(E::made(), "created_at")
            .column_as(key::<E>(), "record_id")
            .filter(E::visible(self.scope()))
            .order_by_desc(E::made())
            .order_by_desc(key::<E>())
            .limit(limit.saturating_add(1));
        if let Some(after) = after {
            let place = Expr::tuple([
                Expr::col((E::default(), E::made())),
                Expr::col((E::default(), key::<E>())),
            ]);
            let bound = Expr::tuple([Expr::val(after.created_at), Expr::val(after.record_id)]);
            places = places.filter(place.lt(bound));
        }
        let rows = self.transaction().query_all(&places.into_query()).await?;
        let ids = rows.iter().map(|row| row.try_get("", "record_id"));
        let mut ids: Vec<Uuid> = ids.collect::<Result<_, _>>()?;
        let more = cut(&mut ids, limit);
        let mut rows = self
            .derived(E::find().filter(key::<E>().is_in(ids.iter().copied())))
            .await?;
        rows.sort_by_key(|row| ids.iter().position(|id| *id == E::id(row)));
        let reached = None;
        Ok(Page { rows, more, reached })
    }

    /// How many derived records a query has, counted up to a cap; one more than the cap means "more".
    ///
    /// # Errors
    /// The database's.
    pub async fn count_derived<E: Derived>(&self, select: Select<E>, cap: u64) -> Result<u64, Fault> {
        let ids = select
            .select_only()
            .column(key::<E>())
            .filter(E::visible(self.scope()))
            .limit(cap.saturating_add(1))
            .into_query();
        let count = Query::select()
            .expr_as(Expr::cust("COUNT(*)"), "count")
            .from_subquery(ids, "counted")
            .take();
        let row = self.transaction().query_one(&count).await?;
        let count: i64 = row
            .ok_or_else(|| Fault::broken("a count without a row"))?
            .try_get("", "count")?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// What belongs to derived records that this request has seen.
    ///
    /// # Errors
    /// The database's; an internal fault when a record was not seen first.
    pub async fn details<D: Detail>(&self, of: &[Uuid], select: Select<D>) -> Result<Vec<D::Model>, Fault> {
        details(self.session, self.transaction(), of, select).await
    }
}

impl Writer<'_> {
    /// Runs a query on derived records, narrowed to what the caller may see; nothing is held or decided.
    ///
    /// # Errors
    /// The database's.
    pub async fn derived<E: Derived>(&self, select: Select<E>) -> Result<Vec<Seen<E::Model>>, Fault> {
        derived(self.session, &self.transaction, self.scope(), select).await
    }

    /// Loads a derived record, decides on it and holds it until the end of the transaction.
    ///
    /// # Errors
    /// `NOT_FOUND` when hidden or absent, alike; `NOT_OWNER` or `WRONG_STATE` when the caller may see it but not do this.
    pub async fn load_derived<E: Derived>(&self, id: Uuid, operation: Operation) -> Result<Loaded<E::Model>, Fault> {
        let select = || E::find().filter(key::<E>().eq(id));
        let absent = || Fault::new(Code::NotFound);
        let record = self.derived::<E>(select()).await?.pop().ok_or_else(absent)?;
        self.decide_derived::<E>(&record, operation)?;
        // Again, now holding the row, so that what is decided on is what is changed.
        let record = self.derived::<E>(select().lock_exclusive()).await?;
        let record = record.into_iter().next().ok_or_else(absent)?;
        self.decide_derived::<E>(&record, operation)?;
        Ok(Loaded(record))
    }

    /// Decides an operation on a derived record that was seen.
    ///
    /// # Errors
    /// `FORBIDDEN`, `NOT_OWNER` or `WRONG_STATE`.
    pub fn decide_derived<E: Derived>(&self, record: &Seen<E::Model>, operation: Operation) -> Result<(), Fault> {
        let state = E::state(record);
        let relation = if record.own() {
            Relation::Own(state)
        } else {
            Relation::Others
        };
        self.decide_relation(relation, state, operation)
    }

    /// What belongs to derived records that this write has seen.
    ///
    /// # Errors
    /// The database's; an internal fault when a record was not seen first.
    pub async fn details<D: Detail>(&self, of: &[Uuid], select: Select<D>) -> Result<Vec<D::Model>, Fault> {
        details(self.session, &self.transaction, of, select).await
    }
}

async fn derived<E: Derived>(
    session: &Session,
    transaction: &DatabaseTransaction,
    scope: &Scope,
    select: Select<E>,
) -> Result<Vec<Seen<E::Model>>, Fault> {
    let rows = select.filter(E::visible(scope)).all(transaction).await?;
    session.witness().saw(E::KIND, rows.iter().map(E::id));
    let own = |row: &E::Model| E::owner(row) == scope.caller.organisation;
    Ok(rows
        .into_iter()
        .map(|row| (own(&row), row))
        .map(|(own, row)| Seen::new(row, own))
        .collect())
}

async fn details<D: Detail>(
    session: &Session,
    transaction: &DatabaseTransaction,
    of: &[Uuid],
    select: Select<D>,
) -> Result<Vec<D::Model>, Fault> {
    if of.is_empty() {
        return Ok(Vec::new());
    }
    if !session.witness().has_seen(<D::Whole as Derived>::KIND, of) {
        return Err(Fault::broken("a detail was asked of a record that was not seen"));
    }
    Ok(select
        .filter(D::whole().is_in(of.iter().copied()))
        .all(transaction)
        .await?)
}
