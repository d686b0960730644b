//! Beyond sight: whether there is something about a party, site or region, as far as owners let outsiders know.

use std::sync::Arc;

use async_graphql::{Context, Enum, Error, ID, InputObject, Object, OneofObject, SimpleObject};
use foundation::graphql::kit::{PAGE_DEFAULT, PageInfo, cursor, page_cost, page_size, read_cursor};
use foundation::graphql::root::Contact;
use foundation::session::Position;
use foundation::{Fault, ids};

use super::door::{Door, door};
use super::signal::mutation::{SignalPayload, payload, signal_id};
use super::signal::{At, Organisation};
use crate::model::discovery::Existence as Chosen;
use crate::store::discovery::{self, DiscoveryRow};
use crate::store::list;

/// What outsiders may know of a signal (vindbaarheid).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "access::Discoverable")]
pub enum Discoverable {
    /// Niets: for an outsider it is not there.
    #[graphql(name = "NONE")]
    Nothing,
    /// Hit/no-hit: that there is something, and whom to ask.
    Hit,
    /// Titel: that, and its title.
    Title,
}

/// What those who may not see a signal may do with it (bestaan).
#[derive(SimpleObject, Clone, Copy, Debug)]
pub struct Existence {
    /// What outsiders may know (vindbaarheid).
    discoverable: Discoverable,
    /// Whether it is closed to break-glass (afgesloten voor noodinzage).
    closed_to_break_glass: bool,
}

/// What those who may not see a signal may do with it (bestaan), as a whole.
#[derive(InputObject, Clone, Copy, Debug)]
pub struct ExistenceInput {
    /// What outsiders may know (vindbaarheid): under TLP:AMBER+STRICT at most HIT, under RED NONE.
    discoverable: Discoverable,
    /// Whether it is closed to break-glass (afgesloten voor noodinzage).
    #[graphql(default = false)]
    closed_to_break_glass: bool,
}

/// What a signal says of its own existence.
#[derive(Clone)]
pub struct SignalExistence(pub Arc<At>);

/// What a signal says of its own existence.
#[Object]
impl SignalExistence {
    /// What those who may not see it may know, and whether it may be opened in acute danger (bestaan). Only for the
    /// owner's side: null for others, and then named in `maskedFields`.
    async fn existence(&self) -> Result<Option<Existence>, Fault> {
        if !self.0.seen.own() {
            return Ok(None);
        }
        let chosen = self.0.door.chosen(self.0.seen.id).await?;
        Ok(Some(Existence {
            discoverable: chosen.discoverable.into(),
            closed_to_break_glass: chosen.closed,
        }))
    }
}

/// What is asked about: exactly one.
#[derive(OneofObject, Clone, Debug)]
pub enum AboutInput {
    /// A supervised party (ondertoezichtstaande), by its id `pty_…`.
    Party(ID),
    /// A site (vestiging), by its id `sit_…`.
    Site(ID),
    /// A safety region (veiligheidsregio), by its code.
    Region(String),
}

/// That there is something which the caller does not see (treffer). Ask for it with `requestAccess`.
pub struct Discovery {
    row: DiscoveryRow,
    door: Door,
}

/// That there is something which the caller does not see (treffer). Ask for it with `requestAccess`.
#[Object]
impl Discovery {
    /// Its handle, `dsc_…`: give it to `requestAccess` or `breakGlass`. It is not the signal's id.
    async fn id(&self) -> ID {
        ids::write(ids::prefix::DISCOVERY, self.row.handle)
    }

    /// Whose it is (eigenaar).
    async fn owner(&self) -> Organisation {
        Organisation {
            id: ids::write(ids::prefix::ORGANISATION, self.row.owner_id),
        }
    }

    /// Whom to call about it (aanspreekpunt).
    async fn contact(&self) -> Result<Contact, Fault> {
        let owner = self.door.organisation(self.row.owner_id).await?;
        let owner = owner.ok_or_else(|| Fault::broken("a signal of an organisation that does not exist"))?;
        Ok(owner.into())
    }

    /// Its title (titel), where the owner lets outsiders know that.
    async fn title(&self) -> Option<&str> {
        self.row.title.as_deref()
    }
}

/// A page of what there is beyond sight (treffers). Their order says nothing.
#[derive(SimpleObject)]
pub struct DiscoveryConnection {
    /// What there is.
    nodes: Vec<Discovery>,
    /// Where the page ends.
    page_info: PageInfo,
}

fn place(row: &DiscoveryRow) -> String {
    cursor(Position {
        created_at: 0,
        record_id: row.handle,
    })
}

/// Questions beyond sight.
#[derive(Default)]
pub struct DiscoveryQuery;

/// Questions beyond sight.
#[Object]
impl DiscoveryQuery {
    /// Whether there is something about a party, site or region that the caller does not see under the stated purpose
    /// (hit/no-hit): as far as its owners let participants know, and within the caller's clearance. What nobody may
    /// know of answers as what is not there.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn discoveries(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "About what.")] about: AboutInput,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Option<DiscoveryConnection>, Fault> {
        let size = page_size(first)?;
        let after = after.as_deref().map(read_cursor).transpose()?;
        let door = door(context);
        let reader = door.session().reader().await?;
        let subject = match &about {
            AboutInput::Party(id) => ids::read(ids::prefix::PARTY, id).map_err(|fault| fault.at("about.party"))?,
            AboutInput::Site(id) => ids::read(ids::prefix::SITE, id).map_err(|fault| fault.at("about.site"))?,
            AboutInput::Region(code) => list::region(&reader, code, "about.region").await?,
        };
        let beyond = after.map(|place| place.record_id);
        let mut rows = discovery::known_about(&reader, subject, beyond, size + 1).await?;
        drop(reader);
        let node = |row| Discovery {
            row,
            door: door.clone(),
        };
        Ok(Some(DiscoveryConnection {
            page_info: PageInfo::cut(&mut rows, size, after.is_some(), place),
            nodes: rows.into_iter().map(node).collect(),
        }))
    }
}

/// Changes of what may be known beyond sight.
#[derive(Default)]
pub struct DiscoveryMutation;

/// Changes of what may be known beyond sight.
#[Object]
impl DiscoveryMutation {
    /// Chooses what those who may not see a signal may know of it, and whether it may be opened in acute danger
    /// (vindbaarheid en noodinzage). Tightening the TLP takes back what it forbids.
    async fn label_existence(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The signal's id, `sig_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
        #[graphql(desc = "What is chosen, as a whole.")] existence: ExistenceInput,
    ) -> Result<Option<SignalPayload>, Error> {
        let id = signal_id(&id)?;
        let chosen = Chosen {
            discoverable: existence.discoverable.into(),
            closed: existence.closed_to_break_glass,
        };
        discovery::choose(door(context).session(), id, version, chosen).await?;
        payload(context, id).await
    }
}
