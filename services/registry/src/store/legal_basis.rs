//! Loading legal bases: few, so all at once.

use foundation::reference::legal_basis;
use foundation::{Fault, Session};
use sea_orm::{EntityTrait, QueryOrder};

/// All legal bases, by code.
///
/// # Errors
/// The account or purpose does not stand, or the database's.
pub async fn all(session: &Session) -> Result<Vec<legal_basis::Model>, Fault> {
    let select = legal_basis::Entity::find().order_by_asc(legal_basis::Column::Code);
    session.directory().await?.vocabulary(select).await
}
