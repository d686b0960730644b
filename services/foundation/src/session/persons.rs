//! Persons by pseudonym: names are read here, and only pseudonyms leave.

use std::collections::HashMap;

use access::MaskReason;
use sea_orm::sea_query::{Alias, Query};
use sea_orm::{ColumnTrait, ModelTrait, QueryFilter, Select};
use uuid::Uuid;

use super::feed::{FEED, FeedQuery, column};
use super::reader::{Part, Protected, Reader};
use crate::fault::{Code, Fault};
use crate::pseudonym::Pseudonyms;

/// The pseudonyms of records.
pub type ByRecord = HashMap<Uuid, Vec<Uuid>>;

impl Reader<'_> {
    /// What makes pseudonyms for this caller, or why the caller gets none.
    fn pseudonyms(&self) -> Result<Result<Pseudonyms, MaskReason>, Fault> {
        let caller = &self.scope().caller;
        if let Err(reason) = access::pseudonyms(caller) {
            return Ok(Err(reason));
        }
        let key = self.session.platform().pseudonyms.as_ref();
        let key = key.ok_or_else(|| Fault::new(Code::PseudonymsOff))?;
        Ok(Ok(key.of(caller.organisation, caller.purpose.id)))
    }

    /// Refuses whoever gets no pseudonyms.
    ///
    /// # Errors
    /// `FORBIDDEN`; `PSEUDONYMS_OFF`.
    pub fn tells_persons_apart(&self) -> Result<(), Fault> {
        let forbidden = |_| Fault::new(Code::Forbidden).with("operation", "pseudonyms");
        self.pseudonyms()?.map(drop).map_err(forbidden)
    }

    /// The names in personal parts of records that this request has seen, as pseudonyms, or why they stay masked. Each
    /// showing is logged as a use of the field.
    ///
    /// # Errors
    /// `PSEUDONYMS_OFF`; the database's; an internal fault when a root was not seen first.
    pub async fn pseudonymise<P: Part>(
        &self,
        roots: &[Uuid],
        field: &'static str,
        names: impl Fn(&P::Model) -> Vec<String>,
    ) -> Result<Result<ByRecord, MaskReason>, Fault> {
        let pseudonyms = match self.pseudonyms()? {
            Ok(pseudonyms) => pseudonyms,
            Err(reason) => return Ok(Err(reason)),
        };
        let rows = self.parts(roots, P::find()).await?;
        let shown = by_record::<P>(&rows, &pseudonyms, names);
        let ids = shown.keys().copied();
        self.session.witness().pseudonymised(P::Root::KIND, field, ids);
        Ok(Ok(shown))
    }

    /// The names in personal parts of a list's records, as pseudonyms, by record. Nothing is noted: what is made of
    /// them is either counted, or narrows a list.
    ///
    /// # Errors
    /// `FORBIDDEN` for whoever gets no pseudonyms; `PSEUDONYMS_OFF`; `TOO_MANY` records; the database's.
    pub async fn persons<P: Part>(
        &self,
        query: &FeedQuery,
        cap: u64,
        names: impl Fn(&P::Model) -> Vec<String>,
    ) -> Result<ByRecord, Fault> {
        let forbidden = |_| Fault::new(Code::Forbidden).with("operation", "pseudonyms");
        let pseudonyms = self.pseudonyms()?.map_err(forbidden)?;
        let count = self.count::<P::Root>(query, cap).await?;
        if count > cap {
            let many = Fault::new(Code::TooMany).with("count", format!("> {cap}"));
            return Err(many.with("maximum", cap).at("filter"));
        }
        let query = FeedQuery {
            after: None,
            limit: cap,
            ..query.clone()
        };
        let Some(places) = self.listed::<P::Root>(&query, &[]) else {
            return Ok(ByRecord::new());
        };
        let records = Query::select()
            .column(column(FEED, "record_id"))
            .from_subquery(places, Alias::new(FEED))
            .take();
        let select: Select<P> = P::find().filter(P::root().in_subquery(records));
        let rows = select.all(self.transaction()).await?;
        Ok(by_record::<P>(&rows, &pseudonyms, names))
    }

    /// Notes that a list was narrowed by a personal field of these records.
    pub fn narrowed_by<E: Protected>(&self, field: &'static str, records: impl IntoIterator<Item = Uuid>) {
        self.session.witness().pseudonymised(E::KIND, field, records);
    }
}

fn by_record<P: Part>(
    rows: &[P::Model],
    pseudonyms: &Pseudonyms,
    names: impl Fn(&P::Model) -> Vec<String>,
) -> ByRecord {
    let of = |row: &P::Model| (row.get(P::root()).unwrap::<Uuid>(), pseudonyms.all(names(row)));
    rows.iter().map(of).filter(|(_, all)| !all.is_empty()).collect()
}
