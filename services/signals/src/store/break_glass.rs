//! Break-glass: one writer tries, opens and tells; the owner's side reviews.

use access::{Audience, Operation};
use foundation::reference::{account, legal_basis};
use foundation::root::{feed, subject};
use foundation::session::Position;
use foundation::{Code, Directory, Fault, Seen, Session, Writer};
use sea_orm::sea_query::{ExprTrait, SimpleExpr};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
};
use uuid::Uuid;

use super::rows::{break_glass as row, break_glass_attempt as attempt};
use super::{SignalRow, discovery, grant, rows::signal};
use crate::model::break_glass::{ATTEMPTS_PER_HOUR, BASIS, Named, OPEN_FOR, check, hour, review_due};
use crate::model::grant::Resolved;
use foundation::check::required;

pub use super::rows::break_glass::Model as BreakGlassRow;

/// The kind of these rows in log and outbox.
const KIND: &str = "break_glass";

/// What was opened.
#[derive(Clone, Copy, Debug)]
pub struct Opened {
    /// The case.
    pub case: Uuid,
    /// The signal.
    pub signal: Uuid,
}

/// Opens a signal to the calling account for four hours, and tells its owner.
///
/// # Errors
/// `NOT_FOUND` for whatever cannot be opened, alike; `TOO_MANY_ATTEMPTS`; `ALREADY_VISIBLE`; faults of the words.
pub async fn open(session: &Session, named: Named, danger: String, reason: String) -> Result<Opened, Vec<Fault>> {
    try_once(session, &danger, &reason).await?;
    let mut writer = session.writer(Operation::BreakGlass).await?;
    let (name, select) = named_by(&writer, named).await?;
    if !writer.see(select.clone()).await?.is_empty() {
        return Err(Fault::new(Code::AlreadyVisible).into());
    }
    let signal = behind(&writer, &name, select.clone()).await?;
    let resolved = for_caller(&writer).await?;
    let grant = grant::row(&writer, &*signal, &resolved).await?;
    let opener = account::Entity::find().filter(account::Column::Id.eq(writer.scope().caller.account));
    let opener = writer.reference(opener).await?.pop();
    let case = row::Model {
        id: writer.id(),
        signal_id: signal.id,
        number: signal.number.clone(),
        owner_id: signal.owner_id,
        organisation_id: writer.scope().caller.organisation,
        account_id: writer.scope().caller.account,
        opened_by: opener.map(|account| account.display_name).unwrap_or_default(),
        purpose: writer.scope().caller.purpose.code.clone(),
        grant_id: grant.id,
        danger: danger.trim().to_owned(),
        reason: reason.trim().to_owned(),
        opened_at: writer.scope().now,
        ends_at: resolved.valid_until,
        review_due: review_due(writer.scope().now),
        reviewed_at: None,
        reviewed_by: None,
        justified: None,
        judgement: None,
    };
    let opened = Opened {
        case: case.id,
        signal: signal.id,
    };
    writer.insert(vec![case.into_active_model()]).await?;
    // The grant's foreign key waits for whoever is changing the signal, and holds it: what it has become counts.
    grant::add::<SignalRow>(&writer, std::slice::from_ref(&grant)).await?;
    let signal = behind(&writer, &name, select).await?;
    let subjects = subject::within::<SignalRow>(&writer, &[signal.id]).await?;
    let about = subjects
        .values()
        .flat_map(|subjects| subjects.numbered().map(|(_, id)| id));
    let shaped = feed::Shaped {
        record: &*signal,
        subjects: about.collect(),
        grants: std::slice::from_ref(&grant),
    };
    feed::add_grants(&writer, &shaped).await?;
    writer.noted(KIND, opened.case, "opened", 1);
    // For the copy of whom it was opened to; nobody else is told.
    writer.changed::<signal::Entity>(signal.id, "opened", signal.version);
    writer.commit().await?;
    Ok(opened)
}

/// Counts the attempt, in a transaction of its own: it stays, whatever comes of it.
async fn try_once(session: &Session, danger: &str, reason: &str) -> Result<(), Vec<Fault>> {
    let mut writer = session.writer(Operation::BreakGlass).await?;
    let faults = check(danger, reason);
    if !faults.is_empty() {
        return Err(faults);
    }
    let scope = writer.scope();
    let (account, organisation, now) = (scope.caller.account, scope.caller.organisation, scope.now);
    let tried = attempt::Entity::find().filter(attempt::Column::Hour.eq(hour(now)));
    let tried = i16::try_from(writer.own(tried).await?.len()).unwrap_or(ATTEMPTS_PER_HOUR);
    for place in tried..ATTEMPTS_PER_HOUR {
        let new = attempt::ActiveModel {
            account_id: Set(account),
            hour: Set(hour(now)),
            place: Set(place),
            organisation_id: Set(organisation),
            at: Set(now),
        };
        // A place that another request took meanwhile is that request's.
        if writer.insert_unless_taken(vec![new]).await?.is_empty() {
            writer.noted("break_glass_attempt", account, "attempted", 1);
            return Ok(writer.commit().await?);
        }
    }
    Err(Fault::new(Code::TooManyAttempts)
        .with("maximum", ATTEMPTS_PER_HOUR)
        .into())
}

