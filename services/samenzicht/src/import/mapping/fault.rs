//! What is wrong with a mapping file: key, line, mend.

use std::fmt;

use foundation::config::{name_list, nearest};

/// A mapping that cannot be used: nothing has been sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
pub struct MappingFault {
    /// The mapping file's name, once known.
    pub file: String,
    /// Its line, where known.
    pub line: Option<usize>,
    /// The full key, such as `fields.severity.lookup`; empty for the file as a whole.
    pub key: String,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub mend: String,
}

impl MappingFault {
    /// A problem at a key, with its mend.
    pub fn new(key: impl Into<String>, problem: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            problem: problem.into(),
            mend: mend.into(),
            ..Self::default()
        }
    }

    /// A name that is not among the valid ones; the mend names the nearest.
    pub fn unknown<T: AsRef<str>>(key: impl Into<String>, problem: impl Into<String>, name: &str, valid: &[T]) -> Self {
        let hint = nearest(name, valid).map_or(String::new(), |near| format!("Did you mean `{near}`? "));
        Self::new(key, problem, format!("{hint}Valid here: {}", name_list(valid)))
    }

    /// Reads the TOML library's error.
    pub(super) fn from_toml(path: &str, error: &toml::de::Error, text: &str) -> Self {
        let line = error
            .span()
            .map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        let message = error.message();
        let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
        let path = path.trim_matches(['.', '?']);
        let found = match (message, names.split_first()) {
            (m, Some((name, valid))) if m.starts_with("unknown field") => {
                let inside = if path.is_empty() || path.rsplit('.').next() == Some(name) {
                    path.to_owned()
                } else {
                    format!("{path}.{name}")
                };
                let key = if inside.is_empty() { (*name).to_owned() } else { inside };
                Self::unknown(key, "is not a key of a mapping", name, valid)
            }
            (m, Some((name, _))) if m.starts_with("missing field") => {
                let key = if path.is_empty() {
                    (*name).to_owned()
                } else {
                    format!("{path}.{name}")
                };
                Self::new(key, "is missing", "Add it; docs/import.md describes each key")
            }
            _ => Self::new(path, message, "Correct it; docs/import.md describes each key"),
        };
        Self { line, ..found }
    }
}

impl fmt::Display for MappingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "mapping {}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if !self.key.is_empty() {
            write!(f, ", `{}`", self.key)?;
        }
        write!(f, ": {}. {}", self.problem, self.mend)
    }
}
