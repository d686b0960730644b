//! Decisions (besluiten) that need two persons: what one puts forward, and who must agree before it is in force.
//!
//! What narrows (suspend, take, lower, leave, end) is in force at once by one person. What widens, and whatever one
//! organisation would do to another, waits here for a second. Persons are told apart by issuer and subject.

use access::{Instant, Operation, Role, Roles};
use foundation::{Code, Fault, Language, clock};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::account::Person;
use super::admission::{Admission, BasisWords, PurposeWords};

/// How long a decision waits for its second person, in microseconds: 14 days.
pub const LAPSES_AFTER: i64 = 14 * 24 * 3600 * clock::SECOND;

/// What is put forward; stored as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// An account gets a role.
    Role {
        /// The account's name.
        account: String,
        /// The role's code.
        role: String,
    },
    /// An account may handle higher ranks.
    Clearance {
        /// The account's name.
        account: String,
        /// The rank's number.
        rank: i16,
    },
    /// An organisation joins the platform, with its first administrators.
    Admission(Box<Admission>),
    /// An organisation may do nothing for a time.
    Suspension(About),
    /// A suspended organisation goes on.
    Resumption(About),
    /// An organisation leaves the platform.
    End(About),
    /// Whether an organisation is among all participants.
    Participation {
        /// The organisation's code.
        organisation: String,
        /// Whether it is.
        participant: bool,
    },
    /// An inspectorate is invited into a circle.
    Membership(Circled),
    /// Another member is to coordinate a circle.
    Coordination(Circled),
    /// A purpose is new, or has new words or limits.
    Purpose(PurposeWords),
    /// A legal basis is new, or has new words.
    LegalBasis(BasisWords),
}

/// An organisation, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its code.
    pub organisation: String,
    /// Why.
    pub reason: String,
}

/// A circle and whom it concerns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circled {
    /// The circle's code.
    pub circle: String,
    /// The organisation's code.
    pub organisation: String,
}

/// What a decision is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Rol.
    Role,
    /// Hoogste rubricering.
    Clearance,
    /// Toelating.
    Admission,
    /// Schorsing.
    Suspension,
    /// Hervatting.
    Resumption,
    /// Beëindiging.
    End,
    /// Deelname.
    Participation,
    /// Lidmaatschap van een samenwerkingsverband.
    Membership,
    /// Coördinatie van een samenwerkingsverband.
    Coordination,
    /// Doel.
    Purpose,
    /// Grondslag.
    LegalBasis,
}

impl Kind {
    /// What somebody must be allowed to do, to put it forward or to agree.
    pub fn operation(self) -> Operation {
        match self {
            Self::Role => Operation::KeepAccounts,
            Self::Clearance => Operation::SetClearance,
            Self::Admission | Self::Suspension | Self::Resumption | Self::End | Self::Participation => Operation::Admit,
            Self::Membership | Self::Coordination => Operation::KeepCircles,
            Self::Purpose | Self::LegalBasis => Operation::KeepVocabularies,
        }
    }
}

