//! A mapping: how the columns of a delivery become signals, with their labels and grants. It is also the profile that
//! the data steward approves, by the hash of the file's bytes. Format: `docs/import.md`.

mod fault;
mod file;
mod rule;
mod template;
mod value;

use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

pub use fault::MappingFault;
use file::{Form, MappingFile};
pub(crate) use rule::Rule;
pub(crate) use value::Value;
use value::{Kind, Tables};

use super::moment::Clock;
use super::row::Header;
use super::vocabulary::{CREDIBILITY, ORIGIN, RANK, RELIABILITY, SEVERITY, TLP, URGENCY, USE_LIMIT};

/// A mapping file, checked.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// Its name for people.
    pub name: String,
    /// The profile that the steward approves: SHA-256 of the file's bytes, in hexadecimal.
    pub hash: String,
    /// The file's text, as it is proposed.
    pub text: String,
    /// The sign between columns.
    pub delimiter: u8,
    pub(crate) publish: bool,
    pub(crate) system: String,
    pub(crate) reference: Value,
    pub(crate) fields: Fields,
    pub(crate) labels: Labels,
    pub(crate) rules: Vec<Rule>,
    zone: TimeZone,
    formats: Vec<String>,
    file: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Fields {
    pub title: Value,
    pub narrative: Value,
    pub category: Value,
    pub severity: Value,
    pub observed_from: Value,
    pub observed_until: Option<Value>,
    pub urgency: Option<Value>,
    pub place: Option<Value>,
    pub origin: Option<Value>,
    pub note: Option<Value>,
    pub parties: Option<Value>,
    pub sites: Option<Value>,
    pub regions: Option<Value>,
    pub reporter_name: Option<Value>,
    pub reporter_contact: Option<Value>,
    pub persons_involved: Option<Value>,
    pub reliability: Option<Value>,
    pub credibility: Option<Value>,
    pub valid_until: Option<Value>,
    pub url: Option<Value>,
    pub collected_at: Option<Value>,
    pub tool: Option<Value>,
    pub tool_version: Option<Value>,
    pub confidence: Option<Value>,
    pub product_category: Option<Value>,
}

#[derive(Clone, Debug)]
pub(crate) struct Labels {
    pub rank: Option<Value>,
    pub tlp: Option<Value>,
    pub use_limit: Option<Value>,
    pub retain_until: Option<Value>,
}

impl Mapping {
    /// Reads and checks a mapping file.
    ///
    /// # Errors
    /// The first key that is wrong, with its mend.
    pub fn read(path: &Path) -> Result<Self, MappingFault> {
        let name = path.display().to_string();
        let mend = "Give the path of a mapping file with --mapping";
        let bytes = std::fs::read(path).map_err(|error| MappingFault {
            file: name.clone(),
            ..MappingFault::new("", format!("cannot be read ({error})"), mend)
        })?;
        let text = String::from_utf8(bytes).map_err(|_| MappingFault {
            file: name.clone(),
            ..MappingFault::new("", "is not UTF-8 text", "Save it as UTF-8")
        })?;
        Self::parse(&name, text)
    }

    /// The same from a text.
    ///
    /// # Errors
    /// As [`Mapping::read`].
    pub fn parse(file: &str, text: String) -> Result<Self, MappingFault> {
        Self::check(text)
            .map(|mapping| Self {
                file: file.to_owned(),
                ..mapping
            })
            .map_err(|fault| MappingFault {
                file: file.to_owned(),
                ..fault
            })
    }

