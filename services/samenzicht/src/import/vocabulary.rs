//! The fixed words of the API that a mapping may use.

use foundation::config::{name_list, nearest};

/// A list of words of which one must be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vocabulary {
    /// What the words say, for sentences.
    pub name: &'static str,
    /// The words.
    pub words: &'static [&'static str],
}

/// How bad it is.
pub const SEVERITY: Vocabulary = Vocabulary {
    name: "severity",
    words: &["MINOR", "MODERATE", "SERIOUS", "CRITICAL"],
};
/// How soon it must be looked at.
pub const URGENCY: Vocabulary = Vocabulary {
    name: "urgency",
    words: &["ROUTINE", "SOON", "IMMEDIATE"],
};
/// Where the signal came from.
pub const ORIGIN: Vocabulary = Vocabulary {
    name: "origin",
    words: &["OWN", "REPORT", "PARTNER", "WEB", "CASE_SYSTEM"],
};
/// How reliable the source is (Admiralty A to F).
pub const RELIABILITY: Vocabulary = Vocabulary {
    name: "reliability",
    words: &[
        "COMPLETELY_RELIABLE",
        "USUALLY_RELIABLE",
        "FAIRLY_RELIABLE",
        "NOT_USUALLY_RELIABLE",
        "UNRELIABLE",
        "CANNOT_BE_JUDGED",
    ],
};
/// How credible the information is (Admiralty 1 to 6).
pub const CREDIBILITY: Vocabulary = Vocabulary {
    name: "credibility",
    words: &[
        "CONFIRMED",
        "PROBABLY_TRUE",
        "POSSIBLY_TRUE",
        "DOUBTFUL",
        "IMPROBABLE",
        "CANNOT_BE_JUDGED",
    ],
};
/// Formal classification (rubricering).
pub const RANK: Vocabulary = Vocabulary {
    name: "rank",
    words: &["INTERN", "VERTROUWELIJK", "DEPARTEMENTAAL_VERTROUWELIJK"],
};
/// Traffic light protocol 2.0: the upper bound of grants.
pub const TLP: Vocabulary = Vocabulary {
    name: "TLP",
    words: &["CLEAR", "GREEN", "AMBER", "AMBER_STRICT", "RED"],
};
/// What a reader may do with it (gebruiksbeperking).
pub const USE_LIMIT: Vocabulary = Vocabulary {
    name: "use limit",
    words: &["INFORMATION_ONLY", "SUPERVISION", "DO_NOT_APPROACH"],
};

/// What a supervised party is (soort partij).
pub const PARTY_KIND: Vocabulary = Vocabulary {
    name: "kind of party",
    words: &[
        "COMPANY",
        "SOLE_TRADER",
        "NATURAL_PERSON",
        "PUBLIC_BODY",
        "INSTITUTION",
        "SAFETY_REGION",
        "SHIP",
        "CERTIFYING_BODY",
        "NETWORK",
    ],
};

impl Vocabulary {
    /// The word itself, whatever its case; or a sentence with the nearest one.
    ///
    /// # Errors
    /// How to mend it.
    pub fn read(self, text: &str) -> Result<&'static str, String> {
        let upper = text.to_uppercase();
        if let Some(word) = self.words.iter().find(|word| **word == upper) {
            return Ok(word);
        }
        let hint = nearest(text, self.words).map_or(String::new(), |near| format!("Did you mean `{near}`? "));
        Err(format!(
            "`{text}` is not a {}. {hint}Valid: {}",
            self.name,
            name_list(self.words)
        ))
    }
}
