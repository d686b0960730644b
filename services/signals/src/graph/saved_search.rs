//! Saved searches of an account, and what they newly found.

use std::collections::HashMap;
use std::sync::Arc;

use access::{Instant, Operation};
use async_graphql::{Context, Error, ID, InputObject, Object, ScalarType, SimpleObject, Value};
use foundation::graphql::kit::{COUNT_CAP, CappedCount, DateTime, PAGE_DEFAULT, PageInfo, page_cost, page_size};
use foundation::graphql::told::sealed_page;
use foundation::session::Side;
use foundation::{Fault, ids};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::door::{Door, door};
use super::filter::{SignalFilter, SignalFilterValue, SignalOrder};
use super::list::SignalConnection;
use super::signal::Signal;
use super::{at_input, raise};
use crate::model::filter::Filter;
use crate::model::saved_search::SEARCHES_MAXIMUM;
use crate::store::inbox::{self, Search, Told, Watched};
use crate::store::saved_search::{self, Change, SavedSearchRow};

/// The format in which filters are written now: the API's `SignalFilter` as JSON. What it does not say is not asked, so
/// that fields may be added; a field that would go, or mean something else, needs a next format, and a reading of this
/// one.
const FORMAT: i16 = 1;
/// What counting what is new weighs: one walk for all searches of a list.
const FRESH_COST: usize = 500;
/// What listing what is new weighs: a walk for each search.
const WALK_COST: usize = 5_000;

/// A filter as it is written.
fn write(filter: &Filter) -> (i16, String) {
    let value = ScalarType::to_value(&SignalFilterValue(filter.clone()));
    let json = value.into_json().unwrap_or(serde_json::Value::Null);
    (FORMAT, json.to_string())
}

/// A filter as it was written; `None` when it cannot be read any more.
fn read(format: i16, text: &str) -> Option<Filter> {
    if format != FORMAT {
        return None;
    }
    let value = Value::from_json(serde_json::from_str(text).ok()?).ok()?;
    let read: SignalFilterValue = ScalarType::parse(value).ok()?;
    Some(read.0)
}

/// Saved searches whose new finds are counted in one walk, when they are asked for.
pub struct Together {
    rows: Vec<SavedSearchRow>,
    from: fn(&SavedSearchRow) -> Option<Instant>,
    counts: OnceCell<Counts>,
}

/// How many each search newly found, and whether that is all of it.
type Counts = (HashMap<Uuid, u64>, bool);

impl Together {
    fn of_rows(rows: Vec<SavedSearchRow>, from: fn(&SavedSearchRow) -> Option<Instant>) -> Self {
        Self {
            rows,
            from,
            counts: OnceCell::new(),
        }
    }

    /// Those that are told in the inbox.
    ///
    /// # Errors
    /// The database's.
    pub async fn told(side: &Side<'_>) -> Result<Self, Fault> {
        let rows = match side.content() {
            Some(_) => saved_search::all(side, false).await?,
            None => Vec::new(),
        };
        Ok(Self::of_rows(rows, |row| row.told_from))
    }

    fn searches(&self) -> Vec<Search> {
        let search = |row: &SavedSearchRow| {
            Some(Search {
                id: row.id,
                filter: read(row.format, &row.filter)?,
                from: (self.from)(row)?,
            })
        };
        self.rows.iter().filter_map(search).collect()
    }

    /// Those that can be asked, ready.
    ///
    /// # Errors
    /// The database's.
    pub async fn watched(&self, side: &Side<'_>) -> Result<Vec<Watched>, Fault> {
        match side.content() {
            Some(reader) => inbox::watched(reader, self.searches()).await,
            None => Ok(Vec::new()),
        }
    }

    /// They, by their ids, as the graph shows them.
    pub fn of(&self, door: &Door) -> HashMap<Uuid, SavedSearch> {
        let all = saved(self.rows.clone(), door);
        all.into_iter().map(|search| (search.row.id, search)).collect()
    }

