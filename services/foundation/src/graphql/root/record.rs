//! The part of a root's graph type that all roots have: its marks, whom it is shared with, why the caller sees it.
//!
//! A root's type is a `MergedObject` of [`Record`] and a part with what it says itself.

use std::borrow::Cow;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;

use access::{Operation, Relation};
use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Enum, ID, Object, TypeName};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{Contact, Grant, Ground};
use crate::fault::{Code, Fault};
use crate::graphql::kit::{Date, DateTime, LIST_COST, MaskedBecause, MaskedField, Rank, State, Tlp, UseLimit};
use crate::reference::organisation;
use crate::root::sharing::{self, Explained};
use crate::root::{Of, Root, Subjects, subject};
use crate::session::{About, Protected, Seen, Session};
use crate::{clock, ids};

/// A root that the graph shows.
pub trait Shown: Root {
    /// The prefix of its ids.
    const PREFIX: &'static str;
    /// What can be done with one, for whoever may.
    const ACTIONS: &'static [Operation];
}

/// What hangs on records of one kind, loaded for a whole page at once.
pub struct Beside<R: Root> {
    session: Arc<Session>,
    loader: DataLoader<Batches<R>>,
}

impl<R: Root> Beside<R> {
    /// The loaders of a session.
    pub fn new(session: Arc<Session>) -> Self {
        let batches = Batches(session.clone(), PhantomData);
        let loader = DataLoader::new(batches, tokio::spawn);
        Self { session, loader }
    }

    /// What a record that was seen is about.
    ///
    /// # Errors
    /// The database's.
    pub async fn subjects(&self, record: Uuid) -> Result<Subjects, Fault> {
        Ok(self.loader.load_one(SubjectsOf(record)).await?.unwrap_or_default())
    }

    /// The newest records about a subject, for all subjects of the request together.
    ///
    /// # Errors
    /// `TOO_DEEP`; the database's.
    pub async fn about(&self, subject: Uuid, limit: u64) -> Result<About<R>, Fault> {
        Ok(self
            .loader
            .load_one(AboutKey(subject, limit))
            .await?
            .unwrap_or_default())
    }

    /// The session.
    pub fn session(&self) -> &Session {
        &self.session
    }
}

/// A record that was seen, with the way to what hangs on it.
pub struct At<R: Root> {
    /// The record.
    pub seen: Seen<R>,
    /// The way to what hangs on it.
    pub beside: Arc<Beside<R>>,
}

impl<R: Root> At<R> {
    /// Whether the caller may do this to it.
    ///
    /// # Errors
    /// The database's.
    pub async fn may(&self, operation: Operation) -> Result<bool, Fault> {
        let reader = self.beside.session.reader().await?;
        let relation = if self.seen.own() {
            Relation::Own(self.seen.head().state()?)
        } else {
            Relation::Others
        };
        Ok(access::decide(&reader.scope().caller.roles, operation, relation).is_ok())
    }
}

/// What every root shows.
pub struct Record<R: Root>(pub Arc<At<R>>);

impl<R: Root> Clone for Record<R> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

// Parts that are merged must differ in name, though no name of a part reaches the schema.
impl<R: Root> TypeName for Record<R> {
    fn type_name() -> Cow<'static, str> {
        format!("Record_{}", Of::<R>::KIND).into()
    }
}

/// What the caller may do with a record (toegestane handeling).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordAction {
    /// Wijzigen.
    Edit,
    /// Publiceren.
    Publish,
    /// Rubriceren.
    Label,
    /// Delen.
    Share,
    /// Een deling intrekken.
    Revoke,
    /// Intrekken.
    Retract,
}

/// What every root shows.
#[Object(name_type)]
impl<R: Shown> Record<R> {
    /// Its id.
    async fn id(&self) -> ID {
        ids::write(R::PREFIX, self.0.seen.head().id)
    }

    /// Its version (versie); give it with a change, so that nobody's change is overwritten unseen.
    async fn version(&self) -> i32 {
        self.0.seen.head().version
    }

