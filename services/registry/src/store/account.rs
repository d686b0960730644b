//! Accounts of the own organisation: read and kept by its administrators. What narrows is in force at commit, by one
//! person; what gives a role or raises a clearance is a [`super::decision`].

use std::collections::{BTreeMap, HashMap};

use access::{FOREVER, Operation, Role};
use foundation::reference::{account, account_circle, account_purpose, circle, purpose, role_assignment};
use foundation::{Code, Fault, Session, Writer};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::decision::{self, Matter};
use super::role;
use crate::model::admission::NewAccount;
use crate::model::decision::Second;

/// The kind's name in logs.
pub(super) const KIND: &str = "account";

/// An account with what it holds now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The account.
    pub account: account::Model,
    /// Its roles.
    pub roles: Vec<Role>,
    /// The codes of its purposes.
    pub purposes: Vec<String>,
    /// The codes of the circles that are listed for it.
    pub circles: Vec<String>,
}

/// The own organisation's accounts by name, at most so many, after the one with this id; or the one of this name.
///
/// # Errors
/// `FORBIDDEN` for roles that do not keep accounts or clearances; the database's.
pub async fn own(
    session: &Session,
    name: Option<&str>,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Account>, Fault> {
    let directory = session.directory().await?;
    let mut select = account::Entity::find().order_by_asc(account::Column::Name).limit(limit);
    if let Some(name) = name {
        select = select.filter(account::Column::Name.eq(name));
    }
    if let Some(after) = after {
        let before = account::Entity::find().select_only().column(account::Column::Name);
        let before = before.filter(account::Column::Id.eq(after)).into_query();
        select = select.filter(account::Column::Name.into_expr().gt(before));
    }
    let operation = Operation::SetClearance;
    let rows = directory.own(operation, select).await?;
    let now = directory.scope().now;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();

    let held = role_assignment::Entity::find()
        .filter(role_assignment::Column::AccountId.is_in(ids.iter().copied()))
        .filter(role_assignment::Column::ValidFrom.lte(now))
        .filter(role_assignment::Column::ValidUntil.gt(now))
        .order_by_asc(role_assignment::Column::Role);
    let mut roles: HashMap<Uuid, Vec<Role>> = HashMap::new();
    for row in directory.own(operation, held).await? {
        roles
            .entry(row.account_id)
            .or_default()
            .extend(Role::from_number(row.role));
    }
    let held = account_purpose::Entity::find()
        .filter(account_purpose::Column::AccountId.is_in(ids.iter().copied()))
        .filter(account_purpose::Column::ValidFrom.lte(now))
        .filter(account_purpose::Column::ValidUntil.gt(now));
    let held = directory.own(operation, held).await?;
    let all = directory.vocabulary(purpose::Entity::find()).await?;
    let names = all.into_iter().map(|row| (row.id, row.code)).collect();
    let mut purposes = codes(held.into_iter().map(|row| (row.account_id, row.purpose_id)), &names);
    let listed = account_circle::Entity::find().filter(account_circle::Column::AccountId.is_in(ids));
    let listed = directory.own(operation, listed).await?;
    let all = directory.vocabulary(circle::Entity::find()).await?;
    let names = all.into_iter().map(|row| (row.id, row.code)).collect();
    let mut circles = codes(listed.into_iter().map(|row| (row.account_id, row.circle_id)), &names);
    let assemble = |account: account::Model| Account {
        roles: roles.remove(&account.id).unwrap_or_default(),
        purposes: purposes.remove(&account.id).unwrap_or_default(),
        circles: circles.remove(&account.id).unwrap_or_default(),
        account,
    };
    Ok(rows.into_iter().map(assemble).collect())
}

/// The codes that belong to each account, in order.
fn codes(pairs: impl Iterator<Item = (Uuid, Uuid)>, names: &BTreeMap<Uuid, String>) -> HashMap<Uuid, Vec<String>> {
    let mut codes: HashMap<Uuid, Vec<String>> = HashMap::new();
    for (account, thing) in pairs {
        codes.entry(account).or_default().extend(names.get(&thing).cloned());
    }
    codes.values_mut().for_each(|codes| codes.sort());
    codes
}

/// An account of the own organisation, held until the end of the write.
///
/// # Errors
/// `NOT_FOUND` where it has none of this name, whoever else has.
pub(super) async fn held(writer: &Writer<'_>, name: &str) -> Result<account::Model, Fault> {
    let select = account::Entity::find().filter(account::Column::Name.eq(name));
    let found = writer.own(select.lock_exclusive()).await?.pop();
    found.ok_or_else(|| Fault::new(Code::NotFound).at("account"))
}

/// The same, where it has not ended.
pub(super) async fn lasting(writer: &Writer<'_>, name: &str) -> Result<account::Model, Fault> {
    let account = held(writer, name).await?;
    if account.ended_at.is_some() {
        return Err(ended("account", Operation::KeepAccounts));
    }
    Ok(account)
}

/// What has ended does not go on.
pub(super) fn ended(field: &str, operation: Operation) -> Fault {
    let fault = Fault::new(Code::WrongState).with_words("state", "beëindigd", "ended");
    fault.with("operation", operation.code()).at(field)
}

/// Admits an account, as yet without roles and purposes.
///
/// # Errors
/// Every fault at once; `NAME_TAKEN`, `PERSON_ADMITTED`.
pub async fn admit(session: &Session, new: &NewAccount) -> Result<(), Vec<Fault>> {
    let mut writer = session.writer(Operation::KeepAccounts).await?;
    let organisation = writer.scope().caller.organisation;
    let code = super::organisation::by_id(&writer, organisation).await?.code;
    let faults = new.check(&code);
    if !faults.is_empty() {
        return Err(faults);
    }
    let id = insert(&writer, organisation, new).await?;
    writer.noted(KIND, id, "admitted", 1);
    Ok(writer.commit().await?)
}

/// Adds an account of any organisation, where that was decided.
///
/// # Errors
/// `NAME_TAKEN`, `PERSON_ADMITTED`.
pub(super) async fn insert(writer: &Writer<'_>, organisation: Uuid, new: &NewAccount) -> Result<Uuid, Fault> {
    let id = writer.id();
    let row = account::Model {
        id,
        organisation_id: organisation,
        name: new.name.clone(),
        display_name: new.display_name.clone(),
        issuer: new.issuer.clone(),
        subject: new.subject.clone(),
        clearance: access::Rank::Vertrouwelijk as i16,
        suspended_at: None,
        ended_at: None,
    };
    let taken = writer.insert_unless_taken(vec![row.into_active_model()]).await?;
    if taken.is_empty() {
        return Ok(id);
    }
    // Which of two unique keys it was, is read after the fact.
    free(writer, new).await?;
    Err(Fault::new(Code::PersonAdmitted).at("subject"))
}

/// Whether the name was never used, and the person has no account that has not ended.
///
/// # Errors
/// `NAME_TAKEN`, `PERSON_ADMITTED`.
pub(super) async fn free(writer: &Writer<'_>, new: &NewAccount) -> Result<(), Fault> {
    let same = account::Entity::find().filter(account::Column::Name.eq(&new.name));
    if !writer.reference(same).await?.is_empty() {
        return Err(Fault::new(Code::NameTaken).with("value", &new.name).at("name"));
    }
    let same = account::Entity::find()
        .filter(account::Column::Issuer.eq(&new.issuer))
        .filter(account::Column::Subject.eq(&new.subject))
        .filter(account::Column::EndedAt.is_null());
    if !writer.reference(same).await?.is_empty() {
        return Err(Fault::new(Code::PersonAdmitted).at("subject"));
    }
    Ok(())
}

/// Suspends an account: from this commit on it may do nothing. Again changes nothing.
///
/// # Errors
/// `NOT_FOUND`, `WRONG_STATE`, `LAST_ADMINISTRATOR`.
pub async fn suspend(session: &Session, name: &str) -> Result<(), Fault> {
    let mut writer = session.writer(Operation::KeepAccounts).await?;
    role::others_administer(&writer, name).await?;
    let account = lasting(&writer, name).await?;
    if account.suspended_at.is_some() {
        return Ok(());
    }
    let now = writer.scope().now;
    let suspended = account::ActiveModel {
        suspended_at: Set(Some(now)),
        ..Default::default()
    };
    change(&writer, account.id, suspended).await?;
    decision::void_of(&writer, name).await?;
    writer.noted(KIND, account.id, "suspended", 1);
    writer.commit().await
}

/// Lets a suspended account go on with what it held. Again changes nothing.
///
/// # Errors
/// `NOT_FOUND`, `WRONG_STATE`.
pub async fn resume(session: &Session, name: &str) -> Result<(), Fault> {
    let mut writer = session.writer(Operation::KeepAccounts).await?;
    let account = lasting(&writer, name).await?;
    if account.suspended_at.is_none() {
        return Ok(());
    }
    let resumed = account::ActiveModel {
        suspended_at: Set(None),
        ..Default::default()
    };
    change(&writer, account.id, resumed).await?;
    writer.noted(KIND, account.id, "resumed", 1);
    writer.commit().await
}

/// Ends an account for good, with all that it holds. Again changes nothing.
///
/// # Errors
/// `NOT_FOUND`, `LAST_ADMINISTRATOR`.
pub async fn end(session: &Session, name: &str) -> Result<(), Fault> {
    let mut writer = session.writer(Operation::KeepAccounts).await?;
    role::others_administer(&writer, name).await?;
    let account = held(&writer, name).await?;
    if account.ended_at.is_some() {
        return Ok(());
    }
    let now = writer.scope().now;
    let gone = account::ActiveModel {
        ended_at: Set(Some(now)),
        ..Default::default()
    };
    change(&writer, account.id, gone).await?;
    decision::void_of(&writer, name).await?;
    role::end(&writer, account.id, None).await?;
    end_purposes(&writer, account.id, None).await?;
    writer.noted(KIND, account.id, "ended", 1);
    writer.commit().await
}

async fn change(writer: &Writer<'_>, id: Uuid, changed: account::ActiveModel) -> Result<(), Fault> {
    let update = account::Entity::update_many()
        .set(changed)
        .filter(account::Column::Id.eq(id));
    writer.execute(&update.into_query()).await.map(drop)
}

async fn set_clearance(writer: &Writer<'_>, id: Uuid, rank: i16) -> Result<(), Fault> {
    let cleared = account::ActiveModel {
        clearance: Set(rank),
        ..Default::default()
    };
    change(writer, id, cleared).await
}

/// Lowers a clearance at once; what raises it needs two.
///
/// # Errors
/// `NOT_FOUND`, `WRONG_STATE`; `ALREADY_SO` where it would not be lower.
pub async fn lower_clearance(session: &Session, name: &str, rank: access::Rank) -> Result<(), Fault> {
    let mut writer = session.writer(Operation::SetClearance).await?;
    let account = lasting(&writer, name).await?;
    if account.clearance <= rank as i16 {
        return Err(Fault::new(Code::AlreadySo).at("clearance"));
    }
    set_clearance(&writer, account.id, rank as i16).await?;
    writer.noted(KIND, account.id, "clearance_lowered", 1);
    writer.commit().await
}

async fn end_purposes(writer: &Writer<'_>, account: Uuid, purpose: Option<Uuid>) -> Result<u64, Fault> {
    use account_purpose::{Column as C, Entity};
    let now = writer.scope().now;
    let mut update = Entity::update_many()
        .col_expr(C::ValidUntil, now.into())
        .filter(C::AccountId.eq(account))
        .filter(C::ValidUntil.gt(now));
    if let Some(purpose) = purpose {
        update = update.filter(C::PurposeId.eq(purpose));
    }
    writer.execute(&update.into_query()).await
}

/// Gives an account a purpose, from this commit on. Again changes nothing.
///
/// # Errors
/// `NOT_FOUND`, `WRONG_STATE`, `UNKNOWN_REFERENCE`.
pub async fn give_purpose(session: &Session, name: &str, code: &str) -> Result<(), Fault> {
    let mut writer = session.writer(Operation::KeepAccounts).await?;
    let account = lasting(&writer, name).await?;
    let purpose = super::purpose::by_code(&writer, code).await?.id;
    if holds(&writer, account.id, purpose).await? {
        return Ok(());
    }
    hold_purpose(&writer, account.id, purpose).await?;
    writer.noted(KIND, account.id, "purpose_given", 1);
    writer.commit().await
}

async fn holds(writer: &Writer<'_>, account: Uuid, purpose: Uuid) -> Result<bool, Fault> {
    use account_purpose::{Column as C, Entity};
    let now = writer.scope().now;
    let held = Entity::find()
        .filter(C::AccountId.eq(account))
        .filter(C::PurposeId.eq(purpose))
        .filter(C::ValidFrom.lte(now))
        .filter(C::ValidUntil.gt(now));
    Ok(!writer.reference(held).await?.is_empty())
}

/// Lets an account hold a purpose from now on: anew, or on from what was taken at this very moment.
pub(super) async fn hold_purpose(writer: &Writer<'_>, account: Uuid, purpose: Uuid) -> Result<(), Fault> {
    use account_purpose::{Column as C, Entity, Model};
    let now = writer.scope().now;
    let again = Entity::update_many()
        .col_expr(C::ValidUntil, FOREVER.into())
        .filter(C::AccountId.eq(account))
        .filter(C::PurposeId.eq(purpose))
        .filter(C::ValidFrom.eq(now));
    if writer.execute(&again.into_query()).await? > 0 {
        return Ok(());
    }
    let row = Model {
        account_id: account,
        purpose_id: purpose,
        valid_from: now,
        valid_until: FOREVER,
    };
    writer.insert(vec![row.into_active_model()]).await
}

/// Takes a purpose from an account, from this commit on. Again changes nothing.
///
/// # Errors
/// `NOT_FOUND`, `UNKNOWN_REFERENCE`.
pub async fn take_purpose(session: &Session, name: &str, code: &str) -> Result<(), Fault> {
    let mut writer = session.writer(Operation::KeepAccounts).await?;
    let account = held(&writer, name).await?;
    let purpose = super::purpose::by_code(&writer, code).await?.id;
    if end_purposes(&writer, account.id, Some(purpose)).await? == 0 {
        return Ok(());
    }
    writer.noted(KIND, account.id, "purpose_taken", 1);
    writer.commit().await
}

/// Lists a circle for a case system, or takes it off the list, from this commit on. Again changes nothing.
///
/// # Errors
/// `NOT_FOUND`, `WRONG_STATE`, `UNKNOWN_REFERENCE`.
pub async fn list_circle(session: &Session, name: &str, code: &str, listed: bool) -> Result<(), Fault> {
    use account_circle::{Column as C, Entity, Model};
    let mut writer = session.writer(Operation::KeepAccounts).await?;
    let account = lasting(&writer, name).await?;
    let circle = super::circle::by_code(&writer, code).await?.id;
    let done = if listed {
        let row = Model {
            account_id: account.id,
            circle_id: circle,
        };
        let taken = writer.insert_unless_taken(vec![row.into_active_model()]).await?;
        taken.is_empty()
    } else {
        let delete = Entity::delete_many()
            .filter(C::AccountId.eq(account.id))
            .filter(C::CircleId.eq(circle));
        writer.execute(&delete.into_query()).await? > 0
    };
    if !done {
        return Ok(());
    }
    writer.noted(
        KIND,
        account.id,
        if listed { "circle_listed" } else { "circle_unlisted" },
        1,
    );
    writer.commit().await
}

/// The matter of raising a clearance: administrator and steward agree, whoever begins.
pub(super) async fn clearance_matter(writer: &Writer<'_>, name: &str, rank: i16) -> Result<Matter, Fault> {
    let account = lasting(writer, name).await?;
    higher(&account, rank)?;
    let caller = &writer.scope().caller;
    let second = if caller.roles.has(Role::Administrator) {
        Second::Steward
    } else {
        Second::Colleague
    };
    Ok(Matter::new(account.id, caller.organisation, second))
}

/// Raises a clearance, as two decided.
pub(super) async fn raise_clearance(writer: &mut Writer<'_>, id: Uuid, rank: i16) -> Result<(), Fault> {
    higher(&decided(writer, id).await?, rank)?;
    set_clearance(writer, id, rank).await?;
    writer.noted(KIND, id, "clearance_raised", 1);
    Ok(())
}

fn higher(account: &account::Model, rank: i16) -> Result<(), Fault> {
    if account.clearance >= rank {
        return Err(Fault::new(Code::AlreadySo).at("clearance"));
    }
    Ok(())
}

/// The account that a decision is about, held until the end of the write.
pub(super) async fn decided(writer: &Writer<'_>, id: Uuid) -> Result<account::Model, Fault> {
    let found = writer
        .reference(account::Entity::find_by_id(id).lock_exclusive())
        .await?
        .pop();
    let account = found.ok_or_else(|| Fault::broken("a decision about an account that is not there"))?;
    if account.ended_at.is_some() {
        return Err(ended("account", Operation::KeepAccounts));
    }
    Ok(account)
}

/// Ends the accounts of an organisation that leaves, so that their persons may have others.
pub(super) async fn end_all(writer: &Writer<'_>, organisation: Uuid) -> Result<(), Fault> {
    let gone = account::ActiveModel {
        ended_at: Set(Some(writer.scope().now)),
        ..Default::default()
    };
    let update = account::Entity::update_many()
        .set(gone)
        .filter(account::Column::OrganisationId.eq(organisation))
        .filter(account::Column::EndedAt.is_null());
    writer.execute(&update.into_query()).await.map(drop)
}
