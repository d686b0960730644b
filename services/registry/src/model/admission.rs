//! What joins the platform, as it is put forward and checked: organisations, accounts, purposes, legal bases, circles.

use foundation::check::required;
use foundation::{Code as Fail, Fault, Language};
use serde::{Deserialize, Serialize};

use super::code::Code;
use super::identifier::{Identifier, Scheme};

/// The longest name.
const NAME_MAXIMUM: usize = 200;
/// The longest description or reason.
const TEXT_MAXIMUM: usize = 2_000;
/// How many administrators an organisation begins with: the least with which four eyes can see.
const ADMINISTRATORS: usize = 2;

/// An account to be admitted: whom a token names, and what others read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAccount {
    /// Its name, such as `ilt.inspector`: the organisation's code, a dot, and a code.
    pub name: String,
    /// What colleagues read.
    pub display_name: String,
    /// Who vouches for the person: the token's `iss`.
    pub issuer: String,
    /// The person there: the token's `sub`.
    pub subject: String,
}

impl NewAccount {
    /// What does not fit, for an account of this organisation.
    pub fn check(&self, organisation: &str) -> Vec<Fault> {
        let mut faults = Vec::new();
        let own = self
            .name
            .strip_prefix(organisation)
            .and_then(|rest| rest.strip_prefix('.'));
        if own.is_none_or(|rest| Code::try_from(rest.to_owned()).is_err()) {
            let dutch = format!(
                "een accountnaam is `{organisation}.` met daarachter een code, zoals `{organisation}.inspecteur`"
            );
            let english = format!(
                "an account's name is `{organisation}.` followed by a code, such as `{organisation}.inspector`"
            );
            faults.push(misfit("name", &dutch, &english));
        }
        required("displayName", &self.display_name, NAME_MAXIMUM, &mut faults);
        required("issuer", &self.issuer, NAME_MAXIMUM, &mut faults);
        required("subject", &self.subject, NAME_MAXIMUM, &mut faults);
        if !self.issuer.is_empty()
            && !["https://", "http://"]
                .iter()
                .any(|start| self.issuer.starts_with(start))
        {
            let dutch = "een uitgever is het adres van een identiteitsprovider, zoals https://idp.example.nl";
            let english = "an issuer is the address of an identity provider, such as https://idp.example.nl";
            faults.push(misfit("issuer", dutch, english));
        }
        faults
    }
}

/// An organisation that is to join.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admission {
    /// Its code, such as `ilt`.
    pub code: String,
    /// Its Dutch name.
    pub name: String,
    /// Its English name.
    pub name_en: String,
    /// Whether it is an inspectorate, or else a partner body.
    pub inspectorate: bool,
    /// Its number in government messaging (OIN).
    pub oin: Option<String>,
    /// The codes of the fields that it supervises.
    pub domains: Vec<String>,
    /// Whether it is among all participants.
    pub participant: bool,
    /// Whom to call.
    pub contact_name: String,
    /// By phone.
    pub contact_phone: String,
    /// By mail.
    pub contact_email: String,
    /// Its first administrators.
    pub administrators: Vec<NewAccount>,
    /// The codes of the purposes that they hold.
    pub purposes: Vec<String>,
}

impl Admission {
    /// What does not fit.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        code("code", &self.code, &mut faults);
        for (field, value) in [
            ("name", &self.name),
            ("nameEn", &self.name_en),
            ("contact.name", &self.contact_name),
            ("contact.phone", &self.contact_phone),
            ("contact.email", &self.contact_email),
        ] {
            required(field, value, NAME_MAXIMUM, &mut faults);
        }
        if let Some(number) = &self.oin
            && let Err(wrong) = Identifier::new(Scheme::Oin, number)
        {
            faults.push(misfit("oin", &wrong.to_string(), &wrong.to_string()));
        }
        if self.administrators.len() != ADMINISTRATORS {
            let dutch = "een organisatie begint met precies twee beheerders";
            let english = "an organisation begins with exactly two administrators";
            faults.push(misfit("administrators", dutch, english));
        }
        for (index, one) in self.administrators.iter().enumerate() {
            let under = |fault: Fault| fault.under(&format!("administrators.{index}"));
            faults.extend(one.check(&self.code).into_iter().map(under));
        }
        if let [first, second] = self.administrators.as_slice() {
            if (&first.issuer, &first.subject) == (&second.issuer, &second.subject) {
                let dutch = "twee beheerders zijn twee personen";
                let english = "two administrators are two persons";
                faults.push(misfit("administrators.1.subject", dutch, english));
            }
            if first.name == second.name {
                let dutch = "twee accounts hebben twee namen";
                let english = "two accounts have two names";
                faults.push(misfit("administrators.1.name", dutch, english));
            }
        }
        if self.purposes.is_empty() {
            faults.push(Fault::new(Fail::Required).at("purposes"));
        }
        faults
    }
}

