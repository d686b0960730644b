//! A proposal (terugmelding): a correction that one inspectorate puts to the owner of a signal.

/// Where it stands (staat van het voorstel).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum ProposalState {
    /// Open.
    Open = 1,
    /// Overgenomen.
    Accepted = 2,
    /// Gedeeltelijk overgenomen.
    PartlyAccepted = 3,
    /// Afgewezen.
    Rejected = 4,
    /// Ingetrokken door wie het deed.
    Withdrawn = 5,
}

impl ProposalState {
    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        [
            Self::Open,
            Self::Accepted,
            Self::PartlyAccepted,
            Self::Rejected,
            Self::Withdrawn,
        ]
        .into_iter()
        .find(|value| *value as i16 == number)
    }

    /// What happened to it, in log and outbox.
    pub fn change(self) -> &'static str {
        match self {
            Self::Open => "proposed",
            Self::Accepted => "accepted",
            Self::PartlyAccepted => "partly_accepted",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }
}
