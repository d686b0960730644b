//! What saved searches found: signals that newly fit, told by the change that made them fit and be seen. Nothing of it is
//! stored. The outbox says what changed, the feed what fits now, versions and grants since when.

use std::collections::{BTreeSet, HashMap, HashSet};

use access::{Instant, Role};
use foundation::reference::safety_region;
use foundation::root::subject;
use foundation::session::{Bounds, FeedQuery, Stirred, When, Window};
use foundation::{Code, Fault, Reader, Seen};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{About, Stretch, Told};
use crate::model::filter::{Filter, Subjects};
use crate::model::inbox::{STIRRING, matched};
use crate::model::saved_search::{Onlooker, Version, covered_since, fitting_since};
use crate::store::listed::Listed;
use crate::store::rows::{signal, signal_version};
use crate::store::{GrantRow, SignalRow, VersionRow, grant, list, person, version};

/// How many changes are looked at in one request: so many at first, then more at a time, as long as nothing is found.
const WINDOWS: [u64; 5] = [500, 1_000, 2_000, 4_000, 8_000];

/// A saved search whose filter can be read.
#[derive(Clone, Debug)]
pub struct Search {
    /// It.
    pub id: Uuid,
    /// What it asks.
    pub filter: Filter,
    /// What fits since later than this counts.
    pub from: Instant,
}

/// A saved search, ready to be asked.
#[derive(Debug)]
pub struct Watched {
    search: Search,
    query: FeedQuery,
    circle: Option<Uuid>,
}

impl Watched {
    /// The search's id.
    pub fn id(&self) -> Uuid {
        self.search.id
    }
}

/// How far one request looks back.
#[derive(Debug)]
pub struct Walk(std::array::IntoIter<u64, 5>);

impl Walk {
    /// From the start.
    pub fn new() -> Self {
        Self(WINDOWS.into_iter())
    }

    /// Whether it looks no further.
    pub fn spent(&self) -> bool {
        self.0.as_slice().is_empty()
    }
}

/// Makes searches ready. One that cannot be asked any more, because what it names is gone or no longer the account's to
/// ask by, finds nothing.
///
/// # Errors
/// The database's.
pub async fn watched(reader: &Reader<'_>, searches: Vec<Search>) -> Result<Vec<Watched>, Fault> {
    let filters: Vec<&Filter> = searches.iter().map(|search| &search.filter).collect();
    let queries = list::queries(reader, &filters).await?;
    let mut watched = Vec::new();
    for (search, query) in searches.into_iter().zip(queries) {
        match query {
            Ok((query, circle)) => watched.push(Watched { search, query, circle }),
            Err(fault) if matches!(fault.code(), Code::Internal | Code::Busy) => return Err(fault),
            Err(_) => {}
        }
    }
    Ok(watched)
}

/// What searches found, newest first, as far as the walk goes.
///
/// # Errors
/// The database's.
pub async fn told(
    reader: &Reader<'_>,
    watched: &[Watched],
    bounds: &Bounds,
    walk: &mut Walk,
) -> Result<Stretch, Fault> {
    let Some(earliest) = watched.iter().map(|one| one.search.from).min() else {
        return Ok(Stretch::default());
    };
    let since = bounds.since.max(earliest + 1);
    let queries: Vec<FeedQuery> = watched.iter().map(|one| one.query.clone()).collect();
    let mut window = Window {
        changes: &STIRRING,
        from: since,
        until: bounds.before.as_ref().map_or(reader.scope().now, |before| before.at),
    };
    let mut stretch = Stretch {
        told: Vec::new(),
        reached: bounds.before.clone(),
    };
    for size in walk.0.by_ref() {
        window.from = since;
        let reach = reader.reach::<signal::Entity>(window, size).await?;
        window.from = reach.unwrap_or(since);
        let stirred = reader.stirred::<signal::Entity>(&queries, window).await?;
        let found = found(reader, watched, stirred, window, since).await?;
        let before = |told: &Told| bounds.before.as_ref().is_none_or(|before| told.when < *before);
        stretch.told.extend(found.into_iter().filter(before));
        stretch.reached = reach.map(|at| When {
            at,
            record_id: Uuid::nil(),
            change: String::new(),
        });
        if reach.is_none() || stretch.told.len() as u64 >= bounds.limit {
            break;
        }
        window.until = window.from - 1;
    }
    Ok(stretch)
}