    async fn counts(&self, door: &Door) -> Result<&Counts, Fault> {
        let count = async || {
            let reader = door.session().reader().await?;
            let watched = inbox::watched(&reader, self.searches()).await?;
            let mut counts: HashMap<Uuid, u64> = watched.iter().map(|one| (one.id(), 0)).collect();
            let (told, stopped) = inbox::found(&reader, &watched, None, u64::MAX).await?;
            inbox::counted(
                &reader,
                format!("new to {} saved searches = {}", watched.len(), told.len()),
            );
            for search in told.iter().filter_map(|told| told.about.search()) {
                *counts.entry(search).or_default() += 1;
            }
            Ok::<_, Fault>((counts, stopped.is_none()))
        };
        self.counts.get_or_try_init(count).await
    }
}

/// Since when what a search finds is new to its account.
fn new_from(row: &SavedSearchRow) -> Option<Instant> {
    Some(row.looked_at.max(row.watched_from))
}

fn saved(rows: Vec<SavedSearchRow>, door: &Door) -> Vec<SavedSearch> {
    let together = Arc::new(Together::of_rows(rows.clone(), new_from));
    let saved = |row: SavedSearchRow| SavedSearch {
        filter: read(row.format, &row.filter),
        row,
        together: together.clone(),
        door: door.clone(),
    };
    rows.into_iter().map(saved).collect()
}

/// A saved search (bewaarde zoekopdracht): a filter with a name, of the calling account alone, under the purpose under which
/// it was saved.
#[derive(Clone)]
pub struct SavedSearch {
    row: SavedSearchRow,
    filter: Option<Filter>,
    together: Arc<Together>,
    door: Door,
}

/// A saved search (bewaarde zoekopdracht): a filter with a name, of the calling account alone, under the purpose under which
/// it was saved.
#[Object]
impl SavedSearch {
    /// Its id, `sea_…`.
    async fn id(&self) -> ID {
        ids::write(ids::prefix::SAVED_SEARCH, self.row.id)
    }

    /// Its version; give it with a change.
    async fn version(&self) -> i32 {
        self.row.version
    }

    /// Its name (naam).
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// Its filter; null when it can no longer be read, and then it finds nothing.
    async fn filter(&self) -> Option<SignalFilterValue> {
        self.filter.clone().map(SignalFilterValue)
    }

    /// Whether what it newly finds is told in the inbox (melden).
    async fn notify(&self) -> bool {
        self.row.told_from.is_some()
    }

    /// When it was saved (bewaard op).
    async fn created_at(&self) -> DateTime {
        DateTime(self.row.created_at)
    }

    /// When the account last looked (laatst bekeken), or saved it.
    async fn looked_at(&self) -> DateTime {
        DateTime(self.row.looked_at)
    }

    /// When it was deleted (verwijderd op); it can be put back for thirty days.
    async fn deleted_at(&self) -> Option<DateTime> {
        self.row.deleted_at.map(DateTime)
    }

    /// All signals that fit it now (resultaten): the list that its filter gives.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn matches(
        &self,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before, in the same order.")] after: Option<String>,
        #[graphql(default_with = "Some(SignalOrder::RecordedNewest)", desc = "In which order.")] order: Option<
            SignalOrder,
        >,
    ) -> Result<Option<SignalConnection>, Fault> {
        let Some(filter) = &self.filter else {
            return Ok(None);
        };
        let order = order.unwrap_or_default().into();
        let found = SignalConnection::find(&self.door, filter, order, first, after.as_deref());
        Ok(Some(found.await?))
    }

    /// What newly fits it and is seen since the account last looked (nieuw), in the last ninety days, newest first; each
    /// signal once. A page may be shorter than asked for and yet have a next one.
    #[graphql(complexity = "WALK_COST + page_cost(first, child_complexity)")]
    async fn new_matches(
        &self,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Option<SavedSearchMatchConnection>, Fault> {
        let size = page_size(first)?;
        let reader = self.door.session().reader().await?;
        let sealer = reader.sealer().await?;
        let before = after.as_deref().map(|after| sealer.open(after)).transpose()?;
        let continued = before.is_some();
        let alone = Together::of_rows(vec![self.row.clone()], new_from);
        let watched = inbox::watched(&reader, alone.searches()).await?;
        if watched.is_empty() {
            return Ok(None);
        }
        let (mut told, stopped) = inbox::found(&reader, &watched, before, size + 1).await?;
        let page_info = sealed_page(&mut told, size, continued, |told| &told.when, stopped.as_ref(), &sealer)?;
        inbox::shown(&reader, told.iter().map(|told| told.when.record_id));
        drop(reader);
        let node = |told: Told| SavedSearchMatch {
            told,
            door: self.door.clone(),
        };
        Ok(Some(SavedSearchMatchConnection {
            nodes: told.into_iter().map(node).collect(),
            page_info,
        }))
    }

    /// How many `newMatches` there are; null when its filter cannot be asked any more.
    #[graphql(complexity = "FRESH_COST + child_complexity")]
    async fn new_match_count(&self) -> Result<Option<CappedCount>, Fault> {
        let (counts, complete) = self.together.counts(&self.door).await?;
        let count = counts.get(&self.row.id).copied();
        Ok(count.map(|count| CappedCount::so_far(count.min(COUNT_CAP + 1), *complete)))
    }
}

