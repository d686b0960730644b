//! Circles: few, so loaded all at once; founded by their coordinator, joined and left by each member for itself.

use std::collections::{BTreeSet, HashMap};

use access::{Instant, Operation};
use foundation::check::required;
use foundation::reference::{
    circle, circle_member, circle_purpose, legal_basis, organisation as organisation_row, purpose,
};
use foundation::{Code, Fault, Session, Writer};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QueryTrait};
use uuid::Uuid;

use super::account::ended;
use super::decision::Matter;
use super::organisation;
use crate::model::admission;
use crate::model::decision::{Circled, Second};

/// The kind's name in logs.
const KIND: &str = "circle";

/// A circle (samenwerkingsverband) with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circle {
    /// The circle itself.
    pub circle: circle::Model,
    /// Its members now.
    pub members: Vec<Uuid>,
    /// The purposes for which grants to it can be made.
    pub purposes: Vec<purpose::Model>,
    /// The basis on which its members exchange.
    pub legal_basis: legal_basis::Model,
}

/// All circles, by code, with those who are members now.
///
/// # Errors
/// The account or purpose does not stand, or the database's.
pub async fn all(session: &Session) -> Result<Vec<Circle>, Fault> {
    let directory = session.directory().await?;
    let now = directory.scope().now;
    let circles = directory
        .vocabulary(circle::Entity::find().order_by_asc(circle::Column::Code))
        .await?;
    let mut members: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    let live = circle_member::Entity::find()
        .filter(circle_member::Column::JoinedAt.lte(now))
        .filter(circle_member::Column::LeftAt.gt(now));
    for row in directory.vocabulary(live).await? {
        members.entry(row.circle_id).or_default().push(row.organisation_id);
    }
    let all = directory
        .vocabulary(purpose::Entity::find().order_by_asc(purpose::Column::Code))
        .await?;
    let mut purposes: HashMap<Uuid, Vec<purpose::Model>> = HashMap::new();
    let of_circles = directory.vocabulary(circle_purpose::Entity::find()).await?;
    for purpose in all {
        for row in of_circles.iter().filter(|row| row.purpose_id == purpose.id) {
            purposes.entry(row.circle_id).or_default().push(purpose.clone());
        }
    }
    let bases = directory.vocabulary(legal_basis::Entity::find()).await?;
    let basis_of = |circle: &circle::Model| bases.iter().find(|basis| basis.id == circle.legal_basis_id).cloned();
    let assemble = |circle: circle::Model| {
        Ok(Circle {
            members: members.remove(&circle.id).unwrap_or_default(),
            purposes: purposes.remove(&circle.id).unwrap_or_default(),
            legal_basis: basis_of(&circle).ok_or_else(|| Fault::broken("a circle without its legal basis"))?,
            circle,
        })
    };
    circles.into_iter().map(assemble).collect()
}

/// The circle with this code.
///
/// # Errors
/// `UNKNOWN_REFERENCE`.
pub(super) async fn by_code(writer: &Writer<'_>, code: &str) -> Result<circle::Model, Fault> {
    let select = circle::Entity::find().filter(circle::Column::Code.eq(code));
    let unknown = || Fault::new(Code::UnknownReference).with("value", code).at("circle");
    writer.reference(select).await?.pop().ok_or_else(unknown)
}

/// What a circle begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCircle {
    /// Its code.
    pub code: String,
    /// Its Dutch name.
    pub name: String,
    /// Its English name.
    pub name_en: String,
    /// The codes of its purposes.
    pub purposes: Vec<String>,
    /// The code of the basis on which its members exchange.
    pub legal_basis: String,
    /// From when it lives; from now on where nothing is said.
    pub starts_at: Option<Instant>,
    /// Until when, exclusive.
    pub ends_at: Instant,
}

/// Founds a circle with the own inspectorate as coordinator and only member.
///
/// # Errors
/// Every fault at once; `NAME_TAKEN`.
pub async fn found(session: &Session, new: &NewCircle) -> Result<(), Vec<Fault>> {
    let mut writer = session.writer(Operation::KeepCircles).await?;
    let (now, coordinator) = (writer.scope().now, writer.scope().caller.organisation);
    let mut faults = Vec::new();
    admission::code("code", &new.code, &mut faults);
    required("name", &new.name, 200, &mut faults);
    required("nameEn", &new.name_en, 200, &mut faults);
    faults.extend(inspectorate(&organisation::by_id(&writer, coordinator).await?).err());
    let starts_at = new.starts_at.unwrap_or(now);
    if new.ends_at <= Ord::max(starts_at, now) {
        faults.push(Fault::new(Code::InvalidPeriod).at("ends"));
    }
    if new.purposes.is_empty() {
        faults.push(Fault::new(Code::Required).at("purposes"));
    }
    let mut purposes = BTreeSet::new();
    for (index, code) in new.purposes.iter().enumerate() {
        match super::purpose::by_code(&writer, code).await {
            Ok(purpose) => drop(purposes.insert(purpose.id)),
            Err(fault) => faults.push(fault.at(format!("purposes.{index}"))),
        }
    }
    let basis = super::legal_basis::by_code(&writer, &new.legal_basis).await;
    let basis = basis.map_err(|fault| faults.push(fault)).ok();
    let (Some(basis), true) = (basis, faults.is_empty()) else {
        return Err(faults);
    };
    let id = writer.id();
    let row = circle::Model {
        id,
        code: new.code.clone(),
        name: new.name.clone(),
        name_en: new.name_en.clone(),
        legal_basis_id: basis.id,
        coordinator_id: coordinator,
        starts_at,
        ends_at: new.ends_at,
    };
    if !writer
        .insert_unless_taken(vec![row.clone().into_active_model()])
        .await?
        .is_empty()
    {
        return Err(vec![Fault::new(Code::NameTaken).with("value", &new.code).at("code")]);
    }
    let purposes = purposes.into_iter().map(|purpose_id| circle_purpose::Model {
        circle_id: id,
        purpose_id,
    });
    writer
        .insert(purposes.map(IntoActiveModel::into_active_model).collect::<Vec<_>>())
        .await?;
    enlist(&writer, &row, coordinator).await?;
    writer.noted(KIND, id, "founded", 1);
    Ok(writer.commit().await?)
}

