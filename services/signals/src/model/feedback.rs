//! A feedback product (terugkoppelproduct): what inspectorates tell the field about a theme, without saying whose it is.
//!
//! Whatever identifies is refused, not warned of: what was sent to the field cannot be called back. The check errs on
//! the side of refusing; whoever writes says it in other words.

use std::collections::BTreeSet;

use access::{Rank, Tlp};
use foundation::check::required;
use foundation::sensitive::{state_secret, suspected};
use foundation::text::normalise;
use foundation::{Code, Fault};
use recurrence::words::words;
use uuid::Uuid;

use foundation::root::check::at_most;

/// To whom it is addressed (geadresseerde).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Addressee {
    /// A field in words, such as everybody who stores chemicals; at most 200 characters.
    Field(String),
    /// A sector by its SBI code.
    Sector(String),
    /// Supervised parties by name; only the owner's side sees which.
    Parties(Vec<Uuid>),
}

/// What a product says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its title, at most 200 characters.
    pub title: String,
    /// Its text, at most 20,000 characters.
    pub body: String,
    /// To whom.
    pub addressee: Addressee,
}

impl Product {
    /// Every text in it that readers see, with its field.
    fn texts(&self) -> Vec<(&'static str, &str)> {
        let mut texts = vec![("title", self.title.as_str()), ("body", self.body.as_str())];
        if let Addressee::Field(field) = &self.addressee {
            texts.push(("addressee.field", field));
        }
        texts
    }
}

/// What must not be recognised in a product: names and numbers of what its theme rests on.
#[derive(Clone, Debug, Default)]
pub struct Hidden {
    /// Names of persons, as they were written down.
    pub persons: Vec<String>,
    /// Names of parties and sites.
    pub names: Vec<String>,
    /// Numbers and references that lead to a record.
    pub references: Vec<String>,
}

/// Checks what a product says. Every fault at once, each at its field.
pub fn check(product: &Product) -> Vec<Fault> {
    let mut faults = Vec::new();
    required("title", &product.title, 200, &mut faults);
    required("body", &product.body, 20_000, &mut faults);
    match &product.addressee {
        Addressee::Field(field) => required("addressee.field", field, 200, &mut faults),
        Addressee::Sector(code) if sector(code) => {}
        Addressee::Sector(_) => {
            let (dutch, english) = (
                "een SBI-code heeft twee tot vijf cijfers, zoals 20.1",
                "an SBI code has two to five digits, such as 20.1",
            );
            let fault = Fault::new(Code::InvalidInput).with_words("reason", dutch, english);
            faults.push(fault.at("addressee.sector"));
        }
        Addressee::Parties(parties) if parties.is_empty() => {
            faults.push(Fault::new(Code::Required).at("addressee.parties"));
        }
        Addressee::Parties(parties) => at_most("addressee.parties", parties.len(), &mut faults),
    }
    for (field, text) in product.texts() {
        if state_secret(text) {
            faults.push(Fault::new(Code::StateSecret).at(field));
        }
    }
    faults
}

fn sector(code: &str) -> bool {
    let digits = code.chars().filter(char::is_ascii_digit).count();
    let plain = code.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
    (2..=5).contains(&digits) && plain && !code.starts_with('.') && !code.ends_with('.') && !code.contains("..")
}

/// Whether a product may rest on a signal with these marks: what is sent reaches everybody, so of others only what
/// everybody may be given, and of the own nothing that is kept to named people.
pub fn permits(own: bool, rank: Rank, tlp: Tlp) -> bool {
    if own {
        rank < Rank::DepartementaalVertrouwelijk && tlp < Tlp::Red
    } else {
        rank == Rank::Intern && tlp <= Tlp::Green
    }
}

/// Whatever in a product identifies somebody or something: a fault per place.
pub fn identifying(product: &Product, hidden: &Hidden) -> Vec<Fault> {
    let of = |(field, text): (&'static str, &str)| {
        let found = found(text, hidden).into_iter();
        found.map(move |found| Fault::new(Code::Identifies).with("found", found).at(field))
    };
    product.texts().into_iter().flat_map(of).collect()
}

