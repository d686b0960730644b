//! Inspectorates and partner bodies: few, so loaded all at once; admitted, suspended and ended as two decided (see
//! [`super::decision`]).

use access::{Operation, Role};
use foundation::reference::organisation;
use foundation::{Code, Fault, Session, Writer};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QueryTrait};
use uuid::Uuid;

use super::account::ended;
use super::decision::{self, Matter};
use super::rows::domain;
use super::{account, circle, purpose, role};
use crate::model::admission::{Admission, reason};
use crate::model::decision::{About, Second};

/// The kind's name in logs.
const KIND: &str = "organisation";

/// All organisations, by code.
///
/// # Errors
/// The account or purpose does not stand, or the database's.
pub async fn all(session: &Session) -> Result<Vec<organisation::Model>, Fault> {
    let select = organisation::Entity::find().order_by_asc(organisation::Column::Code);
    session.directory().await?.vocabulary(select).await
}

/// The organisation with this id.
///
/// # Errors
/// The database's.
pub(super) async fn by_id(writer: &Writer<'_>, id: Uuid) -> Result<organisation::Model, Fault> {
    let found = writer.reference(organisation::Entity::find_by_id(id)).await?.pop();
    found.ok_or_else(|| Fault::broken("an account without its organisation"))
}

/// The organisation with this code.
///
/// # Errors
/// `UNKNOWN_REFERENCE`.
pub(super) async fn by_code(writer: &Writer<'_>, code: &str) -> Result<organisation::Model, Fault> {
    let select = organisation::Entity::find().filter(organisation::Column::Code.eq(code));
    let unknown = || {
        Fault::new(Code::UnknownReference)
            .with("value", code)
            .at("organisation")
    };
    writer.reference(select).await?.pop().ok_or_else(unknown)
}

/// The same, where it has not ended.
async fn lasting(writer: &Writer<'_>, code: &str) -> Result<organisation::Model, Fault> {
    let organisation = by_code(writer, code).await?;
    if organisation.ended_at.is_some() {
        return Err(ended("organisation", Operation::Admit));
    }
    Ok(organisation)
}

/// The matter of admitting an organisation: one that is new, or one that is known and has nobody to administer it.
pub(super) async fn admission_matter(writer: &Writer<'_>, new: &Admission) -> Result<Matter, Vec<Fault>> {
    let mut faults = new.check();
    for (index, code) in new.purposes.iter().enumerate() {
        let known = purpose::by_code(writer, code).await;
        faults.extend(known.err().map(|fault| fault.at(format!("purposes.{index}"))));
    }
    let known = writer.reference(domain::Entity::find()).await?;
    for (index, code) in new.domains.iter().enumerate() {
        if !known.iter().any(|domain| domain.code == *code) {
            let unknown = Fault::new(Code::UnknownReference).with("value", code);
            faults.push(unknown.at(format!("domains.{index}")));
        }
    }
    for (index, one) in new.administrators.iter().enumerate() {
        let taken = account::free(writer, one).await.err();
        faults.extend(taken.map(|fault| fault.under(&format!("administrators.{index}"))));
    }
    let id = match vacant(writer, &new.code).await {
        Ok(known) => known.map_or_else(|| writer.id(), |row| row.id),
        Err(fault) => {
            faults.push(fault);
            return Err(faults);
        }
    };
    if faults.is_empty() {
        Ok(Matter::new(id, id, role::second_elsewhere(writer).await?))
    } else {
        Err(faults)
    }
}

/// The organisation of this code that nobody administers; none where there is no organisation.
async fn vacant(writer: &Writer<'_>, code: &str) -> Result<Option<organisation::Model>, Fault> {
    let select = organisation::Entity::find().filter(organisation::Column::Code.eq(code));
    let Some(known) = writer.reference(select).await?.pop() else {
        return Ok(None);
    };
    if known.ended_at.is_some() || !role::administrators(writer, known.id).await?.is_empty() {
        return Err(Fault::new(Code::NameTaken).with("value", code).at("code"));
    }
    Ok(Some(known))
}

/// As everybody sees it, once it is admitted.
pub(crate) fn row(new: &Admission, id: Uuid) -> organisation::Model {
    organisation::Model {
        id,
        code: new.code.clone(),
        name: new.name.clone(),
        name_en: new.name_en.clone(),
        kind: if new.inspectorate { "inspectorate" } else { "partner" }.to_owned(),
        oin: new.oin.clone(),
        domains: new.domains.join(" "),
        participant: new.participant,
        contact_name: new.contact_name.clone(),
        contact_phone: new.contact_phone.clone(),
        contact_email: new.contact_email.clone(),
        suspended_at: None,
        ended_at: None,
    }
}

