//! Themes: named, changed and ended in one transaction each; seen by who sees every signal that they rest on.

use std::collections::{HashMap, HashSet};

use access::{Operation, State};
use foundation::check::{required, same_version};
use foundation::reference::organisation;
use foundation::session::{Page, Position};
use foundation::{Code, Derived, Fault, Reader, Seen, Session, Writer};
use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryTrait, Select,
};
use uuid::Uuid;

use super::rows::{signal, theme, theme_source};
use super::{SourceRow, ThemeRow};
use crate::model::theme::{Member, Naming, check, check_count, check_members};

const KIND: &str = <theme::Entity as Derived>::KIND;

/// What a list of themes is narrowed to, beside what the caller may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Where it is in its life.
    pub state: Option<State>,
    /// The code of the organisation that named it.
    pub owner: Option<String>,
    /// A signal that is a member.
    pub signal: Option<Uuid>,
}

/// What changes of a theme.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    /// Its title.
    pub title: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// Signals that become members.
    pub add: Vec<Member>,
    /// Signals that leave its list.
    pub remove: Vec<Uuid>,
}

/// Names a theme: in force at once when the caller may bring it out, a draft otherwise.
///
/// # Errors
/// Every fault at once; nothing is written then.
pub async fn name(session: &Session, naming: Naming, members: Vec<Member>) -> Result<Uuid, Vec<Fault>> {
    let mut writer = session.writer(Operation::NameTheme).await?;
    let mut faults = check(&naming);
    faults.extend(check_members("members", &members));
    faults.extend(check_count("members", members.len()).err());
    if faults.is_empty() {
        faults = refused(&writer, "members", &members).await?;
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let scope = writer.scope();
    let named = access::may_ever(&scope.caller.roles, Operation::Publish).is_ok();
    let state = if named { State::Published } else { State::Draft };
    let row = ThemeRow {
        id: writer.id(),
        owner_id: scope.caller.organisation,
        author_id: scope.caller.account,
        created_at: scope.now,
        updated_at: scope.now,
        version: 1,
        state: state as i16,
        title: naming.title.trim().to_owned(),
        description: naming.description.trim().to_owned(),
        sources: count(members.len())?,
        ended_because: None,
    };
    let id = row.id;
    writer.insert(vec![row.into_active_model()]).await?;
    insert(&writer, id, members).await?;
    writer.noted(KIND, id, if named { "named" } else { "proposed" }, 1);
    writer.commit().await?;
    Ok(id)
}

fn count(members: usize) -> Result<i32, Fault> {
    i32::try_from(members).map_err(Fault::internal)
}

/// Why these signals cannot be members, each at its place: not to be seen, or not in a state to be named.
async fn refused(writer: &Writer<'_>, field: &str, members: &[Member]) -> Result<Vec<Fault>, Fault> {
    let ids = members.iter().map(|member| member.signal);
    let seen = writer
        .see(signal::Entity::find().filter(signal::Column::Id.is_in(ids)))
        .await?;
    let seen: HashMap<Uuid, _> = seen.into_iter().map(|row| (row.id, row)).collect();
    let refusal = |(index, member): (usize, &Member)| {
        let decided = match seen.get(&member.signal) {
            None => Err(Fault::new(Code::NotFound)),
            Some(row) => writer.decide::<signal::Entity>(row, Operation::NameTheme),
        };
        Some(decided.err()?.at(format!("{field}.{index}.signal")))
    };
    Ok(members.iter().enumerate().filter_map(refusal).collect())
}

async fn insert(writer: &Writer<'_>, theme: Uuid, members: Vec<Member>) -> Result<(), Fault> {
    let scope = writer.scope();
    let row = |member: Member| SourceRow {
        theme_id: theme,
        signal_id: member.signal,
        owner_id: scope.caller.organisation,
        added_at: scope.now,
        reason: member.reason,
        left_at: None,
    };
    let rows = members.into_iter().map(|member| row(member).into_active_model());
    writer.insert(rows.collect()).await
}

/// Changes what a theme says and which signals are its members. A signal that leaves the list stays among what the
/// theme rests on: what was written with it in sight is seen by nobody who may not see it.
///
/// # Errors
/// Every fault at once; nothing is written then.
pub async fn edit(session: &Session, id: Uuid, version: i32, edit: Edit) -> Result<(), Vec<Fault>> {
    let mut writer = session.writer(Operation::Edit).await?;
    let loaded = writer.load_derived::<theme::Entity>(id, Operation::Edit).await?;
    same_version(version, loaded.version)?;
    let naming = Naming {
        title: edit.title.unwrap_or_else(|| loaded.title.clone()),
        description: edit.description.unwrap_or_else(|| loaded.description.clone()),
    };
    let sources = writer.details(&[id], theme_source::Entity::find()).await?;
    let (rejoining, new): (Vec<Member>, Vec<Member>) = edit
        .add
        .iter()
        .cloned()
        .partition(|member| sources.iter().any(|source| source.signal_id == member.signal));
    let mut faults = check(&naming);
    faults.extend(check_members("add", &edit.add));
    faults.extend(absent(&sources, &edit.remove));
    let members = members_after(&sources, &edit.add, &edit.remove);
    faults.extend(check_count("add", members).err());
    if faults.is_empty() {
        faults = refused(&writer, "add", &edit.add).await?;
    }
    if !faults.is_empty() {
        return Err(faults.into_iter().map(|fault| fault.under("input")).collect());
    }
    let next = ThemeRow {
        title: naming.title.trim().to_owned(),
        description: naming.description.trim().to_owned(),
        sources: count(sources.len() + new.len())?,
        ..(*loaded).clone()
    };
    insert(&writer, id, new).await?;
    for member in rejoining {
        moved(&writer, id, member.signal, None, Some(member.reason)).await?;
    }
    for signal in edit.remove {
        let now = writer.scope().now;
        moved(&writer, id, signal, Some(now), None).await?;
    }
    save(&mut writer, next, "edited").await?;
    Ok(writer.commit().await?)
}

/// Signals to be removed that are no members.
fn absent(sources: &[SourceRow], remove: &[Uuid]) -> Vec<Fault> {
    let is_member = |id: &Uuid| {
        let source = sources.iter().find(|source| source.signal_id == *id);
        source.is_some_and(|source| source.left_at.is_none())
    };
    let missing = remove.iter().enumerate().filter(|(_, id)| !is_member(id));
    missing
        .map(|(index, _)| Fault::new(Code::NotFound).at(format!("remove.{index}")))
        .collect()
}

fn members_after(sources: &[SourceRow], add: &[Member], remove: &[Uuid]) -> usize {
    let now = sources.iter().filter(|source| source.left_at.is_none());
    let mut members: HashSet<Uuid> = now.map(|source| source.signal_id).collect();
    members.extend(add.iter().map(|member| member.signal));
    members.retain(|id| !remove.contains(id));
    members.len()
}

/// Lets a signal leave a theme's list, or come back into it.
async fn moved(
    writer: &Writer<'_>,
    theme: Uuid,
    signal: Uuid,
    left_at: Option<i64>,
    reason: Option<Option<String>>,
) -> Result<(), Fault> {
    let mut update = theme_source::Entity::update_many()
        .col_expr(theme_source::Column::LeftAt, sea_orm::sea_query::Expr::value(left_at))
        .filter(theme_source::Column::ThemeId.eq(theme))
        .filter(theme_source::Column::SignalId.eq(signal));
    if let Some(reason) = reason {
        update = update.col_expr(theme_source::Column::Reason, sea_orm::sea_query::Expr::value(reason));
    }
    writer.execute(&update.into_query()).await.map(drop)
}

/// Saves a theme's next state.
async fn save(writer: &mut Writer<'_>, next: ThemeRow, change: &'static str) -> Result<(), Fault> {
    let next = ThemeRow {
        version: next.version + 1,
        updated_at: writer.scope().now,
        ..next
    };
    let (id, version) = (next.id, next.version);
    let mut active = next.into_active_model().reset_all();
    active.id = ActiveValue::NotSet;
    let update = theme::Entity::update_many()
        .set(active)
        .filter(theme::Column::Id.eq(id));
    writer.execute(&update.into_query()).await?;
    writer.noted(KIND, id, change, version);
    Ok(())
}

/// Brings a drafted theme out.
///
/// # Errors
/// `STALE_VERSION`, `WRONG_STATE` and what loading says.
pub async fn publish(session: &Session, id: Uuid, version: i32) -> Result<(), Fault> {
    let mut writer = session.writer(Operation::Publish).await?;
    let loaded = writer.load_derived::<theme::Entity>(id, Operation::Publish).await?;
    same_version(version, loaded.version)?;
    let next = ThemeRow {
        state: State::Published as i16,
        ..(*loaded).clone()
    };
    save(&mut writer, next, "named").await?;
    writer.commit().await
}

/// Ends a theme: only its owner's side keeps it.
///
/// # Errors
/// `STALE_VERSION`, `WRONG_STATE` and what loading says.
pub async fn end(session: &Session, id: Uuid, version: i32, reason: String) -> Result<(), Vec<Fault>> {
    let mut writer = session.writer(Operation::Retract).await?;
    let mut faults = Vec::new();
    required("reason", &reason, 1_000, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let loaded = writer.load_derived::<theme::Entity>(id, Operation::Retract).await?;
    same_version(version, loaded.version)?;
    let next = ThemeRow {
        state: State::Retracted as i16,
        ended_because: Some(reason),
        ..(*loaded).clone()
    };
    save(&mut writer, next, "ended").await?;
    Ok(writer.commit().await?)
}

/// Themes by id, those that may be seen.
///
/// # Errors
/// The database's.
pub async fn by_ids(reader: &Reader<'_>, ids: &[Uuid]) -> Result<Vec<Seen<ThemeRow>>, Fault> {
    reader
        .derived(theme::Entity::find().filter(theme::Column::Id.is_in(ids.iter().copied())))
        .await
}

/// The signals that themes rest on which were seen, in the order in which they were added; those that have left the
/// list among them.
///
/// # Errors
/// The database's.
pub async fn sources(reader: &Reader<'_>, themes: &[Uuid]) -> Result<HashMap<Uuid, Vec<SourceRow>>, Fault> {
    let mut rows = reader.details(themes, theme_source::Entity::find()).await?;
    rows.sort_by_key(|row| (row.added_at, row.signal_id));
    let mut sources: HashMap<Uuid, Vec<SourceRow>> = HashMap::new();
    for row in rows {
        sources.entry(row.theme_id).or_default().push(row);
    }
    Ok(sources)
}

/// The themes of which these signals are members, those that may be seen, by signal, newest first.
///
/// # Errors
/// The database's.
pub async fn of_signals(reader: &Reader<'_>, signals: &[Uuid]) -> Result<HashMap<Uuid, Vec<Seen<ThemeRow>>>, Fault> {
    let mut themes = reader.derived(with_members(theme::Entity::find(), signals)).await?;
    themes.sort_by_key(|theme| std::cmp::Reverse((theme.created_at, theme.id)));
    let ids: Vec<Uuid> = themes.iter().map(|theme| theme.id).collect();
    let sources = sources(reader, &ids).await?;
    let mut of: HashMap<Uuid, Vec<Seen<ThemeRow>>> = HashMap::new();
    for theme in themes {
        let members = sources.get(&theme.id).into_iter().flatten();
        for member in members.filter(|source| source.left_at.is_none() && signals.contains(&source.signal_id)) {
            of.entry(member.signal_id).or_default().push(theme.clone());
        }
    }
    Ok(of)
}

fn with_members(select: Select<theme::Entity>, signals: &[Uuid]) -> Select<theme::Entity> {
    let of = Query::select()
        .column(theme_source::Column::ThemeId)
        .from(theme_source::Entity)
        .and_where(theme_source::Column::SignalId.is_in(signals.iter().copied()))
        .and_where(theme_source::Column::LeftAt.is_null())
        .take();
    select.filter(theme::Column::Id.in_subquery(of))
}

/// The query of a list.
///
/// # Errors
/// `UNKNOWN_REFERENCE` for a code that does not exist.
pub async fn query(reader: &Reader<'_>, filter: &Filter) -> Result<Select<theme::Entity>, Fault> {
    let mut select = theme::Entity::find();
    if let Some(state) = filter.state {
        select = select.filter(theme::Column::State.eq(state as i16));
    }
    if let Some(code) = &filter.owner {
        let rows = organisation::Entity::find().filter(organisation::Column::Code.eq(code));
        let unknown = || {
            Fault::new(Code::UnknownReference)
                .with("value", code)
                .at("filter.owner")
        };
        let owner = reader.reference(rows).await?.pop().ok_or_else(unknown)?;
        select = select.filter(theme::Column::OwnerId.eq(owner.id));
    }
    if let Some(signal) = filter.signal {
        select = with_members(select, &[signal]);
    }
    Ok(select)
}

/// A page, newest first.
///
/// # Errors
/// The database's.
pub async fn page(
    reader: &Reader<'_>,
    filter: &Filter,
    after: Option<Position>,
    limit: u64,
) -> Result<Page<ThemeRow>, Fault> {
    let select = query(reader, filter).await?;
    reader.derived_page(select, after, limit).await
}

/// How many there are, up to the cap and one.
///
/// # Errors
/// The database's.
pub async fn total(reader: &Reader<'_>, filter: &Filter, cap: u64) -> Result<u64, Fault> {
    let select = query(reader, filter).await?;
    reader.count_derived(select, cap).await
}
