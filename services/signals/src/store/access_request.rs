//! Requests for access and for onward sharing: asked by one side, decided by the other, both through the door.

use access::{Operation, Tlp};
use foundation::reference::{account, organisation};
use foundation::session::Position;
use foundation::{Code, Fault, Reader, Session, Writer, working_days};
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};
use uuid::Uuid;

use super::lookup::{Lookup, Wanted};
use super::names::Names;
use super::rows::{access_request as row, signal};
use super::{SignalRow, discovery, grant};
use crate::model::access_request::{Kind, LAPSES_AFTER, Narrowed, Plea, Standing};
use crate::model::grant::{self as grants, Asked, Resolved, To};
use foundation::check::{optional, required};

/// The kind of these rows in log and outbox.
const KIND: &str = "access_request";

/// A request with the codes that people know its references by.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The request.
    pub row: row::Model,
    /// To whom it asks a grant: a code or name; empty for everyone.
    pub to: String,
    /// The code of the purpose that it asks.
    pub purpose: String,
    /// The code of the legal basis that it names.
    pub legal_basis: String,
    /// What was given, where it was approved: to whom, purpose, legal basis.
    pub given: Option<[String; 3]>,
}

/// Which requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those that the own organisation asked (`false`) or received (`true`).
    pub received: Option<bool>,
    /// Only those that stand so now.
    pub standing: Option<Standing>,
    /// Only this one.
    pub id: Option<Uuid>,
}

/// Asks for a signal that the caller may know of; gives the request's id.
///
/// # Errors
/// Every fault at once; `NOT_FOUND` for a handle that tells this caller nothing.
pub async fn ask(session: &Session, handle: Uuid, for_all: bool, plea: &Plea) -> Result<Uuid, Vec<Fault>> {
    let writer = session.writer(Operation::RequestAccess).await?;
    let faults = plea.faults(writer.scope().now);
    if !faults.is_empty() {
        return Err(faults);
    }
    let known = discovery::of_handle(&writer, handle).await?;
    let known = known.ok_or_else(|| discovery::nowhere("discovery"))?;
    let asker = asker(&writer).await?;
    let to = if for_all {
        To::Organisation(organisation_code(&writer).await?)
    } else {
        To::Account(asker.name.clone())
    };
    let resolved = resolve(&writer, to, plea).await?;
    let about = About {
        kind: Kind::Access,
        signal: known.signal_id,
        handle: Some(handle),
        rank: known.rank,
        owner: known.owner_id,
    };
    file(writer, about, asker.display_name, plea, &resolved).await
}

/// Asks the owner of a visible signal to share it with somebody else; gives the request's id.
///
/// # Errors
/// Every fault at once; `TLP_FORBIDS_ONWARD` and `TLP_FORBIDS_GRANT` by the signal's mark.
pub async fn ask_onward(session: &Session, signal: Uuid, to: To, plea: &Plea) -> Result<Uuid, Vec<Fault>> {
    let writer = session.writer(Operation::RequestAccess).await?;
    let record = writer.beside::<signal::Entity>(signal).await?;
    let faults = plea.faults(writer.scope().now);
    if !faults.is_empty() {
        return Err(faults);
    }
    let tlp = Tlp::from_number(record.tlp).ok_or_else(|| Fault::broken("a stored mark outside its values"))?;
    if !tlp.permits_onward() {
        return Err(Fault::new(Code::TlpForbidsOnward)
            .with("tlp", grants::name(tlp))
            .at("signal")
            .into());
    }
    let asker = asker(&writer).await?;
    let resolved = resolve(&writer, to.clone(), plea).await?;
    grants::permitted(tlp, &resolved.audience, &to)?;
    let about = About {
        kind: Kind::Onward,
        signal,
        handle: None,
        rank: record.rank,
        owner: record.owner_id,
    };
    file(writer, about, asker.display_name, plea, &resolved).await
}

async fn asker(writer: &Writer<'_>) -> Result<account::Model, Fault> {
    let own = account::Entity::find().filter(account::Column::Id.eq(writer.scope().caller.account));
    let gone = || Fault::broken("an account that has just entered is gone");
    writer.reference(own).await?.pop().ok_or_else(gone)
}