/// A purpose as it is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurposeWords {
    /// Its code; one that exists is changed.
    pub code: String,
    /// Its Dutch name.
    pub name: String,
    /// Its English name.
    pub name_en: String,
    /// What it covers, in Dutch.
    pub description: String,
    /// What it covers, in English.
    pub description_en: String,
    /// Whether personal values may be seen for it.
    pub allows_personal: bool,
    /// Whether it gives pseudonyms.
    pub pseudonyms: bool,
}

impl PurposeWords {
    /// What does not fit.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        code("code", &self.code, &mut faults);
        required("name", &self.name, NAME_MAXIMUM, &mut faults);
        required("nameEn", &self.name_en, NAME_MAXIMUM, &mut faults);
        required("description", &self.description, TEXT_MAXIMUM, &mut faults);
        required("descriptionEn", &self.description_en, TEXT_MAXIMUM, &mut faults);
        if self.allows_personal && self.pseudonyms {
            let dutch = "een doel geeft persoonsgegevens of pseudoniemen, niet beide";
            let english = "a purpose gives personal data or pseudonyms, not both";
            faults.push(misfit("pseudonyms", dutch, english));
        }
        faults
    }

    /// What it lets its holders see of persons.
    pub fn limits(&self, language: Language) -> &'static str {
        match (language, self.allows_personal, self.pseudonyms) {
            (Language::Dutch, true, _) => "met persoonsgegevens.",
            (Language::Dutch, false, true) => "met pseudoniemen.",
            (Language::Dutch, false, false) => "zonder persoonsgegevens.",
            (Language::English, true, _) => "with personal data.",
            (Language::English, false, true) => "with pseudonyms.",
            (Language::English, false, false) => "without personal data.",
        }
    }
}

/// A legal basis as it is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BasisWords {
    /// Its code; one that exists is changed.
    pub code: String,
    /// The law and article.
    pub citation: String,
    /// What it allows.
    pub description: String,
    /// Whether it was invented.
    pub fictitious: bool,
    /// Where it comes from.
    pub source: String,
}

impl BasisWords {
    /// What does not fit.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        code("code", &self.code, &mut faults);
        required("citation", &self.citation, TEXT_MAXIMUM, &mut faults);
        required("description", &self.description, TEXT_MAXIMUM, &mut faults);
        required("source", &self.source, TEXT_MAXIMUM, &mut faults);
        faults
    }
}

/// A reason that must be given.
///
/// # Errors
/// `REQUIRED`, `TOO_LONG`.
pub fn reason(given: &str) -> Result<(), Fault> {
    let mut faults = Vec::new();
    required("reason", given, TEXT_MAXIMUM, &mut faults);
    faults.pop().map_or(Ok(()), Err)
}

/// A code that is one.
pub(crate) fn code(field: &str, given: &str, faults: &mut Vec<Fault>) {
    if Code::try_from(given.to_owned()).is_err() {
        let dutch = "een code heeft 2 tot 40 kleine letters, cijfers en losse streepjes, en begint met een letter";
        let english = "a code has 2 to 40 lower-case letters, digits and single hyphens, and starts with a letter";
        faults.push(misfit(field, dutch, english));
    }
}

pub(crate) fn misfit(field: &str, dutch: &str, english: &str) -> Fault {
    Fault::new(Fail::InvalidInput)
        .with_words("reason", dutch, english)
        .at(field)
}
