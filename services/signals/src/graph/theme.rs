//! Theme, as the graph shows it.

mod list;
mod loaders;
mod mutation;
mod query;

use std::sync::Arc;

use access::{Operation, Relation};
use async_graphql::{Enum, ID, Object};
use foundation::graphql::kit::{DateTime, LIST_COST, Rank, Tlp, UseLimit};
use foundation::{Fault, Seen, ids};

use super::door::Door;
use super::signal::{At, Organisation, Signal};
use crate::store::{SignalRow, SourceRow, ThemeRow};
pub use loaders::ThemeLoaders;
pub use mutation::{ThemeMutation, theme_id};
pub use query::ThemeQuery;

/// Recurring theme (rode draad): what keeps coming back in several signals, named by a human.
#[derive(Clone)]
pub struct Theme {
    seen: Seen<ThemeRow>,
    door: Door,
}

/// Where a theme is in its life (staat).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "access::State")]
pub enum ThemeState {
    /// Concept: put forward, its owner's alone until an inspector or coordinator brings it out.
    #[graphql(name = "DRAFT")]
    Draft,
    /// Benoemd: seen by who sees all its signals.
    #[graphql(name = "NAMED")]
    Published,
    /// Beëindigd: only its owner keeps it.
    #[graphql(name = "ENDED")]
    Retracted,
}

/// What the caller may do with a theme (toegestane handeling).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThemeAction {
    /// Wijzigen.
    Edit,
    /// Benoemen: bring a draft out.
    Publish,
    /// Beëindigen.
    End,
    /// Terugkoppelen: write a feedback product from it.
    RecordFeedback,
}

impl Theme {
    /// A theme that was seen, with the way to its signals.
    pub fn new(seen: Seen<ThemeRow>, door: Door) -> Self {
        Self { seen, door }
    }

    async fn sources(&self) -> Result<Vec<(SourceRow, Seen<SignalRow>)>, Fault> {
        let sources = self.door.themes().sources(self.seen.id).await?;
        let signals = sources.iter().map(|source| source.signal_id).collect();
        let mut signals = self.door.signals(signals).await?;
        let hidden = || Fault::broken("a theme that is seen without one of its signals");
        let with_signal = |source: SourceRow| {
            let signal = signals.remove(&source.signal_id).ok_or_else(hidden)?;
            Ok((source, signal))
        };
        sources.into_iter().map(with_signal).collect()
    }

    async fn marks<T: Ord>(&self, of: impl Fn(&SignalRow) -> Option<T>) -> Result<Vec<T>, Fault> {
        let unknown = || Fault::broken("a stored value outside its enumeration");
        let sources = self.sources().await?;
        let marks = sources.iter().map(|(_, signal)| of(signal).ok_or_else(unknown));
        let mut marks: Vec<T> = marks.collect::<Result<_, _>>()?;
        marks.sort_unstable();
        marks.dedup();
        Ok(marks)
    }

    async fn strictest<T: Ord>(&self, of: impl Fn(&SignalRow) -> Option<T>) -> Result<T, Fault> {
        let strictest = self.marks(of).await?.pop();
        strictest.ok_or_else(|| Fault::broken("a theme without a signal"))
    }
}

/// Recurring theme (rode draad): what keeps coming back in several signals, named by a human. Seen by who sees every
/// signal that it rests on.
#[Object]
impl Theme {
    /// Its id, `thm_…`.
    async fn id(&self) -> ID {
        ids::write(ids::prefix::THEME, self.seen.id)
    }

    /// Its version; give it with a change, so that nobody's change is overwritten unseen.
    async fn version(&self) -> i32 {
        self.seen.version
    }

    /// Its title (titel).
    async fn title(&self) -> &str {
        &self.seen.title
    }

    /// What recurs, and why that matters (omschrijving).
    async fn description(&self) -> &str {
        &self.seen.description
    }

    /// Where it is in its life (staat).
    async fn state(&self) -> Result<ThemeState, Fault> {
        let state = access::State::from_number(self.seen.state);
        Ok(state
            .ok_or_else(|| Fault::broken("a stored value outside its enumeration"))?
            .into())
    }

    /// Why it was ended (reden van beëindiging).
    async fn ended_because(&self) -> Option<&str> {
        self.seen.ended_because.as_deref()
    }

    /// The organisation that named it (eigenaar): nobody else changes it.
    async fn owner(&self) -> Option<Organisation> {
        let id = ids::write(ids::prefix::ORGANISATION, self.seen.owner_id);
        Some(Organisation { id })
    }