/// The words of a text that identify, as they were written, each once.
fn found(text: &str, hidden: &Hidden) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = suspected(text).into_iter().map(|(_, words)| words).collect();
    let pieces: Vec<&str> = text.split_whitespace().map(trimmed).collect();
    found.extend(
        pieces
            .iter()
            .filter(|piece| number(piece))
            .map(|piece| (*piece).to_owned()),
    );
    let pairs = pieces.windows(2).filter(|pair| postcode(pair[0], pair[1]));
    found.extend(pairs.map(|pair| pair.join(" ")));
    let text = Text::of(text);
    for person in &hidden.persons {
        found.extend(telling(person).iter().flat_map(|name| text.capitalised(name)));
    }
    for name in &hidden.names {
        found.extend(text.named(name));
    }
    for reference in &hidden.references {
        let words: Vec<String> = split(reference);
        let short = words.concat().len() < 5;
        found.extend((!short).then(|| text.runs(&words)).into_iter().flatten());
    }
    found
}

fn trimmed(piece: &str) -> &str {
    piece.trim_matches(|letter: char| !letter.is_alphanumeric())
}

/// Whether a piece is a number by which something can be looked up: not an amount, a year or a date.
fn number(piece: &str) -> bool {
    let runs: Vec<&str> = piece.split(|letter: char| !letter.is_ascii_digit()).collect();
    let digits: usize = runs.iter().map(|run| run.len()).sum();
    let joined = piece
        .chars()
        .all(|letter| letter.is_ascii_digit() || matches!(letter, '-' | '.' | '/' | '+'));
    let thousands = piece.contains('.') && runs.iter().skip(1).all(|run| run.len() == 3) && runs[0].len() <= 3;
    runs.iter().any(|run| run.len() >= 6)
        || (joined && digits >= 9 && !thousands)
        || citable(piece)
        || our_id(piece)
        || postcode_alone(piece)
}

/// A citable number of any inspectorate, such as `ILT-2026-00123`.
fn citable(piece: &str) -> bool {
    let parts: Vec<&str> = piece.split('-').collect();
    let digits = |part: &str, least: usize| part.len() >= least && part.bytes().all(|byte| byte.is_ascii_digit());
    matches!(parts.as_slice(), [.., owner, year, place]
        if owner.len() >= 2 && owner.chars().all(char::is_alphabetic) && year.len() == 4 && digits(year, 4) && digits(place, 3))
}

/// An id of the platform's own, such as `sig_0190…`.
fn our_id(piece: &str) -> bool {
    let long = |digits: &str| digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    piece.split_once('_').is_some_and(|(_, digits)| long(digits))
}

fn postcode(digits: &str, letters: &str) -> bool {
    let year = digits.starts_with("19") || digits.starts_with("20");
    !year && postcode_alone(&format!("{digits}{letters}"))
}

fn postcode_alone(piece: &str) -> bool {
    let bytes = piece.as_bytes();
    bytes.len() == 6 && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4..].iter().all(u8::is_ascii_uppercase)
}

/// The words of a person's name that tell who it is: those with a capital.
fn telling(person: &str) -> Vec<String> {
    let words = words(person).into_iter().map(|word| &person[word.place]);
    words
        .filter(|word| word.chars().count() > 2 && word.starts_with(char::is_uppercase))
        .map(normalise)
        .collect()
}

fn split(name: &str) -> Vec<String> {
    normalise(name)
        .split(' ')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Legal forms, which say nothing of whose they are.
const FORMS: [&str; 22] = [
    "b",
    "v",
    "n",
    "o",
    "f",
    "c",
    "u",
    "a",
    "bv",
    "nv",
    "vof",
    "cv",
    "ua",
    "gmbh",
    "ltd",
    "sa",
    "ag",
    "inc",
    "stichting",
    "vereniging",
    "cooperatie",
    "holding",
];

/// A text by its words: each as it is compared, and as it was written.
struct Text<'t> {
    text: &'t str,
    words: Vec<(String, std::ops::Range<usize>)>,
}

impl<'t> Text<'t> {
    fn of(text: &'t str) -> Self {
        let words = words(text).into_iter();
        Self {
            text,
            words: words
                .map(|word| (normalise(&text[word.place.clone()]), word.place))
                .collect(),
        }
    }

