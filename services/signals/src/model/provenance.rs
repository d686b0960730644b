//! Provenance (herkomst) of a signal that a machine made from what is public: which tool, when, and the hash of the
//! address. The address itself is not kept. What comes from the web is de-identified before it comes in.

use access::Instant;
use foundation::sensitive::{Suspicion, suspicions};
use foundation::{Code, Fault, Language, clock};

use super::signal::{optional, required};

/// How a machine came by a signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// SHA-256 of the address it was found at, in hexadecimal.
    pub url_hash: String,
    /// When it was collected.
    pub collected_at: Instant,
    /// The tool that collected it, at most 100 characters.
    pub tool: String,
    /// The tool's version, at most 50 characters.
    pub tool_version: Option<String>,
    /// How sure the tool is, in thousandths.
    pub confidence: Option<i16>,
    /// What kind of product it is about, at most 200 characters.
    pub product_category: Option<String>,
}

/// Checks where a machine says it found a signal.
pub fn check(provenance: &Provenance, now: Instant) -> Vec<Fault> {
    let mut faults = Vec::new();
    faults.extend(hash("provenance.urlHash", &provenance.url_hash));
    required("provenance.tool", &provenance.tool, 100, &mut faults);
    let (version, product) = (&provenance.tool_version, &provenance.product_category);
    optional("provenance.toolVersion", version.as_deref(), 50, &mut faults);
    optional("provenance.productCategory", product.as_deref(), 200, &mut faults);
    if provenance.confidence.is_some_and(|value| !(0..=1000).contains(&value)) {
        let fault = Fault::new(Code::InvalidInput);
        faults.push(
            fault
                .with_words(
                    "reason",
                    "verwacht een getal van 0 tot en met 1",
                    "expected a number from 0 to 1",
                )
                .at("provenance.confidence"),
        );
    }
    // A day of grace for clocks that differ.
    if provenance.collected_at > now + 86_400 * clock::SECOND {
        let fault = Fault::new(Code::InvalidDate);
        faults.push(
            fault
                .with_words("reason", "hij ligt in de toekomst", "it lies in the future")
                .at("provenance.collectedAt"),
        );
    }
    faults
}

/// Refuses what is no SHA-256 in hexadecimal.
pub fn hash(field: &str, text: &str) -> Option<Fault> {
    let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let good = text.len() == 64 && text.bytes().all(hexadecimal);
    let (dutch, english) = (
        "verwacht een SHA-256 als 64 kleine hexadecimale tekens",
        "expected a SHA-256 as 64 lower-case hexadecimal digits",
    );
    (!good).then(|| {
        Fault::new(Code::InvalidInput)
            .with_words("reason", dutch, english)
            .at(field)
    })
}

/// Refuses texts from the web that look personal: elsewhere that is a warning.
pub fn deidentified<'t>(texts: impl IntoIterator<Item = (&'static str, Option<&'t str>)>) -> Vec<Fault> {
    let refuse = |(field, text): (&'static str, Option<&'t str>)| {
        let found = suspicions(text.unwrap_or_default()).into_iter().next()?;
        Some(identified(word(found, Language::Dutch), word(found, Language::English)).at(field))
    };
    texts.into_iter().filter_map(refuse).collect()
}

/// Something personal in what comes from the web.
pub fn identified(dutch: &str, english: &str) -> Fault {
    Fault::new(Code::NotDeidentified).with_words("reason", dutch, english)
}

fn word(suspicion: Suspicion, language: Language) -> &'static str {
    match (suspicion, language) {
        (Suspicion::CitizenNumber, Language::Dutch) => "dit lijkt op een burgerservicenummer",
        (Suspicion::CitizenNumber, Language::English) => "this looks like a citizen service number",
        (Suspicion::Mail, Language::Dutch) => "dit lijkt op een e-mailadres",
        (Suspicion::Mail, Language::English) => "this looks like a mail address",
        (Suspicion::Phone, Language::Dutch) => "dit lijkt op een telefoonnummer",
        (Suspicion::Phone, Language::English) => "this looks like a phone number",
        (Suspicion::Name, Language::Dutch) => "dit lijkt op een persoonsnaam",
        (Suspicion::Name, Language::English) => "this looks like a person's name",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_sixty_four_small_digits() {
        assert!(hash("h", &"0a".repeat(32)).is_none());
        for wrong in ["", "0A", &"0A".repeat(32), &"0a".repeat(33), &"zz".repeat(32)] {
            assert!(hash("h", wrong).is_some(), "{wrong}");
        }
    }

    #[test]
    fn what_comes_from_the_web_is_deidentified() {
        let texts = [
            ("title", Some("Te koop")),
            ("narrative", Some("bel 06-12345678")),
            ("note", None),
        ];
        let faults = deidentified(texts);
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].code(), Code::NotDeidentified);
        assert_eq!(faults[0].field(), Some("narrative"));
    }
}
