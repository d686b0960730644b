//! The vocabularies that the platform ships as data (`data/*.toml`), parsed, checked and embedded.
//!
//! They are data with a source, not code, so that whoever knows better can correct them (decisions.md 27). Every error
//! names the file, the key and the mend.

use std::collections::BTreeSet;
use std::fmt::Display;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::model::category::{Category, Domain};
use crate::model::circle::Circle;
use crate::model::code::Code;
use crate::model::law::Law;
use crate::model::legal_basis::LegalBasis;
use crate::model::organisation::{Organisation, OrganisationKind};
use crate::model::purpose::Purpose;
use crate::model::region::SafetyRegion;

#[cfg(test)]
mod tests;

/// The data files as text; by default those that are embedded.
#[derive(Clone, Copy, Debug)]
pub struct Files<'a> {
    /// `domains.toml`.
    pub domains: &'a str,
    /// `organisations.toml`.
    pub organisations: &'a str,
    /// `purposes.toml`.
    pub purposes: &'a str,
    /// `legal_bases.toml`.
    pub legal_bases: &'a str,
    /// `circles.toml`.
    pub circles: &'a str,
    /// `safety_regions.toml`.
    pub safety_regions: &'a str,
    /// `categories.toml`.
    pub categories: &'a str,
    /// `laws.toml`.
    pub laws: &'a str,
}

impl Files<'static> {
    /// The files that this program was built with.
    pub const EMBEDDED: Self = Self {
        domains: include_str!("../data/domains.toml"),
        organisations: include_str!("../data/organisations.toml"),
        purposes: include_str!("../data/purposes.toml"),
        legal_bases: include_str!("../data/legal_bases.toml"),
        circles: include_str!("../data/circles.toml"),
        safety_regions: include_str!("../data/safety_regions.toml"),
        categories: include_str!("../data/categories.toml"),
        laws: include_str!("../data/laws.toml"),
    };
}

/// What is wrong with a data file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// The file is no TOML, or a value in it does not fit; the text shows line, key and mend.
    #[error("{file}: {text}")]
    Unreadable {
        /// The file.
        file: &'static str,
        /// Where and why, as the parser says it.
        text: String,
    },
    /// A value is well formed but does not fit the rest.
    #[error("{file}, {key}: {mend}")]
    Wrong {
        /// The file.
        file: &'static str,
        /// The entry and its key, such as `tsd.members`.
        key: String,
        /// What is wrong and how to mend it.
        mend: String,
    },
}

impl ReferenceError {
    /// An error at a key.
    pub fn wrong(file: &'static str, key: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::Wrong {
            file,
            key: key.into(),
            mend: mend.into(),
        }
    }
}

/// Reads a TOML file into a type.
///
/// # Errors
/// [`ReferenceError::Unreadable`] with the file's name and the parser's line, key and reason.
pub fn read<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<T, ReferenceError> {
    toml::from_str(text).map_err(|error| ReferenceError::Unreadable {
        file,
        text: error.to_string(),
    })
}

/// All vocabularies, each in the order of its file.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// Fields of supervision.
    pub domains: Vec<Domain>,
    /// Inspectorates and partner bodies.
    pub organisations: Vec<Organisation>,
    /// Purposes.
    pub purposes: Vec<Purpose>,
    /// Legal bases.
    pub legal_bases: Vec<LegalBasis>,
    /// Circles.
    pub circles: Vec<Circle>,
    /// Safety regions.
    pub safety_regions: Vec<SafetyRegion>,
    /// Signal categories.
    pub categories: Vec<Category>,
    /// Laws.
    pub laws: Vec<Law>,
}

impl Reference {
    /// The vocabularies that this program was built with.
    ///
    /// # Errors
    /// As [`Reference::parse`]; a test keeps the embedded files free of them.
    pub fn embedded() -> Result<Self, ReferenceError> {
        Self::parse(&Files::EMBEDDED)
    }

