//! References by the codes that people use, found in one query per vocabulary whatever their number.

use std::collections::{HashMap, HashSet};

use access::{Audience, Instant, Tlp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::grant::{self, Asked, Resolved, To};
use crate::fault::{Code, Fault, Language};
use crate::ids;
use crate::reference::{
    account, category, circle, circle_purpose, legal_basis, organisation, party, purpose, safety_region, site,
};
use crate::session::Writer;

/// What a write is going to refer to.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Category codes.
    pub categories: HashSet<String>,
    /// Parties.
    pub parties: HashSet<Uuid>,
    /// Sites.
    pub sites: HashSet<Uuid>,
    /// Safety region codes.
    pub regions: HashSet<String>,
    /// Grants.
    pub grants: Vec<Asked>,
}

/// What of it exists.
#[derive(Debug, Default)]
pub struct Lookup {
    categories: HashSet<String>,
    parties: HashSet<Uuid>,
    sites: HashSet<Uuid>,
    regions: HashMap<String, Uuid>,
    organisations: HashMap<String, Uuid>,
    accounts: HashMap<String, Uuid>,
    circles: HashMap<String, (Uuid, HashSet<Uuid>)>,
    /// Who exists but can receive nothing now.
    closed: HashSet<To>,
    purposes: HashMap<String, Uuid>,
    bases: HashMap<String, Uuid>,
}

impl Lookup {
    /// Looks up everything at once.
    ///
    /// # Errors
    /// The database's.
    pub async fn find(writer: &Writer<'_>, wanted: &Wanted) -> Result<Self, Fault> {
        let mut found = Self::default();
        if !wanted.categories.is_empty() {
            let rows = category::Entity::find().filter(category::Column::Code.is_in(&wanted.categories));
            found.categories = writer.reference(rows).await?.into_iter().map(|row| row.code).collect();
        }
        if !wanted.parties.is_empty() {
            let rows = party::Entity::find().filter(party::Column::Id.is_in(wanted.parties.iter().copied()));
            found.parties = writer.reference(rows).await?.into_iter().map(|row| row.id).collect();
        }
        if !wanted.sites.is_empty() {
            let rows = site::Entity::find().filter(site::Column::Id.is_in(wanted.sites.iter().copied()));
            found.sites = writer.reference(rows).await?.into_iter().map(|row| row.id).collect();
        }
        if !wanted.regions.is_empty() {
            let rows = safety_region::Entity::find().filter(safety_region::Column::Code.is_in(&wanted.regions));
            found.regions = writer
                .reference(rows)
                .await?
                .into_iter()
                .map(|row| (row.code, row.id))
                .collect();
        }
        found.audiences(writer, &wanted.grants).await?;
        Ok(found)
    }