/// Admits an organisation with its administrators, as two decided.
pub(super) async fn admit(writer: &mut Writer<'_>, id: Uuid, new: &Admission) -> Result<(), Fault> {
    let row = row(new, id);
    match vacant(writer, &new.code).await? {
        None => writer.insert(vec![row.into_active_model()]).await?,
        Some(known) => {
            // Whether it is suspended is another decision.
            let words = organisation::ActiveModel {
                suspended_at: NotSet,
                ended_at: NotSet,
                ..row.into_active_model().reset_all()
            };
            change(writer, known.id, words).await?;
        }
    }
    for one in &new.administrators {
        let account = account::insert(writer, id, one).await?;
        role::hold(writer, account, Role::Administrator).await?;
        for code in &new.purposes {
            let purpose = purpose::by_code(writer, code).await?.id;
            account::hold_purpose(writer, account, purpose).await?;
        }
        writer.noted(account::KIND, account, "admitted", 1);
    }
    writer.noted(KIND, id, "admitted", 1);
    Ok(())
}

async fn change(writer: &Writer<'_>, id: Uuid, mut changed: organisation::ActiveModel) -> Result<(), Fault> {
    changed.id = NotSet;
    let update = organisation::Entity::update_many()
        .set(changed)
        .filter(organisation::Column::Id.eq(id));
    writer.execute(&update.into_query()).await.map(drop)
}

/// The matter of suspending or ending an organisation: two of its own administrators, or two of two organisations.
pub(super) async fn leaving_matter(writer: &Writer<'_>, about: &About, end: bool) -> Result<Matter, Fault> {
    reason(&about.reason)?;
    let organisation = lasting(writer, &about.organisation).await?;
    if !end && organisation.suspended_at.is_some() {
        return Err(Fault::new(Code::AlreadySo).at("organisation"));
    }
    let second = if organisation.id == writer.scope().caller.organisation {
        Second::Colleague
    } else {
        Second::Elsewhere
    };
    Ok(Matter::new(organisation.id, organisation.id, second))
}

/// The matter of letting a suspended organisation go on.
pub(super) async fn resumption_matter(writer: &Writer<'_>, about: &About) -> Result<Matter, Fault> {
    reason(&about.reason)?;
    let organisation = lasting(writer, &about.organisation).await?;
    if organisation.suspended_at.is_none() {
        return Err(Fault::new(Code::AlreadySo).at("organisation"));
    }
    let second = role::second_elsewhere(writer).await?;
    Ok(Matter::new(organisation.id, organisation.id, second))
}

/// The matter of making an organisation a participant, or no longer.
pub(super) async fn participation_matter(writer: &Writer<'_>, code: &str, so: bool) -> Result<Matter, Fault> {
    let organisation = lasting(writer, code).await?;
    if organisation.participant == so {
        return Err(Fault::new(Code::AlreadySo).at("participant"));
    }
    let second = role::second_elsewhere(writer).await?;
    Ok(Matter::new(organisation.id, organisation.id, second))
}

/// Suspends an organisation, as two decided: none of its accounts may do anything until it is resumed.
pub(super) async fn suspend(writer: &mut Writer<'_>, code: &str) -> Result<(), Fault> {
    let organisation = lasting(writer, code).await?;
    let suspended = organisation::ActiveModel {
        suspended_at: Set(Some(organisation.suspended_at.unwrap_or(writer.scope().now))),
        ..Default::default()
    };
    change(writer, organisation.id, suspended).await?;
    decision::void_from(writer, organisation.id).await?;
    writer.noted(KIND, organisation.id, "suspended", 1);
    Ok(())
}

/// Lets an organisation go on, as two decided.
pub(super) async fn resume(writer: &mut Writer<'_>, code: &str) -> Result<(), Fault> {
    let organisation = lasting(writer, code).await?;
    let resumed = organisation::ActiveModel {
        suspended_at: Set(None),
        ..Default::default()
    };
    change(writer, organisation.id, resumed).await?;
    writer.noted(KIND, organisation.id, "resumed", 1);
    Ok(())
}

/// Ends an organisation, as two decided: with its accounts, its memberships and the circles that it coordinates.
pub(super) async fn end(writer: &mut Writer<'_>, code: &str) -> Result<(), Fault> {
    let organisation = lasting(writer, code).await?;
    let ended = organisation::ActiveModel {
        ended_at: Set(Some(writer.scope().now)),
        ..Default::default()
    };
    change(writer, organisation.id, ended).await?;
    decision::void_from(writer, organisation.id).await?;
    account::end_all(writer, organisation.id).await?;
    circle::leave_all(writer, organisation.id).await?;
    writer.noted(KIND, organisation.id, "ended", 1);
    Ok(())
}

/// Makes an organisation a participant or no longer, as two decided.
pub(super) async fn participate(writer: &mut Writer<'_>, code: &str, so: bool) -> Result<(), Fault> {
    let organisation = lasting(writer, code).await?;
    let changed = organisation::ActiveModel {
        participant: Set(so),
        ..Default::default()
    };
    change(writer, organisation.id, changed).await?;
    writer.noted(
        KIND,
        organisation.id,
        if so { "participates" } else { "participates_no_more" },
        1,
    );
    Ok(())
}
