//! What is handed in about a party: checked whole, every fault at its field.

use foundation::check::{optional, required};
use foundation::sensitive::state_secret;
use foundation::text::normalise;
use foundation::{Code, Fault};

use super::PartyKind;
use crate::model::identifier::{Identifier, Scheme};
use crate::model::region::RegionCode;

/// The most trade names that a party has.
pub const TRADE_NAMES_MAXIMUM: usize = 50;
/// The longest name, in characters.
pub const NAME_MAXIMUM: usize = 200;
/// The longest text about a public task, in characters.
const TASK_MAXIMUM: usize = 1_000;

/// A party as an inspectorate registers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewParty {
    /// What it is.
    pub kind: PartyKind,
    /// Its name in the register or statutes; personal when the kind is a person.
    pub legal_name: String,
    /// Names it trades under.
    pub trade_names: Vec<String>,
    /// Its numbers, at most one per scheme.
    pub identifiers: Vec<Identifier>,
    /// The public task it has been given (publieke taak).
    pub public_task: Option<String>,
    /// Who gave it that task (delegerende overheid).
    pub delegating_authority: Option<String>,
    /// Whether it has a safety management system (veiligheidsmanagementsysteem, VMS), where that is known.
    pub safety_management: Option<bool>,
    /// The safety region that it is.
    pub region: Option<RegionCode>,
    /// The codes of the sectors that it is in.
    pub sectors: Vec<String>,
}

/// What changes of a party; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartyChange {
    /// Its name in the register or statutes.
    pub legal_name: Option<String>,
    /// Names it trades under, all of them.
    pub trade_names: Option<Vec<String>>,
    /// Its numbers, all of them.
    pub identifiers: Option<Vec<Identifier>>,
    /// The public task it has been given.
    pub public_task: Option<Option<String>>,
    /// Who gave it that task.
    pub delegating_authority: Option<Option<String>>,
    /// Whether it has a safety management system.
    pub safety_management: Option<Option<bool>>,
    /// The codes of the sectors that it is in, all of them.
    pub sectors: Option<Vec<String>>,
}

impl NewParty {
    /// Everything that is wrong with it, each fault at its field.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        name("legalName", &self.legal_name, &mut faults);
        trade_names(&self.trade_names, &mut faults);
        numbers(self.kind, &self.identifiers, &mut faults);
        task("publicTask", self.public_task.as_deref(), &mut faults);
        task("delegatingAuthority", self.delegating_authority.as_deref(), &mut faults);
        if self.region.is_some() && self.kind != PartyKind::SafetyRegion {
            let (dutch, english) = (
                "alleen een partij van de soort SAFETY_REGION is een veiligheidsregio",
                "only a party of the kind SAFETY_REGION is a safety region",
            );
            faults.push(invalid("safetyRegion", dutch, english));
        }
        faults
    }
}

impl PartyChange {
    /// Everything that is wrong with it for a party of this kind, each fault at its field.
    pub fn check(&self, kind: PartyKind) -> Vec<Fault> {
        let mut faults = Vec::new();
        if let Some(given) = &self.legal_name {
            name("legalName", given, &mut faults);
        }
        trade_names(self.trade_names.as_deref().unwrap_or_default(), &mut faults);
        numbers(kind, self.identifiers.as_deref().unwrap_or_default(), &mut faults);
        task(
            "publicTask",
            self.public_task.iter().flatten().next().map(String::as_str),
            &mut faults,
        );
        task(
            "delegatingAuthority",
            self.delegating_authority.iter().flatten().next().map(String::as_str),
            &mut faults,
        );
        faults
    }
}

/// The words by which a party is found: those of its names, none of a person.
pub fn search_words<'n>(kind: PartyKind, names: impl IntoIterator<Item = &'n str>) -> String {
    if kind.is_person() {
        return String::new();
    }
    names.into_iter().map(normalise).collect::<Vec<_>>().join(" ")
}

/// A fault of ours at a field.
pub fn invalid(field: &str, dutch: &str, english: &str) -> Fault {
    Fault::new(Code::InvalidInput)
        .with_words("reason", dutch, english)
        .at(field)
}

/// Checks a name that must be there.
pub fn name(field: &str, text: &str, faults: &mut Vec<Fault>) {
    required(field, text, NAME_MAXIMUM, faults);
    secret(field, text, faults);
}

fn trade_names(names: &[String], faults: &mut Vec<Fault>) {
    if names.len() > TRADE_NAMES_MAXIMUM {
        let fault = Fault::new(Code::TooMany)
            .with("count", names.len())
            .with("maximum", TRADE_NAMES_MAXIMUM);
        faults.push(fault.at("tradeNames"));
    }
    for (index, text) in names.iter().enumerate() {
        let field = format!("tradeNames.{index}");
        name(&field, text, faults);
        if text.contains('\n') {
            faults.push(invalid(&field, "een naam is één regel", "a name is one line"));
        }
    }
}

