//! What resolvers hold: the request's session, and loaders that fetch parts for a whole page in one query.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use access::MaskReason;
use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, Loader};
use foundation::reference::{organisation, safety_region};
use foundation::session::About;
use foundation::{Code, Fault, Seen, Session};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::listed::Beside;
use super::theme::ThemeLoaders;
use crate::model::discovery::Existence;
use crate::model::signal::{Personal, Subjects};
use crate::store::discovery::{self, DiscoveryRow};
use crate::store::grant::{self, Explained};
use crate::store::triage::{self, Triage};
use crate::store::{SignalRow, list, person, signal};

/// A personal field of a signal, unmasked and logged by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PersonalField {
    /// Who reported it.
    Reporter,
    /// Who is involved.
    PersonsInvolved,
}

impl PersonalField {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Reporter, Self::PersonsInvolved];

    /// Its name in the graph and in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reporter => "reporter",
            Self::PersonsInvolved => "personsInvolved",
        }
    }
}

/// The request's door.
pub fn door<'a>(context: &Context<'a>) -> &'a Door {
    context.data_unchecked::<Door>()
}

/// The way to the data for everything that one request or event resolves.
#[derive(Clone)]
pub struct Door(Arc<Loaders>);

struct Loaders {
    session: Arc<Session>,
    signals: DataLoader<Signals>,
    subjects: DataLoader<SubjectsOf>,
    grants: DataLoader<Grants>,
    grounds: DataLoader<Grounds>,
    personal: DataLoader<PersonalOf>,
    pseudonyms: DataLoader<PseudonymsOf>,
    organisations: DataLoader<Organisations>,
    regions: DataLoader<Regions>,
    about: DataLoader<AboutParty>,
    chosen: DataLoader<ChosenOf>,
    counts: AtomicUsize,
    beside: Beside,
    triages: DataLoader<Triages>,
    themes: ThemeLoaders,
}

impl Door {
    /// The loaders of a session.
    pub fn new(session: Arc<Session>) -> Self {
        let of = || session.clone();
        Self(Arc::new(Loaders {
            signals: DataLoader::new(Signals(of()), tokio::spawn),
            subjects: DataLoader::new(SubjectsOf(of()), tokio::spawn),
            grants: DataLoader::new(Grants(of()), tokio::spawn),
            grounds: DataLoader::new(Grounds(of()), tokio::spawn),
            personal: DataLoader::new(PersonalOf(of()), tokio::spawn),
            pseudonyms: DataLoader::new(PseudonymsOf(of()), tokio::spawn),
            organisations: DataLoader::new(Organisations(of()), tokio::spawn),
            regions: DataLoader::new(Regions(of()), tokio::spawn),
            about: DataLoader::new(AboutParty(of()), tokio::spawn),
            chosen: DataLoader::new(ChosenOf(of()), tokio::spawn),
            counts: AtomicUsize::new(0),
            beside: Beside::new(&session),
            triages: DataLoader::new(Triages(of()), tokio::spawn),
            themes: ThemeLoaders::new(&session),
            session,
        }))
    }

    /// The session.
    pub fn session(&self) -> &Session {
        &self.0.session
    }

    /// What is added beside signals.
    pub fn beside(&self) -> &Beside {
        &self.0.beside
    }

    /// A signal that may be seen.
    pub async fn signal(&self, id: Uuid) -> Result<Option<Seen<SignalRow>>, Fault> {
        self.0.signals.load_one(id).await
    }

