//! An import profile (importprofiel): the mapping that a data steward approved, known by the hash of its text.

use access::Instant;
use foundation::{Code, Fault, Language};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::grant::{Asked, To};
use super::signal::Marks;

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
    grants: Vec<Asked>,
    personal: bool,
    rank: Words,
    tlp: Words,
    use_limit: Words,
}

/// The words that a mapping may give for a mark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Words {
    /// Whether it comes from a column, so that any word may come.
    any: bool,
    /// Whether every record has one.
    always: bool,
    /// The words that it and its rules name.
    named: Vec<String>,
}

impl Words {
    fn read(file: &toml::Table, rules: &[toml::Value], mark: &str) -> Self {
        let label = file.get("labels").and_then(|labels| labels.get(mark));
        let fixed = label.and_then(|form| {
            form.as_str()
                .or_else(|| form.get("value").and_then(toml::Value::as_str))
        });
        let of_rules = rules
            .iter()
            .filter_map(|rule| rule.get(mark).and_then(toml::Value::as_str));
        Self {
            any: label.is_some() && fixed.is_none(),
            always: label.is_some(),
            named: fixed.into_iter().chain(of_rules).map(plain).collect(),
        }
    }

    fn permit(&self, mark: Option<String>) -> bool {
        match mark {
            None => !self.always,
            Some(mark) => self.any || self.named.contains(&plain(&mark)),
        }
    }
}

/// A mark's word without case and underscores.
fn plain(word: &str) -> String {
    word.replace('_', "").to_lowercase()
}

/// What a delivered item asks for.
#[derive(Clone, Copy, Debug)]
pub struct Delivered<'a> {
    /// The system of its external reference.
    pub system: &'a str,
    /// Whether it is to be brought out.
    pub publish: bool,
    /// Whether it has a personal part.
    pub personal: bool,
    /// Its marks, as far as it gives them.
    pub marks: Marks,
    /// Its grants.
    pub grants: &'a [Asked],
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
            rank: Words::read(&file, rules, "rank"),
            tlp: Words::read(&file, rules, "tlp"),
            use_limit: Words::read(&file, rules, "use_limit"),
        })
    }

    /// Refuses what the mapping does not have: another system, publication, a mark, a grant, a personal part.
    ///
    /// # Errors
    /// `PROFILE_FORBIDS`, at the field.
    pub fn permit(&self, item: &Delivered<'_>) -> Vec<Fault> {
        let forbidden = |reason: String| Fault::new(Code::ProfileForbids).with("reason", reason);
        let mut faults = Vec::new();
        if item.system != self.system {
            let reason = format!("externalReference.system `{}`", item.system);
            faults.push(forbidden(reason).at("signal.externalReference.system"));
        }
        if item.publish && !self.publish {
            faults.push(forbidden("publish".to_owned()).at("publish"));
        }
        if item.personal && !self.personal {
            faults.push(forbidden("reporter, personsInvolved".to_owned()).at("signal.reporter"));
        }
        let marks = [
            (
                "rank",
                self.rank.permit(item.marks.rank.map(|mark| format!("{mark:?}"))),
            ),
            ("tlp", self.tlp.permit(item.marks.tlp.map(|mark| format!("{mark:?}")))),
            (
                "useLimit",
                self.use_limit
                    .permit(item.marks.use_limit.map(|mark| format!("{mark:?}"))),
            ),
        ];
        for (mark, _) in marks.iter().filter(|(_, permitted)| !permitted) {
            faults.push(forbidden((*mark).to_owned()).at(format!("signal.labels.{mark}")));
        }
        for (index, asked) in item.grants.iter().enumerate() {
            let listed = self.grants.contains(asked);
            if !listed {
                let dutch = format!("deling met {}", asked.to.text(Language::Dutch));
                let english = format!("grant to {}", asked.to.text(Language::English));
                let fault = Fault::new(Code::ProfileForbids).with_words("reason", dutch, english);
                faults.push(fault.at(format!("grants.{index}")));
            }
        }
        faults
    }
}

fn grant(share: &toml::Value) -> Option<Asked> {
    let text = |name: &str| share.get(name).and_then(toml::Value::as_str).map(str::to_owned);
    let moment = |name: &str| -> Option<Option<Instant>> {
        let Some(text) = text(name) else { return Some(None) };
        text.parse::<jiff::Timestamp>()
            .ok()
            .map(|moment| Some(moment.as_microsecond()))
    };
    let with = text("with")?;
    let to = match with.split_once(':') {
        None if with == "everyone" => To::Everyone,
        Some(("organisation", code)) => To::Organisation(code.to_owned()),
        Some(("circle", code)) => To::Circle(code.to_owned()),
        Some(("account", name)) => To::Account(name.to_owned()),
        Some(_) | None => return None,
    };
    Some(Asked {
        to,
        purpose: Some(text("purpose")?),
        legal_basis: Some(text("legal_basis")?),
        valid_from: moment("valid_from")?,
        valid_until: moment("valid_until")?,
    })
}

#[cfg(test)]
mod tests {
    use access::{Rank, Tlp};

    use super::*;

    const MAPPING: &str = r#"
        publish = true
        [reference]
        system = "rail"
        [fields]
        title = "x"
        [labels]
        rank = "VERTROUWELIJK"
        [[rules]]
        when = "always"
        tlp = "AMBER"
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

    fn fields(item: &Delivered<'_>) -> Vec<String> {
        let allowance = Allowance::read(MAPPING).expect("a mapping");
        allowance
            .permit(item)
            .iter()
            .filter_map(|fault| fault.field().map(str::to_owned))
            .collect()
    }

    #[test]
    fn allows_what_the_mapping_has_and_nothing_else() {
        let grants = [asked(To::Circle("cmj".to_owned()))];
        let marks = Marks {
            rank: Some(Rank::Vertrouwelijk),
            tlp: Some(Tlp::Amber),
            ..Marks::default()
        };
        let good = Delivered {
            system: "rail",
            publish: true,
            personal: false,
            marks,
            grants: &grants,
        };
        assert_eq!(fields(&good), [""; 0]);
        let ended = [
            Asked {
                valid_until: Some(1),
                ..asked(To::Circle("cmj".to_owned()))
            },
            asked(To::Everyone),
        ];
        let marks = Marks {
            rank: None,
            tlp: Some(Tlp::Clear),
            ..Marks::default()
        };
        let wrong = Delivered {
            system: "road",
            publish: true,
            personal: true,
            marks,
            grants: &ended,
        };
        let expected = [
            "signal.externalReference.system",
            "signal.reporter",
            "signal.labels.rank",
            "signal.labels.tlp",
            "grants.0",
            "grants.1",
        ];
        assert_eq!(fields(&wrong), expected);
    }

    #[test]
    fn refuses_what_is_no_mapping() {
        assert!(Allowance::read("not toml").is_err());
        assert!(Allowance::read("publish = true").is_err());
    }
}
