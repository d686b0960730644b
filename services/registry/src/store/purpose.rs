//! Purposes: found by code, and changed where that was decided.

use foundation::reference::purpose;
use foundation::{Code, Fault, Writer};
use sea_orm::ActiveValue::NotSet;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryTrait};
use uuid::Uuid;

use super::decision::Matter;
use super::role;
use crate::model::admission::PurposeWords;

/// The purpose with this code.
///
/// # Errors
/// `UNKNOWN_REFERENCE`.
pub(super) async fn by_code(writer: &Writer<'_>, code: &str) -> Result<purpose::Model, Fault> {
    let select = purpose::Entity::find().filter(purpose::Column::Code.eq(code));
    let unknown = || Fault::new(Code::UnknownReference).with("value", code).at("purpose");
    writer.reference(select).await?.pop().ok_or_else(unknown)
}

/// The matter of a purpose that is new, or has new words or limits.
pub(super) async fn matter(writer: &Writer<'_>, words: &PurposeWords) -> Result<Matter, Vec<Fault>> {
    let faults = words.check();
    if !faults.is_empty() {
        return Err(faults);
    }
    let Some(known) = known(writer, &words.code).await? else {
        return Ok(Matter::of_all(writer.id(), role::second_elsewhere(writer).await?));
    };
    if row(known.id, words) == known {
        return Err(vec![Fault::new(Code::AlreadySo)]);
    }
    Ok(Matter::of_all(known.id, role::second_elsewhere(writer).await?))
}

async fn known(writer: &Writer<'_>, code: &str) -> Result<Option<purpose::Model>, Fault> {
    let select = purpose::Entity::find().filter(purpose::Column::Code.eq(code));
    Ok(writer.reference(select).await?.pop())
}

fn row(id: Uuid, words: &PurposeWords) -> purpose::Model {
    purpose::Model {
        id,
        code: words.code.clone(),
        name: words.name.clone(),
        name_en: words.name_en.clone(),
        description: words.description.clone(),
        description_en: words.description_en.clone(),
        allows_personal: words.allows_personal,
        pseudonyms: words.pseudonyms,
    }
}

/// Adds a purpose or changes it, as two decided. Its code stays, whatever it comes to mean to whom.
pub(super) async fn keep(writer: &mut Writer<'_>, id: Uuid, words: &PurposeWords) -> Result<(), Fault> {
    let change = match known(writer, &words.code).await? {
        None => {
            writer.insert(vec![row(id, words).into_active_model()]).await?;
            "added"
        }
        Some(known) if known.id == id => {
            let changed = row(id, words).into_active_model().reset_all();
            let update = purpose::Entity::update_many()
                .set(purpose::ActiveModel { id: NotSet, ..changed })
                .filter(purpose::Column::Id.eq(id));
            writer.execute(&update.into_query()).await?;
            "changed"
        }
        Some(_) => return Err(Fault::new(Code::NameTaken).with("value", &words.code).at("code")),
    };
    writer.noted("purpose", id, change, 1);
    Ok(())
}