fn task(field: &str, text: Option<&str>, faults: &mut Vec<Fault>) {
    optional(field, text, TASK_MAXIMUM, faults);
    secret(field, text.unwrap_or_default(), faults);
}

fn secret(field: &str, text: &str, faults: &mut Vec<Fault>) {
    if state_secret(text) {
        faults.push(Fault::new(Code::StateSecret).at(field));
    }
}

/// One number per scheme, of schemes that fit. No number that may be a citizen's: the RSIN of a sole trader is the BSN
/// of the person behind it, and an OIN may be made of it.
fn numbers(kind: PartyKind, identifiers: &[Identifier], faults: &mut Vec<Fault>) {
    for (index, identifier) in identifiers.iter().enumerate() {
        let scheme = identifier.scheme();
        let (dutch, english) = if identifiers[..index].iter().any(|other| other.scheme() == scheme) {
            ("per register is er één nummer", "there is one number per register")
        } else if !scheme.fits_party() {
            (
                "dit nummer hoort bij een vestiging; geef het daar",
                "this number belongs to a site; give it there",
            )
        } else if scheme == Scheme::Imo && kind != PartyKind::Ship {
            ("alleen een schip heeft een IMO-nummer", "only a ship has an IMO number")
        } else if matches!(scheme, Scheme::Rsin | Scheme::Oin) && kind.is_person() {
            (
                "van een persoon wordt geen RSIN of OIN vastgelegd: het kan het burgerservicenummer zijn",
                "of a person no RSIN or OIN is kept: it may be the citizen service number",
            )
        } else {
            continue;
        };
        faults.push(invalid(&format!("identifiers.{index}.scheme"), dutch, english));
    }
}

#[cfg(test)]
mod tests {
    use super::{NewParty, PartyChange, search_words};
    use crate::model::identifier::{Identifier, Scheme};
    use crate::model::party::PartyKind;

    fn party(kind: PartyKind, numbers: &[(Scheme, &str)]) -> NewParty {
        let number = |(scheme, text): &(Scheme, &str)| Identifier::new(*scheme, text).expect("fits");
        NewParty {
            kind,
            legal_name: "Voorbeeld".to_owned(),
            trade_names: Vec::new(),
            identifiers: numbers.iter().map(number).collect(),
            public_task: None,
            delegating_authority: None,
            safety_management: None,
            region: None,
            sectors: Vec::new(),
        }
    }

    fn fields(party: &NewParty) -> Vec<String> {
        let field = |fault: &foundation::Fault| fault.field().unwrap_or_default().to_owned();
        party.check().iter().map(field).collect()
    }

    #[test]
    fn a_persons_rsin_is_refused_because_it_is_a_bsn() {
        let rsin = [(Scheme::Kvk, "00009901"), (Scheme::Rsin, "000099004")];
        assert_eq!(fields(&party(PartyKind::Company, &rsin)), [""; 0]);
        for kind in [PartyKind::SoleTrader, PartyKind::NaturalPerson] {
            assert_eq!(fields(&party(kind, &rsin)), ["identifiers.1.scheme"]);
            let oin = [(Scheme::Oin, "00000099000000001000")];
            assert_eq!(fields(&party(kind, &oin)), ["identifiers.0.scheme"]);
        }
    }

    #[test]
    fn numbers_fit_the_kind_and_stand_once() {
        let twice = [(Scheme::Kvk, "00009901"), (Scheme::Kvk, "00009902")];
        assert_eq!(fields(&party(PartyKind::Company, &twice)), ["identifiers.1.scheme"]);
        let imo = [(Scheme::Imo, "9074729")];
        assert_eq!(fields(&party(PartyKind::Company, &imo)), ["identifiers.0.scheme"]);
        assert_eq!(fields(&party(PartyKind::Ship, &imo)), [""; 0]);
        let site = [(Scheme::Bag, "9999010000000001"), (Scheme::Vestiging, "999900000001")];
        assert_eq!(fields(&party(PartyKind::Company, &site)).len(), 2);
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let wrong = NewParty {
            legal_name: " ".to_owned(),
            trade_names: vec!["x".repeat(201), "a\nb".to_owned()],
            public_task: Some("Stg. Geheim".to_owned()),
            region: Some("VR17".to_owned().try_into().expect("a region")),
            ..party(PartyKind::Company, &[])
        };
        let expected = [
            "legalName",
            "tradeNames.0",
            "tradeNames.1",
            "publicTask",
            "safetyRegion",
        ];
        assert_eq!(fields(&wrong), expected);
        assert!(PartyChange::default().check(PartyKind::Ship).is_empty());
    }

    #[test]
    fn a_person_is_found_by_no_word() {
        assert_eq!(search_words(PartyKind::SoleTrader, ["Jansen"]), "");
        assert_eq!(search_words(PartyKind::Company, ["Zéé B.V.", "Zee"]), "zee b v zee");
    }
}
