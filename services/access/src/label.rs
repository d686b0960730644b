//! The marks on a record: three that are never merged (rank, TLP, use limit) and its state.

use crate::Audience;

/// Rubricering: the formal classification. State secrets have no value here: they are refused at input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum Rank {
    /// Intern.
    Intern = 0,
    /// Vertrouwelijk.
    Vertrouwelijk = 1,
    /// Departementaal vertrouwelijk.
    DepartementaalVertrouwelijk = 2,
}

impl Rank {
    /// All ranks, lowest first.
    pub const ALL: [Self; 3] = [Self::Intern, Self::Vertrouwelijk, Self::DepartementaalVertrouwelijk];

    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|rank| *rank as i16 == number)
    }
}

/// Deelmarkering: the Traffic Light Protocol 2.0. An upper bound on the grants that may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum Tlp {
    /// The owner may publish.
    Clear = 0,
    /// All participants.
    Green = 1,
    /// Inspectorates, circles and accounts.
    Amber = 2,
    /// Inspectorates and accounts; no onward sharing.
    AmberStrict = 3,
    /// Named accounts only.
    Red = 4,
}

impl Tlp {
    /// All marks, widest first.
    pub const ALL: [Self; 5] = [Self::Clear, Self::Green, Self::Amber, Self::AmberStrict, Self::Red];

    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|tlp| *tlp as i16 == number)
    }

    /// Whether somebody who sees a record may ask its owner to share it further.
    pub fn permits_onward(self) -> bool {
        match self {
            Self::Clear | Self::Green | Self::Amber => true,
            Self::AmberStrict | Self::Red => false,
        }
    }

    /// Whether a grant to this audience may exist under this mark.
    pub fn permits(self, audience: &Audience) -> bool {
        match (self, audience) {
            (Self::Clear | Self::Green, _)
            | (Self::Amber, Audience::Organisation(_) | Audience::Circle(_) | Audience::Account(_))
            | (Self::AmberStrict, Audience::Organisation(_) | Audience::Account(_))
            | (Self::Red, Audience::Account(_)) => true,
            (Self::Amber, Audience::Everyone)
            | (Self::AmberStrict, Audience::Everyone | Audience::Circle(_))
            | (Self::Red, Audience::Everyone | Audience::Circle(_) | Audience::Organisation(_)) => false,
        }
    }
}

/// What outsiders may learn of a record's existence (vindbaarheid), as its owner chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum Discoverable {
    /// Nothing: for an outsider it is not there.
    #[default]
    Nothing = 0,
    /// That there is something, and whom to ask (hit/no-hit).
    Hit = 1,
    /// That, and its title.
    Title = 2,
}

impl Discoverable {
    /// All values, least first.
    pub const ALL: [Self; 3] = [Self::Nothing, Self::Hit, Self::Title];

    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|value| *value as i16 == number)
    }

    /// As much of it as the traffic light mark leaves. RED is for named accounts, who need no hint; under AMBER+STRICT
    /// nothing of the content goes further than the named inspectorates.
    #[must_use]
    pub fn within(self, tlp: Tlp) -> Self {
        match tlp {
            Tlp::Clear | Tlp::Green | Tlp::Amber => self,
            Tlp::AmberStrict => self.min(Self::Hit),
            Tlp::Red => Self::Nothing,
        }
    }
}

/// The highest rank that may be opened in acute danger to people (break-glass).
pub const HIGHEST_BEHIND_GLASS: Rank = Rank::Vertrouwelijk;

/// Gebruiksbeperking: what a reader may do with what is read. Shown in every payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum UseLimit {
    /// For information only (alleen ter informatie).
    InformationOnly = 0,
    /// May be used in supervision (voor toezicht).
    Supervision = 1,
    /// The party may not be approached about it (partij niet benaderen).
    DoNotApproach = 2,
}

impl UseLimit {
    /// All limits.
    pub const ALL: [Self; 3] = [Self::InformationOnly, Self::Supervision, Self::DoNotApproach];

    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|limit| *limit as i16 == number)
    }
}

/// Where a record is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum State {
    /// Concept: its owner's alone.
    Draft = 0,
    /// Gepubliceerd: its grants are in force.
    Published = 1,
    /// Ingetrokken: its owner keeps it, everyone else has lost it.
    Retracted = 2,
}

impl State {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Draft, Self::Published, Self::Retracted];

    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|state| *state as i16 == number)
    }
}

/// The three marks side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Labels {
    /// Formal classification.
    pub rank: Rank,
    /// How wide it may be shared.
    pub tlp: Tlp,
    /// What a reader may do with it.
    pub use_limit: UseLimit,
}
