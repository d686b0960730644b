//! Loading inspectorates and partner bodies: few, so all at once.

use foundation::reference::organisation;
use foundation::{Code, Fault, Session, Writer};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
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

/// The organisation with this code.
///
/// # Errors
/// `UNKNOWN_REFERENCE`.
pub(super) async fn by_code(writer: &Writer<'_>, code: &str) -> Result<organisation::Model, Fault> {
    let select = organisation::Entity::find().filter(organisation::Column::Code.eq(code));
    let unknown = || {
        Fault::new(Code::UnknownReference)
            .with("value", code)
            .at("organisation")
    };
    writer.reference(select).await?.pop().ok_or_else(unknown)
}
