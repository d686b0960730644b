//! Looking for parties that may be one with another.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foundation::Fault;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::model::address::Place;
use crate::model::duplicate::{CANDIDATES, Likeness, Profile, compare, same_bearer};
use crate::model::name::Name;
use crate::model::party::PartyKind;
use crate::store::find::{Keep, Look, census, near};
use crate::store::party::identifier;
use crate::store::rows::{
    duplicate_dismissal, duplicate_proposal, party, party_identifier, party_trade_name, site_place,
};

/// Proposes anew what each of these parties may be one with. What was dismissed stays dismissed.
///
/// # Errors
/// The database's.
pub async fn propose(keep: &impl Keep, parties: &[Uuid]) -> Result<(), Fault> {
    for party in parties {
        let text = "DELETE FROM duplicate_proposal WHERE party_id = ? OR other_id = ?";
        keep.run(text, vec![(*party).into(), (*party).into()]).await?;
        let alike = alike(keep, *party).await?;
        let rows = alike.into_iter().map(|(other, likeness)| row(*party, other, &likeness));
        keep.add(rows.collect::<Result<_, _>>()?).await?;
    }
    Ok(())
}

fn row(party: Uuid, other: Uuid, likeness: &Likeness) -> Result<duplicate_proposal::ActiveModel, Fault> {
    let evidence: Vec<(i16, f64)> = likeness
        .evidence
        .iter()
        .map(|evidence| (evidence.reason as i16, evidence.points))
        .collect();
    Ok(duplicate_proposal::ActiveModel {
        party_id: Set(party.min(other)),
        other_id: Set(party.max(other)),
        score: Set(likeness.score),
        evidence: Set(serde_json::to_string(&evidence).map_err(Fault::internal)?),
    })
}

/// The parties that this one may be, of which nobody has said that they are not.
async fn alike(look: &impl Look, party: Uuid) -> Result<BTreeMap<Uuid, Likeness>, Fault> {
    let Some(profile) = profiles(look, &[party]).await?.remove(&party) else {
        return Ok(BTreeMap::new());
    };
    let mut others = neighbours(look, &profile).await?;
    others.remove(&party);
    let dismissed = dismissed(look, party).await?;
    let others: Vec<Uuid> = others.difference(&dismissed).copied().collect();
    let others = profiles(look, &others).await?;
    let mut words = profile.words();
    words.extend(others.values().flat_map(Profile::words));
    let census = census(look, &words).await?;
    let compared = others
        .into_iter()
        .filter_map(|(other, theirs)| Some((other, compare(&profile, &theirs, &census)?)));
    Ok(compared.filter(|(_, likeness)| likeness.is_proposed()).collect())
}

/// Those worth comparing with: names that are near, the same door, a number that means the same bearer.
async fn neighbours(look: &impl Look, profile: &Profile) -> Result<BTreeSet<Uuid>, Fault> {
    let mut found = BTreeSet::new();
    for name in &profile.names {
        let near = near(look, name, None).await?.into_iter();
        found.extend(near.take(CANDIDATES + 1).map(|near| near.party));
    }
    for (postcode, number) in profile.doors() {
        let door = site_place::Entity::find()
            .filter(site_place::Column::Postcode.eq(postcode))
            .filter(site_place::Column::Number.eq(number))
            .limit(u64::try_from(CANDIDATES).unwrap_or(u64::MAX));
        found.extend(look.rows(door).await?.into_iter().map(|row| row.party_id));
    }
    for number in profile.identifiers.iter().filter_map(same_bearer) {
        let bearer = party_identifier::Entity::find()
            .filter(party_identifier::Column::Scheme.eq(number.scheme() as i16))
            .filter(party_identifier::Column::Value.eq(number.value()));
        found.extend(look.rows(bearer).await?.into_iter().map(|row| row.party_id));
    }
    Ok(found)
}

/// Those of which somebody said that this party is not they.
async fn dismissed(look: &impl Look, party: Uuid) -> Result<BTreeSet<Uuid>, Fault> {
    use duplicate_dismissal::Column;
    let either = Condition::any()
        .add(Column::PartyId.eq(party))
        .add(Column::OtherId.eq(party));
    let rows = look.rows(duplicate_dismissal::Entity::find().filter(either)).await?;
    let other = |row: duplicate_dismissal::Model| {
        if row.party_id == party {
            row.other_id
        } else {
            row.party_id
        }
    };
    Ok(rows.into_iter().map(other).collect())
}

/// What is compared of these parties; persons are left out.
async fn profiles(look: &impl Look, ids: &[Uuid]) -> Result<HashMap<Uuid, Profile>, Fault> {
    let of = || ids.iter().copied();
    let parties = look
        .rows(party::Entity::find().filter(party::Column::Id.is_in(of())))
        .await?;
    let mut profiles = HashMap::new();
    for row in parties {
        let kind = PartyKind::from_number(row.kind).ok_or_else(|| Fault::broken("a party of no known kind"))?;
        let Some(name) = row.legal_name.filter(|_| !kind.is_person()) else {
            continue;
        };
        let profile = Profile {
            kind,
            names: Name::all(&name),
            identifiers: Vec::new(),
            places: Vec::new(),
        };
        profiles.insert(row.id, profile);
    }
    let names = party_trade_name::Entity::find().filter(party_trade_name::Column::PartyId.is_in(of()));
    for row in look.rows(names).await? {
        if let Some(profile) = profiles.get_mut(&row.party_id) {
            profile.names.extend(Name::all(&row.name));
        }
    }
    let numbers = party_identifier::Entity::find().filter(party_identifier::Column::PartyId.is_in(of()));
    for row in look.rows(numbers).await? {
        if let Some(profile) = profiles.get_mut(&row.party_id) {
            profile.identifiers.push(identifier(row.scheme, &row.value)?);
        }
    }
    let places = site_place::Entity::find().filter(site_place::Column::PartyId.is_in(of()));
    for row in look.rows(places).await? {
        if let Some(profile) = profiles.get_mut(&row.party_id) {
            profile.places.push(place(row));
        }
    }
    Ok(profiles)
}

fn place(row: site_place::Model) -> Place {
    Place {
        postcode: row.postcode,
        street: row.street,
        number: row.number,
        addition: row.addition,
        town: row.town,
    }
}
