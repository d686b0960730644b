//! One field of the record: where its value comes from, checked once, and taken from each row.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::fault::MappingFault;
use super::file::{Form, Step};
use super::template::Template;
use crate::import::moment::WORDS;
use crate::import::row::{Reject, Row};
use crate::import::vocabulary::Vocabulary;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text with line ends.
    Text,
    /// Text on one line.
    Line,
    /// One word of a fixed list.
    Word(Vocabulary),
    /// A moment, in one of the file's formats.
    Moment,
    /// A date.
    Date,
    /// Several values, with a separator.
    List,
}

/// Where a field's value comes from.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    /// The key in the mapping, such as `fields.title`.
    pub key: String,
    /// The formats of this moment or date, when it has its own.
    pub formats: Option<Vec<String>>,
    /// The zone of this moment, when it has its own.
    pub zone: Option<TimeZone>,
    kind: Kind,
    source: Source,
    otherwise: Option<String>,
    longest: Option<usize>,
    separator: Option<String>,
}

#[derive(Clone, Debug)]
enum Source {
    Fixed(String),
    Column(String),
    Template(Template),
    Lookup {
        column: String,
        table: String,
        words: Arc<HashMap<String, String>>,
    },
    Steps {
        column: String,
        steps: Vec<Step>,
    },
    Hash(Vec<String>),
}

/// The lookup tables of a mapping.
pub(super) type Tables = BTreeMap<String, Arc<HashMap<String, String>>>;

impl Value {
    /// Checks a form: its parts fit together and all it can give is valid.
    pub(super) fn check(key: &str, kind: Kind, form: Form, tables: &Tables) -> Result<Self, MappingFault> {
        let given = [
            ("value", form.value.is_some()),
            ("column", form.column.is_some()),
            ("template", form.template.is_some()),
            ("hash", form.hash.is_some()),
        ];
        if given.iter().filter(|(_, there)| *there).count() != 1 {
            return Err(MappingFault::new(
                key,
                "must say where the value comes from in one way",
                if key == "reference" {
                    "Give one of `column`, `template`, `hash`"
                } else {
                    "Give one of `value`, `column`, `template`"
                },
            ));
        }
        let misplaced = [
            ("lookup", form.lookup.is_some(), form.column.is_some(), "a `column`"),
            ("steps", form.steps.is_some(), form.column.is_some(), "a `column`"),
            (
                "formats",
                form.formats.is_some(),
                matches!(kind, Kind::Moment | Kind::Date),
                "a moment or date",
            ),
            ("time_zone", form.time_zone.is_some(), kind == Kind::Moment, "a moment"),
            ("separator", form.separator.is_some(), kind == Kind::List, "a list"),
            (
                "longest",
                form.longest.is_some(),
                matches!(kind, Kind::Text | Kind::Line),
                "a text",
            ),
        ];
        for (part, given, fits, with) in misplaced {
            if given && !fits {
                return Err(MappingFault::new(
                    format!("{key}.{part}"),
                    format!("belongs to {with} only"),
                    "Leave it out",
                ));
            }
        }
        let source = Source::check(key, &form, tables)?;
        check_formats(&format!("{key}.formats"), form.formats.as_deref().unwrap_or_default())?;
        let zone = form
            .time_zone
            .map(|name| check_zone(&format!("{key}.time_zone"), &name));
        let value = Self {
            key: key.to_owned(),
            zone: zone.transpose()?,
            formats: form.formats,
            kind,
            source,
            otherwise: form.otherwise,
            longest: form.longest,
            separator: form.separator,
        };
        value.check_words()?;
        Ok(value)
    }

