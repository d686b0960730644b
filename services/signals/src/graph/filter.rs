//! The filter of lists and live events.

use async_graphql::{ID, InputObject};
use foundation::graphql::kit::DateTime;
use foundation::{Code, Fault, ids};

use super::signal::Severity;
use crate::store::list::Filter;

/// Narrows signals; all that is given must hold. Never shows more than the caller may see.
#[derive(InputObject, Clone, Debug, Default)]
pub struct SignalFilter {
    /// Category code (categorie).
    pub category: Option<String>,
    /// Severity (ernst).
    pub severity: Option<Severity>,
    /// A party it is about (ondertoezichtstaande), `pty_…`.
    pub party: Option<ID>,
    /// A site it is about (vestiging), `sit_…`.
    pub site: Option<ID>,
    /// The code of a safety region it is about (veiligheidsregio), `VR01` to `VR25`.
    pub region: Option<String>,
    /// Observed at or after (waargenomen vanaf).
    pub observed_from: Option<DateTime>,
    /// Observed before (waargenomen voor).
    pub observed_until: Option<DateTime>,
    /// The code of the owning organisation (eigenaar), such as `ilt`.
    pub owner: Option<String>,
    /// The code of a circle it is shared with (samenwerkingsverband): one of the caller's own, or for own signals any.
    pub circle: Option<String>,
    /// Words in its number, title, narrative or place; all must be there, whole, in any order.
    pub text: Option<String>,
}

impl SignalFilter {
    /// The filter with its ids read.
    ///
    /// # Errors
    /// `INVALID_ID`, `INVALID_PERIOD`, `TOO_LONG`, at the field.
    pub fn read(self) -> Result<Filter, Fault> {
        let id = |prefix, field: &'static str, id: Option<ID>| {
            id.map(|id| ids::read(prefix, &id).map_err(|fault| fault.at(field)))
                .transpose()
        };
        let (observed_from, observed_until) = (
            self.observed_from.map(|moment| moment.0),
            self.observed_until.map(|moment| moment.0),
        );
        if observed_from
            .zip(observed_until)
            .is_some_and(|(from, until)| until <= from)
        {
            return Err(Fault::new(Code::InvalidPeriod).at("filter.observedUntil"));
        }
        let mut faults = Vec::new();
        crate::model::signal::optional("filter.text", self.text.as_deref(), 500, &mut faults);
        if let Some(fault) = faults.pop() {
            return Err(fault);
        }
        Ok(Filter {
            category: self.category,
            severity: self.severity.map(Into::into),
            party: id(ids::prefix::PARTY, "filter.party", self.party)?,
            site: id(ids::prefix::SITE, "filter.site", self.site)?,
            region: self.region,
            observed_from,
            observed_until,
            owner: self.owner,
            circle: self.circle,
            text: self.text,
        })
    }
}
