//! Supervised parties, as the API shows them.

mod input;
mod mutation;

use std::sync::Arc;

use access::MaskReason;
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use foundation::graphql::kit::{
    Date, DateTime, LIST_COST, MaskedField, PAGE_DEFAULT, page_cost, page_size, read_cursor,
};
use foundation::ids::{prefix, read, write};
use foundation::{Code, Fault};
use uuid::Uuid;

use super::certificate_holder::HolderSupervision;
use super::contact::PartyContactConnection;
use super::covenant::{self, CovenantConnection};
use super::door::{
    ContactsOf, Door, HolderSupervisionOf, HoldersOf, IdentifiersOf, KeptParty, MergedInto, Names, PartyCustody,
    PartyKey, RelationsOf, SectorsOf, SitesOf, SupervisionOf, TradeNamesOf,
};
use super::holder::AccountHolder;
use super::mandate::Supervision;
use super::page::{PartyConnection, party_at};
use super::region::SafetyRegion;
use super::relation::{PartyRelationConnection, PartyRole};
use super::sector::Sector;
use super::site::Site;
use super::supervision_level::{self, SupervisionLevel, SupervisionLevelConnection};
use crate::model;
use crate::store::certificate_holder;
use crate::store::contact;
use crate::store::find;
use crate::store::party::{self as store, Merged, Party, PersonNames, Search};
use crate::store::relation::Wanted;

pub(super) use input::{given, numbers, region};
pub(super) use mutation::PartyMutation;

/// The longest text that parties are looked for by, in characters.
const NAME_MAXIMUM: usize = 200;

/// Questions about supervised parties.
#[derive(Default)]
pub(super) struct PartyQuery;

/// Questions about supervised parties.
#[Object]
impl PartyQuery {
    /// One supervised party (ondertoezichtstaande).
    async fn party(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its identity (kenmerk), such as `pty_…`.")] id: ID,
    ) -> Result<Option<SupervisedParty>, Fault> {
        find(Door::of(ctx), &id).await.map_err(|fault| fault.at("id"))
    }

    /// Supervised parties (ondertoezichtstaanden) by part of a name, by a number or by sector, in the order of their
    /// names; or by whatever `search` holds, the best first. Persons are found by number only.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn parties(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Part of a legal or trade name (naam); case and accents do not matter.")] name: Option<String>,
        #[graphql(desc = "A number (identificerend nummer). Give it or a name, not both.")] identifier: Option<
            IdentifierInput,
        >,
        #[graphql(
            desc = "Whatever one has (zoektekst): a name, misspelt or in part, a number, postcode and house number, an address. Give it alone; `matchedBecause` says why each was found."
        )]
        search: Option<String>,
        #[graphql(desc = "The code of a sector (SBI): only parties in it or in a part of it.")] sector: Option<String>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many (aantal): 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "Go on after this place (cursor).")] after: Option<String>,
    ) -> Result<Option<PartyConnection>, Fault> {
        let door = Door::of(ctx);
        let size = page_size(first)?;
        let sector = sector.map(|text| model::sector::code(&text));
        if let Some(text) = search {
            if name.is_some() || identifier.is_some() || sector.is_some() {
                return Err(not_both(
                    "search",
                    "`search`",
                    "`name`, `identifier` of `sector`",
                    "`name`, `identifier` or `sector`",
                ));
            }
            return searched(door, &text, size, after.as_deref()).await.map(Some);
        }
        let wanted = wanted(name, identifier, sector.is_some())?;
        let place = after.as_deref().map(party_at).transpose()?;
        let found = store::search(&door.session, &wanted, sector.as_deref(), place, size + 1).await?;
        let party = |party| SupervisedParty {
            party,
            door: door.clone(),
        };
        Ok(Some(PartyConnection::of(
            found.into_iter().map(party).collect(),
            size,
            after.is_some(),
        )))
    }

    #[graphql(entity)]
    async fn find_party(&self, ctx: &Context<'_>, id: ID) -> Result<Option<SupervisedParty>, Fault> {
        find(Door::of(ctx), &id).await
    }
}

