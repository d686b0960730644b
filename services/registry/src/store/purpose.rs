//! Purposes: found by code, and changed where that was decided.

use foundation::reference::purpose;
use foundation::{Code, Fault, Writer};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// The purpose with this code.
///
/// # Errors
/// `UNKNOWN_REFERENCE`.
pub(super) async fn by_code(writer: &Writer<'_>, code: &str) -> Result<purpose::Model, Fault> {
    let select = purpose::Entity::find().filter(purpose::Column::Code.eq(code));
    let unknown = || Fault::new(Code::UnknownReference).with("value", code).at("purpose");
    writer.reference(select).await?.pop().ok_or_else(unknown)
}
