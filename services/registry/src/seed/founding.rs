//! The first organisation of a platform, with two administrators: from then on everybody joins by them.

use access::{FOREVER, Rank, Role};
use foundation::reference::{account, account_purpose, organisation, purpose, role_assignment};
use foundation::sql::statement;
use foundation::{Clock, Database, Language};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, IntoActiveModel, QueryFilter,
};
use uuid::Uuid;

use super::{Noun, SeedError, begin};
use crate::model::admission::Admission;
use crate::store;

/// Founds a platform. Its tables and vocabularies must be there; an organisation that is shipped as data gets its
/// administrators.
///
/// # Errors
/// [`SeedError::Founded`] where anybody administers anything already, [`SeedError::Unfit`] where the organisation does
/// not fit; nothing is changed then.
pub async fn found(database: &Database, new: &Admission, clock: &Clock) -> Result<(), SeedError> {
    if let Some(fault) = new.check().first() {
        let field = fault.field().unwrap_or_default().to_owned();
        return Err(SeedError::Unfit(format!(
            "{field}: {}",
            fault.sentence(Language::English)
        )));
    }
    let (transaction, now) = (begin(database).await?, clock.now());
    let administrators = role_assignment::Entity::find()
        .filter(role_assignment::Column::Role.eq(Role::Administrator as i16))
        .filter(role_assignment::Column::ValidUntil.gt(now))
        .all(&transaction)
        .await?;
    if !administrators.is_empty() {
        return Err(SeedError::Founded);
    }
    let organisation = settle(&transaction, new).await?;
    for one in &new.administrators {
        let id = clock.id();
        let row = account::Model {
            id,
            organisation_id: organisation,
            name: one.name.clone(),
            display_name: one.display_name.clone(),
            issuer: one.issuer.clone(),
            subject: one.subject.clone(),
            clearance: Rank::Intern as i16,
            suspended_at: None,
            ended_at: None,
        };
        account::Entity::insert(row.into_active_model())
            .exec_without_returning(&transaction)
            .await?;
        let role = role_assignment::Model {
            account_id: id,
            role: Role::Administrator as i16,
            valid_from: now,
            valid_until: FOREVER,
        };
        role_assignment::Entity::insert(role.into_active_model())
            .exec_without_returning(&transaction)
            .await?;
        hold(&transaction, new, id, now).await?;
    }
    note(&transaction, organisation, clock).await?;
    transaction.commit().await?;
    Ok(())
}

/// The organisation of this code, made where it is not there.
async fn settle(transaction: &DatabaseTransaction, new: &Admission) -> Result<Uuid, SeedError> {
    let known = organisation::Entity::find().filter(organisation::Column::Code.eq(&new.code));
    if let Some(known) = known.one(transaction).await? {
        return Ok(known.id);
    }
    let row = store::organisation::row(new, Noun::Organisation.id(&new.code));
    let id = row.id;
    organisation::Entity::insert(row.into_active_model())
        .exec_without_returning(transaction)
        .await?;
    Ok(id)
}

async fn hold(
    transaction: &DatabaseTransaction,
    new: &Admission,
    account_id: Uuid,
    valid_from: i64,
) -> Result<(), SeedError> {
    for code in &new.purposes {
        let found = purpose::Entity::find().filter(purpose::Column::Code.eq(code));
        let unknown = || SeedError::Unknown {
            from: format!("organisation {}", new.code),
            to: code.clone(),
        };
        let row = account_purpose::Model {
            account_id,
            purpose_id: found.one(transaction).await?.ok_or_else(unknown)?.id,
            valid_from,
            valid_until: FOREVER,
        };
        account_purpose::Entity::insert(row.into_active_model())
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(())
}

/// Leaves a line of who begot all others: nobody has signed in yet.
async fn note(transaction: &DatabaseTransaction, organisation: Uuid, clock: &Clock) -> Result<(), SeedError> {
    let table = if transaction.get_database_backend() == DbBackend::Postgres {
        "accountability.audit_log"
    } else {
        "audit_log"
    };
    let text = format!(
        "INSERT INTO {table} (id, request_id, at, service, issuer, subject, organisation_id, operation, outcome)
         VALUES (?, ?, ?, 'found', '', '', ?, 'found', 'DONE')"
    );
    let values = [
        clock.id().into(),
        clock.id().into(),
        clock.now().into(),
        organisation.into(),
    ];
    let line = statement(transaction.get_database_backend(), &text, values);
    transaction.execute_raw(line).await?;
    Ok(())
}