    fn check(text: String) -> Result<Self, MappingFault> {
        let parser =
            toml::de::Deserializer::parse(&text).map_err(|error| MappingFault::from_toml("", &error, &text))?;
        let raw: MappingFile = serde_path_to_error::deserialize(parser)
            .map_err(|error| MappingFault::from_toml(&error.path().to_string(), error.inner(), &text))?;
        if raw.format != 1 {
            return Err(MappingFault::new(
                "format",
                format!("{} is not known", raw.format),
                "Write `format = 1`",
            ));
        }
        if raw.kind != "signals" {
            return Err(MappingFault::unknown(
                "kind",
                format!("`{}` is not known", raw.kind),
                &raw.kind,
                &["signals"],
            ));
        }
        let tables: Tables = raw
            .lookup
            .into_iter()
            .map(|(name, table)| (name, Arc::new(table)))
            .collect();
        let reference = Form {
            column: raw.reference.column,
            template: raw.reference.template,
            ..Form::default()
        };
        let labels = check_labels(raw.labels, &tables)?;
        let general_tlp = labels.tlp.as_ref().and_then(Value::always);
        let rules: Vec<Rule> = (raw.rules.into_iter().enumerate())
            .map(|(place, rule)| Rule::check(place, rule, general_tlp))
            .collect::<Result<_, _>>()?;
        check_order(&rules)?;
        let fields = check_fields(raw.fields, &tables)?;
        check_provenance(&fields)?;
        let mapping = Self {
            name: raw.name,
            hash: format!("{:x}", Sha256::digest(text.as_bytes())),
            delimiter: check_delimiter(&raw.file.delimiter)?,
            publish: raw.publish,
            system: raw.reference.system,
            reference: Value::check("reference", Kind::Line, reference, &tables)?,
            fields,
            labels,
            rules,
            zone: check_zone(&raw.file.time_zone)?,
            formats: raw.file.formats,
            file: String::new(),
            text,
        };
        Ok(mapping)
    }

    /// Checks that the file has every column that the mapping names, each once.
    ///
    /// # Errors
    /// All columns that are missing, with the nearest names.
    pub fn fits(&self, header: &Header) -> Result<(), MappingFault> {
        let with_file = |fault| MappingFault {
            file: self.file.clone(),
            ..fault
        };
        if let Some(name) = header.twice() {
            let mend = "Give each column a name of its own; look at `file.delimiter` if this is the whole first line";
            return Err(with_file(MappingFault::new(
                "",
                format!("the file has the column `{name}` twice"),
                mend,
            )));
        }
        let missing: Vec<(String, &str)> = self
            .columns()
            .into_iter()
            .filter(|(_, column)| header.place(column).is_none())
            .collect();
        let Some((key, column)) = missing.first() else {
            return Ok(());
        };
        let names: Vec<String> = missing
            .iter()
            .map(|(key, column)| format!("`{column}` ({key})"))
            .collect();
        let problem = format!("the file has no column {}", names.join(", "));
        Err(with_file(MappingFault::unknown(
            key,
            problem,
            column,
            &header.own_names(),
        )))
    }

    /// How moments are written, in this field or in the whole file.
    pub(crate) fn clock(&self, value: &Value) -> Clock {
        Clock::new(
            value.formats.clone().unwrap_or_else(|| self.formats.clone()),
            self.zone.clone(),
        )
    }

    /// Every column that it reads, with the key that names it.
    fn columns(&self) -> Vec<(String, &str)> {
        let Fields {
            title,
            narrative,
            category,
            severity,
            observed_from,
            ..
        } = &self.fields;
        let fields = &self.fields;
        let required = [&self.reference, title, narrative, category, severity, observed_from];
        let optional = [
            &fields.observed_until,
            &fields.urgency,
            &fields.place,
            &fields.origin,
            &fields.note,
            &fields.parties,
            &fields.sites,
            &fields.regions,
            &fields.reporter_name,
            &fields.reporter_contact,
            &fields.persons_involved,
            &fields.reliability,
            &fields.credibility,
            &fields.valid_until,
            &fields.url,
            &fields.collected_at,
            &fields.tool,
            &fields.tool_version,
            &fields.confidence,
            &fields.product_category,
            &self.labels.rank,
            &self.labels.tlp,
            &self.labels.use_limit,
            &self.labels.retain_until,
        ];
        let values = required.into_iter().chain(optional.into_iter().flatten());
        let rules = self
            .rules
            .iter()
            .enumerate()
            .filter_map(|(place, rule)| Some((format!("rules[{place}].when.column"), rule.column()?)));
        values.flat_map(Value::columns).chain(rules).collect()
    }
}

