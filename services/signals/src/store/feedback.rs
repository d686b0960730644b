//! Feedback products: written from a theme, checked against what it rests on, sent once.

use std::collections::{BTreeSet, HashMap};

use access::{Operation, Rank, State, Tlp};
use foundation::check::same_version;
use foundation::reference::{alias, party, site, trade_name};
use foundation::root::subject;
use foundation::session::{Page, Position};
use foundation::{Code, Derived, Fault, Reader, Seen, Session, Writer, ids};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryTrait, Select,
};
use uuid::Uuid;

use super::rows::{feedback, feedback_party, signal, signal_personal, theme, theme_source};
use super::{FeedbackRow, SignalRow, ThemeRow};
use crate::model::feedback::{Addressee, Hidden, Product, check, identifying, permits};

const KIND: &str = <feedback::Entity as Derived>::KIND;
/// What the log says that was unmasked of each signal.
const COMPARED: &str = "compared";

/// Writes a draft from a theme.
///
/// # Errors
/// Every fault at once; nothing is written then.
pub async fn record(session: &Session, theme: Uuid, product: Product) -> Result<Uuid, Vec<Fault>> {
    let mut writer = session.writer(Operation::SendFeedback).await?;
    let of = seen_theme(&writer, theme).await.map_err(|fault| fault.at("theme"))?;
    checked(&writer, &of, &product).await?;
    let scope = writer.scope();
    let row = FeedbackRow {
        id: writer.id(),
        owner_id: scope.caller.organisation,
        author_id: scope.caller.account,
        created_at: scope.now,
        updated_at: scope.now,
        version: 1,
        state: State::Draft as i16,
        theme_id: theme,
        title: String::new(),
        body: String::new(),
        addressee_kind: 0,
        addressee: String::new(),
        sent_at: None,
    };
    let row = with_product(row, &product);
    let id = row.id;
    writer.insert(vec![row.into_active_model()]).await?;
    address(&writer, id, &product.addressee).await?;
    writer.noted(KIND, id, "recorded", 1);
    writer.commit().await?;
    Ok(id)
}

/// A theme from which a product may be made.
async fn seen_theme(writer: &Writer<'_>, id: Uuid) -> Result<Seen<ThemeRow>, Fault> {
    let rows = theme::Entity::find().filter(theme::Column::Id.eq(id));
    let theme = writer.derived(rows).await?.pop();
    let theme = theme.ok_or_else(|| Fault::new(Code::NotFound))?;
    writer.decide_derived::<theme::Entity>(&theme, Operation::SendFeedback)?;
    Ok(theme)
}

