//! Personal values of reference data: kept by the organisations that registered them, shown to nobody else.

use std::collections::{HashMap, HashSet};

use access::MaskReason;
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::Reader;
use crate::fault::Fault;

/// Personal values that stand apart from the record they belong to, such as the name of a sole trader. There is no way
/// to them but [`Reader::unmask_kept`].
pub trait Kept: EntityTrait {
    /// The kind of record in logs, such as `party`.
    const KIND: &'static str;
    /// The column that names the record.
    fn record() -> Self::Column;
    /// The record that a row belongs to.
    fn record_of(model: &Self::Model) -> Uuid;
    /// True of the rows that this organisation keeps.
    fn kept_by(organisation: Uuid) -> SimpleExpr;
}

impl Reader<'_> {
    /// Whether the caller may see the personal values of these records, without looking at them: its organisation
    /// keeps them, its role may unmask, its purpose allows it. Records without personal values are not in the answer
    /// of their keepers and `NotOwner` for everybody else.
    ///
    /// # Errors
    /// The database's.
    pub async fn custody<K: Kept>(&self, records: &[Uuid]) -> Result<HashMap<Uuid, Result<(), MaskReason>>, Fault> {
        let caller = &self.scope().caller;
        let kept = K::find()
            .select_only()
            .column(K::record())
            .filter(K::record().is_in(records.iter().copied()))
            .filter(K::kept_by(caller.organisation));
        let kept: HashSet<Uuid> = kept
            .into_tuple::<Uuid>()
            .all(self.transaction())
            .await?
            .into_iter()
            .collect();
        let decide = |record: &Uuid| {
            let allowed = if kept.contains(record) {
                access::unmask(caller)
            } else {
                Err(MaskReason::NotOwner)
            };
            (*record, allowed)
        };
        Ok(records.iter().map(decide).collect())
    }

    /// The personal values of these records, or why each stays masked. What is shown is logged under `field`.
    ///
    /// # Errors
    /// The database's.
    pub async fn unmask_kept<K: Kept>(
        &self,
        records: &[Uuid],
        field: &'static str,
    ) -> Result<HashMap<Uuid, Result<K::Model, MaskReason>>, Fault> {
        let custody = self.custody::<K>(records).await?;
        let allowed: Vec<Uuid> = custody
            .iter()
            .filter(|(_, may)| may.is_ok())
            .map(|(record, _)| *record)
            .collect();
        let mut answer: HashMap<Uuid, Result<K::Model, MaskReason>> = custody
            .into_iter()
            .filter_map(|(record, may)| Some((record, Err(may.err()?))))
            .collect();
        if allowed.is_empty() {
            return Ok(answer);
        }
        let select = K::find()
            .filter(K::record().is_in(allowed))
            .filter(K::kept_by(self.scope().caller.organisation));
        let rows = select.all(self.transaction()).await?;
        self.session
            .witness()
            .unmasked(K::KIND, field, rows.iter().map(K::record_of));
        answer.extend(rows.into_iter().map(|row| (K::record_of(&row), Ok(row))));
        Ok(answer)
    }
}
