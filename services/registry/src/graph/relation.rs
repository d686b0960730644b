//! Relations between parties, as the API shows and takes them.

use std::sync::Arc;

use access::FOREVER;
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use foundation::Fault;
use foundation::clock::{date_of, last_date_before};
use foundation::graphql::kit::{Date, PageInfo, cursor};
use foundation::ids::{prefix, read, write};

use super::door::{Door, PartyKey};
use super::party::SupervisedParty;
use crate::model;
use crate::store::relation::{self, NewRelation, Relation};

/// Changes to relations.
#[derive(Default)]
pub(super) struct RelationMutation;

/// Changes to relations. Each may be null beside its error, so that those before it keep their answers.
#[Object]
impl RelationMutation {
    /// Registers a relation between two parties (relatie vastleggen), one of which the own inspectorate keeps. It can be
    /// read from both sides; the same one twice is one.
    async fn relate_parties(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The relation.")] input: PartyRelationInput,
    ) -> Result<Option<PartyRelation>, Fault> {
        let door = Door::of(ctx);
        let party = |id: &ID, field: &str| read(prefix::PARTY, id).map_err(|fault| fault.at(format!("input.{field}")));
        let new = NewRelation {
            party: party(&input.party_id, "partyId")?,
            role: input.role.into(),
            other: party(&input.other_id, "otherId")?,
            starts: input.starts.map(|date| date.0),
            ends: input.ends.map(|date| date.0),
        };
        let made = relation::relate(&door.session, new).await;
        let place = |fault: Fault| {
            if fault.field().is_some() {
                fault.under("input")
            } else {
                fault
            }
        };
        Ok(Some(PartyRelation::new(made.map_err(place)?, door)))
    }

    /// Ends a relation between two parties (relatie beëindigen), one of which the own inspectorate keeps.
    async fn end_relation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id, `rel_…`.")] id: ID,
        #[graphql(desc = "Its last day (einddatum); today where nothing is said.")] ends: Option<Date>,
    ) -> Result<Option<PartyRelation>, Fault> {
        let door = Door::of(ctx);
        let id = read(prefix::RELATION, &id).map_err(|fault| fault.at("id"))?;
        let ended = relation::end(&door.session, id, ends.map(|date| date.0)).await?;
        Ok(Some(PartyRelation::new(ended, door)))
    }
}

/// What another party is to this one (rol).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::relation::PartyRole")]
pub(super) enum PartyRole {
    /// Moeder: owns or directs this one.
    Parent,
    /// Dochter: is owned or directed by this one.
    Child,
    /// Exploitant: operates this one, as a shipping company its ship.
    Operator,
    /// Geëxploiteerd: is operated by this one.
    Operated,
    /// Certificerende instelling: certifies this one.
    Certifier,
    /// Certificaathouder: is certified by this one.
    Certified,
    /// Keten of netwerk: this one is a member of it.
    Network,
    /// Lid: is a member of this one.
    Member,
}

/// A relation between two parties as it is registered (relatie).
#[derive(InputObject, Clone, Debug)]
pub(super) struct PartyRelationInput {
    /// The one party, `pty_…` (ondertoezichtstaande).
    party_id: ID,
    /// What the other is to it (rol).
    role: PartyRole,
    /// The other party, `pty_…` (andere partij).
    other_id: ID,
    /// Its first day (begindatum); today where nothing is said.
    starts: Option<Date>,
    /// Its last day (einddatum), where it is known.
    ends: Option<Date>,
}

/// A relation to another party (relatie).
#[derive(Clone)]
pub(super) struct PartyRelation {
    relation: Relation,
    door: Arc<Door>,
}

impl PartyRelation {
    fn new(relation: Relation, door: &Arc<Door>) -> Self {
        let door = door.clone();
        Self { relation, door }
    }
}

/// A relation to another party (relatie).
#[Object]
impl PartyRelation {
    /// Its identity (kenmerk), `rel_…`.
    async fn id(&self) -> ID {
        write(prefix::RELATION, self.relation.id)
    }

    /// What the other party is (rol).
    async fn role(&self) -> PartyRole {
        self.relation.role.into()
    }

    /// The other party (andere partij).
    async fn party(&self) -> Result<SupervisedParty, Fault> {
        let party = self.door.load(PartyKey(self.relation.other)).await?;
        Ok(SupervisedParty {
            party: party.ok_or_else(|| Fault::broken("a relation without its party"))?,
            door: self.door.clone(),
        })
    }

    /// Its first day (begindatum).
    async fn starts(&self) -> Date {
        Date(date_of(self.relation.starts_at))
    }

    /// Its last day (einddatum); without one it goes on.
    async fn ends(&self) -> Option<Date> {
        let ends = self.relation.ends_at;
        (ends != FOREVER).then(|| Date(last_date_before(ends)))
    }
}

/// A relation in a list, with its place there (rand).
#[derive(SimpleObject)]
pub(super) struct PartyRelationEdge {
    /// Its place: give it as `after` to go on from here.
    cursor: String,
    /// The relation (relatie).
    node: PartyRelation,
}

/// A page of a party's relations (bladzijde van relaties).
#[derive(SimpleObject)]
pub(super) struct PartyRelationConnection {
    /// The relations with their places.
    edges: Vec<PartyRelationEdge>,
    /// The relations alone.
    nodes: Vec<PartyRelation>,
    /// Where the page ends.
    page_info: PageInfo,
}

impl PartyRelationConnection {
    /// A page of what was found, which is one more than the page when there is more.
    pub(super) fn of(mut found: Vec<Relation>, size: u64, after: bool, door: &Arc<Door>) -> Self {
        let page_info = PageInfo::cut(&mut found, size, after, |one| cursor(one.position()));
        let nodes: Vec<PartyRelation> = found.into_iter().map(|one| PartyRelation::new(one, door)).collect();
        let edge = |node: &PartyRelation| PartyRelationEdge {
            cursor: cursor(node.relation.position()),
            node: node.clone(),
        };
        let edges: Vec<PartyRelationEdge> = nodes.iter().map(edge).collect();
        Self {
            edges,
            nodes,
            page_info,
        }
    }
}
