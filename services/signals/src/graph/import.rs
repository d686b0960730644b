//! Import profiles and deliveries of case systems.

use async_graphql::{Context, Enum, Error, ID, InputObject, Object, SimpleObject};
use foundation::graphql::kit::DateTime;
use foundation::{Fault, Language, ids};
use serde::{Deserialize, Serialize};

use super::door::door;
use super::input::{GrantInput, SignalInput};
use crate::graph::raise;
use crate::model::profile::{ImportProfile as Mapping, hash};
use crate::store::import::{self, Item, Outcome};
use crate::store::profile;
use crate::store::upsert::{self, Once};

/// Import profile (importprofiel): a mapping that a data steward of the inspectorate approves before it can be used.
#[derive(SimpleObject, Clone, Debug)]
pub struct ImportProfile {
    /// What it is called.
    name: String,
    /// SHA-256 of the mapping's bytes, in hexadecimal: by this a delivery names it.
    hash: String,
    /// The mapping's text.
    mapping: String,
    /// When it was proposed.
    proposed_at: DateTime,
    /// When a data steward approved it; null while it waits.
    approved_at: Option<DateTime>,
}

impl From<Mapping> for ImportProfile {
    fn from(profile: Mapping) -> Self {
        Self {
            name: profile.name,
            hash: profile.hash,
            mapping: profile.mapping,
            proposed_at: DateTime(profile.proposed_at),
            approved_at: profile.approved_at.map(DateTime),
        }
    }
}

/// One signal of a delivery.
#[derive(InputObject)]
pub struct ImportItem {
    /// The line of the delivered file at which it begins; told back with the outcome.
    line: i32,
    /// Only if the stored signal has this version (versie); 0 only if there is none yet; whatever is there where nothing is
    /// said.
    version: Option<i32>,
    /// The signal; its external reference is required.
    signal: SignalInput,
    /// Whether it is brought out at once.
    #[graphql(default = true)]
    publish: bool,
    /// Whom it is shared with: only what the approved profile has.
    #[graphql(default)]
    grants: Vec<GrantInput>,
}

impl ImportItem {
    /// The item with its ids read.
    pub fn read(self) -> Item {
        let grants = self.grants.into_iter().map(GrantInput::read).collect();
        Item {
            line: self.line,
            version: self.version,
            draft: self.signal.read(),
            publish: self.publish,
            grants,
        }
    }
}

/// What became of an item (uitkomst).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImportOutcome {
    /// Nieuw.
    Created,
    /// Gewijzigd.
    Changed,
    /// Ongewijzigd.
    Unchanged,
    /// Geweigerd.
    Rejected,
}

/// Why an item was left out (reden van weigering).
#[derive(SimpleObject, Clone, Debug, Serialize, Deserialize)]
pub struct ImportError {
    /// The stable code.
    code: String,
    /// The field, as a path within the item.
    field: Option<String>,
    /// What is wrong and how to mend it.
    message: String,
}

/// What became of one item.
#[derive(SimpleObject, Clone, Debug, Serialize, Deserialize)]
pub struct ImportItemResult {
    /// The line that the item gave.
    line: i32,
    /// What became of it.
    outcome: ImportOutcome,
    /// The signal, unless it was left out.
    id: Option<ID>,
    /// The signal's version now; give it with the next change.
    version: Option<i32>,
    /// Why it was left out.
    errors: Vec<ImportError>,
}

/// What became of a delivery (leveringsverslag).
#[derive(SimpleObject, Clone, Debug, Serialize, Deserialize)]
pub struct ImportResult {
    /// Each item's outcome, in the order of the delivery.
    results: Vec<ImportItemResult>,
    /// How many are new.
    created: i32,
    /// How many were known and are different now.
    changed: i32,
    /// How many were known and are the same.
    unchanged: i32,
    /// How many were left out.
    rejected: i32,
}

impl ImportResult {
    /// The report in the caller's language.
    pub fn of(outcomes: Vec<(i32, Outcome)>, language: Language) -> Self {
        let result = |(line, outcome): (i32, Outcome)| {
            let (outcome, stands, faults) = match outcome {
                Outcome::Created(id, version) => (ImportOutcome::Created, Some((id, version)), Vec::new()),
                Outcome::Changed(id, version) => (ImportOutcome::Changed, Some((id, version)), Vec::new()),
                Outcome::Unchanged(id, version) => (ImportOutcome::Unchanged, Some((id, version)), Vec::new()),
                Outcome::Rejected(faults) => (ImportOutcome::Rejected, None, faults),
            };
            let error = |fault: Fault| ImportError {
                code: fault.code().name().to_owned(),
                field: fault.field().map(str::to_owned),
                message: fault.sentence(language),
            };
            ImportItemResult {
                line,
                outcome,
                id: stands.map(|(id, _)| ids::write(ids::prefix::SIGNAL, id)),
                version: stands.map(|(_, version)| version),
                errors: faults.into_iter().map(error).collect(),
            }
        };
        let results: Vec<_> = outcomes.into_iter().map(result).collect();
        let count =
            |wanted| i32::try_from(results.iter().filter(|item| item.outcome == wanted).count()).unwrap_or(i32::MAX);
        Self {
            created: count(ImportOutcome::Created),
            changed: count(ImportOutcome::Changed),
            unchanged: count(ImportOutcome::Unchanged),
            rejected: count(ImportOutcome::Rejected),
            results,
        }
    }
}

