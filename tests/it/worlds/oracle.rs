//! The oracle: who sees what, written from the policy's page (`access.md`) in the order of its sentences. It knows
//! no channel and no feed, and shares no code with the policy.
//!
//! Each sentence is a [`Clause`] that can be left out; what an oracle without it answers is a mutant's answer.

use access::{Audience, Rank, Role, State, Tlp};

use super::facts::{Account, Facts, Grant, NOW, Period, Record};

/// A sentence of the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clause {
    AccountStands,
    OrganisationStands,
    PurposeHeld,
    ContentRole,
    Rank,
    Retention,
    OwnOrganisation,
    RedIsNarrow,
    RedForAuthor,
    RedForSteward,
    DraftIsTheOwners,
    RetractedIsTheOwners,
    GrantNotRevoked,
    TlpBoundsGrants,
    GrantBegun,
    GrantNotOver,
    GrantPurpose,
    EveryoneIsParticipants,
    OrganisationIsTheReaders,
    CircleBegun,
    CircleNotOver,
    CirclePurpose,
    CircleMember,
    MemberJoined,
    MemberNotLeft,
    CaseSystemListed,
    AccountIsTheReader,
    EveryoneGrants,
    OrganisationGrants,
    CircleGrants,
    AccountGrants,
}

impl Clause {
    /// Every sentence.
    pub const ALL: [Self; 31] = [
        Self::AccountStands,
        Self::OrganisationStands,
        Self::PurposeHeld,
        Self::ContentRole,
        Self::Rank,
        Self::Retention,
        Self::OwnOrganisation,
        Self::RedIsNarrow,
        Self::RedForAuthor,
        Self::RedForSteward,
        Self::DraftIsTheOwners,
        Self::RetractedIsTheOwners,
        Self::GrantNotRevoked,
        Self::TlpBoundsGrants,
        Self::GrantBegun,
        Self::GrantNotOver,
        Self::GrantPurpose,
        Self::EveryoneIsParticipants,
        Self::OrganisationIsTheReaders,
        Self::CircleBegun,
        Self::CircleNotOver,
        Self::CirclePurpose,
        Self::CircleMember,
        Self::MemberJoined,
        Self::MemberNotLeft,
        Self::CaseSystemListed,
        Self::AccountIsTheReader,
        Self::EveryoneGrants,
        Self::OrganisationGrants,
        Self::CircleGrants,
        Self::AccountGrants,
    ];
}

/// A question: may this account, stating this purpose, see this record now?
#[derive(Clone, Copy)]
pub struct Question<'a> {
    pub facts: &'a Facts,
    pub reader: &'a Account,
    pub purpose: usize,
    /// The sentence that is left out.
    pub without: Option<Clause>,
}

fn begun(period: Period) -> bool {
    period.0 <= NOW
}

fn not_over(period: Period) -> bool {
    NOW < period.1
}

fn stands(suspended: Option<i64>, ended: Option<i64>) -> bool {
    [suspended, ended].into_iter().flatten().all(|since| NOW < since)
}

const CONTENT: [Role; 6] = [
    Role::Inspector,
    Role::Analyst,
    Role::Coordinator,
    Role::AccountHolder,
    Role::DataSteward,
    Role::CaseSystem,
];

