//! A request's door: its session with its loaders. Parties and sites are loaded in batches, vocabularies whole and once.

use std::collections::HashMap;
use std::sync::Arc;

use access::MaskReason;
use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, Loader};
use foundation::graphql::root::Beside;
use foundation::reference::organisation;
use foundation::{Fault, Session};
use jiff::civil::Date;
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::model::identifier::Identifier;
use crate::store::category::{self, Category};
use crate::store::certificate_holder::{self, HolderSupervision};
use crate::store::circle::{self, Circle};
use crate::store::contact::{self, Contact};
use crate::store::holder::{self, Holder};
use crate::store::mandate::{self, Applying, Law};
use crate::store::party::{self, Merged, Party, PersonNames};
use crate::store::region::{self, SafetyRegion};
use crate::store::relation::{self, Relation, Wanted};
use crate::store::sector::{self, Sector};
use crate::store::site::{self, Place, Site};
use crate::store::{CovenantRow, LevelRow};

/// A party by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct PartyKey(pub Uuid);
/// Whether a person's names may be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct PartyCustody(pub Uuid);
/// A person's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Names(pub Uuid);
/// The names that a party trades under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct TradeNamesOf(pub Uuid);
/// The numbers of a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct IdentifiersOf(pub Uuid);
/// What was merged into a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct MergedInto(pub Uuid);
/// Whether the own inspectorate keeps a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct KeptParty(pub Uuid);
/// The party that a safety region is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct PartyOfRegion(pub Uuid);
/// A sector by its code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct SectorKey(pub String);
/// The sectors of a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SectorsOf(pub Uuid);
/// Relations of a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct RelationsOf(pub Uuid, pub Wanted);
/// Who holds a party or a safety region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct HoldersOf(pub Uuid);
/// Contacts of a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ContactsOf(pub Uuid, pub contact::Wanted);
/// With whom there was contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct PersonsOf(pub Uuid);
/// How supervision of a party is organised on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SupervisionOf(pub Uuid, pub Option<Date>);
/// Who supervises the holders of a party's certificates on a day, from at most so many of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct HolderSupervisionOf(pub Uuid, pub Option<Date>, pub u64);
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
    /// What hangs on covenants.
    pub(super) covenants: Arc<Beside<CovenantRow>>,
    /// What hangs on supervision levels.
    pub(super) levels: Arc<Beside<LevelRow>>,
    batches: DataLoader<Batches>,
    organisations: OnceCell<Vec<organisation::Model>>,
    circles: OnceCell<Vec<Circle>>,
    regions: OnceCell<Vec<SafetyRegion>>,
    laws: OnceCell<Vec<Law>>,
    categories: OnceCell<Vec<Category>>,
}

impl Door {
    /// A door for a session.
    pub(super) fn new(session: Arc<Session>) -> Arc<Self> {
        Arc::new(Self {
            covenants: Arc::new(Beside::new(session.clone())),
            levels: Arc::new(Beside::new(session.clone())),
            batches: DataLoader::new(Batches(session.clone()), tokio::spawn),
            session,
            organisations: OnceCell::new(),
            circles: OnceCell::new(),
            regions: OnceCell::new(),
            laws: OnceCell::new(),
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

    /// All laws, by code.
    pub(super) async fn laws(&self) -> Result<&[Law], Fault> {
        Ok(self.laws.get_or_try_init(|| mandate::laws(&self.session)).await?)
    }

    /// All categories, by code.
    pub(super) async fn categories(&self) -> Result<&[Category], Fault> {
        Ok(self.categories.get_or_try_init(|| category::all(&self.session)).await?)
    }
}

/// Loads many keys in one go.
pub(super) struct Batches(Arc<Session>);

impl Batches {
    /// The session that reads.
    pub(super) fn session(&self) -> &Session {
        &self.0
    }
}

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

impl Loader<TradeNamesOf> for Batches {
    type Value = Vec<String>;
    type Error = Fault;

    async fn load(&self, keys: &[TradeNamesOf]) -> Result<HashMap<TradeNamesOf, Vec<String>>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(keyed(party::trade_names(&self.0, &ids).await?, TradeNamesOf))
    }
}

impl Loader<IdentifiersOf> for Batches {
    type Value = Vec<Identifier>;
    type Error = Fault;

    async fn load(&self, keys: &[IdentifiersOf]) -> Result<HashMap<IdentifiersOf, Vec<Identifier>>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(keyed(party::identifiers(&self.0, &ids).await?, IdentifiersOf))
    }
}

impl Loader<MergedInto> for Batches {
    type Value = Vec<Merged>;
    type Error = Fault;

    async fn load(&self, keys: &[MergedInto]) -> Result<HashMap<MergedInto, Vec<Merged>>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(keyed(party::merged(&self.0, &ids).await?, MergedInto))
    }
}

impl Loader<KeptParty> for Batches {
    type Value = ();
    type Error = Fault;

