//! Value types that every subgraph shares, defined once: scalars, marks, pages, masks.

use std::sync::Arc;

use access::{Instant, MaskReason};
use async_graphql::{
    Context, Enum, InputValueError, InputValueResult, Object, PathSegment, Scalar, ScalarType, ServerError,
    SimpleObject, Value,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{Timestamp, civil};
use uuid::Uuid;

use crate::fault::{Code, Fault, Language};
use crate::sensitive::{Suspicion, suspicions};
use crate::session::{Order, Place, Position};

/// The most records that a page may have.
pub const PAGE_MAXIMUM: u64 = 500;
/// How many records a page has when nothing is said.
pub const PAGE_DEFAULT: i32 = 50;
/// Up to where lists are counted exactly.
pub const COUNT_CAP: u64 = 1000;

/// How long a list without a stated length is taken to be when the cost of a query is weighed.
pub const LIST_COST: usize = 10;

/// What a page of so many costs.
pub fn page_cost(first: Option<i32>, each: usize) -> usize {
    usize::try_from(first.unwrap_or(PAGE_DEFAULT))
        .unwrap_or_default()
        .saturating_mul(each.saturating_add(1))
}

/// A moment (tijdstip) in UTC, RFC 3339, to the microsecond: `2026-11-22T09:30:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateTime(pub Instant);

/// A moment (tijdstip) in UTC, RFC 3339, to the microsecond: `2026-11-22T09:30:00Z`. Any offset is taken.
#[Scalar(name = "DateTime", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else {
            return Err(InputValueError::expected_type(value));
        };
        let moment: Timestamp = text
            .parse()
            .map_err(|_| InputValueError::custom("expected a moment with its offset, such as 2026-11-22T09:30:00Z"))?;
        let year = moment.to_zoned(jiff::tz::TimeZone::UTC).year();
        if !(1900..=2200).contains(&year) {
            return Err(InputValueError::custom(
                "expected a moment between the years 1900 and 2200",
            ));
        }
        Ok(Self(moment.as_microsecond()))
    }

    fn is_valid(value: &Value) -> bool {
        Self::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        Value::String(
            Timestamp::from_microsecond(self.0)
                .unwrap_or(Timestamp::MAX)
                .to_string(),
        )
    }
}

/// A Dutch civil date (kalenderdatum, Europe/Amsterdam): `2026-11-22`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(pub civil::Date);

/// A Dutch civil date (kalenderdatum, Europe/Amsterdam): `2026-11-22`.
#[Scalar(name = "Date")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else {
            return Err(InputValueError::expected_type(value));
        };
        let date: civil::Date = text
            .parse()
            .map_err(|_| InputValueError::custom("expected a date such as 2026-11-22"))?;
        if text.len() != 10 || !(1900..=2200).contains(&date.year()) {
            return Err(InputValueError::custom(
                "expected a date such as 2026-11-22, between 1900 and 2200",
            ));
        }
        Ok(Self(date))
    }

    fn is_valid(value: &Value) -> bool {
        Self::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// Rubricering: the formal classification. State secrets (Stg.) are refused.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "access::Rank")]
pub enum Rank {
    /// Intern.
    Intern,
    /// Vertrouwelijk.
    Vertrouwelijk,
    /// Departementaal vertrouwelijk.
    DepartementaalVertrouwelijk,
}

/// Deelmarkering: the Traffic Light Protocol 2.0, an upper bound on who it may be shared with.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "access::Tlp")]
pub enum Tlp {
    /// The owner may publish.
    Clear,
    /// All participants.
    Green,
    /// Inspectorates, circles and accounts.
    Amber,
    /// Inspectorates and accounts, no onward sharing.
    AmberStrict,
    /// Named accounts only.
    Red,
}

/// Gebruiksbeperking: what a reader may do with what is read.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "access::UseLimit")]
pub enum UseLimit {
    /// Alleen ter informatie: for information only.
    InformationOnly,
    /// Voor toezicht: may be used in supervision.
    Supervision,
    /// Partij niet benaderen: the party may not be approached about it.
    DoNotApproach,
}

/// Where a record is in its life (staat).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "access::State")]
pub enum State {
    /// Concept: its owner's alone.
    Draft,
    /// Gepubliceerd: its grants are in force.
    Published,
    /// Ingetrokken: only its owner keeps it.
    Retracted,
}

/// Why a field is masked.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaskedBecause {
    /// The caller's role may not see personal values.
    Role,
    /// The stated purpose does not allow personal data.
    Purpose,
    /// Only the owner's side may see it.
    NotOwner,
}

