//! Supervised parties, as the API shows them.

use std::sync::Arc;

use access::MaskReason;
use async_graphql::{Enum, ID, InputObject, Object, SimpleObject};
use foundation::Fault;
use foundation::graphql::kit::MaskedField;
use foundation::ids::{prefix, write};

use super::desk::{Desk, Names, PartyCustody, SitesOf};
use super::site::Site;
use crate::model;
use crate::store::party::{Party, PersonNames};
use foundation::graphql::kit::LIST_COST;

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
    pub(super) desk: Arc<Desk>,
}

impl SupervisedParty {
    /// A person's names, or why they are masked; `None` when the party is no person.
    async fn person(&self) -> Result<Option<Result<PersonNames, MaskReason>>, Fault> {
        if !self.party.kind.is_person() {
            return Ok(None);
        }
        let names = self.desk.load(Names(self.party.id)).await?;
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
            None => Ok(Some(self.party.trade_names.clone())),
            Some(names) => Ok(names.ok().map(|names| names.trade_names)),
        }
    }

    /// Its numbers, one per register (identificerende nummers).
    async fn identifiers(&self) -> Vec<Identifier> {
        self.party.identifiers.iter().map(Into::into).collect()
    }

    /// Its sites, by name (vestigingen).
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn sites(&self) -> Result<Vec<Site>, Fault> {
        let sites = self.desk.load(SitesOf(self.party.id)).await?.unwrap_or_default();
        Ok(sites
            .into_iter()
            .map(|site| Site {
                site,
                desk: self.desk.clone(),
            })
            .collect())
    }

    /// The fields that are null because the caller may not see them (afgeschermde velden).
    async fn masked_fields(&self) -> Result<Vec<MaskedField>, Fault> {
        if !self.party.kind.is_person() {
            return Ok(Vec::new());
        }
        let may = self
            .desk
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
