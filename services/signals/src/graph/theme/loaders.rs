//! Loaders of themes and feedback products: a query per kind for a whole page.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::{DataLoader, Loader};
use foundation::{Fault, Seen, Session};
use uuid::Uuid;

use crate::store::{SourceRow, ThemeRow, feedback, theme};

/// The loaders of a session.
pub struct ThemeLoaders {
    themes: DataLoader<Themes>,
    sources: DataLoader<Sources>,
    of_signals: DataLoader<OfSignals>,
    addressees: DataLoader<Addressees>,
}

impl ThemeLoaders {
    /// The loaders of a session.
    pub fn new(session: &Arc<Session>) -> Self {
        let of = || session.clone();
        Self {
            themes: DataLoader::new(Themes(of()), tokio::spawn),
            sources: DataLoader::new(Sources(of()), tokio::spawn),
            of_signals: DataLoader::new(OfSignals(of()), tokio::spawn),
            addressees: DataLoader::new(Addressees(of()), tokio::spawn),
        }
    }

    /// A theme that may be seen.
    pub async fn theme(&self, id: Uuid) -> Result<Option<Seen<ThemeRow>>, Fault> {
        self.themes.load_one(id).await
    }

    /// The signals that a theme rests on, those that have left its list among them.
    pub async fn sources(&self, theme: Uuid) -> Result<Vec<SourceRow>, Fault> {
        Ok(self.sources.load_one(theme).await?.unwrap_or_default())
    }

    /// The themes of which a signal is a member.
    pub async fn of_signal(&self, signal: Uuid) -> Result<Vec<Seen<ThemeRow>>, Fault> {
        Ok(self.of_signals.load_one(signal).await?.unwrap_or_default())
    }

    /// The parties to whom a product of the own side is addressed.
    pub async fn addressees(&self, product: Uuid) -> Result<Vec<Uuid>, Fault> {
        Ok(self.addressees.load_one(product).await?.unwrap_or_default())
    }
}

struct Themes(Arc<Session>);

impl Loader<Uuid> for Themes {
    type Value = Seen<ThemeRow>;
    type Error = Fault;

    async fn load(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, Fault> {
        let rows = theme::by_ids(&self.0.reader().await?, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

struct Sources(Arc<Session>);

impl Loader<Uuid> for Sources {
    type Value = Vec<SourceRow>;
    type Error = Fault;

    async fn load(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, Fault> {
        theme::sources(&self.0.reader().await?, ids).await
    }
}

struct OfSignals(Arc<Session>);

impl Loader<Uuid> for OfSignals {
    type Value = Vec<Seen<ThemeRow>>;
    type Error = Fault;

    async fn load(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, Fault> {
        theme::of_signals(&self.0.reader().await?, ids).await
    }
}

struct Addressees(Arc<Session>);

impl Loader<Uuid> for Addressees {
    type Value = Vec<Uuid>;
    type Error = Fault;

    async fn load(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, Fault> {
        feedback::parties(&self.0.reader().await?, ids).await
    }
}