    /// Where these words stand in this order.
    fn runs(&self, wanted: &[String]) -> Vec<String> {
        if wanted.is_empty() {
            return Vec::new();
        }
        let same = |window: &&[(String, std::ops::Range<usize>)]| {
            window.iter().zip(wanted).all(|((word, _), wanted)| word == wanted)
        };
        let windows = self.words.windows(wanted.len()).filter(same);
        windows
            .map(|window| self.text[window[0].1.start..window[window.len() - 1].1.end].to_owned())
            .collect()
    }

    /// Where this word stands with a capital.
    fn capitalised(&self, wanted: &str) -> Vec<String> {
        let written = self.words.iter().filter(|(word, _)| word == wanted);
        written
            .map(|(_, place)| self.text[place.clone()].to_owned())
            .filter(|word| word.starts_with(char::is_uppercase))
            .collect()
    }

    /// Where a party or site is named: by its one word with a capital, or by any two words of its name together.
    fn named(&self, name: &str) -> Vec<String> {
        let words: Vec<String> = split(name)
            .into_iter()
            .filter(|word| !FORMS.contains(&word.as_str()))
            .collect();
        match words.as_slice() {
            [] => Vec::new(),
            [word] => self.capitalised(word),
            words => words.windows(2).flat_map(|pair| self.runs(pair)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden() -> Hidden {
        Hidden {
            persons: vec!["Canarie de Vries (bestuurder)".to_owned()],
            names: vec!["Voorbeeld Chemie Rijnmond B.V.".to_owned(), "Terminal".to_owned()],
            references: vec!["zaak 2026/881".to_owned(), "1881".to_owned()],
        }
    }

    fn places(text: &str) -> Vec<String> {
        found(text, &hidden()).into_iter().collect()
    }

    #[test]
    fn whatever_identifies_is_found_where_it_stands() {
        for (text, place) in [
            ("Gezien bij voorbeeld chemie, vaker.", "voorbeeld chemie"),
            ("De stand bij CHEMIE RIJNMOND.", "CHEMIE RIJNMOND"),
            ("Op de Terminal gaat het mis.", "Terminal"),
            ("Volgens De Vries niet.", "Vries"),
            ("Vraag Canarie ernaar.", "Canarie"),
            ("Bel 06-12345678.", "06-12345678"),
            ("Bel 010-1234567.", "010-1234567"),
            ("Mail a.b@voorbeeld.nl!", "a.b@voorbeeld.nl!"),
            ("Zie ILT-2026-00123.", "ILT-2026-00123"),
            ("KvK 12345678, zegt men.", "12345678"),
            ("In 3011 AB.", "3011 AB"),
            ("Volgens mevrouw Jansen.", "mevrouw Jansen."),
            ("Uit zaak 2026-881 blijkt het.", "zaak 2026-881"),
            (
                "Zie sig_0190aaaa0190aaaa0190aaaa0190aaaa.",
                "sig_0190aaaa0190aaaa0190aaaa0190aaaa",
            ),
        ] {
            assert!(places(text).contains(&place.to_owned()), "{text}: {:?}", places(text));
        }
    }

    #[test]
    fn what_does_not_identify_stays() {
        for text in [
            "In 2021-2022 kwam dit 12 keer voor, op 01-02-2026 weer; schade 12.500.000 euro.",
            "De chemie in Rijnmond verbetert haar terminal.",
            "Wie vriest, verliest: de canarie in de mijn. In 2022 EU-breed.",
            "Wij zagen 1881 gevallen in 40 regio's.",
        ] {
            assert_eq!(places(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn an_addressee_is_somebody() {
        let to = |addressee| {
            let product = Product {
                title: "Titel".to_owned(),
                body: "Tekst.".to_owned(),
                addressee,
            };
            check(&product)
                .iter()
                .filter_map(|fault| fault.field().map(str::to_owned))
                .collect::<Vec<_>>()
        };
        assert_eq!(to(Addressee::Sector("20.1".to_owned())), Vec::<String>::new());
        assert_eq!(to(Addressee::Sector("chemie".to_owned())), ["addressee.sector"]);
        assert_eq!(to(Addressee::Field(" ".to_owned())), ["addressee.field"]);
        assert_eq!(to(Addressee::Parties(Vec::new())), ["addressee.parties"]);
    }
}