    /// Where it is in its life (staat).
    async fn state(&self) -> Result<State, Fault> {
        Ok(self.0.seen.head().state()?.into())
    }

    /// Its formal classification (rubricering).
    async fn rank(&self) -> Result<Rank, Fault> {
        Ok(self.0.seen.head().labels()?.rank.into())
    }

    /// How wide it may be shared (deelmarkering, TLP 2.0).
    async fn tlp(&self) -> Result<Tlp, Fault> {
        Ok(self.0.seen.head().labels()?.tlp.into())
    }

    /// What a reader may do with it (gebruiksbeperking).
    async fn use_limit(&self) -> Result<UseLimit, Fault> {
        Ok(self.0.seen.head().labels()?.use_limit.into())
    }

    /// The last Dutch date on which it is kept (bewaren tot en met).
    async fn retain_until(&self) -> Date {
        Date(clock::last_date_before(self.0.seen.head().retain_until))
    }

    /// Why it was retracted (reden van intrekking).
    async fn retraction(&self) -> Option<String> {
        self.0.seen.head().retraction
    }

    /// The fields that are null because the caller may not see them (afgeschermde velden). Says nothing about whether
    /// they have a value.
    async fn masked_fields(&self) -> Result<Vec<MaskedField>, Fault> {
        if self.0.may(Operation::ReadGrants).await? {
            return Ok(Vec::new());
        }
        Ok(vec![MaskedField {
            field: "grants".to_owned(),
            reason: MaskedBecause::NotOwner,
        }])
    }

    /// Why the caller sees it (grond van inzage): as owner, or through which grants.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn visible_because(&self) -> Result<Vec<Ground>, Fault> {
        let head = self.0.seen.head();
        let (id, retain_until) = (head.id, head.retain_until);
        let through = self.0.beside.loader.load_one(GroundsOf(id)).await?.unwrap_or_default();
        let own = self.0.seen.own().then(|| Ground::own(retain_until));
        let through = through.into_iter().map(|grant| Ground::through(grant, retain_until));
        Ok(own.into_iter().chain(through).collect())
    }

    /// What the caller may do with it (toegestane handelingen).
    async fn permitted_actions(&self) -> Result<Vec<RecordAction>, Fault> {
        let actions = [
            (RecordAction::Edit, Operation::Edit),
            (RecordAction::Publish, Operation::Publish),
            (RecordAction::Label, Operation::Label),
            (RecordAction::Share, Operation::Grant),
            (RecordAction::Revoke, Operation::Revoke),
            (RecordAction::Retract, Operation::Retract),
        ];
        let mut permitted = Vec::new();
        for (action, operation) in actions {
            if R::ACTIONS.contains(&operation) && self.0.may(operation).await? {
                permitted.push(action);
            }
        }
        Ok(permitted)
    }

    /// Whom to call about it (aanspreekpunt).
    async fn contact(&self) -> Result<Contact, Fault> {
        let owner = self.0.seen.head().owner_id;
        let owner = self.0.beside.loader.load_one(Owner(owner)).await?;
        let owner = owner.ok_or_else(|| Fault::broken("a record of an organisation that does not exist"))?;
        Ok(owner.into())
    }

    /// Whom it is shared with (delingen). Only for the owner's side: null for others, and then named in `maskedFields`.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn grants(&self) -> Result<Option<Vec<Grant>>, Fault> {
        if !self.0.may(Operation::ReadGrants).await? {
            return Ok(None);
        }
        let id = self.0.seen.head().id;
        let grants = self.0.beside.loader.load_one(GrantsOf(id)).await?.unwrap_or_default();
        Ok(Some(grants.into_iter().map(Grant::from).collect()))
    }

    /// Since when a legal hold keeps it from being erased (bewaarplicht); told to the owner's side alone.
    async fn held_since(&self) -> Option<DateTime> {
        let head = self.0.seen.head();
        head.held_at.filter(|_| self.0.seen.own()).map(DateTime)
    }

    /// Since when its sharing is frozen (bevroren): its grants stand, but none counts. Told to the owner's side alone.
    async fn sharing_frozen_since(&self) -> Option<DateTime> {
        let head = self.0.seen.head();
        head.frozen_at.filter(|_| self.0.seen.own()).map(DateTime)
    }

    /// When it was recorded (vastgelegd op).
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.seen.head().created_at)
    }

    /// When it was last changed (gewijzigd op).
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.seen.head().updated_at)
    }
}

