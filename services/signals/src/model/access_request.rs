//! A request for access (verzoek om inzage), or for onward sharing (doorgeven): how it stands, and what may be approved.

use access::Instant;
use foundation::{Code, Fault, clock};
use jiff::civil;

use foundation::check::required;

/// After how many Dutch working days an undecided request lapses.
pub const LAPSES_AFTER: u32 = 10;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum Kind {
    /// To see a record that one may know of.
    Access = 1,
    /// To share a record that one sees with somebody else.
    Onward = 2,
}

impl Kind {
    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        [Self::Access, Self::Onward]
            .into_iter()
            .find(|value| *value as i16 == number)
    }
}

/// How a request stands. That it lapsed is not stored: it follows from the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum Standing {
    /// Undecided.
    Open = 1,
    /// A grant was made.
    Approved = 2,
    /// The owner said no.
    Declined = 3,
    /// The asker took it back.
    Withdrawn = 4,
    /// Nobody decided in time.
    Lapsed = 5,
}

impl Standing {
    /// How a stored request stands at this moment.
    pub fn of(stored: i16, lapses_at: Instant, now: Instant) -> Option<Self> {
        let standing = [Self::Open, Self::Approved, Self::Declined, Self::Withdrawn]
            .into_iter()
            .find(|value| *value as i16 == stored)?;
        let lapsed = standing == Self::Open && lapses_at <= now;
        Some(if lapsed { Self::Lapsed } else { standing })
    }
}

/// Why somebody asks, for what and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plea {
    /// The code of the purpose.
    pub purpose: String,
    /// The code of the legal basis.
    pub legal_basis: String,
    /// Why, at most 2,000 characters.
    pub reason: String,
    /// The last Dutch date on which it is needed.
    pub until: civil::Date,
}

impl Plea {
    /// Everything that is wrong with it by itself.
    pub fn faults(&self, now: Instant) -> Vec<Fault> {
        let mut faults = Vec::new();
        required("reason", &self.reason, 2_000, &mut faults);
        faults.extend(last_day(self.until, now).err().map(|fault| fault.at("until")));
        faults
    }
}

/// The exclusive end of a Dutch date that has not passed.
///
/// # Errors
/// `INVALID_DATE`.
pub fn last_day(date: civil::Date, now: Instant) -> Result<Instant, Fault> {
    let passed = || Fault::new(Code::InvalidDate).with_words("reason", "hij is al voorbij", "it has passed");
    clock::end_of(date).filter(|end| *end > now).ok_or_else(passed)
}

/// What a steward changes of a request on approving it; what is left out stays as it was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// The asking account alone, instead of its organisation.
    pub only_account: bool,
    /// The code of another purpose.
    pub purpose: Option<String>,
    /// The code of another legal basis.
    pub legal_basis: Option<String>,
    /// An earlier last day.
    pub until: Option<civil::Date>,
}

impl Narrowed {
    /// Until when the grant holds, exclusive.
    ///
    /// # Errors
    /// `WIDER_THAN_ASKED` for a later day than was asked; `INVALID_DATE` for one that has passed.
    pub fn ends(&self, asked: Instant, now: Instant) -> Result<Instant, Fault> {
        let Some(date) = self.until else { return Ok(asked) };
        let end = last_day(date, now).map_err(|fault| fault.at("until"))?;
        if end > asked {
            return Err(Fault::new(Code::WiderThanAsked).at("until"));
        }
        Ok(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_lapses_by_the_clock_alone() {
        assert_eq!(Standing::of(1, 100, 99), Some(Standing::Open));
        assert_eq!(
            Standing::of(1, 100, 100),
            Some(Standing::Lapsed),
            "the end is exclusive"
        );
        assert_eq!(
            Standing::of(2, 100, 500),
            Some(Standing::Approved),
            "what was decided stands"
        );
        assert_eq!(Standing::of(5, 100, 0), None, "that it lapsed is never stored");
    }

    #[test]
    fn approving_may_only_narrow() {
        let asked = clock::end_of(civil::date(2026, 7, 1)).expect("in range");
        let now = clock::end_of(civil::date(2026, 6, 1)).expect("in range");
        let until = |date| Narrowed {
            until: Some(date),
            ..Narrowed::default()
        };
        assert_eq!(Narrowed::default().ends(asked, now).ok(), Some(asked));
        let earlier = until(civil::date(2026, 6, 10)).ends(asked, now).ok();
        assert_eq!(earlier, clock::end_of(civil::date(2026, 6, 10)));
        let code = |date| until(date).ends(asked, now).err().map(|fault| fault.code());
        assert_eq!(code(civil::date(2026, 7, 2)), Some(Code::WiderThanAsked));
        assert_eq!(code(civil::date(2026, 6, 1)), Some(Code::InvalidDate));
    }
}
