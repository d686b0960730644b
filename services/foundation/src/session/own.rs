//! What is the caller's own: the only thing that answers without a purpose (`me`, `purposes`).

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::{Session, Standing, enter};
use crate::fault::Fault;
use crate::reference::{account, account_purpose, organisation, purpose};

/// The caller's account and what it holds now.
#[derive(Clone, Debug)]
pub struct Own {
    /// Roles, clearance and ids.
    pub standing: Standing,
    /// The account.
    pub account: account::Model,
    /// Its organisation.
    pub organisation: organisation::Model,
    /// The purposes it may state, in the order of their codes.
    pub purposes: Vec<purpose::Model>,
}

impl Session {
    /// The caller's own account, organisation and purposes. Needs no purpose and shows nothing else.
    ///
    /// # Errors
    /// The account is unknown or suspended.
    pub async fn own(&self) -> Result<Own, Fault> {
        let transaction = self.platform.database.begin_read().await?;
        let now = self.platform.clock.now();
        let standing = enter::standing(&transaction, &self.who, now).await?;
        let account = account::Entity::find_by_id(standing.account).one(&transaction).await?;
        let organisation = organisation::Entity::find_by_id(standing.organisation)
            .one(&transaction)
            .await?;
        let held = account_purpose::Entity::find()
            .select_only()
            .column(account_purpose::Column::PurposeId)
            .filter(account_purpose::Column::AccountId.eq(standing.account))
            .filter(account_purpose::Column::ValidFrom.lte(now))
            .filter(account_purpose::Column::ValidUntil.gt(now))
            .into_query();
        let purposes = purpose::Entity::find()
            .filter(purpose::Column::Id.in_subquery(held))
            .order_by_asc(purpose::Column::Code)
            .all(&transaction)
            .await?;
        transaction.rollback().await?;
        Ok(Own {
            standing,
            account: account.ok_or_else(|| Fault::broken("an account that has just been read is gone"))?,
            organisation: organisation.ok_or_else(|| Fault::broken("an account without its organisation"))?,
            purposes,
        })
    }
}