/// Those changes by which a signal came to fit, each once for each search.
async fn found(
    reader: &Reader<'_>,
    watched: &[Watched],
    stirred: Vec<Stirred>,
    window: Window<'_>,
    since: Instant,
) -> Result<Vec<Told>, Fault> {
    let records: BTreeSet<Uuid> = stirred.iter().map(|one| one.record_id).collect();
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let records: Vec<Uuid> = records.into_iter().collect();
    let histories = histories(reader, &records, since).await?;
    let mut met: HashMap<usize, HashSet<Uuid>> = HashMap::new();
    for (place, one) in watched.iter().enumerate() {
        if one.search.filter.persons != Subjects::default() {
            let met_by = person::met(reader, &one.query, &one.search.filter.persons, &records).await?;
            met.insert(place, met_by);
        }
    }
    let moments = reader.moments::<signal::Entity>(window, &records).await?;
    let told = stirred.into_iter().filter_map(|one| {
        let search = watched.get(one.list)?;
        if met.get(&one.list).is_some_and(|met| !met.contains(&one.record_id)) {
            return None;
        }
        let at = histories.get(&one.record_id)?.fits_since(reader, search)?;
        let newly = at > search.search.from && moments.contains(&(at, one.record_id));
        newly.then(|| Told {
            when: When {
                at,
                record_id: one.record_id,
                change: matched(search.search.id),
            },
            about: About::Match(search.search.id),
        })
    });
    let mut told: Vec<Told> = told.collect();
    told.sort_by(|one, other| other.when.cmp(&one.when));
    Ok(told)
}

/// What a signal was, and through which grants the account saw it or its own side shared it.
struct History {
    row: Seen<SignalRow>,
    versions: Vec<Version>,
    grants: Vec<GrantRow>,
}

impl History {
    /// Since when it is seen and fits a search that it fits now.
    fn fits_since(&self, reader: &Reader<'_>, watched: &Watched) -> Option<Instant> {
        let scope = reader.scope();
        let caller = &scope.caller;
        let onlooker = Onlooker {
            own: self.row.own(),
            close: self.row.author_id == caller.account || caller.roles.has(Role::DataSteward),
            clearance: caller.clearance,
        };
        let fitting = fitting_since(&watched.search.filter, &self.versions, onlooker, scope.now)?;
        if onlooker.own && watched.circle.is_none() {
            return Some(fitting);
        }
        let counts = |grant: &&GrantRow| {
            let to = watched
                .circle
                .is_none_or(|circle| grant.audience_kind == 3 && grant.audience == circle);
            to && (onlooker.own || scope.channels.contains(&grant.channel))
        };
        let period = |grant: &GrantRow| {
            let from = grant.valid_from.max(grant.granted_at);
            (from, grant.valid_until.min(grant.revoked_at.unwrap_or(i64::MAX)))
        };
        let periods: Vec<(Instant, Instant)> = self.grants.iter().filter(counts).map(period).collect();
        Some(fitting.max(covered_since(&periods, scope.now)?))
    }
}

/// The histories of signals that may be seen, as far back as matters. They are weighed, not shown.
async fn histories(reader: &Reader<'_>, records: &[Uuid], since: Instant) -> Result<HashMap<Uuid, History>, Fault> {
    let among = signal::Entity::find().filter(signal::Column::Id.is_in(records.iter().copied()));
    let rows = reader.weigh_rows(among).await?;
    let records: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let subjects = subject::of::<SignalRow>(reader, &records).await?;
    let regions: BTreeSet<Uuid> = subjects.values().flat_map(|about| about.regions.clone()).collect();
    let regions = safety_region::Entity::find().filter(safety_region::Column::Id.is_in(regions));
    let regions = reader.reference(regions).await?;
    let regions: HashMap<Uuid, String> = regions.into_iter().map(|row| (row.id, row.code)).collect();
    // One that ended before is beyond what is told.
    let earlier = signal_version::Entity::find()
        .filter(<signal_version::Entity as Listed>::narrow(reader, true))
        .filter(signal_version::Column::Until.gte(since));
    let mut earlier = reader.parts(&records, earlier).await?;
    earlier.sort_by_key(|row| std::cmp::Reverse(row.version));
    let mut histories = HashMap::new();
    for row in rows {
        let about = subjects.get(&row.id).cloned().unwrap_or_default();
        let codes: Vec<String> = about.regions.iter().filter_map(|id| regions.get(id).cloned()).collect();
        let present = version::fields(&row, &about, &codes)?;
        let history = History {
            versions: vec![numbered(&row, row.updated_at, present)],
            grants: Vec::new(),
            row,
        };
        histories.insert(history.row.id, history);
    }
    for VersionRow {
        signal_id,
        since,
        content,
        ..
    } in earlier
    {
        if let Some(history) = histories.get_mut(&signal_id) {
            let fields = crate::model::fields::read(&content)?;
            let earlier = numbered(&history.row, since, fields);
            history.versions.push(earlier);
        }
    }
    for grant in grant::ever::<SignalRow>(reader, &records).await? {
        if let Some(history) = histories.get_mut(&grant.record_id) {
            history.grants.push(grant);
        }
    }
    Ok(histories)
}

/// A version with the signal's number, which is searched too and never changes.
fn numbered(row: &SignalRow, since: Instant, mut fields: crate::model::fields::Fields) -> Version {
    fields.insert("number".to_owned(), vec![row.number.clone()]);
    Version { since, fields }
}
