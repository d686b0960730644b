//! What of a mapping makes signals of rows: their fields, labels and grants, and how each row is known again.

use super::fault::MappingFault;
use super::file::{self, Form};
use super::rule::Rule;
use super::value::{Kind, Tables, Value};
use crate::import::vocabulary::{CREDIBILITY, ORIGIN, RANK, RELIABILITY, SEVERITY, TLP, URGENCY, USE_LIMIT};

/// How rows become signals.
#[derive(Clone, Debug)]
pub(crate) struct Signals {
    pub publish: bool,
    pub system: String,
    pub reference: Value,
    pub fields: Fields,
    pub labels: Labels,
    pub rules: Vec<Rule>,
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

/// What of a mapping file is about signals.
pub(super) struct Parts {
    pub publish: bool,
    pub reference: file::Reference,
    pub fields: file::Fields,
    pub labels: file::Labels,
    pub rules: Vec<file::Rule>,
}

impl Signals {
    pub(super) fn check(raw: Parts, tables: &Tables) -> Result<Self, MappingFault> {
        let reference = Form {
            column: raw.reference.column,
            template: raw.reference.template,
            hash: raw.reference.hash,
            ..Form::default()
        };
        let labels = check_labels(raw.labels, tables)?;
        let general_tlp = labels.tlp.as_ref().and_then(Value::always);
        let rules: Vec<Rule> = (raw.rules.into_iter().enumerate())
            .map(|(place, rule)| Rule::check(place, rule, general_tlp))
            .collect::<Result<_, _>>()?;
        check_order(&rules)?;
        let fields = check_fields(raw.fields, tables)?;
        check_provenance(&fields)?;
        Ok(Self {
            publish: raw.publish,
            system: raw.reference.system,
            reference: Value::check("reference", Kind::Line, reference, tables)?,
            fields,
            labels,
            rules,
        })
    }

    /// Every column that it reads, with the key that names it.
    pub(super) fn columns(&self) -> Vec<(String, &str)> {
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