    async fn audiences(&mut self, writer: &Writer<'_>, grants: &[Asked]) -> Result<(), Fault> {
        let now = writer.scope().now;
        let codes = |pick: fn(&To) -> Option<&String>| -> HashSet<String> {
            grants.iter().filter_map(|grant| pick(&grant.to).cloned()).collect()
        };
        let organisations = codes(|to| {
            if let To::Organisation(code) = to {
                Some(code)
            } else {
                None
            }
        });
        if !organisations.is_empty() {
            let rows = organisation::Entity::find().filter(organisation::Column::Code.is_in(organisations));
            for row in writer.reference(rows).await? {
                if !receives(&row, now) {
                    self.closed.insert(To::Organisation(row.code.clone()));
                }
                self.organisations.insert(row.code, row.id);
            }
        }
        let accounts = codes(|to| if let To::Account(name) = to { Some(name) } else { None });
        if !accounts.is_empty() {
            let rows = account::Entity::find().filter(account::Column::Name.is_in(accounts));
            let rows = writer.reference(rows).await?;
            let theirs = rows.iter().map(|row| row.organisation_id);
            let theirs = organisation::Entity::find().filter(organisation::Column::Id.is_in(theirs));
            let theirs = writer.reference(theirs).await?;
            for row in rows {
                let receiving = theirs
                    .iter()
                    .any(|one| one.id == row.organisation_id && receives(one, now));
                if !receiving || over(row.suspended_at, now) || over(row.ended_at, now) {
                    self.closed.insert(To::Account(row.name.clone()));
                }
                self.accounts.insert(row.name, row.id);
            }
        }
        let circles = codes(|to| if let To::Circle(code) = to { Some(code) } else { None });
        if !circles.is_empty() {
            let rows = circle::Entity::find().filter(circle::Column::Code.is_in(circles));
            let rows = writer.reference(rows).await?;
            let ids = rows.iter().map(|row| row.id);
            let purposes = circle_purpose::Entity::find().filter(circle_purpose::Column::CircleId.is_in(ids));
            let purposes = writer.reference(purposes).await?;
            let of = |id: Uuid| {
                purposes
                    .iter()
                    .filter(|row| row.circle_id == id)
                    .map(|row| row.purpose_id)
                    .collect()
            };
            let ended = rows.iter().filter(|row| row.ends_at <= now);
            self.closed.extend(ended.map(|row| To::Circle(row.code.clone())));
            self.circles = rows.into_iter().map(|row| (row.code, (row.id, of(row.id)))).collect();
        }
        let purposes: HashSet<&String> = grants.iter().filter_map(|grant| grant.purpose.as_ref()).collect();
        if !purposes.is_empty() {
            let rows = purpose::Entity::find().filter(purpose::Column::Code.is_in(purposes));
            self.purposes = writer
                .reference(rows)
                .await?
                .into_iter()
                .map(|row| (row.code, row.id))
                .collect();
        }
        let bases: HashSet<&String> = grants.iter().filter_map(|grant| grant.legal_basis.as_ref()).collect();
        if !bases.is_empty() {
            let rows = legal_basis::Entity::find().filter(legal_basis::Column::Code.is_in(bases));
            self.bases = writer
                .reference(rows)
                .await?
                .into_iter()
                .map(|row| (row.code, row.id))
                .collect();
        }
        Ok(())
    }

    /// A category that exists.
    pub fn category(&self, code: &str, faults: &mut Vec<Fault>) {
        if !self.categories.contains(code) {
            faults.push(unknown(code).at("category"));
        }
    }

    /// Parties that exist.
    pub fn parties(&self, ids: &[Uuid], faults: &mut Vec<Fault>) {
        missing("parties", ids::prefix::PARTY, ids, &self.parties, faults);
    }

    /// Sites that exist.
    pub fn sites(&self, ids: &[Uuid], faults: &mut Vec<Fault>) {
        missing("sites", ids::prefix::SITE, ids, &self.sites, faults);
    }

    /// Safety regions that exist, as ids.
    pub fn regions(&self, codes: &[String], faults: &mut Vec<Fault>) -> Vec<Uuid> {
        let mut ids = Vec::with_capacity(codes.len());
        for (index, code) in codes.iter().enumerate() {
            match self.regions.get(code) {
                Some(id) => ids.push(*id),
                None => faults.push(unknown(code).at(format!("regions.{index}"))),
            }
        }
        ids
    }

    /// The grants of which every reference exists and that the mark permits; what is wrong with the others is told
    /// under `grants` and their place.
    pub fn grants(&self, asked: &[Asked], tlp: Tlp, now: Instant, faults: &mut Vec<Fault>) -> Vec<Resolved> {
        let mut grants = Vec::with_capacity(asked.len());
        for (place, asked) in asked.iter().enumerate() {
            let grant = self.grant(asked, now).and_then(|grant| {
                grant::permitted(tlp, &grant.audience, &asked.to)?;
                Ok(grant)
            });
            let under = |fault: Fault| fault.under(&format!("grants.{place}"));
            match grant {
                Ok(grant) => grants.push(grant),
                Err(wrong) => faults.extend(wrong.into_iter().map(under)),
            }
        }
        grants
    }

