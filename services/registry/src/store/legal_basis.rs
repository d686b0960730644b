//! Legal bases: read whole, and changed where that was decided.

use foundation::reference::legal_basis;
use foundation::{Code, Fault, Session, Writer};
use sea_orm::ActiveValue::NotSet;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QueryTrait};
use uuid::Uuid;

use super::decision::Matter;
use super::role;
use crate::model::admission::BasisWords;

/// All legal bases, by code.
///
/// # Errors
/// The account or purpose does not stand, or the database's.
pub async fn all(session: &Session) -> Result<Vec<legal_basis::Model>, Fault> {
    let select = legal_basis::Entity::find().order_by_asc(legal_basis::Column::Code);
    session.directory().await?.vocabulary(select).await
}

/// The legal basis with this code.
///
/// # Errors
/// `UNKNOWN_REFERENCE`.
pub(super) async fn by_code(writer: &Writer<'_>, code: &str) -> Result<legal_basis::Model, Fault> {
    let unknown = || Fault::new(Code::UnknownReference).with("value", code).at("legalBasis");
    known(writer, code).await?.ok_or_else(unknown)
}

/// The matter of a legal basis that is new, or has new words.
pub(super) async fn matter(writer: &Writer<'_>, words: &BasisWords) -> Result<Matter, Vec<Fault>> {
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

async fn known(writer: &Writer<'_>, code: &str) -> Result<Option<legal_basis::Model>, Fault> {
    let select = legal_basis::Entity::find().filter(legal_basis::Column::Code.eq(code));
    Ok(writer.reference(select).await?.pop())
}

fn row(id: Uuid, words: &BasisWords) -> legal_basis::Model {
    legal_basis::Model {
        id,
        code: words.code.clone(),
        citation: words.citation.clone(),
        description: words.description.clone(),
        fictitious: words.fictitious,
        source: words.source.clone(),
    }
}

/// Adds a legal basis or changes its words, as two decided. Its code stays.
pub(super) async fn keep(writer: &mut Writer<'_>, id: Uuid, words: &BasisWords) -> Result<(), Fault> {
    let change = match known(writer, &words.code).await? {
        None => {
            writer.insert(vec![row(id, words).into_active_model()]).await?;
            "added"
        }
        Some(known) if known.id == id => {
            let changed = row(id, words).into_active_model().reset_all();
            let update = legal_basis::Entity::update_many()
                .set(legal_basis::ActiveModel { id: NotSet, ..changed })
                .filter(legal_basis::Column::Id.eq(id));
            writer.execute(&update.into_query()).await?;
            "changed"
        }
        Some(_) => return Err(Fault::new(Code::NameTaken).with("value", &words.code).at("code")),
    };
    writer.noted("legal_basis", id, change, 1);
    Ok(())
}