impl From<MaskReason> for MaskedBecause {
    fn from(reason: MaskReason) -> Self {
        match reason {
            MaskReason::Role => Self::Role,
            MaskReason::Purpose => Self::Purpose,
            MaskReason::NotOwner => Self::NotOwner,
        }
    }
}

/// A field that is null because the caller may not see it (afgeschermd veld), not because it is empty.
#[derive(SimpleObject, Clone, Debug, PartialEq, Eq)]
pub struct MaskedField {
    /// The field's name.
    #[graphql(shareable)]
    pub field: String,
    /// Why it is masked.
    #[graphql(shareable)]
    pub reason: MaskedBecause,
}

/// Where a page ends (Relay).
#[derive(SimpleObject, Clone, Debug, Default)]
pub struct PageInfo {
    /// Whether there is more after this page.
    #[graphql(shareable)]
    pub has_next_page: bool,
    /// Whether there is something before this page.
    #[graphql(shareable)]
    pub has_previous_page: bool,
    /// The cursor of the first record.
    #[graphql(shareable)]
    pub start_cursor: Option<String>,
    /// The cursor of the last record; give it as `after` for the next page.
    #[graphql(shareable)]
    pub end_cursor: Option<String>,
}

impl PageInfo {
    /// Cuts rows that were asked for one too many to a page of this size, and says where it ends. `continued` says that
    /// the page follows another; `place` writes a row's cursor.
    pub fn cut<T>(rows: &mut Vec<T>, size: u64, continued: bool, place: impl Fn(&T) -> String) -> Self {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let has_next_page = rows.len() > size;
        rows.truncate(size);
        Self {
            has_next_page,
            has_previous_page: continued,
            start_cursor: rows.first().map(&place),
            end_cursor: rows.last().map(&place),
        }
    }
}

/// A count (aantal) that is exact up to 1,000. Exactly one of the two is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CappedCount {
    count: u64,
    complete: bool,
}

impl CappedCount {
    /// Of what was counted up to the cap and one.
    pub fn of(count: u64) -> Self {
        Self::so_far(count, true)
    }

    /// Of what was counted up to the cap and one, and whether one looked as far as there is anything.
    pub fn so_far(count: u64, complete: bool) -> Self {
        Self {
            count: count.min(COUNT_CAP),
            complete: complete && count <= COUNT_CAP,
        }
    }
}

/// A count (aantal) that is exact up to 1,000. Exactly one of the two is set.
#[Object]
impl CappedCount {
    /// The count, when it is at most 1,000.
    #[graphql(shareable)]
    async fn exactly(&self) -> Option<u64> {
        self.complete.then_some(self.count)
    }

    /// 1,000, when there are more; fewer, where one request does not look further back.
    #[graphql(shareable)]
    async fn at_least(&self) -> Option<u64> {
        (!self.complete).then_some(self.count)
    }
}