    /// Reads and checks the files: codes are unique, every reference resolves, every entry has its source.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(files: &Files<'_>) -> Result<Self, ReferenceError> {
        let reference = Self {
            domains: entries(
                DOMAINS,
                files.domains,
                |entry: &Domain| &entry.code,
                |entry| &mut entry.source,
            )?,
            organisations: entries(
                ORGANISATIONS,
                files.organisations,
                |entry: &Organisation| &entry.code,
                |entry| &mut entry.source,
            )?,
            purposes: entries(
                PURPOSES,
                files.purposes,
                |entry: &Purpose| &entry.code,
                |entry| &mut entry.source,
            )?,
            legal_bases: entries(
                LEGAL_BASES,
                files.legal_bases,
                |entry: &LegalBasis| &entry.code,
                |entry| &mut entry.source,
            )?,
            circles: entries(
                CIRCLES,
                files.circles,
                |entry: &Circle| &entry.code,
                |entry| &mut entry.source,
            )?,
            safety_regions: entries(
                SAFETY_REGIONS,
                files.safety_regions,
                |entry: &SafetyRegion| &entry.code,
                |entry| &mut entry.source,
            )?,
            categories: entries(
                CATEGORIES,
                files.categories,
                |entry: &Category| &entry.code,
                |entry| &mut entry.source,
            )?,
            laws: entries(LAWS, files.laws, |entry: &Law| &entry.code, |entry| &mut entry.source)?,
        };
        if reference.safety_regions.len() != 25 {
            let mend = format!(
                "there are 25 safety regions, not {}; add or remove some",
                reference.safety_regions.len()
            );
            return Err(ReferenceError::wrong(SAFETY_REGIONS, "region", mend));
        }
        reference.check_domains()?;
        for circle in &reference.circles {
            reference.check_circle(circle)?;
        }
        Ok(reference)
    }

    /// The organisation with this code.
    pub fn organisation(&self, code: &str) -> Option<&Organisation> {
        self.organisations
            .iter()
            .find(|organisation| organisation.code == *code)
    }

    /// The purpose with this code.
    pub fn purpose(&self, code: &str) -> Option<&Purpose> {
        self.purposes.iter().find(|purpose| purpose.code == *code)
    }

    /// The legal basis with this code.
    pub fn legal_basis(&self, code: &str) -> Option<&LegalBasis> {
        self.legal_bases.iter().find(|basis| basis.code == *code)
    }

    /// The circle with this code.
    pub fn circle(&self, code: &str) -> Option<&Circle> {
        self.circles.iter().find(|circle| circle.code == *code)
    }

    /// The category with this code.
    pub fn category(&self, code: &str) -> Option<&Category> {
        self.categories.iter().find(|category| category.code == *code)
    }

    /// The safety region with this code.
    pub fn safety_region(&self, code: &str) -> Option<&SafetyRegion> {
        self.safety_regions.iter().find(|region| region.code.as_str() == code)
    }

    fn check_domains(&self) -> Result<(), ReferenceError> {
        let known: BTreeSet<&Code> = self.domains.iter().map(|domain| &domain.code).collect();
        let of_organisations = self.organisations.iter().flat_map(|organisation| {
            organisation
                .domains
                .iter()
                .map(|domain| (ORGANISATIONS, &organisation.code, domain))
        });
        let of_categories = self
            .categories
            .iter()
            .map(|category| (CATEGORIES, &category.code, &category.domain));
        for (file, entry, domain) in of_organisations.chain(of_categories) {
            if !known.contains(domain) {
                return Err(unknown(file, format!("{entry}.domain"), domain, DOMAINS));
            }
        }
        Ok(())
    }

    fn check_circle(&self, circle: &Circle) -> Result<(), ReferenceError> {
        let key = |name: &str| format!("{}.{name}", circle.code);
        let wrong = |name: &str, mend: String| Err(ReferenceError::wrong(CIRCLES, key(name), mend));
        unique(CIRCLES, &key("members"), &circle.members)?;
        unique(CIRCLES, &key("purposes"), &circle.purposes)?;
        for member in &circle.members {
            match self.organisation(member.as_str()) {
                None => return Err(unknown(CIRCLES, key("members"), member, ORGANISATIONS)),
                Some(organisation) if organisation.kind != OrganisationKind::Inspectorate => {
                    return wrong(
                        "members",
                        format!("'{member}' is no inspectorate; only inspectorates are members"),
                    );
                }
                Some(_) => {}
            }
        }
        if !circle.members.contains(&circle.coordinator) {
            return wrong(
                "coordinator",
                format!("'{}' is no member; add it to the members", circle.coordinator),
            );
        }
        if circle.purposes.is_empty() {
            return wrong(
                "purposes",
                "a circle has at least one purpose; without one nothing can be shared with it".to_owned(),
            );
        }
        if let Some(purpose) = circle
            .purposes
            .iter()
            .find(|purpose| self.purpose(purpose.as_str()).is_none())
        {
            return Err(unknown(CIRCLES, key("purposes"), purpose, PURPOSES));
        }
        if self.legal_basis(circle.legal_basis.as_str()).is_none() {
            return Err(unknown(CIRCLES, key("legal_basis"), &circle.legal_basis, LEGAL_BASES));
        }
        match circle.ends {
            Some(ends) if ends < circle.starts => {
                wrong("ends", format!("{ends} lies before the start; correct one of them"))
            }
            _ => Ok(()),
        }
    }
}

const DOMAINS: &str = "domains.toml";
const ORGANISATIONS: &str = "organisations.toml";
const PURPOSES: &str = "purposes.toml";
const LEGAL_BASES: &str = "legal_bases.toml";
const CIRCLES: &str = "circles.toml";
const SAFETY_REGIONS: &str = "safety_regions.toml";
const CATEGORIES: &str = "categories.toml";
const LAWS: &str = "laws.toml";

fn unknown(file: &'static str, key: String, code: &Code, at: &str) -> ReferenceError {
    ReferenceError::wrong(
        file,
        key,
        format!("'{code}' is not in {at}; correct it here or add it there"),
    )
}

/// Refuses a code that occurs twice.
///
/// # Errors
/// [`ReferenceError::Wrong`] at the key, with the code.
pub fn unique<T: Ord + Display>(
    file: &'static str,
    key: &str,
    codes: impl IntoIterator<Item = T>,
) -> Result<(), ReferenceError> {
    let mut seen = BTreeSet::new();
    for code in codes {
        let text = code.to_string();
        if !seen.insert(code) {
            return Err(ReferenceError::wrong(
                file,
                key,
                format!("'{text}' occurs twice; leave one out or rename it"),
            ));
        }
    }
    Ok(())
}

/// A file as written: a source for all its entries, and the entries under the name of their noun.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<T> {
    source: String,
    #[serde(
        alias = "domain",
        alias = "organisation",
        alias = "purpose",
        alias = "legal_basis",
        alias = "circle",
        alias = "region",
        alias = "category",
        alias = "law"
    )]
    entry: Vec<T>,
}

/// Reads the entries of a file, gives each its source, and refuses a code that occurs twice.
fn entries<T: DeserializeOwned, C: Ord + Display>(
    file: &'static str,
    text: &str,
    code: fn(&T) -> &C,
    source: fn(&mut T) -> &mut String,
) -> Result<Vec<T>, ReferenceError> {
    let mut written: Written<T> = read(file, text)?;
    for entry in &mut written.entry {
        let source = source(entry);
        if source.is_empty() {
            source.clone_from(&written.source);
        }
    }
    unique(file, "code", written.entry.iter().map(code))?;
    Ok(written.entry)
}
