//! Roles: taken at once by one administrator, given by two (see [`super::decision`]).

use access::{FOREVER, Operation, Role, Roles};
use foundation::reference::{account, organisation, role_assignment};
use foundation::{Code, Fault, Session, Writer};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::account::{KIND, decided, held, lasting};
use super::decision::Matter;
use crate::model::decision::Second;

/// The matter of giving a role: a colleague agrees. Only where an organisation has a single administrator left, one of
/// another organisation agrees to the next administrator.
pub(super) async fn matter(writer: &Writer<'_>, name: &str, role: Role) -> Result<Matter, Fault> {
    let account = lasting(writer, name).await?;
    fits(writer, &account, role).await?;
    let caller = &writer.scope().caller;
    let administrators = administrators(writer, caller.organisation).await?;
    let alone = administrators.iter().all(|row| row.id == caller.account);
    let second = if alone && role == Role::Administrator {
        Second::Elsewhere
    } else {
        Second::Colleague
    };
    Ok(Matter::new(account.id, caller.organisation, second))
}

/// Gives a role, as two decided. The account is held, and a person has one: two roles that exclude each other are not
/// given at the same time.
pub(super) async fn give(writer: &mut Writer<'_>, account: Uuid, role: Role) -> Result<(), Fault> {
    let account = decided(writer, account).await?;
    fits(writer, &account, role).await?;
    hold(writer, account.id, role).await?;
    writer.noted(KIND, account.id, "role_given", 1);
    Ok(())
}

/// Refuses a role that is held already, or that one person may not hold beside another.
async fn fits(writer: &Writer<'_>, account: &account::Model, role: Role) -> Result<(), Fault> {
    let held = of_person(writer, account).await?;
    if held.contains(&role) {
        return Err(Fault::new(Code::AlreadySo).at("role"));
    }
    match Roles::new(held.into_iter().chain([role])).exclusion() {
        None => Ok(()),
        Some((first, second)) => Err(Fault::new(Code::RolesExclude)
            .with("first", first.code())
            .with("second", second.code())
            .at("role")),
    }
}

/// The roles that the account's person holds now, over all accounts that have not ended.
async fn of_person(writer: &Writer<'_>, person: &account::Model) -> Result<Vec<Role>, Fault> {
    let of_person = account::Entity::find()
        .filter(account::Column::Issuer.eq(&person.issuer))
        .filter(account::Column::Subject.eq(&person.subject))
        .filter(account::Column::EndedAt.is_null());
    let ids: Vec<Uuid> = writer.reference(of_person).await?.iter().map(|row| row.id).collect();
    live(writer, ids)
        .await
        .map(|rows| rows.into_iter().map(|(_, role)| role).collect())
}

/// Lets an account hold a role from now on.
pub(super) async fn hold(writer: &Writer<'_>, account: Uuid, role: Role) -> Result<(), Fault> {
    use role_assignment::{Column as C, Entity, Model};
    let now = writer.scope().now;
    let again = Entity::update_many()
        .col_expr(C::ValidUntil, FOREVER.into())
        .filter(C::AccountId.eq(account))
        .filter(C::Role.eq(role as i16))
        .filter(C::ValidFrom.eq(now));
    if writer.execute(&again.into_query()).await? > 0 {
        return Ok(());
    }
    let row = Model {
        account_id: account,
        role: role as i16,
        valid_from: now,
        valid_until: FOREVER,
    };
    writer.insert(vec![row.into_active_model()]).await
}

/// Takes a role from an account, from this commit on. Again changes nothing.
///
/// # Errors
/// `NOT_FOUND`, `LAST_ADMINISTRATOR`.
pub async fn take(session: &Session, name: &str, role: Role) -> Result<(), Fault> {
    let mut writer = session.writer(Operation::KeepAccounts).await?;
    if role == Role::Administrator {
        others_administer(&writer, name).await?;
    }
    let account = held(&writer, name).await?;
    if end(&writer, account.id, Some(role)).await? == 0 {
        return Ok(());
    }
    if [Role::Administrator, Role::DataSteward].contains(&role) {
        super::decision::void_of(&writer, name).await?;
    }
    writer.noted(KIND, account.id, "role_taken", 1);
    writer.commit().await
}

