//! Loading inspectorates and partner bodies: few, so all at once.

use foundation::reference::organisation;
use foundation::{Fault, Session};
use sea_orm::{EntityTrait, QueryOrder};

/// All organisations, by code.
///
/// # Errors
/// The account or purpose does not stand, or the database's.
pub async fn all(session: &Session) -> Result<Vec<organisation::Model>, Fault> {
    let select = organisation::Entity::find().order_by_asc(organisation::Column::Code);
    session.directory().await?.vocabulary(select).await
}
