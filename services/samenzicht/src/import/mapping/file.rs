//! The mapping file as it is written: flat TOML. What each key means stands in `docs/import.md`.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MappingFile {
    pub format: u32,
    pub name: String,
    pub kind: String,
    #[serde(default = "yes")]
    pub publish: bool,
    #[serde(default)]
    pub file: FileSection,
    pub reference: Option<Reference>,
    pub fields: Option<Fields>,
    pub party: Option<Party>,
    pub site: Option<Site>,
    #[serde(default)]
    pub labels: Labels,
    #[serde(default)]
    pub lookup: BTreeMap<String, HashMap<String, String>>,
    #[serde(default)]
    pub rules: Vec<Rule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct FileSection {
    pub delimiter: String,
    pub time_zone: String,
    pub formats: Vec<String>,
    pub optional: Vec<String>,
}

impl Default for FileSection {
    fn default() -> Self {
        Self {
            delimiter: ",".to_owned(),
            time_zone: "Europe/Amsterdam".to_owned(),
            optional: Vec::new(),
            formats: vec![
                "%Y-%m-%d %H:%M:%S".to_owned(),
                "%Y-%m-%d".to_owned(),
                "rfc3339".to_owned(),
            ],
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reference {
    pub system: String,
    pub column: Option<String>,
    pub template: Option<String>,
    pub hash: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fields {
    pub title: Form,
    pub narrative: Form,
    pub category: Form,
    pub severity: Form,
    pub observed_from: Form,
    pub observed_until: Option<Form>,
    pub urgency: Option<Form>,
    pub place: Option<Form>,
    pub origin: Option<Form>,
    pub note: Option<Form>,
    pub parties: Option<Form>,
    pub sites: Option<Form>,
    pub regions: Option<Form>,
    pub reporter_name: Option<Form>,
    pub reporter_contact: Option<Form>,
    pub persons_involved: Option<Form>,
    pub reliability: Option<Form>,
    pub credibility: Option<Form>,
    pub valid_until: Option<Form>,
    pub url: Option<Form>,
    pub collected_at: Option<Form>,
    pub tool: Option<Form>,
    pub tool_version: Option<Form>,
    pub confidence: Option<Form>,
    pub product_category: Option<Form>,
}

/// Whom a row is about.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Party {
    pub mode: String,
    #[serde(default)]
    pub name_alone: bool,
    pub kind: Option<Form>,
    pub name: Option<Form>,
    pub trade_names: Option<Form>,
    pub kvk: Option<Form>,
    pub rsin: Option<Form>,
    pub oin: Option<Form>,
    pub imo: Option<Form>,
    pub agb: Option<Form>,
    pub brin: Option<Form>,
    pub sectors: Option<Form>,
}

/// Where at the party it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Site {
    pub name: Option<Form>,
    pub street: Option<Form>,
    pub number: Option<Form>,
    pub postcode: Option<Form>,
    pub city: Option<Form>,
    pub country: Option<Form>,
    pub vestiging: Option<Form>,
    pub bag: Option<Form>,
    pub latitude: Option<Form>,
    pub longitude: Option<Form>,
    pub region: Option<Form>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Labels {
    pub rank: Option<Form>,
    pub tlp: Option<Form>,
    pub use_limit: Option<Form>,
    pub retain_until: Option<Form>,
}

/// Where a field's value comes from: a plain text is a fixed value, a table says more.
#[derive(Clone, Debug, Default)]
pub(super) struct Form {
    /// Of a reference alone.
    pub hash: Option<Vec<String>>,
    pub value: Option<String>,
    pub column: Option<String>,
    pub template: Option<String>,
    pub lookup: Option<String>,
    pub steps: Option<Vec<Step>>,
    pub formats: Option<Vec<String>>,
    pub time_zone: Option<String>,
    pub separator: Option<String>,
    pub otherwise: Option<String>,
    pub longest: Option<usize>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub from: f64,
    pub is: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub when: When,
    pub rank: Option<String>,
    pub tlp: Option<String>,
    pub use_limit: Option<String>,
    pub share: Share,
}

/// `when`: always, or a column and the values of which it must have one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum When {
    Always,
    Column { column: String, is: Vec<String> },
}

/// `share`: nobody, or grants.
#[derive(Debug)]
pub(super) enum Share {
    Nobody,
    With(Vec<Grant>),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Grant {
    pub with: String,
    pub purpose: String,
    pub legal_basis: String,
    pub valid_from: Option<String>,
    pub valid_until: Option<String>,
}

fn yes() -> bool {
    true
}

impl<'de> Deserialize<'de> for Form {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            value: Option<String>,
            column: Option<String>,
            template: Option<String>,
            lookup: Option<String>,
            steps: Option<Vec<Step>>,
            formats: Option<Vec<String>>,
            time_zone: Option<String>,
            separator: Option<String>,
            otherwise: Option<String>,
            longest: Option<usize>,
        }
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Form;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a fixed text, or a table with `value`, `column` or `template`")
            }
            fn visit_str<E>(self, text: &str) -> Result<Form, E> {
                Ok(Form {
                    value: Some(text.to_owned()),
                    ..Form::default()
                })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Form, A::Error> {
                let Table {
                    value,
                    column,
                    template,
                    lookup,
                    steps,
                    formats,
                    time_zone,
                    separator,
                    otherwise,
                    longest,
                } = Table::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Form {
                    hash: None,
                    value,
                    column,
                    template,
                    lookup,
                    steps,
                    formats,
                    time_zone,
                    separator,
                    otherwise,
                    longest,
                })
            }
        }
        from.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            column: String,
            is: Words,
        }
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = When;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"always\", or a table with `column` and `is`")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<When, E> {
                match text {
                    "always" => Ok(When::Always),
                    _ => Err(E::invalid_value(serde::de::Unexpected::Str(text), &self)),
                }
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<When, A::Error> {
                let Table { column, is } = Table::deserialize(MapAccessDeserializer::new(map))?;
                Ok(When::Column { column, is: is.0 })
            }
        }
        from.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Share;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"nobody\", or a list of grants with `with`, `purpose` and `legal_basis`")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Share, E> {
                match text {
                    "nobody" => Ok(Share::Nobody),
                    _ => Err(E::invalid_value(serde::de::Unexpected::Str(text), &self)),
                }
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Share, A::Error> {
                let mut grants = Vec::new();
                while let Some(grant) = from.next_element()? {
                    grants.push(grant);
                }
                Ok(if grants.is_empty() {
                    Share::Nobody
                } else {
                    Share::With(grants)
                })
            }
        }
        from.deserialize_any(Either)
    }
}

/// One word or a list of words.
struct Words(Vec<String>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Words;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }
            fn visit_str<E>(self, text: &str) -> Result<Words, E> {
                Ok(Words(vec![text.to_owned()]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Words, A::Error> {
                let mut words = Vec::new();
                while let Some(word) = from.next_element()? {
                    words.push(word);
                }
                Ok(Words(words))
            }
        }
        from.deserialize_any(Either)
    }
}