fn check_fields(raw: file::Fields, tables: &Tables) -> Result<Fields, MappingFault> {
    let one = |name: &str, kind: Kind, form: Form| Value::check(&format!("fields.{name}"), kind, form, tables);
    let maybe = |name: &str, kind: Kind, form: Option<Form>| form.map(|form| one(name, kind, form)).transpose();
    Ok(Fields {
        title: one("title", Kind::Line, raw.title)?,
        narrative: one("narrative", Kind::Text, raw.narrative)?,
        category: one("category", Kind::Line, raw.category)?,
        severity: one("severity", Kind::Word(SEVERITY), raw.severity)?,
        observed_from: one("observed_from", Kind::Moment, raw.observed_from)?,
        observed_until: maybe("observed_until", Kind::Moment, raw.observed_until)?,
        urgency: maybe("urgency", Kind::Word(URGENCY), raw.urgency)?,
        place: maybe("place", Kind::Line, raw.place)?,
        origin: maybe("origin", Kind::Word(ORIGIN), raw.origin)?,
        note: maybe("note", Kind::Text, raw.note)?,
        parties: maybe("parties", Kind::List, raw.parties)?,
        sites: maybe("sites", Kind::List, raw.sites)?,
        regions: maybe("regions", Kind::List, raw.regions)?,
        reporter_name: maybe("reporter_name", Kind::Line, raw.reporter_name)?,
        reporter_contact: maybe("reporter_contact", Kind::Line, raw.reporter_contact)?,
        persons_involved: maybe("persons_involved", Kind::List, raw.persons_involved)?,
        reliability: maybe("reliability", Kind::Word(RELIABILITY), raw.reliability)?,
        credibility: maybe("credibility", Kind::Word(CREDIBILITY), raw.credibility)?,
        valid_until: maybe("valid_until", Kind::Date, raw.valid_until)?,
        url: maybe("url", Kind::Line, raw.url)?,
        collected_at: maybe("collected_at", Kind::Moment, raw.collected_at)?,
        tool: maybe("tool", Kind::Line, raw.tool)?,
        tool_version: maybe("tool_version", Kind::Line, raw.tool_version)?,
        confidence: maybe("confidence", Kind::Line, raw.confidence)?,
        product_category: maybe("product_category", Kind::Line, raw.product_category)?,
    })
}

/// What is found at an address says by what and when.
fn check_provenance(fields: &Fields) -> Result<(), MappingFault> {
    if fields.url.is_some() && (fields.tool.is_none() || fields.collected_at.is_none()) {
        return Err(MappingFault::new(
            "fields.url",
            "says where, and nothing says by which tool and when",
            "Add `tool` and `collected_at`",
        ));
    }
    Ok(())
}

fn check_labels(raw: file::Labels, tables: &Tables) -> Result<Labels, MappingFault> {
    let maybe = |name: &str, kind: Kind, form: Option<Form>| {
        form.map(|form| Value::check(&format!("labels.{name}"), kind, form, tables))
            .transpose()
    };
    Ok(Labels {
        rank: maybe("rank", Kind::Word(RANK), raw.rank)?,
        tlp: maybe("tlp", Kind::Word(TLP), raw.tlp)?,
        use_limit: maybe("use_limit", Kind::Word(USE_LIMIT), raw.use_limit)?,
        retain_until: maybe("retain_until", Kind::Date, raw.retain_until)?,
    })
}

/// A rule after `when = "always"` would never be reached.
fn check_order(rules: &[Rule]) -> Result<(), MappingFault> {
    match rules.iter().position(Rule::is_always) {
        Some(place) if place + 1 < rules.len() => Err(MappingFault::new(
            format!("rules[{}]", place + 1),
            "is never reached: the rule before it fits always",
            "Put the rule with `when = \"always\"` last",
        )),
        _ => Ok(()),
    }
}

fn check_delimiter(text: &str) -> Result<u8, MappingFault> {
    match text.as_bytes() {
        [sign] if !matches!(sign, b'"' | b'\r' | b'\n') => Ok(*sign),
        _ => Err(MappingFault::new(
            "file.delimiter",
            "must be one sign",
            "Write \",\" or \";\" or \"\\t\"",
        )),
    }
}

fn check_zone(name: &str) -> Result<TimeZone, MappingFault> {
    TimeZone::get(name).map_err(|_| {
        MappingFault::new(
            "file.time_zone",
            format!("`{name}` is not a time zone"),
            "Write a name such as \"Europe/Amsterdam\" or \"UTC\"",
        )
    })
}

#[cfg(test)]
mod tests;
