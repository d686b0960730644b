//! Hold and freeze: what a privacy officer does to a record without seeing it.

use access::Operation;

/// What a privacy officer placed on a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum HoldKind {
    /// Legal hold (bewaarplicht): it is not erased when its retention ends; nobody sees it longer because of that.
    Hold = 1,
    /// Freeze (bevriezing): its grants stand, but none counts.
    Freeze = 2,
}

impl HoldKind {
    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        [Self::Hold, Self::Freeze]
            .into_iter()
            .find(|kind| *kind as i16 == number)
    }

    /// The operation that it is.
    pub fn operation(self) -> Operation {
        match self {
            Self::Hold => Operation::Hold,
            Self::Freeze => Operation::Freeze,
        }
    }

    /// The change as events and log lines name it.
    pub fn placed(self) -> &'static str {
        match self {
            Self::Hold => "held",
            Self::Freeze => "frozen",
        }
    }

    /// The change when it is lifted.
    pub fn lifted(self) -> &'static str {
        match self {
            Self::Hold => "released",
            Self::Freeze => "resumed",
        }
    }
}