    /// Those of these signals that may be seen.
    pub async fn signals(&self, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Seen<SignalRow>>, Fault> {
        self.0.signals.load_many(ids).await
    }

    /// The loaders of themes and feedback products.
    pub fn themes(&self) -> &ThemeLoaders {
        &self.0.themes
    }

    /// What a signal is about.
    pub async fn subjects(&self, signal: Uuid) -> Result<Subjects, Fault> {
        Ok(self.0.subjects.load_one(signal).await?.unwrap_or_default())
    }

    /// A signal's grants, of the own inspectorate.
    pub async fn grants(&self, signal: Uuid) -> Result<Vec<Explained>, Fault> {
        Ok(self.0.grants.load_one(signal).await?.unwrap_or_default())
    }

    /// The grants through which the caller sees a signal.
    pub async fn grounds(&self, signal: Uuid) -> Result<Vec<Explained>, Fault> {
        Ok(self.0.grounds.load_one(signal).await?.unwrap_or_default())
    }

    /// The triages of a signal in which the own inspectorate takes part.
    pub async fn triages(&self, signal: Uuid) -> Result<Vec<Triage>, Fault> {
        Ok(self.0.triages.load_one(signal).await?.unwrap_or_default())
    }

    /// A personal field of a signal, or why it stays masked.
    pub async fn personal(&self, signal: Uuid, field: PersonalField) -> Result<Result<Personal, MaskReason>, Fault> {
        Ok(self
            .0
            .personal
            .load_one((signal, field))
            .await?
            .unwrap_or_else(|| Ok(Personal::default())))
    }

    /// The pseudonyms in a personal field of a signal, or why they stay masked.
    pub async fn pseudonyms(&self, signal: Uuid, field: PersonalField) -> Result<Result<Vec<Uuid>, MaskReason>, Fault> {
        let found = self.0.pseudonyms.load_one((signal, field)).await?;
        Ok(found.unwrap_or_else(|| Ok(Vec::new())))
    }

    /// An organisation.
    pub async fn organisation(&self, id: Uuid) -> Result<Option<organisation::Model>, Fault> {
        self.0.organisations.load_one(id).await
    }

    /// What the owner of a signal chose for those who may not see it.
    pub async fn chosen(&self, signal: Uuid) -> Result<Existence, Fault> {
        Ok(self.0.chosen.load_one(signal).await?.unwrap_or_default())
    }

    /// The code of a safety region.
    pub async fn regions(&self, ids: Vec<Uuid>) -> Result<HashMap<Uuid, String>, Fault> {
        self.0.regions.load_many(ids).await
    }

    /// Lets one more party be counted in this request. The gateway asks for many parties in one request, whose cost the
    /// schema's own weighing does not see.
    pub fn one_more_count(&self) -> Result<(), Fault> {
        if self.0.counts.fetch_add(1, Ordering::Relaxed) < COUNTS_MAXIMUM {
            Ok(())
        } else {
            Err(Fault::new(Code::TooDeep))
        }
    }

    /// The newest signals about a party.
    pub async fn newest_about(&self, party: Uuid, limit: u64) -> Result<About<SignalRow>, Fault> {
        Ok(self.0.about.load_one((party, limit)).await?.unwrap_or_default())
    }
}

struct Signals(Arc<Session>);

impl Loader<Uuid> for Signals {
    type Value = Seen<SignalRow>;
    type Error = Fault;

    async fn load(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, Fault> {
        let reader = self.0.reader().await?;
        Ok(signal::by_ids(&reader, ids)
            .await?
            .into_iter()
            .map(|row| (row.id, row))
            .collect())
    }
}

struct SubjectsOf(Arc<Session>);

impl Loader<Uuid> for SubjectsOf {
    type Value = Subjects;
    type Error = Fault;

    async fn load(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Subjects>, Fault> {
        signal::subjects(&self.0.reader().await?, ids).await
    }
}

fn by_signal(rows: Vec<Explained>) -> HashMap<Uuid, Vec<Explained>> {
    rows.into_iter().fold(HashMap::new(), |mut all, explained| {
        all.entry(explained.row.record_id)
            .or_insert_with(Vec::new)
            .push(explained);
        all
    })
}

struct Grants(Arc<Session>);

impl Loader<Uuid> for Grants {
    type Value = Vec<Explained>;
    type Error = Fault;

    async fn load(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, Fault> {
        let reader = self.0.reader().await?;
        let rows = grant::of::<SignalRow>(&reader, ids).await?;
        Ok(by_signal(grant::explain(&reader, rows).await?))
    }
}

struct Grounds(Arc<Session>);

impl Loader<Uuid> for Grounds {
    type Value = Vec<Explained>;
    type Error = Fault;

    async fn load(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, Fault> {
        let reader = self.0.reader().await?;
        let rows = grant::through::<SignalRow>(&reader, ids).await?;
        Ok(by_signal(grant::explain(&reader, rows).await?))
    }
}

struct PersonalOf(Arc<Session>);

impl Loader<(Uuid, PersonalField)> for PersonalOf {
    type Value = Result<Personal, MaskReason>;
    type Error = Fault;

    async fn load(&self, keys: &[(Uuid, PersonalField)]) -> Result<HashMap<(Uuid, PersonalField), Self::Value>, Fault> {
        let reader = self.0.reader().await?;
        let mut fields: HashMap<PersonalField, Vec<Uuid>> = HashMap::new();
        for (id, field) in keys {
            fields.entry(*field).or_default().push(*id);
        }
        let mut values = HashMap::new();
        for (field, ids) in fields {
            match signal::personal(&reader, field.name(), &ids).await? {
                Ok(found) => values.extend(found.into_iter().map(|(id, personal)| ((id, field), Ok(personal)))),
                Err(reason) => values.extend(ids.into_iter().map(|id| ((id, field), Err(reason)))),
            }
        }
        Ok(values)
    }
}

struct PseudonymsOf(Arc<Session>);

impl Loader<(Uuid, PersonalField)> for PseudonymsOf {
    type Value = Result<Vec<Uuid>, MaskReason>;
    type Error = Fault;

