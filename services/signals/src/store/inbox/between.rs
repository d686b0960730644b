//! What two organisations have between them, as the inbox tells it: requests for access and for onward sharing, and
//! break-glass. The rows themselves hold every moment, that of lapsing too, which no outbox has.

use access::Operation;
use foundation::session::{Side, When};
use foundation::{Fault, Owned};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use foundation::session::Bounds;

use super::{About, Stretch, Told};
use crate::model::access_request::Standing;
use crate::model::inbox::{APPROVED, ASKED, DECLINED, LAPSED, NARROWED, OPENED, REVIEWED};
use crate::store::rows::{access_request, break_glass};

/// All that is told of it.
///
/// # Errors
/// The database's.
pub async fn told(side: &Side<'_>, bounds: &Bounds) -> Result<Stretch, Fault> {
    let roles = &side.scope().caller.roles;
    let may = |operation| access::may_ever(roles, operation).is_ok();
    let mut stretches = Vec::new();
    if may(Operation::DecideAccess) {
        stretches.push(received(side, bounds).await?);
    }
    if may(Operation::RequestAccess) {
        stretches.push(answered(side, bounds).await?);
    }
    if may(Operation::ReviewBreakGlass) {
        stretches.push(opened(side, bounds).await?);
    }
    if may(Operation::ReviewBreakGlass) || may(Operation::BreakGlass) {
        stretches.push(reviewed(side, bounds).await?);
    }
    Ok(Stretch::merged(stretches))
}

/// Requests to the own organisation.
async fn received(side: &Side<'_>, bounds: &Bounds) -> Result<Stretch, Fault> {
    use access_request::{Column, Entity};
    let own = Entity::find().filter(Column::OwnerId.eq(side.scope().caller.organisation));
    let asked = Expr::col((Entity, Column::AskedAt));
    let rows = newest(side, own, asked, Column::Id, bounds).await?;
    Ok(stretch(rows, bounds, |row| Told {
        when: when(row.asked_at, row.id, ASKED),
        about: About::Request(Box::new(row)),
    }))
}

/// What came of the account's own requests; whatever the asker took back itself is not told to it.
async fn answered(side: &Side<'_>, bounds: &Bounds) -> Result<Stretch, Fault> {
    use access_request::{Column, Entity};
    let own = Entity::find()
        .filter(Column::AccountId.eq(side.scope().caller.account))
        .filter(Column::State.ne(Standing::Withdrawn as i16));
    // What is open ends by the clock.
    let ends = Expr::cust("COALESCE(access_request.closed_at, access_request.lapses_at)");
    let rows = newest(side, own, ends, Column::Id, bounds).await?;
    Ok(stretch(rows, bounds, |row| Told {
        when: when(row.closed_at.unwrap_or(row.lapses_at), row.id, answer(&row)),
        about: About::Request(Box::new(row)),
    }))
}

fn answer(row: &access_request::Model) -> &'static str {
    if row.state == Standing::Declined as i16 {
        return DECLINED;
    }
    if row.state == Standing::Open as i16 {
        return LAPSED;
    }
    let asked = (row.audience_kind, row.audience, row.purpose_id, row.valid_until);
    let given = row
        .given_audience_kind
        .zip(row.given_audience)
        .zip(row.given_purpose_id)
        .zip(row.given_until);
    let given = given.map(|(((kind, audience), purpose), until)| (kind, audience, purpose, until));
    let as_asked = given == Some(asked) && row.given_legal_basis_id == Some(row.legal_basis_id);
    if as_asked { APPROVED } else { NARROWED }
}

/// Signals of the own organisation that others opened in acute danger.
async fn opened(side: &Side<'_>, bounds: &Bounds) -> Result<Stretch, Fault> {
    use break_glass::{Column, Entity};
    let own = Entity::find().filter(Column::OwnerId.eq(side.scope().caller.organisation));
    let opened = Expr::col((Entity, Column::OpenedAt));
    let rows = newest(side, own, opened, Column::Id, bounds).await?;
    Ok(stretch(rows, bounds, |row| Told {
        when: when(row.opened_at, row.id, OPENED),
        about: About::Case(Box::new(row)),
    }))
}

/// What owners said of how the own side opened their signals.
async fn reviewed(side: &Side<'_>, bounds: &Bounds) -> Result<Stretch, Fault> {
    use break_glass::{Column, Entity};
    let own = Entity::find().filter(Column::OrganisationId.eq(side.scope().caller.organisation));
    let reviewed = Expr::col((Entity, Column::ReviewedAt));
    let rows = newest(side, own, reviewed, Column::Id, bounds).await?;
    Ok(stretch(rows, bounds, |row| Told {
        when: when(row.reviewed_at.unwrap_or(row.opened_at), row.id, REVIEWED),
        about: About::Case(Box::new(row)),
    }))
}

fn when(at: i64, record_id: Uuid, change: &str) -> When {
    When {
        at,
        record_id,
        change: change.to_owned(),
    }
}

/// The newest rows of the own side by a moment of theirs, within the bounds.
async fn newest<E: Owned>(
    side: &Side<'_>,
    select: Select<E>,
    moment: impl Into<SimpleExpr>,
    id: E::Column,
    bounds: &Bounds,
) -> Result<Vec<E::Model>, Fault> {
    let moment = moment.into();
    let mut within = Condition::all()
        .add(moment.clone().gte(bounds.since))
        .add(moment.clone().lte(side.scope().now));
    if let Some(before) = &bounds.before {
        // The row at the place itself has only one change that is told here; its reader drops it.
        let same = moment.clone().eq(before.at).and(id.lte(before.record_id));
        within = within.add(moment.clone().lt(before.at).or(same));
    }
    let rows = select
        .filter(within)
        .order_by(moment, Order::Desc)
        .order_by(id, Order::Desc)
        .limit(bounds.limit + 1);
    side.own(rows).await
}

fn stretch<M>(rows: Vec<M>, bounds: &Bounds, told: impl Fn(M) -> Told) -> Stretch {
    let more = rows.len() as u64 > bounds.limit;
    let told: Vec<Told> = rows.into_iter().map(told).collect();
    let reached = more.then(|| told.last().map(|last| last.when.clone())).flatten();
    let before = |told: &Told| bounds.before.as_ref().is_none_or(|before| told.when < *before);
    Stretch {
        told: told.into_iter().filter(before).collect(),
        reached,
    }
}