/// Only inspectorates are members of circles.
fn inspectorate(organisation: &organisation_row::Model) -> Result<(), Fault> {
    if organisation.kind == "inspectorate" {
        return Ok(());
    }
    let dutch = "alleen inspecties zijn lid van een samenwerkingsverband";
    let english = "only inspectorates are members of a circle";
    Err(admission::misfit("organisation", dutch, english))
}

/// Makes an organisation a member from now on: anew, or on from what ended at this very moment.
async fn enlist(writer: &Writer<'_>, circle: &circle::Model, organisation: Uuid) -> Result<(), Fault> {
    use circle_member::{Column as C, Entity, Model};
    let now = writer.scope().now;
    let again = Entity::update_many()
        .col_expr(C::LeftAt, circle.ends_at.into())
        .filter(C::CircleId.eq(circle.id))
        .filter(C::OrganisationId.eq(organisation))
        .filter(C::JoinedAt.eq(now));
    if writer.execute(&again.into_query()).await? > 0 {
        return Ok(());
    }
    let row = Model {
        circle_id: circle.id,
        organisation_id: organisation,
        joined_at: now,
        left_at: circle.ends_at,
    };
    writer.insert(vec![row.into_active_model()]).await
}

/// A circle that has not ended.
async fn living(writer: &Writer<'_>, code: &str) -> Result<circle::Model, Fault> {
    let circle = by_code(writer, code).await?;
    if circle.ends_at <= writer.scope().now {
        return Err(ended("circle", Operation::KeepCircles));
    }
    Ok(circle)
}

/// A circle that the own inspectorate coordinates.
async fn coordinated(writer: &Writer<'_>, code: &str) -> Result<circle::Model, Fault> {
    let circle = living(writer, code).await?;
    if circle.coordinator_id != writer.scope().caller.organisation {
        let fault = Fault::new(Code::NotOwner).with("operation", Operation::KeepCircles.code());
        return Err(fault.at("circle"));
    }
    Ok(circle)
}

async fn is_member(writer: &Writer<'_>, circle: Uuid, organisation: Uuid) -> Result<bool, Fault> {
    use circle_member::{Column as C, Entity};
    let now = writer.scope().now;
    let member = Entity::find()
        .filter(C::CircleId.eq(circle))
        .filter(C::OrganisationId.eq(organisation))
        .filter(C::JoinedAt.lte(now))
        .filter(C::LeftAt.gt(now));
    Ok(!writer.reference(member).await?.is_empty())
}

/// The matter of inviting an inspectorate: its own administrator agrees.
pub(super) async fn membership_matter(writer: &Writer<'_>, of: &Circled) -> Result<Matter, Fault> {
    let circle = coordinated(writer, &of.circle).await?;
    let invited = organisation::by_code(writer, &of.organisation).await?;
    inspectorate(&invited)?;
    if invited.ended_at.is_some() {
        return Err(ended("organisation", Operation::KeepCircles));
    }
    if is_member(writer, circle.id, invited.id).await? {
        return Err(Fault::new(Code::AlreadySo).at("organisation"));
    }
    Ok(Matter::new(circle.id, invited.id, Second::Invited))
}

/// The own inspectorate joins a circle, as it and the coordinator decided.
pub(super) async fn join(writer: &mut Writer<'_>, of: &Circled) -> Result<(), Fault> {
    let circle = living(writer, &of.circle).await?;
    let member = writer.scope().caller.organisation;
    if is_member(writer, circle.id, member).await? {
        return Err(Fault::new(Code::AlreadySo));
    }
    enlist(writer, &circle, member).await?;
    writer.noted(KIND, circle.id, "joined", 1);
    Ok(())
}