impl Change {
    /// What it is about.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Role { .. } => Kind::Role,
            Self::Clearance { .. } => Kind::Clearance,
            Self::Admission(_) => Kind::Admission,
            Self::Suspension(_) => Kind::Suspension,
            Self::Resumption(_) => Kind::Resumption,
            Self::End(_) => Kind::End,
            Self::Participation { .. } => Kind::Participation,
            Self::Membership(_) => Kind::Membership,
            Self::Coordination(_) => Kind::Coordination,
            Self::Purpose(_) => Kind::Purpose,
            Self::LegalBasis(_) => Kind::LegalBasis,
        }
    }

    /// What it would do, as a sentence.
    pub fn sentence(&self, language: Language) -> String {
        let [dutch, english] = self.sentences();
        match language {
            Language::Dutch => dutch,
            Language::English => english,
        }
    }

    fn sentences(&self) -> [String; 2] {
        match self {
            Self::Role { account, role } => [
                format!("Account {account} krijgt de rol {role}."),
                format!("Account {account} gets the role {role}."),
            ],
            Self::Clearance { account, rank } => [
                format!("Account {account} mag tot en met rubricering {rank} behandelen."),
                format!("Account {account} may handle ranks up to {rank}."),
            ],
            Self::Admission(new) => {
                let names: Vec<&str> = new.administrators.iter().map(|one| one.name.as_str()).collect();
                let (code, names) = (&new.code, names.join(", "));
                [
                    format!("{code} wordt toegelaten, met als beheerders {names}."),
                    format!("{code} is admitted, with {names} as administrators."),
                ]
            }
            Self::Suspension(of) => [
                format!("{} wordt geschorst: {}", of.organisation, of.reason),
                format!("{} is suspended: {}", of.organisation, of.reason),
            ],
            Self::Resumption(of) => [
                format!("{} mag weer verder: {}", of.organisation, of.reason),
                format!("{} goes on again: {}", of.organisation, of.reason),
            ],
            Self::End(of) => [
                format!("{} verlaat het platform: {}", of.organisation, of.reason),
                format!("{} leaves the platform: {}", of.organisation, of.reason),
            ],
            Self::Participation {
                organisation,
                participant: true,
            } => [
                format!("{organisation} wordt deelnemer."),
                format!("{organisation} becomes a participant."),
            ],
            Self::Participation { organisation, .. } => [
                format!("{organisation} is geen deelnemer meer."),
                format!("{organisation} is no participant any more."),
            ],
            Self::Membership(of) => [
                format!("{} wordt lid van {}.", of.organisation, of.circle),
                format!("{} becomes a member of {}.", of.organisation, of.circle),
            ],
            Self::Coordination(of) => [
                format!("{} gaat {} coördineren.", of.organisation, of.circle),
                format!("{} is to coordinate {}.", of.organisation, of.circle),
            ],
            Self::Purpose(words) => [
                format!("Doel {}: {}", words.code, words.limits(Language::Dutch)),
                format!("Purpose {}: {}", words.code, words.limits(Language::English)),
            ],
            Self::LegalBasis(words) => [
                format!("Grondslag {}: {}", words.code, words.citation),
                format!("Legal basis {}: {}", words.code, words.citation),
            ],
        }
    }
}

/// Who must agree, beside being another person than who put it forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Second {
    /// An administrator of the same organisation.
    Colleague,
    /// A data steward of the same organisation.
    Steward,
    /// An administrator of any other organisation.
    Elsewhere,
    /// An administrator of the organisation that it is about.
    Invited,
}

impl Second {
    const ALL: [Self; 4] = [Self::Colleague, Self::Steward, Self::Elsewhere, Self::Invited];

    /// The code that the database stores.
    pub fn code(self) -> &'static str {
        match self {
            Self::Colleague => "colleague",
            Self::Steward => "steward",
            Self::Elsewhere => "elsewhere",
            Self::Invited => "invited",
        }
    }

    /// Reads the code that the database stores.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|second| second.code() == code)
    }
}

/// Who asks, as far as decisions look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// The person.
    pub person: Person,
    /// The organisation acted for.
    pub organisation: Uuid,
    /// The roles held there.
    pub roles: Roles,
}

/// Where a decision stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It waits for its second person.
    Pending,
    /// It is in force.
    Confirmed,
    /// It was declined, or taken back.
    Declined,
    /// Nobody agreed in time.
    Lapsed,
}

/// A decision that needs two persons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Its identity.
    pub id: Uuid,
    /// What is put forward.
    pub change: Change,
    /// The account, organisation, circle, purpose or basis that it is about.
    pub about: Uuid,
    /// The organisation that it concerns, where it concerns one.
    pub about_organisation: Option<Uuid>,
    /// Who must agree.
    pub second: Second,
    /// The organisation that put it forward.
    pub organisation: Uuid,
    /// The person who did.
    pub person: Person,
    /// The name of that person's account.
    pub proposed_by: String,
    /// When.
    pub proposed_at: Instant,
    /// When it lapses.
    pub lapses_at: Instant,
    /// `confirmed` or `declined`, once decided.
    pub outcome: Option<String>,
    /// When that was.
    pub decided_at: Option<Instant>,
    /// Why it was declined.
    pub reason: Option<String>,
}

impl Decision {
    /// Where it stands.
    pub fn standing(&self, now: Instant) -> Standing {
        match self.outcome.as_deref() {
            Some("confirmed") => Standing::Confirmed,
            Some(_) => Standing::Declined,
            None if self.lapses_at <= now => Standing::Lapsed,
            None => Standing::Pending,
        }
    }

