//! Evidence (bewijsstuk): a link to a document, with its title, date and hash. The document itself stays where it is.

use foundation::{Code, Fault};
use jiff::civil;
use url::Url;

use super::beside::{may_say, must_say};
use super::provenance::hash;

/// What it is (soort bewijsstuk).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum EvidenceKind {
    /// Document.
    Document = 1,
    /// Digitaal vervoersdocument (seed row 1-1).
    TransportDocument = 2,
}

impl EvidenceKind {
    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        [Self::Document, Self::TransportDocument]
            .into_iter()
            .find(|value| *value as i16 == number)
    }
}

/// Evidence as it is handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What it is.
    pub kind: EvidenceKind,
    /// Its title, at most 200 characters.
    pub title: String,
    /// Its date.
    pub dated: civil::Date,
    /// SHA-256 of its bytes, in hexadecimal.
    pub hash: String,
    /// Where it is, at most 2,000 characters.
    pub url: Option<String>,
    /// Its machine-readable reference, at most 200 characters; a transport document has one.
    pub reference: Option<String>,
}

/// Checks it. Every fault at once, each at its field.
pub fn check(evidence: &Evidence) -> Vec<Fault> {
    let mut faults = Vec::new();
    must_say("title", &evidence.title, 200, &mut faults);
    faults.extend(hash("hash", &evidence.hash));
    may_say("url", evidence.url.as_deref(), 2_000, &mut faults);
    may_say("reference", evidence.reference.as_deref(), 200, &mut faults);
    if let Some(url) = &evidence.url
        && !plain_address(url)
    {
        let (dutch, english) = (
            "verwacht een adres met https:// en zonder gebruikersnaam of wachtwoord",
            "expected an address with https:// and without user name or password",
        );
        let fault = Fault::new(Code::InvalidInput).with_words("reason", dutch, english);
        faults.push(fault.at("url"));
    }
    if evidence.kind == EvidenceKind::TransportDocument && evidence.reference.is_none() {
        faults.push(Fault::new(Code::Required).at("reference"));
    }
    faults
}

/// Whether it is an address that may be kept: https, a host, and nobody's credentials.
fn plain_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        url.scheme() == "https" && url.host_str().is_some() && url.username().is_empty() && url.password().is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_and_carries_no_credentials() {
        assert!(plain_address("https://documenten.example/rapport?nr=1"));
        for wrong in [
            "http://documenten.example/rapport",
            "https://jan:geheim@documenten.example/",
            "https://jan@documenten.example/",
            "ftp://documenten.example",
            "javascript:alert(1)",
            "rapport.pdf",
            "https://",
        ] {
            assert!(!plain_address(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_transport_document_has_a_reference() {
        let document = Evidence {
            kind: EvidenceKind::TransportDocument,
            title: "Vrachtbrief".to_owned(),
            dated: civil::date(2026, 5, 30),
            hash: "0a".repeat(32),
            url: None,
            reference: None,
        };
        let fields: Vec<_> = check(&document)
            .iter()
            .map(|fault| fault.field().map(str::to_owned))
            .collect();
        assert_eq!(fields, [Some("reference".to_owned())]);
        let document = Evidence {
            reference: Some("eFTI-123".to_owned()),
            ..document
        };
        assert!(check(&document).is_empty());
    }
}
