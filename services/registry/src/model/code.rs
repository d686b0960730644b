//! Codes: the short stable names by which vocabularies refer to their entries.

use std::fmt;

use serde::Deserialize;

use super::Misfit;

/// A stable code such as `ilt`, `bulk-triage` or `rail-disruption`: 2 to 40 lower-case letters, digits and single
/// hyphens, starting with a letter. Never renamed, never reused.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Code(String);

impl Code {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Code {
    type Error = Misfit;

    fn try_from(text: String) -> Result<Self, Misfit> {
        let letters = text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        let starts = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        if letters && starts && (2..=40).contains(&text.len()) && !text.ends_with('-') && !text.contains("--") {
            Ok(Self(text))
        } else {
            let mend = "it has 2 to 40 lower-case letters, digits and single hyphens, and starts with a letter";
            Err(Misfit::new("code", text, mend))
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Code {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Code {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn takes_lower_case_words_with_single_hyphens() {
        for fits in ["ilt", "bulk-triage", "avg-6-1-e"] {
            assert!(Code::try_from(fits.to_owned()).is_ok(), "{fits}");
        }
        for wrong in [
            "",
            "i",
            "ILT",
            "-ilt",
            "ilt-",
            "a--b",
            "1ab",
            "é-n",
            "a b",
            &"a".repeat(41),
        ] {
            assert!(Code::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
