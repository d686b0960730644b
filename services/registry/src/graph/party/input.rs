//! What clients hand in about parties, and how it is read.

use async_graphql::{InputObject, MaybeUndefined};
use foundation::graphql::kit::{Warning, looks_personal};
use foundation::{Code, Fault, Language};

use super::{IdentifierInput, PartyKind};
use crate::model::identifier::Identifier;
use crate::model::party::entry::{NewParty, PartyChange};
use crate::model::region::RegionCode;

/// A party as an inspectorate registers it (ondertoezichtstaande).
#[derive(InputObject, Clone, Debug)]
pub(in crate::graph) struct PartyInput {
    /// What it is (soort); it stays so.
    kind: PartyKind,
    /// Its name in the register or statutes (statutaire naam), at most 200 characters; personal when it is a person.
    legal_name: String,
    /// The names that it trades under (handelsnamen), at most 50.
    trade_names: Option<Vec<String>>,
    /// Its numbers, one per register (identificerende nummers). Of a person no RSIN and no OIN.
    identifiers: Option<Vec<IdentifierInput>>,
    /// The public task that it has been given (publieke taak), at most 1,000 characters.
    public_task: Option<String>,
    /// Who gave it that task (delegerende overheid).
    delegating_authority: Option<String>,
    /// Whether it has a safety management system (veiligheidsmanagementsysteem, VMS), where that is known.
    safety_management_system: Option<bool>,
    /// The code of the safety region that it is (veiligheidsregio), for a party of the kind SAFETY_REGION.
    safety_region: Option<String>,
    /// The codes of the sectors that it is in (SBI), at most 50.
    sectors: Option<Vec<String>>,
}

/// Changes to a party: what is left out stays, null empties what may be empty.
#[derive(InputObject, Clone, Debug)]
pub(in crate::graph) struct PartyEdit {
    /// Its name in the register or statutes (statutaire naam).
    legal_name: Option<String>,
    /// The names that it trades under (handelsnamen), all of them.
    trade_names: Option<Vec<String>>,
    /// Its numbers, all of them (identificerende nummers).
    identifiers: Option<Vec<IdentifierInput>>,
    /// The public task that it has been given (publieke taak).
    public_task: MaybeUndefined<String>,
    /// Who gave it that task (delegerende overheid).
    delegating_authority: MaybeUndefined<String>,
    /// Whether it has a safety management system (VMS).
    safety_management_system: MaybeUndefined<bool>,
    /// The codes of the sectors that it is in (SBI), all of them.
    sectors: Option<Vec<String>>,
}

impl PartyInput {
    /// The party, its numbers checked one by one.
    ///
    /// # Errors
    /// Every number that is none, at its place.
    pub(super) fn read(self) -> Result<NewParty, Vec<Fault>> {
        let mut faults = Vec::new();
        let identifiers = numbers(self.identifiers.unwrap_or_default(), &mut faults);
        let region = region(self.safety_region, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(NewParty {
            kind: self.kind.into(),
            legal_name: self.legal_name,
            trade_names: self.trade_names.unwrap_or_default(),
            identifiers,
            public_task: self.public_task,
            delegating_authority: self.delegating_authority,
            safety_management: self.safety_management_system,
            region,
            sectors: sectors(self.sectors.unwrap_or_default()),
        })
    }
}

impl PartyEdit {
    /// What changes, its numbers checked one by one.
    ///
    /// # Errors
    /// Every number that is none, at its place.
    pub(super) fn read(self) -> Result<PartyChange, Vec<Fault>> {
        let mut faults = Vec::new();
        let identifiers = self.identifiers.map(|given| numbers(given, &mut faults));
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(PartyChange {
            legal_name: self.legal_name,
            trade_names: self.trade_names,
            identifiers,
            public_task: given(self.public_task),
            delegating_authority: given(self.delegating_authority),
            safety_management: given(self.safety_management_system),
            sectors: self.sectors.map(sectors),
        })
    }
}

/// Codes of sectors as they are stored.
fn sectors(given: Vec<String>) -> Vec<String> {
    given.iter().map(|text| crate::model::sector::code(text)).collect()
}

/// What was said of a field: nothing, that it is empty, or its value.
pub(in crate::graph) fn given<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

/// Numbers, checked one by one; what is none is a fault at its place.
pub(in crate::graph) fn numbers(given: Vec<IdentifierInput>, faults: &mut Vec<Fault>) -> Vec<Identifier> {
    let read = |(index, number): (usize, IdentifierInput)| {
        let place = format!("input.identifiers.{index}.value");
        let checked = Identifier::new(number.scheme.into(), &number.value);
        let invalid = |misfit| Fault::new(Code::InvalidInput).with("reason", misfit).at(place);
        checked.map_err(|misfit| faults.push(invalid(misfit))).ok()
    };
    given.into_iter().enumerate().filter_map(read).collect()
}

/// The code of a safety region; what is none is a fault.
pub(in crate::graph) fn region(given: Option<String>, faults: &mut Vec<Fault>) -> Option<RegionCode> {
    let read = |text: String| {
        let unknown = Fault::new(Code::UnknownReference).with("value", &text);
        let code = RegionCode::try_from(text);
        code.map_err(|_| faults.push(unknown.at("input.safetyRegion"))).ok()
    };
    given.and_then(read)
}

/// What in an open party's texts looks personal; a person's names stand where they belong.
pub(super) fn warnings(new: &NewParty, language: Language) -> Vec<Warning> {
    let name = (!new.kind.is_person()).then_some(new.legal_name.as_str());
    let texts = [
        ("legalName", name),
        ("publicTask", new.public_task.as_deref()),
        ("delegatingAuthority", new.delegating_authority.as_deref()),
    ];
    let trade_names = new.trade_names.iter().filter(|_| !new.kind.is_person());
    let trade_names = trade_names.map(|name| ("tradeNames", Some(name.as_str())));
    looks_personal(texts.into_iter().chain(trade_names), language)
}

/// What in the texts of a change looks personal.
pub(super) fn warnings_of_change(change: &PartyChange, person: bool, language: Language) -> Vec<Warning> {
    let names = change.legal_name.iter().map(|name| ("legalName", Some(name.as_str())));
    let trade_names = change.trade_names.iter().flatten();
    let trade_names = trade_names.map(|name| ("tradeNames", Some(name.as_str())));
    let task = |text: &Option<Option<String>>| text.clone().flatten();
    let (public_task, authority) = (task(&change.public_task), task(&change.delegating_authority));
    let texts = [
        ("publicTask", public_task.as_deref()),
        ("delegatingAuthority", authority.as_deref()),
    ];
    let names = names.chain(trade_names).filter(|_| !person);
    looks_personal(texts.into_iter().chain(names), language)
}