    /// Every word that it can give is of its vocabulary.
    fn check_words(&self) -> Result<(), MappingFault> {
        let Kind::Word(vocabulary) = self.kind else {
            return Ok(());
        };
        let mut possible: Vec<(String, &str)> = Vec::new();
        match &self.source {
            Source::Fixed(word) => possible.push((self.key.clone(), word)),
            Source::Lookup { table, words, .. } => {
                possible.extend(
                    words
                        .iter()
                        .map(|(from, word)| (format!("lookup.{table}.\"{from}\""), word.as_str())),
                );
            }
            Source::Steps { steps, .. } => {
                possible.extend(
                    steps
                        .iter()
                        .map(|step| (format!("{}.steps", self.key), step.is.as_str())),
                );
            }
            Source::Column(_) | Source::Template(_) | Source::Hash(_) => {}
        }
        possible.extend(
            self.otherwise
                .iter()
                .map(|word| (format!("{}.otherwise", self.key), word.as_str())),
        );
        possible.sort();
        for (key, word) in possible {
            vocabulary.read(word).map_err(|_| {
                MappingFault::unknown(
                    key,
                    format!("`{word}` is not a {}", vocabulary.name),
                    word,
                    vocabulary.words,
                )
            })?;
        }
        Ok(())
    }

    /// The word that it always gives, if it does.
    pub fn always(&self) -> Option<&str> {
        match &self.source {
            Source::Fixed(word) => Some(word),
            _ => None,
        }
    }

    /// The columns it reads, each with the key that names it.
    pub fn columns(&self) -> Vec<(String, &str)> {
        match &self.source {
            Source::Fixed(_) => Vec::new(),
            Source::Column(column) | Source::Lookup { column, .. } | Source::Steps { column, .. } => {
                vec![(format!("{}.column", self.key), column)]
            }
            Source::Template(template) => template
                .columns()
                .into_iter()
                .map(|column| (format!("{}.template", self.key), column))
                .collect(),
            Source::Hash(columns) => columns
                .iter()
                .map(|column| (format!("{}.hash", self.key), column.as_str()))
                .collect(),
        }
    }

    /// The name for rejects: the column if it reads one, else the key.
    pub fn place(&self) -> &str {
        match &self.source {
            Source::Column(column) | Source::Lookup { column, .. } | Source::Steps { column, .. } => column,
            Source::Fixed(_) | Source::Template(_) | Source::Hash(_) => &self.key,
        }
    }

    /// The value for one row; `None` when there is none.
    ///
    /// # Errors
    /// When the row's value cannot be translated.
    pub fn take(&self, row: &Row<'_>) -> Result<Option<String>, Reject> {
        let found = self
            .source
            .take(row, self.otherwise.is_some())
            .map_err(|reason| Reject::new(self.place(), reason))?;
        let Some(text) = found.or_else(|| self.otherwise.clone()) else {
            return Ok(None);
        };
        let text = match self.kind {
            Kind::Line => text.split_whitespace().collect::<Vec<_>>().join(" "),
            Kind::Word(vocabulary) => vocabulary
                .read(&text)
                .map_err(|reason| Reject::new(self.place(), reason))?
                .to_owned(),
            Kind::Text | Kind::Moment | Kind::Date | Kind::List => text.trim().to_owned(),
        };
        Ok((!text.is_empty()).then(|| self.shortened(text)))
    }

    /// The value, which must be there.
    ///
    /// # Errors
    /// Also when there is none.
    pub fn require(&self, row: &Row<'_>) -> Result<String, Reject> {
        self.take(row)?.ok_or_else(|| {
            Reject::new(
                self.place(),
                format!("is empty, and `{}` needs a value: fill it in", self.key),
            )
        })
    }

    /// The values of a list.
    ///
    /// # Errors
    /// As [`Value::take`].
    pub fn list(&self, row: &Row<'_>) -> Result<Vec<String>, Reject> {
        let Some(text) = self.take(row)? else {
            return Ok(Vec::new());
        };
        let Some(separator) = &self.separator else {
            return Ok(vec![text]);
        };
        Ok(text
            .split(separator.as_str())
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect())
    }

    fn shortened(&self, text: String) -> String {
        let Some(longest) = self.longest.filter(|longest| text.chars().count() > *longest) else {
            return text;
        };
        let kept: String = text.chars().take(longest.saturating_sub(1)).collect();
        format!("{}…", kept.trim_end())
    }
}

