//! The vocabularies: upserted by code. What is no longer in a file stays, because records refer to it.

use access::{FOREVER, Instant};
use foundation::clock::{amsterdam, end_of};
use foundation::reference::{circle, circle_member, circle_purpose, legal_basis, organisation, purpose};
use foundation::{Clock, Database};
use jiff::civil::Date;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, QueryFilter};
use uuid::Uuid;

use super::{Noun, SeedError, begin, primary_key, upsert};
use crate::model::circle::Circle;
use crate::model::organisation::OrganisationKind;
use crate::reference::Reference;
use crate::store::rows::{category, domain, law, safety_region};

/// Loads organisations, purposes, legal bases, circles, domains, categories and safety regions.
///
/// A circle's members and purposes become those of its file: who is no longer listed leaves it now. Whether an
/// organisation is suspended or has ended is not the file's to say.
///
/// # Errors
/// The database's; nothing is changed then.
pub async fn vocabularies(database: &Database, reference: &Reference, clock: &Clock) -> Result<(), SeedError> {
    let transaction = begin(database).await?;
    organisations(&transaction, reference).await?;
    purposes(&transaction, reference).await?;
    legal_bases(&transaction, reference).await?;
    registry_words(&transaction, reference).await?;
    circles(&transaction, reference, clock.now()).await?;
    transaction.commit().await?;
    Ok(())
}

async fn organisations(transaction: &DatabaseTransaction, reference: &Reference) -> Result<(), DbErr> {
    use organisation::{Column as C, Entity};
    let rows = reference.organisations.iter().map(|entry| organisation::Model {
        id: Noun::Organisation.id(entry.code.as_str()),
        code: entry.code.to_string(),
        name: entry.name.clone(),
        name_en: entry.name_en.clone(),
        kind: match entry.kind {
            OrganisationKind::Inspectorate => "inspectorate".to_owned(),
            OrganisationKind::Partner => "partner".to_owned(),
        },
        oin: Some(entry.oin.value().to_owned()),
        domains: entry.domains.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(" "),
        participant: entry.participant,
        contact_name: entry.contact.name.clone(),
        contact_phone: entry.contact.phone.clone(),
        contact_email: entry.contact.email.clone(),
        suspended_at: None,
        ended_at: None,
    });
    let contact = [C::ContactName, C::ContactPhone, C::ContactEmail];
    let columns = [
        &[C::Name, C::NameEn, C::Kind, C::Oin, C::Domains, C::Participant][..],
        &contact,
    ]
    .concat();
    upsert::<Entity, _>(transaction, rows.collect(), &[C::Code], &columns).await
}

async fn purposes(transaction: &DatabaseTransaction, reference: &Reference) -> Result<(), DbErr> {
    use purpose::{Column as C, Entity};
    let rows = reference.purposes.iter().map(|entry| purpose::Model {
        id: Noun::Purpose.id(entry.code.as_str()),
        code: entry.code.to_string(),
        name: entry.name.clone(),
        name_en: entry.name_en.clone(),
        description: entry.description.clone(),
        description_en: entry.description_en.clone(),
        allows_personal: entry.allows_personal,
        pseudonyms: entry.pseudonyms,
    });
    let columns = [
        C::Name,
        C::NameEn,
        C::Description,
        C::DescriptionEn,
        C::AllowsPersonal,
        C::Pseudonyms,
    ];
    upsert::<Entity, _>(transaction, rows.collect(), &[C::Code], &columns).await
}

async fn legal_bases(transaction: &DatabaseTransaction, reference: &Reference) -> Result<(), DbErr> {
    use legal_basis::{Column as C, Entity};
    let rows = reference.legal_bases.iter().map(|entry| legal_basis::Model {
        id: Noun::LegalBasis.id(entry.code.as_str()),
        code: entry.code.to_string(),
        citation: entry.citation.clone(),
        description: entry.description.clone(),
        fictitious: entry.fictitious,
        source: entry.source.clone(),
    });
    let columns = [C::Citation, C::Description, C::Fictitious, C::Source];
    upsert::<Entity, _>(transaction, rows.collect(), &[C::Code], &columns).await
}

/// Domains, categories, safety regions and laws.
async fn registry_words(transaction: &DatabaseTransaction, reference: &Reference) -> Result<(), DbErr> {
    let domains = reference.domains.iter().map(|entry| domain::Model {
        code: entry.code.to_string(),
        name: entry.name.clone(),
        name_en: entry.name_en.clone(),
        source: entry.source.clone(),
    });
    use domain::Column as D;
    upsert::<domain::Entity, _>(
        transaction,
        domains.collect(),
        &[D::Code],
        &[D::Name, D::NameEn, D::Source],
    )
    .await?;
    let categories = reference.categories.iter().map(|entry| category::Model {
        id: Noun::Category.id(entry.code.as_str()),
        code: entry.code.to_string(),
        name: entry.name.clone(),
        name_en: entry.name_en.clone(),
        domain: entry.domain.to_string(),
        source: entry.source.clone(),
    });
    use category::Column as C;
    let columns = [C::Name, C::NameEn, C::Domain, C::Source];
    upsert::<category::Entity, _>(transaction, categories.collect(), &[C::Code], &columns).await?;
    let regions = reference.safety_regions.iter().map(|entry| safety_region::Model {
        id: Noun::SafetyRegion.id(entry.code.as_str()),
        code: entry.code.to_string(),
        name: entry.name.clone(),
        source: entry.source.clone(),
    });
    use safety_region::Column as R;
    upsert::<safety_region::Entity, _>(transaction, regions.collect(), &[R::Code], &[R::Name, R::Source]).await?;
    let laws = reference.laws.iter().map(|entry| law::Model {
        code: entry.code.to_string(),
        name: entry.name.clone(),
        name_en: entry.name_en.clone(),
        fictitious: entry.fictitious,
        source: entry.source.clone(),
    });
    use law::Column as L;
    let columns = [L::Name, L::NameEn, L::Fictitious, L::Source];
    upsert::<law::Entity, _>(transaction, laws.collect(), &[L::Code], &columns).await
}