pub(super) async fn end(writer: &Writer<'_>, account: Uuid, role: Option<Role>) -> Result<u64, Fault> {
    use role_assignment::{Column as C, Entity};
    let now = writer.scope().now;
    let mut update = Entity::update_many()
        .col_expr(C::ValidUntil, now.into())
        .filter(C::AccountId.eq(account))
        .filter(C::ValidUntil.gt(now));
    if let Some(role) = role {
        update = update.filter(C::Role.eq(role as i16));
    }
    writer.execute(&update.into_query()).await
}

async fn live(writer: &Writer<'_>, accounts: Vec<Uuid>) -> Result<Vec<(Uuid, Role)>, Fault> {
    use role_assignment::{Column as C, Entity};
    let now = writer.scope().now;
    let live = Entity::find()
        .filter(C::AccountId.is_in(accounts))
        .filter(C::ValidFrom.lte(now))
        .filter(C::ValidUntil.gt(now));
    let rows = writer.reference(live).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Role::from_number(row.role).map(|role| (row.account_id, role)))
        .collect())
}

/// Who agrees to what concerns other organisations: an administrator of another one; a colleague as long as there is no
/// other, which is how a platform that was just founded gets its second.
pub(super) async fn second_elsewhere(writer: &Writer<'_>) -> Result<Second, Fault> {
    let own = writer.scope().caller.organisation;
    let standing = organisation::Entity::find()
        .filter(organisation::Column::Id.ne(own))
        .filter(organisation::Column::SuspendedAt.is_null())
        .filter(organisation::Column::EndedAt.is_null());
    let standing: Vec<Uuid> = writer.reference(standing).await?.iter().map(|row| row.id).collect();
    let accounts = account::Entity::find()
        .filter(account::Column::OrganisationId.is_in(standing))
        .filter(account::Column::SuspendedAt.is_null())
        .filter(account::Column::EndedAt.is_null());
    let accounts = writer.reference(accounts).await?.iter().map(|row| row.id).collect();
    let administered = live(writer, accounts)
        .await?
        .iter()
        .any(|(_, role)| *role == Role::Administrator);
    Ok(if administered {
        Second::Elsewhere
    } else {
        Second::Colleague
    })
}

/// The accounts of an organisation that administer it now.
pub(super) async fn administrators(writer: &Writer<'_>, organisation: Uuid) -> Result<Vec<account::Model>, Fault> {
    let living = account::Entity::find()
        .filter(account::Column::OrganisationId.eq(organisation))
        .filter(account::Column::SuspendedAt.is_null())
        .filter(account::Column::EndedAt.is_null());
    let living = writer.reference(living).await?;
    let roles = live(writer, living.iter().map(|row| row.id).collect()).await?;
    let administers = |row: &account::Model| roles.contains(&(row.id, Role::Administrator));
    Ok(living.into_iter().filter(administers).collect())
}

/// Refuses to leave the own organisation without an administrator. All its accounts are held first: of two
/// administrators who suspend each other, the second finds herself suspended.
pub(super) async fn others_administer(writer: &Writer<'_>, name: &str) -> Result<(), Fault> {
    let all = account::Entity::find().order_by_asc(account::Column::Id);
    writer.own(all.lock_exclusive()).await?;
    let mut administrators = administrators(writer, writer.scope().caller.organisation).await?;
    let before = administrators.len();
    administrators.retain(|row| row.name != name);
    if administrators.is_empty() && before > 0 {
        return Err(Fault::new(Code::LastAdministrator).at("account"));
    }
    Ok(())
}