    /// A grant of which every reference exists; a circle's grant uses one of the circle's purposes.
    ///
    /// # Errors
    /// Every fault at once.
    pub fn grant(&self, asked: &Asked, now: Instant) -> Result<Resolved, Vec<Fault>> {
        let mut faults = Vec::new();
        let audience = self.audience(&asked.to, &mut faults);
        let purpose = match &asked.purpose {
            None => Err(Fault::new(Code::GrantNeedsPurpose)),
            Some(code) => self.purposes.get(code).copied().ok_or_else(|| unknown(code)),
        };
        let purpose = purpose.map_err(|fault| faults.push(fault.at("purpose"))).ok();
        let basis = match &asked.legal_basis {
            None => Err(Fault::new(Code::GrantNeedsBasis)),
            Some(code) => self.bases.get(code).copied().ok_or_else(|| unknown(code)),
        };
        let legal_basis = basis.map_err(|fault| faults.push(fault.at("legalBasis"))).ok();
        if let (To::Circle(code), Some(purpose)) = (&asked.to, purpose)
            && self
                .circles
                .get(code)
                .is_some_and(|(_, purposes)| !purposes.contains(&purpose))
        {
            let name = asked.purpose.as_deref().unwrap_or_default();
            let fault = Fault::new(Code::PurposeNotOfCircle)
                .with("purpose", name)
                .with("circle", code);
            faults.push(fault.at("purpose"));
        }
        let period = grant::period(asked, now).map_err(|fault| faults.push(fault)).ok();
        match (audience, purpose, legal_basis, period) {
            (Some(audience), Some(purpose), Some(legal_basis), Some((valid_from, valid_until)))
                if faults.is_empty() =>
            {
                Ok(Resolved {
                    audience,
                    purpose,
                    legal_basis,
                    valid_from,
                    valid_until,
                })
            }
            _ => Err(faults),
        }
    }

    fn audience(&self, to: &To, faults: &mut Vec<Fault>) -> Option<Audience> {
        let audience = match to {
            To::Nobody => {
                let reason = "a grant to nobody is no grant; leave it out, or say `true`";
                faults.push(Fault::new(Code::InvalidInput).with("reason", reason).at("to.everyone"));
                return None;
            }
            To::Everyone => Some(Audience::Everyone),
            To::Organisation(code) => self.organisations.get(code).map(|id| Audience::Organisation(*id)),
            To::Circle(code) => self.circles.get(code).map(|(id, _)| Audience::Circle(*id)),
            To::Account(name) => self.accounts.get(name).map(|id| Audience::Account(*id)),
        };
        if audience.is_none() {
            faults.push(unknown(to.text(Language::English)).at("to"));
        } else if self.closed.contains(to) {
            let name = to.text(Language::English);
            faults.push(Fault::new(Code::AudienceClosed).with("value", name).at("to"));
        }
        audience
    }
}

/// Whether an organisation can be shared with: admitted as a participant, neither suspended nor ended.
fn receives(organisation: &organisation::Model, now: Instant) -> bool {
    organisation.participant && !over(organisation.suspended_at, now) && !over(organisation.ended_at, now)
}

fn over(end: Option<Instant>, now: Instant) -> bool {
    end.is_some_and(|end| end <= now)
}

fn unknown(value: &str) -> Fault {
    Fault::new(Code::UnknownReference).with("value", value)
}

fn missing(field: &str, prefix: &'static str, ids: &[Uuid], known: &HashSet<Uuid>, faults: &mut Vec<Fault>) {
    for (index, id) in ids.iter().enumerate().filter(|(_, id)| !known.contains(*id)) {
        faults.push(unknown(&ids::write(prefix, *id)).at(format!("{field}.{index}")));
    }
}
