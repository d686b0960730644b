//! A request's door: its session with its loaders. Parties and sites are loaded in batches, vocabularies whole and once.

use std::collections::HashMap;
use std::sync::Arc;

use access::MaskReason;
use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, Loader};
use foundation::reference::organisation;
use foundation::{Fault, Session};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::store::category::{self, Category};
use crate::store::circle::{self, Circle};
use crate::store::party::{self, Party, PersonNames};
use crate::store::region::{self, SafetyRegion};
use crate::store::site::{self, Place, Site};

/// A party by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct PartyKey(pub Uuid);
/// Whether a person's names may be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct PartyCustody(pub Uuid);
/// A person's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Names(pub Uuid);
/// A site by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SiteKey(pub Uuid);
/// The sites of a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SitesOf(pub Uuid);
/// Whether the address of a person's site may be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SiteCustody(pub Uuid);
/// Name and address of a person's site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Places(pub Uuid);

/// What a request's types read through.
pub(super) struct Door {
    pub(super) session: Arc<Session>,
    batches: DataLoader<Batches>,
    organisations: OnceCell<Vec<organisation::Model>>,
    circles: OnceCell<Vec<Circle>>,
    regions: OnceCell<Vec<SafetyRegion>>,
    categories: OnceCell<Vec<Category>>,
}

impl Door {
    /// A door for a session.
    pub(super) fn new(session: Arc<Session>) -> Arc<Self> {
        Arc::new(Self {
            batches: DataLoader::new(Batches(session.clone()), tokio::spawn),
            session,
            organisations: OnceCell::new(),
            circles: OnceCell::new(),
            regions: OnceCell::new(),
            categories: OnceCell::new(),
        })
    }

    /// The door of the request that a resolver answers.
    pub(super) fn of<'a>(ctx: &Context<'a>) -> &'a Arc<Self> {
        ctx.data_unchecked::<Arc<Self>>()
    }

    /// What belongs to a key, loaded together with what others ask for at the same time.
    pub(super) async fn load<K, V>(&self, key: K) -> Result<Option<V>, Fault>
    where
        K: Send + Sync + std::hash::Hash + Eq + Clone + 'static,
        V: Send + Sync + Clone + 'static,
        Batches: Loader<K, Value = V, Error = Fault>,
    {
        self.batches.load_one(key).await
    }

    /// All organisations, by code.
    pub(super) async fn organisations(&self) -> Result<&[organisation::Model], Fault> {
        Ok(self
            .organisations
            .get_or_try_init(|| crate::store::organisation::all(&self.session))
            .await?)
    }

    /// All circles, by code.
    pub(super) async fn circles(&self) -> Result<&[Circle], Fault> {
        Ok(self.circles.get_or_try_init(|| circle::all(&self.session)).await?)
    }

    /// All safety regions, by code.
    pub(super) async fn regions(&self) -> Result<&[SafetyRegion], Fault> {
        Ok(self.regions.get_or_try_init(|| region::all(&self.session)).await?)
    }

    /// All categories, by code.
    pub(super) async fn categories(&self) -> Result<&[Category], Fault> {
        Ok(self.categories.get_or_try_init(|| category::all(&self.session)).await?)
    }
}

/// Loads many keys in one go.
pub(super) struct Batches(Arc<Session>);

/// An answer per id under the key that asked for it.
fn keyed<K: std::hash::Hash + Eq, V>(answers: HashMap<Uuid, V>, key: fn(Uuid) -> K) -> HashMap<K, V> {
    answers.into_iter().map(|(id, value)| (key(id), value)).collect()
}

impl Loader<PartyKey> for Batches {
    type Value = Party;
    type Error = Fault;

    async fn load(&self, keys: &[PartyKey]) -> Result<HashMap<PartyKey, Party>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(keyed(party::by_ids(&self.0, &ids).await?, PartyKey))
    }
}

impl Loader<PartyCustody> for Batches {
    type Value = Result<(), MaskReason>;
    type Error = Fault;

    async fn load(&self, keys: &[PartyCustody]) -> Result<HashMap<PartyCustody, Self::Value>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(keyed(party::custody(&self.0, &ids).await?, PartyCustody))
    }
}

impl Loader<Names> for Batches {
    type Value = Result<PersonNames, MaskReason>;
    type Error = Fault;

    async fn load(&self, keys: &[Names]) -> Result<HashMap<Names, Self::Value>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(keyed(party::names(&self.0, &ids).await?, Names))
    }
}

impl Loader<SiteKey> for Batches {
    type Value = Site;
    type Error = Fault;

    async fn load(&self, keys: &[SiteKey]) -> Result<HashMap<SiteKey, Site>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(keyed(site::by_ids(&self.0, &ids).await?, SiteKey))
    }
}

impl Loader<SitesOf> for Batches {
    type Value = Vec<Site>;
    type Error = Fault;

    async fn load(&self, keys: &[SitesOf]) -> Result<HashMap<SitesOf, Vec<Site>>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(keyed(site::of_parties(&self.0, &ids).await?, SitesOf))
    }
}

impl Loader<SiteCustody> for Batches {
    type Value = Result<(), MaskReason>;
    type Error = Fault;

    async fn load(&self, keys: &[SiteCustody]) -> Result<HashMap<SiteCustody, Self::Value>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(keyed(site::custody(&self.0, &ids).await?, SiteCustody))
    }
}

impl Loader<Places> for Batches {
    type Value = Result<Place, MaskReason>;
    type Error = Fault;

    async fn load(&self, keys: &[Places]) -> Result<HashMap<Places, Self::Value>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(keyed(site::places(&self.0, &ids).await?, Places))
    }
}
