//! How far a signal can be trusted (Admiralty): the source's reliability A–F times the information's credibility 1–6.
//! The two are given apart and never computed into one.

/// How reliable the source is (betrouwbaarheid van de bron).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum Reliability {
    /// A: volledig betrouwbaar.
    CompletelyReliable = 1,
    /// B: meestal betrouwbaar.
    UsuallyReliable = 2,
    /// C: redelijk betrouwbaar.
    FairlyReliable = 3,
    /// D: meestal niet betrouwbaar.
    NotUsuallyReliable = 4,
    /// E: onbetrouwbaar.
    Unreliable = 5,
    /// F: niet te beoordelen.
    CannotBeJudged = 6,
}

impl Reliability {
    /// All values, from A to F.
    pub const ALL: [Self; 6] = [
        Self::CompletelyReliable,
        Self::UsuallyReliable,
        Self::FairlyReliable,
        Self::NotUsuallyReliable,
        Self::Unreliable,
        Self::CannotBeJudged,
    ];

    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|value| *value as i16 == number)
    }

    /// Its letter.
    pub fn letter(self) -> char {
        match self {
            Self::CompletelyReliable => 'A',
            Self::UsuallyReliable => 'B',
            Self::FairlyReliable => 'C',
            Self::NotUsuallyReliable => 'D',
            Self::Unreliable => 'E',
            Self::CannotBeJudged => 'F',
        }
    }
}

/// How credible the information is (geloofwaardigheid van de informatie).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum Credibility {
    /// 1: bevestigd.
    Confirmed = 1,
    /// 2: waarschijnlijk waar.
    ProbablyTrue = 2,
    /// 3: mogelijk waar.
    PossiblyTrue = 3,
    /// 4: twijfelachtig.
    Doubtful = 4,
    /// 5: onwaarschijnlijk.
    Improbable = 5,
    /// 6: niet te beoordelen.
    CannotBeJudged = 6,
}

impl Credibility {
    /// All values, from 1 to 6.
    pub const ALL: [Self; 6] = [
        Self::Confirmed,
        Self::ProbablyTrue,
        Self::PossiblyTrue,
        Self::Doubtful,
        Self::Improbable,
        Self::CannotBeJudged,
    ];

    /// Reads the number that the database stores, which is the number of the trade.
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|value| *value as i16 == number)
    }
}

/// Both as the trade writes them, such as `B2`; `-` stands for what nobody gave. Nothing when neither was given.
pub fn rating(reliability: Option<Reliability>, credibility: Option<Credibility>) -> Option<String> {
    if reliability.is_none() && credibility.is_none() {
        return None;
    }
    let letter = reliability.map_or('-', Reliability::letter);
    let digit = credibility.map_or("-".to_owned(), |value| (value as i16).to_string());
    Some(format!("{letter}{digit}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rating_is_written_as_the_trade_does() {
        let (usually, probably) = (Reliability::UsuallyReliable, Credibility::ProbablyTrue);
        assert_eq!(rating(Some(usually), Some(probably)).as_deref(), Some("B2"));
        assert_eq!(rating(None, Some(Credibility::CannotBeJudged)).as_deref(), Some("-6"));
        assert_eq!(rating(Some(Reliability::CannotBeJudged), None).as_deref(), Some("F-"));
        assert_eq!(rating(None, None), None);
    }
}
