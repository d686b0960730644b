//! Decisions that need two persons: put forward by one, confirmed or declined by another, in force at that commit.
//!
//! What a change is about is looked up by the noun's own file (its `matter`), and done there too once it is confirmed.

use access::{Operation, Role};
use foundation::reference::account;
use foundation::{Code, Directory, Fault, Session, Writer};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::rows::decision as row;
use super::{account as accounts, circle, legal_basis, organisation, purpose, role};
use crate::model::account::Person;
use crate::model::admission::reason;
use crate::model::decision::{Asking, Change, Decision, LAPSES_AFTER, Second};

/// The kind's name in logs.
const KIND: &str = "decision";
/// The most that are shown at once.
const MOST: u64 = 500;

/// What a change is about, and who must agree to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Matter {
    about: Uuid,
    organisation: Option<Uuid>,
    second: Second,
}

impl Matter {
    /// A matter that concerns an organisation.
    pub(super) fn new(about: Uuid, organisation: Uuid, second: Second) -> Self {
        Self {
            about,
            organisation: Some(organisation),
            second,
        }
    }

    /// A matter of all organisations.
    pub(super) fn of_all(about: Uuid, second: Second) -> Self {
        Self {
            about,
            organisation: None,
            second,
        }
    }
}

/// Puts a change forward; what waits already in the same words is given back.
///
/// # Errors
/// Every fault at once, as the change itself would meet them.
pub async fn propose(session: &Session, change: &Change) -> Result<Decision, Vec<Fault>> {
    let mut writer = session.writer(change.kind().operation()).await?;
    let matter = matter(&writer, change).await?;
    let detail = serde_json::to_string(change).map_err(Fault::internal)?;
    let (now, organisation) = (writer.scope().now, writer.scope().caller.organisation);
    let waiting = row::Entity::find()
        .filter(row::Column::Detail.eq(&detail))
        .filter(row::Column::OrganisationId.eq(organisation))
        .filter(row::Column::Outcome.is_null())
        .filter(row::Column::LapsesAt.gt(now));
    if let Some(known) = writer.own(waiting).await?.pop() {
        return Ok(read(known)?);
    }
    let new = row::Model {
        id: writer.id(),
        kind: format!("{:?}", change.kind()).to_lowercase(),
        detail,
        about: matter.about,
        about_organisation: matter.organisation,
        second: matter.second.code().to_owned(),
        organisation_id: organisation,
        proposed_by: own_name(&writer).await?,
        issuer: session.who().issuer.clone(),
        subject: session.who().subject.clone(),
        proposed_at: now,
        lapses_at: now + LAPSES_AFTER,
        outcome: None,
        decided_by: None,
        decided_at: None,
        reason: None,
    };
    writer.insert(vec![new.clone().into_active_model()]).await?;
    writer.noted(KIND, new.id, "proposed", 1);
    writer.commit().await?;
    Ok(read(new)?)
}

async fn matter(writer: &Writer<'_>, change: &Change) -> Result<Matter, Vec<Fault>> {
    match change {
        Change::Role { account, role } => Ok(role::matter(writer, account, known(role)?).await?),
        Change::Clearance { account, rank } => Ok(accounts::clearance_matter(writer, account, *rank).await?),
        Change::Admission(new) => organisation::admission_matter(writer, new).await,
        Change::Suspension(of) => Ok(organisation::leaving_matter(writer, of, false).await?),
        Change::End(of) => Ok(organisation::leaving_matter(writer, of, true).await?),
        Change::Resumption(of) => Ok(organisation::resumption_matter(writer, of).await?),
        Change::Participation {
            organisation,
            participant,
        } => Ok(organisation::participation_matter(writer, organisation, *participant).await?),
        Change::Membership(of) => Ok(circle::membership_matter(writer, of).await?),
        Change::Coordination(of) => Ok(circle::coordination_matter(writer, of).await?),
        Change::Purpose(words) => purpose::matter(writer, words).await,
        Change::LegalBasis(words) => legal_basis::matter(writer, words).await,
    }
}