impl Question<'_> {
    /// A condition, unless it is the one that is left out.
    fn needs(&self, clause: Clause, holds: bool) -> bool {
        holds || self.without == Some(clause)
    }

    /// A way to see something, unless it is the one that is left out.
    fn way(&self, clause: Clause, open: bool) -> bool {
        open && self.without != Some(clause)
    }

    fn roles(&self) -> impl Iterator<Item = Role> + '_ {
        self.reader
            .roles
            .iter()
            .filter(|(_, period)| begun(*period) && not_over(*period))
            .map(|(role, _)| *role)
    }

    /// Whether the reader is let in at all; else the refusal's code.
    pub fn enters(&self) -> Result<(), &'static str> {
        let organisation = self.facts.organisation(self.reader.organisation);
        if !self.needs(Clause::AccountStands, stands(self.reader.suspended, self.reader.ended))
            || !self.needs(
                Clause::OrganisationStands,
                stands(organisation.suspended, organisation.ended),
            )
        {
            return Err("ACCOUNT_SUSPENDED");
        }
        let mut held = self.reader.purposes.iter();
        let held = held.any(|(purpose, period)| *purpose == self.purpose && begun(*period) && not_over(*period));
        if !self.needs(Clause::PurposeHeld, held) {
            return Err("PURPOSE_NOT_HELD");
        }
        if !self.needs(Clause::ContentRole, self.roles().any(|role| CONTENT.contains(&role))) {
            return Err("FORBIDDEN");
        }
        Ok(())
    }

    /// Rank, audience, purpose and role: all must be yes.
    pub fn sees(&self, record: &Record) -> bool {
        self.enters().is_ok()
            && self.needs(Clause::Rank, number(record.rank) <= number(self.reader.clearance))
            && self.needs(Clause::Retention, NOW < record.retained)
            && (self.own_side(record) || record.grants.iter().any(|grant| self.through(record, grant)))
    }

    fn own_side(&self, record: &Record) -> bool {
        let own = record.owner == self.reader.organisation;
        let author = record.author == self.reader.id;
        let steward = self.roles().any(|role| role == Role::DataSteward);
        let wide = !self.needs(Clause::RedIsNarrow, false);
        if record.tlp == Tlp::Red && wide {
            return self.way(Clause::RedForAuthor, author) || self.way(Clause::RedForSteward, own && steward);
        }
        self.way(Clause::OwnOrganisation, own)
    }

    fn through(&self, record: &Record, grant: &Grant) -> bool {
        self.needs(Clause::DraftIsTheOwners, record.state != State::Draft)
            && self.needs(Clause::RetractedIsTheOwners, record.state != State::Retracted)
            && self.needs(Clause::GrantNotRevoked, !grant.revoked)
            && self.needs(Clause::TlpBoundsGrants, bounds(record.tlp, grant.audience))
            && self.needs(Clause::GrantBegun, begun(grant.period))
            && self.needs(Clause::GrantNotOver, not_over(grant.period))
            && self.needs(Clause::GrantPurpose, grant.purpose == self.purpose)
            && self.reaches(grant)
    }

    fn reaches(&self, grant: &Grant) -> bool {
        let reader = self.reader;
        match grant.audience {
            Audience::Everyone => {
                let participant = self.facts.organisation(reader.organisation).participant;
                self.way(
                    Clause::EveryoneGrants,
                    self.needs(Clause::EveryoneIsParticipants, participant),
                )
            }
            Audience::Organisation(id) => {
                let its = id == reader.organisation;
                self.way(
                    Clause::OrganisationGrants,
                    self.needs(Clause::OrganisationIsTheReaders, its),
                )
            }
            Audience::Account(id) => self.way(
                Clause::AccountGrants,
                self.needs(Clause::AccountIsTheReader, id == reader.id),
            ),
            Audience::Circle(id) => self.way(Clause::CircleGrants, self.in_circle(id, grant.purpose)),
        }
    }

    fn in_circle(&self, id: uuid::Uuid, purpose: usize) -> bool {
        let circle = self.facts.circle(id);
        let mut memberships = circle
            .members
            .iter()
            .filter(|(member, _)| *member == self.reader.organisation);
        let member = memberships.any(|(_, period)| {
            self.needs(Clause::MemberJoined, begun(*period)) && self.needs(Clause::MemberNotLeft, not_over(*period))
        });
        let content: Vec<Role> = self.roles().filter(|role| CONTENT.contains(role)).collect();
        let only_system = content.iter().all(|role| *role == Role::CaseSystem);
        self.needs(Clause::CircleBegun, begun(circle.period))
            && self.needs(Clause::CircleNotOver, not_over(circle.period))
            && self.needs(Clause::CirclePurpose, circle.purposes.contains(&purpose))
            && self.needs(Clause::CircleMember, member)
            && self.needs(
                Clause::CaseSystemListed,
                !only_system || self.reader.listed.contains(&id),
            )
    }
}

fn number(rank: Rank) -> u8 {
    match rank {
        Rank::Intern => 0,
        Rank::Vertrouwelijk => 1,
        Rank::DepartementaalVertrouwelijk => 2,
    }
}

/// What a traffic light mark leaves of the grants.
fn bounds(tlp: Tlp, audience: Audience) -> bool {
    match audience {
        Audience::Account(_) => true,
        Audience::Organisation(_) => tlp != Tlp::Red,
        Audience::Circle(_) => !matches!(tlp, Tlp::Red | Tlp::AmberStrict),
        Audience::Everyone => matches!(tlp, Tlp::Clear | Tlp::Green),
    }
}