/// The party with this id.
async fn find(door: &Arc<Door>, id: &ID) -> Result<Option<SupervisedParty>, Fault> {
    by_id(door, read(prefix::PARTY, id)?).await
}

/// The party with this identity.
async fn by_id(door: &Arc<Door>, id: Uuid) -> Result<Option<SupervisedParty>, Fault> {
    let party = door.load(PartyKey(id)).await?;
    Ok(party.map(|party| SupervisedParty {
        party,
        door: door.clone(),
    }))
}

/// A page of what fits a search text.
async fn searched(door: &Arc<Door>, text: &str, size: u64, after: Option<&str>) -> Result<PartyConnection, Fault> {
    let length = text.chars().count();
    if length > NAME_MAXIMUM {
        let fault = Fault::new(Code::TooLong)
            .with("length", length)
            .with("maximum", NAME_MAXIMUM);
        return Err(fault.at("search"));
    }
    if foundation::text::normalise(text).is_empty() {
        return Err(Fault::new(Code::Required).at("search"));
    }
    let mut hits = find::search::search(&door.session, text).await?;
    if let Some(after) = after {
        let place = party_at(after)?;
        let beyond = hits
            .iter()
            .position(|hit| hit.party == place)
            .map_or(hits.len(), |place| place + 1);
        hits.drain(..beyond);
    }
    hits.truncate(usize::try_from(size + 1).unwrap_or(usize::MAX));
    let loading = hits.iter().map(|hit| door.load(PartyKey(hit.party)));
    let parties = futures::future::try_join_all(loading).await?;
    let found = parties.into_iter().zip(&hits).filter_map(|(party, hit)| {
        let party = SupervisedParty {
            party: party?,
            door: door.clone(),
        };
        Some((party, hit.because.iter().map(Into::into).collect()))
    });
    Ok(PartyConnection::because(found.collect(), size, after.is_some()))
}

/// What to look for: a name or a number, and one of them unless a sector narrows the list.
fn wanted(name: Option<String>, identifier: Option<IdentifierInput>, narrowed: bool) -> Result<Search, Fault> {
    match (name, identifier) {
        (Some(_), Some(_)) => Err(not_both("identifier", "`name`", "`identifier`", "`identifier`")),
        (None, None) if narrowed => Ok(Search::All),
        (None, None) => Err(Fault::new(Code::Required).at("name")),
        (Some(name), None) => {
            let length = name.chars().count();
            if length > NAME_MAXIMUM {
                let fault = Fault::new(Code::TooLong)
                    .with("length", length)
                    .with("maximum", NAME_MAXIMUM);
                return Err(fault.at("name"));
            }
            Search::name(&name).ok_or_else(|| Fault::new(Code::Required).at("name"))
        }
        (None, Some(given)) => {
            let identifier = model::identifier::Identifier::new(given.scheme.into(), &given.value);
            let invalid = |misfit| {
                Fault::new(Code::InvalidInput)
                    .with("reason", misfit)
                    .at("identifier.value")
            };
            identifier.map(Search::Identifier).map_err(invalid)
        }
    }
}

fn not_both(field: &'static str, one: &str, dutch: &str, english: &str) -> Fault {
    let (dutch, english) = (
        format!("geef {one} of {dutch}, niet beide"),
        format!("give {one} or {english}, not both"),
    );
    Fault::new(Code::InvalidInput)
        .with_words("reason", dutch, english)
        .at(field)
}

/// What a supervised party is (soort partij).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::party::PartyKind")]
pub(super) enum PartyKind {
    /// Bedrijf: a legal person that trades.
    Company,
    /// Eenmanszaak: its name and address are those of a person.
    SoleTrader,
    /// Natuurlijk persoon.
    NaturalPerson,
    /// Overheidsorgaan, such as a municipality or ministry.
    PublicBody,
    /// Instelling, such as a school, a care provider or a youth institution.
    Institution,
    /// Veiligheidsregio as an organisation.
    SafetyRegion,
    /// Schip.
    Ship,
    /// Certificerende instelling.
    CertifyingBody,
    /// Keten of netwerk, with members.
    Network,
}

