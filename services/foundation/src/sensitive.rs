//! Free text that looks personal: a warning, never a refusal. Free text that is marked as a state secret: refused.

use crate::fault::Language;

/// What a text looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspicion {
    /// Nine digits that pass the eleven test of a citizen service number (BSN).
    CitizenNumber,
    /// A mail address.
    Mail,
    /// A phone number.
    Phone,
    /// A form of address followed by a name.
    Name,
}

impl Suspicion {
    /// What to do about it.
    pub fn sentence(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::CitizenNumber, Language::Dutch) => {
                "Dit lijkt op een burgerservicenummer; haal het weg, het platform verwerkt geen BSN."
            }
            (Self::CitizenNumber, Language::English) => {
                "This looks like a citizen service number; remove it, the platform does not process them."
            }
            (Self::Mail, Language::Dutch) => "Dit lijkt op een e-mailadres; zet personen in een veld voor personen.",
            (Self::Mail, Language::English) => "This looks like a mail address; put persons into a field for persons.",
            (Self::Phone, Language::Dutch) => {
                "Dit lijkt op een telefoonnummer; zet personen in een veld voor personen."
            }
            (Self::Phone, Language::English) => "This looks like a phone number; put persons into a field for persons.",
            (Self::Name, Language::Dutch) => "Dit lijkt op een persoonsnaam; zet personen in een veld voor personen.",
            (Self::Name, Language::English) => "This looks like a person's name; put persons into a field for persons.",
        }
    }
}

/// Whether a text carries a state-secret marking (Stg. …, VIRBI).
pub fn state_secret(text: &str) -> bool {
    let words = format!(" {} ", crate::text::normalise(text));
    [
        " stg confidentieel ",
        " stg geheim ",
        " stg zeer geheim ",
        " staatsgeheim ",
        " staatsgeheime ",
    ]
    .iter()
    .any(|marking| words.contains(marking))
}

/// What looks personal in a text, each kind once.
pub fn suspicions(text: &str) -> Vec<Suspicion> {
    let mut kinds = Vec::new();
    for (kind, _) in suspected(text) {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

/// What looks personal in a text, each with the words that do.
pub fn suspected(text: &str) -> Vec<(Suspicion, String)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let numbers = digit_runs(text).filter(|run| citizen_number(run));
    let phones = digit_runs(text).filter(|run| phone(run));
    let mails = words.iter().filter(|word| mail(word)).map(|word| (*word).to_owned());
    let names = words
        .windows(2)
        .filter(|pair| form_of_address(pair[0]) && pair[1].starts_with(char::is_uppercase))
        .map(|pair| pair.join(" "));
    let found = numbers.map(|number| (Suspicion::CitizenNumber, number));
    found
        .chain(mails.map(|mail| (Suspicion::Mail, mail)))
        .chain(phones.map(|phone| (Suspicion::Phone, phone)))
        .chain(names.map(|name| (Suspicion::Name, name)))
        .collect()
}

/// Runs of digits, joined over single separators as people write numbers.
fn digit_runs(text: &str) -> impl Iterator<Item = String> + '_ {
    let outside = |letter: char| !(letter.is_ascii_digit() || matches!(letter, ' ' | '-' | '.' | '+'));
    text.split(outside).flat_map(|piece| {
        let whole: String = piece
            .chars()
            .filter(|letter| letter.is_ascii_digit() || *letter == '+')
            .collect();
        let single = piece.split([' ']).map(|part| part.replace(['-', '.'], ""));
        single.chain([whole]).filter(|run| !run.is_empty()).collect::<Vec<_>>()
    })
}

fn citizen_number(run: &str) -> bool {
    let digits: Vec<i32> = run
        .bytes()
        .filter(u8::is_ascii_digit)
        .map(|byte| i32::from(byte - b'0'))
        .collect();
    let weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
    digits.len() == 9
        && digits.iter().any(|digit| *digit > 0)
        && digits
            .iter()
            .zip(weights)
            .map(|(digit, weight)| digit * weight)
            .sum::<i32>()
            % 11
            == 0
}

fn phone(run: &str) -> bool {
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    (run.starts_with("+31") && digits == 11) || (run.starts_with("06") && digits == 10)
}

fn mail(word: &str) -> bool {
    let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
    word.split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.starts_with('.'))
}

fn form_of_address(word: &str) -> bool {
    let word = word.to_lowercase();
    matches!(
        word.trim_end_matches('.'),
        "dhr" | "mevr" | "mw" | "meneer" | "mevrouw" | "heer" | "mr" | "mrs" | "ms"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_looks_personal() {
        assert_eq!(suspicions("BSN 111222333 gevonden"), [Suspicion::CitizenNumber]);
        assert_eq!(suspicions("mail naar jan@voorbeeld.nl."), [Suspicion::Mail]);
        assert_eq!(suspicions("bel 06-12345678"), [Suspicion::Phone]);
        assert_eq!(suspicions("bel +31 6 12345678"), [Suspicion::Phone]);
        assert_eq!(suspicions("volgens mevrouw Jansen"), [Suspicion::Name]);
    }

    #[test]
    fn leaves_the_rest_alone() {
        for text in [
            "KvK 12345678",
            "12 ton op 3 schepen in 2026",
            "111222334 is geen BSN",
            "de heer is onbekend",
        ] {
            assert_eq!(suspicions(text), [], "{text}");
        }
    }
}
