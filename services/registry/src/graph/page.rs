//! Pages of parties (Relay).

use async_graphql::SimpleObject;
use foundation::Fault;
use foundation::graphql::kit::{PageInfo, cursor, read_cursor};
use foundation::session::Position;
use uuid::Uuid;

use super::party::SupervisedParty;

/// A party in a list, with its place there (rand).
#[derive(SimpleObject)]
pub(super) struct PartyEdge {
    /// Its place: give it as `after` to go on from here.
    cursor: String,
    /// The party (ondertoezichtstaande).
    node: SupervisedParty,
}

/// A page of parties (bladzijde van ondertoezichtstaanden), by name.
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
    pub(super) fn of(mut found: Vec<SupervisedParty>, size: u64, after: bool) -> Self {
        let page_info = PageInfo::cut(&mut found, size, after, |node| place(node.party.id));
        let nodes = found;
        let edge = |node: &SupervisedParty| PartyEdge {
            cursor: place(node.party.id),
            node: node.clone(),
        };
        let edges: Vec<PartyEdge> = nodes.iter().map(edge).collect();
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
