//! A mapping: how the columns of a delivery become signals, with their labels and grants. It is also the profile that
//! the data steward approves, by the hash of the file's bytes. Format: `docs/import.md`.

mod fault;
mod file;
mod rule;
mod signals;
mod subject;
mod template;
mod value;

use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

pub use fault::MappingFault;
use file::MappingFile;
pub(crate) use rule::Rule;
use signals::Parts;
pub(crate) use signals::Signals;
pub use subject::Mode;
pub(crate) use subject::Subject;
pub(crate) use value::Value;
use value::{Tables, check_formats, check_zone};

use super::moment::Clock;
use super::row::Header;

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
    /// How rows become signals; none where they are parties alone.
    pub(crate) signals: Option<Signals>,
    /// Which party and site a row is about, where that is looked up.
    pub(crate) subject: Option<Subject>,
    zone: TimeZone,
    formats: Vec<String>,
    optional: Vec<String>,
    file: String,
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
        let tables: Tables = raw
            .lookup
            .into_iter()
            .map(|(name, table)| (name, Arc::new(table)))
            .collect();
        check_formats("file.formats", &raw.file.formats)?;
        let subject = Subject::check(raw.party, raw.site, &tables)?;
        let signals = match (raw.kind.as_str(), raw.reference, raw.fields) {
            ("signals", Some(reference), Some(fields)) => {
                let parts = Parts {
                    publish: raw.publish,
                    reference,
                    fields,
                    labels: raw.labels,
                    rules: raw.rules,
                };
                Some(Signals::check(parts, &tables)?)
            }
            ("signals", None, _) => return Err(missing("reference")),
            ("signals", _, None) => return Err(missing("fields")),
            ("parties", None, None) if subject.is_none() => return Err(missing("party")),
            ("parties", None, None) => None,
            ("parties", ..) => {
                let problem = "belongs to a mapping of signals";
                return Err(MappingFault::new("reference, fields", problem, "Leave them out"));
            }
            (other, ..) => {
                let problem = format!("`{other}` is not known");
                return Err(MappingFault::unknown("kind", problem, other, &["signals", "parties"]));
            }
        };
        let mapping = Self {
            name: raw.name,
            hash: format!("{:x}", Sha256::digest(text.as_bytes())),
            delimiter: check_delimiter(&raw.file.delimiter)?,
            signals,
            subject,
            zone: check_zone("file.time_zone", &raw.file.time_zone)?,
            formats: raw.file.formats,
            optional: raw.file.optional,
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
            .filter(|(_, column)| !self.optional.iter().any(|name| name == column))
            .collect();
        let Some((key, column)) = missing.first() else {
            return Ok(());
        };
        let names: Vec<String> = missing
            .iter()
            .map(|(key, column)| format!("`{column}` ({key})"))
            .collect();
        let problem = format!("the file has no column {}", names.join(", "));
        let own = header.own_names();
        if let Some(sign) = self.other_delimiter(&own) {
            let mend = format!("Its first line looks divided by {sign:?}: write that as `file.delimiter`");
            return Err(with_file(MappingFault::new(key, problem, mend)));
        }
        Err(with_file(MappingFault::unknown(key, problem, column, &own)))
    }

    /// The sign by which a header looks divided that was read as one column.
    fn other_delimiter(&self, names: &[&str]) -> Option<char> {
        let [name] = names else { return None };
        let signs = [';', ',', '\t', '|']
            .into_iter()
            .filter(|sign| *sign as u32 != u32::from(self.delimiter));
        signs
            .max_by_key(|sign| name.matches(*sign).count())
            .filter(|sign| name.contains(*sign))
    }

    /// Whether rows become signals, and not parties alone.
    pub fn is_of_signals(&self) -> bool {
        self.signals.is_some()
    }

    /// The names of the columns that it reads, each once.
    pub fn column_names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for (_, name) in self.columns() {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        names
    }

    /// How moments are written, in this field or in the whole file.
    pub(crate) fn clock(&self, value: &Value) -> Clock {
        Clock::new(
            value.formats.clone().unwrap_or_else(|| self.formats.clone()),
            value.zone.clone().unwrap_or_else(|| self.zone.clone()),
        )
    }

    /// Every column that it reads, with the key that names it.
    fn columns(&self) -> Vec<(String, &str)> {
        let signals = self.signals.iter().flat_map(|signals| signals.columns());
        let subject = self.subject.iter().flat_map(Subject::columns);
        signals.chain(subject).collect()
    }
}

fn missing(key: &str) -> MappingFault {
    MappingFault::new(key, "is missing", "Add it; docs/import.md describes each key")
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

#[cfg(test)]
mod tests;
