//! Pages of parties (Relay).

use async_graphql::{Enum, SimpleObject};
use foundation::Fault;
use foundation::graphql::kit::{PageInfo, cursor, read_cursor};
use foundation::session::Position;
use uuid::Uuid;

use super::party::SupervisedParty;
use crate::store::find::search::{Because, Field};

/// A party in a list, with its place there (rand).
#[derive(SimpleObject)]
pub(super) struct PartyEdge {
    /// Its place: give it as `after` to go on from here.
    cursor: String,
    /// The party (ondertoezichtstaande).
    node: SupervisedParty,
    /// Why it was found (reden van de treffer), the best reason first; empty in a list that was not searched.
    matched_because: Vec<PartyMatch>,
}

/// Why a party was found (reden van de treffer).
#[derive(SimpleObject, Clone, Debug)]
pub(super) struct PartyMatch {
    /// Whether it is what was typed, or like it (soort).
    kind: PartyMatchKind,
    /// Where (veld).
    field: PartyMatchField,
    /// How well it fits (score), up to 1: exactly.
    score: f64,
}

impl From<&Because> for PartyMatch {
    fn from(because: &Because) -> Self {
        let named = matches!(because.field, Field::LegalName | Field::TradeName);
        Self {
            kind: if named && because.score < 1.0 {
                PartyMatchKind::Similar
            } else {
                PartyMatchKind::Exact
            },
            field: because.field.into(),
            score: because.score,
        }
    }
}

/// Whether something is what was typed (soort treffer).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartyMatchKind {
    /// Precies.
    Exact,
    /// Gelijkend: a name with a slip, or of which a part was typed.
    Similar,
}

/// Where a search text was found (veld van de treffer).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "Field")]
pub(super) enum PartyMatchField {
    /// Identificerend nummer of the party.
    Identifier,
    /// Identificerend nummer of one of its sites.
    SiteIdentifier,
    /// Postcode en huisnummer of one of its sites.
    Door,
    /// Adres of one of its sites: street, with number and town as far as they were typed.
    Address,
    /// Statutaire naam.
    LegalName,
    /// Handelsnaam.
    TradeName,
}

/// A page of parties (bladzijde van ondertoezichtstaanden), by name, or the best first where they were searched.
#[derive(SimpleObject)]
pub(super) struct PartyConnection {
    /// The parties with their places.
    edges: Vec<PartyEdge>,
    /// The parties alone.
    nodes: Vec<SupervisedParty>,
    /// Where the page ends.
    page_info: PageInfo,
}

impl PartyConnection {
    /// A page of what was found, which is one more than the page when there is more.
    pub(super) fn of(found: Vec<SupervisedParty>, size: u64, after: bool) -> Self {
        let unexplained = found.into_iter().map(|party| (party, Vec::new()));
        Self::because(unexplained.collect(), size, after)
    }

    /// The same, with why each was found.
    pub(super) fn because(mut found: Vec<(SupervisedParty, Vec<PartyMatch>)>, size: u64, after: bool) -> Self {
        let page_info = PageInfo::cut(&mut found, size, after, |(node, _)| place(node.party.id));
        let nodes = found.iter().map(|(node, _)| node.clone()).collect();
        let edge = |(node, matched_because): (SupervisedParty, Vec<PartyMatch>)| PartyEdge {
            cursor: place(node.party.id),
            node,
            matched_because,
        };
        let edges: Vec<PartyEdge> = found.into_iter().map(edge).collect();
        Self {
            edges,
            nodes,
            page_info,
        }
    }
}

/// The place of a party in lists: its id, from which its name follows.
fn place(id: Uuid) -> String {
    cursor(Position {
        created_at: 0,
        record_id: id,
    })
}

/// The party that a cursor stands for.
pub(super) fn party_at(text: &str) -> Result<Uuid, Fault> {
    Ok(read_cursor(text)?.record_id)
}
