//! Links between signals (verbanden): what one has to do with the other.

/// What the one has to do with the other (soort verband).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum LinkKind {
    /// Zelfde gebeurtenis.
    SameEvent = 1,
    /// Volgt op.
    Follows = 2,
    /// Verwant.
    Related = 3,
    /// Dubbel van.
    DuplicateOf = 4,
}

impl LinkKind {
    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        [Self::SameEvent, Self::Follows, Self::Related, Self::DuplicateOf]
            .into_iter()
            .find(|value| *value as i16 == number)
    }

    /// Whether it says the same from either end.
    pub fn both_ways(self) -> bool {
        matches!(self, Self::SameEvent | Self::Related)
    }
}