/// Checks a product by itself, its references, and against what its theme rests on.
async fn checked(writer: &Writer<'_>, theme: &ThemeRow, product: &Product) -> Result<(), Vec<Fault>> {
    let mut faults = check(product);
    if let Addressee::Parties(parties) = &product.addressee {
        let rows = party::Entity::find().filter(party::Column::Id.is_in(parties.iter().copied()));
        let known: BTreeSet<Uuid> = writer.reference(rows).await?.into_iter().map(|row| row.id).collect();
        for (index, id) in parties.iter().enumerate().filter(|(_, id)| !known.contains(*id)) {
            let fault = Fault::new(Code::UnknownReference).with("value", &*ids::write(ids::prefix::PARTY, *id));
            faults.push(fault.at(format!("addressee.parties.{index}")));
        }
    }
    let sources = writer.details(&[theme.id], theme_source::Entity::find()).await?;
    let sources: Vec<Uuid> = sources.iter().map(|source| source.signal_id).collect();
    let sources = signal::Entity::find().filter(signal::Column::Id.is_in(sources));
    let sources = writer.see(sources).await?;
    faults.extend(identifying(product, &hidden(writer, &sources).await?));
    let mut faults: Vec<Fault> = faults.into_iter().map(|fault| fault.under("input")).collect();
    faults.extend(forbidden(&sources));
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// What is sent reaches all participants, whatever their clearance: of these sources some may not go that far.
fn forbidden(sources: &[Seen<SignalRow>]) -> Option<Fault> {
    let allows = |source: &Seen<SignalRow>| {
        let marks = Rank::from_number(source.rank).zip(Tlp::from_number(source.tlp));
        marks.is_some_and(|(rank, tlp)| permits(source.own(), rank, tlp))
    };
    let strict = sources.iter().filter(|source| !allows(source));
    let numbers: Vec<&str> = strict.map(|source| source.number.as_str()).collect();
    let fault = || Fault::new(Code::SourceForbidsFeedback).with("numbers", numbers.join(", "));
    (!numbers.is_empty()).then(fault)
}

/// What must not be recognised. With persons is compared what the caller may see of them, and no more: a refusal would
/// tell what is masked.
async fn hidden(writer: &Writer<'_>, rows: &[Seen<SignalRow>]) -> Result<Hidden, Fault> {
    let signals: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let personal = writer
        .unmask(&signals, COMPARED, signal_personal::Entity::find())
        .await?;
    let subjects = subject::within::<SignalRow>(writer, &signals).await?;
    let mut parties: Vec<Uuid> = subjects.values().flat_map(|of| of.parties.iter().copied()).collect();
    // Every name that a party has or had, whatever was merged since.
    let merged = writer.reference(alias::among(parties.iter().copied())).await?;
    parties.extend(merged.iter().flat_map(|row| [row.old_id, row.survivor_id]));
    let sites: BTreeSet<Uuid> = subjects.values().flat_map(|of| of.sites.iter().copied()).collect();
    let trade_names = trade_name::Entity::find().filter(trade_name::Column::PartyId.is_in(parties.iter().copied()));
    let parties = party::Entity::find().filter(party::Column::Id.is_in(parties));
    let sites = site::Entity::find().filter(site::Column::Id.is_in(sites));
    let mut hidden = Hidden::default();
    for row in personal.unwrap_or_default() {
        hidden.persons.extend(row.reporter_name);
        hidden.references.extend(row.reporter_contact);
        let persons: Vec<String> = serde_json::from_str(&row.persons_involved).map_err(Fault::internal)?;
        hidden.persons.extend(persons);
    }
    let parties = writer.reference(parties).await?.into_iter();
    hidden.names.extend(parties.filter_map(|row| row.legal_name));
    let trade_names = writer.reference(trade_names).await?.into_iter();
    hidden.names.extend(trade_names.map(|row| row.name));
    let sites = writer.reference(sites).await?.into_iter();
    hidden.names.extend(sites.filter_map(|row| row.name));
    for row in rows {
        hidden.references.push(row.number.clone());
        hidden.references.extend(row.external_reference.clone());
    }
    Ok(hidden)
}

fn with_product(row: FeedbackRow, product: &Product) -> FeedbackRow {
    let (addressee_kind, addressee) = match &product.addressee {
        Addressee::Field(field) => (1, field.trim().to_owned()),
        Addressee::Sector(code) => (2, code.clone()),
        Addressee::Parties(_) => (3, String::new()),
    };
    FeedbackRow {
        title: product.title.trim().to_owned(),
        body: product.body.trim().to_owned(),
        addressee_kind,
        addressee,
        ..row
    }
}

async fn address(writer: &Writer<'_>, id: Uuid, addressee: &Addressee) -> Result<(), Fault> {
    let old = feedback_party::Entity::delete_many().filter(feedback_party::Column::FeedbackId.eq(id));
    writer.execute(&old.into_query()).await?;
    let Addressee::Parties(parties) = addressee else {
        return Ok(());
    };
    let parties: BTreeSet<Uuid> = parties.iter().copied().collect();
    let row = |party: Uuid| feedback_party::ActiveModel {
        feedback_id: ActiveValue::Set(id),
        party_id: ActiveValue::Set(party),
        owner_id: ActiveValue::Set(writer.scope().caller.organisation),
    };
    writer.insert(parties.into_iter().map(row).collect()).await
}

/// Changes a draft.
///
/// # Errors
/// Every fault at once; nothing is written then.
pub async fn edit(
    session: &Session,
    id: Uuid,
    version: i32,
    edit: impl FnOnce(Product) -> Product + Send,
) -> Result<(), Vec<Fault>> {
    let mut writer = session.writer(Operation::Edit).await?;
    let loaded = writer.load_derived::<feedback::Entity>(id, Operation::Edit).await?;
    not_sent(&loaded, Operation::Edit)?;
    same_version(version, loaded.version)?;
    let product = edit(product(&writer, &loaded).await?);
    let of = theme_of(&writer, &loaded).await?;
    checked(&writer, &of, &product).await?;
    let next = with_product((*loaded).clone(), &product);
    address(&writer, id, &product.addressee).await?;
    save(&mut writer, next, "edited").await?;
    Ok(writer.commit().await?)
}

/// What was sent cannot be changed, by anybody.
fn not_sent(row: &FeedbackRow, operation: Operation) -> Result<(), Fault> {
    if row.state == State::Draft as i16 {
        return Ok(());
    }
    let fault = Fault::new(Code::WrongState).with("operation", operation.code());
    Err(fault.with("state", "SENT"))
}

async fn product(writer: &Writer<'_>, row: &FeedbackRow) -> Result<Product, Fault> {
    let addressee = match row.addressee_kind {
        1 => Addressee::Field(row.addressee.clone()),
        2 => Addressee::Sector(row.addressee.clone()),
        _ => {
            let rows = writer.details(&[row.id], feedback_party::Entity::find()).await?;
            Addressee::Parties(rows.into_iter().map(|row| row.party_id).collect())
        }
    };
    Ok(Product {
        title: row.title.clone(),
        body: row.body.clone(),
        addressee,
    })
}

/// The theme of a draft: whoever sees the draft sees it.
async fn theme_of(writer: &Writer<'_>, row: &FeedbackRow) -> Result<Seen<ThemeRow>, Fault> {
    let rows = theme::Entity::find().filter(theme::Column::Id.eq(row.theme_id));
    let theme = writer.derived(rows).await?.pop();
    theme.ok_or_else(|| Fault::new(Code::NotFound))
}

/// Sends a draft to the field: from then on all participants can read it, and nobody can change it.
///
/// # Errors
/// Every fault at once, `IDENTIFIES` among them; nothing is written then.
pub async fn send(session: &Session, id: Uuid, version: i32) -> Result<(), Vec<Fault>> {
    let mut writer = session.writer(Operation::SendFeedback).await?;
    let loaded = writer.load_derived::<feedback::Entity>(id, Operation::Publish).await?;
    same_version(version, loaded.version)?;
    // Once more, and not only when it was written: the theme may rest on more by now.
    let of = seen_theme(&writer, loaded.theme_id).await?;
    let product = product(&writer, &loaded).await?;
    checked(&writer, &of, &product).await?;
    let next = FeedbackRow {
        state: State::Published as i16,
        sent_at: Some(writer.scope().now),
        ..(*loaded).clone()
    };
    save(&mut writer, next, "sent").await?;
    Ok(writer.commit().await?)
}

async fn save(writer: &mut Writer<'_>, next: FeedbackRow, change: &'static str) -> Result<(), Fault> {
    let next = FeedbackRow {
        version: next.version + 1,
        updated_at: writer.scope().now,
        ..next
    };
    let (id, version) = (next.id, next.version);
    let mut active = next.into_active_model().reset_all();
    active.id = ActiveValue::NotSet;
    let update = feedback::Entity::update_many()
        .set(active)
        .filter(feedback::Column::Id.eq(id));
    writer.execute(&update.into_query()).await?;
    writer.noted(KIND, id, change, version);
    Ok(())
}

/// Products by id, those that may be seen.
///
/// # Errors
/// The database's.
pub async fn by_ids(reader: &Reader<'_>, ids: &[Uuid]) -> Result<Vec<Seen<FeedbackRow>>, Fault> {
    reader
        .derived(feedback::Entity::find().filter(feedback::Column::Id.is_in(ids.iter().copied())))
        .await
}

/// The parties to whom products that were seen are addressed; only of the own side.
///
/// # Errors
/// The database's.
pub async fn parties(reader: &Reader<'_>, products: &[Uuid]) -> Result<HashMap<Uuid, Vec<Uuid>>, Fault> {
    let own = reader.scope().caller.organisation;
    let rows = feedback_party::Entity::find().filter(feedback_party::Column::OwnerId.eq(own));
    let mut parties: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for row in reader.details(products, rows).await? {
        parties.entry(row.feedback_id).or_default().push(row.party_id);
    }
    parties.values_mut().for_each(|parties| parties.sort_unstable());
    Ok(parties)
}

/// What a list of products is narrowed to, beside what the caller may see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Where it is in its life: draft, or published for sent.
    pub state: Option<State>,
    /// The theme that it was made from.
    pub theme: Option<Uuid>,
}

/// The query of a list. Nothing is found by a theme that is hidden: that a product was made from it is hidden too.
async fn query(reader: &Reader<'_>, filter: &Filter) -> Result<Select<feedback::Entity>, Fault> {
    let mut select = feedback::Entity::find();
    if let Some(state) = filter.state {
        select = select.filter(feedback::Column::State.eq(state as i16));
    }
    if let Some(theme) = filter.theme {
        let seen = super::theme::by_ids(reader, &[theme]).await?;
        select = select.filter(feedback::Column::ThemeId.is_in(seen.iter().map(|theme| theme.id)));
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
) -> Result<Page<FeedbackRow>, Fault> {
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
