//! Loading inspectorates and partner bodies: few, so all at once.

use foundation::reference::organisation;
use foundation::{Fault, Session, Writer};
use sea_orm::{EntityTrait, QueryOrder};
use uuid::Uuid;

/// All organisations, by code.
///
/// # Errors
/// The account or purpose does not stand, or the database's.
pub async fn all(session: &Session) -> Result<Vec<organisation::Model>, Fault> {
    let select = organisation::Entity::find().order_by_asc(organisation::Column::Code);
    session.directory().await?.vocabulary(select).await
}

/// The organisation with this id.
///
/// # Errors
/// The database's.
pub(super) async fn by_id(writer: &Writer<'_>, id: Uuid) -> Result<organisation::Model, Fault> {
    let found = writer.reference(organisation::Entity::find_by_id(id)).await?.pop();
    found.ok_or_else(|| Fault::broken("an account without its organisation"))
}