async fn organisation_code(writer: &Writer<'_>) -> Result<String, Fault> {
    let own = organisation::Entity::find().filter(organisation::Column::Id.eq(writer.scope().caller.organisation));
    let gone = || Fault::broken("an account without its organisation");
    Ok(writer.reference(own).await?.pop().ok_or_else(gone)?.code)
}

async fn resolve(writer: &Writer<'_>, to: To, plea: &Plea) -> Result<Resolved, Vec<Fault>> {
    let asked = Asked {
        to,
        purpose: Some(plea.purpose.clone()),
        legal_basis: Some(plea.legal_basis.clone()),
        valid_from: None,
        valid_until: foundation::clock::end_of(plea.until),
    };
    let wanted = Wanted {
        grants: vec![asked.clone()],
        ..Wanted::default()
    };
    Lookup::find(writer, &wanted).await?.grant(&asked, writer.scope().now)
}

/// What a request is about.
struct About {
    kind: Kind,
    signal: Uuid,
    handle: Option<Uuid>,
    rank: i16,
    owner: Uuid,
}

async fn file(
    mut writer: Writer<'_>,
    about: About,
    asked_by: String,
    plea: &Plea,
    resolved: &Resolved,
) -> Result<Uuid, Vec<Fault>> {
    let now = writer.scope().now;
    let (audience_kind, audience, _) = access::Channel::Granted {
        audience: resolved.audience,
        purpose: resolved.purpose,
    }
    .key();
    let same = row::Entity::find()
        .filter(row::Column::AccountId.eq(writer.scope().caller.account))
        .filter(row::Column::SignalId.eq(about.signal))
        .filter(row::Column::AudienceKind.eq(audience_kind))
        .filter(row::Column::Audience.eq(audience))
        .filter(row::Column::PurposeId.eq(resolved.purpose))
        .filter(standing_is(Standing::Open, now));
    if !writer.own(same).await?.is_empty() {
        return Err(Fault::new(Code::AlreadyRequested).into());
    }
    let new = row::Model {
        id: writer.id(),
        kind: about.kind as i16,
        signal_id: about.signal,
        handle: about.handle,
        rank: about.rank,
        owner_id: about.owner,
        organisation_id: writer.scope().caller.organisation,
        account_id: writer.scope().caller.account,
        asked_by,
        audience_kind,
        audience,
        purpose_id: resolved.purpose,
        legal_basis_id: resolved.legal_basis,
        reason: plea.reason.trim().to_owned(),
        valid_until: resolved.valid_until,
        asked_at: now,
        lapses_at: working_days::end_of_working_day(now, LAPSES_AFTER),
        state: Standing::Open as i16,
        closed_at: None,
        closed_by: None,
        answer: None,
        grant_id: None,
        given_audience_kind: None,
        given_audience: None,
        given_purpose_id: None,
        given_legal_basis_id: None,
        given_until: None,
    };
    let id = new.id;
    writer.insert(vec![new.into_active_model()]).await?;
    writer.noted(KIND, id, "asked", 1);
    writer.commit().await?;
    Ok(id)
}

fn standing_is(standing: Standing, now: i64) -> Condition {
    let stored = |number: Standing| Condition::all().add(row::Column::State.eq(number as i16));
    match standing {
        Standing::Open => stored(Standing::Open).add(row::Column::LapsesAt.gt(now)),
        Standing::Lapsed => stored(Standing::Open).add(row::Column::LapsesAt.lte(now)),
        other => stored(other),
    }
}

async fn one(writer: &Writer<'_>, id: Uuid) -> Result<row::Model, Fault> {
    let rows = writer.own(row::Entity::find().filter(row::Column::Id.eq(id))).await?;
    rows.into_iter()
        .next()
        .ok_or_else(|| Fault::new(Code::NotFound).at("id"))
}

/// A request to the own organisation, which it decides.
async fn received(writer: &Writer<'_>, id: Uuid) -> Result<row::Model, Fault> {
    let request = one(writer, id).await?;
    if request.owner_id != writer.scope().caller.organisation {
        return Err(Fault::new(Code::NotOwner).with("operation", Operation::DecideAccess.code()));
    }
    Ok(request)
}