/// A signal that newly fits a saved search (treffer).
pub struct SavedSearchMatch {
    told: Told,
    door: Door,
}

/// A signal that newly fits a saved search (treffer).
#[Object]
impl SavedSearchMatch {
    /// Since when it fits and is seen.
    async fn at(&self) -> DateTime {
        DateTime(self.told.when.at)
    }

    /// The signal as it is now.
    async fn signal(&self) -> Result<Option<Signal>, Fault> {
        let seen = self.door.signal(self.told.when.record_id).await?;
        Ok(seen.map(|seen| Signal::new(seen, self.door.clone())))
    }
}

/// A page of what newly fits a saved search (treffers), newest first.
#[derive(SimpleObject)]
pub struct SavedSearchMatchConnection {
    /// They.
    nodes: Vec<SavedSearchMatch>,
    /// Where the page ends.
    page_info: PageInfo,
}

/// A search to save.
#[derive(InputObject)]
pub struct SavedSearchInput {
    /// Its name (naam), at most 100 characters.
    name: String,
    /// Its filter.
    filter: SignalFilter,
    /// Whether what it newly finds is told in the inbox (melden).
    #[graphql(default = true)]
    notify: bool,
}

/// What changes of a saved search; what is left out stays.
#[derive(InputObject)]
pub struct SavedSearchEdit {
    /// Another name (naam), at most 100 characters.
    name: Option<String>,
    /// Another filter: from now on only what newly fits this one counts.
    filter: Option<SignalFilter>,
    /// Whether what it newly finds is told in the inbox (melden), from now on.
    notify: Option<bool>,
}

fn filtered(filter: SignalFilter) -> Result<(Filter, i16, String), Fault> {
    let filter = filter.read().map_err(at_input)?;
    let (format, text) = write(&filter);
    Ok((filter, format, text))
}

fn search_id(id: &ID) -> Result<Uuid, Fault> {
    ids::read(ids::prefix::SAVED_SEARCH, id).map_err(|fault| fault.at("id"))
}

async fn by_id(context: &Context<'_>, id: Uuid) -> Result<Option<SavedSearch>, Fault> {
    let door = door(context);
    let side = door.session().side(Operation::KeepSearches).await?;
    let row = saved_search::by_id(&side, id).await?;
    drop(side);
    Ok(saved(row.into_iter().collect(), door).pop())
}

/// Questions about saved searches.
#[derive(Default)]
pub struct SavedSearchQuery;

/// Questions about saved searches.
#[Object]
impl SavedSearchQuery {
    /// The account's saved searches under the stated purpose (bewaarde zoekopdrachten), by name: at most 50, which is as
    /// many as there can be.
    #[graphql(complexity = "SEARCHES_MAXIMUM * child_complexity")]
    async fn saved_searches(
        &self,
        context: &Context<'_>,
        #[graphql(
            default_with = "Some(false)",
            desc = "True: those that were deleted and can be put back."
        )]
        deleted: Option<bool>,
    ) -> Result<Option<Vec<SavedSearch>>, Fault> {
        let door = door(context);
        let side = door.session().side(Operation::KeepSearches).await?;
        let mut rows = saved_search::all(&side, deleted.unwrap_or(false)).await?;
        drop(side);
        rows.truncate(SEARCHES_MAXIMUM);
        Ok(Some(saved(rows, door)))
    }

    /// One saved search (bewaarde zoekopdracht). Null when it does not exist, is another account's, or was saved under
    /// another purpose, alike.
    async fn saved_search(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `sea_…`.")] id: ID,
    ) -> Result<Option<SavedSearch>, Fault> {
        by_id(context, search_id(&id)?).await
    }
}