/// The register that gave a number out (register).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::identifier::Scheme")]
pub(super) enum IdentifierScheme {
    /// KvK-nummer: an enterprise in the Handelsregister, 8 digits.
    Kvk,
    /// Vestigingsnummer: a branch in the Handelsregister, 12 digits.
    Vestiging,
    /// RSIN: a legal person, 9 digits with the eleven test.
    Rsin,
    /// OIN: an organisation in government messaging, 20 digits.
    Oin,
    /// IMO-nummer: a ship, 7 digits.
    Imo,
    /// BAG-identificatie: an addressable object, 16 digits.
    Bag,
    /// AGB-code: a health care provider, 8 digits.
    Agb,
    /// BRIN: a school, 2 digits and 2 letters, with up to 2 digits for the location.
    Brin,
}

/// A number that a register gave out (identificerend nummer).
#[derive(SimpleObject, Clone, Debug)]
pub(super) struct Identifier {
    /// The register (register).
    scheme: IdentifierScheme,
    /// The number, without spaces, dots or hyphens (nummer).
    value: String,
}

impl From<&model::identifier::Identifier> for Identifier {
    fn from(identifier: &model::identifier::Identifier) -> Self {
        Self {
            scheme: identifier.scheme().into(),
            value: identifier.value().to_owned(),
        }
    }
}

/// A number to look for (identificerend nummer).
#[derive(InputObject, Clone, Debug)]
pub(super) struct IdentifierInput {
    /// The register (register).
    pub(super) scheme: IdentifierScheme,
    /// The number; spaces, dots and hyphens are left out (nummer).
    pub(super) value: String,
}

/// Whom the supervision is about (ondertoezichtstaande).
#[derive(Clone)]
pub(super) struct SupervisedParty {
    /// What everybody with a content role may know.
    pub(super) party: Party,
    /// Where the rest is found.
    pub(super) door: Arc<Door>,
}

impl SupervisedParty {
    /// A person's names, or why they are masked; `None` when the party is no person.
    async fn person(&self) -> Result<Option<Result<PersonNames, MaskReason>>, Fault> {
        if !self.party.kind.is_person() {
            return Ok(None);
        }
        let names = self.door.load(Names(self.party.id)).await?;
        Ok(Some(names.unwrap_or(Err(MaskReason::NotOwner))))
    }
}

/// Whom the supervision is about (ondertoezichtstaande). Of a person, names and address are personal: masked for all
/// but the inspectorates that registered it.
#[Object]
impl SupervisedParty {
    /// Its identity (kenmerk), such as `pty_…`.
    pub(super) async fn id(&self) -> ID {
        write(prefix::PARTY, self.party.id)
    }

    /// What it is (soort).
    async fn kind(&self) -> PartyKind {
        self.party.kind.into()
    }

    /// Its name in the register or statutes (statutaire naam); null where `maskedFields` says so.
    async fn legal_name(&self) -> Result<Option<String>, Fault> {
        match self.person().await? {
            None => Ok(self.party.legal_name.clone()),
            Some(names) => Ok(names.ok().map(|names| names.legal_name)),
        }
    }

    /// The names that it trades under (handelsnamen); null where `maskedFields` says so.
    async fn trade_names(&self) -> Result<Option<Vec<String>>, Fault> {
        match self.person().await? {
            None => Ok(Some(
                self.door.load(TradeNamesOf(self.party.id)).await?.unwrap_or_default(),
            )),
            Some(names) => Ok(names.ok().map(|names| names.trade_names)),
        }
    }

    /// What was merged into it (samengevoegd uit), in the order in which that was done. `party` answers this party under
    /// each of these ids.
    async fn merged_from(&self) -> Result<Vec<MergedParty>, Fault> {
        let merged = self.door.load(MergedInto(self.party.id)).await?.unwrap_or_default();
        Ok(merged.into_iter().map(MergedParty).collect())
    }