    /// Refuses whoever may not be the second person.
    ///
    /// # Errors
    /// `ALREADY_DECIDED`, `SECOND_PERSON` for who put it forward under whatever account, `FORBIDDEN` for who is not
    /// of the side that must agree.
    pub fn confirmable(&self, asking: &Asking, now: Instant) -> Result<(), Fault> {
        self.open(now)?;
        if self.person == asking.person {
            return Err(Fault::new(Code::SecondPerson));
        }
        let administrator = asking.roles.has(Role::Administrator);
        let same = self.organisation == asking.organisation;
        let fits = match self.second {
            Second::Colleague => administrator && same,
            Second::Steward => asking.roles.has(Role::DataSteward) && same,
            Second::Elsewhere => administrator && !same,
            Second::Invited => administrator && self.about_organisation == Some(asking.organisation),
        };
        if fits { Ok(()) } else { Err(Fault::new(Code::OtherSide)) }
    }

    /// Refuses whoever may not decline it: who could confirm may, and the side that put it forward may take it back.
    ///
    /// # Errors
    /// `ALREADY_DECIDED`, `OTHER_SIDE`.
    pub fn declinable(&self, asking: &Asking, now: Instant) -> Result<(), Fault> {
        self.open(now)?;
        if self.organisation == asking.organisation {
            return Ok(());
        }
        self.confirmable(asking, now)
    }

    fn open(&self, now: Instant) -> Result<(), Fault> {
        let word = match self.standing(now) {
            Standing::Pending => return Ok(()),
            Standing::Confirmed => ["bevestigd", "confirmed"],
            Standing::Declined => ["afgewezen", "declined"],
            Standing::Lapsed => ["vervallen", "lapsed"],
        };
        Err(Fault::new(Code::AlreadyDecided).with_words("state", word[0], word[1]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(subject: &str) -> Person {
        Person {
            issuer: "https://idp.example.nl".to_owned(),
            subject: subject.to_owned(),
        }
    }

    fn asking(subject: &str, organisation: u128, role: Role) -> Asking {
        Asking {
            person: person(subject),
            organisation: Uuid::from_u128(organisation),
            roles: Roles::new([role]),
        }
    }

    fn decision(second: Second) -> Decision {
        Decision {
            id: Uuid::from_u128(9),
            change: Change::Clearance {
                account: "ilt.inspector".to_owned(),
                rank: 2,
            },
            about: Uuid::from_u128(8),
            about_organisation: Some(Uuid::from_u128(3)),
            second,
            organisation: Uuid::from_u128(1),
            person: person("jo"),
            proposed_by: "ilt.admin".to_owned(),
            proposed_at: 0,
            lapses_at: LAPSES_AFTER,
            outcome: None,
            decided_at: None,
            reason: None,
        }
    }

    fn told(decision: &Decision, asking: &Asking) -> &'static str {
        decision
            .confirmable(asking, 1)
            .map_or_else(|fault| fault.code().name(), |()| "ok")
    }

    #[test]
    fn each_decision_has_its_second_person() {
        let cases = [
            (Second::Colleague, 1, Role::Administrator),
            (Second::Steward, 1, Role::DataSteward),
            (Second::Elsewhere, 2, Role::Administrator),
            (Second::Elsewhere, 3, Role::Administrator),
            (Second::Invited, 3, Role::Administrator),
        ];
        for second in Second::ALL {
            for organisation in 1..=3 {
                for role in Role::ALL {
                    let fits = cases.contains(&(second, organisation, role));
                    let expected = if fits { "ok" } else { "OTHER_SIDE" };
                    let told = told(&decision(second), &asking("bo", organisation, role));
                    assert_eq!(told, expected, "{second:?} {organisation} {role:?}");
                }
            }
        }
    }

    #[test]
    fn nobody_confirms_her_own_under_another_account_either() {
        let elsewhere = asking("jo", 2, Role::Administrator);
        assert_eq!(told(&decision(Second::Elsewhere), &elsewhere), "SECOND_PERSON");
        assert!(
            decision(Second::Elsewhere)
                .declinable(&asking("bo", 2, Role::Administrator), 1)
                .is_ok()
        );
    }

    #[test]
    fn what_lapsed_or_is_decided_stays_so() {
        let steward = asking("bo", 1, Role::DataSteward);
        let decided = Decision {
            outcome: Some("declined".to_owned()),
            ..decision(Second::Steward)
        };
        assert_eq!(told(&decided, &steward), "ALREADY_DECIDED");
        let late = decision(Second::Steward).confirmable(&steward, LAPSES_AFTER);
        assert_eq!(
            late.expect_err("lapsed").sentence(Language::English),
            "This is lapsed already; look it up, or put it forward anew."
        );
    }
}
