//! Hold and freeze of a signal: named by its number, without the signal being shown.

use foundation::root::hold::Held;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};

use super::SignalRow;
use super::rows::signal;

impl Held for SignalRow {
    const NAMED: &'static str = "number";

    fn cited(&self) -> String {
        self.number.clone()
    }
}

/// The signal with this number.
pub fn numbered(number: &str) -> Select<signal::Entity> {
    signal::Entity::find().filter(signal::Column::Number.eq(number))
}