impl Source {
    fn check(key: &str, form: &Form, tables: &Tables) -> Result<Self, MappingFault> {
        if let Some(columns) = &form.hash {
            if columns.is_empty() {
                let mend = "Name the columns that together say which record it is";
                return Err(MappingFault::new(format!("{key}.hash"), "is empty", mend));
            }
            return Ok(Self::Hash(columns.clone()));
        }
        if let Some(text) = &form.template {
            let template = Template::parse(text)
                .map_err(|reason| MappingFault::new(format!("{key}.template"), reason, "Correct the template"))?;
            return Ok(Self::Template(template));
        }
        let Some(column) = form.column.clone() else {
            return Ok(Self::Fixed(form.value.clone().unwrap_or_default()));
        };
        match (&form.lookup, &form.steps) {
            (None, None) => Ok(Self::Column(column)),
            (Some(_), Some(_)) => Err(MappingFault::new(
                key,
                "has both `lookup` and `steps`",
                "Keep one of them",
            )),
            (Some(table), None) => {
                let Some(words) = tables.get(table) else {
                    let names: Vec<&String> = tables.keys().collect();
                    let problem = format!("there is no table `[lookup.{table}]`");
                    return Err(MappingFault::unknown(format!("{key}.lookup"), problem, table, &names));
                };
                Ok(Self::Lookup {
                    column,
                    table: table.clone(),
                    words: words.clone(),
                })
            }
            (None, Some(steps)) => {
                if steps.is_empty() || !steps.is_sorted_by(|a, b| a.from < b.from) {
                    let problem = "must be a list with rising `from`";
                    return Err(MappingFault::new(
                        format!("{key}.steps"),
                        problem,
                        "Put the lowest first, each once",
                    ));
                }
                Ok(Self::Steps {
                    column,
                    steps: steps.clone(),
                })
            }
        }
    }

    fn take(&self, row: &Row<'_>, has_otherwise: bool) -> Result<Option<String>, String> {
        match self {
            Self::Fixed(text) => Ok(Some(text.clone())),
            Self::Hash(columns) => Ok(fingerprint(columns, row)),
            Self::Template(template) => Ok(Some(template.fill(row)).filter(|text| !text.trim().is_empty())),
            Self::Column(column) => Ok(row.get(column).map(str::to_owned)),
            Self::Lookup { column, table, words } => {
                let text = row.get(column).unwrap_or_default();
                match words.get(text) {
                    Some(word) => Ok(Some(word.clone())),
                    None if text.is_empty() || has_otherwise => Ok(None),
                    None => Err(format!(
                        "`{text}` is not in `[lookup.{table}]`: add it there, or give the field an `otherwise`"
                    )),
                }
            }
            Self::Steps { column, steps } => {
                let Some(text) = row.get(column) else { return Ok(None) };
                let number: f64 = text
                    .replace(',', ".")
                    .parse()
                    .map_err(|_| format!("`{text}` is not a number"))?;
                Ok(steps
                    .iter()
                    .rev()
                    .find(|step| number >= step.from)
                    .map(|step| step.is.clone()))
            }
        }
    }
}

/// What stands for a row that has no key of its own: SHA-256 over the texts of these columns, in their order, each as
/// its length in bytes, a colon, the text and a comma (a netstring), so that no two rows run together. Blanks around a
/// text do not count, whatever the file is written as. None where all of them are empty.
fn fingerprint(columns: &[String], row: &Row<'_>) -> Option<String> {
    let texts: Vec<&str> = columns
        .iter()
        .map(|column| row.get(column).unwrap_or_default())
        .collect();
    if texts.iter().all(|text| text.is_empty()) {
        return None;
    }
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(format!("{}:{text},", text.len()));
    }
    Some(format!("sha256:{:x}", hash.finalize()))
}

/// A format is a pattern, or one of the words.
pub(super) fn check_formats(key: &str, formats: &[String]) -> Result<(), MappingFault> {
    let strange = formats
        .iter()
        .find(|format| !format.contains('%') && !WORDS.contains(&format.as_str()));
    match strange {
        None => Ok(()),
        Some(format) => {
            let problem = format!("`{format}` is neither a pattern with `%` nor a known format");
            Err(MappingFault::unknown(key, problem, format, &WORDS))
        }
    }
}

/// A time zone by its name.
pub(super) fn check_zone(key: &str, name: &str) -> Result<TimeZone, MappingFault> {
    TimeZone::get(name).map_err(|_| {
        MappingFault::new(
            key,
            format!("`{name}` is not a time zone"),
            "Write a name such as \"Europe/Amsterdam\" or \"UTC\"",
        )
    })
}