/// What the caller named: its name for row-level security, and the query for it. A handle that tells nothing names no
/// signal, and is looked for all the same.
async fn named_by(writer: &Writer<'_>, named: Named) -> Result<(String, Select<signal::Entity>), Fault> {
    let by_id = |id: Uuid| (id.to_string(), signal::Entity::find().filter(signal::Column::Id.eq(id)));
    Ok(match named {
        Named::Discovery(handle) => {
            let known = discovery::of_handle(writer, handle).await?;
            by_id(known.map_or(Uuid::nil(), |known| known.signal_id))
        }
        Named::Number(number) => {
            let number = number.trim().to_uppercase();
            let select = signal::Entity::find().filter(signal::Column::Number.eq(number.as_str()));
            (number, select)
        }
    })
}

async fn behind(writer: &Writer<'_>, name: &str, select: Select<signal::Entity>) -> Result<Seen<SignalRow>, Fault> {
    let found = writer.behind_glass(name, select).await?;
    found.ok_or_else(|| discovery::nowhere("record"))
}

async fn for_caller(writer: &Writer<'_>) -> Result<Resolved, Fault> {
    let basis = legal_basis::Entity::find().filter(legal_basis::Column::Code.eq(BASIS));
    let basis = writer.reference(basis).await?.pop();
    let basis = basis.ok_or_else(|| Fault::broken("the legal basis of break-glass is not in the vocabulary"))?;
    let scope = writer.scope();
    Ok(Resolved {
        audience: Audience::Account(scope.caller.account),
        purpose: scope.caller.purpose.id,
        legal_basis: basis.id,
        valid_from: scope.now,
        valid_until: scope.now + OPEN_FOR,
    })
}

/// Says whether it was justified; once.
///
/// # Errors
/// `NOT_FOUND`, `NOT_OWNER`, `ALREADY_REVIEWED`; faults of the words.
pub async fn review(session: &Session, case: Uuid, justified: bool, judgement: String) -> Result<(), Vec<Fault>> {
    let mut writer = session.writer(Operation::ReviewBreakGlass).await?;
    let mut faults = Vec::new();
    required("judgement", &judgement, 2_000, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let found = writer.own(row::Entity::find().filter(row::Column::Id.eq(case))).await?;
    let found = found.into_iter().next();
    let found = found.ok_or_else(|| Fault::new(Code::NotFound).at("id"))?;
    if found.owner_id != writer.scope().caller.organisation {
        return Err(Fault::new(Code::NotOwner)
            .with("operation", Operation::ReviewBreakGlass.code())
            .into());
    }
    let reviewed = row::ActiveModel {
        reviewed_at: Set(Some(writer.scope().now)),
        reviewed_by: Set(Some(writer.scope().caller.account)),
        justified: Set(Some(justified)),
        judgement: Set(Some(judgement)),
        ..Default::default()
    };
    let update = row::Entity::update_many()
        .set(reviewed)
        .filter(row::Column::Id.eq(case))
        .filter(row::Column::ReviewedAt.is_null());
    if writer.execute(&update.into_query()).await? != 1 {
        return Err(Fault::new(Code::AlreadyReviewed).into());
    }
    writer.noted(KIND, case, "reviewed", 2);
    Ok(writer.commit().await?)
}

/// Which cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only reviewed ones (`true`), or only those that wait (`false`).
    pub reviewed: Option<bool>,
    /// Only those whose review is overdue.
    pub overdue: bool,
    /// Only this one.
    pub id: Option<Uuid>,
}

/// A page of cases that are the caller's to see, newest first; one more than the limit where there is more.
///
/// # Errors
/// `FORBIDDEN` for roles that neither open nor review; the database's.
pub async fn page(
    directory: &Directory<'_>,
    filter: Filter,
    after: Option<Position>,
    limit: u64,
) -> Result<Vec<BreakGlassRow>, Fault> {
    let mut rows = row::Entity::find();
    let unreviewed = row::Column::ReviewedAt.is_null();
    match filter.reviewed {
        Some(true) => rows = rows.filter(unreviewed.not()),
        Some(false) => rows = rows.filter(unreviewed),
        None => {}
    }
    let now = directory.scope().now;
    if filter.overdue {
        rows = rows
            .filter(row::Column::ReviewedAt.is_null())
            .filter(row::Column::ReviewDue.lte(now));
    }
    if let Some(id) = filter.id {
        rows = rows.filter(row::Column::Id.eq(id));
    }
    if let Some(after) = after {
        rows = rows.filter(before(after));
    }
    let rows = rows
        .order_by_desc(row::Column::OpenedAt)
        .order_by_desc(row::Column::Id)
        .limit(limit);
    let roles = &directory.scope().caller.roles;
    let as_what = match access::may_ever(roles, Operation::BreakGlass) {
        Ok(()) => Operation::BreakGlass,
        Err(_) => Operation::ReviewBreakGlass,
    };
    directory.own(as_what, rows).await
}

fn before(place: Position) -> SimpleExpr {
    let same = row::Column::OpenedAt
        .eq(place.created_at)
        .and(row::Column::Id.lt(place.record_id));
    row::Column::OpenedAt.lt(place.created_at).or(same)
}
