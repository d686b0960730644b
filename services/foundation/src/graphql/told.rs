//! Places in what an account is told, as clients see them: ids of items, and cursors of pages. The id of an item says what
//! the item says. A page may end where nothing is told: such a cursor is sealed.

use async_graphql::{Context, ID};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use super::kit::PageInfo;
use crate::fault::{Code, Fault};
use crate::session::{Sealer, When};

/// The most items that one call marks.
const MARKS_MAXIMUM: usize = 500;

/// Writes the cursor of a place.
pub fn cursor(place: &When) -> String {
    let mut bytes = place.at.to_be_bytes().to_vec();
    bytes.extend(place.record_id.as_bytes());
    bytes.extend(place.change.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn read(text: &str) -> Option<When> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (at, rest) = bytes.split_at_checked(8)?;
    let (record, change) = rest.split_at_checked(16)?;
    Some(When {
        at: i64::from_be_bytes(at.try_into().ok()?),
        record_id: Uuid::from_slice(record).ok()?,
        change: std::str::from_utf8(change).ok()?.to_owned(),
    })
}

/// Reads a cursor that a client sent.
///
/// # Errors
/// `INVALID_CURSOR`.
pub fn read_cursor(text: &str) -> Result<When, Fault> {
    read(text).ok_or_else(|| Fault::new(Code::InvalidCursor).at("after"))
}

/// Writes an item's id.
pub fn id(prefix: &str, place: &When) -> ID {
    ID(format!("{prefix}_{}", cursor(place)))
}

/// Reads the ids of items to mark, of an argument of this name; `tells` knows the changes that are told.
///
/// # Errors
/// `TOO_MANY`; `INVALID_ID`, each at its place.
pub fn places(
    prefix: &'static str,
    field: &str,
    ids: &[ID],
    tells: impl Fn(&str) -> bool,
) -> Result<Vec<When>, Vec<Fault>> {
    if ids.len() > MARKS_MAXIMUM {
        let many = Fault::new(Code::TooMany).with("count", ids.len());
        return Err(many.with("maximum", MARKS_MAXIMUM).at(field).into());
    }
    let (mut places, mut faults) = (Vec::new(), Vec::new());
    for (index, id) in ids.iter().enumerate() {
        let place = id
            .strip_prefix(prefix)
            .and_then(|rest| rest.strip_prefix('_'))
            .and_then(read);
        match place.filter(|place| tells(&place.change)) {
            Some(place) => places.push(place),
            None => {
                let invalid = Fault::new(Code::InvalidId).with("prefix", prefix);
                faults.push(invalid.at(format!("{field}.{index}")));
            }
        }
    }
    if faults.is_empty() { Ok(places) } else { Err(faults) }
}

/// Whether a page is asked for: its items, or where it ends. If not, nothing of it is told.
pub fn asks_page(context: &Context<'_>) -> bool {
    ["nodes", "pageInfo"]
        .iter()
        .any(|field| context.look_ahead().field(field).exists())
}

/// Cuts a page as [`PageInfo::cut`] does, and says where it ends: where one request stopped looking, when that is before the
/// page is full. That is a moment at which somebody else did something, so the cursors are sealed.
///
/// # Errors
/// Internal: a cursor cannot be written.
pub fn sealed_page<T>(
    rows: &mut Vec<T>,
    size: u64,
    continued: bool,
    when: impl Fn(&T) -> &When,
    stopped: Option<&When>,
    sealer: &Sealer,
) -> Result<PageInfo, Fault> {
    let cut = PageInfo::cut(rows, size, continued, |_| String::new());
    let seal = |place: Option<&When>| place.map(|place| sealer.seal(place)).transpose();
    Ok(PageInfo {
        has_next_page: cut.has_next_page || stopped.is_some(),
        start_cursor: seal(rows.first().map(&when))?,
        end_cursor: seal(stopped.or(rows.last().map(&when)))?,
        ..cut
    })
}
