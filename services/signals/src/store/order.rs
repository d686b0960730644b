//! Lists of signals in an order: what of a filter the index answers in whose order the list comes, and what is looked up on
//! the way.

use foundation::session::{FeedQuery, Order};
use foundation::{Fault, Reader};

use super::list::{Known, query};
use crate::model::filter::{Choice, Filter, Subjects};

/// Oldest recorded first.
pub const RECORDED_OLDEST: Order = order(1, &["created_at"], false);
/// Newest observed first.
pub const OBSERVED_NEWEST: Order = order(2, &["observed_at"], true);
/// Oldest observed first.
pub const OBSERVED_OLDEST: Order = order(3, &["observed_at"], false);
/// Most serious first, of these the newest recorded.
pub const SEVERITY: Order = order(4, &["severity", "created_at"], true);

const fn order(mark: u8, columns: &'static [&'static str], descending: bool) -> Order {
    Order {
        mark,
        columns,
        descending,
    }
}

/// The list's query on the feed, in this order.
///
/// # Errors
/// `UNKNOWN_REFERENCE` for a code that does not exist.
pub async fn ordered(reader: &Reader<'_>, filter: &Filter, order: Order) -> Result<FeedQuery, Fault> {
    let query = FeedQuery {
        order,
        ..query(reader, filter).await?
    };
    let answered = answered(filter, order);
    if of_the_feed(filter) == answered || order != SEVERITY && !query.subjects.is_empty() {
        return Ok(query);
    }
    // What else it is narrowed by may be found at the far end alone: it is looked up on the way there.
    let walked = Known::default().own_columns(&answered, reader.scope().now)?;
    Ok(FeedQuery {
        looked_up: query.looked_up.add(query.filter),
        filter: walked,
        carried: CARRIED,
        ..query
    })
}

/// What of a filter the index answers by which a list in this order is walked.
fn answered(filter: &Filter, order: Order) -> Filter {
    if order == SEVERITY {
        return Filter {
            severity: filter.severity,
            severities: filter.severities.clone(),
            ..Filter::default()
        };
    }
    if order == OBSERVED_NEWEST || order == OBSERVED_OLDEST {
        return Filter {
            observed_from: filter.observed_from,
            observed_until: filter.observed_until,
            ..Filter::default()
        };
    }
    if one_value(filter) {
        return of_the_feed(filter);
    }
    Filter {
        created_from: filter.created_from,
        created_until: filter.created_until,
        outdated: filter.outdated.filter(|ended| *ended),
        ..Filter::default()
    }
}

/// Whether it asks for one value of a column that has an index of its own in the order in which records were made.
fn one_value(filter: &Filter) -> bool {
    fn one<T>(choice: &Choice<T>) -> bool {
        choice.any_of.as_ref().is_some_and(|values| values.len() <= 1)
    }
    let named = filter.category.is_some() || filter.severity.is_some() || filter.owner.is_some();
    named
        || one(&filter.categories)
        || one(&filter.severities)
        || one(&filter.owners)
        || one(&filter.urgencies)
        || one(&filter.origins)
        || one(&filter.states)
        || one(&filter.reliabilities)
        || one(&filter.credibilities)
}

/// What of a filter stands in the feed itself.
fn of_the_feed(filter: &Filter) -> Filter {
    Filter {
        party: None,
        site: None,
        region: None,
        circle: None,
        text: None,
        parties: Subjects::default(),
        sites: Subjects::default(),
        regions: Subjects::default(),
        persons: Subjects::default(),
        ..filter.clone()
    }
}

/// The columns of the feed that a filter may name.
const CARRIED: &[&str] = &[
    "category",
    "severity",
    "owner_id",
    "urgency",
    "origin",
    "state",
    "observed_at",
    "created_at",
    "reliability",
    "credibility",
    "valid_until",
];