fn known(role: &str) -> Result<Role, Fault> {
    Role::from_code(role).ok_or_else(|| Fault::broken("a role that is none"))
}

async fn own_name(writer: &Writer<'_>) -> Result<String, Fault> {
    let own = account::Entity::find_by_id(writer.scope().caller.account);
    let found = writer.reference(own).await?.pop();
    found
        .map(|account| account.name)
        .ok_or_else(|| Fault::broken("an account that has just entered is gone"))
}

/// Confirms a change as its second person: it is in force from this commit on.
///
/// # Errors
/// `NOT_FOUND`, `ALREADY_DECIDED`, `SECOND_PERSON`, `OTHER_SIDE`; whatever stands in the way of the change itself,
/// which then waits on.
pub async fn confirm(session: &Session, id: Uuid) -> Result<Decision, Fault> {
    let mut writer = session.writer(operation(session, id).await?).await?;
    let decision = held(&writer, id).await?;
    decision.confirmable(&asking(session, &writer), writer.scope().now)?;
    let decision = decide(&writer, decision, "confirmed", None).await?;
    carry_out(&mut writer, &decision).await?;
    writer.noted(KIND, id, "confirmed", 1);
    writer.commit().await?;
    Ok(decision)
}

/// Declines a change, or takes it back.
///
/// # Errors
/// `NOT_FOUND`, `ALREADY_DECIDED`, `OTHER_SIDE`, `REQUIRED`, `TOO_LONG`.
pub async fn decline(session: &Session, id: Uuid, because: &str) -> Result<Decision, Fault> {
    let mut writer = session.writer(operation(session, id).await?).await?;
    let decision = held(&writer, id).await?;
    reason(because)?;
    decision.declinable(&asking(session, &writer), writer.scope().now)?;
    let decision = decide(&writer, decision, "declined", Some(because)).await?;
    writer.noted(KIND, id, "declined", 1);
    writer.commit().await?;
    Ok(decision)
}

fn asking(session: &Session, writer: &Writer<'_>) -> Asking {
    let (who, caller) = (session.who(), &writer.scope().caller);
    Asking {
        person: Person {
            issuer: who.issuer.clone(),
            subject: who.subject.clone(),
        },
        organisation: caller.organisation,
        roles: caller.roles.clone(),
    }
}

/// What somebody must be allowed to do for this decision. What is not the caller's to see, is not there.
async fn operation(session: &Session, id: Uuid) -> Result<Operation, Fault> {
    let decision = one(session, id).await?.ok_or_else(|| Fault::new(Code::NotFound))?;
    Ok(decision.change.kind().operation())
}

async fn held(writer: &Writer<'_>, id: Uuid) -> Result<Decision, Fault> {
    let found = writer.own(row::Entity::find_by_id(id).lock_exclusive()).await?.pop();
    read(found.ok_or_else(|| Fault::new(Code::NotFound))?)
}

/// Writes what became of it. It is not read back: whoever ends the own organisation reads nothing more.
async fn decide(
    writer: &Writer<'_>,
    decision: Decision,
    outcome: &str,
    because: Option<&str>,
) -> Result<Decision, Fault> {
    let decision = Decision {
        outcome: Some(outcome.to_owned()),
        decided_at: Some(writer.scope().now),
        reason: because.map(str::to_owned),
        ..decision
    };
    let decided = row::ActiveModel {
        outcome: Set(decision.outcome.clone()),
        decided_by: Set(Some(own_name(writer).await?)),
        decided_at: Set(decision.decided_at),
        reason: Set(decision.reason.clone()),
        ..Default::default()
    };
    let update = row::Entity::update_many()
        .set(decided)
        .filter(row::Column::Id.eq(decision.id));
    writer.execute(&update.into_query()).await?;
    Ok(decision)
}