/// Writes the cursor of a place in a newest-first list.
pub fn cursor(place: Position) -> String {
    let mut bytes = place.created_at.to_be_bytes().to_vec();
    bytes.extend(place.record_id.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads a cursor that a client sent.
///
/// # Errors
/// `INVALID_CURSOR`.
pub fn read_cursor(text: &str) -> Result<Position, Fault> {
    let invalid = || Fault::new(Code::InvalidCursor).at("after");
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid())?;
    let (time, id) = bytes.split_at_checked(8).ok_or_else(invalid)?;
    Ok(Position {
        created_at: i64::from_be_bytes(time.try_into().map_err(|_| invalid())?),
        record_id: Uuid::from_slice(id).map_err(|_| invalid())?,
    })
}

/// Writes the cursor of a place in a list of this order; it names the order, unless that is the feed's own.
pub fn cursor_in(order: Order, place: &Place) -> String {
    let mut bytes = mark(order);
    bytes.extend(place.keys.iter().flat_map(|key| key.to_be_bytes()));
    bytes.extend(place.record_id.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn mark(order: Order) -> Vec<u8> {
    Some(order.mark).filter(|mark| *mark != 0).into_iter().collect()
}

/// Reads a cursor that a client sent for a list of this order.
///
/// # Errors
/// `INVALID_CURSOR`, also for a cursor of another order.
pub fn read_cursor_in(order: Order, text: &str) -> Result<Place, Fault> {
    let invalid = || Fault::new(Code::InvalidCursor).at("after");
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid())?;
    let rest = bytes.strip_prefix(mark(order).as_slice()).ok_or_else(invalid)?;
    let (keys, id) = rest.split_at_checked(8 * order.columns.len()).ok_or_else(invalid)?;
    let (keys, []) = keys.as_chunks::<8>() else {
        return Err(invalid());
    };
    Ok(Place {
        keys: keys.iter().map(|key| i64::from_be_bytes(*key)).collect(),
        record_id: Uuid::from_slice(id).map_err(|_| invalid())?,
    })
}

/// The size of a page that a client asked for; null stands for a variable that was declared and left out.
///
/// # Errors
/// `PAGE_SIZE` outside 1 to 500.
pub fn page_size(first: Option<i32>) -> Result<u64, Fault> {
    u64::try_from(first.unwrap_or(PAGE_DEFAULT))
        .ok()
        .filter(|size| (1..=PAGE_MAXIMUM).contains(size))
        .ok_or_else(|| Fault::new(Code::PageSize).with("maximum", PAGE_MAXIMUM).at("first"))
}

/// Something that was accepted but deserves a second look (waarschuwing).
#[derive(SimpleObject, Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The stable code.
    #[graphql(shareable)]
    pub code: String,
    /// The field.
    #[graphql(shareable)]
    pub field: String,
    /// What to do about it.
    #[graphql(shareable)]
    pub message: String,
}

/// What in these free texts looks personal, each with its field.
pub fn looks_personal<'t>(
    texts: impl IntoIterator<Item = (&'t str, Option<&'t str>)>,
    language: Language,
) -> Vec<Warning> {
    let of = |(field, text): (&'t str, Option<&'t str>)| -> Vec<Warning> {
        let warning = |suspicion: Suspicion| Warning {
            code: "LOOKS_PERSONAL".to_owned(),
            field: field.to_owned(),
            message: suspicion.sentence(language).to_owned(),
        };
        suspicions(text.unwrap_or_default()).into_iter().map(warning).collect()
    };
    texts.into_iter().flat_map(of).collect()
}

/// Tells all faults at once: the first as the field's error, the others beside it.
pub fn raise(context: &Context<'_>, faults: Vec<Fault>) -> async_graphql::Error {
    let mut faults = faults.into_iter();
    let first = faults
        .next()
        .unwrap_or_else(|| Fault::broken("a refusal without a fault"));
    for fault in faults {
        let mut error = ServerError::new(fault.to_string(), Some(context.item.pos));
        error.source = Some(Arc::new(fault));
        context.add_error(error.with_path(path(context)));
    }
    first.into()
}

fn path(context: &Context<'_>) -> Vec<PathSegment> {
    let names = context
        .path_node
        .as_ref()
        .map(|node| node.to_string_vec())
        .unwrap_or_default();
    names
        .into_iter()
        .map(|name| {
            name.parse()
                .map_or_else(|_| PathSegment::Field(name), PathSegment::Index)
        })
        .collect()
}