    /// The highest formal classification of what it rests on (rubricering).
    async fn rank(&self) -> Result<Rank, Fault> {
        let rank = self.strictest(|signal| access::Rank::from_number(signal.rank)).await?;
        Ok(rank.into())
    }

    /// The strictest mark of what it rests on (deelmarkering, TLP 2.0).
    async fn tlp(&self) -> Result<Tlp, Fault> {
        Ok(self
            .strictest(|signal| access::Tlp::from_number(signal.tlp))
            .await?
            .into())
    }

    /// Every use limit of what it rests on (gebruiksbeperkingen): all of them hold.
    async fn use_limits(&self) -> Result<Vec<UseLimit>, Fault> {
        let limits = self
            .marks(|signal| access::UseLimit::from_number(signal.use_limit).map(|limit| limit as i16))
            .await?;
        let limits = limits.into_iter().filter_map(access::UseLimit::from_number);
        Ok(limits.map(UseLimit::from).collect())
    }

    /// How many members it has: the length of `members`.
    async fn member_count(&self) -> Result<usize, Fault> {
        let sources = self.door.themes().sources(self.seen.id).await?;
        Ok(sources.iter().filter(|source| source.left_at.is_none()).count())
    }

    /// Its signals, in the order in which they were added: its evidence (onderbouwing).
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn members(&self) -> Result<Vec<ThemeMember>, Fault> {
        let member = |(source, seen): (SourceRow, Seen<SignalRow>)| ThemeMember {
            source,
            signal: Signal::new(seen, self.door.clone()),
        };
        let members = self.sources().await?.into_iter();
        Ok(members
            .filter(|(source, _)| source.left_at.is_none())
            .map(member)
            .collect())
    }

    /// What the caller may do with it (toegestane handelingen).
    async fn permitted_actions(&self) -> Result<Vec<ThemeAction>, Fault> {
        let reader = self.door.session().reader().await?;
        let state = access::State::from_number(self.seen.state);
        let state = state.ok_or_else(|| Fault::broken("a stored value outside its enumeration"))?;
        let relation = if self.seen.own() {
            Relation::Own(state)
        } else {
            Relation::Others
        };
        let actions = [
            (ThemeAction::Edit, Operation::Edit),
            (ThemeAction::Publish, Operation::Publish),
            (ThemeAction::End, Operation::Retract),
            (ThemeAction::RecordFeedback, Operation::SendFeedback),
        ];
        let roles = &reader.scope().caller.roles;
        let permitted = actions
            .into_iter()
            .filter(|(_, operation)| access::decide(roles, *operation, relation).is_ok());
        Ok(permitted.map(|(action, _)| action).collect())
    }

    /// When it was named or put forward (vastgelegd op).
    async fn created_at(&self) -> DateTime {
        DateTime(self.seen.created_at)
    }

    /// When it was last changed (gewijzigd op).
    async fn updated_at(&self) -> DateTime {
        DateTime(self.seen.updated_at)
    }
}

/// A signal of a theme (onderbouwing).
pub struct ThemeMember {
    source: SourceRow,
    signal: Signal,
}

/// A signal of a theme (onderbouwing).
#[Object]
impl ThemeMember {
    /// The signal.
    async fn signal(&self) -> &Signal {
        &self.signal
    }

    /// Why it belongs to the theme, as its owner says (reden).
    async fn reason(&self) -> Option<&str> {
        self.source.reason.as_deref()
    }

    /// Since when it is a member (toegevoegd op).
    async fn added_at(&self) -> DateTime {
        DateTime(self.source.added_at)
    }
}

/// What a signal has to do with themes: a part of the type.
#[derive(Clone)]
pub struct ThemesOfSignal(Arc<At>);

impl ThemesOfSignal {
    /// The part of a signal that was seen.
    pub fn new(at: Arc<At>) -> Self {
        Self(at)
    }
}

/// What a signal has to do with themes.
#[Object]
impl ThemesOfSignal {
    /// The themes of which it is a member (rode draden), those that the caller may see, newest first.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn themes(&self) -> Result<Vec<Theme>, Fault> {
        let themes = self.0.door.themes().of_signal(self.0.seen.id).await?;
        let theme = |seen| Theme::new(seen, self.0.door.clone());
        Ok(themes.into_iter().map(theme).collect())
    }
}