async fn carry_out(writer: &mut Writer<'_>, decision: &Decision) -> Result<(), Fault> {
    match &decision.change {
        Change::Role { role, .. } => role::give(writer, decision.about, known(role)?).await,
        Change::Clearance { rank, .. } => accounts::raise_clearance(writer, decision.about, *rank).await,
        Change::Admission(new) => organisation::admit(writer, decision.about, new).await,
        Change::Suspension(of) => organisation::suspend(writer, &of.organisation).await,
        Change::Resumption(of) => organisation::resume(writer, &of.organisation).await,
        Change::End(of) => organisation::end(writer, &of.organisation).await,
        Change::Participation {
            organisation,
            participant,
        } => organisation::participate(writer, organisation, *participant).await,
        Change::Membership(of) => circle::join(writer, of).await,
        Change::Coordination(of) => circle::hand_over(writer, of, decision.organisation).await,
        Change::Purpose(words) => purpose::keep(writer, decision.about, words).await,
        Change::LegalBasis(words) => legal_basis::keep(writer, decision.about, words).await,
    }
}

/// Takes back what an account put forward, once it may put forward nothing more.
pub(super) async fn void_of(writer: &Writer<'_>, account: &str) -> Result<(), Fault> {
    void(writer, row::Column::ProposedBy.eq(account)).await
}

/// The same of all that waits from an organisation for others.
pub(super) async fn void_from(writer: &Writer<'_>, organisation: Uuid) -> Result<(), Fault> {
    void(writer, row::Column::OrganisationId.eq(organisation)).await
}

async fn void(writer: &Writer<'_>, whose: SimpleExpr) -> Result<(), Fault> {
    let declined = row::ActiveModel {
        outcome: Set(Some("declined".to_owned())),
        decided_by: Set(Some(own_name(writer).await?)),
        decided_at: Set(Some(writer.scope().now)),
        reason: Set(Some("Wie het voorstelde, mag dat niet meer.".to_owned())),
        ..Default::default()
    };
    let update = row::Entity::update_many()
        .set(declined)
        .filter(whose)
        .filter(row::Column::Outcome.is_null());
    writer.execute(&update.into_query()).await.map(drop)
}

/// The decisions that wait and that the caller may put forward or confirm, oldest first.
///
/// # Errors
/// `FORBIDDEN` for roles that decide on nothing of this; the database's.
pub async fn pending(session: &Session) -> Result<Vec<Decision>, Fault> {
    let directory = session.directory().await?;
    let waiting = row::Entity::find()
        .filter(row::Column::Outcome.is_null())
        .filter(row::Column::LapsesAt.gt(directory.scope().now))
        .order_by_asc(row::Column::ProposedAt)
        .order_by_asc(row::Column::Id)
        .limit(MOST);
    seen(&directory, waiting).await
}

/// One decision, whatever became of it; none where it is not the caller's to see.
///
/// # Errors
/// `FORBIDDEN` for roles that decide on nothing of this; the database's.
pub async fn one(session: &Session, id: Uuid) -> Result<Option<Decision>, Fault> {
    let directory = session.directory().await?;
    Ok(seen(&directory, row::Entity::find_by_id(id)).await?.pop())
}

async fn seen(directory: &Directory<'_>, select: sea_orm::Select<row::Entity>) -> Result<Vec<Decision>, Fault> {
    let roles = &directory.scope().caller.roles;
    let rows = directory.own(Operation::SetClearance, select).await?;
    let mut decisions: Vec<Decision> = rows.into_iter().map(read).collect::<Result<_, _>>()?;
    decisions.retain(|decision| access::may_ever(roles, decision.change.kind().operation()).is_ok());
    Ok(decisions)
}

fn read(row: row::Model) -> Result<Decision, Fault> {
    Ok(Decision {
        id: row.id,
        change: serde_json::from_str(&row.detail).map_err(Fault::internal)?,
        about: row.about,
        about_organisation: row.about_organisation,
        second: Second::from_code(&row.second).ok_or_else(|| Fault::broken("a second person of no kind"))?,
        organisation: row.organisation_id,
        person: Person {
            issuer: row.issuer,
            subject: row.subject,
        },
        proposed_by: row.proposed_by,
        proposed_at: row.proposed_at,
        lapses_at: row.lapses_at,
        outcome: row.outcome,
        decided_at: row.decided_at,
        reason: row.reason,
    })
}
