//! An organisation that is to join, in a file: flat TOML, as `organisation admit` and `found` take it.
//!
//! ```toml
//! code = "nieuw"
//! name = "Nieuwe Inspectie"
//! name_en = "New Inspectorate"
//! kind = "inspectorate"            # or "partner"
//! oin = "00000099000000099000"     # may be left out
//! domains = ["environment"]        # may be left out
//! participant = true
//! purposes = ["verantwoording"]    # of its administrators; may be left out
//! contact = { name = "Loket", phone = "0800-0000", email = "loket@example.nl" }
//!
//! [[administrator]]                # two persons
//! name = "nieuw.admin"
//! display_name = "A. Voorbeeld"
//! issuer = "https://idp.example.nl"
//! subject = "f2b0"
//! ```

use std::path::Path;

use registry::model::admission::{Admission, NewAccount};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::commands::Failure;

/// The file as written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganisationFile {
    code: String,
    name: String,
    name_en: String,
    kind: Kind,
    oin: Option<String>,
    #[serde(default)]
    domains: Vec<String>,
    participant: bool,
    #[serde(default = "accountability")]
    purposes: Vec<String>,
    contact: Contact,
    #[serde(rename = "administrator")]
    administrators: Vec<Administrator>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Inspectorate,
    Partner,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contact {
    name: String,
    phone: String,
    email: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Administrator {
    name: String,
    display_name: String,
    issuer: String,
    subject: String,
}

fn accountability() -> Vec<String> {
    vec!["verantwoording".to_owned()]
}

impl OrganisationFile {
    /// Reads a file.
    ///
    /// # Errors
    /// Which line is wrong, and why.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let wrong = |reason: &dyn std::fmt::Display| Failure::new("FILE", format!("{}: {reason}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
        toml::from_str(&text).map_err(|error| wrong(&error))
    }

    /// As `AdmissionInput` of the API.
    pub fn input(&self) -> Value {
        let administrator = |one: &Administrator| json!({ "name": one.name, "displayName": one.display_name, "issuer": one.issuer, "subject": one.subject });
        let administrators: Vec<Value> = self.administrators.iter().map(administrator).collect();
        let kind = match self.kind {
            Kind::Inspectorate => "INSPECTORATE",
            Kind::Partner => "PARTNER",
        };
        json!({
            "code": self.code, "name": self.name, "nameEn": self.name_en, "kind": kind, "oin": self.oin,
            "domains": self.domains, "participant": self.participant, "purposes": self.purposes,
            "contact": { "name": self.contact.name, "phone": self.contact.phone, "email": self.contact.email },
            "administrators": administrators,
        })
    }

    /// As the registry takes it, for the first organisation of a platform.
    pub fn admission(&self) -> Admission {
        let administrator = |one: &Administrator| NewAccount {
            name: one.name.clone(),
            display_name: one.display_name.clone(),
            issuer: one.issuer.clone(),
            subject: one.subject.clone(),
        };
        Admission {
            code: self.code.clone(),
            name: self.name.clone(),
            name_en: self.name_en.clone(),
            inspectorate: self.kind == Kind::Inspectorate,
            oin: self.oin.clone(),
            domains: self.domains.clone(),
            participant: self.participant,
            contact_name: self.contact.name.clone(),
            contact_phone: self.contact.phone.clone(),
            contact_email: self.contact.email.clone(),
            administrators: self.administrators.iter().map(administrator).collect(),
            purposes: self.purposes.clone(),
        }
    }
}