/// What was asked, word by word.
fn asked(context: &Context<'_>) -> Result<String, Error> {
    let arguments = context.field().arguments()?;
    let arguments: Vec<String> = arguments
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    Ok(hash(&arguments.join("\n")))
}

/// Questions about import profiles.
#[derive(Default)]
pub struct ImportQuery;

/// Questions about import profiles.
#[Object]
impl ImportQuery {
    /// The import profiles of the own inspectorate (importprofielen), newest first.
    async fn import_profiles(&self, context: &Context<'_>) -> Result<Option<Vec<ImportProfile>>, Fault> {
        let reader = door(context).session().reader().await?;
        let own = profile::own(&reader, None).await?;
        Ok(Some(own.into_iter().map(ImportProfile::from).collect()))
    }

    /// An import profile of the own inspectorate, by the hash of its mapping.
    async fn import_profile(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "SHA-256 of the mapping's bytes, in hexadecimal.")] hash: String,
    ) -> Result<Option<ImportProfile>, Fault> {
        let reader = door(context).session().reader().await?;
        Ok(profile::own(&reader, Some(&hash)).await?.pop().map(ImportProfile::from))
    }
}

/// Deliveries of case systems.
#[derive(Default)]
pub struct ImportMutation;

/// Deliveries of case systems.
#[Object]
impl ImportMutation {
    /// Takes a case system's delivery in (levering), at most 500 signals, known again by their external reference.
    async fn import_signals(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The hash of the approved import profile.")] profile: String,
        #[graphql(desc = "The signals.")] items: Vec<ImportItem>,
        #[graphql(default_with = "Some(false)", desc = "Only say what would become of them.")] dry_run: Option<bool>,
    ) -> Result<Option<ImportResult>, Error> {
        let session = door(context).session();
        let items = items.into_iter().map(ImportItem::read).collect();
        let outcomes = import::import(session, &profile, items, dry_run.unwrap_or(false)).await?;
        Ok(Some(ImportResult::of(outcomes, session.stated().language)))
    }

    /// Brings a case system's signals in step with the platform (bijwerken), at most 500, known again by their external
    /// reference. What is wrong is told and left out, the rest stands. With an idempotency key a retry gives the first
    /// answer and does nothing.
    async fn upsert_signals(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The hash of the approved import profile.")] profile: String,
        #[graphql(desc = "The signals.")] items: Vec<ImportItem>,
        #[graphql(desc = "A key of the caller's own for this request, at most 200 characters; kept for a week.")]
        idempotency_key: Option<String>,
        #[graphql(default_with = "Some(false)", desc = "Only say what would become of them.")] dry_run: Option<bool>,
    ) -> Result<Option<ImportResult>, Error> {
        let session = door(context).session();
        let language = session.stated().language;
        let items = items.into_iter().map(ImportItem::read).collect();
        let dry_run = dry_run.unwrap_or(false);
        let told = |outcomes| ImportResult::of(outcomes, language);
        let Some(key) = idempotency_key.filter(|_| !dry_run) else {
            let outcomes = import::import(session, &profile, items, dry_run).await?;
            return Ok(Some(told(outcomes)));
        };
        let once = Once {
            key,
            asked: asked(context)?,
        };
        Ok(Some(upsert::once(session, &profile, items, once, told).await?))
    }

    /// Puts an import profile (importprofiel) up for approval by the own inspectorate's data steward.
    async fn propose_import_profile(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is called, at most 200 characters.")] name: String,
        #[graphql(desc = "The mapping's text, exactly as in its file.")] mapping: String,
    ) -> Result<Option<ImportProfile>, Error> {
        let session = door(context).session();
        let profile = profile::propose(session, name, mapping)
            .await
            .map_err(|faults| raise(context, faults))?;
        Ok(Some(profile.into()))
    }

    /// Approves an import profile of the own inspectorate (goedkeuren).
    async fn approve_import_profile(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The hash of the mapping that was read and found good.")] hash: String,
    ) -> Result<Option<ImportProfile>, Error> {
        Ok(Some(profile::approve(door(context).session(), &hash).await?.into()))
    }
}
