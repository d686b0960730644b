//! Grants, and the grounds on which a caller sees a record.

use access::FOREVER;
use async_graphql::{Enum, ID, SimpleObject};

use crate::graphql::kit::DateTime;
use crate::ids;
use crate::root::sharing::Explained;

/// To whom a grant is made.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum AudienceKind {
    /// Alle deelnemers.
    Everyone,
    /// Een inspectie of partnerorganisatie.
    Organisation,
    /// Een samenwerkingsverband.
    Circle,
    /// Een account.
    Account,
}

impl AudienceKind {
    /// The kind by its stored number.
    pub fn of(number: i16) -> Self {
        match number {
            1 => Self::Everyone,
            2 => Self::Organisation,
            3 => Self::Circle,
            _ => Self::Account,
        }
    }
}

/// A grant (deling) as its owner sees it.
#[derive(SimpleObject, Clone, Debug)]
pub struct Grant {
    /// Its id; give it to the change that ends it, for a signal `revokeGrant`.
    #[graphql(shareable)]
    pub id: ID,
    /// To whom.
    #[graphql(shareable)]
    pub kind: AudienceKind,
    /// The code of the organisation or circle, or the account's name; null for everyone.
    #[graphql(shareable)]
    pub to: Option<String>,
    /// The code of its purpose (doel).
    #[graphql(shareable)]
    pub purpose: String,
    /// The code of its legal basis (grondslag).
    #[graphql(shareable)]
    pub legal_basis: String,
    /// The law and article of its legal basis.
    #[graphql(shareable)]
    pub citation: String,
    /// From when it holds.
    #[graphql(shareable)]
    pub valid_from: DateTime,
    /// Until when it holds, exclusive; null when it holds as long as the record is kept.
    #[graphql(shareable)]
    pub valid_until: Option<DateTime>,
    /// When it was revoked (ingetrokken).
    #[graphql(shareable)]
    pub revoked_at: Option<DateTime>,
    /// Why it was revoked.
    #[graphql(shareable)]
    pub revoked_because: Option<String>,
}

impl From<Explained> for Grant {
    fn from(explained: Explained) -> Self {
        let row = explained.row;
        Self {
            id: ids::write(ids::prefix::GRANT, row.id),
            kind: AudienceKind::of(row.audience_kind),
            to: (row.audience_kind != 1).then_some(explained.audience),
            purpose: explained.purpose,
            legal_basis: explained.legal_basis,
            citation: explained.citation,
            valid_from: DateTime(row.valid_from),
            valid_until: (row.valid_until < FOREVER).then_some(DateTime(row.valid_until)),
            revoked_at: row.revoked_at.map(DateTime),
            revoked_because: row.revoked_because,
        }
    }
}

/// What makes a record visible to the caller.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroundKind {
    /// Eigen: the caller's organisation owns it.
    Own,
    /// Gedeeld met alle deelnemers.
    Everyone,
    /// Gedeeld met de eigen organisatie.
    Organisation,
    /// Gedeeld met een samenwerkingsverband.
    Circle,
    /// Gedeeld met dit account.
    Account,
}

/// Why the caller sees a record (grond van inzage).
#[derive(SimpleObject, Clone, Debug)]
pub struct Ground {
    /// What makes it visible.
    #[graphql(shareable)]
    pub kind: GroundKind,
    /// The circle's code, when it comes through a circle.
    #[graphql(shareable)]
    pub circle: Option<String>,
    /// The code of the grant's purpose (doel).
    #[graphql(shareable)]
    pub purpose: Option<String>,
    /// The code of the grant's legal basis (grondslag).
    #[graphql(shareable)]
    pub legal_basis: Option<String>,
    /// The law and article of the grant's legal basis.
    #[graphql(shareable)]
    pub citation: Option<String>,
    /// Until when the caller sees it on this ground, if nothing changes.
    #[graphql(shareable)]
    pub until: Option<DateTime>,
}

impl Ground {
    /// The ground that a caller has as owner of a record that is kept until then.
    pub fn own(until: i64) -> Self {
        Self {
            kind: GroundKind::Own,
            circle: None,
            purpose: None,
            legal_basis: None,
            citation: None,
            until: Some(DateTime(until)),
        }
    }

    /// The ground that a grant gives on a record that is kept until then.
    pub fn through(explained: Explained, retained: i64) -> Self {
        let kind = match AudienceKind::of(explained.row.audience_kind) {
            AudienceKind::Everyone => GroundKind::Everyone,
            AudienceKind::Organisation => GroundKind::Organisation,
            AudienceKind::Circle => GroundKind::Circle,
            AudienceKind::Account => GroundKind::Account,
        };
        Self {
            kind,
            circle: (kind == GroundKind::Circle).then_some(explained.audience),
            purpose: Some(explained.purpose),
            legal_basis: Some(explained.legal_basis),
            citation: Some(explained.citation),
            until: Some(DateTime(explained.row.valid_until.min(retained))),
        }
    }
}
