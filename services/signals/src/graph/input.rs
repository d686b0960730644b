//! What clients hand in, and how it is read.

use async_graphql::{ID, InputObject, MaybeUndefined};
use foundation::check::far_date;
pub use foundation::graphql::kit::Warning;
use foundation::graphql::kit::{Date, DateTime, looks_personal};
use foundation::graphql::root::read_ids;
use foundation::{Fault, Language, clock, ids};

use super::provenance::{InformationCredibility, ProvenanceInput, SourceReliability};
use super::signal::{Origin, Severity, Urgency};
use crate::model::reliability::{Credibility, Reliability};
use crate::model::signal::{self as model, Content, External, Marks, Personal};
use crate::store::SignalRow;
use crate::store::signal::{self as store, Changes, Draft};
pub use foundation::graphql::root::{GrantInput, LabelsInput};

/// A new signal.
#[derive(InputObject, Clone, Debug)]
pub struct SignalInput {
    /// Its title (titel), at most 200 characters.
    title: String,
    /// Its narrative (toelichting), at most 20,000 characters; nothing personal.
    narrative: String,
    /// The code of its category (categorie).
    category: String,
    /// How serious (ernst).
    severity: Severity,
    /// How soon somebody should look at it (urgentie).
    #[graphql(default_with = "Urgency::Routine")]
    urgency: Urgency,
    /// From when it was observed (waargenomen vanaf).
    observed_from: DateTime,
    /// Until when it was observed (waargenomen tot).
    observed_until: Option<DateTime>,
    /// Where, in words (plaats), at most 200 characters.
    place: Option<String>,
    /// The parties it is about (ondertoezichtstaanden), at most 100.
    parties: Option<Vec<ID>>,
    /// The sites it is about (vestigingen), at most 100.
    sites: Option<Vec<ID>>,
    /// The codes of the safety regions it is about (veiligheidsregio's).
    regions: Option<Vec<String>>,
    /// Where it comes from (herkomst).
    #[graphql(default_with = "Origin::Own")]
    origin: Origin,
    /// How a machine came by it (herkomst van een webvondst); only with origin WEB.
    provenance: Option<ProvenanceInput>,
    /// How reliable the source is (betrouwbaarheid van de bron).
    reliability: Option<SourceReliability>,
    /// How credible the information is (geloofwaardigheid van de informatie).
    credibility: Option<InformationCredibility>,
    /// The last Dutch date on which it holds (geldig tot en met); afterwards it is shown as outdated.
    valid_until: Option<Date>,
    /// Its key in the system it came from (extern kenmerk); one signal per key and inspectorate.
    external_reference: Option<ExternalReferenceInput>,
    /// Who reported it (melder). Personal: kept apart and masked.
    reporter: Option<ReporterInput>,
    /// Who is involved (betrokkenen). Personal: kept apart and masked.
    persons_involved: Option<Vec<String>>,
    /// Its marks; VERTROUWELIJK, AMBER, SUPERVISION and five years where nothing is said.
    labels: Option<LabelsInput>,
    /// A note on the record itself (aantekening), at most 1,000 characters.
    note: Option<String>,
}

/// A key in another system (extern kenmerk).
#[derive(InputObject, Clone, Debug)]
pub struct ExternalReferenceInput {
    /// The system, at most 100 characters.
    system: String,
    /// The key in it, at most 200 characters.
    reference: String,
}

/// Who reported it (melder).
#[derive(InputObject, Clone, Debug)]
pub struct ReporterInput {
    /// The reporter's name.
    name: Option<String>,
    /// How to reach the reporter.
    contact: Option<String>,
}

/// The exclusive end of a Dutch date.
fn end_of(field: &str, date: Option<Date>, faults: &mut Vec<Fault>) -> Option<access::Instant> {
    let end = clock::end_of(date?.0);
    if end.is_none() {
        faults.push(far_date().at(field));
    }
    end
}

