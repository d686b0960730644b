//! Loading safety regions: few, so all at once.

use foundation::{Fault, Session};
use sea_orm::{EntityTrait, QueryOrder};
use uuid::Uuid;

use super::rows::safety_region;

/// A safety region (veiligheidsregio).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafetyRegion {
    /// Its identity.
    pub id: Uuid,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// All safety regions, by code.
///
/// # Errors
/// The account or purpose does not stand, or the database's.
pub async fn all(session: &Session) -> Result<Vec<SafetyRegion>, Fault> {
    let select = safety_region::Entity::find().order_by_asc(safety_region::Column::Code);
    let rows = session.directory().await?.vocabulary(select).await?;
    let region = |row: safety_region::Model| SafetyRegion {
        id: row.id,
        code: row.code,
        name: row.name,
    };
    Ok(rows.into_iter().map(region).collect())
}