async fn circles(transaction: &DatabaseTransaction, reference: &Reference, now: Instant) -> Result<(), SeedError> {
    use circle::{Column as C, Entity};
    let row = |entry: &Circle| -> Result<circle::Model, SeedError> {
        let (starts_at, ends_at) = life(entry)?;
        Ok(circle::Model {
            id: Noun::Circle.id(entry.code.as_str()),
            code: entry.code.to_string(),
            name: entry.name.clone(),
            name_en: entry.name_en.clone(),
            legal_basis_id: Noun::LegalBasis.id(entry.legal_basis.as_str()),
            coordinator_id: Noun::Organisation.id(entry.coordinator.as_str()),
            starts_at,
            ends_at,
        })
    };
    let rows = reference.circles.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    let columns = [
        C::Name,
        C::NameEn,
        C::LegalBasisId,
        C::CoordinatorId,
        C::StartsAt,
        C::EndsAt,
    ];
    upsert::<Entity, _>(transaction, rows.clone(), &[C::Code], &columns).await?;
    for (entry, row) in reference.circles.iter().zip(rows) {
        purposes_of(transaction, entry, row.id).await?;
        members_of(transaction, entry, &row, now).await?;
    }
    Ok(())
}

/// From when and until when a circle lives: whole Dutch days, the last included.
fn life(circle: &Circle) -> Result<(Instant, Instant), SeedError> {
    let far = |date: Date| SeedError::Unknown {
        from: format!("circle {}", circle.code),
        to: date.to_string(),
    };
    let starts = circle.starts.to_zoned(amsterdam()).map_err(|_| far(circle.starts))?;
    let ends = match circle.ends {
        Some(date) => end_of(date).ok_or_else(|| far(date))?,
        None => FOREVER,
    };
    Ok((starts.timestamp().as_microsecond(), ends))
}

async fn purposes_of(transaction: &DatabaseTransaction, entry: &Circle, circle: Uuid) -> Result<(), DbErr> {
    use circle_purpose::{Column as C, Entity, Model};
    let purposes: Vec<Uuid> = entry
        .purposes
        .iter()
        .map(|code| Noun::Purpose.id(code.as_str()))
        .collect();
    let dropped = C::CircleId
        .eq(circle)
        .and(C::PurposeId.is_not_in(purposes.iter().copied()));
    Entity::delete_many().filter(dropped).exec(transaction).await?;
    let rows = purposes
        .into_iter()
        .map(|purpose_id| Model {
            circle_id: circle,
            purpose_id,
        })
        .collect();
    upsert::<Entity, _>(transaction, rows, &primary_key::<Entity>(), &[]).await
}

async fn members_of(
    transaction: &DatabaseTransaction,
    entry: &Circle,
    circle: &circle::Model,
    now: Instant,
) -> Result<(), DbErr> {
    use circle_member::{Column as C, Entity, Model};
    let listed: Vec<Uuid> = entry
        .members
        .iter()
        .map(|code| Noun::Organisation.id(code.as_str()))
        .collect();
    let rows = Entity::find()
        .filter(C::CircleId.eq(circle.id))
        .all(transaction)
        .await?;
    let set_end = |id: Uuid, joined_at: Instant, left_at: Instant| {
        Entity::update_many().col_expr(C::LeftAt, left_at.into()).filter(
            C::CircleId
                .eq(circle.id)
                .and(C::OrganisationId.eq(id))
                .and(C::JoinedAt.eq(joined_at)),
        )
    };
    for row in rows.iter().filter(|row| row.left_at > now) {
        let end = if listed.contains(&row.organisation_id) {
            circle.ends_at
        } else {
            Ord::max(now, row.joined_at)
        };
        if end != row.left_at {
            set_end(row.organisation_id, row.joined_at, end)
                .exec(transaction)
                .await?;
        }
    }
    let joining = listed
        .into_iter()
        .filter(|id| !rows.iter().any(|row| row.organisation_id == *id && row.left_at > now));
    // Who was a member before joins again now; who never was, is one from the beginning.
    let joined_at = |id: Uuid| {
        let before = rows.iter().any(|row| row.organisation_id == id);
        if before { now } else { circle.starts_at }
    };
    let joined = joining.map(|id| Model {
        circle_id: circle.id,
        organisation_id: id,
        joined_at: joined_at(id),
        left_at: circle.ends_at,
    });
    upsert::<Entity, _>(transaction, joined.collect(), &primary_key::<Entity>(), &[]).await
}
