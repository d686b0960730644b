//! Hold and freeze of covenants and supervision levels: named by their id, without being shown.

use foundation::ids::{prefix, write};
use foundation::root::hold::Held;
use sea_orm::{EntityTrait, Select};
use uuid::Uuid;

use super::{CovenantRow, LevelRow};
use crate::store::rows::{covenant as covenants, supervision_level as levels};

impl Held for CovenantRow {
    const NAMED: &'static str = "id";

    fn cited(&self) -> String {
        write(prefix::COVENANT, self.id).0
    }
}

impl Held for LevelRow {
    const NAMED: &'static str = "id";

    fn cited(&self) -> String {
        write(prefix::SUPERVISION_LEVEL, self.id).0
    }
}

/// The covenant with this id.
pub fn covenant(id: Uuid) -> Select<covenants::Entity> {
    covenants::Entity::find_by_id(id)
}

/// The step of a supervision level with this id.
pub fn supervision_level(id: Uuid) -> Select<levels::Entity> {
    levels::Entity::find_by_id(id)
}