impl SignalInput {
    /// The draft with its ids read.
    ///
    /// # Errors
    /// `INVALID_ID`, each at its place.
    pub fn read(self) -> Result<Draft, Vec<Fault>> {
        let mut faults = Vec::new();
        let parties = read_ids(
            ids::prefix::PARTY,
            "parties",
            self.parties.unwrap_or_default(),
            &mut faults,
        );
        let sites = read_ids(ids::prefix::SITE, "sites", self.sites.unwrap_or_default(), &mut faults);
        let valid_until = end_of("validUntil", self.valid_until, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        let (reporter_name, reporter_contact) = self
            .reporter
            .map(|reporter| (reporter.name, reporter.contact))
            .unwrap_or_default();
        Ok(Draft {
            content: Content {
                title: self.title,
                narrative: self.narrative,
                category: self.category,
                severity: self.severity.into(),
                urgency: self.urgency.into(),
                observed_from: self.observed_from.0,
                observed_until: self.observed_until.map(|moment| moment.0),
                place: self.place,
                note: self.note,
                origin: self.origin.into(),
                provenance: self.provenance.map(ProvenanceInput::read),
                reliability: self.reliability.map(Into::into),
                credibility: self.credibility.map(Into::into),
                valid_until,
            },
            personal: Personal {
                reporter_name,
                reporter_contact,
                persons_involved: self.persons_involved.unwrap_or_default(),
            },
            external: self.external_reference.map(|external| External {
                system: external.system,
                reference: external.reference,
            }),
            parties,
            sites,
            regions: self.regions.unwrap_or_default(),
            marks: self.labels.unwrap_or_default().read(),
        })
    }
}

/// Changes to a signal: what is left out stays, null empties what may be empty.
#[derive(InputObject, Clone, Debug)]
pub struct SignalEdit {
    /// Its title (titel).
    title: Option<String>,
    /// Its narrative (toelichting).
    narrative: Option<String>,
    /// The code of its category (categorie).
    category: Option<String>,
    /// How serious (ernst).
    severity: Option<Severity>,
    /// How soon somebody should look at it (urgentie).
    urgency: Option<Urgency>,
    /// From when it was observed (waargenomen vanaf).
    observed_from: Option<DateTime>,
    /// Until when it was observed (waargenomen tot).
    observed_until: MaybeUndefined<DateTime>,
    /// Where, in words (plaats).
    place: MaybeUndefined<String>,
    /// A note on the record itself (aantekening).
    note: MaybeUndefined<String>,
    /// How reliable the source is (betrouwbaarheid van de bron).
    reliability: MaybeUndefined<SourceReliability>,
    /// How credible the information is (geloofwaardigheid van de informatie).
    credibility: MaybeUndefined<InformationCredibility>,
    /// The last Dutch date on which it holds (geldig tot en met).
    valid_until: MaybeUndefined<Date>,
    /// The parties it is about (ondertoezichtstaanden): all of them.
    parties: Option<Vec<ID>>,
    /// The sites it is about (vestigingen): all of them.
    sites: Option<Vec<ID>>,
    /// The codes of the safety regions it is about (veiligheidsregio's): all of them.
    regions: Option<Vec<String>>,
    /// The personal part, replaced as a whole.
    personal: Option<PersonalInput>,
}

/// The personal part of a signal (persoonsgegevens), as a whole.
#[derive(InputObject, Clone, Debug, Default)]
pub struct PersonalInput {
    /// Who reported it (melder).
    reporter: Option<ReporterInput>,
    /// Who is involved (betrokkenen).
    #[graphql(default)]
    persons_involved: Vec<String>,
}

fn or_old<T>(new: MaybeUndefined<T>, old: Option<T>) -> Option<T> {
    match new {
        MaybeUndefined::Undefined => old,
        MaybeUndefined::Null => None,
        MaybeUndefined::Value(value) => Some(value),
    }
}

impl SignalEdit {
    /// Reads the ids of the edit; gives what makes a draft of the stored signal.
    ///
    /// # Errors
    /// `INVALID_ID`, each at its place.
    pub fn read(self) -> Result<impl FnOnce(&SignalRow) -> (Draft, Changes) + Send, Vec<Fault>> {
        let mut faults = Vec::new();
        let changes = Changes {
            parties: self.parties.is_some(),
            sites: self.sites.is_some(),
            regions: self.regions.is_some(),
            personal: self.personal.is_some(),
        };
        let parties = read_ids(
            ids::prefix::PARTY,
            "input.parties",
            self.parties.clone().unwrap_or_default(),
            &mut faults,
        );
        let sites = read_ids(
            ids::prefix::SITE,
            "input.sites",
            self.sites.clone().unwrap_or_default(),
            &mut faults,
        );
        let valid_until = end_of("input.validUntil", self.valid_until.value().copied(), &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(move |row: &SignalRow| {
            let personal = self.personal.unwrap_or_default();
            let (reporter_name, reporter_contact) = personal
                .reporter
                .map(|reporter| (reporter.name, reporter.contact))
                .unwrap_or_default();
            let until = or_old(self.observed_until, row.observed_until.map(DateTime));
            let content = Content {
                title: self.title.unwrap_or_else(|| row.title.clone()),
                narrative: self.narrative.unwrap_or_else(|| row.narrative.clone()),
                category: self.category.unwrap_or_else(|| row.category.clone()),
                severity: self.severity.map_or_else(
                    || model::Severity::from_number(row.severity).unwrap_or(model::Severity::Critical),
                    Into::into,
                ),
                urgency: self.urgency.map_or_else(
                    || model::Urgency::from_number(row.urgency).unwrap_or(model::Urgency::Immediate),
                    Into::into,
                ),
                observed_from: self.observed_from.map_or(row.observed_from, |moment| moment.0),
                observed_until: until.map(|moment| moment.0),
                place: or_old(self.place, row.place.clone()),
                note: or_old(self.note, row.note.clone()),
                origin: model::Origin::from_number(row.origin).unwrap_or(model::Origin::Own),
                provenance: store::provenance(row),
                reliability: or_old(
                    self.reliability.map_value(Into::into),
                    row.reliability.and_then(Reliability::from_number),
                ),
                credibility: or_old(
                    self.credibility.map_value(Into::into),
                    row.credibility.and_then(Credibility::from_number),
                ),
                valid_until: if self.valid_until.is_undefined() {
                    row.valid_until
                } else {
                    valid_until
                },
            };
            let personal = Personal {
                reporter_name,
                reporter_contact,
                persons_involved: personal.persons_involved,
            };
            let regions = self.regions.unwrap_or_default();
            let marks = Marks::default();
            (
                Draft {
                    content,
                    personal,
                    external: None,
                    parties,
                    sites,
                    regions,
                    marks,
                },
                changes,
            )
        })
    }
}

/// What in a signal's free text looks personal.
pub fn warnings(row: &SignalRow, language: Language) -> Vec<Warning> {
    let texts = [
        ("title", Some(row.title.as_str())),
        ("narrative", Some(row.narrative.as_str())),
        ("place", row.place.as_deref()),
        ("note", row.note.as_deref()),
    ];
    looks_personal(texts, language)
}