    /// Its numbers (identificerende nummers): one per register, or more of a party that was merged from several.
    async fn identifiers(&self) -> Result<Vec<Identifier>, Fault> {
        let numbers = self.door.load(IdentifiersOf(self.party.id)).await?.unwrap_or_default();
        Ok(numbers.iter().map(Into::into).collect())
    }

    /// Its sites, by name (vestigingen).
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn sites(&self) -> Result<Vec<Site>, Fault> {
        let sites = self.door.load(SitesOf(self.party.id)).await?.unwrap_or_default();
        Ok(sites
            .into_iter()
            .map(|site| Site {
                site,
                door: self.door.clone(),
            })
            .collect())
    }

    /// Its version, which a change names.
    async fn version(&self) -> i32 {
        self.party.version
    }

    /// The public task that it has been given (publieke taak).
    async fn public_task(&self) -> Option<&str> {
        self.party.public_task.as_deref()
    }

    /// Who gave it that task (delegerende overheid).
    async fn delegating_authority(&self) -> Option<&str> {
        self.party.delegating_authority.as_deref()
    }

    /// Whether it has a safety management system (veiligheidsmanagementsysteem, VMS); null where that is not known.
    async fn safety_management_system(&self) -> Option<bool> {
        self.party.safety_management
    }

    /// The safety region that it is (veiligheidsregio), where it is one.
    async fn safety_region(&self) -> Result<Option<SafetyRegion>, Fault> {
        SafetyRegion::find(&self.door, self.party.region).await
    }

