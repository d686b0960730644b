//! What is wrong with a configuration: which key, where it was set, what is wrong, how to mend it.

use std::fmt;

use config::ConfigError;

use super::words::{name_list, nearest};

/// Where a setting came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The text built into the binary.
    Default,
    /// A file, by its path.
    File(String),
    /// An environment variable, by its name.
    Environment(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("the built-in defaults"),
            Self::File(path) => write!(f, "file {path}"),
            Self::Environment(name) => write!(f, "environment variable {name}"),
        }
    }
}

/// A configuration that cannot be used. Never holds a value, since a value may be a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("configuration: `{key}` ({origin}): {problem}. {mend}")]
pub struct Fault {
    /// Full path of the key, such as `gateway.limits.depth`; empty for the file itself.
    pub key: String,
    /// The layer that set it, or that lacks it.
    pub origin: Origin,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub mend: String,
}

/// The problem and its mend, with the last name of the key where that belongs to the problem.
pub(super) struct Diagnosis {
    pub name: Option<String>,
    pub problem: String,
    pub mend: String,
}

/// Reads the library's error. Values are left out on purpose.
pub(super) fn diagnose(error: &ConfigError) -> Diagnosis {
    match error {
        ConfigError::At { error, .. } => diagnose(error),
        ConfigError::NotFound(field) => Diagnosis {
            name: field.rsplit(['.', ']']).next().map(str::to_owned),
            problem: "is missing".to_owned(),
            mend: "Add it".to_owned(),
        },
        ConfigError::Type {
            unexpected, expected, ..
        } => Diagnosis {
            name: None,
            problem: format!("has the wrong type: {} stands there", kind_of(unexpected)),
            mend: format!("Give {}", plain(expected)),
        },
        other => diagnose_text(&other.to_string()),
    }
}

fn wrong_type(found: &impl fmt::Display, expected: &str) -> Diagnosis {
    Diagnosis {
        name: None,
        problem: format!("has the wrong type: {} stands there", kind_of(found)),
        mend: format!("Give {}", plain(expected)),
    }
}

/// serde's own sentences, which reach us as text.
fn diagnose_text(text: &str) -> Diagnosis {
    if let Some(found) = text
        .strip_prefix("invalid type: ")
        .and_then(|rest| rest.rsplit_once(", expected "))
    {
        return wrong_type(&found.0, found.1);
    }
    let names = quoted(text);
    if text.starts_with("unknown field") || text.starts_with("unknown variant") {
        let (unknown, valid) = names
            .split_first()
            .map_or(("", &[][..]), |(first, rest)| (*first, rest));
        let field = text.starts_with("unknown field");
        let hint = nearest(unknown, valid).map_or(String::new(), |near| format!("Did you mean `{near}`? "));
        return Diagnosis {
            name: field.then(|| unknown.to_owned()),
            problem: if field {
                "is not a setting".to_owned()
            } else {
                "is not one of the values it may have".to_owned()
            },
            mend: format!("{hint}Valid here: {}", name_list(valid)),
        };
    }
    Diagnosis {
        name: None,
        problem: format!("is not usable: {text}"),
        mend: "Correct the value".to_owned(),
    }
}

/// The words between backticks, in order.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

fn kind_of(unexpected: &impl fmt::Display) -> &'static str {
    // The library prints the value after its kind; only the kind may be shown.
    let text = unexpected.to_string();
    match text.split([' ', '`']).next().unwrap_or_default() {
        "boolean" => "a boolean",
        "integer" | "64-bit" | "128-bit" => "a whole number",
        "floating" => "a broken number",
        "string" => "a text",
        "sequence" => "a list",
        "map" => "a table",
        _ => "something else",
    }
}

fn plain(expected: &str) -> String {
    match expected {
        e if e.contains("integer") => "a whole number of zero or more".to_owned(),
        e if e.contains("boolean") => "true or false".to_owned(),
        e if e.contains("string") => "a text".to_owned(),
        e if e.contains("map") || e.contains("struct") => "a table with its keys".to_owned(),
        e if e.contains("array") || e.contains("sequence") => "a list".to_owned(),
        e => e.to_owned(),
    }
}