/// Changes to saved searches.
#[derive(Default)]
pub struct SavedSearchMutation;

/// Changes to saved searches.
#[Object]
impl SavedSearchMutation {
    /// Saves a search (zoekopdracht bewaren), for the calling account under the stated purpose; at most 50.
    async fn save_search(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The search.")] input: SavedSearchInput,
    ) -> Result<Option<SavedSearch>, Error> {
        let change = Change {
            name: Some(input.name),
            filter: Some(filtered(input.filter)?),
            notify: Some(input.notify),
        };
        let under = |faults: Vec<Fault>| faults.into_iter().map(at_input).collect();
        let id = saved_search::save(door(context).session(), change)
            .await
            .map_err(|faults| raise(context, under(faults)))?;
        Ok(by_id(context, id).await?)
    }

    /// Changes a saved search: its name, its filter, whether it is told (wijzigen). `undoSavedSearch` takes it back.
    async fn change_saved_search(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `sea_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
        #[graphql(desc = "What changes.")] input: SavedSearchEdit,
    ) -> Result<Option<SavedSearch>, Error> {
        let id = search_id(&id)?;
        let change = Change {
            name: input.name,
            filter: input.filter.map(filtered).transpose()?,
            notify: input.notify,
        };
        let of_input = |fault: Fault| match fault.field() {
            Some("id" | "version") => fault,
            _ => at_input(fault),
        };
        saved_search::change(door(context).session(), id, version, change)
            .await
            .map_err(|faults| raise(context, faults.into_iter().map(of_input).collect()))?;
        Ok(by_id(context, id).await?)
    }

    /// Deletes a saved search (verwijderen); for thirty days `undoSavedSearch` puts it back.
    async fn delete_saved_search(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `sea_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
    ) -> Result<Option<SavedSearch>, Fault> {
        let id = search_id(&id)?;
        saved_search::delete(door(context).session(), id, version).await?;
        by_id(context, id).await
    }

    /// Puts a saved search back as it was before its last change or its deletion (ongedaan maken); once more, and that
    /// change stands again.
    async fn undo_saved_search(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `sea_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
    ) -> Result<Option<SavedSearch>, Fault> {
        let id = search_id(&id)?;
        saved_search::undo(door(context).session(), id, version).await?;
        by_id(context, id).await
    }

    /// Notes that the account has looked at what a saved search found, until now (bekeken). The inbox keeps its own marks.
    async fn look_at_saved_search(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `sea_…`.")] id: ID,
    ) -> Result<Option<SavedSearch>, Fault> {
        let id = search_id(&id)?;
        saved_search::look(door(context).session(), id).await?;
        by_id(context, id).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What format 1 wrote when it was new. It must be read as long as there are rows of it.
    const OF_FORMAT_1: &str = r#"{"severities":{"in":["SERIOUS","CRITICAL"]},"regions":{"notIn":["VR17"]},
        "text":"ketelwagen lek","observedFrom":"2026-01-01T00:00:00Z","parties":{"all":["pty_00000000000000000000000000000001"]}}"#;

    #[test]
    fn an_old_filter_is_read() {
        let filter = read(1, OF_FORMAT_1).expect("format 1 is read");
        assert_eq!(filter.text.as_deref(), Some("ketelwagen lek"));
        assert_eq!(filter.severities.any_of.map(|values| values.len()), Some(2));
        assert_eq!(filter.regions.none_of, ["VR17"]);
        assert_eq!(filter.parties.all_of, [Uuid::from_u128(1)]);
        assert_eq!(filter.outdated, None, "what it does not say is not asked");
        assert_eq!(
            read(2, OF_FORMAT_1),
            None,
            "a format that is to come cannot be read yet"
        );
        assert_eq!(read(1, "{"), None);
    }

    #[test]
    fn what_is_written_is_read() {
        let filter = read(1, OF_FORMAT_1).expect("format 1 is read");
        let (format, text) = write(&filter);
        assert_eq!(read(format, &text), Some(filter));
    }
}