/// Closes a request that is open at this moment, whoever else decides at the same time.
async fn close(writer: &mut Writer<'_>, id: Uuid, as_what: &'static str, with: row::ActiveModel) -> Result<(), Fault> {
    let now = writer.scope().now;
    let closed = row::ActiveModel {
        closed_at: Set(Some(now)),
        closed_by: Set(Some(writer.scope().caller.account)),
        ..with
    };
    let update = row::Entity::update_many()
        .set(closed)
        .filter(row::Column::Id.eq(id))
        .filter(standing_is(Standing::Open, now));
    if writer.execute(&update.into_query()).await? != 1 {
        return Err(Fault::new(Code::RequestClosed));
    }
    writer.noted(KIND, id, as_what, 2);
    Ok(())
}

/// Approves a request, as it was asked or narrower: an ordinary grant with an end.
///
/// # Errors
/// `REQUEST_CLOSED`, `WIDER_THAN_ASKED`, `TLP_FORBIDS_GRANT`, `WRONG_STATE` and what loading says.
pub async fn approve(session: &Session, id: Uuid, narrowed: &Narrowed, note: Option<String>) -> Result<(), Vec<Fault>> {
    let mut writer = session.writer(Operation::DecideAccess).await?;
    let mut faults = Vec::new();
    optional("note", note.as_deref(), 1_000, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let request = received(&writer, id).await?;
    if Standing::of(request.state, request.lapses_at, writer.scope().now) != Some(Standing::Open) {
        return Err(Fault::new(Code::RequestClosed).into());
    }
    let record = writer.load::<signal::Entity>(request.signal_id).await?;
    writer.decide::<signal::Entity>(&record, Operation::Grant)?;
    let asked = to_grant(&writer, &request, narrowed).await?;
    let resolved = grant::resolve(&writer, &*record, &asked, "narrowed").await?;
    let given = grant::row(&writer, &*record, &resolved).await?;
    grant::add::<SignalRow>(&writer, std::slice::from_ref(&given)).await?;
    let approved = row::ActiveModel {
        state: Set(Standing::Approved as i16),
        answer: Set(note),
        grant_id: Set(Some(given.id)),
        given_audience_kind: Set(Some(given.audience_kind)),
        given_audience: Set(Some(given.audience)),
        given_purpose_id: Set(Some(given.purpose_id)),
        given_legal_basis_id: Set(Some(given.legal_basis_id)),
        given_until: Set(Some(given.valid_until)),
        ..Default::default()
    };
    close(&mut writer, id, "approved", approved).await?;
    foundation::root::life::save(&mut writer, &record, (*record).clone(), "shared").await?;
    Ok(writer.commit().await?)
}

/// The grant that a request comes to, in codes.
async fn to_grant(writer: &Writer<'_>, request: &row::Model, narrowed: &Narrowed) -> Result<Asked, Vec<Fault>> {
    let under = |fault: Fault| fault.under("narrowed");
    let mut names = Names::default();
    names.want(request.audience_kind, request.audience);
    names.want(4, request.account_id);
    names.want_purpose(request.purpose_id);
    names.want_basis(request.legal_basis_id);
    names.find_within(writer).await?;
    let account = || To::Account(names.of(request.account_id));
    let to = match request.audience_kind {
        1 if !narrowed.only_account => To::Everyone,
        2 if !narrowed.only_account => To::Organisation(names.of(request.audience)),
        // The asking account is part of its own organisation, and of nothing else that was asked for.
        2 if request.audience == request.organisation_id => account(),
        3 if !narrowed.only_account => To::Circle(names.of(request.audience)),
        4 if !narrowed.only_account || request.audience == request.account_id => {
            To::Account(names.of(request.audience))
        }
        _ => return Err(under(Fault::new(Code::WiderThanAsked).at("onlyAccount")).into()),
    };
    let ends = narrowed.ends(request.valid_until, writer.scope().now).map_err(under)?;
    Ok(Asked {
        to,
        purpose: Some(narrowed.purpose.clone().unwrap_or_else(|| names.of(request.purpose_id))),
        legal_basis: Some(
            narrowed
                .legal_basis
                .clone()
                .unwrap_or_else(|| names.of(request.legal_basis_id)),
        ),
        valid_from: None,
        valid_until: Some(ends),
    })
}

/// Lets the requests about a signal follow its rank: nobody hears of it above the clearance.
///
/// # Errors
/// The database's.
pub async fn follow(writer: &Writer<'_>, signal: &SignalRow) -> Result<(), Fault> {
    let next = row::ActiveModel {
        rank: Set(signal.rank),
        ..Default::default()
    };
    let update = row::Entity::update_many()
        .set(next)
        .filter(row::Column::SignalId.eq(signal.id))
        .filter(row::Column::Rank.ne(signal.rank));
    writer.execute(&update.into_query()).await?;
    Ok(())
}

/// Declines a request with a reason.
///
/// # Errors
/// `REQUEST_CLOSED`; `NOT_FOUND`, `NOT_OWNER`.
pub async fn decline(session: &Session, id: Uuid, reason: String) -> Result<(), Vec<Fault>> {
    let mut writer = session.writer(Operation::DecideAccess).await?;
    let mut faults = Vec::new();
    required("reason", &reason, 1_000, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    received(&writer, id).await?;
    let declined = row::ActiveModel {
        state: Set(Standing::Declined as i16),
        answer: Set(Some(reason)),
        ..Default::default()
    };
    close(&mut writer, id, "declined", declined).await?;
    Ok(writer.commit().await?)
}

/// Takes an own request back.
///
/// # Errors
/// `REQUEST_CLOSED`; `NOT_OWNER` for a colleague's.
pub async fn withdraw(session: &Session, id: Uuid) -> Result<(), Fault> {
    let mut writer = session.writer(Operation::RequestAccess).await?;
    let request = one(&writer, id).await?;
    if request.account_id != writer.scope().caller.account {
        return Err(Fault::new(Code::NotOwner).with("operation", Operation::RequestAccess.code()));
    }
    let withdrawn = row::ActiveModel {
        state: Set(Standing::Withdrawn as i16),
        ..Default::default()
    };
    close(&mut writer, id, "withdrawn", withdrawn).await?;
    writer.commit().await
}

/// A page of requests that are the caller's to see, newest first; one more than the limit where there is more.
///
/// # Errors
/// The database's.
pub async fn page(
    reader: &Reader<'_>,
    filter: Filter,
    after: Option<Position>,
    limit: u64,
) -> Result<Vec<Explained>, Fault> {
    let mut rows = row::Entity::find();
    let own = reader.scope().caller.organisation;
    if let Some(received) = filter.received {
        let side = if received {
            row::Column::OwnerId
        } else {
            row::Column::OrganisationId
        };
        rows = rows.filter(side.eq(own));
    }
    if let Some(standing) = filter.standing {
        rows = rows.filter(standing_is(standing, reader.scope().now));
    }
    if let Some(id) = filter.id {
        rows = rows.filter(row::Column::Id.eq(id));
    }
    if let Some(after) = after {
        rows = rows.filter(before(after));
    }
    let rows = rows
        .order_by_desc(row::Column::AskedAt)
        .order_by_desc(row::Column::Id)
        .limit(limit);
    explain(reader, reader.own(rows).await?).await
}

fn before(place: Position) -> SimpleExpr {
    use sea_orm::sea_query::ExprTrait;
    let same = row::Column::AskedAt
        .eq(place.created_at)
        .and(row::Column::Id.lt(place.record_id));
    row::Column::AskedAt.lt(place.created_at).or(same)
}

/// Puts the references of requests into codes.
///
/// # Errors
/// The database's.
pub async fn explain(reader: &Reader<'_>, rows: Vec<row::Model>) -> Result<Vec<Explained>, Fault> {
    let mut names = Names::default();
    for row in &rows {
        names.want(row.audience_kind, row.audience);
        names.want_purpose(row.purpose_id);
        names.want_basis(row.legal_basis_id);
        if let Some((kind, audience)) = row.given_audience_kind.zip(row.given_audience) {
            names.want(kind, audience);
        }
        row.given_purpose_id.into_iter().for_each(|id| names.want_purpose(id));
        row.given_legal_basis_id.into_iter().for_each(|id| names.want_basis(id));
    }
    names.find(reader).await?;
    let explained = rows.into_iter().map(|row| Explained {
        to: names.of(row.audience),
        purpose: names.of(row.purpose_id),
        legal_basis: names.of(row.legal_basis_id),
        given: row.grant_id.map(|_| {
            [row.given_audience, row.given_purpose_id, row.given_legal_basis_id]
                .map(|id| id.map(|id| names.of(id)).unwrap_or_default())
        }),
        row,
    });
    Ok(explained.collect())
}