    async fn load(&self, keys: &[KeptParty]) -> Result<HashMap<KeptParty, ()>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(keyed(party::kept(&self.0, &ids).await?, KeptParty))
    }
}

impl Loader<PartyOfRegion> for Batches {
    type Value = Party;
    type Error = Fault;

    async fn load(&self, keys: &[PartyOfRegion]) -> Result<HashMap<PartyOfRegion, Party>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(keyed(party::of_regions(&self.0, &ids).await?, PartyOfRegion))
    }
}

impl Loader<SectorKey> for Batches {
    type Value = Sector;
    type Error = Fault;

    async fn load(&self, keys: &[SectorKey]) -> Result<HashMap<SectorKey, Sector>, Fault> {
        let codes: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        let found = sector::by_codes(&self.0, &codes).await?;
        Ok(found.into_iter().map(|(code, row)| (SectorKey(code), row)).collect())
    }
}

impl Loader<SectorsOf> for Batches {
    type Value = Vec<Sector>;
    type Error = Fault;

    async fn load(&self, keys: &[SectorsOf]) -> Result<HashMap<SectorsOf, Vec<Sector>>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(keyed(sector::of_parties(&self.0, &ids).await?, SectorsOf))
    }
}

impl Loader<RelationsOf> for Batches {
    type Value = Vec<Relation>;
    type Error = Fault;

    async fn load(&self, keys: &[RelationsOf]) -> Result<HashMap<RelationsOf, Vec<Relation>>, Fault> {
        let mut alike: HashMap<Wanted, Vec<Uuid>> = HashMap::new();
        for RelationsOf(party, wanted) in keys {
            alike.entry(*wanted).or_default().push(*party);
        }
        let mut found = HashMap::new();
        for (wanted, parties) in alike {
            let lists = relation::of_parties(&self.0, &parties, wanted).await?;
            found.extend(
                lists
                    .into_iter()
                    .map(|(party, list)| (RelationsOf(party, wanted), list)),
            );
        }
        Ok(found)
    }
}

impl Loader<HoldersOf> for Batches {
    type Value = Vec<Holder>;
    type Error = Fault;

    async fn load(&self, keys: &[HoldersOf]) -> Result<HashMap<HoldersOf, Vec<Holder>>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(keyed(holder::of(&self.0, &ids).await?, HoldersOf))
    }
}

impl Loader<ContactsOf> for Batches {
    type Value = Vec<Contact>;
    type Error = Fault;

    async fn load(&self, keys: &[ContactsOf]) -> Result<HashMap<ContactsOf, Vec<Contact>>, Fault> {
        let mut alike: HashMap<contact::Wanted, Vec<Uuid>> = HashMap::new();
        for ContactsOf(party, wanted) in keys {
            alike.entry(*wanted).or_default().push(*party);
        }
        let mut found = HashMap::new();
        for (wanted, parties) in alike {
            let lists = contact::of_parties(&self.0, &parties, wanted).await?;
            found.extend(lists.into_iter().map(|(party, list)| (ContactsOf(party, wanted), list)));
        }
        Ok(found)
    }
}

impl Loader<PersonsOf> for Batches {
    type Value = Result<Vec<String>, MaskReason>;
    type Error = Fault;

    async fn load(&self, keys: &[PersonsOf]) -> Result<HashMap<PersonsOf, Self::Value>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(keyed(contact::persons(&self.0, &ids).await?, PersonsOf))
    }
}

impl Loader<SupervisionOf> for Batches {
    type Value = Vec<Applying>;
    type Error = Fault;

    async fn load(&self, keys: &[SupervisionOf]) -> Result<HashMap<SupervisionOf, Vec<Applying>>, Fault> {
        let mut alike: HashMap<Option<Date>, Vec<Uuid>> = HashMap::new();
        for SupervisionOf(party, on) in keys {
            alike.entry(*on).or_default().push(*party);
        }
        let mut found = HashMap::new();
        for (on, parties) in alike {
            let lists = mandate::supervision(&self.0, &parties, on).await?;
            found.extend(lists.into_iter().map(|(party, list)| (SupervisionOf(party, on), list)));
        }
        Ok(found)
    }
}

impl Loader<HolderSupervisionOf> for Batches {
    type Value = HolderSupervision;
    type Error = Fault;

    async fn load(
        &self,
        keys: &[HolderSupervisionOf],
    ) -> Result<HashMap<HolderSupervisionOf, HolderSupervision>, Fault> {
        let mut alike: HashMap<(Option<Date>, u64), Vec<Uuid>> = HashMap::new();
        for HolderSupervisionOf(party, on, limit) in keys {
            alike.entry((*on, *limit)).or_default().push(*party);
        }
        let mut found = HashMap::new();
        for ((on, limit), parties) in alike {
            let of = certificate_holder::supervision_of_holders(&self.0, &parties, on, limit).await?;
            found.extend(
                of.into_iter()
                    .map(|(party, one)| (HolderSupervisionOf(party, on, limit), one)),
            );
        }
        Ok(found)
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
