//! What is handed in about covenants.

use async_graphql::{ID, InputObject};
use foundation::Fault;
use foundation::graphql::kit::Date;
use foundation::graphql::root::read_ids;
use foundation::ids::prefix;

use super::{AgreedPeriod, VmsQuality};
use crate::model::covenant::{Content, Participant};
use crate::store::covenant::Draft;

/// What a covenant says (convenant), as a whole.
#[derive(InputObject, Clone, Debug)]
pub(in crate::graph) struct CovenantInput {
    /// Its title (titel), at most 200 characters.
    title: String,
    /// The supervised parties that it is made with (ondertoezichtstaanden), 1 to 100.
    parties: Vec<ID>,
    /// The inspectorates that take part (deelnemende inspecties), at least one.
    participants: Vec<CovenantParticipantInput>,
    /// How many inspections all inspectorates together have agreed to (afgesproken aantal inspecties).
    agreed_inspections: Option<i32>,
    /// What the agreed numbers count for (telperiode).
    #[graphql(default_with = "AgreedPeriod::Year")]
    agreed_period: AgreedPeriod,
    /// What the parties report themselves (zelfmelding).
    self_report: Option<SelfReportInput>,
    /// For how many months permits are given (vergunningsduur), 1 to 1,200.
    permit_months: Option<i32>,
    /// How good the parties' safety management system was found to be (kwaliteit van het VMS).
    vms_quality: Option<VmsQuality>,
    /// The first Dutch date on which it holds (ingangsdatum).
    starts: Date,
    /// The last Dutch date on which it holds (einddatum); without one it goes on.
    ends: Option<Date>,
}

/// An inspectorate that takes part (deelnemende inspectie).
#[derive(InputObject, Clone, Debug)]
pub(in crate::graph) struct CovenantParticipantInput {
    /// Its code, such as `ilt`.
    organisation: String,
    /// How many inspections it has agreed to for itself (afgesproken aantal inspecties).
    agreed_inspections: Option<i32>,
}

/// What the parties report themselves (zelfmelding).
#[derive(InputObject, Clone, Debug)]
pub(in crate::graph) struct SelfReportInput {
    /// Whether they must (meldplicht); a duty needs a rule.
    duty: bool,
    /// What they report, and when (meldregel), at most 5,000 characters; nothing personal.
    rule: Option<String>,
    /// How inspections treat it (behandeling van zelfmeldingen), at most 5,000 characters; nothing personal.
    treatment: Option<String>,
}

impl CovenantInput {
    /// The draft with its ids read.
    ///
    /// # Errors
    /// `INVALID_ID`, each at its place.
    pub(super) fn read(self) -> Result<Draft, Vec<Fault>> {
        let mut faults = Vec::new();
        let parties = read_ids(prefix::PARTY, "input.parties", self.parties, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        let participant = |given: CovenantParticipantInput| Participant {
            organisation: given.organisation,
            inspections: given.agreed_inspections,
        };
        let report = self.self_report;
        Ok(Draft {
            content: Content {
                title: self.title,
                inspections: self.agreed_inspections,
                period: self.agreed_period.into(),
                report_duty: report.as_ref().is_some_and(|report| report.duty),
                report_rule: report.as_ref().and_then(|report| report.rule.clone()),
                report_treatment: report.and_then(|report| report.treatment),
                permit_months: self.permit_months,
                vms_quality: self.vms_quality.map(Into::into),
                starts: self.starts.0,
                ends: self.ends.map(|date| date.0),
            },
            participants: self.participants.into_iter().map(participant).collect(),
            parties,
        })
    }
}