/// The matter of handing the coordination to another member, which agrees.
pub(super) async fn coordination_matter(writer: &Writer<'_>, of: &Circled) -> Result<Matter, Fault> {
    let circle = coordinated(writer, &of.circle).await?;
    let next = organisation::by_code(writer, &of.organisation).await?;
    if next.id == circle.coordinator_id {
        return Err(Fault::new(Code::AlreadySo).at("organisation"));
    }
    member(writer, &circle, &next).await?;
    Ok(Matter::new(circle.id, next.id, Second::Invited))
}

async fn member(writer: &Writer<'_>, circle: &circle::Model, who: &organisation_row::Model) -> Result<(), Fault> {
    if is_member(writer, circle.id, who.id).await? {
        return Ok(());
    }
    Err(Fault::new(Code::UnknownReference)
        .with("value", &who.code)
        .at("organisation"))
}

/// The own inspectorate coordinates a circle from now on, as it and the coordinator before it decided.
pub(super) async fn hand_over(writer: &mut Writer<'_>, of: &Circled, from: Uuid) -> Result<(), Fault> {
    let circle = living(writer, &of.circle).await?;
    let next = organisation::by_code(writer, &of.organisation).await?;
    if circle.coordinator_id != from {
        return Err(Fault::new(Code::NotOwner).with("operation", Operation::KeepCircles.code()));
    }
    member(writer, &circle, &next).await?;
    let update = circle::Entity::update_many()
        .col_expr(circle::Column::CoordinatorId, next.id.into())
        .filter(circle::Column::Id.eq(circle.id));
    writer.execute(&update.into_query()).await?;
    writer.noted(KIND, circle.id, "handed_over", 1);
    Ok(())
}

/// Ends a membership, the own or, as coordinator, another's: from this commit on. Again changes nothing.
///
/// # Errors
/// `UNKNOWN_REFERENCE`, `WRONG_STATE`, `NOT_OWNER`, `COORDINATOR_STAYS`.
pub async fn leave(session: &Session, code: &str, other: Option<&str>) -> Result<(), Fault> {
    let mut writer = session.writer(Operation::KeepCircles).await?;
    let (circle, leaver) = match other {
        None => (living(&writer, code).await?, writer.scope().caller.organisation),
        Some(other) => (
            coordinated(&writer, code).await?,
            organisation::by_code(&writer, other).await?.id,
        ),
    };
    if circle.coordinator_id == leaver {
        return Err(Fault::new(Code::CoordinatorStays).at("circle"));
    }
    if end_memberships(&writer, leaver, Some(circle.id)).await? == 0 {
        return Ok(());
    }
    writer.noted(
        KIND,
        circle.id,
        if other.is_some() { "membership_ended" } else { "left" },
        1,
    );
    writer.commit().await
}

async fn end_memberships(writer: &Writer<'_>, organisation: Uuid, circle: Option<Uuid>) -> Result<u64, Fault> {
    use circle_member::{Column as C, Entity};
    let now = writer.scope().now;
    let mut update = Entity::update_many()
        .col_expr(C::LeftAt, now.into())
        .filter(C::OrganisationId.eq(organisation))
        .filter(C::LeftAt.gt(now));
    if let Some(circle) = circle {
        update = update.filter(C::CircleId.eq(circle));
    }
    writer.execute(&update.into_query()).await
}

/// Ends a circle, now or at an earlier moment than it would: what has ended does not live again, nor does an end move
/// away, because grants to the circle would live with it.
///
/// # Errors
/// `UNKNOWN_REFERENCE`, `WRONG_STATE`, `NOT_OWNER`, `INVALID_PERIOD`.
pub async fn end(session: &Session, code: &str, at: Option<Instant>) -> Result<(), Fault> {
    let mut writer = session.writer(Operation::KeepCircles).await?;
    let circle = coordinated(&writer, code).await?;
    let now = writer.scope().now;
    let at = at.unwrap_or(now);
    if at < now || at > circle.ends_at {
        return Err(Fault::new(Code::InvalidPeriod).at("lastDay"));
    }
    let update = circle::Entity::update_many()
        .col_expr(circle::Column::EndsAt, at.into())
        .filter(circle::Column::Id.eq(circle.id));
    writer.execute(&update.into_query()).await?;
    writer.noted(KIND, circle.id, "ended", 1);
    writer.commit().await
}

/// An organisation that ends is no member of anything, and what it coordinates ends with it: nobody else could.
pub(super) async fn leave_all(writer: &mut Writer<'_>, organisation: Uuid) -> Result<(), Fault> {
    use circle::{Column as C, Entity};
    let now = writer.scope().now;
    end_memberships(writer, organisation, None).await?;
    let coordinated = Entity::find()
        .filter(C::CoordinatorId.eq(organisation))
        .filter(C::EndsAt.gt(now));
    for circle in writer.reference(coordinated).await? {
        let update = Entity::update_many()
            .col_expr(C::EndsAt, now.into())
            .filter(C::Id.eq(circle.id));
        writer.execute(&update.into_query()).await?;
        writer.noted(KIND, circle.id, "ended", 1);
    }
    Ok(())
}
