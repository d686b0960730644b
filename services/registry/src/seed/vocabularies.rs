//! The vocabularies. Domains, categories and safety regions are the files': upserted by code, and what is no longer in
//! a file stays, because records refer to it. Organisations, purposes, legal bases and circles only begin with the files:
//! once they are there, administrators decide on them, and a new version of the platform undoes none of that.

use access::{FOREVER, Instant};
use foundation::Database;
use foundation::clock::{amsterdam, end_of};
use foundation::reference::{circle, circle_member, circle_purpose, legal_basis, organisation, purpose};
use jiff::civil::Date;
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait};
use uuid::Uuid;

use super::{Noun, SeedError, begin, finding, primary_key, upsert};
use crate::model::circle::Circle;
use crate::model::code::Code;
use crate::model::organisation::OrganisationKind;
use crate::reference::Reference;
use crate::store::rows::{category, domain, law, safety_region};

/// Loads organisations, purposes, legal bases, circles, domains, categories and safety regions; and makes parties to be
/// found that were there before what they are found by.
///
/// An organisation, purpose, legal basis or circle that is there already stays as administrators have made it.
///
/// # Errors
/// The database's; nothing is changed then.
pub async fn vocabularies(database: &Database, reference: &Reference) -> Result<(), SeedError> {
    let transaction = begin(database).await?;
    organisations(&transaction, reference).await?;
    purposes(&transaction, reference).await?;
    legal_bases(&transaction, reference).await?;
    registry_words(&transaction, reference).await?;
    circles(&transaction, reference).await?;
    finding::within(&transaction).await?;
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
    upsert::<Entity, _>(transaction, rows.collect(), &[C::Code], &[]).await
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
    upsert::<Entity, _>(transaction, rows.collect(), &[C::Code], &[]).await
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
    upsert::<Entity, _>(transaction, rows.collect(), &[C::Code], &[]).await
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

async fn circles(transaction: &DatabaseTransaction, reference: &Reference) -> Result<(), SeedError> {
    use circle::{Column as C, Entity};
    let known = Entity::find().all(transaction).await?;
    let new = |entry: &&Circle| !known.iter().any(|row| entry.code == *row.code.as_str());
    for entry in reference.circles.iter().filter(new) {
        let (starts_at, ends_at) = life(entry)?;
        let row = circle::Model {
            id: Noun::Circle.id(entry.code.as_str()),
            code: entry.code.to_string(),
            name: entry.name.clone(),
            name_en: entry.name_en.clone(),
            legal_basis_id: Noun::LegalBasis.id(entry.legal_basis.as_str()),
            coordinator_id: Noun::Organisation.id(entry.coordinator.as_str()),
            starts_at,
            ends_at,
        };
        upsert::<Entity, _>(transaction, vec![row.clone()], &[C::Code], &[]).await?;
        purposes_of(transaction, entry, row.id).await?;
        members_of(transaction, entry, &row).await?;
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
    use circle_purpose::{Entity, Model};
    let row = |code: &Code| Model {
        circle_id: circle,
        purpose_id: Noun::Purpose.id(code.as_str()),
    };
    let rows = entry.purposes.iter().map(row).collect();
    upsert::<Entity, _>(transaction, rows, &primary_key::<Entity>(), &[]).await
}

/// Its members are members from its beginning to its end.
async fn members_of(transaction: &DatabaseTransaction, entry: &Circle, circle: &circle::Model) -> Result<(), DbErr> {
    use circle_member::{Entity, Model};
    let row = |code: &Code| Model {
        circle_id: circle.id,
        organisation_id: Noun::Organisation.id(code.as_str()),
        joined_at: circle.starts_at,
        left_at: circle.ends_at,
    };
    let rows = entry.members.iter().map(row).collect();
    upsert::<Entity, _>(transaction, rows, &primary_key::<Entity>(), &[]).await
}
