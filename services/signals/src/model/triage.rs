//! Triage: joint assessment of one report by several inspectorates, as the Centraal Meldpunt Jeugd does.

use foundation::check::required;
use foundation::{Code, Fault};

/// What should happen with a report (advies, besluit).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum NextStep {
    /// The party inquires itself first.
    OwnInquiry = 1,
    /// The inspectorates inquire together.
    Joint = 2,
    /// One inspectorate inquires.
    OneInspectorate = 3,
}

impl NextStep {
    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        [Self::OwnInquiry, Self::Joint, Self::OneInspectorate]
            .into_iter()
            .find(|step| *step as i16 == number)
    }
}

/// The grounds on which Inspectie JenV inquires itself instead of leaving it to the organisation (seed 002).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum Ground {
    /// Seriousness and societal impact.
    Seriousness = 1,
    /// The organisation does not reflect on itself.
    NotReflective = 2,
    /// A bottleneck in the system.
    SystemBottleneck = 4,
}

impl Ground {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Seriousness, Self::NotReflective, Self::SystemBottleneck];

    /// Those that a stored number holds.
    pub fn within(number: i16) -> Vec<Self> {
        let holds = |ground: &Self| number & *ground as i16 != 0;
        Self::ALL.into_iter().filter(holds).collect()
    }

    /// The number that holds these.
    pub fn number(grounds: &[Self]) -> i16 {
        grounds.iter().fold(0, |all, ground| all | *ground as i16)
    }
}

/// An opinion, or a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// What should happen.
    pub step: NextStep,
    /// Which inspectorate, by code, when it is one.
    pub lead: Option<String>,
    /// On which grounds an inspectorate inquires itself.
    pub grounds: Vec<Ground>,
    /// Why.
    pub motivation: String,
}

/// The longest question or motivation, in characters.
pub const TEXT_MAXIMUM: usize = 4_000;
/// The most inspectorates that may take part.
pub const PARTICIPANTS_MAXIMUM: usize = 20;

impl Judgement {
    /// Everything that is wrong with it, whatever the organisations are.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        required("motivation", &self.motivation, TEXT_MAXIMUM, &mut faults);
        let wrong = |field: &str, dutch: &str, english: &str| {
            Fault::new(Code::InvalidInput)
                .with_words("reason", dutch, english)
                .at(field)
        };
        match (self.step, &self.lead) {
            (NextStep::OneInspectorate, None) => {
                faults.push(wrong(
                    "lead",
                    "noem de inspectie die onderzoekt",
                    "name the inspectorate that inquires",
                ));
            }
            (NextStep::OwnInquiry | NextStep::Joint, Some(_)) => faults.push(wrong(
                "lead",
                "alleen bij één inspectie is er een die onderzoekt",
                "there is a lead only when one inspectorate inquires",
            )),
            (NextStep::OneInspectorate, Some(_)) | (NextStep::OwnInquiry | NextStep::Joint, None) => {}
        }
        if self.step != NextStep::OwnInquiry && self.grounds.is_empty() {
            faults.push(wrong(
                "grounds",
                "noem ten minste één grond om zelf te onderzoeken",
                "name at least one ground to inquire oneself",
            ));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(step: NextStep, lead: Option<&str>, grounds: Vec<Ground>, motivation: &str) -> Vec<String> {
        let judgement = Judgement {
            step,
            lead: lead.map(str::to_owned),
            grounds,
            motivation: motivation.to_owned(),
        };
        let field = |fault: &Fault| fault.field().unwrap_or_default().to_owned();
        judgement.check().iter().map(field).collect()
    }

    #[test]
    fn whoever_inquires_says_who_and_on_which_ground() {
        let serious = || vec![Ground::Seriousness];
        assert!(fields(NextStep::OwnInquiry, None, vec![], "eerst zelf").is_empty());
        assert!(fields(NextStep::Joint, None, serious(), "samen").is_empty());
        assert!(fields(NextStep::OneInspectorate, Some("igj"), serious(), "igj").is_empty());
        assert_eq!(fields(NextStep::OneInspectorate, None, serious(), "wie?"), ["lead"]);
        assert_eq!(
            fields(NextStep::Joint, Some("igj"), vec![], " "),
            ["motivation", "lead", "grounds"]
        );
    }

    #[test]
    fn grounds_are_kept_in_one_number() {
        for number in 0..8 {
            assert_eq!(Ground::number(&Ground::within(number)), number);
        }
    }
}
