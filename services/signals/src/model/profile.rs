//! An import profile (importprofiel): the mapping that a data steward approved, known by the hash of its text.

use access::Instant;
use foundation::{Code, Fault};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::grant::{Asked, To};

/// A profile of one inspectorate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportProfile {
    /// What it is called.
    pub name: String,
    /// The hash of the mapping's bytes, in hexadecimal.
    pub hash: String,
    /// The mapping's text.
    pub mapping: String,
    /// Who proposed it.
    pub proposed_by: Uuid,
    /// When.
    pub proposed_at: Instant,
    /// When a data steward approved it.
    pub approved_at: Option<Instant>,
}

/// The hash by which a mapping is known: SHA-256 of its bytes, in hexadecimal.
pub fn hash(mapping: &str) -> String {
    Sha256::digest(mapping.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// What an approved mapping lets its case system do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowance {
    system: String,
    publish: bool,
    grants: Vec<(To, String, String)>,
    personal: bool,
}

impl Allowance {
    /// Reads what a mapping allows: its external system, whether it publishes, and the grants of its rules.
    ///
    /// # Errors
    /// `INVALID_INPUT` when it is not a mapping: at proposal, never after approval.
    pub fn read(mapping: &str) -> Result<Self, Fault> {
        let wrong = |reason: &str| Fault::new(Code::InvalidInput).with("reason", reason).at("mapping");
        let file: toml::Table = mapping
            .parse()
            .map_err(|error: toml::de::Error| wrong(error.message()))?;
        let system = file
            .get("reference")
            .and_then(|part| part.get("system"))
            .and_then(toml::Value::as_str);
        let system = system.ok_or_else(|| wrong("`reference.system` is missing"))?.to_owned();
        let publish = file.get("publish").and_then(toml::Value::as_bool).unwrap_or(true);
        let rules = file
            .get("rules")
            .and_then(toml::Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let shares = rules.iter().filter_map(|rule| rule.get("share")?.as_array()).flatten();
        let grants = shares.map(|share| grant(share).ok_or_else(|| wrong("a `share` that cannot be read")));
        let fields = file.get("fields").and_then(toml::Value::as_table);
        let personal = ["reporter_name", "reporter_contact", "persons_involved"];
        let personal = fields.is_some_and(|fields| personal.iter().any(|name| fields.contains_key(*name)));
        Ok(Self {
            system,
            publish,
            grants: grants.collect::<Result<_, _>>()?,
            personal,
        })
    }

    /// Refuses what the mapping does not have: another system, publication, a grant, a personal part.
    ///
    /// # Errors
    /// `PROFILE_FORBIDS`, at the field.
    pub fn permit(&self, system: &str, publish: bool, personal: bool, grants: &[Asked]) -> Vec<Fault> {
        let forbidden = |reason: String| Fault::new(Code::ProfileForbids).with("reason", reason);
        let mut faults = Vec::new();
        if system != self.system {
            faults
                .push(forbidden(format!("externalReference.system `{system}`")).at("signal.externalReference.system"));
        }
        if publish && !self.publish {
            faults.push(forbidden("publish".to_owned()).at("publish"));
        }
        if personal && !self.personal {
            faults.push(forbidden("reporter, personsInvolved".to_owned()).at("signal.reporter"));
        }
        for (index, asked) in grants.iter().enumerate() {
            let (purpose, basis) = (asked.purpose.as_deref(), asked.legal_basis.as_deref());
            let listed = self
                .grants
                .iter()
                .any(|(to, of, on)| *to == asked.to && purpose == Some(of.as_str()) && basis == Some(on.as_str()));
            if !listed {
                faults.push(forbidden(format!("grant to {}", asked.to.text())).at(format!("grants.{index}")));
            }
        }
        faults
    }
}

fn grant(share: &toml::Value) -> Option<(To, String, String)> {
    let text = |name: &str| share.get(name).and_then(toml::Value::as_str).map(str::to_owned);
    let with = text("with")?;
    let to = match with.split_once(':') {
        None if with == "everyone" => To::Everyone,
        Some(("organisation", code)) => To::Organisation(code.to_owned()),
        Some(("circle", code)) => To::Circle(code.to_owned()),
        Some(("account", name)) => To::Account(name.to_owned()),
        Some(_) | None => return None,
    };
    Some((to, text("purpose")?, text("legal_basis")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPPING: &str = r#"
        publish = true
        [reference]
        system = "rail"
        [fields]
        title = "x"
        [[rules]]
        when = "always"
        share = [{ with = "circle:cmj", purpose = "incidentonderzoek", legal_basis = "demo-cmj" }]
        [[rules]]
        when = "always"
        share = "nobody"
    "#;

    fn asked(to: To) -> Asked {
        let code = |text: &str| Some(text.to_owned());
        Asked {
            to,
            purpose: code("incidentonderzoek"),
            legal_basis: code("demo-cmj"),
            valid_from: None,
            valid_until: None,
        }
    }

    #[test]
    fn allows_what_the_mapping_has_and_nothing_else() {
        let allowance = Allowance::read(MAPPING).expect("a mapping");
        assert!(
            allowance
                .permit("rail", true, false, &[asked(To::Circle("cmj".to_owned()))])
                .is_empty()
        );
        let forbidden = allowance.permit("road", true, true, &[asked(To::Everyone)]);
        let fields: Vec<_> = forbidden.iter().filter_map(Fault::field).collect();
        assert_eq!(
            fields,
            ["signal.externalReference.system", "signal.reporter", "grants.0"]
        );
    }

    #[test]
    fn refuses_what_is_no_mapping() {
        assert!(Allowance::read("not toml").is_err());
        assert!(Allowance::read("publish = true").is_err());
    }
}