    async fn load(&self, keys: &[(Uuid, PersonalField)]) -> Result<HashMap<(Uuid, PersonalField), Self::Value>, Fault> {
        let reader = self.0.reader().await?;
        let mut values = HashMap::new();
        for field in PersonalField::ALL {
            let ids: Vec<Uuid> = keys
                .iter()
                .filter(|(_, asked)| *asked == field)
                .map(|(id, _)| *id)
                .collect();
            if ids.is_empty() {
                continue;
            }
            let found = match field {
                PersonalField::Reporter => person::reporters(&reader, &ids).await?,
                PersonalField::PersonsInvolved => person::of(&reader, &ids).await?,
            };
            match found {
                Ok(found) => values.extend(found.into_iter().map(|(id, all)| ((id, field), Ok(all)))),
                Err(reason) => values.extend(ids.into_iter().map(|id| ((id, field), Err(reason)))),
            }
        }
        Ok(values)
    }
}

struct Organisations(Arc<Session>);

impl Loader<Uuid> for Organisations {
    type Value = organisation::Model;
    type Error = Fault;

    async fn load(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, Fault> {
        let rows = organisation::Entity::find().filter(organisation::Column::Id.is_in(ids.iter().copied()));
        let rows = self.0.reader().await?.reference(rows).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

struct ChosenOf(Arc<Session>);

impl Loader<Uuid> for ChosenOf {
    type Value = Existence;
    type Error = Fault;

    async fn load(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Existence>, Fault> {
        let rows = discovery::chosen(&self.0.reader().await?, ids).await?;
        let chosen = |row: DiscoveryRow| {
            let existence = Existence {
                discoverable: access::Discoverable::from_number(row.mode).unwrap_or_default(),
                closed: row.closed,
            };
            (row.signal_id, existence)
        };
        Ok(rows.into_iter().map(chosen).collect())
    }
}

struct Regions(Arc<Session>);

impl Loader<Uuid> for Regions {
    type Value = String;
    type Error = Fault;

    async fn load(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, String>, Fault> {
        let rows = safety_region::Entity::find().filter(safety_region::Column::Id.is_in(ids.iter().copied()));
        let rows = self.0.reader().await?.reference(rows).await?;
        Ok(rows.into_iter().map(|row| (row.id, row.code)).collect())
    }
}

/// The most parties whose signals are counted in one request.
const COUNTS_MAXIMUM: usize = 20;

/// The most signals that are fetched about all subjects of one request together. The gateway asks for many parties in
/// one request, whose cost the schema's own weighing does not see.
const ABOUT_MAXIMUM: u64 = 30_000;

struct AboutParty(Arc<Session>);

impl Loader<(Uuid, u64)> for AboutParty {
    type Value = About<SignalRow>;
    type Error = Fault;

    async fn load(&self, keys: &[(Uuid, u64)]) -> Result<HashMap<(Uuid, u64), Self::Value>, Fault> {
        let reader = self.0.reader().await?;
        let mut limits: HashMap<u64, Vec<Uuid>> = HashMap::new();
        for (subject, limit) in keys {
            limits.entry(*limit).or_default().push(*subject);
        }
        let mut lists = HashMap::new();
        for (limit, subjects) in limits {
            if limit.saturating_mul(subjects.len() as u64) > ABOUT_MAXIMUM {
                return Err(Fault::new(Code::TooDeep));
            }
            let found = list::newest_about(&reader, &subjects, limit).await?;
            lists.extend(found.into_iter().map(|(subject, rows)| ((subject, limit), rows)));
        }
        Ok(lists)
    }
}

struct Triages(Arc<Session>);

impl Loader<Uuid> for Triages {
    type Value = Vec<Triage>;
    type Error = Fault;

    async fn load(&self, signals: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, Fault> {
        let reader = self.0.reader().await?;
        let mut all: HashMap<Uuid, Vec<Triage>> = HashMap::new();
        for triage in triage::of(&reader, signals).await? {
            all.entry(triage.row.signal_id).or_default().push(triage);
        }
        Ok(all)
    }
}