    /// The sectors that it is in (bedrijfstakken, SBI), by code.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn sectors(&self) -> Result<Vec<Sector>, Fault> {
        let sectors = self.door.load(SectorsOf(self.party.id)).await?.unwrap_or_default();
        Ok(sectors
            .into_iter()
            .map(|sector| Sector::new(sector, &self.door))
            .collect())
    }

    /// How it stands to other parties (relaties): parent, operator, certifier, network, and the other way round.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn relations(
        &self,
        #[graphql(desc = "Only those in which the other party is this (rol).")] role: Option<PartyRole>,
        #[graphql(desc = "As they are on this day (peildatum); today where nothing is said.")] on: Option<Date>,
        #[graphql(default = 20, desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<PartyRelationConnection, Fault> {
        let size = page_size(first)?;
        let place = after.as_deref().map(read_cursor).transpose()?;
        let wanted = Wanted {
            role: role.map(Into::into),
            on: on.map(|date| date.0),
            after: place.map(|place| (place.created_at, place.record_id)),
            limit: size,
        };
        let found = self
            .door
            .load(RelationsOf(self.party.id, wanted))
            .await?
            .unwrap_or_default();
        Ok(PartyRelationConnection::of(found, size, after.is_some(), &self.door))
    }

    /// Who speaks with it for its inspectorate (accounthouders), of every inspectorate that has said so.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn account_holders(&self) -> Result<Vec<AccountHolder>, Fault> {
        let holders = self.door.load(HoldersOf(self.party.id)).await?.unwrap_or_default();
        Ok(holders
            .into_iter()
            .map(|one| AccountHolder::new(one, &self.door))
            .collect())
    }

    /// The own inspectorate's log of contacts with it (contactlogboek), newest first; null where the caller is no account
    /// holder of it and nothing more.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn contacts(
        &self,
        #[graphql(default = 20, desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Option<PartyContactConnection>, Fault> {
        let size = page_size(first)?;
        let place = after.as_deref().map(read_cursor).transpose()?;
        let wanted = contact::Wanted {
            after: place.map(|place| (place.created_at, place.record_id)),
            limit: size,
        };
        let found = self.door.load(ContactsOf(self.party.id, wanted)).await?;
        Ok(found.map(|list| PartyContactConnection::of(list, size, after.is_some(), &self.door)))
    }

    /// How supervision of it is organised (inrichting van het toezicht): the mandates that apply to it, each with the
    /// reason, by its kind, its sectors and what they are part of, and the regions of its sites.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn supervision(
        &self,
        #[graphql(desc = "As it is on this day (peildatum); today where nothing is said.")] on: Option<Date>,
    ) -> Result<Vec<Supervision>, Fault> {
        let found = self
            .door
            .load(SupervisionOf(self.party.id, on.map(|date| date.0)))
            .await?;
        let found = found.unwrap_or_default().into_iter();
        Ok(found.map(|one| Supervision::of(one, &self.door)).collect())
    }

    /// Of a certifying body: who supervises the holders of its certificates (toezicht op certificaathouders), by the
    /// registered relations and mandates. A signal about it may matter to them: `shareSignalWithAll` shares it at once.
    #[graphql(complexity = "page_cost(first, 0) + LIST_COST * child_complexity")]
    async fn certificate_holder_supervision(
        &self,
        #[graphql(desc = "As it is on this day (peildatum); today where nothing is said.")] on: Option<Date>,
        #[graphql(default = 100, desc = "How many holders are looked at, 1 to 500.")] first: Option<i32>,
    ) -> Result<Option<HolderSupervision>, Fault> {
        if self.party.kind != model::party::PartyKind::CertifyingBody {
            return Ok(None);
        }
        let key = HolderSupervisionOf(self.party.id, on.map(|date| date.0), page_size(first)?);
        let none = certificate_holder::HolderSupervision {
            complete: true,
            ..certificate_holder::HolderSupervision::default()
        };
        let found = self.door.load(key).await?.unwrap_or(none);
        Ok(Some(HolderSupervision::of(found, &self.door)))
    }

    /// Whether the caller's inspectorate keeps it (beheerd door de eigen inspectie), and so may change it.
    async fn kept(&self) -> Result<bool, Fault> {
        Ok(self.door.load(KeptParty(self.party.id)).await?.is_some())
    }

    /// The covenants with it that the caller may see (convenanten), newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn covenants(
        &self,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Option<CovenantConnection>, Fault> {
        let covenants = covenant::with(&self.door, self.party.id, first, after.as_deref()).await?;
        Ok(Some(covenants))
    }

    /// The level of each inspectorate at which it is supervised now, as far as the caller may see (toezichtniveaus).
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn supervision_levels(&self) -> Result<Option<Vec<SupervisionLevel>>, Fault> {
        Ok(Some(supervision_level::current(&self.door, self.party.id).await?))
    }

    /// The steps of these levels that the caller may see (verloop van de toezichtniveaus), newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn supervision_history(
        &self,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Option<SupervisionLevelConnection>, Fault> {
        let steps = supervision_level::of(&self.door, self.party.id, first, after.as_deref()).await?;
        Ok(Some(steps))
    }

    /// The fields that are null because the caller may not see them (afgeschermde velden).
    async fn masked_fields(&self) -> Result<Vec<MaskedField>, Fault> {
        if !self.party.kind.is_person() {
            return Ok(Vec::new());
        }
        let may = self
            .door
            .load(PartyCustody(self.party.id))
            .await?
            .unwrap_or(Err(MaskReason::NotOwner));
        Ok(masked(may, &["legalName", "tradeNames"]))
    }
}

/// These fields, when they are masked.
pub(super) fn masked(may: Result<(), MaskReason>, fields: &[&str]) -> Vec<MaskedField> {
    let Err(reason) = may else { return Vec::new() };
    let field = |name: &&str| MaskedField {
        field: (*name).to_owned(),
        reason: reason.into(),
    };
    fields.iter().map(field).collect()
}

/// A party that was merged into another (samengevoegde partij).
pub(super) struct MergedParty(Merged);

/// A party that was merged into another (samengevoegde partij).
#[Object]
impl MergedParty {
    /// The identity that it had (kenmerk), such as `pty_…`.
    async fn id(&self) -> ID {
        write(prefix::PARTY, self.0.id)
    }

    /// The name that it had in the register or statutes (statutaire naam); null where it is a person's.
    async fn legal_name(&self) -> Option<&str> {
        self.0.legal_name.as_deref()
    }

    /// When it was merged (samengevoegd op).
    async fn merged_at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// Why it was merged (reden).
    async fn reason(&self) -> &str {
        &self.0.reason
    }
}