/// The most records that are fetched about all subjects of one request together. The gateway asks for many parties in
/// one request, whose cost the schema's own weighing does not see.
const ABOUT_MAXIMUM: u64 = 30_000;

struct Batches<R>(Arc<Session>, PhantomData<fn() -> R>);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct SubjectsOf(Uuid);
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct GrantsOf(Uuid);
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct GroundsOf(Uuid);
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Owner(Uuid);
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct AboutKey(Uuid, u64);

impl<R: Root> Loader<SubjectsOf> for Batches<R> {
    type Value = Subjects;
    type Error = Fault;

    async fn load(&self, keys: &[SubjectsOf]) -> Result<HashMap<SubjectsOf, Subjects>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let found = subject::of::<R>(&self.0.reader().await?, &ids).await?;
        Ok(found
            .into_iter()
            .map(|(id, subjects)| (SubjectsOf(id), subjects))
            .collect())
    }
}

fn by_record<K: Eq + std::hash::Hash>(rows: Vec<Explained>, key: fn(Uuid) -> K) -> HashMap<K, Vec<Explained>> {
    let mut all: HashMap<K, Vec<Explained>> = HashMap::new();
    for explained in rows {
        all.entry(key(explained.row.record_id)).or_default().push(explained);
    }
    all
}

impl<R: Root> Loader<GrantsOf> for Batches<R> {
    type Value = Vec<Explained>;
    type Error = Fault;

    async fn load(&self, keys: &[GrantsOf]) -> Result<HashMap<GrantsOf, Self::Value>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let reader = self.0.reader().await?;
        let rows = sharing::of::<R>(&reader, &ids).await?;
        Ok(by_record(sharing::explain(&reader, rows).await?, GrantsOf))
    }
}

impl<R: Root> Loader<GroundsOf> for Batches<R> {
    type Value = Vec<Explained>;
    type Error = Fault;

    async fn load(&self, keys: &[GroundsOf]) -> Result<HashMap<GroundsOf, Self::Value>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let reader = self.0.reader().await?;
        let rows = sharing::through::<R>(&reader, &ids).await?;
        Ok(by_record(sharing::explain(&reader, rows).await?, GroundsOf))
    }
}

impl<R: Root> Loader<Owner> for Batches<R> {
    type Value = organisation::Model;
    type Error = Fault;

    async fn load(&self, keys: &[Owner]) -> Result<HashMap<Owner, Self::Value>, Fault> {
        let rows = organisation::Entity::find().filter(organisation::Column::Id.is_in(keys.iter().map(|key| key.0)));
        let rows = self.0.reader().await?.reference(rows).await?;
        Ok(rows.into_iter().map(|row| (Owner(row.id), row)).collect())
    }
}

impl<R: Root> Loader<AboutKey> for Batches<R> {
    type Value = About<R>;
    type Error = Fault;

    async fn load(&self, keys: &[AboutKey]) -> Result<HashMap<AboutKey, Self::Value>, Fault> {
        let reader = self.0.reader().await?;
        let mut limits: HashMap<u64, Vec<Uuid>> = HashMap::new();
        for AboutKey(subject, limit) in keys {
            limits.entry(*limit).or_default().push(*subject);
        }
        let mut lists = HashMap::new();
        for (limit, subjects) in limits {
            if limit.saturating_mul(subjects.len() as u64) > ABOUT_MAXIMUM {
                return Err(Fault::new(Code::TooDeep));
            }
            let found = reader.newest_per_subject::<Of<R>>(&subjects, limit).await?;
            lists.extend(
                found
                    .into_iter()
                    .map(|(subject, about)| (AboutKey(subject, limit), about)),
            );
        }
        Ok(lists)
    }
}
